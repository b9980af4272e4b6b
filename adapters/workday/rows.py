"""Groups of rows in an object: what they hold, and how a group is sent back whole.

A row that does not change goes back as the very element the tenant showed, with all
its elements, attributes and IDs: it may be somebody else's. Nothing here sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from adapters.workday.elements import Element, group, local_name, refuse_unknown
from adapters.workday.references import resolved
from connector.kit.values import Fields, RemoteIds, Row, RowKey, Rows, Value


@dataclass(frozen=True, slots=True)
class RowShape:
    """One kind of row: its element, how it is read and which elements we write.

    `elements` maps our fields to elements of a row. `build` returns those of the
    fields it is given, resolved; only they are replaced in a row that is there.
    """

    element: str
    elements: Mapping[str, str]
    read: Callable[[Element], Row]
    build: Callable[[Fields], Iterable[Element]]
    within: str = ""


def rows_of(shape: RowShape, elements: Iterable[Element], *, is_ordered: bool) -> Rows:
    """Return row elements as the planner sees them."""
    return Rows(tuple(shape.read(element) for element in elements), is_ordered)


def merged_rows(
    shape: RowShape,
    current: Sequence[Element],
    after: Value,
    remote_ids: RemoteIds,
    *,
    path: str,
) -> list[Element]:
    """Return the elements of a whole group: unchanged rows verbatim, then as `after`.

    Raises:
        RejectedError: a row that must go back holds what the contract lacks.
    """
    there: dict[RowKey, list[Element]] = {}
    for element in current:
        there.setdefault(shape.read(element).key, []).append(element)
    merged: list[Element] = []
    wanted = resolved(after, remote_ids)
    for row in wanted.rows if isinstance(wanted, Rows) else ():
        kept = there.get(row.key, [])
        for element in kept:
            refuse_unknown(element, within=shape.within, path=path)
        if kept and all(_shows(shape.read(element), row) for element in kept):
            # Two rows of the same text count as one: both go back, once.
            merged.extend(deepcopy(element) for element in kept)
            there[row.key] = []
        elif kept or row.key not in there:
            merged.append(_written(shape, kept[0] if kept else None, row))
            there[row.key] = []
    return merged


def _shows(there: Row, row: Row) -> bool:
    """Tell whether a row that is there has every field as wanted."""
    return all(there.fields.get(name) == value for name, value in row.fields.items())


def _written(shape: RowShape, current: Element | None, row: Row) -> Element:
    """Return a row of ours; what it holds beside the given fields stays."""
    replaced = {shape.elements[name] for name in row.fields if name in shape.elements}
    rest = [] if current is None else [deepcopy(c) for c in current.iterchildren()]
    others = [element for element in rest if local_name(element) not in replaced]
    ours = shape.build(row.fields)
    return group(shape.element, [*ours, *others], within=shape.within)


def merged_references(
    current: Iterable[Element],
    after: Value,
    remote_ids: RemoteIds,
    *,
    key_of: Callable[[Element], RowKey],
    build: Callable[[RowKey], Element],
) -> list[Element]:
    """Return a list of references whole: those that are there verbatim, then new ones.

    `key_of` reads the row key of a reference element and `build` makes one.
    """
    there = {key_of(element): element for element in current}
    wanted = resolved(after, remote_ids)
    rows = wanted.rows if isinstance(wanted, Rows) else ()
    return [
        deepcopy(there[row.key]) if row.key in there else build(row.key) for row in rows
    ]


def row_changes(
    before: Value, after: Value, remote_ids: RemoteIds
) -> tuple[list[Row], list[Row]]:
    """Return the rows to add and the rows to take out, of a group sent by rows."""
    old = _by_key(before, remote_ids)
    new = _by_key(after, remote_ids)
    added = [row for key, row in new.items() if key not in old]
    return added, [row for key, row in old.items() if key not in new]


def _by_key(value: Value, remote_ids: RemoteIds) -> dict[RowKey, Row]:
    found = resolved(value, remote_ids)
    return found.by_key() if isinstance(found, Rows) else {}
