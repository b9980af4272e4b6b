"""The people an HRIS knows, stored under random ids of ours.

Only what the source shows of a connection's scope is stored; erased people are never
brought back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Connection

from connector.kit.errors import ReplyError
from connector.kit.protocols import People
from connector.kit.values import PeopleScope, PersonBatch, SourcePerson
from connector.store import audit, cursors, leaving, people
from connector.talent.ground import Ground
from connector.talent.privacy_narrowing import let_out

_CURSOR = "people"
#: So many people may be gone at once before a person must confirm it.
_GONE_AT_ONCE, _GONE_SHARE = 5, 0.1
#: Between a role's key and that of its focus area; no key holds one.
_FOCUS = "/"


def role_of(key: str) -> tuple[str, str | None]:
    """Return the role, and the focus area if any, behind a job profile's key.

    A role with focus areas has one profile for each, keyed `<role>/<focus area>`; a
    role without has one, under its own key.
    """
    role, _, area = key.partition(_FOCUS)
    return role, area or None


@dataclass(slots=True)
class PeopleRead:
    """What one reading of people came to.

    `gone` are no longer within the scope, `missing` would be, were they not so many.
    Of those among the gone whom the source shows outside, `erased` counts whose data
    went; the others are kept unseen.
    """

    stored: int = 0
    outside: int = 0
    gone: int = 0
    erased: int = 0
    missing: int = 0
    is_all: bool = False
    notes: list[str] = field(default_factory=list)


def sync_people(
    ground: Ground,
    connection: str,
    source: People,
    *,
    scope: PeopleScope | None = None,
    is_full: bool = False,
    accepts_missing: bool = False,
    left_before: date | None = None,
) -> PeopleRead:
    """Store who changed at a source since the last time, or all who are there.

    A reading that breaks off is repeated from its cursor, and storing a person twice
    changes nothing. `accepts_missing` believes a full reading however many people it
    lacks. Who left before a day is not taken in any more.

    Raises:
        ReplyError: the source shows nobody, though people were known.
        TargetError: the reading broke off; what was stored stays.
    """
    scope = scope or PeopleScope()
    with ground.database.read() as conn:
        cursor = cursors.get_cursor(conn, connection, _CURSOR)
        most = max(_GONE_AT_ONCE, leaving.count_of(conn, connection) * _GONE_SHARE)
    sync = _Sync(
        ground,
        connection,
        scope,
        accepts_missing=accepts_missing,
        left_before=left_before,
        most_erased=most,
    )
    try:
        for batch in source.changed_since(None if is_full else cursor):
            with ground.database.write() as conn:
                sync.take(conn, batch)
    finally:
        with ground.database.write() as conn:
            sync.settle_managers(conn)
    return sync.result


class _Sync:
    """One reading on its way into the store."""

    def __init__(
        self,
        ground: Ground,
        connection: str,
        scope: PeopleScope,
        *,
        accepts_missing: bool,
        left_before: date | None,
        most_erased: float,
    ) -> None:
        self.result = PeopleRead()
        self._ground = ground
        self._connection = connection
        self._scope = scope
        self._accepts_missing = accepts_missing
        self._left_before = left_before
        self._most_erased = most_erased
        self._managers: dict[str, str] = {}
        self._began = ground.now()

    def take(self, conn: Connection, batch: PersonBatch) -> None:
        """Store a batch with the cursor that follows it."""
        ground, connection = self._ground, self._connection
        self.result.notes.extend(batch.notes)
        self._store(conn, batch.persons)
        if batch.is_all:
            self.result.is_all = True
            self._settle_missing(conn)
        if batch.cursor:
            at = ground.now()
            cursors.set_cursor(conn, connection, _CURSOR, batch.cursor, at)

    def settle_managers(self, conn: Connection) -> None:
        """Store who manages whom, now that all who are within are known."""
        leaving.set_managers(conn, self._connection, self._managers)

    def _store(self, conn: Connection, shown: Sequence[SourcePerson]) -> None:
        shown = [each for each in shown if not self._is_long_gone(each)]
        within = [each for each in shown if self._scope.holds(each)]
        outside = [each.source_id for each in shown if not self._scope.holds(each)]
        self.result.outside += len(outside)
        # A manager may be outside the scope: known only when all were read.
        self._managers |= {
            each.source_id: each.manager_id for each in within if each.manager_id
        }
        within = [replace(each, manager_id="") for each in within]
        self.result.stored += people.save(
            conn,
            self._connection,
            within,
            tombstones=self._ground.tombstones,
            new_id=self._ground.new_id,
            at=self._ground.now(),
        )
        self._let_out(conn, people.with_source_ids(conn, self._connection, outside))

    def _is_long_gone(self, person: SourcePerson) -> bool:
        return (
            self._left_before is not None
            and not person.is_active
            and person.left_on is not None
            and person.left_on < self._left_before
        )

    def _let_out(self, conn: Connection, outside: Sequence[str]) -> None:
        """Erase whom the source shows outside the scope, unless they are too many."""
        if not outside:
            return
        if self.result.erased + len(outside) > self._most_erased:
            self.result.notes.append(
                f"{len(outside)} more people are outside the scope; nothing of them is"
                " used any more. To erase them, look first: jobframe privacy narrow"
                f" {self._connection}"
            )
            self._let_go(conn, outside, self._ground.now())
            return
        out = let_out(self._ground, conn, self._connection, outside)
        self.result.erased += out.people
        self._note_gone(conn, len(outside), self._ground.now())

    def _settle_missing(self, conn: Connection) -> None:
        """Let those go whom a full reading does not show, unless they are too many."""
        missing = people.no_longer_seen(conn, self._connection, self._began)
        if missing and not self.result.stored and not self._accepts_missing:
            raise ReplyError(
                f"{self._connection} shows nobody, but {len(missing)} people were"
                " known.",
                hint="Check the connection's scope, then ask `jobframe doctor` for"
                " missing rights. Nobody was changed.",
            )
        known = len(missing) + self.result.stored
        if len(missing) > max(_GONE_AT_ONCE, known * _GONE_SHARE) and (
            not self._accepts_missing
        ):
            self.result.missing = len(missing)
            self.result.notes.append(
                f"{len(missing)} of {known} people are no longer shown; they were left"
                " as they are. If that is right: jobframe people sync"
                f" {self._connection} --full --accept-missing"
            )
            return
        self._let_go(conn, missing, self._ground.now())

    def _let_go(self, conn: Connection, gone: Sequence[str], at: datetime) -> None:
        if not gone:
            return
        people.let_go(conn, self._connection, gone, at)
        self._note_gone(conn, len(gone), at)

    def _note_gone(self, conn: Connection, number: int, at: datetime) -> None:
        self.result.gone += number
        audit.append(
            conn,
            at=at,
            actor="talent",
            action="people gone",
            detail={"connection": self._connection, "people": number},
        )
