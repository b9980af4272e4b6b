"""The audit: a chain of hashes that shows any later change, yet lets details go.

An entry hashes a salted digest of its detail. Detail and salt lie in a side row,
which an erasure deletes without breaking the chain.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from connector.kit.errors import Problem
from connector.kit.values import canonical_json
from connector.store import tables
from connector.store.columns import insert_missing

_audit = tables.audit
_detail = tables.audit_detail
_head = tables.audit_head

_HEAD_ID = 1
_START = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The last entry's number and hash: export it, and the chain is pinned."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry; `detail_json` is none once it was erased."""

    sequence: int
    recorded_at: datetime
    actor: str
    action: str
    detail_json: str | None


def append(
    conn: Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    detail: Mapping[str, object],
    person_id: str | None = None,
) -> AuditHead:
    """Add an entry to the chain, in the transaction of what it tells of.

    `actor` is an id of ours or a part of the product, never a name, because it stays
    for good. `detail` takes whatever an erasure must be able to take away, and
    `person_id` says whom it is about.
    """
    last = _locked_head(conn)
    detail_json = canonical_json(detail)
    salt = secrets.token_hex(16)
    row: dict[str, Any] = {
        "sequence": last.sequence + 1,
        "recorded_at": at,
        "actor": actor,
        "action": action,
        "detail_digest": _detail_digest(salt, detail_json),
        "previous_hash": last.hash,
    }
    head = AuditHead(sequence=last.sequence + 1, hash=_entry_hash(row))
    conn.execute(insert(_audit), {**row, "hash": head.hash})
    side = {
        "sequence": head.sequence,
        "salt": salt,
        "detail_json": detail_json,
        "person_id": person_id,
    }
    conn.execute(insert(_detail), side)
    conn.execute(update(_head).values(sequence=head.sequence, hash=head.hash))
    return head


def head(conn: Connection) -> AuditHead:
    """Return the end of the chain."""
    row = conn.execute(select(_head)).one_or_none()
    return _head_of(row)


def hash_of(conn: Connection, sequence: int) -> str | None:
    """Return the hash of an entry, none where there is no such entry."""
    found = select(_audit.c.hash).where(_audit.c.sequence == sequence)
    return conn.execute(found).scalar_one_or_none()


def entries(conn: Connection, *, after: int = 0, limit: int = 100) -> list[AuditEntry]:
    """Return entries in order, from the one after the given number."""
    rows = conn.execute(
        select(_audit, _detail.c.detail_json)
        .outerjoin(_detail, _detail.c.sequence == _audit.c.sequence)
        .where(_audit.c.sequence > after)
        .order_by(_audit.c.sequence)
        .limit(limit)
    )
    return [
        AuditEntry(
            sequence=row.sequence,
            recorded_at=row.recorded_at,
            actor=row.actor,
            action=row.action,
            detail_json=row.detail_json,
        )
        for row in rows
    ]


def erase_details(conn: Connection, person_id: str) -> int:
    """Delete every detail about a person, and return how many there were."""
    about = delete(_detail).where(_detail.c.person_id == person_id)
    return conn.execute(about).rowcount


def verify(conn: Connection) -> list[Problem]:
    """Return everything that does not fit in the chain; nothing when it is whole."""
    problems = []
    last = AuditHead(sequence=0, hash=_START)
    rows = conn.execute(
        select(_audit, _detail.c.salt, _detail.c.detail_json)
        .outerjoin(_detail, _detail.c.sequence == _audit.c.sequence)
        .order_by(_audit.c.sequence)
    )
    for row in rows:
        place = f"audit entry {row.sequence}"
        problems += [Problem(place, message) for message in _faults(row, last)]
        last = AuditHead(sequence=row.sequence, hash=row.hash)
    if head(conn) != last:
        message = f"The chain ends at {last.sequence}, but its head says otherwise."
        problems.append(Problem("audit head", message))
    return problems


def _faults(row: Row[Any], last: AuditHead) -> Iterator[str]:
    if row.sequence != last.sequence + 1:
        yield f"Entries are missing: the one before is {last.sequence}."
    if row.previous_hash != last.hash:
        yield "It does not follow the entry before it."
    if row.hash != _entry_hash(row._mapping):
        yield "It was changed after it was written."
    if row.salt is not None:
        digest = _detail_digest(row.salt, row.detail_json)
        if digest != row.detail_digest:
            yield "Its detail was changed after it was written."


def _locked_head(conn: Connection) -> AuditHead:
    # SQLite's writing transaction locks everything; PostgreSQL locks this row.
    insert_missing(conn, _head, {"id": _HEAD_ID, "sequence": 0, "hash": _START})
    return _head_of(conn.execute(select(_head).with_for_update()).one())


def _head_of(row: Row[Any] | None) -> AuditHead:
    if row is None:
        return AuditHead(sequence=0, hash=_START)
    return AuditHead(sequence=row.sequence, hash=row.hash)


def _detail_digest(salt: str, detail_json: str) -> str:
    return hashlib.sha256(f"{salt}\n{detail_json}".encode()).hexdigest()


def _entry_hash(row: Mapping[Any, Any]) -> str:
    entry = [
        row["sequence"],
        row["recorded_at"].astimezone(UTC).isoformat(timespec="microseconds"),
        row["actor"],
        row["action"],
        row["detail_digest"],
        row["previous_hash"],
    ]
    return hashlib.sha256(canonical_json(entry).encode()).hexdigest()
