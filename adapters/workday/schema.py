"""A tenant's own WSDL against what the builders emit.

Elements may come or move between versions and enabled modules (NOTES 17); a request
that the tenant's schema does not take is better known before the first write. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from adapters.workday.elements import Element, local_name
from adapters.workday.facts import FLAGS, OPERATIONS, ORDER
from adapters.workday.soap import no_envelope, parse_document

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_PARTICLES = frozenset({f"{_XSD}sequence", f"{_XSD}choice", f"{_XSD}all"})


@dataclass(frozen=True, slots=True)
class _Member:
    """An element inside a type; `shape` holds its children where it is inline."""

    name: str
    type_name: str
    shape: Element | None
    is_required: bool


class TenantSchema:
    """The schema inside a WSDL.

    Raises:
        ReplyError: the document is no WSDL with a schema.
    """

    def __init__(self, wsdl: bytes, service: str) -> None:
        root = parse_document(wsdl, operation=f"{service}?wsdl")
        schemas = list(root.iter(f"{_XSD}schema"))
        if not schemas:
            raise no_envelope(f"{service}?wsdl")
        self._service = service
        self._types: dict[str, Element] = {}
        self._elements: dict[str, Element] = {}
        for schema in schemas:
            for child in schema.iterchildren(tag=etree.Element):
                kept = {
                    f"{_XSD}complexType": self._types,
                    f"{_XSD}element": self._elements,
                }.get(str(child.tag))
                if kept is not None:
                    kept[child.get("name", "")] = child

    def differences(self, operations: Iterable[str]) -> list[str]:
        """Return every element path of some operations that the tenant takes otherwise.

        Operations of other services are left out.
        """
        found: list[str] = []
        for name in operations:
            operation = OPERATIONS[name]
            if operation.service != self._service:
                continue
            element = self._elements.get(operation.request)
            if element is None:
                found.append(f"{operation.request} is not there")
            else:
                member = _member(element, is_choice=False)
                found.extend(self._compare(member, "", operation.request))
        return found

    def lacking(self, request: Element) -> list[str]:
        """Return what the tenant requires and a request of ours leaves out.

        Elements that we do not know at all are among the differences already.
        """
        name = local_name(request)
        element = self._elements.get(name)
        if element is None:
            return []
        member = _member(element, is_choice=False)
        return list(self._lacking(member, request, "", name))

    def _lacking(
        self, member: _Member, sent: Element, within: str, path: str
    ) -> Iterator[str]:
        ours = ORDER.get(f"{within}/{member.name}", ORDER.get(member.name, ()))
        children = list(sent.iterchildren(tag=etree.Element))
        names = {local_name(child) for child in children}
        theirs = {inner.name: inner for inner in self._members(member)}
        for name, inner in theirs.items():
            if inner.is_required and name in ours and name not in names:
                yield f"{path}/{name} is required, and we may leave it out"
        for child in children:
            name = local_name(child)
            if name in theirs and name in ours:
                inner_path = f"{path}/{name}"
                yield from self._lacking(theirs[name], child, member.name, inner_path)

    def _compare(self, member: _Member, within: str, path: str) -> Iterator[str]:
        ours = ORDER.get(f"{within}/{member.name}", ORDER.get(member.name))
        if member.name == "Response_Group":
            ours = FLAGS.get(within)
        if ours is None:
            return
        theirs = {inner.name: inner for inner in self._members(member)}
        order = list(theirs)
        last = -1
        for name in ours:
            inner = theirs.get(name)
            if inner is None:
                yield f"{path}/{name} is not there"
                continue
            if order.index(name) < last:
                yield f"{path}/{name} stands elsewhere"
            last = order.index(name)
            yield from self._compare(inner, member.name, f"{path}/{name}")
        for name, inner in theirs.items():
            if inner.is_required and name not in ours:
                yield f"{path}/{name} is required"

    def _members(self, member: _Member) -> Iterator[_Member]:
        shape = member.shape
        if shape is None:
            shape = self._types.get(member.type_name)
        if shape is not None:
            yield from self._inside(shape, is_choice=False)

    def _inside(self, shape: Element, *, is_choice: bool) -> Iterator[_Member]:
        """Yield the elements of a type in their order, those of its base first."""
        for child in shape.iterchildren(tag=etree.Element):
            if child.tag == f"{_XSD}element":
                yield _member(child, is_choice=is_choice)
            elif child.tag in _PARTICLES:
                inner = is_choice or child.tag == f"{_XSD}choice"
                yield from self._inside(child, is_choice=inner)
            elif child.tag == f"{_XSD}complexContent":
                yield from self._inside(child, is_choice=is_choice)
            elif child.tag == f"{_XSD}extension":
                base = self._types.get(_local(child.get("base", "")))
                if base is not None:
                    yield from self._inside(base, is_choice=is_choice)
                yield from self._inside(child, is_choice=is_choice)


def _member(element: Element, *, is_choice: bool) -> _Member:
    return _Member(
        name=element.get("name") or _local(element.get("ref", "")),
        type_name=_local(element.get("type", "")),
        shape=element.find(f"{_XSD}complexType"),
        is_required=not is_choice and element.get("minOccurs", "1") != "0",
    )


def _local(name: str) -> str:
    return name.rpartition(":")[2]
