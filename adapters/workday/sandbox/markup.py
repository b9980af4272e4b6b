"""Responses as small trees of nodes, written out as XML text in one pass.

Written by hand instead of through a parser's tree because a page of 999 workers has
some forty thousand nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from xml.sax.saxutils import escape, quoteattr

NO_ATTRIBUTES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the data namespace, with text or with children."""

    name: str
    children: tuple[Node, ...] = ()
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: NO_ATTRIBUTES)


def group(name: str, children: Iterable[Node | None], **attributes: str | None) -> Node:
    """Return a node with the children that are there."""
    return Node(
        name,
        tuple(child for child in children if child is not None),
        attributes={key: text for key, text in attributes.items() if text is not None},
    )


def leaf(name: str, value: str | bool | int | date | None) -> Node | None:
    """Return a text node; None when there is no value. Booleans become 1 and 0."""
    if value is None:
        return None
    return Node(name, text=format_value(value))


def format_value(value: str | bool | int | date) -> str:
    """Write a value as the platform does: 1 and 0, ISO dates, UTC instants."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def render(node: Node, extra: Mapping[str, str], prefix: str = "wd") -> str:
    """Write a node as XML; `extra` adds an unknown element at the end of a parent.

    `extra` maps the name of a parent to the name of the element it gains.
    """
    parts: list[str] = []
    _write(node, extra, prefix, parts)
    return "".join(parts)


def _write(node: Node, extra: Mapping[str, str], prefix: str, parts: list[str]) -> None:
    parts.append(f"<{prefix}:{node.name}")
    for key, text in node.attributes.items():
        parts.append(f" {prefix}:{key}={quoteattr(text)}")
    added = extra.get(node.name) if extra else None
    if not (node.children or node.text or added):
        parts.append("/>")
        return
    parts.append(">")
    if node.text:
        parts.append(escape(node.text, {"\r": "&#13;"}))
    for child in node.children:
        _write(child, extra, prefix, parts)
    if added:
        parts.append(f"<{prefix}:{added}>1</{prefix}:{added}>")
    parts.append(f"</{prefix}:{node.name}>")
