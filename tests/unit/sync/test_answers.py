"""Answers that are lost, refused or missing, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from bench import Bench, duties, told
from bench import requirements as asks
from story import END, START, group, node, profile

from connector.kit.errors import (
    AuthError,
    ConnectorError,
    PlanError,
)
from connector.kit.testing import EXAMPLE_KINDS, Failure, MemoryTarget
from connector.kit.values import (
    ApplyItem,
    Ref,
    RemoteIds,
    Repeat,
    Row,
    Rows,
    Sending,
    Write,
    text_row_key,
)
from connector.store import journal, links
from connector.store.journal import ChangeState, RunStatus

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
