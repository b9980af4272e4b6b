"""How much is sent at once: writes in a request, and requests side by side.

Both follow what the site answers. Nothing here knows what is written.
"""

from __future__ import annotations

import threading

#: A request starts with so many writes. Twice as many take a twentieth less of the
#: site's time each (measured on 4.5), when its answers are quick.
_FIRST_WRITES = 50
_LEAST_WRITES = 10
_FIRST_LANES = 2
#: Seconds. A proxy before a site may give up after 30.
_QUICK = 5.0
_SLOW = 10.0
#: One more request at once must bring this much more, or it is not worth its load.
_WORTHWHILE = 1.05


class Pace:
    """The pace of one connection; threads may share it.

    `writes` is how many go into one request now, `lanes` how many requests may be under
    way. Lanes are added one by one for as long as each brings more writes a second.
    """

    def __init__(self, *, most_writes: int, most_lanes: int) -> None:
        self._most_writes, self._most_lanes = most_writes, most_lanes
        self.writes = min(_FIRST_WRITES, most_writes)
        self.lanes = min(_FIRST_LANES, most_lanes)
        self._is_trying = True
        self._rate_before = 0.0
        self._answers, self._written, self._seconds = 0, 0, 0.0
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Forget how fast other kinds of writes went."""
        with self._lock:
            self._rate_before = 0.0
            self._start_counting()

    def answered(self, writes: int, seconds: float) -> None:
        """Take note of a request that was answered, and of how long that took."""
        with self._lock:
            if seconds > _SLOW:
                self.writes = max(_LEAST_WRITES, self.writes // 2)
            elif seconds < _QUICK and writes == self.writes:
                self.writes = min(self._most_writes, self.writes * 2)
            self._answers += 1
            self._written += writes
            self._seconds += seconds
            if self._is_trying and self._answers >= 2 * self.lanes:
                self._try_lanes()

    def stumbled(self) -> None:
        """Take note of an answer that was lost, or of a site that is down."""
        with self._lock:
            self.writes = max(_LEAST_WRITES, self.writes // 2)
            self.lanes = max(1, self.lanes // 2)
            self._is_trying = False

    def _try_lanes(self) -> None:
        """Add a lane if the last one was worthwhile, else do without it from now on."""
        rate = self.lanes * self._written / max(self._seconds, 1e-6)
        if rate < self._rate_before * _WORTHWHILE:
            self.lanes -= 1
            self._is_trying = False
        elif self.lanes < self._most_lanes:
            self.lanes += 1
            self._rate_before = rate
        else:
            self._is_trying = False
        self._start_counting()

    def _start_counting(self) -> None:
        self._answers, self._written, self._seconds = 0, 0, 0.0
