"""Business process events: started, waiting, approved, denied.

What an event changes becomes visible only when it completes. Approving is for people
and tests: no operation here lets an integration decide about its own event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import Document
from adapters.workday.sandbox.markup import Node, group, leaf
from adapters.workday.sandbox.reading import Window, answer, asked_references
from adapters.workday.sandbox.seed import FIRST_DAY
from adapters.workday.sandbox.store import Instance, Store

EVENT, EVENT_STATE = "event", "event_state"


class State(Enum):
    """The states of an event (NOTES 6.12)."""

    IN_PROGRESS = "In Progress"
    COMPLETED = "Successfully Completed"
    DENIED = "Denied"
    CANCELED = "Canceled"
    RESCINDED = "Rescinded"


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event does to one achievement; None removes it."""

    achievement: Instance
    document: Document | None


@dataclass(slots=True)
class Event:
    """One run of a business process about a worker."""

    instance: Instance
    process: str
    worker: Instance
    effects: tuple[Effect, ...]
    created: datetime
    initiator: str
    comment: str
    is_auto_completed: bool
    state: State = State.IN_PROGRESS
    completed: datetime | None = None


@dataclass(slots=True)
class EventBook:
    """All events of a tenant, by WID, oldest first."""

    store: Store
    events: dict[str, Event] = field(default_factory=dict)

    def open(self, event: Event, *, completes_at_once: bool) -> None:
        """Record a new event; complete it unless it waits for a person."""
        self.events[event.instance.wid] = event
        if completes_at_once:
            self.decide(event.instance.wid, State.COMPLETED)

    def waiting(self) -> list[Event]:
        """Return the events that wait for a decision."""
        return [e for e in self.events.values() if e.state is State.IN_PROGRESS]

    def pending_on(self, achievement: Instance) -> Event | None:
        """Return the waiting event that would change an achievement."""
        for event in self.waiting():
            if any(effect.achievement is achievement for effect in event.effects):
                return event
        return None

    def decide(self, wid: str, state: State) -> Event:
        """Bring a waiting event to its end; KeyError when none waits by that WID."""
        event = self.events[wid]
        if event.state is not State.IN_PROGRESS:
            raise KeyError(wid)
        event.state = state
        event.completed = self.store.enter()
        if state is State.COMPLETED:
            for effect in event.effects:
                self.store.put_version(effect.achievement, FIRST_DAY, effect.document)
            # The worker's own transaction log shows the change.
            worker = event.worker
            self.store.put_version(
                worker,
                max(worker.first_effective, event.completed.date()),
                worker.latest,
            )
        return event


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
