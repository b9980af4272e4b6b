"""What a check of started reviews looks at, gathered from the store and a connection.

The mapping decides what a role's review asks, so the wanted records are made with it;
the journal tells what stood in a profile when a content was set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection as SqlConnection

from connector.framework.model import Framework
from connector.kit.errors import AuthError, RejectedError, ReplyError
from connector.kit.protocols import Reviews
from connector.kit.values import (
    Record,
    Ref,
    ReviewSource,
    Rows,
    SourceAssignment,
    StartedReview,
    Value,
)
from connector.runtime.instance import Instance
from connector.store import journal, links, people
from connector.store.people import HeldRole
from connector.sync.engine import Edition, Engine
from connector.sync.mapper import map_records
from connector.sync.plan import Change
from connector.sync.plan_json import plan_from_json
from connector.talent.review_checks import (
    CheckGround,
    ContentChange,
    Criteria,
    Reviewed,
)
from connector.talent.workforce import role_of

#: Contents are set up to this long before a period begins.
_BEFORE = timedelta(days=92)
#: How far back is looked where no review names its period.
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The ground of a check, and what could not be had for it, in words."""

    ground: CheckGround
    gap: str = ""


def gather(
    instance: Instance,
    engine: Engine,
    edition: Edition,
    reviews: Reviews,
    started: Sequence[StartedReview],
) -> Gathered:
    """Gather everything that started reviews are compared with.

    Raises:
        FrameworkError: the framework cannot be mapped to this connection.
        TransientError: the days of contents cannot be read.
    """
    source = reviews.source()
    records = map_records(
        engine.mapping,
        edition.framework,
        list(engine.specs.values()),
        engine.people(edition.as_of),
        connection=engine.name,
    ).records
    since = _since(started, instance.today())
    days, gap = _contents_set(instance, engine.name, reviews, since)
    with instance.database.read() as conn:
        persons = _Persons(conn, instance, engine.name, edition.framework, days or {})
        ground = CheckGround(
            people=persons.reviewed({each.employee_id for each in started}),
            profiles={
                record.key: _criteria(record.fields.get(source.criteria), source)
                for record in records
                if record.kind == source.kind
            },
            changes=_changes(conn, instance, engine.name, source, since),
            competencies=_competencies(conn, engine.name, records, source),
            named={
                **_names(edition.framework),
                **_rating_names(records, source),
            },
            rules=source.templates,
            are_dates_known=days is not None,
        )
    return Gathered(ground, gap)


def _since(started: Iterable[StartedReview], today: date) -> date:
    starts = [each.period_start for each in started if each.is_open]
    known = [day for day in starts if day is not None]
    return min(known, default=today - _YEAR) - _BEFORE


def _contents_set(
    instance: Instance, name: str, reviews: Reviews, since: date
) -> tuple[dict[str, list[date]] | None, str]:
    """Return the days by person of ours, none where nobody can tell, and why."""
    try:
        told = reviews.contents_set(since)
        found = None if told is None else list(told)
    except (AuthError, RejectedError, ReplyError) as error:
        why = f"{error.message} {error.hint}".rstrip()
        return None, f"The days of contents cannot be read: {why}"
    if found is None:
        return None, ""
    with instance.database.read() as conn:
        ids = people.ids_by_source(conn, name)
    days: dict[str, list[date]] = {}
    for each in found:
        if each.source_id in ids:
            days.setdefault(ids[each.source_id], []).append(each.on)
    return days, ""


class _Persons:
    """Who is reviewed, in which role, and since when."""

    def __init__(
        self,
        conn: SqlConnection,
        instance: Instance,
        name: str,
        framework: Framework,
        days: Mapping[str, list[date]],
    ) -> None:
        self.conn, self.instance, self.framework = conn, instance, framework
        self.days = days
        self.keys = links.keys(conn, name)
        self.held = people.assignments(conn)
        self.left: dict[str, list[HeldRole]] = {}
        for each in people.held_roles(conn):
            if each.connection == name and each.ended_at is not None:
                self.left.setdefault(each.person_id, []).append(each)

    def reviewed(self, employee_ids: set[str]) -> dict[str, Reviewed]:
        """Return them by employee id; one that several bear is nobody's."""
        ids = people.by_employee_id(self.conn, employee_ids)
        return {
            employee_id: self._reviewed(found[0])
            for employee_id, found in ids.items()
            if len(found) == 1
        }

    def _reviewed(self, person: str) -> Reviewed:
        profile = self._profile(self.held.get(person, ()))
        role = self.framework.roles.get(role_of(profile or "")[0])
        former, since = self._former(person)
        return Reviewed(
            person_id=person,
            profile=profile,
            track=role.track.value if role and role.track else "",
            family=role.family if role else "",
            former=former,
            since=since,
            contents_set=tuple(self.days.get(person, ())),
        )

    def _profile(self, held: Sequence[SourceAssignment]) -> str | None:
        for each in sorted(held, key=lambda item: not item.is_primary):
            if each.role is not None:
                return self.keys.get((each.role.kind, each.role.remote_id))
        return None

    def _former(self, person: str) -> tuple[str | None, date | None]:
        """Return the profile left last, and the day on which that was seen."""
        left = [
            (each.ended_at, self.keys.get((each.role.kind, each.role.remote_id)))
            for each in self.left.get(person, ())
            if each.ended_at is not None
        ]
        if not left:
            return None, None
        ended_at, key = max(left, key=lambda pair: pair[0])
        return key, self.instance.home.today(ended_at)


def _criteria(value: Value, source: ReviewSource) -> Criteria:
    """Return the ratings of a group of rows by competency of ours."""
    found: dict[str, str] = {}
    for row in value.rows if isinstance(value, Rows) else ():
        competency = row.fields.get(source.competency)
        if isinstance(competency, Ref):
            found[competency.key] = str(row.fields.get(source.rating) or "")
    return found


def _changes(
    conn: SqlConnection,
    instance: Instance,
    name: str,
    source: ReviewSource,
    since: date,
) -> dict[str, list[ContentChange]]:
    """Return the confirmed changes of each profile since a day, oldest first."""
    zone = instance.home.time_zone
    earliest = datetime.combine(since, time.min, zone)
    found: dict[str, list[ContentChange]] = {}
    for key, on, change in _settled(conn, instance, name, source, earliest):
        found.setdefault(key, []).append(_content_change(change, on, source))
    for changes in found.values():
        changes.sort(key=lambda each: each.on)
    return found


def _settled(
    conn: SqlConnection,
    instance: Instance,
    name: str,
    source: ReviewSource,
    earliest: datetime,
) -> Iterator[tuple[str, date, Change]]:
    for run_id, done in journal.done_since(conn, name, source.kind, earliest).items():
        run = journal.read_run(conn, run_id)
        if run is None:
            continue
        for change in plan_from_json(json.loads(run.plan_json)).changes:
            names = {item.name for item in change.fields}
            settled_at = done.get(change.slot)
            if settled_at is not None and names & source.fields:
                yield change.key, instance.home.today(settled_at), change


def _content_change(change: Change, on: date, source: ReviewSource) -> ContentChange:
    for item in change.fields:
        if item.name == source.criteria:
            return ContentChange(
                on, _criteria(item.before, source), _criteria(item.after, source)
            )
    same = _criteria(change.record.get(source.criteria), source)
    return ContentChange(on, same, same)


def _competencies(
    conn: SqlConnection, name: str, records: Iterable[Record], source: ReviewSource
) -> dict[str, str]:
    """Return our key of each competency by what the HRIS calls it.

    An adopted competency keeps the reference ID that it had: its link knows it.
    """
    kind = source.competency_kind
    wanted = {each.identity: each.key for each in records if each.kind == kind}
    known = {
        each.identity: each.key for each in links.all(conn, name) if each.kind == kind
    }
    return {**wanted, **known}


def _names(framework: Framework) -> dict[str, str]:
    return {key: str(each.name) for key, each in framework.competencies.items()}


def _rating_names(records: Iterable[Record], source: ReviewSource) -> dict[str, str]:
    """Return the words for each rating."""
    found: dict[str, str] = {}
    for record in records:
        value = record.fields.get(source.ratings)
        if record.kind == source.scale_kind and isinstance(value, Rows):
            for row in value.rows:
                found[str(row.fields.get("id"))] = str(row.fields.get("name"))
    return found
