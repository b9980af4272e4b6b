"""Workers as persons: all of them, or those changed since a moment.

The cursor is the instant, in ISO form, at which the reading before began. Nothing is
kept or logged here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element
from adapters.workday.read import Question, View, read_all
from adapters.workday.settings import Settings
from adapters.workday.wire.workers import (
    PERSON_FLAGS,
    all_workers,
    changed_workers,
    person_of,
)
from connector.kit.errors import ConfigError, RejectedError
from connector.kit.values import SourcePerson

#: How far our clock and the tenant's may be apart.
CLOCK_SKEW = timedelta(minutes=5)


class WorkdayPeople:
    """The workers that the integration user may see."""

    def __init__(
        self, client: WorkdayClient, settings: Settings, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._settings = settings
        self._now = now

    def changed_since(self, cursor: str | None) -> Iterator[SourcePerson]:
        """Yield persons changed since the cursor, all of them without one.

        Those who left come too, as not active. The window begins earlier than asked
        by the clocks' possible difference: a person may come twice, none is missed.

        Raises:
            AuthError, RejectedError, ReplyError, TransientError: nothing after the
                persons that came may be concluded.
            ConfigError: the cursor is no instant.
        """
        contingent = self._settings.contingent_workers
        if cursor is None:
            yield from self._read(all_workers(contingent=contingent))
            return
        since, now = _instant(cursor) - CLOCK_SKEW, self._now().astimezone(UTC)
        try:
            yield from self._read(self._changed(since, now))
        except RejectedError:
            # Our clock may be ahead: the window may not reach into the future.
            yield from self._read(self._changed(since, now - CLOCK_SKEW))

    def _changed(self, since: datetime, until: datetime) -> Element:
        return changed_workers(
            min(since, until).isoformat(),
            until.isoformat(),
            self._settings.transaction_types,
            contingent=self._settings.contingent_workers,
        )

    def _read(self, criteria: Element | None) -> Iterator[SourcePerson]:
        question = Question(
            operation="Get_Workers",
            record="Worker",
            criteria=criteria,
            flags=PERSON_FLAGS,
            page_size=self._settings.page_size,
        )
        for worker in read_all(self._client, question, View(), now=self._now()):
            yield person_of(worker)


def _instant(cursor: str) -> datetime:
    try:
        moment = datetime.fromisoformat(cursor)
    except ValueError as error:
        raise ConfigError(
            f"The cursor {cursor!r} of the workers is no instant.",
            hint="Read all workers again.",
        ) from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
