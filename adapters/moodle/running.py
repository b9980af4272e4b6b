"""The running sandbox: a Moodle of our own on loopback, as people would use it.

Wires the sandbox to the seed of an example organisation. It plays learners and an
administrator; the connector itself only ever talks to it over HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.moodle.identities import TAGS
from adapters.moodle.sandbox import ReportSeed, Site, SiteSeed, create_app, create_site
from adapters.moodle.settings import (
    BADGE_COLUMNS,
    RATING_COLUMNS,
    REPORT_COLUMNS,
    TASK_COLUMNS,
    USER_COLUMNS,
)
from connector.kit.protocols import SandboxSeed, SeedCompletion, SeedPerson
from connector.kit.sandbox import ServedSandbox, serve

TOKEN_SECRET = "moodle.token"  # noqa: S105  # a name, no secret
#: Scales 1 and 2 come with Moodle, so the seeded one gets 3.
SCALE_ID = 3
SCALE_VALUES = ("Not yet", "Proficient")
#: The reports that docs/install-moodle.md asks an administrator for, by their setting.
REPORTS = {
    "completions_report": ReportSeed(
        "Job framework: course completions",
        columns=REPORT_COLUMNS,
        filters=("completion:timecompleted",),
        sorting=("completion:timecompleted", "user:idnumber", "course:idnumber"),
        is_unique=True,
    ),
    "badges_report": ReportSeed(
        "Job framework: badges",
        source="badges",
        columns=BADGE_COLUMNS,
        filters=("badge_issued:issued",),
        sorting=("badge_issued:issued", "user:idnumber"),
        is_unique=True,
    ),
    "users_report": ReportSeed(
        "Job framework: users",
        source="users",
        columns=USER_COLUMNS,
        filters=("user:timemodified",),
        sorting=("user:idnumber", "user:email"),
        is_unique=True,
    ),
    "ratings_report": ReportSeed(
        "Job framework: ratings",
        source="competencies",
        columns=RATING_COLUMNS,
        filters=(),
        sorting=("framework:idnumber", "competency:idnumber", "user:idnumber"),
        is_unique=True,
    ),
    "tasks_report": ReportSeed(
        "Job framework: scheduled tasks",
        source="task_logs",
        columns=TASK_COLUMNS,
        filters=("task_log:timestart",),
        sorting=("task_log:starttime", "task_log:name"),
        is_unique=True,
    ),
}

#: What the ID number of a competency of ours holds.
_COMPETENCY = f"-{TAGS['competency']}-"


class MoodleSandbox:
    """A sandbox that is up; `site` is what lies behind its web server."""

    def __init__(self, site: Site, served: ServedSandbox) -> None:
        self.site = site
        self._served = served
        self.url = served.url

    def settings(self) -> dict[str, Any]:
        """Return the settings of a connection to it."""
        return {
            "url": self.url,
            "token": TOKEN_SECRET,
            "scales": {"proficiency": SCALE_ID},
            **{name: number for number, name in enumerate(REPORTS, start=1)},
        }

    def secrets(self) -> dict[str, str]:
        """Return the token it made for itself."""
        return {TOKEN_SECRET: self.site.token}

    def complete_courses(self, completions: Sequence[SeedCompletion]) -> int:
        """Let learners finish courses; returns how many there were to finish."""
        for completion in completions:
            self.site.enrol(completion.employee_id, completion.course)
            self.site.complete_course(
                completion.employee_id, completion.course, completion.completed_at
            )
        return len(completions)

    def edit_by_hand(self) -> str:
        """Change the description of one competency, as an administrator would.

        Raises:
            ValueError: there is no competency yet.
        """
        with self.site.lock:
            inner = [
                (row["idnumber"], row["shortname"])
                for row in self.site.state.competencies
                if _COMPETENCY in row["idnumber"]
            ]
        if not inner:
            msg = "There is no competency in the sandbox to edit yet."
            raise ValueError(msg)
        id_number, name = inner[0]
        self.site.edit_competency(id_number, description="<p>Edited by hand.</p>")
        return f"The description of competency {name!r} ({id_number}) in Moodle."

    def close(self) -> None:
        """End the server."""
        self._served.close()


def start(seed: SandboxSeed, port: int = 0) -> MoodleSandbox:
    """Start a sandbox that holds the people and courses of a seed."""
    site = create_site(
        SiteSeed(
            users=tuple(_user(person) for person in seed.people),
            courses=tuple((key, name, key) for key, name in seed.courses.items()),
            scales=(("Proficiency", SCALE_VALUES),),
            reports=tuple(REPORTS.values()),
        )
    )
    return MoodleSandbox(site, serve(create_app(site), port))


def _user(person: SeedPerson) -> tuple[str, str, str, str, str]:
    return (
        person.employee_id,
        f"learner{person.employee_id}",
        person.given_name,
        person.family_name,
        person.email,
    )
