"""Completed courses as facts, read from a custom report of the site.

One report for all learners, asked only for what is new: the cost grows with what
changed. Filter values belong to the account and stay set, so they are always cleared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.moodle import wire
from adapters.moodle.client import MoodleClient
from adapters.moodle.facts import PAGE_SIZE
from adapters.moodle.failures import TARGET
from adapters.moodle.report_rows import RowError, fact_of
from adapters.moodle.settings import MoodleSettings
from connector.kit.errors import ReplyError, TransientError
from connector.kit.values import FactBatch, LearningFact

_SET_FILTERS = "core_reportbuilder_set_filters"
_RETRIEVE = "core_reportbuilder_retrieve_report"
_FILTER = "completion:timecompleted"
#: "In the range from .. to" among the operators of a date filter.
_RANGE = 3
#: No completion is later than this: the control query must find nothing.
_FAR_FUTURE = 4_102_444_800
_HINT = (
    "Site administration > Reports > Report builder > Custom reports: set the report "
    "up as docs/install-moodle.md says."
)


class MoodleLearning:
    """The completions of one site; one poller per account and report."""

    def __init__(
        self,
        client: MoodleClient,
        settings: MoodleSettings,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._report = settings.completions_report or 0
        self._columns = settings.completions_columns
        self._overlap = timedelta(hours=settings.overlap_hours)
        self._zone = ZoneInfo(settings.time_zone)
        self._now = now

    def facts(self, cursor: str | None) -> Iterator[FactBatch]:
        """Yield the completions since the cursor, all of them without one.

        Each look goes back a little before the cursor, so facts come again. Only the
        last batch moves the cursor: an interrupted look is repeated as a whole.

        Raises:
            AuthError: the account may not see the report.
            ReplyError: the report is not set up as documented.
            TransientError: no answer, or the report changed while it was read.
        """
        started = self._now()
        self._set_filter(self._since(cursor))
        try:
            yield from self._batches(cursor or "", started.isoformat())
        finally:
            self._filter({})

    def _since(self, cursor: str | None) -> int:
        """Return the first second to ask for, 0 for all."""
        if not cursor:
            return 0
        return max(0, int((datetime.fromisoformat(cursor) - self._overlap).timestamp()))

    def _set_filter(self, since: int) -> None:
        """Ask only for completions since then; make sure the filter is heeded.

        A report without this filter ignores it silently and shows everything.
        """
        if not since:
            self._filter({})
            return
        self._filter(_range_from(_FAR_FUTURE))
        if self._page(0, 1).totalrowcount:
            self._filter({})
            raise self._wrong("it has no filter on the time of completion")
        self._filter(_range_from(since))

    def _filter(self, values: dict[str, int]) -> None:
        self._client.call(
            _SET_FILTERS,
            {"reportid": self._report, "values": json.dumps(values)},
        )

    def _page(self, number: int, size: int) -> wire.ReportPage:
        answer = self._client.call(
            _RETRIEVE, {"reportid": self._report, "page": number, "perpage": size}
        )
        return wire.REPORT_PAGE.one(answer, _RETRIEVE)

    def _batches(self, old_cursor: str, new_cursor: str) -> Iterator[FactBatch]:
        seen: set[tuple[str, str, datetime]] = set()
        number = rows = total = 0
        while True:
            page = self._page(number, PAGE_SIZE)
            self._check_columns(page)
            facts = tuple(self._new_facts(page, seen))
            number, rows = number + 1, rows + len(page.rows)
            is_last = len(page.rows) < PAGE_SIZE
            # Rows may be added at the end; fewer of them means that some moved up.
            if page.totalrowcount < total or (is_last and rows != page.totalrowcount):
                raise _changed_meanwhile()
            total = page.totalrowcount
            if is_last:
                yield FactBatch(facts, new_cursor, _notes(facts))
                return
            yield FactBatch(facts, old_cursor)

    def _check_columns(self, page: wire.ReportPage) -> None:
        shown, expected = len(page.headers), len(self._columns)
        if shown != expected:
            raise self._wrong(f"it has {shown} columns instead of {expected}")

    def _new_facts(
        self, page: wire.ReportPage, seen: set[tuple[str, str, datetime]]
    ) -> Iterator[LearningFact]:
        """Yield the facts of a page; several enrolments give a row twice."""
        for row in page.rows:
            try:
                fact = fact_of(self._columns, row, self._zone)
            except RowError as error:
                raise self._wrong(str(error)) from error
            if fact is None:
                continue
            key = (fact.object_id, fact.person_id, fact.happened_at)
            if key not in seen:
                seen.add(key)
                yield fact

    def _wrong(self, what: str) -> ReplyError:
        return ReplyError(
            f"The completions report {self._report} is not as expected: {what}.",
            target=TARGET,
            operation=_RETRIEVE,
            hint=_HINT,
        )


def _range_from(epoch: int) -> dict[str, int]:
    return {
        f"{_FILTER}_operator": _RANGE,
        f"{_FILTER}_from": epoch,
        f"{_FILTER}_to": 0,
    }


def _notes(facts: tuple[LearningFact, ...]) -> tuple[str, ...]:
    nobody = sum(not fact.employee_id for fact in facts)
    if not nobody:
        return ()
    return (f"{nobody} completion(s) belong to accounts without an ID number.",)


def _changed_meanwhile() -> TransientError:
    return TransientError(
        "The completions report changed while it was read.",
        target=TARGET,
        operation=_RETRIEVE,
        hint="Run again; sort the report by the time of completion, ascending.",
    )
