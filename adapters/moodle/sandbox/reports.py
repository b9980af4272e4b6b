"""Custom reports as the bulk feed of completions and people.

Filter values belong to an account and a report, persist between calls and ignore
keys they do not know. Rows come page by page; times show to the minute.
"""

import json

from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import REPORT_VIEW
from adapters.moodle.sandbox.completion import completion_of
from adapters.moodle.sandbox.errors import MoodleError, missing_record
from adapters.moodle.sandbox.people import show_person
from adapters.moodle.sandbox.report_columns import (
    COLUMNS,
    SORTED_BY,
    Entry,
    passes_filters,
)
from adapters.moodle.sandbox.state import ADMIN_ID, SYSTEM_CONTEXT
from adapters.moodle.sandbox.tables import Row


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
            for name in ("conditiondata", "uniquerows", "timecreated", "timemodified")
        },
        "type": 0,
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
        if passes_filters(entry, filters, report)
    ]
    # As a database does: first the last of the columns sorted by, then stably on.
    for name in reversed(report["sorting"]):
        entries.sort(key=SORTED_BY[name])
    page, size = call.arguments["page"], call.arguments["perpage"]
    columns = [COLUMNS[name] for name in report["columns"]]
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
    if report["kind"] == "task_logs":
        # Kept to the microsecond, so that no two runs are one row.
        return [{"task": task} for task in call.state.task_log]
    if report["kind"] == "badges":
        return _awards(call)
    is_done = report["conditiondata"] is not None
    enrolments = _completed(call) if is_done else call.state.enrolments
    entries = []
    for row in sorted(enrolments, key=lambda row: int(row["id"])):
        completion = completion_of(call, row["courseid"], row["userid"])
        entries.append(
            {
                "user": call.state.users.rows[row["userid"]],
                "course": call.state.courses.rows[row["courseid"]],
                "completed": completion["timecompleted"] if completion else 0,
            }
        )
    return entries


def _completed(call: Call) -> list[Row]:
    """Return the enrolments whose course is completed, without a look at the others."""
    return [
        enrolment
        for row in call.state.completions
        for enrolment in call.state.enrolments.find(
            courseid=row["courseid"], userid=row["userid"]
        )
    ]


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


def _awards(call: Call) -> list[Entry]:
    return [
        {
            "user": call.state.users.rows[issued["userid"]],
            "badge": call.state.badges.rows[issued["badgeid"]],
            "issued": issued,
        }
        for issued in call.state.badges_issued
    ]
