"""The in-memory target: as strict as a real one, and failing on demand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.kit.errors import AuthError
from connector.kit.testing import Failure, MemoryTarget
from connector.kit.testing.checks import RefusedError
from connector.kit.values import (
    ApplyItem,
    Complete,
    Done,
    Foreign,
    Found,
    Incomplete,
    Operation,
    ReadScope,
    Ref,
    Rejected,
    Row,
    Rows,
    Sending,
    Unknown,
    Untried,
    Value,
    Write,
    text_row_key,
)

TODAY = date(2026, 3, 1)
SCOPE = ReadScope(prefix="jf", as_of=TODAY)


class Desk:
    """Writes to a target as an engine would, and keeps the remote ids."""

    def __init__(self) -> None:
        self.target = MemoryTarget()
        self.ids: dict[Ref, str] = {}

    def write(
        self,
        operation: Operation,
        kind: str,
        key: str,
        after: Mapping[str, Value],
        before: Mapping[str, Value] | None = None,
    ) -> Write:
        ref = Ref(kind, key)
        is_new = operation is Operation.CREATE
        return Write(
            operation=operation,
            kind=kind,
            key=key,
            identity=f"jf-{kind}-{key}",
            remote_id=None if is_new else self.ids.get(ref, "none"),
            before=before or {},
            after=after,
            record=after,
            effective_on=TODAY,
        )

    def new(self, kind: str, key: str, **after: Value) -> Write:
        return self.write(Operation.CREATE, kind, key, after)

    def update(self, kind: str, key: str, **after: Value) -> Write:
        return self.write(Operation.UPDATE, kind, key, after)

    def retire(self, kind: str, key: str) -> Write:
        return self.write(Operation.RETIRE, kind, key, {"retired": True})

    def send(self, *writes: Write) -> list[ApplyItem]:
        items = list(self.target.apply(writes, dict(self.ids)))
        for item in items:
            if isinstance(item, Done):
                self.ids[item.ref] = item.remote_id
        return items

    def outcome(self, write: Write) -> Any:
        return self.send(write)[-1]

    def fill(self) -> None:
        """Write a group, a small tree with a rule, a profile and a link."""
        self.send(self.new("group", "g", name="Group"))
        self.send(self.new("node", "a", name="A", group=Ref("group", "g")))
        self.send(self.new_child("b", "a"))
        self.send(self.new("rule", "a", node=Ref("node", "a"), type="all"))
        self.send(self.new("profile", "p", title="P", requirements=need("a")))
        ends = {"group": Ref("group", "g"), "node": Ref("node", "b")}
        self.send(self.new("link", "l", outcome="complete", **ends))

    def new_child(self, key: str, parent: str) -> Write:
        return self.new(
            "node",
            key,
            name=key.upper(),
            group=Ref("group", "g"),
            parent=Ref("node", parent),
        )

    def foreign(self, kind: str, key: str) -> Foreign:
        return Foreign(kind, self.ids[Ref(kind, key)])


def need(*keys: str) -> Rows:
    return Rows(
        tuple(
            Row(Ref("node", key), {"node": Ref("node", key), "rating": "3"})
            for key in keys
        )
    )


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.fill()
    return made


def read(target: MemoryTarget, kind: str) -> list[Found]:
    *found, end = target.snapshot(SCOPE).read(kind)
    assert end == Complete()
    return [item for item in found if isinstance(item, Found)]


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


def some(desk: Desk, count: int = 5) -> list[Write]:
    return [
        desk.new("group", f"g{number}", name=f"G{number}") for number in range(count)
    ]


def test_groups_of_one_kind_are_announced_before_their_outcomes(desk: Desk) -> None:
    desk.target.batch_size = 2
    node = desk.new("node", "n", name="N", group=Ref("group", "g"))
    items = desk.send(*some(desk, 3), node)

    shape = [
        [ref.key for ref in item.refs] if isinstance(item, Sending) else item.ref.key
        for item in items
    ]
    assert shape == [["g0", "g1"], "g0", "g1", ["g2"], "g2", ["n"], "n"]
    groups = [item.group for item in items if isinstance(item, Sending)]
    assert len(set(groups)) == 3


def test_a_reading_does_not_see_later_writes(desk: Desk) -> None:
    snapshot = desk.target.snapshot(SCOPE)
    desk.target.edit("group", "jf-group-g", name="Later")
    found = next(iter(snapshot.read("group")))
    assert isinstance(found, Found)
    assert found.fields["name"] == "Group"


def test_a_cut_reading_says_so(desk: Desk) -> None:
    desk.target.cuts["node"] = 1
    found, end = desk.target.snapshot(SCOPE).read("node")
    assert isinstance(found, Found)
    assert isinstance(end, Incomplete)


def test_a_write_is_refused_on_demand(desk: Desk) -> None:
    desk.target.rejects[Ref("group", "g1")] = "no more groups"
    outcomes = [
        item for item in desk.send(*some(desk, 3)) if not isinstance(item, Sending)
    ]
    assert [type(item) for item in outcomes] == [Done, Rejected, Done]


@pytest.mark.parametrize(
    ("failure", "is_applied"),
    [(Failure.LOST_BEFORE, False), (Failure.LOST_AFTER, True)],
)
def test_an_answer_is_lost_on_demand(
    desk: Desk, failure: Failure, is_applied: bool
) -> None:
    desk.target.failures[desk.target.groups + 1] = failure
    outcomes = desk.send(*some(desk, 1))[1:]
    assert [type(item) for item in outcomes] == [Unknown]
    assert (len(read(desk.target, "group")) == 2) == is_applied
    assert desk.target.failures == {}


def test_a_create_is_cut_in_half_on_demand(desk: Desk) -> None:
    desk.target.failures[desk.target.groups + 1] = Failure.LOST_HALF
    desk.send(desk.new("profile", "q", title="Q", requirements=need("a")))
    found = desk.target.find("profile", "jf-profile-q")
    assert found.fields["title"] == "Q"
    assert not found.fields["requirements"]


def test_an_unreachable_target_leaves_the_rest_untried(desk: Desk) -> None:
    desk.target.batch_size = 1
    desk.target.failures[desk.target.groups + 2] = Failure.UNREACHABLE
    outcomes = [
        item for item in desk.send(*some(desk, 4)) if not isinstance(item, Sending)
    ]
    assert [type(item) for item in outcomes] == [Done, Untried, Untried, Untried]


def test_refused_credentials_stop_the_apply(desk: Desk) -> None:
    desk.target.failures[desk.target.groups + 1] = Failure.REFUSED
    with pytest.raises(AuthError):
        desk.send(*some(desk, 1))
    assert len(read(desk.target, "group")) == 1

    desk.target.is_locked_out = True
    with pytest.raises(AuthError):
        desk.send(*some(desk, 1))
    with pytest.raises(AuthError):
        read(desk.target, "group")


@pytest.mark.parametrize(
    ("step", "is_applied", "heard"),
    [
        ("sending", False, 0),
        ("sent", False, 1),
        ("applied", True, 1),
        ("answered", True, 2),
    ],
)
def test_an_apply_is_killed_at_any_step(
    desk: Desk, step: str, is_applied: bool, heard: int
) -> None:
    class KilledError(Exception):
        pass

    def kill(now: str, _group: int) -> None:
        if now == step:
            raise KilledError

    desk.target.on_step = kill
    items: list[ApplyItem] = []

    def run() -> None:
        for item in desk.target.apply(some(desk, 1), {}):
            items.append(item)  # noqa: PERF402 - those before the kill are kept

    with pytest.raises(KilledError):
        run()
    assert len(items) == heard
    assert (len(read(desk.target, "group")) == 2) == is_applied


def test_a_target_that_does_not_echo_says_nothing(desk: Desk) -> None:
    desk.target.is_echoing = False
    outcome = desk.outcome(desk.new("group", "h", name="H"))
    assert isinstance(outcome, Done)
    assert outcome.seen is None


def test_hands_edit_what_interfaces_may_not(desk: Desk) -> None:
    desk.target.edit("profile", "jf-profile-p", stamp="s", retired=True, identity="x")
    found = desk.target.find("profile", "x")
    assert (found.fields["stamp"], found.fields["retired"]) == ("s", True)
    with pytest.raises(RefusedError):
        desk.target.edit("profile", "x", hours="many")
    with pytest.raises(KeyError):
        desk.target.edit("profile", "jf-profile-p", stamp="s")


def test_a_forgotten_object_takes_along_what_needs_it(desk: Desk) -> None:
    desk.target.forget("node", "jf-node-a")
    assert read(desk.target, "node") == []
    assert read(desk.target, "rule") == []
    assert read(desk.target, "link") == []
    (profile,) = read(desk.target, "profile")
    assert not profile.fields["requirements"]


def test_a_forgotten_object_leaves_what_can_be_without_it(desk: Desk) -> None:
    groups = (Ref("group", "g"),)
    desk.send(desk.new("group", "h", name="H"))
    desk.send(desk.new("profile", "q", title="Q", groups=(*groups, Ref("group", "h"))))
    desk.send(desk.new("profile", "r", title="R", follows=Ref("profile", "q")))
    desk.target.forget("group", "jf-group-h")
    assert desk.target.find("profile", "jf-profile-q").fields["groups"] == (
        desk.foreign("group", "g"),
    )
    desk.target.forget("profile", "jf-profile-q")
    assert desk.target.find("profile", "jf-profile-r").fields["follows"] is None


def test_a_reset_target_is_empty_and_gives_other_ids(desk: Desk) -> None:
    old = desk.ids[Ref("group", "g")]
    desk.target.reset()
    assert all(not read(desk.target, spec.name) for spec in desk.target.kinds())
    desk.send(desk.new("group", "g", name="Group"))
    assert desk.ids[Ref("group", "g")] != old


def test_people_are_told(desk: Desk) -> None:
    desk.target.reaches("profile", "jf-profile-p", 12)
    desk.target.people_in_scope = 100
    assert read(desk.target, "profile")[0].people == 12
    assert desk.target.snapshot(SCOPE).people_in_scope() == 100


def test_two_targets_with_the_same_in_another_order_look_the_same(desk: Desk) -> None:
    other = Desk()
    other.send(other.new("group", "first", name="First"))
    other.target.forget("group", "jf-group-first")
    other.fill()
    assert other.ids != desk.ids
    assert other.target.contents() == desk.target.contents()

    other.target.edit(
        "node", other.ids[Ref("node", "b")], parent=None, description="moved"
    )
    assert other.target.contents() != desk.target.contents()
    assert desk.target.reference("node", "jf-node-a") == desk.foreign("node", "a")
