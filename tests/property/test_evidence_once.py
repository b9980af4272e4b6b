"""However often and in whatever order sources are read: learning counts once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from evidence_house import WHOLE, badge, carrying
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from talent_bench import (
    DECKHAND,
    FRAMEWORK,
    NOON,
    Hris,
    Lms,
    fact,
    hire,
    link_roles,
    make_ground,
    worker,
)

from connector.kit.values import (
    FactBatch,
    FactType,
    JudgedRating,
    LearningFact,
    LoweredRating,
    Proficient,
    RatingOrigin,
    Revocation,
)
from connector.store import facts, links, people
from connector.store.values import Link
from connector.talent.carrying import carry_over
from connector.talent.collecting import collect
from connector.talent.dispatching import prepare, send
from connector.talent.ground import Ground
from connector.talent.withdrawing import decide, waiting

KNOTS, SAILS = "101", "201"
COMPLETED = replace(fact(), detail={"course_id": "5"})
RATED_AT = NOON + timedelta(minutes=7)


@cache
def _template() -> Path:
    """Return a deployment in which one person works and steps stand in the LMS."""
    folder = Path(tempfile.mkdtemp())
    ground = make_ground(folder)
    hire(ground, worker("0021"))
    link_roles(ground, deckhand=DECKHAND)
    steps = {"knots/1": KNOTS, "sails/1": SAILS, "knots/2": "102"}
    with ground.database.write() as conn:
        links.save(
            conn,
            "lms",
            [
                Link(kind="step", key=key, remote_id=remote, identity="", fields={})
                for key, remote in steps.items()
            ],
        )
    ground.database.close()
    return folder / "test.db"


@contextmanager
def deployment() -> Iterator[Ground]:
    """Open a copy of the deployment."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(_template(), Path(folder) / "test.db")
        ground = make_ground(Path(folder))
        try:
            yield ground
        finally:
            ground.database.close()


def at(ground: Ground, moment: datetime) -> Ground:
    return replace(ground, now=lambda: moment)


@dataclass
class Site:
    """An LMS in which one course was finished: it rates, and a rule rates on.

    Each of the three shows from its own day on.
    """

    completion_day: int = 0
    rating_day: int = 0
    rule_day: int = 0
    today: int = 0
    copies: int = 1

    def facts(self, _cursor: str | None) -> Iterator[FactBatch]:
        shown = [COMPLETED] * self.copies if self.today >= self.completion_day else []
        yield FactBatch(tuple(shown), "c")

    def _ratings(self) -> dict[str, RatingOrigin]:
        shown = {}
        if self.today >= self.rating_day:
            shown[KNOTS] = RatingOrigin.COURSE
        if self.today >= self.rule_day:
            shown[SAILS] = RatingOrigin.RULE
        return shown

    def proficient(self) -> Iterator[Proficient]:
        for rated in self._ratings():
            yield Proficient("7", "0021", rated)

    def judged(self, wanted: Sequence[Proficient]) -> Iterator[JudgedRating]:
        origins = self._ratings()
        for each in wanted:
            origin = origins[each.object_id]
            yield JudgedRating(
                proficient=each,
                origin=origin,
                name="A step",
                happened_at=RATED_AT,
                course_id="5" if origin is RatingOrigin.COURSE else "",
            )

    def lowered(self, _wanted: Sequence[Proficient]) -> Iterator[LoweredRating]:
        yield from ()


@dataclass(frozen=True)
class Poll:
    """One reading: so many days later, of what, how often, and whether it is sent."""

    days: int
    has_ratings: bool
    copies: int
    is_sent: bool


POLLS = st.lists(
    st.builds(
        Poll,
        days=st.integers(0, 2),
        has_ratings=st.booleans(),
        copies=st.integers(1, 3),
        is_sent=st.booleans(),
    ),
    max_size=6,
)
SHOWS = st.integers(0, 5)
MANY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@dataclass
class Outcome:
    """What a deployment holds in the end."""

    facts: list[FactType] = field(default_factory=list)
    evidence: list[tuple[str, str]] = field(default_factory=list)
    sent: int = 0


def run(site: Site, polls: Sequence[Poll], last_day: int) -> Outcome:
    """Read the site in the order drawn, and once more when everything is shown."""
    hris = Hris()
    last = Poll(last_day, has_ratings=True, copies=1, is_sent=True)
    with deployment() as ground:
        for poll in (*polls, last, last):
            site.today = min(last_day, site.today + poll.days)
            site.copies = poll.copies
            then = at(ground, NOON + timedelta(days=site.today, hours=1))
            ratings = site if poll.has_ratings else None
            collect(then, "lms", site, FRAMEWORK, ratings=ratings)
            if poll.is_sent:
                prepare(then, "hris", FRAMEWORK)
                send(then, "hris", hris)
        with ground.database.read() as conn:
            told = facts.assigned_facts(conn)
            held = facts.evidence(conn)
    return Outcome(
        [each.fact.type for each in told],
        sorted((each.competency, each.step) for each in held),
        len(hris.sent),
    )


@MANY
@given(polls=POLLS, completion=SHOWS, rating=SHOWS, rule=SHOWS)
def test_a_course_that_rates_and_completes_a_rule_is_one_fact_and_one_dispatch(
    polls: list[Poll], completion: int, rating: int, rule: int
) -> None:
    outcome = run(Site(completion, rating, rule), polls, 6)
    assert outcome.facts == [FactType.COURSE_COMPLETION]
    assert outcome.evidence == [("knots", "low"), ("sails", "low")]
    assert outcome.sent == 1


@MANY
@given(polls=POLLS, completion=st.integers(8, 12))
def test_a_completion_shown_later_than_anybody_waits_proves_no_step_twice(
    polls: list[Poll], completion: int
) -> None:
    outcome = run(Site(completion), [*polls, Poll(9, True, 1, True)], 12)
    assert outcome.evidence == [("knots", "low"), ("sails", "low")]
    assert outcome.sent == 1


def _told() -> list[LearningFact | Revocation]:
    """Return what a source tells in the end: late, early, twice, taken back."""
    first, again = NOON - timedelta(days=900), NOON - timedelta(days=3)
    rating = LearningFact(
        type=FactType.COMPETENCY_RATING,
        object_id="knots/2",
        object_name="High",
        person_id="7",
        employee_id="0021",
        happened_at=first,
        detail={"origin": "person"},
    )
    taken = Revocation(
        type=FactType.COMPETENCY_RATING,
        object_id="knots/2",
        person_id="7",
        revoked_at=NOON - timedelta(days=5),
        reason="Lowered.",
    )
    return [
        fact(at=first),
        fact(at=again),
        fact(days=40),
        fact(course="TEACH-1", at=again),
        fact(course="YOGA"),
        badge("Day skipper", first),
        badge("Diver", again, expires_at=(NOON + timedelta(days=9)).isoformat()),
        rating,
        replace(rating, happened_at=again),
        taken,
        replace(taken, type=FactType.BADGE, object_id="12", reason="Revoked."),
    ]


TOLD = _told()


def _batches(order: Sequence[int]) -> Iterator[FactBatch]:
    for number in order:
        one = TOLD[number]
        if isinstance(one, LearningFact):
            yield FactBatch((one,), "c")
        else:
            yield FactBatch((), "c", (), (one,))


_Row = tuple[object, ...]


def _rows(ground: Ground) -> list[_Row]:
    with ground.database.read() as conn:
        ids = [each.id for each in people.all(conn)]
        # All but whose it is and the number that the row got.
        return sorted((row[2:] for row in facts.evidence_rows(conn, ids)), key=str)


def _settled(ground: Ground) -> None:
    """Let a person confirm what waits, if anything does."""
    with ground.database.read() as conn:
        is_waiting = bool(waiting(conn, "lms"))
    if is_waiting:
        decide(ground, "lms", "Maria", is_confirmed=True)


def read_all(order: Sequence[int], between: Callable[[Ground], object]) -> list[_Row]:
    with deployment() as ground:
        for batch in _batches(order):
            collect(ground, "lms", Lms([batch]), WHOLE)
            between(ground)
        collect(ground, "lms", Lms(list(_batches(range(len(TOLD))))), WHOLE)
        _settled(ground)
        return _rows(ground)


@cache
def in_order() -> list[_Row]:
    return read_all(range(len(TOLD)), lambda _: None)


@MANY
@given(
    order=st.lists(st.integers(0, len(TOLD) - 1), max_size=12),
    is_settled=st.booleans(),
)
def test_late_early_and_repeated_facts_come_to_the_same_in_any_order(
    order: list[int], is_settled: bool
) -> None:
    rows = read_all(order, _settled if is_settled else lambda _: None)
    assert rows == in_order()


RENAMED = carrying(WHOLE, "knots", ropes={"low": "low", "high": "high"})


@MANY
@given(
    order=st.permutations(range(len(TOLD))),
    carried=st.sets(st.integers(0, len(TOLD) - 1)),
)
def test_a_rule_carries_the_same_over_whenever_and_however_often_it_is_applied(
    order: list[int], carried: set[int]
) -> None:
    with deployment() as ground:
        for place, batch in enumerate(_batches(order)):
            collect(ground, "lms", Lms([batch]), WHOLE)
            if place in carried:
                carry_over(ground, RENAMED)
        # Of an account that nobody has yet nothing is kept: then all is read again.
        collect(ground, "lms", Lms(list(_batches(range(len(TOLD))))), WHOLE)
        _settled(ground)
        before = [row for row in _rows(ground) if row[0] != "ropes"]
        carry_over(ground, RENAMED)
        after = _rows(ground)
        assert carry_over(ground, RENAMED) == 0
    kept = [row for row in after if row[0] != "ropes"]
    # What was there did not change, and what stands was carried over once.
    assert kept == before == in_order()
    standing = [row[1:5] for row in kept if row[0] == "knots" and row[5] is None]
    new = [row[1:5] for row in after if row[0] == "ropes" and row[5] is None]
    assert new == sorted(standing, key=str)
