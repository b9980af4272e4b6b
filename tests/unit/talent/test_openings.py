"""Open positions become openings of roles, counted by place and organisation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from readiness_house import house

from connector.kit.values import Foreign, OpenPosition
from connector.talent.openings import (
    Opening,
    Openings,
    by_organisation,
    number_and_places,
    opening_of,
)

FRAMEWORK = house()
ROLE, OTHER = sorted(
    key for key, role in FRAMEWORK.roles.items() if not role.is_retired
)[:2]
KEYS = {
    ("job_profile", "w-1"): ROLE,
    ("job_profile", "w-2"): f"{ROLE}/area",
    ("job_profile", "w-3"): OTHER,
    ("job_profile", "w-4"): "gone",
}


def opening(*profiles: str, where: tuple[str, ...] = (), of: str = "") -> Opening:
    position = OpenPosition(
        position_id="P",
        roles=tuple(Foreign("job_profile", each, each.upper()) for each in profiles),
        organisation=of,
        locations=where,
    )
    return opening_of(position, "hris", KEYS, FRAMEWORK)


@pytest.mark.parametrize(
    ("profiles", "roles"),
    [
        (("w-1",), (ROLE,)),
        # A role with focus areas has a profile for each of them.
        (("w-1", "w-2"), (ROLE,)),
        (("w-3", "w-2"), (OTHER, ROLE)),
        (("w-4", "unknown"), ()),
        ((), ()),
    ],
)
def test_a_position_is_open_in_every_role_that_its_profiles_lead_to(
    profiles: tuple[str, ...], roles: tuple[str, ...]
) -> None:
    found = opening(*profiles)
    assert found.roles == roles
    assert found.profiles == tuple(each.upper() for each in profiles)


def test_a_role_that_is_retired_has_no_openings() -> None:
    retired = replace(FRAMEWORK.roles[ROLE], is_retired=True)
    framework = replace(FRAMEWORK, roles={**FRAMEWORK.roles, ROLE: retired})
    position = OpenPosition(position_id="P", roles=(Foreign("job_profile", "w-1"),))
    assert opening_of(position, "hris", KEYS, framework).roles == ()


def test_places_are_counted_the_most_first_then_by_name() -> None:
    found = [
        opening("w-1", where=("Warsaw",)),
        opening("w-1", where=("London",)),
        opening("w-1", where=("Leeds", "York")),
        opening("w-1", where=("Warsaw",)),
        opening("w-1"),
    ]
    said = "5, Warsaw 2, (none) 1, Leeds or York 1, London 1"
    assert number_and_places(found) == said
    assert number_and_places([]) == "0"


def test_those_outside_are_counted_by_organisation() -> None:
    deck, shore = opening("w-4", of="Deck"), opening(of="Shore")
    openings = Openings((opening("w-1", of="Deck"), deck, shore))
    assert openings.outside() == (deck, shore)
    assert by_organisation(openings.outside()) == {"Deck": 1, "Shore": 1}
    assert openings.outside_json() == {
        "open": 3,
        "outside": 2,
        "by_organisation": {"Deck": 1, "Shore": 1},
    }


def test_where_nobody_tells_nothing_is_said_to_be_closed() -> None:
    nobody, none_open = Openings(), Openings(())
    assert nobody.role_json(ROLE) is nobody.roles_json([ROLE]) is None
    assert nobody.outside_json() is None
    assert none_open.role_json(ROLE) == {"positions": 0, "places": {}}
    assert none_open.roles_json([ROLE]) == {}
