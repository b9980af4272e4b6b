"""Readiness as it was last made: one row for a person and a role that is kept.

Kept are the states alone; the evidence behind them is read when somebody looks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, func, select

from connector.kit.values import canonical_json
from connector.store import tables_talent
from connector.store.columns import chunks, upsert

_readiness = tables_talent.readiness
_due = tables_talent.readiness_due


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReadiness:
    """How a person stands for a role, by competency; an empty focus area is none."""

    person_id: str
    role: str
    focus_area: str
    kind: str
    release: str
    as_of: date
    is_met: bool
    may_be_proposed: bool
    open_number: int
    states: Mapping[str, str]
    changes_on: date | None


def replace(
    conn: Connection, person_ids: Collection[str], kept: Iterable[KeptReadiness]
) -> None:
    """Store all that is kept of these people, in the place of what was kept before."""
    for part in chunks(sorted(person_ids)):
        conn.execute(delete(_readiness).where(_readiness.c.person_id.in_(part)))
    rows = [
        {
            "person_id": each.person_id,
            "role": each.role,
            "focus_area": each.focus_area,
            "kind": each.kind,
            "release": each.release,
            "as_of": each.as_of,
            "is_met": each.is_met,
            "may_be_proposed": each.may_be_proposed,
            "open_number": each.open_number,
            "states_json": canonical_json(dict(each.states)),
            "changes_on": each.changes_on,
        }
        for each in kept
    ]
    upsert(conn, _readiness, rows)


def kept(conn: Connection, person_id: str | None = None) -> Iterator[KeptReadiness]:
    """Yield what is kept of a person or of all, by person and role."""
    statement = select(_readiness).order_by(
        _readiness.c.person_id, _readiness.c.role, _readiness.c.focus_area
    )
    if person_id is not None:
        statement = statement.where(_readiness.c.person_id == person_id)
    for row in conn.execute(statement):
        values = dict(row._mapping)
        states = json.loads(values.pop("states_json"))
        yield KeptReadiness(**values, states=states)


def changing_until(conn: Connection, day: date) -> list[str]:
    """Return whose readiness time alone changes up to a day, sorted."""
    rows = conn.execute(
        select(_readiness.c.person_id)
        .where(_readiness.c.changes_on <= day)
        .distinct()
        .order_by(_readiness.c.person_id)
    )
    return list(rows.scalars())


def counts(conn: Connection) -> tuple[int, int, int]:
    """Return how many rows are kept, how many are met, how many may be proposed."""
    row = conn.execute(
        select(
            func.count(),
            func.count().filter(_readiness.c.is_met),
            func.count().filter(_readiness.c.may_be_proposed),
        ).select_from(_readiness)
    ).one()
    return row[0], row[1], row[2]
