"""The contract facts the sandbox obeys, read from `contract/*.json`.

One file per service: its operations, and every schema type they use. This module
only loads and indexes them; it decides nothing.

An element is `[name, type, min, max]` with an optional fifth member `{choice, facets,
since, variant}`. `min` null means the sources do not say whether it is required; `max`
`*` means unbounded. A type has `elements` and `attributes` (a trailing `!` marks a
required one), or the `ids` a reference accepts (null: not published), or a text
`base`, or is `open`: its content was left out of the sources and anything may stand
in it.

`variants.json` holds what other tenants call or demand: `older_rows` are names of an
older file (Workday contract, confidence marks), `newer_rows` are invented, as those of
a version to come could be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

DATA_NAMESPACE = "urn:com.workday/bsvc"
BUILT_IN_TYPES = frozenset(
    {
        "string",
        "boolean",
        "date",
        "dateTime",
        "decimal",
        "base64Binary",
        "RichText",
    }
)
SERVICES = (
    "Human_Resources",
    "Compensation",
    "Talent",
    "Performance_Management",
    "Integrations",
    "Staffing",
)
#: What a tenant may be: with recruiting, or with rows of other names.
VARIANTS = frozenset({"recruiting", "older_rows", "newer_rows"})
# The oldest tree here is of v28; v47.0 answered live (NOTES 2.1).
OLDEST_VERSION, NEWEST_VERSION = (28, 0), (47, 0)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a type; all are in the data namespace."""

    name: str
    type_name: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Element:
    """One element inside a type, in wire order; `key` is its name in our documents."""

    name: str
    key: str
    type_name: str
    minimum: int | None
    maximum: int | None
    choice: str
    facets: Mapping[str, int]
    since: tuple[int, int]
    variant: str


@dataclass(frozen=True, slots=True)
class SchemaType:
    """What may stand in an element of this type."""

    name: str
    elements: tuple[Element, ...]
    positions: Mapping[str, int]
    by_key: Mapping[str, Element]
    attributes: Mapping[str, Attribute]
    choices: Mapping[str, tuple[int | None, int | None]]
    reference_ids: frozenset[str] | None
    is_reference: bool
    is_open: bool
    base: str

    @property
    def is_group(self) -> bool:
        """Tell whether the type holds elements, not text or a reference."""
        return not (self.is_reference or self.is_open or self.base)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: element and type names of both directions."""

    service: str
    name: str
    access: str
    domain: str
    request_element: str
    request_type: str
    response_element: str
    response_type: str


@dataclass(frozen=True, slots=True)
class ServiceContract:
    """Everything known about one service."""

    service: str
    operations: Mapping[str, Operation]
    types: Mapping[str, SchemaType]

    def operation_of(self, request_element: str) -> Operation | None:
        """Return the operation that a request element starts."""
        for operation in self.operations.values():
            if operation.request_element == request_element:
                return operation
        return None


def parse_version(text: str) -> tuple[int, int] | None:
    """Return (major, minor) of a served version such as `v46.0`, else None."""
    major, _, minor = text.removeprefix("v").partition(".")
    if not (text.startswith("v") and major.isdecimal() and minor.isdecimal()):
        return None
    version = (int(major), int(minor))
    return version if OLDEST_VERSION <= version <= NEWEST_VERSION else None


@cache
def load_service(
    service: str, variants: frozenset[str] = frozenset()
) -> ServiceContract:
    """Read the facts of one service of `SERVICES`, as a tenant of these variants."""
    contract = _load(service)
    types = dict(contract.types)
    for variant, services in _facts("variants").items():
        if variant in variants:
            for name, fact in services.get(service, {}).items():
                types[name] = _varied(types[name], fact)
    return replace(contract, types=types)


def _varied(schema: SchemaType, fact: Mapping[str, Any]) -> SchemaType:
    """Return a type with elements renamed and required ones put behind them."""
    names = fact.get("rename", {})
    elements = [
        replace(element, name=names.get(element.name, element.name))
        for element in schema.elements
    ]
    elements += [
        _element(name, type_name, 1, 1) for name, type_name in fact.get("require", ())
    ]
    return _with_elements(schema, tuple(elements))


def _with_elements(schema: SchemaType, elements: tuple[Element, ...]) -> SchemaType:
    return replace(
        schema,
        elements=elements,
        positions={element.name: at for at, element in enumerate(elements)},
        by_key={element.key: element for element in elements},
    )


def _facts(name: str) -> dict[str, Any]:
    path = Path(__file__).parent / "contract" / f"{name}.json"
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts


@cache
def _load(service: str) -> ServiceContract:
    facts = _facts(service.lower())
    return ServiceContract(
        service=service,
        operations={
            name: Operation(
                service=service,
                name=name,
                access=fact["access"],
                domain=fact["domain"],
                request_element=fact["request"][0],
                request_type=fact["request"][1],
                response_element=fact["response"][0],
                response_type=fact["response"][1],
            )
            for name, fact in facts["operations"].items()
        },
        types={name: _type(name, fact) for name, fact in facts["types"].items()},
    )


def _type(name: str, fact: Mapping[str, Any]) -> SchemaType:
    elements = tuple(_element(*entry) for entry in fact.get("elements", ()))
    reference_ids = fact.get("ids")
    schema = SchemaType(
        name=name,
        elements=(),
        positions={},
        by_key={},
        attributes={
            key: Attribute(key, text.rstrip("!"), text.endswith("!"))
            for key, text in fact.get("attributes", {}).items()
        },
        choices={key: (low, high) for key, (low, high) in _choices(fact)},
        reference_ids=None if reference_ids is None else frozenset(reference_ids),
        is_reference="ids" in fact,
        is_open=bool(fact.get("open")),
        base=fact.get("base", ""),
    )
    return _with_elements(schema, elements)


def _choices(fact: Mapping[str, Any]) -> list[tuple[str, list[int | None]]]:
    return list(fact.get("choices", {}).items())


def _element(
    name: str,
    type_name: str,
    minimum: int | None,
    maximum: int | str,
    more: Mapping[str, Any] | None = None,
) -> Element:
    more = more or {}
    major, _, minor = more.get("since", "v0.0").removeprefix("v").partition(".")
    return Element(
        name=name,
        key=name,
        type_name=type_name,
        minimum=minimum,
        maximum=maximum if isinstance(maximum, int) else None,
        choice=more.get("choice", ""),
        facets=more.get("facets", {}),
        since=(int(major), int(minor)),
        variant=more.get("variant", ""),
    )
