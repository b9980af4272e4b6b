"""The pages that show the competencies of a course, and who uses a competency."""

from adapters.moodle.sandbox import scale_rules
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    COMPETENCY_GRADE,
    COMPETENCY_MANAGE,
    COURSE_COMPETENCY_CONFIGURE,
    COURSE_COMPETENCY_MANAGE,
    COURSE_COMPETENCY_VIEW,
    COURSE_VIEW_HIDDEN,
    PLAN_MANAGE,
    PLAN_VIEW,
    USER_COMPETENCY_VIEW,
)
from adapters.moodle.sandbox.competencies import read_competency, show_competency
from adapters.moodle.sandbox.competency_summary import (
    competency_path,
    competency_summary,
)
from adapters.moodle.sandbox.course_links import pushes_ratings, settings_of
from adapters.moodle.sandbox.courses import category_name, course_dates
from adapters.moodle.sandbox.errors import missing_record, php_error
from adapters.moodle.sandbox.evidence import rating_in_course
from adapters.moodle.sandbox.formatting import show_string, show_text
from adapters.moodle.sandbox.links import ordered_links
from adapters.moodle.sandbox.people import show_person
from adapters.moodle.sandbox.tables import Row

_IMAGE = (
    "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="
)
_OUTCOMES = (
    "Do nothing",
    "Attach evidence",
    "Send for review",
    "Complete the competency",
)


def _summarise(call: Call, course: Row) -> Row:
    text, text_format = show_text(call, course["summary"], course["summaryformat"])
    name = show_string(call, course["fullname"])
    return {
        "id": course["id"],
        "fullname": name,
        "shortname": show_string(call, course["shortname"]),
        "idnumber": course["idnumber"],
        "summary": text,
        "summaryformat": text_format,
        **course_dates(course),
        "visible": course["visible"],
        "showactivitydates": True,
        "showcompletionconditions": True,
        "pdfexportfont": "",
        "fullnamedisplay": name,
        "viewurl": f"{call.site.wwwroot}/course/view.php?id={course['id']}",
        "courseimage": _IMAGE,
        "progress": 0,
        "hasprogress": False,
        "isfavourite": False,
        "hidden": False,
        "showshortname": False,
        "coursecategory": category_name(call, course),
    }


@serves("tool_lp_list_courses_using_competency")
def list_courses(call: Call) -> list[Row]:
    """List the courses a competency is linked to; hidden ones are left out."""
    competency = read_competency(call, call.arguments["id"])
    if not call.can(COURSE_COMPETENCY_VIEW, COURSE_COMPETENCY_MANAGE):
        return []
    links = call.state.course_links.find(competencyid=competency["id"])
    courses = [call.state.courses.rows[link["courseid"]] for link in links]
    return [
        _summarise(call, course)
        for course in courses
        if course["visible"] or call.can(COURSE_VIEW_HIDDEN)
    ]


@serves("report_competency_data_for_report")
def show_report(call: Call) -> Row:
    """Show how an enrolled user is rated in the competencies of a course."""
    course_id, user_id = call.arguments["courseid"], call.arguments["userid"]
    if call.state.courses.get(course_id) is None:
        raise missing_record("course")
    course = call.require_course(course_id)
    if not call.state.enrolments.count(courseid=course_id, userid=user_id):
        # A slip of the real one: it names an exception class that does not exist.
        raise php_error('Class "report_competency\\coding_exception" not found')
    call.require(COURSE_COMPETENCY_VIEW, COURSE_COMPETENCY_MANAGE)
    call.require(USER_COMPETENCY_VIEW, PLAN_VIEW, PLAN_MANAGE)
    return {
        "courseid": course_id,
        "user": show_person(call, user_id),
        "course": _summarise(call, course),
        "usercompetencies": [
            _show_rating(call, user_id, link) for link in _links(call, course_id)
        ],
        "pushratingstouserplans": pushes_ratings(call, course_id),
    }


def _links(call: Call, course_id: int) -> list[Row]:
    return ordered_links(call.state.course_links, "courseid", course_id)


def _show_rating(call: Call, user_id: int, link: Row) -> Row:
    competency = call.state.competencies.rows[link["competencyid"]]
    rating = rating_in_course(call, user_id, competency["id"], link["courseid"])
    names = {
        "gradename": scale_rules.grade_name(call, competency, rating["grade"]),
        "proficiencyname": "Yes" if rating["proficiency"] else "No",
    }
    return {
        "usercompetencycourse": {**rating, **names},
        "competency": competency_summary(call, competency, related=[]),
    }


@serves("tool_lp_data_for_course_competencies_page")
def show_course_page(call: Call) -> Row:
    """Show the competencies of a course with what completing it does to them."""
    course_id = call.arguments["courseid"]
    if call.state.courses.get(course_id) is None:
        raise missing_record("course")
    course = call.require_course(course_id)
    call.require(COURSE_COMPETENCY_VIEW, COURSE_COMPETENCY_MANAGE)
    links = _links(call, course_id)
    base, manages = call.site.wwwroot, call.can(COMPETENCY_MANAGE)
    page = f"{base}/admin/tool/lp/competencyframeworks.php?pagecontextid=1"
    return {
        "courseid": course_id,
        "pagecontextid": call.state.context("course", course["id"])["id"],
        "canmanagecompetencyframeworks": manages,
        "canmanagecoursecompetencies": call.can(COURSE_COMPETENCY_MANAGE),
        "canconfigurecoursecompetencies": call.can(COURSE_COMPETENCY_CONFIGURE),
        "cangradecompetencies": call.can(COMPETENCY_GRADE),
        "settings": settings_of(call, course_id),
        "statistics": _statistics(call, course_id, links),
        "competencies": [_show_link(call, link) for link in links],
        "manageurl": page if manages else None,
        "pluginbaseurl": f"{base}/admin/tool/lp",
    }


def _statistics(call: Call, course_id: int, links: list[Row]) -> Row:
    rows = call.state.competencies.rows
    proficient = {
        rating["competencyid"]
        for rating in call.state.user_competency_courses.find(courseid=course_id)
        if rating["proficiency"] and rating["userid"] == call.user_id
    }
    share = len(proficient) / len(links) * 100 if links else 0
    ids = [link["competencyid"] for link in links if link["competencyid"] in rows]
    shown = [show_competency(call, rows[key]) for key in ids if key not in proficient]
    return {
        "competencycount": len(links),
        "proficientcompetencycount": len(proficient),
        "proficientcompetencypercentage": share,
        "proficientcompetencypercentageformatted": f"{share:.1f}" if links else "",
        "leastproficient": shown,
        "leastproficientcount": len(shown),
        "canbegradedincourse": False,
        "canmanagecoursecompetencies": call.can(COURSE_COMPETENCY_MANAGE),
    }


def _show_link(call: Call, link: Row) -> Row:
    competency = call.state.competencies.rows[link["competencyid"]]
    return {
        "competency": show_competency(call, competency),
        "coursecompetency": link,
        "coursemodules": [],
        "ruleoutcomeoptions": [
            {"value": value, "text": text, "selected": value == link["ruleoutcome"]}
            for value, text in enumerate(_OUTCOMES)
        ],
        "comppath": competency_path(call, competency),
        "plans": [],
    }
