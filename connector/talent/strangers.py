"""Learning of people whom nobody within the scope is: passed over, never stored.

Kept is only a keyed hash of account and employee id, so that everything is read again
once somebody known bears one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from connector.kit.values import LearningFact
from connector.store import accounts, bindings, people
from connector.store.tombstones import IdKind, SourceId
from connector.talent.ground import Ground


def known_accounts(
    conn: Connection, connection: str, bearers: Mapping[str, str]
) -> set[str]:
    """Return those accounts that are, or may be, those of people we know.

    `bearers` gives the employee id that each account bears.
    """
    workers = people.by_employee_id(conn, set(bearers.values()))
    return {
        *bindings.of_accounts(conn, connection, bearers),
        *accounts.among(conn, connection, bearers),
        *(
            account
            for account, employee_id in bearers.items()
            if employee_id in workers
        ),
    }


def without_strangers(
    ground: Ground, conn: Connection, connection: str, told: Sequence[LearningFact]
) -> tuple[list[LearningFact], int]:
    """Return the facts of people who may be known, and how many accounts have others.

    Those of erased people are among neither.
    """
    bearers = {fact.person_id: fact.employee_id for fact in told}
    known = known_accounts(conn, connection, bearers)
    ids = {
        account: _ids(connection, account, employee_id)
        for account, employee_id in bearers.items()
    }
    tombstones = ground.tombstones
    tombstones.take_up(conn, (one for each in sorted(known) for one in ids[each]))
    others = {each: pair for each, pair in ids.items() if each not in known}
    erased = tombstones.erased(conn, (one for pair in others.values() for one in pair))
    strange = {each for each, pair in others.items() if erased.isdisjoint(pair)}
    tombstones.pass_over(
        conn, (one for each in sorted(strange) for one in ids[each]), ground.now()
    )
    return [fact for fact in told if fact.person_id in known], len(strange)


def is_anybody_known_now(ground: Ground, conn: Connection, connection: str) -> bool:
    """Tell whether people are known by now whose learning was passed over.

    Asked again it says no: everything has to be read again then.
    """
    return ground.tombstones.passed_over(conn, _known_ids(conn, connection))


def was_passed_over(
    ground: Ground, conn: Connection, connection: str, account: str
) -> bool:
    """Tell whether learning of an account was passed over."""
    told = SourceId(IdKind.ACCOUNT, account, connection)
    return ground.tombstones.is_passed_over(conn, told)


def _known_ids(conn: Connection, connection: str) -> Iterator[SourceId]:
    for account in bindings.all(conn, connection):
        yield SourceId(IdKind.ACCOUNT, account, connection)
    for account in sorted(accounts.ids(conn, connection)):
        yield SourceId(IdKind.ACCOUNT, account, connection)
    for each in people.all(conn):
        if not each.is_unseen:
            yield SourceId(IdKind.EMPLOYEE, each.employee_id)


def _ids(connection: str, account: str, employee_id: str) -> tuple[SourceId, SourceId]:
    return (
        SourceId(IdKind.ACCOUNT, account, connection),
        SourceId(IdKind.EMPLOYEE, employee_id),
    )
