"""Trainings, certifications and assessed competencies of a worker: added, looked up.

Our reference is the achievement's own ID, or stands in an assessment's note, so that it
is found again (Workday contract, 6.7). `Auto_Complete` is sent only where a person
allowed it for trainings or certifications, never for an assessment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.workday.elements import Element, find, find_all, group, leaf, text_of
from adapters.workday.references import rating_reference, reference, wid_of
from adapters.workday.settings import Settings
from adapters.workday.wire.goals import GOAL_ROWS, goal_data, held_goal
from connector.kit.errors import RejectedError
from connector.kit.values import Dispatch, DispatchKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """One kind of achievement: the process that adds it, the read that shows it.

    `process` is what people call the business process. `rows` is the path from a
    record to the achievements in it, `person` the element that names the worker in a
    request for references. `held` yields what tells ours apart, and a WID, of a row.
    """

    manage: str
    process: str
    data: Callable[[Sequence[Dispatch], Settings], Element]
    event: str
    get: str
    record: str
    person: str
    flags: tuple[str, ...]
    rows: tuple[str, ...]
    held: Callable[[Element], tuple[str, str]]
    can_complete_at_once: bool = True

    def request(self, dispatches: Sequence[Dispatch], settings: Settings) -> Element:
        """Return the one request for some dispatches of one worker.

        Raises:
            RejectedError: a setting is missing.
        """
        return group(
            f"{self.manage}_Request",
            [self._parameters(dispatches, settings), self.data(dispatches, settings)],
        )

    def _parameters(
        self, dispatches: Sequence[Dispatch], settings: Settings
    ) -> Element | None:
        is_allowed = all(each.is_completed_at_once for each in dispatches)
        is_completed = self.can_complete_at_once and is_allowed
        comment = None
        if settings.event_comments:
            comment = group("Comment_Data", [leaf("Comment", comment_of(dispatches))])
        if comment is None and not is_completed:
            return None
        auto = leaf("Auto_Complete", value=True) if is_completed else None
        return group("Business_Process_Parameters", [auto, comment])

    def shown(self, record: Element) -> Iterator[tuple[str, str]]:
        """Yield what tells ours apart, and the WID, of everything a record shows."""
        for row in find_all(record, *self.rows):
            yield self.held(row)

    def worker(self, employee_id: str) -> Element:
        """Return the reference element that asks for one worker."""
        return reference(self.person, "Employee_ID", employee_id)


def comment_of(dispatches: Sequence[Dispatch]) -> str:
    """Return the comment on a process: our references, and where to look them up."""
    told = [f"{each.reference} {each.link}".rstrip() for each in dispatches]
    return "Job framework evidence: " + ", ".join(told)


def _source(settings: Settings) -> Element | None:
    if not settings.achievement_source:
        return None
    id_type = "Skill_Source_Category_ID"
    return reference("Source_Reference", id_type, settings.achievement_source)


def _trainings(dispatches: Sequence[Dispatch], settings: Settings) -> Element:
    if not settings.training_type:
        raise RejectedError(
            "No training is sent while the setting `training_type` is empty.",
            hint="Set it to a Training_Type_ID: the Workday report View Reference IDs "
            "lists them.",
        )
    employee_id = dispatches[0].employee_id
    return group(
        "Manage_Training_Data",
        [
            reference("Worker_Reference", "Employee_ID", employee_id),
            _source(settings),
            *(_training(each, settings) for each in dispatches),
        ],
    )


def _training(dispatch: Dispatch, settings: Settings) -> Element:
    id_type = "Training_Type_ID"
    data = [
        leaf("Training_ID", dispatch.reference),
        leaf("Training", dispatch.title),
        leaf("Description", dispatch.description),
        reference("Training_Type_Reference", id_type, settings.training_type),
        leaf("Completion_Date", dispatch.completed_on),
    ]
    return group(
        "Training", [group("Training_Data", data)], within="Manage_Training_Data"
    )


def _certifications(dispatches: Sequence[Dispatch], settings: Settings) -> Element:
    employee_id = dispatches[0].employee_id
    return group(
        "Manage_Certifications_Data",
        [
            reference("Role_Reference", "Employee_ID", employee_id),
            _source(settings),
            *(_certification(each, settings) for each in dispatches),
        ],
    )


def _certification(dispatch: Dispatch, settings: Settings) -> Element:
    """Return a free certification: a name needs an issuer."""
    data = [
        leaf("Certification_ID", dispatch.reference),
        leaf("Certification_Name", dispatch.title),
        leaf("Issuer", settings.certification_issuer),
        leaf("Issued_Date", dispatch.completed_on),
        leaf("Expiration_Date", dispatch.expires_on) if dispatch.expires_on else None,
    ]
    return group("Certification", [group("Certification_Data", data)])


def _assessments(dispatches: Sequence[Dispatch], settings: Settings) -> Element:
    employee_id = dispatches[0].employee_id
    return group(
        "Manage_Competencies_Data",
        [
            reference("Role_Reference", "Employee_ID", employee_id),
            _source(settings),
            *(_assessment(each) for each in dispatches),
        ],
    )


def _goals(dispatches: Sequence[Dispatch], _: Settings) -> Element:
    return goal_data(dispatches)


def _assessment(dispatch: Dispatch) -> Element:
    if not (dispatch.competency_id and dispatch.level_id):
        raise RejectedError(
            "An assessment needs the competency and the level as Workday knows them.",
            hint="Write the competencies first, and give the evidence section of the "
            "mapping its level.",
        )
    return group(
        "Competency",
        [
            reference("Competency_Reference", "WID", dispatch.competency_id),
            rating_reference("Competency_Level_Reference", dispatch.level_id),
            leaf("Note", note_of(dispatch)),
            leaf("Assessed_On", dispatch.completed_on),
        ],
        within="Manage_Competencies_Data",
    )


def note_of(dispatch: Dispatch) -> str:
    """Return the note of an assessment; our reference stands at its end."""
    told = " ".join(filter(None, (dispatch.description, dispatch.link)))
    return f"{told} [{dispatch.reference}]".strip()


def reference_in(note: str) -> str:
    """Return the reference at the end of a note of ours, else nothing."""
    _, bracket, rest = note.strip().rpartition("[")
    return rest[:-1] if bracket and rest.endswith("]") else ""


def _held_by_id(noun: str) -> Callable[[Element], tuple[str, str]]:
    def held(row: Element) -> tuple[str, str]:
        own_id = text_of(row, f"{noun}_Data", f"{noun}_ID").strip()
        return own_id, wid_of(find(row, f"{noun}_Reference"))

    return held


def _held_assessment(row: Element) -> tuple[str, str]:
    """Return our reference in the note; one assessed by a person is nobody's of us."""
    wid = wid_of(find(row, "Competency_Reference"))
    if find(row, "Assessed_By_Person_Reference") is not None:
        return "", wid
    return reference_in(text_of(row, "Assessment_Comment")), wid


_QUALIFICATIONS = ("Worker_Data", "Qualification_Data")
#: A certification is shown by a Get of its own, the others by Get_Workers alone.
ACHIEVEMENTS: Mapping[DispatchKind, Achievement] = {
    DispatchKind.TRAINING: Achievement(
        manage="Manage_Training",
        process="Manage Training",
        data=_trainings,
        event="Worker_Training_Event_Reference",
        get="Get_Workers",
        record="Worker",
        person="Worker_Reference",
        flags=("Include_Reference", "Include_Qualifications"),
        rows=(*_QUALIFICATIONS, "Training"),
        held=_held_by_id("Training"),
    ),
    DispatchKind.CERTIFICATION: Achievement(
        manage="Manage_Certifications",
        process="Manage Certifications",
        data=_certifications,
        event="Worker_Certification_Event_Reference",
        get="Get_Manage_Certifications",
        record="Manage_Certifications",
        person="Role_Reference",
        flags=(),
        rows=("Manage_Certifications_Data", "Certification"),
        held=_held_by_id("Certification"),
    ),
    DispatchKind.ASSESSMENT: Achievement(
        manage="Manage_Competencies",
        process="Manage Competencies",
        data=_assessments,
        event="Worker_Competency_Event_Reference",
        get="Get_Workers",
        record="Worker",
        person="Worker_Reference",
        flags=("Include_Reference", "Include_Qualifications"),
        rows=(*_QUALIFICATIONS, "Competency"),
        held=_held_assessment,
        can_complete_at_once=False,
    ),
    DispatchKind.GOAL: Achievement(
        manage="Manage_Goals",
        process="Manage Goals",
        data=_goals,
        event="Worker_Goal_Event_Reference",
        get="Get_Workers",
        record="Worker",
        person="Worker_Reference",
        flags=("Include_Reference", "Include_Goals"),
        rows=GOAL_ROWS,
        held=held_goal,
        can_complete_at_once=False,
    ),
}
