"""`jobframe runs`: what was written, when, and what became of each change."""

from __future__ import annotations

import json

import click

from connector.commands.common import Context, command
from connector.commands.plan import report_lines
from connector.kit.errors import ConfigError
from connector.runtime.connections import engine_of
from connector.store import audit, journal
from connector.store.journal import ChangeState, RunStatus


@click.group()
def runs() -> None:
    """See past runs; finish or give up an interrupted one."""


@runs.command("list")
@click.argument("connection", required=False)
@command
def list_runs(context: Context, connection: str | None) -> None:
    """List the latest runs."""
    with context.instance() as instance, instance.database.read() as conn:
        heads = journal.list_runs(conn, connection)
    context.result(
        [
            {
                "run": head.id,
                "connection": head.connection,
                "status": head.status.value,
                "started_at": head.started_at.isoformat(),
                "person": head.person,
                "changes": {state.value: n for state, n in head.counts.items()},
            }
            for head in heads
        ],
        [
            f"{head.id:>5}  {head.started_at:%Y-%m-%d %H:%M} UTC  {head.connection}"
            f"  {head.status.value}  {head.counts.get(ChangeState.DONE, 0)} of"
            f" {sum(head.counts.values())} written  by {head.person}"
            for head in heads
        ]
        or ["There was no run yet."],
    )


@runs.command()
@click.argument("run", type=int)
@command
def show(context: Context, run: int) -> None:
    """Show one run with each of its changes."""
    with context.instance() as instance, instance.database.read() as conn:
        found = journal.read_run(conn, run)
    if found is None:
        raise ConfigError(f"there is no run {run}", hint="See `jobframe runs list`.")
    context.result(
        {
            "run": found.head.id,
            "connection": found.head.connection,
            "status": found.head.status.value,
            "summary": json.loads(found.head.summary_json),
            "changes": [
                {
                    "kind": change.ref.kind,
                    "key": change.ref.key,
                    "state": change.state.value,
                    "message": change.message,
                }
                for change in found.changes
            ],
        },
        [
            f"{change.state.value:>9}  {change.ref}  {change.message}"
            for change in found.changes
        ],
    )


@runs.command()
@click.argument("connection")
@command
def resume(context: Context, connection: str) -> int:
    """Finish the interrupted run of CONNECTION; it adds no change."""
    with context.instance() as instance, engine_of(instance, connection) as engine:
        report = engine.resume()
    if report is None:
        context.result({"resumed": False}, ["No run was interrupted."])
        return 0
    context.result({"resumed": True, **report.as_json()}, report_lines(report))
    return 0 if report.done == report.planned else 5


@runs.command()
@click.argument("connection")
@command
def abandon(context: Context, connection: str) -> None:
    """Give up the interrupted run of CONNECTION.

    What it wrote stays; what it left in doubt shows as findings in the next plan.
    """
    with context.instance() as instance, instance.database.write() as conn:
        found = journal.unfinished_run(conn, connection)
        if found is None:
            raise ConfigError(
                f"no run of {connection} was interrupted",
                hint="See `jobframe runs list`.",
            )
        at = instance.now()
        journal.finish_run(conn, found.head.id, RunStatus.ABANDONED, "{}", at)
        audit.append(
            conn,
            at=at,
            actor="sync",
            action="abandon",
            detail={"run": found.head.id, "person": context.person},
        )
    context.result({"abandoned": found.head.id}, [f"Run {found.head.id} was given up."])
