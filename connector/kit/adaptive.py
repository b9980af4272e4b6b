"""How many requests of a connection may be on their way at once.

The number grows slowly while the target answers and is halved when the target shows
that it has too much to do. Which answer shows that is the caller's business.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Slot:
    """The right to have one request on its way; tell it how the request went."""

    def __init__(self, concurrency: AdaptiveConcurrency, generation: int) -> None:
        self._concurrency = concurrency
        self._generation = generation

    def succeeded(self) -> None:
        """Report that the target answered."""
        self._concurrency._grow()

    def overloaded(self) -> None:
        """Report that the target is busy or did not answer in time."""
        self._concurrency._halve(self._generation)


class AdaptiveConcurrency:
    """A number of slots between two bounds, shared by the threads of a connection."""

    def __init__(self, minimum: int = 1, maximum: int = 4) -> None:
        if not 1 <= minimum <= maximum:
            msg = f"concurrency needs 1 <= minimum <= maximum, not {minimum}, {maximum}"
            raise ValueError(msg)
        self._minimum = float(minimum)
        self._maximum = float(maximum)
        self._limit = self._minimum
        self._in_use = 0
        self._generation = 0
        self._changed = threading.Condition()

    @property
    def limit(self) -> int:
        """Return how many requests may be on their way now."""
        with self._changed:
            return int(self._limit)

    @contextmanager
    def slot(self) -> Iterator[Slot]:
        """Wait for a slot and hold it."""
        with self._changed:
            self._changed.wait_for(lambda: self._in_use < int(self._limit))
            self._in_use += 1
            slot = Slot(self, self._generation)
        try:
            yield slot
        finally:
            with self._changed:
                self._in_use -= 1
                self._changed.notify()

    def _grow(self) -> None:
        """Add one slot for every round of successes as long as the limit."""
        with self._changed:
            self._limit = min(self._maximum, self._limit + 1 / self._limit)
            self._changed.notify()

    def _halve(self, generation: int) -> None:
        """Halve the limit, once for all requests that were on their way together."""
        with self._changed:
            if generation == self._generation:
                self._generation += 1
                self._limit = max(self._minimum, self._limit / 2)
