"""Proposals of moves: drafted, approved or declined here, then decided in the HRIS.

A proposal changes state only from where the caller saw it. For one person one proposal
of a connection is started at a time, whoever asks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from connector.kit.errors import ConfigError
from connector.kit.values import MoveKind, MoveState, canonical_json
from connector.store.columns import chunks, insert_all_missing
from connector.store.tables_talent import proposals as _proposals


class ProposalState(StrEnum):
    """How far a proposal has come; what became of a decided one is its result."""

    DRAFT = "draft"
    APPROVED = "approved"
    DECLINED = "declined"
    STARTED = "started"
    DECIDED = "decided"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A move that somebody proposed.

    Roles go by record key. `reason` is why, in a person's words; `change_reason` what
    the HRIS calls it. An empty `business_title` keeps the present one. `remote_id` is
    the process; `result` what its approvals made of it. `packet` is the evidence.
    Where two people approve, `first_approved_by` is the first: still a draft then.
    """

    reference: str
    connection: str
    person_id: str
    kind: MoveKind
    from_role: str
    to_role: str
    effective_on: date
    change_reason: str
    reason: str
    drafted_by: str
    drafted_at: datetime
    position_id: str = ""
    business_title: str = ""
    packet: Mapping[str, Any] = field(default_factory=dict)
    state: ProposalState = ProposalState.DRAFT
    result: MoveState | None = None
    message: str = ""
    first_approved_by: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    confirmed: tuple[str, ...] = ()
    remote_id: str = ""
    started_at: datetime | None = None


def add(conn: Connection, proposal: Proposal) -> None:
    """Store a new proposal."""
    conn.execute(insert(_proposals), _row(proposal))


def add_missing(conn: Connection, proposal: Proposal) -> bool:
    """Store a proposal unless its reference is known; tells whether it is new."""
    return insert_all_missing(conn, _proposals, [_row(proposal)]) == 1


def change(conn: Connection, before: Proposal, after: Proposal) -> None:
    """Store what became of a proposal.

    Raises:
        ConfigError: somebody else changed it meanwhile, or another move of that person
            is started.
    """
    statement = (
        update(_proposals)
        .where(
            _proposals.c.reference == before.reference,
            _proposals.c.state == before.state,
            _proposals.c.remote_id == before.remote_id,
            _proposals.c.first_approved_by == before.first_approved_by,
        )
        .values(**_row(after))
    )
    try:
        changed = conn.execute(statement).rowcount
    except IntegrityError as error:
        raise ConfigError(
            "another move of this person is started already",
            hint="Follow it to its end first: jobframe moves follow.",
        ) from error
    if not changed:
        raise ConfigError(
            f"the proposal {before.reference} was changed by somebody else meanwhile",
            hint="Look at it again: jobframe moves show.",
        )


def get(conn: Connection, reference: str) -> Proposal | None:
    """Return a proposal, none where there is no such reference."""
    row = conn.execute(
        select(_proposals).where(_proposals.c.reference == reference)
    ).one_or_none()
    return None if row is None else _proposal(row)


def all(
    conn: Connection,
    connection: str | None = None,
    states: Sequence[ProposalState] = (),
) -> list[Proposal]:
    """Return the proposals, of one connection and in some states or all, by time."""
    statement = select(_proposals)
    if connection is not None:
        statement = statement.where(_proposals.c.connection == connection)
    if states:
        statement = statement.where(_proposals.c.state.in_(states))
    order = (_proposals.c.drafted_at, _proposals.c.reference)
    return [_proposal(row) for row in conn.execute(statement.order_by(*order))]


def of_people(
    conn: Connection,
    person_ids: Collection[str],
    connection: str | None = None,
    states: Sequence[ProposalState] = (),
) -> list[Proposal]:
    """Return the proposals of these people, as `all` does."""
    found = []
    for part in chunks(sorted(person_ids)):
        statement = select(_proposals).where(_proposals.c.person_id.in_(part))
        if connection is not None:
            statement = statement.where(_proposals.c.connection == connection)
        if states:
            statement = statement.where(_proposals.c.state.in_(states))
        found += [_proposal(row) for row in conn.execute(statement)]
    return sorted(found, key=lambda each: (each.drafted_at, each.reference))


def _row(proposal: Proposal) -> dict[str, Any]:
    return {
        "reference": proposal.reference,
        "connection": proposal.connection,
        "person_id": proposal.person_id,
        "kind": proposal.kind,
        "from_role": proposal.from_role,
        "to_role": proposal.to_role,
        "position_id": proposal.position_id,
        "effective_on": proposal.effective_on,
        "change_reason": proposal.change_reason,
        "business_title": proposal.business_title,
        "packet_json": canonical_json(dict(proposal.packet)),
        "state": proposal.state,
        "result": proposal.result or "",
        "reason": proposal.reason,
        "message": proposal.message,
        "drafted_by": proposal.drafted_by,
        "first_approved_by": proposal.first_approved_by,
        "approved_by": proposal.approved_by,
        "decided_by": proposal.decided_by,
        "confirmed_json": canonical_json(list(proposal.confirmed)),
        "remote_id": proposal.remote_id,
        "drafted_at": proposal.drafted_at,
        "approved_at": proposal.approved_at,
        "started_at": proposal.started_at,
        "decided_at": proposal.decided_at,
    }


def _proposal(row: Row[Any]) -> Proposal:
    values = dict(row._mapping)
    packet = json.loads(values.pop("packet_json"))
    confirmed = tuple(json.loads(values.pop("confirmed_json")))
    result = values.pop("result")
    return Proposal(
        **{
            **values,
            "kind": MoveKind(values["kind"]),
            "state": ProposalState(values["state"]),
            "result": MoveState(result) if result else None,
            "packet": packet,
            "confirmed": confirmed,
        }
    )
