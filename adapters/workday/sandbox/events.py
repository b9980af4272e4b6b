"""Business process events: started, waiting, approved, denied.

What an event changes becomes visible only when it completes. Approving is for people
and tests: no operation here lets an integration decide about its own event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from adapters.workday.sandbox.documents import Document
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


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote on an event."""

    person: str
    text: str
    day: date


def _nothing() -> None:
    """Do nothing: most events have no effect but on achievements."""


@dataclass(slots=True)
class Event:
    """One run of a business process about a worker.

    `carry_out` and `undo` are what completing and rescinding it does beside `effects`.
    """

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
    effective: date | None = None
    carry_out: Callable[[], None] = _nothing
    undo: Callable[[], None] = _nothing
    comments: list[Comment] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Show the initiator's comment among the others."""
        self.say(self.initiator, self.comment, self.created)

    def say(self, person: str, text: str, at: datetime) -> None:
        """Add a comment, unless it is empty."""
        if text:
            self.comments.append(Comment(person, text, at.date()))


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

    def waiting_about(self, worker: Instance, process: str) -> Event | None:
        """Return the event of a process that waits for a decision about a worker."""
        for event in self.waiting():
            if event.worker is worker and event.process == process:
                return event
        return None

    def pending_on(self, achievement: Instance) -> Event | None:
        """Return the waiting event that would change an achievement."""
        for event in self.waiting():
            if any(effect.achievement is achievement for effect in event.effects):
                return event
        return None

    def decide(
        self, wid: str, state: State, *, person: str = "", words: str = ""
    ) -> Event:
        """Bring a waiting event to its end; KeyError when none waits by that WID."""
        event = self.events[wid]
        if event.state is not State.IN_PROGRESS:
            raise KeyError(wid)
        event.state = state
        event.completed = self.store.enter()
        event.say(person, words, event.completed)
        if state is State.COMPLETED:
            for effect in event.effects:
                self.store.put_version(effect.achievement, FIRST_DAY, effect.document)
            event.carry_out()
            self._show_change(event)
        return event

    def rescind(self, wid: str, *, person: str = "", words: str = "") -> Event:
        """Take a completed event back; KeyError when none is completed by that WID."""
        event = self.events[wid]
        if event.state is not State.COMPLETED:
            raise KeyError(wid)
        event.state = State.RESCINDED
        event.say(person, words, self.store.enter())
        for effect in event.effects:
            self.store.put_version(effect.achievement, FIRST_DAY, None)
        event.undo()
        self._show_change(event)
        return event

    def _show_change(self, event: Event) -> None:
        """Let the worker's own transaction log show the change."""
        worker = event.worker
        day = max(worker.first_effective, self.store.now().date())
        self.store.put_version(worker, day, worker.view(day, None))
