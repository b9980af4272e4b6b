"""Erasure of a person, and the tombstones that keep importers from bringing it back.

A tombstone is a keyed hash of one id the person had at a source: it tells that an id
was erased only to who holds both the id and the key.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, and_, delete, or_, select

from connector.kit.values import canonical_json
from connector.store import audit, tables, tables_talent
from connector.store.columns import chunks, upsert


class IdKind(StrEnum):
    """What an id names at its source."""

    PERSON = "person"
    ACCOUNT = "account"
    EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True)
class SourceId:
    """An id that a person has; employee ids have no connection."""

    kind: IdKind
    id: str
    connection: str = ""


class Tombstones:
    """Recognises erased ids with the deployment's key for it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digest(self, source_id: SourceId) -> str:
        """Return the keyed hash of an id."""
        parts = [source_id.kind.value, source_id.connection, source_id.id]
        return hmac.new(
            self._key, canonical_json(parts).encode(), hashlib.sha256
        ).hexdigest()

    def erased(self, conn: Connection, ids: Iterable[SourceId]) -> set[SourceId]:
        """Return those of the ids that were erased; an empty id never is."""
        by_digest = {self.digest(each): each for each in ids if each.id}
        digest = tables.tombstones.c.digest
        found: set[SourceId] = set()
        for part in chunks(list(by_digest)):
            rows = conn.execute(select(digest).where(digest.in_(part))).scalars()
            found.update(by_digest[row] for row in rows)
        return found

    def erase(self, conn: Connection, person_id: str, at: datetime) -> None:
        """Delete everything kept about a person and leave tombstones of the ids."""
        ids = _ids_of(conn, person_id)
        rows = [{"digest": self.digest(each), "erased_at": at} for each in ids]
        upsert(conn, tables.tombstones, rows)
        _delete_person(conn, person_id, ids)
        audit.erase_details(conn, person_id)


def _ids_of(conn: Connection, person_id: str) -> set[SourceId]:
    sources, bindings, persons = (
        tables.person_sources,
        tables.bindings,
        tables.persons,
    )
    of_person = conn.execute(
        select(sources.c.connection, sources.c.source_id).where(
            sources.c.person_id == person_id
        )
    )
    ids = {SourceId(IdKind.PERSON, each, connection) for connection, each in of_person}
    accounts = conn.execute(
        select(bindings.c.connection, bindings.c.account_id).where(
            bindings.c.person_id == person_id
        )
    )
    ids |= {SourceId(IdKind.ACCOUNT, each, connection) for connection, each in accounts}
    employee_ids = conn.execute(
        select(persons.c.employee_id).where(persons.c.id == person_id)
    ).scalars()
    return ids | {SourceId(IdKind.EMPLOYEE, each) for each in employee_ids if each}


def _delete_person(conn: Connection, person_id: str, ids: Collection[SourceId]) -> None:
    facts = tables.facts
    of_person = select(tables.evidence.c.id).where(
        tables.evidence.c.person_id == person_id
    )
    withdrawals = tables_talent.withdrawals
    conn.execute(delete(withdrawals).where(withdrawals.c.evidence_id.in_(of_person)))
    for table in (tables_talent.contributions, tables.dispatches, tables.evidence):
        conn.execute(delete(table).where(table.c.person_id == person_id))
    of_accounts = [
        and_(facts.c.connection == each.connection, facts.c.account_id == each.id)
        for each in ids
        if each.kind is IdKind.ACCOUNT
    ]
    conn.execute(delete(facts).where(or_(facts.c.person_id == person_id, *of_accounts)))
    # What was brought by hand bears our own id of the person.
    revocations = tables_talent.revocations
    conn.execute(delete(revocations).where(revocations.c.account_id == person_id))
    for each in ids:
        if each.kind is IdKind.ACCOUNT:
            for table in (
                tables.accounts,
                tables.known_ratings,
                tables_talent.revocations,
            ):
                conn.execute(
                    delete(table).where(
                        table.c.connection == each.connection,
                        table.c.account_id == each.id,
                    )
                )
    suggested = tables.accounts.c.suggested_id == person_id
    conn.execute(delete(tables.accounts).where(suggested))
    for table in (
        tables_talent.conversions,
        tables_talent.proposals,
        tables_talent.role_judgements,
        tables_talent.chosen_targets,
        tables_talent.levels_held,
        tables_talent.readiness,
        tables_talent.readiness_due,
        tables.assignments,
        tables.past_roles,
        tables.bindings,
        tables.person_sources,
    ):
        conn.execute(delete(table).where(table.c.person_id == person_id))
    # Records about one person are keyed by our id of the person, alone or in front.
    key = tables.links.c.key
    about = or_(key == person_id, key.startswith(f"{person_id}/", autoescape=True))
    conn.execute(delete(tables.links).where(about))
    conn.execute(delete(tables.persons).where(tables.persons.c.id == person_id))
