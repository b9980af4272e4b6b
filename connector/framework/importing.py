"""Imports a framework: from tables through a column map, or from a target.

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
from connector.framework.sources.told import framework_told
from connector.framework.validate import validate
from connector.kit.errors import FrameworkError, Problem, TargetError
from connector.kit.protocols import Importing
from connector.kit.values import ImportedElement, ImportNote, Incomplete


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
    _refuse_invalid(framework, "Correct the sources, or the column map.")
    return ImportResult(framework, report.build())


def import_from_target(
    importing: Importing,
    *,
    source: str,
    head: Framework,
    known: tuple[SourceIdentity, ...] = (),
    part: str = "",
) -> ImportResult:
    """Return the framework that a target holds already, and a report of the import.

    `source` names the target in the remembered identities; `head` gives the
    framework's own key, name and language. `known` has the identities of an earlier
    import, whose keys stay. `part` names one of several frameworks of the target.

    Raises:
        TargetError: not everything could be read; says what is missing.
        FrameworkError: the target holds nothing that a framework could hold.
    """
    report = ReportBuilder(is_of_rows=False)
    told: list[ImportedElement] = []
    gaps: list[Problem] = []
    for item in importing.elements(part):
        match item:
            case ImportedElement():
                told.append(item)
            case ImportNote(topic, place, message):
                report.note(topic, place, message)
            case Incomplete(reason):
                gaps.append(Problem(source, reason))
    if gaps:
        raise TargetError(
            f"{source} could not be read whole, so nothing was imported",
            target=source,
            hint=f"`jobframe doctor {source}` names the rights that are missing.",
            problems=gaps,
        )
    if not told:
        raise FrameworkError(
            f"{source} shows nothing that a framework could hold",
            hint="It is empty, or the connection's user may not see it: `jobframe"
            f" doctor {source}`.",
        )
    framework = framework_told(
        told, source=source, head=head, known=known, report=report
    )
    _refuse_invalid(framework, "Correct it there, or report it, please.")
    return ImportResult(framework, report.build())


def _refuse_invalid(framework: Framework, hint: str) -> None:
    problems = validate(framework)
    if problems:
        raise FrameworkError(
            "What the sources hold is no valid framework.",
            hint=hint,
            problems=problems,
        )


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
