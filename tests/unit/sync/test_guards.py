"""Guards: each limit at its border, approvals, and nothing written meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bench import NOW, Bench, by_kind, found, record, requirements, told

from connector.kit.errors import UnsafePlanError
from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Operation, Record, Ref
from connector.store import decisions
from connector.store.decisions import Approval
from connector.sync.guards import GuardLimits, check_guards
from connector.sync.plan import Census, Change, Choice, Plan

KIND = by_kind(EXAMPLE_KINDS)
USUAL = "version: 1\nadapter: memory\nkinds:\n" + "".join(
    f"  {spec.name}: {{}}\n" for spec in EXAMPLE_KINDS
)


def change(
    number: int,
    operation: Operation = Operation.UPDATE,
    kind: str = "group",
    **more: Any,
) -> Change:
    return Change(
        operation=operation,
        kind=kind,
        key=f"k{number}",
        identity="",
        remote_id=str(number),
        fields=(),
        record={},
        **more,
    )


def plan(
    *changes: Change,
    owned: int = 0,
    lost: int = 0,
    scope: int | None = None,
    kind: str = "group",
) -> Plan:
    return Plan(
        connection="test",
        release="r",
        release_id=1,
        as_of=date(2026, 3, 2),
        effective_on=date(2026, 3, 2),
        mapping_hash="m",
        fingerprint="f",
        changes=changes,
        census={kind: Census(owned, lost)},
        scope=scope,
    )


def refused(made: Plan) -> list[str]:
    return [refusal.guard for refusal in check_guards(made, GuardLimits())]


@pytest.mark.parametrize(
    ("retired", "owned", "guards"),
    [
        (0, 0, []),
        (3, 10, []),
        (4, 10, ["retirements"]),
        (1, 1, ["retirements"]),
        (1, 3, ["retirements"]),
        (1, 4, []),
    ],
)
def test_retirements_over_their_share_whatever_the_number(
    retired: int, owned: int, guards: list[str]
) -> None:
    changes = [change(number, Operation.RETIRE) for number in range(retired)]
    assert refused(plan(*changes, owned=owned)) == guards


def test_what_a_retirement_takes_along_counts_too() -> None:
    carried = tuple(Ref("group", f"c{number}") for number in range(3))
    top = change(1, Operation.RETIRE, carries=carried)
    assert refused(plan(top, owned=10)) == ["retirements"]
    assert "4 of 10" in check_guards(plan(top, owned=10), GuardLimits())[0].message


@pytest.mark.parametrize(
    ("updated", "owned", "guards"),
    [(3, 10, []), (4, 10, ["updates"]), (9, 9, []), (10, 10, ["updates"])],
)
def test_updates_over_their_share_where_enough_is_owned(
    updated: int, owned: int, guards: list[str]
) -> None:
    changes = [change(number) for number in range(updated)]
    assert refused(plan(*changes, owned=owned)) == guards


def test_rewrites_and_second_halves_are_no_updates() -> None:
    changes = [change(number, is_rewrite=True) for number in range(5)]
    changes += [change(number, part="link") for number in range(5, 10)]
    assert refused(plan(*changes, owned=10)) == []


@pytest.mark.parametrize(
    ("lost", "owned", "guards"),
    [
        (4, 4, []),
        (5, 50, []),
        (5, 49, ["target-reset"]),
        (6, 50, ["target-reset"]),
    ],
)
def test_objects_gone_over_their_share(
    lost: int, owned: int, guards: list[str]
) -> None:
    assert refused(plan(owned=owned, lost=lost)) == guards


@pytest.mark.parametrize(
    ("people", "scope", "guards"),
    [
        (500, None, []),
        (501, None, ["reach"]),
        (500, 10_000, []),
        (501, 10_020, ["reach"]),
        (5, 100, []),
        (6, 100, ["reach"]),
        (6, 0, []),
    ],
)
def test_a_change_that_reaches_many_needs_a_second_approver(
    people: int, scope: int | None, guards: list[str]
) -> None:
    made = plan(change(1, people=people), scope=scope)
    assert refused(made) == guards
    assert all(item.needs_second for item in check_guards(made, GuardLimits()))


def test_anything_on_a_protected_kind() -> None:
    made = plan(change(1, Operation.CREATE, is_protected=True), change(2))
    assert refused(made) == ["protected"]


# Through the engine.


def group(key: str, text: str = "") -> Record:
    return record(KIND["group"], key, name=key, description=text)


def groups(number: int, text: str = "") -> list[Record]:
    return [group(f"g{each}", text) for each in range(number)]


def approve(bench: Bench, fingerprint: str, guard: str, person: str) -> None:
    with bench.database.write() as conn:
        decisions.approve(
            conn,
            Approval(
                fingerprint=fingerprint, guard=guard, person=person, approved_at=NOW
            ),
        )


def usual_bench(*records: Record, extra: str = "") -> Bench:
    bench = Bench(mapping_text=USUAL.replace("kinds:", f"{extra}kinds:"))
    bench.settle(*records)
    return bench


def test_a_refused_plan_writes_nothing_until_that_very_plan_is_confirmed() -> None:
    bench = usual_bench(*groups(4))
    bench.want(*groups(2))
    plan = bench.plan()
    writes = len(bench.target.log)
    approve(bench, "another plan", "retirements", "ada")
    approve(bench, plan.fingerprint, "updates", "ada")

    with pytest.raises(UnsafePlanError, match="retirements: 2 of 4") as caught:
        bench.apply(plan)

    assert plan.fingerprint in caught.value.hint
    assert len(bench.target.log) == writes
    assert bench.engine.resume() is None
    approve(bench, plan.fingerprint, "retirements", "ada")
    assert bench.apply(plan).done == 2


def test_every_refusal_must_be_confirmed() -> None:
    bench = usual_bench(*groups(12))
    bench.want(*groups(6, "New"))
    plan = bench.plan()
    assert [item.guard for item in plan.refusals] == ["retirements", "updates"]
    approve(bench, plan.fingerprint, "retirements", "ada")

    with pytest.raises(UnsafePlanError, match=r"^updates: 6 of 12"):
        bench.apply(plan)


def test_reach_is_confirmed_by_somebody_else_than_who_applies() -> None:
    bench = usual_bench(*groups(1))
    bench.target.people_in_scope = 1000
    bench.target.reaches("group", "jf-g-g0", 51)
    bench.want(*groups(1, "New"))
    plan = bench.plan()
    assert plan.changes[0].people == 51
    approve(bench, plan.fingerprint, "reach", "ada")

    with pytest.raises(UnsafePlanError, match="second approver") as caught:
        bench.apply(plan, person="ada")

    assert "must not be who applies it" in caught.value.hint
    assert bench.apply(plan, person="bo").done == 1


def test_a_kind_protected_by_the_mapping_waits_for_a_person() -> None:
    text = USUAL.replace("group: {}", "group: {protected: yes}")
    bench = Bench(mapping_text=text)
    bench.want(*groups(1))

    assert [item.guard for item in bench.plan().refusals] == ["protected"]


def test_requirements_of_a_plan_that_people_follow_are_protected() -> None:
    node = record(KIND["node"], "n", name="n", description="", group=Ref("group", "g0"))

    def profile(*rows: tuple[str, str], text: str = "") -> Record:
        return record(
            KIND["profile"],
            "p",
            title="p",
            description=text,
            requirements=requirements(*rows),
        )

    bench = usual_bench(*groups(1), node, profile(("n", "low")))
    bench.target.reaches("profile", "jf-p-p", 3)
    bench.want(*groups(1), node, profile(("n", "low"), text="New"))
    assert not bench.plan().refusals
    bench.want(*groups(1), node, profile(("n", "high")))
    assert [item.guard for item in bench.plan().refusals] == ["protected"]


def test_records_retired_before_do_not_soften_the_limit() -> None:
    bench = Bench()
    bench.settle(*groups(20))
    bench.settle(*groups(4))

    bench.want(*groups(2))

    assert bench.plan().census["group"].owned == 4


def test_a_target_that_was_replaced_is_noticed_and_left_alone() -> None:
    bench = usual_bench(*groups(6))
    bench.target.reset()

    plan = bench.plan()

    assert plan.is_empty
    assert [item.guard for item in plan.refusals] == ["target-reset"]
    assert found(plan) == [f"vanished group g{number}" for number in range(6)]
    bench.decide(Choice.RECREATE)
    plan = bench.plan()
    with pytest.raises(UnsafePlanError, match="6 of 6 linked objects are gone"):
        bench.apply(plan)
    approve(bench, plan.fingerprint, "target-reset", "ada")
    assert bench.apply(plan).done == 6


def test_what_people_leave_gone_is_no_sign_of_a_reset_any_more() -> None:
    bench = Bench(mapping_text=USUAL)
    groups = [record(KIND["group"], f"g{n}", name=f"G{n}") for n in range(8)]
    bench.settle(*groups)
    for number in range(6):
        bench.target.forget("group", f"jf-g-g{number}")
    assert [item.guard for item in bench.plan().refusals] == ["target-reset"]
    bench.decide(Choice.LEAVE)
    assert bench.plan().refusals == ()


def test_a_target_whose_objects_bear_other_identities_is_noticed() -> None:
    bench = usual_bench(*groups(6))
    for number in range(5):
        bench.target.edit("group", f"jf-g-g{number}", identity=f"other-{number}")

    assert [item.guard for item in bench.plan().refusals] == ["target-reset"]


def test_limits_come_from_the_mapping() -> None:
    bench = usual_bench(*groups(4), extra="guards: {retired_share: 0.5}\n")
    bench.want(*groups(2))

    assert told(bench.plan()) == ["retire group g2", "retire group g3"]
    assert not bench.plan().refusals
