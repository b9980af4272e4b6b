"""Whose account in the LMS is whose: bound once, by employee id, or by a person.

Nothing here moves a binding by itself; what looks odd suspends it and becomes a task.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from connector.kit.errors import ConfigError
from connector.kit.values import LearningFact, Ref
from connector.store import accounts, audit, bindings, facts, people, tasks
from connector.store.accounts import KnownAccount
from connector.store.bindings import BindingState
from connector.store.tasks import WantedTask
from connector.talent.ground import Ground
from connector.talent.strangers import was_passed_over


def bind_accounts(
    ground: Ground, conn: Connection, connection: str, bearers: Mapping[str, str]
) -> None:
    """Bind accounts that are met for the first time; doubt a changed employee id.

    `bearers` gives the employee id that each account bears now. An account is bound
    once and stays bound: another employee id on it later suspends the binding until a
    person has looked (design: who is who).
    """
    standing = bindings.of_accounts(conn, connection, bearers)
    for account, binding in standing.items():
        if binding.employee_id != bearers[account] and (
            binding.state is BindingState.BOUND
        ):
            bindings.suspend(
                conn,
                connection,
                account_id=account,
                reason="the account bears another employee id than when it was bound",
                at=ground.now(),
            )
    strangers = {
        account: employee_id
        for account, employee_id in bearers.items()
        if account not in standing
    }
    doubts = _doubts(conn, connection, strangers)
    owners = {
        account: (doubt.person_id, strangers[account])
        for account, doubt in doubts.items()
        if doubt.person_id
    }
    bindings.bind_all(conn, connection, owners, ground.now())


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Why nobody can be bound to an account, or the person who can."""

    why: str = ""
    person_id: str = ""


def _doubts(
    conn: Connection, connection: str, bearers: Mapping[str, str]
) -> dict[str, _Doubt]:
    """Return for each account without a binding whose it is, or why that is open."""
    wanted = set(bearers.values()) - {""}
    workers = people.by_employee_id(conn, wanted)
    rivals = accounts.bearing(conn, connection, wanted)
    for account, employee_id in bearers.items():
        rivals.setdefault(employee_id, set()).add(account)
    persons = {one for named in workers.values() for one in named}
    taken = {
        binding.person_id: account
        for account, binding in bindings.of_persons(conn, connection, persons).items()
    }
    return {
        account: _doubt(
            employee_id,
            workers.get(employee_id, []),
            rivals[employee_id] - {account},
            taken,
        )
        for account, employee_id in bearers.items()
    }


def _doubt(
    employee_id: str,
    workers: Sequence[str],
    rivals: Collection[str],
    taken: Mapping[str, str],
) -> _Doubt:
    if not employee_id:
        return _Doubt("It bears no employee id: correct the account.")
    if not workers:
        return _Doubt(
            "Its employee id names no worker: bring the worker into the HRIS, or"
            " correct the account."
        )
    if len(workers) > 1:
        return _Doubt(
            "Its employee id names more than one worker: correct it in the HRIS."
        )
    others = {*rivals, *([taken[workers[0]]] if workers[0] in taken else [])}
    if others:
        return _Doubt(
            f"The account {', '.join(sorted(others))} bears the same employee id or is"
            " that worker's already: only one of them is theirs."
        )
    return _Doubt(person_id=workers[0])


def bind_waiting(ground: Ground, conn: Connection, connection: str) -> None:
    """Try again for facts that came before their person did."""
    waiting = facts.waiting_accounts(conn, connection)
    # What an old fact tells of an account is no reason to doubt a younger binding.
    standing = bindings.of_accounts(conn, connection, waiting)
    strangers = {
        account: employee_id
        for account, employee_id in waiting.items()
        if account not in standing
    }
    bind_accounts(ground, conn, connection, strangers)
    facts.assign_facts(conn, connection)


def ask_whose(ground: Ground, conn: Connection, connection: str) -> int:
    """Keep one task for each account that nobody, or nobody for sure, is behind.

    An account that is suspended while its owner works here is a task too. Returns how
    many wait for somebody to say whose they are.
    """
    doubted = bindings.suspended(conn, connection)
    known = {each.account_id: each for each in accounts.unbound(conn, connection)}
    bearers = facts.waiting_accounts(conn, connection) | {
        account: each.employee_id for account, each in known.items()
    }
    doubts = _doubts(conn, connection, bearers)
    wanted = [
        WantedTask(
            ref=Ref("account", account),
            title="Confirm whose account this is"
            if account in doubted
            else "Say whose account this is",
            steps=" ".join(
                (
                    f"{_CHANGED if account in doubted else doubts[account].why}",
                    *_suggestion(conn, known.get(account)),
                    f"Then: jobframe people bind {connection} {account} EMPLOYEE_ID",
                )
            ),
        )
        for account in sorted(bearers.keys() | doubted.keys())
    ]
    shut_out = [
        WantedTask(
            ref=Ref("account", account),
            title="Open this account again, or end the employment",
            steps="The account is suspended, while its owner works here by the HRIS:"
            " correct whichever is wrong. The binding stands.",
        )
        for account in accounts.shut_out(conn, connection)
    ]
    tasks.sync_tasks(
        conn,
        connection=connection,
        source="bindings",
        wanted=[*wanted, *shut_out],
        at=ground.now(),
    )
    return len(wanted)


_CHANGED = "It bears another employee id than when it was bound."


def _suggestion(conn: Connection, known: KnownAccount | None) -> Iterable[str]:
    """Yield whom the address hints at; a person decides, so nothing is bound."""
    person = people.get(conn, known.suggested_id) if known else None
    if person is not None:
        yield (
            "Its e-mail address is that of the worker with the employee id "
            f"{person.employee_id}."
        )


def bind_account(
    ground: Ground, connection: str, account: str, employee_id: str, person: str
) -> int:
    """Bind an account to the worker whom HR named; returns how many facts had waited.

    Raises:
        ConfigError: no such account waits, or the employee id is not one worker's.
    """
    with ground.database.write() as conn:
        waiting = [
            stored.fact
            for stored in facts.waiting_facts(conn, connection)
            if stored.fact.person_id == account
        ]
        known = accounts.get(conn, connection, account)
        standing = bindings.get(conn, connection, account)
        is_strange = not waiting and known is None and standing is None
        if is_strange and not was_passed_over(ground, conn, connection, account):
            raise ConfigError(
                f"no account “{account}” of {connection} waits for anybody",
                hint="See `jobframe tasks`.",
            )
        named = people.with_employee_id(conn, employee_id)
        if len(named) != 1:
            raise ConfigError(
                f"{len(named) or 'no'} workers have the employee id “{employee_id}”",
                hint="Read the HRIS again with `jobframe people sync`.",
            )
        bindings.confirm(
            conn,
            connection,
            account_id=account,
            person_id=named[0].id,
            # What the account bears now is no longer a surprise later.
            employee_id=_borne(known, waiting, employee_id),
            at=ground.now(),
        )
        audit.append(
            conn,
            at=ground.now(),
            actor="talent",
            action="bind",
            detail={"connection": connection, "account": account, "by": person},
            person_id=named[0].id,
        )
        facts.assign_facts(conn, connection)
        ask_whose(ground, conn, connection)
    return len(waiting)


def _borne(
    known: KnownAccount | None, waiting: Sequence[LearningFact], named: str
) -> str:
    """Return the employee id that an account bears, as far as anybody was told."""
    if known is not None:
        return known.employee_id
    return waiting[-1].employee_id if waiting else named
