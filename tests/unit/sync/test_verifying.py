"""Records that only the target or an administrator makes, and what refers to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from connector.kit.values import (
    FieldSpec,
    FieldType,
    Foreign,
    Found,
    KindSpec,
    Operation,
    Ownership,
    Privacy,
    Record,
    Ref,
    Retire,
    Row,
    Rows,
    Value,
)
from connector.store.values import Base, Link
from connector.sync.draft import PlanInput
from connector.sync.fingerprint import keyed_digest
from connector.sync.guards import GuardLimits
from connector.sync.match import Reading
from connector.sync.plan import Plan
from connector.sync.plan_json import plan_from_json, plan_to_json
from connector.sync.planner import make_plan
from connector.sync.render import render_plan
from connector.sync.rules import Rules

DAY = date(2026, 3, 2)


def reference(name: str, *kinds: str, **more: Any) -> FieldSpec:
    return FieldSpec(name=name, type=FieldType.REFERENCE, kinds=kinds, **more)


ACCOUNT = KindSpec(
    name="account",
    label="account",
    plural="accounts",
    tag="u",
    fields=(FieldSpec(name="number", privacy=Privacy.PERSONAL),),
    ownership=Ownership.VERIFY_ONLY,
    natural_key=("number",),
    has_identity=False,
    manual_step="Give exactly one account this number.",
)
TEAM = KindSpec(
    name="team",
    label="team",
    plural="teams",
    tag="h",
    fields=(
        FieldSpec(name="name"),
        FieldSpec(
            name="members",
            type=FieldType.ROWS,
            privacy=Privacy.PERSONAL,
            row_key="account",
            row=(reference("account", "account"),),
            leaves_on_retiring=True,
        ),
    ),
)
CLICK = KindSpec(
    name="click",
    label="link of a team",
    plural="links of teams",
    tag="k",
    fields=(reference("team", "team"),),
    ownership=Ownership.MANUAL_STEP,
    manual_step="Click.",
    many_steps="Take the other way.",
)
PATH = KindSpec(
    name="path",
    label="path",
    plural="paths",
    tag="p",
    fields=(
        FieldSpec(name="name"),
        reference("owner", "account", privacy=Privacy.PERSONAL, is_fixed=True),
        FieldSpec(
            name="marks",
            type=FieldType.ROWS,
            row_key="mark",
            row=(FieldSpec(name="mark"),),
        ),
    ),
    retire=Retire.REMOVE,
    retire_means="removed",
)
ROOM = KindSpec(
    name="room",
    label="room",
    plural="rooms",
    tag="ro",
    fields=(
        FieldSpec(name="number"),
        FieldSpec(name="like", is_for_making=True),
        FieldSpec(name="size", type=FieldType.INTEGER, is_for_making=True),
    ),
    ownership=Ownership.MANUAL_STEP,
    made_by="like",
    manual_step="Build it.",
)
SPECS = (ACCOUNT, TEAM, CLICK, PATH, ROOM)


def account(key: str, number: str = "") -> Record:
    fields = {"number": number or key.upper()}
    return Record(kind="account", key=key, identity=key, fields=fields)


def team(*members: str, name: str = "Team") -> Record:
    fields = {"name": name, "members": rows(*(Ref("account", key) for key in members))}
    return Record(kind="team", key="dev", identity="jf-h-dev", fields=fields)


def path(owner: str, name: str = "Path") -> Record:
    fields = {"name": name, "owner": Ref("account", owner)}
    return Record(kind="path", key=owner, identity=f"jf-p-{owner}", fields=fields)


def rows(*keys: Ref | Foreign) -> Rows:
    return Rows(tuple(Row(key, {"account": key}) for key in keys))


def there(kind: str, remote_id: str, identity: str = "", **fields: Value) -> Found:
    fields = {"retired": False, **fields} if kind == "team" else fields
    return Found(kind=kind, remote_id=remote_id, identity=identity, fields=fields)


def user(number: int, key: str = "") -> Found:
    return there("account", str(number), number=key.upper())


def linked(record: Record, remote_id: str) -> Link:
    """Return the link of a record that was written and seen as it is wanted."""
    fields = {name: Base(value, value) for name, value in record.fields.items()}
    if record.kind == "team":
        fields["retired"] = Base(sent=False, seen=False)
    if record.kind == "account":
        fields = {}
    return Link(
        kind=record.kind,
        key=record.key,
        remote_id=remote_id,
        identity="" if record.kind == "account" else record.identity,
        fields=fields,
    )


def plan(
    records: Sequence[Record],
    found: Sequence[Found] = (),
    links: Sequence[Link] = (),
    gap: str = "",
    **limits: int,
) -> Plan:
    readings = {
        spec.name: Reading(
            tuple(item for item in found if item.kind == spec.name),
            gap if spec is ACCOUNT else "",
        )
        for spec in SPECS
    }
    return make_plan(
        PlanInput(
            connection="lms",
            prefix="jf",
            release="r",
            release_id=1,
            as_of=DAY,
            effective_on=DAY,
            mapping_hash="m",
            specs=SPECS,
            records=records,
            links={link.ref: link for link in links},
            readings=readings,
            rules=Rules(digest=keyed_digest(b"test")),
            limits=GuardLimits(**limits),
        )
    )


def room(like: str = "hall") -> Record:
    fields = {"number": "r1", "like": like, "size": 3}
    return Record(kind="room", key="r1", identity="r1", fields=fields)


def room_link() -> Link:
    bases = {"number": Base("r1", "r1")}
    return Link(kind="room", key="r1", remote_id="7", identity="r1", fields=bases)


def test_what_people_make_else_is_made_where_the_mapping_says_how() -> None:
    made = plan([room()])
    (change,) = made.changes
    assert (change.operation, change.reason) == (Operation.CREATE, "made from “hall”")
    # How it is made goes along, but is nothing that the target would show.
    assert [item.name for item in change.fields] == ["number"]
    assert change.record["size"] == 3
    assert made.tasks == ()
    by_hand = plan([room("")])
    assert by_hand.changes == ()
    assert [task.key for task in by_hand.tasks] == ["r1"]


def test_what_is_there_is_taken_as_it_is_and_kept() -> None:
    shown = there("room", "7", "r1", number="r1")
    for links in ([], [room_link()]):
        made = plan([room()], [shown], links)
        assert (made.changes, made.tasks, made.open_findings) == ((), (), ())
    unwanted = plan([], [shown], [room_link()])
    assert unwanted.changes == ()
    assert unwanted.forgotten == (Ref("room", "r1"),)


def test_what_was_made_and_removed_by_others_is_not_made_again() -> None:
    made = plan([room()], links=[room_link()])
    assert (made.changes, [task.key for task in made.tasks]) == ((), ["r1"])
    # Another one in its place is found by the next plan.
    anew = plan([room()], [there("room", "8", "r1", number="r1")], [room_link()])
    assert (anew.changes, anew.forgotten) == ((), (Ref("room", "r1"),))


def members(made: Plan) -> list[str]:
    """Return whom a plan puts into the team."""
    (change,) = (item for item in made.changes if item.kind == "team")
    after = {item.name: item.after for item in change.fields}["members"]
    assert isinstance(after, Rows)
    return [str(row.key) for row in after.rows]


def told(made: Plan) -> list[str]:
    return [f"{item.type} {item.kind} {item.key}".strip() for item in made.findings]


def test_who_has_no_account_is_left_out_of_a_group_and_counted() -> None:
    made = plan([account("ada"), account("bob"), team("ada", "bob")], [user(1, "ada")])
    assert members(made) == ["account ada"]
    assert told(made) == ["absent account"]
    assert made.tasks == ()
    assert "1 account not there yet" in made.findings[0].message


def test_a_record_of_one_who_has_no_account_waits() -> None:
    made = plan(
        [account("ada"), account("bob"), path("ada"), path("bob")], [user(1, "ada")]
    )
    assert [change.key for change in made.changes] == ["ada"]
    (waiting,) = made.waiting
    assert waiting.for_what == (Ref("account", "bob"),)


def test_an_account_is_remembered_and_stays_the_same_one() -> None:
    ada = account("ada")
    made = plan([ada], [user(1, "ada")])
    assert made.is_empty
    assert made.records == (linked(ada, "1"),)
    # Another account bears the number now: the remembered one is asked about.
    again = plan([ada], [user(1, "other"), user(2, "ada")], [linked(ada, "1")])
    (task,) = again.tasks
    assert (task.kind, task.step.values) == ("account", {"number": "ADA"})
    assert again.forgotten == ()


def test_who_is_in_doubt_keeps_what_there_is_and_gets_nothing_new() -> None:
    ada, group = account("ada"), team("ada")
    found = [
        user(1, "other"),
        there(
            "team", "7", "jf-h-dev", name="Team", members=rows(Foreign("account", "1"))
        ),
    ]
    made = plan(
        [ada, team("ada", name="New"), path("ada")],
        found,
        [linked(ada, "1"), linked(group, "7")],
    )
    (change,) = made.changes
    assert [item.name for item in change.fields] == ["name"]
    assert [item.change.ref for item in made.waiting] == [Ref("path", "ada")]


def test_a_deleted_account_leaves_the_group_without_a_word() -> None:
    ada, group = account("ada"), team("ada")
    found = [there("team", "7", "jf-h-dev", name="Team", members=rows())]
    made = plan([ada, group], found, [linked(ada, "1"), linked(group, "7")])
    assert made.is_empty
    assert told(made) == ["absent account"]
    assert made.forgotten == (Ref("account", "ada"),)


def test_an_account_is_forgotten_only_when_nothing_refers_to_it() -> None:
    ada, group = account("ada"), team("ada")
    found = [
        user(1, "ada"),
        there(
            "team", "7", "jf-h-dev", name="Team", members=rows(Foreign("account", "1"))
        ),
    ]
    made = plan([team()], found, [linked(ada, "1"), linked(group, "7")])
    assert members(made) == []
    assert made.forgotten == ()
    alone = plan([team()], [user(1, "ada")], [linked(ada, "1")])
    assert alone.forgotten == (Ref("account", "ada"),)


def test_a_partial_reading_of_accounts_changes_nothing_that_refers_to_them() -> None:
    ada, group = account("ada"), team("ada")
    found = [
        there(
            "team", "7", "jf-h-dev", name="Team", members=rows(Foreign("account", "1"))
        )
    ]
    made = plan(
        [ada, team("ada", name="New"), path("ada")],
        found,
        [linked(ada, "1"), linked(group, "7")],
        gap="out of sight",
    )
    assert (made.is_empty, made.waiting) == (True, ())
    assert "incomplete team" in told(made)
    assert "incomplete path" in told(made)
    assert made.forgotten == ()
    assert made.census["team"].owned == 1


def test_members_of_others_stay_when_a_group_is_retired() -> None:
    ada, group = account("ada"), team("ada")
    both = rows(Foreign("account", "1"), Foreign("account", "9"))
    found = [user(1, "ada"), there("team", "7", "jf-h-dev", name="Team", members=both)]
    made = plan([ada], found, [linked(ada, "1"), linked(group, "7")])
    (change,) = made.changes
    assert change.operation is Operation.RETIRE
    after = {item.name: item.after for item in change.fields}
    assert after == {"retired": True, "members": rows(Foreign("account", "9"))}


def test_retiring_a_group_that_holds_none_of_ours_leaves_it_alone() -> None:
    group = team()
    shown = there("team", "7", "jf-h-dev", name="Team", members=rows())
    (change,) = plan([], [shown], [linked(group, "7")]).changes
    assert [item.name for item in change.fields] == ["retired"]


def test_what_holds_rows_of_others_is_not_removed_unasked() -> None:
    ada = account("ada")
    mine, theirs = (Row(key, {"mark": key}) for key in ("mine", "theirs"))
    fields = {**path("ada").fields, "marks": Rows((mine,))}
    old = Record(kind="path", key="ada", identity="jf-p-ada", fields=fields)
    owner = Foreign("account", "1")
    for marks, outcome in (((mine,), []), ((mine, theirs), ["conflict path ada"])):
        shown = there(
            "path", "5", "jf-p-ada", name="Path", owner=owner, marks=Rows(marks)
        )
        made = plan(
            [ada], [user(1, "ada"), shown], [linked(ada, "1"), linked(old, "5")]
        )
        assert told(made) == outcome
        assert made.is_empty is bool(outcome)


def test_a_group_reaches_those_who_come_and_go() -> None:
    people = [account(key) for key in ("ada", "bob", "eve")]
    users = [user(number, key) for number, key in enumerate(("ada", "bob", "eve"))]
    assert plan([*people, team("ada", "bob")], users).changes[0].people == 2
    group = team("ada", "bob")
    shown = there(
        "team", "7", "jf-h-dev", name="Team",
        members=rows(Foreign("account", "0"), Foreign("account", "1")),
    )  # fmt: skip
    made = plan([*people, team("bob", "eve")], [*users, shown], [linked(group, "7")])
    assert (made.changes[0].people, made.changes[0].is_protected) == (2, False)


def test_what_people_used_is_kept_and_shown_as_left() -> None:
    ada, old = account("ada"), path("ada")
    shown = there("path", "5", "jf-p-ada", name="Path", owner=Foreign("account", "1"))
    used = Found(**{**_members_of(shown), "in_use": "somebody commented on it"})
    links = [linked(ada, "1"), linked(old, "5")]
    assert [
        str(c.ref) for c in plan([ada], [user(1, "ada"), shown], links).changes
    ] == ["path ada"]
    kept = plan([ada], [user(1, "ada"), used], links)
    assert kept.is_empty
    assert told(kept) == ["left path ada"]
    assert kept.open_findings == ()
    assert kept.forgotten == ()


def test_what_is_closed_is_not_changed() -> None:
    ada, old = account("ada"), path("ada")
    shown = there("path", "5", "jf-p-ada", name="Path", owner=Foreign("account", "1"))
    closed = Found(**{**_members_of(shown), "is_closed": True})
    links = [linked(ada, "1"), linked(old, "5")]
    same = plan([ada, old], [user(1, "ada"), closed], links)
    assert (same.is_empty, same.findings) == (True, ())
    changed = plan([ada, path("ada", name="New")], [user(1, "ada"), closed], links)
    assert changed.is_empty
    assert told(changed) == ["left path ada"]


def _members_of(found: Found) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "remote_id": found.remote_id,
        "identity": found.identity,
        "fields": found.fields,
    }


def test_manual_steps_are_told_by_name_and_many_of_them_have_another_way() -> None:
    click = Record(
        kind="click", key="dev", identity="dev", fields={"team": Ref("team", "dev")}
    )
    made = plan([team(name="Developers"), click])
    (task,) = made.tasks
    assert task.step.values == {"team": "Developers"}
    assert made.notes == ("1 link of a team to be made by hand, one click each.",)
    many = plan([team(name="Developers"), click], manual_steps=0)
    assert many.notes == (
        "1 link of a team to be made by hand, one click each. Take the other way.",
    )
    lost = plan([click])
    assert lost.tasks[0].step.values == {"team": "dev"}
    linked_now = there("click", "7", "dev", team=Foreign("team", "7"))
    shown = there("team", "7", "jf-h-dev", name="Developers", members=rows())
    done = plan([team(name="Developers"), click], [shown, linked_now])
    assert (done.tasks, done.notes) == ((), ())


def test_personal_values_are_hidden_in_tasks_groups_and_words() -> None:
    ada = account("ada", "E-4711")
    bob = account("bob")
    made = plan(
        [ada, bob, team("bob")], [user(1, "other"), user(2, "bob")], [linked(ada, "1")]
    )
    plain = frozenset({Privacy.PLAIN})
    data = plan_to_json(made, plain)
    assert "E-4711" not in str(data)
    assert data["tasks"][0]["values"] == {"number": "<hidden: personal, changed>"}
    by_name = {item["name"]: item for item in data["changes"][0]["fields"]}
    assert by_name["members"]["after"] == "<hidden: personal, changed>"
    assert data["changes"][0]["people"] == 1
    words = "\n".join(
        line.plain for line in render_plan(made, {s.name: s for s in SPECS})
    )
    assert "E-4711" not in words
    assert "reaches 1 person" in words
    seen = render_plan(made, {s.name: s for s in SPECS}, may_see=frozenset(Privacy))
    assert "number: E-4711" in "\n".join(line.plain for line in seen)
    assert plan_from_json(plan_to_json(made)) == made
