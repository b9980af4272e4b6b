"""Reading courses. The sandbox makes and changes none: an administrator does."""

import re
from typing import Any

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import COURSE_UPDATE
from adapters.moodle.sandbox.errors import (
    MoodleError,
    invalid_parameter,
    moodle_error,
    php_error,
)
from adapters.moodle.sandbox.formatting import show_string
from adapters.moodle.sandbox.state import CATEGORY_ID, SITE_ID
from adapters.moodle.sandbox.tables import Row

_DAY = 24 * 60 * 60
_YEAR = 365 * _DAY
_NUMBER = re.compile(r"\s*-?[0-9]+")


def context_not_valid(course_id: int, error: MoodleError) -> MoodleError:
    """Return the error of functions that walk over courses and meet a closed one."""
    return moodle_error(
        "errorcoursecontextnotvalid",
        "You cannot execute functions in the course context (course id:"
        f"{course_id}). The context error message was: {error.message}",
        "webservice",
    )


def _names(call: Call, course: Row) -> Row:
    return {
        "fullname": show_string(call, course["fullname"]),
        "displayname": show_string(call, course["fullname"]),
        "shortname": show_string(call, course["shortname"]),
        "summary": course["summary"],
        "summaryformat": 1,
        "showactivitydates": True,
        "showcompletionconditions": True,
    }


def _settings(course: Row) -> Row:
    return {
        "format": "site" if course["id"] == SITE_ID else "topics",
        "showgrades": 1,
        "newsitems": 5,
        **course_dates(course),
        "maxbytes": 0,
        "showreports": 0,
        "visible": course["visible"],
        "groupmode": 0,
        "groupmodeforce": 0,
        "defaultgroupingid": 0,
        "enablecompletion": course["enablecompletion"],
        "completionnotify": 0,
        "lang": "",
    }


def course_dates(course: Row) -> Row:
    """Return start and end as a new course gets them: its day, and a year later."""
    start = course["timecreated"] - course["timecreated"] % _DAY
    return {"startdate": start, "enddate": start + _YEAR}


def course_image(call: Call, course: Row) -> str:
    """Return the address of the picture Moodle draws for a course."""
    context = call.state.context("course", course["id"])
    place = f"{context['id']}/course/generated/course.svg"
    return f"{call.site.wwwroot}/pluginfile.php/{place}"


def _public(call: Call, course: Row) -> Row:
    return {
        "id": course["id"],
        **_names(call, course),
        "courseimage": course_image(call, course),
        "categoryid": _category(course),
        "categoryname": "" if course["id"] == SITE_ID else call.state.category_name,
        "sortorder": 10000 + course["id"],
        "summaryfiles": [],
        "overviewfiles": [],
        "contacts": [],
        "enrollmentmethods": ["manual"],
    }


def _category(course: Row) -> int:
    return 0 if course["id"] == SITE_ID else CATEGORY_ID


def _full(call: Call, course: Row) -> Row:
    shown = {
        **_public(call, course),
        **_settings(course),
        "theme": "",
        "marker": 0,
        "filters": [],
        "courseformatoptions": [
            {"name": "hiddensections", "value": 1},
            {"name": "coursedisplay", "value": 0},
            {"name": "indentation", "value": "1"},
        ],
    }
    if call.can(COURSE_UPDATE):
        shown |= {
            "idnumber": course["idnumber"],
            "legacyfiles": 0,
            "calendartype": "",
            "timecreated": course["timecreated"],
            "timemodified": course["timemodified"],
            "requested": 0,
            "cacherev": course["timemodified"],
        }
    return shown


@serves("core_course_get_courses_by_field")
def get_courses_by_field(call: Call) -> Row:
    """Find courses by one field; a closed course shows its public part only."""
    field, value = call.arguments["field"], call.arguments["value"]
    found = _find(call, field, value)
    shown = [
        _full(call, course) if call.can_enter(course) else _public(call, course)
        for course in found
        if course["visible"] or call.can(COURSE_UPDATE)
    ]
    return {"courses": shown, "warnings": []}


def _find(call: Call, field: str, value: Any) -> list[Row]:
    table = call.state.courses
    if field == "":
        return sorted(table, key=lambda row: int(row["id"]))
    if field == "ids":
        kept = re.sub(r"[^0-9,]", "", value)
        ids = [int(part) for part in kept.split(",") if part]
        if any(key not in table.rows for key in ids):
            raise php_error('Attempt to assign property "contextvalidated" on null')
        return [table.rows[key] for key in ids]
    if field in ("id", "category"):
        number = int(match[0]) if (match := _NUMBER.match(value)) else 0
        if field == "id":
            return table.find(id=number)
        return [row for row in table if _category(row) == number]
    if field in ("shortname", "idnumber"):
        return table.find(**{field: value})
    raise invalid_parameter("Invalid field name")


@serves("core_course_get_courses")
def get_courses(call: Call) -> list[Row]:
    """List courses by id, or all; one closed course fails the whole call."""
    ids = call.arguments["options"].get("ids") or list(call.state.courses.rows)
    shown = []
    for course_id in sorted(set(ids)):
        course = call.state.courses.get(course_id)
        if course is None:
            continue
        try:
            call.require_course(course_id)
        except MoodleError as error:
            raise context_not_valid(course_id, error) from error
        shown.append(_listed(call, course))
    return shown


def _listed(call: Call, course: Row) -> Row:
    shown = {
        "id": course["id"],
        "categoryid": _category(course),
        **_names(call, course),
        "format": "topics",
        **course_dates(course),
    }
    if call.can(COURSE_UPDATE):
        shown |= {
            **_settings(course),
            "categorysortorder": 10000 + course["id"],
            "idnumber": course["idnumber"],
            "hiddensections": 1,
            "numsections": 0,
            "timecreated": course["timecreated"],
            "timemodified": course["timemodified"],
            "forcetheme": "",
            "courseformatoptions": [
                {"name": "hiddensections", "value": 1},
                {"name": "coursedisplay", "value": 0},
            ],
        }
    return shown
