"""Competencies as a tree: places, rules, moves, deletion."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from moodle_sandbox_client import BINARY, Client

from adapters.moodle.sandbox import Site

RULE_ALL = "core_competency\\competency_rule_all"
RULE_POINTS = "core_competency\\competency_rule_points"
UPDATE = "core_competency_update_competency"


@pytest.fixture
def framework(client: Client) -> int:
    return client.framework()


def set_rule(client: Client, competency: int, kind: str = RULE_ALL, **rest: Any) -> Any:
    rule = {"id": competency, "ruletype": kind, "ruleoutcome": 2, **rest}
    return client.call(UPDATE, competency=rule)


def nested_steps(client: Client, framework: int) -> list[int]:
    """A competency and four steps, each below the one before, with their rules."""
    nodes = [client.competency(framework, "COD")]
    for step in range(1, 5):
        number = f"COD.{step}"
        nodes.append(client.competency(framework, number, parentid=nodes[-1]))
    for node in nodes[1:4]:
        assert set_rule(client, node) is True
    return nodes


def proficiencies(client: Client, nodes: list[int], user: int) -> list[bool | None]:
    name = "tool_lp_data_for_user_competency_summary"
    summaries = [client.call(name, userid=user, competencyid=node) for node in nodes]
    return [summary["usercompetency"]["proficiency"] for summary in summaries]


def test_path_and_sort_order_are_computed(client: Client, framework: int) -> None:
    root = client.competency(framework, "A", sortorder=7, path="/9/")
    child = client.competency(framework, "A.1", parentid=root)
    second = client.competency(framework, "A.2", parentid=root)
    assert client.read(root)["path"] == "/0/"
    assert client.read(child)["path"] == f"/0/{root}/"
    assert [client.read(node)["sortorder"] for node in (child, second)] == [0, 1]


@pytest.mark.parametrize("change", ["create", "move", "delete"])
def test_every_change_below_silently_resets_the_rule(
    client: Client, framework: int, change: str
) -> None:
    parent = client.competency(framework, "P")
    child = client.competency(framework, "P.1", parentid=parent)
    other = client.competency(framework, "Q")
    assert set_rule(client, parent) is True
    if change == "create":
        client.competency(framework, "P.2", parentid=parent)
    elif change == "move":
        name = "core_competency_set_parent_competency"
        assert client.call(name, competencyid=other, parentid=parent) is True
    else:
        assert client.call("core_competency_delete_competency", id=child) is True
    after = client.read(parent)
    assert (after["ruletype"], after["ruleconfig"]) == (None, None)
    assert after["ruleoutcome"] == 0


def test_nested_steps_prove_the_lower_ones(client: Client, framework: int) -> None:
    nodes = nested_steps(client, framework)
    name = "core_competency_grade_competency"
    client.call(name, userid=4, competencyid=nodes[3], grade=2)
    assert proficiencies(client, nodes, 4) == [None, True, True, True, None]


def test_a_rule_does_not_fire_when_it_is_written(
    client: Client, framework: int
) -> None:
    parent = client.competency(framework, "P")
    child = client.competency(framework, "P.1", parentid=parent)
    name = "core_competency_grade_competency"
    client.call(name, userid=4, competencyid=child, grade=2)
    assert set_rule(client, parent) is True
    assert proficiencies(client, [parent], 4) == [None]


def test_points_rule_counts_points_and_demands_the_required(
    client: Client, framework: int
) -> None:
    parent = client.competency(framework, "P")
    children = [client.competency(framework, f"P.{n}", parentid=parent) for n in "123"]
    entries = [
        {"id": child, "points": 1, "required": int(child == children[2])}
        for child in children
    ]
    points = json.dumps({"base": {"points": 2}, "competencies": entries})
    assert set_rule(client, parent, RULE_POINTS, ruleconfig=points) is True
    name = "core_competency_grade_competency"
    for child, expected in zip(children, [None, None, True], strict=True):
        client.call(name, userid=4, competencyid=child, grade=2)
        assert proficiencies(client, [parent], 4) == [expected]


def test_rule_configurations_that_do_not_fit_are_refused(
    client: Client, framework: int
) -> None:
    parent = client.competency(framework, "P")
    child = client.competency(framework, "P.1", parentid=parent)
    stranger = client.competency(framework, "Q")

    def points(needed: int, *ids: int) -> str:
        entries = [{"id": one, "points": 1, "required": 0} for one in ids]
        return json.dumps({"base": {"points": needed}, "competencies": entries})

    for kind, configuration in (
        (RULE_ALL, "{}"),
        (RULE_POINTS, points(2, child)),
        (RULE_POINTS, points(1, stranger)),
        (RULE_POINTS, points(1, child, child)),
        (RULE_POINTS, "no json"),
        ("core_competency\\nosuch", ""),
    ):
        answer = set_rule(client, parent, kind, ruleconfig=configuration)
        assert answer["errorcode"] == "invalidpersistenterror"


def test_update_ignores_the_place(client: Client, framework: int) -> None:
    parent = client.competency(framework, "P")
    child = client.competency(framework, "P.1", parentid=parent)
    changes = {"id": child, "parentid": 0, "sortorder": 9, "competencyframeworkid": 99}
    assert client.call(UPDATE, competency=changes) is True
    after = client.read(child)
    assert (after["parentid"], after["sortorder"]) == (parent, 0)


def test_moving_carries_the_subtree_and_closes_the_gap(
    client: Client, framework: int
) -> None:
    first, second = (client.competency(framework, number) for number in "AB")
    moved = client.competency(framework, "A.1", parentid=first)
    left = client.competency(framework, "A.2", parentid=first)
    below = client.competency(framework, "A.1.1", parentid=moved)
    move = "core_competency_set_parent_competency"
    assert client.call(move, competencyid=moved, parentid=second) is True
    assert client.read(below)["path"] == f"/0/{second}/{moved}/"
    assert client.read(left)["sortorder"] == 0
    again = client.call(move, competencyid=moved, parentid=second)
    assert again["errorcode"] == "codingerror"


def test_order_moves_by_one_and_says_false_at_the_ends(
    client: Client, framework: int
) -> None:
    first, second = (client.competency(framework, number) for number in "AB")
    assert client.call("core_competency_move_up_competency", id=first) is False
    assert client.call("core_competency_move_down_competency", id=second) is False
    assert client.call("core_competency_move_up_competency", id=second) is True
    assert [client.read(node)["sortorder"] for node in (first, second)] == [1, 0]


def test_parallel_creation_under_one_parent_repeats_the_sort_order(
    client: Client, site: Site, framework: int
) -> None:
    parent = client.competency(framework, "P")
    both_arrived = threading.Barrier(2, timeout=10)
    site.sleep = lambda _seconds: _wait(both_arrived)
    site.switches.latency_seconds = 1
    threads = [
        threading.Thread(
            target=client.competency,
            args=(framework, f"P.{n}"),
            kwargs={"parentid": parent},
        )
        for n in "12"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    children = site.state.competencies.find(parentid=parent)
    assert [child["sortorder"] for child in children] == [0, 0]


def _wait(barrier: threading.Barrier) -> None:
    barrier.wait()


def test_what_is_used_is_not_deleted_and_no_reason_is_given(
    client: Client, framework: int
) -> None:
    competency = client.competency(framework, "A")
    template = client.call(
        "core_competency_create_template",
        template={"shortname": "T", "contextid": 1},
    )["id"]
    link = {"templateid": template, "competencyid": competency}
    assert client.call("core_competency_add_competency_to_template", **link) is True
    assert client.call("core_competency_add_competency_to_template", **link) is False
    delete = "core_competency_delete_competency"
    assert client.call(delete, id=competency) is False
    name = "core_competency_delete_competency_framework"
    assert client.call(name, id=framework) is False
    client.call("core_competency_remove_competency_from_template", **link)
    assert client.call(delete, id=competency) is True
    assert client.call(delete, id=competency)["errorcode"] == "invalidrecord"


def test_the_scale_stays_once_somebody_was_rated(
    client: Client, framework: int
) -> None:
    competency = client.competency(framework, "A")
    name = "core_competency_grade_competency"
    client.call(name, userid=4, competencyid=competency, grade=2)
    own = {"id": competency, "scaleid": 3, "scaleconfiguration": _five_steps()}
    assert client.call(UPDATE, competency=own)["errorcode"] == "invalidpersistenterror"


def test_only_a_batch_can_take_an_own_scale_back(
    client: Client, framework: int
) -> None:
    competency = client.competency(framework, "A", scaleid=2, scaleconfiguration=BINARY)
    empty = {"id": competency, "scaleid": "", "scaleconfiguration": ""}
    assert client.call(UPDATE, competency=empty)["errorcode"] == "invalidparameter"
    nothing = {"id": competency, "scaleid": None, "scaleconfiguration": None}
    [answer] = client.batch((UPDATE, {"competency": nothing}))
    assert answer == {"error": False, "data": "true"}
    assert client.read(competency)["scaleid"] is None


def _five_steps() -> str:
    item = {"id": 3, "scaledefault": 1, "proficient": 1}
    return json.dumps([{"scaleid": "3"}, item])


def test_copying_a_framework_carries_tree_rules_and_relations(
    client: Client, site: Site, framework: int
) -> None:
    nodes = nested_steps(client, framework)
    client.competency(framework, "DSG")
    relation = {"competencyid": nodes[0], "relatedcompetencyid": nodes[4]}
    assert client.call("core_competency_add_related_competency", **relation) is True
    name = "core_competency_duplicate_competency_framework"
    copy = client.call(name, id=framework)
    assert copy["idnumber"] == "F_1"
    rows = site.state.competencies.find(competencyframeworkid=copy["id"])
    numbers = [row["idnumber"] for row in rows]
    assert numbers == ["COD", *(f"COD.{n}" for n in "1234"), "DSG"]
    assert rows[-1]["sortorder"] == 1
    with_rule = [row["idnumber"] for row in rows if row["ruletype"]]
    assert with_rule == ["COD.1", "COD.2", "COD.3"]
    assert len(site.state.related) == 2
