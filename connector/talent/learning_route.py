"""What would close the gap to a role: activities, and the shortest way to them.

Pure. Hours come first and cost second; where neither is given, that is said and not
guessed. A prerequisite that is done costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from connector.framework.model import (
    Basis,
    Framework,
    Importance,
    LearningActivity,
    Pathway,
    Role,
)
from connector.talent.readiness import Readiness, RequirementState, State
from connector.talent.standing import Proof

_BY_LEARNING = frozenset({Basis.LEARNING, Basis.CERTIFICATION})


@dataclass(frozen=True, slots=True)
class Option:
    """An activity that would show a requirement, and the pathway it stands on."""

    pathway: str
    activity: LearningActivity


@dataclass(frozen=True, slots=True)
class Closing:
    """What would close one requirement.

    `options` are activities that give the asked step or a higher one. `people` are the
    bases among which somebody else has to act; empty where learning is enough.
    """

    state: RequirementState
    options: tuple[Option, ...]
    people: tuple[Basis, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One pathway of a route: what is still to be done on it, and what it closes."""

    pathway: str
    to_do: tuple[LearningActivity, ...]
    closes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRoute:
    """Pathways in the order in which they can be taken, prerequisites first.

    `hours` and `cost` sum what is given; `without_hours` counts activities that give
    none. `not_taught` are competencies that no pathway teaches.
    """

    stages: tuple[Stage, ...]
    hours: Decimal
    cost: Decimal
    without_hours: int
    not_taught: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class _Price:
    for_others: int
    without_hours: int
    hours: Decimal
    cost: Decimal


class Learning:
    """The pathways of a framework, seen by one person who did some of it.

    `roles` are those that the person holds and looks at: a pathway meant for none of
    them is taken only where no other teaches as much.
    """

    def __init__(
        self,
        framework: Framework,
        proofs: Iterable[Proof],
        roles: Iterable[str] = (),
    ) -> None:
        self._framework = framework
        self._audiences = {
            name
            for role in roles
            if role in framework.roles
            for name in _audiences(framework, framework.roles[role])
        }
        self._reached: dict[str, int] = {}
        for proof in proofs:
            rank = self._rank(proof.competency, proof.step)
            known = self._reached.get(proof.competency, -1)
            self._reached[proof.competency] = max(rank, known)
        self._pathways = {
            key: pathway
            for key, pathway in framework.pathways.items()
            if not pathway.is_retired
        }

    def closing(self, state: RequirementState) -> Closing:
        """Return what would close one requirement."""
        missing = [each for each in state.accepts.bases if each not in state.bases]
        lacking = state.accepts.how_many - len(state.bases)
        by_learning = sum(each in _BY_LEARNING for each in missing)
        people = tuple(each for each in missing if each not in _BY_LEARNING)
        return Closing(
            state=state,
            options=tuple(self._options(state)) if self._wants_learning(state) else (),
            people=people if lacking > by_learning else (),
        )

    def route(self, readiness: Readiness) -> LearningRoute:
        """Return the shortest way to what is open and can be learned.

        Each requirement takes the pathway that adds the least to what is on the way
        already; a pathway whose part others do as well is left out again.
        """
        open_ = {
            state.requirement.competency: state
            for state in readiness.open_requirements
            if self._wants_learning(state)
        }
        givers = {
            key: list(dict.fromkeys(option.pathway for option in self._options(state)))
            for key, state in open_.items()
        }
        givers = {key: found for key, found in givers.items() if found}
        chosen: list[str] = []
        for found in sorted(givers.values(), key=len):
            if not any(key in found for key in chosen):
                chosen.append(min(found, key=lambda key: self._added(chosen, key)))
        for key in list(reversed(chosen)):
            rest = [other for other in chosen if other != key]
            if all(set(found) & set(rest) for found in givers.values()):
                chosen = rest
        return self._laid_out(chosen, givers, open_)

    def _laid_out(
        self,
        chosen: Sequence[str],
        givers: dict[str, list[str]],
        open_: Mapping[str, RequirementState],
    ) -> LearningRoute:
        stages = []
        for key in self._in_order(self._with_prerequisites(chosen)):
            closes = tuple(name for name, found in givers.items() if key in found)
            to_do = self._to_do(self._pathways[key], [open_[name] for name in closes])
            if to_do:
                stages.append(Stage(pathway=key, to_do=to_do, closes=closes))
        price = _price(activity for stage in stages for activity in stage.to_do)
        return LearningRoute(
            stages=tuple(stages),
            hours=price.hours,
            cost=price.cost,
            without_hours=price.without_hours,
            not_taught=tuple(key for key in open_ if key not in givers),
        )

    def _wants_learning(self, state: RequirementState) -> bool:
        """Tell whether there is something to learn, or only somebody to ask."""
        if not state.is_open:
            return False
        if state.state is State.EXPIRED or state.reached < max(state.rank, 1):
            return True
        lacks = set(state.accepts.bases) - state.bases
        return bool(lacks & _BY_LEARNING)

    def _options(self, state: RequirementState) -> Iterable[Option]:
        for key, pathway in self._pathways.items():
            for activity in pathway.activities:
                if not activity.is_retired and self._gives(activity, state):
                    yield Option(key, activity)

    def _gives(self, activity: LearningActivity, state: RequirementState) -> bool:
        return any(
            given.competency == state.requirement.competency
            and self._rank(given.competency, given.step) >= state.rank
            for given in activity.gives
        )

    def _added(self, chosen: Sequence[str], key: str) -> tuple[_Price, str]:
        """Return what a pathway adds to the chosen ones, its key to settle a draw."""
        known = self._with_prerequisites(chosen)
        added = self._with_prerequisites([key]) - known
        to_do = (one for new in added for one in self._to_do(self._pathways[new]))
        for_others = sum(not self._is_meant(self._pathways[new]) for new in added)
        return _price(to_do, for_others), key

    def _is_meant(self, pathway: Pathway) -> bool:
        audience = pathway.audience
        return not audience or not self._audiences.isdisjoint(audience)

    def _with_prerequisites(self, keys: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key in self._pathways and key not in found:
                found.add(key)
                waiting.extend(self._open_prerequisites(self._pathways[key]))
        return found

    def _open_prerequisites(self, pathway: Pathway) -> list[str]:
        return [
            key
            for key in pathway.prerequisites
            if key in self._pathways and self._to_do(self._pathways[key])
        ]

    def _in_order(self, keys: set[str]) -> list[str]:
        """Return pathways, prerequisites first, else as the framework lists them."""
        before = {
            key: [other for other in self._pathways[key].prerequisites if other in keys]
            for key in self._pathways
            if key in keys
        }
        try:
            return list(TopologicalSorter(before).static_order())
        except CycleError:
            return list(before)

    def _to_do(
        self, pathway: Pathway, closes: Iterable[RequirementState] = ()
    ) -> tuple[LearningActivity, ...]:
        """Return what is required and not done, and the optional things that close."""
        there = [each for each in pathway.activities if not each.is_retired]
        wanted = {
            activity.key
            for activity in there
            if activity.importance is Importance.REQUIRED
            and not self._is_done(activity)
        }
        for state in closes:
            giving = [each for each in there if self._gives(each, state)]
            if giving and not any(
                each.importance is Importance.REQUIRED for each in giving
            ):
                wanted.add(giving[0].key)
        return tuple(activity for activity in there if activity.key in wanted)

    def _is_done(self, activity: LearningActivity) -> bool:
        """Tell whether all that an activity gives is shown already."""
        return bool(activity.gives) and all(
            self._reached.get(given.competency, -1)
            >= self._rank(given.competency, given.step)
            for given in activity.gives
        )

    def _rank(self, competency: str, step: str) -> int:
        try:
            return self._framework.rank_of(competency, step)
        except KeyError:
            return 0


def _audiences(framework: Framework, role: Role) -> Iterator[str]:
    """Yield every audience of pathways that a role belongs to."""
    yield f"role/{role.key}"
    yield f"family/{role.family}"
    yield f"level/{role.level}"
    if role.track is not None:
        yield f"track/{role.track.value}"
    family = framework.families.get(role.family)
    if family is not None:
        yield f"group/{family.group}"
    for cluster in framework.clusters.values():
        if role.key in cluster.roles:
            yield f"cluster/{cluster.key}"


def _price(activities: Iterable[LearningActivity], for_others: int = 0) -> _Price:
    chosen = list(activities)
    return _Price(
        for_others=for_others,
        without_hours=sum(each.hours is None for each in chosen),
        hours=sum((each.hours or Decimal() for each in chosen), Decimal()),
        cost=sum((each.cost or Decimal() for each in chosen), Decimal()),
    )
