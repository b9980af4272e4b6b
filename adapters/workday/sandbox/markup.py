"""Responses as small trees of nodes, written out as XML text in one pass.

Written by hand instead of through a parser's tree because a page of 999 workers has
some forty thousand nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from xml.sax.saxutils import escape, quoteattr

# Almost no value needs escaping, and asking is cheaper than escaping.
_SPECIAL = re.compile(r"""[&<>"'\r\n\t]""").search
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


def render(node: Node, extra: Mapping[str, str]) -> str:
    """Write a node as XML; `extra` adds an unknown element at the end of a parent.

    `extra` maps the name of a parent to the name of the element it gains.
    """
    parts: list[str] = []
    _write(node, extra, parts)
    return "".join(parts)


def _write(node: Node, extra: Mapping[str, str], parts: list[str]) -> None:
    name = node.name
    start = f"<wd:{name}"
    for key, text in node.attributes.items():
        start += f" wd:{key}={quoteattr(text) if _SPECIAL(text) else _quoted(text)}"
    added = extra.get(name) if extra else None
    if node.text:
        text = node.text
        if _SPECIAL(text):
            text = escape(text, {"\r": "&#13;"})
        parts.append(f"{start}>{text}</wd:{name}>")
    elif node.children or added:
        parts.append(f"{start}>")
        for child in node.children:
            _write(child, extra, parts)
        if added:
            parts.append(f"<wd:{added}>1</wd:{added}>")
        parts.append(f"</wd:{name}>")
    else:
        parts.append(f"{start}/>")


def _quoted(text: str) -> str:
    return f'"{text}"'
