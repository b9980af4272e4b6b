"""Imports a framework from tables through a column map.

The same sources give the same framework, whatever the order of their rows; keys given
by an earlier import are kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connector.framework.model import Framework, Role, SourceIdentity
from connector.framework.sources.column_build import Builder
from connector.framework.sources.column_map import ColumnMap, read_column_map
from connector.framework.sources.column_requirements import add_requirements
from connector.framework.sources.column_rows import collect
from connector.framework.sources.drafts import Drafts
from connector.framework.sources.report import ImportResult, ReportBuilder
from connector.framework.sources.tables import Row, read_tables
from connector.framework.validate import validate
from connector.kit.errors import FrameworkError


def import_framework(
    map_path: Path,
    sources: Sequence[Path],
    *,
    known: tuple[SourceIdentity, ...] = (),
) -> ImportResult:
    """Return the framework that tables hold, and a report of the import.

    `sources` are files, or folders that stand for the files in them; the map finds
    them by name. `known` has the identities of an earlier import, whose keys stay.

    Raises:
        FrameworkError: the map or the files cannot be used, or what they hold makes
            no valid framework; all problems are carried.
    """
    columns = read_column_map(map_path)
    report = ReportBuilder()
    tables = read_tables(columns, sources, report)
    framework = _build(columns, tables, known, report)
    problems = validate(framework)
    if problems:
        raise FrameworkError(
            "What the sources hold is no valid framework.",
            hint="Correct the sources, or the column map.",
            problems=problems,
        )
    return ImportResult(framework, report.build())


def _build(
    columns: ColumnMap,
    tables: dict[str, list[Row]],
    known: tuple[SourceIdentity, ...],
    report: ReportBuilder,
) -> Framework:
    drafts = Drafts()
    # Rules without a name add to what other rules made, so they come last.
    for rule in sorted(columns.elements, key=lambda rule: rule.is_adding):
        collect(rule, tables[rule.table], drafts, report)
    builder = Builder(columns, drafts, report, known)
    built: dict[str, Any] = builder.build()
    add_requirements(columns, tables, builder, built["roles"], report)
    _note_gaps(columns, built["roles"], report)
    return dataclasses.replace(
        columns.framework,
        place=columns.framework.place,
        identities=builder.identities(),
        **built,
    )


def _note_gaps(
    columns: ColumnMap, roles: dict[str, Role], report: ReportBuilder
) -> None:
    """Note roles that a ladder cannot order, and count missing attributes."""
    rules = [rule for rule in columns.elements if rule.kind == "role"]
    has_ladder = any(rule.level for rule in rules)
    attributes = sorted({name for rule in rules for name in rule.attributes})
    for role in roles.values():
        if has_ladder and role.level is None:
            report.note(
                "roles_without_level",
                role.place,
                f'the ladder cannot order the role "{role.key}" ({role.name})',
                role.key,
            )
        if role.track is None:
            report.counts["roles_without_track"] += 1
        for name in attributes:
            if name not in role.attributes:
                report.counts[f"roles_without_{name}"] += 1
