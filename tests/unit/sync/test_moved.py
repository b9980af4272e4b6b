"""What moved between the plan a person saw and today's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bench import Bench, by_kind, duties, record

from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Foreign, Operation, Record, Ref, Row, Rows
from connector.sync.moved import what_moved
from connector.sync.plan import FieldChange, Plan

KIND = by_kind(EXAMPLE_KINDS)


def group(key: str = "g", text: str = "", name: str = "") -> Record:
    return record(KIND["group"], key, name=name or key, description=text)


def moved(then: Plan, now: Plan) -> list[str]:
    return [f"{item.place}: {item.message}" for item in what_moved(then, now)]


def planned() -> tuple[Bench, Plan]:
    bench = Bench()
    bench.settle(group())
    bench.want(group(text="New"))
    return bench, bench.plan()


def test_the_same_plan_moved_in_nothing() -> None:
    bench, plan = planned()
    assert moved(plan, bench.plan()) == []


def test_other_grounds_are_named() -> None:
    _, plan = planned()
    other = replace(
        plan,
        connection="other",
        mapping_hash="other",
        release="r-2",
        as_of=date(2026, 4, 1),
    )
    assert moved(plan, other) == [
        "plan: it was made for test, not other",
        "mapping: the mapping was changed since the plan was made",
        "release: the plan is for r-test, now it is r-2",
        (
            "date: the plan is for 2026-03-02, effective 2026-03-02; now it is "
            "2026-04-01, effective 2026-03-02"
        ),
    ]


def test_what_others_changed_is_named_with_the_finding() -> None:
    bench, plan = planned()
    bench.target.edit("group", "jf-g-g", description="Theirs")
    assert moved(plan, bench.plan()) == [
        (
            "group g: is no longer planned: changed in the framework and in the target,"
            " differently"
        )
    ]


def test_what_the_target_holds_already_is_named() -> None:
    bench, plan = planned()
    bench.target.edit("group", "jf-g-g", description="New")
    assert moved(plan, bench.plan()) == [
        "group g: is no longer planned: the target holds it already"
    ]


def test_what_would_come_on_top_is_named() -> None:
    bench, plan = planned()
    bench.want(group(text="New"), group("h"))
    assert moved(plan, bench.plan()) == ["group h: would be created now"]


def test_another_operation_is_named() -> None:
    bench, plan = planned()
    bench.want()
    assert moved(plan, bench.plan())[0] == (
        "group g: would be retired now, not updated"
    )


def test_other_fields_are_named_without_their_values() -> None:
    bench, plan = planned()
    bench.want(group(text="Newer"))
    assert moved(plan, bench.plan()) == [
        "group g: description would become something else"
    ]
    bench.want(group(text="New", name="G"))
    assert moved(plan, bench.plan()) == ["group g: name would be changed too"]
    assert moved(bench.plan(), plan) == ["group g: name needs no change any more"]


def test_another_value_in_the_target_is_named() -> None:
    _, plan = planned()
    (change,) = plan.changes
    (item,) = change.fields
    now = replace(plan, changes=(replace(change, fields=(replace(item, before="x"),)),))
    assert moved(plan, now) == [
        "group g: description shows something else in the target now"
    ]


def test_another_object_and_other_company_are_named() -> None:
    _, plan = planned()
    (change,) = plan.changes
    now = replace(change, remote_id="9", carries=(Ref("node", "n"),))
    assert moved(plan, replace(plan, changes=(now,))) == [
        "group g: is another object in the target now",
        "group g: would take other records along now",
    ]


def test_names_and_the_order_of_unordered_rows_move_no_plan() -> None:
    bench = Bench()
    bench.settle(record(KIND["profile"], "p", title="P", duties=duties("A", "B")))
    bench.want(record(KIND["profile"], "p", title="P", duties=duties("A", "B", "C")))
    plan = bench.plan()
    stored = bench.target.store.find("profile", "jf-p-p")
    group_ = stored.fields["duties"]
    assert isinstance(group_, Rows)
    stored.fields["duties"] = Rows(tuple(reversed(group_.rows)))

    assert bench.plan().fingerprint == plan.fingerprint
    assert bench.apply(plan).done == 1


def test_a_fingerprint_tells_values_apart_not_their_labels() -> None:
    bench, plan = planned()
    (change,) = plan.changes

    def with_after(value: object) -> Plan:
        item = FieldChange(name="x", before=None, after=value, sent=None)  # type: ignore[arg-type]
        return replace(plan, changes=(replace(change, fields=(item,)),))

    def differ(one: object, other: object) -> bool:
        then, now = with_after(one), with_after(other)
        return bool(what_moved(then, now))

    assert differ("1", 1)
    assert differ(Decimal("1.5"), "1.5")
    assert differ(Ref("a", "b"), Foreign("a", "b"))
    row = Row("k", {})
    assert differ(Rows((row,)), Rows(()))
    assert not differ(Foreign("a", "1", "old"), Foreign("a", "1", "new"))
    assert not differ((Foreign("a", "1", "old"),), (Foreign("a", "1", "new"),))
    assert bench.plan().changes[0].operation is Operation.UPDATE
