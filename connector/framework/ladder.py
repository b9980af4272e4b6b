"""The partial order of levels across both tracks, parity counted as equality.

Pure; unknown keys are passed over here and reported by `validate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from connector.framework.model import Level


class Ladder:
    """Answers which level lies above which."""

    def __init__(self, levels: Mapping[str, Level]) -> None:
        self._levels = levels
        self._below = {
            rung: sorted(
                {
                    self.rung(lower)
                    for level in levels.values()
                    if self.rung(level.key) == rung
                    for lower in level.above
                    if lower in levels
                }
            )
            for rung in {self.rung(key) for key in levels}
        }

    def rung(self, level: str) -> str:
        """Return one key for a level and its equal on the other track."""
        partner = self._levels[level].parity
        return min(level, partner) if partner in self._levels and partner else level

    def are_equal(self, first: str, second: str) -> bool:
        """Tell whether two levels are one, or equal by parity."""
        return self.rung(first) == self.rung(second)

    def is_above(self, upper: str, lower: str) -> bool:
        """Tell whether a level lies above another, over any number of rungs."""
        goal, start = self.rung(lower), self.rung(upper)
        seen: set[str] = set()
        waiting = list(self._below[start])
        while waiting:
            rung = waiting.pop()
            if rung == goal:
                return goal != start
            if rung not in seen:
                seen.add(rung)
                waiting.extend(self._below[rung])
        return False

    @property
    def below(self) -> Mapping[str, Iterable[str]]:
        """Return the rungs directly below each rung."""
        return self._below


def cycles(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return cycles, each from its smallest key along the edges.

    Of cycles that share an edge one is returned at least: cutting it shows the next.
    """
    remaining = {key: sorted(set(edges[key])) for key in sorted(edges)}
    found: list[list[str]] = []
    while True:
        try:
            TopologicalSorter(remaining).prepare()
        except CycleError as error:
            # The error's list runs against the edges and repeats its first key.
            cycle = _from_smallest(error.args[1][:0:-1])
            remaining[cycle[0]].remove(cycle[1 % len(cycle)])
            found.append(cycle)
        else:
            return sorted(found)


def _from_smallest(cycle: list[str]) -> list[str]:
    first = cycle.index(min(cycle))
    return cycle[first:] + cycle[:first]
