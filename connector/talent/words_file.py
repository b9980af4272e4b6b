"""Reads a CSV file of what people tell by hand: all of it, or every problem of it.

Pure: a text in, words out. Each problem names its line and column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.kit.errors import FrameworkError, Problem
from connector.talent.words import FORMS, Form, House, Reader, Word


def read_words(
    content: bytes, place: str, form_name: str, house: House
) -> tuple[Word, ...]:
    """Return the words of a file in the form of that name (see `FORMS`).

    Raises:
        FrameworkError: with every problem, its line and its column.
    """
    file = _File(place, FORMS[form_name], house)
    words: list[Word] = []
    try:
        words = list(file.words(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        file.refuse(line, "", "it is no UTF-8", "Save the file as CSV UTF-8.")
    except csv.Error as error:
        file.refuse(file.line, "", f"it is no CSV: {error}", "Save it as CSV again.")
    if file.problems:
        number = len(file.problems)
        raise FrameworkError(
            f"{number} problem{'s' if number > 1 else ''} in {place}",
            hint="Correct them all; nothing was stored.",
            problems=file.problems,
        )
    return tuple(words)


@dataclass(slots=True)
class _File:
    place: str
    form: Form
    house: House
    line: int = 1
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, line: int, column: str, message: str, hint: str) -> None:
        told = f"column {column}: {message}" if column else message
        self.problems.append(Problem(f"{self.place}:{line}", told, hint, column))

    def words(self, text: str) -> Iterator[Word]:
        """Yield the words; what is wrong is kept beside."""
        head, _, _ = text.partition("\n")
        delimiter = max(",;\t", key=head.count)
        rows = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        columns = self._columns(next(rows, []))
        self.line = rows.line_num + 1
        for row in rows:
            if columns and any(cell.strip() for cell in row):
                word = self._word(columns, row)
                if word is not None:
                    yield word
            self.line = rows.line_num + 1

    def _columns(self, head: Sequence[str]) -> Mapping[str, int]:
        known = (*self.form.needed, *self.form.optional)
        columns: dict[str, int] = {}
        for place, title in enumerate(head):
            name = title.strip().casefold()
            if name not in known:
                self.refuse(
                    1,
                    title.strip() or str(place + 1),
                    "it is not known",
                    f"The columns are {', '.join(known)}.",
                )
            elif name in columns:
                self.refuse(1, name, "it stands twice", "Keep one of the two.")
            columns.setdefault(name, place)
        for name in self.form.needed:
            if name not in columns:
                self.refuse(1, name, "it is missing", "Name it in the first line.")
        return {} if self.problems else columns

    def _word(self, columns: Mapping[str, int], row: Sequence[str]) -> Word | None:
        if len(row) != len(columns):
            self.refuse(
                self.line,
                "",
                f"the row has {len(row)} cells, not {len(columns)}",
                "Put quotes around a cell that holds the sign between cells.",
            )
            return None
        reader = Reader(self.house, {name: row[at] for name, at in columns.items()})
        word = self.form.read(reader)
        for wrong in reader.wrong:
            self.refuse(self.line, wrong.column, wrong.message, wrong.hint)
        return word
