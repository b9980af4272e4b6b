"""Lets people out of the scope of a connection: nothing about them stays.

They are no erased people: whoever comes within the scope again is read like a new
colleague, and their learning is read again. Whom a legal hold protects stays, unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from connector.kit.errors import ReplyError, UnsafePlanError
from connector.kit.protocols import People
from connector.kit.values import PeopleScope
from connector.store import audit, holds, leaving, people
from connector.talent.ground import Ground

#: A larger share of a connection's people goes only when somebody says so.
_MANY = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class LetOut:
    """Who went out of a scope: how many, whom a hold kept, rows by table."""

    people: int
    held: tuple[str, ...]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What a narrower scope takes, or took, of all who were known."""

    known: int
    let_out: LetOut
    is_done: bool


def narrow(
    ground: Ground,
    connection: str,
    source: People,
    scope: PeopleScope,
    actor: str,
    *,
    is_applied: bool,
    accepts_many: bool = False,
) -> Narrowed:
    """Erase the people of a connection whom a full reading shows outside its scope.

    Without `is_applied` everything happens and is undone.

    Raises:
        ReplyError: the source shows nobody, or did not say that it shows all.
        TargetError: the reading broke off.
        UnsafePlanError: very many would go, and nobody accepted that.
    """
    within = _within(source, scope)
    with ground.database.write() as conn:
        known = people.ids_by_source(conn, connection)
        outside = sorted({known[each] for each in known.keys() - within})
        if is_applied and not accepts_many and len(outside) > len(known) * _MANY:
            raise UnsafePlanError(
                f"{len(outside)} of {len(known)} people would be erased",
                hint="If that is right, add --accept-many. Nothing was changed.",
            )
        with conn.begin_nested() as nested:
            out = let_out(ground, conn, connection, outside)
            if not is_applied:
                nested.rollback()
        if is_applied and outside:
            audit.append(
                conn,
                at=ground.now(),
                actor="talent",
                action="narrow scope",
                detail={"connection": connection, "by": actor, "people": out.people},
            )
    if is_applied:
        ground.database.settle_log()
    return Narrowed(known=len(known), let_out=out, is_done=is_applied)


def _within(source: People, scope: PeopleScope) -> set[str]:
    """Return the source ids of everybody whom a full reading shows within a scope."""
    within: set[str] = set()
    is_all = False
    for batch in source.changed_since(None):
        within |= {each.source_id for each in batch.persons if scope.holds(each)}
        is_all = is_all or batch.is_all
    if not within or not is_all:
        raise ReplyError(
            "the source shows nobody within the scope"
            if is_all
            else "the source did not show everybody",
            hint="Nobody was erased. Check the scope, and rights: `jobframe doctor`.",
        )
    return within


def let_out(
    ground: Ground, conn: Connection, connection: str, person_ids: Collection[str]
) -> LetOut:
    """Delete everything about people who are outside the scope of a connection.

    Of one whom another connection shows, only what this one told goes.
    """
    held = {each.person_id for each in holds.among(conn, person_ids)}
    people.let_go(conn, connection, sorted(held), ground.now())
    going = sorted(set(person_ids) - held)
    elsewhere = leaving.shown_by_others(conn, connection, going)
    rows: Counter[str] = Counter()
    for person_id in going:
        if person_id in elsewhere:
            rows.update(leaving.leave(conn, connection, person_id))
        else:
            rows.update(ground.tombstones.let_go(conn, person_id, ground.now()))
    return LetOut(
        people=len(going), held=tuple(sorted(held)), rows=dict(sorted(rows.items()))
    )
