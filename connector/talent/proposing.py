"""Drafts, approves and declines moves: what people decide here before the HRIS does.

Nobody decides about themselves. An approver sees what the HRIS says about the move and
confirms each check that it leaves out for an integration. Nothing is started here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from connector.framework.model import Framework
from connector.kit.errors import ConfigError, UnsafePlanError
from connector.kit.protocols import Moves
from connector.kit.values import Foreign, Move, MovePreview
from connector.store import audit, facts, growth, links, people, proposals
from connector.store.people import Person
from connector.store.proposals import Proposal, ProposalState
from connector.talent.directory import Directory
from connector.talent.ground import Ground
from connector.talent.move_policy import MovePolicy
from connector.talent.packets import kind_of, loss_of
from connector.talent.persons import person_named, refuse_oneself
from connector.talent.workforce import role_of

_KIND = "job_profile"
_OWN = "decides about their own move"
#: Who drafts what readiness asks for: no person, so anybody else may approve.
PREPARER = "jobframe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a draft is made of: who, where to, when and why."""

    person: str
    to_role: str
    effective_on: date
    change_reason: str
    reason: str
    position_id: str = ""
    business_title: str = ""
    packet: Mapping[str, Any] = field(default_factory=dict)


def draft(
    ground: Ground, connection: str, framework: Framework, wish: Wish, actor: str
) -> Proposal:
    """Store a proposal for a move and return it; `person` is an id, ours or the HRIS's.

    Raises:
        ConfigError: the person, the role or the reason is missing or unknown, or it is
            the actor's own move.
    """
    with ground.database.write() as conn:
        person = person_named(conn, wish.person)
        refuse_oneself(person, actor, _OWN)
        from_role = held_role(conn, connection, person, wish.position_id)
        _require_role(framework, conn, connection, wish.to_role)
        if from_role == wish.to_role:
            raise ConfigError(f"the person holds the role {wish.to_role} already")
        if not wish.reason.strip():
            raise ConfigError("a move needs a reason", hint="Say why, with --reason.")
        proposal = Proposal(
            reference=f"jf-mv-{ground.digest(['move', ground.new_id()])[:20]}",
            connection=connection,
            person_id=person.id,
            kind=kind_of(framework, from_role, wish.to_role),
            from_role=from_role,
            to_role=wish.to_role,
            effective_on=wish.effective_on,
            change_reason=wish.change_reason,
            reason=wish.reason.strip(),
            drafted_by=actor,
            drafted_at=ground.now(),
            position_id=wish.position_id,
            business_title=wish.business_title,
            packet=wish.packet,
        )
        proposals.add(conn, proposal)
        record(ground, conn, "draft move", proposal, actor)
    return proposal


def checks_of(
    framework: Framework, proposal: Proposal, preview: MovePreview
) -> tuple[str, ...]:
    """Return what an approver confirms: checks the HRIS skips, and a loss if any."""
    loss = loss_of(framework, proposal.from_role, proposal.to_role)
    return (*preview.skipped, *([loss] if loss else []))


def approve(
    ground: Ground,
    framework: Framework,
    proposal: Proposal,
    preview: MovePreview,
    actor: str,
    *,
    policy: MovePolicy,
    confirmed: Sequence[str] = (),
) -> Proposal:
    """Approve a draft whose preview shows nothing against it.

    Where the policy asks for two people, the first leaves it a draft.

    Raises:
        ConfigError: it is no draft, the actor's own move, or somebody else has to.
        UnsafePlanError: something bars it, or a check is not confirmed.
    """
    require_state(proposal, ProposalState.DRAFT)
    with ground.database.read() as conn:
        refuse_own_move(conn, proposal, actor)
        _require_another(conn, proposal, actor, policy)
    require_nothing_against(preview)
    _require_confirmed(checks_of(framework, proposal, preview), confirmed)
    if policy.approvals > 1 and not proposal.first_approved_by:
        after = replace(
            proposal, first_approved_by=actor, confirmed=tuple(confirmed), message=""
        )
        return _approved(ground, proposal, after, "first approval of move", actor)
    after = replace(
        proposal,
        state=ProposalState.APPROVED,
        approved_by=actor,
        approved_at=ground.now(),
        confirmed=tuple(confirmed),
        message="",
    )
    return _approved(ground, proposal, after, "approve move", actor)


def _require_confirmed(checks: Sequence[str], confirmed: Sequence[str]) -> None:
    missing = [check for check in checks if check not in confirmed]
    if missing:
        raise UnsafePlanError(
            "the approver confirms what the HRIS does not check: " + " ".join(missing),
            hint="Check it, then approve with --confirm-checks.",
        )


def _require_another(
    conn: Connection, proposal: Proposal, actor: str, policy: MovePolicy
) -> None:
    """Refuse an approver who drafted it, or who approved it before."""
    others = {proposal.first_approved_by: "approved it before"}
    if not policy.may_approve_own_draft:
        others[proposal.drafted_by] = "drafted it"
    directory = Directory(conn, ())
    for other, did in others.items():
        if other and directory.are_one(other, actor):
            raise ConfigError(
                f"somebody else approves this move: {actor} {did}",
                hint="Another person approves it, under their own name (--as).",
            )


def _approved(
    ground: Ground, before: Proposal, after: Proposal, action: str, actor: str
) -> Proposal:
    """Store an approval, unless what it rests on was taken back meanwhile."""
    with ground.database.write() as conn:
        gone = gone_from(conn, after)
        if gone:
            raise ConfigError(
                f"what {after.reference} rests on was withdrawn: {', '.join(gone)}",
                hint="Bring its packet up to date first: jobframe moves prepare.",
            )
        proposals.change(conn, before, after)
        record(ground, conn, action, after, actor)
    return after


def gone_from(conn: Connection, proposal: Proposal) -> tuple[str, ...]:
    """Return what of a packet's evidence and contributions stands no longer."""
    rests_on = proposal.packet.get("rests_on", {})
    evidence, given = rests_on.get("evidence", ()), rests_on.get("contributions", ())
    standing = facts.standing_ids(conn, evidence)
    valid = {
        each.id
        for each in growth.contributions(conn, [proposal.person_id])
        if each.withdrawn_on is None
    }
    return (
        *(f"evidence {each}" for each in evidence if each not in standing),
        *(f"contribution {each}" for each in given if each not in valid),
    )


def decline(ground: Ground, proposal: Proposal, actor: str, words: str) -> Proposal:
    """Decline a draft, or an approved move that was not started, with a reason.

    Raises:
        ConfigError: it is too late, no reason is given, or it is the actor's own move.
    """
    require_state(proposal, ProposalState.DRAFT, ProposalState.APPROVED)
    if not words.strip():
        raise ConfigError("a decline needs a reason", hint="Say why, with --reason.")
    with ground.database.read() as conn:
        refuse_own_move(conn, proposal, actor)
    return _decided(
        ground,
        proposal,
        replace(
            proposal,
            state=ProposalState.DECLINED,
            decided_by=actor,
            decided_at=ground.now(),
            message=words.strip(),
        ),
        "decline move",
        actor,
    )


def withdraw(ground: Ground, proposal: Proposal, actor: str, words: str) -> Proposal:
    """Take a proposal back that was not started; the person may do that, too.

    Raises:
        ConfigError: it is too late, or no reason is given.
    """
    require_state(proposal, ProposalState.DRAFT, ProposalState.APPROVED)
    if not words.strip():
        raise ConfigError("a withdrawal needs a reason", hint="Say why, with --reason.")
    after = replace(
        proposal,
        state=ProposalState.WITHDRAWN,
        decided_by=actor,
        decided_at=ground.now(),
        message=words.strip(),
    )
    return _decided(ground, proposal, after, "withdraw move", actor)


def expire(ground: Ground, policies: Mapping[str, MovePolicy]) -> int:
    """Let drafts and approvals lapse that nobody acted upon; returns how many did.

    `policies` are by connection; one that is not among them has the usual policy.
    """
    waiting = (ProposalState.DRAFT, ProposalState.APPROVED)
    now, usual = ground.now(), MovePolicy()
    with ground.database.write() as conn:
        old = [
            each
            for each in proposals.all(conn, None, waiting)
            if now - _waits_since(each)
            > _may_wait(each, policies.get(each.connection, usual))
        ]
        for each in old:
            after = replace(
                each,
                state=ProposalState.EXPIRED,
                decided_at=now,
                message=f"Nobody acted upon this {each.state.value} in time.",
            )
            proposals.change(conn, each, after)
            record(ground, conn, "expire move", after, "")
    return len(old)


def _waits_since(proposal: Proposal) -> datetime:
    return proposal.approved_at or proposal.drafted_at


def _may_wait(proposal: Proposal, policy: MovePolicy) -> timedelta:
    is_draft = proposal.state is ProposalState.DRAFT
    return timedelta(days=policy.draft_days if is_draft else policy.approval_days)


def move_of(ground: Ground, proposal: Proposal, link: str = "") -> Move:
    """Return a proposal as the HRIS gets it.

    Raises:
        ConfigError: the person or the role is not known there any more.
    """
    with ground.database.read() as conn:
        person = person_of(conn, proposal)
        remote_id = _remote_role(conn, proposal.connection, proposal.to_role)
    return Move(
        reference=proposal.reference,
        employee_id=person.employee_id,
        role=Foreign(_KIND, remote_id),
        effective_on=proposal.effective_on,
        reason_id=proposal.change_reason,
        position_id=proposal.position_id,
        title=proposal.business_title,
        link=link,
    )


def look(ground: Ground, moves: Moves, proposal: Proposal) -> MovePreview:
    """Return what the HRIS says about a proposal; nothing is started."""
    return moves.preview(move_of(ground, proposal))


def require_nothing_against(preview: MovePreview) -> None:
    """Refuse a move that the HRIS would refuse.

    Raises:
        UnsafePlanError: with everything that stands against it.
    """
    against = [
        f"{event.name} is in progress since {event.initiated_on}."
        for event in preview.conflicts
    ]
    against = [*preview.problems, *against]
    if against:
        raise UnsafePlanError(
            "the move cannot start: " + " ".join(against),
            hint="Settle that in the HRIS, or decline this one and draft another.",
        )


def require_state(proposal: Proposal, *wanted: ProposalState) -> None:
    """Refuse what a proposal is not ready for, or is past.

    Raises:
        ConfigError: it is in another state.
    """
    if proposal.state not in wanted:
        told = " or ".join(state.value for state in wanted)
        raise ConfigError(
            f"the proposal {proposal.reference} is {proposal.state.value}, not {told}",
            hint=f"Look at it: jobframe moves show {proposal.reference}",
        )


def refuse_own_move(conn: Connection, proposal: Proposal, actor: str) -> None:
    """Refuse to let anybody decide about their own move.

    Raises:
        ConfigError: the actor is the person.
    """
    refuse_oneself(person_of(conn, proposal), actor, _OWN)


def person_of(conn: Connection, proposal: Proposal) -> Person:
    """Return whose move it is; raises `ConfigError` where nobody is there any more."""
    return person_named(conn, proposal.person_id)


def record(
    ground: Ground, conn: Connection, action: str, proposal: Proposal, actor: str
) -> None:
    """Write into the audit chain what somebody did about a proposal."""
    audit.append(
        conn,
        at=ground.now(),
        actor="talent",
        action=action,
        detail={
            "reference": proposal.reference,
            "by": actor,
            "to_role": proposal.to_role,
            "confirmed": list(proposal.confirmed),
            "result": proposal.result or "",
        },
        person_id=proposal.person_id,
    )


def _decided(
    ground: Ground, before: Proposal, after: Proposal, action: str, actor: str
) -> Proposal:
    with ground.database.write() as conn:
        proposals.change(conn, before, after)
        record(ground, conn, action, after, actor)
    return after


def held_role(
    conn: Connection, connection: str, person: Person, position_id: str
) -> str:
    """Return the key of the role held in a position, or in the only one.

    Raises:
        ConfigError: there is no such position, or there are several and none is named.
    """
    held = people.assignments(conn, [person.id]).get(person.id, ())
    keys = links.keys(conn, connection)
    named = [each for each in held if each.position_id == position_id]
    primary = [each for each in held if each.is_primary]
    if position_id and not named:
        raise ConfigError(
            f"the person does not hold the position “{position_id}”",
            hint="Held: " + (", ".join(each.position_id for each in held) or "none"),
        )
    if len(held) > 1 and not position_id:
        raise ConfigError(
            "the person holds several positions",
            hint="Name one with --position: "
            + ", ".join(each.position_id for each in held),
        )
    role = next((each.role for each in (*named, *primary, *held)), None)
    return keys.get((role.kind, role.remote_id), "") if role else ""


def _require_role(
    framework: Framework, conn: Connection, connection: str, key: str
) -> None:
    role, area = role_of(key)
    known = framework.roles.get(role)
    areas = {each.key for each in known.focus_areas} if known else set()
    if known is None or (area is not None and area not in areas):
        raise ConfigError(
            f"the framework has no role “{key}”",
            hint="Write role, or role/focus area where it has any.",
        )
    _remote_role(conn, connection, key)


def _remote_role(conn: Connection, connection: str, key: str) -> str:
    for (kind, remote_id), known in links.keys(conn, connection).items():
        if (kind, known) == (_KIND, key):
            return remote_id
    raise ConfigError(
        f"the role {key} has no job profile in {connection} yet",
        hint="Apply the release that has it first: jobframe plan, jobframe apply.",
    )
