"""Which dispatches are due now, how many inbox tasks they cause, and who agreed.

A worker gets one process a day. Above the limit somebody else than the sender agrees,
for exactly these dispatches. Skipping the HRIS's approvals is a decision of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from connector.kit.errors import ConfigError, UnsafePlanError
from connector.kit.values import DispatchKind
from connector.store import audit, decisions, dispatches
from connector.store.decisions import Approval, Decision
from connector.store.dispatches import DispatchState, StoredDispatch
from connector.talent.ground import Ground

GUARD = "inbox_tasks"
#: What collected learning becomes; a goal is none of it, because a person asked for it.
EVIDENCE = (
    DispatchKind.TRAINING,
    DispatchKind.CERTIFICATION,
    DispatchKind.ASSESSMENT,
)
_FIELD = "auto_complete"
#: What may skip the approvals where a person allowed it; an assessment never may.
MAY_SKIP = (DispatchKind.TRAINING, DispatchKind.CERTIFICATION)
#: A dispatch in one of these states was no process: it takes no worker's day.
_NEVER_STARTED = (DispatchState.PREPARED, DispatchState.REJECTED)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What sending now would start.

    `due` leave now, one kind for each worker; `later` wait for another day. Each of
    `events` may put a task into somebody's inbox.
    """

    due: tuple[StoredDispatch, ...]
    later: int
    events: int
    fingerprint: str


def forecast(
    ground: Ground, connection: str, kinds: Collection[DispatchKind] = EVIDENCE
) -> Forecast:
    """Return what sending now would start; nothing is asked of the HRIS.

    Only evidence waits for another day: the rest a person asked for.
    """
    with ground.database.read() as conn:
        prepared = dispatches.in_state(conn, connection, DispatchState.PREPARED)
        busy = _busy(ground, conn, connection) if kinds == EVIDENCE else ()
    wanted = [each for each in prepared if each.dispatch.kind in kinds]
    return choose(ground, wanted, busy)


def choose(
    ground: Ground, prepared: Sequence[StoredDispatch], busy: Collection[str]
) -> Forecast:
    """Return the dispatches that are due: of each worker those of one kind."""
    kinds: dict[str, DispatchKind] = {}
    due = []
    for each in prepared:
        worker, kind = each.person_id, each.dispatch.kind
        if worker not in busy and kinds.setdefault(worker, kind) is kind:
            due.append(each)
    references = sorted(each.dispatch.reference for each in due)
    return Forecast(
        due=tuple(due),
        later=len(prepared) - len(due),
        events=len(kinds),
        fingerprint=ground.digest([GUARD, *references])[:16],
    )


def _busy(ground: Ground, conn: Connection, connection: str) -> set[str]:
    """Return the persons for whom a process was started today."""
    today = ground.day_of(ground.now())
    states = [state for state in DispatchState if state not in _NEVER_STARTED]
    return {
        each.person_id
        for each in dispatches.in_state(conn, connection, *states)
        if each.dispatch.kind in EVIDENCE
        and each.sent_at is not None
        and ground.day_of(each.sent_at) == today
    }


def busy_today(ground: Ground, connection: str) -> set[str]:
    """Return the persons for whom a process was started today."""
    with ground.database.read() as conn:
        return _busy(ground, conn, connection)


def require_agreement(ground: Ground, found: Forecast, limit: int, sender: str) -> None:
    """Refuse more processes at once than the limit, unless a second person agreed.

    Raises:
        UnsafePlanError: nobody but the sender confirmed exactly these dispatches.
    """
    if found.events <= limit:
        return
    with ground.database.read() as conn:
        given = decisions.approvals(conn, found.fingerprint)
    if any(each.guard == GUARD and each.person != sender for each in given):
        return
    raise UnsafePlanError(
        f"this would start {found.events} processes, each a task in somebody's inbox;"
        f" the limit is {limit}",
        hint="Somebody else than you looks at it and confirms:"
        f" jobframe evidence confirm CONNECTION {found.fingerprint}",
    )


def agree(ground: Ground, connection: str, fingerprint: str, person: str) -> Forecast:
    """Record that a person agrees to send exactly these dispatches.

    Raises:
        ConfigError: other dispatches are due by now.
    """
    found = forecast(ground, connection)
    if found.fingerprint != fingerprint:
        raise ConfigError(
            f"what is due is not what {fingerprint} stands for",
            hint="Look again: jobframe evidence preview.",
        )
    with ground.database.write() as conn:
        approval = Approval(
            fingerprint=fingerprint,
            guard=GUARD,
            person=person,
            approved_at=ground.now(),
            note=f"{connection}: {found.events} processes",
        )
        decisions.approve(conn, approval)
        _audit(conn, ground, "confirm", connection, person, events=str(found.events))
    return found


def allow_auto_complete(
    ground: Ground,
    connection: str,
    kind: DispatchKind,
    person: str,
    *,
    is_allowed: bool,
) -> None:
    """Record that a kind of dispatch may skip the HRIS's approvals, or may no longer.

    Raises:
        ConfigError: an assessment never skips them.
    """
    if kind not in MAY_SKIP:
        raise ConfigError(
            "an assessment always goes through the approvals of the HRIS",
            hint="Trainings and certifications may skip them.",
        )
    decision = Decision(
        kind="dispatch",
        key=kind.value,
        field=_FIELD,
        choice="on" if is_allowed else "off",
        about="",
        person=person,
        decided_at=ground.now(),
    )
    with ground.database.write() as conn:
        decisions.decide(conn, connection, [decision])
        _audit(
            conn, ground, _FIELD, connection, person, kind=kind, choice=decision.choice
        )


def auto_complete(conn: Connection, connection: str) -> dict[DispatchKind, Decision]:
    """Return which kinds may skip the approvals, with who decided that and when."""
    return {
        DispatchKind(each.key): each
        for each in decisions.all(conn, connection)
        if each.field == _FIELD and each.choice == "on"
    }


def as_allowed(
    some: Sequence[StoredDispatch], allowed: Collection[DispatchKind]
) -> list[StoredDispatch]:
    """Return dispatches that ask to skip the approvals where a person allowed it."""
    return [
        replace(each, dispatch=replace(each.dispatch, is_completed_at_once=True))
        if each.dispatch.kind in allowed and each.dispatch.kind in MAY_SKIP
        else each
        for each in some
    ]


def _audit(
    conn: Connection,
    ground: Ground,
    action: str,
    connection: str,
    person: str,
    **detail: str,
) -> None:
    audit.append(
        conn,
        at=ground.now(),
        actor="talent",
        action=action,
        detail={"connection": connection, "by": person, **detail},
    )
