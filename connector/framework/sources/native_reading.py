"""What reading the native format needs at every value: where we are, what went wrong.

Reading goes on after a problem, so that all of them are told at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from connector.framework.sources.yaml_nodes import Listing, Node, Scalar
from connector.kit.errors import Problem


class Invalid:
    """The type of `INVALID`."""


#: Stands for a value that could not be read and was reported.
INVALID: Final = Invalid()


@dataclass(slots=True)
class Findings:
    """What a whole reading collects."""

    problems: list[Problem] = field(default_factory=list)
    #: Keys, by section, of elements that stand there but could not be used.
    unusable: dict[str, set[str]] = field(default_factory=dict)
    #: Files that could not be read to their end.
    unread_files: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Context:
    """Where a value stands: the file, the element, the framework's language."""

    file: str
    findings: Findings
    language: str = "en"
    key: str = ""

    def within(self, key: str) -> Context:
        """Return the context of an element's own values."""
        return replace(self, key=key)

    def place(self, node: Node) -> str:
        """Return the file and line of a node."""
        return f"{self.file}:{node.line}"

    def report(self, line: int, message: str, hint: str = "") -> Invalid:
        """Note a problem, and return what stands for the value that is missing."""
        self.findings.problems.append(
            Problem(f"{self.file}:{line}", message, hint, self.key)
        )
        return INVALID

    def refuse(self, node: Node, wanted: str, hint: str = "") -> Invalid:
        """Note that a node is not what was wanted."""
        return self.report(node.line, f"expected {wanted}, found {_shown(node)}", hint)


def is_absent(node: Node | None) -> bool:
    """Tell whether a value was left out or left empty."""
    return node is None or (isinstance(node, Scalar) and node.is_empty)


def is_valid(value: Any) -> bool:
    """Tell whether a value could be read."""
    return value is not INVALID


def _shown(node: Node) -> str:
    if not isinstance(node, Scalar):
        return "a list" if isinstance(node, Listing) else "a mapping"
    if node.is_empty:
        return "nothing"
    text = node.text if len(node.text) <= 40 else node.text[:40] + "..."
    return f'"{text}"'
