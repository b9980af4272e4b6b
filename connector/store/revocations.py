"""What sources took back, and the evidence that it concerns.

Kept for good: a fact that comes later than its revocation is taken back all the same.
Personal data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from connector.kit.values import FactType, Revocation
from connector.store import tables, tables_talent
from connector.store.columns import insert_all_missing
from connector.store.tombstones import IdKind, SourceId, Tombstones

_revocations = tables_talent.revocations
_withdrawals = tables_talent.withdrawals
_contributions = tables_talent.contributions
_facts = tables.facts
_evidence = tables.evidence


class Decision(StrEnum):
    """What became of a revocation here."""

    OPEN = ""
    APPLIED = "applied"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A revocation, and the evidence and contributions that stand and it takes back."""

    revocation: Revocation
    evidence: tuple[int, ...]
    contributions: tuple[int, ...]


def add(
    conn: Connection,
    connection: str,
    revocations: Iterable[Revocation],
    *,
    tombstones: Tombstones,
    at: datetime,
) -> int:
    """Store revocations that are new, not those of the erased; returns how many."""
    told = list(revocations)
    ids = {each: SourceId(IdKind.ACCOUNT, each.person_id, connection) for each in told}
    erased = tombstones.erased(conn, ids.values())
    rows = [
        {
            "connection": connection,
            "type": each.type,
            "object_id": each.object_id,
            "account_id": each.person_id,
            "revoked_at": each.revoked_at,
            "reason": each.reason,
            "decision": Decision.OPEN,
            "decided_by": "",
            "recorded_at": at,
        }
        for each in told
        if ids[each] not in erased
    ]
    return insert_all_missing(conn, _revocations, rows)


def concerned(conn: Connection, connection: str) -> list[Concerned]:
    """Return the revocations that nobody refused and that still take something back."""
    found: dict[Revocation, tuple[set[int], set[int]]] = {}
    for row in conn.execute(_standing(connection)):
        revocation = Revocation(
            type=FactType(row.type),
            object_id=row.object_id,
            person_id=row.account_id,
            revoked_at=row.revoked_at,
            reason=row.reason,
        )
        evidence, contributions = found.setdefault(revocation, (set(), set()))
        if row.evidence_id is not None and row.withdrawn is None:
            evidence.add(row.evidence_id)
        if row.contribution_id is not None and row.contribution_withdrawn is None:
            contributions.add(row.contribution_id)
    return [
        Concerned(
            revocation=revocation,
            evidence=tuple(sorted(evidence)),
            contributions=tuple(sorted(contributions)),
        )
        for revocation, (evidence, contributions) in found.items()
        if evidence or contributions
    ]


def _standing(connection: str) -> Any:
    """Return the statement for revocations with what they may take back."""
    taken = _revocations
    is_meant = and_(
        _facts.c.connection == taken.c.connection,
        _facts.c.type == taken.c.type,
        _facts.c.object_id == taken.c.object_id,
        _facts.c.account_id == taken.c.account_id,
        _facts.c.happened_at <= taken.c.revoked_at,
    )
    return (
        select(
            taken,
            _evidence.c.id.label("evidence_id"),
            _withdrawals.c.withdrawn_on.label("withdrawn"),
            _contributions.c.id.label("contribution_id"),
            _contributions.c.withdrawn_on.label("contribution_withdrawn"),
        )
        .join(_facts, is_meant)
        .outerjoin(_evidence, _evidence.c.fact_id == _facts.c.id)
        .outerjoin(_withdrawals, _withdrawals.c.evidence_id == _evidence.c.id)
        .outerjoin(_contributions, _contributions.c.fact_id == _facts.c.id)
        .where(
            taken.c.connection == connection, taken.c.decision != Decision.REFUSED.value
        )
        .order_by(taken.c.revoked_at, taken.c.type, taken.c.object_id)
    )


def count_standing(conn: Connection, connection: str) -> int:
    """Return how much evidence of a source stands: what nobody withdrew."""
    statement = (
        select(func.count())
        .select_from(_evidence)
        .join(_facts, _facts.c.id == _evidence.c.fact_id)
        .outerjoin(_withdrawals, _withdrawals.c.evidence_id == _evidence.c.id)
        .where(_facts.c.connection == connection, _withdrawals.c.withdrawn_on.is_(None))
    )
    return conn.execute(statement).scalar_one()


def decide(
    conn: Connection,
    connection: str,
    revocations: Iterable[Revocation],
    decision: Decision,
    by: str,
) -> None:
    """Note what became of revocations, and by whose word."""
    for each in revocations:
        conn.execute(
            update(_revocations)
            .where(
                _revocations.c.connection == connection,
                _revocations.c.type == each.type,
                _revocations.c.object_id == each.object_id,
                _revocations.c.account_id == each.person_id,
                _revocations.c.revoked_at == each.revoked_at,
            )
            .values(decision=decision.value, decided_by=by)
        )
