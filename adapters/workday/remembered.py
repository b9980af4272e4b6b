"""Job profiles by what changed: the rest is as it was remembered.

Only a reading of today is remembered. The memory is believed while nothing was lost
from it and it holds as many profiles as the tenant; all are read again once a day, and
after every write of ours (Workday contract, 2.5: other kinds have no such log).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element, group
from adapters.workday.facts import FLAGS
from adapters.workday.people import CLOCK_SKEW, OVERLAP
from adapters.workday.read import Question, View, count_all, read_all
from adapters.workday.wire.changes import entered, taking_effect
from adapters.workday.wire.kind import Kind
from connector.kit.errors import RejectedError
from connector.kit.memory import Memory
from connector.kit.values import Found, fields_from_json, fields_to_json

REMEMBERED = "job_profile"
FULL_EVERY = timedelta(days=1)
_REQUEST = "Get_Job_Profiles_Request"
_BATCH = 200
#: Changes with the form in which a profile is remembered.
_FORM = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is remembered: of when, of which day, how much, and as what form."""

    generation: str
    read_at: datetime
    day: date
    all_at: datetime
    count: int
    form: str

    def text(self) -> str:
        """Return the mark as it is kept."""
        return json.dumps(
            {
                "generation": self.generation,
                "read_at": self.read_at.isoformat(),
                "day": self.day.isoformat(),
                "all_at": self.all_at.isoformat(),
                "count": self.count,
                "form": self.form,
            },
            sort_keys=True,
        )


def read_mark(text: str) -> Mark | None:
    """Return a mark, none where there is none that can be read."""
    try:
        held: dict[str, Any] = json.loads(text)
        return Mark(
            generation=str(held["generation"]),
            read_at=datetime.fromisoformat(held["read_at"]),
            day=date.fromisoformat(held["day"]),
            all_at=datetime.fromisoformat(held["all_at"]),
            count=int(held["count"]),
            form=str(held["form"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


class RememberedProfiles:
    """The job profiles of a tenant as they are today."""

    def __init__(
        self,
        client: WorkdayClient,
        memory: Memory,
        question: Question,
        view: View,
        *,
        day: date,
        now: datetime,
        version: str,
    ) -> None:
        self._client = client
        self._memory = memory
        self._question = question
        self._view = view
        self._day = day
        self._now = now.astimezone(UTC)
        self._form = json.dumps([_FORM, version, FLAGS.get(_REQUEST, ())])

    def found(self, kind: Kind) -> Iterator[Found]:
        """Yield every job profile; errors as `read_all`."""
        mark = self._usable_mark()
        if mark is None or not self._is_brought_up_to_date(kind, mark):
            yield from self._all(kind)
            return
        for _, text in self._memory.entries(REMEMBERED, mark.generation):
            yield _found(text)

    def _usable_mark(self) -> Mark | None:
        mark = read_mark(self._memory.mark(REMEMBERED))
        if mark is None or mark.form != self._form or mark.day > self._day:
            return None
        is_old = self._now - mark.all_at >= FULL_EVERY
        held = self._memory.count(REMEMBERED, mark.generation)
        return None if is_old or held != mark.count else mark

    def _is_brought_up_to_date(self, kind: Kind, mark: Mark) -> bool:
        """Remember what changed; false where the memory does not add up then."""
        try:
            planned = taking_effect(mark.day, self._day)
            self._remember(self._asked(planned), kind, mark.generation)
            self._remember_entered(kind, mark)
        except RejectedError:
            # This tenant cannot be asked for changes.
            return False
        held = self._memory.count(REMEMBERED, mark.generation)
        shown = count_all(self._client, self._question, self._view, now=self._now)
        if held != shown:
            return False
        then = replace(mark, read_at=self._now, day=self._day, count=held)
        self._memory.settle(REMEMBERED, mark.generation, then.text())
        return True

    def _remember_entered(self, kind: Kind, mark: Mark) -> None:
        since = mark.read_at - OVERLAP

        def asked(until: datetime) -> Question:
            return self._asked(entered(min(since, until), until))

        try:
            self._remember(asked(self._now), kind, mark.generation)
        except RejectedError:
            # Our clock may be ahead: the window may not reach into the future.
            late = asked(self._now - CLOCK_SKEW)
            self._remember(late, kind, mark.generation)

    def _asked(self, changed: Element) -> Question:
        criteria = group("Request_Criteria", [changed], within=_REQUEST)
        return replace(self._question, criteria=criteria)

    def _remember(self, question: Question, kind: Kind, generation: str) -> None:
        for _ in self._kept(question, kind.found, generation):
            pass

    def _all(self, kind: Kind) -> Iterator[Found]:
        generation, count = self._now.isoformat(), 0
        for found in self._kept(self._question, kind.found, generation):
            count += 1
            yield found
        mark = Mark(
            generation=generation,
            read_at=self._now,
            day=self._day,
            all_at=self._now,
            count=count,
            form=self._form,
        )
        self._memory.settle(REMEMBERED, generation, mark.text())

    def _kept(
        self, question: Question, made: Callable[[Element], Found], generation: str
    ) -> Iterator[Found]:
        """Yield what a question finds, remembering it batch by batch."""
        records = read_all(self._client, question, self._view, now=self._now)
        found = (made(record) for record in records)
        while batch := tuple(islice(found, _BATCH)):
            entries = [(each.remote_id, _text(each)) for each in batch]
            self._memory.put(REMEMBERED, generation, entries)
            yield from batch


def _text(found: Found) -> str:
    return json.dumps(
        {
            "remote_id": found.remote_id,
            "identity": found.identity,
            "fields": fields_to_json(found.fields),
            "label": found.label,
        },
        ensure_ascii=False,
    )


def _found(text: str) -> Found:
    held: dict[str, Any] = json.loads(text)
    return Found(
        kind=REMEMBERED,
        remote_id=held["remote_id"],
        identity=held["identity"],
        fields=fields_from_json(held["fields"]),
        label=held["label"],
    )
