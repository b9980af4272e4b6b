"""Whether a site's scheduled tasks run, by the rows of a report of its task log.

Pure: rows and the present moment in, one check out. Rows tell nothing about people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.moodle import clicks
from adapters.moodle.report_rows import RowError
from connector.kit.values import Check

#: The tasks that are waited for run each hour, or more often.
LONGEST_PAUSE = timedelta(hours=2)
#: Clocks differ a little; zones differ by a quarter of an hour at least.
_CLOCK_ERROR = timedelta(minutes=5)
#: What is waited for, by class: Moodle shows it below the name, in every language.
WAITED_FOR = {
    "core\\task\\completion_regular_task": "Calculate regular completion data",
    "core\\task\\sync_plans_from_template_cohorts_task": (
        "Sync plans from learning plan template cohorts"
    ),
    "core\\task\\complete_plans_task": "Complete learning plans which are due",
}
_CLASS = re.compile(r"<div[^<>]*>\\([\w\\]+)</div>")
_SUCCESS = "Success"


def scheduled_tasks(
    rows: Iterable[Mapping[str, str]], zone: ZoneInfo, now: datetime
) -> Check:
    """Check that the tasks waited for ran of late, by rows since the longest pause.

    Raises:
        RowError: a cell has an unknown form.
    """
    ran: dict[str, str] = {}
    newest = oldest = None
    for row in sorted(rows, key=lambda row: _started(row, zone)):
        newest = _started(row, zone)
        oldest = oldest or newest
        ran[_class_of(row)] = row["task_log:result"]
    if newest is None or oldest is None:
        return wrong(
            "No scheduled task ran in the last two hours, or none was logged.",
            f"Let cron run every minute. {clicks.TASK_LOGGING}: When to log: Store the "
            "log output of all jobs.",
        )
    if newest > now + _CLOCK_ERROR or oldest < now - LONGEST_PAUSE - _CLOCK_ERROR:
        return wrong(
            f"The site shows the last start of a task as {newest:%H:%M} UTC, at "
            f"{now.astimezone(UTC):%H:%M} UTC: its reports are in another time zone.",
            f"{clicks.LOCATION}, and the account's own time zone: write the zone of "
            "the reports into the setting `time_zone`.",
        )
    found = _late_or_failed(ran)
    if found:
        return wrong(
            found, f"{clicks.TASKS}: enable them; Run now shows what hinders one."
        )
    return Check(
        name="scheduled tasks",
        is_ok=True,
        message=f"The tasks that plans and completions wait for run, the last at "
        f"{newest:%H:%M} UTC.",
    )


def _late_or_failed(ran: Mapping[str, str]) -> str:
    """Say which tasks did not run or failed last, by the last result of each class."""
    late = [name for class_, name in WAITED_FOR.items() if class_ not in ran]
    failed = [
        name
        for class_, name in WAITED_FOR.items()
        if ran.get(class_, _SUCCESS) != _SUCCESS
    ]
    return " ".join(
        f"{what}: {', '.join(names)}."
        for what, names in (
            ("Did not run in the last two hours", late),
            ("Failed last", failed),
        )
        if names
    )


def wrong(message: str, fix: str) -> Check:
    """Return the check that fails."""
    return Check(name="scheduled tasks", is_ok=False, message=message, fix=fix)


def _class_of(row: Mapping[str, str]) -> str:
    found = _CLASS.search(row["task_log:name"])
    if found is None:
        msg = "a name of a task holds no class"
        raise RowError(msg)
    return found.group(1)


def _started(row: Mapping[str, str], zone: ZoneInfo) -> datetime:
    """Return a start as Moodle shows it in English: "24/11/26, 06:10:55"."""
    shown = row["task_log:starttime"]
    try:
        local = datetime.strptime(shown, "%d/%m/%y, %H:%M:%S").replace(tzinfo=zone)
    except ValueError as error:
        msg = f"{shown!r} is no time as Moodle writes it in English"
        raise RowError(msg) from error
    return local.astimezone(UTC)
