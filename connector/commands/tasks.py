"""`jobframe tasks`: what only a person can do, open until it was seen done."""

from __future__ import annotations

import click

from connector.commands.common import Context, command
from connector.runtime.connections import configured
from connector.store import tasks as store_tasks
from connector.store.tasks import Task


@click.command()
@click.argument("connection", required=False)
@command
def tasks(context: Context, connection: str | None) -> None:
    """List what waits for a person, of CONNECTION or of all."""
    with context.instance() as instance:
        if connection:
            configured(instance, connection)
        with instance.database.read() as conn:
            found = store_tasks.open_tasks(conn, connection)
    context.result(
        [_as_json(task) for task in found],
        [line for task in found for line in _lines(task)] or ["No task is open."],
    )


def _as_json(task: Task) -> dict[str, object]:
    return {
        "task": task.id,
        "connection": task.connection,
        "kind": task.ref.kind,
        "key": task.ref.key,
        "title": task.title,
        "steps": task.steps,
        "values": dict(task.values),
        "opened_at": task.opened_at.isoformat(),
    }


def _lines(task: Task) -> list[str]:
    lines = [f"□ {task.connection}: {task.title}  {task.ref}"]
    lines += [f"    {name}: {value}" for name, value in task.values.items()]
    return [*lines, f"    {task.steps}"] if task.steps else lines
