"""The riskiest slice on a Moodle: nested steps, rules, a template, a course link.

The same body runs against the sandbox, always, and against the real site that
MOODLE_URL and MOODLE_TOKEN name. Everything it makes bears a prefix of its own and is
removed at the end. It needs one course with the ID number in MOODLE_COURSE (CLOUD-101)
and a scale of two values with the id in MOODLE_SCALE (3).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from adapters.moodle import adapter
from adapters.moodle.client import MoodleClient
from connector.kit.http import HttpClient
from connector.kit.protocols import Connection, SandboxSeed, Services
from connector.kit.values import (
    RETIRED,
    Complete,
    Done,
    Fields,
    Foreign,
    Found,
    Operation,
    ReadScope,
    Record,
    Ref,
    Row,
    Rows,
    Sending,
    Value,
    Write,
)

TODAY = date(2026, 1, 1)
COURSE = os.environ.get("MOODLE_COURSE", "CLOUD-101")


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

    def create(self, *records: Record) -> list[Done]:
        return self.apply(
            *(write_of(Operation.CREATE, r, {}, r.fields) for r in records)
        )

    def change(
        self,
        record: Record,
        before: Fields,
        after: Fields,
        operation: Operation = Operation.UPDATE,
    ) -> Record:
        whole = {**record.fields, **{n: v for n, v in after.items() if n != RETIRED}}
        changed = replace(record, fields=whole)
        write = write_of(operation, changed, before, after)
        self.apply(replace(write, remote_id=self.remote_ids[record.ref]))
        return changed

    def read(self, kind: str, *wanted: Record) -> list[Found]:
        linked: dict[str, set[str]] = {}
        for ref, remote_id in self.remote_ids.items():
            linked.setdefault(ref.kind, set()).add(remote_id)
        scope = ReadScope(
            prefix=self.prefix,
            as_of=TODAY,
            linked={name: frozenset(ids) for name, ids in linked.items()},
            wanted={kind: wanted, "course": (self.course(),)},
        )
        *found, end = self.connection.catalogue.snapshot(scope).read(kind)
        assert end == Complete()
        return [item for item in found if isinstance(item, Found)]

    def course(self) -> Record:
        return self.record("course", "cloud", {"idnumber": COURSE}, COURSE)

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


def write_of(
    operation: Operation, record: Record, before: Fields, after: Fields
) -> Write:
    return Write(
        operation=operation,
        kind=record.kind,
        key=record.key,
        identity=record.identity,
        remote_id=None,
        before=before,
        after=after,
        record=record.fields,
        effective_on=TODAY,
    )


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


def open_slice(url: str, token: str, scale: int) -> Iterator[Slice]:
    services = Services(
        secrets=Secrets(token), now=lambda: datetime.now(UTC), sleep=time.sleep
    )
    connection = adapter.connect({"url": url, "scales": {"two": scale}}, services)
    http = HttpClient(target="Moodle", base_url=url)
    slice_ = Slice(connection, MoodleClient(http, token))
    try:
        yield slice_
    finally:
        clean_up(slice_)
        connection.close()
        http.close()


def clean_up(slice_: Slice) -> None:
    """Remove what the slice made; uses functions the connector itself never needs."""
    client, ids = slice_.client, slice_.remote_ids
    for link in slice_.read("course_link", slice_.course()):
        ends = [link.fields["course"], link.fields["competency"]]
        course, competency = (e.remote_id for e in ends if isinstance(e, Foreign))
        if any(ref.kind == "step" and i == competency for ref, i in ids.items()):
            client.call(
                "core_competency_remove_competency_from_course",
                {"courseid": int(course), "competencyid": int(competency)},
            )
    for template in slice_.read("template"):
        client.call(
            "core_competency_delete_template",
            {"id": int(template.remote_id), "deleteplans": True},
        )
    for framework in slice_.read("framework"):
        client.call(
            "core_competency_delete_competency_framework",
            {"id": int(framework.remote_id)},
        )


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def moodle(request: pytest.FixtureRequest) -> Iterator[Slice]:
    if request.param == "sandbox":
        sandbox = adapter.start_sandbox(SandboxSeed(courses={COURSE: "Cloud"}))
        token = sandbox.secrets()["moodle.token"]
        scale = sandbox.settings()["scales"]["proficiency"]
        try:
            yield from open_slice(sandbox.url, token, scale)
        finally:
            sandbox.close()
        return
    url, token = os.environ.get("MOODLE_URL"), os.environ.get("MOODLE_TOKEN")
    if not url or not token:
        pytest.skip("MOODLE_URL and MOODLE_TOKEN name no Moodle to run against")
    yield from open_slice(url, token, int(os.environ.get("MOODLE_SCALE", "3")))


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
        "description": f"**{name}** works with *R&D* where x < y.\n\n- one\n- two `a<b`",
    }


def tree(slice_: Slice) -> Tree:
    framework = slice_.record(
        "framework",
        "main",
        {
            **texts("Framework"),
            "scale": Ref("scale", "two"),
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
    slice_.remote_ids[Ref("scale", "two")] = scales["two"]
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


def test_what_is_written_is_read_back_equal(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    assert_equal(moodle, wanted)
    identities = {f.identity for k in ("step", "step_rule") for f in moodle.read(k)}
    assert identities == {record.identity for record in [*wanted.steps, *wanted.rules]}


def test_repeating_every_create_makes_nothing_twice(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    first = dict(moodle.remote_ids)
    for record in wanted.everything:
        moodle.create(record)
    assert moodle.remote_ids == first
    # A step created again is adopted, so no rule above it was reset.
    assert_equal(moodle, wanted)


def test_an_empty_wave_sends_nothing(moodle: Slice) -> None:
    assert moodle.apply() == []


def test_texts_and_rows_change(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    first, _, third, fourth = wanted.steps
    wanted.domain = moodle.change(
        wanted.domain,
        {"shortname": wanted.domain.fields["shortname"]},
        {"shortname": "Cloud & data"},
    )
    wanted.template = moodle.change(
        wanted.template,
        {"competencies": wanted.template.fields["competencies"], "description": ""},
        moodle.canonical(
            "template",
            {"competencies": rows_of(fourth, third, first), "description": "New."},
        ),
    )
    wanted.link = moodle.change(
        wanted.link, {"outcome": "complete"}, {"outcome": "review"}
    )
    assert_equal(moodle, wanted)


def test_retired_nodes_come_back_where_they_were(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    retire = {RETIRED: True}
    moodle.change(wanted.competency, {RETIRED: False}, retire, Operation.RETIRE)
    assert moodle.shown(wanted.competency)[RETIRED] is True
    moodle.assert_shown(*wanted.steps, **{RETIRED: True})
    moodle.change(wanted.template, {RETIRED: False}, retire, Operation.RETIRE)
    moodle.assert_shown(wanted.template, **{RETIRED: True})
    restore = {RETIRED: False}
    moodle.change(wanted.competency, retire, restore)
    moodle.change(wanted.template, retire, restore)
    assert_equal(moodle, wanted)


def test_rules_and_links_are_taken_away(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    rule, *others = wanted.rules
    moodle.change(rule, rule.fields, {}, Operation.RETIRE)
    moodle.change(wanted.link, wanted.link.fields, {}, Operation.RETIRE)
    left = {found.identity for found in moodle.read("step_rule")}
    assert left == {record.identity for record in others}
    links = {found.remote_id for found in moodle.read("course_link")}
    assert moodle.remote_ids[wanted.link.ref] not in links


def test_a_step_that_appears_above_resets_the_rule_of_its_parent(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    parent = wanted.steps[2]
    extra = moodle.record("step", "design/5", {**wanted.steps[3].fields})
    moodle.create(extra)
    left = {found.identity for found in moodle.read("step_rule")}
    assert left == {rule.identity for rule in wanted.rules if rule.key != parent.key}


def test_a_changed_template_is_refused_as_stale(moodle: Slice) -> None:
    wanted = write_tree(moodle)
    before = {"competencies": rows_of(*wanted.steps[:2])}
    write = write_of(
        Operation.UPDATE,
        wanted.template,
        before,
        {"competencies": rows_of(*wanted.steps)},
    )
    write = replace(write, remote_id=moodle.remote_ids[wanted.template.ref])
    *_, outcome = moodle.connection.catalogue.apply([write], moodle.remote_ids)
    assert getattr(outcome, "is_stale", False)
    assert_equal(moodle, wanted)


def test_the_doctor_knows_what_is_missing(moodle: Slice) -> None:
    checks = {check.name: check for check in moodle.connection.doctor.checks()}
    failed = {name for name, check in checks.items() if not check.is_ok}
    assert failed == {"completions report"}
    assert "Custom reports" in checks["completions report"].fix
