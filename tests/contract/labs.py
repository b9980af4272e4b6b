"""A laboratory for each target: an engine, wanted records, and other people's hands.

A test says what happens in words that hold for every target; a lab knows how that is
done in its own. The target is looked at behind the adapter's back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from connector.framework.model import Framework, Text
from connector.kit.protocols import Connection, Services
from connector.kit.values import Found, KindSpec, Record, Ref, Row, Rows, Value
from connector.store import decisions, links, releases
from connector.store.database import Database, open_database
from connector.store.decisions import Approval
from connector.store.values import Base, Link
from connector.sync.engine import Edition, Engine
from connector.sync.fingerprint import keyed_digest
from connector.sync.mapper import MapResult
from connector.sync.mapping import load_mapping
from connector.sync.people import RolePeople
from connector.sync.plan import Choice, Finding, FindingKind, Plan
from connector.sync.reading import scope_of
from connector.sync.report import Report
from connector.sync.rules import decide

#: Sandboxes date what people do by hand with the real day.
TODAY = datetime.now(UTC).date()
_MAPPING = """\
version: 1
adapter: {adapter}
prefix: {prefix}
drift: {drift}
guards:
  retired_share: {retired_share}
  updated_share: 1
  reach_people: 100000
  reach_share: 1
kinds:
{kinds}"""

EDITION = Edition(
    framework=Framework(key="test", name=Text((("en", "Test"),))),
    name="r-test",
    release_id=1,
    effective_on=TODAY,
    as_of=TODAY,
)


def now() -> datetime:
    return datetime.now(UTC)


def no_wait(_seconds: float) -> None:
    """Let a retry come at once."""


def rows(field: str, *keys: Ref, is_ordered: bool = False, **more: Value) -> Rows:
    """Return a group whose rows refer to records."""
    made = tuple(Row(key, {field: key, **more}) for key in keys)
    return Rows(made, is_ordered=is_ordered)


class _RecordEngine(Engine):
    """An engine whose framework is a list of records."""

    __slots__ = ("wanted",)

    def _map(self, _framework: Framework, _people: RolePeople) -> MapResult:
        return MapResult(list(self.wanted))


class Secrets:
    """The credentials that a sandbox made for itself."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def get(self, name: str) -> str:
        return self._values[name]

    def rotate(self, name: str, renew: object) -> str:
        raise AssertionError((name, renew))


def services(secrets: Mapping[str, str]) -> Services:
    return Services(secrets=Secrets(secrets), now=now, sleep=no_wait)  # type: ignore[arg-type]  # never rotated here


class Lab(ABC):
    """One target with an engine over a real database, and hands to edit it.

    `plain` is a named object with a text, to which nothing refers; `holder` has the
    group of rows `group`; `natural` is recognised without an identity of ours;
    `tree` takes what lies in it along when it is retired.
    """

    adapter: ClassVar[str]
    plain: ClassVar[Ref]
    #: The plain object's name and text fields.
    name_field: ClassVar[str]
    text_field: ClassVar[str]
    holder: ClassVar[Ref]
    group: ClassVar[str]
    natural: ClassVar[Ref]
    #: A kind of which one reading takes several pages, with `cut_reading` turned on.
    paged_kind: ClassVar[str]
    #: Settings of the connection beside those that the sandbox gives.
    settings: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, folder: Path, *, prefix: str = "jf") -> None:
        self.prefix = prefix
        self.connection = self.open()
        self.specs = {spec.name: spec for spec in self.connection.catalogue.kinds()}
        self.database = self._database(folder)
        self.engine = self._make_engine()
        self.base = {record.ref: record for record in self.records()}
        self.want_all()

    # What each lab says about its target.

    @abstractmethod
    def open(self) -> Connection:
        """Start the target and connect to it."""

    @abstractmethod
    def records(self) -> Iterable[Record]:
        """Yield the wanted records, in write order."""

    @abstractmethod
    def edit(self, ref: Ref, **fields: str) -> None:
        """Change texts of an object by hand."""

    @abstractmethod
    def remove(self, ref: Ref) -> None:
        """Delete an object by hand."""

    @abstractmethod
    def retire(self, ref: Ref, *, is_retired: bool = True) -> None:
        """Take an object out of use by hand, or back into use."""

    @abstractmethod
    def give_identity(self, ref: Ref, identity: str) -> None:
        """Let a linked object bear another identity."""

    @abstractmethod
    def make(self, record: Record, identity: str) -> None:
        """Make an object by hand, under an identity of its maker's choice."""

    @abstractmethod
    def add_row(self) -> None:
        """Add a row to the holder's group by hand, about an object of others."""

    @abstractmethod
    def remove_row(self, ref: Ref) -> None:
        """Take our row about a record out of the holder's group by hand."""

    @abstractmethod
    def cut_reading(self) -> None:
        """Break every answer from the second page of `paged_kind` on."""

    @abstractmethod
    def lose_answers(self, count: int) -> None:
        """Carry out the next writes and lose their answers."""

    @abstractmethod
    def reset(self) -> None:
        """Put the target back to what it was before we ever wrote."""

    @abstractmethod
    def writes(self) -> int:
        """Return how many writes reached the target since `forget_log`."""

    @abstractmethod
    def forget_log(self) -> None:
        """Count from here."""

    @abstractmethod
    def portrait(self) -> list[str]:
        """Return all the target holds, ids and moments aside, sorted."""

    @abstractmethod
    def close(self) -> None:
        """End the target."""

    # What all labs do alike.

    def _database(self, folder: Path) -> Database:
        database = open_database(f"sqlite:///{folder / 'lab.db'}")
        database.migrate()
        with database.write() as conn:
            releases.add(
                conn, content=b"{}", effective_on=TODAY, author="ada", note="", at=now()
            )
        return database

    def follow(self, drift: str) -> None:
        """Take another policy for drift."""
        self._renew_engine(drift=drift)

    def limit_retirements(self) -> None:
        """Guard retirements by the usual limit; most tests are free of it."""
        self._renew_engine(retired_share=0.3)

    def _renew_engine(self, **more: Any) -> None:
        wanted = self.engine.wanted
        self.engine = self._make_engine(**more)
        self.engine.wanted = wanted

    def _make_engine(
        self, *, drift: str = "ask", retired_share: float = 1
    ) -> _RecordEngine:
        text = _MAPPING.format(
            adapter=self.adapter,
            prefix=self.prefix,
            drift=drift,
            retired_share=retired_share,
            kinds="".join(f"  {name}: {{}}\n" for name in self.specs),
        )
        specs = list(self.specs.values())
        engine = _RecordEngine(
            name="lab",
            adapter=self.adapter,
            connection=self.connection,
            mapping=load_mapping(text, "lab.yaml", specs),
            database=self.database,
            digest=keyed_digest(b"lab"),
            now=now,
            today=lambda: TODAY,
        )
        engine.wanted = ()
        return engine

    def record(self, kind: str, key: str, **fields: Value) -> Record:
        """Return a record as *map* would make it."""
        spec: KindSpec = self.specs[kind]
        canonical = {
            name: spec.by_name[name].canonical(value) for name, value in fields.items()
        }
        identity = f"{self.prefix}-{spec.tag}-{key}"
        return Record(kind=kind, key=key, identity=identity, fields=canonical)

    def want(self, *records: Record) -> None:
        self.engine.wanted = records

    def want_all(self, *changed: Record) -> None:
        """Want the usual records, some of them changed."""
        self.want(*{**self.base, **{record.ref: record for record in changed}}.values())

    def want_without(self, *refs: Ref) -> None:
        """Want what was wanted but for some records."""
        self.want(*(item for item in self.engine.wanted if item.ref not in refs))

    def changed(self, ref: Ref, **fields: Value) -> Record:
        """Return a wanted record with some fields changed."""
        spec = self.specs[ref.kind]
        canonical = {
            name: spec.by_name[name].canonical(value) for name, value in fields.items()
        }
        record = self.base[ref]
        return replace(record, fields={**record.fields, **canonical})

    def plan(self) -> Plan:
        return self.engine.plan(EDITION)

    def apply(self, plan: Plan | None = None, person: str = "ada") -> Report:
        return self.engine.apply(plan or self.plan(), EDITION, person)

    def settle(self) -> None:
        """Make the target hold what is wanted, whole."""
        report = self.apply()
        assert report.done == report.planned, report
        self.assert_settled()

    def assert_settled(self) -> None:
        plan = self.plan()
        assert told(plan) == []
        assert found(plan) == []

    def decide(self, choice: Choice) -> None:
        """Decide every waiting finding alike."""
        waiting = self.plan().open_findings
        made = [decide(item, choice, "ada", now()) for item in waiting]
        with self.database.write() as conn:
            decisions.decide(conn, "lab", made)

    def approve(self, plan: Plan, person: str = "ben") -> None:
        """Let a plan pass its guards."""
        with self.database.write() as conn:
            for refusal in plan.refusals:
                approval = Approval(
                    fingerprint=plan.fingerprint,
                    guard=refusal.guard,
                    person=person,
                    approved_at=now(),
                    note="",
                )
                decisions.approve(conn, approval)

    def link(self, ref: Ref) -> Link | None:
        with self.database.read() as conn:
            known = {link.ref: link for link in links.all(conn, "lab")}
        return known.get(ref)

    def forget_seen(self, ref: Ref) -> None:
        """Leave what was seen of a record unknown, as a kill before the read does."""
        link = self.link(ref)
        assert link is not None
        fields = {
            name: Base(base.sent, is_seen=False) for name, base in link.fields.items()
        }
        with self.database.write() as conn:
            links.save(conn, "lab", [replace(link, fields=fields)])

    def remote_id(self, ref: Ref) -> str:
        link = self.link(ref)
        assert link is not None, f"{ref} was never written"
        return link.remote_id

    def shown(self, ref: Ref) -> Found:
        """Return what the adapter reads of a linked object."""
        with self.database.read() as conn:
            known = {link.ref: link for link in links.all(conn, "lab")}
        scope = scope_of(
            self.prefix, list(self.specs.values()), self.engine.wanted, known, TODAY
        )
        items = self.connection.catalogue.snapshot(scope).read(ref.kind)
        (shown,) = (
            item
            for item in items
            if isinstance(item, Found) and item.remote_id == known[ref].remote_id
        )
        return shown

    def text_of(self, ref: Ref) -> Any:
        return self.shown(ref).fields[self.text_field]


def told(plan: Plan) -> list[str]:
    """Return a plan's changes as short sentences, in their order."""
    return [f"{change.operation} {change.kind} {change.key}" for change in plan.changes]


def found(plan: Plan) -> list[str]:
    """Return a plan's open findings as short sentences."""
    return [said(item) for item in plan.open_findings]


def said(item: Finding) -> str:
    return f"{item.type} {item.kind} {item.key} {item.field}".rstrip()


def about(kind: FindingKind, ref: Ref, field: str = "") -> str:
    """Return the sentence that `found` gives for such a finding."""
    return f"{kind} {ref.kind} {ref.key} {field}".rstrip()


def changed_fields(plan: Plan) -> list[tuple[str, ...]]:
    """Return the names of the fields that each change writes."""
    return [tuple(item.name for item in change.fields) for change in plan.changes]
