"""In-memory tables with automatic ids and indexes for equality look-ups.

A table knows nothing of Moodle. Rows are dictionaries and change only through the
table, so that indexes stay right. Without a sort an updated row comes last, as in a
heap of PostgreSQL: callers must not rely on the order of an unsorted listing.
"""

from collections.abc import Callable, Iterator
from typing import Any

Row = dict[str, Any]


class Table:
    """Rows by id; `indexes` names the column groups that are looked up often."""

    def __init__(
        self,
        *indexes: tuple[str, ...],
        first_id: int = 1,
        fold: Callable[[str], str] | None = None,
    ) -> None:
        self._columns = indexes
        self._fold = fold
        self._indexes: list[dict[tuple[Any, ...], dict[int, None]]] = [
            {} for _ in indexes
        ]
        self.rows: dict[int, Row] = {}
        self.next_id = first_id
        self._undo: list[tuple[int, Row | None]] | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        """Go over a stable copy of the rows, in heap order."""
        return iter(list(self.rows.values()))

    def add(self, row: Row) -> Row:
        """Store a new row under the next id and return it."""
        stored = {**row, "id": self.next_id}
        self.next_id += 1
        self._note(stored["id"], None)
        self.rows[stored["id"]] = stored
        self._index(stored)
        return stored

    def change(self, row_id: int, **values: Any) -> Row:
        """Set columns of a row and return it; the row moves to the end of the heap."""
        row = self.rows.pop(row_id)
        self._note(row_id, row)
        self._unindex(row)
        row.update(values)
        self.rows[row_id] = row
        self._index(row)
        return row

    def remove(self, row_id: int) -> None:
        """Delete a row."""
        row = self.rows.pop(row_id)
        self._note(row_id, row)
        self._unindex(row)

    def start_journal(self) -> None:
        """From here on, remember how to take every change back."""
        self._undo = []

    def end_journal(self, *, keep: bool) -> None:
        """Stop remembering, and take the changes back unless they are to be kept.

        Ids that were given stay given, as those of a database sequence do.
        """
        undo, self._undo = self._undo or [], None
        if keep:
            return
        for row_id, before in reversed(undo):
            if row_id in self.rows:
                self._unindex(self.rows.pop(row_id))
            if before is not None:
                self.rows[row_id] = before
                self._index(before)

    def _note(self, row_id: int, before: Row | None) -> None:
        if self._undo is not None:
            self._undo.append((row_id, None if before is None else dict(before)))

    def get(self, row_id: Any) -> Row | None:
        """Return the row with this id, or None."""
        return self.rows.get(row_id)

    def find(self, **equal: Any) -> list[Row]:
        """Return all rows whose columns equal the values, oldest id first."""
        for columns, index in zip(self._columns, self._indexes, strict=True):
            if set(columns) == equal.keys():
                key = tuple(self._key(equal[column]) for column in columns)
                return [self.rows[row_id] for row_id in sorted(index.get(key, ()))]
        folded = {column: self._key(value) for column, value in equal.items()}
        return sorted(
            (
                row
                for row in self.rows.values()
                if all(self._key(row[name]) == value for name, value in folded.items())
            ),
            key=lambda row: int(row["id"]),
        )

    def count(self, **equal: Any) -> int:
        """Return how many rows `find` would give; cheap for an indexed group."""
        for columns, index in zip(self._columns, self._indexes, strict=True):
            if set(columns) == equal.keys():
                key = tuple(self._key(equal[column]) for column in columns)
                return len(index.get(key, ()))
        return len(self.find(**equal))

    def first(self, **equal: Any) -> Row | None:
        """Return the oldest row whose columns equal the values, or None."""
        found = self.find(**equal)
        return found[0] if found else None

    def use_fold(self, fold: Callable[[str], str] | None) -> None:
        """Change how texts compare (a collation) and build the indexes again."""
        self._fold = fold
        self._indexes = [{} for _ in self._columns]
        for row in self.rows.values():
            self._index(row)

    def _key(self, value: Any) -> Any:
        if self._fold is not None and isinstance(value, str):
            return self._fold(value)
        return value

    def _index(self, row: Row) -> None:
        for columns, index in zip(self._columns, self._indexes, strict=True):
            key = tuple(self._key(row[column]) for column in columns)
            index.setdefault(key, {})[row["id"]] = None

    def _unindex(self, row: Row) -> None:
        for columns, index in zip(self._columns, self._indexes, strict=True):
            key = tuple(self._key(row[column]) for column in columns)
            index[key].pop(row["id"])
            if not index[key]:
                del index[key]
