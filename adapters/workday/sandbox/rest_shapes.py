"""The REST contract the sandbox obeys, and what a request has against it.

`contract/rest.json` holds the used part of the official files (staffing v6 and v7,
businessProcess v1) as an OpenAPI document of our own. What those leave open is refused:
an unknown member or query parameter is a mistake of ours.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker


@dataclass(frozen=True, slots=True)
class Operation:
    """One REST operation: its id, path template, query parameters and body."""

    name: str
    method: str
    template: tuple[str, ...]
    query: Mapping[str, Mapping[str, Any]]
    body: str


@cache
def document() -> dict[str, Any]:
    """Return the whole OpenAPI document."""
    path = Path(__file__).parent / "contract" / "rest.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def find_operation(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """Return the operation of a request and the values of its path, if there is one."""
    parts = path.strip("/").split("/")
    for operation in _operations():
        if operation.method == method and len(operation.template) == len(parts):
            values = _values(operation.template, parts)
            if values is not None:
                return operation, values
    return None


def has_path(path: str) -> bool:
    """Tell whether any method is served at a path."""
    return any(
        find_operation(method, path) for method in ("get", "post", "patch", "put")
    )


def _values(template: Collection[str], parts: Collection[str]) -> dict[str, str] | None:
    values = {}
    for wanted, part in zip(template, parts, strict=True):
        if wanted.startswith("{"):
            values[wanted.strip("{}")] = part
        elif wanted != part:
            return None
    return values


@cache
def _operations() -> tuple[Operation, ...]:
    found = []
    for path, methods in document()["paths"].items():
        for method, fact in methods.items():
            content = fact.get("requestBody", {}).get("content", {})
            reference = content.get("application/json", {}).get("schema", {})
            found.append(
                Operation(
                    name=fact["operationId"],
                    method=method,
                    template=tuple(path.strip("/").split("/")),
                    query={
                        one["name"]: one["schema"]
                        for one in fact["parameters"]
                        if one["in"] == "query"
                    },
                    body=str(reference.get("$ref", "")).rpartition("/")[2],
                )
            )
    return tuple(found)


def problems_of_body(operation: Operation, body: object) -> list[tuple[str, str]]:
    """Return (field, what is wrong) for a request's body, read-only members too."""
    if not operation.body:
        return []
    found = [
        (".".join(str(part) for part in error.absolute_path), error.message)
        for error in _validator(operation.body).iter_errors(body)
    ]
    schema = document()["components"]["schemas"][operation.body]
    return found + [(name, "it is read only") for name in _read_only(schema, body, "")]


@cache
def _validator(name: str) -> Draft202012Validator:
    schema = {**document(), "$ref": f"#/components/schemas/{name}"}
    return Draft202012Validator(schema, format_checker=FormatChecker())


def _read_only(schema: Mapping[str, Any], value: object, place: str) -> list[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = document()["components"]["schemas"][name]
    if not isinstance(value, dict):
        return []
    found = []
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            where = f"{place}.{name}".strip(".")
            if inner.get("readOnly"):
                found.append(where)
            found += _read_only(inner, value[name], where)
    return found
