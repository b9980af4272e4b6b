"""Form bodies read as PHP reads them, and requests checked against the contract.

PHP arrays become dictionaries with text keys; the check returns plain lists and
dictionaries. No function's own rules live here.
"""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from adapters.moodle.sandbox import cleaning
from adapters.moodle.sandbox.contract import ListNode, Node, ObjectNode, ValueNode
from adapters.moodle.sandbox.errors import MoodleError, invalid_parameter

_PHP_TYPES = {"INT": "int", "BOOL": "bool", "TEXT": "text", "CLEANHTML": "cleanhtml"}
_BRACKET = re.compile(r"\[([^\[\]]*)\]")

PhpArray = dict[str, Any]


def read_form(body: str, *, max_input_vars: int) -> PhpArray:
    """Read a form body or query string; keys beyond the limit vanish silently."""
    values: PhpArray = {}
    pairs = parse_qsl(body, keep_blank_values=True, errors="surrogateescape")
    for key, value in pairs[:max_input_vars]:
        _put(values, _split_key(key), value)
    return values


def read_json_arguments(text: str) -> PhpArray:
    """Read the arguments of a batched call; what is no JSON object counts as none."""
    try:
        decoded = json.loads(text)
    except ValueError:
        return {}
    array = _as_php_array(decoded)
    return array if isinstance(array, dict) else {}


def _split_key(key: str) -> list[str]:
    base, opening, rest = key.partition("[")
    base = base.lstrip(" ").replace(" ", "_").replace(".", "_")
    if not opening:
        return [base]
    parts, position = [base], 0
    rest = "[" + rest
    while match := _BRACKET.match(rest, position):
        parts.append(match[1])
        position = match.end()
    return parts if len(parts) > 1 else [base + "_" + rest[1:]]


def _put(values: PhpArray, path: list[str], value: str) -> None:
    target = values
    for part in path[:-1]:
        name = part if part or target is values else str(_next_index(target))
        inner = target.get(name)
        if not isinstance(inner, dict):
            inner = {}
            target[name] = inner
        target = inner
    last = path[-1]
    target[last if last or target is values else str(_next_index(target))] = value


def _next_index(target: PhpArray) -> int:
    used = [int(key) for key in target if key.isdigit()]
    return max(used, default=-1) + 1


def _as_php_array(value: Any) -> Any:
    if isinstance(value, list):
        return {str(index): _as_php_array(item) for index, item in enumerate(value)}
    if isinstance(value, dict):
        return {key: _as_php_array(item) for key, item in value.items()}
    return value


def check_parameters(node: ObjectNode, values: PhpArray) -> dict[str, Any]:
    """Return the values as the function gets them, defaults filled in.

    Raises MoodleError `invalidparameter` for unknown and missing keys, wrong types
    and anything that cleaning would change.
    """
    checked: dict[str, Any] = _check_object(node, values)
    return checked


def _check(node: Node, value: Any) -> Any:
    if value is None and node.allows_null:
        return None
    if isinstance(node, ValueNode):
        return _check_value(node, value)
    if not isinstance(value, dict):
        raise invalid_parameter(f"Only arrays accepted. The bad value is: '{value}'")
    if isinstance(node, ListNode):
        return [_check(node.content, item) for item in value.values()]
    return _check_object(node, value)


def _check_value(node: ValueNode, value: Any) -> Any:
    if isinstance(value, dict):
        raise invalid_parameter("Scalar type expected, array or object received.")
    if node.type == "BOOL" and value in (True, False, 0, 1, "0", "1"):
        return bool(int(value))
    if value is None or not cleaning.is_clean(value, node.type):
        shown = cleaning.as_php_string(value)
        wanted = _PHP_TYPES.get(node.type, node.type.lower())
        raise invalid_parameter(
            f'Invalid external api parameter: the value is "{shown}", '
            f'the server was expecting "{wanted}" type'
        )
    return cleaning.convert(value, node.type)


def _check_object(node: ObjectNode, values: PhpArray) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for key, inner in node.keys.items():
        if key in values:
            value = values[key]
        elif inner.presence == "required":
            message = f"Missing required key in single structure: {key}"
            raise invalid_parameter(message)
        elif inner.presence == "optional":
            continue
        else:
            value = _as_php_array(inner.default)
        try:
            checked[key] = _check(inner, value)
        except MoodleError as error:
            raise _below(key, error) from error
    unexpected = [key for key in values if key not in node.keys]
    if unexpected:
        raise invalid_parameter(
            f"Unexpected keys ({', '.join(unexpected)}) detected in parameter array."
        )
    return checked


def _below(key: str, error: MoodleError) -> MoodleError:
    return invalid_parameter(f"{key} => {error.message}: {error.debuginfo}")
