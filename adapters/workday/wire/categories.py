"""Job categories and competency categories: a name, a description, a reference ID.

Undated and sent back whole. A competency category has no flag that takes it out of
use; no public operation does that (Workday contract, 6.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from adapters.workday.elements import (
    Element,
    boolean_of,
    find,
    group,
    leaf,
    text_of,
)
from adapters.workday.references import ids_of, wid_of
from adapters.workday.texts import canonical_name, canonical_text, plain_text
from adapters.workday.wire.kind import Change, Kind, addressed, echoed, text
from connector.kit.values import (
    RETIRED,
    FieldSpec,
    Found,
    KindSpec,
    Repeat,
    Retire,
)

_FIELDS = (
    FieldSpec(name="name", is_required=True, canonical=canonical_name),
    FieldSpec(name="description", canonical=canonical_text),
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """The elements of one kind of category; `inactive` is empty where there is none."""

    kind: str
    noun: str
    id_type: str
    id_element: str
    elements: Mapping[str, str]
    inactive: str = ""

    @property
    def data(self) -> str:
        """The element that holds the values."""
        return f"{self.noun}_Data"

    @property
    def reference(self) -> str:
        """The element that refers to a category."""
        return f"{self.noun}_Reference"


_JOB = _Shape(
    "job_category",
    "Job_Category",
    "Job_Category_ID",
    "Job_Category_ID",
    {"name": "Job_Category_Name", "description": "Job_Category_Description"},
    "Inactive",
)
_COMPETENCY = _Shape(
    "competency_category",
    "Competency_Category",
    "Competency_Category_ID",
    "Code",
    {"name": "Name", "description": "Description"},
)


def _found(shape: _Shape, record: Element) -> Found:
    data = find(record, shape.data)
    named = find(record, shape.reference)
    name = text_of(data, shape.elements["name"])
    identity = ids_of(named).get(shape.id_type, "")
    return Found(
        kind=shape.kind,
        remote_id=wid_of(named),
        identity=identity or text_of(data, shape.id_element).strip(),
        fields={
            "name": canonical_name(name),
            "description": plain_text(text_of(data, shape.elements["description"])),
            RETIRED: bool(shape.inactive) and boolean_of(data, shape.inactive),
        },
        label=name,
    )


def _build(shape: _Shape, change: Change) -> Element:
    wanted, write = change.wanted, change.write
    data = find(change.current, shape.data)
    # How many competencies are in a category is shown, not set.
    replaced: dict[str, list[Element]] = {"Usage_Count": []}
    if data is None:
        replaced[shape.id_element] = [leaf(shape.id_element, write.identity)]
    for field, element in shape.elements.items():
        # One that is empty is not shown, and may yet be required (NOTES 6.5).
        if field in wanted or find(data, element) is None:
            replaced[element] = [leaf(element, text(wanted.get(field)))]
    if RETIRED in wanted and shape.inactive:
        replaced[shape.inactive] = [leaf(shape.inactive, bool(wanted[RETIRED]))]
    body = echoed(data, shape.data, replaced, path=shape.noun)
    return group(f"Put_{shape.noun}_Request", [addressed(shape.reference, write), body])


JOB_CATEGORY = Kind(
    spec=KindSpec(
        name="job_category",
        label="job category",
        plural="job categories",
        tag="jc",
        fields=_FIELDS,
        natural_key=("name",),
        repeat=Repeat.PUT,
        retire=Retire.FLAG,
        retire_means="set to inactive; never deleted",
    ),
    get="Get_Job_Categories",
    record="Job_Category",
    reference="Job_Category_Reference",
    found=partial(_found, _JOB),
    put="Put_Job_Category",
    build=partial(_build, _JOB),
)
COMPETENCY_CATEGORY = Kind(
    spec=KindSpec(
        name="competency_category",
        label="competency category",
        plural="competency categories",
        tag="cc",
        fields=_FIELDS,
        natural_key=("name",),
        repeat=Repeat.PUT,
        retire=Retire.KEEP,
        retire_means="kept: no web service takes a category out of use",
    ),
    get="Get_Competency_Categories",
    record="Competency_Category",
    reference="Competency_Category_Reference",
    found=partial(_found, _COMPETENCY),
    put="Put_Competency_Category",
    build=partial(_build, _COMPETENCY),
)
