"""Policies of moves as an administrator writes them, one for each connection.

A policy is a YAML document of the connection's name with the table `moves`. What it
leaves out is as usual; a connection without one has the usual policy.
"""

from __future__ import annotations

from typing import Any

from connector.framework.sources.yaml_nodes import Table, parse, plain_data
from connector.kit.errors import ConfigError, Problem
from connector.kit.values import MoveKind
from connector.runtime.instance import Instance
from connector.store import documents
from connector.store.documents import DocumentKind
from connector.talent.move_policy import MovePolicy

_NUMBERS = {
    "approvals": (1, 2),
    "draft_days": (1, 3650),
    "approval_days": (1, 3650),
    "effective_after_days": (0, 3650),
}
_OWN_DRAFT = "may_approve_own_draft"
_YES_OR_NO = {"yes": True, "no": False, "true": True, "false": False}


def move_policy(instance: Instance, connection: str) -> MovePolicy:
    """Return the policy of a connection.

    Raises:
        ConfigError: its document is broken.
    """
    with instance.database.read() as conn:
        document = documents.latest(conn, DocumentKind.POLICY, connection)
    if document is None:
        return MovePolicy()
    return read_move_policy(connection, document.text)


def read_move_policy(name: str, text: str, place: str = "") -> MovePolicy:
    """Read the document of a policy; `place` is its file where it comes from one.

    Raises:
        ConfigError: with every problem and its line.
    """
    problems: list[Problem] = []
    where = place or f"policy {name}"

    def report(line: int, message: str, hint: str = "") -> None:
        problems.append(Problem(f"{where}:{line}", message, hint))

    root = parse(text, report)
    table = root.entries.get("moves") if isinstance(root, Table) else None
    reader = _Reader(report)
    values: dict[str, Any] = {}
    if isinstance(root, Table) and isinstance(table, Table):
        for other in root.entries.keys() - {"moves"}:
            report(root.lines[other], f"“{other}” is not known", "Known: moves.")
        values = reader.read(table)
    elif not problems:
        report(1, "the table “moves” is wanted", "For example moves: {approvals: 2}.")
    if problems:
        raise ConfigError(
            f"the policy {name} cannot be used",
            hint="Correct it and import it again: `jobframe config import`.",
            problems=sorted(problems),
        )
    return MovePolicy(**values)


class _Reader:
    """Reads one table; a problem is reported and the reading goes on."""

    def __init__(self, report: Any) -> None:
        self._report = report

    def read(self, table: Table) -> dict[str, Any]:
        """Return the settings that the table states."""
        values: dict[str, Any] = {}
        for name, value in plain_data(table).items():
            line = table.lines[name]
            if name in _NUMBERS:
                values[name] = self._number(line, name, value)
            elif name == _OWN_DRAFT:
                values[name] = self._yes_or_no(line, value)
            elif name == "change_reasons":
                values[name] = self._reasons(line, value)
            else:
                known = (*_NUMBERS, _OWN_DRAFT, "change_reasons")
                hint = f"Known: {', '.join(known)}."
                self._report(line, f"“{name}” is not known", hint)
        return values

    def _number(self, line: int, name: str, value: object) -> int:
        least, most = _NUMBERS[name]
        text = str(value)
        if text.isdecimal() and least <= int(text) <= most:
            return int(text)
        hint = f"Write a whole number from {least} to {most}."
        self._report(line, f"“{name}” is no such number", hint)
        return least

    def _yes_or_no(self, line: int, value: object) -> bool:
        found = _YES_OR_NO.get(str(value).casefold())
        if found is None:
            self._report(line, f"“{_OWN_DRAFT}” is yes or no", "")
        return bool(found)

    def _reasons(self, line: int, value: object) -> dict[MoveKind, str]:
        kinds = {kind.value: kind for kind in MoveKind}
        found = value if isinstance(value, dict) else {}
        if not found or not set(found) <= set(kinds):
            self._report(
                line,
                "“change_reasons” is a table of kinds of move",
                f"Kinds: {', '.join(kinds)}; each with the HRIS's own id of a reason.",
            )
        return {kinds[key]: str(text) for key, text in found.items() if key in kinds}
