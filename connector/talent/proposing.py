"""Drafts, approves and declines moves: what people decide here before the HRIS does.

Nobody decides about themselves. An approver sees what the HRIS says about the move and
confirms each check that it leaves out for an integration. Nothing is started here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from connector.framework.ladder import Ladder
from connector.framework.model import Framework
from connector.kit.errors import ConfigError, UnsafePlanError
from connector.kit.protocols import Moves
from connector.kit.values import Foreign, Move, MoveKind, MovePreview
from connector.store import audit, links, people, proposals
from connector.store.people import Person
from connector.store.proposals import Proposal, ProposalState
from connector.talent.ground import Ground
from connector.talent.persons import person_named, refuse_oneself
from connector.talent.workforce import role_of

_KIND = "job_profile"
_OWN = "decides about their own move"
#: An approval that nobody acts upon holds no longer.
VALID_FOR = timedelta(days=90)


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
        from_role = _held_role(conn, connection, person, wish.position_id)
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
        )
        proposals.add(conn, proposal)
        record(ground, conn, "draft move", proposal, actor)
    return proposal


def kind_of(framework: Framework, from_role: str, to_role: str) -> MoveKind:
    """Return whether a move leads up the ladder; parity is no step up."""
    before, after = (
        framework.roles.get(role_of(key)[0]) for key in (from_role, to_role)
    )
    if before is None or after is None or not (before.level and after.level):
        return MoveKind.LATERAL
    ladder = Ladder(framework.levels)
    is_above = ladder.is_above(after.level, before.level)
    return MoveKind.LEVEL if is_above else MoveKind.LATERAL


def loss_of(framework: Framework, from_role: str, to_role: str) -> str:
    """Return what a move would lower, in words; empty where it lowers nothing."""
    before, after = (
        framework.roles.get(role_of(key)[0]) for key in (from_role, to_role)
    )
    if before is None or after is None or not (before.level and after.level):
        return ""
    if not Ladder(framework.levels).is_above(before.level, after.level):
        return ""
    names = framework.levels[before.level].name, framework.levels[after.level].name
    return f"The move lowers the level from {names[0]} to {names[1]}."


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
    confirmed: Sequence[str] = (),
) -> Proposal:
    """Approve a draft whose preview shows nothing against it.

    Raises:
        ConfigError: it is no draft, or the actor's own move.
        UnsafePlanError: something bars it, or a check is not confirmed.
    """
    require_state(proposal, ProposalState.DRAFT)
    with ground.database.read() as conn:
        refuse_own_move(conn, proposal, actor)
    require_nothing_against(preview)
    missing = [
        check
        for check in checks_of(framework, proposal, preview)
        if check not in confirmed
    ]
    if missing:
        raise UnsafePlanError(
            "the approver confirms what the HRIS does not check: " + " ".join(missing),
            hint="Check it, then approve with --confirm-checks.",
        )
    return _decided(
        ground,
        proposal,
        replace(
            proposal,
            state=ProposalState.APPROVED,
            approved_by=actor,
            approved_at=ground.now(),
            confirmed=tuple(confirmed),
        ),
        "approve move",
        actor,
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


def expire(ground: Ground, now: datetime) -> int:
    """Let approvals lapse that nobody acted upon; returns how many did."""
    with ground.database.write() as conn:
        old = [
            each
            for each in proposals.all(conn, None, [ProposalState.APPROVED])
            if each.approved_at is not None and now - each.approved_at > VALID_FOR
        ]
        for each in old:
            after = replace(each, state=ProposalState.EXPIRED, decided_at=now)
            proposals.change(conn, each, after)
            record(ground, conn, "expire move", after, "")
    return len(old)


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


def _held_role(
    conn: Connection, connection: str, person: Person, position_id: str
) -> str:
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
