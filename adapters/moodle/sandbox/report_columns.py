"""The columns and filters of custom reports, by the names Moodle gives them.

Each column knows how to show one row, each filter how to test one. Which rows there
are lies in another module.
"""

from collections.abc import Callable
from html import escape
from typing import Any

from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.evidence import IDLE, REVIEWING, WAITING
from adapters.moodle.sandbox.formatting import (
    show_short_time,
    show_string,
    show_time,
)
from adapters.moodle.sandbox.people import full_name
from adapters.moodle.sandbox.scale_rules import grade_name
from adapters.moodle.sandbox.tables import Row

Entry = dict[str, Any]
"""One row before it is shown, its parts by kind: user, course, completed, badge .."""

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


def _badge_link(call: Call, entry: Entry) -> str:
    badge = entry["badge"]
    address = f"{call.site.wwwroot}/badges/overview.php?id={badge['id']}"
    return f'<a href="{address}">{badge["name"]}</a>'


def _expiry(call: Call, entry: Entry) -> str:
    expires = entry["issued"].get("dateexpire")
    return show_time(call, expires) if expires else ""


def _completion_time(call: Call, entry: Entry) -> str:
    return show_time(call, entry["completed"]) if entry["completed"] else ""


def _rating_name(call: Call, entry: Entry) -> str:
    return grade_name(call, entry["competency"], entry["rating"]["grade"])


def _task_name(_: Call, entry: Entry) -> str:
    task = entry["task"]
    class_name = f'<div class="small text-muted">\\{task["classname"]}</div>'
    return f"{task['name']}{class_name}"


_STATUS_NAMES = {IDLE: "Idle", WAITING: "Waiting for review", REVIEWING: "In review"}
COLUMNS: dict[str, tuple[str, Callable[[Call, Entry], str]]] = {
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
    "badge:name": (
        "Name",
        lambda call, entry: show_string(call, entry["badge"]["name"]),
    ),
    "badge:namewithlink": ("Name with link", _badge_link),
    "badge_issued:expire": ("Expiry date", _expiry),
    "badge_issued:issued": (
        "Date issued",
        lambda call, entry: show_time(call, entry["issued"]["dateissued"]),
    ),
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
    "task_log:name": ("Name", _task_name),
    "task_log:starttime": (
        "Start time",
        lambda call, entry: show_short_time(call, entry["task"]["timestart"]),
    ),
    "task_log:result": (
        "Result",
        lambda _, entry: "Fail" if entry["task"]["result"] else "Success",
    ),
}
_DATES: dict[str, Callable[[Entry], int]] = {
    "completion:timecompleted": lambda entry: int(entry["completed"]),
    "user:timemodified": lambda entry: int(entry["user"]["timemodified"]),
    "badge_issued:issued": lambda entry: int(entry["issued"]["dateissued"]),
    "task_log:timestart": lambda entry: int(entry["task"]["timestart"]),
}
_TEXTS: dict[str, Callable[[Entry], str]] = {
    "user:idnumber": lambda entry: str(entry["user"]["idnumber"]),
    "user:email": lambda entry: str(entry["user"]["email"]),
    "course:idnumber": lambda entry: str(entry["course"]["idnumber"]),
    "course:shortname": lambda entry: str(entry["course"]["shortname"]),
    "badge:name": lambda entry: str(entry["badge"]["name"]),
    "framework:idnumber": lambda entry: str(entry["framework"]["idnumber"]),
    "competency:idnumber": lambda entry: str(entry["competency"]["idnumber"]),
}
SORTED_BY: dict[str, Callable[[Entry], int | str]] = {
    **_DATES,
    **_TEXTS,
    "user:fullnamewithlink": lambda entry: full_name(entry["user"]),
    "task_log:name": lambda entry: str(entry["task"]["classname"]),
    "task_log:starttime": _DATES["task_log:timestart"],
}
"""What a report may be sorted by."""
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


def passes_filters(entry: Entry, filters: dict[str, Any], report: Row) -> bool:
    """Say whether a row passes the filters a report offers; others are ignored."""
    for name in report["filters"]:
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
