"""Completed courses and awarded badges as facts, read from custom reports of the site.

One report for all learners, asked only for what is new: the cost grows with what
changed. A row that is no longer there withdraws nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.moodle.client import MoodleClient
from adapters.moodle.looks import Look, Looks, next_look, read_cursor, write_cursor
from adapters.moodle.report_rows import (
    Cells,
    RowError,
    badge_of,
    completion_of,
    is_repeated,
)
from adapters.moodle.reports import Report, ReportShape
from adapters.moodle.settings import BADGE_COLUMNS, MoodleSettings
from connector.kit.protocols import Services
from connector.kit.values import FactBatch, LearningFact

#: Moodle shows times to the minute.
_MINUTE = 59
_COMPLETIONS = ReportShape(
    name="completions", source="participants", filter="completion:timecompleted"
)
_BADGES = ReportShape(name="badges", source="badges", filter="badge_issued:issued")


@dataclass(frozen=True, slots=True)
class _Stream:
    """One report and how its rows become facts."""

    name: str
    report: Report
    fact_of: Callable[[Cells, ZoneInfo], LearningFact | None]


class MoodleLearning:
    """The completions of one site, and its badges where there is a report of them."""

    def __init__(
        self,
        client: MoodleClient,
        settings: MoodleSettings,
        services: Services,
        new_mark: Callable[[], str],
    ) -> None:
        def report(
            shape: ReportShape, report_id: int, columns: tuple[str, ...]
        ) -> Report:
            return Report(
                client,
                shape,
                report_id,
                [columns],
                sleep=services.sleep,
                new_mark=new_mark,
            )

        self._streams: list[_Stream] = []
        if settings.completions_report is not None:
            completions = report(
                _COMPLETIONS, settings.completions_report, settings.completions_columns
            )
            self._streams.append(_Stream("completions", completions, completion_of))
        if settings.badges_report is not None:
            badges = report(_BADGES, settings.badges_report, BADGE_COLUMNS)
            self._streams.append(_Stream("badges", badges, badge_of))
        self._overlap = timedelta(hours=settings.overlap_hours)
        self._zone = ZoneInfo(settings.time_zone)
        self._night = ZoneInfo(services.time_zone)
        self._now = services.now

    def facts(self, cursor: str | None) -> Iterator[FactBatch]:
        """Yield what is new since the cursor, everything without one.

        Each look goes back a little before the cursor, so facts come again. Only the
        last batch of a report moves the cursor: an interrupted look is repeated.

        Raises:
            AuthError: the account may not see a report.
            ReplyError: a report is not set up as documented.
            TransientError: no answer, or a report changed while it was read.
        """
        looks = read_cursor(cursor)
        for stream in self._streams:
            look = next_look(
                looks.get(stream.name),
                now=self._now(),
                overlap=self._overlap,
                zone=self._night,
            )
            yield from self._look(stream, look, looks)

    def _look(
        self, stream: _Stream, look: Look, looks: dict[str, Looks]
    ) -> Iterator[FactBatch]:
        since = None if look.since is None else max(1, int(look.since.timestamp()))
        seen: set[tuple[str, str, datetime]] = set()
        nobodies = 0
        with stream.report.opened():
            self._check_zone(stream, since)
            for rows in stream.report.pages(since):
                facts = []
                for fact in self._told(stream, rows):
                    key = (fact.object_id, fact.person_id, fact.happened_at)
                    # Several enrolments, and a reading that starts anew, repeat rows.
                    if key not in seen:
                        seen.add(key)
                        facts.append(fact)
                        nobodies += not fact.employee_id
                yield FactBatch(tuple(facts), write_cursor(looks))
        looks[stream.name] = look.then
        notes = (*stream.report.notes, *_notes(stream.name, nobodies))
        yield FactBatch((), write_cursor(looks), notes)

    def _told(self, stream: _Stream, rows: Iterable[Cells]) -> Iterator[LearningFact]:
        for cells in rows:
            try:
                fact = stream.fact_of(cells, self._zone)
            except RowError as error:
                raise stream.report.wrong(str(error)) from error
            if fact is not None:
                yield fact

    def _check_zone(self, stream: _Stream, since: int | None) -> None:
        """Make sure that times are shown in the zone we read them in.

        Another zone would make each completion look like a new one.
        """
        cells = stream.report.first(since)
        if cells is None:
            return
        for fact in self._told(stream, [cells]):
            if is_repeated(fact.happened_at, self._zone):
                continue
            start = int(fact.happened_at.timestamp())
            if not stream.report.holds(cells, start=start, end=start + _MINUTE):
                raise stream.report.wrong(
                    f"it shows times in another zone than {self._zone.key}, which the "
                    "setting `time_zone` names"
                )


def _notes(name: str, nobodies: int) -> tuple[str, ...]:
    if not nobodies:
        return ()
    return (f"{nobodies} {name} belong to accounts without an ID number.",)
