"""A source that is asked person by person is asked for everybody in turn."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from evidence_house import WHOLE
from talent_bench import FRAMEWORK, Lms, batch, fact, hire, worker

from connector.kit.protocols import Connection
from connector.kit.values import FactBatch
from connector.talent.collecting import Collected, collect
from connector.talent.ground import Ground
from connector.talent.sources import Sources, sources_of


@dataclass
class ByPerson:
    """An LMS that is asked for people."""

    asked: list[tuple[str, ...]] = field(default_factory=list)
    courses: Collection[str] = ()

    def facts_of(
        self, employee_ids: Sequence[str], courses: Collection[str]
    ) -> Iterator[FactBatch]:
        self.asked.append(tuple(employee_ids))
        self.courses = courses
        yield batch(*(fact(f"a{each}", each) for each in employee_ids), cursor="")


def target(**offers: Any) -> Connection:
    plain: Any = object()
    return Connection(address="", catalogue=plain, doctor=plain, **offers)


def sources(ground: Ground, source: ByPerson) -> Sources:
    found = sources_of(ground, target(learning_by_person=source), FRAMEWORK)
    assert found is not None
    return found


def run(ground: Ground, source: ByPerson) -> Collected:
    return collect(ground, "lms", sources(ground, source).learning, FRAMEWORK)


def test_bulk_reading_is_preferred(ground: Ground) -> None:
    lms = Lms()
    both = target(learning=lms, learning_by_person=ByPerson())
    assert sources_of(ground, both, FRAMEWORK) == Sources(lms)


def test_a_target_that_tells_nothing_is_no_source(ground: Ground) -> None:
    assert sources_of(ground, target(), FRAMEWORK) is None


def test_only_courses_of_the_framework_are_asked_for(ground: Ground) -> None:
    source = ByPerson()
    assert run(ground, source).facts == 1
    assert set(source.courses) == {"KNOT-101"}


@pytest.mark.parametrize("staff", [3, 4, 5])
def test_everybody_has_a_turn_and_the_cost_is_told(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, staff: int
) -> None:
    monkeypatch.setattr("connector.talent.sources._PEOPLE", 2)
    names = [f"{number:04}" for number in range(22, 21 + staff)]
    hire(ground, *(worker(each) for each in names))
    hire(ground, worker("0099", is_active=False))
    source = ByPerson()
    readings = math.ceil(staff / 2)
    notes = [run(ground, source).notes for _ in range(readings)]
    asked = [each for turn in source.asked for each in turn]
    assert sorted(asked) == ["0021", *names]
    assert f"2 of {staff} people" in notes[0][0]
    assert f"in {readings} readings" in notes[0][0]


def test_a_cursor_of_a_bulk_reader_begins_with_the_first_person(
    ground: Ground,
) -> None:
    learning = sources(ground, ByPerson()).learning
    for cursor in ("2026-03-01", '{"version": 1, "looks": {}}', "[]"):
        assert [one.employee_id for b in learning.facts(cursor) for one in b.facts] == [
            "0021"
        ]


def test_plans_that_activities_name_are_asked_for_beside_the_rest(
    ground: Ground,
) -> None:
    plans, lms = ByPerson(), Lms([batch(fact(), cursor="c7")])
    both = target(learning=lms, plans_by_person=plans)
    found = sources_of(ground, both, WHOLE)
    assert found is not None
    for _ in range(2):
        collect(ground, "lms", found.learning, WHOLE, plans=found.plans)
    assert set(plans.courses) == {"First Season"}
    # Each source goes on from where it was itself.
    assert lms.cursors == [None, "c7"]
    assert plans.asked == [("0021",), ("0021",)]
    assert sources_of(ground, both, FRAMEWORK) == Sources(lms)
