"""Job family groups and job families.

Their names share one space. A group lists its families; the profiles of a family are
kept on the profiles and shown, and changed, from both ends.
"""

from __future__ import annotations

from typing import Any

from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import (
    DELETE,
    Document,
    Value,
    instance_of,
    instances_of,
    part_of,
    rows_of,
    text_of,
)
from adapters.workday.sandbox.faults import refuse
from adapters.workday.sandbox.markup import Node, group, leaf
from adapters.workday.sandbox.profiles import (
    FAMILY_ROWS,
    JOB_PROFILE,
    require_unique_titles,
    with_families,
)
from adapters.workday.sandbox.reading import Flags, Window, answer, asked_references
from adapters.workday.sandbox.store import Instance
from adapters.workday.sandbox.writing import (
    Put,
    Row,
    Shape,
    finish_put,
    put_response,
    start_put,
)

GROUP = Shape(
    kind="job_family_group",
    noun="job family group",
    id_type="Job_Family_ID",
    more_id_types=("Job_Family_Group_ID",),
    reference="Job_Family_Group_Reference",
    data="Job_Family_Group_Data",
    data_type="Job_Family_Group_DataType",
    id_element="ID",
    prefix="JOB_FAMILY_GROUP",
)
FAMILY = Shape(
    kind="job_family",
    noun="job family",
    id_type="Job_Family_ID",
    reference="Job_Family_Reference",
    data="Job_Family_Data",
    data_type="Job_Family_DataType",
    id_element="ID",
    prefix="JOB_FAMILY",
)
_REFERENCE_TYPE = "Job_FamilyObjectType"
_PROFILE_INFO = "Include_Job_Profile_Info_Data"


def put_job_family_group(call: Call) -> list[Node]:
    """Create or update a job family group."""
    put = start_put(call, GROUP)
    for number, row in enumerate(rows_of(put.sent, "Job_Family_Data"), 1):
        # The info block of a row is read only: it is accepted and dropped.
        row.pop("Job_Family_Info_Data", None)
        family = instance_of(row, "Job_Family_Reference")
        if family is None or family.kind != FAMILY.kind:
            raise refuse(
                "Job_Family_Reference must denote a job family, not a group.",
                f"{put.path}/bsvc:Job_Family_Data[{number}]"
                "/bsvc:Job_Family_Reference[1]",
            )
    document = put.merged()
    _require_free_name(put, text_of(document, "Name"))
    saved = finish_put(put, document, text_of(document, "Name"))
    return put_response(put, saved, "Job_Family_Groups_Reference", _REFERENCE_TYPE)


def put_job_family(call: Call) -> list[Node]:
    """Create or update a job family, and the profiles it names."""
    put = start_put(call, FAMILY)
    rows = rows_of(put.sent, "Job_Profile_Data")
    put.sent.pop("Job_Profile_Data", None)
    document = put.merged()
    _require_free_name(put, text_of(document, "Name"))
    if put.existing is not None:
        _check_profiles(put, put.existing, rows)
    saved = finish_put(put, document, text_of(document, "Name"))
    for row in rows:
        profile = instance_of(row, "Job_Profile_Reference")
        if profile is not None:
            _place_profile(put, saved, profile, DELETE in row)
    return put_response(put, saved, "Job_Family_Reference", _REFERENCE_TYPE)


def _require_free_name(put: Put, name: str) -> None:
    path = f"{put.path}/bsvc:Name[1]"
    if not name:
        raise refuse(f"A Name is required for the {put.shape.noun}.", path)
    store = put.call.store
    for kind in (FAMILY.kind, GROUP.kind):
        for other in store.of_kind(kind):
            if other is not put.existing and text_of(other.latest, "Name") == name:
                raise refuse(
                    f"The name '{name}' is already in use by a job family or a job "
                    "family group.",
                    path,
                )


def _check_profiles(put: Put, family: Instance, rows: list[Document]) -> None:
    for row in rows:
        profile = instance_of(row, "Job_Profile_Reference")
        if profile is not None and DELETE not in row:
            title = text_of(part_of(profile.latest, _BASIC), "Job_Title")
            require_unique_titles(
                put.call.store, profile, title, [family], f"{put.path}"
            )


def _place_profile(
    put: Put, family: Instance, profile: Instance, is_removed: bool
) -> None:
    effective = max(put.effective, profile.first_effective)
    document = profile.view(effective, None)
    families = [f for f in families_of(document) if f is not family]
    if not is_removed:
        families.append(family)
    put.call.store.put_version(profile, effective, with_families(document, families))


_BASIC = "Job_Profile_Basic_Data"


def families_of(document: Document) -> list[Instance]:
    """Return the families a job profile names."""
    rows = rows_of(part_of(document, _BASIC), FAMILY_ROWS)
    return [f for row in rows for f in instances_of(row, "Job_Family_Reference")]


def get_job_family_groups(call: Call) -> list[Node]:
    """Read job family groups with their families."""
    window, flags = Window.of(call), Flags(call)
    rows = _named(call, window, GROUP.kind)
    profiles = _profiles_by_family(call, window, flags.wants(_PROFILE_INFO))

    def write(row: Row) -> Node:
        instance, document = row
        families = [
            _family_row(call, window, item, profiles)
            for item in rows_of(document, "Job_Family_Data")
        ]
        data = call.writer.nodes(
            document,
            GROUP.data_type,
            {"ID", "Effective_Date", "Name", "Summary", "Inactive"},
        )
        return group(
            "Job_Family_Group",
            (
                _reference(call, flags, "Job_Family_Group_Reference", instance),
                Node("Job_Family_Group_Data", (*data, *families)),
            ),
        )

    return answer(call, window, rows, write)


def get_job_families(call: Call) -> list[Node]:
    """Read job families with the references of their profiles."""
    window, flags = Window.of(call), Flags(call)
    rows = _named(call, window, FAMILY.kind)
    shows_inactive = call.text("Request_Criteria", "Include_InActive_Job_Families")
    if shows_inactive not in {"1", "true"} and call.find("Request_References") is None:
        rows = [row for row in rows if text_of(row[1], "Inactive") != "1"]
    profiles = _profiles_by_family(call, window, flags.wants(_PROFILE_INFO))

    def write(row: Row) -> Node:
        instance, document = row
        members: list[Value] = [
            {"Job_Profile_Reference": profile}
            for profile, _ in profiles.get(instance.wid, ())
        ]
        shown = {**document, "Job_Profile_Data": members}
        return group(
            "Job_Family",
            (
                _reference(call, flags, "Job_Family_Reference", instance),
                Node(
                    "Job_Family_Data",
                    tuple(call.writer.nodes(shown, FAMILY.data_type)),
                ),
            ),
        )

    return answer(call, window, rows, write)


def _named(call: Call, window: Window, kind: str) -> list[Row]:
    asked = asked_references(call).instances
    chosen = call.store.of_kind(kind) if asked is None else asked
    rows = call.store.view_all(chosen, window.effective, window.entered)
    return [row for row in rows if row[0].kind == kind]


def _reference(call: Call, flags: Flags, name: str, instance: Instance) -> Node | None:
    if not flags.wants("Include_Reference"):
        return None
    return call.writer.reference(name, instance, _REFERENCE_TYPE)


def _profiles_by_family(
    call: Call, window: Window, is_wanted: bool
) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    if is_wanted:
        views = call.store.views(JOB_PROFILE.kind, window.effective, window.entered)
        for instance, document in views:
            for family in families_of(document):
                found.setdefault(family.wid, []).append((instance, document))
    return found


def _family_row(
    call: Call, window: Window, row: Document, profiles: dict[str, list[Row]]
) -> Node:
    family = instance_of(row, "Job_Family_Reference")
    document: Any = family.view(window.effective, window.entered) if family else None
    info = None
    if family is not None and document is not None:
        info = group(
            "Job_Family_Info_Data",
            (
                leaf("Job_Family_Name", text_of(document, "Name")),
                leaf("Job_Family_Summary", document.get("Summary")),
                leaf("Inactive", text_of(document, "Inactive") == "1"),
                *(_profile_info(call, item) for item in profiles.get(family.wid, ())),
            ),
        )
    reference = call.writer.reference("Job_Family_Reference", family, _REFERENCE_TYPE)
    return group("Job_Family_Data", (reference, info))


def _profile_info(call: Call, row: Row) -> Node:
    instance, document = row
    basic = part_of(document, _BASIC)
    summary: Document = {
        "Job_Profile_Reference": instance,
        "Job_Profile_Name": text_of(basic, "Job_Title"),
        "Management_Level_Reference": basic.get("Management_Level_Reference"),
        "Job_Category_Reference": basic.get("Job_Category_Reference"),
        "Job_Family_Reference": [*families_of(document)],
        "Work_Shift_Required": basic.get("Work_Shift_Required"),
        "Critical_Job": basic.get("Critical_Job"),
    }
    return Node(
        "Job_Profile_Info_Data",
        tuple(call.writer.nodes(summary, "Job_Profile_Summary_DataType")),
    )
