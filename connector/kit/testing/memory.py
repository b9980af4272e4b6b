"""A target that lives in memory, for tests of the planner and the engine.

Strict like a real one and able to fail like a real one. It knows no platform, and it
sees keys of ours only as the writes name them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from connector.kit.errors import AuthError
from connector.kit.testing.checks import RefusedError
from connector.kit.testing.kinds import EXAMPLE_KINDS
from connector.kit.testing.references import replaced
from connector.kit.testing.store import MemoryStore, Stored
from connector.kit.values import (
    RETIRED,
    ApplyItem,
    Complete,
    Done,
    Fields,
    FieldType,
    Foreign,
    Found,
    Incomplete,
    KindSpec,
    Operation,
    Outcome,
    Ownership,
    ReadItem,
    ReadScope,
    Ref,
    Rejected,
    RemoteIds,
    Retire,
    Rows,
    Sending,
    Unknown,
    Untried,
    Value,
    Write,
    is_empty,
)


class Failure(StrEnum):
    """What happens to a group of writes instead of being answered."""

    LOST_BEFORE = "lost before it was carried out"
    LOST_AFTER = "lost after it was carried out"
    LOST_HALF = "lost after creates were carried out without their groups of rows"
    UNREACHABLE = "the target is not reached, now and for all that follows"
    REFUSED = "the credentials are refused"


_LOST = (Failure.LOST_BEFORE, Failure.LOST_AFTER, Failure.LOST_HALF)


@dataclass(frozen=True, slots=True)
class LoggedWrite:
    """A write that reached the target, and whether it was carried out."""

    group: int
    write: Write
    is_applied: bool


def _no_step(_step: str, _group: int) -> None:
    """Do nothing between the steps of an apply."""


@dataclass(slots=True)
class MemoryTarget:
    """A target in memory: a catalogue, hands that edit it, and switches to fail.

    `rejects` gives refusals by reference, `cuts` the number of objects after which the
    reading of a kind ends incomplete, `failures` what befalls the n-th group (from 1,
    counted over all applies). `on_step` is called around each group with `sending`,
    `sent`, `applied`, `answered` and its number; what it raises kills the apply there.
    """

    specs: Sequence[KindSpec] = EXAMPLE_KINDS
    batch_size: int = 3
    is_echoing: bool = True
    people_in_scope: int | None = None
    rejects: dict[Ref, str] = field(default_factory=dict)
    cuts: dict[str, int] = field(default_factory=dict)
    failures: dict[int, Failure] = field(default_factory=dict)
    is_locked_out: bool = False
    on_step: Callable[[str, int], None] = _no_step
    #: Every write that arrived, in order.
    log: list[LoggedWrite] = field(default_factory=list)
    groups: int = 0
    store: MemoryStore = field(init=False)

    def __post_init__(self) -> None:
        """Start empty."""
        self.store = MemoryStore({spec.name: spec for spec in self.specs})

    # The catalogue.

    def kinds(self) -> Sequence[KindSpec]:
        """Return the specs of the kinds, in write order."""
        return self.specs

    def snapshot(self, scope: ReadScope) -> MemorySnapshot:
        """Begin one consistent reading: later writes do not show in it."""
        del scope  # everything is near in memory
        return MemorySnapshot(
            self.store.copy(),
            cuts=dict(self.cuts),
            people=self.people_in_scope,
            is_locked_out=self.is_locked_out,
        )

    def apply(
        self, writes: Sequence[Write], remote_ids: RemoteIds
    ) -> Iterator[ApplyItem]:
        """Carry out writes in groups of one kind, at most `batch_size` each.

        Raises:
            AuthError: `is_locked_out`, or a group met `Failure.REFUSED`.
        """
        batches = list(self._batches(writes))
        for position, batch in enumerate(batches):
            fresh = yield from self._set_stale_apart(batch, remote_ids)
            if not fresh:
                continue
            self.groups += 1
            self.on_step("sending", self.groups)
            refs = tuple(write.ref for write in fresh)
            yield Sending(refs, f"{fresh[0].kind} {self.groups}")
            self.on_step("sent", self.groups)
            failure = self.failures.pop(self.groups, None)
            if failure is Failure.REFUSED or self.is_locked_out:
                raise _locked_out()
            if failure is Failure.UNREACHABLE:
                left = [write for rest in batches[position + 1 :] for write in rest]
                for write in (*fresh, *left):
                    yield Untried(write.ref, "the target is not reached")
                return
            yield from self._answer(fresh, remote_ids, failure)

    def _batches(self, writes: Sequence[Write]) -> Iterator[Sequence[Write]]:
        for _, same in groupby(writes, key=lambda write: write.kind):
            of_kind = list(same)
            for start in range(0, len(of_kind), self.batch_size):
                yield of_kind[start : start + self.batch_size]

    def _set_stale_apart(
        self, batch: Sequence[Write], remote_ids: RemoteIds
    ) -> Generator[ApplyItem, None, list[Write]]:
        """Look at each object right before it is written; return the fresh writes."""
        fresh = []
        for write in batch:
            names = self._stale_groups(write, remote_ids)
            if not names:
                fresh.append(write)
                continue
            yield Rejected(
                ref=write.ref,
                message=f"{', '.join(names)} changed in the target meanwhile",
                code="stale",
                is_stale=True,
            )
        return fresh

    def _stale_groups(self, write: Write, remote_ids: RemoteIds) -> list[str]:
        stored = self.store.objects.get((write.kind, write.remote_id or ""))
        if stored is None or write.operation is Operation.CREATE:
            return []
        shown = self.store.show(stored).fields
        return [
            name
            for name, after in write.after.items()
            if isinstance(after, Rows)
            and not _is_same(shown[name], write.before.get(name), remote_ids)
        ]

    def _answer(
        self, batch: Sequence[Write], remote_ids: RemoteIds, failure: Failure | None
    ) -> Iterator[Outcome]:
        outcomes: list[Outcome] = []
        if failure is not Failure.LOST_BEFORE:
            is_half = failure is Failure.LOST_HALF
            for write in batch:
                outcome = self._carry_out(write, remote_ids, is_half=is_half)
                is_applied = isinstance(outcome, Done)
                self.log.append(LoggedWrite(self.groups, write, is_applied))
                outcomes.append(outcome)
        self.on_step("applied", self.groups)
        if failure in _LOST:
            outcomes = [Unknown(write.ref, "the answer was lost") for write in batch]
        yield from outcomes
        self.on_step("answered", self.groups)

    def _carry_out(
        self, write: Write, remote_ids: RemoteIds, *, is_half: bool
    ) -> Outcome:
        try:
            if write.ref in self.rejects:
                raise RefusedError(self.rejects[write.ref])
            if self.store.specs[write.kind].ownership is not Ownership.MANAGED:
                raise RefusedError("this kind cannot be written by an interface")
            after = {
                name: _resolved(value, remote_ids)
                for name, value in write.after.items()
            }
            stored = self._write(write, after, is_half=is_half)
        except RefusedError as error:
            return Rejected(ref=write.ref, message=str(error))
        is_there = (stored.kind, stored.remote_id) in self.store.objects
        seen = self._seen(stored, after) if self.is_echoing and is_there else None
        return Done(write.ref, stored.remote_id, seen)

    def _seen(self, stored: Stored, after: Fields) -> dict[str, Value]:
        shown = self.store.show(stored).fields
        return {name: shown[name] for name in after if name in shown}

    def _write(self, write: Write, after: dict[str, Value], *, is_half: bool) -> Stored:
        """Carry out one write; a refused one leaves everything as it was."""
        spec = self.store.specs[write.kind]
        fields = {name: value for name, value in after.items() if name != RETIRED}
        if write.operation is Operation.CREATE:
            if is_half:
                fields = _without_groups(spec, fields)
            return self.store.create(write.kind, write.identity, fields)
        place = Foreign(write.kind, write.remote_id or "")
        holder = self._holder(spec, place)
        if holder is not None and write.operation is Operation.UPDATE:
            return self.store.create(write.kind, "", {**holder, **fields})
        if holder is not None:
            return Stored(write.kind, place.remote_id, "", holder)
        stored = self.store.get(place)
        if write.operation is Operation.RETIRE and spec.retire is Retire.REMOVE:
            self.store.remove(stored)
            return stored
        self._change(stored, fields, after.get(RETIRED), is_by_hand=False)
        return stored

    def _change(
        self, stored: Stored, fields: Fields, is_retired: Value, *, is_by_hand: bool
    ) -> None:
        was_retired = stored.is_retired
        if isinstance(is_retired, bool):
            self.store.set_retired(stored, fields, is_retired=is_retired)
        try:
            self.store.change(stored, fields, is_by_hand=is_by_hand)
        except RefusedError:
            stored.is_retired = was_retired
            raise
        if stored.is_retired is not was_retired:
            self.store.undo_by_retiring(stored)

    def _holder(self, spec: KindSpec, place: Foreign) -> dict[str, Value] | None:
        """Return the holder of a property that another write has just undone.

        A property can be written as long as its holder is there: its remote id is the
        holder's.
        """
        name = self.store.property_of(spec)
        if name is None or (place.kind, place.remote_id) in self.store.objects:
            return None
        for kind in spec.by_name[name].kinds:
            if (kind, place.remote_id) in self.store.objects:
                return {name: Foreign(kind, place.remote_id)}
        return None

    # The hands of other people.

    def add(self, kind: str, identity: str = "", /, **fields: Value) -> str:
        """Make an object as a person would; returns its remote id."""
        stored = self.store.create(kind, identity, fields, is_by_hand=True)
        return stored.remote_id

    def edit(self, kind: str, name: str, /, **fields: Value) -> None:
        """Change an object, named by its identity or remote id, as a person would.

        `retired` and `identity` may be among the fields.
        """
        stored = self.store.find(kind, name)
        stored.identity = str(fields.pop("identity", stored.identity))
        is_retired = fields.pop(RETIRED, None)
        self._change(stored, fields, is_retired, is_by_hand=True)

    def forget(self, kind: str, name: str) -> None:
        """Delete an object, with all that cannot be without it, as a person would."""
        self.store.remove(self.store.find(kind, name))

    def reset(self) -> None:
        """Empty the target, as if it had been replaced by a fresh one."""
        self.store = MemoryStore(self.store.specs, last_id=self.store.last_id)

    def reaches(self, kind: str, name: str, people: int) -> None:
        """Say how many persons a change of an object reaches."""
        self.store.find(kind, name).people = people

    # What a test looks at.

    def find(self, kind: str, name: str) -> Found:
        """Return an object as a reading shows it; raises `KeyError` for none."""
        return self.store.show(self.store.find(kind, name))

    def reference(self, kind: str, name: str) -> Foreign:
        """Return a reference to an object, for a hand that edits."""
        return self.store.find(kind, name).itself

    def contents(self) -> dict[str, list[dict[str, object]]]:
        """Return everything by kind, remote ids replaced by identities, sorted.

        Two targets that hold the same give the same, in whatever order it was written.
        """
        return {
            spec.name: sorted(
                (self._portrait(stored) for stored in self.store.of_kind(spec.name)),
                key=repr,
            )
            for spec in self.specs
        }

    def _portrait(self, stored: Stored) -> dict[str, object]:
        found = self.store.show(stored)
        fields = {
            name: _drawn(replaced(value, self._named))
            for name, value in sorted(found.fields.items())
        }
        return {"identity": found.identity, "label": found.label, **fields}

    def _named(self, reference: Ref | Foreign) -> Foreign:
        stored = self.store.get(reference)
        return Foreign(stored.kind, stored.identity or stored.itself.label)


@dataclass(frozen=True, slots=True)
class MemorySnapshot:
    """One reading of the target in memory."""

    store: MemoryStore
    cuts: Mapping[str, int]
    people: int | None
    is_locked_out: bool

    def read(self, kind: str) -> Iterator[ReadItem]:
        """Yield every object of a kind, then how the reading ended.

        Raises:
            AuthError: the target is locked.
        """
        if self.is_locked_out:
            raise _locked_out()
        shown = [self.store.show(stored) for stored in self.store.of_kind(kind)]
        if kind in self.cuts:
            yield from shown[: self.cuts[kind]]
            yield Incomplete("the connection broke")
            return
        yield from shown
        yield Complete()

    def people_in_scope(self) -> int | None:
        """Return how many persons the target says it is about."""
        return self.people


def _locked_out() -> AuthError:
    return AuthError(
        "Memory: the credentials are refused.",
        target="Memory",
        hint="Give the connection new credentials.",
    )


def _resolved(value: Value, remote_ids: RemoteIds) -> Value:
    """Return a value with references to ours turned into the target's own."""

    def name(reference: Ref | Foreign) -> Foreign:
        if isinstance(reference, Foreign):
            return reference
        if reference not in remote_ids:
            raise RefusedError(f"{reference} is not known in the target")
        return Foreign(reference.kind, remote_ids[reference])

    return replaced(value, name)


def _is_same(shown: Value, before: Value, remote_ids: RemoteIds) -> bool:
    """Tell whether a group is still what the write was made from."""
    try:
        return shown == _resolved(before, remote_ids) or (
            is_empty(shown) and is_empty(before)
        )
    except RefusedError:
        return False


def _without_groups(spec: KindSpec, fields: Fields) -> dict[str, Value]:
    return {
        name: value
        for name, value in fields.items()
        if spec.by_name[name].type is not FieldType.ROWS
    }


def _drawn(value: Value) -> object:
    """Return a value as plain data that compares and prints well."""
    if isinstance(value, Foreign):
        return f"{value.kind} {value.remote_id}"
    if isinstance(value, tuple):
        return [_drawn(item) for item in value]
    if isinstance(value, Rows):
        rows = [
            {name: _drawn(item) for name, item in row.fields.items()}
            for row in value.rows
        ]
        return rows if value.is_ordered else sorted(rows, key=repr)
    return value
