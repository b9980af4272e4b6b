"""Applying one wave of writes: read again, refuse what is stale, send, report.

One Put per group, a few at a time. A Put with our own reference IDs may reach the
tenant twice without harm (NOTES 2.7). Nothing here knows an element of a kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element, find, local_name
from adapters.workday.facts import WID
from adapters.workday.kinds import KINDS
from adapters.workday.read import Question, View, read_named
from adapters.workday.references import reference, resolved, wid_of
from adapters.workday.settings import Settings
from adapters.workday.soap import TARGET
from adapters.workday.wire.kind import Change, Kind
from connector.kit.errors import (
    AuthError,
    RejectedError,
    ReplyError,
    TransientError,
)
from connector.kit.values import (
    ApplyItem,
    Done,
    FieldType,
    Operation,
    Outcome,
    Privacy,
    Ref,
    Rejected,
    RemoteIds,
    Sending,
    Unknown,
    Untried,
    Write,
    is_empty,
)

#: What may be an amount in a message; reference IDs are longer or no numbers.
_AMOUNT = re.compile(r"(?<![\w-])\d[\d.,]*(?![\w-])")
#: Objects read again with one request; few, so that each is sent soon after.
_READ_AT_ONCE = 8


@dataclass(slots=True)
class _Flight:
    """The Puts on their way, and the error that ends the wave."""

    sent: dict[Future[str], Ref] = field(default_factory=dict)
    kind: str = ""
    stop: AuthError | ReplyError | None = None

    def landed(self) -> Iterator[Outcome]:
        """Wait for at least one Put and yield the outcomes there are."""
        done, _ = wait(self.sent, return_when=FIRST_COMPLETED)
        for future in done:
            yield self._outcome(future, self.sent.pop(future))

    def _outcome(self, future: Future[str], ref: Ref) -> Outcome:
        try:
            return Done(ref, future.result())
        except TransientError as error:
            lost = Unknown if error.is_sent else Untried
            return lost(ref, error.message)
        except ReplyError as error:
            self.stop = self.stop or error
            return Unknown(ref, error.message)
        except (AuthError, RejectedError) as error:
            if isinstance(error, AuthError):
                self.stop = self.stop or error
            return Rejected(
                ref=ref,
                message=_without_pay(ref.kind, error.message),
                hint=error.hint,
                code=error.code,
            )


class Applier:
    """Sends the writes of a connection."""

    def __init__(
        self,
        client: WorkdayClient,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        time_zone: str,
    ) -> None:
        self._client = client
        self._settings = settings
        self._now = now
        self._zone = ZoneInfo(time_zone)

    def apply(
        self, writes: Sequence[Write], remote_ids: RemoteIds
    ) -> Iterator[ApplyItem]:
        """Yield a `Sending` before each Put leaves, and one outcome per write.

        Kinds leave one after another in the order of the contract's dependencies
        (NOTES 4), retirements at the end and the other way round: what goes by a
        reference ID of ours, as a classification does, is there when it is named.

        Raises:
            AuthError, ReplyError: stop; what was announced has its outcome.
        """
        flight = _Flight()
        writes = _in_order(writes)
        with ThreadPoolExecutor(self._settings.parallel_writes) as pool:
            for start in range(0, len(writes), _READ_AT_ONCE):
                batch = writes[start : start + _READ_AT_ONCE]
                try:
                    shown = self._read_again(batch)
                except TransientError as error:
                    yield from self._landed_all(flight)
                    for write in writes[start:]:
                        yield Untried(write.ref, error.message)
                    return
                except (AuthError, ReplyError):
                    yield from self._landed_all(flight)
                    raise
                yield from self._send(batch, shown, remote_ids, flight, pool)
            yield from self._landed_all(flight)

    def _send(
        self,
        batch: Sequence[Write],
        shown: Mapping[Ref, Element],
        remote_ids: RemoteIds,
        flight: _Flight,
        pool: ThreadPoolExecutor,
    ) -> Iterator[ApplyItem]:
        for write in batch:
            try:
                request = self._request(write, shown.get(write.ref), remote_ids)
            except RejectedError as error:
                yield _refused(write, error)
                continue
            if write.kind != flight.kind:
                yield from self._landed_all(flight)
                flight.kind = write.kind
            while len(flight.sent) >= self._settings.parallel_writes:
                yield from flight.landed()
            if flight.stop is not None:
                yield from self._landed_all(flight)
            yield Sending((write.ref,))
            put = KINDS[write.kind].put
            flight.sent[pool.submit(self._put, put, request)] = write.ref

    def _landed_all(self, flight: _Flight) -> Iterator[Outcome]:
        """Yield what is on its way, then raise what ended the wave."""
        while flight.sent:
            yield from flight.landed()
        if flight.stop is not None:
            raise flight.stop

    def _put(self, operation: str, request: Element) -> str:
        """Send a Put and return the WID that it answers with."""
        answer = self._client.call(operation, request, is_repeatable=True)
        for element in answer.iterchildren():
            if local_name(element).endswith("_Reference") and wid_of(element):
                return wid_of(element)
        raise ReplyError(
            f"Workday answered {operation} without a reference.",
            target=TARGET,
            operation=operation,
            hint="Plan again: what was written is read then.",
        )

    def _request(
        self, write: Write, current: Element | None, remote_ids: RemoteIds
    ) -> Element:
        """Return the request of a write.

        Raises:
            RejectedError: it is stale, or cannot be built without a loss.
        """
        kind = KINDS[write.kind]
        if kind.build is None:
            raise RejectedError(
                f"A {kind.spec.label} is never written by the connector.",
                hint=kind.spec.manual_step,
            )
        if write.operation is not Operation.CREATE:
            _require_fresh(kind, write, current, remote_ids)
        change = Change(
            write=write,
            current=current,
            remote_ids=remote_ids,
            effective=self._effective(kind, write, current),
        )
        return kind.build(change)

    def _effective(self, kind: Kind, write: Write, current: Element | None) -> date:
        """Return the date a write takes effect.

        A change never goes before the entry that is in effect now: it would be
        hidden by that entry at once.
        """
        if current is None:
            return self._settings.first_effective_date
        entry = kind.entry_date(current)
        return max(entry, write.effective_on) if entry else write.effective_on

    def _read_again(self, batch: Sequence[Write]) -> dict[Ref, Element]:
        """Return the objects to be changed as they stand now."""
        shown: dict[Ref, Element] = {}
        for name in dict.fromkeys(write.kind for write in batch):
            by_wid = {
                write.remote_id: write.ref
                for write in batch
                if write.kind == name and write.remote_id is not None
            }
            if not by_wid or not KINDS[name].reference:
                continue
            for wid, record in self._read_kind(KINDS[name], list(by_wid), batch):
                if wid in by_wid:
                    shown[by_wid[wid]] = record
        return shown

    def _read_kind(
        self, kind: Kind, wids: Sequence[str], batch: Sequence[Write]
    ) -> Iterator[tuple[str, Element]]:
        question = Question(
            operation=kind.get,
            record=kind.record,
            references=tuple(reference(kind.reference, WID, wid) for wid in wids),
        )
        today = self._now().astimezone(self._zone).date()
        view = View(effective=max(today, *(w.effective_on for w in batch)))
        for record in read_named(self._client, question, view, now=self._now()):
            yield wid_of(find(record, kind.reference)), deepcopy(record)


def _without_pay(kind: str, message: str) -> str:
    """Return the tenant's words without amounts, where they may tell of pay.

    A run is shown to people without the right to see pay.
    """
    fields = KINDS[kind].spec.fields
    has_amounts = any(
        part.type is FieldType.DECIMAL
        for item in fields
        if item.privacy is Privacy.PAY
        for part in item.row
    )
    return _AMOUNT.sub("<hidden: pay>", message) if has_amounts else message


def _in_order(writes: Sequence[Write]) -> list[Write]:
    """Return writes as NOTES 4 orders the kinds, retirements last and in reverse."""
    places = {name: place for place, name in enumerate(KINDS)}

    def place(write: Write) -> tuple[bool, int]:
        is_retiring = write.operation is Operation.RETIRE
        order = places[write.kind]
        return is_retiring, -order if is_retiring else order

    return sorted(writes, key=place)


class StaleError(RejectedError):
    """The object is no longer as the plan saw it."""


def _require_fresh(
    kind: Kind, write: Write, current: Element | None, remote_ids: RemoteIds
) -> None:
    """Raise where a field that is to change is not as the plan saw it.

    Raises:
        StaleError: with the fields that changed meanwhile.
    """
    label = kind.spec.label
    if current is None:
        raise StaleError(
            f"The {label} {write.key} is not in Workday any more.", hint="Plan again."
        )
    found = kind.found(current)
    changed = [
        name
        for name, value in write.before.items()
        if not _same(resolved(value, remote_ids), found.fields.get(name))
    ]
    if changed:
        raise StaleError(
            f"The {label} {write.key} was changed in Workday since the plan was made: "
            f"{', '.join(changed)}.",
            hint="Plan again.",
        )


def _same(planned: object, shown: object) -> bool:
    return planned == shown or (is_empty(planned) and is_empty(shown))  # type: ignore[arg-type]  # fields hold values


def _refused(write: Write, error: RejectedError) -> Rejected:
    is_stale = isinstance(error, StaleError)
    return Rejected(
        ref=write.ref,
        message=error.message,
        hint=error.hint,
        code="stale" if is_stale else error.code,
        is_stale=is_stale,
    )
