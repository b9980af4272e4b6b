"""How much is sent at once, and what goes side by side."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.moodle.writing.lanes import Lanes
from adapters.moodle.writing.pace import Pace
from connector.kit.values import Operation, Write


def write(parent: str, number: int) -> Write:
    return Write(
        operation=Operation.CREATE,
        kind="competency",
        key=f"{parent}{number}",
        identity=f"jf-c-{parent}{number}",
        remote_id=None,
        before={},
        after={},
        record={"parent": parent},
        effective_on=date(2026, 1, 1),
    )


def lanes(**sizes: int) -> Lanes:
    writes = [write(parent, n) for parent, size in sizes.items() for n in range(size)]
    return Lanes(writes, lambda item: str(item.record["parent"]))


def keys(group: tuple[Write, ...]) -> list[str]:
    return [item.key for item in group]


def pace(most_writes: int = 100, most_lanes: int = 4) -> Pace:
    return Pace(most_writes=most_writes, most_lanes=most_lanes)


def test_siblings_of_a_group_under_way_wait_for_it() -> None:
    waiting = lanes(a=3, b=1)
    first = waiting.take(most=2, takers=1)
    assert keys(first) == ["a0", "a1"]
    second = waiting.take(most=2, takers=1)
    assert keys(second) == ["b0"]
    assert waiting.take(most=2, takers=1) == ()
    waiting.put_back(first)
    assert keys(waiting.take(most=2, takers=1)) == ["a2"]


def test_what_is_left_is_shared_by_the_takers() -> None:
    waiting = lanes(a=2, b=2, c=2, d=2)
    assert [len(waiting.take(most=100, takers=n)) for n in (2, 1)] == [4, 4]


def test_one_parent_is_not_cut_for_takers_that_would_wait() -> None:
    assert len(lanes(a=60).take(most=50, takers=2)) == 50


def test_what_no_group_took_is_the_rest() -> None:
    waiting = lanes(a=3, b=1)
    waiting.take(most=2, takers=1)
    assert sorted(item.key for item in waiting.rest()) == ["a2", "b0"]


@pytest.mark.parametrize(
    ("seconds", "writes"), [(0.5, 100), (7.0, 50), (12.0, 25)], ids=str
)
def test_a_request_grows_or_shrinks_by_how_long_the_last_one_took(
    seconds: float, writes: int
) -> None:
    following = pace()
    following.answered(50, seconds)
    assert following.writes == writes


def test_a_small_request_says_nothing_about_larger_ones() -> None:
    following = pace()
    following.answered(1, 0.1)
    assert following.writes == 50


def test_settings_are_the_most_there_is() -> None:
    following = pace(most_writes=7, most_lanes=1)
    for _ in range(20):
        following.answered(7, 0.1)
    assert (following.writes, following.lanes) == (7, 1)


def test_a_quick_answer_adds_a_lane_up_to_the_setting() -> None:
    following = pace()
    seen = []
    for _ in range(3):
        following.answered(50, 1.0)
        seen.append(following.lanes)
    assert seen == [3, 4, 4]


def test_a_small_quick_answer_adds_no_lane() -> None:
    following = pace()
    following.answered(1, 0.1)
    assert following.lanes == 2


def test_slow_answers_take_lanes_away_down_to_two() -> None:
    following = pace()
    for _ in range(2):
        following.answered(50, 1.0)
    seen = []
    for seconds in (7.0, 12.0, 12.0, 12.0):
        following.answered(50, seconds)
        seen.append(following.lanes)
    assert seen == [4, 3, 2, 2]


def test_a_lost_answer_halves_the_pace() -> None:
    following = pace()
    following.stumbled()
    assert (following.writes, following.lanes) == (25, 1)
