"""The adapter's own face: settings, addresses, the sandbox it starts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from workday_support import Desk, MemorySecrets, open_desk

from adapters.workday import adapter
from adapters.workday.running_sandbox import RunningWorkdaySandbox, start
from adapters.workday.settings import OAuthAuth, load_settings
from connector.kit.errors import ConfigError
from connector.kit.protocols import (
    SandboxSeed,
    SeedCompletion,
    SeedPerson,
    Services,
)
from connector.kit.values import Rows

GOOD: dict[str, Any] = {
    "base_url": "https://wd2-impl-services1.workday.com/",
    "tenant": "acme_impl",
    "auth": {"kind": "oauth", "client_id": "client"},
}


def test_settings_have_the_defaults_of_the_notes() -> None:
    settings = load_settings(GOOD)
    assert settings.address == "https://wd2-impl-services1.workday.com/acme_impl"
    assert settings.first_effective_date == date(1900, 1, 1)
    assert settings.page_size == 999
    assert settings.calls_per_second == 8
    assert settings.auth == OAuthAuth(
        client_id="client",
        client_secret="workday.client_secret",
        refresh_token="workday.refresh_token",
        token_url=("https://wd2-impl-services1.workday.com/ccx/oauth2/acme_impl/token"),
    )
    assert settings.versions["Human_Resources"] == "v31.2"


@pytest.mark.parametrize(
    ("wrong", "keys"),
    [
        ({"base_url": "http://example.org"}, {"base_url"}),
        ({"tenant": "a/b"}, {"tenant"}),
        ({"auth": {"kind": "magic"}}, {"auth.kind"}),
        ({"auth": {"kind": "username_token"}}, {"auth.user"}),
        ({"auth": {"kind": "oauth"}}, {"auth.client_id"}),
        ({"page_size": 1000}, {"page_size"}),
        ({"versions": {"Human_Resources": "31"}}, {"versions.Human_Resources"}),
        ({"unheard_of": 1}, {"unheard_of"}),
        ({"page_size": 0, "tenant": ""}, {"page_size", "tenant"}),
    ],
)
def test_wrong_settings_are_all_named(wrong: dict[str, Any], keys: set[str]) -> None:
    with pytest.raises(ConfigError) as raised:
        adapter.connect({**GOOD, **wrong}, _services())
    assert {problem.key for problem in raised.value.problems} == keys


def test_only_a_connection_to_this_machine_shows_a_banner() -> None:
    connection = adapter.connect(GOOD, _services())
    assert connection.banner == ""
    assert connection.address.endswith("/acme_impl")
    connection.close()


def test_a_connection_to_the_sandbox_shows_a_banner(desk: Desk) -> None:
    assert "sandbox" in desk.connection.banner


def test_kinds_come_in_the_order_they_are_written(desk: Desk) -> None:
    names = [spec.name for spec in desk.connection.catalogue.kinds()]
    assert names == [
        "management_level",
        "job_level",
        "proficiency_scale",
        "competency_category",
        "competency",
        "certification",
        "compensation_grade",
        "job_category",
        "classification_group",
        "job_family",
        "job_family_group",
        "job_profile",
    ]


def _services() -> Services:
    return Services(
        secrets=MemorySecrets({}), now=lambda: datetime.now(UTC), sleep=lambda _: None
    )


PEOPLE = (
    SeedPerson(
        employee_id="E1",
        given_name="Ada",
        family_name="Byron",
        email="ada@example.org",
        organisation="Research",
        location="Leeds",
        hired_on=date(2020, 1, 1),
        role="dev",
    ),
    SeedPerson(
        employee_id="E2",
        given_name="Linus",
        family_name="Aho",
        email="linus@example.org",
        manager_id="E1",
    ),
)


@pytest.fixture
def started() -> Any:
    sandbox = start(SandboxSeed(people=PEOPLE))
    yield sandbox
    sandbox.close()


def test_the_people_of_a_seed_are_workers(started: RunningWorkdaySandbox) -> None:
    desk = open_desk(started, started.settings())
    desk.create("job_profile", "dev", title="Developer", families=Rows())
    assert desk.connection.people is not None
    batches = desk.connection.people.changed_since(None)
    found = {p.employee_id: p for batch in batches for p in batch.persons}
    assert found["E1"].name == "Ada Byron"
    assert found["E2"].manager_id == "E1"
    role = found["E1"].assignments[0].role
    assert role is not None
    assert role.label == "jf-jp-dev"
    assert found["E2"].assignments[0].role is None
    desk.connection.close()


def test_a_started_sandbox_makes_its_own_credentials() -> None:
    sandboxes = [adapter.start_sandbox(SandboxSeed()) for _ in range(2)]
    secrets = [sandbox.secrets() for sandbox in sandboxes]
    assert secrets[0] != secrets[1]
    assert {sandbox.url.split(":")[1] for sandbox in sandboxes} == {"//127.0.0.1"}
    for sandbox in sandboxes:
        sandbox.close()


def test_a_hand_edit_says_what_it_changed(started: RunningWorkdaySandbox) -> None:
    from workday_support import duty

    assert "No job profile" in started.edit_by_hand()
    desk = open_desk(started, started.settings())
    desk.create(
        "job_profile",
        "dev",
        title="Developer",
        families=Rows(),
        responsibilities=Rows((duty("Ships"),)),
    )
    assert "Developer (jf-jp-dev)" in started.edit_by_hand()
    changed = desk.found("job_profile", "jf-jp-dev").fields["responsibilities"]
    assert isinstance(changed, Rows)
    assert [r.fields["text"] for r in changed.rows] == ["Reworded by hand in Workday."]
    desk.connection.close()


def test_courses_are_not_finished_here(started: RunningWorkdaySandbox) -> None:
    done = SeedCompletion(
        employee_id="E1", course="c", completed_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert started.complete_courses([done]) == 0


def test_both_ways_to_log_in_work(started: RunningWorkdaySandbox) -> None:
    for settings in (started.settings(), started.oauth_settings()):
        desk = open_desk(started, settings)
        assert desk.read("job_family")
        desk.connection.close()
