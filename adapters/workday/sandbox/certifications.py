"""Certifications of the catalogue, which job profiles and workers refer to."""

from __future__ import annotations

from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import text_of
from adapters.workday.sandbox.faults import refuse
from adapters.workday.sandbox.markup import Node, group
from adapters.workday.sandbox.reading import Flags, Window, answer, asked_references
from adapters.workday.sandbox.writing import (
    Row,
    Shape,
    finish_put,
    put_response,
    start_put,
)

CERTIFICATION = Shape(
    kind="certification",
    noun="certification",
    id_type="Certification_ID",
    reference="Certification_Reference",
    data="Certification_Data",
    data_type="Certification_DataType",
    id_element="ID",
    prefix="CERTIFICATION",
    has_effective_date=False,
)
_REFERENCE_TYPE = "CertificationObjectType"


def put_certification(call: Call) -> list[Node]:
    """Create or update a certification."""
    put = start_put(call, CERTIFICATION)
    put.sent.pop("Usage_Count", None)
    document = put.merged()
    if not text_of(document, "Name"):
        raise refuse("A Name is required.", f"{put.path}/bsvc:Name[1]")
    saved = finish_put(put, document, text_of(document, "Name"))
    return put_response(put, saved, CERTIFICATION.reference, _REFERENCE_TYPE)


def get_certifications(call: Call) -> list[Node]:
    """Read certifications."""
    window, flags = Window.of(call), Flags(call)
    asked = asked_references(call).instances
    chosen = call.store.of_kind(CERTIFICATION.kind) if asked is None else asked
    rows = call.store.view_all(chosen, window.effective, window.entered)

    def write(row: Row) -> Node:
        instance, document = row
        named = None
        if flags.wants("Include_Reference"):
            named = call.writer.reference(
                CERTIFICATION.reference, instance, _REFERENCE_TYPE
            )
        data = call.writer.nodes(document, CERTIFICATION.data_type)
        return group("Certification", (named, Node(CERTIFICATION.data, tuple(data))))

    return answer(call, window, rows, write)
