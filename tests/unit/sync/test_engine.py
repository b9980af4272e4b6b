"""Apply: bound to the plan, journaled, resumable, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bench import EDITION, NOW, TODAY, Bench, found, told
from story import START, group, node, profile

from connector.framework.model import Framework, JobFamily, Text
from connector.kit.errors import (
    AuthError,
    PlanError,
    ReplyError,
    RunLockedError,
    StalePlanError,
    TransientError,
)
from connector.kit.protocols import Connection
from connector.kit.testing import MemoryTarget
from connector.kit.testing.memory import MemorySnapshot
from connector.kit.values import (
    Complete,
    Foreign,
    ReadItem,
    ReadScope,
    Record,
    SourceAssignment,
    SourcePerson,
)
from connector.store import audit, connections, journal, people, tasks
from connector.store.connections import KnownConnection
from connector.store.journal import ChangeState, RunStatus
from connector.store.locks import run_lock
from connector.store.tasks import TaskState
from connector.store.tombstones import Tombstones
from connector.sync.engine import Engine
from connector.sync.plan import Change
from connector.sync.report import Report

# Bound to the plan.


def test_a_second_run_is_empty_and_writes_nothing() -> None:
    bench = Bench()
    bench.want(*START)
    bench.apply()
    writes = len(bench.target.log)

    plan = bench.plan()

    assert plan.is_empty
    assert not plan.findings
    assert bench.apply(plan) == Report(run_id=None, planned=0)
    assert len(bench.target.log) == writes


def test_a_stale_plan_is_refused_and_says_what_moved() -> None:
    bench = Bench()
    bench.settle(group())
    bench.want(group(text="New"))
    plan = bench.plan()
    bench.target.edit("group", "jf-g-g", description="Theirs")
    writes = len(bench.target.log)

    with pytest.raises(StalePlanError) as caught:
        bench.apply(plan)

    assert [str(problem) for problem in caught.value.problems] == [
        (
            "group g: is no longer planned: changed in the framework and in the target,"
            " differently"
        )
    ]
    assert len(bench.target.log) == writes


def test_apply_does_nothing_the_plan_did_not_show() -> None:
    bench = Bench()
    bench.want(*START)
    plan = bench.plan()
    bench.apply(plan)

    shown = {
        (change.slot.kind, change.key, change.operation): change
        for change in plan.changes
    }
    for entry in bench.target.log:
        change = shown[entry.write.kind, entry.write.key, entry.write.operation]
        assert dict(entry.write.after) == {
            item.name: item.after for item in change.fields
        }


def test_a_draft_can_be_planned_not_applied() -> None:
    bench = Bench()
    bench.want(group())
    draft = replace(EDITION, release_id=None)
    plan = bench.engine.plan(draft)

    with pytest.raises(PlanError, match="a draft can be planned, not applied"):
        bench.engine.apply(plan, draft, "ada")
    assert not bench.target.log


def test_a_future_release_is_previewed_not_written() -> None:
    bench = Bench()
    bench.want(group())
    future = replace(EDITION, effective_on=date(2026, 3, 3))
    plan = bench.engine.plan(future)
    assert told(plan) == ["create group g"]

    with pytest.raises(PlanError, match="takes effect on 2026-03-03"):
        bench.engine.apply(plan, future, "ada")
    assert not bench.target.log
    bench.engine.today = lambda: date(2026, 3, 3)
    assert bench.engine.apply(plan, future, "ada").done == 1


def test_a_connection_that_points_elsewhere_is_refused() -> None:
    bench = Bench()
    bench.settle(group())
    bench.engine.connection = replace(bench.engine.connection, address="memory:2")
    bench.want(group(text="New"))

    with pytest.raises(PlanError, match="was made for memory:, and now points"):
        bench.plan()
    with pytest.raises(PlanError, match="points to memory:2"):
        bench.engine.resume()


def test_one_run_at_a_time() -> None:
    bench = Bench()
    bench.want(group())
    plan = bench.plan()
    with run_lock(bench.database, "test"), pytest.raises(RunLockedError):
        bench.apply(plan)
    with run_lock(bench.database, "test"), pytest.raises(RunLockedError):
        bench.engine.resume()
    assert bench.apply(plan).done == 1


def test_a_run_is_journaled_and_audited() -> None:
    bench = Bench()
    bench.want(group(), node("n"))
    heard: list[tuple[str, str]] = []

    def hear(change: Change, state: ChangeState, _message: str) -> None:
        heard.append((str(change.ref), state.value))

    plan = bench.plan()
    report = bench.engine.apply(plan, EDITION, "ada", hear)

    assert heard == [("group g", "done"), ("node n", "done")]
    assert report.as_json() == {
        "run": 1,
        "planned": 2,
        "applied": 2,
        "failed": 0,
        "skipped": 0,
        "in_doubt": 0,
        "messages": [],
    }
    with bench.database.read() as conn:
        run = journal.read_run(conn, 1)
        entries = audit.entries(conn)
        known = connections.get(conn, "test")
    assert run is not None
    assert (run.head.status, run.head.person) == (RunStatus.DONE, "ada")
    assert run.head.fingerprint == plan.fingerprint
    assert {change.group for change in run.changes} == {"group 1", "node 2"}
    assert [(entry.actor, entry.action) for entry in entries] == [("sync", "apply")]
    assert known == KnownConnection(
        name="test", adapter="memory", address="memory:", prefix="jf"
    )


def test_tasks_open_with_a_plan_and_close_when_they_are_seen_done() -> None:
    bench = Bench()
    level = Record(kind="level", key="l", identity="l", fields={"name": "L"})
    bench.want(level)
    bench.apply()
    bench.target.add("level", "l", name="L")
    bench.apply()

    with bench.database.read() as conn:
        (task,) = tasks.all(conn, "test")
    assert (task.state, task.values) == (TaskState.VERIFIED, {"name": "L"})


def test_people_who_hold_a_role_count_for_what_a_change_reaches() -> None:
    bench = Bench()
    bench.settle(profile())
    remote_id = bench.target.find("profile", "jf-p-p").remote_id
    role = Foreign("profile", remote_id)
    positions = (("1", role), ("2", role), ("3", None))
    holders = [
        SourcePerson(
            source_id=f"s{number}",
            employee_id=f"e{number}",
            name="N",
            assignments=tuple(
                SourceAssignment(position_id=place, role=held)
                for place, held in positions
            ),
        )
        for number in range(2)
    ]
    ids = iter(("one", "two"))
    with bench.database.write() as conn:
        people.save(
            conn,
            "test",
            holders,
            tombstones=Tombstones(b"k" * 32),
            new_id=lambda: next(ids),
            at=NOW,
        )
    bench.want(profile(description="New"))

    assert bench.plan().changes[0].people == 2


def test_a_framework_is_mapped_on_the_way() -> None:
    text = """\
version: 1
adapter: memory
kinds:
  group:
    records:
      - each: family in framework.families.values()
        key: "{{ family.key }}"
        fields: {name: "{{ family.name }}"}
"""
    bench = Bench(mapping_text=text)
    engine = Engine(
        name="test",
        adapter="memory",
        connection=Connection(address="memory:", catalogue=bench.target, doctor=None),
        mapping=bench.engine.mapping,
        database=bench.database,
        digest=bench.engine.digest,
        now=lambda: NOW,
        today=lambda: TODAY,
    )
    family = JobFamily(key="sail", name=Text((("en", "Sail"),)), group="g")
    framework = Framework(key="f", name=family.name, families={"sail": family})
    edition = replace(EDITION, framework=framework)

    assert engine.apply(engine.plan(edition), edition, "ada").done == 1
    assert bench.target.find("group", "jf-g-sail").label == "Sail"


# Readings.


class _Cut(MemoryTarget):
    """A target whose reading of groups ends in an odd way."""

    ending: Callable[[], Iterator[ReadItem]]

    def snapshot(self, scope: ReadScope) -> MemorySnapshot:
        whole = MemoryTarget.snapshot(self, scope)
        return _CutSnapshot(
            whole.store, whole.cuts, whole.people, whole.is_locked_out, self.ending
        )


class _CutSnapshot(MemorySnapshot):
    def __init__(self, *parts: Any) -> None:
        *whole, self.ending = parts
        MemorySnapshot.__init__(self, *whole)

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def read(self, kind: str) -> Iterator[ReadItem]:
        if kind != "group":
            yield from MemorySnapshot.read(self, kind)
            return
        for item in MemorySnapshot.read(self, kind):
            if not isinstance(item, Complete):
                yield item
        yield from self.ending()


def _broken(error: Exception) -> Callable[[], Iterator[ReadItem]]:
    def ending() -> Iterator[ReadItem]:
        raise error
        yield Complete()

    return ending


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (lambda: iter(()), "the reading ended without saying so"),
        (_broken(TransientError("The target is down.")), "The target is down."),
        (_broken(ReplyError("No sense.")), "No sense."),
    ],
)
def test_a_reading_that_breaks_off_is_incomplete_whatever_the_reason(
    ending: Callable[[], Iterator[ReadItem]], reason: str
) -> None:
    target = _Cut()
    target.ending = lambda: iter((Complete(),))
    bench = Bench(target=target)
    bench.settle(group())
    target.ending = ending
    bench.want()

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["incomplete group"]
    assert reason in plan.findings[0].message


def test_refused_credentials_stop_a_plan() -> None:
    bench = Bench()
    bench.target.is_locked_out = True
    with pytest.raises(AuthError):
        bench.plan()
