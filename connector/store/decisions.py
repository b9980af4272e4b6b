"""What people decided about findings, and which plans they let pass a guard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from connector.kit.values import Ref
from connector.store import tables
from connector.store.columns import insert_missing, upsert

_decisions = tables.decisions
_approvals = tables.approvals


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person chose for one finding; `field` is empty for a whole object.

    `about` is the digest of what the finding showed: a decision holds for that.
    """

    kind: str
    key: str
    field: str
    choice: str
    about: str
    person: str
    decided_at: datetime

    @property
    def ref(self) -> Ref:
        """Return the reference to the record the decision is about."""
        return Ref(self.kind, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A person's confirmation that one very plan may pass one guard."""

    fingerprint: str
    guard: str
    person: str
    approved_at: datetime
    note: str = ""


def decide(conn: Connection, connection: str, decisions: Iterable[Decision]) -> None:
    """Store decisions, each over the earlier one about the same field."""
    rows = [{"connection": connection, **asdict(decision)} for decision in decisions]
    upsert(conn, _decisions, rows)


def all(conn: Connection, connection: str) -> list[Decision]:
    """Return the decisions that stand for a connection."""
    rows = conn.execute(
        select(*(column for column in _decisions.c if column.name != "connection"))
        .where(_decisions.c.connection == connection)
        .order_by(_decisions.c.kind, _decisions.c.key, _decisions.c.field)
    )
    return [Decision(**row._mapping) for row in rows]


def forget(conn: Connection, connection: str, decisions: Iterable[Decision]) -> None:
    """Remove decisions that have served; one made anew since then stays."""
    rows = [
        {
            "of_kind": decision.kind,
            "of_key": decision.key,
            "of_field": decision.field,
            "of_time": decision.decided_at,
        }
        for decision in decisions
    ]
    if rows:
        statement = delete(_decisions).where(
            _decisions.c.connection == connection,
            _decisions.c.kind == bindparam("of_kind"),
            _decisions.c.key == bindparam("of_key"),
            _decisions.c.field == bindparam("of_field"),
            _decisions.c.decided_at == bindparam("of_time"),
        )
        conn.execute(statement, rows)


def approve(conn: Connection, approval: Approval) -> None:
    """Store an approval; the same person's first one for a guard stays."""
    insert_missing(conn, _approvals, asdict(approval))


def approvals(conn: Connection, fingerprint: str) -> list[Approval]:
    """Return who let this very plan pass which guard, in order of time."""
    rows = conn.execute(
        select(_approvals)
        .where(_approvals.c.fingerprint == fingerprint)
        .order_by(_approvals.c.approved_at, _approvals.c.guard)
    )
    return [Approval(**row._mapping) for row in rows]
