"""What all Put operations share: addressing, Add_Only, renaming, effective dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters.workday.sandbox.calls import Call, parse_date
from adapters.workday.sandbox.documents import (
    Document,
    instance_of,
    merge,
    part_of,
    text_of,
)
from adapters.workday.sandbox.faults import refuse
from adapters.workday.sandbox.markup import Node
from adapters.workday.sandbox.seed import FIRST_DAY
from adapters.workday.sandbox.store import Instance


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a kind keeps its data and its identity inside a Put request."""

    kind: str
    noun: str
    id_type: str
    reference: str
    data: str
    data_type: str
    id_element: str
    prefix: str
    more_id_types: tuple[str, ...] = ()
    has_effective_date: bool = True


@dataclass(frozen=True, slots=True)
class Put:
    """A Put under way: the object, if it exists, and what was sent for it."""

    call: Call
    shape: Shape
    sent: Document
    existing: Instance | None
    new_id: str

    @property
    def path(self) -> str:
        """The Xpath of the data element."""
        return f"{self.call.path}/bsvc:{self.shape.data}[1]"

    @property
    def effective(self) -> date:
        """The effective date sent, else today; undated kinds are always there."""
        if not self.shape.has_effective_date:
            return FIRST_DAY
        text = text_of(self.sent, "Effective_Date")
        return parse_date(text) if text else self.call.tenant.today()

    def merged(self) -> Document:
        """Return the object's document with the sent values merged in."""
        old = self.existing.view(self.effective, None) if self.existing else None
        schema = self.call.contract.types[self.shape.data_type]
        return merge(self.call.contract, schema, old or {}, self.sent)


def start_put(call: Call, shape: Shape) -> Put:
    """Read a Put request and find the object it addresses.

    The reference addresses an object whose ID may be changed by the data (rename);
    without a reference the ID in the data decides between create and update.
    """
    request = call.document()
    sent = part_of(request, shape.data)
    sent_id = text_of(sent, shape.id_element).strip()
    referenced = instance_of(request, shape.reference)
    holder = call.store.find(shape.id_type, sent_id) if sent_id else None
    id_path = f"{call.path}/bsvc:{shape.data}[1]/bsvc:{shape.id_element}[1]"
    for found in (referenced, holder):
        if found is not None and found.kind != shape.kind:
            raise refuse(f"The ID denotes another object, not a {shape.noun}.", id_path)
    if referenced is not None and holder is not None and holder is not referenced:
        raise refuse(f"The {shape.id_type} '{sent_id}' is already in use.", id_path)
    existing = referenced or holder
    if existing is not None and call.is_add_only:
        raise refuse(
            f"Add Only is set but the {shape.noun} already exists.",
            f"{call.path}/@bsvc:Add_Only",
        )
    put = Put(call, shape, sent, existing, sent_id)
    if existing is not None and put.effective < existing.first_effective:
        raise refuse(
            f"The effective date may not be before {existing.first_effective}, the "
            f"first effective date of the {shape.noun}.",
            f"{put.path}/bsvc:Effective_Date[1]",
        )
    return put


def finish_put(put: Put, document: Document, descriptor: str) -> Instance:
    """Store the document as a version of the object, made or renamed as needed."""
    store, shape = put.call.store, put.shape
    instance = put.existing
    new_id = put.new_id
    if instance is None:
        new_id = new_id or put.call.tenant.next_id(shape.prefix)
        ids = dict.fromkeys((shape.id_type, *shape.more_id_types), new_id)
        instance = store.add(shape.kind, ids, descriptor)
    elif new_id and instance.reference_ids.get(shape.id_type) != new_id:
        for id_type in (shape.id_type, *shape.more_id_types):
            store.rename(instance, id_type, new_id)
    instance.descriptor = descriptor
    document = {**document, shape.id_element: instance.reference_ids[shape.id_type]}
    if shape.has_effective_date:
        document["Effective_Date"] = put.effective.isoformat()
    store.put_version(instance, put.effective, document)
    return instance


def put_response(put: Put, instance: Instance, name: str, type_name: str) -> list[Node]:
    """Return the reference a Put answers with."""
    node = put.call.writer.reference(name, instance, type_name)
    return [] if node is None else [node]


Handler = Callable[[Call], list[Node]]
Row = tuple[Instance, Any]
