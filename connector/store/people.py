"""Persons and the positions they hold, under random ids of ours.

All of it is personal data: who stores it has checked the connection's scope.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    func,
    insert,
    select,
    update,
)

from connector.kit.values import (
    Foreign,
    SourceAssignment,
    SourcePerson,
    WorkerType,
)
from connector.store import growth, positions, tables
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
    """A person as last shown by the HRIS; `manager_id` is the source's own id.

    One who `is_unseen` is within no scope any more: name and address are gone.
    """

    id: str
    employee_id: str
    name: str
    email: str
    is_active: bool
    manager_id: str
    hired_on: date | None
    updated_at: datetime
    is_on_leave: bool = False
    is_unseen: bool = False
    worker_type: WorkerType = WorkerType.EMPLOYEE
    first_hired_on: date | None = None
    left_on: date | None = None

    @property
    def status(self) -> str:
        """Return in one word how the person stands with the organisation."""
        if self.is_unseen:
            return "unseen"
        if not self.is_active:
            return "left"
        return "on leave" if self.is_on_leave else "active"


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
    seen. Who comes back under the same employee id is the same person. Erased persons
    are passed over. Returns how many were stored.
    """
    stored = _without_erased(conn, connection, people, tombstones)
    known = _ids_by_source(conn, connection, [each.source_id for each in stored])
    new = [each for each in stored if each.source_id not in known]
    returning = _returning(conn, connection, new)
    sources = []
    for each in stored:
        if each.source_id not in known:
            known[each.source_id] = returning.get(each.source_id) or new_id()
            sources.append(
                {
                    "connection": connection,
                    "source_id": each.source_id,
                    "person_id": known[each.source_id],
                }
            )
    rows = [_person_row(known[each.source_id], each, at) for each in stored]
    ids = {known[each.source_id]: each for each in stored}
    before = {each.id: each.status for each in some(conn, ids)}
    upsert(conn, _persons, rows)
    if sources:
        conn.execute(insert(_sources), sources)
    changed = positions.replace(conn, connection, ids, at)
    changed |= {
        each.id for each in some(conn, ids) if each.status != before.get(each.id)
    }
    growth.mark_due(conn, changed)
    return len(stored)


def no_longer_seen(conn: Connection, connection: str, since: datetime) -> list[str]:
    """Return who is active here though no source showed them since an instant."""
    rows = conn.execute(
        select(_persons.c.id)
        .join(_sources, _sources.c.person_id == _persons.c.id)
        .where(
            _sources.c.connection == connection,
            _persons.c.is_active,
            _persons.c.updated_at < since,
        )
        .distinct()
        .order_by(_persons.c.id)
    )
    return list(rows.scalars())


def with_source_ids(
    conn: Connection, connection: str, source_ids: Sequence[str]
) -> list[str]:
    """Return our ids of those persons of a source that are known and not unseen."""
    ids = sorted(set(_ids_by_source(conn, connection, source_ids).values()))
    seen: list[str] = []
    for part in chunks(ids):
        rows = conn.execute(
            select(_persons.c.id).where(
                _persons.c.id.in_(part), _persons.c.is_unseen.is_(False)
            )
        )
        seen += rows.scalars()
    return seen


def let_go(
    conn: Connection, connection: str, person_ids: Sequence[str], at: datetime
) -> None:
    """Keep of persons whom a source no longer shows who they are and what they held.

    Employee id and past roles stay until they are erased (privacy), so that a source
    that was wrong about them loses nothing.
    """
    gone = {
        "is_active": False,
        "is_on_leave": False,
        "is_unseen": True,
        "name": "",
        "email": "",
        "manager_id": "",
        "updated_at": at,
    }
    for part in chunks(sorted(person_ids)):
        conn.execute(update(_persons).where(_persons.c.id.in_(part)).values(gone))
        positions.replace(conn, connection, dict.fromkeys(part), at)
        growth.mark_due(conn, part)


def _returning(
    conn: Connection, connection: str, new: Sequence[SourcePerson]
) -> dict[str, str]:
    """Return our ids of those who come back as a new record of the source.

    An employee id is given to somebody else now and then: it is the same person only
    where the first hire is one that we knew of.
    """
    first = {
        each.employee_id: each.first_hired_on
        for each in new
        if each.employee_id and each.first_hired_on
    }
    known: dict[str, list[Row[Any]]] = {}
    for part in chunks(sorted(first)):
        rows = conn.execute(
            select(_persons)
            .join(_sources, _sources.c.person_id == _persons.c.id)
            .where(
                _sources.c.connection == connection,
                _persons.c.employee_id.in_(part),
                _persons.c.is_active.is_(False),
            )
            .distinct()
        )
        for row in rows:
            known.setdefault(row.employee_id, []).append(row)
    return {
        each.source_id: known[each.employee_id][0].id
        for each in new
        if len(known.get(each.employee_id, ())) == 1
        and _is_hire_of(known[each.employee_id][0], first[each.employee_id])
    }


def _is_hire_of(row: Row[Any], first: date | None) -> bool:
    return first is not None and first in (row.first_hired_on, row.hired_on)


def get(conn: Connection, person_id: str) -> Person | None:
    """Return a person, none where there is no such id."""
    row = conn.execute(select(_persons).where(_persons.c.id == person_id)).one_or_none()
    return _person(row) if row else None


def all(conn: Connection) -> list[Person]:
    """Return every person, sorted by our id."""
    rows = conn.execute(select(_persons).order_by(_persons.c.id))
    return [_person(row) for row in rows]


def some(conn: Connection, person_ids: Collection[str]) -> list[Person]:
    """Return those of these persons that are known, sorted by our id."""
    return [
        _person(row)
        for part in chunks(sorted(person_ids))
        for row in conn.execute(
            select(_persons).where(_persons.c.id.in_(part)).order_by(_persons.c.id)
        )
    ]


def known_to(
    conn: Connection, person_ids: Collection[str], connections: Collection[str]
) -> list[str]:
    """Return those of these persons whom one of these connections shows, sorted."""
    found: set[str] = set()
    for part in chunks(sorted(person_ids)):
        rows = conn.execute(
            select(_sources.c.person_id).where(
                _sources.c.person_id.in_(part),
                _sources.c.connection.in_(sorted(connections)),
            )
        )
        found |= set(rows.scalars())
    return sorted(found)


def with_employee_id(conn: Connection, employee_id: str) -> list[Person]:
    """Return the persons with an employee id; more than one is an ambiguity."""
    rows = conn.execute(
        select(_persons)
        .where(_persons.c.employee_id == employee_id)
        .order_by(_persons.c.id)
    )
    return [_person(row) for row in rows]


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
    conn: Connection, person_ids: Collection[str] | None = None
) -> dict[str, tuple[SourceAssignment, ...]]:
    """Return positions held by person, of these or of all, in the source's order."""
    statement = select(_assignments).order_by(
        _assignments.c.person_id, _assignments.c.connection, _assignments.c.position
    )
    statements = [statement]
    if person_ids is not None:
        statements = [
            statement.where(_assignments.c.person_id.in_(part))
            for part in chunks(sorted(person_ids))
        ]
    held: dict[str, tuple[SourceAssignment, ...]] = {}
    for each in statements:
        for row in conn.execute(each):
            held[row.person_id] = (
                *held.get(row.person_id, ()),
                positions.assignment_in(row),
            )
    return held


def holders(conn: Connection) -> dict[tuple[str, str], int]:
    """Return how many persons hold each role, by its kind and id in the HRIS."""
    counted = Counter(
        (role.kind, role.remote_id)
        for held in assignments(conn).values()
        for role in {each.role for each in held if each.role is not None}
    )
    return dict(counted)


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
        if (role := positions.role_in(text)) is not None
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


def _person(row: Row[Any]) -> Person:
    values = dict(row._mapping)
    return Person(**{**values, "worker_type": WorkerType(values["worker_type"])})


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
        "is_on_leave": person.is_on_leave,
        "is_unseen": False,
        "worker_type": person.worker_type.value,
        "first_hired_on": person.first_hired_on,
        "left_on": person.left_on,
    }
