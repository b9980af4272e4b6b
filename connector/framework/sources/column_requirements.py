"""Turns rows into requirements of roles, each competency once.

What a row says twice differently is refused by its place, never merged.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from connector.framework.model import Origin, Requirement
from connector.framework.sources.column_build import Builder
from connector.framework.sources.column_map import ColumnMap, RequirementRule
from connector.framework.sources.column_rows import RowError, identity_of, value_of
from connector.framework.sources.report import ReportBuilder
from connector.framework.sources.tables import Row


def add_requirements(
    columns: ColumnMap,
    tables: dict[str, list[Row]],
    builder: Builder,
    roles: dict[str, Any],
    report: ReportBuilder,
) -> None:
    """Add the requirements that rows state to the roles, sorted by competency."""
    stated: dict[tuple[str, str], Requirement] = {}
    for rule in columns.requirements:
        found = _read(rule, tables[rule.table], builder, report)
        # The first in this order is kept, so that the order of rows never matters.
        for one in sorted(found, key=_content):
            known = stated.setdefault((one.origin_key, one.competency), one)
            if known.step != one.step:
                report.refuse(
                    one.place,
                    f'role "{one.origin_key}" requires "{one.competency}" at the step '
                    f'"{one.step}", but at "{known.step}" in {known.place}',
                    "Keep one of the two rows.",
                )
    _note_missing_steps(stated.values(), report)
    by_role: dict[str, list[Requirement]] = {}
    for (role, _), one in sorted(stated.items()):
        by_role.setdefault(role, []).append(one)
    for role, requirements in by_role.items():
        roles[role] = dataclasses.replace(roles[role], requirements=tuple(requirements))


def _read(
    rule: RequirementRule, rows: list[Row], builder: Builder, report: ReportBuilder
) -> list[Requirement]:
    found = []
    for row in rows:
        try:
            found.append(_requirement(rule, row, builder))
        except RowError as error:
            report.refuse(row.place, str(error), "Correct the row, or the map.")
    return found


def _requirement(rule: RequirementRule, row: Row, builder: Builder) -> Requirement:
    role = builder.key("role", identity_of(rule.role, row))
    competency = builder.key("competency", identity_of(rule.competency, row))
    if role is None:
        raise RowError("the requirement names no known role")
    if competency is None:
        raise RowError("the requirement names no known competency")
    return Requirement(
        competency=competency,
        step=value_of(rule.step, row) or None,
        origin=Origin.ROLE,
        origin_key=role,
        place=row.place,
    )


def _content(requirement: Requirement) -> tuple[str, str, str]:
    return requirement.origin_key, requirement.competency, requirement.step or ""


def _note_missing_steps(
    requirements: Iterable[Requirement], report: ReportBuilder
) -> None:
    for one in requirements:
        if one.step is None:
            report.note(
                "requirements_without_step",
                one.place,
                f'role "{one.origin_key}" requires "{one.competency}" without a step',
                one.origin_key,
            )
