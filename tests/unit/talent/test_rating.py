"""A rating by a person is a fact; what follows from one, or from us, is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from talent_bench import FRAMEWORK, NOON, Lms, batch, fact

from connector.framework.model import Basis
from connector.kit.errors import TransientError
from connector.kit.values import (
    JudgedRating,
    LearningFact,
    LoweredRating,
    Proficient,
    RatingOrigin,
)
from connector.store import facts, known_ratings, links, tables
from connector.store.values import Link
from connector.talent.collecting import Collected, collect
from connector.talent.dispatching import prepare
from connector.talent.ground import Ground

LOW, HIGH = ("101", "102")


@dataclass
class Ratings:
    """A source of ratings: pairs of account and object, and what made them."""

    shown: dict[tuple[str, str], RatingOrigin] = field(default_factory=dict)
    asked: list[list[Proficient]] = field(default_factory=list)
    course_id: str = "5"
    given_at: datetime = NOON
    breaks_off: bool = False
    low: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def proficient(self) -> Iterator[Proficient]:
        for account, rated in self.shown:
            yield Proficient(account, "0021", rated)
        if self.breaks_off:
            raise TransientError("the connection broke off")

    def judged(self, wanted: Sequence[Proficient]) -> Iterator[JudgedRating]:
        self.asked.append(list(wanted))
        for each in wanted:
            yield JudgedRating(
                proficient=each,
                origin=self.shown[each.account_id, each.object_id],
                name="Knots: High",
                happened_at=self.given_at,
                course_id=self.course_id,
            )

    def lowered(self, wanted: Sequence[Proficient]) -> Iterator[LoweredRating]:
        for each in wanted:
            at = self.low.get((each.account_id, each.object_id))
            if at is not None:
                yield LoweredRating(each, at)


@pytest.fixture(autouse=True)
def _linked(ground: Ground) -> None:
    """The steps of one competency stand in the LMS, and a record that is no step."""
    with ground.database.write() as conn:
        links.save(
            conn,
            "lms",
            [
                Link(kind="step", key=key, remote_id=remote, identity="", fields={})
                for key, remote in [
                    ("knots/1", LOW),
                    ("knots/2", HIGH),
                    ("knots/3", "103"),
                    ("knots", "100"),
                ]
            ],
        )


def run(ground: Ground, source: Ratings, *told: LearningFact) -> Collected:
    lms = Lms([batch(*told)]) if told else Lms()
    return collect(ground, "lms", lms, FRAMEWORK, ratings=source)


def tomorrow(ground: Ground, days: int = 1) -> Ground:
    names = Ground.__dataclass_fields__
    later = {name: getattr(ground, name) for name in names}
    return Ground(**{**later, "now": lambda: NOON + timedelta(days=days)})


def held(ground: Ground) -> list[tuple[str, str, Basis]]:
    with ground.database.read() as conn:
        return [(one.competency, one.step, one.basis) for one in facts.evidence(conn)]


def test_a_rating_by_a_person_is_evidence_of_its_step(ground: Ground) -> None:
    found = run(ground, Ratings({("7", HIGH): RatingOrigin.PERSON}))
    assert (found.facts, found.evidence) == (1, 1)
    assert held(ground) == [("knots", "high", Basis.RATING)]
    # No achievement for the worker's record, and no completion that matches nothing.
    assert prepare(ground, "hris", FRAMEWORK) == 0
    assert found.unmatched == {}


@pytest.mark.parametrize("origin", [RatingOrigin.RULE, RatingOrigin.OURS])
def test_what_follows_from_a_rule_or_from_us_is_no_fact(
    ground: Ground, origin: RatingOrigin
) -> None:
    source = Ratings({("7", LOW): origin})
    assert run(ground, source).facts == 0
    # It is known, all the same, and not looked at again.
    run(tomorrow(ground), source)
    assert len(source.asked) == 1


def test_a_rating_from_a_completion_we_know_is_no_fact(ground: Ground) -> None:
    known = fact()
    told = LearningFact(
        **{
            **{n: getattr(known, n) for n in LearningFact.__dataclass_fields__},
            "detail": {"course_id": "5"},
        }
    )
    found = run(ground, Ratings({("7", LOW): RatingOrigin.COURSE}), told)
    assert found.facts == 1
    assert Basis.RATING not in {basis for _, _, basis in held(ground)}


def test_a_rating_from_a_completion_that_no_report_shows_is_learning(
    ground: Ground,
) -> None:
    source = Ratings({("7", LOW): RatingOrigin.COURSE})
    assert run(ground, source).facts == 0
    # A week later the completion can be waited for no longer.
    assert run(tomorrow(ground, 8), source).facts == 1
    assert held(ground) == [("knots", "low", Basis.LEARNING)]


def test_only_steps_of_ours_are_looked_at(ground: Ground) -> None:
    others = {("7", rated): RatingOrigin.PERSON for rated in ("100", "103", "999")}
    source = Ratings(others)
    assert run(ground, source).facts == 0
    assert source.asked == []


def test_ratings_are_read_once_a_day_and_only_new_ones_looked_at(
    ground: Ground,
) -> None:
    source = Ratings({("7", LOW): RatingOrigin.PERSON})
    run(ground, source)
    source.shown[("7", HIGH)] = RatingOrigin.PERSON
    assert run(ground, source).facts == 0
    assert run(tomorrow(ground), source).facts == 1
    assert [[one.object_id for one in asked] for asked in source.asked] == [
        [LOW],
        [HIGH],
    ]


def test_a_pair_that_went_and_came_back_unchanged_is_no_new_fact(
    ground: Ground,
) -> None:
    source = Ratings({("7", LOW): RatingOrigin.PERSON})
    run(ground, source)
    shown, source.shown = source.shown, {}
    assert run(tomorrow(ground), source).facts == 0
    source.shown = shown
    assert run(tomorrow(ground, 2), source).facts == 0
    source.given_at = NOON + timedelta(days=3)
    source.shown = {}
    run(tomorrow(ground, 3), source)
    source.shown = shown
    assert run(tomorrow(ground, 4), source).facts == 1
    assert len(held(ground)) == 2


def test_a_rating_that_a_person_lowered_takes_its_evidence_back(ground: Ground) -> None:
    source = Ratings({("7", HIGH): RatingOrigin.PERSON})
    run(ground, source, *(fact(days=-number) for number in range(1, 4)))
    source.shown, source.low = {}, {("7", HIGH): NOON + timedelta(hours=3)}
    assert run(tomorrow(ground), source).withdrawn == 1
    with ground.database.read() as conn:
        standing = facts.evidence(conn, standing_on=NOON.date() + timedelta(days=1))
    assert ("knots", "high") not in {(one.competency, one.step) for one in standing}
    # Rated up again it is a fact of its own, and stands.
    source.shown, source.low = {("7", HIGH): RatingOrigin.PERSON}, {}
    source.given_at = NOON + timedelta(days=2)
    found = run(tomorrow(ground, 2), source)
    assert (found.facts, found.evidence, found.withdrawn) == (1, 1, 0)


def test_a_rating_that_is_only_no_longer_shown_takes_nothing_back(
    ground: Ground,
) -> None:
    source = Ratings({("7", HIGH): RatingOrigin.PERSON})
    run(ground, source)
    source.shown = {}
    assert run(tomorrow(ground), source).withdrawn == 0
    with ground.database.read() as conn:
        assert len(facts.evidence(conn, standing_on=NOON.date())) == 1


def test_a_reading_that_breaks_off_forgets_nothing(ground: Ground) -> None:
    source = Ratings({("7", LOW): RatingOrigin.PERSON})
    run(ground, source)
    with pytest.raises(TransientError):
        run(tomorrow(ground), Ratings(breaks_off=True))
    with ground.database.read() as conn:
        assert known_ratings.pairs(conn, "lms") == {(LOW, "7")}


def test_more_than_one_reading_can_look_at_waits_and_is_told(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.talent.rating._MOST", 2)
    source = Ratings({(str(n), LOW): RatingOrigin.RULE for n in range(3)})
    found = run(ground, source)
    assert found.notes == [
        "1 ratings wait for the next reading, which looks at 2 more."
    ]
    assert run(ground, source).notes == []
    assert [len(asked) for asked in source.asked] == [2, 1]


def test_known_ratings_go_with_the_person(ground: Ground) -> None:
    run(ground, Ratings({("7", LOW): RatingOrigin.PERSON}))
    with ground.database.write() as conn:
        person = conn.execute(tables.bindings.select()).one().person_id
        ground.tombstones.erase(conn, person, NOON)
        assert known_ratings.pairs(conn, "lms") == set()
