"""The tables of a sandbox site.

Data only: rules about the rows live beside the functions that write them, what a
fresh site holds beside the seed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

from adapters.moodle.sandbox.capabilities import AUTHENTICATED_USER
from adapters.moodle.sandbox.tables import Row, Table

SITE_ID = 1
SYSTEM_CONTEXT = 1
ADMIN_ID = 2
CATEGORY_ID = 1
"""The category that comes with every site."""
SITE_SETTINGS = {
    "sitepolicy": "",
    "sitepolicyhandler": "",
    "timezone": "UTC",
    "forcetimezone": "99",
}
"""Settings that a site tells everybody; 99 lets people choose their time zone."""
PROFILE_FIELDS = (
    "department",
    "institution",
    "address",
    "city",
    "country",
    "phone1",
    "phone2",
    "description",
)
"""What a profile holds beside the names; empty at first."""


@dataclass(slots=True)
class LastRun:
    """How far the hourly task for cohorts got: what was newest then, and when."""

    member: int = 0
    link: int = 0
    at: int = 0


@dataclass(slots=True)
class State:
    """All rows of a site, and what its service account may do.

    `account_capabilities` come from its own role, `default_capabilities` from that of
    every account.
    """

    account_id: int = 0
    account_capabilities: set[str] = field(default_factory=set)
    default_capabilities: set[str] = field(
        default_factory=lambda: set(AUTHENTICATED_USER)
    )
    users: Table = field(default_factory=lambda: Table(("idnumber",), ("username",)))
    categories: Table = field(default_factory=lambda: Table(("idnumber",)))
    courses: Table = field(
        default_factory=lambda: Table(("idnumber",), ("shortname",), ("category",))
    )
    sections: Table = field(default_factory=lambda: Table(("courseid",)))
    activities: Table = field(default_factory=lambda: Table(("courseid",)))
    activity_completions: Table = field(
        default_factory=lambda: Table(("cmid",), ("cmid", "userid"))
    )
    enrolments: Table = field(
        default_factory=lambda: Table(
            ("courseid",), ("userid",), ("courseid", "userid")
        )
    )
    completions: Table = field(
        default_factory=lambda: Table(("courseid",), ("courseid", "userid"))
    )
    scales: Table = field(default_factory=Table)
    contexts: Table = field(default_factory=lambda: Table(("level", "instance")))
    frameworks: Table = field(default_factory=lambda: Table(("idnumber",)))
    competencies: Table = field(
        default_factory=lambda: Table(
            ("parentid",),
            ("competencyframeworkid",),
            ("competencyframeworkid", "parentid"),
            ("competencyframeworkid", "idnumber"),
            ("idnumber",),
        )
    )
    related: Table = field(
        default_factory=lambda: Table(
            ("competencyid",),
            ("relatedcompetencyid",),
            ("competencyid", "relatedcompetencyid"),
        )
    )
    templates: Table = field(default_factory=Table)
    template_links: Table = field(
        default_factory=lambda: Table(
            ("templateid",), ("competencyid",), ("templateid", "competencyid")
        )
    )
    template_cohorts: Table = field(default_factory=lambda: Table(("templateid",)))
    course_links: Table = field(
        default_factory=lambda: Table(
            ("courseid",), ("competencyid",), ("courseid", "competencyid")
        )
    )
    course_settings: Table = field(default_factory=lambda: Table(("courseid",)))
    plans: Table = field(default_factory=lambda: Table(("userid",), ("templateid",)))
    plan_links: Table = field(
        default_factory=lambda: Table(
            ("planid",), ("competencyid",), ("planid", "competencyid")
        )
    )
    user_competencies: Table = field(
        default_factory=lambda: Table(
            ("userid",), ("competencyid",), ("userid", "competencyid")
        )
    )
    prior_learning: Table = field(default_factory=lambda: Table(("userid",)))
    prior_learning_links: Table = field(
        default_factory=lambda: Table(
            ("userevidenceid",), ("competencyid",), ("userevidenceid", "competencyid")
        )
    )
    comments: Table = field(default_factory=lambda: Table(("area", "itemid")))
    badges: Table = field(default_factory=Table)
    badges_issued: Table = field(default_factory=lambda: Table(("userid",)))
    user_competency_plans: Table = field(
        default_factory=lambda: Table(("competencyid",), ("planid",))
    )
    user_competency_courses: Table = field(
        default_factory=lambda: Table(
            ("courseid",), ("userid", "competencyid", "courseid")
        )
    )
    evidence: Table = field(default_factory=lambda: Table(("usercompetencyid",)))
    cohorts: Table = field(default_factory=lambda: Table(("idnumber",)))
    cohort_members: Table = field(
        default_factory=lambda: Table(("cohortid",), ("cohortid", "userid"))
    )
    task_log: Table = field(default_factory=Table)
    last_run: LastRun = field(default_factory=LastRun)
    reports: Table = field(default_factory=Table)
    report_filters: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=lambda: dict(SITE_SETTINGS))
    filters: set[str] = field(default_factory=lambda: {"mediaplugin", "urltolink"})

    def context(self, level: str, instance: int) -> Row:
        """Return the context of an object, made on first use."""
        found = self.contexts.first(level=level, instance=instance)
        return found or self.contexts.add({"level": level, "instance": instance})

    def use_fold_for_idnumbers(self, *, ignores_case: bool) -> None:
        """Compare texts as PostgreSQL does, or as MySQL usually does."""
        fold = str.casefold if ignores_case else None
        for table in (self.frameworks, self.competencies, self.cohorts, self.courses):
            table.use_fold(fold)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Take back every change made inside when something is raised there."""
        tables = [
            value
            for column in fields(self)
            if isinstance(value := getattr(self, column.name), Table)
        ]
        for table in tables:
            table.start_journal()
        is_done = False
        try:
            yield
            is_done = True
        finally:
            for table in tables:
                table.end_journal(keep=is_done)
