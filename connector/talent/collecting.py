"""Collects facts from an LMS, binds their accounts to people, makes them evidence.

A batch of facts and the cursor behind it are stored together, so that a reading that
breaks off loses nothing and doubles nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.protocols import Learning
from connector.kit.values import LearningFact, Ref
from connector.store import bindings, cursors, facts, people, tasks
from connector.store.bindings import BindingState
from connector.store.tasks import WantedTask
from connector.talent.ground import Ground
from connector.talent.matching import Matcher

_CURSOR = "facts"


@dataclass(slots=True)
class Collected:
    """What a collection came to.

    `unmatched` counts, by course, the facts that no activity of the framework names;
    `unbound` how many accounts wait for somebody to say whose they are.
    """

    facts: int = 0
    evidence: int = 0
    unbound: int = 0
    unmatched: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def collect(
    ground: Ground, connection: str, learning: Learning, framework: Framework
) -> Collected:
    """Read new facts, bind them, and turn those of known people into evidence.

    Raises:
        TargetError: the reading broke off; batches before it are stored.
    """
    collected = Collected()
    with ground.database.read() as conn:
        cursor = cursors.get_cursor(conn, connection, _CURSOR)
    for batch in learning.facts(cursor):
        collected.notes.extend(batch.notes)
        with ground.database.write() as conn:
            collected.facts += facts.add_facts(
                conn,
                connection,
                batch.facts,
                tombstones=ground.tombstones,
                at=ground.now(),
            )
            _bind(ground, conn, connection, batch.facts)
            cursors.set_cursor(conn, connection, _CURSOR, batch.cursor, ground.now())
    with ground.database.write() as conn:
        _rebind_waiting(ground, conn, connection)
        _judge(ground, conn, connection, framework, collected)
    return collected


def _bind(
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


def _rebind_waiting(ground: Ground, conn: Connection, connection: str) -> None:
    """Try again for facts that came before their person did."""
    waiting = [stored.fact for stored in facts.waiting_facts(conn, connection)]
    _bind(ground, conn, connection, waiting)
    facts.assign_facts(conn, connection)


def _judge(
    ground: Ground,
    conn: Connection,
    connection: str,
    framework: Framework,
    collected: Collected,
) -> None:
    """Turn facts of known people into evidence; list what matches nothing."""
    matcher = Matcher(framework)
    assigned = [
        stored
        for stored in facts.assigned_facts(conn)
        if stored.connection == connection
    ]
    made = [
        evidence
        for stored in assigned
        for evidence in matcher.evidence(stored, ground.day_of(stored.fact.happened_at))
    ]
    collected.evidence = facts.add_evidence(conn, made, ground.now())
    collected.unmatched = dict(
        sorted(
            Counter(
                stored.fact.object_id
                for stored in assigned
                if not matcher.matches(stored.fact)
            ).items()
        )
    )
    unbound = {
        stored.fact.person_id: stored.fact
        for stored in facts.waiting_facts(conn, connection)
    }
    collected.unbound = len(unbound)
    tasks.sync_tasks(
        conn,
        connection=connection,
        source="bindings",
        wanted=[
            WantedTask(
                ref=Ref("account", account_id),
                title="Say whose account this is",
                steps="Its ID number names no worker, or more than one: correct it in"
                " the LMS, or bring the worker into the HRIS.",
            )
            for account_id in sorted(unbound)
        ],
        at=ground.now(),
    )
