"""The facts the sandbox carries, compared with the contract they were taken from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from workday_sandbox_world import World

from adapters.workday.sandbox.services import HANDLERS
from adapters.workday.sandbox.trees import (
    BUILT_IN_TYPES,
    SERVICES,
    Element,
    SchemaType,
    load_service,
    parse_version,
)

REPOSITORY = Path(__file__).parents[4]
CONTRACT = REPOSITORY.parent / "shared/reference/workday/soap-contract.json"
SERVED = [
    (service, operation)
    for service in SERVICES
    for operation in load_service(service).operations
]


@cache
def contract() -> Any:
    if not CONTRACT.exists():
        pytest.skip(f"the contract is not beside the repository: {CONTRACT.name}")
    return json.loads(CONTRACT.read_text(encoding="utf-8"))


def tree(service: str, operation: str, direction: str) -> Any:
    [found] = [
        entry
        for entry in contract()["operations"]
        if (entry["service"], entry["operation"]) == (service, operation)
    ]
    return found[direction].get("tree", found[direction])


def differences(
    service: str, node: Any, type_name: str, path: str
) -> Iterator[tuple[str, Any, Any]]:
    if type_name in BUILT_IN_TYPES:
        if node["type"] != type_name:
            yield path, node["type"], type_name
        return
    schema = load_service(service).types[type_name]
    if node.get("recursive"):
        return
    if node.get("kind") == "reference":
        yield from reference_differences(node, schema, path)
        return
    if bool(node.get("pruned")) != schema.is_open:
        yield path, node.get("pruned"), schema.is_open
    attributes = {item["name"] for item in node.get("attrs") or ()}
    if attributes != set(schema.attributes):
        yield path, attributes, set(schema.attributes)
    known = [e for e in schema.elements if not (e.variant or e.since > (0, 0))]
    children = node.get("children") or []
    names = [child["name"] for child in children]
    if names != [element.name for element in known]:
        yield path, names, [element.name for element in known]
        return
    for child, element in zip(children, known, strict=True):
        place = f"{path}/{child['name']}"
        yield from element_differences(child, element, place)
        yield from differences(service, child, element.type_name, place)


def element_differences(
    child: Any, element: Element, path: str
) -> Iterator[tuple[str, Any, Any]]:
    most = None if child["max"] == "unbounded" else child["max"]
    if most != element.maximum:
        yield path, most, element.maximum
    # One type may be told twice: open where it is sent, optional where it is read.
    if child["min"] != element.minimum and {child["min"], element.minimum} != {0, None}:
        yield path, child["min"], element.minimum
    if child.get("choice", "") != element.choice:
        yield path, child.get("choice"), element.choice
    facets = {name: int(limit) for name, limit in (child.get("facets") or {}).items()}
    if facets != dict(element.facets):
        yield path, facets, element.facets


def reference_differences(
    node: Any, schema: SchemaType, path: str
) -> Iterator[tuple[str, Any, Any]]:
    facts = contract()["reference_types"].get(node["type"], {})
    ids = facts.get("id_types") or facts.get("id_types_inferred")
    if not schema.is_reference:
        yield path, "reference", "something else"
    elif ids is None or schema.reference_ids is None:
        if ids is not None or schema.reference_ids is not None:
            yield path, ids, schema.reference_ids
    elif not schema.reference_ids <= set(ids):
        yield path, ids, schema.reference_ids


@pytest.mark.parametrize("direction", ["request", "response"])
@pytest.mark.parametrize(("service", "operation"), SERVED)
def test_the_trees_are_those_of_the_contract(
    service: str, operation: str, direction: str
) -> None:
    served = load_service(service).operations[operation]
    node = tree(service, operation, direction)
    element, type_name = (
        (served.request_element, served.request_type)
        if direction == "request"
        else (served.response_element, served.response_type)
    )
    assert node["name"] == element
    assert list(differences(service, node, type_name, element)) == []


def test_every_operation_has_a_handler() -> None:
    assert {operation for _, operation in SERVED} == set(HANDLERS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v28.0", (28, 0)),
        ("v46.1", (46, 1)),
        ("v47.0", (47, 0)),
        ("v47.1", None),
        ("v27.2", None),
        ("46.0", None),
        ("v46", None),
        ("vx.y", None),
    ],
)
def test_versions_are_read_strictly(
    text: str, expected: tuple[int, int] | None
) -> None:
    assert parse_version(text) == expected


def test_a_seed_that_names_nothing_known_is_refused(open_world: Any) -> None:
    with pytest.raises(KeyError, match="Job_Family_ID F-ENG"):
        open_world(job_families=())


def test_a_world_is_lenient_unless_told(world: World) -> None:
    assert not world.tenant.seed.is_strict
