"""What a plan is made of, and the plan while it is being made.

Plain values, shared by the parts of the planner; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connector.kit.values import KindSpec, Record, Ref
from connector.store.values import Link
from connector.sync.guards import GuardLimits
from connector.sync.match import Reading
from connector.sync.plan import Census, Change, Finding, PlanTask
from connector.sync.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInput:
    """Everything a plan is made of.

    `specs` are in write order. `readings` and `people` come from the target:
    `people` holds role holders by kind and remote id, where another part knows
    them better than the target's own answer. `scope` is the number of persons
    the connection is about. `closed` says why kinds stay off; they are not read.
    `later` holds the date of an entry to come, by kind and remote id.
    """

    connection: str
    prefix: str
    release: str
    release_id: int | None
    as_of: date
    effective_on: date
    mapping_hash: str
    specs: Sequence[KindSpec]
    records: Sequence[Record]
    links: Mapping[Ref, Link]
    readings: Mapping[str, Reading]
    rules: Rules
    limits: GuardLimits
    people: Mapping[tuple[str, str], int] = field(default_factory=dict)
    scope: int | None = None
    protected: frozenset[str] = frozenset()
    banner: str = ""
    closed: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[tuple[str, str], date] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """A plan while it is being made."""

    changes: dict[Ref, Change] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tasks: dict[Ref, PlanTask] = field(default_factory=dict)
    records: list[Link] = field(default_factory=list)
    forgotten: list[Ref] = field(default_factory=list)
    #: Records that a change may not refer to yet, because they wait themselves.
    blocked: set[Ref] = field(default_factory=set)
    #: Records that only the target makes: not there, or not what they should be.
    absent: set[Ref] = field(default_factory=set)
    doubtful: set[Ref] = field(default_factory=set)
    census: dict[str, Census] = field(default_factory=dict)
