"""Readiness at the command line: computed, shown with its evidence, judged."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cli_stage import ADA, FRAMEWORK, HRIS, LMS, Stage, changed

from connector.kit.protocols import SeedCompletion

LADDER = changed(
    changed(
        FRAMEWORK,
        "    family: sailing\n    responsibilities",
        "    family: sailing\n    track: individual_contributor\n    level: ic1\n"
        "    responsibilities",
    ),
    "pathways:\n",
    """\
  - key: mate
    name: Mate
    family: sailing
    track: individual_contributor
    level: ic2
    requirements: {knots: low, sails: {step: low, accepts: [learning]}}
levels:
  - {key: ic1, name: IC 1, track: individual_contributor}
  - key: ic2
    name: IC 2
    track: individual_contributor
    above: [ic1]
    minimum_months: 6
    contributions: {teaching: 1}
pathways:
""",
)
PURPOSE = {"purpose": "shows people what the next step takes"}


@pytest.fixture
def crew(jobframe: Stage) -> Stage:
    """Ada is a sailor in both systems, and nothing of her learning is known yet."""
    running: Any = jobframe.connect(HRIS, readiness=PURPOSE)
    for level, name in (("ic1", "IC 1"), ("ic2", "IC 2")):
        ids = {"Management_Level_ID": level}
        running.tenant.store.add("management_level", ids, name)
    jobframe.connect(LMS)
    jobframe.release(LADDER)
    jobframe.ok("apply", HRIS, "--yes")
    jobframe.ok("apply", LMS, "--yes")
    running.tenant.move_worker(ADA.employee_id, job_profile_id="jf-jp-sailor")
    jobframe.ok("people", "sync", HRIS)
    return jobframe


def of(stage: Stage, role: str) -> Any:
    """Return how Ada stands for a role."""
    shown = stage.json("readiness", "show", ADA.employee_id)
    return next(each for each in shown["targets"] if each["role"] == role)


def test_what_was_learned_is_shown_with_its_evidence(crew: Stage) -> None:
    assert crew.json("readiness", "compute")["people"] == 1
    before = of(crew, "mate")
    assert {each["state"] for each in before["requirements"]} == {"presumed"}
    done_on = datetime(2026, 3, 1, 12, tzinfo=UTC)
    completion = SeedCompletion(
        employee_id=ADA.employee_id, course="KNOT-101", completed_at=done_on
    )
    crew.sandboxes[LMS].complete_courses([completion])
    crew.ok("evidence", "collect", LMS)
    assert crew.json("readiness", "compute") == {
        "people": 1,
        "kept": 2,
        "is_all": False,
    }
    knots = of(crew, "mate")["requirements"][0]
    assert (knots["state"], knots["evidence"][0]["basis"]) == ("met", "learning")
    assert knots["says"] == "Knots at Low: met, by learning (2026-03-01)."
    assert (
        "Teaching: not evidenced, 0 of 1."
        in crew.ok("readiness", "show", ADA.employee_id).out
    )
    assert "unmet" not in crew.ok("readiness", "show", ADA.employee_id).out


def test_what_the_role_lets_presume_can_be_corrected_but_not_by_oneself(
    crew: Stage,
) -> None:
    own = ("readiness", "judge", ADA.employee_id, "sails")
    refused = crew(*own, "nothing", "--as", ADA.employee_id)
    assert "nobody judges their own competencies" in refused.err
    crew.ok(*own, "nothing", "--as", "maria")
    crew.ok("readiness", "compute")
    sails = of(crew, "sailor")["requirements"][1]
    assert sails["state"] == "not_evidenced"
    assert "Sails at High: not evidenced." in sails["says"]
    crew.ok(*own, "agree", "--as", "maria")
    crew.ok("readiness", "compute")
    assert "confirmed by the manager" in of(crew, "sailor")["requirements"][1]["says"]


def test_a_chosen_role_is_kept_until_it_is_let_go(crew: Stage) -> None:
    crew.ok("readiness", "target", ADA.employee_id, "mate")
    crew.ok("readiness", "compute")
    kinds = {each["role"]: each["kind"] for each in crew.json("readiness", "list")}
    assert kinds == {"sailor": "present", "mate": "next_level"}
    let_go = crew.json("readiness", "target", ADA.employee_id, "mate", "--drop")
    assert let_go["changed"] is True
    again = crew.json("readiness", "target", ADA.employee_id, "mate", "--drop")
    assert again["changed"] is False


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("show", "nobody"), "there is no one person “nobody”"),
        (("show", ADA.employee_id, "--role", "cook"), "no role cook in use"),
        (
            ("show", ADA.employee_id, "--role", "mate", "--focus-area", "deep"),
            "the role mate has no focus area deep",
        ),
        (("judge", ADA.employee_id, "rowing", "agree"), "no competency rowing"),
        (("judge", ADA.employee_id, "sails", "top"), "sails has no step top"),
    ],
)
def test_a_wrong_name_is_told(crew: Stage, command: tuple[str, ...], told: str) -> None:
    refused = crew("readiness", *command)
    assert refused.code == 2
    assert told in refused.err


def test_readiness_is_off_until_somebody_says_what_for(jobframe: Stage) -> None:
    jobframe.connect(HRIS)
    jobframe.release(LADDER)
    refused = jobframe("readiness", "compute")
    assert refused.code == 2
    assert "readiness is switched off" in refused.err
    assert "purpose" in refused.err
    assert json.loads(jobframe("readiness", "compute", "--json").out)["error"]
