"""A deployment for the tests of `talent`: one person, one framework, two systems.

The LMS and the HRIS are plain lists: what they say is written into them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from connector.framework.model import (
    Competency,
    Framework,
    GivenStep,
    LearningActivity,
    Pathway,
    ProficiencyScale,
    Requirement,
    Role,
    Step,
    Text,
)
from connector.kit.errors import AuthError, TransientError
from connector.kit.values import (
    ApplyItem,
    Dispatch,
    DispatchFound,
    DispatchStatus,
    Done,
    FactBatch,
    FactType,
    Foreign,
    LearningFact,
    OpenDispatch,
    PersonBatch,
    Ref,
    Sending,
    SourceAssignment,
    SourcePerson,
)
from connector.store import links, people
from connector.store.database import Database, open_database
from connector.store.tombstones import Tombstones
from connector.store.values import Link
from connector.sync.fingerprint import keyed_digest
from connector.talent.ground import Ground

#: The job profile of a deckhand in the HRIS.
DECKHAND = "wid-deckhand"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def text(words: str) -> Text:
    return Text((("en", words),))


FRAMEWORK = Framework(
    key="harbour",
    name=text("Harbour"),
    scales={
        "craft": ProficiencyScale(
            key="craft",
            name=text("Craft"),
            steps=(
                Step(key="low", name=text("Low")),
                Step(key="high", name=text("High")),
            ),
        )
    },
    competencies={
        key: Competency(key=key, name=text(key.title()), scale="craft")
        for key in ("knots", "sails")
    },
    roles={
        "deckhand": Role(
            key="deckhand",
            name=text("Deckhand"),
            family="deck",
            requirements=tuple(
                Requirement(competency=key, step="low") for key in ("knots", "sails")
            ),
        )
    },
    pathways={
        "start": Pathway(
            key="start",
            name=text("Start"),
            activities=(
                LearningActivity(
                    key="knots",
                    name=text("Knots"),
                    course="KNOT-101",
                    gives=(
                        GivenStep(competency="knots", step="low"),
                        GivenStep(competency="sails", step="low"),
                    ),
                ),
            ),
        )
    },
)


@dataclass
class Lms:
    """An LMS that reports what its lists hold, a batch at a time."""

    batches: list[FactBatch] = field(default_factory=list)
    cursors: list[str | None] = field(default_factory=list)
    breaks_off: bool = False

    def facts(self, cursor: str | None) -> Iterator[FactBatch]:
        self.cursors.append(cursor)
        yield from self.batches
        if self.breaks_off:
            raise TransientError("the connection broke off")


@dataclass
class Hris:
    """An HRIS: `shown` is on workers' records, `answers` what it says to a dispatch."""

    shown: dict[str, str] = field(default_factory=dict)
    answers: Callable[[Ref], ApplyItem] | None = None
    fates: dict[str, DispatchStatus] = field(default_factory=dict)
    followed: list[OpenDispatch] = field(default_factory=list)
    sent: list[Dispatch] = field(default_factory=list)
    asked: list[list[str]] = field(default_factory=list)
    fails_with: BaseException | None = None

    def find(self, dispatches: Sequence[Dispatch]) -> Iterator[DispatchFound]:
        references = [each.reference for each in dispatches]
        self.asked.append(references)
        for reference in references:
            if reference in self.shown:
                yield DispatchFound(reference, self.shown[reference])

    def send(self, dispatches: Sequence[Dispatch]) -> Iterator[ApplyItem]:
        for dispatch in dispatches:
            ref = Ref("dispatch", dispatch.reference)
            if isinstance(self.fails_with, AuthError):
                raise self.fails_with
            yield Sending((ref,), "group")
            if self.fails_with:
                raise self.fails_with
            self.sent.append(dispatch)
            if self.answers is not None:
                yield self.answers(ref)
                continue
            self.shown[dispatch.reference] = f"wid-{ref.key}"
            yield Done(ref, f"event-{ref.key}")

    def follow(self, sent: Sequence[OpenDispatch]) -> Iterator[DispatchStatus]:
        self.followed.extend(sent)
        for each in sent:
            if each.dispatch.reference in self.fates:
                yield self.fates[each.dispatch.reference]


@dataclass
class Staff:
    """The persons of an HRIS, told in batches of two."""

    persons: list[SourcePerson]
    cursors: list[str | None] = field(default_factory=list)
    breaks_off: bool = False

    def changed_since(self, cursor: str | None) -> Iterator[PersonBatch]:
        self.cursors.append(cursor)
        for start in range(0, len(self.persons), 2):
            yield PersonBatch(tuple(self.persons[start : start + 2]), cursor or "")
        if self.breaks_off:
            raise TransientError("the connection broke off")
        yield PersonBatch((), f"after {len(self.cursors)}", is_all=cursor is None)


def make_ground(folder: Path) -> Ground:
    database: Database = open_database(f"sqlite:///{folder / 'test.db'}")
    database.migrate()
    numbers = itertools.count(1)
    return Ground(
        database=database,
        tombstones=Tombstones(b"k" * 32),
        digest=keyed_digest(b"k" * 32),
        now=lambda: NOON,
        new_id=lambda: f"person-{next(numbers)}",
        time_zone=ZoneInfo("Europe/Warsaw"),
    )


def worker(employee_id: str, **more: object) -> SourcePerson:
    person = SourcePerson(
        source_id=f"wid-{employee_id}",
        employee_id=employee_id,
        name="Ada Example",
        assignments=(
            SourceAssignment(
                position_id=f"P-{employee_id}", role=Foreign("job_profile", DECKHAND)
            ),
        ),
    )
    return replace(person, **more)  # type: ignore[arg-type]


def link_roles(ground: Ground, **remote_ids: str) -> None:
    """Let job profiles of the HRIS stand for roles of the framework."""
    with ground.database.write() as conn:
        links.save(
            conn,
            "hris",
            [
                Link(
                    kind="job_profile", key=key, remote_id=wid, identity=key, fields={}
                )
                for key, wid in remote_ids.items()
            ],
        )


def hire(ground: Ground, *persons: SourcePerson) -> None:
    with ground.database.write() as conn:
        people.save(
            conn,
            "hris",
            persons,
            tombstones=ground.tombstones,
            new_id=ground.new_id,
            at=NOON,
        )


def fact(
    account: str = "7",
    employee_id: str = "0021",
    course: str = "KNOT-101",
    days: int = 0,
    at: datetime | None = None,
) -> LearningFact:
    return LearningFact(
        type=FactType.COURSE_COMPLETION,
        object_id=course,
        object_name="Knots for all",
        person_id=account,
        employee_id=employee_id,
        happened_at=at or NOON + timedelta(days=days),
    )


def batch(*facts: LearningFact, cursor: str = "c1") -> FactBatch:
    return FactBatch(facts, cursor)


def day(text_of_day: str) -> date:
    return date.fromisoformat(text_of_day)
