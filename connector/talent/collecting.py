"""Collects facts from an LMS, binds their accounts to people, makes them evidence.

A batch of facts and the cursor behind it are stored together, so that a reading that
breaks off loses nothing and doubles nothing. In whatever order things are told, the
same evidence comes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.protocols import Accounts, Learning, Ratings
from connector.kit.values import FactBatch, FactType
from connector.store import cursors, facts, growth, revocations
from connector.store.facts import Evidence, StoredFact
from connector.store.growth import NewContribution
from connector.talent.accounts import sync_accounts
from connector.talent.binding import ask_whose, bind_accounts, bind_waiting
from connector.talent.carrying import carry_over
from connector.talent.ground import Ground
from connector.talent.matching import Matcher
from connector.talent.rating import read_ratings
from connector.talent.strangers import (
    is_anybody_known_now,
    known_accounts,
    without_strangers,
)
from connector.talent.withdrawing import take_back

_CURSOR, _PLANS = "facts", "plans"
#: Facts judged in one transaction.
_BATCH = 1000


@dataclass(slots=True)
class Collected:
    """What a collection came to.

    `evidence` counts what rules carried over, too. `unmatched` counts, by course, the
    facts that no activity of the framework names; `unbound` how many accounts wait for
    somebody to say whose they are (see tasks). `withdrawn` is what a source took back,
    `others` how many new facts beside courses match nothing.
    `strangers` are accounts that nobody within the scope has: nothing of them is kept.
    """

    facts: int = 0
    evidence: int = 0
    contributions: int = 0
    withdrawn: int = 0
    others: int = 0
    unbound: int = 0
    strangers: int = 0
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
    plans: Learning | None = None,
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
    with ground.database.write() as conn:
        if is_anybody_known_now(ground, conn, connection):
            cursors.forget(conn, connection, _CURSOR)
    _read(ground, connection, learning, _CURSOR, collected)
    if plans is not None:
        _read(ground, connection, plans, _PLANS, collected)
    if ratings is not None:
        read = read_ratings(ground, connection, ratings, framework)
        collected.facts += read.facts
        collected.notes.extend(read.notes)
    with ground.database.write() as conn:
        bind_waiting(ground, conn, connection)
    judge(ground, connection, framework, collected)
    if collected.others:
        collected.notes.append(
            f"{collected.others} facts that are no courses match nothing: see"
            " `jobframe evidence unmatched`."
        )
    return collected


def _read(
    ground: Ground,
    connection: str,
    source: Learning,
    cursor_name: str,
    collected: Collected,
) -> None:
    with ground.database.read() as conn:
        cursor = cursors.get_cursor(conn, connection, cursor_name)
    for batch in source.facts(cursor):
        collected.notes.extend(batch.notes)
        with ground.database.write() as conn:
            _store(ground, conn, connection, batch, collected)
            cursors.set_cursor(
                conn, connection, cursor_name, batch.cursor, ground.now()
            )


def _store(
    ground: Ground,
    conn: Connection,
    connection: str,
    batch: FactBatch,
    collected: Collected,
) -> None:
    now = ground.now()
    told, strangers = without_strangers(ground, conn, connection, batch.facts)
    collected.strangers += strangers
    ahead = sum(fact.happened_at > now for fact in told)
    added = facts.add_facts(
        conn, connection, told, tombstones=ground.tombstones, at=now
    )
    collected.facts += added
    if added and ahead:
        collected.notes.append(
            f"{ahead} facts are dated in the future: they count from their day on."
        )
    taken = {each.person_id: "" for each in batch.revocations}
    taken |= {fact.person_id: fact.employee_id for fact in batch.facts}
    known = known_accounts(conn, connection, taken)
    revocations.add(
        conn,
        connection,
        [each for each in batch.revocations if each.person_id in known],
        tombstones=ground.tombstones,
        at=now,
    )
    bearers = {fact.person_id: fact.employee_id for fact in told}
    bind_accounts(ground, conn, connection, bearers)


def judge(
    ground: Ground, connection: str, framework: Framework, collected: Collected
) -> None:
    """Turn facts of known people into evidence; list what matches nothing.

    Only facts are looked at that were not judged by this framework before, so that the
    cost grows with what is new. Then rules carry evidence over, and what the source
    took back goes.
    """
    matcher = Matcher(framework)
    judgement = matcher.judgement
    while True:
        with ground.database.write() as conn:
            part = facts.unjudged(conn, connection, judgement, limit=_BATCH)
            made = _new(ground, conn, matcher, part)
            collected.evidence += facts.add_evidence(conn, made, ground.now())
            collected.contributions += growth.add_told_contributions(
                conn, _contributions(ground, matcher, part), ground.now()
            )
            collected.others += sum(_is_other(matcher, stored) for stored in part)
            facts.mark_judged(conn, [stored.id for stored in part], judgement)
        if len(part) < _BATCH:
            break
    collected.evidence += carry_over(ground, framework)
    taken = take_back(ground, connection)
    collected.withdrawn = taken.withdrawn
    collected.notes.extend([taken.notice] if taken.notice else [])
    with ground.database.write() as conn:
        counted = facts.count_by_object(conn, connection, FactType.COURSE_COMPLETION)
        collected.unmatched = {
            course: number
            for course, number in counted.items()
            if not matcher.knows_course(course)
        }
        collected.unbound = ask_whose(ground, conn, connection)


def _is_other(matcher: Matcher, stored: StoredFact) -> bool:
    """Tell whether a fact matches nothing; courses are counted one by one."""
    is_course = stored.fact.type is FactType.COURSE_COMPLETION
    return not is_course and not matcher.matches(stored.fact)


def _new(
    ground: Ground, conn: Connection, matcher: Matcher, part: Sequence[StoredFact]
) -> list[Evidence]:
    """Return the evidence of facts, none that another telling of the fact gave.

    A rating that followed from a course may be a fact where no completion was shown in
    time; the completion that is shown after all then gives only the other steps.
    """
    ratings = facts.ratings_of_courses(conn, part)
    known = {
        number: {
            (each.competency, each.step)
            for rating in told
            for each in matcher.evidence(rating, ground.day_of)
        }
        for number, told in ratings.items()
    }
    return [
        evidence
        for stored in part
        for evidence in matcher.evidence(stored, ground.day_of)
        if (evidence.competency, evidence.step) not in known.get(stored.id, ())
    ]


def _contributions(
    ground: Ground, matcher: Matcher, part: Sequence[StoredFact]
) -> list[NewContribution]:
    """Return the contributions that facts of known people are."""
    return [
        NewContribution(
            person_id=stored.person_id,
            fact_id=stored.id,
            kind=kind,
            done_on=ground.day_of(stored.fact.happened_at),
            words=stored.fact.object_name,
            recorded_by=stored.fact.detail.get("by", "") or stored.connection,
        )
        for stored in part
        if stored.person_id is not None and (kind := matcher.contribution(stored.fact))
    ]
