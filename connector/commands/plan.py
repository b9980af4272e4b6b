"""`jobframe plan`, `approve` and `apply`: see what would be written, then write it."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from pathlib import Path

import click

from connector.commands.common import Context, command, progress_bar, write_file
from connector.kit.errors import ConfigError, PlanError, TargetError
from connector.kit.values import Privacy
from connector.runtime.connections import configured, connection_names, engine_of
from connector.runtime.editions import draft_edition, edition_of_plan, release_edition
from connector.runtime.instance import Instance
from connector.store import audit, decisions
from connector.store.decisions import Approval
from connector.sync.guards import GUARDS
from connector.sync.plan import FindingKind, Plan
from connector.sync.plan_json import plan_from_json, plan_to_json
from connector.sync.render import render_plan
from connector.sync.report import Report

_PLAIN = frozenset({Privacy.PLAIN})
_FINGERPRINT = re.compile(r"^[0-9a-f]{32}$")


@click.command()
@click.argument("connection", required=False)
@click.option(
    "--framework",
    "folder",
    type=click.Path(path_type=Path),
    help="Plan a draft folder instead of the release in effect.",
)
@click.option("--release", metavar="ID", help="Plan this release.")
@click.option(
    "--as-of", metavar="DATE", help="Plan for this day (default: today, your zone)."
)
@click.option("--out", type=click.Path(path_type=Path), help="Keep the plan as JSON.")
@click.option("--all", "show_all", is_flag=True, help="Show every change in full.")
@click.option("--exit-code", is_flag=True, help="Leave with 1 if changes are pending.")
@command
def plan(
    context: Context,
    connection: str | None,
    folder: Path | None,
    release: str | None,
    as_of: str | None,
    out: Path | None,
    *,
    show_all: bool,
    exit_code: bool,
) -> int:
    """Show what would be written to CONNECTION; nothing is."""
    with context.instance() as instance:
        name = the_connection(instance, connection)
        day = parse_day(as_of) if as_of else instance.today()
        edition = (
            draft_edition(folder, day)
            if folder
            else release_edition(instance, release, day)
        )
        with engine_of(instance, name) as engine:
            made = engine.plan(edition)
            specs = engine.specs
    data = plan_to_json(made, _PLAIN)
    if out:
        write_file(out, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    most = sys.maxsize if show_all else 12
    context.result(data, render_plan(made, specs, most=most))
    if out:
        context.note(f"The plan is in {out}.")
    if is_partial(made):
        return TargetError.exit_code
    return 1 if exit_code and made.changes else 0


@click.command()
@click.argument("fingerprint")
@click.option(
    "--guard",
    "guards",
    multiple=True,
    required=True,
    type=click.Choice(GUARDS),
    help="Guard to pass; may be given several times.",
)
@click.option("--note", default="", help="Why.")
@command
def approve(
    context: Context, fingerprint: str, guards: tuple[str, ...], note: str
) -> None:
    """Confirm that the plan with FINGERPRINT may pass a guard, this once."""
    if not _FINGERPRINT.match(fingerprint):
        raise ConfigError(
            f"“{fingerprint}” is no fingerprint of a plan",
            hint="It stands below the plan: 32 digits and letters from a to f.",
        )
    with context.instance() as instance, instance.database.write() as conn:
        audit.append(
            conn,
            at=instance.now(),
            actor="sync",
            action="approve",
            detail={
                "fingerprint": fingerprint,
                "guards": list(guards),
                "person": context.person,
            },
        )
        for guard in guards:
            decisions.approve(
                conn,
                Approval(
                    fingerprint=fingerprint,
                    guard=guard,
                    person=context.person,
                    approved_at=instance.now(),
                    note=note,
                ),
            )
    context.result(
        {"fingerprint": fingerprint, "guards": list(guards), "by": context.person},
        [f"{context.person} lets plan {fingerprint} pass {', '.join(guards)}."],
    )


@click.command()
@click.argument("connection", required=False)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path),
    help="Apply this plan, and only if it still fits.",
)
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@command
def apply(
    context: Context, connection: str | None, plan_file: Path | None, *, yes: bool
) -> int:
    """Write what a plan shows to CONNECTION, after you have seen it."""
    with context.instance() as instance:
        given = _read_plan(plan_file) if plan_file else None
        name = the_connection(instance, given.connection if given else connection)
        with engine_of(instance, name) as engine:
            if given is None:
                _finish_first(context, engine.resume())
                edition = release_edition(instance, None, instance.today())
                given = engine.plan(edition)
                context.say(*render_plan(given, engine.specs))
            else:
                edition = edition_of_plan(instance, given)
            if given.changes and not (yes or plan_file):
                _confirm(context, given)
            total = len(given.changes)
            with progress_bar(context, f"Applying to {name}", total) as progress:
                report = engine.apply(given, edition, context.person, progress)
    context.result(report.as_json(), report_lines(report))
    is_whole = report.done == report.planned and not is_partial(given)
    return 0 if is_whole else TargetError.exit_code


def is_partial(made: Plan) -> bool:
    """Tell whether a part of the target could not be read, so that more may follow."""
    return any(item.type is FindingKind.INCOMPLETE for item in made.findings)


def report_lines(report: Report) -> list[str]:
    """Return how a run ended, for people."""
    if not report.planned:
        return ["Nothing was written."]
    noun = "change" if report.planned == 1 else "changes"
    lines = [f"{report.done} of {report.planned} {noun} written."]
    if report.failed or report.skipped or report.in_doubt:
        lines[0] += (
            f" {report.failed} failed, {report.skipped} skipped,"
            f" {report.in_doubt} in doubt."
        )
    lines += [f"  {message}" for message in report.messages[:50]]
    if report.in_doubt:
        lines.append("The next apply looks at what is in doubt before anything else.")
    return lines


def _finish_first(context: Context, resumed: Report | None) -> None:
    if resumed is not None:
        context.say("An interrupted run was finished first:", *report_lines(resumed))


def _confirm(context: Context, given: Plan) -> None:
    """Ask whether to write; where nobody can answer, nothing is written."""
    if context.is_json or not sys.stdin.isatty():
        raise PlanError(
            "nobody is here to say yes to this plan, so nothing was written",
            hint="Review a plan first (`jobframe plan --out FILE`) and apply that one"
            " (`jobframe apply --plan FILE`), or add --yes.",
        )
    noun = "change" if len(given.changes) == 1 else "changes"
    click.confirm(f"Write {len(given.changes)} {noun}?", abort=True)


def _read_plan(path: Path) -> Plan:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or f"it is no JSON ({error})"
        raise ConfigError(
            f"the plan {path} cannot be read: {reason}",
            hint="Make it anew with `jobframe plan --out FILE`.",
        ) from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path} is no plan", hint="Make one with `jobframe plan`.")
    return plan_from_json(data, str(path))


def the_connection(instance: Instance, name: str | None) -> str:
    """Return the connection that is meant; without a name the only one there is."""
    names = connection_names(instance)
    if name:
        configured(instance, name)
        return name
    if len(names) == 1:
        return names[0]
    raise ConfigError(
        "name the connection" if names else "there is no connection yet",
        hint=f"One of: {', '.join(names)}."
        if names
        else "Write one (docs/operators.md shows how) and add it:"
        " `jobframe config import FILE`.",
    )


def parse_day(text: str) -> date:
    """Return a calendar date; raises `ConfigError` for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(
            f"“{text}” is no date", hint="Write it as 2026-07-01."
        ) from error
