"""The riskiest slice through the whole pipeline, once on each platform.

Plan, approve, apply in batches, lose an answer, edit by hand, retire, plan empty: one
story each, with the rows and rules of others standing in the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from labs import about, changed_fields, found, rows, told
from moodle_lab import COURSE, MoodleLab
from workday_lab import WorkdayLab, duties

from connector.kit.errors import UnsafePlanError
from connector.kit.values import RETIRED, Foreign, Record, Ref, Rows
from connector.sync.plan import Choice, FindingKind

STEPS = [Ref("step", f"design/{rank}") for rank in (1, 2, 3, 4)]
TEMPLATE, LINK = Ref("template", "dev"), Ref("course_link", "cloud-design")
PROFILE = Ref("job_profile", "dev")


class MoodleSlice(MoodleLab):
    """One domain, one competency of four nested steps, a template, a course link."""

    # Two calls a request: a wave takes many, and a kind several.
    settings: ClassVar[Mapping[str, Any]] = {"batch_size": 2}

    def records(self) -> Iterator[Record]:
        yield replace(
            self.record("scale", "proficiency", values=("Not yet", "Proficient")),
            identity="proficiency",
        )
        main = Ref("framework", "main")
        yield self.record(
            "framework",
            "main",
            shortname="Framework",
            description="",
            scale=Ref("scale", "proficiency"),
            proficient_from=2,
            taxonomies=("domain", "competency", "level", "level"),
        )
        parents = [None, Ref("domain", "cloud"), Ref("competency", "design"), *STEPS]
        nodes = [*parents[1:3], *STEPS]
        for node, parent in zip(nodes, parents, strict=False):
            assert node is not None
            yield self.record(
                node.kind,
                node.key,
                shortname=f"{node.key}: R&D",
                description="**Builds** what is\n\n- safe\n- small",
                framework=main,
                parent=parent,
            )
        for step in STEPS[:3]:
            yield self.record(
                "step_rule", step.key, node=step, type="all", outcome="complete"
            )
        yield self.record(
            "template",
            "dev",
            shortname="Developer",
            description="Writes.",
            competencies=rows("competency", *STEPS[:3], is_ordered=True),
        )
        course = self.record("course", "cloud", idnumber=COURSE)
        yield replace(course, identity=COURSE)
        yield self.record(
            "course_link",
            "cloud-design",
            course=course.ref,
            competency=STEPS[0],
            outcome="complete",
        )


@pytest.fixture
def moodle(tmp_path: Path) -> Iterator[MoodleSlice]:
    lab = MoodleSlice(tmp_path)
    yield lab
    lab.close()


@pytest.fixture
def workday(tmp_path: Path) -> Iterator[WorkdayLab]:
    lab = WorkdayLab(tmp_path)
    yield lab
    lab.close()


def test_the_riskiest_slice_of_moodle(moodle: MoodleSlice) -> None:
    _make_all_in_moodle(moodle)
    _put_back_what_others_changed(moodle)
    _reword_a_step_and_shorten_the_template(moodle)
    _retire_the_template(moodle)


def _make_all_in_moodle(moodle: MoodleSlice) -> None:
    """Everything is new, each step but the highest gets its rule afterwards."""
    plan = moodle.plan()
    assert len(plan.changes) == 12
    assert {change.operation for change in plan.changes} == {"create"}
    assert plan.refusals == ()

    # Apply in batches, and lose the answers of two of them on the way.
    moodle.lose_answers(2)
    report = moodle.apply(plan)
    assert (report.planned, report.done) == (12, 12)
    moodle.assert_settled()


def _put_back_what_others_changed(moodle: MoodleSlice) -> None:
    """A rule taken away and an edited text wait, and are put back on decision."""
    whole = moodle.portrait()

    # Somebody else adds a competency to the template, and takes a rule away.
    moodle.add_row()
    number = moodle.number(STEPS[1])
    cleared = {"id": number, "ruletype": None, "ruleoutcome": 0, "ruleconfig": None}
    moodle.call("update_competency", competency=cleared)
    assert found(moodle.plan()) == [
        about(FindingKind.DRIFT, Ref("step_rule", STEPS[1].key))
    ]
    moodle.decide(Choice.RESTORE)
    moodle.settle()

    # Somebody edits a text.
    moodle.edit(STEPS[2], description="<p>Theirs.</p>")
    assert found(moodle.plan()) == [about(FindingKind.DRIFT, STEPS[2], "description")]
    moodle.decide(Choice.RESTORE)
    moodle.settle()
    assert [line for line in whole if line not in moodle.portrait()] == [
        line for line in whole if line.startswith("template")
    ]


def _reword_a_step_and_shorten_the_template(moodle: MoodleSlice) -> None:
    """A reworded step and a template of fewer steps; theirs stays where it is."""
    fewer = rows("competency", STEPS[1], STEPS[0], is_ordered=True)
    moodle.want_all(
        moodle.changed(TEMPLATE, competencies=fewer),
        moodle.changed(STEPS[3], description="Anew."),
    )
    assert sorted(changed_fields(moodle.plan())) == [
        ("competencies",),
        ("description",),
    ]
    moodle.settle()
    (template,) = (line for line in moodle.portrait() if line.startswith("template"))
    assert "theirs" in template


def _retire_the_template(moodle: MoodleSlice) -> None:
    """The guard wants a person, who confirms this plan alone; then all is done."""
    moodle.limit_retirements()
    moodle.want_without(TEMPLATE, LINK)
    plan = moodle.plan()
    assert told(plan) == [f"retire {ref.kind} {ref.key}" for ref in (TEMPLATE, LINK)]
    with pytest.raises(UnsafePlanError, match="retirements"):
        moodle.apply(plan)
    moodle.approve(plan)
    moodle.apply(plan)
    assert moodle.shown(TEMPLATE).fields[RETIRED] is True
    moodle.assert_settled()
    moodle.forget_log()
    moodle.apply()
    assert moodle.writes() == 0


def test_the_riskiest_slice_of_workday(workday: WorkdayLab) -> None:
    _make_all_in_workday(workday)
    _give_the_profile_rows_of_others(workday)
    _change_our_rows_beside_theirs(workday)
    _keep_a_duty_that_others_reworded(workday)
    _retire_the_profile(workday)


def _make_all_in_workday(workday: WorkdayLab) -> None:
    """A Put each, a few at a time; two answers are lost on the way."""
    plan = workday.plan()
    assert {change.operation for change in plan.changes} == {"create"}
    workday.lose_answers(2)
    report = workday.apply(plan)
    assert report.done == report.planned == 7
    workday.assert_settled()


def _give_the_profile_rows_of_others(workday: WorkdayLab) -> None:
    """Others give it two competencies and a responsibility: nothing to plan."""
    identity = workday.base[PROFILE].identity
    for competency in ("OTHER-1", "OTHER-2"):
        workday.tenant.edit_required_competency(identity, competency, "FS-1")
    workday.tenant.edit_responsibility(identity, None, "<p>Answers the phone.</p>")
    workday.assert_settled()
    assert _foreign(workday) == {"Tact", "Thrift"}


def _change_our_rows_beside_theirs(workday: WorkdayLab) -> None:
    """One of our rows changes its rating, one duty is replaced: theirs stay."""
    owned = (Ref("competency", "craft"), Ref("competency", "care"))
    raised = rows("competency", *owned, rating="jf-pr-s/3", is_required=True)
    workday.want_all(
        workday.changed(
            PROFILE,
            required_competencies=raised,
            responsibilities=duties("Builds things.", "Reviews things."),
        )
    )
    assert changed_fields(workday.plan()) == [
        ("required_competencies", "responsibilities")
    ]
    workday.settle()
    assert _foreign(workday) == {"Tact", "Thrift"}
    assert _duties(workday) == {
        "Builds things.",
        "Reviews things.",
        "Answers the phone.",
    }


def _keep_a_duty_that_others_reworded(workday: WorkdayLab) -> None:
    """Somebody rewords a duty of ours: one finding, and never a second row."""
    identity = workday.base[PROFILE].identity
    workday.tenant.edit_responsibility(
        identity, "<p>Builds things.</p>", "<p>Builds boats.</p>"
    )
    plan = workday.plan()
    assert told(plan) == []
    assert found(plan) == [about(FindingKind.DRIFT, PROFILE, "responsibilities")]
    workday.decide(Choice.KEEP)
    workday.assert_settled()


def _retire_the_profile(workday: WorkdayLab) -> None:
    """The guard wants a person; what is theirs survives in the profile."""
    workday.limit_retirements()
    workday.want_without(PROFILE)
    # The framework drops a profile that others have edited: a person decides first.
    assert found(workday.plan()) == [about(FindingKind.CONFLICT, PROFILE, RETIRED)]
    workday.decide(Choice.OURS)
    plan = workday.plan()
    with pytest.raises(UnsafePlanError, match="retirements"):
        workday.apply(plan)
    workday.approve(plan)
    workday.apply(plan)
    assert workday.shown(PROFILE).fields[RETIRED] is True
    assert _foreign(workday) == {"Tact", "Thrift"}
    workday.assert_settled()
    workday.forget_log()
    workday.apply()
    assert workday.writes() == 0


def _rows(lab: WorkdayLab, field: str) -> Rows:
    shown = lab.shown(PROFILE).fields[field]
    assert isinstance(shown, Rows)
    return shown


def _foreign(lab: WorkdayLab) -> set[str]:
    """Return the names of the competencies of others that the profile requires."""
    ours = {lab.remote_id(ref) for ref in lab.base if ref.kind == "competency"}
    instances = lab.tenant.store.find
    return {
        instances("WID", row.key.remote_id).descriptor  # type: ignore[union-attr]  # it is there
        for row in _rows(lab, "required_competencies").rows
        if isinstance(row.key, Foreign) and row.key.remote_id not in ours
    }


def _duties(lab: WorkdayLab) -> set[object]:
    return {row.fields["text"] for row in _rows(lab, "responsibilities").rows}
