"""The targets that connections were made for: links are trusted only there."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from connector.store import tables
from connector.store.columns import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownConnection:
    """A connection, the target it was made for and the prefix of its identities."""

    name: str
    adapter: str
    address: str
    prefix: str


def save(conn: Connection, connection: KnownConnection) -> None:
    """Store a connection, over the one of that name."""
    upsert(conn, tables.connections, [asdict(connection)])


def get(conn: Connection, name: str) -> KnownConnection | None:
    """Return the connection of that name, none where it was never opened."""
    table = tables.connections
    row = conn.execute(select(table).where(table.c.name == name)).one_or_none()
    return KnownConnection(**row._mapping) if row else None


def all(conn: Connection) -> list[KnownConnection]:
    """Return every connection by name."""
    table = tables.connections
    rows = conn.execute(select(table).order_by(table.c.name))
    return [KnownConnection(**row._mapping) for row in rows]
