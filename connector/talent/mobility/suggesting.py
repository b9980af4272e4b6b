"""Moves that nobody declared, found by what roles share, each with its reasons.

Pure. A suggestion becomes part of the framework through a release alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connector.framework.ladder import Ladder
from connector.framework.model import Framework, MoveKind, Role
from connector.talent.mobility.nearness import Nearness, Transfer

#: How much of what a role asks for has to come along before a move is suggested.
LEAST_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class SuggestedMove:
    """A move worth declaring. Its transfer says what comes along and what is missing.

    `kind` is none where one of the roles has no level.
    """

    transfer: Transfer
    nearness: float
    kind: MoveKind | None


def suggest_moves(
    framework: Framework, nearness: Nearness, *, least_share: float = LEAST_SHARE
) -> list[SuggestedMove]:
    """Return the moves between families that are not declared, the nearest first.

    Steps up and between tracks within a family are the ladder's own, and steps down
    are nobody's suggestion.
    """
    return sorted(
        _suggestions(framework, nearness, least_share),
        key=lambda each: (
            -each.nearness,
            each.transfer.from_role,
            each.transfer.to_role,
        ),
    )


def _suggestions(
    framework: Framework, nearness: Nearness, least_share: float
) -> Iterator[SuggestedMove]:
    declared = {
        (move.from_role, move.to_role)
        for move in framework.moves.values()
        if not move.is_retired
    }
    ladder = Ladder(framework.levels)
    for role in nearness.roles:
        for other in nearness.neighbours(role):
            kind, is_possible = _kind(
                ladder, framework.roles[role], framework.roles[other]
            )
            if not is_possible or (role, other) in declared:
                continue
            if nearness.share(role, other) >= least_share:
                yield SuggestedMove(
                    transfer=nearness.transfer(role, other),
                    nearness=nearness.between(role, other),
                    kind=kind,
                )


def _kind(ladder: Ladder, start: Role, goal: Role) -> tuple[MoveKind | None, bool]:
    """Return the kind of a move, and whether it is one to suggest.

    A diagonal move goes one rung up; whoever skips rungs is promoted twice.
    """
    if start.family == goal.family and start.track == goal.track:
        return None, False
    if not start.level or not goal.level:
        return None, start.family != goal.family
    if ladder.are_equal(start.level, goal.level):
        # Within a family the equal level of the other track is the ladder's own.
        return MoveKind.LATERAL, start.family != goal.family
    one_up = ladder.rung(start.level) in ladder.below[ladder.rung(goal.level)]
    return MoveKind.DIAGONAL, one_up
