"""The small values of a column map: a cell, a reference, a cleaning rule.

Each is read strictly, in the same words as the native format.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.framework.sources.native_elements import (
    ElementType,
    Field,
    report_unknown,
)
from connector.framework.sources.native_reading import Context, is_valid
from connector.framework.sources.native_values import (
    WORD,
    ValueType,
    list_of,
    table_of,
)
from connector.framework.sources.yaml_nodes import Listing, Node, Scalar, Table

#: The kinds that rows can become.
KINDS = ("group", "family", "domain", "competency", "role", "move")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where a value comes from: the first of some columns that has one.

    `words` translates it; a value it does not know refuses the row. `separator`
    splits it into several.
    """

    columns: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another element: by the columns of its identity, or by the key it has."""

    identity: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningRule:
    """One change to every cell: trimmed where `text` is none, else replaced."""

    label: str
    text: str | None = None
    replacement: str = ""


_COLUMNS = list_of(WORD)
_CELL = ElementType(
    Cell,
    (
        Field("columns", "columns", _COLUMNS, is_required=True),
        Field("words", "words", table_of(WORD)),
        Field("separator", "separator", WORD),
    ),
)


def _read_cell(node: Node, context: Context) -> Any:
    if isinstance(node, Scalar):
        column = WORD.read(node, context)
        return Cell(columns=(column,)) if is_valid(column) else column
    return _CELL.read(node, context)


def _read_reference(node: Node, context: Context) -> Any:
    if isinstance(node, Listing):
        return Reference(identity=_COLUMNS.read(node, context))
    if isinstance(node, Table) and set(node.entries) == {"key"}:
        key = WORD.read(node.entries["key"], context)
        return Reference(key=key) if is_valid(key) else key
    return context.refuse(
        node,
        "a reference",
        "Write the identity's columns as a list, or {key: ...} of a stated element.",
    )


def _read_cleaning(node: Node, context: Context) -> Any:
    if isinstance(node, Scalar) and node.text == "trim":
        return CleaningRule(label="trim")
    if not isinstance(node, Table) or not {"label", "replace"} <= set(node.entries):
        return context.refuse(
            node,
            "a cleaning rule",
            'Write "trim", or {label: ..., replace: ..., with: ...}.',
        )
    report_unknown(node, ("label", "replace", "with"), context)
    label = WORD.read(node.entries["label"], context)
    text = WORD.read(node.entries["replace"], context)
    replacement = node.entries.get("with", Scalar(node.line, ""))
    if not isinstance(replacement, Scalar):
        return context.refuse(replacement, "a text")
    if not is_valid(label) or not is_valid(text):
        return text
    return CleaningRule(label=label, text=text, replacement=replacement.text)


def _read_delimiter(node: Node, context: Context) -> Any:
    wanted = {"tab": "\t", ",": ",", ";": ";", "|": "|"}
    if not isinstance(node, Scalar) or node.text not in wanted:
        return context.refuse(node, 'one of "," ";" "|" tab')
    return wanted[node.text]


def _read_encoding(node: Node, context: Context) -> Any:
    name = WORD.read(node, context)
    if not is_valid(name):
        return name
    try:
        codecs.lookup(name)
    except LookupError:
        return context.refuse(node, "an encoding such as utf-8 or cp1252")
    return name


def _read_kind(node: Node, context: Context) -> Any:
    if not isinstance(node, Scalar) or node.text not in KINDS:
        return context.refuse(node, "one of " + ", ".join(KINDS))
    return node.text


# A map is only ever read; the writing half of a type is a formality here.
CELL = ValueType(_read_cell, WORD.write)
REFERENCE = ValueType(_read_reference, WORD.write)
CLEANING = ValueType(_read_cleaning, WORD.write)
DELIMITER = ValueType(_read_delimiter, WORD.write)
ENCODING = ValueType(_read_encoding, WORD.write)
KIND = ValueType(_read_kind, WORD.write)
