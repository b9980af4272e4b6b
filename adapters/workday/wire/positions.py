"""Positions that nobody holds: what is asked for, and what an answer says.

No part is asked for that shows a worker, pay or a requisition (Workday contract, 7: no
REST service shows open positions; `Get_Positions` of Staffing does).
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.workday.elements import (
    Element,
    boolean_of,
    date_of,
    find,
    find_all,
    group,
    leaf,
    tag,
    text_of,
)
from adapters.workday.references import country_of, foreign, ids_of, reference, wid_of
from connector.kit.values import Foreign, OpenPosition

_DEFINITION, _RESTRICTIONS = "Position_Definition_Data", "Position_Restrictions_Data"
_PROFILES = "Job_Profile_Restriction_Summary_Data"
_SUPERIOR = ("Organization_Data", "Hierarchy_Data", "Superior_Organization_Reference")
_COUNTRY = ("Location_Data", "Contact_Data", "Address_Data", "Country_Reference")


@dataclass(frozen=True, slots=True)
class ShownPosition:
    """An open position, and by which WIDs its organisation and locations go."""

    position: OpenPosition
    organisation_wid: str
    location_wids: frozenset[str]


def unfilled() -> Element:
    """Return the criteria for the positions that nobody holds."""
    return group(
        "Request_Criteria",
        [leaf("Exclude_Filled_Positions", value=True)],
        within="Get_Positions_Request",
    )


def supervisory() -> Element:
    """Return the criteria for supervisory organisations."""
    return group(
        "Request_Criteria",
        [reference("Organization_Type_Reference", "Organization_Type_ID", _TYPE)],
        within="Get_Organizations_Request",
    )


_TYPE = "SUPERVISORY"


def shown_position(element: Element) -> ShownPosition | None:
    """Return a position, none where nobody can be hired into it now.

    One that is closed, frozen, filled all the same or not available is none.
    """
    data = find(element, "Position_Data")
    definition, restrictions = find(data, _DEFINITION), find(data, _RESTRICTIONS)
    is_barred = (
        boolean_of(data, "Closed")
        or boolean_of(definition, "Hiring_Freeze")
        or find(data, "Worker_For_Filled_Position") is not None
        or text_of(definition, "Available_For_Hire").strip() in {"0", "false"}
    )
    if is_barred:
        return None
    organisation = find(data, "Supervisory_Organization_Reference")
    locations = find_all(restrictions, "Location_Reference")
    named = ids_of(find(element, "Position_Reference"))
    position_id = text_of(definition, "Position_ID").strip()
    return ShownPosition(
        OpenPosition(
            position_id=position_id or named.get("Position_ID", ""),
            roles=tuple(_roles(restrictions)),
            organisation=_name(organisation, "Organization_Reference_ID"),
            locations=tuple(_name(each, "Location_ID") for each in locations),
            open_since=date_of(restrictions, "Availability_Date"),
        ),
        wid_of(organisation),
        frozenset(map(wid_of, locations)),
    )


def _roles(restrictions: Element | None) -> list[Foreign]:
    """Return the job profiles of a position, with their titles."""
    found = []
    for row in find_all(restrictions, _PROFILES):
        role = foreign("job_profile", find(row, "Job_Profile_Reference"))
        if role is not None:
            title = text_of(row, "Job_Profile_Name").strip()
            found.append(Foreign(role.kind, role.remote_id, title or role.label))
    return found


def _name(element: Element | None, id_type: str) -> str:
    """Return how people call what a reference is about, else its reference ID."""
    descriptor = "" if element is None else element.get(tag("Descriptor"), "").strip()
    return descriptor or ids_of(element).get(id_type, "")


def superior_of(organisation: Element) -> str:
    """Return the WID of the organisation above one, empty for the topmost."""
    return wid_of(find(organisation, *_SUPERIOR))


def countries_of(location: Element) -> frozenset[str]:
    """Return the countries of a location's addresses, by their codes."""
    path = _COUNTRY[:-1]
    found = (country_of(find(each, _COUNTRY[-1])) for each in find_all(location, *path))
    return frozenset(code for code in found if code)
