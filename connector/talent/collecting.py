"""Collects facts from an LMS, binds their accounts to people, makes them evidence.

A batch of facts and the cursor behind it are stored together, so that a reading that
breaks off loses nothing and doubles nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.protocols import Learning
from connector.store import cursors, facts
from connector.talent.binding import ask_whose, bind_accounts, bind_waiting
from connector.talent.ground import Ground
from connector.talent.matching import Matcher

_CURSOR = "facts"


@dataclass(slots=True)
class Collected:
    """What a collection came to.

    `unmatched` counts, by course, the facts that no activity of the framework names;
    `unbound` how many accounts wait for somebody to say whose they are (see tasks).
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
            bind_accounts(ground, conn, connection, batch.facts)
            cursors.set_cursor(conn, connection, _CURSOR, batch.cursor, ground.now())
    with ground.database.write() as conn:
        bind_waiting(ground, conn, connection)
        _judge(ground, conn, connection, framework, collected)
    return collected


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
    collected.unbound = ask_whose(ground, conn, connection)
