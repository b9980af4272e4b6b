"""Windows of a week or of one date are told in the time zone they are given in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from connector.kit.windows import Window, window_at

PACIFIC = ZoneInfo("America/Los_Angeles")
WEEKLY = Window(
    reason="update", at=time(18), lasts=timedelta(hours=8), zone=PACIFIC, weekday=4
)
ONCE = Window(
    reason="freeze",
    at=time(0),
    lasts=timedelta(days=2),
    zone=ZoneInfo("Europe/Warsaw"),
    on=date(2026, 9, 19),
)


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        # Friday 18:00 in Los Angeles is Saturday 01:00 UTC in summer, 02:00 in winter.
        ("2026-07-04T00:59", ""),
        ("2026-07-04T01:00", "update"),
        ("2026-07-04T08:59", "update"),
        ("2026-07-04T09:00", ""),
        ("2026-01-10T01:59", ""),
        ("2026-01-10T02:00", "update"),
        ("2026-07-08T12:00", ""),
        ("2026-09-18T21:59", ""),
        ("2026-09-18T22:00", "freeze"),
        # Both are open: the one that closes last is told.
        ("2026-09-19T02:00", "freeze"),
        ("2026-09-20T22:00", ""),
    ],
)
def test_the_window_that_is_open(moment: str, reason: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    found = window_at([WEEKLY, ONCE], at)
    assert (found.reason if found else "") == reason


def test_a_window_that_opens_soon_counts_where_asked() -> None:
    at = datetime(2026, 7, 4, 0, 56, tzinfo=UTC)
    assert window_at([WEEKLY], at) is None
    found = window_at([WEEKLY], at, timedelta(minutes=5))
    assert found is not None
    assert found.opens == datetime(2026, 7, 4, 1, tzinfo=UTC)
    assert found.closes == datetime(2026, 7, 4, 9, tzinfo=UTC)


def test_a_window_of_a_week_is_never_closed() -> None:
    whole = Window(
        reason="frozen", at=time(0), lasts=timedelta(days=7), zone=ZoneInfo("UTC"),
        weekday=0,
    )  # fmt: skip
    start = datetime(2026, 7, 6, tzinfo=UTC)
    assert all(window_at([whole], start + timedelta(days=day)) for day in range(14))
