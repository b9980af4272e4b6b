"""What we want a target to hold, and what it holds.

A `Record` comes out of *map*, a `Found` out of a read. Both speak in fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from connector.kit.values.data import Ref, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An object as the framework and the mapping want it.

    `identity` is the text by which the target will know the object as ours.
    `source` names the place in the framework it comes from, for messages.
    """

    kind: str
    key: str
    identity: str
    fields: Mapping[str, Value]
    source: str = ""

    @property
    def ref(self) -> Ref:
        """Return the reference to this record."""
        return Ref(self.kind, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An object as the target shows it.

    `identity` is what stands in the place of our identity, whoever put it there.
    `people` counts the persons whom a change of this object itself reaches (open
    plans, role holders, cohort members). Every reference in `fields` is a `Foreign`.
    `in_use` says, where it must not be removed, what people did with it; an object
    that `is_closed` can no longer be changed by anybody.
    """

    kind: str
    remote_id: str
    identity: str
    fields: Mapping[str, Value]
    people: int = 0
    label: str = ""
    in_use: str = ""
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Complete:
    """The end of a read that saw everything."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The end of a read that may have missed objects, and why."""

    reason: str


ReadItem: TypeAlias = Found | Complete | Incomplete


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadScope:
    """What one read of a target is about.

    `linked` holds the remote ids we hold links to, by kind, so that objects which
    lost our identity are found again. `wanted` holds the records we want, by kind,
    so that only their neighbourhood is read. `as_of` is a calendar date.
    """

    prefix: str
    as_of: date
    linked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    wanted: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
