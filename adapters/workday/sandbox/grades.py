"""Compensation grades with their profiles, each an object with an ID of its own.

A grade merges the profiles sent into those it has, and takes out the ones that come
with Delete; a profile is replaced by what is sent for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import (
    DELETE,
    Document,
    Value,
    instance_of,
    part_of,
    rows_of,
    text_of,
)
from adapters.workday.sandbox.faults import ValidationFaultError, ValidationProblem
from adapters.workday.sandbox.markup import Node, group
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

GRADE = Shape(
    kind="compensation_grade",
    noun="compensation grade",
    id_type="Compensation_Grade_ID",
    reference="Compensation_Grade_Reference",
    data="Compensation_Grade_Data",
    data_type="Compensation_Grade_DataType",
    id_element="Compensation_Grade_ID",
    prefix="COMPENSATION_GRADE",
)
PROFILE, PROFILE_ID = "compensation_grade_profile", "Compensation_Grade_Profile_ID"
ROWS, ROW_REFERENCE = (
    "Compensation_Grade_Profile",
    "Compensation_Grade_Profile_Reference",
)
_ROW_DATA = "Compensation_Grade_Profile_Data"
_REFERENCE_TYPE = "Compensation_GradeObjectType"


def put_compensation_grade(call: Call) -> list[Node]:
    """Create or update a compensation grade, and the profiles that are sent."""
    put = start_put(call, GRADE)
    sent = rows_of(put.sent, ROWS)
    put.sent.pop(ROWS, None)
    document = put.merged()
    problems = list(_row_problems(put, sent))
    if problems:
        raise ValidationFaultError(problems)
    rows: list[Value] = [*rows_of(document, ROWS)]
    for row in sent:
        _place(call, rows, row)
    document[ROWS] = rows
    saved = finish_put(put, document, text_of(document, "Name"))
    return put_response(put, saved, GRADE.reference, _REFERENCE_TYPE)


def profiles_of(grade: Instance) -> list[Instance]:
    """Return the profiles of a grade as it stands last."""
    found = (instance_of(row, ROW_REFERENCE) for row in rows_of(grade.latest, ROWS))
    return [profile for profile in found if profile is not None]


def _row_problems(put: Put, sent: Iterable[Document]) -> Iterable[ValidationProblem]:
    own = profiles_of(put.existing) if put.existing is not None else []
    for number, row in enumerate(sent, 1):
        path = f"{put.path}/bsvc:{ROWS}[{number}]"
        found = _known(put.call, row)
        if DELETE in row and found is None:
            yield ValidationProblem("A row to delete needs a reference.", path)
        if found is not None and found not in own:
            yield ValidationProblem(
                f"The grade profile '{found.descriptor}' belongs to another grade.",
                path,
            )


def _known(call: Call, row: Document) -> Instance | None:
    named = instance_of(row, ROW_REFERENCE)
    return named or call.store.find(
        PROFILE_ID, text_of(part_of(row, _ROW_DATA), PROFILE_ID)
    )


def _place(call: Call, rows: list[Value], row: Document) -> None:
    found = _known(call, row)
    data = part_of(row, _ROW_DATA)
    if found is None:
        key = text_of(data, PROFILE_ID) or call.tenant.next_id("GRADE_PROFILE")
        found = call.store.add(PROFILE, {PROFILE_ID: key})
    kept = [
        known
        for known in rows
        if not (isinstance(known, dict) and known.get(ROW_REFERENCE) is found)
    ]
    if DELETE not in row:
        found.descriptor = text_of(data, "Name")
        values: Document = {**data, PROFILE_ID: found.reference_ids[PROFILE_ID]}
        kept.append({ROW_REFERENCE: found, _ROW_DATA: values})
    rows[:] = kept


def get_compensation_grades(call: Call) -> list[Node]:
    """Read compensation grades; inactive ones by criterion or by name."""
    window, flags = Window.of(call), Flags(call)
    asked = asked_references(call).instances
    chosen = call.store.of_kind(GRADE.kind) if asked is None else asked
    rows = call.store.view_all(chosen, window.effective, window.entered)
    shows_inactive = call.text("Request_Criteria", "Include_Inactive")
    if shows_inactive not in {"1", "true"} and asked is None:
        rows = [row for row in rows if text_of(row[1], "Inactive") != "1"]

    def write(row: Row) -> Node:
        instance, document = row
        named = None
        if flags.wants("Include_Reference"):
            named = call.writer.reference(GRADE.reference, instance, _REFERENCE_TYPE)
        data = call.writer.nodes(document, GRADE.data_type)
        return group("Compensation_Grade", (named, Node(GRADE.data, tuple(data))))

    return answer(call, window, rows, write)
