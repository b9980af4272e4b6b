"""Sound frameworks pass validation, and problems name their nearest place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from framework_changes import (
    added,
    changed,
    move,
    role_needs,
    two_grades,
)
from framework_samples import needs, sample, text

from connector.framework import validate
from connector.framework.ladder import Ladder, cycles
from connector.framework.model import (
    Framework,
    MoveKind,
    Origin,
    Pathway,
    SourceIdentity,
)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(sample, id="the sample"),
        pytest.param(lambda: two_grades(), id="parity by equal bands of two grades"),
        pytest.param(
            lambda: changed("competencies", "old", related=("old",)),
            id="retired names retired",
        ),
        pytest.param(
            lambda: added(
                "roles", replace(sample().roles["mate"], key="was", is_retired=True)
            ),
            id="a retired twin role",
        ),
        pytest.param(
            lambda: added(
                "pay_bands",
                replace(sample().pay_bands["g1-north"], key="was", is_retired=True),
            ),
            id="a retired band",
        ),
        pytest.param(
            lambda: move("guest", "mate", MoveKind.VERTICAL), id="no level, no check"
        ),
        pytest.param(
            lambda: changed("moves", "away", from_role="sailor"), id="a diagonal move"
        ),
        pytest.param(
            lambda: changed(
                "roles",
                "guest",
                is_retired=True,
                requirements=(needs("old", origin=Origin.ROLE, of="guest"),),
            ),
            id="a retired role needs what is retired",
        ),
    ],
)
def test_sound_frameworks_have_no_problem(make: Callable[[], Framework]) -> None:
    assert [str(problem) for problem in validate(make())] == []


def test_what_a_retired_role_holds_is_retired_with_it() -> None:
    area = replace(
        sample().roles["sailor"].focus_areas[0],
        requirements=(needs("old", origin=Origin.FOCUS_AREA, of="racing"),),
    )
    framework = changed("roles", "sailor", focus_areas=(area,))
    assert [one.message for one in validate(framework)] == [
        (
            'focus area "racing" names the competency "old" in "requirements", '
            "which is retired"
        )
    ]


def test_problems_name_the_nearest_place() -> None:
    needed = needs("no", origin=Origin.ROLE, of="mate", place="roles.yaml:12")
    assert {
        one.place for one in validate(changed("roles", "mate", requirements=(needed,)))
    } == {"roles.yaml:12"}
    assert {one.place for one in validate(role_needs("no"))} == {"roles.yaml:7"}


def test_keys_that_could_not_be_read_are_not_unknown() -> None:
    unusable = {"competencies": frozenset({"no"}), "roles": frozenset({"gone"})}
    identity = SourceIdentity(kind="role", key="gone", source="s", identity="i")
    framework = replace(role_needs("no"), identities=(identity,))
    assert validate(framework, unusable) == ()


def test_move_kinds_are_not_judged_while_levels_run_in_a_circle() -> None:
    framework = changed("levels", "m-1", above=("m-2",))
    messages = [one.message for one in validate(framework)]
    assert len(messages) == 1


def test_levels_are_compared_over_both_tracks() -> None:
    ladder = Ladder(sample().levels)
    assert ladder.is_above("m-2", "ic-1")
    assert ladder.are_equal("ic-2", "m-1")
    assert not ladder.is_above("ic-2", "m-1")
    assert not ladder.is_above("ic-1", "m-2")


def test_levels_reached_twice_are_looked_at_once() -> None:
    levels = {**sample().levels}
    levels["m-3"] = replace(levels["m-2"], key="m-3", above=("m-2", "m-1"))
    assert Ladder(levels).is_above("m-3", "ic-1")
    assert not Ladder(levels).is_above("m-3", "m-3")


def test_every_separate_circle_is_told() -> None:
    edges = {"a": ["b"], "b": ["a"], "c": ["d"], "d": ["e"], "e": ["c"], "f": ["a"]}
    assert cycles(edges) == [["a", "b"], ["c", "d", "e"]]
    assert cycles({"a": ["b", "gone"], "b": []}) == []


def test_prerequisites_may_meet_again_without_a_circle() -> None:
    first, second = (
        Pathway(key=key, name=text(key), prerequisites=("basics",)) for key in "ab"
    )
    top = Pathway(key="c", name=text("c"), prerequisites=("a", "b"))
    assert validate(added("pathways", first, second, top)) == ()


def test_a_framework_may_begin_after_its_elements() -> None:
    assert validate(replace(sample(), effective_from=date(2026, 6, 1))) == ()
