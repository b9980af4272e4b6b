"""The doctor names every missing right in Workday's own words, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from workday_support import Desk, open_desk

from connector.kit.values import Check

OpenTenant = Callable[..., Desk]


def checks(desk: Desk) -> dict[str, Check]:
    return {check.name: check for check in desk.connection.doctor.checks()}


def test_a_whole_tenant_passes_every_check(desk: Desk) -> None:
    found = checks(desk)
    assert [check.name for check in found.values() if not check.is_ok] == []
    assert "sandbox" in found
    assert len(found) == 3 + 3 + 7 + 5 + 2 + 2


def test_nothing_is_written_by_checking(desk: Desk) -> None:
    before = [desk.read(kind) for kind in ("job_family", "job_profile", "competency")]
    checks(desk)
    after = [desk.read(kind) for kind in ("job_family", "job_profile", "competency")]
    assert before == after
    assert not any(e.status == 200 for e in desk.tenant.log if e.is_write)


@pytest.mark.parametrize(
    ("right", "failing", "fix"),
    [
        (
            ("Job Information", "Put"),
            {"write job families", "write job family groups", "write job profiles"},
            'Put on the domain "Job Information"',
        ),
        (
            ("Set Up: Skills and Experience", "Put"),
            {"write competencies", "write proficiency rating scales"},
            'Put on the domain "Set Up: Skills and Experience"',
        ),
        (
            ("Manage Training", "Initiate"),
            {"write trainings of workers"},
            'Edit Business Process Security Policy" for "Manage Training"',
        ),
    ],
)
def test_a_missing_right_to_write_is_named_with_its_fix(
    desk: Desk, right: tuple[str, str], failing: set[str], fix: str
) -> None:
    desk.tenant.permissions.revoke({right})
    desk.tenant.permissions.activate()
    failed = {n: check for n, check in checks(desk).items() if not check.is_ok}
    assert set(failed) == failing
    for check in failed.values():
        assert fix in check.fix
        assert "Activate Pending Security Policy Changes" in check.fix


def test_an_empty_answer_says_which_right_may_be_missing(desk: Desk) -> None:
    desk.tenant.permissions.revoke({("Job Information", "Get")})
    desk.tenant.permissions.activate()
    check = checks(desk)["read job profiles"]
    assert "shows nothing" in check.message
    assert 'Get on the domain "Job Information"' in check.fix


def test_a_refused_login_ends_the_checks(desk: Desk) -> None:
    desk.secrets.values["workday.password"] = "wrong"
    found = checks(desk)
    assert list(found) == ["sandbox", "login"]
    assert not found["login"].is_ok


def test_a_wrong_tenant_is_a_refused_login(open_tenant: OpenTenant) -> None:
    desk = open_tenant(with_settings={"tenant": "other"})
    assert not checks(desk)["login"].is_ok


def test_a_clock_that_is_off_is_told(desk: Desk) -> None:
    late = open_desk(
        desk.sandbox,
        desk.sandbox.settings(),
        now=lambda: datetime.now(UTC) - timedelta(minutes=11),
    )
    clock = checks(late)["clock"]
    assert not clock.is_ok
    assert "NTP" in clock.fix
    late.connection.close()


def test_a_missing_training_type_is_told(open_tenant: OpenTenant) -> None:
    desk = open_tenant(with_settings={"training_type": ""})
    check = checks(desk)["training type"]
    assert not check.is_ok
    assert "Training_Type_ID" in check.fix
    assert "write trainings of workers" not in checks(desk)


def test_an_unknown_version_fails_its_service_only(open_tenant: OpenTenant) -> None:
    desk = open_tenant(with_settings={"versions": {"Talent": "v99.9"}})
    found = checks(desk)
    assert not found["read competencies"].is_ok
    assert "versions" in found["read competencies"].fix
    assert found["read job profiles"].is_ok
