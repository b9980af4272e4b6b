"""Nearness, suggested moves, clusters and routes, with figures checked by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from readiness_house import asks, house

from connector.framework.model import Framework, Importance, MoveKind, Requirement, Role
from connector.talent.mobility.clusters import clusters
from connector.talent.mobility.map import Tie, mobility_map
from connector.talent.mobility.nearness import Compared, Nearness
from connector.talent.mobility.routes import Routes, Way
from connector.talent.mobility.suggesting import suggest_moves


def with_role(
    framework: Framework, key: str, *requirements: Requirement, family: str, level: str
) -> Framework:
    """Return a framework with one more role, which bears a known role's name."""
    known = framework.roles["analyst"]
    role = replace(
        known, key=key, family=family, level=level, requirements=requirements
    )
    return replace(framework, roles={**framework.roles, key: role})


def test_nearness_is_what_comes_along_weighted_by_how_rare_it_is() -> None:
    """Two families: both ask for statistics and risk, one alone for the others."""
    nearness = Nearness(house())
    rare, common = math.log(1 + 2 / 1), math.log(1 + 2 / 2)
    assert nearness.weight("storytelling") == pytest.approx(rare)
    assert nearness.weight("statistics") == pytest.approx(common)
    # An analyst brings one of two steps of statistics and storytelling, no modelling.
    expected = (common / 2 + rare / 2) / (common + rare + rare)
    assert nearness.share("analyst", "scientist") == pytest.approx(expected)
    assert nearness.share("scientist", "analyst") == pytest.approx(1)
    assert nearness.between("analyst", "scientist") == pytest.approx(expected)
    assert nearness.between("scientist", "analyst") == pytest.approx(expected)


def test_what_comes_along_and_what_is_missing_is_told_step_by_step() -> None:
    transfer = Nearness(house()).transfer("analyst", "scientist")
    assert set(transfer.comes_along) == {
        Compared("statistics", 1, 2),
        Compared("storytelling", 1, 2),
    }
    assert {(each.competency, each.steps) for each in transfer.missing} == {
        ("statistics", 1),
        ("storytelling", 1),
        ("modelling", 2),
    }
    assert transfer.steps == 4


def test_what_is_optional_counts_half_and_is_nothing_to_learn_first() -> None:
    framework = with_role(
        house(),
        "adviser",
        asks("Statistics", "Apply"),
        asks("Coaching", "Apply", importance=Importance.OPTIONAL),
        family="risk",
        level="ic4",
    )
    nearness = Nearness(framework)
    common, rare = math.log(2), math.log(2)
    assert nearness.weight("coaching") == pytest.approx(rare)
    assert nearness.share("scientist", "adviser") == pytest.approx(
        common / (common + rare / 2)
    )
    assert nearness.steps("scientist", "adviser") == 0


def test_a_role_that_asks_for_nothing_is_near_to_nothing() -> None:
    framework = with_role(house(), "empty", family="risk", level="ic4")
    nearness = Nearness(framework)
    assert nearness.share("scientist", "empty") == 0
    assert list(nearness.neighbours("empty")) == []


def test_moves_are_suggested_between_families_and_not_down() -> None:
    framework = with_role(
        house(),
        "modeller",
        asks("Modelling", "Apply"),
        asks("Statistics", "Apply"),
        family="risk",
        level="ic4",
    )
    found = {
        (each.transfer.from_role, each.transfer.to_role): each.kind
        for each in suggest_moves(framework, Nearness(framework), least_share=0.2)
    }
    assert found[("scientist", "modeller")] is MoveKind.LATERAL
    assert found[("modeller", "senior-scientist")] is MoveKind.DIAGONAL
    assert ("senior-scientist", "modeller") not in found
    assert ("analyst", "scientist") not in found
    assert ("senior-scientist", "data-manager") not in found


def test_what_is_declared_is_not_suggested() -> None:
    framework = house()
    move = replace(
        framework.moves["to-risk"], to_role="modeller", key="scientist-to-modeller"
    )
    framework = with_role(
        replace(framework, moves={move.key: move}),
        "modeller",
        asks("Modelling", "Apply"),
        asks("Statistics", "Apply"),
        family="risk",
        level="ic4",
    )
    suggested = suggest_moves(framework, Nearness(framework))
    ends = {(each.transfer.from_role, each.transfer.to_role) for each in suggested}
    assert ("scientist", "modeller") not in ends


def test_clusters_do_not_depend_on_the_order_of_roles() -> None:
    framework = house()
    turned = replace(framework, roles=dict(reversed(list(framework.roles.items()))))
    found = clusters(Nearness(framework), least_nearness=0.2)
    assert found == clusters(Nearness(turned), least_nearness=0.2)
    assert found


def test_a_cluster_is_named_by_what_its_roles_share() -> None:
    framework = house()
    twin = framework.roles["data-lead"]
    framework = with_role(
        framework, "twin", *twin.requirements, family="risk", level="ic4"
    )
    pair = next(
        each
        for each in clusters(Nearness(framework), least_nearness=0.9)
        if "twin" in each.roles
    )
    assert pair.roles == ("data-lead", "twin")
    assert pair.nearness == pytest.approx(1)
    assert {one.competency: one.roles for one in pair.named_by} == {
        "coaching": 2,
        "statistics": 2,
    }


def test_roles_that_share_too_little_stay_alone() -> None:
    assert clusters(Nearness(house()), least_nearness=1.0) == []


def test_the_route_with_the_least_to_learn_is_found() -> None:
    framework = house()
    found = Routes(framework, Nearness(framework)).find("analyst", "risk-adviser")
    assert found is not None
    assert [(leg.way, leg.transfer.to_role) for leg in found.legs] == [
        (Way.NEXT_LEVEL, "scientist"),
        (Way.DECLARED, "risk-adviser"),
    ]
    assert found.steps == sum(leg.transfer.steps for leg in found.legs) == 7


def test_of_equal_routes_the_one_with_fewer_moves_is_found() -> None:
    framework = house()
    nearness = Nearness(framework)
    found = Routes(framework, nearness).find("analyst", "data-manager")
    assert found is not None
    assert [leg.transfer.to_role for leg in found.legs] == [
        "scientist",
        "data-lead",
        "data-manager",
    ]


def test_no_route_is_no_error_and_an_unknown_role_is_one() -> None:
    framework = house()
    routes = Routes(framework, Nearness(framework))
    assert routes.find("risk-adviser", "analyst") is None
    assert routes.find("analyst", "analyst") is not None
    with pytest.raises(KeyError):
        routes.find("analyst", "astronaut")


def test_the_map_has_families_as_columns_and_equal_levels_on_one_row() -> None:
    framework = house()
    found = mobility_map(framework, Nearness(framework))
    assert found.families == ("data", "risk")
    assert found.rows == ("ic6", "ic5 = m5", "ic4 = m4", "ic3")
    rows = {role: cell.row for cell in found.cells for role in cell.roles}
    assert rows["scientist"] == rows["data-lead"] == rows["risk-adviser"] == 2
    moves = {(move.from_role, move.to_role): move.tie for move in found.moves}
    assert moves[("analyst", "scientist")] is Tie.VERTICAL
    assert moves[("scientist", "data-lead")] is Tie.LATERAL
    assert moves[("scientist", "risk-adviser")] is Tie.LATERAL


def test_the_map_of_one_family_shows_no_other() -> None:
    framework = house()
    found = mobility_map(framework, Nearness(framework), families=["risk"])
    assert found.families == ("risk",)
    assert {role for cell in found.cells for role in cell.roles} == {"risk-adviser"}
    assert found.moves == ()


def test_a_role_without_a_level_has_a_row_of_its_own() -> None:
    framework = house()
    role: Role = replace(framework.roles["analyst"], level=None, track=None)
    framework = replace(framework, roles={**framework.roles, "analyst": role})
    found = mobility_map(framework, Nearness(framework))
    assert found.rows[-1] == ""
