"""Who holds which role, as record keys, from what the HRIS connections told.

Reads the store only; a job profile that is linked to nothing is nobody's role here.
"""

from __future__ import annotations

from sqlalchemy import Connection

from connector.store import links, people


def held_role_keys(conn: Connection) -> dict[str, set[str]]:
    """Return the record keys of the roles that each active person holds now."""
    linked = {}
    found: dict[str, set[str]] = {}
    for held in people.held_roles(conn):
        if held.ended_at is not None:
            continue
        if held.connection not in linked:
            linked[held.connection] = links.keys(conn, held.connection)
        key = linked[held.connection].get((held.role.kind, held.role.remote_id))
        if key is not None:
            found.setdefault(held.person_id, set()).add(key)
    return found
