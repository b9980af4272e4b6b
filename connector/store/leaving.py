"""People who leave the scope of a connection, and managers who never were in it.

Personal data: what another connection shows of a person stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, delete, func, select, update

from connector.store import growth, people, tables
from connector.store.columns import chunks

_persons = tables.persons
_sources = tables.person_sources
_assignments = tables.assignments
_past_roles = tables.past_roles


def shown_by_others(
    conn: Connection, connection: str, person_ids: Collection[str]
) -> set[str]:
    """Return those of these persons whom another connection shows too."""
    found: set[str] = set()
    for part in chunks(sorted(person_ids)):
        rows = conn.execute(
            select(_sources.c.person_id).where(
                _sources.c.person_id.in_(part), _sources.c.connection != connection
            )
        )
        found |= set(rows.scalars())
    return found


def leave(conn: Connection, connection: str, person_id: str) -> dict[str, int]:
    """Delete what a connection told of a person whom another one shows too.

    Returns how many rows went, by table.
    """
    counts = {}
    for table in (_assignments, _past_roles, _sources):
        gone = delete(table).where(
            table.c.connection == connection, table.c.person_id == person_id
        )
        counts[table.name] = conn.execute(gone).rowcount
    growth.mark_due(conn, [person_id])
    return counts


def set_managers(
    conn: Connection, connection: str, managers: Mapping[str, str]
) -> None:
    """Store the managers of persons, by source id, where the manager is known.

    Of a manager outside the scope not even the employee id is kept.
    """
    if not managers:
        return
    known = _seen(conn, set(managers.values()))
    ids = people.ids_by_source(conn, connection)
    rows = [
        {"of_person": ids[source_id], "of_manager": manager}
        for source_id, manager in managers.items()
        if manager in known and source_id in ids
    ]
    if rows:
        conn.execute(
            update(_persons)
            .where(_persons.c.id == bindparam("of_person"))
            .values(manager_id=bindparam("of_manager")),
            rows,
        )


def count_of(conn: Connection, connection: str) -> int:
    """Return how many people of a connection are known and not unseen."""
    statement = (
        select(func.count(_persons.c.id.distinct()))
        .join(_sources, _sources.c.person_id == _persons.c.id)
        .where(_sources.c.connection == connection, _persons.c.is_unseen.is_(False))
    )
    return conn.execute(statement).scalar_one()


def _seen(conn: Connection, employee_ids: Collection[str]) -> set[str]:
    """Return those of these employee ids that people within a scope bear."""
    found: set[str] = set()
    for part in chunks(sorted(employee_ids)):
        rows = conn.execute(
            select(_persons.c.employee_id).where(
                _persons.c.employee_id.in_(part), _persons.c.is_unseen.is_(False)
            )
        )
        found |= set(rows.scalars())
    return found
