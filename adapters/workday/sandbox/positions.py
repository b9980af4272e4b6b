"""Positions, and the organisations and locations that they belong to.

A position is filled while a worker holds it. Only tenants that staff by position
management keep positions; nothing here writes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import Document
from adapters.workday.sandbox.markup import Node, format_value, group
from adapters.workday.sandbox.reading import Flags, Window, answer, asked_references
from adapters.workday.sandbox.seed import FIRST_DAY, PositionSeed
from adapters.workday.sandbox.store import Instance, Store
from adapters.workday.sandbox.workers import (
    WORKER,
    is_terminated,
    known_location,
    known_organization,
    wanted_wids,
)
from adapters.workday.sandbox.writing import Row

POSITION = "position"
_PARTS = {
    "Position_Definition_Data": "Include_Position_Definition_Data",
    "Position_Restrictions_Data": "Include_Position_Restrictions_Data",
    "Worker_For_Filled_Position": "Include_Worker_For_Filled_Positions_Data",
}


@dataclass(frozen=True, slots=True)
class PositionRecord:
    """A position as people in the tenant made it; `worker` holds it, if anybody."""

    job_profile_ids: tuple[str, ...]
    organization: Instance
    locations: tuple[Instance, ...]
    available_on: date | None = None
    is_frozen: bool = False
    is_closed: bool = False
    worker: Instance | None = None


def add_position(store: Store, seed: PositionSeed) -> Instance:
    """Add a position that nobody holds, with organisation and location as needed."""
    position = store.find("Position_ID", seed.position_id) or store.add(
        POSITION, {"Position_ID": seed.position_id}, seed.position_id
    )
    record = PositionRecord(
        job_profile_ids=seed.job_profile_ids,
        organization=known_organization(store, seed.supervisory_organization),
        locations=tuple(
            known_location(store, each, seed.country) for each in seed.locations
        ),
        available_on=seed.available_on,
        is_frozen=seed.is_frozen,
        is_closed=seed.is_closed,
    )
    store.put_version(position, seed.effective_date, record)
    return position


def get_positions(call: Call) -> list[Node]:
    """Read positions, the parts by flag; closed ones only where they are asked for."""
    window, flags = Window.of(call), Flags(call)
    asked = asked_references(call)
    rows = _positions(call, window)
    if asked.instances is None:
        rows = [row for row in rows if _is_wanted(call, row[1])]
    else:
        wids = {instance.wid for instance in asked.instances}
        rows = [row for row in rows if row[0].wid in wids]
    return answer(call, window, rows, lambda row: _node(call, flags, window, row))


def _positions(call: Call, window: Window) -> list[Row]:
    filled: dict[str, Row] = {}
    for worker, held in call.store.views(WORKER, window.effective, window.entered):
        if is_terminated(held.seed, window.effective):
            continue
        for job in held.jobs:
            record = PositionRecord(
                job_profile_ids=(job.job_profile_id,),
                organization=job.organization,
                locations=(job.location,),
                worker=worker,
            )
            filled[job.position.wid] = job.position, record
    empty = [
        row
        for row in call.store.views(POSITION, window.effective, window.entered)
        if row[0].wid not in filled
    ]
    return sorted([*filled.values(), *empty], key=lambda row: row[0].wid)


def _is_wanted(call: Call, record: PositionRecord) -> bool:
    criteria = call.find("Request_Criteria")

    def is_set(name: str) -> bool:
        return call.text("Request_Criteria", name) in {"1", "true"}

    shows_closed = is_set("Include_Closed_Positions")
    only_closed = is_set("Show_Only_Closed_Positions")
    if record.is_closed and not (shows_closed or only_closed):
        return False
    if criteria is None:
        return True
    organizations = wanted_wids(call, criteria, "Supervisory_Organization_Reference")
    locations = wanted_wids(call, criteria, "Location_Reference")
    return not (
        (only_closed and not record.is_closed)
        or (is_set("Exclude_Filled_Positions") and record.worker is not None)
        or (organizations and record.organization.wid not in organizations)
        or (locations and locations.isdisjoint(each.wid for each in record.locations))
    )


def _node(call: Call, flags: Flags, window: Window, row: Row) -> Node:
    position, record = row
    data = _document(call, window, position, record)
    for name, flag in _PARTS.items():
        if not flags.wants(flag):
            data.pop(name, None)
    reference = None
    if flags.wants("Include_Reference"):
        reference = call.writer.reference(
            "Position_Reference", position, "Position_RestrictionsObjectType"
        )
    nodes = call.writer.nodes(data, "Position_DataType")
    return group("Position", (reference, Node("Position_Data", tuple(nodes))))


def _document(
    call: Call, window: Window, position: Instance, record: PositionRecord
) -> Document:
    is_free = record.worker is None and not record.is_closed
    restrictions: Document = {
        "Job_Profile_Restriction_Summary_Data": [
            _profile(call, window, each) for each in record.job_profile_ids
        ],
        "Location_Reference": [*record.locations],
    }
    if record.available_on is not None:
        restrictions["Availability_Date"] = record.available_on.isoformat()
    data: Document = {
        "Supervisory_Organization_Reference": record.organization,
        "Position_Definition_Data": {
            "Position_ID": position.reference_ids["Position_ID"],
            "Available_For_Hire": format_value(is_free and not record.is_frozen),
            "Hiring_Freeze": format_value(record.is_frozen),
        },
        "Position_Restrictions_Data": restrictions,
        "Closed": format_value(record.is_closed),
    }
    if record.worker is not None:
        data["Worker_For_Filled_Position"] = {"Worker_Reference": record.worker}
    return data


def _profile(call: Call, window: Window, job_profile_id: str) -> Document:
    """Return what a position tells of a job profile; it may not exist yet."""
    profile = call.store.find("Job_Profile_ID", job_profile_id)
    if profile is None or profile.view(window.effective, window.entered) is None:
        return {}
    return {
        "Job_Profile_Reference": profile,
        "Job_Profile_Name": profile.descriptor,
    }


def get_organizations(call: Call) -> list[Node]:
    """Read supervisory organisations, with what is above and below them by flag."""
    window, flags = Window.of(call), Flags(call)
    asked = asked_references(call)
    criteria = call.find("Request_Criteria")
    if criteria is not None:
        # Every organisation of a sandbox is supervisory: only the ID is checked.
        wanted_wids(call, criteria, "Organization_Type_Reference")
    known = call.store.of_kind("organization")
    chosen = known if asked.instances is None else asked.instances
    superiors = {
        each.wid: each.latest for each in known if each.versions and each.latest
    }
    below: dict[str, list[Instance]] = {}
    for each in known:
        if superior := superiors.get(each.wid):
            below.setdefault(superior.wid, []).append(each)

    def write(organization: Instance) -> Node:
        data: Document = {
            "Reference_ID": organization.reference_ids["Organization_Reference_ID"],
            "Name": organization.descriptor,
            "Organization_Type_Reference": call.store.find(
                "Organization_Type_ID", "SUPERVISORY"
            ),
            "Inactive": "0",
        }
        if flags.wants("Include_Hierarchy_Data"):
            data["Hierarchy_Data"] = {
                "Superior_Organization_Reference": superiors.get(organization.wid),
                "Subordinate_Organization_Reference": [
                    *below.get(organization.wid, ())
                ],
            }
        return _record(
            call,
            "Organization",
            call.writer.reference(
                "Organization_Reference", organization, "OrganizationObjectType"
            ),
            data,
            "Organization_WWS_DataType",
        )

    return answer(call, window, chosen, write)


def get_locations(call: Call) -> list[Node]:
    """Read locations with the country of their address."""
    window, flags = Window.of(call), Flags(call)
    asked = asked_references(call)
    if asked.instances is None:
        rows = call.store.views("location", window.effective, window.entered)
    else:
        rows = call.store.view_all(asked.instances, window.effective, window.entered)

    def write(row: tuple[Instance, Any]) -> Node:
        location, country = row
        data: Document = {}
        if flags.wants("Include_Location_Data"):
            data = {
                "Location_ID": location.reference_ids["Location_ID"],
                "Effective_Date": FIRST_DAY.isoformat(),
                "Location_Name": location.descriptor,
                "Location_Usage_Reference": call.store.find(
                    "Location_Usage_ID", "BUSINESS SITE"
                ),
                "Inactive": "0",
                "Contact_Data": {"Address_Data": [{"Country_Reference": country}]},
            }
        reference = call.writer.reference(
            "Location_Reference", location, "LocationObjectType"
        )
        shown = reference if flags.wants("Include_Reference") else None
        return _record(call, "Location", shown, data, "Location_iDataType")

    return answer(call, window, rows, write)


def _record(
    call: Call, name: str, reference: Node | None, data: Document, type_name: str
) -> Node:
    held = Node(f"{name}_Data", tuple(call.writer.nodes(data, type_name)))
    return group(name, (reference, held if data else None))


def add_types(store: Store) -> None:
    """Add the type of supervisory organisations, and the usage of locations."""
    store.add(
        "organization_type", {"Organization_Type_ID": "SUPERVISORY"}, "Supervisory"
    )
    store.add("location_usage", {"Location_Usage_ID": "BUSINESS SITE"}, "Business Site")
