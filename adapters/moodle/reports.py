"""Reads a custom report of the site: all of its rows, or those after a moment.

Filter values belong to (account, report) and stay set. A report is believed only when
its filter was the one set here for as long as it was read. Up to Moodle 4.5 the account
sees its filter as a preference. Since 5.0 it lies in a table that no function shows:
there the filter is set anew in the request of each page, and counts must agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from adapters.moodle import wire
from adapters.moodle.client import Call, MoodleClient
from adapters.moodle.failures import TARGET
from connector.kit.errors import ReplyError, TargetError, TransientError

#: Rows of one page. One day of a large site fits in one: 5,000 take Moodle 0.8 s.
ROWS_OF_PAGE = 5000

_SET_FILTERS = "core_reportbuilder_set_filters"
_RETRIEVE = "core_reportbuilder_retrieve_report"
_PREFERENCES = "core_user_get_user_preferences"
#: Moodle keeps unknown keys beside the values of filters: this one says whose they are.
_MARK = "jobframe"
#: "Not empty" and "in the range from .. to" among the operators of a date filter.
_NOT_EMPTY, _RANGE = 1, 3
#: Nothing is later than this: the control query must find nothing.
FAR_FUTURE = 4_102_444_800
_ATTEMPTS = 5
#: How often rows are counted again where no function shows the filter.
_CONFIRMATIONS = 2
_CHECKED = "_operator"
_HINT = (
    "Site administration > Reports > Report builder > Custom reports: set the report "
    "up as docs/install-moodle.md says."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportShape:
    """How one kind of report must be set up.

    `source` ends Moodle's name of the source; `filter` is the date filter to ask by,
    empty where the source has none; `condition` must be fixed to yes, where named.
    Rows that are kept apart and look alike show too little to be told apart.
    """

    name: str
    source: str
    filter: str = ""
    condition: str = ""
    has_rows_alike: bool = False


class _DisturbedError(Exception):
    """The rows of a report moved while it was read."""


class Report:
    """One custom report, as its shape and its columns promise it.

    `columns` may hold alternatives that differ in length; the report shows which.
    """

    def __init__(
        self,
        client: MoodleClient,
        shape: ReportShape,
        report_id: int,
        columns: Sequence[Sequence[str]],
        *,
        sleep: Callable[[float], None],
        new_mark: Callable[[], str],
    ) -> None:
        self._client = client
        self._shape = shape
        self._id = report_id
        self._columns = {len(names): tuple(names) for names in columns}
        self._sleep = sleep
        self._new_mark = new_mark
        self._values: dict[str, object] = {}
        self._shows_filter: bool | None = None
        #: What a person should know about the report, once it was read.
        self.notes: tuple[str, ...] = ()

    @contextmanager
    def opened(self) -> Iterator[Report]:
        """Make sure that the filter is heeded; leave none behind, whatever happens."""
        try:
            if self._shape.filter:
                self._check_filter()
            yield self
        finally:
            with suppress(TargetError):
                self._set({})

    def pages(self, since: int | None) -> Iterator[list[dict[str, str]]]:
        """Yield pages of rows by column, those at or after `since` (epoch seconds).

        Only when the iteration ends the rows are all there were. Rows may come again:
        a reading that was disturbed starts anew, five times at most.

        Raises:
            AuthError: the account may not see the report.
            ReplyError: the report is not set up as documented.
            TransientError: no answer, or the report was disturbed each time.
        """
        for attempt in range(_ATTEMPTS):
            mark = self._new_mark()
            # Two readers that wait equally long would meet again.
            self._sleep(attempt * (1 + int(mark[:2], 16) / 256))
            self._set(self._wanted(since) | {_MARK: mark})
            try:
                total = yield from self._read()
            except _DisturbedError:
                continue
            if self._is_ours(mark, total):
                return
        raise self._disturbed()

    def first(self, since: int | None) -> dict[str, str] | None:
        """Return the first row at or after `since`, none where there is none."""
        self._set(self._wanted(since))
        rows = self._named(self._page(0, 1))
        return rows[0] if rows else None

    def holds(self, row: dict[str, str], *, start: int, end: int) -> bool:
        """Tell whether Moodle itself dates a row between two epoch seconds."""
        for _ in range(_ATTEMPTS):
            mark = self._new_mark()
            self._set(self._range(start, end) | {_MARK: mark})
            page = self._page(0, ROWS_OF_PAGE)
            if self._is_ours(mark, page.totalrowcount):
                return row in self._named(page)
        raise self._disturbed()

    def wrong(self, what: str) -> ReplyError:
        """Return the error for a report that is not set up as documented."""
        return ReplyError(
            f"{self} is not as expected: {what}.",
            target=TARGET,
            operation=_RETRIEVE,
            hint=_HINT,
        )

    def _disturbed(self) -> TransientError:
        return TransientError(
            f"{self} changed each time it was read.",
            target=TARGET,
            operation=_RETRIEVE,
            hint="Run again. Let nobody else use this report with the service "
            "account, and sort it as docs/install-moodle.md says.",
        )

    def __str__(self) -> str:
        return f"The {self._shape.name} report {self._id}"

    def _check_filter(self) -> None:
        """Make sure that the report heeds the filter.

        A report that lacks the filter ignores it silently and shows everything.
        """
        for _ in range(_ATTEMPTS):
            mark = self._new_mark()
            self._values = self._range(FAR_FUTURE, 0) | {_MARK: mark}
            calls = [self._setting(), self._reading_filter(), self._reading(0, 1)]
            _, kept, shown = self._together(calls)
            self._note_kept(kept)
            if not self._shown_page(shown).totalrowcount:
                return
            if self._is_marked(kept, mark):
                break
        else:
            if self._shows_filter:
                raise self._disturbed()
        raise self.wrong(f"it has no filter {self._shape.filter}")

    def _wanted(self, since: int | None) -> dict[str, object]:
        if not self._shape.filter:
            return {}
        if since is None:
            return {f"{self._shape.filter}_operator": _NOT_EMPTY}
        return self._range(since, 0)

    def _range(self, start: int, end: int) -> dict[str, object]:
        name = self._shape.filter
        return {
            f"{name}_operator": _RANGE,
            f"{name}_from": start,
            f"{name}_to": end,
        }

    def _set(self, values: dict[str, object]) -> None:
        self._values = values
        setting = self._setting()
        self._client.call(setting.function, setting.arguments)

    def _setting(self) -> Call:
        values = json.dumps(self._values)
        return Call(_SET_FILTERS, {"reportid": self._id, "values": values})

    def _reading(self, number: int, size: int) -> Call:
        wanted = {"reportid": self._id, "page": number, "perpage": size}
        return Call(_RETRIEVE, wanted)

    def _reading_filter(self) -> Call:
        return Call(_PREFERENCES, {"name": self._preference()})

    def _preference(self) -> str:
        return f"reportbuilder-report-{self._id}-0"

    def _is_ours(self, mark: str, total: int) -> bool:
        """Tell whether nobody set the filter since; it let `total` rows through."""
        if self._shows_filter is False:
            return all(self._is_confirmed(total) for _ in range(_CONFIRMATIONS))
        reading = self._reading_filter()
        kept = self._client.call(reading.function, reading.arguments)
        if self._is_marked(kept, mark):
            return True
        if self._shows_filter is None:
            # Somebody else's, or none shows: within one request nobody meddles.
            self._note_kept(self._together([self._setting(), reading])[-1])
        return False

    def _is_confirmed(self, total: int) -> bool:
        """Count once more, a moment later that no other reader waits for as well."""
        self._sleep(int(self._new_mark()[:2], 16) / 1024)
        return self._page(0, 1).totalrowcount == total

    def _is_marked(self, kept: object, mark: str) -> bool:
        return f'"{_MARK}":"{mark}"' in self._kept(kept)

    def _note_kept(self, kept: object) -> None:
        """Remember whether the account sees its filter right after it was set."""
        self._shows_filter = bool(self._kept(kept))

    def _kept(self, answer: object) -> str:
        values = wire.PREFERENCES.one(answer, _PREFERENCES).values
        return values.get(self._preference(), "")

    def _together(self, calls: Sequence[Call]) -> list[object]:
        """Make calls in one request."""
        (ran,) = self._client.run([calls], is_repeatable=True)
        if ran.error is not None:
            raise ran.error
        return ran.answers

    def _page(self, number: int, size: int) -> wire.ReportPage:
        reading = self._reading(number, size)
        if self._shows_filter is False:
            return self._shown_page(self._together([self._setting(), reading])[-1])
        return self._shown_page(self._client.call(reading.function, reading.arguments))

    def _shown_page(self, answer: object) -> wire.ReportPage:
        page = wire.REPORT_PAGE.one(answer, _RETRIEVE)
        self._check_set_up(page)
        return page

    def _read(self) -> Generator[list[dict[str, str]], None, int]:
        """Yield the rows page by page and return how many there were."""
        seen: set[int] = set()
        read = number = total = 0
        while True:
            page = self._page(number, ROWS_OF_PAGE)
            # Rows may join at the end; where one went, another moved to a read page.
            if page.totalrowcount < total:
                raise _DisturbedError
            total = page.totalrowcount
            number, read = number + 1, read + len(page.rows)
            is_told_apart = page.is_unique and not self._shape.has_rows_alike
            if is_told_apart:
                seen.update(map(hash, page.rows))
            yield self._named(page)
            if len(page.rows) < ROWS_OF_PAGE:
                break
        # Rows that moved between pages came twice, and others not at all.
        if (len(seen) if is_told_apart else read) != total:
            raise _DisturbedError
        return total

    def _named(self, page: wire.ReportPage) -> list[dict[str, str]]:
        names = self._columns[len(page.headers)]
        rows = []
        for row in page.rows:
            if len(row) != len(names):
                raise self.wrong(f"a row has {len(row)} columns")
            rows.append(dict(zip(names, row, strict=True)))
        return rows

    def _check_set_up(self, page: wire.ReportPage) -> None:
        shape = self._shape
        if len(page.headers) not in self._columns:
            expected = " or ".join(map(str, sorted(self._columns)))
            raise self.wrong(
                f"it has {len(page.headers)} columns instead of {expected}"
            )
        if page.source and not page.source.endswith(f"\\{shape.source}"):
            raise self.wrong(f"its source is {page.source.rpartition(chr(92))[2]}")
        fixed = {
            name.removesuffix(_CHECKED)
            for name, value in page.conditions.items()
            if name.endswith(_CHECKED) and str(value) != "0"
        }
        if shape.condition:
            value = page.conditions.get(f"{shape.condition}{_CHECKED}")
            if str(value) != "1":
                raise self.wrong(f"its condition {shape.condition} is not set to yes")
        narrowing = sorted(fixed - {shape.condition, "completion:completed"})
        self.notes = (
            (f"{self} shows only what meets {', '.join(narrowing)}.",)
            if narrowing
            else ()
        )
