"""Compare an element with its contract tree: order, names, counts, attributes, values.

Each problem becomes a validation error. This module knows the schema only; what a
value refers to is decided elsewhere.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from adapters.workday.sandbox.faults import ValidationProblem
from adapters.workday.sandbox.trees import (
    BUILT_IN_TYPES,
    DATA_NAMESPACE,
    Attribute,
    Element,
    SchemaType,
    ServiceContract,
)

_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_ID_ATTRIBUTES = {
    "type": Attribute("type", "string", is_required=True),
    "parent_id": Attribute("parent_id", "string", is_required=False),
    "parent_type": Attribute("parent_type", "string", is_required=False),
}
_REFERENCE_ATTRIBUTES = {
    "Descriptor": Attribute("Descriptor", "string", is_required=False)
}
# Open cardinalities (contract `min` null) that even the strict profile leaves
# optional, because the object could not be written otherwise or holds none.
OPTIONAL_EVEN_WHEN_STRICT = frozenset(
    {
        # A rating that is being created has no reference yet.
        ("Proficiency_Rating_DataType", "Proficiency_Rating_Reference"),
        ("Proficiency_Rating_DataType", "Proficiency_Rating_Behavior_Data"),
        # A competency may have no category and no behaviours.
        ("Competency_DataType", "Competency_Category_Reference"),
        ("Competency_DataType", "Proficiency_Rating_Behavior_Data"),
        # A certification may be good everywhere, have no specialty, and name its issuer
        # by a text.
        ("Certification_DataType", "Issuer_Reference"),
        ("Certification_DataType", "Country_Reference"),
        ("Certification_DataType", "Restrict_to_Country_Region_Reference"),
        ("Certification_DataType", "Specialty_Reference"),
        # Sources of achievements are a tenant's own set-up.
        ("Manage_Worker_Training_DataType", "Source_Reference"),
        ("Manage_Certifications_Data_for_RoleType", "Source_Reference"),
        ("Manage_Competencies_DataType", "Source_Reference"),
        # Only a person assesses in a role: what learning showed has nobody's name.
        ("Competency_Achievement_DataType", "Assessed_By_Role_Reference"),
        # A goal that is being added has no reference yet; categories, statuses and
        # targets are a tenant's own set-up, and the targets exclude one another.
        *(
            ("Worker_Goal_Detail_DataType", name)
            for name in (
                "Goal_Reference",
                "Goal_Category_Reference",
                "Organization_Goal_Reference",
                "Status_Reference",
                "Goal_Comment_Data",
                "Worker_Goal_Milestone_Detail_Data",
                "Goal_Amount_Data",
                "Goal_Percent_Data",
                "Goal_Unit_Data",
            )
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Profile:
    """How to read the contract: version, tenant variants, strictness."""

    version: tuple[int, int]
    variants: frozenset[str]
    is_strict: bool


@dataclass(frozen=True, slots=True)
class Checker:
    """Walks elements along one service's types."""

    contract: ServiceContract
    profile: Profile

    def problems(
        self, element: etree._Element, type_name: str
    ) -> list[ValidationProblem]:
        """Return everything in which an element differs from its type."""
        return list(self._element(element, type_name, f"/{_step(element)}[1]"))

    def _element(
        self, element: etree._Element, type_name: str, path: str
    ) -> Iterator[ValidationProblem]:
        schema = self.contract.types[type_name]
        if schema.is_open:
            return
        if schema.is_reference:
            yield from _reference(element, schema, path)
            return
        yield from _attributes(element, schema.attributes, path)
        if (element.text or "").strip():
            yield ValidationProblem(
                f"Text is not allowed in element {_name(element)}", path
            )
        yield from self._children(element, schema, path)

    def _children(
        self, parent: etree._Element, schema: SchemaType, path: str
    ) -> Iterator[ValidationProblem]:
        counts: Counter[str] = Counter()
        position = 0
        for child in parent.iterchildren(tag=etree.Element):
            name = _name(child)
            declared = self._declared(child, schema)
            if declared is None or schema.positions[name] < position:
                yield _misplaced(child, parent, f"{path}/{_step(child)}[1]")
                continue
            position = schema.positions[name]
            counts[name] += 1
            place = f"{path}/{_step(child)}[{counts[name]}]"
            if declared.maximum is not None and counts[name] > declared.maximum:
                yield ValidationProblem(
                    f"Element {name} may occur only {declared.maximum} time(s) in "
                    f"element {_name(parent)}",
                    place,
                )
                continue
            yield from self._child(child, declared, place)
        yield from self._missing(parent, schema, counts, path)

    def _declared(self, child: etree._Element, schema: SchemaType) -> Element | None:
        if etree.QName(child).namespace != DATA_NAMESPACE:
            return None
        position = schema.positions.get(_name(child))
        if position is None:
            return None
        declared = schema.elements[position]
        if declared.since > self.profile.version:
            return None
        if declared.variant and declared.variant not in self.profile.variants:
            return None
        return declared

    def _child(
        self, child: etree._Element, declared: Element, place: str
    ) -> Iterator[ValidationProblem]:
        if declared.type_name in BUILT_IN_TYPES:
            yield from _attributes(child, {}, place)
            yield from _simple(child, declared.type_name, declared.facets, place)
        else:
            yield from self._element(child, declared.type_name, place)

    def _missing(
        self,
        parent: etree._Element,
        schema: SchemaType,
        counts: Mapping[str, int],
        path: str,
    ) -> Iterator[ValidationProblem]:
        for declared in schema.elements:
            if declared.choice or counts[declared.name]:
                continue
            if self._minimum(schema, declared) > 0:
                yield ValidationProblem(
                    f"Element {declared.name} is required in element {_name(parent)}",
                    f"{path}/bsvc:{declared.name}[1]",
                )
        for choice, (low, high) in schema.choices.items():
            members = [e.name for e in schema.elements if e.choice == choice]
            taken = [name for name in members if counts[name]]
            least = low if low is not None else int(self.profile.is_strict)
            if len(taken) < least or (high is not None and len(taken) > high):
                yield ValidationProblem(
                    f"One of {', '.join(members)} is required in element "
                    f"{_name(parent)}, not {len(taken)}",
                    path,
                )

    def _minimum(self, schema: SchemaType, declared: Element) -> int:
        if declared.minimum is not None:
            return declared.minimum
        if (schema.name, declared.name) in OPTIONAL_EVEN_WHEN_STRICT:
            return 0
        return int(self.profile.is_strict)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _step(element: etree._Element) -> str:
    return f"bsvc:{_name(element)}"


def _misplaced(
    child: etree._Element, parent: etree._Element, path: str
) -> ValidationProblem:
    # NOTES 2.7: an unknown element and one out of order read alike.
    name = etree.QName(child)
    return ValidationProblem(
        f"Invalid Subelement {name.localname}-{name.namespace or ''} "
        f"for element {_name(parent)}",
        path,
    )


def _attributes(
    element: etree._Element, allowed: Mapping[str, Attribute], path: str
) -> Iterator[ValidationProblem]:
    seen = set()
    for key, value in element.attrib.items():
        name = etree.QName(str(key))
        if name.namespace == _SCHEMA_INSTANCE:
            continue
        declared = allowed.get(name.localname)
        if declared is None or name.namespace != DATA_NAMESPACE:
            yield ValidationProblem(
                f"Invalid attribute {name.localname} for element {_name(element)}",
                f"{path}/@{name.localname}",
            )
            continue
        seen.add(name.localname)
        yield from _value(
            str(value), declared.type_name, {}, f"{path}/@bsvc:{name.localname}"
        )
    for declared in allowed.values():
        if declared.is_required and declared.name not in seen:
            yield ValidationProblem(
                f"Attribute {declared.name} is required for element {_name(element)}",
                f"{path}/@bsvc:{declared.name}",
            )


def _reference(
    element: etree._Element, schema: SchemaType, path: str
) -> Iterator[ValidationProblem]:
    yield from _attributes(element, _REFERENCE_ATTRIBUTES, path)
    count = 0
    for child in element.iterchildren(tag=etree.Element):
        if child.tag != f"{{{DATA_NAMESPACE}}}ID":
            yield _misplaced(child, element, f"{path}/{_step(child)}[1]")
            continue
        count += 1
        place = f"{path}/bsvc:ID[{count}]"
        yield from _attributes(child, _ID_ATTRIBUTES, place)
        id_type = child.get(f"{{{DATA_NAMESPACE}}}type")
        known = schema.reference_ids
        if id_type is not None and known is not None and id_type not in known:
            yield ValidationProblem(
                f"Invalid ID type.  '{id_type}' is not a valid ID type for element "
                f"{_name(element)}",
                place,
            )


def _simple(
    element: etree._Element, type_name: str, facets: Mapping[str, int], path: str
) -> Iterator[ValidationProblem]:
    for child in element.iterchildren(tag=etree.Element):
        yield _misplaced(child, element, f"{path}/{_step(child)}[1]")
        return
    yield from _value(element.text or "", type_name, facets, path)


def _value(
    text: str, type_name: str, facets: Mapping[str, int], path: str
) -> Iterator[ValidationProblem]:
    if not _is_valid(text, type_name):
        yield ValidationProblem(f"'{text}' is not a valid {type_name} value", path)
        return
    if facets and not _is_within(text, type_name, facets):
        yield ValidationProblem(
            f"'{text[:40]}' breaks the limits of the element: "
            + ", ".join(f"{name} {limit}" for name, limit in facets.items()),
            path,
        )


def _is_valid(text: str, type_name: str) -> bool:
    if type_name == "boolean":
        return text.strip() in {"true", "false", "1", "0"}
    if type_name == "decimal":
        return _DECIMAL.fullmatch(text.strip()) is not None
    if type_name in {"date", "dateTime", "base64Binary"}:
        return _is_parsed(text.strip(), type_name)
    return True


def _is_parsed(text: str, type_name: str) -> bool:
    try:
        if type_name == "date":
            date.fromisoformat(text[:10])
        elif type_name == "dateTime":
            datetime.fromisoformat(text)
            return "T" in text
        else:
            b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return False
    return True


def _is_within(text: str, type_name: str, facets: Mapping[str, int]) -> bool:
    if type_name != "decimal":
        return len(text) <= facets.get("maxLength", len(text))
    whole, _, fraction = text.strip().lstrip("+-").partition(".")
    fraction = fraction.rstrip("0")
    digits = len(whole.lstrip("0")) + len(fraction)
    return (
        digits <= facets.get("totalDigits", digits)
        and len(fraction) <= facets.get("fractionDigits", len(fraction))
        and float(text) >= facets.get("minInclusive", float(text))
    )
