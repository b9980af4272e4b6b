"""What the reading and writing machinery needs to know about one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from adapters.workday.elements import (
    Element,
    group,
    local_name,
    refuse_unknown,
    tag,
)
from adapters.workday.facts import WID
from adapters.workday.references import reference
from connector.kit.values import (
    Found,
    KindSpec,
    Operation,
    RemoteIds,
    Value,
    Write,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A write on its way: the object as it stands now, and the date it takes effect.

    `current` is the record element just read; none where the object is created.
    """

    write: Write
    current: Element | None
    remote_ids: RemoteIds
    effective: date

    @property
    def is_create(self) -> bool:
        """Tell whether the object does not exist yet."""
        return self.write.operation is Operation.CREATE

    @property
    def wanted(self) -> Mapping[str, Value]:
        """Return the fields to write: all of a new object, else the changed ones."""
        if self.is_create:
            return {**self.write.record, **self.write.after}
        return self.write.after


def undated(record: Element) -> date | None:
    """Return no date: entries of this kind have none."""
    del record
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: where it is read, and how a read and a Put are made.

    `record` is the element of one object in an answer, `reference` that of its
    reference there and in a request. `build` is none for kinds that have no Put.
    """

    spec: KindSpec
    get: str
    record: str
    found: Callable[[Element], Found]
    reference: str = ""
    criteria: Callable[[], Element | None] = lambda: None
    put: str = ""
    build: Callable[[Change], Element] | None = None
    #: Fields without which a Put is refused before anybody looks at rights.
    least: Mapping[str, Value] = field(default_factory=dict)
    #: The effective date of the entry that a read shows; none for undated kinds.
    entry_date: Callable[[Element], date | None] = undated


def everything() -> Element:
    """Return criteria that leave nothing out.

    Criteria and references are a choice of which the contract does not say whether
    one is required: the empty criteria satisfy both readings.
    """
    return etree.Element(tag("Request_Criteria"))


def addressed(kind_reference: str, write: Write) -> Element | None:
    """Return the reference by which a Put addresses an object that is there."""
    if write.remote_id is None:
        return None
    return reference(kind_reference, WID, write.remote_id)


def text(value: Value) -> str:
    """Return a text field as it is sent; nothing clears it."""
    return "" if value is None else str(value)


def echoed(
    data: Element | None,
    name: str,
    replaced: Mapping[str, list[Element]],
    *,
    path: str,
    within: str = "",
) -> Element:
    """Return a data element sent back whole, with some of its elements replaced.

    Most operations do not say what happens to an element that is left out
    (NOTES 6.5), so everything that is there goes back. `within` names the parent where
    one name stands for two types.

    Raises:
        RejectedError: the object holds what the contract lacks.
    """
    kept: list[Element] = []
    if data is not None:
        rest = [c for c in data.iterchildren() if local_name(c) not in replaced]
        kept = [deepcopy(element) for element in rest]
        refuse_unknown(_with_children(data, kept), within=within, path=path)
    new = [element for elements in replaced.values() for element in elements]
    return group(name, [*kept, *new], within=within)


def _with_children(data: Element, children: list[Element]) -> Element:
    shown = etree.Element(data.tag)
    shown.extend(deepcopy(child) for child in children)
    return shown
