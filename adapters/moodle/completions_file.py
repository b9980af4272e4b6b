"""Completed courses in a CSV file, for a site without web services.

Pure: a text in, facts out. Every problem is told with file and line, and then there
are no facts at all.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from adapters.moodle.report_rows import RowError, instant
from connector.kit.errors import FrameworkError, Problem
from connector.kit.setup import ReadFile
from connector.kit.values import UNTOLD_ACCOUNT, FactType, LearningFact

#: Columns by the names they may have: ours, and those of a downloaded custom report.
_NAMES = {
    "idnumber": "idnumber",
    "id number": "idnumber",
    "course idnumber": "course",
    "course id number": "course",
    "course full name": "name",
    "course full name with link": "name",
    "time completed": "time",
}
_NEEDED = {
    "idnumber": "idnumber",
    "course": "course idnumber",
    "time": "time completed",
}
_EPOCH = re.compile(r"[0-9]{9,10}")
#: How far a clock may be ahead.
_AHEAD = timedelta(days=1)
_TIMES = "2026-11-24T06:28:00+01:00, 2026-11-24T05:28:00Z or seconds since 1970"


class _CellError(ValueError):
    """What is wrong with a cell, and how it is written."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class _Rows(Protocol):
    """What `csv.reader` gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


@dataclass(slots=True)
class _Reader:
    place: str
    zone: ZoneInfo | None
    now: datetime
    problems: list[Problem] = field(default_factory=list)
    unfinished: int = 0

    def refuse(self, line: int, message: str, hint: str = "", column: str = "") -> None:
        told = f"column {column}: {message}" if column else message
        self.problems.append(Problem(f"{self.place}:{line}", told, hint, column))

    def read(self, text: str) -> list[LearningFact]:
        head, _, _ = text.partition("\n")
        delimiter = max(",;\t", key=head.count)
        rows = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        try:
            return self._facts(rows)
        except csv.Error as error:
            self.refuse(rows.line_num, f"it is no CSV: {error}")
            return []

    def _facts(self, rows: _Rows) -> list[LearningFact]:
        columns = self._columns(next(rows, []))
        facts: dict[tuple[str, str, datetime], LearningFact] = {}
        line = rows.line_num + 1
        for row in rows:
            if columns and any(cell.strip() for cell in row):
                fact = self._fact(columns, row, line)
                if fact is not None:
                    key = (fact.person_id, fact.object_id, fact.happened_at)
                    facts.setdefault(key, fact)
            line = rows.line_num + 1
        return list(facts.values())

    def _columns(self, head: Sequence[str]) -> Mapping[str, int]:
        columns: dict[str, int] = {}
        for place, title in enumerate(head):
            name = _NAMES.get(" ".join(title.split()).casefold())
            if name is not None:
                columns.setdefault(name, place)
        missing = [title for name, title in _NEEDED.items() if name not in columns]
        if not missing:
            return columns
        self.refuse(
            1,
            f"the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} "
            f"{'are' if len(missing) > 1 else 'is'} missing",
            f"The first line names the columns: {', '.join(_NEEDED.values())}.",
        )
        return {}

    def _fact(
        self, columns: Mapping[str, int], row: Sequence[str], line: int
    ) -> LearningFact | None:
        """Return the fact of a row, none for a course that is not completed."""
        if len(row) <= max(columns.values()):
            self.refuse(line, f"the row has {len(row)} cells, too few")
            return None
        cells = {name: row[place].strip() for name, place in columns.items()}
        if not cells["time"]:
            self.unfinished += 1
            return None
        for name in ("idnumber", "course"):
            if not cells[name]:
                hint = "Fill it, or take the row out."
                self.refuse(line, "it is empty", hint, _NEEDED[name])
        try:
            happened_at = self._time(cells["time"])
        except _CellError as error:
            self.refuse(line, str(error), error.hint, _NEEDED["time"])
            return None
        return LearningFact(
            type=FactType.COURSE_COMPLETION,
            object_id=cells["course"],
            object_name=cells.get("name", "") or cells["course"],
            person_id=f"{UNTOLD_ACCOUNT}{cells['idnumber']}",
            employee_id=cells["idnumber"],
            happened_at=happened_at,
        )

    def _time(self, shown: str) -> datetime:
        found = self._parsed(shown).astimezone(UTC)
        if found > self.now + _AHEAD:
            msg = f"“{shown}” is in the future"
            raise _CellError(msg, "Correct the time, or its zone.")
        return found

    def _parsed(self, shown: str) -> datetime:
        """Return an aware instant of one of the forms a time may have."""
        if _EPOCH.fullmatch(shown):
            return datetime.fromtimestamp(int(shown), UTC)
        try:
            found = datetime.fromisoformat(shown)
        except ValueError:
            found = None
        if found is not None and found.tzinfo is not None:
            return found
        if self.zone is None:
            what = "is no time" if found is None else "has no time zone"
            msg = f"“{shown}” {what}"
            raise _CellError(msg, f"Write it as {_TIMES}, or give --time-zone.")
        if found is not None:
            return found.replace(tzinfo=self.zone)
        try:
            return instant(shown, self.zone)
        except RowError as error:
            msg = f"“{shown}” is no time"
            raise _CellError(msg, f"Write it as {_TIMES}.") from error


def read_completions(
    content: bytes, place: str, zone: ZoneInfo | None, now: datetime
) -> ReadFile:
    """Return the facts of a file; `zone` is that of times which name none.

    Raises:
        FrameworkError: with every problem and its line.
    """
    reader = _Reader(place, zone, now)
    facts: list[LearningFact] = []
    try:
        facts = reader.read(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        reader.refuse(line, "it is no UTF-8", "Save the file as CSV UTF-8.")
    if reader.problems:
        number = len(reader.problems)
        raise FrameworkError(
            f"{number} problem{'s' if number > 1 else ''} in {place}",
            hint="Correct them all; nothing was stored.",
            problems=reader.problems,
        )
    notes = (
        (f"{reader.unfinished} rows without a time were passed over: not completed.",)
        if reader.unfinished
        else ()
    )
    return ReadFile(tuple(facts), notes)
