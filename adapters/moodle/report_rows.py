"""Turns rows of the completions report into learning facts.

Pure. A row shows times to the minute and ids only inside links.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from connector.kit.values import FactType, LearningFact

_LINK = re.compile(
    r'<a\b[^<>]*\bhref="[^"]*[?&](?:amp;)?id=(\d+)[^"]*"[^<>]*>(.*?)</a>'
)
#: "Tuesday, 24 November 2026, 6:28 AM": English, as asked for with each call.
_TIME = re.compile(
    r"[A-Z][a-z]+, (\d{1,2}) ([A-Z][a-z]+) (\d{4}), (\d{1,2}):(\d{2})\s(AM|PM)"
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class RowError(ValueError):
    """A row is not as the report's columns promise; the text says how."""


def fact_of(
    columns: Sequence[str], row: Sequence[str | None], zone: ZoneInfo
) -> LearningFact | None:
    """Return the fact a row tells, none for a course that is not completed.

    The object is the course by its ID number, or `#<id>` where it has none.

    Raises:
        RowError: the row has other columns or an unknown form of link or time.
    """
    if len(columns) != len(row):
        msg = f"a row has {len(row)} columns instead of {len(columns)}"
        raise RowError(msg)
    cells = {name: cell or "" for name, cell in zip(columns, row, strict=True)}
    shown = cells["completion:timecompleted"]
    if not shown:
        return None
    course_id, course_name = _link(cells["course:coursefullnamewithlink"])
    person_id, _ = _link(cells["user:fullnamewithlink"])
    return LearningFact(
        type=FactType.COURSE_COMPLETION,
        object_id=html.unescape(cells["course:idnumber"]) or f"#{course_id}",
        object_name=course_name,
        person_id=person_id,
        employee_id=html.unescape(cells["user:idnumber"]),
        happened_at=_instant(shown, zone),
        detail={"course_id": course_id},
    )


def _link(cell: str) -> tuple[str, str]:
    """Return the id and the text of a link."""
    found = _LINK.search(cell)
    if found is None:
        msg = "a cell that should hold a link holds none"
        raise RowError(msg)
    return found.group(1), html.unescape(found.group(2)).strip()


def _instant(shown: str, zone: ZoneInfo) -> datetime:
    found = _TIME.fullmatch(shown.replace("\u202f", " "))
    if found is None or found.group(2) not in _MONTHS:
        msg = f"{shown!r} is no time as Moodle writes it in English"
        raise RowError(msg)
    day, month, year, hour, minute, half = found.groups()
    local = datetime(
        int(year),
        _MONTHS.index(month) + 1,
        int(day),
        int(hour) % 12 + (12 if half == "PM" else 0),
        int(minute),
        tzinfo=zone,
    )
    return local.astimezone(UTC)
