"""Every row of the three-way table, on plain fields and on whole objects."""

from __future__ import annotations

import pytest
from bench import (
    NOW,
    Bench,
    changed_fields,
    decided,
    found,
    record,
    requirements,
    told,
)
from wanted import KIND, group, node, profile

from connector.kit.values import Rows
from connector.store import links
from connector.store.values import Base
from connector.sync.plan import Choice, FindingKind
from connector.sync.rules import decide


def shown(bench: Bench, kind: str, name: str, field: str) -> object:
    return bench.target.find(kind, name).fields[field]


# Fields.


def test_nothing_moved_is_nothing() -> None:
    bench = Bench()
    bench.settle(group())

    plan = bench.plan()

    assert plan.is_empty
    assert not plan.findings
    assert not plan.records


def test_changed_by_us_is_an_update_of_that_field_alone() -> None:
    bench = Bench()
    bench.settle(group())
    bench.want(group(text="By hand"))

    plan = bench.plan()

    assert told(plan) == ["update group craft"]
    assert changed_fields(plan, "group", "craft") == {"description": "By hand"}
    assert bench.apply(plan).done == 1
    assert shown(bench, "group", "jf-g-craft", "description") == "By hand"
    assert bench.plan().is_empty


def test_changed_by_others_is_drift_that_waits() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade")

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["drift group craft name"]
    assert (plan.findings[0].desired, plan.findings[0].target) == ("Craft", "Trade")
    bench.apply(plan)
    assert found(bench.plan()) == ["drift group craft name"]
    assert shown(bench, "group", "jf-g-craft", "name") == "Trade"


def test_drift_is_undone_by_decision_in_the_next_plan() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade")
    bench.decide(Choice.RESTORE)

    assert changed_fields(bench.plan(), "group", "craft") == {"name": "Craft"}
    bench.apply()
    assert shown(bench, "group", "jf-g-craft", "name") == "Craft"
    assert not bench.plan().findings


def test_policy_restore_undoes_drift_without_asking() -> None:
    bench = Bench(drift="restore")
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade")

    plan = bench.plan()

    assert changed_fields(plan, "group", "craft") == {"name": "Craft"}
    assert not plan.open_findings


def test_policy_keep_leaves_drift_and_asks_nobody() -> None:
    bench = Bench(drift="keep")
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade")

    plan = bench.plan()

    assert plan.is_empty
    assert not plan.open_findings
    assert [item.type for item in plan.findings] == [FindingKind.DRIFT]


def test_keep_holds_until_the_target_changes_again() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade")
    bench.decide(Choice.KEEP)

    assert not bench.plan().open_findings
    bench.apply()
    assert not bench.plan().open_findings
    bench.target.edit("group", "jf-g-craft", name="Guild")
    assert found(bench.plan()) == ["drift group craft name"]


def test_keep_holds_until_we_want_something_else() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade")
    bench.decide(Choice.KEEP)
    bench.want(group(name="Crafts"))

    assert found(bench.plan()) == ["conflict group craft name"]


def test_changed_alike_on_both_sides_is_recorded_without_a_write() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade")
    bench.want(group(name="Trade"))
    writes = len(bench.target.log)

    plan = bench.plan()

    assert plan.is_empty
    assert not plan.findings
    bench.apply(plan)
    assert len(bench.target.log) == writes
    assert not bench.plan().records


@pytest.mark.parametrize(
    ("choice", "name"), [(Choice.OURS, "Crafts"), (Choice.THEIRS, "Trade")]
)
def test_changed_differently_is_a_conflict_until_decided(
    choice: Choice, name: str
) -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade")
    bench.want(group(name="Crafts"))

    assert bench.plan().is_empty
    assert found(bench.plan()) == ["conflict group craft name"]
    bench.decide(choice)
    bench.apply()

    assert shown(bench, "group", "jf-g-craft", "name") == name
    assert bench.plan().is_empty
    assert not bench.plan().open_findings


def test_a_conflict_is_never_settled_by_policy() -> None:
    bench = Bench(drift="restore")
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade")
    bench.want(group(name="Crafts"))

    assert found(bench.plan()) == ["conflict group craft name"]


def test_a_field_no_longer_mapped_is_released_without_a_write() -> None:
    bench = Bench()
    bench.settle(group(text="Ours"))
    bench.want(record(KIND["group"], "craft", name="Craft"))

    plan = bench.plan()

    assert plan.is_empty
    bench.apply(plan)
    bench.target.edit("group", "jf-g-craft", description="Theirs")
    assert not bench.plan().findings
    bench.want(group(text="Ours"))
    assert found(bench.plan()) == ["conflict group craft description"]


def test_a_field_that_cannot_be_changed_is_a_conflict_never_a_write() -> None:
    bench = Bench()
    bench.settle(group(), group("trade", "Trade"), node("a"))
    bench.want(group(), group("trade", "Trade"), node("a", of="trade"))

    assert found(bench.plan()) == ["conflict node a group"]
    bench.decide(Choice.OURS)
    assert bench.plan().is_empty


def test_a_field_closed_to_interfaces_is_reported_or_becomes_a_task() -> None:
    bench = Bench()
    bench.settle(profile())
    bench.want(profile(stamp="new", code="P7"))

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["drift profile smith stamp"]
    assert [(str(task.ref), task.step.values) for task in plan.tasks] == [
        ("profile smith", {"code": "P7"})
    ]
    bench.target.edit("profile", "jf-p-smith", stamp="new", code="P7")
    assert not bench.plan().tasks
    assert not bench.plan().findings


# `seen` unknown after a kill.


def without_seen(bench: Bench, kind: str, key: str) -> None:
    """Leave the link as a kill between the write and the reading leaves it."""
    with bench.database.write() as conn:
        for item in links.all(conn, "test"):
            if (item.kind, item.key) == (kind, key):
                fields = {
                    name: Base(base.sent, is_seen=False)
                    for name, base in item.fields.items()
                }
                changed = type(item)(
                    kind=kind,
                    key=key,
                    remote_id=item.remote_id,
                    identity=item.identity,
                    fields=fields,
                )
                links.save(conn, "test", [changed])


def seen_everywhere(bench: Bench) -> bool:
    with bench.database.read() as conn:
        known = links.all(conn, "test")
    return all(base.is_seen for item in known for base in item.fields.values())


def test_unknown_seen_is_filled_by_a_target_equal_to_what_was_sent() -> None:
    bench = Bench()
    bench.settle(group(), node("a"), profile(requirements=requirements(("a", "good"))))
    without_seen(bench, "group", "craft")
    without_seen(bench, "profile", "smith")

    plan = bench.plan()

    assert plan.is_empty
    assert not plan.findings
    bench.apply(plan)
    assert seen_everywhere(bench)


def test_unknown_seen_and_another_value_is_drift_and_stays_drift() -> None:
    bench = Bench()
    bench.settle(group(), node("a"), profile(requirements=requirements(("a", "good"))))
    without_seen(bench, "group", "craft")
    without_seen(bench, "profile", "smith")
    bench.target.edit("group", "jf-g-craft", name="Trade")
    bench.target.edit("profile", "jf-p-smith", requirements=Rows())

    expected = ["drift group craft name", "drift profile smith requirements"]
    assert found(bench.plan()) == expected
    bench.apply()
    assert found(bench.plan()) == expected


def test_unknown_seen_of_an_edited_object_keeps_it_from_being_retired() -> None:
    bench = Bench()
    bench.settle(group(), group("trade", "Trade"))
    without_seen(bench, "group", "trade")
    bench.want(group())
    assert told(bench.plan()) == ["retire group trade"]
    bench.target.edit("group", "jf-g-trade", name="Guild")
    assert found(bench.plan()) == ["conflict group trade retired"]


# Decisions.


def test_a_finding_offers_only_its_own_choices() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", name="Trade", identity="other")
    with pytest.raises(ValueError, match="nothing; it settles itself"):
        decided(bench.plan(), "keep")
    bench.target.edit("group", "other", identity="jf-g-craft")
    with pytest.raises(ValueError, match="restore, keep"):
        decide(bench.plan().findings[0], "ours", "ada", NOW)
