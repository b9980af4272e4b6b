"""Job categories, and job classification groups with their classifications.

A classification has a reference ID of its own; a group merges the rows sent into those
it has, and takes out the ones that come with Delete.
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
from adapters.workday.sandbox.faults import (
    ValidationFaultError,
    ValidationProblem,
    refuse,
)
from adapters.workday.sandbox.markup import Node, group, leaf
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

CATEGORY = Shape(
    kind="job_category",
    noun="job category",
    id_type="Job_Category_ID",
    reference="Job_Category_Reference",
    data="Job_Category_Data",
    data_type="Job_Category_DataType",
    id_element="Job_Category_ID",
    prefix="JOB_CATEGORY",
    has_effective_date=False,
)
GROUP = Shape(
    kind="job_classification_group",
    noun="job classification group",
    id_type="Job_Classification_Group_ID",
    reference="Job_Classification_Group_Reference",
    data="Job_Classification_Group_Data",
    data_type="Job_Classification_Group_DataType",
    id_element="ID",
    prefix="JOB_CLASSIFICATION_GROUP",
)
CLASSIFICATION = "job_classification"
CLASSIFICATION_ID = "Job_Classification_Reference_ID"
_CATEGORY_TYPE, _GROUP_TYPE = (
    "Job_CategoryObjectType",
    "Job_Classification_GroupObjectType",
)
_ROWS, _ROW_DATA = "Job_Classification", "Job_Classification_Data"
_ROW_REFERENCE = "Job_Classification_Reference"
_NAME = "Job_Classification_Group_Name"


def put_job_category(call: Call) -> list[Node]:
    """Create or update a job category."""
    put = start_put(call, CATEGORY)
    document = put.merged()
    name = _required(put, document, "Job_Category_Name")
    saved = finish_put(put, document, name)
    return put_response(put, saved, CATEGORY.reference, _CATEGORY_TYPE)


def get_job_categories(call: Call) -> list[Node]:
    """Read job categories."""
    window, rows = _rows(call, CATEGORY)

    def write(row: Row) -> Node:
        instance, document = row
        named = call.writer.reference(CATEGORY.reference, instance, _CATEGORY_TYPE)
        data = call.writer.nodes(document, CATEGORY.data_type)
        return group("Job_Category", (named, Node(CATEGORY.data, tuple(data))))

    return answer(call, window, rows, write)


def put_job_classification_group(call: Call) -> list[Node]:
    """Create or update a group, and those of its classifications that are sent."""
    put = start_put(call, GROUP)
    sent = rows_of(put.sent, _ROWS)
    put.sent.pop(_ROWS, None)
    document = put.merged()
    name = _required(put, document, _NAME)
    problems = list(_row_problems(put, sent))
    if problems:
        raise ValidationFaultError(problems)
    rows: list[Value] = [*rows_of(document, _ROWS)]
    for row in sent:
        _place(call, rows, row)
    document[_ROWS] = rows
    saved = finish_put(put, document, name)
    return put_response(put, saved, GROUP.reference, _GROUP_TYPE)


def _row_problems(put: Put, sent: Iterable[Document]) -> Iterable[ValidationProblem]:
    for number, row in enumerate(sent, 1):
        path = f"{put.path}/bsvc:{_ROWS}[{number}]"
        if DELETE in row:
            if instance_of(row, _ROW_REFERENCE) is None or _ROW_DATA in row:
                yield ValidationProblem(
                    "A row to delete needs a reference and no data.", path
                )
        elif not text_of(part_of(row, _ROW_DATA), "ID"):
            yield ValidationProblem("A classification needs data with an ID.", path)


def _place(call: Call, rows: list[Value], row: Document) -> None:
    """Merge one row into those of the group, by the classification it is about."""
    data = part_of(row, _ROW_DATA)
    named = instance_of(row, _ROW_REFERENCE)
    found = named or call.store.find(CLASSIFICATION_ID, text_of(data, "ID"))
    if found is None:
        ids = {CLASSIFICATION_ID: text_of(data, "ID")}
        found = call.store.add(CLASSIFICATION, ids)
    at = next(
        (
            at
            for at, known in enumerate(rows)
            if isinstance(known, dict) and known.get(_ROW_REFERENCE) is found
        ),
        None,
    )
    if DELETE in row:
        if at is not None:
            del rows[at]
        return
    old = rows[at] if at is not None else {}
    kept = part_of(old, _ROW_DATA) if isinstance(old, dict) else {}
    merged: Document = {_ROW_REFERENCE: found, _ROW_DATA: {**kept, **data}}
    found.descriptor = text_of(part_of(merged, _ROW_DATA), "Description")
    if at is None:
        rows.append(merged)
    else:
        rows[at] = merged


def get_job_classification_groups(call: Call) -> list[Node]:
    """Read job classification groups, their classifications by flag."""
    window, rows = _rows(call, GROUP)
    flags = Flags(call)
    has_rows = flags.wants("Include_Job_Classifications")

    def write(row: Row) -> Node:
        instance, document = row
        named = None
        if flags.wants("Include_Reference"):
            named = call.writer.reference(GROUP.reference, instance, _GROUP_TYPE)
        shown = dict(document)
        if not has_rows:
            shown.pop(_ROWS, None)
        name = group(f"{_NAME}_Data", (leaf(_NAME, text_of(document, _NAME)),))
        data = call.writer.nodes(shown, GROUP.data_type)
        return group(
            "Job_Classification_Group", (named, name, Node(GROUP.data, tuple(data)))
        )

    return answer(call, window, rows, write)


def _rows(call: Call, shape: Shape) -> tuple[Window, list[Row]]:
    window = Window.of(call)
    asked = asked_references(call).instances
    chosen: list[Instance] = call.store.of_kind(shape.kind) if asked is None else asked
    return window, call.store.view_all(chosen, window.effective, window.entered)


def _required(put: Put, document: Document, name: str) -> str:
    if not text_of(document, name):
        raise refuse(
            f"A {name} is required for the {put.shape.noun}.",
            f"{put.path}/bsvc:{name}[1]",
        )
    return text_of(document, name)
