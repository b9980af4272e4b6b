"""Each capability taken away in turn has the effect it had on a real site.

An error in some places, an empty answer or a warning in others, and none where another
capability of the account stands in for it.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from moodle_capability_calls import CALLS, FULL, Answer, World, effects
from moodle_sandbox_client import Client

from adapters.moodle.sandbox import Site
from adapters.moodle.sandbox.capabilities import LABELS, REST_USE

MEASURED = json.loads(
    (Path(__file__).parent / "data/capability_effects.json").read_text("utf-8")
)["effects"]
REFERENCE = Path(__file__).parents[5] / "shared/reference/moodle/capabilities-4.5.json"
#: The reference asks for it, but every account has it unless a site takes it away.
BY_DEFAULT = {"moodle/reportbuilder:view"}


@pytest.fixture
def world(client: Client, site: Site) -> World:
    site.switches.course_check_seconds = 0
    [activity] = (
        row["id"]
        for row in site.state.activities.find(courseid=2)
        if row["is_criterion"]
    )

    def made(function: str, /, **arguments: Any) -> Any:
        answer = with_rights(client, site, set(LABELS))(function, **arguments)
        assert "exception" not in (answer if isinstance(answer, dict) else {})
        return answer

    return World(
        made,
        user=4,
        course=2,
        activity=activity,
        report=1,
        prior_learning=site.add_prior_learning("E1", "Certificate"),
        names=itertools.count(1),
    )


def with_rights(client: Client, site: Site, held: set[str]) -> Answer:
    """Return calls that are made with exactly these capabilities."""

    def call(function: str, /, **arguments: Any) -> Any:
        site.state.account_capabilities = held | {REST_USE}
        return client.call(function, **arguments)

    return call


def test_a_missing_capability_does_what_it_did_on_a_real_site(
    client: Client, site: Site, world: World
) -> None:
    needs = {name: [key for key in row if key] for name, row in MEASURED.items()}
    found = effects(world, lambda held: with_rights(client, site, held), needs)
    different = {
        (name, capability): (effect, found[name][capability])
        for name, row in MEASURED.items()
        for capability, effect in row.items()
        if found[name][capability] != effect
    }
    assert different == {}


def test_every_call_works_with_the_smallest_set() -> None:
    working = {name for name, row in MEASURED.items() if row[""] == [FULL]}
    # No function links a competency to an activity, so there is none to list.
    assert CALLS.keys() - working == {"core_competency_list_course_module_competencies"}


@pytest.mark.skipif(not REFERENCE.is_file(), reason="no reference beside the project")
def test_every_capability_of_the_reference_was_taken_away_once() -> None:
    reference = json.loads(REFERENCE.read_text("utf-8"))["functions"]
    missing = {
        (name, capability)
        for name in CALLS.keys() & reference.keys()
        for capability in reference[name]["needs"]
        if capability not in MEASURED[name]
    }
    assert {capability for _, capability in missing} <= BY_DEFAULT
