"""Readiness in plain sentences, for people and not for programs.

Pure. Says what is known and what is missing; never a score, never a judgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connector.framework.model import Basis, Framework, Importance
from connector.talent.eligibility import Eligibility, Obstacle
from connector.talent.readiness import (
    ContributionState,
    Readiness,
    RequirementState,
    State,
)
from connector.talent.standing import Proof

STATES = {
    State.MET: "met",
    State.PARTLY: "partly",
    State.EXPIRED: "expired",
    State.PRESUMED: "presumed",
    State.NOT_EVIDENCED: "not evidenced",
}
_BASES = {
    Basis.LEARNING: "learning",
    Basis.CERTIFICATION: "a certificate",
    Basis.ATTESTATION: "an attestation by a person",
    Basis.RATING: "a rating by a person",
    Basis.CONTRIBUTION: "a contribution",
}
_IMPORTANCE = {Importance.OPTIONAL: " (optional)", Importance.EMERGING: " (emerging)"}
_OBSTACLES = {
    Obstacle.LEFT: "The person has left.",
    Obstacle.NO_ROLE: "The person holds no role of the framework.",
    Obstacle.ON_LEAVE: "The person is on leave.",
    Obstacle.ON_NOTICE: "The person is under notice.",
    Obstacle.OPEN_MOVE: "Another job change of this person is under way.",
    Obstacle.TIME_UNKNOWN: "It is not known since when the person is on this level.",
}


def sentence(framework: Framework, state: RequirementState) -> str:
    """Return how one requirement stands and what it still takes."""
    requirement = state.requirement
    competency = framework.competencies[requirement.competency]
    name = str(competency.name) + _IMPORTANCE.get(requirement.importance, "")
    step = _step(framework, state, state.rank)
    asked = f"{name} at {step}" if step else name
    return f"{asked}: {STATES[state.state]}{_because(framework, state)}"


def contribution_sentence(state: ContributionState) -> str:
    """Return how often there was a kind of contribution, and how often it takes."""
    kind = state.kind.replace("_", " ").capitalize()
    told = f"{kind}: {STATES[state.state]}, {state.counted} of {state.wanted}"
    if state.state is State.PRESUMED:
        told += "; the level held asks for as much"
    return f"{told}."


def certification_sentences(
    framework: Framework, readiness: Readiness
) -> Iterator[str]:
    """Yield which certifications that bridge the move are not shown."""
    for key in readiness.missing_certifications:
        yield f"{framework.certifications[key].name}: the certificate is not shown."


def obstacle_sentences(found: Eligibility) -> Iterator[str]:
    """Yield what stands in the way of a move, apart from requirements."""
    for obstacle in found.obstacles:
        if obstacle is Obstacle.TIME_IN_LEVEL:
            yield f"The time on the present level is enough from {found.from_day} on."
        else:
            yield _OBSTACLES[obstacle]


def verdict(framework: Framework, readiness: Readiness) -> str:
    """Return whether a move can be prepared, and if not what it waits for."""
    if readiness.may_be_proposed:
        return "Everything required is there: a move can be prepared for approval."
    waits = [
        *(sentence(framework, each) for each in readiness.open_requirements),
        *(contribution_sentence(each) for each in readiness.open_contributions),
        *certification_sentences(framework, readiness),
        *obstacle_sentences(readiness.eligibility),
    ]
    return " ".join(["No move is prepared yet.", *waits]) if waits else "All is there."


def _because(framework: Framework, state: RequirementState) -> str:
    if state.state is State.MET:
        return f", by {_told(_asked_for(framework, state, state.proofs))}."
    if state.state is State.EXPIRED:
        last = max(proof.expires_on for proof in state.expired if proof.expires_on)
        return f". It counted until {last} and has to be renewed."
    if state.state is State.PRESUMED:
        confirmed = ", confirmed by the manager" if state.is_confirmed else ""
        return f" from the role held{confirmed}."
    if state.state is State.PARTLY:
        return f". {_missing(framework, state)}"
    if state.presumed:
        below = _step(framework, state, state.presumed)
        return f". The role held lets presume {below}."
    return "."


def _missing(framework: Framework, state: RequirementState) -> str:
    """Say what is there and what is lacking of a requirement partly met."""
    if state.reached < state.rank:
        steps = framework.steps_of(state.requirement.competency)
        highest = [
            each for each in state.proofs if steps[state.reached - 1].key == each.step
        ]
        reached = _step(framework, state, state.reached)
        asked = _step(framework, state, state.rank)
        return (
            f"Shown by {_told(highest)}, which is {reached}; {asked} is not shown yet."
        )
    shown = f"Shown by {_told(state.proofs)}"
    left = [_BASES[each] for each in state.accepts.bases if each not in state.bases]
    lacking = state.accepts.how_many - len(state.bases)
    number = f"{lacking} of: " if lacking > 1 else ""
    return f"{shown}; still needed: {number}{' or '.join(left)}."


def _asked_for(
    framework: Framework, state: RequirementState, proofs: Iterable[Proof]
) -> tuple[Proof, ...]:
    steps = framework.steps_of(state.requirement.competency)
    enough = {step.key for step in steps[max(state.rank - 1, 0) :]} | {""}
    return tuple(
        proof
        for proof in proofs
        if proof.step in enough and proof.basis in state.accepts.bases
    )


def _told(proofs: Iterable[Proof]) -> str:
    told = dict.fromkeys(
        f"{_BASES[proof.basis]} ({proof.achieved_on}"
        + (f", until {proof.expires_on}" if proof.expires_on else "")
        + ")"
        for proof in proofs
    )
    return " and ".join(told)


def _step(framework: Framework, state: RequirementState, rank: int) -> str:
    steps = framework.steps_of(state.requirement.competency)
    return str(steps[rank - 1].name) if 1 <= rank <= len(steps) else ""
