"""The SOAP read of events: state as a reference without a name."""

from __future__ import annotations

from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.events import Event
from adapters.workday.sandbox.markup import Node, group, leaf
from adapters.workday.sandbox.reading import Window, answer, asked_references


def get_event_detail(call: Call) -> list[Node]:
    """Read events by their references; the state is a reference without a name."""
    window = Window.of(call)
    asked = asked_references(call).instances or []
    book = call.tenant.events.events
    found = [book[instance.wid] for instance in asked if instance.wid in book]

    def write(event: Event) -> Node:
        reference = call.writer.reference
        detail = group(
            "Event_Detail_Data",
            (
                leaf("Creation_Date", event.created),
                leaf("Completed_Date", event.completed),
                reference(
                    "Event_State_Reference",
                    call.tenant.event_states[event.state],
                    "Unique_IdentifierObjectType",
                ),
                reference(
                    "Event_Target_Reference", event.worker, "Event_TargetObjectType"
                ),
            ),
        )
        return group(
            "Event",
            (
                reference("Event_Reference", event.instance, "Action_EventObjectType"),
                detail,
            ),
        )

    return answer(call, window, found, write)
