"""Grades: no activity of the sandbox is graded, so every course shows a dash."""

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import GRADE_REPORT, GRADES_OF_OTHERS
from adapters.moodle.sandbox.errors import invalid_user, missing_record, moodle_error
from adapters.moodle.sandbox.people import full_name
from adapters.moodle.sandbox.tables import Row

_NO_GRADE = "-"


@serves("gradereport_user_get_grade_items")
def get_grade_items(call: Call) -> Row:
    """Show the grades of one user in a course, of everybody in it for user 0."""
    course_id, user_id = call.arguments["courseid"], call.arguments["userid"]
    if call.state.courses.get(course_id) is None:
        raise missing_record("course")
    course = call.require_course(course_id)
    call.require(GRADE_REPORT)
    if user_id:
        call.require_user(user_id)
    if not call.can(GRADES_OF_OTHERS):
        message = "You don't have permission to view grades."
        raise moodle_error("nopermissiontoviewgrades", message, "error")
    enrolled = call.state.enrolments.find(courseid=course_id)
    ids = [row["userid"] for row in enrolled if user_id in (0, row["userid"])]
    if user_id and not ids:
        raise moodle_error("notingroup", "Sorry, but you need to be in it", "error")
    shown = [_show(course, call.state.users.rows[key]) for key in ids]
    return {"usergrades": shown, "warnings": []}


def _show(course: Row, user: Row) -> Row:
    return {
        "courseid": course["id"],
        "courseidnumber": course["idnumber"],
        "userid": user["id"],
        "userfullname": full_name(user),
        "useridnumber": user["idnumber"],
        "maxdepth": 2,
        "gradeitems": [_course_total(course)],
    }


def _course_total(course: Row) -> Row:
    unknown = (
        "itemname",
        "itemmodule",
        "itemnumber",
        "idnumber",
        "categoryid",
        "outcomeid",
        "scaleid",
        "graderaw",
        "gradedatesubmitted",
        "gradedategraded",
    )
    untrue = (
        "locked",
        "gradehiddenbydate",
        "gradeneedsupdate",
        "gradeishidden",
        "gradeislocked",
        "gradeisoverridden",
    )
    return {
        **dict.fromkeys(unknown),
        **dict.fromkeys(untrue, False),
        "id": course["id"],
        "itemtype": "course",
        "iteminstance": course["id"],
        "gradeformatted": _NO_GRADE,
        "grademin": 0,
        "grademax": 0,
        "rangeformatted": "0&ndash;0",
        "percentageformatted": _NO_GRADE,
        "feedback": "",
        "feedbackformat": 0,
    }


@serves("gradereport_overview_get_course_grades")
def get_course_grades(call: Call) -> Row:
    """Show the total of a user in each course, the newest course first."""
    user_id = call.arguments["userid"] or call.user_id
    if call.state.users.get(user_id) is None:
        raise invalid_user()
    if user_id != call.user_id:
        call.require(GRADES_OF_OTHERS)
    ids = {row["courseid"] for row in call.state.enrolments.find(userid=user_id)}
    return {
        "grades": [
            {"courseid": key, "grade": _NO_GRADE, "rawgrade": None}
            for key in sorted(ids, reverse=True)
        ],
        "warnings": [],
    }
