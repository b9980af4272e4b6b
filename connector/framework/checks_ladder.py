"""Checks levels, parity, roles, moves, and whatever must not run in a circle.

Pure; references are checked elsewhere, so an unknown one is passed over here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.framework.ladder import Ladder, cycles
from connector.framework.model import (
    Framework,
    Level,
    Move,
    MoveKind,
    PayBand,
    Role,
    Track,
)
from connector.kit.errors import Problem


def check_containment(framework: Framework) -> Iterator[Problem]:
    """Yield domains, levels and prerequisites that run in a circle."""
    parents = {
        key: (domain.parent,) if domain.parent else ()
        for key, domain in framework.domains.items()
    }
    above = {key: level.above for key, level in framework.levels.items()}
    first = {key: one.prerequisites for key, one in framework.pathways.items()}
    circles = (
        ("domain", framework.domains, parents, "lies in"),
        ("level", framework.levels, above, "is above"),
        ("pathway", framework.pathways, first, "needs"),
    )
    for kind, mapping, edges, verb in circles:
        for cycle in cycles(edges):
            yield _circle(kind, mapping, cycle, verb)


def _circle(
    kind: str, mapping: Mapping[str, Any], cycle: list[str], verb: str
) -> Problem:
    path = f" {verb} ".join(f'"{key}"' for key in (*cycle, cycle[0]))
    return Problem(
        mapping[cycle[0]].place,
        f"a circle of {kind}s: {path}",
        "Take one of these out.",
        cycle[0],
    )


def check_levels(framework: Framework) -> Iterator[Problem]:
    """Yield levels above one of another track, and parity that crosses the order."""
    for level in framework.levels.values():
        for key in level.above:
            lower = framework.levels.get(key)
            if lower is not None and lower.track is not level.track:
                yield Problem(
                    level.place,
                    f'level "{level.key}" is above "{key}", which is on the track '
                    f"{lower.track.value}",
                    "Name levels of its own track; use parity between tracks.",
                    level.key,
                )
    if not cycles({key: level.above for key, level in framework.levels.items()}):
        for cycle in cycles(Ladder(framework.levels).below):
            yield Problem(
                framework.levels[cycle[0]].place,
                "parity contradicts the order of levels around "
                + ", ".join(f'"{key}"' for key in cycle),
                "Equal levels must stand in the same order on both tracks.",
                cycle[0],
            )


def check_parity(framework: Framework) -> Iterator[Problem]:
    """Yield levels whose declared equal does not answer, or is not at par."""
    for level in framework.levels.values():
        if level.parity is None:
            continue
        partner = framework.levels.get(level.parity)
        if partner is None:
            yield _without_partner(level, "is not there")
        elif partner.parity != level.key:
            yield _without_partner(level, "does not name it back")
        elif partner.track is level.track:
            yield _without_partner(level, "is on the same track")
        elif level.key < partner.key:
            yield from _check_pay_parity(framework, level, partner)


def _without_partner(level: Level, reason: str) -> Problem:
    return Problem(
        level.place,
        f'level "{level.key}" has no partner: its parity "{level.parity}" {reason}',
        "Declare parity on both levels, one of each track.",
        level.key,
    )


def _check_pay_parity(
    framework: Framework, level: Level, partner: Level
) -> Iterator[Problem]:
    if level.grade == partner.grade:
        return
    bands = {
        (band.grade, band.region): band
        for band in framework.pay_bands.values()
        if not band.is_retired
    }
    for region in tuple(framework.regions) or ("",):
        first = _amounts(bands.get((level.grade or "", region)))
        second = _amounts(bands.get((partner.grade or "", region)))
        if first is None or first != second:
            where = f' in region "{region}"' if region else ""
            yield Problem(
                level.place,
                f'levels "{level.key}" and "{partner.key}" are at par, but have '
                f'the grades "{level.grade}" and "{partner.grade}" without equal pay '
                f"bands{where}",
                "Give both the same grade, or equal pay bands in every region.",
                level.key,
            )


def _amounts(band: PayBand | None) -> tuple[Any, ...] | None:
    if band is None:
        return None
    return (
        band.currency,
        band.minimum,
        band.midpoint,
        band.maximum,
        band.bonus_target,
        band.equity,
    )


def check_roles(framework: Framework) -> Iterator[Problem]:
    """Yield roles whose track is not their level's, and roles that are the same."""
    seen: dict[tuple[str, Track | None, str | None, str], Role] = {}
    for role in framework.roles.values():
        level = framework.levels.get(role.level or "")
        if level is not None and role.track is not level.track:
            yield Problem(
                role.place,
                f'role "{role.key}" is on '
                f"{f'the track {role.track.value}' if role.track else 'no track'}, but "
                f'its level "{level.key}" is on {level.track.value}',
                "Give the role the track of its level.",
                role.key,
            )
        if role.is_retired:
            continue
        identity = (role.family, role.track, role.level, str(role.name))
        known = seen.setdefault(identity, role)
        if known is not role:
            yield Problem(
                role.place,
                f'roles "{known.key}" and "{role.key}" have the same family, track, '
                "level and name",
                "Tell them apart, or make one a focus area of the other.",
                role.key,
            )


def check_moves(framework: Framework) -> Iterator[Problem]:
    """Yield moves that lead nowhere or whose kind is not what the levels say."""
    is_ordered = not cycles(Ladder(framework.levels).below)
    ladder = Ladder(framework.levels) if is_ordered else None
    for move in framework.moves.values():
        if move.from_role == move.to_role:
            yield Problem(
                move.place,
                f'move "{move.key}" leads from "{move.from_role}" to itself',
                "Name two roles.",
                move.key,
            )
        elif ladder is not None and move.kind is not None:
            yield from _check_kind(framework, ladder, move)


def _check_kind(framework: Framework, ladder: Ladder, move: Move) -> Iterator[Problem]:
    start = framework.roles.get(move.from_role)
    end = framework.roles.get(move.to_role)
    if start is None or end is None:
        return
    if start.level not in framework.levels or end.level not in framework.levels:
        return
    reason = _contradiction(ladder, move.kind, start, end)
    if reason:
        yield Problem(
            move.place,
            f'move "{move.key}" is called {move.kind}, but {reason}',
            "Correct the kind, or the levels of its roles.",
            move.key,
        )


def _contradiction(
    ladder: Ladder, kind: MoveKind | None, start: Role, end: Role
) -> str:
    """Return why a move between two roles with levels is not of a kind."""
    low, high = start.level or "", end.level or ""
    are_equal = ladder.are_equal(low, high)
    if kind is MoveKind.LATERAL and not are_equal:
        return f'levels "{low}" and "{high}" are not equal'
    if kind is MoveKind.VERTICAL and start.family != end.family:
        return f'it leads from family "{start.family}" to "{end.family}"'
    if kind is MoveKind.VERTICAL and not ladder.is_above(high, low):
        return f'level "{high}" is not above "{low}"'
    if kind is MoveKind.DIAGONAL and are_equal:
        return f'levels "{low}" and "{high}" are equal'
    if kind is MoveKind.DIAGONAL and (start.family, start.track) == (
        end.family,
        end.track,
    ):
        return "it keeps both family and track"
    return ""
