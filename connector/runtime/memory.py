"""The memory that the runtime lends an adapter: the database, for one connection.

No transaction is open while the adapter asks its target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from connector.store import remembered
from connector.store.database import Database


class StoredMemory:
    """What one connection's adapter keeps between two readings."""

    def __init__(
        self, database: Database, connection: str, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._connection = connection
        self._now = now

    def mark(self, kind: str) -> str:
        """Return the mark of what is kept of a kind, empty for nothing."""
        with self._database.read() as conn:
            return remembered.mark(conn, self._connection, kind)

    def count(self, kind: str, generation: str) -> int:
        """Return how many entries a generation holds."""
        with self._database.read() as conn:
            return remembered.count(conn, self._connection, kind, generation)

    def entries(self, kind: str, generation: str) -> Iterator[tuple[str, str]]:
        """Yield the entries of a generation, by key."""
        after = ""
        while True:
            with self._database.read() as conn:
                page = remembered.page(
                    conn, self._connection, (kind, generation), after
                )
            if not page:
                return
            yield from page
            after = page[-1][0]

    def put(
        self, kind: str, generation: str, entries: Sequence[tuple[str, str]]
    ) -> None:
        """Add entries to a generation, over those with the same keys."""
        with self._database.write() as conn:
            name = (kind, generation)
            remembered.put(conn, self._connection, name, entries, self._now())

    def settle(self, kind: str, generation: str, mark: str) -> None:
        """Let a generation count, with its mark; every other one goes."""
        with self._database.write() as conn:
            name = (kind, generation)
            remembered.settle(conn, self._connection, name, mark, self._now())

    def forget(self, kind: str) -> None:
        """Keep nothing of a kind."""
        with self._database.write() as conn:
            remembered.forget(conn, self._connection, kind, self._now())
