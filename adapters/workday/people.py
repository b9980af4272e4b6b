"""Workers as persons: all of them, or those whose record changed since the last time.

Changes come from the transaction log; a full reading now and then finds who is no
longer within the scope. Nothing is kept or logged here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element
from adapters.workday.read import Question, View, read_all
from adapters.workday.settings import Settings
from adapters.workday.wire.changes import entered, taking_effect
from adapters.workday.wire.populations import PERSON_FLAGS, workers
from adapters.workday.wire.workers import person_of, shows_employment
from connector.kit.errors import ConfigError, RejectedError, ReplyError
from connector.kit.protocols import Services
from connector.kit.values import PeopleScope, PersonBatch, SourcePerson

#: How far our clock and the tenant's may be apart.
CLOCK_SKEW = timedelta(minutes=5)
#: A transaction may show a while after the moment it is dated.
OVERLAP = timedelta(hours=1)
#: Who left the scope does not show as changed: all are read once in a while.
FULL_EVERY = timedelta(days=7)
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far the workers were read: when, for which day, when all, and of whom."""

    read_at: datetime
    day: date
    all_at: datetime
    scope: str

    def text(self) -> str:
        """Return the cursor as it is stored."""
        return json.dumps(
            {
                "read_at": self.read_at.isoformat(),
                "day": self.day.isoformat(),
                "all_at": self.all_at.isoformat(),
                "scope": self.scope,
            },
            sort_keys=True,
        )


def read_cursor(text: str) -> Cursor:
    """Return a stored cursor.

    Raises:
        ConfigError: it is none of ours.
    """
    try:
        held: dict[str, Any] = json.loads(text)
        return Cursor(
            read_at=datetime.fromisoformat(held["read_at"]).astimezone(UTC),
            day=date.fromisoformat(held["day"]),
            all_at=datetime.fromisoformat(held["all_at"]).astimezone(UTC),
            scope=str(held["scope"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"The cursor {text!r} of the workers cannot be read.",
            hint="Read all workers again: `jobframe people sync --full`.",
        ) from error


class WorkdayPeople:
    """The workers within the scope that the integration user may see."""

    def __init__(
        self, client: WorkdayClient, settings: Settings, services: Services
    ) -> None:
        self._client = client
        self._settings = settings
        self._scope = services.scope
        self._now = services.now
        self._zone = ZoneInfo(services.time_zone)

    def changed_since(self, cursor: str | None) -> Iterator[PersonBatch]:
        """Yield persons changed since the cursor, all of them without one.

        Those who left come too, as not active. The windows reach back further than
        asked: a person may come again after an hour, none is missed.

        Raises:
            AuthError, RejectedError, ReplyError, TransientError: nothing after the
                persons that came may be concluded.
            ConfigError: the cursor is not one of ours.
        """
        now = self._now().astimezone(UTC)
        last = read_cursor(cursor) if cursor else None
        scope = _scope_text(self._scope)
        is_all = last is None or last.scope != scope or now - last.all_at >= FULL_EVERY
        day = now.astimezone(self._zone).date()
        reading = _Reading(self._client, self._settings, now, day)
        if last is None or is_all:
            then = Cursor(read_at=now, day=day, all_at=now, scope=scope)
            found = reading.of(workers(self._scope))
        else:
            then = Cursor(read_at=now, day=day, all_at=last.all_at, scope=scope)
            found = self._changed(reading, last)
        while batch := tuple(islice(found, _BATCH)):
            yield PersonBatch(batch, cursor or "")
        reading.require_sight()
        if not is_all and not reading.shown:
            self._require_anybody(reading)
        yield PersonBatch(
            (), then.text(), is_all and not reading.hidden, reading.notes()
        )

    def _changed(self, reading: _Reading, last: Cursor) -> Iterator[SourcePerson]:
        """Yield who changed, each once."""
        types, since = self._settings.transaction_types, last.read_at - OVERLAP
        seen: set[str] = set()
        planned = taking_effect(last.day, reading.day, types)
        for person in reading.of(workers(self._scope, changed=planned)):
            seen.add(person.source_id)
            yield person
        for person in self._entered(reading, min(since, reading.now), types):
            if person.source_id not in seen:
                yield person

    def _entered(
        self, reading: _Reading, since: datetime, types: tuple[str, ...]
    ) -> Iterator[SourcePerson]:
        def asked(until: datetime) -> Element:
            changed = entered(min(since, until), until, types)
            return workers(self._scope, changed=changed)

        try:
            yield from reading.of(asked(reading.now))
        except RejectedError:
            # Our clock may be ahead: the window may not reach into the future.
            yield from reading.of(asked(reading.now - CLOCK_SKEW))

    def _require_anybody(self, reading: _Reading) -> None:
        """Believe that nobody changed only where somebody is shown at all."""
        if next(reading.of(workers(self._scope), size=1), None) is None:
            raise ReplyError(
                "Workday shows no worker within the scope of the connection.",
                target="workday",
                operation="Get_Workers",
                hint="Check the scope, then ask `jobframe doctor` for missing rights.",
            )


class _Reading:
    """One reading of workers, all of one moment, and what it did not show."""

    def __init__(
        self, client: WorkdayClient, settings: Settings, now: datetime, day: date
    ) -> None:
        self._client = client
        self._page_size = settings.page_size
        self._view = View(effective=day)
        self.now = now
        self.day = day
        self.shown = 0
        self.hidden = 0

    def of(self, criteria: Element, size: int = 0) -> Iterator[SourcePerson]:
        """Yield the workers that match, but for those whose employment is hidden."""
        question = Question(
            operation="Get_Workers",
            record="Worker",
            criteria=criteria,
            flags=PERSON_FLAGS,
            page_size=size or self._page_size,
        )
        for worker in read_all(self._client, question, self._view, now=self.now):
            if shows_employment(worker):
                self.shown += 1
                yield person_of(worker)
            else:
                self.hidden += 1

    def require_sight(self) -> None:
        """Refuse a reading that shows nobody's employment.

        Raises:
            ReplyError: a right is missing; nobody lost a position.
        """
        if self.hidden and not self.shown:
            raise ReplyError(
                f"Workday shows {self.hidden} workers, but the employment of none.",
                target="workday",
                operation="Get_Workers",
                hint="Grant Get in the domain Worker Data: Current Staffing "
                "Information to the integration user's security group, then run "
                "Activate Pending Security Policy Changes.",
            )

    def notes(self) -> tuple[str, ...]:
        """Return what a person should know about the reading."""
        told = (
            f"{self.hidden} workers whose employment the integration user may not see "
            "were left as they are."
        )
        return (told,) if self.hidden else ()


def _scope_text(scope: PeopleScope) -> str:
    return json.dumps([scope.organisations, scope.countries, scope.worker_types])
