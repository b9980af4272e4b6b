"""The REST facts the sandbox carries: taken from the contract, and held to in tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, jsonify
from rest_witness import Witness, contract, witness

from adapters.workday.sandbox.rest import HANDLERS
from adapters.workday.sandbox.rest_shapes import document

REPOSITORY = Path(__file__).parents[4]
CONTRACT = REPOSITORY.parent / "shared/reference/workday/rest-contract.json"
OPERATIONS = [
    (path, method)
    for path, methods in document()["paths"].items()
    for method in methods
]
#: Members that we neither send nor read.
LEFT_OUT = {"attachments"}


@cache
def published() -> Any:
    if not CONTRACT.exists():
        pytest.skip(f"the contract is not beside the repository: {CONTRACT.name}")
    return json.loads(CONTRACT.read_text(encoding="utf-8"))


def in_the_contract(path: str, method: str) -> Any:
    _, _, _, service, _, _, *rest = path.split("/")
    wanted = (service, method.upper(), "/" + "/".join(rest))
    (found,) = [
        one
        for one in published()["operations"]
        if (one["service"], one["method"], one["path"]) == wanted
    ]
    return found


def resolved(schema: Any) -> Any:
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].rpartition("/")[2]
    known = document()["components"]["schemas"]
    return known.get(name) or published()["definitions"][name]


def differences(ours: Any, theirs: Any, place: str) -> Iterator[str]:
    ours, theirs = resolved(ours), resolved(theirs)
    if ours["type"] != theirs["type"]:
        yield f"{place}: {ours['type']}, not {theirs['type']}"
        return
    if sorted(ours.get("required", ())) != sorted(theirs.get("required", ())):
        yield f"{place}: requires {ours.get('required')}, not {theirs.get('required')}"
    for name in ("format", "pattern", "readOnly"):
        if ours.get(name) != theirs.get(name) and theirs.get(name) != "int64":
            yield f"{place}: {name} is {ours.get(name)}, not {theirs.get(name)}"
    members = theirs.get("properties", {})
    for name, inner in ours.get("properties", {}).items():
        if name in members:
            yield from differences(inner, members[name], f"{place}/{name}")
        else:
            yield f"{place}: has {name}"
    for name in set(members) - set(ours.get("properties", {})) - LEFT_OUT:
        yield f"{place}: lacks {name}"
    if "items" in ours:
        yield from differences(ours["items"], theirs["items"], f"{place}[]")


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_is_as_published(path: str, method: str) -> None:
    ours = document()["paths"][path][method]
    theirs = in_the_contract(path, method)
    names = {one["name"] for one in ours["parameters"]} - {"tenant"}
    assert names == {one["name"] for one in theirs["params"]}
    version = path.split("/")[4]
    assert version == theirs["current_version"]
    found = []
    if "request_body" in theirs:
        body = ours["requestBody"]["content"]["application/json"]["schema"]
        found += differences(body, theirs["request_body"], "request")
    for status, schema in theirs["responses"].items():
        answer = ours["responses"][status]["content"]["application/json"]["schema"]
        found += differences(answer, schema, status)
    assert found == []


def test_the_facts_are_an_openapi_document() -> None:
    assert contract().spec is not None
    served = {fact["operationId"] for _, fact in _facts()}
    assert served == set(HANDLERS)


def _facts() -> Iterator[tuple[str, Any]]:
    for path, methods in document()["paths"].items():
        for fact in methods.values():
            yield path, fact


TYPES = "/ccx/api/businessProcess/v1/acme/types"


@pytest.mark.parametrize(
    ("path", "answer", "problems"),
    [
        (TYPES, {"total": 0, "data": []}, 0),
        (TYPES, {"total": "none", "data": []}, 1),
        (f"{TYPES}?limit=5000", {"total": 0, "data": []}, 1),
        ("/ccx/api/staffing/v1/acme/nowhere", {"total": 0}, 2),
        ("/elsewhere", {"total": "none"}, 0),
    ],
)
def test_a_wrong_exchange_does_not_pass_unseen(
    rest_exchanges: Witness, path: str, answer: dict[str, Any], problems: int
) -> None:
    app = Flask("lax")
    app.add_url_rule("/<path:_>", view_func=lambda _: jsonify(answer))
    with witness() as one:
        app.test_client().get(path)
    assert len(one.problems) == problems
    rest_exchanges.problems.clear()
