"""*Apply* and *record*: sends a plan's changes in waves and journals every step.

The order of journal entries makes a kill harmless: what is about to leave is
committed first, outcomes and the links they make true are committed together. This
module decides nothing; it does what the plan says, or reports why it could not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from connector.kit.errors import ConnectorError
from connector.kit.protocols import Catalogue
from connector.kit.values import (
    Done,
    KindSpec,
    Outcome,
    Ref,
    Rejected,
    Repeat,
    Sending,
    Unknown,
    Untried,
    Value,
    Write,
)
from connector.store import journal, links
from connector.store.database import Database
from connector.store.journal import ChangeOutcome, ChangeState
from connector.store.locks import EnsureHeld
from connector.store.values import Link
from connector.sync.match import References, translate_value
from connector.sync.needs import waves
from connector.sync.plan import Change, FieldChange, Plan
from connector.sync.report import IN_DOUBT
from connector.sync.settling import Shown, Sight, completed, confirm, shown

#: Reads the target again, for changes whose answers were lost.
Look = Callable[[Iterable[str]], "Sight | None"]
#: Hears of each change that is settled: the change, its state and a message.
Progress = Callable[[Change, ChangeState, str], None]

OPEN = frozenset(
    {
        ChangeState.PLANNED,
        ChangeState.SENT,
        ChangeState.UNKNOWN,
        ChangeState.UNTRIED,
    }
)
_Row: TypeAlias = "tuple[Change, ChangeState, str, Done | None]"
#: How often a lost answer is looked up and its write repeated.
_ROUNDS = 3
#: Changes between two looks at whether the run must pause; seconds of work.
_STRIDE = 40


def never() -> str:
    """Tell no reason to pause."""
    return ""


_STATES: Mapping[type, ChangeState] = {
    Done: ChangeState.DONE,
    Rejected: ChangeState.REJECTED,
    Unknown: ChangeState.UNKNOWN,
    Untried: ChangeState.UNTRIED,
}


@dataclass(frozen=True, slots=True)
class _Leaving:
    """The changes of a group that is about to leave."""

    slots: Sequence[Ref]
    group: str


@dataclass(slots=True)
class Execution:
    """One run's journal and links while its changes are being sent."""

    database: Database
    connection: str
    run_id: int
    plan: Plan
    specs: Mapping[str, KindSpec]
    links: dict[Ref, Link]
    states: dict[Ref, ChangeState]
    now: Callable[[], datetime]
    progress: Progress
    ensure_held: EnsureHeld
    #: Says why the run must pause now, nothing where it may go on.
    pause: Callable[[], str] = never
    messages: dict[Ref, str] = field(default_factory=dict)
    remote_ids: dict[Ref, str] = field(default_factory=dict)
    references: References = field(default_factory=References)
    #: What this execution wrote, by record and field.
    written: dict[Ref, dict[str, FieldChange]] = field(default_factory=dict)
    #: What is sent in place of a change that was cut between two calls.
    versions: dict[Ref, Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know every record that the plan or a link knows in the target."""
        for ref, remote_id in self.plan.remote_ids.items():
            self._know(ref, remote_id)
        for ref, link in self.links.items():
            self._know(ref, link.remote_id)

    def _know(self, ref: Ref, remote_id: str) -> None:
        self.remote_ids[ref] = remote_id
        self.references.add(ref, remote_id)

    def send_all(
        self, catalogue: Catalogue, todo: Sequence[Change], look: Look
    ) -> None:
        """Send changes, wave after wave; what needs a failed one is skipped.

        Where the run must pause it stops between two requests: what was sent has its
        outcome, the rest stays planned for the next run.

        Raises:
            AuthError: the run stops; what was announced stays unknown.
        """
        for wave in waves(todo):
            self.ensure_held()
            ready = [change for change in wave if self._may_go(change)]
            for part in self._parts(ready):
                if reason := self.pause():
                    self._explain(todo, reason)
                    return
                self._send_wave(catalogue, part)
                self._resolve_unknown(catalogue, part, look)

    def _parts(self, ready: Sequence[Change]) -> Iterator[Sequence[Change]]:
        """Yield a wave as it is sent: whole, or in strides where it may pause."""
        stride = len(ready) if self.pause is never else _STRIDE
        for start in range(0, len(ready), stride or 1):
            yield ready[start : start + stride]

    def _explain(self, todo: Sequence[Change], reason: str) -> None:
        """Say why changes were not sent; they stay planned."""
        for change in todo:
            if self.states[change.slot] is ChangeState.PLANNED:
                self.messages[change.slot] = reason

    def drop(self, closed: Mapping[str, str]) -> None:
        """Give up what is open of kinds that stay off; the next plan looks again."""
        self._record(
            [
                (change, ChangeState.STALE, f"not sent: {closed[change.kind]}", None)
                for change in self.plan.changes
                if change.kind in closed and self.states[change.slot] in OPEN
            ]
        )

    def _may_go(self, change: Change) -> bool:
        """Tell whether all that a change needs is done; skip it where it will not be.

        What needs a change in doubt stays planned: the next run settles both.
        """
        missing = [
            need
            for need in change.needs
            if self.states.get(need, ChangeState.DONE) is not ChangeState.DONE
        ]
        failed = [need for need in missing if self.states[need] not in IN_DOUBT]
        if failed:
            message = f"skipped: it needs {failed[0]}, which was not written"
            self._record([(change, ChangeState.SKIPPED, message, None)])
        elif missing:
            self.messages[change.slot] = f"waits for {missing[0]}, which is in doubt"
        return not missing

    def _send_wave(self, catalogue: Catalogue, ready: Sequence[Change]) -> None:
        by_ref = {change.ref: change for change in ready}
        writes = [self._write(change) for change in ready]
        settled: list[Outcome] = []
        waiting = set(by_ref)
        if not writes:
            return
        try:
            for item in catalogue.apply(writes, self.remote_ids):
                if isinstance(item, Sending):
                    self._announce(item, settled, by_ref)
                else:
                    waiting.remove(item.ref)
                    settled.append(item)
        finally:
            self._record(_rows(settled, by_ref))
        if waiting:
            names = ", ".join(str(ref) for ref in sorted(waiting))
            raise ConnectorError(
                f"the adapter gave no outcome for {names}",
                hint="This is a defect of the adapter: report it.",
            )

    def _resolve_unknown(
        self, catalogue: Catalogue, ready: Sequence[Change], look: Look
    ) -> None:
        """Look at the target for what became of lost answers, before repeating."""
        for _ in range(_ROUNDS):
            lost = [
                change
                for change in ready
                if self.states.get(change.slot) is ChangeState.UNKNOWN
            ]
            if not lost:
                return
            self._send_wave(catalogue, self.settle_by_sight(lost, look))
        self.settle_by_sight(
            [c for c in ready if self.states.get(c.slot) is ChangeState.UNKNOWN], look
        )

    def settle_by_sight(self, changes: Sequence[Change], look: Look) -> list[Change]:
        """Record what the target already shows; returns what is still to be sent.

        A change of which the target shows neither the value before nor the value
        after is stale. Where the target cannot be read whole, nothing is settled
        and nothing is sent.
        """
        if not changes:
            return []
        sight = look({change.kind for change in changes})
        if sight is None:
            return []
        rows: list[_Row] = []
        again = []
        for change in changes:
            row = self._by_sight(change, sight)
            if row is None:
                again.append(change)
            else:
                rows.append(row)
        self._record(rows)
        return again

    def _by_sight(self, change: Change, sight: Sight) -> _Row | None:
        """Return how a change is settled; none where it is to be sent."""
        spec = self.specs[change.kind]
        found = sight.find(change)
        match shown(spec, change, found):
            case Shown.AFTER:
                remote_id = found.remote_id if found else change.remote_id or ""
                self._know(change.ref, remote_id)
                done = Done(change.ref, remote_id, found.fields if found else None)
                return change, ChangeState.DONE, "the target shows it already", done
            case Shown.BEFORE if spec.repeat is not Repeat.ONCE:
                return None
            case Shown.BEFORE:
                message = "it may have happened, and the target cannot tell"
                return change, ChangeState.UNKNOWN, message, None
            case Shown.PART if found is not None and self._may_have_left(change):
                self.versions[change.slot] = completed(spec, change, found)
                return None
        message = "the target shows neither the value before nor the one after"
        return change, ChangeState.STALE, message, None

    def _may_have_left(self, change: Change) -> bool:
        """Tell whether what the target shows of a change may be our own doing."""
        return self.states[change.slot] in (ChangeState.SENT, ChangeState.UNKNOWN)

    def _write(self, planned: Change) -> Write:
        change = self.versions.get(planned.slot, planned)
        return Write(
            operation=change.operation,
            kind=change.kind,
            key=change.key,
            identity=change.identity,
            remote_id=change.remote_id
            or (self.remote_ids.get(change.ref) if change.part else None),
            before={item.name: item.before for item in change.fields}
            if change.remote_id
            else {},
            after={item.name: item.after for item in change.fields},
            record=change.record,
            effective_on=self.plan.effective_on,
        )

    def _announce(
        self, item: Sending, settled: list[Outcome], by_ref: Mapping[Ref, Change]
    ) -> None:
        """Commit what is about to leave, before it leaves, and outcomes with it.

        One commit for both: the target waits for it, and each reaches the disk.
        """
        slots = [by_ref[ref].slot for ref in item.refs]
        self._record(_rows(settled, by_ref), _Leaving(slots, item.group))
        self.states.update(dict.fromkeys(slots, ChangeState.SENT))

    def _record(self, rows: Sequence[_Row], leaving: _Leaving | None = None) -> None:
        """Commit outcomes together with the links they make true."""
        if not rows and leaving is None:
            return
        saved: list[Link] = []
        ended: list[Ref] = []
        for change, _, _, done in rows:
            if done is not None:
                self._know(change.ref, done.remote_id)
                written = self.written.setdefault(change.ref, {})
                written.update({item.name: item for item in change.fields})
                confirmed = confirm(
                    self.specs[change.kind],
                    change,
                    self.links,
                    done.remote_id,
                    self._translated(done),
                )
                saved.extend(confirmed.links)
                ended.extend(confirmed.ended)
                self.links.update({link.ref: link for link in confirmed.links})
        outcomes = [
            ChangeOutcome(change.slot, state, message)
            for change, state, message, _ in rows
        ]
        with self.database.write() as conn:
            if outcomes:
                journal.settle(conn, self.run_id, outcomes, self.now())
                links.save(conn, self.connection, saved)
                links.delete(conn, self.connection, ended)
            if leaving is not None:
                slots, group = leaving.slots, leaving.group
                journal.mark_sent(conn, self.run_id, slots, group, self.now())
        for ref in ended:
            self.links.pop(ref, None)
        for change, state, message, _ in rows:
            self.states[change.slot] = state
            self.messages[change.slot] = message
            self.progress(change, state, message)

    def _translated(self, done: Done) -> dict[str, Value] | None:
        """Return what the target showed, its references translated into ours."""
        if done.seen is None:
            return None
        return {
            name: translate_value(value, self.references.translate)
            for name, value in done.seen.items()
        }


def _rows(settled: list[Outcome], by_ref: Mapping[Ref, Change]) -> list[_Row]:
    """Take the outcomes so far, each with its change."""
    rows: list[_Row] = []
    for outcome in settled:
        change = by_ref[outcome.ref]
        done = outcome if isinstance(outcome, Done) else None
        rows.append((change, _state(outcome), _message(outcome), done))
    settled.clear()
    return rows


def _state(outcome: Outcome) -> ChangeState:
    if isinstance(outcome, Rejected) and outcome.is_stale:
        return ChangeState.STALE
    return _STATES[type(outcome)]


def _message(outcome: Outcome) -> str:
    match outcome:
        case Rejected(message=message, hint=hint):
            return f"{message} {hint}".rstrip()
        case Unknown(reason=reason) | Untried(reason=reason):
            return reason
    return ""
