"""`jobframe moves`: propose a move, let people decide, start it, follow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeAlias

import click

from connector.commands.common import Context, command
from connector.commands.move_packets import add_packets
from connector.commands.plan import the_connection
from connector.kit.errors import ConfigError
from connector.kit.protocols import Moves
from connector.kit.values import MovePreview
from connector.kit.windows import Window
from connector.runtime.connections import Use, opened, require_use
from connector.runtime.editions import release_edition
from connector.runtime.evidence_rules import dispatch_rules
from connector.runtime.ground import ground_of
from connector.runtime.instance import Instance
from connector.runtime.move_policies import move_policy
from connector.runtime.move_preparing import expire_moves, packet_for
from connector.runtime.privacy import onlooker
from connector.store import proposals
from connector.store.proposals import Proposal, ProposalState
from connector.sync.gating import refuse_window
from connector.talent import moving, proposing
from connector.talent.moving import Started
from connector.talent.packets import loss_of
from connector.talent.proposing import Wish
from connector.talent.visibility import What

#: The instance, a proposal, who moves people there, and when nothing is sent.
_Place: TypeAlias = tuple[Instance, Proposal, Moves, Sequence[Window]]
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def moves() -> None:
    """Move people up a level or sideways: approved here, decided in the HRIS."""


add_packets(moves)


@moves.command("list")
@click.argument("connection", required=False)
@click.option("--all", "is_all", is_flag=True, help="Those that have ended, too.")
@command
def list_moves(context: Context, connection: str | None, is_all: bool) -> None:
    """List proposals, of CONNECTION or of all."""
    open_states = (ProposalState.DRAFT, ProposalState.APPROVED, ProposalState.STARTED)
    with context.instance() as instance:
        expire_moves(instance)
        with instance.database.read() as conn:
            states = () if is_all else open_states
            found = proposals.all(conn, connection, states)
        viewer = onlooker(instance, context.person, is_on_behalf=context.is_on_behalf)
        found = [each for each in found if viewer.may_see(each.person_id, What.MOVES)]
    lines = [_line(each) for each in found] or ["No move is proposed."]
    context.result([_as_json(each) for each in found], lines)


@moves.command()
@click.argument("reference")
@command
def show(context: Context, reference: str) -> None:
    """Show the proposal REFERENCE, and what the HRIS says about it."""
    with _of(context, reference) as (instance, proposal, target, _):
        viewer = onlooker(instance, context.person, is_on_behalf=context.is_on_behalf)
        viewer.require(proposal.person_id, What.MOVES)
        preview = None
        if proposal.state in (ProposalState.DRAFT, ProposalState.APPROVED):
            preview = proposing.look(ground_of(instance), target, proposal)
    value = _as_json(proposal)
    if preview is not None:
        value["preview"] = _preview_json(preview)
    lines = [_line(proposal), f"  why: {proposal.reason}"]
    context.result(value, [*lines, *_preview_lines(preview)])


@moves.command()
@click.argument("worker", metavar="PERSON")
@click.argument("role")
@click.option("--connection", help="The connection of your HRIS.")
@click.option("--reason", required=True, help="Why, for who decides.")
@click.option("--change-reason", required=True, help="The HRIS's own id of the reason.")
@click.option("--on", "day", type=_DAY, required=True, help="When it takes effect.")
@click.option("--position", default="", help="Which, where there are several.")
@click.option("--title", default="", help="A new business title; else it stays.")
@command
def draft(
    context: Context,
    worker: str,
    role: str,
    connection: str | None,
    reason: str,
    change_reason: str,
    day: datetime,
    position: str,
    title: str,
) -> None:
    """Propose to move PERSON (an employee id or ours) into ROLE."""
    wish = Wish(
        person=worker,
        to_role=role,
        effective_on=day.date(),
        change_reason=change_reason,
        reason=reason,
        position_id=position,
        business_title=title,
    )
    with context.instance() as instance:
        name = the_connection(instance, connection)
        require_use(instance, name, Use.PROPOSALS)
        edition = release_edition(instance, None, instance.today())
        wish = replace(wish, packet=packet_for(instance, name, edition, wish))
        proposal = proposing.draft(
            ground_of(instance), name, edition.framework, wish, context.person
        )
        loss = loss_of(edition.framework, proposal.from_role, proposal.to_role)
    lines = [_line(proposal), *([f"  {loss}"] if loss else [])]
    context.result({**_as_json(proposal), "loss": loss}, lines)


@moves.command()
@click.argument("reference")
@click.option(
    "--confirm-checks",
    "is_confirmed",
    is_flag=True,
    help="You checked everything that `moves show` lists as not checked.",
)
@command
def approve(context: Context, reference: str, is_confirmed: bool) -> None:
    """Approve the proposal REFERENCE; nothing is started yet.

    Where the policy asks for two people, a draft stays one until the second approves.
    """
    with _of(context, reference) as (instance, proposal, target, _):
        framework = release_edition(instance, None, instance.today()).framework
        ground = ground_of(instance)
        preview = proposing.look(ground, target, proposal)
        checks = proposing.checks_of(framework, proposal, preview)
        if is_confirmed:
            for check in checks:
                context.note(f"confirmed: {check}")
        after = proposing.approve(
            ground,
            framework,
            proposal,
            preview,
            context.person,
            policy=move_policy(instance, proposal.connection),
            confirmed=checks if is_confirmed else (),
        )
    context.result(_as_json(after), [_line(after)])


@moves.command()
@click.argument("reference")
@click.option("--reason", required=True, help="Why not.")
@command
def decline(context: Context, reference: str, reason: str) -> None:
    """Decline the proposal REFERENCE."""
    with context.instance() as instance:
        proposal = _named(instance, reference)
        after = proposing.decline(ground_of(instance), proposal, context.person, reason)
    context.result(_as_json(after), [_line(after)])


@moves.command()
@click.argument("reference")
@command
def start(context: Context, reference: str) -> int:
    """Start the approved move REFERENCE in the HRIS, whose approvals decide it."""
    with _of(context, reference) as (instance, proposal, target, windows):
        refuse_window(windows, instance.now())
        rules = dispatch_rules(instance, proposal.connection)
        told = moving.start(
            ground_of(instance),
            target,
            proposal,
            context.person,
            link=rules.link(reference),
        )
    _tell(context, told)
    is_started = told.proposal.state is ProposalState.STARTED
    return 0 if is_started and told.proposal.remote_id else 5


@moves.command()
@click.argument("reference", required=False)
@command
def follow(context: Context, reference: str | None) -> None:
    """Look what became of the started move REFERENCE, or of all."""
    told: list[Started] = []
    with context.instance() as instance:
        for proposal in _started(instance, reference):
            with opened(instance, proposal.connection) as target:
                moves_there = _moves(target.moves, proposal.connection)
                told.append(moving.follow(ground_of(instance), moves_there, proposal))
    lines = [line for each in told for line in _lines(each)]
    context.result(
        [_as_json(each.proposal, each.message) for each in told],
        lines or ["No move is under way."],
    )


@moves.command()
@click.argument("reference")
@click.argument("event")
@command
def settle(context: Context, reference: str, event: str) -> None:
    """Say which EVENT (its id, or none) of the HRIS the move REFERENCE became."""
    with context.instance() as instance:
        remote_id = "" if event == "none" else event
        after = moving.settle(
            ground_of(instance), _named(instance, reference), remote_id, context.person
        )
    context.result(_as_json(after), [_line(after)])


@moves.command()
@click.argument("reference")
@command
def paid(context: Context, reference: str) -> None:
    """Record that the pay step of the move REFERENCE was decided in the HRIS."""
    with context.instance() as instance:
        after = moving.pay_decided(
            ground_of(instance), _named(instance, reference), context.person
        )
    context.result(_as_json(after), [f"{reference}: the pay step is decided."])


@contextmanager
def _of(context: Context, reference: str) -> Iterator[_Place]:
    """Open the instance and the HRIS of a proposal; what waited too long has lapsed."""
    with context.instance() as instance:
        expire_moves(instance)
        proposal = _named(instance, reference)
        require_use(instance, proposal.connection, Use.PROPOSALS)
        with opened(instance, proposal.connection) as target:
            found = _moves(target.moves, proposal.connection)
            yield instance, proposal, found, target.windows


def _moves(found: Moves | None, connection: str) -> Moves:
    if found is None:
        raise ConfigError(
            f"the connection {connection} moves nobody",
            hint="Name your HRIS; its connection may have to log in as an API client"
            " (auth: {kind: oauth}).",
        )
    return found


def _named(instance: Instance, reference: str) -> Proposal:
    with instance.database.read() as conn:
        found = proposals.get(conn, reference)
    if found is None:
        raise ConfigError(
            f"there is no proposal “{reference}”", hint="See jobframe moves list."
        )
    return found


def _started(instance: Instance, reference: str | None) -> list[Proposal]:
    if reference is not None:
        return [_named(instance, reference)]
    with instance.database.read() as conn:
        return proposals.all(conn, None, [ProposalState.STARTED])


def _tell(context: Context, told: Started) -> None:
    context.result(_as_json(told.proposal, told.message), _lines(told))


def _lines(told: Started) -> list[str]:
    more = [f"  {text}" for text in (told.message, told.hint) if text]
    return [_line(told.proposal), *more]


def _line(proposal: Proposal) -> str:
    result = f" ({proposal.result.value})" if proposal.result else ""
    if proposal.first_approved_by and proposal.state is ProposalState.DRAFT:
        result = " (approved by one of two)"
    return (
        f"{proposal.reference}  {proposal.state.value}{result}  {proposal.kind.value}:"
        f" {proposal.person_id} from {proposal.from_role or 'no role'} into"
        f" {proposal.to_role} on {proposal.effective_on.isoformat()}"
    )


def _as_json(proposal: Proposal, message: str | None = None) -> dict[str, Any]:
    def at(moment: date | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "reference": proposal.reference,
        "connection": proposal.connection,
        "person": proposal.person_id,
        "kind": proposal.kind.value,
        "from_role": proposal.from_role,
        "to_role": proposal.to_role,
        "position": proposal.position_id,
        "effective_on": at(proposal.effective_on),
        "state": proposal.state.value,
        "result": proposal.result.value if proposal.result else None,
        "reason": proposal.reason,
        "message": proposal.message if message is None else message,
        "drafted_by": proposal.drafted_by,
        "first_approved_by": proposal.first_approved_by,
        "approved_by": proposal.approved_by,
        "approved_at": at(proposal.approved_at),
        "confirmed": list(proposal.confirmed),
        "started_at": at(proposal.started_at),
        "decided_by": proposal.decided_by,
        "decided_at": at(proposal.decided_at),
        "event": proposal.remote_id,
    }


def _preview_json(preview: MovePreview) -> dict[str, Any]:
    return {
        "position": preview.position_id,
        "positions": [each.position_id for each in preview.positions],
        "business_title": preview.business_title,
        "reasons": {each.reason_id: each.name for each in preview.reasons},
        "conflicts": [each.name for each in preview.conflicts],
        "other_processes": [each.name for each in preview.others],
        "not_checked": list(preview.skipped),
        "problems": list(preview.problems),
    }


def _preview_lines(preview: MovePreview | None) -> Iterator[str]:
    if preview is None:
        return
    yield f"  present business title: {preview.business_title or 'none'}"
    for text in preview.problems:
        yield f"  bars it: {text}"
    for event in preview.conflicts:
        yield f"  bars it: {event.name}, in progress since {event.initiated_on}"
    for event in preview.others:
        yield f"  in progress too: {event.name}, since {event.initiated_on}"
    for text in preview.skipped:
        yield f"  not checked by the HRIS, confirm it: {text}"
    if preview.problems:
        for reason in preview.reasons:
            yield f"  reason {reason.reason_id}  {reason.name}"
