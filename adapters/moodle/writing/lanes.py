"""What may be written side by side: writes of one lane follow one another.

Moodle numbers siblings by counting them, so those of one parent go through one lane.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from math import ceil
from typing import TypeAlias

from connector.kit.values import Write

Group: TypeAlias = tuple[Write, ...]


class Lanes:
    """Writes that wait, by what must not be written from two groups at once."""

    def __init__(
        self, writes: Iterable[Write], lane_of: Callable[[Write], Hashable]
    ) -> None:
        self._lane_of = lane_of
        lanes: dict[Hashable, deque[Write]] = {}
        for write in writes:
            lanes.setdefault(lane_of(write), deque()).append(write)
        # The longest lane decides when all is done, so it begins first.
        self._free = dict(sorted(lanes.items(), key=lambda item: -len(item[1])))
        self._taken: dict[Hashable, deque[Write]] = {}

    def take(self, *, most: int, takers: int) -> Group:
        """Take the next group, no more than the part of one of so many takers.

        Empty where everything that is left must wait for a group under way.
        """
        waiting = sum(map(len, self._free.values()))
        takers = max(1, min(takers, len(self._free)))
        room = min(most, ceil(waiting / takers))
        group: list[Write] = []
        for name in list(self._free):
            if len(group) == room:
                break
            lane = self._taken[name] = self._free.pop(name)
            while lane and len(group) < room:
                group.append(lane.popleft())
        return tuple(group)

    def put_back(self, group: Group) -> None:
        """Let the lanes of a group that was answered go on, before all others."""
        names = dict.fromkeys(self._lane_of(write) for write in group)
        begun = {name: self._taken.pop(name) for name in names}
        self._free = {n: lane for n, lane in begun.items() if lane} | self._free

    def rest(self) -> list[Write]:
        """Return all writes that no group has taken."""
        lanes = [*self._taken.values(), *self._free.values()]
        return [write for lane in lanes for write in lane]
