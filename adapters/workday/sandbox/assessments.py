"""Assessed competencies of workers: the process that writes them.

A worker has one row for a competency: an assessment takes the place of the one before,
whoever made it, as in a tenant. `Get_Workers(Include_Qualifications)` shows it.
"""

from __future__ import annotations

from adapters.workday.sandbox.achievements import ASSESSMENT, start_event
from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import (
    Document,
    instance_of,
    part_of,
    rows_of,
    text_of,
)
from adapters.workday.sandbox.events import Effect
from adapters.workday.sandbox.faults import refuse
from adapters.workday.sandbox.markup import Node
from adapters.workday.sandbox.store import Instance, Store

BEHAVIOUR = "rating_behaviour"
_HOLDER = "Manage_Competencies_Data"
_RATING, _LEVEL = "Competency_Level_Reference", "Competency_Level_Behavior_Reference"


def manage_competencies(call: Call) -> list[Node]:
    """Start the event that assesses competencies of a worker."""
    request = call.document()
    sent = part_of(request, _HOLDER)
    path = f"{call.path}/bsvc:{_HOLDER}[1]"
    worker = instance_of(sent, "Role_Reference")
    if worker is None or worker.kind != "worker":
        raise refuse("The Role_Reference must denote a worker.", path)
    rows = rows_of(sent, "Competency")
    if not rows:
        raise refuse("At least one Competency is required.", path)
    effects = tuple(
        _effect(call, worker, row, f"{path}/bsvc:Competency[{number}]")
        for number, row in enumerate(rows, 1)
    )
    event = start_event(call, "Manage_Competencies", worker, effects, request)
    reference = call.writer.reference
    name, id_type = "Worker_Competency_Event_Reference", "Unique_IdentifierObjectType"
    nodes = [
        reference(name, event.instance, id_type),
        *(
            reference(
                "Competency_Reference",
                instance_of(effect.document or {}, "Competency_Reference"),
                "CompetencyObjectType",
            )
            for effect in effects
        ),
    ]
    return [node for node in nodes if node is not None]


def _effect(call: Call, worker: Instance, row: Document, path: str) -> Effect:
    competency = instance_of(row, "Competency_Reference")
    if competency is None:
        raise refuse("The Competency_Reference is required.", path)
    rating, behaviour = instance_of(row, _RATING), instance_of(row, _LEVEL)
    if (rating is None) == (behaviour is None):
        raise refuse(f"Exactly one of {_LEVEL} and {_RATING} is required.", path)
    held = assessment_of(call.tenant.achievements.get(worker.wid, []), competency)
    if held is not None and call.tenant.events.pending_on(held) is not None:
        raise refuse("Another event for this competency is in progress.", path)
    if held is None:
        held = call.store.add(ASSESSMENT, {}, competency.descriptor)
        held.reference_ids["competency"] = competency.wid
        call.tenant.achievements.setdefault(worker.wid, []).append(held)
    document = assessed(
        call.store,
        competency,
        rating or behaviour,
        note=text_of(row, "Note"),
        day=text_of(row, "Assessed_On"),
        by=instance_of(row, "Assessed_By_Role_Reference"),
    )
    return Effect(held, document)


def assessment_of(held: list[Instance], competency: Instance) -> Instance | None:
    """Return the one row that a worker has for a competency."""
    for instance in held:
        is_one = instance.kind == ASSESSMENT
        if is_one and instance.reference_ids["competency"] == competency.wid:
            return instance
    return None


def assessed(
    store: Store,
    competency: Instance,
    rating: Instance | None,
    *,
    note: str,
    day: str,
    by: Instance | None,
) -> Document:
    """Return the document of an assessment, as a worker's record shows it."""
    behaviour = rating
    if rating is not None and rating.kind != BEHAVIOUR:
        value = f"{competency.wid}-{rating.wid}"
        id_type = "Proficiency_Rating_Behavior_ID"
        behaviour = store.find(id_type, value) or store.add(
            BEHAVIOUR, {id_type: value}, rating.descriptor
        )
    document: Document = {
        "Competency_Level_Behavior_Reference": behaviour,
        "Competency_Level_Behavior_Descriptor": rating.descriptor if rating else "",
        "Assessment_Comment": note,
        "Assessed_On": day,
        "Assessed_By_Person_Reference": by,
        "Competency_Reference": competency,
        "Competency_Descriptor": competency.descriptor,
    }
    return {name: value for name, value in document.items() if value}
