"""Bindings: which account in an LMS is which person, decided once.

A binding is never moved by an import. What looks odd suspends it, and only a
person's confirmation binds it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select, update

from connector.store import tables
from connector.store.columns import insert_missing, upsert

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


def all(
    conn: Connection, connection: str, account_id: str | None = None
) -> dict[str, Binding]:
    """Return the bindings of a connection by account id."""
    statement = select(
        *(column for column in _bindings.c if column.name != "connection")
    ).where(_bindings.c.connection == connection)
    if account_id is not None:
        statement = statement.where(_bindings.c.account_id == account_id)
    rows = conn.execute(statement.order_by(_bindings.c.account_id))
    return {
        row.account_id: Binding(
            **{**row._mapping, "state": BindingState(row.state)},
        )
        for row in rows
    }


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
