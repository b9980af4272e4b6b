"""What would close a gap, and the shortest way through pathways."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import pytest
from readiness_house import house, key_of, standing_of

from connector.framework.model import (
    Basis,
    Framework,
    GivenStep,
    Importance,
    LearningActivity,
    Pathway,
    Text,
)
from connector.talent.learning_route import Learning, LearningRoute
from connector.talent.readiness import Assessor, Readiness


def activity(name: str, hours: int | None, gives: str, **more: Any) -> LearningActivity:
    """Return an activity, as in `activity("Sums", 8, "Statistics at Guide")`."""
    steps = [words.split(" at ") for words in gives.split(", ") if words]
    return LearningActivity(
        key=key_of(name),
        name=Text((("en", name),)),
        hours=None if hours is None else Decimal(hours),
        gives=tuple(
            GivenStep(competency=key_of(competency), step=key_of(step))
            for competency, step in steps
        ),
        **more,
    )


_Told: TypeAlias = tuple[str, tuple[str, ...], list[LearningActivity]]


def teaching(*pathways: _Told) -> Framework:
    """Return the house with pathways: name, prerequisites, activities."""
    return replace(
        house(),
        pathways={
            key: Pathway(
                key=key,
                name=Text((("en", key),)),
                prerequisites=before,
                activities=tuple(activities),
            )
            for key, before, activities in pathways
        },
    )


def seen(framework: Framework, *told: str) -> tuple[Readiness, Learning]:
    """Return how somebody with this evidence stands as a Scientist, and learns."""
    standing = standing_of({"has": list(told)})
    assessor = Assessor(framework, date(2026, 6, 1))
    target = assessor.targets.chosen(standing, "scientist")
    learning = Learning(framework, standing.proofs)
    return assessor.assess(standing, [target])[0], learning


def route(framework: Framework, *told: str) -> LearningRoute:
    """Return the way to the role of a Scientist."""
    readiness, learning = seen(framework, *told)
    return learning.route(readiness)


def told(found: LearningRoute) -> list[tuple[str, list[str]]]:
    """Return a route as pathways and the activities left on each."""
    return [
        (stage.pathway, [each.key for each in stage.to_do]) for stage in found.stages
    ]


ALL_IN_ONE = (
    "whole",
    (),
    [
        activity(
            "Whole",
            30,
            "Statistics at Apply, Storytelling at Apply, Modelling at Apply",
        )
    ],
)


def test_the_shorter_of_two_pathways_is_taken() -> None:
    long = ("long", (), [activity("Long", 40, "Statistics at Apply")])
    short = ("short", (), [activity("Short", 8, "Statistics at Apply")])
    assert told(route(teaching(long, short))) == [("short", ["short"])]


def test_prerequisites_come_first_and_count() -> None:
    base = ("base", (), [activity("Base", 50, "Ethics at Explore")])
    short = ("short", ("base",), [activity("Short", 8, "Statistics at Apply")])
    direct = ("direct", (), [activity("Direct", 20, "Statistics at Apply")])
    assert told(route(teaching(base, short, direct))) == [("direct", ["direct"])]
    found = route(teaching(short, base))
    assert told(found) == [("base", ["base"]), ("short", ["short"])]
    assert found.hours == 58


def test_a_prerequisite_that_is_done_costs_nothing() -> None:
    base = ("base", (), [activity("Base", 50, "Ethics at Explore")])
    short = ("short", ("base",), [activity("Short", 8, "Statistics at Apply")])
    direct = ("direct", (), [activity("Direct", 20, "Statistics at Apply")])
    done = "course in Ethics at Explore on 2026-01-01"
    assert told(route(teaching(base, short, direct), done)) == [("short", ["short"])]


def test_one_pathway_that_closes_several_gaps_counts_once() -> None:
    one = ("one", (), [activity("One", 12, "Statistics at Apply")])
    two = ("two", (), [activity("Two", 25, "Storytelling at Apply")])
    found = route(teaching(one, two, ALL_IN_ONE))
    assert told(found) == [("whole", ["whole"])]
    assert found.hours == 30


def test_what_no_pathway_teaches_is_named() -> None:
    one = ("one", (), [activity("One", 12, "Statistics at Apply")])
    assert route(teaching(one)).not_taught == ("storytelling", "modelling")


def test_a_lower_step_teaches_too_little() -> None:
    one = ("one", (), [activity("One", 12, "Statistics at Explore")])
    assert told(route(teaching(one))) == []


def test_activities_without_hours_are_counted_and_not_guessed() -> None:
    one = ("one", (), [activity("One", None, "Statistics at Apply")])
    found = route(teaching(one))
    assert (found.hours, found.without_hours) == (Decimal(0), 1)


def test_an_optional_activity_is_taken_where_nothing_else_gives_the_step() -> None:
    optional = activity(
        "Extra", 5, "Statistics at Apply", importance=Importance.OPTIONAL
    )
    other = activity("Other", 5, "Ethics at Apply", importance=Importance.OPTIONAL)
    assert told(route(teaching(("one", (), [optional, other])))) == [("one", ["extra"])]


def test_retired_pathways_and_activities_are_passed_over() -> None:
    gone = activity("Gone", 1, "Statistics at Apply", is_retired=True)
    framework = teaching(("one", (), [gone]), ALL_IN_ONE)
    retired = replace(framework.pathways["whole"], is_retired=True)
    framework = replace(framework, pathways={**framework.pathways, "whole": retired})
    assert told(route(framework)) == []


def test_pathways_that_wait_for_one_another_still_give_a_route() -> None:
    one = ("one", ("two",), [activity("One", 12, "Statistics at Apply")])
    two = ("two", ("one",), [activity("Two", 3, "Ethics at Apply")])
    assert [name for name, _ in told(route(teaching(one, two)))] == ["one", "two"]


def test_nothing_is_left_to_learn_where_all_is_met() -> None:
    done = [
        f"course in {name} at Apply on 2026-01-01"
        for name in ("Statistics", "Storytelling", "Modelling")
    ]
    assert told(route(teaching(ALL_IN_ONE), *done)) == []


@pytest.mark.parametrize(
    ("has", "people"),
    [
        ((), (Basis.ATTESTATION, Basis.RATING)),
        (
            ("course in Statistics at Guide on 2026-01-01",),
            (Basis.ATTESTATION, Basis.RATING),
        ),
        (("attestation in Statistics at Guide on 2026-01-01",), ()),
    ],
    ids=["nothing there", "learned", "attested"],
)
def test_the_upper_half_takes_other_people(
    has: tuple[str, ...], people: tuple[Basis, ...]
) -> None:
    framework = teaching(("one", (), [activity("One", 9, "Statistics at Guide")]))
    standing = standing_of({"has": list(has)})
    assessor = Assessor(framework, date(2026, 6, 1))
    target = assessor.targets.chosen(standing, "senior-scientist")
    state = assessor.assess(standing, [target])[0].requirements[0]
    closing = Learning(framework, standing.proofs).closing(state)
    assert closing.people == people
    assert [option.activity.key for option in closing.options] == (
        [] if has else ["one"]
    )


def test_a_pathway_meant_for_others_comes_last() -> None:
    short = ("short", (), [activity("Short", 2, "Statistics at Apply")])
    long = ("long", (), [activity("Long", 40, "Statistics at Apply")])
    framework = teaching(short, long)
    theirs = replace(framework.pathways["short"], audience=("family/risk",))
    ours = replace(framework.pathways["long"], audience=("level/ic4",))
    framework = replace(framework, pathways={"short": theirs, "long": ours})
    readiness, _ = seen(framework)
    learning = Learning(framework, (), ["scientist"])
    assert told(learning.route(readiness)) == [("long", ["long"])]
    alone = replace(framework, pathways={"short": theirs})
    learning = Learning(alone, (), ["scientist"])
    assert told(learning.route(readiness)) == [("short", ["short"])]
