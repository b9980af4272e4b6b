"""A fact proves what the activities on its course give, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from evidence_house import WHOLE, badge, carrying
from talent_bench import FRAMEWORK, NOON, fact

from connector.framework.model import Basis
from connector.kit.values import FactType, LearningFact
from connector.store.facts import StoredFact
from connector.talent.matching import Matcher, months_later


def stored(course: str, person_id: str | None = "person-1") -> StoredFact:
    return StoredFact(
        id=1,
        connection="lms",
        fact=fact(course=course),
        person_id=person_id,
        recorded_at=NOON,
    )


def day_of(instant: datetime) -> date:
    return instant.date()


def test_a_course_of_a_pathway_gives_its_steps_by_learning() -> None:
    found = list(Matcher(FRAMEWORK).evidence(stored("KNOT-101"), day_of))
    assert [(one.competency, one.step, one.basis) for one in found] == [
        ("knots", "low", Basis.LEARNING),
        ("sails", "low", Basis.LEARNING),
    ]


@pytest.mark.parametrize(
    "nothing", [stored("KNOT-102"), stored("knot-101"), stored("KNOT-101", None)]
)
def test_other_courses_and_unknown_people_give_nothing(nothing: StoredFact) -> None:
    assert not list(Matcher(FRAMEWORK).evidence(nothing, day_of))


WARSAW = ZoneInfo("Europe/Warsaw")


def in_warsaw(instant: datetime) -> date:
    return instant.astimezone(WARSAW).date()


def of_person(told: LearningFact) -> StoredFact:
    return replace(stored(""), fact=told)


@pytest.mark.parametrize(
    ("until", "last"),
    [
        # Midnight in Warsaw ends the day before, whatever day it is in UTC.
        ("2026-12-31T23:00:00+00:00", "2026-12-31"),
        ("2026-12-31T23:00:01+00:00", "2027-01-01"),
        ("2026-12-31T12:00:00+00:00", "2026-12-31"),
    ],
)
def test_the_last_day_of_a_badge_is_one_of_the_organisation(
    until: str, last: str
) -> None:
    told = of_person(badge("Day skipper", expires_at=until))
    (found,) = Matcher(WHOLE).evidence(told, in_warsaw)
    assert found.expires_on == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("name", "expires"), [("Day skipper", "2028-03-01"), ("DIVER", None)]
)
def test_a_badge_without_an_end_lasts_as_long_as_its_certification(
    name: str, expires: str | None
) -> None:
    (found,) = Matcher(WHOLE).evidence(of_person(badge(name)), in_warsaw)
    assert found.basis is Basis.CERTIFICATION
    assert found.expires_on == (date.fromisoformat(expires) if expires else None)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2025-01-15", 24, "2027-01-15"),
    ],
)
def test_months_end_on_the_same_day_or_the_last(
    day: str, months: int, after: str
) -> None:
    found = months_later(date.fromisoformat(day), months)
    assert found == date.fromisoformat(after)


def test_a_course_that_is_teaching_is_a_contribution_and_gives_its_steps() -> None:
    matcher = Matcher(WHOLE)
    told = of_person(fact(course="TEACH-1"))
    assert matcher.contribution(told.fact) == "teaching"
    (found,) = matcher.evidence(told, in_warsaw)
    assert (found.step, found.basis) == ("high", Basis.CONTRIBUTION)


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (fact(course="YOGA"), "pathways > activities: course: YOGA"),
        (badge("Lifeguard"), "certifications: name: Lifeguard"),
        (
            replace(badge("Night"), type=FactType.PLAN_COMPLETION),
            "pathways > activities: plan: Night",
        ),
        (
            replace(badge("x"), type=FactType.COMPETENCY_RATING, object_id="flags/2"),
            "carry_over: from: flags",
        ),
        (
            replace(
                badge("x", kind="cooking"),
                type=FactType.CONTRIBUTION,
            ),
            "levels > contributions: {cooking: 1}",
        ),
    ],
)
def test_what_matches_nothing_names_the_line_that_would(
    told: LearningFact, line: str
) -> None:
    matcher = Matcher(WHOLE)
    assert not matcher.matches(told)
    assert matcher.line_for(told) == line


@pytest.mark.parametrize(
    "change",
    [
        {"pathways": {}},
        {"certifications": {}},
        {"levels": {}},
        {"carry_over": carrying(WHOLE, "knots", ropes={"low": "low"}).carry_over},
    ],
)
def test_facts_are_judged_anew_where_the_framework_matches_otherwise(
    change: dict[str, object],
) -> None:
    other = replace(WHOLE, **change)  # type: ignore[arg-type]
    assert Matcher(other).judgement != Matcher(WHOLE).judgement
    assert Matcher(replace(WHOLE)).judgement == Matcher(WHOLE).judgement
