"""The plan: what will be written, what waits for a decision, what people must do.

Plain values. A plan is for one connection, one release and one date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from connector.kit.values import ManualStep, Operation, Privacy, Ref, Rows, Value
from connector.store.values import Link


class FindingKind(StrEnum):
    """Why something waits for a decision."""

    DRIFT = "drift"
    CONFLICT = "conflict"
    ADOPTION = "adoption"
    VANISHED = "vanished"
    IDENTITY = "identity"
    DUPLICATE = "duplicate"
    ORPHAN = "orphan"
    INCOMPLETE = "incomplete"
    LEFT = "left"
    ABSENT = "absent"


class Choice(StrEnum):
    """What a person can decide about a finding."""

    RESTORE = "restore"
    KEEP = "keep"
    OURS = "ours"
    THEIRS = "theirs"
    ADOPT = "adopt"
    LEAVE = "leave"
    RECREATE = "recreate"


#: The choices of each kind of finding; the first one writes, the last one does not.
CHOICES: Mapping[FindingKind, tuple[Choice, ...]] = {
    FindingKind.DRIFT: (Choice.RESTORE, Choice.KEEP),
    FindingKind.CONFLICT: (Choice.OURS, Choice.THEIRS),
    FindingKind.ADOPTION: (Choice.ADOPT, Choice.LEAVE),
    FindingKind.VANISHED: (Choice.RECREATE, Choice.LEAVE),
    FindingKind.IDENTITY: (),
    FindingKind.DUPLICATE: (),
    FindingKind.ORPHAN: (),
    FindingKind.INCOMPLETE: (),
    FindingKind.LEFT: (),
    FindingKind.ABSENT: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something the plan does not settle by itself.

    It takes effect through a decision, in the next plan. `is_waiting` is false where
    a decision or the policy already keeps things as they are. An adoption `is_exact`
    where the object bears the identity that we want, not only the name.
    """

    type: FindingKind
    kind: str
    key: str
    message: str
    field: str = ""
    row: str = ""
    desired: Value = None
    target: Value = None
    about: str = ""
    is_waiting: bool = True
    is_exact: bool = True
    privacy: Privacy = Privacy.PLAIN

    @property
    def place(self) -> str:
        """Return the field, with the row in brackets where it is about a row."""
        return f"{self.field}[{self.row}]" if self.row else self.field

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Return what can be decided."""
        return CHOICES[self.type]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field's change: what the target shows, and what it will show.

    `sent` is what becomes our base; it differs from `after` where a group of rows
    holds rows of others.
    """

    name: str
    before: Value
    after: Value
    sent: Value
    privacy: Privacy = Privacy.PLAIN

    @property
    def is_group(self) -> bool:
        """Tell whether the field is a group of rows."""
        return isinstance(self.after, Rows) or isinstance(self.before, Rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One object's change in the target.

    `needs` are the changes that must be confirmed before it; `reason` says why it
    is there where the fields do not; `carries` are records that go with it without
    a write of their own; `people` counts whom it reaches. `is_rewrite` marks a
    write that repeats what another change undoes. `record` holds every wanted field,
    or the last wanted ones of a record that is retired. `part` is empty but for the
    second half of a change that was split.
    """

    operation: Operation
    kind: str
    key: str
    identity: str
    remote_id: str | None
    fields: tuple[FieldChange, ...]
    record: Mapping[str, Value]
    needs: tuple[Ref, ...] = ()
    carries: tuple[Ref, ...] = ()
    reason: str = ""
    people: int = 0
    is_rewrite: bool = False
    is_protected: bool = False
    label: str = ""
    part: str = ""

    @property
    def ref(self) -> Ref:
        """Return the reference to the changed record."""
        return Ref(self.kind, self.key)

    @property
    def slot(self) -> Ref:
        """Return the change's own place in the journal and in other changes' needs.

        A record that takes part in a cycle of references is created first and
        linked later; the second part has a place of its own.
        """
        return Ref(self.kind, f"{self.key}#{self.part}") if self.part else self.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTask:
    """A step only a person can do, tracked until a read verifies it."""

    kind: str
    key: str
    step: ManualStep
    privacy: Privacy = Privacy.PLAIN

    @property
    def ref(self) -> Ref:
        """Return the reference to the record the task is about."""
        return Ref(self.kind, self.key)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that is not counted, because something else must happen first."""

    change: Change
    for_what: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftReview:
    """A started review that keeps its content when a record changes.

    `person` is an id of ours, because plans are kept.
    """

    kind: str
    key: str
    person: str
    review_type: str
    template: str
    period: str
    status: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guard's no, by name; a person may confirm it for this very plan.

    `needs_second` asks for a person other than the one who made the plan.
    """

    guard: str
    message: str
    needs_second: bool = False


@dataclass(frozen=True, slots=True)
class Census:
    """How many records of a kind we own, and how many of those are lost."""

    owned: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything one run would do to one connection, and why it would stop.

    `records` are links that become true without a write, `forgotten` links that
    end without one; both are book-keeping of ours and are done when applying.
    `notes` are sentences for who reads the plan, `reviews` the open reviews that will
    not follow it.
    """

    connection: str
    release: str
    release_id: int | None
    as_of: date
    effective_on: date
    mapping_hash: str
    fingerprint: str
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    tasks: tuple[PlanTask, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    records: tuple[Link, ...] = ()
    forgotten: tuple[Ref, ...] = ()
    remote_ids: Mapping[Ref, str] = field(default_factory=dict)
    census: Mapping[str, Census] = field(default_factory=dict)
    scope: int | None = None
    banner: str = ""
    notes: tuple[str, ...] = ()
    reviews: tuple[LeftReview, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing would be written; findings and tasks do not count."""
        return not self.changes

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """Return the findings that wait for a decision."""
        return tuple(finding for finding in self.findings if finding.is_waiting)

    def counts(self) -> dict[str, int]:
        """Return how many changes of each operation there are."""
        counted = dict.fromkeys(Operation, 0)
        for change in self.changes:
            counted[change.operation] += 1
        return {operation.value: number for operation, number in counted.items()}
