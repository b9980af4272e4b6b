"""What the doctor says of a site's own settings, and what it leaves to a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from moodle_slice import open_slice

from adapters.moodle import site_checks
from adapters.moodle.facts import FUNCTIONS
from adapters.moodle.failures import failure_of
from adapters.moodle.report_setup import REPORTS
from adapters.moodle.running import MoodleSandbox
from adapters.moodle.sandbox import Site
from adapters.moodle.wire import SiteInfo
from adapters.moodle.wire_site import SeenUser, SiteConfiguration
from connector.kit.values import Check


def examined(sandbox: MoodleSandbox, **settings: Any) -> dict[str, Check]:
    token = sandbox.secrets()["moodle.token"]
    whole = {**sandbox.settings(), **settings}
    with open_slice(token, whole, "CLOUD-101", lambda _: None) as opened:
        return {check.name: check for check in opened.connection.doctor.checks()}


def state_of(check: Check) -> str:
    if not check.is_ok:
        return "fix"
    return "ok" if check.is_seen else "look"


def force_time_zone(site: Site) -> None:
    site.state.settings["forcetimezone"] = "Europe/Warsaw"


def add_policy(site: Site) -> None:
    site.state.settings["sitepolicy"] = "https://corp.example/policy"


def filter_languages(site: Site) -> None:
    site.state.filters.add("multilang")


def hide_configuration(site: Site) -> None:
    site.service_functions -= {
        "tool_mobile_get_config",
        "core_filters_get_available_in_context",
    }


def forget_the_tasks(site: Site) -> None:
    for row in list(site.state.task_log):
        site.state.task_log.remove(row["id"])


def age_the_tasks(site: Site) -> None:
    for row in list(site.state.task_log):
        site.state.task_log.change(row["id"], timestart=row["timestart"] - 7300)


def fail_a_task(site: Site) -> None:
    # Twice in one second: rows that look alike are still two.
    site.run_hourly_tasks()
    site.run_hourly_tasks()
    log = site.state.task_log
    (*_, row) = [row for row in log if "complete_plans" in row["classname"]]
    site.state.task_log.change(row["id"], result=1)


def disable_a_task(site: Site) -> None:
    (row,) = [row for row in site.state.task_log if "sync_plans" in row["classname"]]
    site.state.task_log.remove(row["id"])


def no_change(site: Site) -> None:
    assert site


TWO = {"languages": ["en", "pl"]}


@pytest.mark.parametrize(
    ("change", "settings", "name", "state", "told"),
    [
        (no_change, {}, "time zone", "ok", "in UTC"),
        (force_time_zone, {}, "time zone", "fix", "time_zone: Europe/Warsaw"),
        (force_time_zone, {"time_zone": "Europe/Warsaw"}, "time zone", "ok", "Warsaw"),
        (hide_configuration, {}, "time zone", "look", "Force time zone"),
        (no_change, {}, "site policy", "ok", "No site policy"),
        (add_policy, {}, "site policy", "look", "User agreements"),
        (no_change, TWO, "languages", "fix", "Multi-Language Content"),
        (filter_languages, TWO, "languages", "look", "Content and headings"),
        (hide_configuration, TWO, "languages", "look", "Manage filters"),
        (no_change, {}, "scheduled tasks", "ok", "tasks that plans"),
        (no_change, {"tasks_report": None}, "scheduled tasks", "look", "tasks_report"),
        (no_change, {"tasks_report": 99}, "scheduled tasks", "look", "Scheduled tasks"),
        (forget_the_tasks, {}, "scheduled tasks", "fix", "Task log configuration"),
        (fail_a_task, {}, "scheduled tasks", "fix", "Failed last: Complete learning"),
        (disable_a_task, {}, "scheduled tasks", "fix", "two hours: Sync plans"),
        (age_the_tasks, {}, "scheduled tasks", "fix", "No scheduled task ran"),
        (
            no_change,
            {"time_zone": "Asia/Tokyo"},
            "scheduled tasks",
            "fix",
            "setting `time_zone`",
        ),
        (no_change, {}, "ID number locked", "look", "Lock value (ID number)"),
        (no_change, {}, "HTTP security", "look", "cURL blocked hosts list"),
        (no_change, {"badges_report": None}, "badges report", "ok", "There is none"),
        (
            no_change,
            {"completions_report": None},
            "completions report",
            "fix",
            "Custom reports",
        ),
        (no_change, {"users_report": 99}, "users report", "fix", "reportbuilder:view"),
    ],
)
def test_each_setting_is_told(
    sandbox: MoodleSandbox,
    change: Callable[[Site], None],
    settings: dict[str, Any],
    name: str,
    state: str,
    told: str,
) -> None:
    change(sandbox.site)
    check = examined(sandbox, **settings)[name]
    assert state_of(check) == state, check
    assert told in f"{check.message} {check.fix}"
    assert bool(check.fix) is (state != "ok")


def test_one_language_needs_no_filter(sandbox: MoodleSandbox) -> None:
    assert "languages" not in examined(sandbox)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: str(report.setting))
def test_a_report_with_other_columns_is_told(
    sandbox: MoodleSandbox, report: Any
) -> None:
    reports = sandbox.site.state.reports
    found = next(row for row in reports if row["name"] == report.name)
    reports.change(found["id"], columns=("user:idnumber",))
    check = examined(sandbox)[f"{report.shape().name} report"]
    assert state_of(check) == "fix"
    assert "1 columns instead of" in check.message
    assert report.name in check.fix


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("sitepolicynotagreed", "site policy"),
        ("usernotfullysetup", "required field"),
        ("forcepasswordchangenotice", "Force password change"),
        ("somethingelse", ""),
    ],
)
def test_an_account_that_may_call_nothing_is_told_why(code: str, told: str) -> None:
    failure = failure_of({"errorcode": code, "message": "No."}, "core_x")
    check = site_checks.hindered_account(failure)
    assert not check.is_ok
    assert told in check.fix
    assert bool(site_checks.hindrance(failure)) is bool(told)


def test_after_a_hindrance_nothing_else_is_looked_at(sandbox: MoodleSandbox) -> None:
    sandbox.site.switches.policy_not_agreed = True
    found = examined(sandbox)
    assert list(found)[-1] == "account"
    assert "User agreements" in found["account"].fix


def test_an_account_that_lacks_a_function_is_examined_further(
    sandbox: MoodleSandbox,
) -> None:
    sandbox.site.service_functions -= {
        "core_user_get_users_by_field",
        "core_competency_get_scale_values",
    }
    found = examined(sandbox)
    assert [state_of(found[name]) for name in ("functions", "account", "scales")] == [
        "fix",
        "fix",
        "fix",
    ]
    assert "HTTP security" in found


@pytest.mark.parametrize(
    ("language", "is_ok"), [("en", True), ("en_us", True), ("pl", False), ("", True)]
)
def test_the_account_speaks_english(language: str, is_ok: bool) -> None:
    user = SeenUser(id=3, username="a", email="", lang=language, timezone="UTC")
    check = site_checks.account(user)
    assert check.is_ok is is_ok
    assert ("Preferred language" in check.fix) is not is_ok


def info(**changes: Any) -> SiteInfo:
    values: dict[str, Any] = {
        "sitename": "Campus",
        "siteurl": "https://moodle.example",
        "userid": 3,
        "lang": "en",
        "release": "4.5.6",
        "version": "2024100706",
        "functions": FUNCTIONS,
        "features": {},
    }
    return SiteInfo(**{**values, **changes})


@pytest.mark.parametrize(
    ("check", "is_ok", "told"),
    [
        (site_checks.connection(info(), "https://moodle.example"), True, "Campus"),
        (site_checks.connection(info(), "https://other.example"), False, "url: "),
        (site_checks.release(info(version="2022112800.01")), True, "tried from 4.5"),
        (site_checks.release(info(version="2021051700")), False, "Upgrade"),
        (site_checks.features(info(features={"enablecompletion": 1})), True, "are on"),
        (
            site_checks.features(info(features={"enablecompetencies": 0})),
            False,
            "Enable competencies",
        ),
        (site_checks.functions(info(functions=()), ["core_x"]), False, "core_x"),
        (site_checks.policy(SiteConfiguration({})), True, "No site policy"),
    ],
)
def test_the_site_tells_what_it_is(check: Check, is_ok: bool, told: str) -> None:
    assert check.is_ok is is_ok
    assert told in f"{check.message} {check.fix}"
