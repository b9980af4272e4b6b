"""Sends evidence to the HRIS: each piece once, looked up before anything is sent.

What leaves is journalled first. Where a look-up cannot decide, the dispatch stays
unknown and becomes a task; it is never sent again by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection

from connector.kit.errors import ConfigError
from connector.kit.protocols import Talent
from connector.kit.values import (
    DispatchFate,
    DispatchKind,
    DispatchStatus,
    Done,
    OpenDispatch,
    Outcome,
    Ref,
    Rejected,
    Sending,
    Unknown,
)
from connector.store import audit, dispatches, tasks
from connector.store.dispatches import (
    DispatchOutcome,
    DispatchState,
    NewDispatch,
    StoredDispatch,
)
from connector.store.tasks import WantedTask
from connector.talent.forecasting import (
    EVIDENCE,
    as_allowed,
    auto_complete,
    forecast,
    require_agreement,
)
from connector.talent.ground import Ground
from connector.talent.preparing import prepare

__all__ = ["Dispatched", "SeenByHand", "prepare", "retry", "send", "settle_by_hand"]

_OPEN = (
    DispatchState.PREPARED,
    DispatchState.SENT,
    DispatchState.PENDING,
    DispatchState.UNKNOWN,
)
#: Stands before the number of the attempt in a reference.
_AGAIN = "-again-"
#: How often what certainly did not start is tried in one call.
_ROUNDS = 4
#: After this nothing of a request that was cut off is still going on in the HRIS.
_SETTLES = timedelta(minutes=10)
#: What only a person can take further.
FOR_PEOPLE = (
    DispatchState.PENDING,
    DispatchState.UNKNOWN,
    DispatchState.REJECTED,
    DispatchState.DENIED,
)
#: What may still be settled by what a person saw.
_UNSETTLED = (DispatchState.PENDING, DispatchState.UNKNOWN, DispatchState.REJECTED)


class SeenByHand(StrEnum):
    """What a person saw about a dispatch in the HRIS."""

    ARRIVED = "arrived"
    DENIED = "denied"
    ABSENT = "absent"


#: What is absent for sure is sent by the next call.
_STATES = {
    SeenByHand.ARRIVED: DispatchState.CONFIRMED,
    SeenByHand.DENIED: DispatchState.DENIED,
    SeenByHand.ABSENT: DispatchState.PREPARED,
}


@dataclass(slots=True)
class Dispatched:
    """What became of the dispatches of one call, and of those open before it."""

    prepared: int = 0
    later: int = 0
    events: int = 0
    confirmed: int = 0
    pending: int = 0
    denied: int = 0
    rejected: int = 0
    unknown: int = 0
    messages: list[str] = field(default_factory=list)


def send(
    ground: Ground,
    connection: str,
    talent: Talent,
    *,
    sender: str = "",
    limit: int | None = None,
    kinds: Collection[DispatchKind] = EVIDENCE,
) -> Dispatched:
    """Settle what is open, then send what was prepared and is not there yet.

    With a `limit` more processes at once need somebody else's agreement. Only
    dispatches of the `kinds` are looked at.

    Raises:
        AuthError: the HRIS refuses the credentials; what was not sent stays prepared.
        UnsafePlanError: nobody agreed to so many inbox tasks.
    """
    result = Dispatched()
    standing = _standing(ground, connection, kinds)
    if standing and limit is not None:
        require_agreement(ground, forecast(ground, connection, kinds), limit, sender)
    _look_up(ground, talent, standing)
    _follow(ground, talent, standing=_waiting(ground, connection, kinds))
    for _ in range(_ROUNDS):
        found = forecast(ground, connection, kinds)
        result.later = found.later
        if not found.due:
            break
        result.prepared = max(result.prepared, len(found.due))
        result.events += found.events
        if not _send(ground, connection, talent, found.due, result):
            break
    _look_up(
        ground, talent, _standing(ground, connection, kinds, DispatchState.PENDING)
    )
    unsure = _standing(ground, connection, kinds, DispatchState.UNKNOWN)
    _follow(ground, talent, standing=unsure)
    with ground.database.write() as conn:
        _count(conn, connection, standing, result)
        _ask_about_unknown(ground, conn, connection)
    return result


def _standing(
    ground: Ground,
    connection: str,
    kinds: Collection[DispatchKind],
    *states: DispatchState,
) -> list[StoredDispatch]:
    with ground.database.read() as conn:
        found = dispatches.in_state(conn, connection, *(states or _OPEN))
    return [each for each in found if each.dispatch.kind in kinds]


def _waiting(
    ground: Ground, connection: str, kinds: Collection[DispatchKind]
) -> list[StoredDispatch]:
    """Return the dispatches whose end is not known."""
    states = (DispatchState.PENDING, DispatchState.UNKNOWN)
    return _standing(ground, connection, kinds, *states)


def retry(ground: Ground, connection: str, reference: str, person: str) -> str:
    """Prepare a denied or refused dispatch anew, by a person's decision.

    It gets a reference of its own, so that neither is taken for the other; returned.

    Raises:
        ConfigError: it was neither denied nor refused.
    """
    with ground.database.write() as conn:
        ended = dispatches.in_state(
            conn, connection, DispatchState.DENIED, DispatchState.REJECTED
        )
        found = {each.dispatch.reference: each for each in ended}.get(reference)
        base, _, _ = reference.partition(_AGAIN)
        again = f"{base}{_AGAIN}{_times(ended, base)}"
        if found is None:
            raise ConfigError(
                f"no dispatch “{reference}” of {connection} was denied or refused",
                hint="See `jobframe evidence list`.",
            )
        new = NewDispatch(
            dispatch=replace(found.dispatch, reference=again),
            person_id=found.person_id,
            fact_id=found.fact_id,
        )
        if not dispatches.prepare(conn, connection, [new], ground.now()):
            raise ConfigError(
                f"the dispatch “{reference}” is being tried again already",
                hint="See `jobframe evidence list`.",
            )
        audit.append(
            conn,
            at=ground.now(),
            actor="talent",
            action="retry",
            detail={"reference": reference, "again": again, "by": person},
        )
    return again


def _times(ended: Sequence[StoredDispatch], base: str) -> int:
    """Return how often a piece of evidence was denied or refused."""
    return sum(each.dispatch.reference.partition(_AGAIN)[0] == base for each in ended)


def settle_by_hand(
    ground: Ground, connection: str, reference: str, seen: SeenByHand, person: str
) -> None:
    """Record what a person saw in the HRIS about a dispatch that waits.

    Raises:
        ConfigError: no dispatch of that reference waits for anybody.
    """
    with ground.database.write() as conn:
        waiting = dispatches.in_state(conn, connection, *_UNSETTLED)
        if reference not in {each.dispatch.reference for each in waiting}:
            raise ConfigError(
                f"no dispatch “{reference}” of {connection} waits for anybody",
                hint="See `jobframe evidence list`.",
            )
        outcome = DispatchOutcome(reference, _STATES[seen])
        dispatches.settle(conn, [outcome], ground.now())
        audit.append(
            conn,
            at=ground.now(),
            actor="talent",
            action="settle",
            detail={"reference": reference, "seen": seen.value, "by": person},
        )
        _ask_about_unknown(ground, conn, connection)


def _look_up(
    ground: Ground, talent: Talent, standing: Sequence[StoredDispatch]
) -> None:
    """Confirm what the HRIS shows; what may have left and is not shown is in doubt."""
    if not standing:
        return
    shown = {
        found.reference: found.remote_id
        for found in talent.find([each.dispatch for each in standing])
    }
    outcomes = [
        DispatchOutcome(reference, DispatchState.CONFIRMED, remote_id)
        for reference, remote_id in shown.items()
    ]
    # A pending event is not shown: what may have left and is not there is in doubt.
    outcomes += [
        DispatchOutcome(
            each.dispatch.reference,
            DispatchState.UNKNOWN,
            message="it may have been sent, and the HRIS does not show it",
        )
        for each in standing
        if each.state is DispatchState.SENT and each.dispatch.reference not in shown
    ]
    with ground.database.write() as conn:
        dispatches.settle(conn, outcomes, ground.now())


def _follow(
    ground: Ground, talent: Talent, *, standing: Sequence[StoredDispatch]
) -> None:
    """Ask what became of dispatches whose end is not known.

    A pending one is known from our journal and never sent again. One that certainly
    was not started goes back among the prepared.
    """
    waiting = {
        each.dispatch.reference: each for each in standing if each.sent_at is not None
    }
    asked = [
        OpenDispatch(
            each.dispatch,
            each.remote_id if each.state is DispatchState.PENDING else "",
            ground.day_of(each.sent_at or ground.now()),
        )
        for each in waiting.values()
    ]
    outcomes = [
        outcome
        for status in (talent.follow(asked) if asked else ())
        if (outcome := _fate(ground, waiting[status.reference], status)) is not None
    ]
    with ground.database.write() as conn:
        dispatches.settle(conn, outcomes, ground.now())


def _fate(
    ground: Ground, stored: StoredDispatch, status: DispatchStatus
) -> DispatchOutcome | None:
    """Return what a process tells about a dispatch, none where it tells nothing new."""
    reference = status.reference
    match status.fate:
        case DispatchFate.DENIED:
            words = " ".join(status.words)
            state = DispatchState.DENIED
            return DispatchOutcome(reference, state, status.event_id, words)
        case DispatchFate.PENDING:
            return DispatchOutcome(reference, DispatchState.PENDING, status.event_id)
        case DispatchFate.APPROVED:
            told = "it was approved; the record does not show it yet"
            state = DispatchState.PENDING
            return DispatchOutcome(reference, state, status.event_id, told)
        case DispatchFate.ABSENT if _is_settled(ground, stored):
            return DispatchOutcome(reference, DispatchState.PREPARED)
    return None


def _is_settled(ground: Ground, stored: StoredDispatch) -> bool:
    """Tell whether nothing of a request can still be going on in the HRIS."""
    return stored.sent_at is not None and ground.now() - stored.sent_at > _SETTLES


def _send(
    ground: Ground,
    connection: str,
    talent: Talent,
    due: Sequence[StoredDispatch],
    result: Dispatched,
) -> bool:
    """Send dispatches; tells whether another round may get further."""
    with ground.database.read() as conn:
        allowed = auto_complete(conn, connection)
    told: dict[str, str] = {}
    ended: Counter[DispatchState] = Counter()
    for item in talent.send([each.dispatch for each in as_allowed(due, allowed)]):
        with ground.database.write() as conn:
            if isinstance(item, Sending):
                references = [ref.key for ref in item.refs]
                dispatches.mark_sent(conn, references, item.group, ground.now())
                continue
            outcome = _outcome(item)
            dispatches.settle(conn, [outcome], ground.now())
        ended[outcome.state] += 1
        told[outcome.reference] = outcome.message
    again = {f"{reference}: " for reference in told}
    result.messages = [
        line for line in result.messages if not line.startswith(tuple(again))
    ]
    result.messages += [f"{key}: {text}" for key, text in told.items() if text]
    untried = ended[DispatchState.PREPARED]
    return 0 < untried < len(due)


def _outcome(item: Outcome) -> DispatchOutcome:
    reference = item.ref.key
    match item:
        case Done(remote_id=remote_id, seen=seen):
            is_shown = bool(seen) and (seen or {}).get("state") == "confirmed"
            state = DispatchState.CONFIRMED if is_shown else DispatchState.PENDING
            return DispatchOutcome(reference, state, remote_id)
        case Rejected(message=message, hint=hint):
            told = f"{message} {hint}".rstrip()
            return DispatchOutcome(reference, DispatchState.REJECTED, message=told)
        case Unknown(reason=reason):
            return DispatchOutcome(reference, DispatchState.UNKNOWN, message=reason)
    return DispatchOutcome(reference, DispatchState.PREPARED, message=item.reason)


def _count(
    conn: Connection,
    connection: str,
    standing: Sequence[StoredDispatch],
    result: Dispatched,
) -> None:
    asked = {each.dispatch.reference for each in standing}
    now_in = Counter(
        each.state
        for each in dispatches.in_state(conn, connection, *DispatchState)
        if each.dispatch.reference in asked
    )
    result.confirmed = now_in[DispatchState.CONFIRMED]
    result.pending = now_in[DispatchState.PENDING]
    result.denied = now_in[DispatchState.DENIED]
    result.rejected = now_in[DispatchState.REJECTED]
    result.unknown = now_in[DispatchState.UNKNOWN]


def _ask_about_unknown(ground: Ground, conn: Connection, connection: str) -> None:
    unknown = dispatches.in_state(conn, connection, DispatchState.UNKNOWN)
    tasks.sync_tasks(
        conn,
        connection=connection,
        source="dispatches",
        wanted=[
            WantedTask(
                ref=Ref("dispatch", each.dispatch.reference),
                title="Find out whether this evidence arrived",
                steps="Its answer was lost. Look for its reference on the worker's"
                " record and among events that wait for approval, then: jobframe"
                f" evidence settle {connection} {each.dispatch.reference}"
                " arrived|denied|absent",
            )
            for each in unknown
        ],
        at=ground.now(),
    )
