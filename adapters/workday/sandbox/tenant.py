"""The tenant: everything the sandbox remembers, and what people do in it by hand.

People act outside the web services: they edit objects that somebody else also writes,
hire, move and dismiss workers, and decide about events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from adapters.workday.sandbox.achievements import (
    CERTIFICATION,
    TRAINING,
    Achievement,
    achieved,
)
from adapters.workday.sandbox.deciding import DecidingPeople
from adapters.workday.sandbox.documents import (
    Document,
    Value,
    instance_of,
    part_of,
    rows_of,
    text_of,
)
from adapters.workday.sandbox.planting import plant
from adapters.workday.sandbox.profiles import BASIC, QUALIFICATIONS
from adapters.workday.sandbox.seed import WorkerSeed
from adapters.workday.sandbox.store import Instance
from adapters.workday.sandbox.workers import (
    add_worker,
    change_worker,
    with_job_profile,
)

_RESPONSIBILITIES = "Responsibility_Qualification_Replacement"
_COMPETENCIES = "Competency_Qualification_Replacement"


class Tenant(DecidingPeople):
    """A tenant in memory, opened from a seed.

    `clock` gives aware moments and `pause` waits, so that tests control both.
    """

    def plant(self) -> None:
        """Put the objects of the seed into the store."""
        plant(self.store, self.seed)

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
            profile = self.get("Job_Profile_ID", job_profile_id)
            basic = {**part_of(profile.latest, BASIC), **_given(values)}
            self._save(profile, {**profile.latest, BASIC: basic})
            profile.descriptor = title or profile.descriptor

    def edit_responsibility(
        self, job_profile_id: str, text: str | None, new_text: str | None
    ) -> None:
        """Add (text None), change, or remove (new text None) a responsibility."""
        with self.lock:
            profile = self.get("Job_Profile_ID", job_profile_id)
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
            profile = self.get("Job_Profile_ID", job_profile_id)
            competency = self.get("Competency_ID", competency_id)
            rows = [
                row
                for row in self._rows(profile, _COMPETENCIES)
                if instance_of(row, "Competency_Reference") is not competency
            ]
            if rating_id is not None:
                rating = self.get("Proficiency_Rating_ID", rating_id)
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
            competency = self.get("Competency_ID", competency_id)
            document = {**competency.latest, **_given(values)}
            rows = rows_of(document, "Proficiency_Rating_Behavior_Data")
            for rating_id, text in (behaviours or {}).items():
                rating = self.get("Proficiency_Rating_ID", rating_id)
                key = "Proficiency_Rating_Reference"
                rows = [row for row in rows if row.get(key) is not rating]
                rows.append({key: rating, "Rating_Behavior": text})
            document["Proficiency_Rating_Behavior_Data"] = [*rows]
            self._save(competency, document)
            competency.descriptor = name or competency.descriptor

    def edit_family(self, job_family_id: str, *, name: str) -> None:
        """Rename a job family or a job family group from today on."""
        with self.lock:
            family = self.get("Job_Family_ID", job_family_id)
            self._save(family, {**family.latest, "Name": name})
            family.descriptor = name

    def move_worker(self, employee_id: str, *, job_profile_id: str) -> None:
        """Give a worker another job profile from today on."""
        with self.lock:
            worker = self.get("Employee_ID", employee_id)
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
            worker = self.get("Employee_ID", employee_id)
            known = worker.latest.seed
            seed = replace(
                known,
                job_profile_id=job_profile_id,
                hire_date=self.today(),
                original_hire_date=known.original_hire_date or known.hire_date,
                termination_date=None,
            )
            change_worker(self.store, worker, self.today(), seed)

    def change_worker(
        self, employee_id: str, day: date | None = None, **values: Any
    ) -> None:
        """Give a worker other values of the seed from a day on, from today for none."""
        with self.lock:
            worker = self.get("Employee_ID", employee_id)
            seed = replace(worker.latest.seed, **values)
            change_worker(self.store, worker, day or self.today(), seed)

    def end_worker(self, employee_id: str, day: date) -> None:
        """End a worker's employment with that last day."""
        with self.lock:
            worker = self.get("Employee_ID", employee_id)
            seed = replace(worker.latest.seed, termination_date=day)
            change_worker(self.store, worker, max(day, self.today()), seed)

    def trainings_of(self, employee_id: str) -> list[Mapping[str, str]]:
        """Return the visible trainings of a worker, element names to texts."""
        return self._achieved(employee_id, TRAINING)

    def certifications_of(self, employee_id: str) -> list[Mapping[str, str]]:
        """Return the visible certifications of a worker, element names to texts."""
        return self._achieved(employee_id, CERTIFICATION)

    def _achieved(self, employee_id: str, kind: Achievement) -> list[Mapping[str, str]]:
        with self.lock:
            worker = self.get("Employee_ID", employee_id)
            held = self.achievements.get(worker.wid, ())
            return [_flat(document) for _, document in achieved(held, kind, None)]

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
