"""Trainings and certifications of workers: the processes that write them, the reads.

`Manage_Training` and `Manage_Certifications` start an event. A training is read with
`Get_Workers(Include_Qualifications)` alone, a certification also with its own Get.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from adapters.workday.sandbox.access import PROCESSES
from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import (
    Document,
    instance_of,
    merge,
    part_of,
    rows_of,
    text_of,
)
from adapters.workday.sandbox.events import EVENT, Effect, Event
from adapters.workday.sandbox.faults import refuse
from adapters.workday.sandbox.markup import Node, group
from adapters.workday.sandbox.reading import Window, answer, asked_references
from adapters.workday.sandbox.store import Instance

#: An assessed competency of a worker, and how a worker's record shows one.
ASSESSMENT, ASSESSED_TYPE = "assessment", "Competency_Achievement_Data__v10_Type"


@dataclass(frozen=True, slots=True)
class Achievement:
    """Element names of one kind of achievement."""

    kind: str
    noun: str
    operation: str
    holder: str
    person: str
    row: str
    id_type: str
    id_element: str
    data_type: str
    reference_type: str
    event_reference: str
    prefix: str

    @property
    def reference(self) -> str:
        """The element that names an existing achievement."""
        return f"{self.row}_Reference"

    @property
    def data(self) -> str:
        """The element that holds the values."""
        return f"{self.row}_Data"

    @property
    def remove(self) -> str:
        """The element that takes an achievement away."""
        return f"Remove_{self.row}"


TRAINING = Achievement(
    kind="training",
    noun="training",
    operation="Manage_Training",
    holder="Manage_Training_Data",
    person="Worker_Reference",
    row="Training",
    id_type="Training_ID",
    id_element="Training_ID",
    data_type="Training_Achievement_DataType",
    reference_type="TrainingObjectType",
    event_reference="Worker_Training_Event_Reference",
    prefix="TRAINING",
)
CERTIFICATION = Achievement(
    kind="certification_achievement",
    noun="certification",
    operation="Manage_Certifications",
    holder="Manage_Certifications_Data",
    person="Role_Reference",
    row="Certification",
    id_type="Certification_Skill_ID",
    id_element="Certification_ID",
    data_type="Certification_Achievement_DataType",
    reference_type="Certification_SkillObjectType",
    event_reference="Worker_Certification_Event_Reference",
    prefix="CERTIFICATION_SKILL",
)


def manage_training(call: Call) -> list[Node]:
    """Start the event that adds, changes or removes trainings of a worker."""
    return _manage(call, TRAINING)


def manage_certifications(call: Call) -> list[Node]:
    """Start the event that adds, changes or removes certifications of a worker."""
    return _manage(call, CERTIFICATION)


def _manage(call: Call, kind: Achievement) -> list[Node]:
    request = call.document()
    sent = part_of(request, kind.holder)
    path = f"{call.path}/bsvc:{kind.holder}[1]"
    worker = instance_of(sent, kind.person)
    if worker is None or worker.kind != "worker":
        raise refuse(f"The {kind.person} must denote a worker.", path)
    rows = rows_of(sent, kind.row)
    if not rows:
        raise refuse(f"At least one {kind.row} is required.", path)
    planned: list[_Planned] = []
    for number, row in enumerate(rows, 1):
        place = f"{path}/bsvc:{kind.row}[{number}]"
        planned += _planned(call, kind, worker, row, place)
    _require_distinct_ids(kind, planned, path)
    effects = tuple(_effect(call, kind, worker, item) for item in planned)
    event = start_event(call, kind.operation, worker, effects, request)
    return [
        node
        for node in (
            call.writer.reference(
                kind.event_reference, event.instance, "Unique_IdentifierObjectType"
            ),
            *(
                call.writer.reference(
                    kind.reference, effect.achievement, kind.reference_type
                )
                for effect in effects
                if effect.document is not None
            ),
        )
        if node is not None
    ]


@dataclass(frozen=True, slots=True)
class _Planned:
    existing: Instance | None
    document: Document | None


def _planned(
    call: Call, kind: Achievement, worker: Instance, row: Document, path: str
) -> Iterable[_Planned]:
    existing = instance_of(row, kind.reference)
    if existing is not None:
        _require_own(call, kind, worker, existing, path)
    for number, data in enumerate(rows_of(row, kind.data), 1):
        place = f"{path}/bsvc:{kind.data}[{number}]"
        if data.pop(kind.remove, "0") == "1":
            if existing is None:
                raise refuse(f"To remove a {kind.noun} send its reference.", place)
            yield _Planned(existing, None)
            continue
        _require_free_id(call, kind, existing, data, place)
        schema = call.contract.types[kind.data_type]
        old = existing.latest if existing and existing.versions else None
        document = merge(call.contract, schema, old or {}, data)
        _require_content(kind, document, place)
        yield _Planned(existing, document)


def _require_own(
    call: Call, kind: Achievement, worker: Instance, existing: Instance, path: str
) -> None:
    if existing not in call.tenant.achievements.get(worker.wid, ()):
        raise refuse(f"The {kind.noun} belongs to another worker.", path)
    if call.tenant.events.pending_on(existing) is not None:
        raise refuse(f"Another event for this {kind.noun} is in progress.", path)


def _require_free_id(
    call: Call,
    kind: Achievement,
    existing: Instance | None,
    data: Document,
    path: str,
) -> None:
    value = text_of(data, kind.id_element)
    holder = call.store.find(kind.id_type, value) if value else None
    if holder is None or holder is existing:
        return
    place = f"{path}/bsvc:{kind.id_element}[1]"
    if call.tenant.events.pending_on(holder) is not None:
        raise refuse(
            f"Another event for the {kind.id_element} '{value}' is in progress.", place
        )
    raise refuse(f"The {kind.id_element} '{value}' is already in use.", place)


def _require_content(kind: Achievement, document: Document, path: str) -> None:
    if kind is TRAINING:
        if not text_of(document, "Training"):
            raise refuse("The name of the training is required.", path)
        return
    has_name = text_of(document, "Certification_Name") and text_of(document, "Issuer")
    if not (instance_of(document, "Certification_Reference") or has_name):
        raise refuse(
            "A Certification_Reference, or a Certification_Name with an Issuer, is "
            "required.",
            path,
        )


def _require_distinct_ids(
    kind: Achievement, planned: Iterable[_Planned], path: str
) -> None:
    seen: set[str] = set()
    for item in planned:
        value = text_of(item.document or {}, kind.id_element)
        if value and value in seen:
            raise refuse(
                f"The {kind.id_element} '{value}' occurs more than once.", path
            )
        seen.add(value)


def _effect(call: Call, kind: Achievement, worker: Instance, item: _Planned) -> Effect:
    if item.existing is not None:
        return Effect(item.existing, item.document)
    document = dict(item.document or {})
    value = text_of(document, kind.id_element) or call.tenant.next_id(kind.prefix)
    document[kind.id_element] = value
    achievement = call.store.add(kind.kind, {kind.id_type: value}, value)
    call.tenant.achievements.setdefault(worker.wid, []).append(achievement)
    return Effect(achievement, document)


def start_event(
    call: Call,
    operation: str,
    worker: Instance,
    effects: tuple[Effect, ...],
    request: Document,
) -> Event:
    """Open the event of a process; it completes at once unless it waits for people."""
    parameters = part_of(request, "Business_Process_Parameters")
    is_auto_completed = text_of(parameters, "Auto_Complete") == "1"
    process = PROCESSES[operation]
    event = Event(
        instance=call.store.add(EVENT, {}, f"{process}: {worker.descriptor}"),
        process=process,
        worker=worker,
        effects=effects,
        created=call.store.enter(),
        initiator=call.tenant.seed.user_name,
        comment=text_of(part_of(parameters, "Comment_Data"), "Comment"),
        is_auto_completed=is_auto_completed,
    )
    waits = process in call.tenant.needing_approval and not is_auto_completed
    call.tenant.events.open(event, completes_at_once=not waits)
    return event


def achieved(
    held: Iterable[Instance], kind: Achievement, entered: datetime | None
) -> list[tuple[Instance, Document]]:
    """Return the achievements of a kind that are there, as known at a moment."""
    return [
        (instance, document)
        for instance in held
        if instance.kind == kind.kind and instance.versions
        for document in (instance.view(instance.first_effective, entered),)
        if document is not None
    ]


def qualification_nodes(
    call: Call, worker: Instance, entered: datetime | None
) -> list[Node]:
    """Write competencies, certifications and trainings of a worker, in this order."""
    held = call.tenant.achievements.get(worker.wid, ())
    assessed = [
        Node("Competency", tuple(call.writer.nodes(document, ASSESSED_TYPE)))
        for instance in held
        if instance.kind == ASSESSMENT and instance.versions
        for document in (instance.view(instance.first_effective, entered),)
        if document is not None
    ]
    return assessed + [
        _row(call, kind, instance, document)
        for kind in (CERTIFICATION, TRAINING)
        for instance, document in achieved(held, kind, entered)
    ]


def _row(call: Call, kind: Achievement, instance: Instance, document: Document) -> Node:
    return group(
        kind.row,
        (
            call.writer.reference(kind.reference, instance, kind.reference_type),
            Node(kind.data, tuple(call.writer.nodes(document, kind.data_type))),
        ),
    )


def get_manage_certifications(call: Call) -> list[Node]:
    """Read the certifications of the workers named, or of all who have some."""
    window = Window.of(call)
    asked = asked_references(call).instances
    workers = call.store.of_kind("worker") if asked is None else asked
    held = call.tenant.achievements
    found = [
        (worker, rows)
        for worker in workers
        if (rows := achieved(held.get(worker.wid, ()), CERTIFICATION, window.entered))
    ]

    def write(item: tuple[Instance, list[tuple[Instance, Document]]]) -> Node:
        worker, rows = item
        data = group(
            CERTIFICATION.holder,
            (
                call.writer.reference("Role_Reference", worker, "RoleObjectType"),
                *(_row(call, CERTIFICATION, *row) for row in rows),
            ),
        )
        return Node("Manage_Certifications", (data,))

    return answer(call, window, found, write)
