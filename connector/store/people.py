"""Persons and the positions they hold, under random ids of ours.

All of it is personal data: who stores it has checked the connection's scope.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
)

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
from connector.store.tombstones import IdKind, SourceId, Tombstones

_persons = tables.persons
_sources = tables.person_sources
_assignments = tables.assignments
_past_roles = tables.past_roles


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role of a source that a person holds, or held until it was seen gone."""

    person_id: str
    connection: str
    role: Foreign
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as last shown by the HRIS; `manager_id` is the source's own id."""

    id: str
    employee_id: str
    name: str
    email: str
    is_active: bool
    manager_id: str
    hired_on: date | None
    updated_at: datetime


def save(
    conn: Connection,
    connection: str,
    people: Iterable[SourcePerson],
    *,
    tombstones: Tombstones,
    new_id: Callable[[], str],
    at: datetime,
) -> int:
    """Store persons over what is known of them; their assignments are replaced.

    A role that somebody no longer holds is kept with the instant at which that was
    seen. Erased persons are passed over. Returns how many were stored.
    """
    stored = _without_erased(conn, connection, people, tombstones)
    known = _ids_by_source(conn, connection, [each.source_id for each in stored])
    sources = []
    for each in stored:
        if each.source_id not in known:
            known[each.source_id] = new_id()
            sources.append(
                {
                    "connection": connection,
                    "source_id": each.source_id,
                    "person_id": known[each.source_id],
                }
            )
    rows = [_person_row(known[each.source_id], each, at) for each in stored]
    upsert(conn, _persons, rows)
    if sources:
        conn.execute(insert(_sources), sources)
    ids = {known[each.source_id]: each for each in stored}
    before = _roles_before(conn, connection, ids)
    _replace_assignments(conn, connection, stored, known)
    _keep_past_roles(conn, connection, ids, before, at)
    return len(stored)


def get(conn: Connection, person_id: str) -> Person | None:
    """Return a person, none where there is no such id."""
    row = conn.execute(select(_persons).where(_persons.c.id == person_id)).one_or_none()
    return Person(**row._mapping) if row else None


def all(conn: Connection) -> list[Person]:
    """Return every person, sorted by our id."""
    rows = conn.execute(select(_persons).order_by(_persons.c.id))
    return [Person(**row._mapping) for row in rows]


def with_employee_id(conn: Connection, employee_id: str) -> list[Person]:
    """Return the persons with an employee id; more than one is an ambiguity."""
    rows = conn.execute(
        select(_persons)
        .where(_persons.c.employee_id == employee_id)
        .order_by(_persons.c.id)
    )
    return [Person(**row._mapping) for row in rows]


def by_employee_id(
    conn: Connection, employee_ids: Collection[str]
) -> dict[str, list[str]]:
    """Return our ids of the persons with these employee ids, an empty one left out."""
    found: dict[str, list[str]] = {}
    for part in chunks(sorted(each for each in employee_ids if each)):
        rows = conn.execute(
            select(_persons.c.employee_id, _persons.c.id)
            .where(_persons.c.employee_id.in_(part))
            .order_by(_persons.c.id)
        )
        for employee_id, person_id in rows:
            found.setdefault(employee_id, []).append(person_id)
    return found


def by_email(conn: Connection, emails: Collection[str]) -> dict[str, list[str]]:
    """Return our ids of the persons with these addresses, by address in lower case."""
    wanted = {each.casefold() for each in emails if each}
    found: dict[str, list[str]] = {}
    if not wanted:
        return found
    rows = conn.execute(
        select(_persons.c.email, _persons.c.id)
        .where(_persons.c.email != "")
        .order_by(_persons.c.id)
    )
    for email, person_id in rows:
        if email.casefold() in wanted:
            found.setdefault(email.casefold(), []).append(person_id)
    return found


def page(conn: Connection, *, after: str, size: int) -> list[tuple[str, str]]:
    """Return id and employee id of the active persons that follow an id of ours."""
    rows = conn.execute(
        select(_persons.c.id, _persons.c.employee_id)
        .where(
            _persons.c.id > after,
            _persons.c.is_active.is_(True),
            _persons.c.employee_id != "",
        )
        .order_by(_persons.c.id)
        .limit(size)
    )
    return [(row.id, row.employee_id) for row in rows]


def count_active(conn: Connection) -> int:
    """Return how many active persons bear an employee id."""
    statement = (
        select(func.count())
        .select_from(_persons)
        .where(_persons.c.is_active.is_(True), _persons.c.employee_id != "")
    )
    return conn.execute(statement).scalar_one()


def ids_by_source(conn: Connection, connection: str) -> dict[str, str]:
    """Return our id of every person of a connection, by its source id."""
    rows = conn.execute(
        select(_sources.c.source_id, _sources.c.person_id).where(
            _sources.c.connection == connection
        )
    )
    return {row.source_id: row.person_id for row in rows}


def assignments(
    conn: Connection, person_id: str | None = None
) -> dict[str, tuple[SourceAssignment, ...]]:
    """Return positions held by person, of one person or of all, the source's order."""
    statement = select(_assignments).order_by(
        _assignments.c.person_id, _assignments.c.connection, _assignments.c.position
    )
    if person_id is not None:
        statement = statement.where(_assignments.c.person_id == person_id)
    held: dict[str, tuple[SourceAssignment, ...]] = {}
    for row in conn.execute(statement):
        held[row.person_id] = (*held.get(row.person_id, ()), _assignment(row))
    return held


def held_roles(conn: Connection) -> list[HeldRole]:
    """Return the roles that active persons hold, and those they held, sorted."""
    is_active = and_(_persons.c.id == _assignments.c.person_id, _persons.c.is_active)
    was_active = and_(_persons.c.id == _past_roles.c.person_id, _persons.c.is_active)
    held = select(
        _assignments.c.person_id, _assignments.c.connection, _assignments.c.role_json
    ).join(_persons, is_active)
    found = {
        HeldRole(person_id=person, connection=connection, role=role)
        for person, connection, text in conn.execute(held)
        if (role := _role(text)) is not None
    }
    past = conn.execute(select(_past_roles).join(_persons, was_active))
    found |= {
        HeldRole(
            person_id=row.person_id,
            connection=row.connection,
            role=Foreign(row.kind, row.remote_id),
            ended_at=row.ended_at,
        )
        for row in past
    }
    return sorted(found, key=lambda each: (each.person_id, each.connection, each.role))


def _role(text: str) -> Foreign | None:
    role = value_from_json(json.loads(text))
    return role if isinstance(role, Foreign) else None


def _roles_before(
    conn: Connection, connection: str, ids: Collection[str]
) -> dict[str, set[Foreign]]:
    """Return the roles that persons hold at a source."""
    held: dict[str, set[Foreign]] = {}
    for part in chunks(sorted(ids)):
        rows = conn.execute(
            select(_assignments.c.person_id, _assignments.c.role_json).where(
                _assignments.c.connection == connection,
                _assignments.c.person_id.in_(part),
            )
        )
        for person_id, text in rows:
            if (role := _role(text)) is not None:
                held.setdefault(person_id, set()).add(role)
    return held


def _keep_past_roles(
    conn: Connection,
    connection: str,
    people: Mapping[str, SourcePerson],
    before: Mapping[str, set[Foreign]],
    at: datetime,
) -> None:
    """Note the roles that are held no longer, and forget those held again."""
    ended, again = [], []
    for person_id, person in people.items():
        was = before.get(person_id, set())
        now = {item.role for item in person.assignments if item.role is not None}
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


def _without_erased(
    conn: Connection,
    connection: str,
    people: Iterable[SourcePerson],
    tombstones: Tombstones,
) -> list[SourcePerson]:
    # A source may show a person twice in one batch: the last time counts.
    by_source = {each.source_id: each for each in people}
    ids = {
        source_id: (
            SourceId(IdKind.PERSON, source_id, connection),
            SourceId(IdKind.EMPLOYEE, each.employee_id),
        )
        for source_id, each in by_source.items()
    }
    erased = tombstones.erased(conn, (one for pair in ids.values() for one in pair))
    return [
        each
        for source_id, each in by_source.items()
        if erased.isdisjoint(ids[source_id])
    ]


def _ids_by_source(
    conn: Connection, connection: str, source_ids: Sequence[str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in chunks(source_ids):
        rows = conn.execute(
            select(_sources.c.source_id, _sources.c.person_id).where(
                _sources.c.connection == connection, _sources.c.source_id.in_(part)
            )
        )
        found.update((source_id, person_id) for source_id, person_id in rows)
    return found


def _person_row(person_id: str, person: SourcePerson, at: datetime) -> dict[str, Any]:
    return {
        "id": person_id,
        "employee_id": person.employee_id,
        "name": person.name,
        "email": person.email,
        "is_active": person.is_active,
        "manager_id": person.manager_id,
        "hired_on": person.hired_on,
        "updated_at": at,
    }


def _replace_assignments(
    conn: Connection,
    connection: str,
    people: Sequence[SourcePerson],
    ids: dict[str, str],
) -> None:
    if not people:
        return
    held_before = and_(
        _assignments.c.person_id == bindparam("of_person"),
        _assignments.c.connection == connection,
    )
    conn.execute(
        delete(_assignments).where(held_before),
        [{"of_person": ids[person.source_id]} for person in people],
    )
    rows = [
        {
            "person_id": ids[person.source_id],
            "connection": connection,
            "position_id": assignment.position_id,
            "position": position,
            "role_json": canonical_json(value_to_json(assignment.role)),
            "is_primary": assignment.is_primary,
            "since": assignment.since,
            "location": assignment.location,
            "organisation": assignment.organisation,
        }
        for person in people
        for position, assignment in enumerate(person.assignments)
    ]
    if rows:
        conn.execute(insert(_assignments), rows)


def _assignment(row: Row[Any]) -> SourceAssignment:
    return SourceAssignment(
        position_id=row.position_id,
        role=_role(row.role_json),
        is_primary=row.is_primary,
        since=row.since,
        location=row.location,
        organisation=row.organisation,
    )
