"""Opening a connection: settings, the doctor, the banner, the running sandbox."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from moodle_slice import Secrets, Slice, assert_equal, open_slice, write_tree

from adapters.moodle import adapter
from adapters.moodle.client import flatten
from adapters.moodle.failures import RightsError, failure_of
from adapters.moodle.running import MoodleSandbox
from adapters.moodle.settings import MoodleSettings
from connector.kit.errors import (
    AuthError,
    ConfigError,
    ConflictError,
    RejectedError,
    TransientError,
)
from connector.kit.protocols import Services

REPOSITORY = Path(__file__).parents[3]


def services() -> Services:
    return Services(
        secrets=Secrets("token"), now=lambda: datetime.now(UTC), sleep=lambda _: None
    )


def test_every_wrong_setting_is_named_at_once() -> None:
    wrong = {
        "url": "http://moodle.example",
        "scales": {"proficiency": 0},
        "completions_report": "six",
        "completions_columns": ["user:idnumber"],
        "time_zone": "Mars/Base",
        "batch_size": 500,
        "concurrency": 0,
        "tokn": "moodle.token",
    }
    with pytest.raises(ConfigError) as caught:
        adapter.connect(wrong, services())
    keys = {problem.key.partition(".")[0] for problem in caught.value.problems}
    assert keys == set(wrong)


def test_a_site_that_does_not_answer_can_still_be_examined() -> None:
    settings = {"url": "http://127.0.0.1:9/", "scales": {}}
    connection = adapter.connect(settings, services())
    assert (connection.address, connection.banner) == ("http://127.0.0.1:9", "")
    assert connection.learning is None
    (check,) = connection.doctor.checks()
    assert not check.is_ok
    connection.close()


def test_a_sandbox_shows_a_banner(slice_: Slice) -> None:
    assert "sandbox" in slice_.connection.banner


def failing(slice_: Slice) -> dict[str, str]:
    checks = slice_.connection.doctor.checks()
    return {check.name: check.fix for check in checks if not check.is_ok}


def test_a_healthy_site_passes_every_check(slice_: Slice) -> None:
    assert failing(slice_) == {}


def test_each_missing_thing_is_named_with_its_click_path(
    slice_: Slice, sandbox: MoodleSandbox
) -> None:
    site = sandbox.site
    site.service_functions.discard("core_competency_create_template")
    site.state.account_capabilities -= {
        "moodle/user:viewdetails",
        "moodle/user:viewalldetails",
        "moodle/user:viewhiddendetails",
    }
    site.state.reports.change(1, columns=("user:idnumber",))
    fixes = failing(slice_)
    assert "Add functions" in fixes["functions"]
    assert "Custom reports" in fixes["completions report"]
    assert all(fix.startswith("Site administration >") for fix in fixes.values())


def test_scales_and_report_that_are_not_there_are_named(
    sandbox: MoodleSandbox,
) -> None:
    settings: dict[str, Any] = {
        **sandbox.settings(),
        "scales": {"proficiency": 99},
        "completions_report": 77,
    }
    token = sandbox.secrets()["moodle.token"]
    with open_slice(token, settings, "CLOUD-101", lambda _: None) as opened:
        fixes = failing(opened)
        messages = {c.name: c.message for c in opened.connection.doctor.checks()}
    assert fixes.keys() == {"scales", "completions report"}
    assert "not found" in messages["scales"]


def test_a_hand_edit_is_made_and_told(slice_: Slice, sandbox: MoodleSandbox) -> None:
    with pytest.raises(ValueError, match="no competency"):
        sandbox.edit_by_hand()
    wanted = write_tree(slice_)
    told = sandbox.edit_by_hand()
    assert wanted.competency.identity in told
    (found,) = slice_.read("competency")
    assert found.fields["description"] == "<p>Edited by hand.</p>"


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        ({"id": 5, "deleteplans": False}, {"id": "5", "deleteplans": "0"}),
        ({"context": {"contextid": 1}}, {"context[contextid]": "1"}),
        (
            {"filters": [{"column": "id", "value": "1"}], "limit": 0},
            {"filters[0][column]": "id", "filters[0][value]": "1", "limit": "0"},
        ),
        ({"values": [4, 5]}, {"values[0]": "4", "values[1]": "5"}),
    ],
)
def test_arguments_become_form_fields(
    arguments: dict[str, object], sent: dict[str, str]
) -> None:
    assert flatten(arguments) == sent


@pytest.mark.parametrize("value", [None, []])
def test_what_a_form_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="use a batch"):
        flatten({"scaleid": value})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"errorcode": "sitemaintenance"}, TransientError),
        ({"errorcode": "dbconnectionfailed"}, TransientError),
        ({"errorcode": "invalidtoken"}, AuthError),
        ({"errorcode": "accessexception"}, AuthError),
        ({"errorcode": "wsaccessusersuspended"}, AuthError),
        ({"errorcode": "nopermissions"}, RightsError),
        ({"errorcode": "dmlwriteexception"}, ConflictError),
        ({"errorcode": "invalidparameter"}, RejectedError),
        ({"exception": "Error", "message": "PHP"}, RejectedError),
        ({}, RejectedError),
    ],
)
def test_error_codes_say_what_to_do(
    answer: dict[str, object], error: type[Exception]
) -> None:
    failure = failure_of(answer, "core_x")
    assert isinstance(failure, error)
    assert "core_x" in f"{failure.message} {failure.operation}"


def test_every_setting_is_in_the_adapters_readme() -> None:
    readme = (REPOSITORY / "adapters" / "moodle" / "README.md").read_text()
    named = set(re.findall(r"(?m)^\| `([a-z_]+)` \|", readme))
    settings = {field.name for field in fields(MoodleSettings)}
    assert settings <= named


def test_the_documented_role_suffices(slice_: Slice, sandbox: MoodleSandbox) -> None:
    guide = (REPOSITORY / "docs" / "install-moodle.md").read_text()
    held = set(re.findall(r"`((?:moodle|webservice)/[a-z:]+)`", guide))
    sandbox.site.state.account_capabilities = held
    assert_equal(slice_, write_tree(slice_))
    assert failing(slice_) == {}
