"""Collects facts from an LMS, binds their accounts to people, makes them evidence.

A batch of facts and the cursor behind it are stored together, so that a reading that
breaks off loses nothing and doubles nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from connector.framework.model import Framework
from connector.kit.protocols import Accounts, Learning, Ratings
from connector.kit.values import FactType
from connector.store import cursors, facts
from connector.talent.accounts import sync_accounts
from connector.talent.binding import ask_whose, bind_accounts, bind_waiting
from connector.talent.ground import Ground
from connector.talent.matching import Matcher
from connector.talent.rating import read_ratings

_CURSOR = "facts"
#: Facts judged in one transaction.
_BATCH = 1000


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
    ground: Ground,
    connection: str,
    learning: Learning,
    framework: Framework,
    *,
    accounts: Accounts | None = None,
    ratings: Ratings | None = None,
) -> Collected:
    """Read new facts, bind them, and turn those of known people into evidence.

    Accounts come first, where there is a source of them: whose a fact is must be known
    for sure. Ratings come last, as they may follow from a fact that was just read.

    Raises:
        TargetError: the reading broke off; batches before it are stored.
    """
    collected = Collected()
    if accounts is not None:
        collected.notes.extend(sync_accounts(ground, connection, accounts).notes)
    with ground.database.read() as conn:
        cursor = cursors.get_cursor(conn, connection, _CURSOR)
    for batch in learning.facts(cursor):
        collected.notes.extend(batch.notes)
        bearers = {fact.person_id: fact.employee_id for fact in batch.facts}
        with ground.database.write() as conn:
            collected.facts += facts.add_facts(
                conn,
                connection,
                batch.facts,
                tombstones=ground.tombstones,
                at=ground.now(),
            )
            bind_accounts(ground, conn, connection, bearers)
            cursors.set_cursor(conn, connection, _CURSOR, batch.cursor, ground.now())
    if ratings is not None:
        read = read_ratings(ground, connection, ratings, framework)
        collected.facts += read.facts
        collected.notes.extend(read.notes)
    with ground.database.write() as conn:
        bind_waiting(ground, conn, connection)
    judge(ground, connection, framework, collected)
    return collected


def judge(
    ground: Ground, connection: str, framework: Framework, collected: Collected
) -> None:
    """Turn facts of known people into evidence; list what matches nothing.

    Only facts are looked at that were not judged by this framework before, so that the
    cost grows with what is new.
    """
    matcher = Matcher(framework)
    judgement = matcher.judgement
    while True:
        with ground.database.write() as conn:
            part = facts.unjudged(conn, connection, judgement, limit=_BATCH)
            made = [
                evidence
                for stored in part
                for evidence in matcher.evidence(
                    stored, ground.day_of(stored.fact.happened_at)
                )
            ]
            collected.evidence += facts.add_evidence(conn, made, ground.now())
            facts.mark_judged(conn, [stored.id for stored in part], judgement)
        if len(part) < _BATCH:
            break
    with ground.database.write() as conn:
        counted = facts.count_by_object(conn, connection, FactType.COURSE_COMPLETION)
        collected.unmatched = {
            course: number
            for course, number in counted.items()
            if not matcher.knows_course(course)
        }
        collected.unbound = ask_whose(ground, conn, connection)
