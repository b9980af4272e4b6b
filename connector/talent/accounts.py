"""Which account is whose, read from the source of learning before its facts are.

Only accounts of people we know are kept. An e-mail address is a hint for a person to
confirm: it binds nobody and is not stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from connector.kit.protocols import Accounts
from connector.kit.values import SourceAccount
from connector.store import accounts, bindings, cursors, people
from connector.store.accounts import KnownAccount
from connector.store.tombstones import IdKind, SourceId
from connector.talent.binding import bind_accounts
from connector.talent.ground import Ground

_CURSOR = "accounts"


@dataclass(slots=True)
class AccountsRead:
    """What a reading of accounts came to."""

    shown: int = 0
    notes: list[str] = field(default_factory=list)


def sync_accounts(ground: Ground, connection: str, source: Accounts) -> AccountsRead:
    """Store the accounts of people we know, and bind those that are theirs for sure.

    Nobody is bound before the last batch: two accounts that bear one employee id may
    come in different ones.

    Raises:
        TargetError: the reading broke off; it is repeated from where it was stored.
    """
    result = AccountsRead()
    seen: set[str] = set()
    with ground.database.read() as conn:
        cursor = cursors.get_cursor(conn, connection, _CURSOR)
    for batch in source.accounts(cursor):
        result.notes.extend(batch.notes)
        seen.update(each.account_id for each in batch.accounts)
        with ground.database.write() as conn:
            _store(ground, conn, connection, batch.accounts)
            if batch.is_all:
                gone = accounts.ids(conn, connection) - seen
                accounts.forget(conn, connection, sorted(gone))
            cursors.set_cursor(conn, connection, _CURSOR, batch.cursor, ground.now())
    with ground.database.write() as conn:
        bearers = {
            each.account_id: each.employee_id
            for each in accounts.unbound(conn, connection)
        }
        bind_accounts(ground, conn, connection, bearers)
    result.shown = len(seen)
    return result


def _store(
    ground: Ground, conn: Connection, connection: str, shown: Sequence[SourceAccount]
) -> None:
    standing = bindings.of_accounts(
        conn, connection, [each.account_id for each in shown]
    )
    workers = people.by_employee_id(conn, {each.employee_id for each in shown})
    hints = _hints(
        conn,
        connection,
        [
            each
            for each in shown
            if each.employee_id not in workers and each.account_id not in standing
        ],
    )
    ours = [
        each
        for each in shown
        if each.employee_id in workers
        or each.account_id in standing
        or each.account_id in hints
    ]
    known = accounts.among(conn, connection, [each.account_id for each in shown])
    wanted = {
        each.account_id: KnownAccount(
            account_id=each.account_id,
            employee_id=each.employee_id,
            is_active=each.is_active,
            suggested_id=hints.get(each.account_id, ""),
        )
        for each in ours
    }
    changed = [
        each for each in ours if known.get(each.account_id) != wanted[each.account_id]
    ]
    fresh = _without_erased(ground, conn, connection, changed)
    accounts.save(conn, connection, [wanted[each.account_id] for each in fresh])
    erased = {each.account_id for each in changed} - {each.account_id for each in fresh}
    strange = (known.keys() - wanted.keys()) | (known.keys() & erased)
    accounts.forget(conn, connection, sorted(strange))
    # Accounts without a binding are left for the end.
    bearers = {
        each.account_id: each.employee_id
        for each in shown
        if each.account_id in standing
    }
    bind_accounts(ground, conn, connection, bearers)


def _hints(
    conn: Connection, connection: str, strangers: Sequence[SourceAccount]
) -> dict[str, str]:
    """Return the person whose address an account bears, where that is just one.

    Who has an account already needs no second one.
    """
    owners = people.by_email(conn, {each.email for each in strangers})
    persons = {one for named in owners.values() for one in named}
    bound = {
        binding.person_id
        for binding in bindings.of_persons(conn, connection, persons).values()
    }
    hints = {}
    for each in strangers:
        named = owners.get(each.email.casefold(), [])
        if len(named) == 1 and named[0] not in bound:
            hints[each.account_id] = named[0]
    return hints


def _without_erased(
    ground: Ground, conn: Connection, connection: str, shown: Sequence[SourceAccount]
) -> list[SourceAccount]:
    pairs = [
        {
            SourceId(IdKind.ACCOUNT, each.account_id, connection),
            SourceId(IdKind.EMPLOYEE, each.employee_id),
        }
        for each in shown
    ]
    erased = ground.tombstones.erased(conn, (one for pair in pairs for one in pair))
    return [
        each for each, pair in zip(shown, pairs, strict=True) if erased.isdisjoint(pair)
    ]
