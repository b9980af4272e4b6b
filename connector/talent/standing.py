"""Where a person stands: everything that readiness looks at, as plain values.

Loaded by the store, looked at by pure functions. Personal data: never logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from connector.framework.model import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role of the framework that a person holds, and since when.

    `region` is a region of the framework, empty where none is known.
    """

    role: str
    focus_area: str | None = None
    since: date | None = None
    region: str = ""
    is_primary: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One piece of evidence: a fact applied to one step of a competency.

    `id` is the evidence's own. What was withdrawn stays known and counts for nothing
    from that day on; what expires counts up to and on that day.
    """

    id: int
    competency: str
    step: str
    basis: Basis
    achieved_on: date
    expires_on: date | None = None
    withdrawn_on: date | None = None
    provenance: str = ""

    def is_given(self, on: date) -> bool:
        """Tell whether it was there on a day and nobody had withdrawn it."""
        return self.achieved_on <= on and (
            self.withdrawn_on is None or on < self.withdrawn_on
        )

    def is_current(self, on: date) -> bool:
        """Tell whether it counts on a day."""
        return self.is_given(on) and (self.expires_on is None or on <= self.expires_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """Something done for others: teaching, mentoring, wider scope and the like."""

    id: int
    kind: str
    on: date
    withdrawn_on: date | None = None
    words: str = ""

    def counts(self, on: date) -> bool:
        """Tell whether it counts on a day."""
        return self.on <= on and (self.withdrawn_on is None or on < self.withdrawn_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenTarget:
    """A role that a person chose to look at."""

    role: str
    focus_area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonStanding:
    """All that readiness needs to know of one person.

    `corrections` are a manager's words about what the role lets presume: competency to
    the step that holds instead, none where nothing does. `confirmed` are competencies
    where the manager agreed. `level_since` is the day on which the present level began.
    `has_open_move` tells of a job change under way, here or in the HRIS.
    """

    person_id: str
    is_active: bool = True
    on_leave: bool = False
    on_notice: bool = False
    has_open_move: bool = False
    level_since: date | None = None
    roles: tuple[HeldRole, ...] = ()
    proofs: tuple[Proof, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    corrections: Mapping[str, str | None] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    targets: tuple[ChosenTarget, ...] = ()

    @property
    def primary_role(self) -> HeldRole | None:
        """Return the role of the primary position, none where there is none."""
        return next((held for held in self.roles if held.is_primary), None)
