"""When a failed request is tried again, and how long to wait before.

Says only when; whether repeating is safe is decided by who knows the request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Bounds of trying again; waits in seconds.

    The n-th wait is `first_wait` doubled n times, at most `longest_wait`, of which a
    random half is left out so that threads do not return together.
    """

    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 30.0
    total_wait: float = 180.0


class Attempts:
    """The attempts of one request."""

    def __init__(
        self,
        policy: RetryPolicy,
        *,
        now: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self._policy = policy
        self._now = now
        self._random = random
        self._started = now()
        self.failed = 0

    def wait_after_failure(self, retry_after: float | None) -> float | None:
        """Count a failure; return the seconds to wait, none to give up.

        `retry_after` is what the target asked for: the wait is never shorter.
        """
        policy = self._policy
        self.failed += 1
        if self.failed >= policy.attempts:
            return None
        doubled = policy.first_wait * 2.0 ** (self.failed - 1)
        jittered = min(policy.longest_wait, doubled) * (0.5 + self._random() / 2)
        wait = max(jittered, retry_after or 0.0)
        spent = (self._now() - self._started).total_seconds()
        return wait if spent + wait <= policy.total_wait else None


def seconds_of_retry_after(header: str | None, now: datetime) -> float | None:
    """Return the seconds a `Retry-After` header asks for, none where it says nothing.

    RFC 9110, 10.2.3: whole seconds or an HTTP date.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
