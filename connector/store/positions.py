"""The positions that persons hold, and the roles they held before.

Positions are replaced as a source shows them; what was left is kept with the instant
at which that was seen.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, select

from connector.kit.values import (
    Foreign,
    SourceAssignment,
    SourcePerson,
    canonical_json,
    value_from_json,
    value_to_json,
)
from connector.store import tables
from connector.store.columns import chunks, upsert

_assignments = tables.assignments
_past_roles = tables.past_roles


def role_in(text: str) -> Foreign | None:
    """Return the role that a column holds."""
    role = value_from_json(json.loads(text))
    return role if isinstance(role, Foreign) else None


def replace(
    conn: Connection,
    connection: str,
    people: Mapping[str, SourcePerson | None],
    at: datetime,
) -> set[str]:
    """Replace what persons hold at a source; none for one who holds nothing.

    Returns those of them whose roles are others than before.
    """
    held = {
        person_id: person.assignments if person else ()
        for person_id, person in people.items()
    }
    before = _positions_before(conn, connection, held)
    _replace_assignments(conn, connection, held, before, at)
    _keep_past_roles(conn, connection, held, before, at)
    return {
        person_id
        for person_id, assignments in held.items()
        if {each.position_id: each.role for each in assignments}
        != {position: role for position, (role, _) in before.get(person_id, {}).items()}
    }


#: What persons hold, by their position: the role, and since when.
_Before = dict[str, dict[str, tuple[Foreign | None, "date | None"]]]


def _positions_before(
    conn: Connection, connection: str, ids: Collection[str]
) -> _Before:
    """Return the roles that persons hold at a source, by position."""
    held: _Before = {}
    for part in chunks(sorted(ids)):
        rows = conn.execute(
            select(
                _assignments.c.person_id,
                _assignments.c.position_id,
                _assignments.c.role_json,
                _assignments.c.moved_on,
            ).where(
                _assignments.c.connection == connection,
                _assignments.c.person_id.in_(part),
            )
        )
        for person_id, position_id, text, moved_on in rows:
            positions = held.setdefault(person_id, {})
            positions[position_id] = (role_in(text), moved_on)
    return held


def _keep_past_roles(
    conn: Connection,
    connection: str,
    held: Mapping[str, Sequence[SourceAssignment]],
    before: _Before,
    at: datetime,
) -> None:
    """Note the roles that are held no longer, and forget those held again."""
    ended, again = [], []
    for person_id, assignments in held.items():
        was = {role for role, _ in before.get(person_id, {}).values() if role}
        now = {item.role for item in assignments if item.role is not None}
        ended += [
            {
                "person_id": person_id,
                "connection": connection,
                "kind": role.kind,
                "remote_id": role.remote_id,
                "ended_at": at,
            }
            for role in sorted(was - now)
        ]
        again += [
            {"of_person": person_id, "of_kind": role.kind, "of_id": role.remote_id}
            for role in sorted(now - was)
        ]
    if again:
        held_again = and_(
            _past_roles.c.person_id == bindparam("of_person"),
            _past_roles.c.connection == connection,
            _past_roles.c.kind == bindparam("of_kind"),
            _past_roles.c.remote_id == bindparam("of_id"),
        )
        conn.execute(delete(_past_roles).where(held_again), again)
    upsert(conn, _past_roles, ended)


def _replace_assignments(
    conn: Connection,
    connection: str,
    held: Mapping[str, Sequence[SourceAssignment]],
    before: _Before,
    at: datetime,
) -> None:
    if not held:
        return
    held_before = and_(
        _assignments.c.person_id == bindparam("of_person"),
        _assignments.c.connection == connection,
    )
    conn.execute(
        delete(_assignments).where(held_before),
        [{"of_person": person_id} for person_id in held],
    )
    rows = [
        {
            "person_id": person_id,
            "connection": connection,
            "position_id": assignment.position_id,
            "position": position,
            "role_json": canonical_json(value_to_json(assignment.role)),
            "is_primary": assignment.is_primary,
            "since": assignment.since,
            "location": assignment.location,
            "organisation": assignment.organisation,
            "moved_on": _moved_on(assignment, before.get(person_id, {}), at),
            "country": assignment.country,
            "is_international": assignment.is_international,
        }
        for person_id, assignments in held.items()
        for position, assignment in enumerate(assignments)
    ]
    if rows:
        conn.execute(insert(_assignments), rows)


def _moved_on(
    assignment: SourceAssignment,
    before: Mapping[str, tuple[Foreign | None, date | None]],
    at: datetime,
) -> date | None:
    """Return since when the role is held: another change of a position is no move."""
    held = before.get(assignment.position_id)
    if held is None:
        return assignment.moved_on
    role, moved_on = held
    if role == assignment.role:
        return moved_on or assignment.moved_on
    return assignment.moved_on or at.date()


def assignment_in(row: Row[Any]) -> SourceAssignment:
    """Return the position that a row holds."""
    return SourceAssignment(
        position_id=row.position_id,
        role=role_in(row.role_json),
        is_primary=row.is_primary,
        since=row.since,
        moved_on=row.moved_on,
        location=row.location,
        country=row.country,
        organisation=row.organisation,
        is_international=row.is_international,
    )
