"""Custom reports as the bulk feed of completions and people.

Filter values belong to an account and a report, persist between calls and ignore
keys they do not know. Rows come page by page; times show to the minute.
"""

import json
from collections.abc import Callable
from html import escape
from typing import Any

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import REPORT_VIEW
from adapters.moodle.sandbox.enrolments import completion_of
from adapters.moodle.sandbox.errors import MoodleError, missing_record
from adapters.moodle.sandbox.evidence import IDLE, REVIEWING, WAITING
from adapters.moodle.sandbox.formatting import show_string, show_time
from adapters.moodle.sandbox.people import full_name, show_person
from adapters.moodle.sandbox.scale_rules import grade_name
from adapters.moodle.sandbox.state import ADMIN_ID, SYSTEM_CONTEXT
from adapters.moodle.sandbox.tables import Row

Entry = dict[str, Any]
"""One row before it is shown: user, and in a participants report course and time."""

_DATE_NOT_EMPTY, _DATE_EMPTY, _DATE_RANGE = 1, 2, 3
_YES, _NO = 1, 2


def _yes_no(*, value: bool) -> str:
    return "Yes" if value else "No"


def _user_link(call: Call, entry: Entry) -> str:
    address = f"{call.site.wwwroot}/user/profile.php?id={entry['user']['id']}"
    return f'<a href="{address}">{full_name(entry["user"])}</a>'


def _course_link(call: Call, entry: Entry) -> str:
    address = f"{call.site.wwwroot}/course/view.php?id={entry['course']['id']}"
    name = show_string(call, entry["course"]["fullname"])
    return f'<a href="{address}">{name}</a>'


def _completion_time(call: Call, entry: Entry) -> str:
    return show_time(call, entry["completed"]) if entry["completed"] else ""


def _rating_name(call: Call, entry: Entry) -> str:
    return grade_name(call, entry["competency"], entry["rating"]["grade"])


_STATUS_NAMES = {IDLE: "Idle", WAITING: "Waiting for review", REVIEWING: "In review"}
_COLUMNS: dict[str, tuple[str, Callable[[Call, Entry], str]]] = {
    "user:idnumber": ("ID number", lambda _, entry: escape(entry["user"]["idnumber"])),
    "user:username": ("Username", lambda _, entry: escape(entry["user"]["username"])),
    "user:email": ("Email address", lambda _, entry: escape(entry["user"]["email"])),
    "user:fullname": ("Full name", lambda _, entry: full_name(entry["user"])),
    "user:fullnamewithlink": ("Full name with link", _user_link),
    "user:department": (
        "Department",
        lambda _, entry: escape(entry["user"]["department"]),
    ),
    "user:suspended": (
        "Suspended",
        lambda _, entry: _yes_no(value=entry["user"]["suspended"]),
    ),
    "user:timemodified": (
        "Time modified",
        lambda call, entry: show_time(call, entry["user"]["timemodified"]),
    ),
    "course:idnumber": (
        "Course ID number",
        lambda _, entry: entry["course"]["idnumber"],
    ),
    "course:shortname": (
        "Course short name",
        lambda call, entry: show_string(call, entry["course"]["shortname"]),
    ),
    "course:fullname": (
        "Course full name",
        lambda call, entry: show_string(call, entry["course"]["fullname"]),
    ),
    "course:coursefullnamewithlink": ("Course full name with link", _course_link),
    "completion:completed": (
        "Completed",
        lambda _, entry: _yes_no(value=bool(entry["completed"])),
    ),
    "completion:timecompleted": ("Time completed", _completion_time),
    "framework:idnumber": (
        "ID number",
        lambda _, entry: escape(entry["framework"]["idnumber"]),
    ),
    "competency:idnumber": (
        "ID number",
        lambda _, entry: escape(entry["competency"]["idnumber"]),
    ),
    "usercompetency:proficient": (
        "Proficient",
        lambda _, entry: _yes_no(value=bool(entry["rating"]["proficiency"])),
    ),
    "usercompetency:rating": ("Rating", _rating_name),
    "usercompetency:status": (
        "Status",
        lambda _, entry: _STATUS_NAMES[entry["rating"]["status"]],
    ),
}
_DATES: dict[str, Callable[[Entry], int]] = {
    "completion:timecompleted": lambda entry: int(entry["completed"]),
    "user:timemodified": lambda entry: int(entry["user"]["timemodified"]),
}
_TEXTS: dict[str, Callable[[Entry], str]] = {
    "user:idnumber": lambda entry: str(entry["user"]["idnumber"]),
    "user:email": lambda entry: str(entry["user"]["email"]),
    "course:idnumber": lambda entry: str(entry["course"]["idnumber"]),
    "framework:idnumber": lambda entry: str(entry["framework"]["idnumber"]),
    "competency:idnumber": lambda entry: str(entry["competency"]["idnumber"]),
}
_TEXT_TESTS: dict[int, Callable[[str, str], bool]] = {
    1: lambda text, wanted: wanted in text,
    2: lambda text, wanted: wanted not in text,
    3: lambda text, wanted: text == wanted,
    4: lambda text, wanted: text != wanted,
    5: lambda text, wanted: text.startswith(wanted),
    6: lambda text, wanted: text.endswith(wanted),
    7: lambda text, _: text == "",
    8: lambda text, _: text != "",
}
_TESTS_WITHOUT_VALUE = (7, 8)


def _read_report(call: Call, report_id: int) -> Row:
    report = call.state.reports.get(report_id)
    if report is None:
        raise missing_record("reportbuilder_report")
    if not call.can(REPORT_VIEW):
        raise MoodleError(
            exception="core_reportbuilder\\exception\\report_access_exception",
            errorcode="errorreportview",
            message="You cannot view this report",
            area="core_reportbuilder",
        )
    return report


def _show_report(call: Call, report: Row) -> Row:
    return {
        **{name: report[name] for name in ("id", "name", "source", "sourcename")},
        **{
            name: report[name]
            for name in ("conditiondata", "timecreated", "timemodified")
        },
        "type": 0,
        "uniquerows": False,
        "settingsdata": None,
        "contextid": SYSTEM_CONTEXT,
        "component": "",
        "area": "",
        "itemid": 0,
        "usercreated": ADMIN_ID,
        "usermodified": ADMIN_ID,
        "tags": [],
        "modifiedby": show_person(call, ADMIN_ID),
    }


@serves("core_reportbuilder_list_reports")
def list_reports(call: Call) -> Row:
    """List the reports the account may view, sorted by name."""
    if not call.can(REPORT_VIEW):
        return {"reports": [], "warnings": []}
    rows = sorted(call.state.reports, key=lambda row: str(row["name"]))
    page, size = call.arguments["page"], call.arguments["perpage"]
    shown = [_show_report(call, row) for row in rows[page * size : (page + 1) * size]]
    return {"reports": shown, "warnings": []}


@serves("core_reportbuilder_set_filters")
def set_filters(call: Call) -> bool:
    """Keep filter values for this account and report until they are set again."""
    report = _read_report(call, call.arguments["reportid"])
    try:
        values = json.loads(call.arguments["values"])
    except ValueError:
        values = {}
    kept = values if isinstance(values, dict) else {}
    call.state.report_filters[(call.user_id, report["id"])] = kept
    return True


@serves("core_reportbuilder_retrieve_report")
def retrieve_report(call: Call) -> Row:
    """Return one page of the rows that pass condition and filters."""
    report = _read_report(call, call.arguments["reportid"])
    filters = call.state.report_filters.get((call.user_id, report["id"]), {})
    entries = [
        entry
        for entry in _entries(call, report)
        if _passes_filters(entry, filters, report)
    ]
    page, size = call.arguments["page"], call.arguments["perpage"]
    columns = [_COLUMNS[name] for name in report["columns"]]
    return {
        "details": _show_report(call, report),
        "data": {
            "headers": [header for header, _ in columns],
            "rows": [
                {"columns": [show(call, entry) for _, show in columns]}
                for entry in entries[page * size : (page + 1) * size]
            ],
            "totalrowcount": len(entries),
        },
        "warnings": [],
    }


def _entries(call: Call, report: Row) -> list[Entry]:
    if report["kind"] == "users":
        users = sorted(call.state.users, key=lambda row: int(row["id"]))
        return [{"user": user, "completed": 0} for user in users if user["id"] != 1]
    if report["kind"] == "competencies":
        return _ratings(call, only_proficient=report["conditiondata"] is not None)
    entries = []
    for row in sorted(call.state.enrolments, key=lambda row: int(row["id"])):
        completion = completion_of(call, row["courseid"], row["userid"])
        if completion is None and report["conditiondata"] is not None:
            continue
        entries.append(
            {
                "user": call.state.users.rows[row["userid"]],
                "course": call.state.courses.rows[row["courseid"]],
                "completed": completion["timecompleted"] if completion else 0,
            }
        )
    return entries


def _ratings(call: Call, *, only_proficient: bool) -> list[Entry]:
    entries = []
    for rating in call.state.user_competencies:
        competency = call.state.competencies.rows[rating["competencyid"]]
        if rating["proficiency"] or not only_proficient:
            framework_id = competency["competencyframeworkid"]
            entries.append(
                {
                    "user": call.state.users.rows[rating["userid"]],
                    "competency": competency,
                    "framework": call.state.frameworks.rows[framework_id],
                    "rating": rating,
                }
            )
    return entries


def _passes_filters(entry: Entry, filters: dict[str, Any], report: Row) -> bool:
    offered = set(report["columns"]) | {"completion:timecompleted"}
    for name in offered:
        operator = filters.get(f"{name}_operator", 0)
        if not isinstance(operator, int | str) or not str(operator).isdigit():
            continue
        if int(operator) and not _passes(entry, name, int(operator), filters):
            return False
    return True


def _passes(entry: Entry, name: str, operator: int, filters: dict[str, Any]) -> bool:
    if name in _DATES:
        return _passes_date(_DATES[name](entry), name, operator, filters)
    if name in _TEXTS and operator in _TEXT_TESTS:
        wanted = str(filters.get(f"{name}_value", "")).strip().casefold()
        if wanted == "" and operator not in _TESTS_WITHOUT_VALUE:
            return True
        return _TEXT_TESTS[operator](_TEXTS[name](entry).casefold(), wanted)
    if name == "completion:completed" and operator in (_YES, _NO):
        return bool(entry["completed"]) is (operator == _YES)
    return True


def _passes_date(
    moment: int, name: str, operator: int, filters: dict[str, Any]
) -> bool:
    if operator == _DATE_NOT_EMPTY:
        return moment != 0
    if operator == _DATE_EMPTY:
        return moment == 0
    if operator != _DATE_RANGE:
        return True
    start, end = (int(filters.get(f"{name}_{side}") or 0) for side in ("from", "to"))
    # To the second; an end is included only where there is a start as well.
    if start and end:
        return start <= moment <= end
    return moment < end if end else moment >= start
