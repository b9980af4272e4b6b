"""The in-memory target: as strict as a real one about what is written to it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from memory_desk import TODAY, Desk, need, read

from connector.kit.testing.checks import RefusedError
from connector.kit.values import (
    Done,
    Foreign,
    Operation,
    Ref,
    Rejected,
    Row,
    Rows,
    Value,
    Write,
    text_row_key,
)


def test_what_was_written_is_read_back_with_the_targets_references(desk: Desk) -> None:
    (group,) = read(desk.target, "group")
    assert (group.identity, group.label) == ("jf-group-g", "Group")
    assert group.fields == {"name": "Group", "description": "", "retired": False}

    first, second = read(desk.target, "node")
    assert second.fields["parent"] == desk.foreign("node", "a")
    assert second.fields["parent"].label == "A"  # type: ignore[union-attr]
    assert first.fields["parent"] is None

    (rule,) = read(desk.target, "rule")
    assert (rule.remote_id, rule.identity) == (first.remote_id, "")
    assert "retired" not in rule.fields

    (profile,) = read(desk.target, "profile")
    a = desk.foreign("node", "a")
    assert profile.fields["requirements"] == Rows((Row(a, {"node": a, "rating": "3"}),))
    assert profile.fields["path"] == Rows((), is_ordered=True)
    assert profile.fields["tags"] == ()


def test_every_type_of_field_is_kept(desk: Desk) -> None:
    remote_id = desk.target.add("level", "five", name="Five")
    desk.ids[Ref("level", "five")] = remote_id
    text = "Lead the team."
    fields: dict[str, Value] = {
        "title": "Q",
        "hours": 40,
        "is_public": True,
        "valid_from": TODAY,
        "pay": Decimal("1.50"),
        "owner": "Ann",
        "tags": ("x", "y"),
        "level": Ref("level", "five"),
        "groups": (Ref("group", "g"),),
        "follows": Ref("profile", "p"),
        "path": Rows(
            tuple(Row(Ref("node", k), {"node": Ref("node", k)}) for k in "ba"),
            is_ordered=True,
        ),
        "duties": Rows((Row(text_row_key(text), {"text": text}),)),
    }
    done = desk.outcome(desk.new("profile", "q", **fields))

    assert isinstance(done, Done)
    assert done.seen is not None
    assert done.seen["level"] == Foreign("level", remote_id)
    assert done.seen["groups"] == (desk.foreign("group", "g"),)
    for name in ("hours", "is_public", "valid_from", "pay", "owner", "tags", "duties"):
        assert done.seen[name] == fields[name]
    path = done.seen["path"]
    assert isinstance(path, Rows)
    assert [row.key for row in path.rows] == [
        desk.foreign("node", "b"),
        desk.foreign("node", "a"),
    ]


def bad_profile(desk: Desk, **fields: Value) -> Write:
    return desk.new("profile", "bad", **({"title": "Bad"} | fields))


def rows_of(*rows: Row, is_ordered: bool = False) -> Rows:
    return Rows(rows, is_ordered)


A = Ref("node", "a")
UNKNOWN = Ref("node", "nowhere")


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"title": ""}, "title is required"),
        ({"colour": "red"}, "no field colour"),
        ({"hours": "40"}, "hours is no whole number"),
        ({"hours": True}, "hours is no whole number"),
        ({"is_public": "yes"}, "is no yes or no"),
        ({"pay": 3}, "pay is no number"),
        ({"tags": (1,)}, "tags is no texts"),
        ({"tags": "x"}, "tags is no texts"),
        ({"stamp": "x"}, "stamp cannot be written"),
        ({"code": "x"}, "code cannot be written"),
        ({"description": "two  spaces"}, "not in the form"),
        ({"level": Ref("level", "nowhere")}, "level nowhere is not known"),
        ({"level": Foreign("level", "99")}, "there is no level 99"),
        ({"level": Ref("group", "g")}, "does not refer to a group"),
        ({"groups": (Ref("node", "a"),)}, "does not refer to a node"),
        ({"requirements": need("nowhere")}, "node nowhere is not known"),
        ({"requirements": need("a", "a")}, "holds a row twice"),
        ({"requirements": rows_of(is_ordered=True)}, "wrong kind of order"),
        ({"requirements": rows_of(Row(A, {}))}, "lacks node"),
        ({"requirements": rows_of(Row("x", {"node": A}))}, "another key"),
        ({"requirements": rows_of(Row(A, {"node": A, "x": 1}))}, "no field x"),
        ({"duties": rows_of(Row("x", {"text": "Lead"}))}, "another key"),
    ],
)
def test_a_create_that_is_not_right_is_refused_whole(
    desk: Desk, fields: dict[str, Value], part: str
) -> None:
    before = desk.target.contents()
    outcome = desk.outcome(bad_profile(desk, **fields))

    assert isinstance(outcome, Rejected)
    assert part in outcome.message
    assert not outcome.is_stale
    assert desk.target.contents() == before
    assert not desk.target.log[-1].is_applied


@pytest.mark.parametrize(
    ("kind", "key", "after", "part"),
    [
        ("group", "g", {"name": "x" * 101}, "longer than 100"),
        ("group", "g", {"name": ""}, "name is required"),
        ("group", "other", {"name": "x"}, "there is no group none"),
        ("node", "b", {"group": Ref("node", "a")}, "cannot be changed"),
        ("node", "a", {"parent": Ref("node", "b")}, "cannot lie in itself"),
        ("rule", "none", {"type": "any"}, "there is no rule none"),
        ("link", "l", {"outcome": "maybe"}, "an outcome is one of"),
        ("level", "five", {"name": "x"}, "this kind cannot be written"),
    ],
)
def test_an_update_that_is_not_right_is_refused(
    desk: Desk, kind: str, key: str, after: dict[str, Value], part: str
) -> None:
    before = desk.target.contents()
    outcome = desk.outcome(desk.update(kind, key, **after))

    assert isinstance(outcome, Rejected)
    assert part in outcome.message
    assert desk.target.contents() == before


@pytest.mark.parametrize(
    ("kind", "key", "after"),
    [
        ("group", "g", {"name": "Another"}),
        ("rule", "a", {"node": Ref("node", "a"), "type": "all"}),
        (
            "link",
            "l",
            {
                "outcome": "none",
                "group": Ref("group", "g"),
                "node": Ref("node", "b"),
            },
        ),
    ],
)
def test_nothing_is_made_twice(
    desk: Desk, kind: str, key: str, after: dict[str, Value]
) -> None:
    outcome = desk.outcome(desk.write(Operation.CREATE, kind, key, after))
    assert isinstance(outcome, Rejected)
    assert "already" in outcome.message


def test_an_identity_is_needed(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="needs an identity"):
        desk.target.store.create("group", "", {"name": "x"})


def test_a_new_child_undoes_the_rule_and_it_can_be_written_again(desk: Desk) -> None:
    desk.send(desk.new_child("c", "a"))
    assert read(desk.target, "rule") == []

    again = desk.update("rule", "a", node=Ref("node", "a"), type="all")
    assert isinstance(desk.outcome(again), Done)
    (rule,) = read(desk.target, "rule")
    assert rule.fields["type"] == "all"


def test_a_move_undoes_the_rules_at_both_ends(desk: Desk) -> None:
    desk.send(desk.new("node", "z", name="Z", group=Ref("group", "g")))
    desk.send(desk.new("rule", "z", node=Ref("node", "z"), type="all"))
    desk.send(desk.update("node", "b", name="B2", parent=Ref("node", "a")))
    assert len(read(desk.target, "rule")) == 2

    desk.target.edit("node", "jf-node-b", parent=desk.foreign("node", "z"))
    assert read(desk.target, "rule") == []


def test_a_branch_retires_and_comes_back_as_one(desk: Desk) -> None:
    desk.send(desk.retire("node", "a"))
    assert [found.fields["retired"] for found in read(desk.target, "node")] == [
        True,
        True,
    ]

    alone = desk.outcome(desk.update("node", "b", retired=False))
    assert isinstance(alone, Rejected)
    assert "restore that first" in alone.message
    out = desk.outcome(desk.update("node", "b", retired=False, parent=None))
    assert isinstance(out, Done)

    desk.send(desk.update("node", "a", retired=False))
    assert not any(found.fields["retired"] for found in read(desk.target, "node"))


def test_a_refused_change_retires_nothing(desk: Desk) -> None:
    desk.outcome(desk.update("group", "g", retired=True, name=""))
    assert desk.target.find("group", "jf-group-g").fields["retired"] is False


def test_a_retired_relation_is_removed_once(desk: Desk) -> None:
    removal = desk.write(Operation.RETIRE, "link", "l", {"outcome": None})
    assert isinstance(desk.outcome(removal), Done)
    assert read(desk.target, "link") == []
    assert isinstance(desk.outcome(removal), Rejected)


def test_a_group_that_changed_meanwhile_is_stale_and_nothing_is_sent(
    desk: Desk,
) -> None:
    b = desk.foreign("node", "b")
    a = desk.foreign("node", "a")
    desk.target.edit(
        "profile",
        "jf-profile-p",
        requirements=Rows((Row(a, {"node": a}), Row(b, {"node": b}))),
    )
    write = desk.write(
        Operation.UPDATE,
        "profile",
        "p",
        {"requirements": need("b")},
        {"requirements": need("a")},
    )
    (outcome,) = desk.send(write)
    assert isinstance(outcome, Rejected)
    assert outcome.is_stale
    assert "requirements" in outcome.message


@pytest.mark.parametrize(
    ("before", "is_stale"),
    [(need("a"), False), (need("nowhere"), True), (None, True)],
)
def test_a_group_is_replaced_when_it_is_as_planned(
    desk: Desk, before: Rows | None, is_stale: bool
) -> None:
    write = desk.write(
        Operation.UPDATE,
        "profile",
        "p",
        {"requirements": need("a", "b")},
        {"requirements": before},
    )
    outcome = desk.outcome(write)
    assert isinstance(outcome, Rejected) == is_stale


def test_an_empty_group_is_the_same_as_none(desk: Desk) -> None:
    write = desk.write(
        Operation.UPDATE,
        "profile",
        "p",
        {"path": Rows((), is_ordered=True)},
        {"path": None},
    )
    assert isinstance(desk.outcome(write), Done)
