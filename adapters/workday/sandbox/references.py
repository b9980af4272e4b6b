"""Get_References: the reference IDs of a type, with the names of their objects.

This is how the connector reads management levels, job levels and training types,
which have no Get of their own (NOTES 6.2).
"""

from __future__ import annotations

from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.markup import Node, group, leaf
from adapters.workday.sandbox.reading import Window, answer, asked_references
from adapters.workday.sandbox.store import Instance


def get_references(call: Call) -> list[Node]:
    """Read reference IDs by type, or those of the objects named."""
    window = Window.of(call)
    asked = asked_references(call).instances
    if asked is None:
        id_type = call.text("Request_Criteria", "Reference_ID_Type")
        rows = [
            (id_type, value, instance)
            for value, instance in call.store.with_id_type(id_type)
        ]
    else:
        rows = [
            (id_type, value, instance)
            for instance in asked
            for id_type, value in instance.reference_ids.items()
        ]
    rows.sort(key=lambda row: (row[2].wid, row[0]))

    def write(row: tuple[str, str, Instance]) -> Node:
        id_type, value, instance = row
        data = group(
            "Reference_ID_Data",
            (
                leaf("ID", value),
                leaf("Reference_ID_Type", id_type),
                leaf("Referenced_Object_Descriptor", instance.descriptor),
            ),
        )
        reference = call.writer.reference(
            "Reference_ID_Reference", instance, "Reference_IndexObjectType"
        )
        return group("Reference_ID", (reference, data))

    return answer(call, window, rows, write)
