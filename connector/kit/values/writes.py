"""What the engine hands to an adapter, and what comes back.

`Catalogue.apply` is a generator: it yields a `Sending` before the bytes of a group
leave (the engine makes that durable before it asks for the next item) and exactly
one outcome per write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from connector.kit.values.data import Ref, Value


class Operation(StrEnum):
    """What happens to an object in the target."""

    CREATE = "create"
    UPDATE = "update"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One object's change, ready to be sent.

    `before` holds the changed fields as the target showed them (empty for a
    create), `after` as they must become. A group of rows is given whole, the rows
    of others included: before a replacing write the adapter reads the object again
    and rejects the write as stale when the group no longer equals `before`.
    `record` holds all wanted fields, for operations that take the whole object.
    `effective_on` is the release's date.
    """

    operation: Operation
    kind: str
    key: str
    identity: str
    remote_id: str | None
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    record: Mapping[str, Value]
    effective_on: date

    @property
    def ref(self) -> Ref:
        """Return the reference to the written record."""
        return Ref(self.kind, self.key)


@dataclass(frozen=True, slots=True)
class Sending:
    """These writes leave in one request group right after this is consumed."""

    refs: tuple[Ref, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The target confirmed the write.

    `seen` is what the target shows for the written fields, where the answer echoes
    it; none means that the engine reads it before the run ends.
    """

    ref: Ref
    remote_id: str
    seen: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The target refused the write for good; nothing of it happened."""

    ref: Ref
    message: str
    hint: str = ""
    code: str = "rejected"
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost: the write may have happened."""

    ref: Ref
    reason: str


@dataclass(frozen=True, slots=True)
class Untried:
    """The write never left, because something before it failed."""

    ref: Ref
    reason: str


Outcome: TypeAlias = Done | Rejected | Unknown | Untried
ApplyItem: TypeAlias = Sending | Outcome

#: Remote ids of the records a write may refer to.
RemoteIds: TypeAlias = Mapping[Ref, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualStep:
    """A step only an administrator can do, with the exact values to type."""

    title: str
    steps: str
    values: Mapping[str, str] = field(default_factory=dict)
