"""Readiness, case by case: `readiness_cases.yaml` is meant to be read by HR."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from readiness_house import changed, held_role, house, key_of, standing_of
from ruamel.yaml import YAML

from connector.talent.readiness import Assessor, Readiness
from connector.talent.targets import Target, TargetKind
from connector.talent.wording import STATES, sentence, verdict

CASES: list[dict[str, Any]] = YAML(typ="safe").load(
    Path(__file__).with_name("readiness_cases.yaml").read_text(encoding="utf-8")
)
HOUSE = house()


def looked_at(case: dict[str, Any]) -> tuple[Any, Readiness]:
    """Return the framework of a case and the readiness that it asks for."""
    framework = HOUSE
    if "after a release" in case:
        framework = changed(framework, case["after a release"])
    standing = standing_of(case)
    assessor = Assessor(framework, case.get("on") or date(2026, 6, 1))
    if case["looks at"] == "present role":
        held = standing.roles[0]
        target = Target(TargetKind.PRESENT, held.role, held.focus_area)
    else:
        wanted = held_role(case["looks at"])
        target = assessor.targets.chosen(standing, wanted.role, wanted.focus_area)
    return framework, assessor.assess(standing, [target])[0]


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_readiness(case: dict[str, Any]) -> None:
    framework, readiness = looked_at(case)
    states = {each.requirement.competency: each for each in readiness.requirements}
    wanted = {key_of(name): state for name, state in case.get("then", {}).items()}
    assert {key: STATES[states[key].state] for key in wanted} == wanted
    for name, words in case.get("says", {}).items():
        assert words in sentence(framework, states[key_of(name)])
    if "contributions" in case:
        found = {each.kind: STATES[each.state] for each in readiness.contributions}
        assert {kind: found.get(kind) for kind in case["contributions"]} == case[
            "contributions"
        ]
        assert case["contributions"] or not found
    if "proposal" in case:
        assert readiness.may_be_proposed is (case["proposal"] == "yes")
    if "says verdict" in case:
        assert case["says verdict"] in verdict(framework, readiness)


def test_there_are_enough_cases_to_trust() -> None:
    names = [case["case"] for case in CASES]
    assert len(names) == len(set(names))
    assert len(names) >= 60


def test_a_population_without_history_has_nothing_against_it() -> None:
    standing = standing_of({"holds": "Scientist in Fraud since 2024-01-10"})
    told = [
        sentence(HOUSE, state)
        for readiness in Assessor(HOUSE, date(2026, 6, 1)).kept(standing)
        for state in readiness.requirements
    ]
    assert told
    assert not [words for words in told if "unmet" in words or "missing" in words]
    assert {words.split(": ")[1].split(".")[0].split(" from")[0] for words in told} == {
        "presumed",
        "not evidenced",
    }


def test_the_present_role_the_next_and_the_equal_one_are_kept() -> None:
    standing = standing_of({"holds": "Scientist in Fraud since 2024-01-10"})
    kept = Assessor(HOUSE, date(2026, 6, 1)).targets.of(standing)
    assert [(each.kind, each.role, each.focus_area) for each in kept] == [
        (TargetKind.PRESENT, "scientist", "fraud"),
        (TargetKind.NEXT_LEVEL, "senior-scientist", None),
        (TargetKind.PARITY, "data-lead", None),
    ]
