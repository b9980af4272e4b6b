"""What all Get operations share: as-of views, pages, references and response flags.

Sources of the rules: NOTES 2.4. A page past the last one is empty, not a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from lxml import etree

from adapters.workday.sandbox.calls import Call, parse_date, parse_instant
from adapters.workday.sandbox.documents import ids_of, suits, tag, unknown_id
from adapters.workday.sandbox.faults import (
    ValidationFaultError,
    ValidationProblem,
    refuse,
)
from adapters.workday.sandbox.markup import Node, group, leaf
from adapters.workday.sandbox.store import Instance
from adapters.workday.sandbox.trees import DATA_NAMESPACE

DEFAULT_COUNT, MAXIMUM_COUNT = 100, 999
_FILTER = "Response_Filter"
_ECHOED = ("Request_References", "Request_Criteria", "Response_Group")


@dataclass(frozen=True, slots=True)
class Window:
    """Which view and which page of it a Get asks for."""

    effective: date
    entered: datetime | None
    page: int
    count: int

    @classmethod
    def of(cls, call: Call) -> Window:
        """Read the Response_Filter of a request."""
        effective = call.text(_FILTER, "As_Of_Effective_Date")
        entered = call.text(_FILTER, "As_Of_Entry_DateTime")
        page = int(float(call.text(_FILTER, "Page") or 1))
        count = int(float(call.text(_FILTER, "Count") or DEFAULT_COUNT))
        path = f"{call.path}/bsvc:{_FILTER}[1]"
        if page == 0:
            raise refuse("Page Number cannot be zero.", f"{path}/bsvc:Page[1]")
        if not 1 <= count <= MAXIMUM_COUNT:
            raise refuse(
                f"Count must be between 1 and {MAXIMUM_COUNT}.", f"{path}/bsvc:Count[1]"
            )
        return cls(
            effective=parse_date(effective) if effective else call.tenant.today(),
            entered=parse_instant(entered) if entered else None,
            page=page,
            count=count,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """The objects a request names; None when it names none."""

    instances: list[Instance] | None
    invalid: list[tuple[str, str]]


def asked_references(call: Call) -> Asked:
    """Resolve Request_References; unknown ones are a fault unless told to skip them."""
    element = call.find("Request_References")
    if element is None:
        return Asked(None, [])
    if _sends(call.find("Request_Criteria")):
        raise refuse(
            "Request_References and Request_Criteria exclude each other: send one.",
            f"{call.path}/bsvc:Request_Criteria[1]",
        )
    skips = element.get(tag("Skip_Non_Existing_Instances")) in {"1", "true"}
    reports = element.get(tag("Ignore_Invalid_References")) in {"1", "true"}
    found: dict[str, Instance] = {}
    problems: list[ValidationProblem] = []
    invalid: list[tuple[str, str]] = []
    schema = call.contract.types[call.operation.request_type]
    holder = schema.elements[schema.positions["Request_References"]].type_name
    declared = call.contract.types[holder].elements[0]
    reference_type = call.contract.types[declared.type_name]
    for number, reference in enumerate(element.iterchildren(tag(declared.name)), 1):
        for id_type, value in ids_of(reference):
            instance = call.store.find(id_type, value)
            if instance is not None and suits(instance, reference_type):
                found[instance.wid] = instance
                continue
            invalid.append((id_type, value))
            problems.append(
                unknown_id(
                    id_type,
                    value,
                    f"{call.path}/bsvc:Request_References[1]"
                    f"/bsvc:{declared.name}[{number}]/bsvc:ID[1]",
                )
            )
    if problems and not (skips or reports):
        raise ValidationFaultError(problems)
    return Asked(list(found.values()), invalid if reports else [])


def _sends(element: etree._Element | None) -> bool:
    return element is not None and len(element) > 0


class Flags:
    """The Response_Group: nothing sent asks for all, one flag for only the flagged."""

    def __init__(self, call: Call) -> None:
        holder = call.find("Response_Group")
        self._sent = {
            etree.QName(flag).localname: (flag.text or "").strip() in {"1", "true"}
            for flag in (() if holder is None else holder.iterchildren(etree.Element))
        }
        self._all = not any(name.startswith("Include_") for name in self._sent)

    def wants(self, name: str) -> bool:
        """Tell whether the part behind a flag is asked for."""
        return self._all or self._sent.get(name, False)

    def excludes(self, name: str) -> bool:
        """Tell whether an Exclude flag was set."""
        return self._sent.get(name, False)


def answer(
    call: Call,
    window: Window,
    rows: Sequence[Any],
    write: Callable[[Any], Node],
    more: Mapping[str, Iterable[Node]] | None = None,
) -> list[Node]:
    """Return the response's children for one page of `rows`, in contract order.

    `rows` are all matches; without the right to read they count as none.
    """
    matches = rows if call.may_read else ()
    start = (window.page - 1) * window.count
    page = matches[start : start + window.count]
    parts: dict[str, list[Node]] = {
        _FILTER: [_filter_echo(call, window)],
        "Response_Results": [_results(len(matches), len(page), window)],
    }
    for name in _ECHOED:
        element = call.find(name)
        if element is not None:
            parts[name] = [echo(element)]
    if page:
        parts["Response_Data"] = [
            Node("Response_Data", tuple(write(row) for row in page))
        ]
    for name, nodes in (more or {}).items():
        parts[name] = list(nodes)
    return ordered(call, parts)


def ordered(call: Call, parts: Mapping[str, Iterable[Node]]) -> list[Node]:
    """Put the parts of a response into the order of its contract type."""
    schema = call.contract.types[call.operation.response_type]
    return [node for element in schema.elements for node in parts.get(element.name, ())]


def _filter_echo(call: Call, window: Window) -> Node:
    entered = window.entered or call.store.now()
    return group(
        _FILTER,
        (
            leaf("As_Of_Effective_Date", window.effective),
            leaf("As_Of_Entry_DateTime", entered),
            leaf("Page", window.page),
            leaf("Count", window.count),
        ),
    )


def _results(total: int, on_page: int, window: Window) -> Node:
    return group(
        "Response_Results",
        (
            leaf("Total_Results", total),
            leaf("Total_Pages", ceil(total / window.count)),
            leaf("Page_Results", on_page),
            leaf("Page", window.page),
        ),
    )


def echo(element: etree._Element) -> Node:
    """Write a request element back as it came, in the data namespace only."""
    return Node(
        etree.QName(element).localname,
        tuple(echo(child) for child in element.iterchildren(etree.Element)),
        text=(element.text or "").strip() if len(element) == 0 else "",
        attributes={
            etree.QName(str(key)).localname: str(value)
            for key, value in element.attrib.items()
            if etree.QName(str(key)).namespace == DATA_NAMESPACE
        },
    )
