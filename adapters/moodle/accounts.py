"""The accounts of a site by a custom report: which account bears which HR number.

Asked only for what changed, and for everything once a day: 50,000 take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from adapters.moodle.client import MoodleClient
from adapters.moodle.looks import Looks, next_look, read_cursor, write_cursor
from adapters.moodle.report_rows import RowError, account_of
from adapters.moodle.reports import Report, ReportShape
from adapters.moodle.settings import USER_COLUMNS
from connector.kit.protocols import Services
from connector.kit.values import AccountBatch, SourceAccount

_NAME = "users"
_SHAPE = ReportShape(name=_NAME, source="users", filter="user:timemodified")
#: Accounts are dated when they change: clocks that differ are all there is to cover.
_OVERLAP = timedelta(hours=2)


class MoodleAccounts:
    """The accounts of one site."""

    def __init__(
        self,
        client: MoodleClient,
        report_id: int,
        services: Services,
        new_mark: Callable[[], str],
    ) -> None:
        self._report = Report(
            client,
            _SHAPE,
            report_id,
            [USER_COLUMNS, USER_COLUMNS[:-1]],
            sleep=services.sleep,
            new_mark=new_mark,
        )
        self._services = services

    def accounts(self, cursor: str | None) -> Iterator[AccountBatch]:
        """Yield accounts changed since the cursor; all of them once a day.

        Raises:
            AuthError: the account may not see the report.
            ReplyError: the report is not set up as documented.
            TransientError: no answer, or the report changed while it was read.
        """
        looks = read_cursor(cursor)
        last = looks.get(_NAME)
        look = next_look(
            last,
            now=self._services.now(),
            overlap=_OVERLAP,
            zone=ZoneInfo(self._services.time_zone),
        )
        # Only a full reading shows that two accounts bear one number, or that one left.
        is_all = last is None or look.then.swept != last.swept
        since = None if is_all or not look.since else int(look.since.timestamp())
        with self._report.opened():
            for rows in self._report.pages(since):
                yield AccountBatch(tuple(self._told(rows)), write_cursor(looks))
        then = Looks(look.then.read, look.then.swept, look.then.swept)
        yield AccountBatch((), write_cursor({_NAME: then}), is_all, self._report.notes)

    def _told(self, rows: list[dict[str, str]]) -> Iterator[SourceAccount]:
        for cells in rows:
            try:
                yield account_of(cells)
            except RowError as error:
                raise self._report.wrong(str(error)) from error
