"""The clock: runs what the schedules ask for, once, whoever else watches the time.

APScheduler only wakes us; a due run is claimed in the database, so that of several
processes one runs it. A job that fails is logged and does not stop the others.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger

from connector.framework.sources.yaml_nodes import Table, parse, plain_data
from connector.kit.errors import ConfigError, ConnectorError, Problem
from connector.runtime.instance import Instance
from connector.runtime.jobs import JOBS, window_of
from connector.store import audit, documents, schedules
from connector.store.documents import DocumentKind

_LOG = logging.getLogger(__name__)
#: How late a run may start when the machine slept or was busy.
_GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """One job for one connection."""

    job: str
    connection: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is done, in the organisation's time zone, and what, in order."""

    name: str
    cron: str
    jobs: tuple[ScheduledJob, ...]


def read_schedule(name: str, text: str, place: str = "") -> Schedule:
    """Read a schedule's document; `place` is its file where it comes from one.

    Raises:
        ConfigError: with every problem and its line.
    """
    problems: list[Problem] = []

    def report(line: int, message: str, hint: str = "") -> None:
        where = place or f"schedule {name}"
        problems.append(Problem(f"{where}:{line}", message, hint))

    root = parse(text, report)
    data = plain_data(root) if isinstance(root, Table) else {}
    if not isinstance(root, Table) and not problems:
        report(1, "a table is wanted", "Write cron and jobs.")
    cron = str(data.get("cron") or "")
    try:
        CronTrigger.from_crontab(cron)
    except ValueError as error:
        report(
            root.lines.get("cron", 1) if isinstance(root, Table) else 1,
            f"“{cron}” is no time table: {error}",
            "Five fields, as in 30 1 * * *.",
        )
    jobs = []
    for entry in data.get("jobs") or []:
        match entry:
            case {"job": str(job), "connection": str(connection)} if job in JOBS:
                jobs.append(ScheduledJob(job, connection))
            case _:
                line = root.lines["jobs"] if isinstance(root, Table) else 1
                report(
                    line,
                    f"{entry!r} is no job",
                    f"Write {{job: {' or '.join(JOBS)}, connection: NAME}}.",
                )
    if problems:
        raise ConfigError(
            f"the schedule {name} cannot be used",
            hint="Correct it and import it again.",
            problems=problems,
        )
    return Schedule(name, cron, tuple(jobs))


def all_schedules(instance: Instance) -> list[Schedule]:
    """Return every schedule of an instance."""
    with instance.database.read() as conn:
        found = documents.all_latest(conn, DocumentKind.SCHEDULE)
    return [read_schedule(document.name, document.text) for document in found]


def watch(instance: Instance, scheduler: BaseScheduler) -> None:
    """Have the scheduler wake us for every schedule, again and again."""
    for schedule in all_schedules(instance):
        _wake_next(instance, scheduler, schedule, instance.now())


def _wake_next(
    instance: Instance, scheduler: BaseScheduler, schedule: Schedule, after: datetime
) -> None:
    """Add the next time of a schedule; its exact instant is what is claimed."""
    trigger = CronTrigger.from_crontab(schedule.cron, timezone=instance.home.time_zone)
    due_at = trigger.get_next_fire_time(after, after)
    if due_at is None:
        return

    def wake() -> None:
        is_missed = instance.now() - due_at > _GRACE
        try:
            if is_missed:
                _LOG.warning("schedule %s: %s was missed", schedule.name, due_at)
            else:
                run_due(instance, schedule, due_at)
        finally:
            after = instance.now() if is_missed else due_at
            _wake_next(instance, scheduler, schedule, after)

    # Without a limit of its own: APScheduler would drop a late job, and the schedule
    # with it.
    scheduler.add_job(
        wake, "date", run_date=due_at, misfire_grace_time=None, id=schedule.name,
        replace_existing=True,
    )  # fmt: skip


def run_due(instance: Instance, schedule: Schedule, due_at: datetime) -> list[str]:
    """Run a schedule's jobs unless another process has claimed this time.

    A job of a connection that is in a window, or minutes before one, does not start;
    its next time comes. Returns a line for each job; what fails is in its line and in
    the log.
    """
    with instance.database.write() as conn:
        if not schedules.claim(conn, schedule.name, due_at):
            return []
    lines = []
    for scheduled in schedule.jobs:
        what = f"{scheduled.job} {scheduled.connection}"
        try:
            told = window_of(instance, scheduled.connection)
            if not told:
                told = JOBS[scheduled.job](instance, scheduled.connection)
        except ConnectorError as error:
            told = f"{error.code}: {error.message}"
            _LOG.warning("schedule %s: %s: %s", schedule.name, what, told)
        lines.append(f"{what}: {told}")
    with instance.database.write() as conn:
        audit.append(
            conn,
            at=instance.now(),
            actor="schedule",
            action="run",
            detail={"schedule": schedule.name, "due_at": due_at.isoformat()},
        )
    return lines
