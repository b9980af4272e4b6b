"""Who is enrolled where, and how far they came."""

from typing import Any

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    COMPLETION_REPORT,
    COURSE_ENROL_REVIEW,
    COURSE_VIEW_PARTICIPANTS,
    USER_VIEW_ALL_DETAILS,
    USER_VIEW_DETAILS,
)
from adapters.moodle.sandbox.completion import (
    completion_of,
    is_done,
    progress_of,
    state_of,
)
from adapters.moodle.sandbox.course_store import criteria_of
from adapters.moodle.sandbox.courses import (
    context_not_valid,
    course_dates,
    course_image,
)
from adapters.moodle.sandbox.errors import (
    MoodleError,
    invalid_parameter,
    missing_record,
    moodle_error,
)
from adapters.moodle.sandbox.formatting import show_string
from adapters.moodle.sandbox.tables import Row
from adapters.moodle.sandbox.users import show_user

_SORTS = ("id", "firstname", "lastname", "siteorder")
_SITE_ORDER = ("lastname", "firstname", "id")
_ALWAYS = frozenset({"id", "fullname"})
_IN_COURSE_HIDDEN = frozenset(
    {
        "auth",
        "suspended",
        "confirmed",
        "lang",
        "theme",
        "timezone",
        "mailformat",
        "trackforums",
    }
)
_CRITERION_ACTIVITY = 4


@serves("core_enrol_get_enrolled_users")
def get_enrolled_users(call: Call) -> list[Row]:
    """List the participants of a course, paged; nothing about completion in it."""
    options = {entry["name"]: entry["value"] for entry in call.arguments["options"]}
    sort, is_descending = _read_sort(options)
    course = call.state.courses.get(call.arguments["courseid"])
    if course is None:
        raise missing_record("course")
    try:
        call.require_course(course["id"])
    except MoodleError as error:
        raise context_not_valid(course["id"], error) from error
    call.require(COURSE_VIEW_PARTICIPANTS)
    if options.get("onlyactive", "0") not in ("", "0"):
        call.require(COURSE_ENROL_REVIEW)
    rows = call.state.enrolments.find(courseid=course["id"])
    users = [call.state.users.rows[row["userid"]] for row in rows]
    users.sort(key=lambda user: [user[name] for name in sort], reverse=is_descending)
    skip, limit = (_number(options.get(name)) for name in ("limitfrom", "limitnumber"))
    page = users[skip : skip + limit] if limit else users[skip:]
    wanted = [name for name in options.get("userfields", "").split(",") if name]
    shown = [_show_participant(call, user, wanted) for user in page]
    return [user for user in shown if user is not None]


def _read_sort(options: dict[str, Any]) -> tuple[tuple[str, ...], bool]:
    sort = options.get("sortby", "id")
    direction = options.get("sortdirection", "ASC").upper()
    if sort not in _SORTS or direction not in ("ASC", "DESC"):
        raise invalid_parameter("Invalid value for sortby or sortdirection parameter")
    columns = _SITE_ORDER if sort == "siteorder" else (sort,)
    return columns, direction == "DESC"


def _number(value: str | None) -> int:
    return int(value) if value and value.isdigit() else 0


def _show_participant(call: Call, user: Row, wanted: list[str]) -> Row | None:
    shown = show_user(call, user)
    if shown is None:
        return None
    if wanted:
        names = _ALWAYS | set(wanted)
        return {name: value for name, value in shown.items() if name in names}
    courses = [
        call.state.courses.rows[row["courseid"]]
        for row in call.state.enrolments.find(userid=user["id"])
    ]
    kept = {name: shown[name] for name in shown.keys() - _IN_COURSE_HIDDEN}
    role = {"roleid": 5, "name": "", "shortname": "student", "sortorder": 0}
    return {
        **kept,
        "lastcourseaccess": 0,
        "roles": [role],
        "enrolledcourses": [
            {name: row[name] for name in ("id", "fullname", "shortname")}
            for row in sorted(courses, key=lambda row: -int(row["id"]))
        ],
    }


@serves("core_enrol_get_users_courses")
def get_users_courses(call: Call) -> list[Row]:
    """List the courses of a user the caller may look into; others are left out."""
    user_id = call.arguments["userid"]
    rows = call.state.enrolments.find(userid=user_id)
    courses = [call.state.courses.rows[row["courseid"]] for row in rows]
    sees_profile = call.can(USER_VIEW_DETAILS, USER_VIEW_ALL_DETAILS)
    may_view = call.can(COURSE_VIEW_PARTICIPANTS) and sees_profile
    visible = [row for row in courses if may_view and call.can_enter(row)]
    visible.sort(key=lambda row: -int(row["id"]))
    return [_show_users_course(call, row, user_id) for row in visible]


def _show_users_course(call: Call, course: Row, user_id: int) -> Row:
    is_known = call.can(COMPLETION_REPORT) and course["enablecompletion"]
    is_complete = completion_of(call, course["id"], user_id) is not None
    has_criteria = bool(criteria_of(call.state, course["id"]))
    shown = {
        "id": course["id"],
        "shortname": show_string(call, course["shortname"]),
        "fullname": show_string(call, course["fullname"]),
        "displayname": show_string(call, course["fullname"]),
        "idnumber": course["idnumber"],
        "visible": course["visible"],
        "summary": course["summary"],
        "summaryformat": course["summaryformat"],
        "format": course["format"],
        "courseimage": course_image(call, course),
        "showgrades": True,
        "lang": course["lang"],
        "enablecompletion": course["enablecompletion"],
        "completionhascriteria": is_known and has_criteria,
        "completionusertracked": is_known,
        "category": course["category"],
        "progress": progress_of(call, course["id"], user_id) if is_known else None,
        "completed": is_complete if is_known else None,
        **course_dates(course),
        "marker": 0,
        "lastaccess": None,
        "isfavourite": False,
        "hidden": False,
        "overviewfiles": [],
        "showactivitydates": True,
        "showcompletionconditions": True,
        "timemodified": course["timemodified"],
    }
    if call.arguments["returnusercount"]:
        count = call.state.enrolments.count(courseid=course["id"])
        shown["enrolledusercount"] = count
    return shown


@serves("core_completion_get_course_completion_status")
def get_course_completion_status(call: Call) -> Row:
    """Say whether one user completed one course."""
    course_id, user_id = call.arguments["courseid"], call.arguments["userid"]
    if call.state.courses.get(course_id) is None:
        raise missing_record("course")
    call.require_user(user_id)
    course = call.require_course(course_id)
    if not call.can(COMPLETION_REPORT) or not course["enablecompletion"]:
        raise moodle_error("cannotviewreport", "You cannot view this report", "error")
    if not call.state.enrolments.count(courseid=course_id, userid=user_id):
        code = "notenroled" if user_id == call.user_id else "usernotenroled"
        message = "User is not enrolled in this course"
        raise moodle_error(code, message, "completion")
    if not criteria_of(call.state, course_id):
        message = "No completion criteria set for this course"
        raise moodle_error("nocriteriaset", message, "completion")
    return {"completionstatus": _status(call, course, user_id), "warnings": []}


def _status(call: Call, course: Row, user_id: int) -> Row:
    criteria = criteria_of(call.state, course["id"])
    return {
        "completed": completion_of(call, course["id"], user_id) is not None,
        "aggregation": 1,
        "completions": [_criterion(call, row, user_id) for row in criteria],
    }


def _criterion(call: Call, activity: Row, user_id: int) -> Row:
    progress = state_of(call, activity["id"], user_id)
    course_completion = completion_of(call, activity["courseid"], user_id)
    # A criterion that was met stays met, also when the activity is taken back.
    is_met = is_done(call, activity["id"], user_id) or course_completion is not None
    moment = progress["timemodified"]
    if course_completion is not None:
        moment = course_completion["timecompleted"]
    place = f"mod/{activity['modname']}/view.php?id={activity['id']}"
    link = f'<a href="{call.site.wwwroot}/{place}">{activity["name"]}</a>'
    return {
        "type": _CRITERION_ACTIVITY,
        "title": "Activity completion",
        "status": "Yes" if is_met else "No",
        "complete": is_met,
        "timecompleted": moment if is_met else None,
        "details": {
            "type": "Activity completion",
            "criteria": link,
            "requirement": "Marking yourself complete",
            "status": "",
        },
    }
