"""What an adapter keeps of a target between two readings, a whole generation at a time.

It is a copy that may be lost: without it everything is read again. A generation counts
only once it was settled, so a reading that breaks off leaves the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from connector.store import cursors, tables
from connector.store.columns import upsert

_table = tables.remembered
_PAGE = 200


def mark(conn: Connection, connection: str, kind: str) -> str:
    """Return the mark of the settled generation of a kind, empty for none."""
    return cursors.get_cursor(conn, connection, _cursor(kind)) or ""


def count(conn: Connection, connection: str, kind: str, generation: str) -> int:
    """Return how many entries a generation holds."""
    statement = select(func.count()).select_from(_table)
    return conn.execute(
        statement.where(
            _table.c.connection == connection, _table.c.name == f"{kind}/{generation}"
        )
    ).scalar_one()


def page(
    conn: Connection, connection: str, name: tuple[str, str], after: str
) -> list[tuple[str, str]]:
    """Return some entries of a kind's generation, those that follow a key."""
    rows = conn.execute(
        select(_table.c.key, _table.c.value)
        .where(
            _table.c.connection == connection,
            _table.c.name == "/".join(name),
            _table.c.key > after,
        )
        .order_by(_table.c.key)
        .limit(_PAGE)
    )
    return [(row.key, row.value) for row in rows]


def put(
    conn: Connection,
    connection: str,
    name: tuple[str, str],
    entries: Sequence[tuple[str, str]],
    at: datetime,
) -> None:
    """Add entries to a kind's generation, over those with the same keys."""
    rows = [
        {
            "connection": connection,
            "name": "/".join(name),
            "key": key,
            "value": value,
            "kept_at": at,
        }
        for key, value in entries
    ]
    upsert(conn, _table, rows)


def settle(
    conn: Connection, connection: str, name: tuple[str, str], text: str, at: datetime
) -> None:
    """Let a kind's generation count, with its mark; the others go."""
    kind, _ = name
    _delete_others(conn, connection, kind, "/".join(name))
    cursors.set_cursor(conn, connection, _cursor(kind), text, at)


def forget(conn: Connection, connection: str, kind: str, at: datetime) -> None:
    """Keep nothing of a kind."""
    _delete_others(conn, connection, kind, "")
    cursors.set_cursor(conn, connection, _cursor(kind), "", at)


def _delete_others(conn: Connection, connection: str, kind: str, name: str) -> None:
    conn.execute(
        delete(_table).where(
            _table.c.connection == connection,
            _table.c.name.startswith(f"{kind}/", autoescape=True),
            _table.c.name != name,
        )
    )


def _cursor(kind: str) -> str:
    return f"remembered {kind}"
