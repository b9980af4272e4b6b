"""What targets said about the form of each kind, and what their answers hold for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from connector.store import tables
from connector.store.columns import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCheck:
    """One kind's last check; `reason` is empty where the target takes it.

    `stamp` names the versions of both sides at that time.
    """

    kind: str
    stamp: str
    reason: str
    checked_at: datetime


def all(conn: Connection, connection: str) -> list[KindCheck]:
    """Return the last check of every kind of a connection."""
    table = tables.kind_checks
    found = select(
        table.c.kind, table.c.stamp, table.c.reason, table.c.checked_at
    ).where(table.c.connection == connection)
    return [KindCheck(**row._mapping) for row in conn.execute(found)]


def save(conn: Connection, connection: str, checks: Iterable[KindCheck]) -> None:
    """Keep checks in the place of those before."""
    rows = [{"connection": connection, **asdict(check)} for check in checks]
    upsert(conn, tables.kind_checks, rows)
