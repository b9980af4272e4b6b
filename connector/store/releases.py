"""Releases: frozen frameworks with the day from which they hold.

A snapshot is kept once per content, under the SHA-256 of its bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from connector.kit.errors import ConfigError
from connector.store import tables
from connector.store.columns import insert_missing

_releases = tables.releases


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A frozen framework; `digest` names its snapshot."""

    id: int
    digest: str
    effective_on: date
    author: str
    note: str
    created_at: datetime


def add(
    conn: Connection,
    *,
    content: bytes,
    effective_on: date,
    author: str,
    note: str,
    at: datetime,
) -> Release:
    """Freeze a framework; the same content for the same day is the same release."""
    digest = hashlib.sha256(content).hexdigest()
    insert_missing(conn, tables.snapshots, {"digest": digest, "content": content})
    row = {
        "digest": digest,
        "effective_on": effective_on,
        "author": author,
        "note": note,
        "created_at": at,
    }
    insert_missing(conn, _releases, row)
    found = select(_releases).where(
        _releases.c.digest == digest, _releases.c.effective_on == effective_on
    )
    return Release(**conn.execute(found).one()._mapping)


def get(conn: Connection, release_id: int) -> Release | None:
    """Return a release, none where there is no such id."""
    found = select(_releases).where(_releases.c.id == release_id)
    row = conn.execute(found).one_or_none()
    return Release(**row._mapping) if row else None


def all(conn: Connection) -> list[Release]:
    """Return every release, the one that takes effect last first."""
    return [Release(**row._mapping) for row in conn.execute(_newest_first())]


def effective_on(conn: Connection, day: date) -> Release | None:
    """Return the newest release whose day has come, none before the first.

    `day` is a calendar date in the organisation's time zone. Of several releases
    for one day the one made last counts.
    """
    come = _newest_first().where(_releases.c.effective_on <= day).limit(1)
    row = conn.execute(come).one_or_none()
    return Release(**row._mapping) if row else None


def snapshot(conn: Connection, digest: str) -> bytes:
    """Return a snapshot's bytes.

    Raises:
        ConfigError: there is none, or it is not what was frozen.
    """
    table = tables.snapshots
    found = select(table.c.content).where(table.c.digest == digest)
    content = conn.execute(found).scalar_one_or_none()
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        raise ConfigError(
            f"The snapshot {digest[:12]} is missing or damaged in the database.",
            hint="Restore the database from its last backup.",
        )
    return bytes(content)


def _newest_first() -> Select[Any]:
    return select(_releases).order_by(
        _releases.c.effective_on.desc(), _releases.c.id.desc()
    )
