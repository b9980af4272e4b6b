"""A schedule is kept to: once for each due time, and no job stops the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from runtime_samples import NOON, at, store

from connector.kit.errors import ConfigError, TransientError
from connector.runtime import jobs
from connector.runtime.connections import Use, require_use
from connector.runtime.instance import Instance
from connector.runtime.manifest import adapters
from connector.runtime.scheduler import (
    Schedule,
    ScheduledJob,
    all_schedules,
    read_schedule,
    run_due,
    watch,
)
from connector.store import audit
from connector.store.documents import DocumentKind

NIGHTLY = """\
cron: 30 1 * * *
jobs:
  - {job: people, connection: hris}
  - {job: plan, connection: lms}
"""


def test_a_whole_schedule() -> None:
    assert read_schedule("nightly", NIGHTLY) == Schedule(
        "nightly",
        "30 1 * * *",
        (ScheduledJob("people", "hris"), ScheduledJob("plan", "lms")),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["schedule n:1: a table is wanted", "schedule n:1: “” is no time table"]),
        ("a: [1\n", ["schedule n:2: broken YAML", "schedule n:1: “” is no time"]),
        (
            "jobs:\n  - {job: plan}\ncron: 99 1 * * *\n",
            [
                "schedule n:3: “99 1 * * *” is no time table",
                "schedule n:1: {'job': 'plan'} is no job",
            ],
        ),
    ],
)
def test_every_mistake_is_told(text: str, told: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        read_schedule("n", text)
    found = [f"{one.place}: {one.message}" for one in caught.value.problems]
    assert len(found) == len(told)
    assert all(
        line.startswith(start) for line, start in zip(found, told, strict=True)
    ), found


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the jobs were asked for, in order; the one for `broken` fails."""
    asked: list[str] = []

    def job(_instance: Instance, name: str) -> str:
        asked.append(name)
        if name == "broken":
            raise TransientError("the target is down")
        return "done"

    monkeypatch.setitem(jobs.JOBS, "plan", job)  # type: ignore[arg-type]
    return asked


def schedule(*connections: str) -> Schedule:
    planned = tuple(ScheduledJob("plan", name) for name in connections)
    return Schedule("nightly", "30 1 * * *", planned)


def test_a_due_time_is_claimed_once(instance: Instance, done: list[str]) -> None:
    assert run_due(instance, schedule("lms"), NOON) == ["plan lms: done"]
    assert run_due(instance, schedule("lms"), NOON) == []
    assert run_due(instance, schedule("lms"), NOON + timedelta(days=1))
    assert done == ["lms", "lms"]
    with instance.database.read() as conn:
        actions = [(one.actor, one.action) for one in audit.entries(conn)]
    assert actions == [("schedule", "run")] * 2


def test_a_job_that_fails_does_not_stop_the_next(
    instance: Instance, done: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert run_due(instance, schedule("broken", "lms"), NOON) == [
        "plan broken: transient: the target is down",
        "plan lms: done",
    ]
    assert done == ["broken", "lms"]
    assert "nightly: plan broken: transient" in caplog.text


def test_the_clock_wakes_for_every_schedule_in_the_organisations_zone(
    instance: Instance,
) -> None:
    store(instance, DocumentKind.SCHEDULE, "nightly", NIGHTLY)
    text = "cron: 0 0 30 2 *\njobs: [{job: plan, connection: lms}]\n"
    store(instance, DocumentKind.SCHEDULE, "never", text)
    scheduler = BackgroundScheduler()
    watch(instance, scheduler)
    (waiting,) = scheduler.get_jobs()
    # Half past one in Warsaw is half past midnight in UTC, in winter.
    first = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    assert waiting.trigger.run_date == first
    assert [one.name for one in all_schedules(instance)] == ["never", "nightly"]


def test_after_a_time_the_next_one_is_waited_for(
    instance: Instance, done: list[str]
) -> None:
    text = "cron: 30 1 * * *\njobs: [{job: plan, connection: broken}]\n"
    store(instance, DocumentKind.SCHEDULE, "nightly", text)
    scheduler = BackgroundScheduler()
    watch(at(instance, "2026-03-01"), scheduler)
    (waiting,) = scheduler.get_jobs()
    waiting.func()
    assert done == ["broken"]
    assert datetime(2026, 3, 3, 0, 30, tzinfo=UTC) in [
        one.trigger.run_date for one in scheduler.get_jobs()
    ]


def test_a_time_that_was_slept_through_is_left_out_and_the_next_one_kept(
    instance: Instance, done: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    text = "cron: 30 1 * * *\njobs: [{job: plan, connection: lms}]\n"
    store(instance, DocumentKind.SCHEDULE, "nightly", text)
    clock = [datetime(2026, 3, 1, 12, tzinfo=UTC)]
    scheduler = BackgroundScheduler()
    watch(replace(instance, now=lambda: clock[0]), scheduler)
    (waiting,) = scheduler.get_jobs()
    clock[0] = datetime(2026, 3, 4, 12, tzinfo=UTC)
    waiting.func()
    assert done == []
    assert "schedule nightly: 2026-03-02 01:30:00+01:00 was missed" in caplog.text
    late = scheduler.get_jobs()[-1]
    assert late.trigger.run_date == datetime(2026, 3, 5, 0, 30, tzinfo=UTC)
    clock[0] = datetime(2026, 3, 5, 1, 15, tzinfo=UTC)
    late.func()
    assert done == ["lms"]


def test_a_late_job_is_never_dropped_by_the_clock(instance: Instance) -> None:
    store(instance, DocumentKind.SCHEDULE, "nightly", NIGHTLY)
    scheduler = BackgroundScheduler()
    watch(instance, scheduler)
    (waiting,) = scheduler.get_jobs()
    assert waiting.misfire_grace_time is None


def test_learning_is_not_touched_before_somebody_said_what_for(
    instance: Instance,
) -> None:
    adapter = min(adapters())
    store(instance, DocumentKind.CONNECTION, "lms", f"adapter: {adapter}\n")
    with pytest.raises(ConfigError, match="evidence is switched off") as caught:
        require_use(instance, "lms", Use.EVIDENCE)
    assert "purpose" in caught.value.hint
    text = f"adapter: {adapter}\nevidence: {{purpose: shows learning}}\n"
    store(instance, DocumentKind.CONNECTION, "lms", text)
    require_use(instance, "lms", Use.EVIDENCE)
