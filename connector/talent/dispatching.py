"""Sends evidence to the HRIS: each piece once, looked up before anything is sent.

What leaves is journalled first. Where a look-up cannot decide, the dispatch stays
unknown and becomes a task; it is never sent again by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.errors import ConfigError
from connector.kit.protocols import Talent
from connector.kit.values import (
    Dispatch,
    DispatchKind,
    Done,
    FactType,
    Outcome,
    Ref,
    Rejected,
    Sending,
    Unknown,
)
from connector.store import audit, dispatches, facts, people, tasks
from connector.store.dispatches import (
    DispatchOutcome,
    DispatchState,
    NewDispatch,
    StoredDispatch,
)
from connector.store.facts import Evidence, StoredFact
from connector.store.tasks import WantedTask
from connector.talent.ground import Ground

_OPEN = (
    DispatchState.PREPARED,
    DispatchState.SENT,
    DispatchState.PENDING,
    DispatchState.UNKNOWN,
)
#: What a fact becomes on the worker's record.
_KINDS = {
    FactType.COURSE_COMPLETION: DispatchKind.TRAINING,
    FactType.BADGE: DispatchKind.CERTIFICATION,
}
#: What only a person can take further.
FOR_PEOPLE = (
    DispatchState.PENDING,
    DispatchState.UNKNOWN,
    DispatchState.REJECTED,
)


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
    confirmed: int = 0
    pending: int = 0
    rejected: int = 0
    unknown: int = 0
    messages: list[str] = field(default_factory=list)


def prepare(ground: Ground, connection: str, framework: Framework) -> int:
    """Prepare one training or certification for each fact; returns how many are new.

    A fact gives one dispatch, however many steps it proves (design: evidence). Ratings
    are no achievements: they stay here.
    """
    with ground.database.write() as conn:
        by_fact: dict[int, list[Evidence]] = {}
        for evidence in facts.evidence(conn):
            by_fact.setdefault(evidence.fact_id, []).append(evidence)
        new = [
            dispatch
            for stored in facts.assigned_facts(conn)
            if stored.id in by_fact and stored.fact.type in _KINDS
            for dispatch in _dispatch(
                ground, conn, framework, stored, by_fact[stored.id]
            )
        ]
        return dispatches.prepare(conn, connection, new, ground.now())


def _dispatch(
    ground: Ground,
    conn: Connection,
    framework: Framework,
    stored: StoredFact,
    given: Sequence[Evidence],
) -> Iterable[NewDispatch]:
    person = people.get(conn, stored.person_id or "")
    if person is None or not person.employee_id:
        return
    fact = stored.fact
    identity = [
        stored.connection,
        fact.type.value,
        fact.object_id,
        fact.person_id,
        fact.happened_at.isoformat(),
    ]
    yield NewDispatch(
        dispatch=Dispatch(
            reference=f"jf-ev-{ground.digest(identity)[:24]}",
            kind=_KINDS[fact.type],
            employee_id=person.employee_id,
            title=fact.object_name or fact.object_id,
            description=_description(framework, given),
            completed_on=ground.day_of(fact.happened_at),
            expires_on=given[0].expires_on,
        ),
        person_id=person.id,
        fact_id=stored.id,
    )


def _description(framework: Framework, given: Sequence[Evidence]) -> str:
    """Return what the training proves, for who reads the worker's record."""
    told = []
    for evidence in given:
        competency = framework.competencies.get(evidence.competency)
        scale = framework.scale_of(evidence.competency) if competency else None
        if competency and scale:
            names = {step.key: step.name for step in scale.steps}
            told.append(f"{competency.name}: {names.get(evidence.step, '')}")
    return "Evidence for " + "; ".join(told) if told else ""


def send(ground: Ground, connection: str, talent: Talent) -> Dispatched:
    """Settle what is open, then send what was prepared and is not there yet.

    Raises:
        AuthError: the HRIS refuses the credentials; what was not sent stays prepared.
    """
    result = Dispatched()
    with ground.database.read() as conn:
        standing = dispatches.in_state(conn, connection, *_OPEN)
    missing = _look_up(ground, talent, standing)
    fresh = [each for each in missing if each.state is DispatchState.PREPARED]
    result.prepared = len(fresh)
    _send(ground, talent, fresh, result)
    with ground.database.write() as conn:
        _count(conn, connection, standing, result)
        _ask_about_unknown(ground, conn, connection)
    return result


def settle_by_hand(
    ground: Ground, connection: str, reference: str, seen: SeenByHand, person: str
) -> None:
    """Record what a person saw in the HRIS about a dispatch that waits.

    Raises:
        ConfigError: no dispatch of that reference waits for anybody.
    """
    with ground.database.write() as conn:
        waiting = dispatches.in_state(conn, connection, *FOR_PEOPLE)
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
) -> list[StoredDispatch]:
    """Confirm what the HRIS shows; returns what it does not show."""
    if not standing:
        return []
    shown = {
        found.reference: found.remote_id
        for found in talent.find([each.dispatch for each in standing])
    }
    missing = [each for each in standing if each.dispatch.reference not in shown]
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
        for each in missing
        if each.state is DispatchState.SENT
    ]
    with ground.database.write() as conn:
        dispatches.settle(conn, outcomes, ground.now())
    return missing


def _send(
    ground: Ground,
    talent: Talent,
    fresh: Sequence[StoredDispatch],
    result: Dispatched,
) -> None:
    if not fresh:
        return
    for item in talent.send([each.dispatch for each in fresh]):
        with ground.database.write() as conn:
            if isinstance(item, Sending):
                references = [ref.key for ref in item.refs]
                dispatches.mark_sent(conn, references, item.group, ground.now())
                continue
            outcome = _outcome(item)
            dispatches.settle(conn, [outcome], ground.now())
        if outcome.message:
            result.messages.append(f"{outcome.reference}: {outcome.message}")


def _outcome(item: Outcome) -> DispatchOutcome:
    reference = item.ref.key
    match item:
        case Done(remote_id=remote_id, seen=seen):
            is_pending = bool(seen) and (seen or {}).get("state") == "pending"
            state = DispatchState.PENDING if is_pending else DispatchState.CONFIRMED
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
