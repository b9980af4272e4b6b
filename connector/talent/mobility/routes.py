"""The route between two roles with the least learning, over moves that exist.

Pure. An edge is a declared move, a step up in a family, a step to the equal level of
the other track, or a suggested move; it costs the steps that are left to learn.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from connector.framework.model import Framework
from connector.talent.mobility.nearness import Nearness, Transfer
from connector.talent.mobility.suggesting import SuggestedMove
from connector.talent.targets import Targets


class Way(StrEnum):
    """Why one can go from a role to another."""

    DECLARED = "declared"
    NEXT_LEVEL = "next_level"
    PARITY = "parity"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class Leg:
    """One move of a route, with what comes along and what is left to learn for it."""

    way: Way
    transfer: Transfer


@dataclass(frozen=True, slots=True)
class Route:
    """Moves from one role to another; `steps` is what they take to learn together."""

    legs: tuple[Leg, ...]
    steps: int


class Routes:
    """The moves of a framework as a graph, searched as often as asked."""

    def __init__(
        self,
        framework: Framework,
        nearness: Nearness,
        suggested: Iterable[SuggestedMove] = (),
    ) -> None:
        self._nearness = nearness
        known = set(nearness.roles)
        self._ways: dict[str, dict[str, tuple[int, Way]]] = {key: {} for key in known}
        targets = Targets(framework)
        for move in framework.moves.values():
            if not move.is_retired and {move.from_role, move.to_role} <= known:
                self._add(move.from_role, move.to_role, Way.DECLARED)
        for role in known:
            for way, others in (
                (Way.NEXT_LEVEL, targets.next_level(role)),
                (Way.PARITY, targets.parity(role)),
            ):
                for other in others:
                    self._add(role, other.key, way)
        for each in suggested:
            transfer = each.transfer
            self._add(transfer.from_role, transfer.to_role, Way.SUGGESTED)

    def find(self, start: str, goal: str) -> Route | None:
        """Return the route with the least to learn, of equals that with fewer moves.

        None where no moves lead there.

        Raises:
            KeyError: a role is not in use.
        """
        roles = self.path(start, goal)
        if roles is None:
            return None
        legs = tuple(
            Leg(self._ways[here][there][1], self._nearness.transfer(here, there))
            for here, there in pairwise(roles)
        )
        return Route(legs, sum(leg.transfer.steps for leg in legs))

    def path(self, start: str, goal: str) -> list[str] | None:
        """Return the roles of the route that `find` tells more about.

        Raises:
            KeyError: a role is not in use.
        """
        before = self._search(start, goal)
        if goal not in before:
            return None
        roles = [goal]
        while roles[-1] != start:
            roles.append(before[roles[-1]])
        roles.reverse()
        return roles

    def edges(self) -> Iterator[tuple[str, str, int]]:
        """Yield every move as start, goal and the steps it takes to learn."""
        for start, ways in self._ways.items():
            for goal, (steps, _) in ways.items():
                yield start, goal, steps

    def _add(self, start: str, goal: str, way: Way) -> None:
        if start != goal and goal not in self._ways[start]:
            self._ways[start][goal] = (self._nearness.steps(start, goal), way)

    def _search(self, start: str, goal: str) -> dict[str, str]:
        """Return the role before each role on its best way, by Dijkstra's search."""
        if start not in self._ways or goal not in self._ways:
            raise KeyError(start if start not in self._ways else goal)
        before = {start: start}
        best = {start: (0, 0)}
        queue = [(0, 0, start)]
        done: set[str] = set()
        while queue:
            steps, moves, role = heapq.heappop(queue)
            if role in done:
                continue
            done.add(role)
            if role == goal:
                break
            for other, (cost, _) in self._ways[role].items():
                price = (steps + cost, moves + 1)
                if other not in best or price < best[other]:
                    best[other], before[other] = price, role
                    heapq.heappush(queue, (*price, other))
        return before
