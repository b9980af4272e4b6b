"""The calls that bring an ordered list of competencies to the wanted one.

Learning plans and their templates have the same functions by other names. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.kit.values import Foreign, Ref, Rows, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCalls:
    """The functions that change one kind of list."""

    add: str
    remove: str
    reorder: str


def row_changes(
    calls: RowCalls, current: Sequence[int], target: Sequence[int]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the calls that turn one ordered list of competencies into another.

    Moodle puts a moved competency before the one it is moved up to.
    """
    for node in current:
        if node not in target:
            yield calls.remove, {"competencyid": node}
    order = [node for node in current if node in target]
    for node in target:
        if node not in order:
            order.append(node)
            yield calls.add, {"competencyid": node}
    for place, node in enumerate(target):
        if order[place] != node:
            yield (
                calls.reorder,
                {"competencyidfrom": node, "competencyidto": order[place]},
            )
            order.remove(node)
            order.insert(place, node)


def row_references(rows: Value) -> list[Ref | Foreign]:
    """Return what the rows of a group refer to, in their order."""
    if not isinstance(rows, Rows):
        return []
    return [row.key for row in rows.rows if not isinstance(row.key, str)]
