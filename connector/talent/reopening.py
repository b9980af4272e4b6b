"""Reopens moves whose evidence was taken back, so that nobody acts on what is gone.

An approved move becomes a draft again, with the reason; for one that was started a task
asks people, as the HRIS's own approvals decide there. Nothing is written to the HRIS.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection

from connector.store import proposals
from connector.store.proposals import Proposal, ProposalState
from connector.talent.ground import Ground
from connector.talent.moving import ask
from connector.talent.proposing import gone_from, record

_CONCERNED = (ProposalState.DRAFT, ProposalState.APPROVED, ProposalState.STARTED)


def reopen(
    ground: Ground,
    conn: Connection,
    person_ids: Collection[str],
    reason: str,
    actor: str,
) -> int:
    """Reopen what rests on evidence or contributions withdrawn; returns how many.

    A reopened draft needs its packet made anew before anybody can approve it.
    """
    found = proposals.of_people(conn, person_ids, None, _CONCERNED)
    changed = 0
    for each in found:
        gone = gone_from(conn, each)
        if gone:
            told = f"{', '.join(gone)} was withdrawn: {reason}"
            changed += _reopened(ground, conn, each, told, actor)
    for connection in sorted({each.connection for each in found}):
        ask(ground, conn, connection)
    return changed


def put_back(
    ground: Ground, conn: Connection, proposal: Proposal, told: str, actor: str
) -> Proposal:
    """Make an approved move a draft again; nobody has approved it then."""
    after = replace(
        proposal,
        state=ProposalState.DRAFT,
        first_approved_by="",
        approved_by="",
        approved_at=None,
        confirmed=(),
        message=f"Reopened: {told}",
    )
    proposals.change(conn, proposal, after)
    record(ground, conn, "reopen move", after, actor)
    return after


def _reopened(
    ground: Ground, conn: Connection, proposal: Proposal, told: str, actor: str
) -> bool:
    if proposal.state is ProposalState.STARTED:
        packet = {**proposal.packet, "taken_back": told}
        after = replace(proposal, packet=packet)
        proposals.change(conn, proposal, after)
        record(ground, conn, "evidence of started move withdrawn", after, actor)
        return True
    is_touched = proposal.state is ProposalState.APPROVED or proposal.first_approved_by
    if is_touched:
        put_back(ground, conn, proposal, told, actor)
    return bool(is_touched)
