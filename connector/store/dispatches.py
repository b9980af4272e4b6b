"""The journal of dispatches: what leaves for a worker's record, once.

Only a prepared dispatch is ever sent. One whose answer was lost is looked up by its
reference first, and what the look-up cannot decide stays `unknown`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select, update

from connector.kit.errors import ConnectorError
from connector.kit.values import Dispatch, DispatchKind, canonical_json
from connector.store import tables
from connector.store.columns import insert_all_missing

_dispatches = tables.dispatches


class DispatchState(StrEnum):
    """How far a dispatch has come; `confirmed` and `denied` are final."""

    PREPARED = "prepared"
    SENT = "sent"
    CONFIRMED = "confirmed"
    PENDING = "pending"
    DENIED = "denied"
    UNKNOWN = "unknown"
    REJECTED = "rejected"


_FINAL = (DispatchState.CONFIRMED, DispatchState.DENIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDispatch:
    """A dispatch to prepare, whose it is and which fact it tells of."""

    dispatch: Dispatch
    person_id: str
    fact_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDispatch:
    """A dispatch as the journal holds it."""

    connection: str
    dispatch: Dispatch
    person_id: str
    fact_id: int | None
    state: DispatchState
    group: str
    remote_id: str
    message: str
    prepared_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class DispatchOutcome:
    """What became of a dispatch; `PREPARED` says a look-up proved that it is absent."""

    reference: str
    state: DispatchState
    remote_id: str = ""
    message: str = ""


def prepare(
    conn: Connection, connection: str, new: Iterable[NewDispatch], at: datetime
) -> int:
    """Store dispatches whose reference is new; returns how many went in."""
    rows = [
        {
            "reference": each.dispatch.reference,
            "connection": connection,
            "person_id": each.person_id,
            "fact_id": each.fact_id,
            "dispatch_json": _to_json(each.dispatch),
            "state": DispatchState.PREPARED,
            "request_group": "",
            "remote_id": "",
            "message": "",
            "prepared_at": at,
        }
        for each in new
    ]
    return insert_all_missing(conn, _dispatches, rows)


def mark_sent(
    conn: Connection, references: Iterable[str], group: str, at: datetime
) -> None:
    """Record that prepared dispatches leave now; commit before the bytes leave.

    Raises `ConnectorError` for one that is not prepared.
    """
    _update(
        conn,
        [
            {
                "of_reference": reference,
                "state": DispatchState.SENT,
                "request_group": group,
                "message": "",
                "sent_at": at,
                "settled_at": None,
            }
            for reference in references
        ],
        _dispatches.c.state == DispatchState.PREPARED,
    )


def settle(conn: Connection, outcomes: Iterable[DispatchOutcome], at: datetime) -> None:
    """Record what became of dispatches; raises `ConnectorError` for a final one."""
    _update(
        conn,
        [
            {
                "of_reference": outcome.reference,
                "state": outcome.state,
                "remote_id": outcome.remote_id,
                "message": outcome.message,
                "settled_at": at,
            }
            for outcome in outcomes
        ],
        # An `IN` list cannot go with many rows at once.
        and_(*(_dispatches.c.state != state for state in _FINAL)),
    )


def in_state(
    conn: Connection, connection: str, *states: DispatchState
) -> list[StoredDispatch]:
    """Return the dispatches of a connection in these states, in order of time."""
    return _read(
        conn, _dispatches.c.connection == connection, _dispatches.c.state.in_(states)
    )


def counts(conn: Connection) -> dict[DispatchState, int]:
    """Return how many dispatches there are in each state, over all connections."""
    rows = conn.execute(
        select(_dispatches.c.state, func.count()).group_by(_dispatches.c.state)
    )
    return {DispatchState(state): number for state, number in rows}


def of_person(conn: Connection, person_id: str) -> list[StoredDispatch]:
    """Return every dispatch about a person, in order of time."""
    return _read(conn, _dispatches.c.person_id == person_id)


def _update(conn: Connection, rows: list[dict[str, Any]], condition: Any) -> None:
    if not rows:
        return
    statement = update(_dispatches).where(
        _dispatches.c.reference == bindparam("of_reference"), condition
    )
    matched = conn.execute(statement, rows).rowcount
    if matched != len(rows):
        raise ConnectorError(
            f"Only {matched} of {len(rows)} dispatches were in a state that allows "
            "what was to be recorded.",
            hint="This is a defect of the connector: report it.",
        )


def _read(conn: Connection, *conditions: Any) -> list[StoredDispatch]:
    rows = conn.execute(
        select(_dispatches)
        .where(*conditions)
        .order_by(_dispatches.c.prepared_at, _dispatches.c.reference)
    )
    return [_stored(row) for row in rows]


def _stored(row: Row[Any]) -> StoredDispatch:
    return StoredDispatch(
        connection=row.connection,
        dispatch=_from_json(row.dispatch_json),
        person_id=row.person_id,
        fact_id=row.fact_id,
        state=DispatchState(row.state),
        group=row.request_group,
        remote_id=row.remote_id,
        message=row.message,
        prepared_at=row.prepared_at,
        sent_at=row.sent_at,
        settled_at=row.settled_at,
    )


def _to_json(dispatch: Dispatch) -> str:
    expires_on = dispatch.expires_on
    return canonical_json(
        {
            **asdict(dispatch),
            "completed_on": dispatch.completed_on.isoformat(),
            "expires_on": expires_on.isoformat() if expires_on else None,
        }
    )


def _from_json(text: str) -> Dispatch:
    data = json.loads(text)
    expires_on = data["expires_on"]
    return Dispatch(
        reference=data["reference"],
        kind=DispatchKind(data["kind"]),
        employee_id=data["employee_id"],
        title=data["title"],
        description=data["description"],
        completed_on=date.fromisoformat(data["completed_on"]),
        expires_on=date.fromisoformat(expires_on) if expires_on else None,
        link=data.get("link", ""),
        competency=data.get("competency", ""),
        rank=data.get("rank", 0),
        competency_id=data.get("competency_id", ""),
        level_id=data.get("level_id", ""),
    )
