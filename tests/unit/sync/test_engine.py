"""Apply: bound to the plan, journaled, resumable, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bench import EDITION, NOW, TODAY, Bench, by_kind, duties, found, path, record, told
from bench import requirements as asks

from connector.framework.model import Framework, JobFamily, Text
from connector.kit.errors import (
    AuthError,
    ConnectorError,
    PlanError,
    ReplyError,
    RunLockedError,
    StalePlanError,
    TransientError,
)
from connector.kit.protocols import Connection
from connector.kit.testing import EXAMPLE_KINDS, Failure, MemoryTarget
from connector.kit.testing.memory import MemorySnapshot
from connector.kit.values import (
    ApplyItem,
    Complete,
    Foreign,
    ReadItem,
    ReadScope,
    Record,
    Ref,
    RemoteIds,
    Repeat,
    Row,
    Rows,
    Sending,
    SourceAssignment,
    SourcePerson,
    Write,
    text_row_key,
)
from connector.store import audit, connections, journal, links, people, tasks
from connector.store.connections import KnownConnection
from connector.store.journal import ChangeState, RunStatus
from connector.store.locks import run_lock
from connector.store.tasks import TaskState
from connector.store.tombstones import Tombstones
from connector.sync.engine import Engine
from connector.sync.plan import Change
from connector.sync.report import Report

KIND = by_kind(EXAMPLE_KINDS)


def group(key: str = "g", text: str = "") -> Record:
    return record(KIND["group"], key, name=key, description=text)


def node(key: str, parent: str = "", text: str = "") -> Record:
    return record(
        KIND["node"],
        key,
        name=key,
        description=text,
        group=Ref("group", "g"),
        parent=Ref("node", parent) if parent else None,
    )


def rule(key: str, type_: str = "all") -> Record:
    return record(KIND["rule"], key, node=Ref("node", key), type=type_)


def link(to: str) -> Record:
    return record(
        KIND["link"],
        f"g/{to}",
        group=Ref("group", "g"),
        node=Ref("node", to),
        outcome="none",
    )


def profile(key: str = "p", **fields: Any) -> Record:
    return record(KIND["profile"], key, **{"title": key, **fields})


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


# Answers that fail.


def test_a_rejected_change_skips_what_needs_it_and_the_rest_goes_on() -> None:
    bench = Bench()
    bench.target.rejects = {Ref("node", "a"): "no room"}
    bench.want(group(), node("a"), node("b", "a"), node("c", "b"), node("x"))

    report = bench.apply()

    assert (report.done, report.failed, report.skipped) == (2, 1, 2)
    assert report.messages == (
        "node a: no room",
        "node b: skipped: it needs node a, which was not written",
        "node c: skipped: it needs node b, which was not written",
    )
    assert report.is_finished
    with bench.database.read() as conn:
        assert journal.list_runs(conn)[0].status is RunStatus.FAILED
    bench.target.rejects = {}
    assert told(bench.plan()) == ["create node a", "create node b", "create node c"]
    assert bench.apply().done == 3
    assert bench.plan().is_empty


def test_a_group_that_changed_right_before_the_write_is_stale() -> None:
    bench = Bench()
    bench.settle(profile(duties=duties("Sweeps.")), group())
    bench.want(profile(duties=duties("Cooks.")), group(text="New"))
    rows = Rows((Row(text_row_key("Sings."), {"text": "Sings."}),))

    def sing(step: str, _group: int) -> None:
        if step == "sending":
            bench.target.on_step = lambda *_: None
            bench.target.edit("profile", "jf-p-p", duties=rows)

    bench.target.on_step = sing
    report = bench.apply()

    assert (report.done, report.failed) == (1, 1)
    assert "changed in the target meanwhile" in report.messages[0]
    with bench.database.read() as conn:
        run = journal.read_run(conn, report.run_id or 0)
    assert run is not None
    assert run.states[Ref("profile", "p")] is ChangeState.STALE


@pytest.mark.parametrize(
    "failure", [Failure.LOST_BEFORE, Failure.LOST_AFTER, Failure.LOST_HALF]
)
@pytest.mark.parametrize("lost", range(1, 8))
def test_a_lost_answer_is_resolved_by_looking(failure: Failure, lost: int) -> None:
    plain = Bench()
    plain.settle(*START)
    bench = Bench()
    bench.target.failures = {lost: failure}
    bench.want(*START)

    report = bench.apply()

    assert (report.failed, report.skipped, report.in_doubt) == (0, 0, 0)
    assert bench.target.contents() == plain.target.contents()
    assert bench.plan().is_empty
    assert not bench.plan().findings


@pytest.mark.parametrize("failure", [Failure.LOST_BEFORE, Failure.LOST_AFTER])
@pytest.mark.parametrize("lost", range(1, 8))
def test_a_lost_answer_to_a_change_is_resolved_by_looking(
    failure: Failure, lost: int
) -> None:
    plain = Bench()
    plain.settle(*START)
    plain.settle(*END)
    bench = Bench()
    bench.settle(*START)
    bench.target.failures = {bench.target.groups + lost: failure}
    bench.want(*END)

    report = bench.apply()

    assert (report.failed, report.skipped, report.in_doubt) == (0, 0, 0)
    assert bench.target.contents() == plain.target.contents()
    assert bench.plan().is_empty


def test_a_half_made_object_is_completed_and_rows_of_others_stay() -> None:
    bench = Bench()
    bench.settle(group(), node("a"))
    bench.want(
        group(),
        node("a"),
        profile(duties=duties("Cooks."), requirements=asks(("a", "x"))),
    )
    bench.target.failures = {bench.target.groups + 1: Failure.LOST_HALF}
    rows = Rows((Row(text_row_key("Sings."), {"text": "Sings."}),))

    def sing(step: str, _group: int) -> None:
        if step == "applied":
            bench.target.on_step = lambda *_: None
            bench.target.edit("profile", "jf-p-p", duties=rows)

    bench.target.on_step = sing
    assert bench.apply().done == 1
    (made,) = bench.target.contents()["profile"]
    assert [row["text"] for row in made["duties"]] == ["Cooks.", "Sings."]  # type: ignore[attr-defined]
    assert bench.plan().is_empty


def test_answers_lost_again_and_again_leave_the_change_in_doubt() -> None:
    bench = Bench()
    bench.want(group(), node("n"))
    bench.target.failures = dict.fromkeys(range(1, 9), Failure.LOST_BEFORE)

    report = bench.apply()

    assert (report.done, report.in_doubt, report.failed) == (0, 2, 0)
    assert report.messages == (
        "group g: the answer was lost",
        "node n: waits for group g, which is in doubt",
    )
    assert not report.is_finished
    bench.target.failures = {}
    resumed = bench.engine.resume()
    assert resumed is not None
    assert (resumed.done, resumed.in_doubt) == (2, 0)
    assert bench.plan().is_empty


def test_a_target_that_cannot_be_looked_at_settles_nothing() -> None:
    bench = Bench()
    bench.want(group())
    bench.target.failures = {1: Failure.LOST_AFTER}

    def cut(step: str, _group: int) -> None:
        if step == "applied":
            bench.target.cuts = {"group": 0}

    bench.target.on_step = cut
    report = bench.apply()

    assert (report.done, report.in_doubt) == (0, 1)
    assert len(bench.target.log) == 1
    bench.target.on_step = lambda *_: None
    bench.want(group(), profile())
    with pytest.raises(PlanError, match="was not finished"):
        bench.apply(bench.plan())
    bench.target.cuts = {}
    resumed = bench.engine.resume()
    assert resumed is not None
    assert resumed.done == 1
    assert len(bench.target.contents()["group"]) == 1


def test_a_target_out_of_reach_leaves_the_rest_untried() -> None:
    bench = Bench()
    bench.want(group(), *(node(f"n{number}") for number in range(5)))
    bench.target.failures = {2: Failure.UNREACHABLE}

    report = bench.apply()

    assert (report.done, report.failed) == (1, 5)
    assert report.messages[0] == "node n0: the target is not reached"
    assert bench.apply().done == 5
    assert bench.plan().is_empty


def test_refused_credentials_stop_the_run_and_the_next_one_resumes() -> None:
    bench = Bench()
    bench.want(*START)
    plan = bench.plan()
    bench.target.failures = {3: Failure.REFUSED}

    with pytest.raises(AuthError):
        bench.apply(plan)

    report = bench.apply(plan)
    assert report.done == report.planned == len(plan.changes)
    assert bench.plan().is_empty
    assert bench.engine.resume() is None


def test_what_may_happen_only_once_is_not_sent_again_by_itself() -> None:
    once = tuple(
        replace(spec, repeat=Repeat.ONCE) if spec.name == "group" else spec
        for spec in EXAMPLE_KINDS
    )
    bench = Bench(target=MemoryTarget(specs=once))
    bench.want(group())
    bench.target.failures = {1: Failure.LOST_BEFORE}

    report = bench.apply()

    assert report.in_doubt == 1
    assert report.messages == (
        "group g: it may have happened, and the target cannot tell",
    )
    assert bench.target.groups == 1


class _Forgetful(MemoryTarget):
    """An adapter that gives no outcome for groups."""

    def apply(
        self, writes: Sequence[Write], remote_ids: RemoteIds
    ) -> Iterator[ApplyItem]:
        for item in MemoryTarget.apply(self, writes, remote_ids):
            if isinstance(item, Sending) or item.ref.kind != "group":
                yield item


def test_an_adapter_that_gives_no_outcome_is_named_as_the_defect() -> None:
    bench = Bench(target=_Forgetful())
    bench.want(group())

    with pytest.raises(ConnectorError, match="no outcome for group g") as caught:
        bench.apply()
    assert "defect of the adapter" in caught.value.hint
    resumed = bench.engine.resume()
    assert resumed is not None
    assert resumed.done == 1


def test_what_the_target_shows_is_read_where_no_answer_echoes_it() -> None:
    bench = Bench()
    bench.target.is_echoing = False
    bench.settle(*START)
    bench.settle(*END)

    with bench.database.read() as conn:
        known = links.all(conn, "test")
    assert all(base.is_seen for item in known for base in item.fields.values())
    assert not bench.plan().findings


def test_a_last_look_that_is_cut_short_leaves_seen_to_the_next_plan() -> None:
    bench = Bench()
    bench.target.is_echoing = False
    bench.want(group(), group("h"))

    def cut(step: str, _group: int) -> None:
        if step == "answered":
            bench.target.cuts = {"group": 1}

    bench.target.on_step = cut
    report = bench.apply()

    assert (report.done, report.is_finished) == (2, True)
    bench.target.on_step = lambda *_: None
    bench.target.cuts = {}
    assert bench.plan().is_empty
    assert not bench.plan().findings
    assert len(bench.plan().records) == 2


# Killed anywhere.

START = (
    group(),
    group("h"),
    node("a"),
    node("b", "a"),
    node("c", "a"),
    node("x"),
    rule("a"),
    profile(
        requirements=asks(("a", "low"), ("b", "low")),
        path=path("a", "b"),
        duties=duties("Sweeps.", "Cooks."),
        follows=Ref("profile", "q"),
        tags=("one",),
        groups=(Ref("group", "h"),),
    ),
    profile("q", follows=Ref("profile", "p")),
    profile("r"),
    link("a"),
    link("b"),
)
#: Updates, rows, moves, retirements, removals and creates in one plan.
END = (
    group(text="New"),
    node("a", text="New"),
    node("b", "a"),
    node("d", "a"),
    node("x"),
    node("y", "x"),
    rule("a"),
    rule("x"),
    profile(
        requirements=asks(("b", "high"), ("d", "low")),
        path=path("b", "a", "d"),
        duties=duties("Cooks.", "Bakes."),
        tags=(),
        groups=(),
    ),
    profile("q", follows=Ref("profile", "s")),
    profile("s", follows=Ref("profile", "q"), duties=duties("Sings.")),
    link("b"),
    link("d"),
)


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
