"""Reading courses: what everybody may see of one, and what only its readers may."""

import re
from typing import Any

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    COURSE_UPDATE,
    COURSE_VIEW_HIDDEN,
)
from adapters.moodle.sandbox.course_store import sort_orders
from adapters.moodle.sandbox.errors import (
    MoodleError,
    invalid_parameter,
    moodle_error,
    no_permission,
    php_error,
)
from adapters.moodle.sandbox.formatting import show_string, show_text
from adapters.moodle.sandbox.state import SITE_ID
from adapters.moodle.sandbox.tables import Row

_NUMBER = re.compile(r"\s*-?[0-9]+")
_FILTERS = ("displayh5p", "activitynames", "emoticon", "urltolink", "mediaplugin")
_SEARCHED = ("summary", "fullname", "shortname", "idnumber")


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
        **_summary(call, course),
        "showactivitydates": True,
        "showcompletionconditions": True,
    }


def _summary(call: Call, course: Row) -> Row:
    text, text_format = show_text(call, course["summary"], course["summaryformat"])
    return {"summary": text, "summaryformat": text_format}


def _settings(course: Row) -> Row:
    return {
        "format": course["format"],
        "showgrades": course["showgrades"],
        "newsitems": course["newsitems"],
        **course_dates(course),
        "maxbytes": 0,
        "showreports": 0,
        "visible": course["visible"],
        "groupmode": 0,
        "groupmodeforce": 0,
        "defaultgroupingid": 0,
        "enablecompletion": course["enablecompletion"],
        "completionnotify": 0,
        "lang": course["lang"],
    }


def course_dates(course: Row) -> Row:
    """Return start and end."""
    return {name: course[name] for name in ("startdate", "enddate")}


def category_name(call: Call, course: Row) -> str:
    """Return the name of the category of a course; the front page has none."""
    category = call.state.categories.get(course["category"])
    return show_string(call, category["name"]) if category else ""


def course_image(call: Call, course: Row) -> str:
    """Return the address of the picture Moodle draws for a course."""
    context = call.state.context("course", course["id"])
    place = f"{context['id']}/course/generated/course.svg"
    return f"{call.site.wwwroot}/pluginfile.php/{place}"


def _public(call: Call, course: Row, sort_order: int) -> Row:
    return {
        "id": course["id"],
        **_names(call, course),
        "courseimage": course_image(call, course),
        "categoryid": course["category"],
        "categoryname": category_name(call, course),
        "sortorder": sort_order,
        "summaryfiles": [],
        "overviewfiles": [],
        "contacts": [],
        "enrollmentmethods": [] if course["id"] == SITE_ID else ["manual"],
    }


def _full(call: Call, course: Row, sort_order: int) -> Row:
    shown = {
        **_public(call, course, sort_order),
        **_settings(course),
        "theme": "",
        "marker": 0,
        "filters": [
            {"filter": name, "localstate": 0, "inheritedstate": 1} for name in _FILTERS
        ],
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
    orders = sort_orders(call.state, found)
    shown = []
    for course in found:
        if course["visible"] or call.can(COURSE_UPDATE, COURSE_VIEW_HIDDEN):
            show = _full if call.can_enter(course) else _public
            shown.append(show(call, course, orders[course["id"]]))
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
        return table.find(category=number)
    if field in ("shortname", "idnumber"):
        return table.find(**{field: value})
    raise invalid_parameter("Invalid field name")


@serves("core_course_get_courses")
def get_courses(call: Call) -> list[Row]:
    """List courses by id, or all; one closed course fails the whole call."""
    ids = call.arguments["options"].get("ids") or list(call.state.courses.rows)
    table = call.state.courses.rows
    found = [table[key] for key in sorted(set(ids)) if key in table]
    orders = sort_orders(call.state, found)
    shown = []
    for course in found:
        try:
            call.require_course(course["id"])
        except MoodleError as error:
            raise context_not_valid(course["id"], error) from error
        shown.append(_listed(call, course, orders[course["id"]]))
    return shown


def _listed(call: Call, course: Row, sort_order: int) -> Row:
    shown = {
        "id": course["id"],
        "categoryid": course["category"],
        **_names(call, course),
        "format": course["format"],
        **course_dates(course),
    }
    if call.can(COURSE_UPDATE):
        shown |= {
            **_settings(course),
            "categorysortorder": sort_order,
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


@serves("core_course_search_courses")
def search_courses(call: Call) -> Row:
    """Find courses that hold all words of a text, the newest of a category first."""
    name, value = call.arguments["criterianame"], call.arguments["criteriavalue"]
    if name not in ("search", "modulelist", "blocklist", "tagid"):
        raise invalid_parameter("Invalid value for criterianame parameter")
    if name in ("modulelist", "blocklist"):
        # For administrators only.
        raise no_permission("Change site configuration")
    if name == "tagid":
        return {"total": 0, "courses": [], "warnings": []}
    words = value.casefold().split()
    found = [
        course
        for course in call.state.courses
        if course["id"] != SITE_ID
        and (course["visible"] or call.can(COURSE_VIEW_HIDDEN))
        and _holds(course, words)
    ]
    orders = sort_orders(call.state, found)
    found.sort(key=lambda course: orders[course["id"]])
    page, size = call.arguments["page"], call.arguments["perpage"]
    chosen = found[page * size : (page + 1) * size] if size else found
    shown = [_public(call, course, orders[course["id"]]) for course in chosen]
    return {"total": len(found), "courses": shown, "warnings": []}


def _holds(course: Row, words: list[str]) -> bool:
    text = " ".join(course[name] for name in _SEARCHED).casefold()
    return all(word in text for word in words)
