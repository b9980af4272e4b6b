"""The in-memory target on demand: it fails as told, and hands edit what is in it."""

from __future__ import annotations

import pytest
from memory_desk import SCOPE, Desk, need, read

from connector.kit.errors import AuthError
from connector.kit.testing import Failure
from connector.kit.testing.checks import RefusedError
from connector.kit.values import (
    ApplyItem,
    Done,
    Found,
    Incomplete,
    Ref,
    Rejected,
    Sending,
    Unknown,
    Untried,
    Write,
)


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
