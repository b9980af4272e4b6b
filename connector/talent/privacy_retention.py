"""Deletes what has been kept for as long as its use allows (docs/operators.md).

What stands for somebody who works here stays: the months of a use begin when something
stopped counting, or when the person left. Whom a legal hold protects keeps everything.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
)

from connector.store import audit, holds, tables, tables_talent
from connector.store.columns import chunks
from connector.store.subjects import rows_about, subject_of
from connector.talent.ground import Ground

#: So many days somebody is kept whom the source no longer shows.
UNSEEN_DAYS = 30
#: What each use keeps of a person, and takes when its months are over.
_EVIDENCE = (
    tables.facts,
    tables.evidence,
    tables.dispatches,
    tables.known_ratings,
    tables_talent.contributions,
    tables_talent.withdrawals,
    tables_talent.revocations,
)
_READINESS = (
    tables_talent.readiness,
    tables_talent.readiness_due,
    tables_talent.role_judgements,
    tables_talent.chosen_targets,
    tables_talent.levels_held,
)
_PROPOSALS = (tables_talent.proposals, tables_talent.conversions)
_ENDED = ("declined", "decided", "expired", "withdrawn")
_SETTLED = ("confirmed", "denied", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """How many months each use keeps its data; none for no end."""

    evidence: int | None = None
    readiness: int | None = None
    proposals: int | None = None
    suggestions: int | None = None
    uses: frozenset[str] = frozenset()

    @property
    def longest(self) -> int | None:
        """Return for how long people are known who left; none where no end is set.

        Only the uses that are on count; without any nobody's data has an end.
        """
        months = [getattr(self, each) for each in sorted(self.uses)]
        return None if not months or None in months else max(months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What retention takes, or took: rows by table, and people as a whole."""

    rows: Mapping[str, int]
    people: int
    held: int
    is_done: bool


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or the last one of that month."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def left_before(periods: Periods, today: date) -> date | None:
    """Return the day before which who left is not known any more, if there is one."""
    if periods.longest is None:
        return None
    return months_before(today, periods.longest)


def retain(
    ground: Ground, periods: Periods, today: date, actor: str, *, is_applied: bool
) -> Retained:
    """Delete what was kept for long enough; without `is_applied` undo it."""
    with ground.database.write() as conn:
        with conn.begin_nested() as nested:
            run = _Run(ground, conn, periods, today)
            run.all()
            if not is_applied:
                nested.rollback()
        if is_applied and run.rows:
            audit.append(
                conn,
                at=ground.now(),
                actor="talent",
                action="retention",
                detail={"by": actor, "people": run.people, "rows": dict(run.rows)},
            )
    if is_applied:
        ground.database.settle_log()
    return Retained(
        rows=dict(sorted(run.rows.items())),
        people=run.people,
        held=len(run.held),
        is_done=is_applied,
    )


class _Run:
    """One pass over everything, in one transaction."""

    def __init__(
        self, ground: Ground, conn: Connection, periods: Periods, today: date
    ) -> None:
        self.rows: Counter[str] = Counter()
        self.people = 0
        self.held = {each.person_id for each in holds.all(conn)}
        self._ground = ground
        self._conn = conn
        self._periods = periods
        self._today = today

    def all(self) -> None:
        """Take people first, then what is left of single uses."""
        for person_id in self._people_to_forget():
            done = self._ground.tombstones.let_go(
                self._conn, person_id, self._ground.now()
            )
            self.rows.update(done)
            self.people += 1
        uses = (
            (self._periods.evidence, _EVIDENCE, self._old_evidence),
            (self._periods.readiness, _READINESS, _nothing),
            (self._periods.proposals, _PROPOSALS, self._old_proposals),
        )
        for months, kept, old in uses:
            if months is None:
                continue
            day = months_before(self._today, months)
            for person_id in self._gone_before(day):
                self._take_of(person_id, kept)
            for table, condition in old(day):
                self._take(table, condition)

    def _people_to_forget(self) -> list[str]:
        """Return who left, or is seen no more, for long enough."""
        persons = tables.persons
        unseen = self._ground.now() - timedelta(days=UNSEEN_DAYS)
        is_unseen = and_(persons.c.is_unseen, persons.c.updated_at < unseen)
        day = left_before(self._periods, self._today)
        found = or_(is_unseen, _left_before(day)) if day else is_unseen
        return self._free(select(persons.c.id).where(found))

    def _gone_before(self, day: date) -> list[str]:
        return self._free(select(tables.persons.c.id).where(_left_before(day)))

    def _free(self, statement: Select[Any]) -> list[str]:
        """Return whom no hold protects."""
        found = self._conn.execute(statement).scalars()
        return sorted(set(found) - self.held)

    def _take_of(self, person_id: str, kept: Collection[Table]) -> None:
        about = rows_about(self._conn, subject_of(self._conn, person_id))
        for table in reversed(about):
            if table in kept:
                self._take(table, about[table])

    def _take(self, table: Table, condition: ColumnElement[bool]) -> None:
        gone = self._conn.execute(delete(table).where(condition)).rowcount
        if gone:
            self.rows[table.name] += gone

    def _old_evidence(self, day: date) -> Iterator[tuple[Table, ColumnElement[bool]]]:
        """Yield facts that prove nothing since before a day, and what rests on them.

        What was withdrawn stays: without it the evidence would stand again, should the
        source be read anew.
        """
        facts, instant = tables.facts, _midnight(day)
        free = self._is_free(facts.c.person_id)
        over = self._conn.execute(
            select(facts.c.id).where(
                facts.c.happened_at < instant,
                facts.c.recorded_at < instant,
                free,
                *_nothing_rests_on(facts, day),
            )
        ).scalars()
        for part in chunks(sorted(over)):
            for table in (tables.dispatches, tables.evidence):
                yield table, table.c.fact_id.in_(part)
            yield facts, facts.c.id.in_(part)
        yield tables.tasks, tables.tasks.c.closed_at < instant

    def _old_proposals(self, day: date) -> Iterator[tuple[Table, ColumnElement[bool]]]:
        """Yield what came to its end before a day."""
        instant = _midnight(day)
        for table in _PROPOSALS:
            ended = func.coalesce(table.c.decided_at, table.c.drafted_at) < instant
            is_over = (
                table.c.state.in_(_ENDED)
                if table is tables_talent.proposals
                else table.c.decided_at.is_not(None)
            )
            yield table, and_(ended, is_over, self._is_free(table.c.person_id))

    def _is_free(self, column: ColumnElement[str | None]) -> ColumnElement[bool]:
        held = select(tables_talent.legal_holds.c.person_id)
        return or_(column.is_(None), not_(column.in_(held)))


def _nothing(_: date) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    return iter(())


def _left_before(day: date) -> ColumnElement[bool]:
    """Tell who left before a day; without a day of leaving, since it was seen."""
    persons = tables.persons
    seen = and_(persons.c.left_on.is_(None), persons.c.updated_at < _midnight(day))
    return and_(persons.c.is_active.is_(False), or_(persons.c.left_on < day, seen))


def _nothing_rests_on(facts: Table, day: date) -> Iterator[ColumnElement[bool]]:
    """Yield that a fact proves nothing after a day, and that nobody waits for it."""
    evidence, withdrawals = tables.evidence, tables_talent.withdrawals
    contributions, dispatches = tables_talent.contributions, tables.dispatches
    withdrawn = select(withdrawals.c.evidence_id)
    yield ~exists().where(
        evidence.c.fact_id == facts.c.id,
        or_(
            evidence.c.expires_on.is_(None),
            evidence.c.expires_on >= day,
            evidence.c.id.in_(withdrawn),
        ),
    )
    yield ~exists().where(contributions.c.fact_id == facts.c.id)
    yield ~exists().where(
        dispatches.c.fact_id == facts.c.id, dispatches.c.state.not_in(_SETTLED)
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
