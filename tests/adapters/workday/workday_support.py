"""A tenant to test the adapter on, and short words for records and writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from adapters.workday import adapter
from adapters.workday.running_sandbox import RunningWorkdaySandbox
from adapters.workday.sandbox import (
    CompetencySeed,
    JobFamilySeed,
    JobProfileSeed,
    NamedSeed,
    ScaleSeed,
    Tenant,
    TenantSeed,
    WorkerSeed,
)
from connector.kit.memory import Memory, NoMemory
from connector.kit.protocols import Connection, Services
from connector.kit.values import (
    ApplyItem,
    Done,
    Found,
    Operation,
    Outcome,
    PeopleScope,
    ReadItem,
    ReadScope,
    Ref,
    Row,
    Rows,
    Sending,
    Value,
    Write,
    text_row_key,
)

RELEASE_DAY = date(2026, 3, 1)
FIRST_DAY = date(1900, 1, 1)

SEED = TenantSeed(
    name="acme",
    user_name="ISU_CONNECTOR",
    password="made-for-this-test",
    client_id="client",
    client_secret="client-secret",
    refresh_token="refresh-0",
    management_levels=(NamedSeed("M1", "Team lead"), NamedSeed("M2", "Head")),
    job_levels=(NamedSeed("L1", "One"),),
    training_types=(NamedSeed("ONLINE", "Online learning"),),
    skill_sources=(NamedSeed("LMS", "Learning platform"),),
    job_families=(JobFamilySeed("OTHER_FAMILY", "Other family"),),
    scales=(
        ScaleSeed("OTHER_SCALE", "Other", (("OTHER_1", "Low"), ("OTHER_2", "Up"))),
    ),
    competencies=(
        CompetencySeed("OTHER_A", "Negotiation", scale_id="OTHER_SCALE"),
        CompetencySeed("OTHER_B", "Coaching", scale_id="OTHER_SCALE"),
    ),
    job_profiles=(
        JobProfileSeed(
            "SHARED",
            "Shared Engineer",
            ("OTHER_FAMILY",),
            competencies=(("OTHER_A", "OTHER_2", True), ("OTHER_B", "", False)),
            responsibilities=(("<p>Answers the <b>pager</b>.</p>", True),),
            trainings=(("Fire safety", "ONLINE", True),),
        ),
    ),
    workers=(
        WorkerSeed(
            "E-001", "Ada Byron", "SHARED", "Research", "Leeds", date(2020, 5, 4)
        ),
        WorkerSeed(
            "E-002",
            "Linus Aho",
            "SHARED",
            "Research",
            "Leeds",
            date(2022, 1, 3),
            manager_id="E-001",
            email="linus@example.org",
        ),
    ),
)


def machine_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands still until it is set."""

    moment: datetime = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


class MemorySecrets:
    """Secrets in memory, and every rotated one in its order."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)
        self.rotated: list[str] = []

    def get(self, name: str) -> str:
        return self.values[name]

    def rotate(self, name: str, renew: Callable[[str], str]) -> str:
        self.values[name] = renew(self.values[name])
        self.rotated.append(self.values[name])
        return self.values[name]


@dataclass
class Desk:
    """A connection to a sandbox, and what was learned through it."""

    sandbox: RunningWorkdaySandbox
    connection: Connection
    secrets: MemorySecrets
    waits: list[float] = field(default_factory=list)
    ids: dict[Ref, str] = field(default_factory=dict)

    @property
    def tenant(self) -> Tenant:
        return self.sandbox.tenant

    def apply(self, *writes: Write) -> list[ApplyItem]:
        items = list(self.connection.catalogue.apply(writes, self.ids))
        for item in items:
            if isinstance(item, Done):
                self.ids[item.ref] = item.remote_id
        return items

    def outcomes(self, *writes: Write) -> dict[Ref, Outcome]:
        items = self.apply(*writes)
        return {item.ref: item for item in items if not isinstance(item, Sending)}

    def create(self, kind: str, key: str, **fields: Value) -> str:
        write = new(kind, key, **fields)
        outcome = self.outcomes(write)[write.ref]
        assert isinstance(outcome, Done), outcome
        return outcome.remote_id

    def read(
        self,
        kind: str,
        as_of: date | None = None,
        linked: Iterable[str] = (),
    ) -> list[ReadItem]:
        scope = ReadScope(
            prefix="jf",
            as_of=as_of or today(),
            linked={kind: frozenset(linked)},
        )
        return list(self.connection.catalogue.snapshot(scope).read(kind))

    def found(self, kind: str, key: str, as_of: date | None = None) -> Found:
        for item in self.read(kind, as_of):
            if isinstance(item, Found) and key in (item.identity, item.remote_id):
                return item
        message = f"no {kind} {key}"
        raise AssertionError(message)

    def counts(self) -> dict[str, int]:
        """Return how often each operation reached the tenant."""
        counted: dict[str, int] = {}
        for entry in self.tenant.log:
            counted[entry.operation] = counted.get(entry.operation, 0) + 1
        return counted


def open_desk(
    sandbox: RunningWorkdaySandbox,
    settings: dict[str, Any],
    now: Callable[[], datetime] = machine_clock,
    scope: PeopleScope | None = None,
    memory: Memory | None = None,
) -> Desk:
    secrets = MemorySecrets(sandbox.secrets())
    waits: list[float] = []
    services = Services(
        secrets=secrets,
        now=now,
        sleep=waits.append,
        scope=scope or PeopleScope(),
        memory=memory or NoMemory(),
    )
    connection = adapter.connect(settings, services)
    return Desk(sandbox, connection, secrets, waits)


def today() -> date:
    return datetime.now(UTC).date()


def identity(kind: str, key: str) -> str:
    tags = {
        "proficiency_scale": "ps",
        "competency": "c",
        "competency_category": "cc",
        "certification": "ce",
        "compensation_grade": "gr",
        "job_category": "jc",
        "classification_group": "cg",
        "job_family": "jf",
        "job_family_group": "jg",
        "job_profile": "jp",
    }
    return f"jf-{tags[kind]}-{key}"


def new(kind: str, key: str, **fields: Value) -> Write:
    return Write(
        operation=Operation.CREATE,
        kind=kind,
        key=key,
        identity=identity(kind, key),
        remote_id=None,
        before={},
        after=fields,
        record=fields,
        effective_on=RELEASE_DAY,
    )


def change(
    kind: str,
    key: str,
    remote_id: str,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    operation: Operation = Operation.UPDATE,
) -> Write:
    return Write(
        operation=operation,
        kind=kind,
        key=key,
        identity=identity(kind, key),
        remote_id=remote_id,
        before=before,
        after=after,
        record=after,
        effective_on=RELEASE_DAY,
    )


def ratings(*names: str, scale: str = "s") -> Rows:
    rows = []
    for rank, name in enumerate(names, start=1):
        rating = f"jf-pr-{scale}/{rank}"
        rows.append(Row(rating, {"id": rating, "name": name, "value": rank}))
    return Rows(tuple(rows), is_ordered=True)


def behaviours(**texts: str) -> Rows:
    rows = []
    for rank, text in texts.items():
        rating = f"jf-pr-s/{rank.removeprefix('at')}"
        rows.append(Row(rating, {"rating": rating, "text": text}))
    return Rows(tuple(rows))


def families(*keys: str) -> Rows:
    refs = [Ref("job_family", key) for key in keys]
    return Rows(tuple(Row(ref, {"family": ref}) for ref in refs))


def requirement(
    key: str, rating: str | None = None, *, is_required: bool = True
) -> Row:
    ref = Ref("competency", key)
    fields = {"competency": ref, "rating": rating, "is_required": is_required}
    return Row(ref, fields)


def duty(text: str, *, is_required: bool = True) -> Row:
    return Row(text_row_key(text), {"text": text, "is_required": is_required})


def skill(name: str, *, is_required: bool = True) -> Row:
    return Row(text_row_key(name), {"name": name, "is_required": is_required})


def certified(key: str, *, is_required: bool = True) -> Row:
    ref = Ref("certification", key)
    return Row(ref, {"certification": ref, "is_required": is_required})


def classification(key: str, name: str = "") -> Row:
    row_id = f"jf-cl-{key}"
    return Row(row_id, {"id": row_id, "code": key, "name": name or key.title()})


def grade_profile(key: str, maximum: int | str = 120000, currency: str = "EUR") -> Row:
    return Row(
        key,
        {
            "id": key,
            "name": key.title(),
            "compensation_elements": ("BASE",),
            "eligibility_rules": ("IRELAND",),
            "minimum": Decimal(80000),
            "midpoint": Decimal("100000.5"),
            "maximum": Decimal(maximum),
            "currency": currency,
            "frequency": "Annual",
        },
    )


def by_name(field: str, *names: str) -> Rows:
    return Rows(tuple(Row(name, {field: name}) for name in names))


def by_reference(kind: str, field: str, *keys: str) -> Rows:
    refs = [Ref(kind, key) for key in keys]
    return Rows(tuple(Row(ref, {field: ref}) for ref in refs))
