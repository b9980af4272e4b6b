"""Whose account in the LMS is whose: bound once, by employee id, or by a person.

Nothing here moves a binding by itself; what looks odd suspends it and becomes a task.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from connector.kit.errors import ConfigError
from connector.kit.values import LearningFact, Ref
from connector.store import audit, bindings, facts, people, tasks
from connector.store.bindings import BindingState
from connector.store.tasks import WantedTask
from connector.talent.ground import Ground


def bind_accounts(
    ground: Ground, conn: Connection, connection: str, seen: Iterable[LearningFact]
) -> None:
    """Bind accounts that are met for the first time; doubt a changed employee id.

    An account is bound once, by employee id, and stays bound: another employee id on
    it later suspends the binding until a person has looked (design: who is who).
    """
    known = bindings.all(conn, connection)
    for fact in {fact.person_id: fact for fact in seen}.values():
        standing = known.get(fact.person_id)
        if standing is None:
            _bind_first(ground, conn, connection, fact)
        elif standing.employee_id != fact.employee_id and (
            standing.state is BindingState.BOUND
        ):
            bindings.suspend(
                conn,
                connection,
                account_id=fact.person_id,
                reason="the account bears another employee id than when it was bound",
                at=ground.now(),
            )


def _bind_first(
    ground: Ground, conn: Connection, connection: str, fact: LearningFact
) -> None:
    candidates = (
        people.with_employee_id(conn, fact.employee_id) if fact.employee_id else []
    )
    if len(candidates) == 1:
        bindings.bind(
            conn,
            connection,
            account_id=fact.person_id,
            person_id=candidates[0].id,
            employee_id=fact.employee_id,
            at=ground.now(),
        )


def bind_waiting(ground: Ground, conn: Connection, connection: str) -> None:
    """Try again for facts that came before their person did."""
    waiting = [stored.fact for stored in facts.waiting_facts(conn, connection)]
    bind_accounts(ground, conn, connection, waiting)
    facts.assign_facts(conn, connection)


def ask_whose(ground: Ground, conn: Connection, connection: str) -> int:
    """Keep one task for each account that nobody, or nobody for sure, is behind.

    Returns how many there are.
    """
    waiting = {one.fact.person_id for one in facts.waiting_facts(conn, connection)}
    doubted = {
        account
        for account, binding in bindings.all(conn, connection).items()
        if binding.state is BindingState.SUSPENDED
    }
    wanted = [
        WantedTask(
            ref=Ref("account", account),
            title="Confirm whose account this is"
            if account in doubted
            else "Say whose account this is",
            steps=_steps(connection, account, is_doubted=account in doubted),
        )
        for account in sorted(waiting | doubted)
    ]
    tasks.sync_tasks(
        conn, connection=connection, source="bindings", wanted=wanted, at=ground.now()
    )
    return len(wanted)


def _steps(connection: str, account: str, *, is_doubted: bool) -> str:
    why = (
        "It bears another employee id than when it was bound."
        if is_doubted
        else "Its employee id names no worker, or more than one: bring the worker into"
        " the HRIS, or correct the account."
    )
    return f"{why} Then: jobframe people bind {connection} {account} EMPLOYEE_ID"


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
        if not waiting and bindings.get(conn, connection, account) is None:
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
            employee_id=waiting[-1].employee_id if waiting else employee_id,
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
