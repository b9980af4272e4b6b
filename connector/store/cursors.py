"""Cursors: how far a source has been read; stored together with what was read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from connector.store import tables
from connector.store.columns import upsert


def get_cursor(conn: Connection, connection: str, name: str) -> str | None:
    """Return the cursor of a stream, none before its first batch."""
    table = tables.cursors
    found = select(table.c.value).where(
        table.c.connection == connection, table.c.name == name
    )
    return conn.execute(found).scalar_one_or_none()


def set_cursor(
    conn: Connection, connection: str, name: str, value: str, at: datetime
) -> None:
    """Store the cursor, in the transaction that stores the batch before it."""
    row = {"connection": connection, "name": name, "value": value, "stored_at": at}
    upsert(conn, tables.cursors, [row])


def forget(conn: Connection, connection: str, name: str) -> None:
    """Have a stream read from its beginning."""
    table = tables.cursors
    conn.execute(
        delete(table).where(table.c.connection == connection, table.c.name == name)
    )
