"""What an import tells about itself: counts, notes with places, rows it refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from connector.framework.model import Framework
from connector.kit.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Note:
    """Something the source holds that a reader of the result should know."""

    topic: str
    place: str
    message: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """How an import went; `cleaned` counts the cells each cleaning rule changed."""

    counts: Mapping[str, int]
    cleaned: Mapping[str, int]
    notes: tuple[Note, ...] = ()
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The framework that an import made, and its report."""

    framework: Framework
    report: ImportReport


class ReportBuilder:
    """Collects the report while an import goes on."""

    def __init__(self, *, is_of_rows: bool = True) -> None:
        self.is_of_rows = is_of_rows
        self.counts: Counter[str] = Counter()
        self.cleaned: Counter[str] = Counter()
        self._notes: list[Note] = []
        self._refused: set[Problem] = set()

    def note(self, topic: str, place: str, message: str, key: str = "") -> None:
        """Add a note, and count it under its topic."""
        self.counts[topic] += 1
        self._notes.append(Note(topic=topic, place=place, message=message, key=key))

    def refuse(self, place: str, message: str, hint: str = "") -> None:
        """Note that a row could not be used."""
        self._refused.add(Problem(place, message, hint))

    def build(self) -> ImportReport:
        """Return the report, everything in it sorted."""
        rows = {problem.place for problem in self._refused}
        counts = dict(self.counts)
        if rows or self.is_of_rows:
            counts["refused_rows"] = len(rows)
        return ImportReport(
            counts=dict(sorted(counts.items())),
            cleaned=dict(sorted(self.cleaned.items())),
            notes=tuple(sorted(self._notes, key=_by_topic_and_place)),
            refused=tuple(sorted(self._refused)),
        )


def _by_topic_and_place(note: Note) -> tuple[str, str, int, str]:
    file, _, line = note.place.rpartition(":")
    return note.topic, file, int(line) if line.isdecimal() else 0, note.message
