"""A plan as JSON: nothing lost, nothing hidden shown, nothing broken taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bench import Bench, by_kind, duties, record, requirements

from connector.kit.errors import ConfigError
from connector.kit.testing import EXAMPLE_KINDS
from connector.kit.values import Privacy, Record, Ref
from connector.sync.plan import Plan
from connector.sync.plan_json import plan_from_json, plan_to_json

KIND = by_kind(EXAMPLE_KINDS)
PLAIN = frozenset({Privacy.PLAIN})


def group(key: str = "g", text: str = "") -> Record:
    return record(KIND["group"], key, name=key, description=text)


def node(key: str, parent: str = "") -> Record:
    return record(
        KIND["node"],
        key,
        name=key,
        description="",
        group=Ref("group", "g"),
        parent=Ref("node", parent) if parent else None,
    )


def profile(key: str = "p", **fields: Any) -> Record:
    return record(KIND["profile"], key, **{"title": key, **fields})


def settled_bench() -> Bench:
    """Return a bench whose target has everything, and a person's edits since."""
    bench = Bench(
        mapping_text="version: 1\nadapter: memory\nkinds:\n"
        + "".join(f"  {spec.name}: {{}}\n" for spec in EXAMPLE_KINDS)
    )
    bench.engine.connection = type(bench.engine.connection)(
        address="memory:", catalogue=bench.target, doctor=None, banner="SANDBOX"
    )
    bench.target.people_in_scope = 40
    bench.settle(
        group(),
        group("gone"),
        node("a"),
        node("b", "a"),
        profile(
            owner="Ada Secret",
            requirements=requirements(("a", "low")),
            duties=duties("Sweeps."),
        ),
        profile("q", owner="Bo Secret"),
        profile("old"),
    )
    bench.target.reaches("profile", "jf-p-p", 3)
    bench.target.edit("profile", "jf-p-q", owner="Cy Secret")
    bench.target.edit("group", "jf-g-g", description="Theirs")
    bench.target.forget("group", "jf-g-gone")
    bench.target.forget("profile", "jf-p-old")
    return bench


def rich_plan() -> Plan:
    """Return a plan in which everything a plan can hold stands."""
    bench = settled_bench()
    level = Record(kind="level", key="l", identity="l", fields={"name": "L"})
    bench.want(
        group(text="Theirs"),
        level,
        profile(
            owner="Di Secret",
            requirements=requirements(),
            duties=duties("Cooks."),
            pay=None,
        ),
        profile("q", owner="Bo Secret"),
        profile("r", level=Ref("level", "l"), owner="Eve Secret"),
        profile("s", follows=Ref("profile", "t")),
        profile("t", follows=Ref("profile", "s")),
    )
    plan = bench.plan()
    assert_rich(plan)
    return plan


def assert_rich(plan: Plan) -> None:
    assert all(
        [
            plan.changes, plan.findings, plan.tasks, plan.waiting, plan.refusals,
            plan.records, plan.forgotten, plan.remote_ids, plan.census, plan.banner,
        ]
    )  # fmt: skip
    assert any(change.carries for change in plan.changes)
    assert any(change.needs for change in plan.changes)
    assert any(change.part for change in plan.changes)


def test_a_plan_comes_back_as_it_went() -> None:
    plan = rich_plan()
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def test_derived_members_are_for_readers_alone() -> None:
    plan = rich_plan()
    data = plan_to_json(plan)
    assert data["planned"] == len(plan.changes)
    assert data["findings"][0]["choices"] == list(plan.findings[0].choices)


def test_hidden_values_are_nowhere_in_the_hidden_form() -> None:
    data = plan_to_json(rich_plan(), PLAIN)
    text = json.dumps(data)

    assert "Secret" not in text
    assert "<hidden: personal, changed>" in text
    assert not {"records", "forgotten", "remote_ids"} & set(data)
    assert all("record" not in change for change in data["changes"])
    assert "Cooks." in text


def test_a_right_shows_what_it_is_for_and_no_more() -> None:
    bench = Bench()
    bench.want(profile(owner="Ada Secret", pay=None))
    (change,) = plan_to_json(bench.plan(), PLAIN | {Privacy.PERSONAL})["changes"]
    shown = {item["name"]: item["after"] for item in change["fields"]}
    assert shown["owner"] == "Ada Secret"
    assert shown["pay"] == "<hidden: pay, changed>"


def test_a_record_retired_with_hidden_edits_hides_them() -> None:
    bench = Bench()
    bench.settle(profile(owner="Ada Secret"))
    bench.target.edit("profile", "jf-p-p", owner="Bo Secret")
    bench.want()
    assert bench.plan().findings
    assert "Secret" not in json.dumps(plan_to_json(bench.plan(), PLAIN))


def broken(**members: object) -> dict[str, Any]:
    return {**json.loads(json.dumps(plan_to_json(rich_plan()))), **members}


CHANGE = {"operation": "create", "kind": "g", "key": "k", "identity": "i"}
FIELD = {"name": "n", "after": 1}


@pytest.mark.parametrize(
    "members",
    [
        {"fingerprint": None},
        {"as_of": "tomorrow"},
        {"changes": [{"kind": "group"}]},
        {"changes": [{**CHANGE, "remote_id": None, "needs": [["one"]]}]},
        {"remote_ids": 7},
        {"remote_ids": [["kind", "key"]]},
        {"remote_ids": [["kind", "key", 7]]},
        {"tasks": [{"kind": "level"}]},
        *(
            {
                "changes": [
                    {**CHANGE, "remote_id": None, "fields": [{**FIELD, "after": value}]}
                ]
            }
            for value in (
                1.5,
                {"$decimal": "many"},
                {"$date": "1st"},
                {"$rows": [{}], "ordered": False},
                {"$rows": [1], "ordered": False},
                {"what": 1},
            )
        ),
        *(
            {
                "records": [
                    {
                        "kind": "g",
                        "key": "k",
                        "remote_id": "1",
                        "identity": "i",
                        "fields": {"name": base},
                    }
                ]
            }
            for base in (7, [1, 2], [1, 2, "yes"], [1.5, 2, True])
        ),
    ],
)
def test_a_broken_plan_file_is_refused_with_the_place(members: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"^my\.json is no plan") as caught:
        plan_from_json(broken(**members), "my.json")
    (name,) = members
    assert caught.value.problems[0].place == f"my.json: {name}"
    assert "Make it anew" in caught.value.hint


@pytest.mark.parametrize("data", [[], "plan", {}])
def test_what_is_no_plan_at_all_is_refused(data: Any) -> None:
    with pytest.raises(ConfigError, match="plan is no plan of this connector"):
        plan_from_json(data)
