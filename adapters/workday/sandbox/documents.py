"""Documents: the data part of an object, read from and written as contract elements.

A document maps element names to values; wire order comes from the contract. Reading
resolves references to instances; merging follows the platform's rules for what a Put
leaves alone, replaces or removes (NOTES 5).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from lxml import etree

from adapters.workday.sandbox.faults import ValidationProblem
from adapters.workday.sandbox.markup import Node
from adapters.workday.sandbox.store import WID, Instance, Store
from adapters.workday.sandbox.trees import (
    BUILT_IN_TYPES,
    DATA_NAMESPACE,
    Element,
    SchemaType,
    ServiceContract,
)

Document: TypeAlias = "dict[str, Value]"
Value: TypeAlias = "str | Instance | Document | list[Value] | None"
DELETE = "@Delete"


def tag(name: str) -> str:
    """Return the qualified name of a data element or attribute."""
    return f"{{{DATA_NAMESPACE}}}{name}"


def text_of(document: Mapping[str, Value], name: str) -> str:
    """Return a text value, empty when it is not there."""
    value = document.get(name)
    return value if isinstance(value, str) else ""


def part_of(document: Mapping[str, Value], name: str) -> Document:
    """Return a nested group, empty when it is not there."""
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def items_of(document: Mapping[str, Value], name: str) -> list[Value]:
    """Return the values of a repeating element, one or many."""
    value = document.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def rows_of(document: Mapping[str, Value], name: str) -> list[Document]:
    """Return the rows of a repeating group."""
    return [row for row in items_of(document, name) if isinstance(row, dict)]


def instance_of(document: Mapping[str, Value], name: str) -> Instance | None:
    """Return the instance a reference element denotes."""
    value = document.get(name)
    return value if isinstance(value, Instance) else None


def instances_of(document: Mapping[str, Value], name: str) -> list[Instance]:
    """Return the instances of a repeating reference element."""
    return [item for item in items_of(document, name) if isinstance(item, Instance)]


def ids_of(reference: etree._Element) -> list[tuple[str, str]]:
    """Return the (type, value) pairs of a reference element."""
    return [
        (child.get(tag("type")) or "", (child.text or "").strip())
        for child in reference.iterchildren(tag("ID"))
    ]


@dataclass(slots=True)
class Reader:
    """Reads checked request elements; unknown references are collected as problems."""

    contract: ServiceContract
    store: Store
    problems: list[ValidationProblem] = field(default_factory=list)

    def document(self, element: etree._Element, type_name: str, path: str) -> Document:
        """Read a group into a document."""
        schema = self.contract.types[type_name]
        found: Document = {}
        if element.get(tag("Delete")) in {"1", "true"}:
            found[DELETE] = "1"
        counts: dict[str, int] = {}
        for child in element.iterchildren(tag=etree.Element):
            name = etree.QName(child).localname
            counts[name] = counts.get(name, 0) + 1
            declared = schema.elements[schema.positions[name]]
            place = f"{path}/bsvc:{name}[{counts[name]}]"
            value = self._value(child, declared.type_name, place)
            if value is None and declared.minimum == 1 and not ids_of(child):
                self.problems.append(
                    ValidationProblem(f"Element {name} needs an ID", place)
                )
            if declared.maximum == 1:
                found[declared.key] = value
            else:
                rows = found.setdefault(declared.key, [])
                if isinstance(rows, list):
                    rows.append(value)
        return found

    def _value(self, element: etree._Element, type_name: str, path: str) -> Value:
        if type_name in BUILT_IN_TYPES:
            return _canonical(element.text or "", type_name)
        schema = self.contract.types[type_name]
        if schema.is_reference:
            return self.reference(element, schema, path)
        if schema.is_open:
            return element.text or ""
        return self.document(element, type_name, path)

    def reference(
        self, element: etree._Element, schema: SchemaType, path: str
    ) -> Instance | None:
        """Resolve a reference; None when it is empty or unknown (a problem then)."""
        found: Instance | None = None
        for number, (id_type, value) in enumerate(ids_of(element), 1):
            place = f"{path}/bsvc:ID[{number}]"
            instance = self.store.find(id_type, value)
            if instance is None or not suits(instance, schema):
                self.problems.append(unknown_id(id_type, value, place))
                continue
            if found is not None and instance is not found:
                self.problems.append(
                    ValidationProblem(
                        "The IDs of one reference must denote the same object", place
                    )
                )
            found = instance
        return found


def suits(instance: Instance, schema: SchemaType) -> bool:
    """Tell whether an instance may stand in a reference of this type."""
    allowed = schema.reference_ids
    if allowed is None or allowed <= {WID, "IID"}:
        return True
    return not allowed.isdisjoint(instance.reference_ids)


def unknown_id(id_type: str, value: str, path: str) -> ValidationProblem:
    """Return the platform's words for an ID it does not know (NOTES 2.3)."""
    return ValidationProblem(
        f"Invalid ID value.  '{value}' is not a valid ID value for type = '{id_type}'",
        path,
    )


def _canonical(text: str, type_name: str) -> str:
    if type_name == "boolean":
        return "1" if text.strip() in {"1", "true"} else "0"
    if type_name == "date":
        return text.strip()[:10]
    if type_name in {"decimal", "dateTime"}:
        return text.strip()
    return text


def merge(
    contract: ServiceContract, schema: SchemaType, old: Document, new: Document
) -> Document:
    """Return `old` changed by what a Put sent: absent is unchanged, empty is cleared.

    Rows with a Delete attribute are merged by their reference; `*_Replacement` groups
    and other repeating elements are replaced as a whole.
    """
    merged = dict(old)
    for name, value in new.items():
        declared = schema.by_key[name]
        kept = _merged(contract, declared, merged.get(name), value)
        if kept is None or kept in ("", []):
            merged.pop(name, None)
        else:
            merged[name] = kept
    return merged


def _merged(
    contract: ServiceContract, declared: Element, old: Value, new: Value
) -> Value:
    schema = contract.types.get(declared.type_name)
    if schema is None or not schema.is_group or not isinstance(new, dict | list):
        return new
    if isinstance(new, list):
        if "Delete" not in schema.attributes:
            return new
        return _merged_rows(schema, old if isinstance(old, list) else [], new)
    if declared.name.endswith("_Replacement"):
        return None if DELETE in new else new
    return merge(contract, schema, old if isinstance(old, dict) else {}, new)


def _merged_rows(
    schema: SchemaType, old: Iterable[Value], new: Iterable[Value]
) -> list[Value]:
    name = row_key(schema)
    rows = {id(instance_of(row, name)): row for row in _documents(old)}
    for row in _documents(new):
        key = id(instance_of(row, name))
        if DELETE in row:
            rows.pop(key, None)
        else:
            rows[key] = row
    return list(rows.values())


def _documents(rows: Iterable[Value]) -> Iterator[Document]:
    return (row for row in rows if isinstance(row, dict))


def row_key(schema: SchemaType) -> str:
    """Return the element whose reference tells the rows of a group apart."""
    names = [e.key for e in schema.elements if e.name.endswith("_Reference")]
    required = [e.key for e in schema.elements if e.key in names and e.minimum == 1]
    return (required or names)[0]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes documents and references as response nodes, in contract order."""

    contract: ServiceContract
    with_descriptors: bool

    def reference(
        self, name: str, instance: Instance | None, type_name: str = ""
    ) -> Node | None:
        """Write a reference: WID first, then the IDs its type may carry."""
        if instance is None:
            return None
        schema = self.contract.types.get(type_name)
        allowed = schema.reference_ids if schema else None
        ids = [Node("ID", text=instance.wid, attributes={"type": WID})]
        ids += [
            Node("ID", text=value, attributes={"type": id_type})
            for id_type, value in instance.reference_ids.items()
            if allowed is None or id_type in allowed
        ]
        shown = {"Descriptor": instance.descriptor} if self.with_descriptors else {}
        return Node(name, tuple(ids), attributes=shown)

    def nodes(
        self,
        document: Mapping[str, Value],
        type_name: str,
        only: Collection[str] | None = None,
    ) -> list[Node]:
        """Write the elements of a document; `only` limits them by name."""
        schema = self.contract.types[type_name]
        written: list[Node] = []
        for declared in schema.elements:
            if only is not None and declared.key not in only:
                continue
            for value in items_of(document, declared.key):
                node = self._node(declared, value)
                if node is not None:
                    written.append(node)
        return written

    def _node(self, declared: Element, value: Value) -> Node | None:
        if isinstance(value, Instance):
            return self.reference(declared.name, value, declared.type_name)
        if isinstance(value, dict):
            return Node(declared.name, tuple(self.nodes(value, declared.type_name)))
        return Node(declared.name, text=value) if isinstance(value, str) else None
