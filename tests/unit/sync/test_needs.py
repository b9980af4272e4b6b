"""What a change needs: order, waves, cycles, what is carried along, what waits."""

from __future__ import annotations

from graphlib import CycleError
from typing import Any

import pytest
from bench import Bench, by_kind, record, requirements, told

from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import (
    FieldSpec,
    FieldType,
    KindSpec,
    Operation,
    Record,
    Ref,
)
from connector.store import links
from connector.store.values import Link
from connector.sync.needs import arrange, waves
from connector.sync.plan import Change, FieldChange, Plan

KIND = by_kind(EXAMPLE_KINDS)
GROUP = record(KIND["group"], "g", name="G", description="")


def node(key: str, parent: str = "", text: str = "", of: str = "g") -> Record:
    return record(
        KIND["node"],
        key,
        name=key,
        description=text,
        group=Ref("group", of),
        parent=Ref("node", parent) if parent else None,
    )


def profile(key: str, **fields: Any) -> Record:
    return record(KIND["profile"], key, **{"title": key, **fields})


def rule(key: str) -> Record:
    return record(KIND["rule"], key, node=Ref("node", key), type="all")


def in_waves(plan: Plan) -> list[list[str]]:
    return [
        sorted(f"{change.operation} {change.slot}" for change in wave)
        for wave in waves(plan.changes)
    ]


def test_a_thing_is_made_before_it_is_referred_to() -> None:
    bench = Bench()
    bench.want(node("c", "b"), node("a"), node("b", "a"), GROUP)

    assert in_waves(bench.plan()) == [
        ["create group g"],
        ["create node a"],
        ["create node b"],
        ["create node c"],
    ]


def test_changes_stand_in_write_order_then_by_key() -> None:
    bench = Bench()
    bench.want(profile("p"), node("b", "c"), node("c"), GROUP)

    assert told(bench.plan()) == [
        "create group g",
        "create node b",
        "create node c",
        "create profile p",
    ]


def test_an_existing_object_may_be_referred_to_before_it_is_updated() -> None:
    bench = Bench()
    bench.settle(GROUP, profile("p"))
    bench.want(
        GROUP,
        profile("p", description="New"),
        profile("q", follows=Ref("profile", "p")),
    )

    assert in_waves(bench.plan()) == [["create profile q", "update profile p"]]


def test_records_that_follow_one_another_are_created_first_and_linked_later() -> None:
    bench = Bench()
    bench.want(
        profile("p", follows=Ref("profile", "q")),
        profile("q", follows=Ref("profile", "p")),
    )

    plan = bench.plan()

    assert in_waves(plan) == [
        ["create profile p"],
        ["create profile q"],
        ["update profile p#link"],
    ]
    assert plan.changes[1].reason == "linked after both sides exist"
    report = bench.apply(plan)
    assert (report.done, report.failed) == (3, 0)
    assert bench.plan().is_empty
    follows = [item["follows"] for item in bench.target.contents()["profile"]]
    assert follows == ["profile jf-p-q", "profile jf-p-p"]


def test_a_record_that_follows_itself_is_linked_later() -> None:
    bench = Bench()
    bench.want(profile("p", follows=Ref("profile", "p")))

    assert in_waves(bench.plan()) == [["create profile p"], ["update profile p#link"]]
    assert bench.apply().done == 2
    assert bench.plan().is_empty


def test_what_else_a_split_record_needs_it_needs_with_the_right_half() -> None:
    bench = Bench()
    bench.want(
        GROUP,
        node("n"),
        profile(
            "p",
            follows=Ref("profile", "q"),
            requirements=requirements(("n", "low")),
        ),
        profile("q", follows=Ref("profile", "p")),
    )

    needs = {
        str(change.slot): set(map(str, change.needs)) for change in bench.plan().changes
    }

    assert needs["profile p"] == {"node n"}
    assert needs["profile p#link"] == {"profile p", "profile q"}
    assert needs["profile q"] == {"profile p"}


def test_existing_records_may_come_to_follow_one_another() -> None:
    bench = Bench()
    bench.settle(profile("p"), profile("q"))
    bench.want(
        profile("p", follows=Ref("profile", "q")),
        profile("q", follows=Ref("profile", "p")),
    )

    assert in_waves(bench.plan()) == [["update profile p", "update profile q"]]
    assert bench.apply().done == 2


def test_records_that_follow_one_another_are_retired_in_any_order() -> None:
    bench = Bench()
    both = [
        profile("p", follows=Ref("profile", "q")),
        profile("q", follows=Ref("profile", "p")),
    ]
    bench.settle(*both)
    bench.want()

    assert sorted(told(bench.plan())) == ["retire profile p", "retire profile q"]
    assert bench.apply().done == 2
    bench.want(*both)
    assert bench.apply().done == 2
    assert bench.plan().is_empty


def test_a_new_record_and_one_brought_back_may_follow_one_another() -> None:
    bench = Bench()
    bench.settle(profile("p"))
    bench.settle()
    bench.want(
        profile("p", follows=Ref("profile", "q")),
        profile("q", follows=Ref("profile", "p")),
    )

    assert bench.apply().failed == 0
    assert bench.plan().is_empty


def test_references_that_cannot_be_left_out_must_form_no_cycle() -> None:
    spec = KindSpec(
        name="pair",
        label="pair",
        plural="pairs",
        tag="x",
        fields=(
            FieldSpec(
                name="other",
                type=FieldType.REFERENCE,
                kinds=("pair",),
                is_required=True,
            ),
        ),
    )

    def create(key: str, other: str) -> Change:
        ref = Ref("pair", other)
        return Change(
            operation=Operation.CREATE,
            kind="pair",
            key=key,
            identity=key,
            remote_id=None,
            fields=(FieldChange(name="other", before=None, after=ref, sent=ref),),
            record={"other": ref},
        )

    changes = {Ref("pair", a): create(a, b) for a, b in ("ab", "ba")}
    with pytest.raises(ValueError, match="require one another: pair"):
        arrange(changes, set(), {"pair": spec})


def test_a_thing_is_let_go_of_before_it_is_retired() -> None:
    bench = Bench()
    bench.settle(
        GROUP,
        node("n"),
        node("m"),
        profile("p", requirements=requirements(("n", "low"), ("m", "low"))),
    )
    bench.want(GROUP, node("m"), profile("p", requirements=requirements(("m", "low"))))

    assert in_waves(bench.plan()) == [["update profile p"], ["retire node n"]]


def test_what_refers_to_a_thing_is_retired_before_it() -> None:
    bench = Bench()
    bench.settle(GROUP, node("n"), profile("p", requirements=requirements(("n", "x"))))
    bench.want()

    assert in_waves(bench.plan()) == [
        ["retire profile p"],
        ["retire node n"],
        ["retire group g"],
    ]
    assert bench.apply().done == 3
    assert bench.plan().is_empty


def test_retiring_a_branch_takes_along_what_lies_in_it() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), node("b", "a"), node("c", "b"), rule("a"), node("x"))
    bench.want(GROUP, node("x"))

    plan = bench.plan()

    assert told(plan) == ["retire node a"]
    assert list(map(str, plan.changes[0].carries)) == ["node b", "node c", "rule a"]
    bench.apply(plan)
    nodes = bench.target.contents()["node"]
    assert [item["retired"] for item in nodes] == [True, True, True, False]
    assert bench.plan().is_empty
    assert not bench.plan().findings


def test_what_goes_along_is_let_go_of_first_and_referred_to_again_last() -> None:
    bench = Bench()
    nodes = [GROUP, node("a"), node("b", "a"), node("x")]
    asking = profile("p", requirements=requirements(("b", "low"), ("x", "low")))
    less = profile("p", requirements=requirements(("x", "low")))
    bench.settle(*nodes, asking)
    bench.want(GROUP, node("x"), less)

    assert in_waves(bench.plan()) == [["update profile p"], ["retire node a"]]

    bench.settle(GROUP, node("x"), less)
    bench.want(*nodes, asking)

    assert in_waves(bench.plan()) == [["update node a"], ["update profile p"]]


def test_restoring_a_branch_brings_back_what_lies_in_it() -> None:
    bench = Bench()
    all_of_it = [GROUP, node("a"), node("b", "a"), rule("a")]
    bench.settle(*all_of_it)
    bench.settle(GROUP)
    bench.want(*all_of_it)

    plan = bench.plan()

    assert told(plan) == ["update node a"]
    assert list(map(str, plan.changes[0].carries)) == ["node b"]
    bench.apply(plan)
    assert bench.plan().is_empty
    assert not bench.plan().findings
    assert not any(item["retired"] for item in bench.target.contents()["node"])


def test_what_was_retired_by_itself_comes_back_by_itself() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), node("b", "a"))
    bench.settle(GROUP, node("a"))
    bench.settle(GROUP)
    bench.want(GROUP, node("a"), node("b", "a"))

    bench.apply()
    bench.apply()

    assert bench.plan().is_empty
    assert not bench.plan().findings
    assert not any(item["retired"] for item in bench.target.contents()["node"])


def test_what_is_restored_with_other_changes_waits_for_what_holds_it() -> None:
    bench = Bench()
    bench.settle(GROUP, node("z"), node("b", "z"))
    bench.settle(GROUP)
    bench.want(GROUP, node("z"), node("b", "z", text="New"))

    assert in_waves(bench.plan()) == [["update node z"], ["update node b"]]
    assert bench.apply().failed == 0
    assert bench.plan().is_empty


def test_what_is_moved_out_stays_when_its_branch_is_retired() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), node("b", "a"), node("x"))
    bench.want(GROUP, node("x"), node("b", "x"))

    assert in_waves(bench.plan()) == [["update node b"], ["retire node a"]]
    bench.apply()
    assert bench.plan().is_empty


def test_what_lies_in_a_branch_taken_out_by_others_comes_back_with_it() -> None:
    bench = Bench(drift="restore")
    bench.settle(GROUP, node("a"), node("b", "a"))
    bench.target.edit("node", "jf-n-a", retired=True)

    assert told(bench.plan()) == ["update node a"]
    bench.apply()
    assert bench.plan().is_empty


# Tasks.


def level(name: str = "IC 5") -> Record:
    return Record(kind="level", key="ic-5", identity="ic-5", fields={"name": name})


def test_a_change_that_needs_an_open_task_waits_and_is_not_counted() -> None:
    bench = Bench()
    bench.want(
        level(),
        profile("p", level=Ref("level", "ic-5")),
        profile("q", follows=Ref("profile", "p")),
        profile("r"),
    )

    plan = bench.plan()

    assert told(plan) == ["create profile r"]
    assert [str(task.ref) for task in plan.tasks] == ["level ic-5"]
    assert plan.tasks[0].step.values == {"name": "IC 5"}
    assert plan.tasks[0].step.steps.startswith("Administration > Levels")
    assert [(str(it.change.ref), *map(str, it.for_what)) for it in plan.waiting] == [
        ("profile p", "level ic-5"),
        ("profile q", "level ic-5"),
    ]
    assert plan.counts() == {"create": 1, "update": 0, "retire": 0}
    report = bench.apply(plan)
    assert (report.planned, report.done, report.failed) == (1, 1, 0)


def test_a_task_is_open_until_the_reading_verifies_it() -> None:
    bench = Bench()
    bench.want(level(), profile("p", level=Ref("level", "ic-5")))
    bench.target.add("level", "ic-5", name="IC Five")
    assert [task.step.values for task in bench.plan().tasks] == [{"name": "IC 5"}]
    bench.apply()
    bench.target.edit("level", "ic-5", name="IC 5")

    plan = bench.plan()

    assert not plan.tasks
    assert told(plan) == ["create profile p"]
    bench.apply(plan)
    assert bench.plan().is_empty


def test_a_level_no_longer_wanted_is_nobodys_task() -> None:
    bench = Bench()
    remote_id = bench.target.add("level", "ic-5", name="IC 5")
    # An earlier version of the adapter could still write levels.
    link = Link(
        kind="level", key="ic-5", remote_id=remote_id, identity="ic-5", fields={}
    )
    with bench.database.write() as conn:
        links.save(conn, "test", [link])

    plan = bench.plan()

    assert plan.is_empty
    assert not plan.tasks
    assert not plan.findings


def test_changes_that_need_one_another_have_no_waves() -> None:
    def needing(key: str, need: str) -> Change:
        return Change(
            operation=Operation.UPDATE,
            kind="node",
            key=key,
            identity=key,
            remote_id="1",
            fields=(),
            record={},
            needs=(Ref("node", need),),
        )

    with pytest.raises(CycleError, match="need one another"):
        waves([needing("a", "b"), needing("b", "a"), needing("c", "z")])
