"""`jobframe doctor`: everything a connection needs, and how to mend what is missing."""

from __future__ import annotations

import click

from connector.commands.common import Context, command
from connector.commands.plan import the_connection
from connector.kit.values import Check
from connector.runtime.connections import enabled_in, opened


@click.command()
@click.argument("connection", required=False)
@command
def doctor(context: Context, connection: str | None) -> int:
    """Check what CONNECTION needs; each finding says how to mend it."""
    with context.instance() as instance:
        name = the_connection(instance, connection)
        with opened(instance, name, enabled_in(instance, name)) as target:
            checks = list(target.doctor.checks())
    lines = []
    for check in checks:
        lines.append(f"{_mark(check)} {check.name}: {check.message}")
        if check.fix and not (check.is_ok and check.is_seen):
            lines.append(f"      {check.fix}")
    failing = sum(not check.is_ok for check in checks)
    lines.append(
        f"{len(checks) - failing} of {len(checks)} checks passed."
        if failing
        else f"All {len(checks)} checks passed."
    )
    context.result(
        [
            {
                "name": check.name,
                "ok": check.is_ok,
                "seen": check.is_seen,
                "message": check.message,
                "fix": check.fix,
            }
            for check in checks
        ],
        lines,
    )
    return 5 if failing else 0


def _mark(check: Check) -> str:
    if not check.is_ok:
        return "FIX "
    return "ok  " if check.is_seen else "look"
