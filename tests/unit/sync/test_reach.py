"""How many people a change reaches."""

from __future__ import annotations

from typing import Any

from bench import Bench, by_kind, record, requirements

from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Record, Ref
from connector.sync.plan import Plan
from connector.sync.reach import Reach

KIND = by_kind(EXAMPLE_KINDS)


def group(text: str = "") -> Record:
    return record(KIND["group"], "g", name="G", description=text)


def node(key: str, parent: str = "", text: str = "") -> Record:
    return record(
        KIND["node"],
        key,
        name=key,
        description=text,
        group=Ref("group", "g"),
        parent=Ref("node", parent) if parent else None,
    )


def profile(key: str, **fields: Any) -> Record:
    return record(KIND["profile"], key, **{"title": key, **fields})


def reached(plan: Plan) -> dict[str, int]:
    return {str(change.slot): change.people for change in plan.changes}


def bench_with_people() -> Bench:
    """Two profiles, 7 and 5 people, refer to nodes; one node lies in the other."""
    bench = Bench()
    bench.settle(
        group(),
        node("a"),
        node("b", "a"),
        profile("p", requirements=requirements(("a", "low"), ("b", "low"))),
        profile("q", requirements=requirements(("b", "low"))),
    )
    bench.target.reaches("profile", "jf-p-p", 7)
    bench.target.reaches("profile", "jf-p-q", 5)
    return bench


def want(bench: Bench, *, a: str = "", b: str = "", g: str = "", p: str = "") -> None:
    bench.want(
        group(g),
        node("a", text=a),
        node("b", "a", text=b),
        profile(
            "p",
            description=p,
            requirements=requirements(("a", "low"), ("b", "low")),
        ),
        profile("q", requirements=requirements(("b", "low"))),
    )


def test_a_change_reaches_the_people_of_its_own_object() -> None:
    bench = bench_with_people()
    want(bench, p="New")
    assert reached(bench.plan()) == {"profile p": 7}


def test_a_change_reaches_people_through_what_refers_to_it_once_each() -> None:
    bench = bench_with_people()
    want(bench, a="New", b="New", g="New")
    assert reached(bench.plan()) == {"group g": 12, "node a": 12, "node b": 12}


def test_objects_of_others_that_refer_to_ours_count() -> None:
    bench = bench_with_people()
    other = bench.target.add(
        "profile", title="Theirs", follows=bench.target.reference("profile", "jf-p-p")
    )
    bench.target.reaches("profile", other, 100)
    want(bench, p="New")
    assert reached(bench.plan()) == {"profile p": 107}


def test_what_is_new_reaches_nobody_yet() -> None:
    bench = bench_with_people()
    bench.want(
        profile("s", follows=Ref("profile", "t")),
        profile("t", follows=Ref("profile", "s")),
    )
    created = {
        name: people
        for name, people in reached(bench.plan()).items()
        if name in ("profile s", "profile t", "profile s#link")
    }
    assert created == {"profile s": 0, "profile s#link": 0, "profile t": 0}


def test_nobody_is_counted_beyond_the_scope() -> None:
    bench = bench_with_people()
    bench.target.people_in_scope = 9
    want(bench, g="New")
    assert reached(bench.plan()) == {"group g": 9}


def test_holders_that_another_part_knows_count_where_they_are_more() -> None:
    bench = bench_with_people()
    found = bench.target.find("profile", "jf-p-p")
    place = ("profile", found.remote_id)
    assert Reach([found], {}, {place: 9}, None).people == {place: 9}
    assert Reach([found], {}, {place: 2}, None).people == {place: 7}


def test_what_refers_to_itself_is_counted_once() -> None:
    bench = Bench()
    bench.settle(profile("p", follows=Ref("profile", "p")))
    bench.target.reaches("profile", "jf-p-p", 4)
    bench.want(profile("p", description="New", follows=Ref("profile", "p")))
    assert reached(bench.plan()) == {"profile p": 4}
