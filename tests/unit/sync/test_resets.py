"""Writes that silently undo a record of ours, or of others."""

from __future__ import annotations

import pytest
from bench import Bench, by_kind, found, record, told

from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Record, Ref
from connector.sync.needs import waves
from connector.sync.plan import Choice, Plan

KIND = by_kind(EXAMPLE_KINDS)
GROUP = record(KIND["group"], "g", name="G", description="")


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


def rules(bench: Bench) -> dict[str, str]:
    return {
        str(item["node"]): str(item["type"]) for item in bench.target.contents()["rule"]
    }


def foreign_rule(bench: Bench, key: str) -> None:
    node = bench.target.reference("node", f"jf-n-{key}")
    bench.target.add("rule", node=node, type="any")


def rewritten(plan: Plan) -> list[str]:
    return [str(change.ref) for change in plan.changes if change.is_rewrite]


def applied(bench: Bench) -> None:
    report = bench.apply()
    assert report.failed == report.skipped == report.in_doubt == 0, report
    assert bench.plan().is_empty
    assert not bench.plan().findings


def test_a_new_child_has_the_rule_of_its_parent_written_again() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), rule("a"))
    bench.want(GROUP, node("a"), rule("a"), node("b", "a"))

    plan = bench.plan()

    assert told(plan) == ["create node b", "update rule a"]
    assert rewritten(plan) == ["rule a"]
    assert plan.changes[1].reason == "written again: writing node b undoes it"
    assert len(waves(plan.changes)) == 2
    applied(bench)
    assert rules(bench) == {"node jf-n-a": "all"}


def test_a_rule_is_rewritten_once_for_many_children_and_after_all_of_them() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), rule("a"))
    bench.want(GROUP, node("a"), rule("a"), *(node(f"b{n}", "a") for n in range(5)))

    plan = bench.plan()

    assert rewritten(plan) == ["rule a"]
    assert len(plan.changes[-1].needs) == 5
    applied(bench)
    assert rules(bench) == {"node jf-n-a": "all"}


def test_a_rule_that_changes_anyway_is_written_once_and_last() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), rule("a"))
    bench.want(GROUP, node("a"), rule("a", "any"), node("b", "a"))

    plan = bench.plan()

    assert rewritten(plan) == []
    assert plan.changes[-1].needs == (Ref("node", "b"),)
    applied(bench)
    assert rules(bench) == {"node jf-n-a": "any"}


def test_a_new_rule_comes_after_the_children_that_would_undo_it() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"))
    bench.want(GROUP, node("a"), rule("a"), node("b", "a"))

    assert told(bench.plan()) == ["create node b", "create rule a"]
    applied(bench)
    assert rules(bench) == {"node jf-n-a": "all"}


def test_a_move_has_the_rules_of_both_parents_written_again() -> None:
    bench = Bench()
    both = [GROUP, node("a"), node("b"), rule("a"), rule("b")]
    bench.settle(*both, node("c", "a"))
    bench.want(*both, node("c", "b"))

    assert rewritten(bench.plan()) == ["rule a", "rule b"]
    applied(bench)
    assert rules(bench) == {"node jf-n-a": "all", "node jf-n-b": "all"}


def test_retiring_a_child_moves_it_away_so_the_rule_is_written_again() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), node("b", "a"), node("c", "a"), rule("a"))
    bench.want(GROUP, node("a"), node("c", "a"), rule("a"))

    plan = bench.plan()

    assert told(plan) == ["retire node b", "update rule a"]
    assert rewritten(plan) == ["rule a"]
    applied(bench)
    assert rules(bench) == {"node jf-n-a": "all"}


def test_restoring_a_child_moves_it_back_so_the_rule_is_written_again() -> None:
    bench = Bench()
    whole = [GROUP, node("a"), node("b", "a"), rule("a")]
    bench.settle(*whole)
    bench.settle(GROUP, node("a"), rule("a"))
    bench.want(*whole)

    assert told(bench.plan()) == ["update node b", "update rule a"]
    assert rewritten(bench.plan()) == ["rule a"]
    applied(bench)
    assert rules(bench) == {"node jf-n-a": "all"}


def test_what_is_carried_along_moves_nowhere_and_undoes_nothing() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), node("b", "a"), node("c", "b"), rule("a"), rule("b"))
    bench.want(GROUP, node("a"), rule("a"))
    assert told(bench.plan()) == ["retire node b", "update rule a"]
    applied(bench)
    bench.want(GROUP, node("a"), node("b", "a"), node("c", "b"), rule("a"), rule("b"))

    assert told(bench.plan()) == ["update node b", "update rule a"]
    applied(bench)
    assert rules(bench) == {"node jf-n-a": "all", "node jf-n-b": "all"}


def test_a_rule_that_goes_with_the_last_child_is_cleared_once_or_twice() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), node("b", "a"), rule("a"))
    bench.want(GROUP, node("a"))

    assert told(bench.plan()) == ["retire node b", "retire rule a"]
    applied(bench)
    assert rules(bench) == {}


def test_a_child_edited_otherwise_undoes_nothing() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), node("b", "a"), rule("a"))
    bench.want(GROUP, node("a"), node("b", "a", "New"), rule("a"))

    assert told(bench.plan()) == ["update node b"]
    applied(bench)


@pytest.mark.parametrize("move", ["create", "move", "retire"])
def test_what_would_undo_the_rule_of_others_is_a_conflict_and_waits(move: str) -> None:
    bench = Bench()
    before = [GROUP, node("a"), node("c")]
    if move == "move":
        before.append(node("b"))
    if move == "retire":
        before.append(node("b", "a"))
    bench.settle(*before)
    foreign_rule(bench, "a")
    bench.want(
        GROUP, node("a"), node("c"), *([node("b", "a")] if move != "retire" else [])
    )

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["conflict node b rule"]
    assert "node a" in plan.findings[0].message
    bench.apply()
    assert rules(bench) == {"node jf-n-a": "any"}
    bench.decide(Choice.OURS)
    assert len(bench.plan().changes) == 1
    bench.apply()
    assert rules(bench) == {}
    assert bench.plan().is_empty


def test_what_needs_a_child_in_conflict_waits_with_it() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"))
    foreign_rule(bench, "a")
    bench.want(GROUP, node("a"), node("b", "a"), node("c", "b"))

    assert [str(item.change.ref) for item in bench.plan().waiting] == ["node c"]


def test_a_move_between_our_rule_and_one_of_others_leaves_both() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), node("b"), node("c", "a"), rule("a"))
    foreign_rule(bench, "b")
    bench.want(GROUP, node("a"), node("b"), node("c", "b"), rule("a"))

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["conflict node c rule"]
    assert [str(item.change.ref) for item in plan.waiting] == ["rule a"]


def test_a_rule_of_others_that_we_might_adopt_is_not_undone_meanwhile() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"))
    foreign_rule(bench, "a")
    bench.want(GROUP, node("a"), node("b", "a"), rule("a"))

    assert bench.plan().is_empty
    assert found(bench.plan()) == ["conflict node b rule", "adoption rule a"]
    bench.apply()
    assert rules(bench) == {"node jf-n-a": "any"}


def test_a_rule_of_ours_that_others_edited_is_not_undone_meanwhile() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), rule("a"))
    bench.target.edit(
        "rule", bench.target.store.of_kind("rule")[0].remote_id, type="any"
    )
    bench.want(GROUP, node("a"), node("b", "a"), rule("a"))

    assert bench.plan().is_empty
    assert found(bench.plan()) == ["conflict node b rule", "drift rule a type"]


def test_a_rule_that_others_removed_waits_for_its_own_decision() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), rule("a"))
    bench.target.forget("rule", bench.target.store.of_kind("rule")[0].remote_id)
    bench.want(GROUP, node("a"), node("b", "a"), rule("a"))

    plan = bench.plan()

    assert told(plan) == ["create node b"]
    assert found(plan) == ["drift rule a"]


def test_nothing_is_undone_that_could_not_be_read() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), rule("a"))
    bench.target.cuts = {"rule": 0}
    bench.want(GROUP, node("a", text="New"), node("b", "a"), rule("a"))

    plan = bench.plan()

    assert told(plan) == ["update node a"]
    assert [(str(it.change.ref), *map(str, it.for_what)) for it in plan.waiting] == [
        ("node b", "rule a")
    ]


def test_rules_of_others_are_seen_where_the_mapping_makes_none() -> None:
    text = "version: 1\nadapter: memory\nkinds: {group: {}, node: {}}\n"
    bench = Bench(mapping_text=text)
    bench.settle(GROUP, node("a"))
    foreign_rule(bench, "a")
    bench.want(GROUP, node("a"), node("b", "a"))

    assert found(bench.plan()) == ["conflict node b rule"]


def test_a_rule_that_was_lost_between_two_writes_is_written_after_a_kill() -> None:
    bench = Bench()
    bench.settle(GROUP, node("a"), rule("a"))
    bench.want(GROUP, node("a"), rule("a"), node("b", "a"))
    bench.target.rejects = {Ref("node", "b"): "no room"}

    report = bench.apply()

    assert (report.failed, report.skipped) == (1, 1)
    assert rules(bench) == {"node jf-n-a": "all"}
    bench.target.rejects = {}
    applied(bench)
