"""The tables of a sandbox site, and how a seed fills them.

Data only: rules about the rows live beside the functions that write them.
"""

from dataclasses import dataclass, field
from typing import Any

from adapters.moodle.sandbox.seed import ReportSeed, SiteSeed
from adapters.moodle.sandbox.tables import Row, Table

SITE_ID = 1
SYSTEM_CONTEXT = 1
ADMIN_ID = 2
CATEGORY_ID = 1
_SOURCES = {
    "participants": (
        "core_course\\reportbuilder\\datasource\\participants",
        "Course participants",
    ),
    "users": ("core_user\\reportbuilder\\datasource\\users", "Users"),
    "competencies": (
        "core_competency\\reportbuilder\\datasource\\competencies",
        "Competencies",
    ),
}
_CONDITIONS = {
    "participants": '{"completion:completed_operator":1}',
    "competencies": '{"usercompetency:proficient_operator":1}',
}


@dataclass(slots=True)
class State:
    """All rows of a site, and the id of the service account."""

    account_id: int = 0
    category_number: str = ""
    category_name: str = ""
    account_capabilities: set[str] = field(default_factory=set)
    users: Table = field(default_factory=lambda: Table(("idnumber",), ("username",)))
    courses: Table = field(default_factory=lambda: Table(("idnumber",)))
    enrolments: Table = field(
        default_factory=lambda: Table(
            ("courseid",), ("userid",), ("courseid", "userid")
        )
    )
    completions: Table = field(default_factory=lambda: Table(("courseid", "userid")))
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
        default_factory=lambda: Table(("competencyid",), ("userid", "competencyid"))
    )
    user_competency_plans: Table = field(
        default_factory=lambda: Table(("competencyid",), ("planid",))
    )
    user_competency_courses: Table = field(
        default_factory=lambda: Table(("userid", "competencyid", "courseid"))
    )
    evidence: Table = field(default_factory=lambda: Table(("usercompetencyid",)))
    cohorts: Table = field(default_factory=lambda: Table(("idnumber",)))
    cohort_members: Table = field(
        default_factory=lambda: Table(("cohortid",), ("cohortid", "userid"))
    )
    reports: Table = field(default_factory=Table)
    report_filters: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)

    def context(self, level: str, instance: int) -> Row:
        """Return the context of an object, made on first use."""
        found = self.contexts.first(level=level, instance=instance)
        return found or self.contexts.add({"level": level, "instance": instance})

    def use_fold_for_idnumbers(self, *, ignores_case: bool) -> None:
        """Compare texts as PostgreSQL does, or as MySQL usually does."""
        fold = str.casefold if ignores_case else None
        for table in (self.frameworks, self.competencies, self.cohorts, self.courses):
            table.use_fold(fold)


def build_state(seed: SiteSeed, *, now: int) -> State:
    """Return the state of a fresh site."""
    state = State()
    state.category_number, state.category_name = seed.category
    state.contexts.add({"level": "system", "instance": 0})
    _add_scales(state, seed)
    _add_users(state, seed, now=now)
    _add_courses(state, seed, now=now)
    for report in seed.reports:
        state.reports.add(_report_row(report, now=now))
    return state


def _add_scales(state: State, seed: SiteSeed) -> None:
    shipped = (
        ("Separate and Connected ways of knowing", ("Separate", "Both", "Connected")),
        ("Default competence scale", ("Not yet competent", "Competent")),
    )
    for name, values in (*shipped, *seed.scales):
        state.scales.add({"name": name, "values": tuple(values)})


def _add_users(state: State, seed: SiteSeed, *, now: int) -> None:
    account = (
        "",
        seed.account_username,
        seed.account_username.capitalize(),
        "Service",
        seed.account_email,
    )
    fixed = (
        ("", "guest", "Guest user", " ", "root@localhost"),
        ("", "admin", "Admin", "User", "admin@example.invalid"),
        account,
    )
    for idnumber, username, first, last, email in (*fixed, *seed.users):
        state.users.add(
            {
                "idnumber": idnumber,
                "username": username,
                "firstname": first,
                "lastname": last,
                "email": email,
                "department": "",
                "auth": "webservice" if username == account[1] else "manual",
                "suspended": False,
                "timemodified": now,
            }
        )
    state.account_id = 3


def _add_courses(state: State, seed: SiteSeed, *, now: int) -> None:
    site_row = ("", seed.sitename, "sandbox")
    for idnumber, fullname, shortname in (site_row, *seed.courses):
        state.courses.add(
            {
                "idnumber": idnumber,
                "fullname": fullname,
                "shortname": shortname,
                "summary": "",
                "visible": True,
                "enablecompletion": True,
                "hascriteria": True,
                "timecreated": now,
                "timemodified": now,
            }
        )
    for user_idnumber, course_idnumber in seed.enrolments:
        user = state.users.first(idnumber=user_idnumber)
        course = state.courses.first(idnumber=course_idnumber)
        if user is None or course is None:
            raise ValueError(
                f"seed enrolment ({user_idnumber}, {course_idnumber}): unknown user or "
                "course; list both in the seed"
            )
        state.enrolments.add({"userid": user["id"], "courseid": course["id"]})


def _report_row(report: ReportSeed, *, now: int) -> Row:
    source, source_name = _SOURCES[report.source]
    return {
        "name": report.name,
        "kind": report.source,
        "source": source,
        "sourcename": source_name,
        "columns": report.columns,
        "conditiondata": _CONDITIONS.get(report.source) if report.only_done else None,
        "timecreated": now,
        "timemodified": now,
    }
