"""Bench strength, mentors, a role's page, signals: numbers that give nobody away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from readiness_house import house, standing_of

from connector.framework.model import (
    Framework,
    GivenStep,
    LearningActivity,
    Pathway,
    Text,
)
from connector.store.readiness import KeptReadiness
from connector.talent.mobility.bench import FURTHER, ONE_STEP, READY, bench
from connector.talent.mobility.mentors import Mentor, mentors_for
from connector.talent.mobility.role_page import role_page
from connector.talent.signals import Absent, Departure, SignalCount, Signals, Unfinished
from connector.talent.small_groups import told_parts

TODAY = date(2026, 6, 1)


def kept(
    number: int, open_number: int, kind: str = "next_level"
) -> list[KeptReadiness]:
    """Return so many people, each with so many requirements open."""
    return [
        KeptReadiness(
            person_id=f"p-{open_number}-{each}",
            role="scientist",
            focus_area="",
            kind=kind,
            release="r",
            as_of=TODAY,
            is_met=open_number == 0,
            may_be_proposed=False,
            open_number=open_number,
            states={},
            changes_on=None,
        )
        for each in range(number)
    ]


def test_the_bench_tells_who_is_ready_one_step_away_and_further() -> None:
    (found,) = bench([*kept(6, 0), *kept(5, 1), *kept(7, 4)])
    assert found.people == 18
    assert found.parts == {READY: 6, ONE_STEP: 5, FURTHER: 7}


def test_fewer_than_five_are_not_told() -> None:
    (found,) = bench(kept(4, 0))
    assert (found.people, found.parts) == (None, {})


def test_holders_are_not_on_their_own_bench() -> None:
    assert bench(kept(9, 0, "present")) == []


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"a": 5, "b": 6}, {"a": 5, "b": 6}),
        ({"a": 0, "b": 6}, {"a": 0, "b": 6}),
        # One small part would follow from the total: another hides with it.
        ({"a": 3, "b": 6, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 3, "b": 4, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 3, "b": 0, "c": 0}, {"a": None, "b": None, "c": None}),
    ],
)
def test_no_part_follows_from_the_total(
    parts: dict[str, int], told: dict[str, int | None]
) -> None:
    assert told_parts(parts) == told


def test_mentors_hold_the_role_and_said_yes_those_first_who_came_the_same_way() -> None:
    found = mentors_for(
        "risk-adviser", ["a", "b", "c"], {"b", "c", "z"}, made_the_move=["c", "d"]
    )
    assert found == [
        Mentor("c", "risk-adviser", made_the_move=True),
        Mentor("b", "risk-adviser", made_the_move=False),
    ]


def test_who_said_no_and_who_looks_are_not_named() -> None:
    assert mentors_for("risk-adviser", ["a", "b"], {"b"}, besides=["b"]) == []


def test_a_role_page_tells_entry_ways_in_and_ways_on() -> None:
    page = role_page(house(), "scientist")
    asked = {each.competency: each.step for each in page.requirements}
    assert asked == {
        "statistics": "apply",
        "storytelling": "apply",
        "modelling": "apply",
    }
    assert ("analyst", "vertical") in {(way.role, way.kind) for way in page.ways_in}
    out = {(way.role, way.kind) for way in page.ways_out}
    assert {("senior-scientist", "vertical"), ("risk-adviser", "lateral")} <= out
    assert "Statistics at Apply (role)" in "\n".join(page.lines(house()))


def counted(
    framework: Framework, cases: Sequence[dict[str, Any]], **unmatched: int
) -> Signals:
    """Count signals over people told in words."""
    counting = SignalCount(framework, TODAY)
    for case in cases:
        counting.count(standing_of(case))
    return counting.result(unmatched)


LEARNED = {
    "holds": "Analyst since 2024-01-10",
    "has": [
        "course in Statistics at Explore on 2026-01-01",
        "course in Coaching at Apply on 2026-01-01",
        "course in Sailing at Apply on 2026-01-01",
    ],
}


def test_a_competency_that_the_framework_lacks_is_a_signal() -> None:
    found = counted(house(), [LEARNED] * 5, yoga=7, chess=4)
    assert found.absent == [Absent("yoga", 7), Absent("sailing", 5)]
    assert counted(house(), [LEARNED] * 4).absent == []


def test_holders_whose_evidence_departs_from_their_role_are_a_signal() -> None:
    found = counted(house(), [LEARNED] * 6)
    assert found.departures == [
        Departure("analyst", "coaching", is_required=False, shown=6, holders=6),
        Departure("analyst", "storytelling", is_required=True, shown=0, holders=6),
    ]
    assert counted(house(), [LEARNED] * 4).departures == []


def test_one_holder_who_has_shown_it_does_not_stand_out() -> None:
    shown = {
        **LEARNED,
        "has": ["course in Storytelling at Explore on 2026-01-01"],
    }
    found = counted(house(), [*([LEARNED] * 11), shown])
    (departure,) = [each for each in found.departures if each.is_required]
    assert departure == Departure("analyst", "storytelling", True, 0, 12)


def test_a_pathway_that_nobody_finishes_is_a_signal() -> None:
    def step(key: str, competency: str) -> LearningActivity:
        return LearningActivity(
            key=key,
            name=Text((("en", key),)),
            course=key,
            gives=(GivenStep(competency=competency, step="explore"),),
        )

    pathway = Pathway(
        key="long",
        name=Text((("en", "Long"),)),
        activities=(step("one", "statistics"), step("two", "hiring")),
    )
    framework = replace(house(), pathways={"long": pathway})
    assert counted(framework, [LEARNED] * 5).unfinished == [Unfinished("long", 5)]
    done = {
        "has": [
            "course in Statistics at Explore on 2026-01-01",
            "course in Hiring at Explore on 2026-01-01",
        ]
    }
    assert counted(framework, [*([LEARNED] * 5), done]).unfinished == []
