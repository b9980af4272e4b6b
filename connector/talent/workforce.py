"""The people an HRIS knows, stored under random ids of ours.

Only what the source shows is stored; erased people are never brought back.
"""

from __future__ import annotations

from itertools import islice

from connector.kit.protocols import People
from connector.store import cursors, people
from connector.talent.ground import Ground

_CURSOR = "people"
_BATCH = 500
#: Between a role's key and that of its focus area; no key holds one.
_FOCUS = "/"


def role_of(key: str) -> tuple[str, str | None]:
    """Return the role, and the focus area if any, behind a job profile's key.

    A role with focus areas has one profile for each, keyed `<role>/<focus area>`; a
    role without has one, under its own key.
    """
    role, _, area = key.partition(_FOCUS)
    return role, area or None


def sync_people(ground: Ground, connection: str, source: People) -> int:
    """Store who changed at a source since the last time; returns how many.

    The cursor is the instant before the reading began, stored with the last batch: a
    reading that breaks off is repeated, and storing a person twice changes nothing.

    Raises:
        TargetError: the reading broke off; what was stored stays.
    """
    began = ground.now()
    with ground.database.read() as conn:
        cursor = cursors.get_cursor(conn, connection, _CURSOR)
    stored = 0
    changed = source.changed_since(cursor)
    while batch := list(islice(changed, _BATCH)):
        with ground.database.write() as conn:
            stored += people.save(
                conn,
                connection,
                batch,
                tombstones=ground.tombstones,
                new_id=ground.new_id,
                at=ground.now(),
            )
    with ground.database.write() as conn:
        cursors.set_cursor(conn, connection, _CURSOR, began.isoformat(), ground.now())
    return stored
