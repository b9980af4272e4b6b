"""Legal holds: whom nobody may erase, why, and who said so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from connector.store.columns import chunks, upsert
from connector.store.tables_talent import legal_holds as _holds


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """A person who must not be erased."""

    person_id: str
    reason: str
    placed_by: str
    placed_at: datetime


def place(conn: Connection, hold: LegalHold) -> None:
    """Store a hold, over the one that the person may have."""
    row = {
        "person_id": hold.person_id,
        "reason": hold.reason,
        "placed_by": hold.placed_by,
        "placed_at": hold.placed_at,
    }
    upsert(conn, _holds, [row])


def release(conn: Connection, person_id: str) -> bool:
    """Let go of a hold; tells whether there was one."""
    gone = conn.execute(delete(_holds).where(_holds.c.person_id == person_id))
    return gone.rowcount == 1


def get(conn: Connection, person_id: str) -> LegalHold | None:
    """Return the hold on a person, if there is one."""
    return next(iter(among(conn, [person_id])), None)


def all(conn: Connection) -> list[LegalHold]:
    """Return every hold, by person."""
    rows = conn.execute(select(_holds).order_by(_holds.c.person_id))
    return [LegalHold(**row._mapping) for row in rows]


def among(conn: Connection, person_ids: Collection[str]) -> list[LegalHold]:
    """Return the holds on these people, by person."""
    return [
        LegalHold(**row._mapping)
        for part in chunks(sorted(person_ids))
        for row in conn.execute(
            select(_holds)
            .where(_holds.c.person_id.in_(part))
            .order_by(_holds.c.person_id)
        )
    ]
