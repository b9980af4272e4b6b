"""What a fresh sandbox site holds: what ships with Moodle, and what the seed adds."""

from adapters.moodle.sandbox.course_store import (
    add_category,
    add_course,
    add_page,
    enrol,
)
from adapters.moodle.sandbox.hourly import log_tasks
from adapters.moodle.sandbox.seed import ReportSeed, SiteSeed
from adapters.moodle.sandbox.state import PROFILE_FIELDS, State
from adapters.moodle.sandbox.tables import Row

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
    "task_logs": ("core_admin\\reportbuilder\\datasource\\task_logs", "Task logs"),
    "badges": ("core_badges\\reportbuilder\\datasource\\badges", "Badges"),
}
_CONDITIONS = {
    "participants": '{"completion:completed_operator":1}',
    "competencies": '{"usercompetency:proficient_operator":1}',
}


def build_state(seed: SiteSeed, *, now: int) -> State:
    """Return the state of a fresh site."""
    state = State()
    state.contexts.add({"level": "system", "instance": 0})
    _add_scales(state, seed)
    _add_users(state, seed, now=now)
    _add_courses(state, seed, now=now)
    for name, description, issuer in seed.badges:
        badge = {"name": name, "description": description, "issuername": issuer}
        state.badges.add(badge)
    log_tasks(state, now=now)
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
                **dict.fromkeys(PROFILE_FIELDS, ""),
                "auth": "webservice" if username == account[1] else "manual",
                "suspended": False,
                "timemodified": now,
            }
        )
    state.account_id = 3


def _add_courses(state: State, seed: SiteSeed, *, now: int) -> None:
    number, name = seed.category
    category = {"idnumber": number or None, "name": name, "parent": 0}
    add_category(state, category, now=now)
    state.courses.add(_site_row(seed, now=now))
    for idnumber, fullname, shortname in seed.courses:
        values = {"idnumber": idnumber, "fullname": fullname, "shortname": shortname}
        course = add_course(state, values, now=now)
        page = f"Page {course['id']}"
        add_page(state, course["id"], page, is_criterion=True, now=now)
    for user_idnumber, course_idnumber in seed.enrolments:
        user = state.users.first(idnumber=user_idnumber)
        target = state.courses.first(idnumber=course_idnumber)
        if user is None or target is None:
            raise ValueError(
                f"seed enrolment ({user_idnumber}, {course_idnumber}): unknown user or "
                "course; list both in the seed"
            )
        enrol(state, user["id"], target["id"])


def _site_row(seed: SiteSeed, *, now: int) -> Row:
    """Return the front page, which is a course too and lies in no category."""
    return {
        "idnumber": "",
        "fullname": seed.sitename,
        "shortname": "sandbox",
        "summary": "",
        "summaryformat": 0,
        "category": 0,
        "format": "site",
        "visible": True,
        "enablecompletion": False,
        "newsitems": 3,
        "showgrades": True,
        "lang": "",
        "startdate": 0,
        "enddate": 0,
        "timecreated": now,
        "timemodified": now,
    }


def _report_row(report: ReportSeed, *, now: int) -> Row:
    source, source_name = _SOURCES[report.source]
    return {
        "name": report.name,
        "kind": report.source,
        "source": source,
        "sourcename": source_name,
        "columns": report.columns,
        "filters": (*report.columns, "completion:timecompleted")
        if report.filters is None
        else report.filters,
        "sorting": report.sorting,
        "uniquerows": report.is_unique,
        "conditiondata": _CONDITIONS.get(report.source) if report.only_done else None,
        "timecreated": now,
        "timemodified": now,
    }
