"""What people did on the recorded site between the recorded requests.

The recordings show web service calls only; administrators, learners and calls that
were not recorded acted in between. Each stage plays one of them on the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapters.moodle.sandbox import ReportSeed, Site, SiteSeed
from adapters.moodle.sandbox.state import ADMIN_ID

if TYPE_CHECKING:
    from test_replay import Replay

LEARNERS = 30
FIRST_LEARNER, FIRST_COURSE = 26, 11
_COMPLETIONS = "JF connector: course completions"
SEED = SiteSeed(
    sitename="Live Moodle",
    account_username="svc_connector",
    time_zone="Europe/London",
    category=("CAT-ENG", "Engineering academy"),
    users=tuple(
        (
            f"E{1000 + n}",
            f"learner{n:02}",
            f"Lea{n:02}",
            "Learner",
            f"learner{n:02}@corp.example",
        )
        for n in range(1, LEARNERS + 1)
    ),
    courses=tuple((f"LRN-{name}", f"Course {name}", f"C-{name}") for name in "ABCDE"),
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


def _finish_setup(replay: Replay) -> None:
    state, ids = replay.site.state, replay.ids
    for kind, fixed in (("user", (2, 3)), ("scale", (2, 3)), ("context", (1,))):
        for key in fixed:
            ids.learn(kind, key, key)
    ids.learn("category", 4, 1)
    for recorded, ours in ((6, 1), (7, 2), (9, 3)):
        ids.learn("report", recorded, ours)
    for offset in range(LEARNERS):
        ids.learn("user", FIRST_LEARNER + offset, 4 + offset)
        state.users.change(4 + offset, department="Engineering")
    for offset in range(5):
        ids.learn("course", FIRST_COURSE + offset, 2 + offset)
        state.courses.change(2 + offset, summary="<p>S</p>")


def _add_double_user(replay: Replay) -> None:
    learner = replay.site.state.users.rows[4]
    double = {"username": "dupid", "email": "u3@corp.example"}
    added = replay.site.state.users.add({**learner, **double})
    replay.ids.learn("user", 56, added["id"])


def _change_users(replay: Replay) -> None:
    users = replay.site.state.users
    users.change(replay.ids.ours("user", 27), department="Platform")
    users.change(replay.ids.ours("user", 28), department="ok")
    double = replay.ids.ours("user", 56)
    users.change(double, idnumber="E9001", suspended=True)


def _rename_course(replay: Replay) -> None:
    replay.site.state.courses.change(4, fullname="Course C2")


def _link_cohort(replay: Replay) -> None:
    replay.site.link_cohort(replay.ids.ours("template", 5), "JF:ENG:IC3")


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


def _enrol(replay: Replay) -> None:
    replay.site.state.courses.change(2, hascriteria=False)
    for course, learners in (("A", 6), ("B", 6), ("D", 6)):
        for number in range(1, learners + 1):
            replay.site.enrol(f"E{1000 + number}", f"LRN-{course}")


def _without_criteria(replay: Replay) -> None:
    replay.site.enrol("E1003", "LRN-C")
    replay.site.state.courses.change(4, hascriteria=False)


def _copy_course(replay: Replay) -> None:
    state = replay.site.state
    copy = state.courses.add(
        {
            **state.courses.rows[3],
            "idnumber": "",
            "fullname": "Copy",
            "shortname": "C-B2",
        }
    )
    replay.ids.learn("course", 17, copy["id"])
    for link in state.course_links.find(courseid=3):
        state.course_links.add({**link, "courseid": copy["id"]})
    state.enrolments.add({"userid": 6, "courseid": copy["id"]})


def _complete(idnumber: str) -> Stage:
    def play(replay: Replay) -> None:
        state = replay.site.state
        replay.site.complete_course(idnumber, "LRN-B", datetime.now(UTC))
        # On the recorded site the service account marked the last activity.
        for table in (state.user_competencies, state.evidence):
            for row in table.find(usermodified=ADMIN_ID):
                table.change(row["id"], usermodified=state.account_id)

    return play


def _turn(**switches: Any) -> Stage:
    def play(replay: Replay) -> None:
        for name, value in switches.items():
            setattr(replay.site.switches, name, value)

    return play


def _without(*capabilities: str) -> Stage:
    def play(replay: Replay) -> None:
        replay.site.state.account_capabilities -= set(capabilities)

    return play


def _lose_token(replay: Replay) -> None:
    replay.client.token = "0" * 32


def _take_new_token(replay: Replay) -> None:
    replay.client.token = replay.site.token


BEFORE: dict[tuple[str, int], Stage] = {
    ("01", 0): _finish_setup,
    ("04", 6): _add_double_user,
    ("04", 13): _without("moodle/user:viewdetails", "moodle/user:viewalldetails"),
    ("06", 0): _change_users,
    ("05", 16): _rename_course,
    ("07", 32): _link_cohort,
    ("07", 33): _run_tasks,
    ("07", 37): _run_tasks,
    ("08", 17): _rate_children,
    ("09", 5): _enrol,
    ("09", 9): _show_framework,
    ("09", 26): _complete("E1003"),
    ("09", 45): _copy_course,
    ("09", 47): _without_criteria,
    ("09", 50): _complete("E1005"),
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
