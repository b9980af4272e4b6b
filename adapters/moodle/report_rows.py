"""Turns rows of custom reports into facts, accounts and proficient competencies.

Pure. A row shows times to the minute and ids only inside links.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from connector.kit.values import FactType, LearningFact, SourceAccount

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


Cells = Mapping[str, str]
"""One row by the names of its columns."""


def completion_of(cells: Cells, zone: ZoneInfo) -> LearningFact | None:
    """Return the fact a row tells, none for a course that is not completed.

    The object is the course by its ID number, or `#<id>` where it has none.

    Raises:
        RowError: a link or a time has an unknown form.
    """
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
        happened_at=instant(shown, zone),
        detail={"course_id": course_id},
    )


def badge_of(cells: Cells, zone: ZoneInfo) -> LearningFact | None:
    """Return the fact a row tells, none for a badge that nobody has.

    Raises:
        RowError: a link or a time has an unknown form.
    """
    shown = cells["badge_issued:issued"]
    if not shown:
        return None
    badge_id, badge_name = _link(cells["badge:namewithlink"])
    person_id, _ = _link(cells["user:fullnamewithlink"])
    expires = cells["badge_issued:expire"]
    return LearningFact(
        type=FactType.BADGE,
        object_id=badge_id,
        object_name=badge_name,
        person_id=person_id,
        employee_id=html.unescape(cells["user:idnumber"]),
        happened_at=instant(shown, zone),
        detail={"expires_at": instant(expires, zone).isoformat()} if expires else {},
    )


def account_of(cells: Cells) -> SourceAccount:
    """Return the account a row shows; the e-mail address may be left out.

    Raises:
        RowError: the link or the yes and no has an unknown form.
    """
    account_id, _ = _link(cells["user:fullnamewithlink"])
    suspended = cells["user:suspended"]
    if suspended not in ("Yes", "No"):
        msg = f"{suspended!r} is neither Yes nor No"
        raise RowError(msg)
    return SourceAccount(
        account_id=account_id,
        employee_id=html.unescape(cells["user:idnumber"]),
        email=html.unescape(cells.get("user:email", "")),
        is_active=suspended == "No",
    )


def proficient_of(cells: Cells) -> tuple[str, str, str, str]:
    """Return account, its employee id, framework and competency by ID number.

    Raises:
        RowError: the link has an unknown form.
    """
    account_id, _ = _link(cells["user:fullnamewithlink"])
    return (
        account_id,
        html.unescape(cells["user:idnumber"]),
        html.unescape(cells["framework:idnumber"]),
        html.unescape(cells["competency:idnumber"]),
    )


def is_repeated(instant: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a wall clock in the zone shows the minute twice (end of summer)."""
    local = instant.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _link(cell: str) -> tuple[str, str]:
    """Return the id and the text of a link."""
    found = _LINK.search(cell)
    if found is None:
        msg = "a cell that should hold a link holds none"
        raise RowError(msg)
    return found.group(1), html.unescape(found.group(2)).strip()


def instant(shown: str, zone: ZoneInfo) -> datetime:
    """Return an instant that Moodle shows in English; raises `RowError`."""
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
