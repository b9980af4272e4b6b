"""SIGKILL anywhere in an apply: the next one ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import moodle_lab
import pytest
import workday_lab
from stage import Stage

from adapters.moodle.sandbox.faults import ConnectionLostError
from adapters.workday.sandbox import Switches
from connector.kit.values import Ref
from connector.store import links

pytestmark = pytest.mark.faults

#: Kills, spread evenly from the opening of the run to its end.
POINTS = 18
#: Every transition of the journal, each met by a kill of its own too.
TRANSITIONS = [
    f"{side} the commit of {name}"
    for name in ("open_run", "mark_sent", "settle", "finish_run")
    for side in ("before", "after")
]
#: Kills of a resumed run; each stands for a first and a second kill.
RESUMED = [(0.2, 3), (0.4, 6), (0.6, 13), (0.9, 5)]


@dataclass
class Expected:
    """What an uninterrupted apply makes of the target and of our books; its steps."""

    portrait: list[str]
    books: dict[Ref, object]
    steps: list[str]

    @property
    def first(self) -> int:
        """Return the number of the step at which the run is opened."""
        return 1 + self.steps.index("before the commit of open_run")

    def at(self, share: float) -> int:
        """Return the number of the step that lies so far into the run."""
        return self.first + round(share * (len(self.steps) - self.first))


def name_of(stage: Stage) -> str:
    (name,) = stage.sandboxes
    return name


def apply(stage: Stage, **more: Any) -> int:
    return stage.jobframe("apply", name_of(stage), "--yes", **more)


def portrait(stage: Stage) -> list[str]:
    running: Any = stage.sandboxes[name_of(stage)]
    if name_of(stage) == "moodle":
        return moodle_lab.portrait_of(running.site)
    return workday_lab.portrait_of(running.tenant)


def books(stage: Stage) -> dict[Ref, object]:
    """Return what we hold to be ours: every link but for the ids of the target."""
    with stage.instance() as instance, instance.database.read() as conn:
        known = links.all(conn, name_of(stage))
    return {link.ref: (link.identity, link.fields) for link in known}


@pytest.fixture(scope="module")
def expected(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Expected:
    trace: Path = tmp_path_factory.mktemp("trace") / "steps"
    stage.go_back()
    before = portrait(stage)
    assert apply(stage, trace=trace) == 0, stage.server.output
    after = portrait(stage)
    assert before != after
    ours = books(stage)
    return Expected(after, ours, trace.read_text(encoding="utf-8").splitlines())


def assert_ends_as_expected(stage: Stage, expected: Expected) -> None:
    """Apply as people do after a crash: it resumes, plans again, and finds nothing."""
    assert apply(stage) == 0, stage.server.output
    assert stage.server.result()["planned"] == 0
    assert portrait(stage) == expected.portrait
    assert books(stage) == expected.books


@pytest.mark.parametrize("point", range(1, POINTS + 1))
def test_killed_at_any_step_it_ends_as_uninterrupted(
    stage: Stage, expected: Expected, point: int
) -> None:
    stage.go_back()
    number = expected.at(point / POINTS)
    assert apply(stage, kill_at=number) == -9, stage.server.output
    assert_ends_as_expected(stage, expected)


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_killed_at_a_transition_of_the_journal_it_ends_as_uninterrupted(
    stage: Stage, expected: Expected, transition: str
) -> None:
    stage.go_back()
    number = 1 + expected.steps.index(transition)
    assert apply(stage, kill_at=number) == -9, stage.server.output
    assert apply(stage) == 0, stage.server.output
    assert portrait(stage) == expected.portrait
    assert books(stage) == expected.books
    assert stage.jobframe("plan", name_of(stage), "--exit-code") == 0
    plan = stage.server.result()
    open_findings = [item for item in plan["findings"] if item["is_waiting"]]
    assert (plan["changes"], open_findings, plan["waiting"]) == ([], [], [])


@pytest.mark.parametrize(("share", "step"), RESUMED)
def test_killed_while_resuming_it_ends_as_uninterrupted(
    stage: Stage, expected: Expected, share: float, step: int
) -> None:
    stage.go_back()
    assert apply(stage, kill_at=expected.at(share)) == -9
    apply(stage, kill_at=step)
    assert_ends_as_expected(stage, expected)


@pytest.mark.parametrize("write", [1, 2, 4, 6, 13, 14])
def test_killed_while_the_target_works_it_ends_as_uninterrupted(
    stage: Stage, expected: Expected, write: int
) -> None:
    """The target has carried out a write, some of many, and nobody hears of it."""
    stage.go_back()
    KILLS[name_of(stage)](stage, write)
    if apply(stage) == -9:
        stop_killing(stage)
        assert_ends_as_expected(stage, expected)
    else:
        stop_killing(stage)
        assert write > WRITES[name_of(stage)]


def _kill_in_moodle(stage: Stage, write: int) -> None:
    """Kill between two calls of one request; the rest of it does not happen."""
    running: Any = stage.sandboxes["moodle"]
    left = [write]

    def after_commit(_function: str, _arguments: dict[str, Any]) -> None:
        left[0] -= 1
        if left[0] == 0:
            stage.server.kill_now()
            raise ConnectionLostError

    running.site.after_commit = after_commit


class _KillingSwitches(Switches):
    """Kills the client instead of answering the n-th write."""

    def __init__(self, kill: Callable[[], None], write: int) -> None:
        super().__init__()
        self.kill, self.left = kill, write

    def take_lost_answer(self, operation: str) -> bool:
        del operation
        self.left -= 1
        if self.left == 0:
            self.kill()
        return self.left == 0


def _kill_in_workday(stage: Stage, write: int) -> None:
    running: Any = stage.sandboxes["workday"]
    running.tenant.switches = _KillingSwitches(stage.server.kill_now, write)


#: How many writes the new release takes, at least.
WRITES = {"moodle": 14, "workday": 7}
KILLS = {"moodle": _kill_in_moodle, "workday": _kill_in_workday}


def stop_killing(stage: Stage) -> None:
    running: Any = stage.sandboxes[name_of(stage)]
    if name_of(stage) == "moodle":
        running.site.after_commit = None
    else:
        running.tenant.switches = Switches()
