"""How many requests a connection may send in a second.

One budget is shared by every thread of a connection. It holds requests back and
never drops one; what is sent is not its business.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class RateBudget:
    """A bucket of `burst` requests that fills by `per_second`.

    `clock` counts seconds and never goes back; `sleep` waits for seconds.
    """

    def __init__(
        self,
        per_second: float,
        burst: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if per_second <= 0 or burst < 1:
            msg = "a rate budget needs more than 0 requests a second and a burst of 1"
            raise ValueError(msg)
        self._per_second = per_second
        self._burst = float(burst)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._left = float(burst)
        self._filled_at = clock()
        self._held_until = self._filled_at

    def take(self) -> None:
        """Wait until one more request may be sent."""
        wait = self._reserve()
        if wait > 0:
            self._sleep(wait)

    def hold(self, seconds: float) -> None:
        """Let nobody send for some seconds, because the target asked for it."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock() + seconds)

    def _reserve(self) -> float:
        """Book one request and return the seconds until its turn.

        The bucket may go below zero: each waiting thread then has a turn of its own
        and none needs to look again.
        """
        with self._lock:
            now = self._clock()
            filled = (now - self._filled_at) * self._per_second
            self._left = min(self._burst, self._left + filled) - 1
            self._filled_at = now
            turn = -self._left / self._per_second
            return max(0.0, turn, self._held_until - now)
