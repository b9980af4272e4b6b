"""How near two roles are: what of the one comes along into the other.

Pure, and every figure can be checked by hand: steps that come along, out of steps that
are asked for, where competencies that few families ask for weigh more.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connector.framework.model import Framework, Importance

#: How much a requirement counts beside a required one.
_IMPORTANCE = {
    Importance.REQUIRED: 1.0,
    Importance.OPTIONAL: 0.5,
    Importance.EMERGING: 0.5,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A competency that a role asks for: the rank of the step, and what it counts.

    Without a step the rank is 1.
    """

    rank: int
    importance: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A competency on the way from one role to another, as ranks; 0 is nothing."""

    competency: str
    held: int
    asked: int

    @property
    def steps(self) -> int:
        """Return how many steps are left to learn."""
        return max(self.asked - self.held, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """What comes along from one role into another, and what is missing there.

    `share` is the weighted part of what the other role asks for that comes along, from
    0 to 1; `steps` how many steps are left to learn.
    """

    from_role: str
    to_role: str
    comes_along: tuple[Compared, ...]
    missing: tuple[Compared, ...]
    share: float
    steps: int


class Nearness:
    """Compares the roles of one framework by what they ask for."""

    def __init__(self, framework: Framework) -> None:
        self._profiles = {
            key: _profile(framework, key)
            for key, role in framework.roles.items()
            if not role.is_retired
        }
        self._weights = _weights(framework, self._profiles)
        self._asking: dict[str, list[str]] = defaultdict(list)
        for role, profile in self._profiles.items():
            for competency in profile:
                self._asking[competency].append(role)
        self._totals = {
            role: sum(
                self._weights[competency] * asked.importance
                for competency, asked in profile.items()
            )
            for role, profile in self._profiles.items()
        }

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the roles in use, in the framework's order."""
        return tuple(self._profiles)

    def profile(self, role: str) -> Mapping[str, Asked]:
        """Return what a role asks for, by competency; raises `KeyError`."""
        return self._profiles[role]

    def weight(self, competency: str) -> float:
        """Return what a competency weighs: more where fewer families ask for it.

        log(1 + families / families that ask for it), the usual inverse frequency.
        """
        return self._weights[competency]

    def share(self, from_role: str, to_role: str) -> float:
        """Return the weighted part of what a role asks for that another brings along.

        0 where the role asks for nothing.
        """
        total = self._totals[to_role]
        if not total:
            return 0.0
        held, asked = self._profiles[from_role], self._profiles[to_role]
        along = sum(
            self._weights[competency]
            * each.importance
            * min(held[competency].rank, each.rank)
            / each.rank
            for competency, each in asked.items()
            if competency in held
        )
        return along / total

    def between(self, first: str, second: str) -> float:
        """Return how near two roles are, from 0 to 1: the smaller share of the two.

        A role that is near in one direction only is not near: a small role brings
        nothing along into a large one that contains it.
        """
        return min(self.share(first, second), self.share(second, first))

    def steps(self, from_role: str, to_role: str) -> int:
        """Return how many required steps are left to learn on the way."""
        held = self._profiles[from_role]
        return sum(
            max(each.rank - _rank(held, competency), 0)
            for competency, each in self._profiles[to_role].items()
            if each.importance == 1
        )

    def transfer(self, from_role: str, to_role: str) -> Transfer:
        """Return what comes along and what is missing, heaviest first."""
        held = self._profiles[from_role]
        compared = sorted(
            (
                Compared(competency, _rank(held, competency), each.rank)
                for competency, each in self._profiles[to_role].items()
            ),
            key=lambda each: (-self._weights[each.competency], each.competency),
        )
        return Transfer(
            from_role=from_role,
            to_role=to_role,
            comes_along=tuple(each for each in compared if each.held),
            missing=tuple(each for each in compared if each.steps),
            share=self.share(from_role, to_role),
            steps=self.steps(from_role, to_role),
        )

    def neighbours(self, role: str) -> Iterator[str]:
        """Yield every other role that shares a competency with one, sorted."""
        found = {
            other
            for competency in self._profiles[role]
            for other in self._asking[competency]
        }
        yield from sorted(found - {role})


def _profile(framework: Framework, role: str) -> dict[str, Asked]:
    profile = {}
    for requirement in framework.requirements_of(role):
        scale = framework.scale_of(requirement.competency)
        rank = scale.rank(requirement.step) if scale and requirement.step else 1
        profile[requirement.competency] = Asked(
            rank, _IMPORTANCE[requirement.importance]
        )
    return profile


def _weights(
    framework: Framework, profiles: Mapping[str, Mapping[str, Asked]]
) -> dict[str, float]:
    asked_by: dict[str, set[str]] = defaultdict(set)
    for role, profile in profiles.items():
        asked_by[framework.roles[role].family].update(profile)
    counted = Counter(each for asked in asked_by.values() for each in asked)
    return {
        competency: math.log(1 + len(asked_by) / number)
        for competency, number in counted.items()
    }


def _rank(profile: Mapping[str, Asked], competency: str) -> int:
    asked = profile.get(competency)
    return asked.rank if asked else 0
