"""Erasure of a person, and the tombstones that keep importers from bringing it back.

A tombstone is a keyed hash of one id the person had at a source: it tells that an id
was erased only to who holds both the id and the key.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from connector.kit.values import canonical_json
from connector.store import scrubbing, tables, tables_talent
from connector.store.columns import chunks, upsert
from connector.store.subjects import (
    IdKind,
    SourceId,
    Subject,
    rows_about,
    subject_of,
)

__all__ = ["IdKind", "SourceId", "Tombstones"]


class Tombstones:
    """Recognises erased ids with the deployment's key for it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digest(self, source_id: SourceId) -> str:
        """Return the keyed hash of an id."""
        parts = [source_id.kind.value, source_id.connection, source_id.id]
        return hmac.new(
            self._key, canonical_json(parts).encode(), hashlib.sha256
        ).hexdigest()

    def erased(self, conn: Connection, ids: Iterable[SourceId]) -> set[SourceId]:
        """Return those of the ids that were erased; an empty id never is."""
        by_digest = {self.digest(each): each for each in ids if each.id}
        digest = tables.tombstones.c.digest
        found: set[SourceId] = set()
        for part in chunks(list(by_digest)):
            rows = conn.execute(select(digest).where(digest.in_(part))).scalars()
            found.update(by_digest[row] for row in rows)
        return found

    def erase(self, conn: Connection, person_id: str, at: datetime) -> dict[str, int]:
        """Delete everything kept about a person and leave tombstones of the ids.

        Returns how many rows went or lost the person, by table. Holds and runs that go
        on are for the caller to respect.
        """
        subject = subject_of(conn, person_id)
        _overwrite_what_goes(conn)
        rows = [
            {"digest": self.digest(each), "erased_at": at}
            for each in subject.source_ids
        ]
        upsert(conn, tables.tombstones, rows)
        return self._take_out(conn, subject)

    def let_go(self, conn: Connection, person_id: str, at: datetime) -> dict[str, int]:
        """Delete everything kept about a person who may come back one day.

        What sources of learning tell of them until then is passed over; it is read
        again once they are known. Returns what `erase` does.
        """
        subject = subject_of(conn, person_id)
        _overwrite_what_goes(conn)
        self.pass_over(conn, subject.source_ids, at)
        return self._take_out(conn, subject)

    def _take_out(self, conn: Connection, subject: Subject) -> dict[str, int]:
        counts = delete_rows(conn, subject)
        stands_for = f"erased-{self._short(subject.person_id)}"
        for name, number in scrubbing.scrub(conn, subject, stands_for).items():
            counts[name] = counts.get(name, 0) + number
        return dict(sorted(counts.items()))

    def _short(self, person_id: str) -> str:
        return self.digest(SourceId(IdKind.PERSON, person_id))[:8]

    def pass_over(
        self, conn: Connection, ids: Iterable[SourceId], at: datetime
    ) -> None:
        """Note, as keyed hashes, whose learning was not kept since nobody knew them."""
        rows = [
            {"digest": self.digest(each), "noted_at": at}
            for each in ids
            if each.id and each.kind is not IdKind.PERSON
        ]
        upsert(conn, tables_talent.passed_over, rows)

    def is_passed_over(self, conn: Connection, source_id: SourceId) -> bool:
        """Tell whether learning of an id was not kept."""
        table = tables_talent.passed_over
        kept = select(table.c.digest).where(table.c.digest == self.digest(source_id))
        return conn.execute(kept).one_or_none() is not None

    def passed_over(self, conn: Connection, ids: Iterable[SourceId]) -> bool:
        """Tell whether learning of one of these ids was not kept, and forget that."""
        table = tables_talent.passed_over
        if conn.execute(select(table.c.digest).limit(1)).one_or_none() is None:
            return False
        return self.take_up(conn, ids)

    def take_up(self, conn: Connection, ids: Iterable[SourceId]) -> bool:
        """Forget that learning of these ids was not kept; tells whether any was not."""
        table = tables_talent.passed_over
        gone = 0
        for part in chunks(sorted({self.digest(each) for each in ids if each.id})):
            statement = delete(table).where(table.c.digest.in_(part))
            gone += conn.execute(statement).rowcount
        return gone > 0


def delete_rows(conn: Connection, subject: Subject) -> dict[str, int]:
    """Delete every row about a person; returns how many, by table."""
    about = rows_about(conn, subject)
    counts: dict[str, int] = {}
    for table, condition in reversed(about.items()):
        number = conn.execute(delete(table).where(condition)).rowcount
        if number:
            counts[table.name] = number
    return counts


def count_rows(conn: Connection, subject: Subject) -> dict[str, int]:
    """Return how many rows are about a person, by table."""
    counts = {
        table.name: conn.execute(
            select(func.count()).select_from(table).where(condition)
        ).scalar_one()
        for table, condition in rows_about(conn, subject).items()
    }
    return {name: number for name, number in sorted(counts.items()) if number}


def _overwrite_what_goes(conn: Connection) -> None:
    """Have SQLite overwrite what is deleted, instead of marking its place as free.

    https://www.sqlite.org/pragma.html#pragma_secure_delete
    """
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA secure_delete = ON")
