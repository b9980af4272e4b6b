"""What a target must never suffer: second writes, retirements by mistake, lost rows."""

from __future__ import annotations

import pytest
from labs import EDITION, Lab, about, found, said, told

from connector.kit.errors import StalePlanError, UnsafePlanError
from connector.kit.values import RETIRED, Rows
from connector.sync.plan import Choice, FindingKind
from connector.sync.plan_json import plan_from_json, plan_to_json


def rows_shown(lab: Lab) -> Rows:
    shown = lab.shown(lab.holder).fields[lab.group]
    assert isinstance(shown, Rows)
    return shown


def with_one_row_less(lab: Lab) -> Rows:
    """Return the group as wanted, its last row left out."""
    wanted = lab.base[lab.holder].fields[lab.group]
    assert isinstance(wanted, Rows)
    return Rows(wanted.rows[:-1], wanted.is_ordered)


def test_a_second_run_makes_no_write(lab: Lab) -> None:
    lab.settle()
    assert lab.writes() > 0
    before = lab.portrait()
    lab.forget_log()
    report = lab.apply()
    assert (report.planned, lab.writes()) == (0, 0)
    assert lab.portrait() == before


def test_a_lost_answer_is_looked_up_and_nothing_is_made_twice(lab: Lab) -> None:
    lab.lose_answers(2)
    report = lab.apply()
    assert report.done == report.planned, report
    lab.assert_settled()
    lost = lab.portrait()
    assert len(lost) == len(set(lost))


def test_a_lost_answer_ends_like_an_answer(lab: Lab) -> None:
    ours = lab.changed(lab.plain, **{lab.text_field: "Ours."})
    lab.settle()
    lab.want_all(ours)
    lab.settle()
    usual = lab.portrait()
    lab.want_all()
    lab.settle()
    lab.want_all(ours)
    lab.lose_answers(1)
    lab.settle()
    assert lab.portrait() == usual


# An interrupted read retires nothing and says so.


def test_an_interrupted_read_retires_nothing_and_says_so(settled: Lab) -> None:
    paged = [ref for ref in settled.base if ref.kind == settled.paged_kind]
    settled.want_without(settled.plain, *paged)
    settled.cut_reading()
    plan = settled.plan()
    assert [change for change in told(plan) if settled.paged_kind in change] == []
    gaps = [item for item in plan.findings if item.type is FindingKind.INCOMPLETE]
    assert settled.paged_kind in {item.kind for item in gaps}
    assert all("nothing is created or retired" in item.message for item in gaps)


def test_an_interrupted_read_creates_nothing_again(settled: Lab) -> None:
    settled.cut_reading()
    settled.apply()
    assert settled.writes() == 0


# A target that was reset trips the guard.


def test_a_target_that_was_reset_trips_the_guard(settled: Lab) -> None:
    settled.reset()
    settled.forget_log()
    plan = settled.plan()
    assert "target-reset" in [refusal.guard for refusal in plan.refusals]
    with pytest.raises(UnsafePlanError, match="reset or replaced"):
        settled.apply(plan)
    assert settled.writes() == 0


def test_too_many_retirements_are_refused_until_somebody_confirms(
    settled: Lab,
) -> None:
    settled.limit_retirements()
    settled.want_without(settled.holder)
    plan = settled.plan()
    with pytest.raises(UnsafePlanError, match="retirements"):
        settled.apply(plan)
    assert settled.writes() == 0
    settled.approve(plan)
    settled.apply(plan)
    assert settled.shown(settled.holder).fields[RETIRED] is True


# A row of others in a group of ours.


def test_a_row_of_others_survives_every_change_of_ours(settled: Lab) -> None:
    settled.add_row()
    settled.assert_settled()
    (theirs,) = set(rows_shown(settled).by_key()) - before_keys(settled)

    fewer = with_one_row_less(settled)
    settled.want_all(settled.changed(settled.holder, **{settled.group: fewer}))
    settled.settle()
    assert theirs in rows_shown(settled).by_key()
    assert len(rows_shown(settled).rows) == len(fewer.rows) + 1

    settled.want_all()
    settled.settle()
    settled.want_without(settled.holder)
    settled.settle()
    assert theirs in rows_shown(settled).by_key()
    settled.want_all()
    settled.settle()
    assert theirs in rows_shown(settled).by_key()


def before_keys(lab: Lab) -> set[object]:
    """Return the keys of our rows as the adapter reads them."""
    wanted = lab.base[lab.holder].fields[lab.group]
    assert isinstance(wanted, Rows)
    ours = {lab.remote_id(row.key) for row in wanted.rows}  # type: ignore[arg-type]  # references all
    return {
        key for key in rows_shown(lab).by_key() if getattr(key, "remote_id", "") in ours
    }


def test_what_others_made_is_the_same_after_our_whole_life(lab: Lab) -> None:
    """Write everything, retire everything: what was there before is as it was."""
    before = lab.portrait()
    lab.settle()
    lab.want(*(record for ref, record in lab.base.items() if _stays(lab, ref.kind)))
    lab.settle()
    after = lab.portrait()
    assert [line for line in before if line not in after] == []


def _stays(lab: Lab, kind: str) -> bool:
    return kind in ("scale", "framework", "course") and lab.adapter == "moodle"


def test_a_row_of_ours_that_others_removed_is_drift(settled: Lab) -> None:
    wanted = settled.base[settled.holder].fields[settled.group]
    assert isinstance(wanted, Rows)
    settled.remove_row(wanted.rows[0].key)  # type: ignore[arg-type]  # a reference
    plan = settled.plan()
    assert told(plan) == []
    assert found(plan) == [about(FindingKind.DRIFT, settled.holder, settled.group)]
    settled.decide(Choice.RESTORE)
    assert f"update {settled.holder.kind} {settled.holder.key}" in told(settled.plan())


# `apply` of a kept plan refuses after the target moved and says what moved.


def test_a_kept_plan_is_refused_after_the_target_moved(settled: Lab) -> None:
    settled.want_all(settled.changed(settled.plain, **{settled.text_field: "Ours."}))
    kept = plan_from_json(plan_to_json(settled.plan()), "a file")
    theirs = settled.changed(settled.plain, **{settled.text_field: "Theirs."})
    settled.edit(
        settled.plain,
        **{settled.text_field: str(theirs.fields[settled.text_field])},
    )
    settled.forget_log()
    with pytest.raises(StalePlanError) as refused:
        settled.engine.apply(kept, EDITION, "ada")
    assert settled.writes() == 0
    (problem,) = refused.value.problems
    assert problem.place == f"{settled.plain.kind} {settled.plain.key}"
    assert "changed" in problem.message


def test_a_kept_plan_that_still_fits_is_applied(settled: Lab) -> None:
    settled.want_all(settled.changed(settled.plain, **{settled.text_field: "Ours."}))
    kept = plan_from_json(plan_to_json(settled.plan()), "a file")
    report = settled.engine.apply(kept, EDITION, "ada")
    assert (report.planned, report.done) == (1, 1)
    settled.assert_settled()


def test_a_plan_for_a_group_that_others_changed_since_is_refused(settled: Lab) -> None:
    fewer = with_one_row_less(settled)
    settled.want_all(settled.changed(settled.holder, **{settled.group: fewer}))
    plan = settled.plan()
    settled.add_row()
    with pytest.raises(StalePlanError):
        settled.apply(plan)
    assert found(settled.plan()) == []
    settled.settle()


def test_findings_name_the_object(settled: Lab) -> None:
    settled.edit(settled.plain, **{settled.name_field: "Another name"})
    plan = settled.plan()
    assert [said(item) for item in plan.open_findings] == [
        about(FindingKind.DRIFT, settled.plain, settled.name_field)
    ]
