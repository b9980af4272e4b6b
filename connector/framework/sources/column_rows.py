"""Evaluates the rules of a column map on single rows.

A row that cannot be used is refused with its place and the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connector.framework.model import Track
from connector.framework.sources.column_map import (
    PLACEHOLDER,
    ElementRule,
    LadderRule,
    TrackRule,
)
from connector.framework.sources.drafts import Drafts
from connector.framework.sources.keys import Identity
from connector.framework.sources.map_values import Cell, Reference
from connector.framework.sources.report import ReportBuilder
from connector.framework.sources.tables import Row

#: Begins the identity of an element that the map states by its key.
STATED = "\0stated"


class RowError(ValueError):
    """A row cannot be used; the message says why."""


def collect(
    rule: ElementRule, rows: list[Row], drafts: Drafts, report: ReportBuilder
) -> None:
    """Add what a rule's rows say to the drafts."""
    for row in rows:
        try:
            for identity, values in _elements(rule, row):
                _add(rule, row, drafts, identity, values)
        except RowError as error:
            report.refuse(row.place, str(error), "Correct the row, or the map.")


def _add(
    rule: ElementRule,
    row: Row,
    drafts: Drafts,
    identity: Identity,
    values: Mapping[str, Any],
) -> None:
    if not rule.is_adding:
        if rule.kind != "move" and not values["name"]:
            raise RowError(f"the {rule.kind} has no name")
        draft = drafts.draft(rule.kind, identity, row.place)
    else:
        found = drafts.find(rule.kind, identity)
        if found is None:
            raise RowError(f"no {rule.kind} is called {_shown(identity)}")
        draft = found
    draft.add(values, row.place)


def _elements(rule: ElementRule, row: Row) -> Iterator[tuple[Identity, dict[str, Any]]]:
    if rule.path:
        yield from _path_elements(rule, row)
        return
    if rule.from_role and rule.to_role:
        ends = (*rule.from_role.identity, *rule.to_role.identity)
        identity = tuple(row.cells[column] for column in ends)
    else:
        identity = tuple(row.cells[column] for column in rule.identity)
    if not any(identity):
        raise RowError(f"nothing names the {rule.kind}")
    yield identity, _values(rule, row)


def _path_elements(
    rule: ElementRule, row: Row
) -> Iterator[tuple[Identity, dict[str, Any]]]:
    """Yield every node on a row's path; only the deepest gets the row's own values."""
    nodes = [
        (row.cells[step.identity], row.cells[step.name])
        for step in rule.path
        if row.cells[step.identity]
    ]
    if not nodes:
        raise RowError(f"nothing names the {rule.kind}")
    for depth, (code, name) in enumerate(nodes):
        values = _values(rule, row) if depth == len(nodes) - 1 else {}
        values["name"] = name
        values["parent"] = (nodes[depth - 1][0],) if depth else None
        yield (code,), values


def _values(rule: ElementRule, row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": value_of(rule.name, row),
        "description": value_of(rule.description, row),
        "key": " ".join(value_of(cell, row) for cell in rule.key),
        "scale": rule.scale or "",
        "type": value_of(rule.type, row),
        "other_names": values_of(rule.other_names, row),
        "parents": values_of(rule.parents, row),
        "tier": value_of(rule.tier, row),
        "rank": _number(value_of(rule.rank, row)),
        "group": identity_of(rule.group, row),
        "family": identity_of(rule.family, row),
        "from": identity_of(rule.from_role, row),
        "to": identity_of(rule.to_role, row),
    }
    for name, cell in rule.attributes.items():
        values[f"attribute {name}"] = value_of(cell, row)
    for step, cell in rule.indicators.items():
        values[f"indicator {step}"] = value_of(cell, row)
    track, ending = _track(rule.track, row)
    values["track"] = track
    values["level"] = _level(rule.level, row, track, ending)
    return values


def value_of(cell: Cell | None, row: Row) -> str:
    """Return the value of a cell, empty where it has none.

    Raises:
        RowError: the map's words do not know the value.
    """
    if cell is None:
        return ""
    found = next((row.cells[one] for one in cell.columns if row.cells[one]), "")
    return _translated(cell, found) if found else ""


def values_of(cell: Cell | None, row: Row) -> tuple[str, ...]:
    """Return the values of a cell that may hold several, each once, in its order."""
    if cell is None:
        return ()
    text = next((row.cells[one] for one in cell.columns if row.cells[one]), "")
    parts = text.split(cell.separator) if cell.separator else [text]
    found = (part.strip() for part in parts)
    return tuple(dict.fromkeys(_translated(cell, part) for part in found if part))


def _translated(cell: Cell, text: str) -> str:
    if not cell.words:
        return text
    if text not in cell.words:
        raise RowError(f'the map has no word for "{text}"')
    return cell.words[text]


def identity_of(reference: Reference | None, row: Row) -> Identity | None:
    """Return the identity that a row names, none where it names nothing."""
    if reference is None:
        return None
    if reference.key:
        return (STATED, reference.key)
    identity = tuple(row.cells[column] for column in reference.identity)
    return identity if any(identity) else None


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        raise RowError(f'"{text}" is no whole number')
    return int(text)


def _track(rule: TrackRule | None, row: Row) -> tuple[Track | None, str]:
    """Return the track that a column's ending tells, and the ending."""
    text = row.cells[rule.column] if rule else ""
    if rule is None or not text:
        return None, ""
    for ending, track in rule.endings.items():
        if text.endswith(ending):
            return Track(track), ending
    return rule.otherwise, ""


def _level(rule: LadderRule | None, row: Row, track: Track | None, ending: str) -> str:
    """Return the level whose rung a name stands on, empty where none is alone."""
    if rule is None or track is None:
        return ""
    name = row.cells[rule.column].removesuffix(ending).casefold()
    found = {
        rung.levels[track.value]
        for rung in rule.rungs
        if track.value in rung.levels
        and any(_matches(name, pattern, row) for pattern in rung.names)
    }
    return found.pop() if len(found) == 1 else ""


def _matches(name: str, pattern: str, row: Row) -> bool:
    filled = PLACEHOLDER.sub(lambda found: row.cells[found[1]], pattern)
    parts = (re.escape(part) for part in filled.casefold().split("*"))
    return re.fullmatch(".*".join(parts), name) is not None


def _shown(identity: Identity) -> str:
    return f'"{" | ".join(identity)}"'
