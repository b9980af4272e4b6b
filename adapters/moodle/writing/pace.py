"""How much is sent at once: writes in a request, and requests side by side.

Both follow what the site answers. Nothing here knows what is written.
"""

from __future__ import annotations

import threading

#: A request starts with so many writes. Twice as many take a twentieth less of the
#: site's time each (measured on 4.5), when its answers are quick.
_FIRST_WRITES = 50
_LEAST_WRITES = 10
#: Four requests at once take a tenth to a fifth less time than two, even where the site
#: has two processors: it waits for its disk, and for what comes next, in between.
_FIRST_LANES = 2
#: Seconds. A proxy before a site may give up after 30.
_QUICK = 5.0
_SLOW = 10.0


class Pace:
    """The pace of one connection; threads may share it.

    `writes` is how many go into one request now, `lanes` how many requests may be under
    way. Both grow with every quick answer and shrink with every slow one.
    """

    def __init__(self, *, most_writes: int, most_lanes: int) -> None:
        self._most_writes, self._most_lanes = most_writes, most_lanes
        self._least_lanes = min(_FIRST_LANES, most_lanes)
        self.writes = min(_FIRST_WRITES, most_writes)
        self.lanes = self._least_lanes
        self._lock = threading.Lock()

    def answered(self, writes: int, seconds: float) -> None:
        """Take note of a request that was answered, and of how long that took."""
        with self._lock:
            if seconds > _SLOW:
                self.writes = max(_LEAST_WRITES, self.writes // 2)
                self.lanes = max(self._least_lanes, self.lanes - 1)
            elif seconds < _QUICK and writes >= min(_LEAST_WRITES, self.writes):
                self.lanes = min(self._most_lanes, self.lanes + 1)
                if writes == self.writes:
                    self.writes = min(self._most_writes, self.writes * 2)

    def stumbled(self) -> None:
        """Take note of an answer that was lost, or of a site that is down."""
        with self._lock:
            self.writes = max(_LEAST_WRITES, self.writes // 2)
            self.lanes = max(1, self.lanes // 2)
