"""The page where a person sees the tenant and decides, and who else may not."""

from __future__ import annotations

import re

import pytest
import requests
from workday_sandbox_world import OpenWorld, World

from adapters.workday.sandbox import State


@pytest.fixture
def world(open_world: OpenWorld) -> World:
    """A tenant in which one job change waits."""
    world = open_world()
    world.tenant.begin_event("0002", "Change_Job")
    return world


def page(world: World) -> str:
    return world.session.get(f"{world.url}/", timeout=30).text


def decide(
    world: World, decision: str, *, token: str | None = None, **headers: str
) -> requests.Response:
    (event,) = world.tenant.events.events
    found = re.search(r'name="token" value="([^"]+)"', page(world))
    given = token if token is not None else found and found[1]
    return world.session.post(
        f"{world.url}/events/{event}",
        data={"token": given, "decision": decision, "words": "Because <b>so</b>"},
        headers=headers,
        timeout=30,
    )


def only_state(world: World) -> State:
    (event,) = world.tenant.events.events.values()
    return event.state


@pytest.mark.parametrize(
    ("decision", "state"), [("approve", State.COMPLETED), ("deny", State.DENIED)]
)
def test_a_person_decides_and_reads_what_became_of_it(
    world: World, decision: str, state: State
) -> None:
    shown = page(world)
    assert "Waiting for a decision: 1" in shown
    assert f'value="{decision}"' in shown
    answer = decide(world, decision, Origin=world.url)
    assert only_state(world) is state
    assert "Change Job of Bob de Ray" in answer.text
    assert "Because &lt;b&gt;so&lt;/b&gt;" in answer.text
    assert "Waiting for a decision: 0" in answer.text


def test_the_page_counts_what_the_tenant_holds(world: World) -> None:
    shown = " ".join(page(world).split())
    assert "<dt>Job profiles</dt><dd>2</dd>" in shown
    assert "not a Workday tenant" in shown


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("guessed", {}),
        (None, {"Origin": "https://elsewhere.example"}),
        (None, {"Host": "rebound.example"}),
    ],
)
def test_no_other_page_can_decide(
    world: World, token: str | None, headers: dict[str, str]
) -> None:
    assert decide(world, "approve", token=token, **headers).status_code == 403
    assert only_state(world) is State.IN_PROGRESS


def test_no_other_page_reaches_the_controls(world: World) -> None:
    (event,) = world.tenant.events.events
    answer = world.session.post(
        f"{world.url}/_sandbox/events/{event}/approve",
        headers={"Origin": "https://elsewhere.example"},
        timeout=30,
    )
    assert answer.status_code == 403
    assert only_state(world) is State.IN_PROGRESS


def test_what_does_not_wait_cannot_be_decided(world: World) -> None:
    assert decide(world, "sell").status_code == 400
    decide(world, "deny")
    found = re.search(r'name="token"', page(world))
    assert found is None
