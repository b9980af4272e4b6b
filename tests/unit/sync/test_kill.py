"""A run killed anywhere ends as if it had not been."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from bench import Bench, found
from story import END, START, group, node

from connector.kit.errors import (
    StalePlanError,
)
from connector.kit.values import (
    Record,
)

# Killed anywhere.


class Killed(BaseException):
    """The process ends here."""


def killing_at(number: int) -> Callable[[str, int], None]:
    """Return steps of which the n-th kills."""
    count = iter(range(1, 10_000))

    def step(_step: str, _group: int) -> None:
        if next(count) == number:
            raise Killed

    return step


def run(bench: Bench, *stages: Sequence[Record]) -> dict[str, Any]:
    for stage in stages:
        bench.settle(*stage)
    return bench.target.contents()


def steps_of(start: Sequence[Record], end: Sequence[Record]) -> int:
    bench = Bench()
    bench.settle(*start)
    counted: list[str] = []
    bench.target.on_step = lambda step, _: counted.append(step)
    bench.settle(*end)
    return len(counted)


STORIES = [
    pytest.param((), START, id="creates"),
    pytest.param(START, END, id="changes"),
    pytest.param(START, (), id="retirements"),
    pytest.param(END, START, id="back"),
]


@pytest.mark.parametrize("is_echoing", [True, False])
@pytest.mark.parametrize(("start", "end"), STORIES)
def test_a_run_killed_at_any_step_ends_as_if_it_had_not_been(
    start: Sequence[Record], end: Sequence[Record], is_echoing: bool
) -> None:
    expected = run(Bench(), start, end)
    steps = steps_of(start, end)
    assert steps >= 16
    for number in range(1, steps + 1):
        bench = Bench()
        bench.target.is_echoing = is_echoing
        bench.settle(*start)
        bench.want(*end)
        plan = bench.plan()
        bench.target.on_step = killing_at(number)
        with pytest.raises(Killed):
            bench.apply(plan)
        bench.target.on_step = lambda *_: None

        report = bench.apply(plan)

        assert (report.failed, report.skipped, report.in_doubt) == (0, 0, 0), report
        assert report.done == len(plan.changes)
        assert bench.target.contents() == expected, number
        assert bench.plan().is_empty
        assert not bench.plan().findings


def test_a_run_killed_again_and_again_ends_all_the_same() -> None:
    expected = run(Bench(), START, END)
    bench = Bench()
    bench.settle(*START)
    bench.want(*END)
    plan = bench.plan()
    kills = 0
    while True:
        # Late enough now and then that one group gets through.
        bench.target.on_step = killing_at(3 + 2 * (kills % 2))
        try:
            bench.apply(plan)
        except Killed:
            kills += 1
        else:
            break

    assert kills > 5
    assert bench.target.contents() == expected
    assert bench.plan().is_empty


def test_a_killed_run_is_finished_before_another_plan_is_applied() -> None:
    bench = Bench()
    bench.want(group(), node("a"))
    bench.target.on_step = killing_at(6)
    with pytest.raises(Killed):
        bench.apply()
    bench.target.on_step = lambda *_: None
    bench.want(group(), node("a"), node("b"))
    plan = bench.plan()

    with pytest.raises(StalePlanError):
        bench.apply(plan)

    assert len(bench.target.contents()["node"]) == 1
    assert bench.apply().done == 1
    assert bench.plan().is_empty


def test_a_resumed_run_leaves_what_others_changed_meanwhile() -> None:
    bench = Bench()
    bench.settle(group(), group("h"))
    bench.want(group(text="New"), group("h", text="New"))
    bench.target.on_step = killing_at(1)
    with pytest.raises(Killed):
        bench.apply()
    bench.target.on_step = lambda *_: None
    bench.target.edit("group", "jf-g-g", description="Theirs")

    report = bench.engine.resume()

    assert report is not None
    assert (report.done, report.failed) == (1, 1)
    assert report.messages == (
        "group g: the target shows neither the value before nor the one after",
    )
    assert bench.target.find("group", "jf-g-g").fields["description"] == "Theirs"


def test_an_edit_between_kill_and_resume_is_drift_not_taken_for_ours() -> None:
    bench = Bench()
    bench.target.is_echoing = False
    bench.want(group())
    bench.target.on_step = killing_at(4)
    with pytest.raises(Killed):
        bench.apply()
    bench.target.on_step = lambda *_: None
    bench.target.edit("group", "jf-g-g", description="Theirs")

    bench.engine.resume()

    assert found(bench.plan()) == ["drift group g description"]
    assert bench.target.find("group", "jf-g-g").fields["description"] == "Theirs"


def test_nothing_is_resumed_where_nothing_was_killed() -> None:
    assert Bench().engine.resume() is None
