"""Goals of workers: the process that writes them, the part of a worker that shows them.

A goal is there once its event completes; `Get_Workers(Include_Goals)` shows it without
what it relates to (Workday contract, 6.8).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from adapters.workday.sandbox.achievements import start_event
from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import (
    Document,
    instance_of,
    merge,
    part_of,
    rows_of,
    text_of,
)
from adapters.workday.sandbox.events import Effect
from adapters.workday.sandbox.faults import refuse
from adapters.workday.sandbox.markup import Node, group, leaf
from adapters.workday.sandbox.store import Instance

GOAL = "goal"
_HOLDER, _ROW = "Manage_Goals_Data", "Worker_Goal_Detail_Data"
_ROW_TYPE = "Worker_Goal_Detail_DataType"
_ID_TYPE = "Goal_Reference_ID"


def manage_goals(call: Call) -> list[Node]:
    """Start the event that adds or changes goals of a worker."""
    request = call.document()
    sent = part_of(request, _HOLDER)
    path = f"{call.path}/bsvc:{_HOLDER}[1]"
    worker = instance_of(sent, "Worker_Reference")
    if worker is None or worker.kind != "worker":
        raise refuse("The Worker_Reference must denote a worker.", path)
    rows = rows_of(sent, _ROW)
    if not rows:
        raise refuse(f"At least one {_ROW} is required.", path)
    effects = tuple(
        _effect(call, worker, row, f"{path}/bsvc:{_ROW}[{number}]")
        for number, row in enumerate(rows, 1)
    )
    event = start_event(call, "Manage_Goals", worker, effects, request)
    reference, id_type = call.writer.reference, "Unique_IdentifierObjectType"
    nodes = [
        reference("Worker_Goal_Event_Reference", event.instance, id_type),
        *(
            reference("Worker_Goal_Detail_Reference", effect.achievement, id_type)
            for effect in effects
        ),
    ]
    return [node for node in nodes if node is not None]


def _effect(call: Call, worker: Instance, row: Document, path: str) -> Effect:
    own_id = text_of(row, _ID_TYPE)
    held = instance_of(row, "Goal_Reference")
    if held is None and own_id:
        held = call.store.find(_ID_TYPE, own_id)
    if held is not None:
        _require_free(call, worker, held, path)
    schema = call.contract.types[_ROW_TYPE]
    old = held.latest if held is not None and held.versions else {}
    document = merge(call.contract, schema, old, row)
    if not text_of(document, "Name"):
        raise refuse("The Name of the goal is required.", path)
    if held is None:
        own_id = own_id or call.tenant.next_id("GOAL")
        held = call.store.add(GOAL, {_ID_TYPE: own_id}, text_of(document, "Name"))
        call.tenant.achievements.setdefault(worker.wid, []).append(held)
    return Effect(held, {**document, _ID_TYPE: held.reference_ids[_ID_TYPE]})


def _require_free(call: Call, worker: Instance, held: Instance, path: str) -> None:
    if held not in call.tenant.achievements.get(worker.wid, ()):
        raise refuse("The goal belongs to another worker.", path)
    if call.is_add_only:
        raise refuse(f"The {_ID_TYPE} is already in use.", path)
    if call.tenant.events.pending_on(held) is not None:
        raise refuse("Another event for this goal is in progress.", path)


def goals_of(
    held: Iterable[Instance], entered: datetime | None
) -> list[tuple[Instance, Document]]:
    """Return the goals that are there, as known at a moment."""
    return [
        (instance, document)
        for instance in held
        if instance.kind == GOAL and instance.versions
        for document in (instance.view(instance.first_effective, entered),)
        if document is not None
    ]


def goal_part(call: Call, worker: Instance, entered: datetime | None) -> Node | None:
    """Write the goals of a worker; none where there are none."""
    held = goals_of(call.tenant.achievements.get(worker.wid, ()), entered)
    if not held:
        return None
    return Node("Worker_Goal_Data", tuple(_written(call, *one) for one in held))


def _written(call: Call, goal: Instance, document: Document) -> Node:
    data = group(
        "Goal_Data",
        (
            leaf(_ID_TYPE, text_of(document, _ID_TYPE)),
            leaf("Goal", text_of(document, "Name")),
            leaf("Description", text_of(document, "Description")),
        ),
    )
    reference = call.writer.reference("Goal_Reference", goal, "GoalObjectType")
    return group("Goal", (reference, data))
