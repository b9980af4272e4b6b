"""The custom report of started reviews: its columns, and what its rows say.

The report shows who is reviewed, how and on which competencies, and nothing that
anybody wrote: a column beyond those is refused before a row is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lxml import etree

from adapters.workday.review_settings import ReportName, ReviewSettings
from adapters.workday.soap import TARGET
from connector.kit.errors import ConfigError, Problem, ReplyError
from connector.kit.values import StartedReview

#: Columns by their alias; a group of rows names the columns in it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Employee_ID": (),
    "Review_Type": (),
    "Review_Template": (),
    "Period_Start": (),
    "Period_End": (),
    "Status": (),
    "Competencies": ("Competency_ID",),
}
_SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
_ENTRY = "Report_EntryType"
_GUIDE = "`jobframe reviews guide` and docs/reviews.md tell how it is made."


def check_columns(schema: bytes, report: ReportName) -> None:
    """Raise `ConfigError` where the report's columns are not exactly those needed."""
    shown = _columns(schema, report)
    place = f"report {report.name}"
    problems = [
        Problem(place, f"the column {name} is missing", _alias(name))
        for name in COLUMNS
        if name not in shown
    ]
    problems += [
        Problem(
            place,
            f"the column {name} is one too many",
            "Take it out: nothing else may leave the tenant.",
        )
        for name in shown
        if name not in COLUMNS
    ]
    for name, inner in COLUMNS.items():
        if inner and name in shown and set(shown[name]) != set(inner):
            told = ", ".join(shown[name]) or "nothing"
            wanted = ", ".join(inner)
            message = f"the rows of {name} hold {told}, and not {wanted} alone"
            problems.append(Problem(place, message))
    if problems:
        raise ConfigError(
            f"the report {report.name} does not have the columns that are needed",
            hint=_GUIDE,
            problems=problems,
        )


def _alias(name: str) -> str:
    return f"Give it the column heading override (XML alias) {name}."


def _columns(schema: bytes, report: ReportName) -> dict[str, tuple[str, ...]]:
    """Return the columns of a report by name, with those of their rows."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(schema, parser)
    except etree.XMLSyntaxError as error:
        raise _unreadable(report, "its schema is no XML") from error
    types = {
        node.get("name"): [
            (element.get("name") or "", (element.get("type") or "").rpartition(":")[2])
            for element in node.iter(f"{_SCHEMA}element")
        ]
        for node in root.iter(f"{_SCHEMA}complexType")
    }
    if _ENTRY not in types:
        raise _unreadable(report, f"its schema has no {_ENTRY}")
    return {
        name: tuple(inner for inner, _ in types.get(type_name, ()))
        for name, type_name in types[_ENTRY]
    }


def read_rows(
    content: bytes, report: ReportName, settings: ReviewSettings
) -> Iterator[StartedReview]:
    """Yield the reviews of a report's answer in JSON.

    Raises:
        ReplyError: it is no report, or a row says nothing of whom it is about.
    """
    try:
        data = json.loads(content)
    except ValueError as error:
        raise _unreadable(report, "it is no JSON") from error
    rows = data.get("Report_Entry") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise _unreadable(report, "it has no Report_Entry")
    for number, row in enumerate(rows, 1):
        yield _review(row, number, report, settings)


def _review(
    row: Any, number: int, report: ReportName, settings: ReviewSettings
) -> StartedReview:
    if not isinstance(row, dict) or not row.get("Employee_ID"):
        raise _unreadable(report, f"row {number} has no Employee_ID")
    status = str(row.get("Status", ""))
    held = row.get("Competencies", ())
    listed = [held] if isinstance(held, dict) else held
    return StartedReview(
        employee_id=str(row["Employee_ID"]),
        review_type=str(row.get("Review_Type", "")),
        template=str(row.get("Review_Template", "")),
        period_start=_day(row, "Period_Start", number, report),
        period_end=_day(row, "Period_End", number, report),
        status=status,
        is_open=status.casefold() not in settings.closed_statuses,
        competencies=tuple(
            str(each["Competency_ID"]) for each in listed if each.get("Competency_ID")
        ),
    )


def _day(
    row: Mapping[str, Any], name: str, number: int, report: ReportName
) -> date | None:
    text = str(row.get(name, ""))[:10]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(report, f"row {number}: {name} is no date") from error


def _unreadable(report: ReportName, why: str) -> ReplyError:
    return ReplyError(
        f"the report {report.name} cannot be read: {why}",
        target=TARGET,
        operation="report",
        hint=f"It must be an advanced report, served as JSON. {_GUIDE}",
    )
