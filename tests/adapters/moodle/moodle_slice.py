"""A slice of a competency tree, written as the engine would, for tests to share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from adapters.moodle import adapter
from adapters.moodle.client import MoodleClient
from connector.kit.http import HttpClient
from connector.kit.protocols import Connection, Services
from connector.kit.values import (
    RETIRED,
    ApplyItem,
    Complete,
    Done,
    Fields,
    Foreign,
    Found,
    Operation,
    ReadItem,
    ReadScope,
    Record,
    Ref,
    Row,
    Rows,
    Sending,
    Value,
    Write,
)
from connector.runtime.manifest import adapter_listing

TODAY = date(2026, 1, 1)


@dataclass
class Secrets:
    token: str

    def get(self, name: str) -> str:
        assert name == "moodle.token"
        return self.token

    def rotate(self, name: str, renew: Callable[[str], str]) -> str:
        raise AssertionError((name, renew))


@dataclass
class Slice:
    """A connection, and what the engine would remember about it."""

    connection: Connection
    client: MoodleClient
    course_number: str = "CLOUD-101"
    prefix: str = field(default_factory=lambda: f"adp{uuid4().hex[:8]}")
    remote_ids: dict[Ref, str] = field(default_factory=dict)

    def record(self, kind: str, key: str, fields: Fields, identity: str = "") -> Record:
        tag = {spec.name: spec.tag for spec in self.connection.catalogue.kinds()}[kind]
        named = identity or f"{self.prefix}-{tag}-{key}"
        return Record(
            kind=kind, key=key, identity=named, fields=self.canonical(kind, fields)
        )

    def canonical(self, kind: str, fields: Fields) -> Fields:
        specs = {spec.name: spec for spec in self.connection.catalogue.kinds()}[kind]
        return {
            name: specs.by_name[name].canonical(value) for name, value in fields.items()
        }

    def apply(self, *writes: Write) -> list[Done]:
        """Apply a wave of which everything must succeed."""
        items = list(self.connection.catalogue.apply(writes, self.remote_ids))
        announced = [ref for i in items if isinstance(i, Sending) for ref in i.refs]
        done = [item for item in items if not isinstance(item, Sending)]
        assert [item for item in done if not isinstance(item, Done)] == []
        assert sorted(announced) == sorted(write.ref for write in writes)
        assert sorted(item.ref for item in done) == sorted(announced)
        outcomes = [item for item in done if isinstance(item, Done)]
        self.remote_ids |= {item.ref: item.remote_id for item in outcomes}
        return outcomes

    def write(
        self, operation: Operation, record: Record, before: Fields, after: Fields
    ) -> Write:
        is_new = operation is Operation.CREATE
        return Write(
            operation=operation,
            kind=record.kind,
            key=record.key,
            identity=record.identity,
            remote_id=None if is_new else self.remote_ids[record.ref],
            before=before,
            after=after,
            record=record.fields,
            effective_on=TODAY,
        )

    def creation(self, record: Record) -> Write:
        return self.write(Operation.CREATE, record, {}, record.fields)

    def create(self, *records: Record) -> list[Done]:
        return self.apply(*map(self.creation, records))

    def change(
        self,
        record: Record,
        before: Fields,
        after: Fields,
        operation: Operation = Operation.UPDATE,
    ) -> Record:
        whole = {**record.fields, **{n: v for n, v in after.items() if n != RETIRED}}
        changed = replace(record, fields=whole)
        self.apply(self.write(operation, changed, before, after))
        return changed

    def scope(self, **wanted: tuple[Record, ...]) -> ReadScope:
        linked: dict[str, set[str]] = {}
        for ref, remote_id in self.remote_ids.items():
            linked.setdefault(ref.kind, set()).add(remote_id)
        return ReadScope(
            prefix=self.prefix,
            as_of=TODAY,
            linked={name: frozenset(ids) for name, ids in linked.items()},
            wanted={"course": (self.course(),), **wanted},
        )

    def items(self, kind: str, **wanted: tuple[Record, ...]) -> list[ReadItem]:
        snapshot = self.connection.catalogue.snapshot(self.scope(**wanted))
        return list(snapshot.read(kind))

    def read(self, kind: str, **wanted: tuple[Record, ...]) -> list[Found]:
        *found, end = self.items(kind, **wanted)
        assert end == Complete()
        return [item for item in found if isinstance(item, Found)]

    def outcomes(self, *writes: Write) -> dict[str, ApplyItem]:
        """Apply a wave and return its outcomes by key."""
        items = self.connection.catalogue.apply(writes, self.remote_ids)
        return {i.ref.key: i for i in items if not isinstance(i, Sending)}

    def course(self) -> Record:
        fields = {"idnumber": self.course_number}
        return self.record("course", "cloud", fields, self.course_number)

    def shown(self, record: Record) -> dict[str, Value]:
        """Return what the site shows for a record, in our references."""
        ours = {
            (ref.kind, remote_id): ref for ref, remote_id in self.remote_ids.items()
        }
        remote_id = self.remote_ids[record.ref]
        (found,) = (f for f in self.read(record.kind) if f.remote_id == remote_id)
        return {name: resolved(value, ours) for name, value in found.fields.items()}

    def assert_shown(self, *records: Record, **more: Value) -> None:
        for record in records:
            assert self.shown(record) == {**record.fields, **more}


def resolved(value: Value, ours: Mapping[tuple[str, str], Ref]) -> Value:
    if isinstance(value, Foreign):
        return ours.get((value.kind, value.remote_id), value)
    if isinstance(value, Rows):
        rows = [
            Row(key, {"competency": key})
            for row in value.rows
            if isinstance(
                key := resolved(row.fields["competency"], ours), Ref | Foreign
            )
        ]
        return Rows(tuple(rows), value.is_ordered)
    return value


def rows_of(*records: Record) -> Rows:
    return Rows(
        tuple(Row(record.ref, {"competency": record.ref}) for record in records),
        is_ordered=True,
    )


@contextmanager
def open_slice(
    token: str,
    settings: Mapping[str, Any],
    course: str,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Slice]:
    services = Services(
        secrets=Secrets(token),
        now=lambda: datetime.now(UTC),
        sleep=sleep,
        needs=adapter_listing("moodle").needs,
    )
    connection = adapter.connect(settings, services)
    http = HttpClient(target="Moodle", base_url=settings["url"])
    try:
        yield Slice(connection, MoodleClient(http, token), course)
    finally:
        connection.close()
        http.close()


@dataclass
class Tree:
    """What the slice writes, in the order of its waves."""

    framework: Record
    domain: Record
    competency: Record
    steps: list[Record]
    rules: list[Record]
    template: Record
    link: Record

    @property
    def everything(self) -> Sequence[Record]:
        nodes = [self.framework, self.domain, self.competency, *self.steps]
        return [*nodes, *self.rules, self.template, self.link]


def texts(name: str) -> Fields:
    return {
        "shortname": f"{name}: R&D > all",
        "description": f"**{name}** does *R&D* where x < y.\n\n- one\n- two `a<b`",
    }


def tree(slice_: Slice) -> Tree:
    framework = slice_.record(
        "framework",
        "main",
        {
            **texts("Framework"),
            "scale": Ref("scale", "proficiency"),
            "proficient_from": 2,
            "taxonomies": ("domain", "competency", "level", "level"),
        },
    )
    inside = {"framework": framework.ref}
    domain = slice_.record(
        "domain", "cloud", {**texts("Domain"), **inside, "parent": None}
    )
    competency = slice_.record(
        "competency", "design", {**texts("Design"), **inside, "parent": domain.ref}
    )
    steps: list[Record] = []
    for rank in range(1, 5):
        parent = steps[-1].ref if steps else competency.ref
        fields = {**texts(f"Design {rank}"), **inside, "parent": parent}
        steps.append(slice_.record("step", f"design/{rank}", fields))
    rules = [
        slice_.record(
            "step_rule", s.key, {"node": s.ref, "type": "all", "outcome": "complete"}
        )
        for s in steps[:3]
    ]
    template = slice_.record(
        "template", "ic4", {**texts("IC4"), "competencies": rows_of(*steps[:3])}
    )
    link = slice_.record(
        "course_link",
        "cloud-design",
        {
            "course": Ref("course", "cloud"),
            "competency": steps[0].ref,
            "outcome": "complete",
        },
    )
    return Tree(framework, domain, competency, steps, rules, template, link)


def write_tree(slice_: Slice) -> Tree:
    """Write the tree in waves, as the engine would, and link what it refers to."""
    wanted = tree(slice_)
    scales = {found.identity: found.remote_id for found in slice_.read("scale")}
    slice_.remote_ids[Ref("scale", "proficiency")] = scales["proficiency"]
    (course,) = slice_.read("course")
    slice_.remote_ids[Ref("course", "cloud")] = course.remote_id
    slice_.create(wanted.framework)
    slice_.create(wanted.domain)
    slice_.create(wanted.competency)
    for step in wanted.steps:
        slice_.create(step)
    slice_.create(*wanted.rules, wanted.template, wanted.link)
    return wanted


def assert_equal(slice_: Slice, wanted: Tree) -> None:
    nodes = [wanted.domain, wanted.competency, *wanted.steps]
    slice_.assert_shown(wanted.framework, *nodes, wanted.template, **{RETIRED: False})
    slice_.assert_shown(*wanted.rules, wanted.link)
