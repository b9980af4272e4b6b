"""Creating, changing, copying and deleting courses.

Creation is checked and then stored, so that parallel requests with one short name
may all succeed. Changes and deletions report refusals as warnings of a success.
"""

from typing import Any

from adapters.moodle.sandbox import course_store
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import (
    COURSE_BACKUP,
    COURSE_BACKUP_PEOPLE,
    COURSE_CHANGE_CATEGORY,
    COURSE_CHANGE_FULLNAME,
    COURSE_CHANGE_IDNUMBER,
    COURSE_CHANGE_SHORTNAME,
    COURSE_CHANGE_SUMMARY,
    COURSE_CREATE,
    COURSE_DELETE,
    COURSE_FORCE_LANGUAGE,
    COURSE_RESTORE,
    COURSE_UPDATE,
    COURSE_VISIBILITY,
)
from adapters.moodle.sandbox.errors import (
    MoodleError,
    database_write_error,
    invalid_parameter,
    missing_record,
    moodle_error,
    unknown_format,
)
from adapters.moodle.sandbox.records import TEXT_FORMATS
from adapters.moodle.sandbox.state import SITE_ID
from adapters.moodle.sandbox.tables import Row

_LANGUAGES = frozenset({"", "en"})
_WIDTHS = {"fullname": 254, "shortname": 255, "idnumber": 100}
_STORED = (
    "fullname",
    "shortname",
    "idnumber",
    "summary",
    "summaryformat",
    "format",
    "showgrades",
    "newsitems",
    "startdate",
    "enddate",
    "visible",
    "enablecompletion",
    "lang",
)
_CHANGE_RIGHTS = {
    "categoryid": COURSE_CHANGE_CATEGORY,
    "fullname": COURSE_CHANGE_FULLNAME,
    "shortname": COURSE_CHANGE_SHORTNAME,
    "idnumber": COURSE_CHANGE_IDNUMBER,
    "summary": COURSE_CHANGE_SUMMARY,
    "summaryformat": COURSE_CHANGE_SUMMARY,
    "visible": COURSE_VISIBILITY,
    "lang": COURSE_FORCE_LANGUAGE,
}
_COPY_OPTIONS = frozenset(
    {
        "activities",
        "blocks",
        "filters",
        "users",
        "enrolments",
        "role_assignments",
        "comments",
        "userscompletion",
        "logs",
        "grade_histories",
    }
)


def _require_category(call: Call, category_id: int) -> None:
    if call.state.categories.get(category_id) is None:
        raise moodle_error(
            "errorcatcontextnotvalid",
            "You cannot execute functions in the category context (category id:"
            f"{category_id}). The context error message was: "
            f"{invalid_parameter().message}",
            "webservice",
        )


def _refuse_invalid(name: str) -> MoodleError:
    message = f"The param '{name}' is invalid."
    return moodle_error("errorinvalidparam", message, "webservice")


def _check_unused(call: Call, values: Row, own_id: int = 0) -> None:
    """Refuse a short name or idnumber of a course this request could see."""
    for name, code, said in (
        ("shortname", "shortnametaken", "Short name"),
        ("idnumber", "courseidnumbertaken", "ID number"),
    ):
        wanted = values.get(name)
        if not wanted:
            continue
        others = call.state.courses.find(**{name: wanted})
        if any(_is_seen(call, other) and other["id"] != own_id for other in others):
            message = f"{said} is already used for another course ({wanted})"
            raise moodle_error(code, message)


def _is_seen(call: Call, course: Row) -> bool:
    return call.newest_course is None or course["id"] <= call.newest_course


def _check_widths(values: Row) -> None:
    for name, width in _WIDTHS.items():
        if len(values.get(name, "")) > width:
            raise database_write_error("ERROR:  value too long")


def _check_dates(values: Row) -> None:
    start, end = values["startdate"], values["enddate"]
    if end and not start:
        message = "The course end date must be set together with a start date"
        raise moodle_error("nostartdatenoenddate", message)
    if end and start > end:
        message = "The course end date must be after the start date"
        raise moodle_error("enddatebeforestartdate", message)


@serves("core_course_create_courses")
def create_courses(call: Call) -> list[Row]:
    """Create courses, all or none."""
    made: set[int] = set()
    with call.state.transaction():
        for entry in call.arguments["courses"]:
            made.add(_create(call, entry, made))
    rows = call.state.courses.rows
    return [{"id": key, "shortname": rows[key]["shortname"]} for key in sorted(made)]


def _create(call: Call, entry: Row, made: set[int]) -> int:
    _require_category(call, entry["categoryid"])
    call.require(COURSE_CREATE)
    for name in ("fullname", "shortname"):
        if entry[name].strip() == "":
            raise _refuse_invalid(name)
    if entry.get("lang", "") not in _LANGUAGES:
        raise _refuse_invalid("lang")
    if entry["summaryformat"] not in TEXT_FORMATS:
        raise unknown_format(entry["summaryformat"])
    rows = call.state.courses.rows
    for name in ("shortname", "idnumber"):
        if entry.get(name) and entry[name] in {rows[key][name] for key in made}:
            _check_unused(_seeing_all(call), entry)
    _check_unused(call, entry)
    values = {name: entry[name] for name in _STORED if entry.get(name) is not None}
    start = values.get("startdate", call.now - call.now % course_store.DAY)
    dates = {"startdate": start, "enddate": start + course_store.YEAR}
    values = {**dates, **values, "category": entry["categoryid"]}
    if not call.can(COURSE_VISIBILITY):
        values["visible"] = True
    _check_dates(values)
    _check_widths(values)
    return int(course_store.add_course(call.state, values, now=call.now)["id"])


def _seeing_all(call: Call) -> Call:
    return Call(call.state, call.site, call.user_id, call.now)


@serves("core_course_update_courses")
def update_courses(call: Call) -> Row:
    """Change the columns sent; each course that cannot be changed is a warning."""
    warnings = []
    for entry in call.arguments["courses"]:
        try:
            change_course(call, entry)
        except MoodleError as error:
            warnings.append(_warning(entry["id"], error.errorcode, error.message))
    return {"warnings": warnings}


def _warning(course_id: int, code: str, message: str) -> Row:
    return {
        "item": "course",
        "itemid": course_id,
        "warningcode": code,
        "message": message,
    }


def change_course(call: Call, entry: Row) -> None:
    """Change the columns of a course that are named beside its id.

    Raises MoodleError for a name or idnumber that is taken, empty or too long.
    """
    course = call.require_course(entry["id"])
    if course["id"] == SITE_ID:
        raise moodle_error("invalidcourse", "Invalid course", "error")
    call.require(COURSE_UPDATE)
    before = {**course, "categoryid": course["category"]}
    for name, right in _CHANGE_RIGHTS.items():
        if name in entry and entry[name] != before[name]:
            call.require(right)
            if name in ("fullname", "shortname") and entry[name].strip() == "":
                raise _refuse_invalid(name)
            if name == "lang" and entry[name] not in _LANGUAGES:
                raise _refuse_invalid(name)
    changes: dict[str, Any] = {name: entry[name] for name in _STORED if name in entry}
    if changes.get("summaryformat", 1) not in TEXT_FORMATS:
        raise unknown_format(changes["summaryformat"])
    if "categoryid" in entry:
        if call.state.categories.get(entry["categoryid"]) is None:
            raise missing_record("course_categories")
        changes["category"] = entry["categoryid"]
    differing = {key: value for key, value in changes.items() if course[key] != value}
    _check_unused(_seeing_all(call), differing, course["id"])
    _check_dates({**course, **changes})
    _check_widths(changes)
    call.state.courses.change(course["id"], **changes, timemodified=call.now)


@serves("core_course_delete_courses")
def delete_courses(call: Call) -> Row:
    """Delete courses one by one; what cannot be deleted is a warning."""
    warnings = []
    for course_id in call.arguments["courseids"]:
        if call.state.courses.get(course_id) is None:
            message = f"Unknown course ID {course_id}"
            warnings.append(_warning(course_id, "unknowncourseidnumber", message))
            continue
        call.require_course(course_id)
        if course_id == SITE_ID:
            message = f"Course {course_id} failed to be deleted"
            warnings.append(_warning(course_id, "cannotdeletecategorycourse", message))
            continue
        if not call.can(COURSE_DELETE):
            message = f"You do not have the permission to delete this course{course_id}"
            warnings.append(_warning(course_id, "cannotdeletecourse", message))
            continue
        course_store.remove_course(call.state, course_id)
    return {"warnings": warnings}


@serves("core_course_duplicate_course")
def duplicate_course(call: Call) -> Row:
    """Copy a course by backup and restore: criteria and competency links come along."""
    arguments = call.arguments
    if call.state.courses.get(arguments["courseid"]) is None:
        raise moodle_error("invalidcourseid", "Invalid course ID", "error")
    if call.state.categories.get(arguments["categoryid"]) is None:
        raise missing_record("course_categories")
    source = call.require_course(arguments["courseid"])
    _check_copy_options(arguments["options"])
    for right in (COURSE_CREATE, COURSE_RESTORE, COURSE_BACKUP):
        call.require(right)
    _check_shortname(call, arguments["shortname"])
    if arguments["options"] and not call.can(COURSE_BACKUP_PEOPLE):
        raise MoodleError(
            exception="base_setting_exception",
            errorcode="setting_locked_by_permission",
            message="error/setting_locked_by_permission",
        )
    names = {name: arguments[name] for name in ("fullname", "shortname")}
    place = {"category": arguments["categoryid"], "visible": bool(arguments["visible"])}
    copy = course_store.copy_course(
        call.state, source, {**names, **place}, now=call.now
    )
    return {"id": copy["id"], "shortname": copy["shortname"]}


def _check_copy_options(options: list[Row]) -> None:
    for option in options:
        if option["name"] not in _COPY_OPTIONS or str(option["value"]) not in (
            "0",
            "1",
        ):
            message = f"Invalid external API parameter: {option['name']}"
            raise moodle_error("invalidextparam", message, "webservice")


def _check_shortname(call: Call, shortname: str) -> None:
    taken = call.state.courses.find(shortname=shortname)
    if taken:
        names = ",".join(course["fullname"] for course in taken)
        message = f"Short name is already used for another course ({names})"
        raise moodle_error("shortnametaken", message)
