"""Finding and replacing the references inside a value of the in-memory target.

Pure; knows values, no objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connector.kit.values import Foreign, Ref, Row, Rows, Value


def foreigners(value: Value) -> Iterator[Foreign]:
    """Yield every reference to an object of the target, row keys included."""
    if isinstance(value, Foreign):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from foreigners(item)
    elif isinstance(value, Rows):
        for row in value.rows:
            yield from foreigners(row.key if isinstance(row.key, Foreign) else None)
            for item in row.fields.values():
                yield from foreigners(item)


def replaced(value: Value, name: Callable[[Ref | Foreign], Foreign]) -> Value:
    """Return a value with every reference replaced, row keys included."""
    if isinstance(value, Ref | Foreign):
        return name(value)
    if isinstance(value, tuple):
        return tuple(replaced(item, name) for item in value)
    if isinstance(value, Rows):
        return Rows(
            tuple(_replaced_row(row, name) for row in value.rows), value.is_ordered
        )
    return value


def _replaced_row(row: Row, name: Callable[[Ref | Foreign], Foreign]) -> Row:
    key = row.key if isinstance(row.key, str) else name(row.key)
    return Row(key, {each: replaced(item, name) for each, item in row.fields.items()})


def without(value: Value, gone: Foreign) -> Value:
    """Return a value without any reference to an object, and without its rows."""
    if isinstance(value, tuple):
        return tuple(item for item in value if item != gone)
    if isinstance(value, Rows):
        rows = (row for row in value.rows if gone not in foreigners(Rows((row,))))
        return Rows(tuple(rows), value.is_ordered)
    return None if value == gone else value
