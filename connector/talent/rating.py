"""Ratings that people gave, as facts: those that are new since the last reading.

A rating that the source derived from a completion we know, or from a rule, corroborates
that fact and is none. What we wrote ourselves is never read back. A rating that is no
longer shown withdraws nothing; one that a person lowered does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.protocols import Ratings
from connector.kit.values import (
    FactType,
    JudgedRating,
    LearningFact,
    Proficient,
    RatingOrigin,
    Revocation,
)
from connector.store import cursors, facts, known_ratings, links, revocations
from connector.store.known_ratings import Pair
from connector.talent.binding import bind_accounts
from connector.talent.ground import Ground
from connector.talent.matching import step_of_key
from connector.talent.strangers import known_accounts

_CURSOR = "ratings"
#: Looked at in one reading; each costs the source a look at one person.
_MOST = 5000
_BATCH = 500
#: How long a rating that followed from a course waits for the completion to be shown.
_GRACE = timedelta(days=7)


@dataclass(slots=True)
class RatingsRead:
    """What a reading of ratings came to."""

    facts: int = 0
    notes: list[str] = field(default_factory=list)


def read_ratings(
    ground: Ground, connection: str, source: Ratings, framework: Framework
) -> RatingsRead:
    """Store who became proficient by the hand of a person; at most once a day.

    All that the source shows is compared with all that is known, so only a complete
    reading changes anything. What is new beyond a bound waits for the next reading.
    Those that are gone are asked for: only who was rated lower by a person counts.

    Raises:
        TargetError: the reading broke off; nothing of it counts.
    """
    result = RatingsRead()
    with ground.database.read() as conn:
        last = cursors.get_cursor(conn, connection, _CURSOR)
        keys = _rated_keys(conn, connection, framework)
        known = known_ratings.pairs(conn, connection)
    now = ground.now()
    if not keys or (
        last and ground.day_of(datetime.fromisoformat(last)) == ground.day_of(now)
    ):
        return result
    shown = {
        (each.object_id, each.account_id): each
        for each in source.proficient()
        if each.object_id in keys
    }
    with ground.database.read() as conn:
        bearers = {each.account_id: each.employee_id for each in shown.values()}
        ours = known_accounts(conn, connection, bearers)
    shown = {pair: each for pair, each in shown.items() if each.account_id in ours}
    fresh = [shown[pair] for pair in sorted(shown.keys() - known)]
    _let_go(ground, connection, source, sorted(known - shown.keys())[:_MOST], keys)
    for start in range(0, min(len(fresh), _MOST), _BATCH):
        part = fresh[start : min(start + _BATCH, _MOST)]
        judged = list(source.judged(part))
        with ground.database.write() as conn:
            result.facts += _store(ground, conn, connection, judged, keys)
    if len(fresh) > _MOST:
        result.notes.append(
            f"{len(fresh) - _MOST} ratings wait for the next reading, which looks at "
            f"{_MOST} more."
        )
        return result
    with ground.database.write() as conn:
        cursors.set_cursor(conn, connection, _CURSOR, now.isoformat(), now)
    return result


def _let_go(
    ground: Ground,
    connection: str,
    source: Ratings,
    gone: Sequence[Pair],
    keys: Mapping[str, str],
) -> None:
    """Forget who is no longer shown, and store whom a person rated lower."""
    for start in range(0, len(gone), _BATCH):
        part = gone[start : start + _BATCH]
        asked = [
            Proficient(account_id=account, employee_id="", object_id=rated)
            for rated, account in part
            if rated in keys
        ]
        lowered = [
            Revocation(
                type=FactType.COMPETENCY_RATING,
                object_id=keys[each.proficient.object_id],
                person_id=each.proficient.account_id,
                revoked_at=each.lowered_at,
                reason="A person lowered the rating.",
            )
            for each in source.lowered(asked)
        ]
        with ground.database.write() as conn:
            revocations.add(
                conn,
                connection,
                lowered,
                tombstones=ground.tombstones,
                at=ground.now(),
            )
            known_ratings.remove(conn, connection, part)


def _rated_keys(
    conn: Connection, connection: str, framework: Framework
) -> dict[str, str]:
    """Return the keys of the records that stand for one step, by remote id."""
    return {
        link.remote_id: link.key
        for link in links.all(conn, connection)
        if step_of_key(framework, link.key) is not None
    }


def _store(
    ground: Ground,
    conn: Connection,
    connection: str,
    judged: Sequence[JudgedRating],
    keys: Mapping[str, str],
) -> int:
    accounts = {each.proficient.account_id for each in judged}
    completed = facts.completed_courses(conn, connection, accounts)
    # Who waits for a completion stays unknown, and is looked at again.
    since = ground.now() - _GRACE
    settled = [each for each in judged if not _waits(each, completed, since)]
    told = [each for each in settled if _is_fact(each, completed)]
    added = facts.add_facts(
        conn,
        connection,
        [_fact(each, keys) for each in told],
        tombstones=ground.tombstones,
        at=ground.now(),
    )
    bearers = {each.proficient.account_id: each.proficient.employee_id for each in told}
    bind_accounts(ground, conn, connection, bearers)
    known_ratings.add(conn, connection, _origins(settled))
    return added


def _waits(
    judged: JudgedRating, completed: Collection[tuple[str, str]], since: datetime
) -> bool:
    """Tell whether the completion that a rating followed from may still be shown."""
    return (
        judged.origin is RatingOrigin.COURSE
        and judged.happened_at > since
        and (judged.proficient.account_id, judged.course_id) not in completed
    )


def _is_fact(judged: JudgedRating, completed: Iterable[tuple[str, str]]) -> bool:
    """Tell whether a rating says what no fact of ours says already."""
    if judged.origin is RatingOrigin.COURSE:
        # Who was unenrolled is in no list of completions: the rating is all there is.
        return (judged.proficient.account_id, judged.course_id) not in completed
    return judged.origin is RatingOrigin.PERSON


def _fact(judged: JudgedRating, keys: Mapping[str, str]) -> LearningFact:
    return LearningFact(
        type=FactType.COMPETENCY_RATING,
        object_id=keys[judged.proficient.object_id],
        object_name=judged.name,
        person_id=judged.proficient.account_id,
        employee_id=judged.proficient.employee_id,
        happened_at=judged.happened_at,
        detail={
            "origin": judged.origin.value,
            **({"course_id": judged.course_id} if judged.course_id else {}),
        },
    )


def _origins(judged: Iterable[JudgedRating]) -> dict[Pair, RatingOrigin]:
    def pair(proficient: Proficient) -> Pair:
        return proficient.object_id, proficient.account_id

    return {pair(each.proficient): each.origin for each in judged}
