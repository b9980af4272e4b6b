"""Objects that come, go, vanish, are adopted or bear another identity."""

from __future__ import annotations

import pytest
from bench import (
    Bench,
    changed_fields,
    found,
    requirements,
    told,
)
from wanted import group, link, node, profile

from connector.kit.values import Privacy, Ref, Row, Rows
from connector.sync.plan import Choice


def shown(bench: Bench, kind: str, name: str, field: str) -> object:
    return bench.target.find(kind, name).fields[field]


# Objects that come and go.


def test_wanted_and_new_is_created() -> None:
    bench = Bench()
    bench.want(group(text="Text"))

    plan = bench.plan()

    assert told(plan) == ["create group craft"]
    bench.apply(plan)
    assert bench.target.contents()["group"] == [
        {
            "identity": "jf-g-craft",
            "label": "Craft",
            "description": "Text",
            "name": "Craft",
            "retired": False,
        }
    ]


def test_unwanted_and_untouched_is_retired() -> None:
    bench = Bench()
    bench.settle(group(), group("trade", "Trade"))
    bench.want(group())

    assert told(bench.plan()) == ["retire group trade"]
    bench.apply()
    assert shown(bench, "group", "jf-g-trade", "retired") is True
    assert bench.plan().is_empty
    assert not bench.plan().findings


def test_unwanted_relation_is_removed() -> None:
    bench = Bench()
    bench.settle(group(), node("a"), node("b"), link("craft", "a"), link("craft", "b"))
    bench.want(group(), node("a"), node("b"), link("craft", "b"))

    assert told(bench.plan()) == ["retire link craft/a"]
    bench.apply()
    assert len(bench.target.contents()["link"]) == 1
    assert bench.plan().is_empty


@pytest.mark.parametrize(
    ("choice", "is_retired"), [(Choice.OURS, True), (Choice.THEIRS, False)]
)
def test_unwanted_but_edited_by_others_is_a_conflict(
    choice: Choice, is_retired: bool
) -> None:
    bench = Bench()
    bench.settle(group(), group("trade", "Trade"))
    bench.target.edit("group", "jf-g-trade", description="We need it")
    bench.want(group())

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["conflict group trade retired"]
    bench.decide(choice)
    bench.apply()
    assert shown(bench, "group", "jf-g-trade", "retired") is is_retired
    assert bench.plan().is_empty


def test_unwanted_with_rows_edited_by_others_is_a_conflict() -> None:
    bench = Bench()
    bench.settle(group(), node("a"), profile(requirements=requirements(("a", "good"))))
    bench.target.edit("profile", "jf-p-smith", requirements=Rows())
    bench.want(group(), node("a"))

    assert found(bench.plan()) == ["conflict profile smith retired"]


def test_rows_that_others_added_do_not_keep_an_object_from_being_retired() -> None:
    bench = Bench()
    bench.settle(
        group(), node("a"), node("b"), profile(requirements=requirements(("a", "x")))
    )
    mine, theirs = (bench.target.reference("node", f"jf-n-{key}") for key in "ab")
    rows = tuple(
        Row(each, {"node": each, "rating": "x", "is_required": True})
        for each in (mine, theirs)
    )
    bench.target.edit("profile", "jf-p-smith", requirements=Rows(rows))
    bench.want(group(), node("a"), node("b"))

    assert told(bench.plan()) == ["retire profile smith"]


def test_a_finding_about_hidden_fields_is_as_hidden_as_they_are() -> None:
    bench = Bench()
    bench.settle(profile(owner="Ada"))
    bench.target.edit("profile", "jf-p-smith", owner="Bo")
    bench.want()

    assert [item.privacy for item in bench.plan().findings] == [Privacy.PERSONAL]


def test_unwanted_and_gone_is_forgotten() -> None:
    bench = Bench()
    bench.settle(group(), group("trade", "Trade"))
    bench.target.forget("group", "jf-g-trade")
    bench.want(group())

    plan = bench.plan()

    assert plan.is_empty
    assert plan.forgotten == (Ref("group", "trade"),)
    assert plan.census["group"].lost == 1
    bench.apply(plan)
    assert bench.plan().forgotten == ()


def test_unwanted_and_retired_by_others_already_is_recorded() -> None:
    bench = Bench()
    bench.settle(group(), group("trade", "Trade"))
    bench.target.edit("group", "jf-g-trade", retired=True)
    bench.want(group())

    plan = bench.plan()

    assert plan.is_empty
    assert not plan.findings
    bench.apply(plan)
    bench.target.edit("group", "jf-g-trade", retired=False)
    assert found(bench.plan()) == ["drift group trade retired"]
    bench.decide(Choice.RESTORE)
    assert told(bench.plan()) == ["retire group trade"]


def test_retired_by_others_is_drift() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", retired=True)

    assert bench.plan().is_empty
    assert found(bench.plan()) == ["drift group craft retired"]
    bench.decide(Choice.RESTORE)
    assert told(bench.plan()) == ["update group craft"]
    bench.apply()
    assert shown(bench, "group", "jf-g-craft", "retired") is False


def test_retired_by_us_and_wanted_again_is_an_update() -> None:
    bench = Bench()
    bench.settle(group(), group("trade", "Trade"))
    bench.settle(group())
    bench.want(group(), group("trade", "Trade", "Back"))

    plan = bench.plan()

    assert told(plan) == ["update group trade"]
    assert changed_fields(plan, "group", "trade") == {
        "description": "Back",
        "retired": False,
    }
    bench.apply(plan)
    assert bench.plan().is_empty
    assert shown(bench, "group", "jf-g-trade", "retired") is False


def test_a_vanished_object_waits_and_what_needs_it_waits_with_it() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.forget("group", "jf-g-craft")
    bench.want(group(), node("a"))

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["vanished group craft"]
    assert [str(item.change.ref) for item in plan.waiting] == ["node a"]
    assert plan.waiting[0].for_what == (Ref("group", "craft"),)
    assert plan.census["group"].lost == 1
    bench.decide(Choice.LEAVE)
    assert bench.plan().is_empty
    assert not bench.plan().open_findings


def test_a_vanished_object_is_made_again_on_decision() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.forget("group", "jf-g-craft")
    bench.decide(Choice.RECREATE)

    plan = bench.plan()

    assert told(plan) == ["create group craft"]
    assert plan.changes[0].reason == "it was removed from the target"
    bench.apply(plan)
    assert len(bench.target.contents()["group"]) == 1
    assert bench.plan().is_empty
    assert not bench.plan().findings


def test_a_relation_that_others_removed_is_drift() -> None:
    bench = Bench()
    bench.settle(group(), node("a"), link("craft", "a"))
    bench.target.forget("link", bench.target.store.of_kind("link")[0].remote_id)

    assert found(bench.plan()) == ["drift link craft/a"]
    bench.decide(Choice.RESTORE)
    bench.apply()
    assert len(bench.target.contents()["link"]) == 1
    assert bench.plan().is_empty


def test_policy_restore_makes_a_removed_relation_again() -> None:
    bench = Bench(drift="restore")
    bench.settle(group(), node("a"), link("craft", "a"))
    bench.target.forget("link", bench.target.store.of_kind("link")[0].remote_id)

    assert told(bench.plan()) == ["create link craft/a"]


# Adoption.


def test_an_object_with_our_identity_is_adopted_only_after_a_decision() -> None:
    bench = Bench()
    bench.target.add("group", "jf-g-craft", name="Craft", description="Theirs")
    bench.want(group(text="Theirs"), node("a"))

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["adoption group craft"]
    assert "Craft" in plan.findings[0].message
    assert [str(item.change.ref) for item in plan.waiting] == ["node a"]
    bench.decide(Choice.ADOPT)
    assert told(bench.plan()) == ["create node a"]
    bench.apply()
    assert bench.plan().is_empty
    assert not bench.plan().findings


def test_an_adopted_object_is_joined_filled_or_in_conflict_field_by_field() -> None:
    bench = Bench()
    bench.target.add("profile", "jf-p-smith", title="smith", owner="Bo")
    bench.want(profile(description="Filled", owner="Ada"))
    bench.decide(Choice.ADOPT)

    plan = bench.plan()

    assert changed_fields(plan, "profile", "smith") == {"description": "Filled"}
    assert found(plan) == ["conflict profile smith owner"]
    assert "by others" in plan.open_findings[0].message
    bench.apply(plan)
    assert shown(bench, "profile", "jf-p-smith", "owner") == "Bo"
    assert bench.plan().is_empty
    assert found(bench.plan()) == ["conflict profile smith owner"]


def test_an_object_with_the_same_natural_key_keeps_its_identity_when_adopted() -> None:
    bench = Bench()
    bench.target.add("group", "their-own", name="Craft", description="")
    bench.want(group())
    assert found(bench.plan()) == ["adoption group craft"]
    bench.decide(Choice.ADOPT)
    bench.apply()

    assert bench.plan().is_empty
    assert not bench.plan().findings
    bench.settle(group(text="Ours now"))
    assert bench.target.find("group", "their-own").fields["description"] == "Ours now"


def test_an_object_left_by_decision_is_not_asked_about_again() -> None:
    bench = Bench()
    bench.target.add("group", "their-own", name="craft")
    bench.want(group())
    bench.decide(Choice.LEAVE)

    assert bench.plan().is_empty
    assert not bench.plan().open_findings


def test_a_relation_others_made_is_adopted_by_its_ends() -> None:
    bench = Bench()
    bench.settle(group(), node("a"))
    bench.target.add(
        "link",
        group=bench.target.reference("group", "jf-g-craft"),
        node=bench.target.reference("node", "jf-n-a"),
        outcome="none",
    )
    bench.want(group(), node("a"), link("craft", "a"))

    assert found(bench.plan()) == ["adoption link craft/a"]
    bench.decide(Choice.ADOPT)
    bench.apply()
    assert bench.plan().is_empty
    assert not bench.plan().findings


# Identities.


def test_a_second_object_with_our_identity_is_a_finding_and_stays_alone() -> None:
    bench = Bench()
    bench.settle(group())
    other = bench.target.add("group", "jf-g-craft", name="Copy")
    bench.want(group(text="New"))

    plan = bench.plan()

    assert found(plan) == ["duplicate group craft"]
    assert plan.findings[0].target == other
    bench.apply(plan)
    assert bench.target.find("group", other).fields["description"] == ""


def test_two_unlinked_objects_with_our_identity_are_both_reported() -> None:
    bench = Bench()
    bench.target.add("group", "jf-g-craft", name="One")
    bench.target.add("group", "jf-g-craft", name="Two")
    bench.want(group())

    assert found(bench.plan()) == ["adoption group craft", "duplicate group craft"]


def test_a_linked_object_that_bears_another_identity_is_not_touched() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", identity="hr-7")
    bench.want(group(text="New"), node("a"))

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["identity group craft"]
    assert (plan.findings[0].desired, plan.findings[0].target) == ("jf-g-craft", "hr-7")
    assert plan.findings[0].choices == ()
    assert [str(item.change.ref) for item in plan.waiting] == ["node a"]
    assert plan.census["group"].lost == 1


def test_a_linked_object_without_any_identity_is_not_touched_either() -> None:
    bench = Bench()
    bench.settle(group())
    bench.target.edit("group", "jf-g-craft", identity="")
    bench.want()

    assert found(bench.plan()) == ["identity group craft"]
    assert bench.plan().findings[0].target == "none"


def test_an_object_made_anew_under_our_identity_is_adopted_first() -> None:
    bench = Bench()
    bench.settle(group(text="Text"))
    bench.target.forget("group", "jf-g-craft")
    new = bench.target.add("group", "jf-g-craft", name="Craft")

    assert found(bench.plan()) == ["adoption group craft"]
    bench.decide(Choice.ADOPT)
    assert changed_fields(bench.plan(), "group", "craft") == {"description": "Text"}
    bench.apply()
    assert bench.target.find("group", new).fields["description"] == "Text"
    assert bench.plan().is_empty


def test_an_object_with_our_prefix_that_nobody_knows_is_named_and_left() -> None:
    bench = Bench()
    bench.target.add("group", "jf-g-lost", name="Lost")
    bench.target.add("group", "hr-1", name="Theirs")
    bench.want()

    plan = bench.plan()

    assert plan.is_empty
    assert found(plan) == ["orphan group jf-g-lost"]


# Incomplete readings.


def test_an_incomplete_reading_retires_and_creates_nothing_and_says_so() -> None:
    bench = Bench()
    bench.settle(group(), group("trade", "Trade"))
    bench.target.cuts = {"group": 1}
    bench.want(group(text="New"), group("guild", "Guild"), node("a", of="guild"))

    plan = bench.plan()

    assert told(plan) == ["update group craft"]
    assert found(plan) == ["incomplete group"]
    assert "the connection broke" in plan.findings[0].message
    assert plan.forgotten == ()
    assert [str(item.change.ref) for item in plan.waiting] == ["node a"]


def test_what_an_incomplete_reading_does_show_is_not_retired_either() -> None:
    bench = Bench()
    bench.settle(group(), group("trade", "Trade"))
    bench.target.cuts = {"group": 2}
    bench.want(group())

    assert bench.plan().is_empty
    bench.target.cuts = {}
    assert told(bench.plan()) == ["retire group trade"]
