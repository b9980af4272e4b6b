"""Clusters: roles that share competencies, whatever family they are listed in.

Pure and deterministic: the same framework gives the same clusters, ties settled by
key. A cluster is named by its competencies; a release alone makes it the framework's.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connector.talent.mobility.nearness import Nearness

#: How many competencies name a cluster.
_NAMES = 3
#: How near the roles of a cluster are at least, on average.
LEAST_NEARNESS = 0.35


@dataclass(frozen=True, slots=True)
class Named:
    """A competency of a cluster, and how many of its roles ask for it."""

    competency: str
    roles: int


@dataclass(frozen=True, slots=True)
class RoleCluster:
    """Roles that are near one another.

    `named_by` are the competencies that most tell it from the others, heaviest first;
    `nearness` is the mean nearness of its pairs of roles, 0 to 1.
    """

    roles: tuple[str, ...]
    named_by: tuple[Named, ...]
    nearness: float


def clusters(
    nearness: Nearness, *, least_nearness: float = LEAST_NEARNESS
) -> list[RoleCluster]:
    """Return the clusters of a framework, the largest first, roles alone left out.

    Joined by average linkage: always the two whose roles are nearest on average, as
    long as that is near enough.
    """
    joined = _Joining(nearness).down_to(least_nearness)
    found = [_cluster(nearness, roles) for roles in joined if len(roles) > 1]
    return sorted(found, key=lambda each: (-len(each.roles), each.roles))


class _Joining:
    """Clusters on their way from one role each to a few."""

    def __init__(self, nearness: Nearness) -> None:
        roles = sorted(nearness.roles)
        numbers = {role: number for number, role in enumerate(roles)}
        self._members: dict[int, list[str]] = {
            number: [role] for role, number in numbers.items()
        }
        self._near: dict[int, dict[int, float]] = {
            number: {
                numbers[other]: value
                for other in nearness.neighbours(role)
                if (value := nearness.between(role, other)) > 0
            }
            for role, number in numbers.items()
        }
        self._queue = [
            (-value, first, second)
            for first, near in self._near.items()
            for second, value in near.items()
            if first < second
        ]
        heapq.heapify(self._queue)

    def down_to(self, least_nearness: float) -> list[tuple[str, ...]]:
        """Join the nearest two until none are near enough."""
        while self._queue and -self._queue[0][0] >= least_nearness:
            value, first, second = heapq.heappop(self._queue)
            # Of a cluster that was joined meanwhile, old distances are still queued.
            if self._near.get(first, {}).get(second) == -value:
                self._join(first, second)
        return [tuple(sorted(roles)) for roles in self._members.values()]

    def _join(self, first: int, second: int) -> None:
        """Let a cluster take another in; its nearness to others is the mean."""
        here, there = len(self._members[first]), len(self._members[second])
        mine, theirs = self._near[first], self._near.pop(second)
        self._members[first] += self._members.pop(second)
        for other in sorted((mine.keys() | theirs.keys()) - {first, second}):
            joined = here * mine.get(other, 0.0) + there * theirs.get(other, 0.0)
            value = joined / (here + there)
            mine[other] = self._near[other][first] = value
            self._near[other].pop(second, None)
            low, high = sorted((first, other))
            heapq.heappush(self._queue, (-value, low, high))
        mine.pop(second, None)


def _cluster(nearness: Nearness, roles: tuple[str, ...]) -> RoleCluster:
    counted = Counter(key for role in roles for key in nearness.profile(role))
    pairs = [
        nearness.between(first, second)
        for number, first in enumerate(roles)
        for second in roles[number + 1 :]
    ]
    return RoleCluster(
        roles=roles,
        named_by=tuple(_named(nearness, counted, len(roles))),
        nearness=sum(pairs) / len(pairs),
    )


def _named(
    nearness: Nearness, counted: Mapping[str, int], roles: int
) -> Iterable[Named]:
    """Return what names a cluster: asked for by many in it, and rare elsewhere."""
    heaviest = sorted(
        counted.items(),
        key=lambda item: (-item[1] / roles * nearness.weight(item[0]), item[0]),
    )
    return [Named(key, number) for key, number in heaviest[:_NAMES]]
