"""A fact proves what the activities on its course give, and nothing else."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from talent_bench import FRAMEWORK, NOON, fact

from connector.framework.model import Basis
from connector.store.facts import StoredFact
from connector.talent.matching import Matcher


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
