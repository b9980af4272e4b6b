"""Trainings and certifications of a worker: how they are added and looked up.

Our reference is the achievement's own ID, so that it is found again (NOTES 6.7).
`Auto_Complete` is never sent: the customer's approvals decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from adapters.workday.elements import Element, find, find_all, group, leaf, text_of
from adapters.workday.references import reference, wid_of
from adapters.workday.settings import Settings
from connector.kit.errors import RejectedError
from connector.kit.values import Dispatch, DispatchKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """One kind of achievement: the process that adds it, the read that shows it.

    `rows` is the path from a record to the achievements in it, `person` the element
    that names the worker in a request for references.
    """

    manage: str
    build: Callable[[Dispatch, Settings], Element]
    event: str
    get: str
    record: str
    person: str
    flags: tuple[str, ...]
    rows: tuple[str, ...]
    noun: str

    def held(self, record: Element) -> Iterator[tuple[str, str]]:
        """Yield the own ID and the WID of every achievement that a record shows."""
        for row in find_all(record, *self.rows):
            own_id = text_of(row, f"{self.noun}_Data", f"{self.noun}_ID").strip()
            yield own_id, wid_of(find(row, f"{self.noun}_Reference"))

    def worker(self, employee_id: str) -> Element:
        """Return the reference element that asks for one worker."""
        return reference(self.person, "Employee_ID", employee_id)


def _source(settings: Settings) -> Element | None:
    if not settings.achievement_source:
        return None
    id_type = "Skill_Source_Category_ID"
    return reference("Source_Reference", id_type, settings.achievement_source)


def _training(dispatch: Dispatch, settings: Settings) -> Element:
    if not settings.training_type:
        raise RejectedError(
            "No training is sent while the setting `training_type` is empty.",
            hint="Set it to a Training_Type_ID: the Workday report View Reference IDs "
            "lists them.",
        )
    data = [
        leaf("Training_ID", dispatch.reference),
        leaf("Training", dispatch.title),
        leaf("Description", dispatch.description),
        reference(
            "Training_Type_Reference", "Training_Type_ID", settings.training_type
        ),
        leaf("Completion_Date", dispatch.completed_on),
    ]
    return group(
        "Manage_Training_Request",
        [
            group(
                "Manage_Training_Data",
                [
                    reference("Worker_Reference", "Employee_ID", dispatch.employee_id),
                    _source(settings),
                    group(
                        "Training",
                        [group("Training_Data", data)],
                        within="Manage_Training_Data",
                    ),
                ],
            )
        ],
    )


def _certification(dispatch: Dispatch, settings: Settings) -> Element:
    """Return the request for a free certification: a name needs an issuer."""
    data = [
        leaf("Certification_ID", dispatch.reference),
        leaf("Certification_Name", dispatch.title),
        leaf("Issuer", settings.certification_issuer),
        leaf("Issued_Date", dispatch.completed_on),
        leaf("Expiration_Date", dispatch.expires_on) if dispatch.expires_on else None,
    ]
    return group(
        "Manage_Certifications_Request",
        [
            group(
                "Manage_Certifications_Data",
                [
                    reference("Role_Reference", "Employee_ID", dispatch.employee_id),
                    _source(settings),
                    group("Certification", [group("Certification_Data", data)]),
                ],
            )
        ],
    )


#: A training is shown by Get_Workers alone, a certification by a Get of its own.
ACHIEVEMENTS: Mapping[DispatchKind, Achievement] = {
    DispatchKind.TRAINING: Achievement(
        manage="Manage_Training",
        build=_training,
        event="Worker_Training_Event_Reference",
        get="Get_Workers",
        record="Worker",
        person="Worker_Reference",
        flags=("Include_Reference", "Include_Qualifications"),
        rows=("Worker_Data", "Qualification_Data", "Training"),
        noun="Training",
    ),
    DispatchKind.CERTIFICATION: Achievement(
        manage="Manage_Certifications",
        build=_certification,
        event="Worker_Certification_Event_Reference",
        get="Get_Manage_Certifications",
        record="Manage_Certifications",
        person="Role_Reference",
        flags=(),
        rows=("Manage_Certifications_Data", "Certification"),
        noun="Certification",
    ),
}
