"""Management and job levels: read by their reference IDs, never written.

No public operation creates or edits them (NOTES 6.2), so they are manual steps.
"""

from __future__ import annotations

from functools import partial

from adapters.workday.elements import Element, group, leaf, text_of
from adapters.workday.references import ID_TYPES
from adapters.workday.texts import canonical_name
from adapters.workday.wire.kind import Kind
from connector.kit.values import FieldSpec, Found, KindSpec, Ownership, Repeat, Retire


def _criteria(id_type: str) -> Element:
    return group(
        "Request_Criteria",
        [leaf("Reference_ID_Type", id_type)],
        within="Get_References_Request",
    )


def _found(kind: str, record: Element) -> Found:
    level_id = text_of(record, "Reference_ID_Data", "ID").strip()
    name = text_of(record, "Reference_ID_Data", "Referenced_Object_Descriptor")
    return Found(
        kind=kind,
        remote_id=level_id,
        identity=level_id,
        fields={"id": level_id, "name": canonical_name(name), "retired": False},
        label=name,
    )


def _level(kind: str, label: str, task: str) -> Kind:
    id_type = ID_TYPES[kind]
    return Kind(
        spec=KindSpec(
            name=kind,
            label=label,
            plural=f"{label}s",
            tag="-",
            fields=(
                FieldSpec(name="id", is_required=True, ownership=Ownership.MANUAL_STEP),
                FieldSpec(
                    name="name",
                    ownership=Ownership.MANUAL_STEP,
                    canonical=canonical_name,
                ),
            ),
            ownership=Ownership.MANUAL_STEP,
            natural_key=("name",),
            repeat=Repeat.PUT,
            retire=Retire.FLAG,
            manual_step=(
                f'In Workday, run the task "{task}" and add or rename the level. Then '
                "give it this reference ID: open the level, related actions > "
                f"Integration IDs > Edit Reference ID, type {id_type}."
            ),
        ),
        get="Get_References",
        record="Reference_ID",
        criteria=partial(_criteria, id_type),
        found=partial(_found, kind),
    )


MANAGEMENT_LEVEL = _level(
    "management_level", "management level", "Maintain Management Levels"
)
JOB_LEVEL = _level("job_level", "job level", "Maintain Job Levels")
