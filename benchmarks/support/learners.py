"""A sandbox Moodle in a process of its own, full of learners who finish courses.

It stands in for a large site: its answers cost it time, and that time is counted apart.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection as Pipe

from adapters.moodle.running import REPORTS, MoodleSandbox
from adapters.moodle.sandbox import Site, SiteSeed, create_app
from connector.kit.sandbox import serve

COURSE = "CLOUD-101"


@dataclass(frozen=True)
class LearnerSite:
    """Where the site is, and how to let its learners finish the course."""

    url: str
    token: str
    pipe: Pipe

    def finish(self, first: int, number: int, moment: datetime, every: int) -> None:
        """Let `number` learners finish, one `every` so many seconds before another."""
        self.pipe.send((first, number, int(moment.timestamp()), every))
        self.pipe.recv()


def employee_id(index: int) -> str:
    """Return the employee id of a learner."""
    return f"{index:06}"


@contextmanager
def learner_site(learners: int) -> Iterator[LearnerSite]:
    """Start a site with so many learners, all enrolled in one course."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_run, args=(there, learners), daemon=True
    )
    process.start()
    url, token = here.recv()
    try:
        yield LearnerSite(url, token, here)
    finally:
        here.send(None)
        process.join()


def _run(pipe: Pipe, learners: int) -> None:
    users = tuple(
        (employee_id(i), f"u{i}", "Ada", f"Example {i}", f"u{i}@corp.example")
        for i in range(learners)
    )
    site = Site(
        SiteSeed(
            users=users,
            courses=((COURSE, "Cloud", COURSE),),
            enrolments=tuple((user[0], COURSE) for user in users),
            reports=tuple(REPORTS.values()),
        ),
        clock=lambda: time.time() - 90 * 86_400,
    )
    running = MoodleSandbox(site, serve(create_app(site)))
    pipe.send((running.url, site.token))
    while (told := pipe.recv()) is not None:
        _finish(site, *told)
        pipe.send("done")
    running.close()


def _finish(site: Site, first: int, number: int, moment: int, every: int) -> None:
    course = site.state.courses.first(idnumber=COURSE)
    assert course is not None
    with site.lock:
        for index in range(number):
            user = site.state.users.first(idnumber=employee_id(first + index))
            assert user is not None
            site.state.completions.add(
                {
                    "courseid": course["id"],
                    "userid": user["id"],
                    "timecompleted": moment - index * every,
                }
            )
