"""One consistent reading of a tenant's catalogue, with the people it reaches.

A reading that may have missed something ends in `Incomplete`; an empty answer where
objects were linked is suspected before it is believed (NOTES 11).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.workday.client import WorkdayClient
from adapters.workday.facts import OPERATIONS
from adapters.workday.kinds import KINDS
from adapters.workday.read import Question, View, read_all
from adapters.workday.remembered import REMEMBERED, RememberedProfiles
from adapters.workday.settings import Settings
from adapters.workday.wire.kind import Kind
from adapters.workday.wire.populations import JOB_FLAGS, workers
from adapters.workday.wire.workers import held_profiles
from connector.kit.errors import RejectedError, TargetError, TransientError
from connector.kit.protocols import Services
from connector.kit.values import (
    Complete,
    Found,
    Incomplete,
    PeopleScope,
    ReadItem,
    ReadScope,
)

#: Counting workers is slow; their number need not be of this minute.
_COUNT_HOLDS = timedelta(minutes=15)


class Holders:
    """How many active workers hold each job profile, counted now and then.

    A tenant that does not let us see workers leaves the numbers unknown.
    """

    def __init__(
        self, client: WorkdayClient, settings: Settings, scope: PeopleScope
    ) -> None:
        self._client = client
        self._settings = settings
        self._scope = scope
        self._counted: dict[date, tuple[datetime, Counter[str], int | None]] = {}

    def count(self, day: date, now: datetime) -> tuple[Counter[str], int | None]:
        """Return workers by the WID of their profile, and all of them together."""
        known = self._counted.get(day)
        if known is None or now - known[0] > _COUNT_HOLDS:
            known = (now, *self._read(day, now))
            self._counted[day] = known
        return known[1], known[2]

    def _read(self, day: date, now: datetime) -> tuple[Counter[str], int | None]:
        question = Question(
            operation="Get_Workers",
            record="Worker",
            criteria=workers(self._scope, is_active=True),
            flags=JOB_FLAGS,
            page_size=self._settings.page_size,
        )
        holders: Counter[str] = Counter()
        people = 0
        try:
            for worker in read_all(self._client, question, View(day), now=now):
                people += 1
                holders.update(held_profiles(worker))
        except TargetError:
            return Counter(), None
        return holders, people or None


class WorkdaySnapshot:
    """One consistent reading, of a day and a moment."""

    def __init__(
        self,
        client: WorkdayClient,
        scope: ReadScope,
        holders: Holders,
        settings: Settings,
        services: Services,
    ) -> None:
        self._client = client
        self._scope = scope
        self._holders = holders
        self._view = View(effective=scope.as_of)
        self._settings = settings
        self._memory = services.memory
        self._now = services.now()
        zone = ZoneInfo(services.time_zone)
        self._is_of_today = scope.as_of == self._now.astimezone(zone).date()

    def read(self, kind: str) -> Iterator[ReadItem]:
        """Yield every object of a kind, then `Complete` or `Incomplete`.

        Raises:
            AuthError: the credentials or rights are refused.
            ReplyError: the tenant answered something unknown.
        """
        seen = 0
        try:
            for found in self._found(KINDS[kind]):
                seen += 1
                yield found
        except (RejectedError, TransientError) as error:
            yield Incomplete(error.message)
            return
        linked = len(self._scope.linked.get(kind, ()))
        if linked and not seen:
            domain = OPERATIONS[KINDS[kind].get].domain
            yield Incomplete(
                f"Workday shows no {KINDS[kind].spec.label} at all, but {linked} were "
                f"linked: the right to Get in the domain {domain} may be missing."
            )
        else:
            yield Complete()

    def people_in_scope(self) -> int | None:
        """Return how many active workers the tenant shows us, none where none."""
        return self._holders.count(self._scope.as_of, self._now)[1]

    def _found(self, kind: Kind) -> Iterator[Found]:
        holders: Counter[str] = Counter()
        if kind.spec.name == "job_profile":
            holders = self._holders.count(self._scope.as_of, self._now)[0]
        question = Question(
            operation=kind.get,
            record=kind.record,
            criteria=kind.criteria(),
            page_size=self._settings.page_size,
        )
        for found in self._read(kind, question):
            people = holders[found.remote_id]
            yield replace(found, people=people) if people else found

    def _read(self, kind: Kind, question: Question) -> Iterator[Found]:
        if kind.spec.name == REMEMBERED and self._is_of_today:
            version = self._settings.versions[OPERATIONS[kind.get].service]
            profiles = RememberedProfiles(
                self._client,
                self._memory,
                question,
                self._view,
                day=self._scope.as_of,
                now=self._now,
                version=version,
            )
            yield from profiles.found(kind)
            return
        for record in read_all(self._client, question, self._view, now=self._now):
            yield kind.found(record)
