"""The tenant: everything the sandbox remembers, and what people do in it by hand.

All access goes through `lock`. People act outside the web services: they edit objects
that somebody else also writes, and decide about events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from threading import RLock
from time import sleep
from typing import Any

from adapters.workday.sandbox.access import PROCESSES, Permissions, TokenServer
from adapters.workday.sandbox.achievements import (
    CERTIFICATION,
    TRAINING,
    Achievement,
    achieved,
)
from adapters.workday.sandbox.documents import (
    Document,
    Value,
    instance_of,
    part_of,
    rows_of,
    text_of,
)
from adapters.workday.sandbox.events import EVENT_STATE, Event, EventBook, State
from adapters.workday.sandbox.planting import plant
from adapters.workday.sandbox.profiles import BASIC, QUALIFICATIONS
from adapters.workday.sandbox.seed import TenantSeed, WorkerSeed
from adapters.workday.sandbox.store import Instance, Store
from adapters.workday.sandbox.switches import Switches
from adapters.workday.sandbox.workers import (
    add_worker,
    change_worker,
    with_job_profile,
)

_RESPONSIBILITIES = "Responsibility_Qualification_Replacement"
_COMPETENCIES = "Competency_Qualification_Replacement"


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One line of the request log; no secret and no value of a person in it."""

    number: int
    at: datetime
    path: str
    operation: str
    status: int
    is_write: bool
    is_auto_completed: bool
    page: int


class Tenant:
    """A tenant in memory, opened from a seed.

    `clock` gives aware moments and `pause` waits, so that tests control both.
    """

    def __init__(
        self,
        seed: TenantSeed,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self.seed = seed
        self.clock = clock
        self.pause = pause
        self.lock = RLock()
        self.switches = Switches()
        self.log: list[LoggedRequest] = []
        self.tokens = TokenServer(
            seed.client_id, seed.client_secret, seed.refresh_token, seed.token_lifetime
        )
        self._refreshes = 0
        self._open()

    def _open(self) -> None:
        seed = self.seed
        self.store = Store(seed.name, self.clock)
        self.permissions = Permissions()
        self.needing_approval = set(seed.needing_approval)
        self.achievements: dict[str, list[Instance]] = {}
        self.events = EventBook(self.store)
        self._numbers: dict[str, int] = {}
        self.event_states = {
            state: self.store.add(EVENT_STATE, {}, state.value) for state in State
        }
        self.processes = {
            name: self.store.add(
                "business_process", {"Business_Process_Type": operation}, name
            )
            for operation, name in PROCESSES.items()
        }
        plant(self.store, seed)
        self.store.seeded(f"refresh {self._refreshes} at {self.clock().isoformat()}")

    def refresh(self) -> None:
        """Reset the tenant to its seed, as a weekly refresh does; tokens stay good."""
        with self.lock:
            self._refreshes += 1
            self._open()

    def today(self) -> date:
        """Return the tenant's calendar day."""
        return self.clock().date()

    def next_id(self, prefix: str) -> str:
        """Return a reference ID that the tenant makes itself."""
        number = self._numbers.get(prefix, 0) + 1
        self._numbers[prefix] = number
        return f"{prefix}-3-{number}"

    # What people do by hand.

    def edit_job_profile(
        self,
        job_profile_id: str,
        *,
        title: str | None = None,
        summary: str | None = None,
        description: str | None = None,
        is_inactive: bool | None = None,
    ) -> None:
        """Change basic values of a job profile from today on."""
        values = {
            "Job_Title": title,
            "Job_Profile_Summary": summary,
            "Job_Description": description,
            "Inactive": None if is_inactive is None else str(int(is_inactive)),
        }
        with self.lock:
            profile = self._get("Job_Profile_ID", job_profile_id)
            basic = {**part_of(profile.latest, BASIC), **_given(values)}
            self._save(profile, {**profile.latest, BASIC: basic})
            profile.descriptor = title or profile.descriptor

    def edit_responsibility(
        self, job_profile_id: str, text: str | None, new_text: str | None
    ) -> None:
        """Add (text None), change, or remove (new text None) a responsibility."""
        with self.lock:
            profile = self._get("Job_Profile_ID", job_profile_id)
            rows = self._rows(profile, _RESPONSIBILITIES)
            name = "Responsibility_Description"
            position = next(
                (at for at, row in enumerate(rows) if text_of(row, name) == text), None
            )
            if position is None:
                if text is not None:
                    raise KeyError(text)
                rows.append({name: new_text, "Required": "0"})
            elif new_text is None:
                del rows[position]
            else:
                rows[position] = {**rows[position], name: new_text}
            self._save_rows(profile, _RESPONSIBILITIES, rows)

    def edit_required_competency(
        self,
        job_profile_id: str,
        competency_id: str,
        rating_id: str | None,
        *,
        is_required: bool = True,
    ) -> None:
        """Give a job profile a competency at a rating, or remove it (rating None)."""
        with self.lock:
            profile = self._get("Job_Profile_ID", job_profile_id)
            competency = self._get("Competency_ID", competency_id)
            rows = [
                row
                for row in self._rows(profile, _COMPETENCIES)
                if instance_of(row, "Competency_Reference") is not competency
            ]
            if rating_id is not None:
                rating = self._get("Proficiency_Rating_ID", rating_id)
                rows.append(
                    {
                        "Competency_Reference": competency,
                        "Proficiency_Rating_Reference": rating,
                        "Required": str(int(is_required)),
                    }
                )
            self._save_rows(profile, _COMPETENCIES, rows)

    def edit_competency(
        self,
        competency_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        is_inactive: bool | None = None,
        behaviours: Mapping[str, str] | None = None,
    ) -> None:
        """Change a competency from today on; behaviours by rating ID are merged."""
        values = {
            "Competency_Name": name,
            "Competency_Description": description,
            "Inactive": None if is_inactive is None else str(int(is_inactive)),
        }
        with self.lock:
            competency = self._get("Competency_ID", competency_id)
            document = {**competency.latest, **_given(values)}
            rows = rows_of(document, "Proficiency_Rating_Behavior_Data")
            for rating_id, text in (behaviours or {}).items():
                rating = self._get("Proficiency_Rating_ID", rating_id)
                key = "Proficiency_Rating_Reference"
                rows = [row for row in rows if row.get(key) is not rating]
                rows.append({key: rating, "Rating_Behavior": text})
            document["Proficiency_Rating_Behavior_Data"] = [*rows]
            self._save(competency, document)
            competency.descriptor = name or competency.descriptor

    def edit_family(self, job_family_id: str, *, name: str) -> None:
        """Rename a job family or a job family group from today on."""
        with self.lock:
            family = self._get("Job_Family_ID", job_family_id)
            self._save(family, {**family.latest, "Name": name})
            family.descriptor = name

    def move_worker(self, employee_id: str, *, job_profile_id: str) -> None:
        """Give a worker another job profile from today on."""
        with self.lock:
            worker = self._get("Employee_ID", employee_id)
            seed = with_job_profile(worker.latest.seed, job_profile_id)
            change_worker(self.store, worker, self.today(), seed)

    def hire_worker(
        self,
        employee_id: str,
        *,
        name: str,
        job_profile_id: str,
        organization: str,
        location: str,
        country: str = "GBR",
    ) -> None:
        """Hire somebody new from today on."""
        with self.lock:
            seed = WorkerSeed(
                employee_id,
                name,
                job_profile_id,
                organization,
                location,
                self.today(),
                country=country,
            )
            add_worker(self.store, seed)

    def rehire_worker(self, employee_id: str, *, job_profile_id: str) -> None:
        """Take somebody who left back from today on, as the same worker."""
        with self.lock:
            worker = self._get("Employee_ID", employee_id)
            known = worker.latest.seed
            seed = replace(
                known,
                job_profile_id=job_profile_id,
                hire_date=self.today(),
                original_hire_date=known.original_hire_date or known.hire_date,
                termination_date=None,
            )
            change_worker(self.store, worker, self.today(), seed)

    def change_worker(self, employee_id: str, **values: Any) -> None:
        """Give a worker other values of the seed from today on."""
        with self.lock:
            worker = self._get("Employee_ID", employee_id)
            seed = replace(worker.latest.seed, **values)
            change_worker(self.store, worker, self.today(), seed)

    def end_worker(self, employee_id: str, day: date) -> None:
        """End a worker's employment with that last day."""
        with self.lock:
            worker = self._get("Employee_ID", employee_id)
            seed = replace(worker.latest.seed, termination_date=day)
            change_worker(self.store, worker, self.today(), seed)

    def approve_event(self, wid: str) -> Event:
        """Approve a waiting event; KeyError when none waits by that WID."""
        with self.lock:
            return self.events.decide(wid, State.COMPLETED)

    def deny_event(self, wid: str) -> Event:
        """Deny a waiting event; KeyError when none waits by that WID."""
        with self.lock:
            return self.events.decide(wid, State.DENIED)

    def trainings_of(self, employee_id: str) -> list[Mapping[str, str]]:
        """Return the visible trainings of a worker, element names to texts."""
        return self._achieved(employee_id, TRAINING)

    def certifications_of(self, employee_id: str) -> list[Mapping[str, str]]:
        """Return the visible certifications of a worker, element names to texts."""
        return self._achieved(employee_id, CERTIFICATION)

    def _achieved(self, employee_id: str, kind: Achievement) -> list[Mapping[str, str]]:
        with self.lock:
            worker = self._get("Employee_ID", employee_id)
            held = self.achievements.get(worker.wid, ())
            return [_flat(document) for _, document in achieved(held, kind, None)]

    def _get(self, id_type: str, value: str) -> Instance:
        instance = self.store.find(id_type, value)
        if instance is None:
            raise KeyError(f"{id_type} {value}")
        return instance

    def _save(self, instance: Instance, document: Document) -> None:
        day = max(self.today(), instance.versions[-1].effective)
        document = {**document}
        if "Effective_Date" in document:
            document["Effective_Date"] = day.isoformat()
        self.store.put_version(instance, day, document)

    @staticmethod
    def _rows(profile: Instance, name: str) -> list[Document]:
        held = part_of(part_of(profile.latest, QUALIFICATIONS), name)
        return [*rows_of(held, f"{name}_Data")]

    def _save_rows(
        self, profile: Instance, name: str, rows: Sequence[Document]
    ) -> None:
        groups = dict(part_of(profile.latest, QUALIFICATIONS))
        groups[name] = {f"{name}_Data": [*rows]}
        self._save(profile, {**profile.latest, QUALIFICATIONS: groups})


def _given(values: Mapping[str, str | None]) -> Document:
    return {name: text for name, text in values.items() if text is not None}


def _flat(document: Document) -> dict[str, str]:
    return {name: _shown(value) for name, value in document.items()}


def _shown(value: Value) -> str:
    if isinstance(value, Instance):
        return next(iter(value.reference_ids.values()), value.wid)
    return value if isinstance(value, str) else ""
