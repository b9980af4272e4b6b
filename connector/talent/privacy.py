"""Erases a person, and keeps whom a legal hold protects.

A preview does everything that an erasure does and undoes it. Nothing here changes what
an HRIS or an LMS holds: what is left there is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from connector.kit.errors import ConfigError
from connector.store import audit, holds, scrubbing, tables
from connector.store.holds import LegalHold
from connector.store.subjects import rows_about, subject_of
from connector.talent.ground import Ground
from connector.talent.persons import person_named


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftObject:
    """An object about the person that stays in a target; theirs to remove."""

    connection: str
    kind: str
    remote_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure takes, or took: rows by table, and what it cannot reach.

    `documents` are those of administrators that name the person.
    """

    person_id: str
    rows: Mapping[str, int]
    left: tuple[LeftObject, ...]
    documents: tuple[str, ...]
    is_done: bool


def preview_erasure(ground: Ground, person: str) -> Erasure:
    """Return what erasing a person would take; nothing is changed.

    Raises:
        ConfigError: there is no such person, a hold protects them, or a run that is
            not finished names them.
    """
    with ground.database.write() as conn:
        return _undone(conn, lambda: _erase(ground, conn, person, is_done=False))


def erase(ground: Ground, person: str, actor: str) -> Erasure:
    """Delete everything about a person, and keep any source from bringing it back.

    Raises:
        ConfigError: there is no such person, a hold protects them, or a run that is
            not finished names them.
    """
    with ground.database.write() as conn:
        done = _erase(ground, conn, person, is_done=True)
        audit.append(
            conn,
            at=ground.now(),
            actor="talent",
            action="erase",
            detail={"by": actor, "rows": dict(done.rows)},
        )
    ground.database.settle_log()
    return done


def _erase(ground: Ground, conn: Connection, person: str, *, is_done: bool) -> Erasure:
    found = person_named(conn, person)
    refuse_held(conn, found.id)
    subject = subject_of(conn, found.id)
    for run, connection in scrubbing.open_runs_naming(conn, subject):
        raise ConfigError(
            f"run {run} of {connection} is not finished and names this person",
            hint=f"Finish it first: jobframe runs resume {connection}.",
        )
    left = _left_objects(conn, found.id)
    documents = scrubbing.documents_naming(conn, subject)
    rows = ground.tombstones.erase(conn, found.id, ground.now())
    return Erasure(
        person_id=found.id,
        rows=rows,
        left=left,
        documents=tuple(documents),
        is_done=is_done,
    )


def _undone(conn: Connection, erasing: Callable[[], Erasure]) -> Erasure:
    with conn.begin_nested() as nested:
        found = erasing()
        nested.rollback()
    return found


def _left_objects(conn: Connection, person_id: str) -> tuple[LeftObject, ...]:
    """Return what targets hold of a person: objects we made, records we sent."""
    about = rows_about(conn, subject_of(conn, person_id))
    links, dispatches = tables.links, tables.dispatches
    made = conn.execute(
        select(links.c.connection, links.c.kind, links.c.remote_id)
        .where(about[links])
        .order_by(links.c.connection, links.c.kind, links.c.remote_id)
    )
    sent = conn.execute(
        select(dispatches.c.connection, dispatches.c.remote_id)
        .where(about[dispatches], dispatches.c.remote_id != "")
        .order_by(dispatches.c.connection, dispatches.c.remote_id)
    )
    return (
        *(LeftObject(connection=row[0], kind=row[1], remote_id=row[2]) for row in made),
        *(
            LeftObject(connection=row[0], kind="dispatch", remote_id=row[1])
            for row in sent
        ),
    )


def refuse_held(conn: Connection, person_id: str) -> None:
    """Refuse to erase a person whom a legal hold protects.

    Raises:
        ConfigError: with the reason of the hold.
    """
    hold = holds.get(conn, person_id)
    if hold is not None:
        raise ConfigError(
            f"a legal hold of {hold.placed_at.date()} protects this person:"
            f" {hold.reason}",
            hint="When it has ended: jobframe privacy release-hold PERSON.",
        )


def place_hold(ground: Ground, person: str, reason: str, actor: str) -> LegalHold:
    """Protect a person from any erasure until the hold is released.

    Raises:
        ConfigError: there is no such person, or no reason is given.
    """
    if not reason.strip():
        raise ConfigError(
            "a legal hold needs a reason", hint="Name the case: --reason TEXT."
        )
    with ground.database.write() as conn:
        hold = LegalHold(
            person_id=person_named(conn, person).id,
            reason=reason.strip(),
            placed_by=actor,
            placed_at=ground.now(),
        )
        holds.place(conn, hold)
        _note_hold(ground, conn, "place hold", hold.person_id, actor)
    return hold


def release_hold(ground: Ground, person: str, actor: str) -> str:
    """Let go of the hold on a person; returns our id of them.

    Raises:
        ConfigError: there is no such person, or no hold.
    """
    with ground.database.write() as conn:
        person_id = person_named(conn, person).id
        if not holds.release(conn, person_id):
            raise ConfigError(
                "no legal hold protects this person",
                hint="jobframe privacy holds lists those there are.",
            )
        _note_hold(ground, conn, "release hold", person_id, actor)
    return person_id


def _note_hold(
    ground: Ground, conn: Connection, action: str, person_id: str, actor: str
) -> None:
    audit.append(
        conn,
        at=ground.now(),
        actor="talent",
        action=action,
        detail={"by": actor},
        person_id=person_id,
    )
