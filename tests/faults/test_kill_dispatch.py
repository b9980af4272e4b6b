"""SIGKILL around a dispatch: evidence reaches a record once, or is asked about.

It is never sent a second time: where nobody can tell whether it arrived, it stays
unknown and a person is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from stage import COURSES, Stage, open_stage

from connector.kit.protocols import SeedCompletion
from connector.store import dispatches, tasks
from connector.store.dispatches import DispatchState

pytestmark = pytest.mark.faults

LEARNERS = ("21001", "21002", "21003")
PROCESS = "Manage Training"
DISPATCHES = 3


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Give a stage on which learning is collected and nothing is sent."""
    folder = tmp_path_factory.mktemp("evidence")
    with open_stage(folder, "moodle", "workday") as stage:
        moodle: Any = stage.sandboxes["moodle"]
        moodle.complete_courses(
            [
                SeedCompletion(
                    employee_id=learner,
                    course=next(iter(COURSES)),
                    completed_at=datetime(2026, 3, day, tzinfo=UTC),
                )
                for day, learner in enumerate(LEARNERS, start=1)
            ]
        )
        for arguments in (
            ("apply", "workday", "--yes"),
            ("people", "sync", "workday"),
            ("evidence", "collect", "moodle"),
        ):
            assert stage.jobframe(*arguments) == 0, stage.server.output
        stage.keep()
        yield stage


def send(stage: Stage, **more: Any) -> int:
    return stage.jobframe("evidence", "send", "workday", **more)


def tenant(stage: Stage) -> Any:
    running: Any = stage.sandboxes["workday"]
    return running.tenant


def arrived(stage: Stage) -> Counter[str]:
    """Return how often a training was put on each worker's record, or waits there."""
    log = Counter(
        learner for learner in LEARNERS for _ in tenant(stage).trainings_of(learner)
    )
    waiting = len(tenant(stage).events.events)
    assert waiting <= DISPATCHES
    return log


def writes(stage: Stage) -> int:
    return sum(entry.is_write for entry in tenant(stage).log)


def states(stage: Stage) -> Counter[DispatchState]:
    with stage.instance() as instance, instance.database.read() as conn:
        known = dispatches.in_state(conn, "workday", *DispatchState)
        asked = {task.ref.key for task in tasks.open_tasks(conn, "workday")}
    unknown = {
        item.dispatch.reference for item in known if item.state is DispatchState.UNKNOWN
    }
    assert unknown == asked
    return Counter(item.state for item in known)


@pytest.fixture(scope="module")
def steps(collected: Stage) -> int:
    """Return how many steps an uninterrupted sending takes."""
    collected.go_back()
    trace = collected.folder / "steps"
    assert send(collected, trace=trace) == 0, collected.server.output
    assert arrived(collected) == Counter(LEARNERS)
    assert writes(collected) == DISPATCHES
    return len(trace.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("point", range(1, 13))
def test_a_killed_dispatch_is_never_sent_twice(
    collected: Stage, steps: int, point: int
) -> None:
    collected.go_back()
    assert send(collected, kill_at=round(point / 12 * steps)) == -9
    send(collected)
    send(collected)
    came, state = arrived(collected), states(collected)
    assert set(came.values()) <= {1}
    assert writes(collected) <= DISPATCHES
    assert state[DispatchState.CONFIRMED] == len(came)
    assert state[DispatchState.UNKNOWN] == DISPATCHES - len(came)
    assert state[DispatchState.UNKNOWN] <= 1


def test_what_waits_for_approval_when_killed_is_asked_about_and_not_sent_again(
    collected: Stage, steps: int
) -> None:
    """A pending event shows nowhere, so a look-up cannot tell."""
    del steps
    collected.go_back()
    tenant(collected).needing_approval = {PROCESS}
    trace = collected.folder / "pending"
    assert send(collected, trace=trace) == 0
    settled = trace.read_text(encoding="utf-8").splitlines()
    first = settled.index("after the commit of mark_sent")
    collected.go_back()
    tenant(collected).needing_approval = {PROCESS}
    answer = settled.index("after an answer", first)
    assert send(collected, kill_at=answer + 1) == -9
    assert len(tenant(collected).events.events) == 1
    assert send(collected) == 5
    assert send(collected) == 5
    assert len(tenant(collected).events.events) == DISPATCHES
    assert states(collected)[DispatchState.UNKNOWN] == 1
