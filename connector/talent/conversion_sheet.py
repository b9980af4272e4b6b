"""The conversion sheet: written for a person to decide in, read back strictly.

Pure. Every problem of a sheet is told at once, with its line and column; nothing of a
sheet with a problem is used.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from connector.framework.model import Framework
from connector.kit.errors import FrameworkError, Problem
from connector.store.conversions import NewConversion
from connector.talent.coverage import Outside

COLUMNS = (
    "person",
    "employee_id",
    "worker",
    "organisation",
    "position",
    "present_profile",
    "suggested_role",
    "why",
    "decision",
)
#: Columns that must come back; the others help whoever decides.
_NEEDED = ("person", "position", "decision")
#: Words in the decision column besides keys of roles.
TAKE, KEEP = "yes", "keep"
#: A cell that begins so would be a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t")


def write_sheet(rows: Iterable[Mapping[str, str]]) -> str:
    """Return the sheet as CSV text; rows are by column."""
    made = io.StringIO(newline="")
    writer = csv.DictWriter(made, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _safe(row.get(name, "")) for name in COLUMNS})
    return made.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


@dataclass(slots=True)
class Decided:
    """What a sheet decides: conversions, and positions that stay as they are."""

    conversions: list[NewConversion] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    undecided: int = 0


def read_sheet(
    text: str, place: str, outside: Iterable[Outside], framework: Framework
) -> Decided:
    """Return what a filled sheet decides about positions outside the framework.

    Raises:
        FrameworkError: with every problem, each with line and column.
    """
    reader = _Reader(place, outside, framework)
    decided = reader.read(text.removeprefix("\ufeff"))
    if reader.problems:
        number = len(reader.problems)
        raise FrameworkError(
            f"{place} has {number} problem{'s' if number > 1 else ''}; nothing of it"
            " was stored",
            hint="Correct the cells named, then convert it again.",
            problems=reader.problems,
        )
    return decided


class _Reader:
    """Reads one sheet; a problem never stops the reading."""

    def __init__(
        self, place: str, outside: Iterable[Outside], framework: Framework
    ) -> None:
        self.problems: list[Problem] = []
        self._place, self._framework = place, framework
        self._outside = {(one.person_id, one.position_id): one for one in outside}
        self._persons = {person for person, _ in self._outside}
        self._seen: dict[tuple[str, str], int] = {}

    def read(self, text: str) -> Decided:
        decided = Decided()
        for line, row in self._rows(text):
            self._take(line, row, decided)
        return decided

    def _rows(self, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        head = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=head.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        names = [name.strip() for name in next(reader, [])]
        missing = [name for name in _NEEDED if name not in names]
        for name in missing:
            self._report(1, name, "the column is missing", "Write the sheet anew.")
        if missing:
            return
        for cells in reader:
            if any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * len(names)]
                row = dict(zip(names, padded, strict=False))
                yield reader.line_num, {name: _cell(row[name]) for name in names}

    def _take(self, line: int, row: dict[str, str], decided: Decided) -> None:
        place = (row["person"], row["position"])
        if not row["decision"]:
            decided.undecided += 1
            return
        known = self._known(line, place)
        role = self._role(line, row)
        if known is None or role is None:
            return
        if role == KEEP:
            decided.kept.append(place)
            return
        decided.conversions.append(
            NewConversion(
                person_id=known.person_id,
                position_id=known.position_id,
                profile=known.profile,
                to_role=role,
                reason=row.get("why", ""),
            )
        )

    def _known(self, line: int, place: tuple[str, str]) -> Outside | None:
        person, position = place
        if place in self._seen:
            message = f"this position stands in line {self._seen[place]} already"
            self._report(line, "position", message, "Keep one of the two.")
            return None
        self._seen[place] = line
        if place in self._outside:
            return self._outside[place]
        if person in self._persons:
            message = f"“{position}” is no position of theirs outside the framework"
            self._report(line, "position", message, "Write the sheet anew.")
        else:
            message = f"“{person}” is nobody on a profile outside the framework"
            self._report(line, "person", message, "Write the sheet anew.")
        return None

    def _role(self, line: int, row: dict[str, str]) -> str | None:
        """Return the role that a row decides for, `KEEP`, or none with a problem."""
        said = row["decision"]
        if said.casefold() == KEEP:
            return KEEP
        column, key = "decision", said
        if said.casefold() == TAKE:
            column, key = "suggested_role", row.get("suggested_role", "")
        role, _, area = key.partition("/")
        found = self._framework.roles.get(role)
        hint = f"Write the key of a role, {TAKE} for the suggested one, or {KEEP}."
        if found is None:
            self._report(line, column, f"“{key}” is no role of the framework", hint)
        elif found.is_retired:
            self._report(line, column, f"the role “{key}” is retired", hint)
        elif area and area not in [one.key for one in found.focus_areas]:
            self._report(line, column, f"“{role}” has no focus area “{area}”", hint)
        else:
            return key
        return None

    def _report(self, line: int, column: str, message: str, hint: str) -> None:
        where = f"{self._place}:{line}, column {column}"
        self.problems.append(Problem(where, message, hint))


def _cell(text: str) -> str:
    return text.strip().removeprefix("'").strip()
