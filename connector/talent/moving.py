"""Starts approved moves in the HRIS once, and follows them to their end.

The HRIS's own approvals decide; nothing here completes a process. A start whose answer
was lost is looked up by worker, process and time, and never started a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from connector.kit.errors import ConfigError
from connector.kit.protocols import Moves
from connector.kit.values import (
    Done,
    MoveEvent,
    MoveState,
    Ref,
    Rejected,
    Sending,
    Unknown,
)
from connector.store import proposals, tasks
from connector.store.proposals import Proposal, ProposalState
from connector.store.tasks import WantedTask
from connector.talent.ground import Ground
from connector.talent.proposing import (
    look,
    move_of,
    record,
    refuse_own_move,
    require_nothing_against,
    require_state,
)

_SOURCE = "moves"
#: After this nothing of a request that was cut off is still going on in the HRIS.
_SETTLES = timedelta(minutes=10)
#: The HRIS's calendar may be a day behind ours.
_A_DAY = timedelta(days=1)
_DOUBT = "its answer was lost; nobody knows yet whether it was started"


@dataclass(frozen=True, slots=True)
class Started:
    """What starting or following came to."""

    proposal: Proposal
    message: str = ""
    hint: str = ""


def start(
    ground: Ground, moves: Moves, proposal: Proposal, actor: str, *, link: str = ""
) -> Started:
    """Start an approved move; it is journalled before the request leaves.

    Raises:
        AuthError: the HRIS refuses the credentials; nothing was started.
        ConfigError: it is not approved, or the actor's own move.
        UnsafePlanError: something bars it by now.
    """
    require_state(proposal, ProposalState.APPROVED)
    with ground.database.read() as conn:
        refuse_own_move(conn, proposal, actor)
    require_nothing_against(look(ground, moves, proposal))
    current, told = proposal, Started(proposal)
    for item in moves.start(move_of(ground, proposal, link)):
        if isinstance(item, Sending):
            sending = replace(
                proposal,
                state=ProposalState.STARTED,
                started_at=ground.now(),
                message=_DOUBT,
            )
            current = _save(ground, current, sending, "start move", actor)
            continue
        after, hint = _after(item, current, proposal)
        if after != current:
            current = _save(ground, current, after, "answer to move", actor)
        told = Started(current, after.message, hint)
    return told


def _after(item: object, current: Proposal, approved: Proposal) -> tuple[Proposal, str]:
    """Return the proposal after the HRIS's answer, and what to do about it."""
    match item:
        case Done(remote_id=remote_id):
            return replace(current, remote_id=remote_id, message=""), ""
        case Unknown(reason=reason):
            hint = f"In ten minutes: jobframe moves follow {current.reference}"
            return replace(current, message=f"{_DOUBT} ({reason})"), hint
        case Rejected(message=message, hint=hint):
            return replace(approved, message=message), hint
    reason = str(getattr(item, "reason", ""))
    return replace(approved, message=reason), "Start it again."


def follow(ground: Ground, moves: Moves, proposal: Proposal) -> Started:
    """Look how far a started move has come, and record its end.

    Raises:
        AuthError, ReplyError, TransientError: the HRIS does not tell.
        ConfigError: it was not started.
    """
    require_state(proposal, ProposalState.STARTED, ProposalState.DECIDED)
    if not proposal.remote_id:
        proposal, told = _find(ground, moves, proposal)
        if not proposal.remote_id:
            return told
    status = moves.status(proposal.remote_id)
    if status.state is MoveState.IN_PROGRESS:
        return Started(proposal, "It waits for the approvals of the HRIS.")
    after = replace(
        proposal,
        state=ProposalState.DECIDED,
        result=status.state,
        decided_at=proposal.decided_at or ground.now(),
        message=" ".join(
            text for text in status.words if proposal.reference not in text
        ),
    )
    if after != proposal:
        _save(ground, proposal, after, "end of move", "")
    return Started(after, after.message)


def follow_all(ground: Ground, moves: Moves, connection: str) -> list[Started]:
    """Look how far every started move of a connection has come; errors as `follow`."""
    with ground.database.read() as conn:
        under_way = proposals.all(conn, connection, [ProposalState.STARTED])
    return [follow(ground, moves, each) for each in under_way]


def _find(ground: Ground, moves: Moves, proposal: Proposal) -> tuple[Proposal, Started]:
    """Look up a start whose answer was lost, by worker, process and time."""
    started_at = proposal.started_at or ground.now()
    since = ground.day_of(started_at) - _A_DAY
    found = moves.find(move_of(ground, proposal), since)
    ours = [event for event in found if event.is_ours]
    if ours:
        after = replace(proposal, remote_id=ours[0].remote_id, message="")
        return _save(ground, proposal, after, "found move", ""), Started(after)
    doubtful = [event for event in found if event.is_ours is None]
    if doubtful:
        told = _told_doubt(proposal, doubtful)
        return proposal, Started(proposal, told, "Say which: jobframe moves settle.")
    if ground.now() - started_at <= _SETTLES:
        return proposal, Started(proposal, _DOUBT, "Look again in ten minutes.")
    after = replace(
        proposal,
        state=ProposalState.APPROVED,
        started_at=None,
        message="it was not started: the HRIS shows no such process",
    )
    saved = _save(ground, proposal, after, "move not started", "")
    return saved, Started(saved, saved.message, "Start it again.")


def _told_doubt(proposal: Proposal, doubtful: Iterable[MoveEvent]) -> str:
    ids = ", ".join(event.remote_id for event in doubtful)
    return (
        f"the HRIS shows job changes of this worker that may be {proposal.reference},"
        f" but no comment tells: {ids}"
    )


def settle(ground: Ground, proposal: Proposal, remote_id: str, actor: str) -> Proposal:
    """Record what a person saw of a start in doubt: its process, or none at all.

    Raises:
        ConfigError: nothing about it is in doubt, or it is the actor's own move.
    """
    require_state(proposal, ProposalState.STARTED)
    if proposal.remote_id:
        raise ConfigError(f"the process of {proposal.reference} is known")
    with ground.database.read() as conn:
        refuse_own_move(conn, proposal, actor)
    if remote_id:
        after = replace(proposal, remote_id=remote_id, message="")
    else:
        state = ProposalState.APPROVED
        after = replace(proposal, state=state, started_at=None, message="")
    return _save(ground, proposal, after, "settle move", actor)


def _save(
    ground: Ground, before: Proposal, after: Proposal, action: str, actor: str
) -> Proposal:
    with ground.database.write() as conn:
        proposals.change(conn, before, after)
        record(ground, conn, action, after, actor)
        ask(ground, conn, after.connection)
    return after


def ask(ground: Ground, conn: Connection, connection: str) -> None:
    """Keep tasks open: a start in doubt, a pay step to decide, evidence taken back.

    Pay is never implied by a move: the compensation partner decides it, with a process
    of its own.
    """
    begun = proposals.all(
        conn, connection, [ProposalState.STARTED, ProposalState.DECIDED]
    )
    wanted = [
        WantedTask(
            ref=Ref("move", each.reference),
            title="Find out whether this move was started",
            steps="Look for its reference among the worker's job changes, then:"
            f" jobframe moves settle {each.reference} EVENT|none",
        )
        for each in begun
        if each.state is ProposalState.STARTED and not each.remote_id
    ]
    wanted += [
        WantedTask(
            ref=Ref("move", each.reference),
            title="Compensation partner: decide the pay step",
            steps=f"The move into {each.to_role} takes effect on"
            f" {each.effective_on.isoformat()} and changes no pay. Decide about pay in"
            " the HRIS, with its own process (Request Compensation Change), then:"
            f" jobframe moves paid {each.reference}",
        )
        for each in begun
        if each.remote_id and _may_change_pay(each)
    ]
    wanted += [
        WantedTask(
            ref=Ref("move", each.reference),
            title="Decide whether this move goes on: its evidence was withdrawn",
            steps=f"The move into {each.to_role} was started, and since then something"
            " it rests on was taken back. Tell who decides in the HRIS, or cancel the"
            f" process there; look: jobframe moves packet {each.reference}",
        )
        for each in begun
        if each.state is ProposalState.STARTED and each.packet.get("taken_back")
    ]
    tasks.sync_tasks(
        conn, connection=connection, source=_SOURCE, wanted=wanted, at=ground.now()
    )


def _may_change_pay(proposal: Proposal) -> bool:
    has_ended_well = proposal.result in (None, MoveState.APPROVED)
    return has_ended_well and not proposal.packet.get("pay_decided_by")


def pay_decided(ground: Ground, proposal: Proposal, actor: str) -> Proposal:
    """Record that the pay step of a move was decided, by whom and not how.

    Raises:
        ConfigError: the move was not started, or it is the actor's own.
    """
    require_state(proposal, ProposalState.STARTED, ProposalState.DECIDED)
    with ground.database.read() as conn:
        refuse_own_move(conn, proposal, actor)
    after = replace(proposal, packet={**proposal.packet, "pay_decided_by": actor})
    return _save(ground, proposal, after, "pay of move", actor)
