"""What an adapter keeps of its target between two readings.

A copy that may be lost at any time: then everything is read again. It never stands in
for a look at the target before a write.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol


class Memory(Protocol):
    """Entries of a kind, as texts by key, one generation of which counts."""

    def mark(self, kind: str) -> str:
        """Return the mark of what is kept of a kind, empty for nothing."""
        ...

    def count(self, kind: str, generation: str) -> int:
        """Return how many entries a generation holds."""
        ...

    def entries(self, kind: str, generation: str) -> Iterator[tuple[str, str]]:
        """Yield the entries of a generation, by key."""
        ...

    def put(
        self, kind: str, generation: str, entries: Sequence[tuple[str, str]]
    ) -> None:
        """Add entries to a generation, over those with the same keys."""
        ...

    def settle(self, kind: str, generation: str, mark: str) -> None:
        """Let a generation count, with its mark; every other one goes."""
        ...

    def forget(self, kind: str) -> None:
        """Keep nothing of a kind."""
        ...


class NoMemory:
    """Keeps nothing: every reading is a full one."""

    def mark(self, kind: str) -> str:
        """Return that nothing is kept."""
        del kind
        return ""

    def count(self, kind: str, generation: str) -> int:
        """Return that nothing is held."""
        del kind, generation
        return 0

    def entries(self, kind: str, generation: str) -> Iterator[tuple[str, str]]:
        """Yield nothing."""
        del kind, generation
        return iter(())

    def put(
        self, kind: str, generation: str, entries: Sequence[tuple[str, str]]
    ) -> None:
        """Let entries go."""

    def settle(self, kind: str, generation: str, mark: str) -> None:
        """Keep no mark."""

    def forget(self, kind: str) -> None:
        """Have nothing to forget."""
