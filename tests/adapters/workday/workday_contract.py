"""Checks a request element against the contract's tree of its operation.

Reads the reference beside the repository; independent of the sandbox's own checks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

NAMESPACE = "urn:com.workday/bsvc"
PATH = (
    Path(__file__).parents[3].parent
    / "shared"
    / "reference"
    / "workday"
    / "soap-contract.json"
)


@cache
def contract() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return loaded


@cache
def request_tree(service: str, operation: str) -> dict[str, Any]:
    for entry in contract()["operations"]:
        if (entry["service"], entry["operation"]) == (service, operation):
            tree: dict[str, Any] = entry["request"]
            return tree
    message = f"the contract has no {service}.{operation}"
    raise AssertionError(message)


def problems(
    element: etree._Element, node: dict[str, Any], *, is_strict: bool
) -> Iterator[str]:
    """Yield every way in which an element differs from its node.

    Strict takes an element as required where the contract does not know.
    """
    yield from _element(element, node, node["name"], is_strict)


def _element(
    element: etree._Element, node: dict[str, Any], path: str, is_strict: bool
) -> Iterator[str]:
    if element.tag != f"{{{NAMESPACE}}}{node['name']}":
        yield f"{path}: is {element.tag}"
    if node.get("kind") == "reference":
        yield from _reference(element, node, path)
        return
    yield from _attributes(element, {a["name"] for a in node.get("attrs", ())}, path)
    children = node.get("children", [])
    if not children:
        yield from _value(element.text or "", node, path)
        return
    yield from _children(element, node, path, is_strict)


def _children(
    element: etree._Element, node: dict[str, Any], path: str, is_strict: bool
) -> Iterator[str]:
    declared = {child["name"]: child for child in node["children"]}
    order = list(declared)
    counts: Counter[str] = Counter()
    last = 0
    for child in element:
        name = etree.QName(child).localname
        if name not in declared:
            yield f"{path}: {name} is not in the contract"
            continue
        if order.index(name) < last:
            yield f"{path}: {name} is out of order"
        last = order.index(name)
        counts[name] += 1
        yield from _element(child, declared[name], f"{path}/{name}", is_strict)
    for name, child in declared.items():
        yield from _count(name, child, counts[name], path, is_strict)
    for group in node.get("choice_groups", {}):
        members = [c["name"] for c in node["children"] if c.get("choice") == group]
        taken = [name for name in members if counts[name]]
        if len(taken) > 1 or (is_strict and not taken):
            yield f"{path}: one of {members}, not {taken}"


def _count(
    name: str, node: dict[str, Any], count: int, path: str, is_strict: bool
) -> Iterator[str]:
    least = node.get("min")
    if least is None:
        least = int(is_strict and (path.split("/")[-1], name) not in OPTIONAL)
    if "choice" not in node and count < least:
        yield f"{path}: {name} is missing"
    most = node.get("max")
    if isinstance(most, int) and count > most:
        yield f"{path}: {name} occurs {count} times"


#: Open elements that cannot be required: what they name may not exist.
OPTIONAL = {
    ("Proficiency_Rating_Data", "Proficiency_Rating_Reference"),
    ("Proficiency_Rating_Data", "Proficiency_Rating_Behavior_Data"),
    ("Proficiency_Rating_Scale_Data", "Proficiency_Rating_Data"),
    ("Competency_Data", "Competency_Category_Reference"),
    ("Competency_Data", "Proficiency_Rating_Behavior_Data"),
    ("Certification_Data", "Issuer_Reference"),
    ("Certification_Data", "Country_Reference"),
    ("Certification_Data", "Restrict_to_Country_Region_Reference"),
    # A new goal has no reference yet; categories, statuses and targets are the tenant's
    # own set-up, and the targets exclude one another.
    ("Worker_Goal_Detail_Data", "Goal_Reference"),
    ("Worker_Goal_Detail_Data", "Goal_Category_Reference"),
    ("Worker_Goal_Detail_Data", "Organization_Goal_Reference"),
    ("Worker_Goal_Detail_Data", "Status_Reference"),
    ("Worker_Goal_Detail_Data", "Goal_Comment_Data"),
    ("Worker_Goal_Detail_Data", "Worker_Goal_Milestone_Detail_Data"),
    ("Worker_Goal_Detail_Data", "Goal_Amount_Data"),
    ("Worker_Goal_Detail_Data", "Goal_Percent_Data"),
    ("Worker_Goal_Detail_Data", "Goal_Unit_Data"),
    ("Certification_Data", "Specialty_Reference"),
    ("Manage_Training_Data", "Source_Reference"),
    ("Manage_Certifications_Data", "Source_Reference"),
    ("Manage_Competencies_Data", "Source_Reference"),
    ("Competency", "Assessed_By_Role_Reference"),
}


def _attributes(element: etree._Element, allowed: set[str], path: str) -> Iterator[str]:
    for key in element.attrib:
        name = etree.QName(str(key))
        if name.namespace != NAMESPACE or name.localname not in allowed:
            yield f"{path}: attribute {name.localname} is not in the contract"


def _reference(
    element: etree._Element, node: dict[str, Any], path: str
) -> Iterator[str]:
    known = contract()["reference_types"].get(node["type"], {}).get("id_types")
    for child in element:
        if etree.QName(child).localname != "ID":
            yield f"{path}: {child.tag} is not in the contract"
        id_type = child.get(f"{{{NAMESPACE}}}type")
        if id_type is None:
            yield f"{path}: an ID without a type"
        elif known is not None and id_type not in known:
            yield f"{path}: {id_type} is no ID type of {node['type']}"
        if not child.text:
            yield f"{path}: an empty ID"


def _value(text: str, node: dict[str, Any], path: str) -> Iterator[str]:
    kind = node.get("type")
    try:
        if kind == "date":
            date.fromisoformat(text)
        elif kind == "dateTime":
            datetime.fromisoformat(text)
        elif kind == "decimal":
            yield from _decimal(Decimal(text), node.get("facets", {}), path)
    except (ValueError, ArithmeticError):
        yield f"{path}: {text!r} is no {kind}"
    if kind == "boolean" and text not in {"true", "false", "1", "0"}:
        yield f"{path}: {text!r} is no boolean"


def _decimal(number: Decimal, facets: dict[str, str], path: str) -> Iterator[str]:
    _, digits, exponent = number.as_tuple()
    fraction = max(0, -int(exponent))
    if len(digits) > int(facets.get("totalDigits", len(digits))):
        yield f"{path}: {number} has too many digits"
    if fraction > int(facets.get("fractionDigits", fraction)):
        yield f"{path}: {number} has too many decimals"
    if number < int(facets.get("minInclusive", -(10**9))):
        yield f"{path}: {number} is too small"
