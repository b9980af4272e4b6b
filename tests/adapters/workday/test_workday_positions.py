"""Open positions: read without a report, within the scope, and told how to set up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from lxml import etree
from workday_support import Desk

from adapters.workday.elements import tag
from adapters.workday.sandbox import OrganizationSeed, PositionSeed
from adapters.workday.wire.positions import shown_position
from connector.kit.errors import AuthError, ConfigError, ReplyError
from connector.kit.values import OpenPosition, PeopleScope

OpenTenant = Callable[..., Desk]
ORGANISATIONS = (
    OrganizationSeed("ALL", "Everybody"),
    OrganizationSeed("SHIPS", "Ships", "ALL"),
    OrganizationSeed("DECK", "Deck", "SHIPS"),
    OrganizationSeed("SHORE", "Shore", "ALL"),
)
POSITIONS = (
    PositionSeed(
        "P-1",
        ("SHARED",),
        "DECK",
        ("Warsaw",),
        country="POL",
        available_on=date(2026, 2, 1),
    ),
    PositionSeed("P-2", ("SHARED",), "SHORE", ("London", "Leeds")),
    PositionSeed("P-3", (), "DECK", ()),
    PositionSeed("P-FROZEN", ("SHARED",), "DECK", ("Warsaw",), is_frozen=True),
    PositionSeed("P-CLOSED", ("SHARED",), "DECK", ("Warsaw",), is_closed=True),
    PositionSeed("P-E-001", ("SHARED",), "SHORE", ("London",)),
)
DOMAINS = {
    "Get_Positions": "Worker Data: All Positions",
    "Get_Organizations": "Manage: Organization Integration",
    "Get_Locations": "Manage: Location",
}


def opened(
    open_tenant: OpenTenant, scope: PeopleScope | None = None, **more: Any
) -> Desk:
    changes = {"organizations": ORGANISATIONS, "positions": POSITIONS, **more}
    return open_tenant(with_settings={"open_positions": True}, scope=scope, **changes)


def read(desk: Desk) -> list[OpenPosition]:
    assert desk.connection.positions is not None
    found = desk.connection.positions.open()
    return sorted(found, key=lambda each: each.position_id)


def test_only_what_nobody_holds_and_somebody_may_take_is_open(
    open_tenant: OpenTenant,
) -> None:
    desk = opened(open_tenant)
    first, second, third = read(desk)
    assert (first.position_id, first.organisation, first.locations) == (
        "P-1",
        "Deck",
        ("Warsaw",),
    )
    assert first.open_since == date(2026, 2, 1)
    (role,) = first.roles
    assert (role.kind, role.label) == ("job_profile", "Shared Engineer")
    assert role.remote_id == desk.tenant.get("Job_Profile_ID", "SHARED").wid
    assert second.locations == ("London", "Leeds")
    assert (third.position_id, third.roles, third.locations) == ("P-3", (), ())


def test_no_part_is_asked_for_that_shows_a_person(open_tenant: OpenTenant) -> None:
    desk = opened(open_tenant)
    read(desk)
    assert desk.counts() == {"Get_Positions": 1}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (PeopleScope(organisations=("ALL",)), ["P-1", "P-2", "P-3"]),
        (PeopleScope(organisations=("SHIPS",)), ["P-1", "P-3"]),
        (PeopleScope(organisations=("DECK", "SHORE")), ["P-1", "P-2", "P-3"]),
        (PeopleScope(countries=("PL",)), ["P-1"]),
        (PeopleScope(countries=("GB",)), ["P-2"]),
        (PeopleScope(countries=("IE",)), []),
        (PeopleScope(organisations=("SHORE",), countries=("PL",)), []),
    ],
)
def test_what_is_outside_the_scope_or_cannot_be_placed_is_left_out(
    open_tenant: OpenTenant, scope: PeopleScope, expected: list[str]
) -> None:
    desk = opened(open_tenant, scope)
    assert [each.position_id for each in read(desk)] == expected


def test_pages_are_read_to_the_last(open_tenant: OpenTenant) -> None:
    many = tuple(
        PositionSeed(f"Q-{number:02}", ("SHARED",), "DECK", ("Warsaw",))
        for number in range(7)
    )
    desk = open_tenant(
        with_settings={"open_positions": True, "page_size": 2},
        organizations=ORGANISATIONS,
        positions=many,
        scope=PeopleScope(organisations=("SHIPS",), countries=("GB",)),
    )
    assert len(read(desk)) == 7


def test_none_is_open_where_all_are_held(open_tenant: OpenTenant) -> None:
    assert read(opened(open_tenant, positions=())) == []


def test_a_tenant_that_shows_no_position_is_not_believed(
    open_tenant: OpenTenant,
) -> None:
    desk = opened(open_tenant, positions=(), workers=())
    with pytest.raises(ReplyError, match="no position at all") as caught:
        read(desk)
    assert "job management" in caught.value.hint


@pytest.mark.parametrize(
    ("operation", "scope"),
    [
        ("Get_Positions", PeopleScope()),
        ("Get_Organizations", PeopleScope(organisations=("SHIPS",))),
    ],
)
def test_a_missing_right_that_shows_as_nothing_is_named(
    open_tenant: OpenTenant, operation: str, scope: PeopleScope
) -> None:
    desk = opened(open_tenant, scope)
    desk.tenant.permissions.revoke({(DOMAINS[operation], "Get")})
    desk.tenant.permissions.activate()
    with pytest.raises(ReplyError) as caught:
        read(desk)
    assert DOMAINS[operation] in caught.value.hint


def test_without_the_right_to_locations_nothing_counts_as_inside(
    open_tenant: OpenTenant,
) -> None:
    desk = opened(open_tenant, PeopleScope(countries=("PL",)))
    desk.tenant.permissions.revoke({(DOMAINS["Get_Locations"], "Get")})
    desk.tenant.permissions.activate()
    with pytest.raises(ReplyError, match="no country of any location"):
        read(desk)


def test_a_refused_read_names_the_domain(open_tenant: OpenTenant) -> None:
    desk = opened(open_tenant)
    desk.tenant.permissions.revoke({(DOMAINS["Get_Positions"], "Get")})
    desk.tenant.permissions.activate()
    desk.tenant.switches.refuses_reads = True
    with pytest.raises(AuthError) as caught:
        read(desk)
    assert DOMAINS["Get_Positions"] in caught.value.hint


def test_an_organisation_of_the_scope_that_is_not_there_is_named(
    open_tenant: OpenTenant,
) -> None:
    desk = opened(open_tenant, PeopleScope(organisations=("SHIPS", "GALLEY")))
    with pytest.raises(ReplyError, match="organisations GALLEY of"):
        read(desk)


def test_where_it_is_switched_off_nothing_is_sent(open_tenant: OpenTenant) -> None:
    desk = open_tenant(positions=POSITIONS, organizations=ORGANISATIONS)
    with pytest.raises(ConfigError, match="not switched on") as caught:
        read(desk)
    assert "open_positions: true" in caught.value.hint
    assert desk.counts() == {}


@pytest.mark.parametrize(
    "inner",
    [
        "<Closed>1</Closed>",
        (
            "<Position_Definition_Data><Hiring_Freeze>true</Hiring_Freeze>"
            "</Position_Definition_Data>"
        ),
        (
            "<Position_Definition_Data><Available_For_Hire>0</Available_For_Hire>"
            "</Position_Definition_Data>"
        ),
        "<Worker_For_Filled_Position/>",
    ],
)
def test_a_position_that_came_all_the_same_is_not_open(inner: str) -> None:
    namespace = tag("x")[1:].partition("}")[0]
    text = (
        f'<Position xmlns="{namespace}"><Position_Data>{inner}</Position_Data>'
        "</Position>"
    )
    assert shown_position(etree.fromstring(text)) is None


def test_a_location_or_organisation_without_a_name_goes_by_its_id() -> None:
    namespace = tag("x")[1:].partition("}")[0]
    text = f"""<Position xmlns="{namespace}" xmlns:wd="{namespace}">
    <Position_Reference><ID wd:type="WID">{"a" * 32}</ID>
      <ID wd:type="Position_ID">P-9</ID></Position_Reference>
    <Position_Data><Supervisory_Organization_Reference>
      <ID wd:type="Organization_Reference_ID">ORG-1</ID>
    </Supervisory_Organization_Reference>
    <Position_Restrictions_Data><Location_Reference><ID wd:type="Location_ID">LON</ID>
    </Location_Reference></Position_Restrictions_Data></Position_Data></Position>"""
    shown = shown_position(etree.fromstring(text))
    assert shown is not None
    assert shown.position == OpenPosition(
        position_id="P-9", organisation="ORG-1", locations=("LON",)
    )
