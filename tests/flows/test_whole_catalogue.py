"""The shipped mapping on a tenant: levels, focus areas, categories, titles and pay."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli_stage import FRAMEWORK, HRIS, Stage, changed

from adapters.workday.sandbox import NamedSeed
from connector.commands.sandbox import EXAMPLE, example_seed
from connector.runtime.manifest import load_adapter
from connector.runtime.resources import shipped

LADDER = """\
levels:
  - {key: ic1, name: IC 1 Starting, track: individual_contributor, grade: g1}
"""
ON_THE_LADDER = changed(
    LADDER + FRAMEWORK,
    "    name: Sailor\n",
    "    name: Sailor\n    track: individual_contributor\n    level: ic1\n",
)
FOCUSED = changed(
    FRAMEWORK,
    "    requirements: {knots: low, sails: high}\n",
    "    requirements: {sails: low}\n    focus_areas:\n"
    "      - key: racing\n        name: Racing\n        requirements: {sails: high}\n"
    "        responsibilities: [Wins.]\n"
    "      - {key: repair, name: Repair, requirements: {knots: high}}\n",
)
PAID = (
    ON_THE_LADDER
    + """\
regions:
  - {key: baltic, name: Baltic, currency: PLN}
  - {key: atlantic, name: Atlantic, currency: EUR}
pay_bands:
  - {key: g1-baltic, grade: g1, region: baltic, currency: PLN, minimum: 73501,
     midpoint: 90002, maximum: 106503}
  - {key: g1-atlantic, grade: g1, region: atlantic, currency: EUR, minimum: 31104,
     midpoint: 38005, maximum: 44906}
"""
)
PAY_SWITCHES = {
    "compensation_grades: no": "compensation_grades: yes",
    "compensation_elements: []": "compensation_elements: [BASE_PAY]",
    "eligibility_rules: {}": "eligibility_rules: {baltic: IN_BALTIC}",
    "levels: management": "levels: none",
}
TWIN = "  - {key: mate, name: Sailor, family: sailing, track: manager}\n"
#: Every figure of the bands, which nobody sees without the right.
FIGURES = ("73501", "90002", "106503", "31104", "38005", "44906")


def with_mapping(jobframe: Stage, changes: dict[str, str]) -> Any:
    """Connect with the shipped mapping in which some options are set."""
    text = jobframe.ok("config", "mapping", HRIS).out
    for old, new in changes.items():
        text = changed(text, f"  {old}\n", f"  {new}\n")
    jobframe.ok("config", "import", jobframe.write("ours.yaml", text))
    return jobframe.connect(HRIS, mapping="ours")


def apply_all(jobframe: Stage) -> dict[str, Any]:
    answer = jobframe.json("apply", HRIS, "--yes")
    assert (answer["failed"], answer["skipped"]) == (0, 0)
    return dict(answer)


def profile(sandbox: Any, key: str) -> Any:
    found = sandbox.tenant.store.find("Job_Profile_ID", f"jf-jp-{key}")
    return found.latest if found is not None else None


def test_each_focus_area_is_a_job_profile_with_its_own_criteria(
    jobframe: Stage,
) -> None:
    sandbox: Any = jobframe.connect(HRIS)
    jobframe.release(FOCUSED)
    apply_all(jobframe)
    assert profile(sandbox, "sailor") is None
    asked = {}
    for area in ("racing", "repair"):
        shown = profile(sandbox, f"sailor/{area}")
        basic = shown["Job_Profile_Basic_Data"]
        assert basic["Job_Title"] == f"Sailor – {area.title()}"
        groups = shown["Qualification_Replacement_Data"]
        rows = groups["Competency_Qualification_Replacement"]
        asked[area] = {
            (
                row["Competency_Reference"].reference_ids["Competency_ID"],
                row["Proficiency_Rating_Reference"].descriptor,
            )
            for row in rows["Competency_Qualification_Replacement_Data"]
        }
    assert asked == {
        "racing": {("jf-c-sails", "High")},
        "repair": {("jf-c-sails", "Low"), ("jf-c-knots", "High")},
    }
    assert jobframe.json("plan", HRIS)["changes"] == []


def test_a_level_is_a_task_with_its_values_and_profiles_wait_for_it(
    jobframe: Stage,
) -> None:
    sandbox: Any = jobframe.connect(HRIS)
    jobframe.release(ON_THE_LADDER)
    apply_all(jobframe)
    plan = jobframe.json("plan", HRIS)
    (task,) = plan["tasks"]
    assert task["values"] == {"id": "ic1", "name": "IC 1 Starting"}
    assert "Maintain Management Levels" in task["steps"]
    assert [one["change"]["kind"] for one in plan["waiting"]] == ["job_profile"]
    sandbox.tenant.store.add(
        "management_level", {"Management_Level_ID": "ic1"}, "IC 1 Starting"
    )
    plan = jobframe.json("plan", HRIS)
    assert (plan["tasks"], plan["waiting"]) == ([], [])
    apply_all(jobframe)
    basic = profile(sandbox, "sailor")["Job_Profile_Basic_Data"]
    level = basic["Management_Level_Reference"]
    assert level.reference_ids == {"Management_Level_ID": "ic1"}
    assert jobframe.json("plan", HRIS)["changes"] == []


def test_the_mapping_names_the_levels_that_a_tenant_has_already(
    jobframe: Stage,
) -> None:
    sandbox = with_mapping(
        jobframe,
        {
            "levels: management": "levels: both",
            "management_levels: {}": "management_levels: {ic1: PROFESSIONAL_1}",
            "job_levels: {}": "job_levels: {ic1: STEP_A}",
            'job_category: ""': "job_category: SALARIED",
        },
    )
    for kind, id_type, value in (
        ("management_level", "Management_Level_ID", "PROFESSIONAL_1"),
        ("job_level", "Job_Level_ID", "STEP_A"),
        ("job_category", "Job_Category_ID", "SALARIED"),
    ):
        sandbox.tenant.store.add(kind, {id_type: value}, "Called as it always was")
    jobframe.release(ON_THE_LADDER)
    plan = jobframe.json("plan", HRIS)
    assert (plan["tasks"], plan["waiting"]) == ([], [])
    apply_all(jobframe)
    basic = profile(sandbox, "sailor")["Job_Profile_Basic_Data"]
    for name, value in (
        ("Management_Level_Reference", "PROFESSIONAL_1"),
        ("Job_Level_Reference", "STEP_A"),
        ("Job_Category_Reference", "SALARIED"),
    ):
        assert value in basic[name].reference_ids.values()
    assert jobframe.json("plan", HRIS)["changes"] == []


def test_a_category_that_is_no_longer_wanted_stays_and_is_told(
    jobframe: Stage,
) -> None:
    jobframe.connect(HRIS)
    jobframe.release()
    apply_all(jobframe)
    jobframe.release(
        changed(FRAMEWORK, "domains: [{key: boats, name: Boats}]\n", "")
        .replace(", domain: boats", "")
        .replace("    domain: boats\n", "")
    )
    plan = jobframe.json("plan", HRIS)
    assert {one["kind"] for one in plan["changes"]} == {"competency"}
    (finding,) = [one for one in plan["findings"] if one["type"] == "left"]
    assert (finding["kind"], finding["key"]) == ("competency_category", "boats")
    assert "kept" in finding["message"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "pathways:\n",
            TWIN + "pathways:\n",
            "its title “Sailor”, families “job_family sailing” is that of",
        ),
        (
            "groups: [{key: afloat, name: Afloat}]",
            "groups: [{key: afloat, name: Sailing}]",
            "its name “Sailing” is that of job_family sailing too",
        ),
    ],
)
def test_what_workday_allows_once_is_refused_with_its_key(
    jobframe: Stage, old: str, new: str, said: str
) -> None:
    sandbox: Any = jobframe.connect(HRIS)
    jobframe.release(changed(FRAMEWORK, old, new))
    answer = jobframe("plan", HRIS, "--json")
    assert answer.code == 3
    (problem,) = answer.error["problems"]
    assert said in problem["message"]
    assert problem["key"] in ("job_profile sailor", "job_family_group afloat")
    assert not any(entry.is_write for entry in sandbox.tenant.log)


@pytest.fixture
def paid(jobframe: Stage) -> Any:
    """A tenant on which compensation grades are switched on."""
    sandbox = with_mapping(jobframe, PAY_SWITCHES)
    store = sandbox.tenant.store
    for kind, id_type, value in (
        ("compensation_element", "Compensation_Element_ID", "BASE_PAY"),
        ("condition_rule", "Condition_Rule_ID", "IN_BALTIC"),
        ("currency", "Currency_ID", "PLN"),
        ("currency", "Currency_ID", "EUR"),
        ("frequency", "Frequency_ID", "Annual"),
    ):
        if store.find(id_type, value) is None:
            store.add(kind, {id_type: value}, NamedSeed(value, value).name)
    jobframe.release(PAID)
    return sandbox


def test_grades_have_a_profile_for_each_region_and_job_profiles_name_them(
    jobframe: Stage, paid: Any
) -> None:
    apply_all(jobframe)
    grade = paid.tenant.store.find("Compensation_Grade_ID", "jf-gr-g1").latest
    bands = {}
    for row in grade["Compensation_Grade_Profile"]:
        data = row["Compensation_Grade_Profile_Data"]
        band = data["Compensation_Pay_Range_Data"]
        bands[data["Compensation_Grade_Profile_ID"]] = (
            band["Minimum"],
            band["Midpoint"],
            band["Maximum"],
            band["Currency_Reference"].descriptor,
            [rule.descriptor for rule in data.get("Eligibility_Rule_Reference", [])],
        )
    assert bands == {
        "jf-gp-g1-baltic": ("73501", "90002", "106503", "PLN", ["IN_BALTIC"]),
        "jf-gp-g1-atlantic": ("31104", "38005", "44906", "EUR", []),
    }
    pay = profile(paid, "sailor")["Job_Profile_Compensation_Data"]
    grade_id = pay["Compensation_Grade_Reference"].reference_ids
    assert grade_id == {"Compensation_Grade_ID": "jf-gr-g1"}
    assert len(pay["Compensation_Grade_Profile_Reference"]) == 2
    assert jobframe.json("plan", HRIS)["changes"] == []


def test_the_example_organisation_is_written_whole_with_its_pay_grades(
    jobframe: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = load_adapter(HRIS).start_sandbox(example_seed())
    monkeypatch.setattr(
        jobframe, "start", lambda name: jobframe.sandboxes.setdefault(name, example)
    )
    rules = "{central-europe: REGION_central-europe, ireland: REGION_ireland}"
    with_mapping(
        jobframe,
        {
            **PAY_SWITCHES,
            "levels: management": "levels: both",
            "eligibility_rules: {}": f"eligibility_rules: {rules}",
        },
    )
    folder = shipped(f"{EXAMPLE}/framework")
    jobframe.ok("framework", "release", folder)
    answer = apply_all(jobframe)
    assert answer["planned"] == answer["applied"]
    assert len(example.tenant.store.of_kind("compensation_grade")) == 8
    plan = jobframe.json("plan", HRIS)
    left = ("changes", "findings", "tasks", "waiting")
    assert [plan[name] for name in left] == [[], [], [], []]


def test_pay_is_shown_to_nobody_without_the_right(jobframe: Stage, paid: Any) -> None:
    del paid
    file = jobframe.folder / "plan.json"
    shown = jobframe.ok("plan", HRIS, "--all", "--out", file)
    told = [shown.out, shown.err, json.dumps(jobframe.json("plan", HRIS))]
    jobframe.ok("apply", "--plan", file)
    jobframe.release(changed(PAID, "maximum: 106503", "maximum: 106777"))
    again = jobframe.ok("plan", HRIS, "--all")
    told += [again.out, json.dumps(jobframe.json("plan", HRIS))]
    assert "<hidden: pay, changed>" in again.out
    for figure in (*FIGURES, "106777"):
        assert not any(figure in text for text in told), figure


def test_grades_switched_off_again_are_let_go_of(jobframe: Stage, paid: Any) -> None:
    apply_all(jobframe)
    before = profile(paid, "sailor")
    text = jobframe.ok("config", "mapping", HRIS).out
    text = changed(text, "  levels: management\n", "  levels: none\n")
    jobframe.ok("config", "import", jobframe.write("ours.yaml", text))
    plan = jobframe.json("plan", HRIS)
    assert (plan["changes"], plan["tasks"], plan["waiting"]) == ([], [], [])
    assert profile(paid, "sailor") == before


def test_while_grades_are_off_nothing_of_pay_is_asked_for(jobframe: Stage) -> None:
    sandbox: Any = jobframe.connect(HRIS)
    jobframe.release()
    apply_all(jobframe)
    jobframe("doctor", HRIS)
    asked = {entry.operation for entry in sandbox.tenant.log}
    assert "Get_Job_Profiles" in asked
    assert not any("Compensation" in operation for operation in asked)
