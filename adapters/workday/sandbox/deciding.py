"""What people do about processes by hand: decide, cancel, rescind, start, assess.

No web service of the sandbox leads here: an integration decides about nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.workday.sandbox.access import PROCESSES
from adapters.workday.sandbox.achievements import ASSESSMENT
from adapters.workday.sandbox.assessments import assessed, assessment_of
from adapters.workday.sandbox.documents import text_of
from adapters.workday.sandbox.events import EVENT, Event, State
from adapters.workday.sandbox.seed import FIRST_DAY
from adapters.workday.sandbox.state import TenantState

_APPROVER = "Approver"


class DecidingPeople(TenantState):
    """The people behind a tenant's processes; `words` are written on the event."""

    def approve_event(self, wid: str, words: str = "") -> Event:
        """Approve a waiting event; KeyError when none waits by that WID."""
        return self._decide(wid, State.COMPLETED, words)

    def deny_event(self, wid: str, words: str = "") -> Event:
        """Deny a waiting event; KeyError when none waits by that WID."""
        return self._decide(wid, State.DENIED, words)

    def cancel_event(self, wid: str, words: str = "") -> Event:
        """Cancel a waiting event; KeyError when none waits by that WID."""
        return self._decide(wid, State.CANCELED, words)

    def rescind_event(self, wid: str, words: str = "") -> Event:
        """Take a completed event back; KeyError when none is completed by that WID."""
        with self.lock:
            return self.events.rescind(wid, person=_APPROVER, words=words)

    def begin_event(self, employee_id: str, operation: str) -> Event:
        """Start a process about a worker as a person would; it waits for approval."""
        with self.lock:
            worker, process = self.get("Employee_ID", employee_id), PROCESSES[operation]
            event = Event(
                instance=self.store.add(EVENT, {}, f"{process}: {worker.descriptor}"),
                process=process,
                worker=worker,
                effects=(),
                created=self.store.enter(),
                initiator=_APPROVER,
                comment="",
                is_auto_completed=False,
            )
            self.events.open(event, completes_at_once=False)
            return event

    def assess_worker(
        self,
        employee_id: str,
        competency_id: str,
        rating_id: str,
        *,
        note: str = "",
        by: str = "",
    ) -> None:
        """Assess a competency of a worker, as the worker `by` would."""
        with self.lock:
            worker = self.get("Employee_ID", employee_id)
            competency = self.get("Competency_ID", competency_id)
            held = self.achievements.setdefault(worker.wid, [])
            row = assessment_of(held, competency)
            if row is None:
                row = self.store.add(ASSESSMENT, {}, competency.descriptor)
                row.reference_ids["competency"] = competency.wid
                held.append(row)
            document = assessed(
                self.store,
                competency,
                self.get("Proficiency_Rating_ID", rating_id),
                note=note,
                day=self.today().isoformat(),
                by=self.get("Employee_ID", by) if by else None,
            )
            self.store.put_version(row, FIRST_DAY, document)

    def assessments_of(self, employee_id: str) -> list[Mapping[str, str]]:
        """Return the visible assessments of a worker: competency, level and note."""
        with self.lock:
            worker = self.get("Employee_ID", employee_id)
            return [
                {
                    "competency": text_of(row.latest, "Competency_Descriptor"),
                    "level": text_of(
                        row.latest, "Competency_Level_Behavior_Descriptor"
                    ),
                    "note": text_of(row.latest, "Assessment_Comment"),
                }
                for row in self.achievements.get(worker.wid, ())
                if row.kind == ASSESSMENT and row.versions and row.latest is not None
            ]

    def _decide(self, wid: str, state: State, words: str) -> Event:
        with self.lock:
            return self.events.decide(wid, state, person=_APPROVER, words=words)
