"""What people tell by hand, read cell by cell: attestations, contributions and such.

Pure. A row of a file and a command at the prompt are read alike, so that both refuse
the same. Nobody tells anything about themselves.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from connector.kit.values import FactType, LearningFact, RatingOrigin, Revocation
from connector.store.people import Person
from connector.talent.directory import Directory
from connector.talent.matching import Matcher

_KIND = re.compile(r"[a-z][a-z0-9_-]{0,47}")
#: How the one who tells stands to the person spoken of.
MANAGER, COLLEAGUE = "manager", "colleague"


@dataclass(frozen=True, slots=True)
class Word:
    """Something told of a person, and whether it was taken back since."""

    fact: LearningFact
    revocation: Revocation | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in a column, and what to do about it."""

    column: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """What telling stands on: who there is, what the framework knows, what day it is.

    `actor` is who tells, by name; a row may name another in its column `by`.
    """

    directory: Directory
    matcher: Matcher
    time_zone: ZoneInfo
    today: date
    actor: str


@dataclass(slots=True)
class Reader:
    """Reads the cells of one row and keeps everything that is wrong with them."""

    house: House
    cells: Mapping[str, str]
    wrong: list[Wrong] = field(default_factory=list)

    def refuse(self, column: str, message: str, hint: str = "") -> None:
        """Note what is wrong in a column."""
        self.wrong.append(Wrong(column, message, hint))

    def text(self, column: str, *, is_needed: bool = False) -> str:
        """Return a text, empty where there is none."""
        found = self.cells.get(column, "").strip()
        if is_needed and not found:
            self.refuse(column, "is empty", "Fill it in.")
        return found

    def day(self, column: str, *, is_past: bool = True) -> date | None:
        """Return a date; nothing that was done lies in the future."""
        shown = self.text(column)
        if not shown:
            return None
        try:
            found = date.fromisoformat(shown)
        except ValueError:
            self.refuse(column, f"“{shown}” is no date", "Write it as 2026-03-31.")
            return None
        if is_past and found > self.house.today:
            self.refuse(column, f"“{shown}” is in the future", "Tell it when it is so.")
            return None
        return found

    def done_on(self) -> datetime:
        """Return the moment for the day on which it was: noon, here."""
        if not self.text("on"):
            self.refuse("on", "is empty", "Write the day, as 2026-03-31.")
        return self.moment(self.day("on") or self.house.today)

    def moment(self, day: date) -> datetime:
        """Return noon of a day in the organisation's time zone."""
        return datetime.combine(day, time(12), self.house.time_zone).astimezone(UTC)

    def person(self) -> Person | None:
        """Return who is spoken of."""
        try:
            return self.house.directory.named(self.text("person", is_needed=True))
        except LookupError as error:
            if self.text("person"):
                hint = "Read the people again, or look into `jobframe people list`."
                self.refuse("person", str(error), hint)
        return None

    def teller(self, person: Person | None, *, is_known: bool) -> Person | None:
        """Return who tells, where that is somebody known; it is never the person.

        Nor does anybody bring a file with words about themselves.
        """
        named = self.text("by") or self.house.actor
        if person is not None and any(
            self.house.directory.may_be(person, name)
            for name in (named, self.house.actor)
        ):
            self.refuse(
                "by",
                "nobody tells anything about themselves",
                "Somebody else does this, under their own name (--as).",
            )
        try:
            return self.house.directory.acting(named)
        except LookupError as error:
            if is_known:
                hint = "Name an employee id or an address, here or with --as."
                self.refuse("by", str(error), hint)
        return None

    def step(self) -> tuple[str, str]:
        """Return a competency and its step, both known."""
        pair = (
            self.text("competency", is_needed=True),
            self.text("step", is_needed=True),
        )
        if all(pair) and not self.house.matcher.is_step(*pair):
            self.refuse(
                "step",
                f"the framework has no step “{pair[1]}” of “{pair[0]}”",
                "Name the keys of a competency and of a step of its scale, or give the"
                " release a rule that carries it over.",
            )
        return pair


def _fact(
    type_: FactType,
    object_id: str,
    name: str,
    person: Person,
    at: datetime,
    **detail: str,
) -> LearningFact:
    return LearningFact(
        type=type_,
        object_id=object_id,
        object_name=name,
        person_id=person.id,
        employee_id=person.employee_id,
        happened_at=at,
        detail={key: text for key, text in detail.items() if text},
    )


def _vouched(read: Reader, type_: FactType) -> Word | None:
    person, at = read.person(), read.done_on()
    competency, step = read.step()
    is_attested = type_ is FactType.ATTESTATION
    note, link = read.text("note", is_needed=is_attested), read.text("link")
    by = read.teller(person, is_known=True)
    if read.wrong or person is None or by is None:
        return None
    is_above = read.house.directory.is_above(by, person)
    fact = _fact(
        type_,
        # Two people may vouch for the same on the same day.
        f"{competency}/{step}/{by.id}",
        competency,
        person,
        at,
        competency=competency,
        step=step,
        by=by.id,
        line=MANAGER if is_above else COLLEAGUE,
        note=note,
        link=link,
        origin="" if is_attested else RatingOrigin.PERSON.value,
    )
    return Word(fact)


def _attestation(read: Reader) -> Word | None:
    return _vouched(read, FactType.ATTESTATION)


def _rating(read: Reader) -> Word | None:
    return _vouched(read, FactType.COMPETENCY_RATING)


def _contribution(read: Reader) -> Word | None:
    person, at = read.person(), read.done_on()
    kind, words = read.text("kind", is_needed=True), read.text("words", is_needed=True)
    link, activity = read.text("link"), read.text("activity")
    if kind and not _KIND.fullmatch(kind):
        read.refuse("kind", f"“{kind}” is no kind", "Write it as teaching.")
    if activity and not read.house.matcher.is_activity(activity):
        read.refuse("activity", f"no activity has the key “{activity}”", "Correct it.")
    by = read.teller(person, is_known=True)
    if read.wrong or person is None or by is None:
        return None
    # Several on one day are told apart by what they were.
    digest = hashlib.sha256(f"{words}\n{link}".encode()).hexdigest()[:8]
    fact = _fact(
        FactType.CONTRIBUTION,
        f"{kind}/{digest}",
        words,
        person,
        at,
        kind=kind,
        by=by.id,
        link=link,
        activity=activity,
    )
    return Word(fact)


def _certificate(read: Reader) -> Word | None:
    person, at = read.person(), read.done_on()
    name = read.text("certification", is_needed=True)
    expires, revoked = read.day("expires", is_past=False), read.day("revoked")
    for column, day in (("expires", expires), ("revoked", revoked)):
        if day is not None and read.moment(day) < at:
            read.refuse(column, f"{day} is before the day it was given", "Correct it.")
    by = read.teller(person, is_known=False)
    if read.wrong or person is None:
        return None
    key = read.house.matcher.certification(name) or name.casefold()
    fact = _fact(
        FactType.CERTIFICATE,
        key,
        name,
        person,
        at,
        by=by.id if by else "",
        expires_on=expires.isoformat() if expires else "",
        link=read.text("link"),
    )
    if revoked is None:
        return Word(fact)
    reason = read.text("reason") or "The certificate was revoked."
    return Word(
        fact,
        Revocation(
            type=fact.type,
            object_id=key,
            person_id=person.id,
            revoked_at=read.moment(revoked),
            reason=reason,
        ),
    )


def _plan(read: Reader) -> Word | None:
    person, at = read.person(), read.done_on()
    name = read.text("plan", is_needed=True)
    by = read.teller(person, is_known=False)
    if read.wrong or person is None:
        return None
    fact = _fact(
        FactType.PLAN_COMPLETION,
        name.casefold(),
        name,
        person,
        at,
        by=by.id if by else "",
    )
    return Word(fact)


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of word: the columns it needs, those it may have, and how it is read."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[Reader], Word | None]


FORMS: Mapping[str, Form] = {
    "attestations": Form(
        ("person", "competency", "step", "on", "note"), ("by", "link"), _attestation
    ),
    "ratings": Form(
        ("person", "competency", "step", "on"), ("by", "note", "link"), _rating
    ),
    "contributions": Form(
        ("person", "kind", "on", "words"), ("by", "link", "activity"), _contribution
    ),
    "certificates": Form(
        ("person", "certification", "on"),
        ("expires", "revoked", "reason", "link", "by"),
        _certificate,
    ),
    "plans": Form(("person", "plan", "on"), ("by",), _plan),
}
