"""Bindings: which account in an LMS is which person, decided once.

A binding is never moved by an import. What looks odd suspends it, and only a
person's confirmation binds it again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select, update

from connector.store import tables
from connector.store.columns import (
    chunks,
    insert_all_missing,
    insert_missing,
    upsert,
)

_bindings = tables.bindings


class BindingState(StrEnum):
    """Whether a binding may be relied on."""

    BOUND = "bound"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """An account and its person; `employee_id` is what the account bore then."""

    account_id: str
    person_id: str
    employee_id: str
    state: BindingState
    reason: str
    changed_at: datetime


def bind(
    conn: Connection,
    connection: str,
    *,
    account_id: str,
    person_id: str,
    employee_id: str,
    at: datetime,
) -> Binding:
    """Bind an account unless it has a binding; returns the binding that stands."""
    row = _row(connection, account_id, person_id, employee_id, at)
    insert_missing(conn, _bindings, row)
    standing = get(conn, connection, account_id)
    assert standing is not None  # noqa: S101 - it was there or has just been stored
    return standing


def bind_all(
    conn: Connection,
    connection: str,
    owners: Mapping[str, tuple[str, str]],
    at: datetime,
) -> int:
    """Bind accounts that have no binding; returns how many.

    `owners` gives person and employee id by account.
    """
    rows = [
        _row(connection, account_id, person_id, employee_id, at)
        for account_id, (person_id, employee_id) in owners.items()
    ]
    return insert_all_missing(conn, _bindings, rows)


def confirm(
    conn: Connection,
    connection: str,
    *,
    account_id: str,
    person_id: str,
    employee_id: str,
    at: datetime,
) -> None:
    """Bind an account to the person that HR named, whatever stood there."""
    upsert(conn, _bindings, [_row(connection, account_id, person_id, employee_id, at)])


def suspend(
    conn: Connection, connection: str, *, account_id: str, reason: str, at: datetime
) -> None:
    """Stop relying on a binding until a person has confirmed it."""
    conn.execute(
        update(_bindings)
        .where(
            _bindings.c.connection == connection, _bindings.c.account_id == account_id
        )
        .values(state=BindingState.SUSPENDED, reason=reason, changed_at=at)
    )


def get(conn: Connection, connection: str, account_id: str) -> Binding | None:
    """Return an account's binding, none where it has none yet."""
    return all(conn, connection, account_id).get(account_id)


def of_accounts(
    conn: Connection, connection: str, account_ids: Collection[str]
) -> dict[str, Binding]:
    """Return the bindings of these accounts by account id."""
    return _of(conn, connection, _bindings.c.account_id, account_ids)


def of_persons(
    conn: Connection, connection: str, person_ids: Collection[str]
) -> dict[str, Binding]:
    """Return the bindings of these persons on a connection by account id."""
    return _of(conn, connection, _bindings.c.person_id, person_ids)


def suspended(conn: Connection, connection: str) -> dict[str, Binding]:
    """Return the bindings that wait for a person, by account id."""
    return _of(conn, connection, _bindings.c.state, [BindingState.SUSPENDED])


def _of(
    conn: Connection,
    connection: str,
    column: ColumnElement[str],
    values: Collection[str],
) -> dict[str, Binding]:
    found: dict[str, Binding] = {}
    for part in chunks(sorted(values)):
        rows = conn.execute(
            _select().where(_bindings.c.connection == connection, column.in_(part))
        )
        found.update((row.account_id, _binding(row)) for row in rows)
    return found


def all(
    conn: Connection, connection: str, account_id: str | None = None
) -> dict[str, Binding]:
    """Return the bindings of a connection by account id."""
    statement = _select().where(_bindings.c.connection == connection)
    if account_id is not None:
        statement = statement.where(_bindings.c.account_id == account_id)
    rows = conn.execute(statement.order_by(_bindings.c.account_id))
    return {row.account_id: _binding(row) for row in rows}


def _select() -> Select[Any]:
    return select(*(column for column in _bindings.c if column.name != "connection"))


def _binding(row: Row[Any]) -> Binding:
    return Binding(**{**row._mapping, "state": BindingState(row.state)})


def _row(
    connection: str, account_id: str, person_id: str, employee_id: str, at: datetime
) -> dict[str, object]:
    return {
        "connection": connection,
        "account_id": account_id,
        "person_id": person_id,
        "employee_id": employee_id,
        "state": BindingState.BOUND,
        "reason": "",
        "changed_at": at,
    }
