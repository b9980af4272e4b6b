"""What every part of `talent` stands on: the database, the clock, the erased.

A plain value; nothing here opens a connection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connector.store.database import Database
from connector.store.tombstones import Tombstones


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One deployment, as far as people's data is concerned.

    `digest` is keyed: a reference made with it gives away nothing about a person.
    """

    database: Database
    tombstones: Tombstones
    digest: Callable[[object], str]
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    time_zone: ZoneInfo

    def day_of(self, instant: datetime) -> date:
        """Return the calendar date of an instant in the organisation's time zone."""
        return instant.astimezone(self.time_zone).date()
