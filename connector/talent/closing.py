"""Which evidence closes a requirement of the role held, the next one or a chosen one.

Pure. Only such evidence is worth an approver's time; the rest stays here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from connector.framework.bases import accepted_bases
from connector.framework.model import AcceptedBases, Framework, Requirement
from connector.store.facts import Evidence
from connector.talent.targets import Targets
from connector.talent.workforce import role_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A competency that somebody needs: from which rank on, on what grounds."""

    competency: str
    rank: int
    bases: AcceptedBases


def wanted_by(
    framework: Framework,
    ahead: Targets,
    held: Iterable[str],
    chosen: Iterable[str] = (),
) -> frozenset[Wanted]:
    """Return what roles held, the next and chosen ones, and moves to them ask for.

    `ahead` knows which roles come next, as readiness does. Roles go by record key, with
    the focus area where there is one; the next role keeps the focus area where it has
    the same. Keys that the framework lacks are passed over.
    """
    holds = [role_of(key) for key in held]
    further = {role_of(key) for key in chosen}
    for role, area in holds:
        if role in framework.roles:
            further.update((higher.key, area) for higher in ahead.next_level(role))
    asked = [
        requirement
        for role, area in {*holds, *further}
        if role in framework.roles
        for requirement in framework.requirements_of(role, area)
    ]
    moves = {ahead.move(start, goal) for start, _ in holds for goal, _ in further}
    for move in moves - {None}:
        asked.extend(framework.moves[str(move)].requirements)
    return frozenset(_wanted(framework, asked))


def _wanted(
    framework: Framework, requirements: Iterable[Requirement]
) -> Iterator[Wanted]:
    for requirement in requirements:
        if requirement.competency not in framework.competencies:
            continue
        rank = (
            framework.rank_of(requirement.competency, requirement.step)
            if requirement.step
            else 0
        )
        bases = accepted_bases(framework, requirement)
        yield Wanted(requirement.competency, rank, bases)


def closing(
    framework: Framework, wanted: Collection[Wanted], evidence: Sequence[Evidence]
) -> list[Evidence]:
    """Return the evidence of one person that closes something wanted, oldest first.

    Evidence counts where its step is high enough and its basis accepted; a basis that
    is shown already, or more bases than a requirement takes, close nothing. What had
    expired when newer evidence was earned leaves room for that.
    """
    found = []
    in_time = sorted(evidence, key=lambda each: (each.achieved_on, each.fact_id))
    for position, each in enumerate(in_time):
        earlier = in_time[:position]
        if any(_closes(framework, one, each, earlier) for one in wanted):
            found.append(each)
    return found


def _closes(
    framework: Framework, wanted: Wanted, new: Evidence, earlier: Sequence[Evidence]
) -> bool:
    if not _counts(framework, wanted, new):
        return False
    # As readiness counts: a second course is the same basis once more.
    shown = {
        each.basis
        for each in earlier
        if _counts(framework, wanted, each) and _is_valid(each, new)
    }
    return new.basis not in shown and len(shown) < wanted.bases.how_many


def _counts(framework: Framework, wanted: Wanted, evidence: Evidence) -> bool:
    return (
        evidence.competency == wanted.competency
        and evidence.basis in wanted.bases.bases
        and rank_of(framework, evidence) >= wanted.rank
    )


def _is_valid(earlier: Evidence, new: Evidence) -> bool:
    return earlier.expires_on is None or new.achieved_on <= earlier.expires_on


def rank_of(framework: Framework, evidence: Evidence) -> int:
    """Return the rank of a piece of evidence, 0 where its step is gone."""
    if evidence.competency not in framework.competencies:
        return 0
    steps = [step.key for step in framework.steps_of(evidence.competency)]
    return steps.index(evidence.step) + 1 if evidence.step in steps else 0
