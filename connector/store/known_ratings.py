"""Who was proficient in what when a source was last read, and what made them so.

Kept to tell what is new: a source may know no time of a rating. No fact by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, delete, select

from connector.kit.values import RatingOrigin
from connector.store import tables
from connector.store.columns import upsert

_ratings = tables.known_ratings

Pair = tuple[str, str]
"""Remote id of what was rated, and account id."""


def pairs(conn: Connection, connection: str) -> set[Pair]:
    """Return every pair known for a connection."""
    rows = conn.execute(
        select(_ratings.c.object_id, _ratings.c.account_id).where(
            _ratings.c.connection == connection
        )
    )
    return {(object_id, account_id) for object_id, account_id in rows}


def add(
    conn: Connection, connection: str, origins: Mapping[Pair, RatingOrigin]
) -> None:
    """Store pairs and what made them proficient."""
    rows = [
        {
            "connection": connection,
            "object_id": object_id,
            "account_id": account_id,
            "origin": origin,
        }
        for (object_id, account_id), origin in origins.items()
    ]
    upsert(conn, _ratings, rows)


def remove(conn: Connection, connection: str, gone: Iterable[Pair]) -> None:
    """Forget pairs, so that they are new when they come back."""
    rows = [{"of_object": pair[0], "of_account": pair[1]} for pair in gone]
    if not rows:
        return
    conn.execute(
        delete(_ratings).where(
            _ratings.c.connection == connection,
            _ratings.c.object_id == bindparam("of_object"),
            _ratings.c.account_id == bindparam("of_account"),
        ),
        rows,
    )
