"""YAML text as a tree of nodes that remember their line.

Only the shape is read: what a scalar means is decided by who asks for it, so `no` is
a text where a text is wanted. Anchors, tags and deep nesting are refused, which keeps
a hostile file harmless.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # untyped
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

#: Longest text of one value, in characters.
TEXT_LIMIT = 100_000
#: Deepest nesting; the format itself needs seven.
DEPTH_LIMIT = 20

#: Takes a line (from 1), a message and a hint.
Report: TypeAlias = Callable[[int, str, str], object]


@dataclass(slots=True)
class Scalar:
    """One value as it was written; `is_plain` when it stood without quotes."""

    line: int
    text: str
    is_plain: bool = True

    @property
    def is_empty(self) -> bool:
        """Tell whether the value stands for nothing."""
        return self.is_plain and self.text in {"", "~", "null"}


@dataclass(slots=True)
class Listing:
    """A sequence."""

    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A mapping in the order of the file; its keys are texts, each once."""

    line: int
    entries: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Node: TypeAlias = Scalar | Listing | Table


class _Stop(Exception):  # noqa: N818 - ends the reading, is no error of its own
    """The rest of the file cannot be read."""


def parse(text: str, report: Report) -> Node | None:
    """Return the root node of a text, none where it is empty or broken.

    Every problem is reported; after a syntax error the rest is not read.
    """
    try:
        builder = _Builder(report)
        parser = CParser(text)
        while not isinstance(event := parser.get_event(), StreamEndEvent):
            builder.take(event)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        report(
            line,
            f"the character U+{error.character:04X} is not allowed in YAML",
            "Remove it, or write it as an escape in double quotes.",
        )
    except MarkedYAMLError as error:
        _report_syntax(error, report)
    except _Stop:
        pass
    else:
        return builder.root
    return None


def _report_syntax(error: MarkedYAMLError, report: Report) -> None:
    mark = error.problem_mark or error.context_mark
    parts = [part for part in (error.context, error.problem) if part]
    report(
        mark.line + 1 if mark else 1,
        f"broken YAML: {', '.join(parts)}",
        "Check indentation, colons and quotes; nothing after this line was read.",
    )


class _Builder:
    """Builds the tree from events, without recursion."""

    def __init__(self, report: Report) -> None:
        self.root: Node | None = None
        self._report = report
        self._open: list[Listing | Table] = []
        self._keys: list[Scalar | None] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take the next event."""
        if isinstance(event, ScalarEvent):
            self._check_plainness(event)
            self._put(self._scalar(event))
        elif isinstance(event, MappingStartEvent):
            self._begin(event, Table(event.start_mark.line + 1))
        elif isinstance(event, SequenceStartEvent):
            self._begin(event, Listing(event.start_mark.line + 1))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, AliasEvent):
            self._refuse_reuse(event)
            self._put(Scalar(event.start_mark.line + 1, ""))
        elif isinstance(event, DocumentStartEvent):
            self._begin_document(event)

    def _begin_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._report(
                event.start_mark.line + 1,
                "a second YAML document begins",
                "Put it into a file of its own.",
            )
            raise _Stop

    def _scalar(self, event: Any) -> Scalar:
        line = event.start_mark.line + 1
        text: str = event.value
        if len(text) > TEXT_LIMIT:
            self._report(
                line,
                f"a text of {len(text):,} characters is longer than {TEXT_LIMIT:,}",
                "Shorten it, or link to a document.",
            )
            text = text[:TEXT_LIMIT]
        return Scalar(line, text, not event.style)

    def _begin(self, event: Any, node: Listing | Table) -> None:
        self._check_plainness(event)
        if len(self._open) >= DEPTH_LIMIT:
            self._report(
                node.line,
                f"nested deeper than {DEPTH_LIMIT} levels",
                "Check the brackets; nothing after this line was read.",
            )
            raise _Stop
        self._put(node)
        self._open.append(node)
        self._keys.append(None)

    def _check_plainness(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse_reuse(event)
        if event.tag is not None and event.tag != "!":
            self._report(
                event.start_mark.line + 1,
                f"the YAML tag {event.tag} is not read",
                "Write the value without a tag.",
            )

    def _refuse_reuse(self, event: Any) -> None:
        self._report(
            event.start_mark.line + 1,
            f"the YAML anchor {event.anchor} is not read",
            "Write the value where it is used.",
        )

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        owner = self._open[-1]
        if isinstance(owner, Listing):
            owner.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = self._as_key(node)
            return
        self._keys[-1] = None
        self._enter(owner, key, node)

    def _as_key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            return node
        self._report(node.line, "a list or mapping stands where a key belongs", "")
        raise _Stop

    def _enter(self, table: Table, key: Scalar, node: Node) -> None:
        if key.text in table.entries:
            self._report(
                key.line,
                f'"{key.text}" stands twice, first on line {table.lines[key.text]}',
                "Keep one of the two.",
            )
            return
        table.entries[key.text] = node
        table.lines[key.text] = key.line


def plain_data(node: Node) -> Any:
    """Return a node as plain data: whole numbers, yes and no are understood.

    For settings and options, whose types are not known beforehand.
    """
    if isinstance(node, Table):
        return {name: plain_data(item) for name, item in node.entries.items()}
    if isinstance(node, Listing):
        return [plain_data(item) for item in node.items]
    if not node.is_plain:
        return node.text
    if node.is_empty:
        return None
    words = {"yes": True, "true": True, "no": False, "false": False}
    if node.text.lower() in words:
        return words[node.text.lower()]
    return int(node.text) if re.fullmatch(r"-?\d{1,15}", node.text) else node.text
