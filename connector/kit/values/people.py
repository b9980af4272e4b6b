"""Persons, their learning and what is sent back about them.

All of it is personal data: it is stored only within a connection's scope and never
logged. Source ids are texts, leading zeros kept. Instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from connector.kit.values.data import Foreign


class WorkerType(StrEnum):
    """What binds somebody to the organisation."""

    EMPLOYEE = "employee"
    CONTINGENT = "contingent"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleScope:
    """The population that a connection is about; an empty member limits nothing.

    Organisations go by the source's own ids, those below them included; countries by
    ISO 3166-1 codes of two letters.
    """

    organisations: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    worker_types: tuple[WorkerType, ...] = (WorkerType.EMPLOYEE,)

    def holds(self, person: SourcePerson) -> bool:
        """Tell whether a person is within, as far as the source shows it.

        Organisations are for the source to filter: only it knows what is below them.
        """
        if person.worker_type not in self.worker_types:
            return False
        shown = {each.country for each in person.assignments if each.country}
        return not (self.countries and shown) or not shown.isdisjoint(self.countries)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAssignment:
    """A position held, as the HRIS shows it.

    `since` is when it was taken up, `moved_on` from when it is as it is; the store
    keeps that day for as long as the role stays. `country` is where the work is done,
    for an international assignment the host.
    """

    position_id: str
    role: Foreign | None
    is_primary: bool = True
    since: date | None = None
    moved_on: date | None = None
    location: str = ""
    country: str = ""
    organisation: str = ""
    is_international: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePerson:
    """A worker or an account, as its source shows it.

    `first_hired_on` is before `hired_on` for who came back.
    """

    source_id: str
    employee_id: str
    name: str
    email: str = ""
    is_active: bool = True
    is_on_leave: bool = False
    worker_type: WorkerType = WorkerType.EMPLOYEE
    manager_id: str = ""
    hired_on: date | None = None
    first_hired_on: date | None = None
    left_on: date | None = None
    assignments: tuple[SourceAssignment, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonBatch:
    """Some persons, and the cursor to store once they are stored; empty for none yet.

    `is_all` marks the end of a full reading: nobody within the scope is left out.
    """

    persons: tuple[SourcePerson, ...]
    cursor: str = ""
    is_all: bool = False
    notes: tuple[str, ...] = ()


class FactType(StrEnum):
    """The kinds of event a source reports about a person."""

    COURSE_COMPLETION = "course_completion"
    BADGE = "badge"
    COMPETENCY_RATING = "competency_rating"
    CERTIFICATE = "certificate"
    PLAN_COMPLETION = "plan_completion"
    ATTESTATION = "attestation"
    CONTRIBUTION = "contribution"


#: Begins an account id that the source did not tell; the HR number follows.
UNTOLD_ACCOUNT = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningFact:
    """One event at a source.

    Unique by source type, object, person and time within a connection, so that a
    re-taken course is a new fact. `person_id` is the account's id at the source,
    `employee_id` what the account carries as its HR number.
    """

    type: FactType
    object_id: str
    object_name: str
    person_id: str
    employee_id: str
    happened_at: datetime
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A positive act that takes back what facts up to then said of one object.

    A rating was lowered, a badge or certificate revoked. A fact that is merely no
    longer shown is none. Of what it speaks is told as in `LearningFact`.
    """

    type: FactType
    object_id: str
    person_id: str
    revoked_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class FactBatch:
    """Some facts, and the cursor to store once they are stored."""

    facts: tuple[LearningFact, ...]
    cursor: str
    notes: tuple[str, ...] = ()
    revocations: tuple[Revocation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAccount:
    """An account at a source of learning, and the HR number it bears.

    The e-mail address serves a suggestion to a person only; it is never stored.
    """

    account_id: str
    employee_id: str
    email: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class AccountBatch:
    """Some accounts, and the cursor to store once they are stored.

    `is_all` marks the end of a full reading: no account is left out that exists.
    """

    accounts: tuple[SourceAccount, ...]
    cursor: str
    is_all: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proficient:
    """An account that a source shows as proficient; the object is its remote id."""

    account_id: str
    employee_id: str
    object_id: str


class RatingOrigin(StrEnum):
    """What made an account proficient at a source.

    `OURS` was written by us; `COURSE` and `RULE` a source derived by itself.
    """

    PERSON = "person"
    COURSE = "course"
    RULE = "rule"
    OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRating:
    """A proficient account and what made it so, as the source's own evidence tells.

    `course_id` is the source's id of the course behind a rating derived from one.
    """

    proficient: Proficient
    origin: RatingOrigin
    name: str
    happened_at: datetime
    course_id: str = ""


@dataclass(frozen=True, slots=True)
class LoweredRating:
    """An account that a person rated as not proficient, and when."""

    proficient: Proficient
    lowered_at: datetime


class DispatchKind(StrEnum):
    """What a piece of evidence becomes in the HRIS."""

    TRAINING = "training"
    CERTIFICATION = "certification"
    ASSESSMENT = "assessment"
    GOAL = "goal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One piece of evidence on its way to a worker's record.

    `reference` is ours, unique and stable: the HRIS keeps it, and it is looked up
    before anything is sent a second time. An assessment names the competency, the
    step's rank, and what both are called there: `competency_id` and `level_id`.
    `is_completed_at_once` asks the HRIS to skip its approvals, which a person allowed
    for this kind; an assessment never is.
    """

    reference: str
    kind: DispatchKind
    employee_id: str
    title: str
    description: str
    completed_on: date
    expires_on: date | None = None
    link: str = ""
    competency: str = ""
    rank: int = 0
    competency_id: str = ""
    level_id: str = ""
    is_completed_at_once: bool = False


@dataclass(frozen=True, slots=True)
class OpenDispatch:
    """A dispatch that may have left; `event_id` is empty where no answer named one."""

    dispatch: Dispatch
    event_id: str
    sent_on: date


class DispatchFate(StrEnum):
    """What an HRIS made of a dispatch.

    `APPROVED` says that it is decided, whether or not the record shows it yet;
    `UNSURE` that a process is there which may or may not be this one.
    """

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    ABSENT = "absent"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class DispatchStatus:
    """The process of a dispatch, and what people wrote about it."""

    reference: str
    fate: DispatchFate
    event_id: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DispatchFound:
    """A dispatch that the HRIS already shows."""

    reference: str
    remote_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding of the doctor, with the fix in the platform's own words.

    Where nothing shows it, `is_seen` is false and `fix` says where a person looks;
    such a check does not fail.
    """

    name: str
    is_ok: bool
    message: str
    fix: str = ""
    is_seen: bool = True
