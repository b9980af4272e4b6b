"""The doctor names every missing right in Workday's own words, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from workday_support import Desk, machine_clock

from adapters.workday import adapter
from adapters.workday.facts import OPERATIONS
from adapters.workday.gate import FEATURES, operations_of
from adapters.workday.kinds import KINDS
from connector.kit.protocols import Services
from connector.kit.values import Check, PeopleScope
from connector.runtime.manifest import adapter_listing

OpenTenant = Callable[..., Desk]
NEEDS = adapter_listing("workday").needs
CATALOGUE = frozenset({"job_family", "job_profile", "competency", "people"})


def checks(
    desk: Desk,
    enabled: frozenset[str] | None = None,
    now: Callable[[], datetime] = machine_clock,
    scope: PeopleScope | None = None,
    **settings: Any,
) -> dict[str, Check]:
    """Return what the doctor says with these things switched on, by name."""
    connection = adapter.connect(
        {**desk.sandbox.settings(), "training_type": "ONLINE", **settings},
        Services(
            secrets=desk.secrets,
            now=now,
            sleep=desk.waits.append,
            needs=NEEDS,
            enabled=enabled,
            scope=scope or PeopleScope(),
        ),
    )
    try:
        return {check.name: check for check in connection.doctor.checks()}
    finally:
        connection.close()


def take_away(desk: Desk, *rights: tuple[str, str]) -> None:
    desk.tenant.permissions.revoke(rights)
    desk.tenant.permissions.activate()


def test_a_whole_tenant_passes_every_check(desk: Desk) -> None:
    found = checks(desk)
    assert [check.name for check in found.values() if not check.is_ok] == []
    for name in ("sandbox", "services host", "login", "clock", "windows"):
        assert name in found
    for kind in KINDS.values():
        assert f"read {kind.spec.plural}" in found
        assert (f"write {kind.spec.plural}" in found) == (kind.build is not None)


def test_nothing_is_written_by_checking(desk: Desk) -> None:
    before = [desk.read(kind) for kind in ("job_family", "job_profile", "competency")]
    checks(desk)
    after = [desk.read(kind) for kind in ("job_family", "job_profile", "competency")]
    assert before == after
    assert not any(e.status == 200 for e in desk.tenant.log if e.is_write)


def test_only_what_is_switched_on_is_asked_for(desk: Desk) -> None:
    found = checks(desk, CATALOGUE)
    assert {"read job families", "write competencies", "read workers"} <= set(found)
    assert not {"read certifications", "write job categories"} & set(found)
    assert not any(name.startswith("send ") for name in found)
    assert "training type" not in found
    assert "elements of Compensation" not in found
    assert not any("Change Job" in check.name for check in found.values())


@pytest.mark.parametrize(
    ("right", "failing", "fix"),
    [
        (
            ("Job Information", "Put"),
            {"write job families", "write job profiles"},
            'Put on the domain "Job Information" (Jobs & Positions)',
        ),
        (
            ("Set Up: Skills and Experience", "Put"),
            {"write competencies"},
            'Put on the domain "Set Up: Skills and Experience"',
        ),
        (
            ("Manage Training", "Initiate"),
            {"send trainings"},
            'Edit Business Process Security Policy" for "Manage Training"',
        ),
    ],
)
def test_a_missing_right_to_write_is_named_with_its_fix(
    desk: Desk, right: tuple[str, str], failing: set[str], fix: str
) -> None:
    take_away(desk, right)
    found = checks(desk, CATALOGUE | {"evidence"})
    failed = {name: check for name, check in found.items() if not check.is_ok}
    assert set(failed) == failing
    for check in failed.values():
        assert "forbidden" in check.message
        assert fix in check.fix
        assert "Activate Pending Security Policy Changes" in check.fix


def test_a_right_that_is_not_activated_is_missing(desk: Desk) -> None:
    right = ("Job Information", "Put")
    take_away(desk, right)
    desk.tenant.permissions.grant({right})
    assert not checks(desk, CATALOGUE)["write job profiles"].is_ok
    desk.tenant.permissions.activate()
    assert checks(desk, CATALOGUE)["write job profiles"].is_ok


def test_forbidden_empty_and_works_are_told_apart(desk: Desk) -> None:
    works = checks(desk, CATALOGUE)["read job profiles"]
    assert (works.is_ok, works.is_seen) == (True, True)
    take_away(desk, ("Job Information", "Get"))
    empty = checks(desk, CATALOGUE)["read job profiles"]
    assert (empty.is_ok, empty.is_seen) == (True, False)
    assert empty.message.startswith("empty")
    desk.tenant.switches.refuses_reads = True
    desk.tenant.permissions.grant({("Worker Data: Public Worker Reports", "Get")})
    forbidden = checks(desk, CATALOGUE)
    # The login is asked for with a read of job families: it is refused first.
    assert not forbidden["login"].is_ok
    desk.tenant.permissions.grant({("Job Information", "Get")})
    desk.tenant.permissions.activate()
    take_away(desk, ("Set Up: Skills and Experience", "Get"))
    refused = checks(desk, CATALOGUE)["read competencies"]
    assert (refused.is_ok, refused.is_seen) == (False, True)
    for check in (empty, refused):
        assert "Maintain Permissions for Security Group" in check.fix


def test_what_no_question_shows_is_named_for_a_person_to_look_at(desk: Desk) -> None:
    found = checks(desk, CATALOGUE | {"moves"})
    look = found["Initiate on Change Job"]
    assert (look.is_ok, look.is_seen) == (True, False)
    assert "Edit Business Process Security Policy" in look.fix
    assert "Get on Worker Data: Current Staffing Information" in found


def test_processes_are_followed_by_rest_where_there_is_a_client(
    open_tenant: OpenTenant,
) -> None:
    desk = open_tenant(oauth=True)
    auth = desk.sandbox.oauth_settings()["auth"]
    found = checks(desk, CATALOGUE | {"moves"}, auth=auth)
    assert found["follow processes"].is_ok
    assert "REST" not in found
    take_away(desk, ("Business Process Reporting", "Get"))
    refused = checks(desk, CATALOGUE | {"moves"}, auth=auth)["follow processes"]
    assert not refused.is_ok
    assert "Business Process Reporting" in refused.fix


def test_level_moves_without_oauth_are_told(desk: Desk) -> None:
    found = checks(desk, CATALOGUE | {"moves"})
    assert not found["REST"].is_ok
    assert "Register API Client for Integrations" in found["REST"].fix


def test_a_refused_login_ends_the_checks(desk: Desk) -> None:
    desk.secrets.values["workday.password"] = "wrong"
    found = checks(desk)
    assert list(found) == ["sandbox", "services host", "login"]
    assert not found["login"].is_ok


def test_a_wrong_tenant_is_a_refused_login(desk: Desk) -> None:
    assert not checks(desk, tenant="other")["login"].is_ok


@pytest.mark.parametrize(
    ("host", "is_ok"),
    [
        ("wd2-impl-services1.workday.com", True),
        ("impl-services1.wd12.myworkday.com", True),
        ("services1.myworkday.com", True),
        ("impl.workday.com", False),
        ("wd5.myworkday.com", False),
        ("www.myworkday.com", False),
    ],
)
def test_the_host_that_people_sign_in_at_is_told(host: str, *, is_ok: bool) -> None:
    connection = adapter.connect(
        {
            "base_url": f"https://{host}",
            "tenant": "acme",
            "auth": {"kind": "username_token", "user": "ISU"},
        },
        Services(secrets=_NoSecrets(), now=machine_clock, sleep=lambda _: None),
    )
    check = next(iter(connection.doctor.checks()))
    connection.close()
    assert check.name == "services host"
    assert check.is_ok is is_ok
    assert ("Public Web Services" in check.fix) is not is_ok


class _NoSecrets:
    """Nothing is asked of the outside before the first check is told."""

    def get(self, name: str) -> str:
        raise AssertionError(name)

    rotate = get


def test_a_sign_in_page_in_the_place_of_an_answer_is_told(desk: Desk) -> None:
    desk.tenant.switches.is_ui_host = True
    login = checks(desk)["login"]
    assert not login.is_ok
    assert "sign in" in login.message
    assert "Public Web Services" in login.fix


def test_a_clock_that_is_off_is_told(desk: Desk) -> None:
    clock = checks(desk, now=lambda: datetime.now(UTC) - timedelta(minutes=11))["clock"]
    assert not clock.is_ok
    assert "NTP" in clock.fix


def test_windows_are_told_and_missed(desk: Desk) -> None:
    missing = checks(desk, CATALOGUE)["windows"]
    assert not missing.is_seen
    assert "weekly service update" in missing.fix
    day = f"{datetime.now(UTC):%A}".lower()
    window = {"reason": "freeze", "day": day, "at": "00:00", "hours": 48}
    set_one = checks(desk, CATALOGUE, windows=[{**window, "time_zone": "UTC"}])
    assert "freeze: nothing is sent until" in set_one["windows"].message


def test_a_missing_training_type_is_told(desk: Desk) -> None:
    found = checks(desk, training_type="")
    assert not found["training type"].is_ok
    assert "Training_Type_ID" in found["training type"].fix
    assert "send trainings" not in found
    assert "send certifications" in found


def test_an_unknown_version_fails_its_service_only(desk: Desk) -> None:
    found = checks(desk, CATALOGUE, versions={"Talent": "v99.9"})
    assert not found["read competencies"].is_ok
    assert "versions" in found["read competencies"].fix
    assert not found["elements of Talent"].is_ok
    assert found["read job profiles"].is_ok


@pytest.mark.parametrize("kind", KINDS)
def test_the_manifest_lists_the_domain_of_every_kind(kind: str) -> None:
    for name in operations_of(kind):
        access = "Get" if name.startswith("Get") else "Put"
        assert any(
            policy.name == OPERATIONS[name].domain
            and kind in policy.features
            and access in policy.access
            for policy in NEEDS.policies
        ), name


def test_every_policy_of_the_manifest_is_about_something_we_do() -> None:
    features = {"evidence", "reviews", "goals", "moves", *FEATURES, *KINDS}
    for policy in NEEDS.policies:
        assert policy.features
        assert set(policy.features) <= features, policy.name


_POSITIONS = {
    "read positions": "Worker Data: All Positions",
    "read organisations": "Manage: Organization Integration",
    "read locations": "Manage: Location",
}


@pytest.mark.parametrize(
    ("scope", "is_on", "expected"),
    [
        (PeopleScope(organisations=("Research",)), False, set()),
        (PeopleScope(), True, {"read positions"}),
        (
            PeopleScope(organisations=("Research",)),
            True,
            {"read positions", "read organisations"},
        ),
        (PeopleScope(countries=("GB",)), True, {"read positions", "read locations"}),
    ],
)
def test_open_positions_are_asked_for_where_they_are_switched_on(
    desk: Desk, scope: PeopleScope, is_on: bool, expected: set[str]
) -> None:
    found = checks(desk, CATALOGUE, scope=scope, open_positions=is_on)
    assert set(_POSITIONS) & set(found) == expected
    assert ("elements of Staffing" in found) == is_on
    assert all(check.is_ok for check in found.values())
    for name, domain in _POSITIONS.items():
        assert f"Get on {domain}" not in found, name


def test_a_missing_right_to_positions_is_named_with_its_fix(desk: Desk) -> None:
    for domain in _POSITIONS.values():
        take_away(desk, (domain, "Get"))
    scope = PeopleScope(organisations=("Research",), countries=("GB",))
    found = checks(desk, CATALOGUE, scope=scope, open_positions=True)
    for name, domain in _POSITIONS.items():
        check = found[name]
        assert (check.is_ok, check.is_seen) == (True, False)
        assert f'add Get on the domain "{domain}"' in check.fix
