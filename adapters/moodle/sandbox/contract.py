"""Parameter and answer trees of the web service functions, read from contract.json.

The file holds facts about Moodle 4.5 in a compact notation; this module turns them
into nodes. It knows no function by name and holds no behaviour.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

Presence = Literal["required", "optional", "default"]


@dataclass(frozen=True, slots=True)
class ValueNode:
    """One value, cleaned and compared by its PARAM type."""

    type: str
    allows_null: bool
    presence: Presence
    default: Any


@dataclass(frozen=True, slots=True)
class ObjectNode:
    """A structure with named keys."""

    keys: dict[str, "Node"]
    allows_null: bool
    presence: Presence
    default: Any


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list whose items all have one form."""

    content: "Node"
    allows_null: bool
    presence: Presence
    default: Any


Node = ValueNode | ObjectNode | ListNode


@dataclass(frozen=True, slots=True)
class FunctionContract:
    """What one web service function takes and gives; no answer tree means null."""

    name: str
    writes: bool
    parameters: ObjectNode
    returns: Node | None


@dataclass(frozen=True, slots=True)
class Contract:
    """All functions served, and the names of those that exist but are not served."""

    release: str
    version: str
    functions: dict[str, FunctionContract]
    known_elsewhere: frozenset[str]


@cache
def load_contract() -> Contract:
    """Read the contract that lies beside this module."""
    text = resources.files(__package__).joinpath("contract.json").read_text("utf-8")
    source = json.loads(text)
    reader = _Reader(source["shapes"])
    functions = {
        name: FunctionContract(
            name=name,
            writes=entry["write"],
            parameters=reader.read_object(entry["parameters"]),
            returns=None if entry["returns"] is None else reader.read(entry["returns"]),
        )
        for name, entry in source["functions"].items()
    }
    return Contract(
        release=source["release"],
        version=source["version"],
        functions=functions,
        known_elsewhere=frozenset(source["known_elsewhere"]),
    )


class _Reader:
    """Reads the compact notation: "TYPE null =default", {key: ...}, [item, flags]."""

    def __init__(self, shapes: dict[str, Any]) -> None:
        self._shapes = shapes

    def read(self, source: Any) -> Node:
        if isinstance(source, dict):
            return self.read_object(source)
        if isinstance(source, list):
            flags = source[1] if len(source) > 1 else ""
            allows_null, presence, default = _read_flags(flags)
            return ListNode(self.read(source[0]), allows_null, presence, default)
        head, _, flags = source.partition(" ")
        if head.startswith("@"):
            return self.read_object({**self._shapes[head[1:]], "": flags})
        allows_null, presence, default = _read_flags(flags)
        return ValueNode(head, allows_null, presence, default)

    def read_object(self, source: dict[str, Any]) -> ObjectNode:
        allows_null, presence, default = _read_flags(source.get("", ""))
        keys = {name: self.read(node) for name, node in source.items() if name}
        return ObjectNode(keys, allows_null, presence, default)


def _read_flags(flags: str) -> tuple[bool, Presence, Any]:
    head, marker, literal = flags.partition("=")
    words = head.split()
    if marker:
        return "null" in words, "default", json.loads(literal)
    presence: Presence = "optional" if "optional" in words else "required"
    return "null" in words, presence, None
