"""Facts and the evidence made of them; neither is ever changed afterwards.

A fact waits without a person until its account is bound.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from connector.framework.model import Basis
from connector.kit.values import FactType, LearningFact, canonical_json
from connector.store import growth, tables, tables_talent
from connector.store.bindings import BindingState
from connector.store.columns import chunks, insert_all_missing
from connector.store.told_twice import without_told_otherwise
from connector.store.tombstones import IdKind, SourceId, Tombstones

_facts = tables.facts
_evidence = tables.evidence
#: Stands for the connection of facts that people told here, not a source.
BY_HAND = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFact:
    """A fact, and whose it is once that is known."""

    id: int
    connection: str
    fact: LearningFact
    person_id: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One fact applied to one competency step."""

    fact_id: int
    person_id: str
    competency: str
    step: str
    basis: Basis
    achieved_on: date
    expires_on: date | None
    provenance: str
    carried_from: int | None = None


def add_facts(
    conn: Connection,
    connection: str,
    facts: Iterable[LearningFact],
    *,
    tombstones: Tombstones,
    at: datetime,
) -> int:
    """Store facts that are new; those of erased persons are passed over.

    A fact is told apart by type, object, account and time; one whose account a file
    did not tell by the HR number instead, to the minute. Returns how many went in.
    """
    wanted = _without_erased(conn, connection, list(facts), tombstones)
    wanted = without_told_otherwise(conn, connection, wanted)
    return insert_all_missing(
        conn, _facts, [_fact_row(connection, fact, at) for fact in wanted]
    )


def add_told(conn: Connection, facts: Iterable[LearningFact], at: datetime) -> int:
    """Store facts that people told by hand; the account of each is our person id.

    What was told before is no new fact. Returns how many went in.
    """
    rows = [
        {**_fact_row(BY_HAND, fact, at), "person_id": fact.person_id} for fact in facts
    ]
    return insert_all_missing(conn, _facts, rows)


def assign_facts(conn: Connection, connection: str) -> int:
    """Give waiting facts to the persons their accounts are bound to; returns how many.

    A suspended binding leaves the facts waiting.
    """
    bindings = tables.bindings
    owner = (
        select(bindings.c.person_id)
        .where(
            bindings.c.connection == _facts.c.connection,
            bindings.c.account_id == _facts.c.account_id,
            bindings.c.state == BindingState.BOUND,
        )
        .scalar_subquery()
    )
    return conn.execute(
        update(_facts)
        .where(
            _facts.c.connection == connection,
            _facts.c.person_id.is_(None),
            owner.is_not(None),
        )
        .values(person_id=owner)
    ).rowcount


def assigned_facts(conn: Connection, person_id: str | None = None) -> list[StoredFact]:
    """Return the facts of one person, or of all whose person is known, by time."""
    if person_id is None:
        return _read_facts(conn, _facts.c.person_id.is_not(None))
    return _read_facts(conn, _facts.c.person_id == person_id)


def unjudged(
    conn: Connection, connection: str, judgement: str, *, limit: int
) -> list[StoredFact]:
    """Return facts of known persons that were not judged in this way, by time."""
    judged = _facts.c.judged_as
    condition = (
        _facts.c.connection == connection,
        _facts.c.person_id.is_not(None),
        # Two ranges, unlike an inequality, are found by the index.
        or_(judged < judgement, judged > judgement),
    )
    return _read_facts(conn, *condition, limit=limit)


def mark_judged(conn: Connection, fact_ids: Sequence[int], judgement: str) -> None:
    """Remember in which way facts were judged, so that nobody does it again."""
    for part in chunks(fact_ids):
        conn.execute(
            update(_facts).where(_facts.c.id.in_(part)).values(judged_as=judgement)
        )


def count_by_object(
    conn: Connection, connection: str, type_: FactType
) -> dict[str, int]:
    """Count the facts of known persons by their object."""
    rows = conn.execute(
        select(_facts.c.object_id, func.count())
        .where(
            _facts.c.connection == connection,
            _facts.c.type == type_,
            _facts.c.person_id.is_not(None),
        )
        .group_by(_facts.c.object_id)
        .order_by(_facts.c.object_id)
    )
    return {row[0]: row[1] for row in rows}


def people_by_course(conn: Connection) -> dict[str, int]:
    """Count the known persons who completed each course."""
    rows = conn.execute(
        select(_facts.c.object_id, func.count(_facts.c.person_id.distinct()))
        .where(
            _facts.c.type == FactType.COURSE_COMPLETION,
            _facts.c.person_id.is_not(None),
        )
        .group_by(_facts.c.object_id)
    )
    return {row[0]: row[1] for row in rows}


def waiting_accounts(conn: Connection, connection: str) -> dict[str, str]:
    """Return the accounts of waiting facts, each with the employee id shown last."""
    rows = conn.execute(
        select(_facts.c.account_id, _facts.c.employee_id)
        .where(_facts.c.connection == connection, _facts.c.person_id.is_(None))
        .group_by(_facts.c.account_id, _facts.c.employee_id)
        .order_by(func.max(_facts.c.id))
    )
    return {row.account_id: row.employee_id for row in rows}


def completed_courses(
    conn: Connection, connection: str, account_ids: Collection[str]
) -> set[tuple[str, str]]:
    """Return account and the source's course id of all completions of accounts."""
    found: set[tuple[str, str]] = set()
    for part in chunks(sorted(account_ids)):
        rows = conn.execute(
            select(_facts.c.account_id, _facts.c.detail_json).where(
                _facts.c.connection == connection,
                _facts.c.type == FactType.COURSE_COMPLETION,
                _facts.c.account_id.in_(part),
            )
        )
        for account_id, detail in rows:
            found.add((account_id, json.loads(detail).get("course_id", "")))
    return found


def ratings_of_courses(
    conn: Connection, completions: Sequence[StoredFact]
) -> dict[int, list[StoredFact]]:
    """Return, by the id of a completion, facts that are ratings which followed from it.

    Such a rating names the source's id of the course and is not older.
    """
    done = {
        each.id: each
        for each in completions
        if each.fact.type is FactType.COURSE_COMPLETION and _course_of(each)
    }
    by_course: dict[tuple[str, str, str], list[StoredFact]] = {}
    for part in chunks(sorted({each.fact.person_id for each in done.values()})):
        for rating in _read_facts(
            conn,
            _facts.c.type == FactType.COMPETENCY_RATING,
            _facts.c.account_id.in_(part),
        ):
            by_course.setdefault(_course_of(rating), []).append(rating)
    return {
        number: [
            rating
            for rating in by_course.get(_course_of(each), ())
            if _course_of(each)[2]
            and rating.person_id == each.person_id
            and rating.fact.happened_at >= each.fact.happened_at
        ]
        for number, each in done.items()
    }


def _course_of(stored: StoredFact) -> tuple[str, str, str]:
    """Return connection, account and the source's id of the course behind a fact."""
    fact = stored.fact
    return stored.connection, fact.person_id, fact.detail.get("course_id", "")


def waiting_facts(conn: Connection, connection: str) -> list[StoredFact]:
    """Return the facts of a connection whose person is not known yet, by time."""
    return _read_facts(
        conn, _facts.c.connection == connection, _facts.c.person_id.is_(None)
    )


def add_evidence(conn: Connection, evidence: Iterable[Evidence], at: datetime) -> int:
    """Store evidence that is new, one per fact and step; returns how many went in."""
    new = list(evidence)
    rows = [{**asdict(each), "recorded_at": at} for each in new]
    stored = insert_all_missing(conn, _evidence, rows)
    if stored:
        growth.mark_due(conn, {each.person_id for each in new})
    return stored


def evidence(
    conn: Connection, person_id: str | None = None, *, standing_on: date | None = None
) -> list[Evidence]:
    """Return the evidence of one person or of all, in the order it was achieved.

    With `standing_on` what was withdrawn by then is left out, and what is dated later.
    """
    names = Evidence.__dataclass_fields__
    statement = select(*(_evidence.c[name] for name in names)).order_by(
        _evidence.c.achieved_on, _evidence.c.id
    )
    if person_id is not None:
        statement = statement.where(_evidence.c.person_id == person_id)
    if standing_on is not None:
        gone = tables_talent.withdrawals
        statement = statement.where(
            _evidence.c.achieved_on <= standing_on,
            ~select(gone.c.evidence_id)
            .where(
                gone.c.evidence_id == _evidence.c.id,
                gone.c.withdrawn_on <= standing_on,
            )
            .exists(),
        )
    return [
        Evidence(**{**row._mapping, "basis": Basis(row.basis)})
        for row in conn.execute(statement)
    ]


def carried(
    conn: Connection, old: tuple[str, str], new: tuple[str, str], provenance: str
) -> list[Evidence]:
    """Return what evidence of an old step gives of a new one, where that is not there.

    Steps are competency and step; what was withdrawn gives nothing.
    """
    there, gone = _evidence.alias("there"), tables_talent.withdrawals
    statement = (
        select(_evidence)
        .outerjoin(gone, gone.c.evidence_id == _evidence.c.id)
        .where(
            _evidence.c.competency == old[0],
            _evidence.c.step == old[1],
            gone.c.evidence_id.is_(None),
            ~select(there.c.id)
            .where(
                there.c.fact_id == _evidence.c.fact_id,
                there.c.competency == new[0],
                there.c.step == new[1],
            )
            .exists(),
        )
        .order_by(_evidence.c.id)
    )
    return [
        Evidence(
            fact_id=row.fact_id,
            person_id=row.person_id,
            competency=new[0],
            step=new[1],
            basis=Basis(row.basis),
            achieved_on=row.achieved_on,
            expires_on=row.expires_on,
            provenance=f"{row.provenance}; {provenance}",
            carried_from=row.id,
        )
        for row in conn.execute(statement)
    ]


def standing_ids(conn: Connection, evidence_ids: Sequence[int]) -> set[int]:
    """Return those of these ids whose evidence is there and not withdrawn."""
    gone = tables_talent.withdrawals
    statement = (
        select(_evidence.c.id)
        .outerjoin(gone, gone.c.evidence_id == _evidence.c.id)
        .where(gone.c.evidence_id.is_(None))
    )
    return {
        each
        for part in chunks(sorted(set(evidence_ids)))
        for each in conn.execute(statement.where(_evidence.c.id.in_(part))).scalars()
    }


def told_by_hand(
    conn: Connection, person_ids: Collection[str], types: Sequence[FactType]
) -> list[StoredFact]:
    """Return the facts of some types that people told of these persons, by time."""
    return [
        stored
        for part in chunks(sorted(person_ids))
        for stored in _read_facts(
            conn,
            _facts.c.connection == BY_HAND,
            _facts.c.person_id.in_(part),
            _facts.c.type.in_([each.value for each in types]),
        )
    ]


def without_use(conn: Connection) -> list[tuple[StoredFact, int]]:
    """Return what gave known persons no evidence.

    One fact for each object of a source, and how many facts there are of it.
    """
    counted = conn.execute(
        select(func.min(_facts.c.id), func.count())
        .where(
            _facts.c.person_id.is_not(None),
            ~select(_evidence.c.id).where(_evidence.c.fact_id == _facts.c.id).exists(),
        )
        .group_by(_facts.c.connection, _facts.c.type, _facts.c.object_id)
    )
    numbers: dict[int, int] = {row[0]: row[1] for row in counted}
    return [
        (stored, numbers[stored.id])
        for part in chunks(sorted(numbers))
        for stored in _read_facts(conn, _facts.c.id.in_(part))
    ]


def evidence_rows(
    conn: Connection, person_ids: Collection[str]
) -> Iterator[tuple[Any, ...]]:
    """Yield what readiness takes from evidence, in the order it was achieved.

    A row is person, id, competency, step, basis, the days of achievement, expiry and
    withdrawal, provenance.
    """
    withdrawals = tables_talent.withdrawals
    names = ("competency", "step", "basis", "achieved_on", "expires_on")
    statement = (
        select(
            _evidence.c.person_id,
            _evidence.c.id,
            *(_evidence.c[name] for name in names),
            withdrawals.c.withdrawn_on,
            _evidence.c.provenance,
        )
        .outerjoin(withdrawals, withdrawals.c.evidence_id == _evidence.c.id)
        .order_by(_evidence.c.achieved_on, _evidence.c.id)
    )
    for part in chunks(sorted(person_ids)):
        yield from conn.execute(statement.where(_evidence.c.person_id.in_(part)))


def _without_erased(
    conn: Connection,
    connection: str,
    facts: Sequence[LearningFact],
    tombstones: Tombstones,
) -> list[LearningFact]:
    pairs = [
        (
            SourceId(IdKind.ACCOUNT, fact.person_id, connection),
            SourceId(IdKind.EMPLOYEE, fact.employee_id),
        )
        for fact in facts
    ]
    erased = tombstones.erased(conn, (one for pair in pairs for one in pair))
    return [
        fact for fact, pair in zip(facts, pairs, strict=True) if erased.isdisjoint(pair)
    ]


def _fact_row(connection: str, fact: LearningFact, at: datetime) -> dict[str, Any]:
    return {
        "connection": connection,
        "type": fact.type,
        "object_id": fact.object_id,
        "object_name": fact.object_name,
        "account_id": fact.person_id,
        "employee_id": fact.employee_id,
        "happened_at": fact.happened_at,
        "detail_json": canonical_json(dict(fact.detail)),
        "recorded_at": at,
    }


def _read_facts(
    conn: Connection, *conditions: Any, limit: int | None = None
) -> list[StoredFact]:
    rows = conn.execute(
        select(_facts)
        .where(*conditions)
        .order_by(_facts.c.happened_at, _facts.c.id)
        .limit(limit)
    )
    return [_stored_fact(row) for row in rows]


def _stored_fact(row: Row[Any]) -> StoredFact:
    return StoredFact(
        id=row.id,
        connection=row.connection,
        person_id=row.person_id,
        recorded_at=row.recorded_at,
        fact=LearningFact(
            type=FactType(row.type),
            object_id=row.object_id,
            object_name=row.object_name,
            person_id=row.account_id,
            employee_id=row.employee_id,
            happened_at=row.happened_at,
            detail=json.loads(row.detail_json),
        ),
    )
