"""Build and read elements of the data namespace.

Builders name children in any order and get them in the order of the wire; a child the
contract lacks is a bug here, not a request. Nothing here knows a kind or sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TypeAlias

from lxml import etree

from adapters.workday.facts import DATA_NAMESPACE, ORDER
from connector.kit.errors import RejectedError

Element: TypeAlias = etree._Element
Scalar: TypeAlias = "str | bool | int | Decimal | date | datetime"

_PREFIX = {"wd": DATA_NAMESPACE}
_REFERENCE_ID_ATTRIBUTES = frozenset({"type", "parent_id", "parent_type"})


def tag(name: str) -> str:
    """Return the qualified name of a data element or attribute."""
    return f"{{{DATA_NAMESPACE}}}{name}"


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname


def format_scalar(value: Scalar) -> str:
    """Write a value as the contract's simple types want it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def leaf(name: str, value: Scalar) -> Element:
    """Return an element that holds a text."""
    element = etree.Element(tag(name), nsmap=_PREFIX)
    element.text = format_scalar(value)
    return element


def group(
    name: str,
    children: Iterable[Element | None],
    *,
    within: str = "",
    is_deleted: bool = False,
) -> Element:
    """Return an element with its children in the order of the wire.

    `within` names the parent where one name stands for two types.
    """
    element = etree.Element(tag(name), nsmap=_PREFIX)
    if is_deleted:
        element.set(tag("Delete"), "true")
    order = order_of(name, within)
    present = [child for child in children if child is not None]
    present.sort(key=lambda child: order.index(local_name(child)))
    element.extend(present)
    return element


def order_of(name: str, within: str = "") -> tuple[str, ...]:
    """Return the children of an element in the order of the wire."""
    return ORDER.get(f"{within}/{name}") or ORDER[name]


def find(element: Element | None, *names: str) -> Element | None:
    """Return the first element at a path."""
    if element is None:
        return None
    return element.find(_path(names))


def find_all(element: Element | None, *names: str) -> list[Element]:
    """Return all elements at a path, in document order."""
    if element is None:
        return []
    return element.findall(_path(names))


@cache
def _path(names: tuple[str, ...]) -> str:
    """Return a path; the same ones are asked of every one of many records."""
    return "/".join(tag(name) for name in names)


def text_of(element: Element | None, *names: str) -> str:
    """Return the text at a path as it stands, empty where there is none."""
    found = find(element, *names) if names else element
    return "" if found is None else (found.text or "")


def boolean_of(element: Element | None, *names: str) -> bool:
    """Return a boolean; `1` and `true` both are (NOTES 5)."""
    return text_of(element, *names).strip() in {"1", "true"}


def date_of(element: Element | None, *names: str) -> date | None:
    """Return a date, its optional offset left out; none where there is none."""
    text = text_of(element, *names).strip()
    return date.fromisoformat(text[:10]) if text else None


def refuse_unknown(element: Element, *, within: str, path: str) -> None:
    """Raise where an element that is to be sent back holds what the contract lacks.

    Raises:
        RejectedError: with the path of the first element or attribute not understood.
    """
    for place in _unknown(element, within, f"{path}/{local_name(element)}"):
        raise RejectedError(
            f"The tenant shows {place}, which the contract of this version lacks; "
            "sending the group back could lose it.",
            hint="Leave this field unmapped, or ask for a newer adapter.",
        )


def _unknown(element: Element, within: str, path: str) -> Iterator[str]:
    name = local_name(element)
    order = ORDER.get(f"{within}/{name}", ORDER.get(name, ()))
    if name.endswith("_Reference") and not order:
        yield from _unknown_in_reference(element, path)
        return
    for child in element.iterchildren(tag=etree.Element):
        inner = f"{path}/{local_name(child)}"
        if (
            etree.QName(child).namespace != DATA_NAMESPACE
            or local_name(child) not in order
        ):
            yield inner
        else:
            yield from _unknown(child, name, inner)


def _unknown_in_reference(element: Element, path: str) -> Iterator[str]:
    for child in element.iterchildren(tag=etree.Element):
        if local_name(child) != "ID":
            yield f"{path}/{local_name(child)}"
        for key in child.attrib:
            if etree.QName(str(key)).localname not in _REFERENCE_ID_ATTRIBUTES:
                yield f"{path}/ID/@{etree.QName(str(key)).localname}"
