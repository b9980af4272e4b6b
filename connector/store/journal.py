"""The journal: every run, and what became of each of its changes.

The order of calls makes a kill harmless: `mark_sent` is committed before the bytes
leave, `settle` afterwards in one transaction with the links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from connector.kit.errors import ConnectorError, PlanError
from connector.kit.values import Ref
from connector.store import tables
from connector.store.columns import chunks
from connector.store.scrubbing import without_strangers

_runs = tables.runs
_changes = tables.changes


class ChangeState(StrEnum):
    """How far a change has come; only `done` is never tried again."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    UNTRIED = "untried"
    SKIPPED = "skipped"
    STALE = "stale"


class RunStatus(StrEnum):
    """How a run stands or ended."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """What became of a change."""

    ref: Ref
    state: ChangeState
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalChange:
    """One change of a run as the journal holds it."""

    ref: Ref
    state: ChangeState
    group: str
    message: str
    sent_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHead:
    """A run without its plan; `counts` are its changes by state."""

    id: int
    connection: str
    fingerprint: str
    release_id: int | None
    as_of: date
    person: str
    started_at: datetime
    status: RunStatus
    finished_at: datetime | None
    summary_json: str
    counts: Mapping[ChangeState, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run with its plan and its changes, in the order of the plan."""

    head: RunHead
    plan_json: str
    changes: tuple[JournalChange, ...]

    @property
    def states(self) -> dict[Ref, ChangeState]:
        """Return the state of every change."""
        return {change.ref: change.state for change in self.changes}


def open_run(
    conn: Connection,
    *,
    connection: str,
    fingerprint: str,
    plan_json: str,
    release_id: int | None,
    as_of: date,
    person: str,
    at: datetime,
    refs: Iterable[Ref],
) -> int:
    """Open a run with one planned change per ref, and return its id.

    Raises:
        PlanError: the connection has a run that was not finished.
    """
    if open_id := _unfinished_id(conn, connection):
        raise PlanError(
            f"Run {open_id} of {connection} was not finished.",
            hint="Resume it or give it up first.",
        )
    row = {
        "connection": connection,
        "fingerprint": fingerprint,
        "plan_json": plan_json,
        "release_id": release_id,
        "as_of": as_of,
        "person": person,
        "started_at": at,
        "status": RunStatus.RUNNING,
        "summary_json": "{}",
    }
    run_id: int = conn.execute(insert(_runs).returning(_runs.c.id), row).scalar_one()
    _plan_changes(conn, run_id, refs)
    return run_id


def _plan_changes(conn: Connection, run_id: int, refs: Iterable[Ref]) -> None:
    rows = [
        {
            "run_id": run_id,
            "kind": ref.kind,
            "key": ref.key,
            "position": position,
            "state": ChangeState.PLANNED,
            "request_group": "",
            "message": "",
        }
        for position, ref in enumerate(refs)
    ]
    if rows:
        conn.execute(insert(_changes), rows)


def mark_sent(
    conn: Connection, run_id: int, refs: Iterable[Ref], group: str, at: datetime
) -> None:
    """Record that these changes leave now, in one request group.

    Commit before the bytes leave. Raises `ConnectorError` for a change that the run
    does not have or that is done.
    """
    sent = {
        "state": ChangeState.SENT,
        "request_group": group,
        "message": "",
        "sent_at": at,
        "settled_at": None,
    }
    _update_changes(conn, run_id, refs, sent)


def settle(
    conn: Connection, run_id: int, outcomes: Iterable[ChangeOutcome], at: datetime
) -> None:
    """Record what became of changes; the same change may be settled again.

    Raises `ConnectorError` for a change that the run does not have or that is done.
    """
    alike: dict[tuple[ChangeState, str], list[Ref]] = {}
    for outcome in outcomes:
        alike.setdefault((outcome.state, outcome.message), []).append(outcome.ref)
    for (state, message), refs in alike.items():
        settled = {"state": state, "message": message, "settled_at": at}
        _update_changes(conn, run_id, refs, settled)


def _update_changes(
    conn: Connection, run_id: int, refs: Iterable[Ref], values: Mapping[str, Any]
) -> None:
    """Give changes the same values, with as few statements as their kinds allow."""
    keys: dict[str, list[str]] = {}
    for ref in refs:
        keys.setdefault(ref.kind, []).append(ref.key)
    wanted = matched = 0
    for kind, of_kind in keys.items():
        wanted += len(of_kind)
        for some in chunks(of_kind):
            statement = update(_changes).where(
                _changes.c.run_id == run_id,
                _changes.c.kind == kind,
                _changes.c.key.in_(some),
                _changes.c.state != ChangeState.DONE,
            )
            matched += conn.execute(statement.values(**values)).rowcount
    if matched != wanted:
        raise ConnectorError(
            f"Run {run_id} has only {matched} open changes of the {wanted} that "
            "were to be recorded.",
            hint="This is a defect of the connector: report it with the run's number.",
        )


def finish_run(
    conn: Connection, run_id: int, status: RunStatus, summary_json: str, at: datetime
) -> None:
    """Close a run for good.

    What others than us put into groups was needed to resume it, and is not kept.
    """
    plan_json = conn.execute(
        select(_runs.c.plan_json).where(_runs.c.id == run_id)
    ).scalar_one()
    values = {"status": status, "summary_json": summary_json, "finished_at": at}
    if (kept := without_strangers(plan_json)) != plan_json:
        values["plan_json"] = kept
    conn.execute(update(_runs).where(_runs.c.id == run_id).values(**values))


def unfinished_run(conn: Connection, connection: str) -> Run | None:
    """Return the run of a connection that was killed or stopped, if there is one."""
    run_id = _unfinished_id(conn, connection)
    return read_run(conn, run_id) if run_id else None


def read_run(conn: Connection, run_id: int) -> Run | None:
    """Return a run with its plan and changes."""
    row = conn.execute(select(_runs).where(_runs.c.id == run_id)).one_or_none()
    if row is None:
        return None
    changes = conn.execute(
        select(_changes)
        .where(_changes.c.run_id == run_id)
        .order_by(_changes.c.position)
    )
    head = _head(row, _counts(conn, [run_id]).get(run_id, {}))
    return Run(
        head=head,
        plan_json=row.plan_json,
        changes=tuple(_change(change) for change in changes),
    )


def done_since(
    conn: Connection, connection: str, kind: str, since: datetime
) -> dict[int, dict[Ref, datetime]]:
    """Return when changes of a kind were confirmed since an instant, by run."""
    rows = conn.execute(
        select(
            _changes.c.run_id, _changes.c.kind, _changes.c.key, _changes.c.settled_at
        )
        .join(_runs, _runs.c.id == _changes.c.run_id)
        .where(
            _runs.c.connection == connection,
            _changes.c.kind == kind,
            _changes.c.state == ChangeState.DONE,
            _changes.c.settled_at >= since,
        )
        .order_by(_changes.c.run_id, _changes.c.position)
    )
    found: dict[int, dict[Ref, datetime]] = {}
    for run_id, of_kind, key, settled_at in rows:
        found.setdefault(run_id, {})[Ref(of_kind, key)] = settled_at
    return found


def list_runs(
    conn: Connection, connection: str | None = None, *, limit: int = 50
) -> list[RunHead]:
    """Return the latest runs, of one connection or of all, newest first."""
    without_plan = [column for column in _runs.c if column is not _runs.c.plan_json]
    statement = select(*without_plan).order_by(_runs.c.id.desc()).limit(limit)
    if connection is not None:
        statement = statement.where(_runs.c.connection == connection)
    rows = conn.execute(statement).all()
    counts = _counts(conn, [row.id for row in rows])
    return [_head(row, counts.get(row.id, {})) for row in rows]


def _unfinished_id(conn: Connection, connection: str) -> int | None:
    return conn.execute(
        select(_runs.c.id).where(
            _runs.c.connection == connection, _runs.c.finished_at.is_(None)
        )
    ).scalar_one_or_none()


def _counts(conn: Connection, run_ids: list[int]) -> dict[int, dict[ChangeState, int]]:
    found: dict[int, dict[ChangeState, int]] = {}
    rows = conn.execute(
        select(_changes.c.run_id, _changes.c.state, func.count())
        .where(_changes.c.run_id.in_(run_ids))
        .group_by(_changes.c.run_id, _changes.c.state)
    )
    for run_id, state, count in rows:
        found.setdefault(run_id, {})[ChangeState(state)] = count
    return found


def _head(row: Row[Any], counts: Mapping[ChangeState, int]) -> RunHead:
    return RunHead(
        id=row.id,
        connection=row.connection,
        fingerprint=row.fingerprint,
        release_id=row.release_id,
        as_of=row.as_of,
        person=row.person,
        started_at=row.started_at,
        status=RunStatus(row.status),
        finished_at=row.finished_at,
        summary_json=row.summary_json,
        counts=counts,
    )


def _change(row: Row[Any]) -> JournalChange:
    return JournalChange(
        ref=Ref(row.kind, row.key),
        state=ChangeState(row.state),
        group=row.request_group,
        message=row.message,
        sent_at=row.sent_at,
        settled_at=row.settled_at,
    )
