"""Courses that the site lacks, as copies of a template course, through the engine.

The same stories on the sandbox and on the site that MOODLE_URL and MOODLE_TOKEN name,
whose account may make, copy and delete courses.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import ANY

import pytest
from catalogue_lab import STEPS, CatalogueLab, catalogue_on
from labs import TODAY, told

from connector.kit.values import Done, Operation, Write


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CatalogueLab]:
    with catalogue_on(request.param, tmp_path) as opened:
        opened.make_course("template")
        yield opened


def want_course(lab: CatalogueLab, template: str = "template") -> None:
    """Want a course with the usual records, copied where a template is named."""
    copied = f"{lab.prefix}-{template}" if template else ""
    lab.want_all(*lab.course_records(fullname="R&D", copy_of=copied, category=0))


def test_a_course_that_is_missing_is_copied_and_linked(lab: CatalogueLab) -> None:
    number = f"{lab.prefix}-new"
    want_course(lab)
    plan = lab.plan()
    (change,) = (item for item in plan.changes if item.kind == "course")
    assert (change.key, change.reason) == (number, f"made from “{lab.prefix}-template”")
    assert plan.tasks == ()
    lab.settle()
    course_id, name = lab.courses()[number]
    assert name == "R&D"
    assert lab.links(course_id) == [lab.number(STEPS[0])]
    # No longer wanted, it stays: it is not ours to take away.
    lab.want_all()
    assert told(lab.plan()) == ["retire course_link new"]
    lab.settle()
    assert lab.courses()[number] == (course_id, "R&D")


def test_a_copy_that_was_cut_half_way_is_used(lab: CatalogueLab) -> None:
    number = f"{lab.prefix}-new"
    half = lab.make_course("half", f"{number} (being copied)", idnumber="")
    want_course(lab)
    lab.settle()
    assert lab.courses()[number] == (half, "half")
    assert len(lab.courses()) == 2


def test_a_course_that_is_there_is_used_as_it_is(lab: CatalogueLab) -> None:
    theirs = lab.make_course("new", f"{lab.prefix} of theirs")
    want_course(lab)
    lab.settle()
    assert len(lab.courses()) == 2
    assert lab.courses()[f"{lab.prefix} of theirs"] == (theirs, "new")
    assert lab.links(theirs) == [lab.number(STEPS[0])]


def test_the_same_creation_twice_makes_one_course(lab: CatalogueLab) -> None:
    how = {"fullname": "R&D", "copy_of": f"{lab.prefix}-template", "category": 0}
    course, _ = lab.course_records(**how)
    write = Write(
        operation=Operation.CREATE,
        kind=course.kind,
        key=course.key,
        identity=course.identity,
        remote_id=None,
        before={},
        after={"idnumber": course.key},
        record=course.fields,
        effective_on=TODAY,
    )
    made = [
        [*lab.connection.catalogue.apply([write], {})][-1] for _ in ("first", "again")
    ]
    assert made[0] == made[1] == Done(course.ref, ANY, {"idnumber": course.key})
    assert len(lab.courses()) == 2


def test_a_copy_that_somebody_deleted_becomes_a_task(lab: CatalogueLab) -> None:
    number = f"{lab.prefix}-new"
    want_course(lab)
    lab.settle()
    lab.delete_course(lab.courses()[number][0])
    plan = lab.plan()
    assert [item.key for item in plan.tasks] == [number]
    assert not [item for item in plan.changes if item.kind == "course"]


@pytest.mark.parametrize("template", ["", "nowhere"])
def test_without_a_course_to_copy_nothing_is_made(
    lab: CatalogueLab, template: str
) -> None:
    want_course(lab, template)
    plan = lab.plan()
    assert bool(plan.tasks) is (template == "")
    messages = " ".join(lab.apply(plan).messages)
    assert ("No course bears the ID number" in messages) is bool(template)
    assert list(lab.courses()) == [f"{lab.prefix}-template"]
