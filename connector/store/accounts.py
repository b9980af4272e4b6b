"""Accounts of a source of learning that are, or may be, those of people we know.

Accounts of nobody we know are not stored, nor is any e-mail address.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, or_, select

from connector.store import tables
from connector.store.bindings import BindingState
from connector.store.columns import chunks, upsert

_accounts = tables.accounts
_bindings = tables.bindings


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAccount:
    """An account; `suggested_id` is the person whom its address hints at, or empty."""

    account_id: str
    employee_id: str
    is_active: bool
    suggested_id: str = ""


def save(conn: Connection, connection: str, accounts: Iterable[KnownAccount]) -> None:
    """Store accounts over what is known of them."""
    rows = [
        {
            "connection": connection,
            "account_id": each.account_id,
            "employee_id": each.employee_id,
            "is_active": each.is_active,
            "suggested_id": each.suggested_id,
        }
        for each in accounts
    ]
    upsert(conn, _accounts, rows)


def forget(conn: Connection, connection: str, account_ids: Sequence[str]) -> None:
    """Forget accounts; what they are bound to stays as it is."""
    for part in chunks(account_ids):
        conn.execute(
            delete(_accounts).where(
                _accounts.c.connection == connection, _accounts.c.account_id.in_(part)
            )
        )


def ids(conn: Connection, connection: str) -> set[str]:
    """Return the ids of all accounts stored for a connection."""
    rows = conn.execute(
        select(_accounts.c.account_id).where(_accounts.c.connection == connection)
    )
    return set(rows.scalars())


def get(conn: Connection, connection: str, account_id: str) -> KnownAccount | None:
    """Return an account, none where it is not stored."""
    return among(conn, connection, [account_id]).get(account_id)


def among(
    conn: Connection, connection: str, account_ids: Collection[str]
) -> dict[str, KnownAccount]:
    """Return those of these accounts that are stored, by id."""
    found: dict[str, KnownAccount] = {}
    for part in chunks(sorted(account_ids)):
        for each in _read(conn, connection, _accounts.c.account_id.in_(part)):
            found[each.account_id] = each
    return found


def bearing(
    conn: Connection, connection: str, employee_ids: Collection[str]
) -> dict[str, set[str]]:
    """Return the accounts that bear these employee ids, by employee id."""
    found: dict[str, set[str]] = {}
    for part in chunks(sorted(employee_ids)):
        for each in _read(conn, connection, _accounts.c.employee_id.in_(part)):
            found.setdefault(each.employee_id, set()).add(each.account_id)
    return found


def unbound(conn: Connection, connection: str) -> list[KnownAccount]:
    """Return the accounts that nobody is bound to for sure, by id."""
    statement = (
        select(_accounts)
        .outerjoin(
            _bindings,
            (_bindings.c.connection == _accounts.c.connection)
            & (_bindings.c.account_id == _accounts.c.account_id),
        )
        .where(
            _accounts.c.connection == connection,
            or_(
                _bindings.c.state.is_(None),
                _bindings.c.state == BindingState.SUSPENDED,
            ),
        )
        .order_by(_accounts.c.account_id)
    )
    return [_account(row) for row in conn.execute(statement)]


def shut_out(conn: Connection, connection: str) -> list[str]:
    """Return the suspended accounts of persons who work here, by id."""
    persons = tables.persons
    statement = (
        select(_accounts.c.account_id)
        .join(
            _bindings,
            (_bindings.c.connection == _accounts.c.connection)
            & (_bindings.c.account_id == _accounts.c.account_id),
        )
        .join(persons, persons.c.id == _bindings.c.person_id)
        .where(
            _accounts.c.connection == connection,
            _accounts.c.is_active.is_(False),
            _bindings.c.state == BindingState.BOUND,
            persons.c.is_active.is_(True),
        )
        .order_by(_accounts.c.account_id)
    )
    return list(conn.execute(statement).scalars())


def _read(
    conn: Connection, connection: str, condition: ColumnElement[bool]
) -> list[KnownAccount]:
    statement = select(_accounts).where(
        _accounts.c.connection == connection,
        condition,
    )
    rows = conn.execute(statement.order_by(_accounts.c.account_id))
    return [_account(row) for row in rows]


def _account(row: object) -> KnownAccount:
    names = KnownAccount.__dataclass_fields__
    return KnownAccount(**{name: getattr(row, name) for name in names})
