"""A bench for the pipeline: an engine over the in-memory target and a real database.

Records are given directly, so that a test says what is wanted without a framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from connector.framework.model import Framework, Text
from connector.kit.protocols import Connection
from connector.kit.testing.memory import MemoryTarget
from connector.kit.values import KindSpec, Record, Ref, Row, Rows, text_row_key
from connector.store import decisions, releases, tables
from connector.store.database import Database, open_database
from connector.store.decisions import Decision
from connector.sync.engine import Edition, Engine
from connector.sync.fingerprint import keyed_digest
from connector.sync.mapper import MapResult
from connector.sync.mapping import load_mapping
from connector.sync.people import RolePeople
from connector.sync.plan import Choice, Plan
from connector.sync.report import Report
from connector.sync.rules import decide

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MAPPING = """\
version: 1
adapter: memory
drift: {drift}
guards:
  updated_from: 1000
  retired_share: 1
  reach_people: 100000
  reach_share: 1
kinds:
"""


def record(spec: KindSpec, key: str, **fields: Any) -> Record:
    """Return a wanted record."""
    return Record(
        kind=spec.name, key=key, identity=f"jf-{spec.tag}-{key}", fields=fields
    )


def requirements(*rows: tuple[str, str]) -> Rows:
    """Return required nodes with their ratings."""
    return Rows(
        tuple(
            Row(
                Ref("node", key),
                {"node": Ref("node", key), "rating": rating, "is_required": True},
            )
            for key, rating in rows
        )
    )


def path(*keys: str) -> Rows:
    """Return an ordered group of nodes."""
    rows = tuple(Row(Ref("node", key), {"node": Ref("node", key)}) for key in keys)
    return Rows(rows, is_ordered=True)


def duties(*texts: str) -> Rows:
    """Return a group of texts."""
    return Rows(
        tuple(
            Row(text_row_key(text), {"text": text, "is_required": True})
            for text in texts
        )
    )


class _RecordEngine(Engine):
    """An engine whose framework is a list of records."""

    __slots__ = ("wanted",)

    def _map(self, _framework: Framework, _people: RolePeople) -> MapResult:
        return MapResult(list(self.wanted))


@dataclass(slots=True)
class Bench:
    """One target, one database, and what is wanted in the target."""

    target: MemoryTarget = field(default_factory=MemoryTarget)
    database: Database = field(default_factory=lambda: open_database("sqlite://"))
    drift: str = "ask"
    mapping_text: str = ""
    engine: _RecordEngine = field(init=False)

    def __post_init__(self) -> None:
        with self.database.write() as conn:
            tables.metadata.create_all(conn)
            releases.add(
                conn, content=b"{}", effective_on=TODAY, author="ada", note="", at=NOW
            )
        kinds = "".join(f"  {spec.name}: {{}}\n" for spec in self.target.specs)
        text = self.mapping_text or MAPPING.format(drift=self.drift) + kinds
        self.engine = _RecordEngine(
            name="test",
            adapter="memory",
            connection=Connection(
                address="memory:", catalogue=self.target, doctor=None
            ),
            mapping=load_mapping(text, "test.yaml", self.target.specs),
            database=self.database,
            digest=keyed_digest(b"test"),
            now=lambda: NOW,
            today=lambda: TODAY,
        )
        self.engine.wanted = ()

    def want(self, *records: Record) -> None:
        """Say what the target should hold."""
        self.engine.wanted = records

    def plan(self) -> Plan:
        return self.engine.plan(EDITION)

    def apply(self, plan: Plan | None = None, person: str = "ada") -> Report:
        return self.engine.apply(plan or self.plan(), EDITION, person)

    def settle(self, *records: Record) -> None:
        """Make the target hold records, whole."""
        self.want(*records)
        report = self.apply()
        assert report.failed == report.skipped == report.in_doubt == 0, report
        assert self.plan().is_empty

    def decide(self, choice: Choice, plan: Plan | None = None) -> None:
        """Decide every waiting finding alike."""
        plan = plan or self.plan()
        made = [decide(item, choice, "ada", NOW) for item in plan.open_findings]
        with self.database.write() as conn:
            decisions.decide(conn, "test", made)


EDITION = Edition(
    framework=Framework(key="test", name=Text((("en", "Test"),))),
    name="r-test",
    release_id=1,
    effective_on=TODAY,
    as_of=TODAY,
)


def decided(plan: Plan, choice: str) -> Decision:
    """Return the decision that settles a plan's only finding."""
    (finding,) = plan.open_findings
    return decide(finding, choice, "ada", NOW)


def told(plan: Plan) -> list[str]:
    """Return a plan's changes as short sentences, in their order."""
    return [f"{change.operation} {change.kind} {change.key}" for change in plan.changes]


def found(plan: Plan) -> list[str]:
    """Return a plan's open findings as short sentences."""
    return [
        f"{item.type} {item.kind} {item.key} {item.field}".rstrip()
        for item in plan.open_findings
    ]


def changed_fields(plan: Plan, kind: str, key: str) -> dict[str, Any]:
    """Return what a plan changes in a record, by field."""
    for change in plan.changes:
        if (change.kind, change.key) == (kind, key):
            return {item.name: item.after for item in change.fields}
    return {}


def by_kind(specs: Sequence[KindSpec]) -> dict[str, KindSpec]:
    return {spec.name: spec for spec in specs}


def texts(rows: Iterable[Row]) -> list[str]:
    return [str(row.fields["text"]) for row in rows]
