"""How many records a page may hold, as a tenant taught it.

Workday aborts answers that grow too large (Workday contract, 6.10 and 11). What a kind
of question learned holds for as long as the connection is open.
"""

from __future__ import annotations

import threading

from adapters.workday.facts import LARGEST_PAGE

#: An answer of so few records is not aborted for its size.
FEWEST = 10


class PageSizes:
    """Sizes of pages by what is asked for; any number of threads may ask."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()

    def of(self, parts: str) -> int:
        """Return how many records to ask for at once."""
        with self._lock:
            return self._sizes.get(parts, LARGEST_PAGE)

    def lower(self, parts: str, failed: int) -> bool:
        """Ask for a third of what failed from now on; false where that is too few."""
        smaller = failed // 3
        if smaller < FEWEST:
            return False
        with self._lock:
            known = self._sizes.get(parts, LARGEST_PAGE)
            self._sizes[parts] = min(known, smaller)
        return True
