"""What people contributed, what was withdrawn or judged, and which roles they chose.

Repositories; every change marks the person, so that readiness is made anew for those
alone about whom something changed. Personal data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from connector.store import tables, tables_talent
from connector.store.columns import chunks, insert_all_missing, upsert

_due = tables_talent.readiness_due
_contributions = tables_talent.contributions
_withdrawals = tables_talent.withdrawals
_judgements = tables_talent.role_judgements
_targets = tables_talent.chosen_targets
_levels = tables_talent.levels_held
_mentors = tables_talent.mentors
_shares = tables_talent.shares
_evidence = tables.evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContribution:
    """Something a person did for others, as a person or a source tells it."""

    person_id: str
    kind: str
    done_on: date
    words: str
    recorded_by: str
    fact_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContribution:
    """A contribution, and whether it was taken back."""

    id: int
    person_id: str
    kind: str
    done_on: date
    words: str
    recorded_by: str
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a manager said of a competency that the role held lets presume.

    `step` is the one that holds, empty where none does; where the manager agreed,
    `is_confirmed` is true and the step means nothing.
    """

    person_id: str
    competency: str
    is_confirmed: bool
    step: str
    judged_by: str


def mark_due(conn: Connection, person_ids: Collection[str]) -> None:
    """Have the readiness of these people made anew."""
    rows = [{"person_id": each} for each in sorted(set(person_ids))]
    insert_all_missing(conn, _due, rows)


def mark_all_due(conn: Connection) -> None:
    """Have everybody's readiness made anew: the framework changed."""
    persons = tables.persons
    known = select(_due.c.person_id)
    missing = select(persons.c.id).where(persons.c.id.not_in(known))
    conn.execute(insert(_due).from_select(["person_id"], missing))


def due(conn: Connection, *, after: str, size: int) -> list[str]:
    """Return whose readiness is to be made anew, the next so many after an id."""
    rows = conn.execute(
        select(_due.c.person_id)
        .where(_due.c.person_id > after)
        .order_by(_due.c.person_id)
        .limit(size)
    )
    return list(rows.scalars())


def count_due(conn: Connection) -> int:
    """Return whose readiness is to be made anew: how many."""
    return conn.execute(select(func.count()).select_from(_due)).scalar_one()


def unmark(conn: Connection, person_ids: Sequence[str]) -> None:
    """Note that the readiness of these people is as it should be."""
    for part in chunks(person_ids):
        conn.execute(delete(_due).where(_due.c.person_id.in_(part)))


def add_contribution(conn: Connection, new: NewContribution, at: datetime) -> int:
    """Store a contribution; returns its id."""
    mark_due(conn, [new.person_id])
    row = _contribution_row(new, at)
    statement = insert(_contributions).values(row).returning(_contributions.c.id)
    return int(conn.execute(statement).scalar_one())


def _contribution_row(new: NewContribution, at: datetime) -> dict[str, Any]:
    return {
        "person_id": new.person_id,
        "fact_id": new.fact_id,
        "kind": new.kind,
        "done_on": new.done_on,
        "words": new.words,
        "recorded_by": new.recorded_by,
        "recorded_at": at,
        "withdrawn_by": "",
    }


def add_told_contributions(
    conn: Connection, new: Sequence[NewContribution], at: datetime
) -> int:
    """Store contributions that facts tell of, each once; returns how many are new."""
    rows = [_contribution_row(each, at) for each in new]
    mark_due(conn, {each.person_id for each in new})
    return insert_all_missing(conn, _contributions, rows)


def contributions(
    conn: Connection, person_ids: Collection[str] | None = None
) -> list[StoredContribution]:
    """Return contributions of these people or of all, in the order they were made."""
    names = StoredContribution.__dataclass_fields__
    statement = select(*(_contributions.c[name] for name in names)).order_by(
        _contributions.c.done_on, _contributions.c.id
    )
    if person_ids is None:
        return [StoredContribution(**row._mapping) for row in conn.execute(statement)]
    return [
        StoredContribution(**row._mapping)
        for part in chunks(sorted(person_ids))
        for row in conn.execute(statement.where(_contributions.c.person_id.in_(part)))
    ]


def withdraw_contribution(
    conn: Connection, contribution_id: int, *, on: date, by: str
) -> str | None:
    """Take a contribution back; returns whose it was, none where there is none left."""
    row = conn.execute(
        update(_contributions)
        .where(
            _contributions.c.id == contribution_id,
            _contributions.c.withdrawn_on.is_(None),
        )
        .values(withdrawn_on=on, withdrawn_by=by)
        .returning(_contributions.c.person_id)
    ).one_or_none()
    if row is None:
        return None
    mark_due(conn, [row.person_id])
    return str(row.person_id)


def withdraw_evidence(
    conn: Connection,
    evidence_ids: Iterable[int],
    *,
    on: date,
    reason: str,
    by: str,
    at: datetime,
) -> list[str]:
    """Take evidence back; the evidence itself stays. Returns whose it was, sorted.

    What was carried over from it goes along. What was withdrawn before keeps its first
    reason.
    """
    wanted = sorted(_with_carried(conn, evidence_ids))
    rows = [
        {
            "evidence_id": each,
            "withdrawn_on": on,
            "reason": reason,
            "withdrawn_by": by,
            "recorded_at": at,
        }
        for each in wanted
    ]
    insert_all_missing(conn, _withdrawals, rows)
    people: set[str] = set()
    for part in chunks(wanted):
        people |= set(
            conn.execute(
                select(_evidence.c.person_id).where(_evidence.c.id.in_(part))
            ).scalars()
        )
    mark_due(conn, people)
    return sorted(people)


def _with_carried(conn: Connection, evidence_ids: Iterable[int]) -> set[int]:
    """Return evidence, and what rules of releases made of it, step by step."""
    found: set[int] = set()
    fresh = set(evidence_ids)
    while fresh:
        found |= fresh
        fresh = {
            each
            for part in chunks(sorted(fresh))
            for each in conn.execute(
                select(_evidence.c.id).where(_evidence.c.carried_from.in_(part))
            ).scalars()
        } - found
    return found


def judge(conn: Connection, judgement: Judgement, at: datetime) -> None:
    """Store what a manager said of one competency, over what was said before."""
    row = {
        "person_id": judgement.person_id,
        "competency": judgement.competency,
        "is_confirmed": judgement.is_confirmed,
        "step": judgement.step,
        "judged_by": judgement.judged_by,
        "judged_at": at,
    }
    upsert(conn, _judgements, [row])
    mark_due(conn, [judgement.person_id])


def judgements(conn: Connection, person_ids: Collection[str]) -> list[Judgement]:
    """Return what managers said of these people."""
    names = Judgement.__dataclass_fields__
    columns = [_judgements.c[name] for name in names]
    return [
        Judgement(**row._mapping)
        for part in chunks(sorted(person_ids))
        for row in conn.execute(
            select(*columns)
            .where(_judgements.c.person_id.in_(part))
            .order_by(_judgements.c.person_id, _judgements.c.competency)
        )
    ]


def choose_target(
    conn: Connection, person_id: str, role: str, focus_area: str, at: datetime
) -> None:
    """Keep a role that a person chose to look at."""
    row = {
        "person_id": person_id,
        "role": role,
        "focus_area": focus_area,
        "chosen_at": at,
    }
    upsert(conn, _targets, [row])
    mark_due(conn, [person_id])


def drop_target(conn: Connection, person_id: str, role: str, focus_area: str) -> bool:
    """Let go of a role that a person chose; tells whether it was one."""
    gone = conn.execute(
        delete(_targets).where(
            _targets.c.person_id == person_id,
            _targets.c.role == role,
            _targets.c.focus_area == focus_area,
        )
    ).rowcount
    mark_due(conn, [person_id])
    return gone == 1


def chosen_targets(
    conn: Connection, person_ids: Collection[str] | None = None
) -> list[tuple[str, str, str]]:
    """Return person, role and focus area of roles that these people or all chose."""
    columns = (_targets.c.person_id, _targets.c.role, _targets.c.focus_area)
    statement = select(*columns).order_by(*columns)
    statements = [statement]
    if person_ids is not None:
        statements = [
            statement.where(_targets.c.person_id.in_(part))
            for part in chunks(sorted(person_ids))
        ]
    return [
        (row[0], row[1], row[2]) for each in statements for row in conn.execute(each)
    ]


def levels_held(
    conn: Connection, person_ids: Collection[str]
) -> dict[str, tuple[str, date | None]]:
    """Return the rung that these people were seen on, and since when."""
    return {
        row.person_id: (row.rung, row.since)
        for part in chunks(sorted(person_ids))
        for row in conn.execute(select(_levels).where(_levels.c.person_id.in_(part)))
    }


def keep_levels(
    conn: Connection, levels: Iterable[tuple[str, str, date | None]]
) -> None:
    """Store person, rung and since when, over what was known before."""
    rows = [
        {"person_id": person, "rung": rung, "since": since}
        for person, rung, since in levels
    ]
    upsert(conn, _levels, rows)


def people_moving(conn: Connection, person_ids: Collection[str]) -> set[str]:
    """Return those of these people with a move approved or started and not decided."""
    proposals = tables_talent.proposals
    return {
        row.person_id
        for part in chunks(sorted(person_ids))
        for row in conn.execute(
            select(proposals.c.person_id).where(
                proposals.c.person_id.in_(part),
                proposals.c.state.in_(("approved", "started")),
            )
        )
    }


def agree_to_mentor(conn: Connection, person_id: str, at: datetime) -> None:
    """Note that somebody said yes to being asked as a mentor."""
    upsert(conn, _mentors, [{"person_id": person_id, "agreed_at": at}])


def take_back_mentoring(conn: Connection, person_id: str) -> bool:
    """Forget at once that somebody said yes; tells whether it was so."""
    gone = conn.execute(delete(_mentors).where(_mentors.c.person_id == person_id))
    return gone.rowcount == 1


def willing_mentors(conn: Connection) -> set[str]:
    """Return who said yes and is still there."""
    persons = tables.persons
    statement = (
        select(_mentors.c.person_id)
        .join(persons, persons.c.id == _mentors.c.person_id)
        .where(persons.c.is_active)
    )
    return set(conn.execute(statement).scalars())


def share(
    conn: Connection, person_id: str, mentor_id: str, what: str, at: datetime
) -> None:
    """Let a mentor see a part of what is held about a person, who said so."""
    row = {"person_id": person_id, "mentor_id": mentor_id, "what": what}
    upsert(conn, _shares, [{**row, "shared_at": at}])


def stop_sharing(conn: Connection, person_id: str, mentor_id: str, what: str) -> bool:
    """Take back at once what a person shared; tells whether it was shared."""
    gone = conn.execute(
        delete(_shares).where(
            _shares.c.person_id == person_id,
            _shares.c.mentor_id == mentor_id,
            _shares.c.what == what,
        )
    )
    return gone.rowcount == 1


def shares(conn: Connection) -> dict[str, dict[str, set[str]]]:
    """Return what is shared, by person and mentor."""
    found: dict[str, dict[str, set[str]]] = {}
    for row in conn.execute(select(_shares)):
        found.setdefault(row.person_id, {}).setdefault(row.mentor_id, set()).add(
            row.what
        )
    return found
