"""Mobility at the command line, on the example company's framework."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli_stage import ADA, HRIS, Stage

EXAMPLE = Path(__file__).parents[2] / "examples" / "quillmere" / "framework"
HERE = ("--framework", str(EXAMPLE))
AUDITOR, RISK = "internal-auditor-ic4", "risk-manager-ic4"


def test_the_map_is_a_table_and_a_drawing(jobframe: Stage) -> None:
    path = jobframe.folder / "map.svg"
    one = ("--family", "risk-management")
    shown = jobframe.ok("mobility", "map", *HERE, *one, "--svg", path)
    assert "Risk Specialist" in shown.out
    assert "Drawn into" in shown.out
    assert path.read_text("utf-8").startswith("<svg")
    told = jobframe.json("mobility", "map", *HERE, *one, "--suggested", "3")
    assert told["families"] == ["risk-management"]


def test_a_route_tells_each_leg(jobframe: Stage) -> None:
    told = jobframe.json("mobility", "route", "auditor-ic3", RISK, *HERE)
    assert [leg["to"] for leg in told["route"]] == [AUDITOR, RISK]
    shown = jobframe.ok("mobility", "route", "auditor-ic3", RISK, *HERE).out
    assert shown.startswith(f"{told['steps']} steps to learn over 2 moves.")
    nowhere = jobframe.ok(
        "mobility", "route", "chief-risk-officer-m8", AUDITOR, *HERE, "--declared"
    )
    assert "No moves lead from" in nowhere.out


def test_clusters_and_suggestions_give_their_reasons(jobframe: Stage) -> None:
    shown = jobframe.ok("mobility", "clusters", *HERE, "--all").out
    assert "nearness" in shown
    assert jobframe.json("mobility", "clusters", *HERE)["clusters"]
    options = ("--role", AUDITOR, "--number", "1")
    (found,) = jobframe.json("mobility", "suggest", *HERE, *options)["suggestions"]
    assert found["comes_along"]
    told = jobframe.ok("mobility", "suggest", *HERE, *options).out
    assert "comes along:" in told
    assert "more: --number" in told


def test_a_role_page_names_what_bridges_a_move(jobframe: Stage) -> None:
    shown = jobframe.ok("mobility", "role", RISK, *HERE).out
    assert "with Certified Risk Practitioner" in shown
    assert jobframe.json("mobility", "role", RISK, *HERE)["role"] == RISK


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("route", "auditor-ic3", "risk-manager-ic5"), "risk-manager-ic4"),
        (("role", "astronaut"), "no role astronaut"),
        (("map", "--family", "riskmanagement"), "risk-management"),
        (("suggest", "--role", "x"), "no role x"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(
    jobframe: Stage, command: tuple[str, ...], told: str
) -> None:
    refused = jobframe("mobility", *command, *HERE)
    assert refused.code == 2
    assert told in refused.err


def test_mentors_the_bench_and_signals_take_what_was_switched_on(
    jobframe: Stage,
) -> None:
    purpose = {"purpose": "shows people roles near their own"}
    running: Any = jobframe.connect(HRIS, suggestions=purpose, readiness=purpose)
    jobframe.release()
    jobframe.ok("apply", HRIS, "--yes")
    running.tenant.move_worker(ADA.employee_id, job_profile_id="jf-jp-sailor")
    jobframe.ok("people", "sync", HRIS)
    assert "Nobody who holds" in jobframe.ok("mobility", "mentors", "sailor").out
    person = jobframe.json("mobility", "mentor", ADA.employee_id, "yes")["person"]
    (mentor,) = jobframe.json("mobility", "mentors", "sailor")
    assert (mentor["person_id"], mentor["made_the_move"]) == (person, False)
    own = ("mobility", "mentors", "sailor", "--for", ADA.employee_id)
    assert jobframe.json(*own) == []
    jobframe.ok("mobility", "mentor", ADA.employee_id, "no")
    assert jobframe.json("mobility", "mentors", "sailor") == []
    jobframe.ok("readiness", "target", ADA.employee_id, "sailor")
    jobframe.ok("readiness", "compute")
    assert jobframe.json("mobility", "bench") == []
    assert "No signals." in jobframe.ok("signals").out
