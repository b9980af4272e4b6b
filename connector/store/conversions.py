"""Proposed conversions: whom a reviewed sheet puts on which role of the framework.

Personal data. A row here changes nothing in the HRIS.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from connector.store.tables_talent import conversions as _conversions


class ConversionState(StrEnum):
    """How far a conversion has come here; all but `DRAFT` are decisions."""

    DRAFT = "draft"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConversion:
    """A conversion as a sheet proposes it; `profile` is the present one's name."""

    person_id: str
    position_id: str
    profile: str
    to_role: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion(NewConversion):
    """A conversion that is stored."""

    id: int
    state: ConversionState
    drafted_by: str
    decided_by: str
    drafted_at: datetime
    decided_at: datetime | None


def all(conn: Connection, state: ConversionState | None = None) -> list[Conversion]:
    """Return the conversions, of one state or of all, in the order of drafting."""
    statement = select(_conversions).order_by(_conversions.c.id)
    if state is not None:
        statement = statement.where(_conversions.c.state == state.value)
    return [_conversion(row) for row in conn.execute(statement)]


def add(
    conn: Connection, new: Iterable[NewConversion], person: str, at: datetime
) -> int:
    """Store drafts; returns how many."""
    rows = [
        {
            "person_id": one.person_id,
            "position_id": one.position_id,
            "profile": one.profile,
            "to_role": one.to_role,
            "reason": one.reason,
            "state": ConversionState.DRAFT.value,
            "drafted_by": person,
            "decided_by": "",
            "drafted_at": at,
            "decided_at": None,
        }
        for one in new
    ]
    if rows:
        conn.execute(insert(_conversions), rows)
    return len(rows)


def settle(
    conn: Connection, number: int, state: ConversionState, person: str, at: datetime
) -> None:
    """Decide a draft."""
    conn.execute(
        update(_conversions)
        .where(_conversions.c.id == number)
        .values(state=state.value, decided_by=person, decided_at=at)
    )


def _conversion(row: Row[Any]) -> Conversion:
    return Conversion(**{**row._mapping, "state": ConversionState(row.state)})
