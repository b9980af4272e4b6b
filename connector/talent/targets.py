"""What a person may want to be ready for, by the framework's own links.

Pure. Made once for a framework and asked for many people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from connector.framework.model import Framework, Move, Role
from connector.talent.standing import PersonStanding


class TargetKind(StrEnum):
    """Why a role is looked at."""

    PRESENT = "present"
    NEXT_LEVEL = "next_level"
    PARITY = "parity"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Target:
    """A role, in one of its focus areas, that readiness is asked about.

    `move` is the declared move that leads there from the role held, if there is one:
    what bridges the two is asked for as well.
    """

    kind: TargetKind
    role: str
    focus_area: str | None = None
    move: str | None = None


class Targets:
    """Knows which roles lie ahead of each role of a framework."""

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self._on_level: dict[tuple[str, str], list[Role]] = defaultdict(list)
        for role in framework.roles.values():
            if role.level is not None and not role.is_retired:
                self._on_level[role.family, role.level].append(role)
        self._over: dict[str, list[str]] = defaultdict(list)
        for level in framework.levels.values():
            if not level.is_retired:
                for below in level.above:
                    self._over[below].append(level.key)
        self._moves: dict[tuple[str, str], Move] = {}
        for move in framework.moves.values():
            if not move.is_retired:
                self._moves.setdefault((move.from_role, move.to_role), move)
        self._ahead: dict[str, tuple[Target, ...]] = {}

    def of(self, standing: PersonStanding) -> tuple[Target, ...]:
        """Return what is kept for a person: present, next, parity and chosen roles.

        Every role held is looked at; the primary one alone leads further. A role that
        two ways lead to comes once, by the first.
        """
        found: dict[tuple[str, str | None], Target] = {}
        for target in self._all(standing):
            role = self._framework.roles.get(target.role)
            if role is not None and not role.is_retired:
                found.setdefault((target.role, target.focus_area), target)
        return tuple(found.values())

    def chosen(
        self, standing: PersonStanding, role: str, focus_area: str | None = None
    ) -> Target:
        """Return any role as a target of a person, with the move that leads there."""
        held = standing.primary_role
        move = self.move(held.role, role) if held else None
        return Target(TargetKind.CHOSEN, role, focus_area, move)

    def move(self, from_role: str, to_role: str) -> str | None:
        """Return the key of the declared move between two roles, none without one."""
        move = self._moves.get((from_role, to_role))
        return move.key if move else None

    def next_level(self, role: str) -> tuple[Role, ...]:
        """Return the roles of the family on the nearest levels above.

        A level on which the family has no role is passed over; where the ladder forks,
        every branch counts.
        """
        start = self._framework.roles[role]
        found: dict[str, Role] = {}
        seen: set[str] = set()
        waiting = list(self._over[start.level]) if start.level else []
        while waiting:
            level = waiting.pop(0)
            if level in seen:
                continue
            seen.add(level)
            there = self._on_level[start.family, level]
            found.update((other.key, other) for other in there)
            if not there:
                waiting.extend(self._over[level])
        return tuple(found.values())

    def parity(self, role: str) -> tuple[Role, ...]:
        """Return the roles of the family on the equal level of the other track."""
        start = self._framework.roles[role]
        level = self._framework.levels.get(start.level or "")
        if level is None or level.parity is None:
            return ()
        return tuple(self._on_level[start.family, level.parity])

    def _all(self, standing: PersonStanding) -> Iterator[Target]:
        for held in standing.roles:
            yield Target(TargetKind.PRESENT, held.role, held.focus_area)
        primary = standing.primary_role
        if primary is not None and primary.role in self._framework.roles:
            yield from self._targets_ahead(primary.role)
        for one in standing.targets:
            yield self.chosen(standing, one.role, one.focus_area)

    def _targets_ahead(self, role: str) -> tuple[Target, ...]:
        known = self._ahead.get(role)
        if known is None:
            kinds = (
                (TargetKind.NEXT_LEVEL, self.next_level(role)),
                (TargetKind.PARITY, self.parity(role)),
            )
            known = self._ahead[role] = tuple(
                Target(kind, other.key, None, self.move(role, other.key))
                for kind, others in kinds
                for other in others
            )
        return known
