"""Times at which a target must be left alone: updates, refreshes, freezes.

Plain values and arithmetic; who asks does the waiting or the stopping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time in every week, or on one date, at which a target must be left alone.

    Exactly one of `weekday` (Monday is 0) and `on` is given. `at` is the time of day
    in `zone`; `lasts` is at most a week.
    """

    reason: str
    at: time
    lasts: timedelta
    zone: ZoneInfo
    weekday: int | None = None
    on: date | None = None

    def times(self, moment: datetime) -> Iterator[OpenWindow]:
        """Yield the window's times around a moment: the last ones and the next."""
        if self.on is not None:
            yield self._time(self.on)
            return
        day = moment.astimezone(self.zone).date()
        ahead = ((self.weekday or 0) - day.weekday()) % 7
        first = day + timedelta(days=ahead) - _WEEK
        for week in range(3):
            yield self._time(first + week * _WEEK)

    def _time(self, day: date) -> OpenWindow:
        opens = datetime.combine(day, self.at, self.zone).astimezone(UTC)
        return OpenWindow(self.reason, opens, opens + self.lasts)


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """One time of a window; instants are UTC."""

    reason: str
    opens: datetime
    closes: datetime


def window_at(
    windows: Iterable[Window], moment: datetime, lead: timedelta = timedelta()
) -> OpenWindow | None:
    """Return the window that is open at a moment, or opens within `lead` of it.

    Of several the one that closes last.
    """
    found = [
        each
        for window in windows
        for each in window.times(moment)
        if each.opens - lead <= moment < each.closes
    ]
    return max(found, key=lambda each: each.closes, default=None)
