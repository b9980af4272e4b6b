"""How far back each look at a report goes, and what is remembered of it.

Pure. Moodle dates a completion earlier than it shows up: each look overlaps the last,
once a day one goes back five weeks, once a month one reads everything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

_VERSION = 1
_SWEEP = timedelta(days=35)
_FULL_EVERY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Looks:
    """When a report was last read, last swept and last read in full."""

    read: datetime
    swept: datetime
    full: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What to ask for now (None: everything), and what to remember afterwards."""

    since: datetime | None
    then: Looks


def next_look(
    last: Looks | None, *, now: datetime, overlap: timedelta, zone: tzinfo
) -> Look:
    """Return the look that is due; the sweep is the first one of a day in `zone`."""
    if last is None or now - last.full >= _FULL_EVERY:
        return Look(None, Looks(now, now, now))
    # A clock that was set back must not open a gap.
    since = min(last.read, now) - overlap
    if now.astimezone(zone).date() != last.swept.astimezone(zone).date():
        return Look(min(since, now - _SWEEP), Looks(now, now, last.full))
    return Look(since, Looks(now, last.swept, last.full))


def write_cursor(looks: Mapping[str, Looks]) -> str:
    """Return looks by report as one text."""
    told = {
        name: [each.read.isoformat(), each.swept.isoformat(), each.full.isoformat()]
        for name, each in sorted(looks.items())
    }
    return json.dumps({"version": _VERSION, "looks": told})


def read_cursor(cursor: str | None) -> dict[str, Looks]:
    """Return the looks in a cursor, none where another version wrote it.

    Then everything is read anew, which stores nothing twice.
    """
    try:
        data = json.loads(cursor or "{}")
        if not isinstance(data, dict) or data.get("version") != _VERSION:
            return {}
        return {
            name: Looks(*map(datetime.fromisoformat, times))
            for name, times in data["looks"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
