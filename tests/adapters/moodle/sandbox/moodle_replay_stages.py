"""What people did on the recorded site between the recorded requests.

The recordings show web service calls only; administrators, learners and calls that
were not recorded acted in between. Each stage plays one of them on the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapters.moodle.sandbox import ReportSeed, Site, SiteSeed, course_store
from adapters.moodle.sandbox.tables import Table

if TYPE_CHECKING:
    from moodle_replay import Replay

LEARNERS = 30
FIRST_LEARNER = 26
_COMPLETIONS = "JF connector: course completions"
SEED = SiteSeed(
    sitename="Live Moodle",
    account_username="svc_connector",
    time_zone="Europe/London",
    users=(
        ("", "svc_minimal", "Svc_minimal", "Service", "svc_minimal@example.invalid"),
    ),
    badges=(("IC4 ready", "d", "Corp"),),
    scales=(
        ("Five", ("Novice", "Advanced beginner", "Competent", "Proficient", "Expert")),
    ),
    reports=(
        ReportSeed(
            _COMPLETIONS,
            columns=(
                "user:idnumber",
                "user:email",
                "course:idnumber",
                "course:shortname",
                "completion:completed",
                "completion:timecompleted",
            ),
        ),
        ReportSeed(
            "JF connector: user competencies",
            source="competencies",
            columns=(
                "user:idnumber",
                "framework:idnumber",
                "competency:idnumber",
                "usercompetency:proficient",
                "usercompetency:rating",
                "usercompetency:status",
            ),
        ),
        ReportSeed(
            "JF connector: badges",
            source="badges",
            columns=("badge:name", "user:idnumber", "badge_issued:issued"),
        ),
        ReportSeed(
            "JF connector: users",
            source="users",
            columns=(
                "user:idnumber",
                "user:email",
                "user:department",
                "user:suspended",
                "user:timemodified",
            ),
        ),
    ),
)

Stage = Callable[["Replay"], None]


def shift_ids(site: Site) -> None:
    """Let everything that will be made get ids far from the recorded ones."""
    kept = {"scales", "contexts"}
    tables = (
        (name, value)
        for name in site.state.__dataclass_fields__
        if isinstance(value := getattr(site.state, name), Table) and name not in kept
    )
    for place, (_, table) in enumerate(sorted(tables, key=lambda pair: pair[0])):
        table.next_id += 10_000 + 37 * place


def _finish_setup(replay: Replay) -> None:
    for kind, fixed in (("user", (2, 3)), ("scale", (2, 3)), ("context", (1,))):
        for key in fixed:
            replay.ids.learn(kind, key, key)
    for recorded, report in zip((6, 7, 8, 9), replay.site.state.reports, strict=True):
        replay.ids.learn("report", recorded, report["id"])


def _add_learners(replay: Replay) -> None:
    """Make the other learners, by calls that were not recorded."""
    for number in range(3, LEARNERS + 1):
        learner = {
            "username": f"learner{number:02}",
            "password": "Lrn!2345x",
            "firstname": f"Lea{number:02}",
            "lastname": "Learner",
            "email": f"learner{number:02}@corp.example",
            "idnumber": f"E{1000 + number}",
            "department": "Engineering",
        }
        values = {key: replay.name(value) for key, value in learner.items()}
        [made] = replay.client.call("core_user_create_users", users=[values])
        replay.ids.learn("user", FIRST_LEARNER + number - 1, made["id"])


def _add_prior_learning(replay: Replay) -> None:
    ours = replay.site.add_prior_learning(
        replay.name("E1001"),
        "External certificate",
        description="<p>AWS exam</p>",
        url="https://cert.example/123",
    )
    replay.ids.learn("prior learning", 1, ours)


def _link_cohort(replay: Replay) -> None:
    replay.site.link_cohort(replay.ids.ours("template", 5), replay.name("JF:ENG:IC3"))


def _run_tasks(replay: Replay) -> None:
    replay.site.run_hourly_tasks()
    for offset in range(7):
        user_id = replay.ids.ours("user", FIRST_LEARNER + offset)
        for plan in replay.site.state.plans.find(userid=user_id):
            if plan["templateid"] is not None and offset < 5:
                replay.ids.learn("plan", 11 + offset, plan["id"])


def _rate_children(replay: Replay) -> None:
    for recorded in (86, 87, 88, 90):
        replay.client.call(
            "core_competency_grade_competency",
            userid=replay.ids.ours("user", 29),
            competencyid=replay.ids.ours("competency", recorded),
            grade=3,
        )


def _show_framework(replay: Replay) -> None:
    framework_id = replay.ids.ours("framework", 9)
    replay.site.state.frameworks.change(framework_id, visible=True)


def _filter_by_future(replay: Replay) -> None:
    replay.client.call(
        "core_reportbuilder_set_filters",
        reportid=1,
        values='{"completion:timecompleted_operator": 3, '
        '"completion:timecompleted_from": 9999999999}',
    )


def _take_rating_back(replay: Replay) -> None:
    replay.client.batch(
        (
            "core_competency_grade_competency",
            {
                "userid": replay.ids.ours("user", 46),
                "competencyid": replay.ids.ours("competency", 86),
                "grade": None,
            },
        )
    )


def _teach(replay: Replay) -> None:
    """Give two courses a page that completes them, and two more their learners."""
    for course in ("LRN-B", "LRN-D"):
        page = replay.site.add_page(replay.name(course), "Page 1")
        if course == "LRN-B":
            replay.ids.learn("activity", 21, page)
    for course in ("LRN-A", "LRN-D"):
        for number in range(1, 7):
            replay.site.enrol(replay.name(f"E{1000 + number}"), replay.name(course))


def _award_badge(replay: Replay) -> None:
    replay.site.award_badge(replay.name("E1001"), "IC4 ready", datetime.now(UTC))


def _enrol_in_copy(replay: Replay) -> None:
    copy, learner = replay.ids.ours("course", 17), replay.ids.ours("user", 28)
    course_store.enrol(replay.site.state, learner, copy)


def _enrol_in_course_without_criteria(replay: Replay) -> None:
    replay.site.enrol(replay.name("E1003"), replay.name("LRN-C"))


def _turn(**switches: Any) -> Stage:
    def play(replay: Replay) -> None:
        for name, value in switches.items():
            setattr(replay.site.switches, name, value)

    return play


def _without(*capabilities: str) -> Stage:
    def play(replay: Replay) -> None:
        replay.site.state.account_capabilities -= set(capabilities)
        replay.site.state.default_capabilities -= set(capabilities)

    return play


def _lose_token(replay: Replay) -> None:
    replay.client.token = "0" * 32


def _take_new_token(replay: Replay) -> None:
    replay.client.token = replay.site.token


BEFORE: dict[tuple[str, int], Stage] = {
    ("01", 0): _finish_setup,
    ("04", 1): _add_learners,
    ("04", 13): _without("moodle/user:viewdetails", "moodle/user:viewalldetails"),
    ("07", 32): _link_cohort,
    ("07", 33): _run_tasks,
    ("07", 37): _run_tasks,
    ("08", 17): _rate_children,
    ("08", 19): _add_prior_learning,
    ("09", 5): _teach,
    ("09", 9): _show_framework,
    ("09", 41): _award_badge,
    ("09", 45): _enrol_in_copy,
    ("09", 47): _enrol_in_course_without_criteria,
    ("10", 4): _without("moodle/competency:templatemanage"),
    ("10", 5): _without("moodle/course:view"),
    ("10", 13): _turn(shows_debugging=True),
    ("10", 14): _turn(shows_debugging=True),
    ("10", 15): _turn(rest_enabled=False),
    ("10", 16): _turn(rest_enabled=False),
    ("10", 17): _turn(service_enabled=False),
    ("10", 18): _turn(account_suspended=True),
    ("10", 19): _turn(address_refused=True),
    ("10", 20): _turn(competencies_enabled=False),
    ("10", 21): _turn(maintenance=True),
    ("10", 22): _turn(maintenance=True),
    ("10", 23): _turn(upgrade_running=True),
    ("10", 27): _turn(token_expired=True),
    ("10", 28): _lose_token,
    ("10", 29): _turn(database_down=True),
    ("11", 4): _filter_by_future,
    ("11", 6): _take_rating_back,
    ("11", 14): _without("moodle/reportbuilder:view"),
}
"""Played before the exchange; switches and rights are as seeded again after it."""

AFTER: dict[tuple[str, int], Stage] = {("10", 28): _take_new_token}


def restore(site: Site) -> None:
    """Put switches and rights back to those of a healthy, complete set-up."""
    fresh = Site(site.seed)
    site.switches = fresh.switches
    site.state.account_capabilities = fresh.state.account_capabilities
    site.state.default_capabilities = fresh.state.default_capabilities


_REST = {"wstoken": "<wstoken>", "moodlewsrestformat": "json"}
DESCRIBED_FORMS: dict[str, dict[str, str]] = {
    "(1,300 x 4 keys)": {
        **_REST,
        "wsfunction": "core_cohort_add_cohort_members",
        **{
            f"members[{number}][{part}][{key}]": "id" if key == "type" else "1"
            for number in range(1300)
            for part in ("cohorttype", "usertype")
            for key in ("type", "value")
        },
    },
    "(101 MB)": {
        **_REST,
        "wsfunction": "core_webservice_get_site_info",
        "padding": "x" * 9 * 1024 * 1024,
    },
}
"""Forms the recordings only describe; the second is above the sandbox's own limit."""
