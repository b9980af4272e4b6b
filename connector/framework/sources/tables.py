"""Reads delimited text files as rows that remember their file and line.

Cells are cleaned only as the column map declares, and every change is counted. Exact
copies of a row are reported and left out.
"""

from __future__ import annotations

import csv
import fnmatch
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from connector.framework.sources.column_map import ColumnMap, Table
from connector.framework.sources.files import read_text
from connector.framework.sources.map_values import CleaningRule
from connector.framework.sources.report import ReportBuilder
from connector.framework.sources.yaml_nodes import TEXT_LIMIT
from connector.kit.errors import FrameworkError, Problem


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it begins, and its cells by column; no value is an empty text."""

    place: str
    cells: Mapping[str, str]


def read_tables(
    columns: ColumnMap, sources: Sequence[Path], report: ReportBuilder
) -> dict[str, list[Row]]:
    """Return the rows of every table of a map, each row once.

    Raises:
        FrameworkError: files are missing, unknown, unreadable or lack columns.
    """
    problems: list[Problem] = []
    files = _match(columns, sources, problems)
    tables: dict[str, list[Row]] = {}
    for table in columns.tables:
        rows = [
            row
            for path in files[table.key]
            for row in _read_file(path, table, columns, report, problems)
        ]
        tables[table.key] = _distinct(rows, report)
    if problems:
        raise FrameworkError(
            "The sources do not fit the column map.",
            hint="Name the files that the map describes, or correct the map.",
            problems=sorted(problems),
        )
    return tables


def _match(
    columns: ColumnMap, sources: Sequence[Path], problems: list[Problem]
) -> dict[str, list[Path]]:
    """Return the files of every table; a folder stands for the files in it."""
    named = {path: True for path in sources if not path.is_dir()}
    listed = {
        path: False
        for folder in sources
        if folder.is_dir()
        for path in folder.iterdir()
        if path.is_file()
    }
    matched: dict[str, list[Path]] = {table.key: [] for table in columns.tables}
    for path, is_named in sorted({**listed, **named}.items()):
        tables = [
            table.key
            for table in columns.tables
            if any(fnmatch.fnmatchcase(path.name, one) for one in table.files)
        ]
        for key in tables:
            matched[key].append(path)
        if is_named and not tables:
            problems.append(
                Problem(
                    path.name, "no table of the map reads this file", "Leave it out."
                )
            )
    problems.extend(
        Problem(
            columns.place,
            f'no source for the table "{table.key}"',
            f"Name a file such as {', '.join(table.files)}.",
            table.key,
        )
        for table in columns.tables
        if not matched[table.key]
    )
    return matched


def _read_file(
    path: Path,
    table: Table,
    columns: ColumnMap,
    report: ReportBuilder,
    problems: list[Problem],
) -> Iterator[Row]:
    text, problem = read_text(path, path.name, table.encoding)
    if problem:
        problems.append(problem)
        return
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=table.delimiter, strict=True
    )
    line = 1
    try:
        header = next(reader, [])
        if not _has_columns(path.name, header, columns.columns_of(table), problems):
            return
        line = reader.line_num + 1
        for cells in reader:
            place = f"{path.name}:{line}"
            line = reader.line_num + 1
            if cells:
                yield from _as_row(place, header, cells, columns, report)
    except csv.Error as error:
        problems.append(
            Problem(
                f"{path.name}:{line}",
                f"the row cannot be read: {error}",
                "Check the quotes, and the delimiter in the map.",
            )
        )


def _has_columns(
    file: str, header: list[str], wanted: set[str], problems: list[Problem]
) -> bool:
    faults = [f'the column "{name}" is missing' for name in wanted - set(header)]
    faults += [
        f'the column "{name}" stands twice' for name in wanted if header.count(name) > 1
    ]
    hint = f"The columns are {', '.join(header)}."
    problems.extend(Problem(f"{file}:1", fault, hint) for fault in faults)
    return not faults


def _as_row(
    place: str,
    header: list[str],
    cells: list[str],
    columns: ColumnMap,
    report: ReportBuilder,
) -> Iterator[Row]:
    report.counts["rows"] += 1
    if len(cells) != len(header):
        report.refuse(
            place,
            f"the row has {len(cells)} cells, the header {len(header)}",
            "Check the quotes and delimiters of the row.",
        )
    elif max(map(len, cells)) > TEXT_LIMIT:
        report.refuse(
            place, f"a cell is longer than {TEXT_LIMIT:,} characters", "Shorten it."
        )
    else:
        cleaned = (_clean(cell, columns, report) for cell in cells)
        yield Row(place, dict(zip(header, cleaned, strict=True)))


def _clean(cell: str, columns: ColumnMap, report: ReportBuilder) -> str:
    for rule in columns.cleaning:
        changed = _apply(rule, cell)
        if changed != cell:
            report.cleaned[rule.label] += 1
            cell = changed
    if cell in columns.no_value:
        report.counts["cells_without_value"] += 1
        return ""
    return cell


def _apply(rule: CleaningRule, cell: str) -> str:
    if rule.text is None:
        return cell.strip()
    return cell.replace(rule.text, rule.replacement)


def _distinct(rows: list[Row], report: ReportBuilder) -> list[Row]:
    """Return every row once; copies are noted, whichever file they stand in."""
    first: dict[tuple[tuple[str, str], ...], Row] = {}
    for row in rows:
        known = first.setdefault(tuple(row.cells.items()), row)
        if known is not row:
            report.note(
                "duplicate_rows", row.place, f"an exact copy of the row {known.place}"
            )
    return list(first.values())
