"""`jobframe init NAME` and `jobframe export NAME`: set-up by a person's own hands."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_stage import FRAMEWORK, HRIS, LMS, Stage, changed

from adapters.moodle.client import MoodleClient
from connector.kit.http import HttpClient
from connector.runtime.manifest import adapter_listing

RELATED = changed(
    FRAMEWORK,
    "{key: sails, name: Sails, domain: boats, scale: craft}",
    "{key: sails, name: 'Sails & \"ropes\"', domain: boats, scale: craft,"
    " related: [knots], description: 'C:\\\"x\"'}",
)


def test_the_checklist_is_printed_and_given_as_json(jobframe: Stage) -> None:
    told = jobframe.ok("init", LMS).out
    assert "Site administration > Grades > Scales" in told
    assert "Not yet, Proficient" in told
    steps = jobframe.json("init", LMS)
    assert [step["title"] for step in steps][:2] == [
        "Switch on what is needed",
        "Make the service account",
    ]


def test_the_checklist_takes_the_scale_of_your_own_mapping(jobframe: Stage) -> None:
    text = adapter_listing(LMS).mapping.read_text(encoding="utf-8")
    own = changed(text, "[Not yet, Proficient]", "[Never, Often, Always]")
    page = jobframe.folder / "out" / "page.html"
    mapping = jobframe.write("own.yaml", own)
    told = jobframe.ok("init", LMS, "--mapping", mapping, "--html", page).out
    assert str(page) in told.replace("\n", "")
    assert "Never, Often, Always" in page.read_text(encoding="utf-8")
    assert jobframe.json("init", LMS, "--html", page) == {"file": str(page)}


def test_the_checklist_of_a_tenant_names_every_task_and_policy(
    jobframe: Stage,
) -> None:
    told = jobframe.ok("init", HRIS).out
    for name in (
        "Create Integration System User",
        "Maintain Permissions for Security Group",
        "Set Up: Skills and Experience",
        "Activate Pending Security Policy Changes",
        "jobframe doctor workday",
    ):
        assert name in told
    page = jobframe.folder / "workday.html"
    jobframe.ok("init", HRIS, "--html", page)
    assert "<code>Job Information</code>" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["init", "nowhere"], "there is no adapter “nowhere”"),
        (["export", "nothing", "--to", "x"], "there is no export “nothing”"),
        (["export", "moodle-csv", "--to", "x"], "nothing says what to export"),
        (["export", "moodle-csv", "nowhere", "--to", "x"], "no connection “nowhere”"),
        (["export", "moodle-csv", HRIS, "--to", "x"], "is one for workday"),
        (["export", "moodle-csv", LMS, "--to", "x"], "no release of the framework"),
    ],
)
def test_what_cannot_be_given_is_said(
    jobframe: Stage, arguments: list[str], said: str
) -> None:
    if HRIS in arguments:
        jobframe.connect(HRIS)
    if LMS in arguments:
        jobframe.connect(LMS)
    answer = jobframe(*arguments)
    assert answer.code == 2
    assert said in answer.err.replace("\n", " ")


def test_a_draft_is_exported_without_a_connection(jobframe: Stage) -> None:
    path = jobframe.folder / "framework.csv"
    folder = jobframe.framework()
    told = jobframe.ok("export", "moodle-csv", "--framework", folder, "--to", path).out
    assert "“Not yet,Proficient”" in told
    assert "“Competency scale: Harbour”" in told
    rows = rows_of(path)
    assert [row["Is framework"] for row in rows].count("1") == 1
    assert {row["ID number"] for row in rows} == {
        "jf-f-harbour",
        "jf-d-boats",
        *(f"jf-c-{key}" for key in ("knots", "sails")),
        *(f"jf-s-{key}/{rank}" for key in ("knots", "sails") for rank in (1, 2)),
    }


@pytest.mark.parametrize("name", ["0", "ends with \\\\", 'a \\\\\\" b'])
def test_a_name_that_the_importer_would_spoil_is_refused(
    jobframe: Stage, name: str
) -> None:
    text = changed(
        FRAMEWORK, "{key: boats, name: Boats}", f'{{key: boats, name: "{name}"}}'
    )
    path = jobframe.folder / "framework.csv"
    folder = jobframe.framework(text)
    answer = jobframe(
        "export", "moodle-csv", "--framework", folder, "--to", path, "--json"
    )
    assert answer.code == 3
    (problem,) = answer.error["problems"]
    assert problem["key"] == "domain boats"
    assert problem["place"].endswith(":4")
    assert not path.exists()


def test_what_was_imported_by_hand_is_adopted_and_then_nothing_is_left(
    jobframe: Stage,
) -> None:
    running = jobframe.connect(LMS)
    jobframe.release(RELATED)
    path = jobframe.folder / "framework.csv"
    notes = jobframe.json("export", "moodle-csv", LMS, "--to", path)["notes"]
    assert "Not in the file" in notes[-1]
    import_by_hand(running, path)

    kinds = ("framework", "domain", "competency", "step", "step_rule", "related")
    plan = jobframe.json("plan", LMS)
    assert not {change["kind"] for change in plan["changes"]} & set(kinds)
    adopted = {
        (finding["kind"], finding["type"])
        for finding in plan["findings"]
        if finding["is_waiting"]
    }
    assert adopted == {(kind, "adoption") for kind in kinds}
    jobframe.ok("findings", "decide", LMS, "adopt", "--type", "adoption")
    jobframe.ok("apply", LMS, "--yes")
    again = jobframe.json("plan", LMS)
    assert (again["changes"], again["findings"]) == ([], [])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def import_by_hand(running: Any, path: Path) -> None:
    """Do what the importer of 4.5 does: the tree, then rules, then relations."""
    with closing(HttpClient(target="Moodle", base_url=running.url)) as http:
        client = MoodleClient(http, running.secrets()["moodle.token"])
        rows = rows_of(path)
        head = next(row for row in rows if row["Is framework"])
        ids = {"": 0}
        framework = client.call(
            "core_competency_create_competency_framework",
            {"competencyframework": framework_values(head)},
        )
        nodes = [row for row in rows if not row["Is framework"]]
        for row in nodes:
            made = client.call(
                "core_competency_create_competency",
                {
                    "competency": {
                        **texts(row),
                        "parentid": ids[row["Parent ID number"]],
                        "competencyframeworkid": id_of(framework),
                    }
                },
            )
            ids[row["ID number"]] = id_of(made)
        for row in nodes:
            set_rule(client, ids[row["ID number"]], row)
            for other in filter(None, row[CROSS].split(",")):
                pair = {
                    "competencyid": ids[row["ID number"]],
                    "relatedcompetencyid": ids[other],
                }
                client.call("core_competency_add_related_competency", pair)


CROSS = "Cross-referenced competency ID numbers"


def framework_values(row: dict[str, str]) -> dict[str, object]:
    configuration = json.loads(row["Scale configuration"])
    configuration[0]["scaleid"] = "3"
    return {
        **texts(row),
        "contextid": 1,
        "scaleid": 3,
        "scaleconfiguration": json.dumps(configuration),
        "taxonomies": row["Taxonomy"],
    }


def texts(row: dict[str, str]) -> dict[str, object]:
    # The importer stores an entity as it is; the web service would refuse it.
    return {
        "idnumber": row["ID number"],
        "shortname": row["Short name"],
        "description": row["Description"].replace("&quot;", '"'),
        "descriptionformat": int(row["Description format"]),
    }


def set_rule(client: MoodleClient, node_id: int, row: dict[str, str]) -> None:
    if row["Rule type (optional)"]:
        values = {
            "id": node_id,
            "ruletype": row["Rule type (optional)"],
            "ruleoutcome": int(row["Rule outcome (optional)"]),
        }
        client.call("core_competency_update_competency", {"competency": values})


def id_of(made: object) -> int:
    assert isinstance(made, dict)
    return int(made["id"])
