"""Tasks: what only a person can do, open until it was seen done."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from connector.kit.values import Ref, canonical_json
from connector.store import tables

_tasks = tables.tasks


class TaskState(StrEnum):
    """Whether a task waits, was seen done, or is no longer asked for."""

    OPEN = "open"
    VERIFIED = "verified"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTask:
    """A step that somebody has to do by hand, with the exact values to type."""

    ref: Ref
    title: str
    steps: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task as the store holds it."""

    id: int
    connection: str
    source: str
    ref: Ref
    title: str
    steps: str
    values: Mapping[str, str]
    state: TaskState
    opened_at: datetime
    closed_at: datetime | None


def sync_tasks(
    conn: Connection,
    *,
    connection: str,
    source: str,
    wanted: Iterable[WantedTask],
    verified: Collection[Ref] = (),
    at: datetime,
) -> None:
    """Make the open tasks of one source those that are wanted now.

    New ones open, known ones take over steps and values, the others close: as
    verified where the record is among `verified`, else as withdrawn. Tasks are told
    apart by record and title. Other sources' tasks stay as they are.
    """
    known = {
        (task.ref, task.title): task
        for task in open_tasks(conn, connection)
        if task.source == source
    }
    for task in wanted:
        same = known.pop((task.ref, task.title), None)
        if same is None:
            _open(conn, connection, source, task, at)
        elif (same.steps, same.values) != (task.steps, task.values):
            _change(
                conn,
                same.id,
                steps=task.steps,
                values_json=canonical_json(dict(task.values)),
            )
    for gone in known.values():
        is_verified = gone.ref in verified
        state = TaskState.VERIFIED if is_verified else TaskState.WITHDRAWN
        _change(conn, gone.id, state=state, closed_at=at)


def open_tasks(conn: Connection, connection: str | None = None) -> list[Task]:
    """Return the open tasks, of one connection or of all, oldest first."""
    statement = select(_tasks).where(_tasks.c.closed_at.is_(None))
    if connection is not None:
        statement = statement.where(_tasks.c.connection == connection)
    return [_task(row) for row in conn.execute(statement.order_by(_tasks.c.id))]


def all(conn: Connection, connection: str) -> list[Task]:
    """Return every task of a connection, closed ones included, oldest first."""
    statement = select(_tasks).where(_tasks.c.connection == connection)
    return [_task(row) for row in conn.execute(statement.order_by(_tasks.c.id))]


def _open(
    conn: Connection, connection: str, source: str, task: WantedTask, at: datetime
) -> None:
    row = {
        "connection": connection,
        "source": source,
        "kind": task.ref.kind,
        "key": task.ref.key,
        "title": task.title,
        "steps": task.steps,
        "values_json": canonical_json(dict(task.values)),
        "state": TaskState.OPEN,
        "opened_at": at,
    }
    conn.execute(insert(_tasks), row)


def _change(conn: Connection, task_id: int, **values: Any) -> None:
    conn.execute(update(_tasks).where(_tasks.c.id == task_id).values(**values))


def _task(row: Row[Any]) -> Task:
    return Task(
        id=row.id,
        connection=row.connection,
        source=row.source,
        ref=Ref(row.kind, row.key),
        title=row.title,
        steps=row.steps,
        values=json.loads(row.values_json),
        state=TaskState(row.state),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )
