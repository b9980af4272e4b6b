"""Who holds which role, as a mapping may ask for it.

Pure values, sorted, so that what a mapping makes never depends on the order in which
people were stored. A person appears by our own id and the employee id, nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Learner:
    """A person who holds or held a role; `left_on` is none while it is held."""

    id: str
    employee_id: str
    left_on: date | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePeople:
    """The people of the roles of a framework on one day, by role key.

    `is_known` is false while no HRIS told of anybody: nothing may be concluded then.
    `chosen` are the roles that somebody looks at as a target, `moves_in_use` the keys
    of the declared moves that lead them there.
    """

    as_of: date
    is_known: bool = False
    holders: Mapping[str, tuple[Learner, ...]] = field(default_factory=dict)
    former: Mapping[str, tuple[Learner, ...]] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()
    moves_in_use: frozenset[str] = frozenset()

    def holders_of(self, role: str) -> tuple[Learner, ...]:
        """Return who holds a role, sorted."""
        return tuple(sorted(self.holders.get(role, ())))

    def former_holders_of(self, role: str, days: int) -> tuple[Learner, ...]:
        """Return who left a role in the last days and does not hold it, sorted.

        Who left today is always among them, so that what is new comes first.
        """
        held = {learner.id for learner in self.holders.get(role, ())}
        return tuple(
            sorted(
                learner
                for learner in self.former.get(role, ())
                if learner.id not in held
                and learner.left_on is not None
                and (self.as_of - learner.left_on).days <= days
            )
        )

    def learners_of(self, role: str, days: int) -> tuple[Learner, ...]:
        """Return who holds a role or left it in the last days, sorted."""
        return tuple(
            sorted((*self.holders_of(role), *self.former_holders_of(role, days)))
        )

    def in_any_role(self, days: int) -> tuple[Learner, ...]:
        """Return everybody who holds a role or left one in the last days, once."""
        found = {learner.id: learner for learner in self._everybody(days)}
        return tuple(found[key] for key in sorted(found))

    def _everybody(self, days: int) -> Iterator[Learner]:
        for role in {*self.holders, *self.former}:
            yield from self.learners_of(role, days)

    def is_in_use(self, role: str, days: int) -> bool:
        """Tell whether a role is held, was or is chosen; all, while none is known."""
        is_chosen = role in self.chosen
        return not self.is_known or is_chosen or bool(self.learners_of(role, days))


def nobody_known(as_of: date) -> RolePeople:
    """Return the people before an HRIS was read."""
    return RolePeople(as_of=as_of)
