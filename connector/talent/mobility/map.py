"""The mobility map as values: families by levels, and the moves between roles.

Pure. The drawing and the table are made of the same map, so that neither says more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.framework.ladder import Ladder
from connector.framework.model import Framework, MoveKind, Role
from connector.talent.mobility.nearness import Nearness
from connector.talent.mobility.suggesting import SuggestedMove
from connector.talent.targets import Targets


class Tie(StrEnum):
    """The kinds of move that a map tells apart."""

    VERTICAL = "vertical"
    LATERAL = "lateral"
    DIAGONAL = "diagonal"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class Cell:
    """The roles of a family on one rung, in the framework's order."""

    family: str
    row: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapMove:
    """A move on the map; `learning` are the steps left to learn for it."""

    from_role: str
    to_role: str
    tie: Tie
    learning: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MobilityMap:
    """Families as columns, rungs as rows from the highest to the lowest.

    `rows` name the levels of each rung; the last one, unnamed, holds roles without a
    level where there are any.
    """

    families: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[Cell, ...]
    moves: tuple[MapMove, ...]


def mobility_map(
    framework: Framework,
    nearness: Nearness,
    suggested: Iterable[SuggestedMove] = (),
    *,
    families: Collection[str] = (),
) -> MobilityMap:
    """Return the map of a framework, or of some of its families."""
    shown = [
        role
        for role in framework.roles.values()
        if not role.is_retired and (not families or role.family in families)
    ]
    heights = _heights(framework)
    ladder = Ladder(framework.levels)
    levels = sorted(
        {heights[ladder.rung(role.level)] for role in shown if role.level}, reverse=True
    )
    rows = {height: row for row, height in enumerate(levels)}
    cells: dict[tuple[str, int], list[str]] = defaultdict(list)
    for role in shown:
        row = rows[heights[ladder.rung(role.level)]] if role.level else len(rows)
        cells[role.family, row].append(role.key)
    names = [_row_name(framework, heights, ladder, height) for height in levels]
    if any(not role.level for role in shown):
        names.append("")
    return MobilityMap(
        families=_in_groups(framework, {role.family for role in shown}),
        rows=tuple(names),
        cells=tuple(
            Cell(family, row, tuple(roles)) for (family, row), roles in cells.items()
        ),
        moves=tuple(_moves(framework, nearness, suggested, shown)),
    )


def _heights(framework: Framework) -> dict[str, int]:
    """Return how many rungs lie below each rung, by the longest way down."""
    below = Ladder(framework.levels).below
    heights: dict[str, int] = {}
    waiting = sorted(below)
    while waiting:
        ready = [rung for rung in waiting if all(low in heights for low in below[rung])]
        # A cycle is reported by `validate`; here it only must not go on for ever.
        for rung in ready or waiting:
            heights[rung] = 1 + max(
                (heights.get(low, -1) for low in below[rung]), default=-1
            )
        waiting = [rung for rung in waiting if rung not in heights]
    return heights


def _row_name(
    framework: Framework, heights: dict[str, int], ladder: Ladder, height: int
) -> str:
    names = [
        str(level.name)
        for level in framework.levels.values()
        if not level.is_retired and heights[ladder.rung(level.key)] == height
    ]
    return " = ".join(dict.fromkeys(names))


def _in_groups(framework: Framework, families: Collection[str]) -> tuple[str, ...]:
    """Return families with those of one group side by side."""
    groups = {key: number for number, key in enumerate(framework.groups)}
    order = {key: number for number, key in enumerate(framework.families)}

    def place(family: str) -> tuple[int, int, str]:
        found = framework.families.get(family)
        group = groups.get(found.group or "", len(groups)) if found else len(groups)
        return group, order.get(family, len(order)), family

    return tuple(sorted(families, key=place))


def _moves(
    framework: Framework,
    nearness: Nearness,
    suggested: Iterable[SuggestedMove],
    shown: Sequence[Role],
) -> Iterable[MapMove]:
    keys = {role.key for role in shown}
    seen: set[tuple[str, str]] = set()
    for move in framework.moves.values():
        ends = (move.from_role, move.to_role)
        if not move.is_retired and keys.issuperset(ends) and ends not in seen:
            seen.add(ends)
            tie = Tie((move.kind or MoveKind.LATERAL).value)
            yield MapMove(*ends, tie, nearness.steps(*ends), str(move.description))
    targets = Targets(framework)
    for role in shown:
        for tie, others in (
            (Tie.VERTICAL, targets.next_level(role.key)),
            (Tie.LATERAL, targets.parity(role.key)),
        ):
            for other in others:
                ends = (role.key, other.key)
                if other.key in keys and ends not in seen:
                    seen.add(ends)
                    yield MapMove(*ends, tie, nearness.steps(*ends))
    for each in suggested:
        ends = (each.transfer.from_role, each.transfer.to_role)
        if keys.issuperset(ends) and ends not in seen:
            seen.add(ends)
            yield MapMove(*ends, Tie.SUGGESTED, each.transfer.steps)
