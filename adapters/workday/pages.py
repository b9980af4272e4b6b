"""How many records a page may hold, as a tenant taught it.

Workday aborts answers that grow too large (Workday contract, 6.10 and 11). What was
learned of one kind of question holds for a month, in other processes too.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from adapters.workday.facts import LARGEST_PAGE
from connector.kit.memory import Memory

#: An answer of so few records is not aborted for its size.
FEWEST = 10
#: Tenants change: larger pages are tried again then.
HOLDS = timedelta(days=30)
_KIND = "page sizes"


class PageSizes:
    """Sizes of pages by what is asked for; any number of threads may ask."""

    def __init__(self, memory: Memory, now: Callable[[], datetime]) -> None:
        self._memory = memory
        self._now = now
        self._sizes: dict[str, tuple[int, str]] | None = None
        self._lock = threading.Lock()

    def of(self, parts: str) -> int:
        """Return how many records to ask for at once."""
        with self._lock:
            return self._known().get(parts, (LARGEST_PAGE, ""))[0]

    def lower(self, parts: str, failed: int) -> bool:
        """Ask for a third of what failed from now on; false where that is too few."""
        smaller = failed // 3
        if smaller < FEWEST:
            return False
        with self._lock:
            known = self._known()
            size, _ = known.get(parts, (LARGEST_PAGE, ""))
            known[parts] = (min(size, smaller), self._now().isoformat())
            self._memory.settle(_KIND, "", json.dumps(known))
        return True

    def _known(self) -> dict[str, tuple[int, str]]:
        if self._sizes is None:
            since = (self._now() - HOLDS).isoformat()
            held = json.loads(self._memory.mark(_KIND) or "{}")
            self._sizes = {
                parts: (size, learned)
                for parts, (size, learned) in held.items()
                if learned > since
            }
        return self._sizes
