"""Activities of courses: what a course holds, and how far somebody came with it."""

import json

from adapters.moodle.sandbox import completion
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    COURSE_COMPETENCY_MANAGE,
    COURSE_COMPETENCY_VIEW,
    COURSE_OVERRIDE_COMPLETION,
    LABELS,
    PROGRESS_REPORT,
)
from adapters.moodle.sandbox.course_store import TRACKING_AUTOMATIC, tracked_of
from adapters.moodle.sandbox.courses import context_not_valid
from adapters.moodle.sandbox.errors import (
    MoodleError,
    invalid_activity,
    missing_record,
    moodle_error,
    no_override,
)
from adapters.moodle.sandbox.formatting import show_string
from adapters.moodle.sandbox.tables import Row

_FORUM_DATA = json.dumps({"trackingtype": "1"}, separators=(",", ":"))
_KINDS = {
    "forum": ("collaboration", "Forums", _FORUM_DATA),
    "page": ("content", "Pages", '""'),
}
_CONTENT_OPTIONS = frozenset(
    {
        "excludemodules",
        "excludecontents",
        "includestealthmodules",
        "sectionid",
        "sectionnumber",
        "cmid",
        "modname",
        "modid",
    }
)


def read_activity(call: Call, activity_id: int) -> Row:
    """Return an activity of a course the caller may enter."""
    activity = call.state.activities.get(activity_id)
    if activity is None:
        raise invalid_activity()
    call.require_course(activity["courseid"])
    return activity


@serves("core_course_get_contents")
def get_contents(call: Call) -> list[Row]:
    """List the sections of a course with their activities."""
    course = call.state.courses.get(call.arguments["courseid"])
    if course is None:
        raise missing_record("course")
    options = call.arguments["options"]
    if any(option["name"] not in _CONTENT_OPTIONS for option in options):
        raise moodle_error("errorinvalidparam", "The param is invalid.", "webservice")
    try:
        call.require_course(course["id"])
    except MoodleError as error:
        raise context_not_valid(course["id"], error) from error
    activities = call.state.activities.find(courseid=course["id"])
    return [
        _show_section(call, section, activities)
        for section in call.state.sections.find(courseid=course["id"])
    ]


def _show_section(call: Call, section: Row, activities: list[Row]) -> Row:
    inside = [row for row in activities if row["sectionid"] == section["id"]]
    return {
        "id": section["id"],
        "name": "General" if section["number"] == 0 else "New section",
        "visible": 1,
        "summary": "",
        "summaryformat": 1,
        "section": section["number"],
        "hiddenbynumsections": 0,
        "uservisible": True,
        "component": None,
        "itemid": None,
        "modules": [_show_activity(call, activity) for activity in inside],
    }


def _show_activity(call: Call, activity: Row) -> Row:
    kind, base = activity["modname"], call.site.wwwroot
    purpose, plural, custom = _KINDS[kind]
    shown = {
        "id": activity["id"],
        "url": f"{base}/mod/{kind}/view.php?id={activity['id']}",
        "name": show_string(call, activity["name"]),
        "instance": activity["id"],
        "contextid": call.state.context("module", activity["id"])["id"],
        "visible": 1,
        "uservisible": True,
        "visibleoncoursepage": 1,
        "modicon": f"{base}/theme/image.php/boost/{kind}/1/monologo?filtericon=1",
        "modname": kind,
        "purpose": purpose,
        "branded": False,
        "modplural": plural,
        "availability": None,
        "indent": 0,
        "onclick": "",
        "afterlink": None,
        "customdata": custom,
        "noviewlink": False,
        "completion": activity["tracking"],
        "downloadcontent": 1,
        "dates": [],
        "groupmode": 0,
    }
    if kind == "forum":
        return {**shown, "activitybadge": []}
    if activity["tracking"]:
        shown["completiondata"] = _progress(call, activity, call.user_id)
    return {**shown, **_page_file(call, activity)}


def _page_file(call: Call, activity: Row) -> Row:
    place = f"{call.state.context('module', activity['id'])['id']}/mod_page/content"
    address = f"{call.site.wwwroot}/webservice/pluginfile.php/{place}/index.html"
    page = {
        "type": "file",
        "filename": "index.html",
        "filepath": "/",
        "filesize": 0,
        "fileurl": f"{address}?forcedownload=1",
        "timecreated": None,
        "timemodified": activity["timemodified"],
        "sortorder": 1,
        "userid": None,
        "author": None,
        "license": None,
    }
    info = {
        "filescount": 1,
        "filessize": 0,
        "lastmodified": activity["timemodified"],
        "mimetypes": [],
        "repositorytype": "",
    }
    return {"contents": [page], "contentsinfo": info}


def _progress(call: Call, activity: Row, user_id: int) -> Row:
    found = completion.state_of(call, activity["id"], user_id)
    enrolled = call.state.enrolments.count(
        courseid=activity["courseid"], userid=user_id
    )
    return {
        "state": found["state"],
        "timecompleted": found["timemodified"],
        "overrideby": found["overrideby"],
        "valueused": False,
        "hascompletion": True,
        "isautomatic": activity["tracking"] == TRACKING_AUTOMATIC,
        "istrackeduser": bool(enrolled),
        "uservisible": True,
        "details": [],
        "isoverallcomplete": completion.is_done(call, activity["id"], user_id),
    }


@serves("core_completion_get_activities_completion_status")
def get_activities_status(call: Call) -> Row:
    """Say how far one user came with the tracked activities of a course."""
    course_id, user_id = call.arguments["courseid"], call.arguments["userid"]
    if call.state.courses.get(course_id) is None:
        raise missing_record("course")
    call.require_user(user_id)
    call.require_course(course_id)
    if user_id != call.user_id:
        call.require(PROGRESS_REPORT)
    statuses = [
        {
            "cmid": activity["id"],
            "modname": activity["modname"],
            "instance": activity["id"],
            "tracking": activity["tracking"],
            **_progress(call, activity, user_id),
        }
        for activity in tracked_of(call.state, course_id)
    ]
    return {"statuses": statuses, "warnings": []}


@serves("core_completion_override_activity_completion_status")
def override_status(call: Call) -> Row:
    """Set how far somebody else came; a course whose last criterion it is completes."""
    activity = read_activity(call, call.arguments["cmid"])
    user_id, new_state = call.arguments["userid"], call.arguments["newstate"]
    course = call.state.courses.rows[activity["courseid"]]
    if not course["enablecompletion"]:
        message = "Completion is not enabled"
        raise moodle_error("completionnotenabled", message, "completion")
    tracking = {
        "cmid": activity["id"],
        "userid": user_id,
        "tracking": activity["tracking"],
    }
    if not activity["tracking"]:
        return {"state": 0, "timecompleted": 0, "overrideby": None, **tracking}
    if not call.can(COURSE_OVERRIDE_COMPLETION):
        raise no_override(LABELS[COURSE_OVERRIDE_COMPLETION])
    if new_state not in completion.STATES:
        message = "An internal error occurred in the completion system."
        raise moodle_error("err_system", message, "completion")
    stored = completion.set_activity_state(
        call, activity, user_id, new_state, when=call.now, by=call.user_id
    )
    return {
        "state": stored["state"],
        "timecompleted": stored["timemodified"],
        "overrideby": stored["overrideby"],
        **tracking,
    }


@serves("core_completion_mark_course_self_completed")
def mark_self_completed(call: Call) -> Row:
    """Mark a course as done for the owner of the token, who is no learner."""
    course_id = call.arguments["courseid"]
    if call.state.courses.get(course_id) is None:
        raise missing_record("course")
    course = call.require_course(course_id)
    if not course["enablecompletion"]:
        message = "Completion is not enabled"
        raise moodle_error("completionnotenabled", message, "completion")
    if not call.state.enrolments.count(courseid=course_id, userid=call.user_id):
        message = "You are currently not being tracked by completion in this course"
        raise moodle_error("nottracked", message, "completion")
    message = "No self completion criteria have been set for this course"
    raise moodle_error("noselfcompletioncriteria", message, "completion")


@serves("core_competency_list_course_module_competencies")
def list_activity_competencies(call: Call) -> list[Row]:
    """List the competencies of an activity: none, as no function links any."""
    read_activity(call, call.arguments["cmid"])
    call.require(COURSE_COMPETENCY_VIEW, COURSE_COMPETENCY_MANAGE)
    return []
