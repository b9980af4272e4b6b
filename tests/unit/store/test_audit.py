"""The audit chain and what breaks it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from connector.store import audit
from connector.store.database import Database

_NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)


def _three_entries(conn: Connection) -> None:
    for number in range(3):
        audit.append(
            conn,
            at=_NOON,
            actor="p-1",
            action="apply",
            detail={"role": f"r{number}"},
            person_id=f"p-{number}",
        )


def test_an_untouched_chain_verifies(database: Database) -> None:
    with database.read() as conn:
        assert audit.verify(conn) == []
        assert audit.head(conn).sequence == 0
    with database.write() as conn:
        _three_entries(conn)
    with database.read() as conn:
        assert audit.verify(conn) == []
        assert audit.head(conn).sequence == 3
        _, second, third = audit.entries(conn)
        assert audit.entries(conn, after=1, limit=1) == [second]
    assert (third.sequence, third.actor, third.recorded_at) == (3, "p-1", _NOON)
    assert third.detail_json == '{"role":"r2"}'


def test_the_chain_verifies_after_an_erasure(database: Database) -> None:
    with database.write() as conn:
        _three_entries(conn)
        assert audit.erase_details(conn, "p-1") == 1
        assert audit.verify(conn) == []
        details = [entry.detail_json for entry in audit.entries(conn)]
        assert details == ['{"role":"r0"}', None, '{"role":"r2"}']
        audit.append(conn, at=_NOON, actor="p-1", action="erase", detail={})
        assert audit.verify(conn) == []


def test_equal_details_have_different_digests(database: Database) -> None:
    with database.write() as conn:
        for _ in range(2):
            audit.append(conn, at=_NOON, actor="p-1", action="x", detail={"a": 1})
        digests = conn.execute(text("SELECT detail_digest FROM audit")).scalars().all()
    assert len(set(digests)) == 2


@pytest.mark.parametrize(
    ("tampering", "place"),
    [
        ("UPDATE audit SET actor = 'p-9' WHERE sequence = 2", "audit entry 2"),
        ("UPDATE audit SET hash = 'x' WHERE sequence = 1", "audit entry 1"),
        ("UPDATE audit SET hash = 'x' WHERE sequence = 1", "audit entry 2"),
        ("UPDATE audit_detail SET detail_json = '{}' WHERE sequence = 2", "entry 2"),
        ("DELETE FROM audit WHERE sequence = 2", "audit entry 3"),
        ("DELETE FROM audit WHERE sequence = 3", "audit head"),
        ("DELETE FROM audit_head", "audit head"),
    ],
)
def test_tampering_shows(database: Database, tampering: str, place: str) -> None:
    with database.write() as conn:
        _three_entries(conn)
        audit.erase_details(conn, "p-2")
        if tampering.startswith("DELETE FROM audit WHERE"):
            audit.erase_details(conn, "p-1")
        conn.execute(text(tampering))
        places = [problem.place for problem in audit.verify(conn)]
    assert any(found.endswith(place) for found in places)
