"""Competencies linked to courses, and what completing the course does to them."""

from adapters.moodle.sandbox import links
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    COURSE_COMPETENCY_CONFIGURE,
    COURSE_COMPETENCY_MANAGE,
    COURSE_COMPETENCY_VIEW,
)
from adapters.moodle.sandbox.competencies import read_competency, show_competency
from adapters.moodle.sandbox.errors import invalid_persistent, missing_record
from adapters.moodle.sandbox.records import INVALID
from adapters.moodle.sandbox.tables import Row

OUTCOME_NONE, OUTCOME_EVIDENCE, OUTCOME_REVIEW, OUTCOME_COMPLETE = range(4)
_HIDDEN = "A competency belonging to hidden framework can not be linked to course"


@serves("core_competency_add_competency_to_course")
def add_competency(call: Call) -> bool:
    """Link a competency to a course; false when it is linked."""
    course = call.require_course(call.arguments["courseid"])
    call.require(COURSE_COMPETENCY_MANAGE)
    competency = links.require_visible(call, call.arguments["competencyid"], _HIDDEN)
    key = {"courseid": course["id"], "competencyid": competency["id"]}
    table = call.state.course_links
    return links.add_link(call, table, key, ruleoutcome=OUTCOME_EVIDENCE) is not None


@serves("core_competency_remove_competency_from_course")
def remove_competency(call: Call) -> bool:
    """Take the link away; false when there was none."""
    course = call.require_course(call.arguments["courseid"])
    call.require(COURSE_COMPETENCY_MANAGE)
    key = {
        "courseid": course["id"],
        "competencyid": call.arguments["competencyid"],
    }
    return links.remove_link(call.state.course_links, key)


@serves("core_competency_reorder_course_competency")
def reorder_competency(call: Call) -> bool:
    """Move one competency of a course to the place of another."""
    course = call.require_course(call.arguments["courseid"])
    call.require(COURSE_COMPETENCY_MANAGE)
    pair = (call.arguments["competencyidfrom"], call.arguments["competencyidto"])
    table = call.state.course_links
    return links.reorder_links(call, table, "courseid", course["id"], pair)


def _links_of(call: Call, course_id: int) -> list[Row]:
    course = call.require_course(course_id)
    call.require(COURSE_COMPETENCY_VIEW, COURSE_COMPETENCY_MANAGE)
    return links.ordered_links(call.state.course_links, "courseid", course["id"])


@serves("core_competency_list_course_competencies")
def list_competencies(call: Call) -> list[Row]:
    """List the competencies of a course with the links themselves."""
    rows = call.state.competencies.rows
    return [
        {
            "competency": show_competency(call, rows[link["competencyid"]]),
            "coursecompetency": link,
        }
        for link in _links_of(call, call.arguments["id"])
    ]


@serves("core_competency_count_competencies_in_course")
def count_competencies(call: Call) -> int:
    """Count the competencies of a course."""
    return len(_links_of(call, call.arguments["id"]))


@serves("core_competency_set_course_competency_ruleoutcome")
def set_outcome(call: Call) -> bool:
    """Say what completing the course does: 0 none, 1 evidence, 2 review, 3 complete."""
    link = call.state.course_links.get(call.arguments["coursecompetencyid"])
    if link is None:
        raise missing_record("competency_coursecomp")
    call.require_course(link["courseid"])
    call.require(COURSE_COMPETENCY_MANAGE)
    outcome = call.arguments["ruleoutcome"]
    if outcome not in range(4):
        raise invalid_persistent([INVALID])
    call.state.course_links.change(
        link["id"],
        ruleoutcome=outcome,
        timemodified=call.now,
        usermodified=call.user_id,
    )
    return True


@serves("core_competency_update_course_competency_settings")
def update_settings(call: Call) -> bool:
    """Say whether ratings in the course reach the plans."""
    course = call.require_course(call.arguments["courseid"])
    call.require(COURSE_COMPETENCY_CONFIGURE)
    pushes = call.arguments["settings"]["pushratingstouserplans"]
    stamps = {"timemodified": call.now, "usermodified": call.user_id}
    values = {"pushratingstouserplans": pushes, **stamps}
    found = call.state.course_settings.first(courseid=course["id"])
    if found is None:
        made = {"courseid": course["id"], "timecreated": call.now, **values}
        call.state.course_settings.add(made)
    else:
        call.state.course_settings.change(found["id"], **values)
    return True


def settings_of(call: Call, course_id: int) -> Row:
    """Return the competency settings of a course, by default not stored yet."""
    unset = {
        "courseid": course_id,
        "pushratingstouserplans": True,
        "id": 0,
        "timecreated": 0,
        "timemodified": 0,
        "usermodified": 0,
    }
    return call.state.course_settings.first(courseid=course_id) or unset


def pushes_ratings(call: Call, course_id: int) -> bool:
    """Say whether ratings in the course reach the plans; the default is yes."""
    return bool(settings_of(call, course_id)["pushratingstouserplans"])


@serves("core_competency_count_courses_using_competency")
def count_courses(call: Call) -> int:
    """Count the courses a competency is linked to."""
    competency = read_competency(call, call.arguments["id"])
    if not call.can(COURSE_COMPETENCY_VIEW, COURSE_COMPETENCY_MANAGE):
        return 0
    return call.state.course_links.count(competencyid=competency["id"])
