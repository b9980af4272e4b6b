"""Which rows of which table are about a person: found by their columns.

One answer for the export and for the erasure, so that neither forgets a table that is
added later. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    false,
    func,
    or_,
    select,
)

from connector.store import tables, tables_talent

#: Tables whose rows go with a person although another table's row brings them there.
_ROOTS = (tables.persons, tables.facts, tables.evidence)
#: What a record is that stands for an account at a source.
ACCOUNT = "account"


class IdKind(StrEnum):
    """What an id names at its source."""

    PERSON = "person"
    ACCOUNT = "account"
    EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True)
class SourceId:
    """An id that a person has; employee ids have no connection."""

    kind: IdKind
    id: str
    connection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person as rows may name them.

    `words` name nobody else wherever they stand; `actor_names` are what the person may
    have signed with, in lower case.
    """

    person_id: str
    source_ids: frozenset[SourceId]
    words: tuple[str, ...]
    actor_names: frozenset[str]

    @property
    def accounts(self) -> list[SourceId]:
        """Return the accounts at sources of learning, sorted."""
        found = (each for each in self.source_ids if each.kind is IdKind.ACCOUNT)
        return sorted(found, key=lambda each: (each.connection, each.id))

    @property
    def employee_ids(self) -> list[str]:
        """Return the employee ids, sorted."""
        return sorted(
            each.id for each in self.source_ids if each.kind is IdKind.EMPLOYEE
        )


#: Shorter ones, such as 42, stand in texts for many things.
_SHORTEST_WORD = 4


def subject_of(conn: Connection, person_id: str) -> Subject:
    """Return a person with every id and name that rows may bear."""
    persons, assignments = tables.persons, tables.assignments
    row = conn.execute(
        select(persons.c.employee_id, persons.c.name, persons.c.email).where(
            persons.c.id == person_id
        )
    ).one_or_none()
    employee_id, name, email = row or ("", "", "")
    positions = conn.execute(
        select(assignments.c.position_id).where(assignments.c.person_id == person_id)
    ).scalars()
    own = (employee_id, name, email, *sorted(set(positions)))
    signed = (person_id, employee_id, name, email, email.partition("@")[0])
    return Subject(
        person_id=person_id,
        source_ids=frozenset(_source_ids(conn, person_id, employee_id)),
        words=(person_id, *(each for each in own if len(each) >= _SHORTEST_WORD)),
        actor_names=frozenset(each.strip().casefold() for each in signed if each),
    )


def _source_ids(
    conn: Connection, person_id: str, employee_id: str
) -> Iterable[SourceId]:
    sources, bindings = tables.person_sources, tables.bindings
    of_person = conn.execute(
        select(sources.c.connection, sources.c.source_id).where(
            sources.c.person_id == person_id
        )
    )
    for connection, each in of_person:
        yield SourceId(IdKind.PERSON, each, connection)
    accounts = conn.execute(
        select(bindings.c.connection, bindings.c.account_id).where(
            bindings.c.person_id == person_id
        )
    )
    for connection, each in accounts:
        yield SourceId(IdKind.ACCOUNT, each, connection)
    if employee_id:
        yield SourceId(IdKind.EMPLOYEE, employee_id)


def rows_about(conn: Connection, subject: Subject) -> dict[Table, ColumnElement[bool]]:
    """Return for each table which of its rows are about a person.

    Tables come with those first that others refer to: delete from the end.
    """
    is_only_one = _is_only_one(conn, subject)
    found: dict[Table, ColumnElement[bool]] = {}
    for table in tables_talent.metadata.sorted_tables:
        conditions = list(_conditions(table, subject, is_only_one=is_only_one))
        conditions += _with_parents(table, found)
        if conditions:
            found[table] = or_(*conditions)
    return found


def _is_only_one(conn: Connection, subject: Subject) -> bool:
    """Tell whether nobody else bears the person's employee id."""
    persons = tables.persons
    others = select(func.count()).where(
        persons.c.employee_id.in_(subject.employee_ids),
        persons.c.id != subject.person_id,
    )
    return not conn.execute(others).scalar_one()


def _conditions(
    table: Table, subject: Subject, *, is_only_one: bool
) -> Iterable[ColumnElement[bool]]:
    columns = table.c
    if table is tables.persons:
        yield columns.id == subject.person_id
    for name in ("person_id", "suggested_id", "mentor_id"):
        if name in columns:
            yield columns[name] == subject.person_id
    if "account_id" in columns:
        # What was brought by hand bears our own id of the person.
        yield columns.account_id == subject.person_id
        yield _of_accounts(table, "account_id", subject)
    if {"connection", "kind", "key"} <= set(columns.keys()):
        # Records about one person are keyed by our id of them, alone or in front.
        yield _keyed(table, subject)
        yield and_(columns.kind == ACCOUNT, _of_accounts(table, "key", subject))
    elif {"kind", "key"} <= set(columns.keys()):
        yield _keyed(table, subject)
    if "employee_id" in columns and is_only_one and table is not tables.persons:
        yield _of_nobody_else(table, subject)


def _keyed(table: Table, subject: Subject) -> ColumnElement[bool]:
    key = table.c.key
    front = key.startswith(f"{subject.person_id}/", autoescape=True)
    return or_(key == subject.person_id, front)


def _of_accounts(table: Table, column: str, subject: Subject) -> ColumnElement[bool]:
    return or_(
        false(),
        *(
            and_(table.c.connection == each.connection, table.c[column] == each.id)
            for each in subject.accounts
        ),
    )


def _of_nobody_else(table: Table, subject: Subject) -> ColumnElement[bool]:
    """Return which rows bear the employee id and belong to nobody known."""
    bears = table.c.employee_id.in_(subject.employee_ids)
    if "person_id" in table.c:
        return and_(bears, table.c.person_id.is_(None))
    return bears


def _with_parents(
    table: Table, found: Mapping[Table, ColumnElement[bool]]
) -> Iterable[ColumnElement[bool]]:
    """Yield that rows go with the fact or the evidence that they refer to."""
    for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
        parent = key.column.table
        if parent in _ROOTS and parent is not tables.persons and parent in found:
            yield key.parent.in_(select(key.column).where(found[parent]))
