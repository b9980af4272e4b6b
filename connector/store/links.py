"""Links: which object in a target is which record of ours, and its field bases."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select
from sqlalchemy import delete as delete_from

from connector.kit.values import Ref, canonical_json, value_from_json, value_to_json
from connector.store import tables
from connector.store.columns import upsert
from connector.store.values import Base, Link


def all(conn: Connection, connection: str) -> list[Link]:
    """Return every link of a connection, sorted by kind and key."""
    table = tables.links
    rows = conn.execute(
        select(
            table.c.kind,
            table.c.key,
            table.c.remote_id,
            table.c.identity,
            table.c.fields_json,
        )
        .where(table.c.connection == connection)
        .order_by(table.c.kind, table.c.key)
    )
    return [
        Link(
            kind=kind,
            key=key,
            remote_id=remote_id,
            identity=identity,
            fields=_fields_from_json(fields_json),
        )
        for kind, key, remote_id, identity, fields_json in rows
    ]


def keys(conn: Connection, connection: str | None = None) -> dict[tuple[str, str], str]:
    """Return the key of every linked object by kind and remote id.

    Of one connection or of all; their fields are not read.
    """
    table = tables.links
    statement = select(table.c.kind, table.c.remote_id, table.c.key)
    if connection is not None:
        statement = statement.where(table.c.connection == connection)
    return {(kind, remote_id): key for kind, remote_id, key in conn.execute(statement)}


def save(conn: Connection, connection: str, links: Iterable[Link]) -> None:
    """Store links whole, over those of the same records."""
    rows = [
        {
            "connection": connection,
            "kind": link.kind,
            "key": link.key,
            "remote_id": link.remote_id,
            "identity": link.identity,
            "fields_json": _fields_to_json(link),
        }
        for link in links
    ]
    upsert(conn, tables.links, rows)


def delete(conn: Connection, connection: str, refs: Iterable[Ref]) -> None:
    """Forget the links of these records; those without one are passed over."""
    table = tables.links
    rows = [{"of_kind": ref.kind, "of_key": ref.key} for ref in refs]
    if rows:
        statement = delete_from(table).where(
            table.c.connection == connection,
            table.c.kind == bindparam("of_kind"),
            table.c.key == bindparam("of_key"),
        )
        conn.execute(statement, rows)


def _fields_to_json(link: Link) -> str:
    # A base is [sent, seen], or [sent] alone while `seen` is not known.
    return canonical_json(
        {
            name: [value_to_json(base.sent)]
            + ([value_to_json(base.seen)] if base.is_seen else [])
            for name, base in link.fields.items()
        }
    )


def _fields_from_json(text: str) -> dict[str, Base]:
    fields = {}
    for name, values in json.loads(text).items():
        sent, *seen = [value_from_json(value) for value in values]
        fields[name] = Base(sent, seen[0]) if seen else Base(sent, is_seen=False)
    return fields
