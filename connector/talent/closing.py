"""Which evidence closes a requirement of the role held, the next one or a chosen one.

Pure. Only such evidence is worth an approver's time; the rest stays here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from connector.framework.bases import accepted_bases
from connector.framework.model import AcceptedBases, Framework, Role
from connector.store.facts import Evidence
from connector.talent.workforce import role_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A competency that somebody needs: from which rank on, on what grounds."""

    competency: str
    rank: int
    bases: AcceptedBases


def next_roles(framework: Framework, role_key: str) -> tuple[str, ...]:
    """Return the roles one level up: same family and track, directly above.

    A role without a level has none.
    """
    role = framework.roles.get(role_key)
    if role is None or role.level is None:
        return ()
    return tuple(
        other.key
        for other in framework.roles.values()
        if not other.is_retired and _is_directly_above(framework, other, role)
    )


def _is_directly_above(framework: Framework, other: Role, role: Role) -> bool:
    if other.level is None or role.level is None:
        return False
    is_same_ladder = (other.family, other.track) == (role.family, role.track)
    return is_same_ladder and role.level in framework.levels[other.level].above


def wanted_by(
    framework: Framework, held: Iterable[str], targets: Iterable[str] = ()
) -> frozenset[Wanted]:
    """Return what the roles held, the next ones and the targets ask for.

    Roles go by record key, with the focus area where there is one; the next role keeps
    the focus area where it has the same. Keys that the framework lacks are passed over.
    """
    keys: set[tuple[str, str | None]] = set()
    for key in held:
        role, area = role_of(key)
        keys.add((role, area))
        keys.update((higher, area) for higher in next_roles(framework, role))
    keys.update(role_of(key) for key in targets)
    return frozenset(
        wanted
        for role, area in keys
        if role in framework.roles
        for wanted in _wanted(framework, role, area)
    )


def _wanted(framework: Framework, role: str, area: str | None) -> Iterator[Wanted]:
    for requirement in framework.requirements_of(role, area):
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

    Evidence counts where its step is high enough and its basis accepted; once a
    requirement has as much as it takes, more of it closes nothing. What had expired
    when newer evidence was earned leaves room for that.
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
    # One fact counts once for a requirement, however many steps it proves.
    standing = {
        each.fact_id
        for each in earlier
        if _counts(framework, wanted, each) and _is_valid(each, new)
    }
    return len(standing - {new.fact_id}) < wanted.bases.how_many


def _counts(framework: Framework, wanted: Wanted, evidence: Evidence) -> bool:
    return (
        evidence.competency == wanted.competency
        and evidence.basis in wanted.bases.bases
        and rank_of(framework, evidence) >= wanted.rank
    )


def _is_valid(earlier: Evidence, new: Evidence) -> bool:
    return earlier.expires_on is None or earlier.expires_on > new.achieved_on


def rank_of(framework: Framework, evidence: Evidence) -> int:
    """Return the rank of a piece of evidence, 0 where its step is gone."""
    if evidence.competency not in framework.competencies:
        return 0
    steps = [step.key for step in framework.steps_of(evidence.competency)]
    return steps.index(evidence.step) + 1 if evidence.step in steps else 0
