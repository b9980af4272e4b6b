"""Whatever is wanted and whatever others do: the target becomes what is wanted.

It does so once, and nothing that others put there changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bench import Bench, by_kind, duties, path, record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.kit.testing import EXAMPLE_KINDS, MemoryTarget
from connector.kit.values import Record, Ref, Row, Rows, text_row_key

KIND = by_kind(EXAMPLE_KINDS)
GROUPS, NODES, PROFILES = (
    ("g0", "g1"),
    ("n0", "n1", "n2", "n3", "n4"),
    ("p0", "p1", "p2"),
)
RATINGS = ("low", "high")
TEXTS = ("Sweeps.", "Cooks.", "Bakes.")


@st.composite
def wanted(draw: st.DrawFn) -> tuple[Record, ...]:
    """Draw a set of records whose references hold."""
    groups = {GROUPS[0]} | draw(st.sets(st.sampled_from(GROUPS)))
    records = [
        record(KIND["group"], key, name=key, description=draw(_WORDS))
        for key in sorted(groups)
    ]
    nodes = _nodes(draw)
    records += nodes
    keys = [item.key for item in nodes]
    parents = {item.fields["parent"] for item in nodes}
    records += [
        record(KIND["rule"], key, node=Ref("node", key), type=draw(_TYPES))
        for key in keys
        if Ref("node", key) in parents and draw(st.booleans())
    ]
    records += _profiles(draw, keys, sorted(groups))
    records += [
        record(
            KIND["link"],
            f"{of}/{to}",
            group=Ref("group", of),
            node=Ref("node", to),
            outcome=draw(st.sampled_from(("none", "complete"))),
        )
        for of in sorted(groups)
        for to in keys
        if draw(st.integers(0, 3)) == 0
    ]
    return tuple(draw(st.permutations(records)))


_WORDS = st.sampled_from(("", "One", "Two"))
_TYPES = st.sampled_from(("all", "any"))


def _nodes(draw: st.DrawFn) -> list[Record]:
    """Draw a forest: a node lies in an earlier one or in none."""
    made: list[Record] = []
    for key in NODES:
        if not draw(st.booleans()):
            continue
        parent = draw(st.sampled_from([None, *(item.ref for item in made)]))
        made.append(
            record(
                KIND["node"],
                key,
                name=key,
                description=draw(_WORDS),
                # A fixed field: it never changes between two sets of records.
                group=Ref("group", GROUPS[0]),
                parent=parent,
            )
        )
    return made


def _profiles(
    draw: st.DrawFn, nodes: Sequence[str], groups: Sequence[str]
) -> list[Record]:
    keys = draw(st.sets(st.sampled_from(PROFILES)))
    others = [None, *(Ref("profile", other) for other in sorted(keys))]
    some = st.lists(st.sampled_from(nodes), unique=True) if nodes else st.just([])
    return [
        record(
            KIND["profile"],
            key,
            title=key,
            description=draw(_WORDS),
            hours=draw(st.sampled_from((None, 20, 40))),
            pay=draw(st.sampled_from((None, Decimal(7)))),
            valid_from=draw(st.sampled_from((None, date(2026, 1, 2)))),
            groups=tuple(Ref("group", of) for of in groups if draw(st.booleans())),
            follows=draw(st.sampled_from(others)),
            requirements=_requirements(draw, draw(some)),
            path=path(*draw(some)),
            duties=duties(*draw(st.lists(st.sampled_from(TEXTS), unique=True))),
        )
        for key in sorted(keys)
    ]


def _requirements(draw: st.DrawFn, nodes: Sequence[str]) -> Rows:
    return Rows(
        tuple(
            Row(
                Ref("node", key),
                {
                    "node": Ref("node", key),
                    "rating": draw(st.sampled_from(RATINGS)),
                    "is_required": True,
                },
            )
            for key in nodes
        )
    )


@dataclass(slots=True)
class Hands:
    """Other people at work in the target; remembers what they put there."""

    target: MemoryTarget
    objects: list[tuple[str, str]] = field(default_factory=list)
    rows: list[tuple[str, str, Row]] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        """Make objects of their own, which nobody here wants."""
        mine = self.target.add("group", "hr-1", name="theirs", description="Theirs")
        group = self.target.reference("group", mine)
        node = self.target.add("node", name="theirs", group=group)
        within = self.target.reference("node", node)
        under = self.target.add("node", name="below", group=group, parent=within)
        rule = self.target.add("rule", node=within, type="x")
        row = self._node_row(node)
        profile = self.target.add("profile", title="theirs", requirements=Rows((row,)))
        self.nodes = [node, under]
        self.objects = [
            ("group", mine),
            ("node", node),
            ("node", under),
            ("rule", rule),
            ("profile", profile),
        ]

    def _node_row(self, node: str, *, has_rating: bool = True) -> Row:
        place = self.target.reference("node", node)
        more = {"rating": "theirs", "is_required": False} if has_rating else {}
        return Row(place, {"node": place, **more})

    def add_rows(self, draw: st.DrawFn) -> None:
        """Put rows of their own into our groups, at any place."""
        for stored in self.target.store.of_kind("profile"):
            if not stored.identity:
                continue
            for name in ("requirements", "path", "duties"):
                if draw(st.booleans()):
                    self._add_row(draw, stored.remote_id, name)

    def _add_row(self, draw: st.DrawFn, profile: str, name: str) -> None:
        group = self.target.find("profile", profile).fields[name]
        assert isinstance(group, Rows)
        if name == "duties":
            text = draw(st.sampled_from(("Sings.", "Dances.")))
            row = Row(text_row_key(text), {"text": text, "is_required": False})
        else:
            node = draw(st.sampled_from(self.nodes))
            row = self._node_row(node, has_rating=name == "requirements")
        if row.key in group.by_key():
            return
        rows = list(group.rows)
        rows.insert(draw(st.integers(0, len(rows))), row)
        changed = Rows(tuple(rows), group.is_ordered)
        self.target.edit("profile", profile, **{name: changed})
        self.rows.append((profile, name, row))

    def check(self, before: dict[tuple[str, str], Any]) -> None:
        """Everything they made is as they left it."""
        assert self.everything() == before
        for profile, name, row in self.rows:
            group = self.target.find("profile", profile).fields[name]
            assert isinstance(group, Rows)
            assert group.by_key().get(row.key) == row, (profile, name)

    def everything(self) -> dict[tuple[str, str], Any]:
        return {
            (kind, name): self.target.store.show(
                self.target.store.objects[kind, name]
            ).fields
            for kind, name in self.objects
        }

    def is_theirs(self, kind: str, remote_id: str) -> bool:
        return (kind, remote_id) in self.objects


def ours(bench: Bench, hands: Hands) -> dict[str, Any]:
    """Return what of ours is in use in the target, without what others added."""
    target = bench.target
    added = {(profile, name, row.key) for profile, name, row in hands.rows}
    kept: dict[str, Any] = {}
    for stored in target.store.objects.values():
        if hands.is_theirs(stored.kind, stored.remote_id):
            continue
        if target.store.is_retired(stored) or _is_off(bench, stored.fields):
            continue
        found = target.store.show(stored)
        kept[f"{stored.kind} {_name(bench, stored.fields, stored.identity)}"] = {
            name: _plain(bench, value, added, stored.remote_id, name)
            for name, value in found.fields.items()
            if not _is_nothing(value)
        }
    return kept


def _is_off(bench: Bench, fields: dict[str, Any]) -> bool:
    """Tell whether a relation lies with an object that is out of use."""
    if "node" not in fields:
        return False
    return bench.target.store.is_retired(bench.target.store.get(fields["node"]))


def _name(bench: Bench, fields: dict[str, Any], identity: str) -> str:
    ends = [fields[name] for name in ("group", "node") if name in fields]
    return identity or "/".join(bench.target.store.get(end).identity for end in ends)


def _is_nothing(value: object) -> bool:
    return value is None or value is False or value in ("", ())


def _plain(bench: Bench, value: Any, added: set[Any], profile: str, name: str) -> Any:
    """Return a value with references as identities, rows of others left out."""

    def word(item: Any) -> Any:
        if hasattr(item, "remote_id"):
            return bench.target.store.get(item).identity
        return item

    if isinstance(value, Rows):
        rows = [
            {field: word(item) for field, item in row.fields.items()}
            for row in value.rows
            if (profile, name, row.key) not in added
        ]
        return rows if value.is_ordered else sorted(rows, key=repr)
    if isinstance(value, tuple):
        return [word(item) for item in value]
    return word(value)


def expected(records: Sequence[Record]) -> dict[str, Any]:
    """Return what a fresh target holds for these records."""
    bench = Bench()
    bench.settle(*records)
    return ours(bench, Hands(bench.target))


def make_equal(bench: Bench, records: Sequence[Record]) -> None:
    bench.want(*records)
    plan = bench.plan()
    assert not plan.findings, plan.findings
    report = bench.apply(plan)
    assert report.failed == report.skipped == report.in_doubt == 0, report


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(first=wanted(), second=wanted(), data=st.data(), is_echoing=st.booleans())
def test_the_target_becomes_what_is_wanted_and_stays_what_others_made(
    first: tuple[Record, ...],
    second: tuple[Record, ...],
    data: st.DataObject,
    is_echoing: bool,
) -> None:
    bench = Bench()
    bench.target.is_echoing = is_echoing
    hands = Hands(bench.target)
    hands.prepare()
    make_equal(bench, first)
    hands.add_rows(data.draw)
    before = hands.everything()

    make_equal(bench, second)

    assert ours(bench, hands) == expected(second)
    assert bench.plan().is_empty
    assert not bench.plan().findings
    writes = len(bench.target.log)
    bench.apply()
    assert len(bench.target.log) == writes
    hands.check(before)
