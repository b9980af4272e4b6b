"""Readiness: what a role asks for, how each part of it stands, and on what evidence.

Pure. Never a bare score, and nothing here decides about a person. What a target asks
for is made ready once and then laid on many people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from connector.framework.bases import accepted_bases
from connector.framework.model import (
    AcceptedBases,
    Basis,
    Framework,
    Importance,
    Requirement,
)
from connector.talent.eligibility import Eligibility, eligibility
from connector.talent.standing import PersonStanding, Proof
from connector.talent.targets import Target, TargetKind, Targets


class State(StrEnum):
    """How a requirement stands. What nobody knows is "not evidenced", no more."""

    MET = "met"
    PARTLY = "partly"
    EXPIRED = "expired"
    PRESUMED = "presumed"
    NOT_EVIDENCED = "not_evidenced"


#: Roles held with their focus areas.
_Held: TypeAlias = tuple[tuple[str, str | None], ...]
#: The rank of a step, and evidence that shows it.
_Shown: TypeAlias = tuple[int, Proof]
_NONE: frozenset[Basis] = frozenset()
#: What needs nothing more for a level move.
FULFILLED = frozenset({State.MET, State.PRESUMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementState:
    """One requirement, and what is known of it.

    `proofs` are the evidence that counts today, highest step first; `expired` what
    would count had it not run out. `bases` are the accepted bases that are shown at the
    asked step or above, of `accepts.how_many` that it takes. `reached` is the highest
    step that evidence shows and `presumed` the one that a role held lets presume, as
    ranks, 0 for none. `is_confirmed` tells that the manager agreed to what is presumed.
    `is_open` is what is required and neither met nor presumed.
    """

    requirement: Requirement
    rank: int
    accepts: AcceptedBases
    state: State
    is_open: bool
    proofs: tuple[Proof, ...] = ()
    expired: tuple[Proof, ...] = ()
    bases: frozenset[Basis] = frozenset()
    reached: int = 0
    presumed: int = 0
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionState:
    """A kind of contribution that a level asks for, and how often there was one.

    `presumed` is what the level of a role held asks for, and so lets presume.
    """

    kind: str
    wanted: int
    counted: int
    presumed: int
    state: State


@dataclass(frozen=True, slots=True)
class CertificationState:
    """A certification that bridges the declared move, and whether it is shown.

    A certificate shows it, as evidence of a step that an activity with it gives; a role
    held lets none be presumed.
    """

    certification: str
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Everything a target asks for; requirements and eligibility kept apart."""

    target: Target
    requirements: tuple[RequirementState, ...]
    open_requirements: tuple[RequirementState, ...]
    contributions: tuple[ContributionState, ...]
    certifications: tuple[CertificationState, ...]
    eligibility: Eligibility

    @property
    def open_contributions(self) -> tuple[ContributionState, ...]:
        """Return what is neither met nor presumed of contributions."""
        return tuple(each for each in self.contributions if each.state not in FULFILLED)

    @property
    def missing_certifications(self) -> tuple[str, ...]:
        """Return the certifications that bridge the move and are not shown."""
        return tuple(
            each.certification for each in self.certifications if not each.is_shown
        )

    @property
    def open_number(self) -> int:
        """Return how many things are still open, of every kind."""
        return (
            len(self.open_requirements)
            + len(self.open_contributions)
            + len(self.missing_certifications)
        )

    @property
    def is_met(self) -> bool:
        """Tell whether everything asked for is met, presumed or shown."""
        return not self.open_number

    @property
    def may_be_proposed(self) -> bool:
        """Tell whether a move may be prepared: it takes both (design section 9)."""
        return (
            self.target.kind is not TargetKind.PRESENT
            and self.is_met
            and self.eligibility.is_eligible
        )


class _Criterion:
    """A requirement made ready to be laid on people."""

    def __init__(
        self, requirement: Requirement, rank: int, accepts: AcceptedBases
    ) -> None:
        self.requirement = requirement
        self.rank = rank
        self.accepts = accepts
        self.bases = frozenset(accepts.bases)
        self.is_required = requirement.importance is Importance.REQUIRED
        self._without_evidence: dict[tuple[int | None, bool], RequirementState] = {}

    def without_evidence(
        self, presumed: int | None, *, is_confirmed: bool
    ) -> RequirementState:
        """Return how it stands for everybody who has no evidence; one value for all."""
        name = (presumed, is_confirmed)
        known = self._without_evidence.get(name)
        if known is None:
            known = self._without_evidence[name] = self.state((), (), *name)
        return known

    def state(
        self,
        current: Sequence[_Shown],
        expired: Sequence[_Shown],
        presumed: int | None,
        is_confirmed: bool,
    ) -> RequirementState:
        """Return how it stands; shown are rank and evidence, now and formerly."""
        bases, lapsed = self._accepted(current), self._accepted(expired)
        enough = self.accepts.how_many
        if len(bases) >= enough:
            state = State.MET
        elif len(bases | lapsed) >= enough:
            state = State.EXPIRED
        elif presumed is not None and presumed >= self.rank:
            state = State.PRESUMED
        else:
            state = State.PARTLY if current else State.NOT_EVIDENCED
        return RequirementState(
            requirement=self.requirement,
            rank=self.rank,
            accepts=self.accepts,
            state=state,
            is_open=self.is_required and state not in FULFILLED,
            proofs=_highest_first(current),
            expired=_highest_first(expired),
            bases=bases,
            reached=max((rank for rank, _ in current), default=0),
            presumed=presumed or 0,
            is_confirmed=is_confirmed,
        )

    def _accepted(self, shelf: Sequence[_Shown]) -> frozenset[Basis]:
        """Return the accepted bases that show the asked step or a higher one."""
        if not shelf:
            return _NONE
        return frozenset(
            proof.basis
            for rank, proof in shelf
            if rank >= self.rank and proof.basis in self.bases
        )


class _Criteria:
    """What a target asks for, in order, and where each competency stands in it.

    Most people have evidence of little: how all stands without any is made once for
    everybody who holds the same roles.
    """

    def __init__(self, criteria: Iterable[_Criterion]) -> None:
        self.all = tuple(criteria)
        self.places = {
            each.requirement.competency: place for place, each in enumerate(self.all)
        }
        self._without_evidence: dict[_Held, tuple[RequirementState, ...]] = {}

    def without_evidence(
        self, held: _Held, presumed: Mapping[str, int]
    ) -> tuple[RequirementState, ...]:
        """Return how all stands for holders of these roles who have shown nothing."""
        known = self._without_evidence.get(held)
        if known is None:
            known = self._without_evidence[held] = tuple(
                each.without_evidence(
                    presumed.get(each.requirement.competency), is_confirmed=False
                )
                for each in self.all
            )
        return known


class Assessor:
    """Lays what one framework asks for on people, as of one day."""

    def __init__(self, framework: Framework, as_of: date) -> None:
        self._framework = framework
        self._as_of = as_of
        self.targets = Targets(framework)
        self._ranks = {
            (key, step.key): rank
            for key in framework.competencies
            for rank, step in enumerate(framework.steps_of(key), 1)
        }
        self._certificates: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for _, activity in framework.activities():
            if activity.certification is not None:
                self._certificates[activity.certification].update(
                    (given.competency, given.step) for given in activity.gives
                )
        self._criteria: dict[tuple[str, str | None, str | None], _Criteria] = {}
        self._presumed: dict[_Held, Mapping[str, int]] = {}

    def kept(self, standing: PersonStanding) -> tuple[Readiness, ...]:
        """Return the readiness that is kept for a person: see `Targets.of`."""
        return self.assess(standing, self.targets.of(standing))

    def assess(
        self, standing: PersonStanding, targets: Iterable[Target]
    ) -> tuple[Readiness, ...]:
        """Lay targets on one person.

        Raises:
            KeyError: a target's role is not in the framework.
        """
        look = _Look(self, standing)
        return tuple(look.at(target) for target in targets)

    def criteria(self, target: Target) -> _Criteria:
        """Return what a target asks for, made once."""
        name = (target.role, target.focus_area, target.move)
        known = self._criteria.get(name)
        if known is None:
            known = _Criteria(map(self._criterion, self.requirements(target)))
            self._criteria[name] = known
        return known

    def requirements(self, target: Target) -> Iterator[Requirement]:
        """Yield what a target asks for: the role's, then what the move adds.

        Where both name a competency, the higher step holds.
        """
        stated = {
            each.competency: each
            for each in self._framework.requirements_of(target.role, target.focus_area)
        }
        move = self._framework.moves[target.move] if target.move else None
        for added in move.requirements if move else ():
            known = stated.get(added.competency)
            if known is None or self.rank(added) > self.rank(known):
                stated[added.competency] = added
        yield from stated.values()

    def rank(self, requirement: Requirement) -> int:
        """Return the rank of the asked step, 0 where none is named."""
        return self._ranks.get((requirement.competency, requirement.step or ""), 0)

    def rank_of(self, proof: Proof) -> int | None:
        """Return the rank that evidence shows, none where today's scale lacks it."""
        if proof.competency not in self._framework.competencies:
            return None
        if not proof.step:
            return 0
        return self._ranks.get((proof.competency, proof.step))

    def presumed(self, held: _Held) -> Mapping[str, int]:
        """Return competency to rank of what the roles held let presume."""
        known = self._presumed.get(held)
        if known is None:
            ranks: dict[str, int] = {}
            for role, area in held:
                if role in self._framework.roles:
                    for each in self._framework.requirements_of(role, area):
                        rank, other = self.rank(each), ranks.get(each.competency, 0)
                        ranks[each.competency] = max(rank, other)
            known = self._presumed[held] = ranks
        return known

    def correction(self, competency: str, step: str | None) -> int:
        """Return the rank that a manager's correction leaves, -1 for nothing."""
        return -1 if step is None else self._ranks.get((competency, step), -1)

    def contributions(self, role: str) -> Mapping[str, int]:
        """Return what the level of a role asks for, by kind of contribution."""
        found = self._framework.roles.get(role)
        level = self._framework.levels.get(found.level or "") if found else None
        return level.contributions if level else {}

    def certifications(
        self, standing: PersonStanding, target: Target
    ) -> Iterator[CertificationState]:
        """Yield the certifications that bridge the move to a target, if it is one."""
        move = self._framework.moves[target.move] if target.move else None
        asked = move.certifications if move else ()
        shown = {
            (proof.competency, proof.step)
            for proof in (standing.proofs if asked else ())
            if proof.basis is Basis.CERTIFICATION and proof.is_current(self._as_of)
        }
        for key in asked:
            is_shown = not shown.isdisjoint(self._certificates.get(key, ()))
            yield CertificationState(key, is_shown)

    def eligibility(self, standing: PersonStanding, target: Target) -> Eligibility:
        """Return what stands in the way of a move, whatever was learned."""
        return eligibility(self._framework, standing, target.role, self._as_of)

    @property
    def as_of(self) -> date:
        """Return the day that counts as today."""
        return self._as_of

    def _criterion(self, requirement: Requirement) -> _Criterion:
        accepts = accepted_bases(self._framework, requirement)
        return _Criterion(requirement, self.rank(requirement), accepts)


class _Look:
    """One person, looked at once for all targets."""

    def __init__(self, assessor: Assessor, standing: PersonStanding) -> None:
        self._assessor = assessor
        self._standing = standing
        self._current: dict[str, list[_Shown]] = defaultdict(list)
        self._expired: dict[str, list[_Shown]] = defaultdict(list)
        today = assessor.as_of
        for proof in standing.proofs:
            rank = assessor.rank_of(proof) if proof.is_given(today) else None
            if rank is not None:
                shelf = self._current if proof.is_current(today) else self._expired
                shelf[proof.competency].append((rank, proof))
        self._held = tuple((each.role, each.focus_area) for each in standing.roles)
        self._presumed = self._presume()

    def at(self, target: Target) -> Readiness:
        """Return the readiness for one target."""
        states = self._states(self._assessor.criteria(target))
        return Readiness(
            target=target,
            requirements=tuple(states),
            open_requirements=tuple(state for state in states if state.is_open),
            contributions=tuple(self._contributions(target)),
            certifications=tuple(self._assessor.certifications(self._standing, target)),
            eligibility=self._assessor.eligibility(self._standing, target),
        )

    def _states(self, criteria: _Criteria) -> list[RequirementState]:
        if self._standing.corrections or self._standing.confirmed:
            return [self._state(each) for each in criteria.all]
        states = list(criteria.without_evidence(self._held, self._presumed))
        for competency in self._current.keys() | self._expired.keys():
            place = criteria.places.get(competency)
            if place is not None:
                states[place] = self._state(criteria.all[place])
        return states

    def _presume(self) -> Mapping[str, int]:
        known = self._assessor.presumed(self._held)
        if not self._standing.corrections:
            return known
        presumed = dict(known)
        for competency, step in self._standing.corrections.items():
            left = self._assessor.correction(competency, step)
            if competency in presumed:
                presumed[competency] = min(presumed[competency], left)
        return {key: rank for key, rank in presumed.items() if rank >= 0}

    def _state(self, criterion: _Criterion) -> RequirementState:
        competency = criterion.requirement.competency
        current = self._current.get(competency)
        expired = self._expired.get(competency)
        presumed = self._presumed.get(competency)
        is_confirmed = competency in self._standing.confirmed
        if current is None and expired is None:
            return criterion.without_evidence(presumed, is_confirmed=is_confirmed)
        return criterion.state(current or (), expired or (), presumed, is_confirmed)

    def _contributions(self, target: Target) -> Iterator[ContributionState]:
        wanted = self._assessor.contributions(target.role)
        if not wanted:
            return
        counted: dict[str, int] = defaultdict(int)
        for each in self._standing.contributions:
            counted[each.kind] += each.counts(self._assessor.as_of)
        for kind, number in wanted.items():
            presumed = max(
                (
                    self._assessor.contributions(held.role).get(kind, 0)
                    for held in self._standing.roles
                ),
                default=0,
            )
            yield ContributionState(
                kind=kind,
                wanted=number,
                counted=counted[kind],
                presumed=presumed,
                state=_contribution_state(number, counted[kind], presumed),
            )


def _contribution_state(wanted: int, counted: int, presumed: int) -> State:
    if counted >= wanted:
        return State.MET
    if presumed >= wanted:
        return State.PRESUMED
    return State.PARTLY if counted else State.NOT_EVIDENCED


def _highest_first(shelf: Sequence[_Shown]) -> tuple[Proof, ...]:
    if len(shelf) < 2:
        return tuple(proof for _, proof in shelf)
    return tuple(
        proof
        for _, proof in sorted(
            shelf, key=lambda item: (-item[0], item[1].achieved_on, item[1].id)
        )
    )
