"""Entries that a tenant holds for days to come, of objects that are about to change.

Objects are effective dated and an ordinary read does not show what takes effect later
(Workday contract, 11): they are read once more, as of a day in the future. Seen is the
last entry up to that day; what lies beyond it, or has no date, stays unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import find
from adapters.workday.facts import FLAGS, OPERATIONS, WID
from adapters.workday.kinds import KINDS
from adapters.workday.read import Question, View, read_named
from adapters.workday.references import reference, wid_of
from adapters.workday.settings import Settings
from adapters.workday.wire.kind import undated

#: Objects asked for with one request.
_AT_ONCE = 50


class WorkdayOutlook:
    """Looks ahead in a tenant's catalogue."""

    def __init__(
        self, client: WorkdayClient, settings: Settings, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._settings = settings
        self._now = now

    def later_entries(
        self, kind: str, remote_ids: Collection[str], after: date
    ) -> Mapping[str, date]:
        """Return the date of the last entry after a day, by WID; one read for fifty.

        Raises:
            AuthError, ReplyError, TransientError: it cannot be read.
        """
        if KINDS[kind].entry_date is undated:
            return {}
        wids = sorted(remote_ids)
        found: dict[str, date] = {}
        for start in range(0, len(wids), _AT_ONCE):
            found |= self._read(kind, wids[start : start + _AT_ONCE], after)
        return found

    def _read(self, kind: str, wids: list[str], after: date) -> dict[str, date]:
        known = KINDS[kind]
        request = OPERATIONS[known.get].request
        question = Question(
            operation=known.get,
            record=known.record,
            references=tuple(reference(known.reference, WID, wid) for wid in wids),
            # Groups of rows have no date of their own and make answers large.
            flags=tuple(n for n in FLAGS[request] if "Qualification" not in n),
        )
        view = View(after + timedelta(days=self._settings.look_ahead_days))
        found = {}
        for record in read_named(self._client, question, view, now=self._now()):
            day = known.entry_date(record)
            if day is not None and day > after:
                found[wid_of(find(record, known.reference))] = day
        return found
