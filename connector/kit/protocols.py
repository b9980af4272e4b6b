"""The small protocols an adapter implements, and what it is handed to work with.

An adapter implements those its platform supports; nothing here knows a platform.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from connector.kit.gates import Gate, Outlook
from connector.kit.memory import Memory, NoMemory
from connector.kit.setup import Needs
from connector.kit.values import (
    AccountBatch,
    ApplyItem,
    Check,
    ContentSet,
    Dispatch,
    DispatchFound,
    DispatchStatus,
    FactBatch,
    GuideStep,
    ImportItem,
    JudgedRating,
    KindSpec,
    LoweredRating,
    Move,
    MoveEvent,
    MovePreview,
    MoveStatus,
    OpenDispatch,
    OpenPosition,
    PeopleScope,
    PersonBatch,
    Proficient,
    ReadItem,
    ReadScope,
    RemoteIds,
    ReviewSource,
    StartedReview,
    Write,
)
from connector.kit.windows import Window


class Snapshot(Protocol):
    """One consistent reading of a target."""

    def read(self, kind: str) -> Iterator[ReadItem]:
        """Yield every object of a kind, then `Complete` or `Incomplete`.

        Raises:
            AuthError: the credentials or rights are refused.
            ReplyError: the target answered something unknown.
        """
        ...

    def people_in_scope(self) -> int | None:
        """Return how many persons the connection is about, none where unknown."""
        ...


class Catalogue(Protocol):
    """A target's job catalogue or competency tree."""

    def kinds(self) -> Sequence[KindSpec]:
        """Return the specs of the kinds this connection supports, in write order."""
        ...

    def snapshot(self, scope: ReadScope) -> Snapshot:
        """Begin one consistent reading."""
        ...

    def apply(
        self, writes: Sequence[Write], remote_ids: RemoteIds
    ) -> Iterator[ApplyItem]:
        """Send one wave of writes whose needs are confirmed.

        Yields a `Sending` before the bytes of a group leave and exactly one outcome
        per write. A closed generator sends nothing more.

        Raises:
            AuthError: stop the run; writes without an outcome were not sent,
                except those announced by an unanswered `Sending`.
        """
        ...


class People(Protocol):
    """The persons a source knows, within the connection's scope."""

    def changed_since(self, cursor: str | None) -> Iterator[PersonBatch]:
        """Yield persons changed since the cursor; all without one, and now and then.

        A person may come twice, none is missed: changes that take effect without
        being made meanwhile, such as one planned long ago, are among them.
        """
        ...


class Positions(Protocol):
    """The positions that nobody holds, within the connection's scope."""

    def open(self) -> Iterator[OpenPosition]:
        """Yield every open position; none left out, or an error.

        Raises:
            ConfigError: it is not set up; the message says how.
        """
        ...


class Learning(Protocol):
    """Completed learning, as facts."""

    def facts(self, cursor: str | None) -> Iterator[FactBatch]:
        """Yield batches of facts, each with the cursor that follows it."""
        ...


class LearningByPerson(Protocol):
    """Completed learning asked for person by person, where there is no bulk reading.

    Its cost grows with the people asked for, not with what changed. What is asked for
    is courses by their number, or learning plans by their name.
    """

    def facts_of(
        self, employee_ids: Sequence[str], courses: Collection[str]
    ) -> Iterator[FactBatch]:
        """Yield what these people completed of these courses; cursors are empty."""
        ...


class Accounts(Protocol):
    """The accounts of a source of learning."""

    def accounts(self, cursor: str | None) -> Iterator[AccountBatch]:
        """Yield accounts changed since the cursor, all of them now and then."""
        ...


class Ratings(Protocol):
    """Ratings of people in what we keep at a source of learning."""

    def proficient(self) -> Iterator[Proficient]:
        """Yield everybody who is proficient in anything; complete or an error."""
        ...

    def judged(self, wanted: Sequence[Proficient]) -> Iterator[JudgedRating]:
        """Yield what made them so, without those who are not proficient any more."""
        ...

    def lowered(self, wanted: Sequence[Proficient]) -> Iterator[LoweredRating]:
        """Yield those whom a person rated lower since, without all others.

        Who is merely no longer shown is no such: only the act of a person counts.
        """
        ...


class Talent(Protocol):
    """Evidence on a worker's record."""

    def find(self, dispatches: Sequence[Dispatch]) -> Iterator[DispatchFound]:
        """Yield those dispatches that the HRIS already shows."""
        ...

    def send(self, dispatches: Sequence[Dispatch]) -> Iterator[ApplyItem]:
        """Send dispatches; the items' refs are `Ref("dispatch", reference)`.

        Those of one worker and one kind leave together, as one process.
        """
        ...

    def follow(self, sent: Sequence[OpenDispatch]) -> Iterator[DispatchStatus]:
        """Yield what became of dispatches that no record shows yet.

        Where the HRIS does not tell, nothing is yielded.
        """
        ...


class Moves(Protocol):
    """Moves of people into other roles, which the HRIS's own approvals decide."""

    def preview(self, move: Move) -> MovePreview:
        """Read what a person must know before a move is approved; start nothing."""
        ...

    def find(self, move: Move, since: date) -> tuple[MoveEvent, ...]:
        """Return the moves of that worker that were started on `since` or later."""
        ...

    def start(self, move: Move) -> Iterator[ApplyItem]:
        """Start a move; the items' refs are `Ref("move", reference)`.

        Yields a `Sending` before the one request that starts it and exactly one
        outcome; `Done.remote_id` is the process to follow.
        """
        ...

    def status(self, remote_id: str) -> MoveStatus:
        """Return how far a started move has come."""
        ...


class Reviews(Protocol):
    """Started reviews, read without what anybody wrote in them."""

    def source(self) -> ReviewSource:
        """Return where new reviews take their content from."""
        ...

    def guide(self) -> Sequence[GuideStep]:
        """Return what somebody has to configure by hand, in order."""
        ...

    def started(self) -> Iterator[StartedReview]:
        """Yield every started review, those that are closed included.

        Raises:
            ConfigError: what serves them is not set up; the message says how.
        """
        ...

    def contents_set(self, since: date) -> Iterator[ContentSet] | None:
        """Yield the days on which contents were set; none where nobody can tell."""
        ...


class Importing(Protocol):
    """What a target holds already, told as the elements of a framework."""

    def elements(self, part: str = "") -> Iterator[ImportItem]:
        """Yield every element, what has no place in one, and what was not read.

        `part` names one of several frameworks of a target.

        Raises:
            AuthError: the credentials or rights are refused.
            ConfigError: the target holds several frameworks, or none of that name.
        """
        ...


class Doctor(Protocol):
    """Checks of everything the connection needs."""

    def checks(self) -> Iterator[Check]:
        """Yield one check after another; a failing one says how to fix it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A configured target, opened.

    `address` identifies the target itself, by what it cannot share with another
    (its root address, its host and tenant): links are trusted only while it is the
    one they were made for.
    `banner` is not empty where the target is a sandbox.
    """

    address: str
    catalogue: Catalogue
    doctor: Doctor
    people: People | None = None
    positions: Positions | None = None
    learning: Learning | None = None
    learning_by_person: LearningByPerson | None = None
    #: Learning plans that people finished, by name; asked for like courses.
    plans_by_person: LearningByPerson | None = None
    accounts: Accounts | None = None
    ratings: Ratings | None = None
    talent: Talent | None = None
    reviews: Reviews | None = None
    moves: Moves | None = None
    importing: Importing | None = None
    gate: Gate | None = None
    outlook: Outlook | None = None
    #: Times at which nothing is sent: updates and refreshes of the target.
    windows: Sequence[Window] = ()
    banner: str = ""
    close: Callable[[], None] = lambda: None


class SecretSource(Protocol):
    """Where an adapter gets its secrets, and where it leaves a rotated one."""

    def get(self, name: str) -> str:
        """Return the secret of that name; raises `ConfigError` where there is none."""
        ...

    def rotate(self, name: str, renew: Callable[[str], str]) -> str:
        """Replace a secret under a lock that excludes every other process.

        `renew` gets the stored value and returns the new one, which is stored
        durably before this returns it.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the runtime lends an adapter."""

    secrets: SecretSource
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    time_zone: str = "UTC"
    #: What the manifest says that the platform must allow.
    needs: Needs = field(default_factory=Needs)
    #: What is switched on: mapped kinds and features by name; none: not told.
    enabled: frozenset[str] | None = None
    #: Whom the connection is about: others are not fetched where that can be helped.
    scope: PeopleScope = field(default_factory=PeopleScope)
    #: What the adapter may keep between two readings.
    memory: Memory = field(default_factory=NoMemory)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPerson:
    """A person of an example organisation, for a sandbox to hold."""

    employee_id: str
    given_name: str
    family_name: str
    email: str
    organisation: str = ""
    location: str = ""
    manager_id: str = ""
    hired_on: date | None = None
    role: str = ""
    focus_area: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedCompletion:
    """A course that a person finished, by the course's idnumber."""

    employee_id: str
    course: str
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSeed:
    """What a sandbox holds when it starts.

    `courses` maps a course idnumber to its name, `levels` the key of a level to the
    name that people gave it there; `regions` are those with pay bands, by currency.
    """

    people: tuple[SeedPerson, ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    courses: Mapping[str, str] = field(default_factory=dict)


class RunningSandbox(Protocol):
    """A sandbox that is up on loopback."""

    url: str

    def settings(self) -> dict[str, Any]:
        """Return the settings of a connection to it."""
        ...

    def secrets(self) -> dict[str, str]:
        """Return the credentials it made for itself."""
        ...

    def complete_courses(self, completions: Sequence[SeedCompletion]) -> int:
        """Let learners finish courses; returns how many there were to finish."""
        ...

    def edit_by_hand(self) -> str:
        """Change one record as a person would, and say which and how."""
        ...

    def close(self) -> None:
        """End the server."""
        ...


class Adapter(Protocol):
    """One platform."""

    name: str

    def kinds(self) -> Sequence[KindSpec]:
        """Return the specs of all kinds, in write order, without a connection."""
        ...

    def connect(self, settings: Mapping[str, Any], services: Services) -> Connection:
        """Open a connection; raises `ConfigError` with every wrong setting."""
        ...

    def start_sandbox(self, seed: SandboxSeed, port: int = 0) -> RunningSandbox:
        """Start the platform's sandbox on loopback; port 0 takes a free one."""
        ...
