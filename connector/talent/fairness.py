"""Whether equal evidence gave equal proposals, across people on the same level.

Pure. People are compared by the level held, the target and what of it is there; never
by who they are. Groups and parts of fewer than five people are not told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from connector.talent.small_groups import told_count, told_parts


class Outcome(StrEnum):
    """What became of somebody's evidence for a target."""

    APPROVED = "approved"
    PROPOSED = "proposed"
    DECLINED = "declined, with a reason"
    DENIED = "denied in the HRIS"
    LAPSED = "lapsed or withdrawn"
    NOT_ELIGIBLE = "not eligible at the moment"
    UNDER_WAY = "another move is under way"
    NOT_PROPOSED = "nothing explains why there is no proposal"


#: What is as good as a proposal.
_GIVEN = frozenset({Outcome.APPROVED, Outcome.PROPOSED})
#: What no reason on record explains.
_UNEXPLAINED = frozenset({Outcome.NOT_PROPOSED, Outcome.LAPSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One person's standing for one target, without anything about the person.

    `level` is the rung held, equal levels of both tracks being one; `target` the key
    of the role; `fulfilled` what of all that the target asks for is met or presumed.
    """

    level: str
    target: str
    fulfilled: frozenset[str]
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """People with equal evidence of whom some were proposed and others were not.

    `parts` are numbers of people by outcome, none where it may not be told.
    """

    level: str
    target: str
    fulfilled: tuple[str, ...]
    people: int
    parts: Mapping[str, int | None]
    is_explained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """The differences that can be told, and how many people are in small groups.

    `compared` are people of whom there are equals; `untold` those in groups with a
    difference nothing explains that are too small to be shown, none where even their
    sum is.
    """

    compared: int | None
    differences: tuple[Difference, ...]
    untold: int | None

    @property
    def is_silent(self) -> bool:
        """Tell whether every difference is explained by a reason on record."""
        return self.untold == 0 and all(each.is_explained for each in self.differences)


def fairness(cases: Iterable[Case]) -> Fairness:
    """Compare people with equal evidence; what all of a group have is no matter."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[Case]] = defaultdict(list)
    for case in cases:
        fulfilled = tuple(sorted(case.fulfilled))
        groups[case.level, case.target, fulfilled].append(case)
    compared, small = 0, 0
    differences = []
    for (level, target, fulfilled), members in sorted(groups.items()):
        outcomes = {each.outcome for each in members}
        compared += len(members) if len(members) > 1 else 0
        if not outcomes & _GIVEN or outcomes <= _GIVEN:
            continue
        is_explained = not outcomes & _UNEXPLAINED
        if told_count(len(members)) is None:
            small += 0 if is_explained else len(members)
            continue
        differences.append(
            Difference(
                level=level,
                target=target,
                fulfilled=fulfilled,
                people=len(members),
                parts=_parts(members),
                is_explained=is_explained,
            )
        )
    return Fairness(
        compared=told_count(compared),
        differences=tuple(differences),
        untold=told_count(small),
    )


def _parts(members: Iterable[Case]) -> dict[str, int | None]:
    counts: dict[str, int] = defaultdict(int)
    for each in members:
        counts[each.outcome.value] += 1
    return told_parts(dict(sorted(counts.items())))
