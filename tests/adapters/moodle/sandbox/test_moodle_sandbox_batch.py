"""Several calls in one request."""

from __future__ import annotations

import json

from moodle_sandbox_client import Client

CREATE = "core_competency_create_competency"


def test_a_batch_stops_at_the_first_failure_and_keeps_what_was_done(
    client: Client,
) -> None:
    framework = client.framework()
    calls = [
        (
            CREATE,
            {
                "competency": {
                    "shortname": number,
                    "idnumber": number,
                    "competencyframeworkid": framework,
                }
            },
        )
        for number in ("A", "B", "B", "C")
    ]
    answers = client.batch(*calls)
    assert [answer["error"] for answer in answers] == [False, False, True]
    problem = json.loads(answers[-1]["exception"])
    assert problem["errorcode"] == "invalidpersistenterror"
    assert "exception" not in problem
    filters = [{"column": "competencyframeworkid", "value": framework}]
    found = client.call("core_competency_list_competencies", filters=filters)
    assert {row["idnumber"] for row in found} == {"A", "B"}


def test_a_batch_can_say_null_and_empty_lists(client: Client) -> None:
    client.competency(client.framework(), "A")
    [answer] = client.batch(("core_competency_count_competencies", {"filters": []}))
    assert answer == {"error": False, "data": "1"}


def test_functions_without_an_answer_have_null_as_data(client: Client) -> None:
    cohort = {
        "categorytype": {"type": "system", "value": ""},
        "name": "Cohort",
        "idnumber": "K",
    }
    [created] = client.call("core_cohort_create_cohorts", cohorts=[cohort])
    [answer] = client.batch(
        ("core_cohort_delete_cohorts", {"cohortids": [created["id"]]})
    )
    assert answer == {"error": False, "data": None}


def test_unknown_functions_and_arguments_that_are_no_json(client: Client) -> None:
    [unknown] = client.batch(("core_no_such_function", {}))
    assert json.loads(unknown["exception"]) == {
        "errorcode": "accessexception",
        "module": "webservice",
    }
    entry = {"function": "core_competency_read_competency", "arguments": "no json"}
    answer = client.call("tool_mobile_call_external_functions", requests=[entry])
    [response] = answer["responses"]
    assert json.loads(response["exception"])["errorcode"] == "invalidparameter"


def test_errors_of_php_itself_get_a_code_inside_a_batch_only(client: Client) -> None:
    name = "core_competency_get_scale_values"
    alone = client.call(name, scaleid=99)
    [inside] = client.batch((name, {"scaleid": 99}))
    assert alone["exception"] == "Error"
    assert "errorcode" not in alone
    problem = json.loads(inside["exception"])
    assert problem["errorcode"] == "generalexceptionmessage"


def test_each_inner_call_chooses_raw_text_for_itself(client: Client) -> None:
    competency = client.competency(client.framework(), "A", shortname="R&D")
    name = "core_competency_read_competency"
    entries = [
        {
            "function": name,
            "arguments": json.dumps({"id": competency}),
            "settingraw": raw,
        }
        for raw in (True, False)
    ]
    answer = client.call("tool_mobile_call_external_functions", requests=entries)
    shown = [json.loads(one["data"])["shortname"] for one in answer["responses"]]
    assert shown == ["R&D", "R&amp;D"]
