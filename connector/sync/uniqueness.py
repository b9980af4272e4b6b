"""Values that a target allows once: found in *map*, before anything is written.

Pure. What a target that holds objects of others would clash with is left to the match
of natural keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from connector.kit.values import KindSpec, Record, Rows, Value, is_empty


def clashes(
    specs: Sequence[KindSpec], records: Iterable[Record]
) -> Iterator[tuple[Record, str]]:
    """Yield each record whose values an earlier one has, and what to say about it."""
    by_name = {spec.name: spec for spec in specs if spec.unique}
    taken: dict[tuple[str, ...], Record] = {}
    for record in records:
        spec = by_name.get(record.kind)
        if spec is None:
            continue
        space = min((spec.name, *spec.unique_with))
        for values in _values(spec.unique, record.fields):
            other = taken.setdefault((space, *values), record)
            if other.ref != record.ref:
                told = ", ".join(
                    f"{name} “{value}”"
                    for name, value in zip(spec.unique, values, strict=True)
                )
                message = (
                    f"its {told} is that of {other.ref} too, and the target allows it"
                    " once: give one of them another"
                )
                yield record, message


def _values(
    names: Sequence[str], fields: Mapping[str, Value]
) -> Iterator[tuple[str, ...]]:
    """Yield the values that must be unique; none where one of them is empty."""
    choices = []
    for name in names:
        value = fields.get(name)
        if isinstance(value, Rows):
            choices.append([str(row.key) for row in value.rows])
        else:
            choices.append([] if is_empty(value) else [str(value)])
    yield from product(*choices)
