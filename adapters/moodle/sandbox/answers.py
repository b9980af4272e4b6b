"""Answers shaped by the contract and written as the REST server writes them.

The contract decides which keys leave the server and in which order. Nothing here
formats text; that is done before.
"""

import json
from typing import Any
from xml.sax.saxutils import escape

from adapters.moodle.sandbox.contract import ListNode, Node, ObjectNode, ValueNode
from adapters.moodle.sandbox.errors import MoodleError, invalid_response

UNFORMATTED = object()
"""Stands for a text Moodle can only show formatted: asked for raw, it fails."""
_XML_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'


def shape_answer(node: Node | None, value: Any) -> Any:
    """Return the value cut and ordered as the contract says.

    Raises MoodleError `invalidresponse` where Moodle fails over its own answer, and
    ValueError where the sandbox broke the contract.
    """
    if node is None:
        return None
    return _shape(node, value, "answer")


def _shape(node: Node, value: Any, place: str) -> Any:
    if value is None:
        if not node.allows_null:
            raise ValueError(f"{place} must not be null")
        return None
    if isinstance(node, ValueNode):
        return _shape_value(node, value)
    if isinstance(node, ListNode):
        return [_shape(node.content, item, f"{place}[]") for item in value]
    return _shape_object(node, value, place)


def _shape_value(node: ValueNode, value: Any) -> Any:
    if value is UNFORMATTED:
        raise invalid_response()
    if node.type == "BOOL":
        return bool(value)
    if node.type == "INT":
        return int(value)
    return value


def _shape_object(node: ObjectNode, value: Any, place: str) -> Any:
    shaped: dict[str, Any] = {}
    for key, inner in node.keys.items():
        if key in value:
            shaped[key] = _shape(inner, value[key], f"{place}.{key}")
        elif inner.presence == "required":
            raise ValueError(f"{place}.{key} is missing")
        elif inner.presence == "default" and isinstance(inner, ValueNode):
            shaped[key] = _shape(inner, inner.default, f"{place}.{key}")
    # PHP knows one kind of array: an empty structure is written as an empty list.
    return shaped or []


def php_json(value: Any) -> str:
    """Write JSON as PHP does: no blanks, slashes and non-ASCII letters escaped."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def xml_answer(node: Node | None, value: Any) -> str:
    """Write an answer as the REST server does when no format was asked for."""
    content = "" if node is None else _xml(node, value)
    return f"{_XML_HEAD}<RESPONSE>\n{content}</RESPONSE>\n"


def xml_error(error: MoodleError, *, with_debugging: bool) -> str:
    """Write an error as the REST server does when no format was asked for."""
    lines = [f'<EXCEPTION class="{error.exception}">\n']
    if error.errorcode:
        lines.append(f"<ERRORCODE>{escape(error.errorcode)}</ERRORCODE>\n")
    lines.append(f"<MESSAGE>{escape(error.message)}</MESSAGE>\n")
    if with_debugging and error.debuginfo:
        lines.append(f"<DEBUGINFO>{escape(error.debuginfo)}</DEBUGINFO>\n")
    return _XML_HEAD + "".join(lines) + "</EXCEPTION>\n"


def _xml(node: Node, value: Any) -> str:
    if isinstance(node, ListNode):
        items = "".join(_xml(node.content, item) for item in value or [])
        return f"<MULTIPLE>\n{items}</MULTIPLE>\n"
    if isinstance(node, ObjectNode):
        keys = "".join(
            f'<KEY name="{key}">{_xml(inner, (value or {}).get(key))}</KEY>\n'
            for key, inner in node.keys.items()
        )
        return f"<SINGLE>\n{keys}</SINGLE>\n"
    if value is None:
        return '<VALUE null="null"/>\n'
    shown = str(int(value)) if isinstance(value, bool) else str(value)
    return f"<VALUE>{escape(shown, {chr(34): '&quot;'})}</VALUE>\n"
