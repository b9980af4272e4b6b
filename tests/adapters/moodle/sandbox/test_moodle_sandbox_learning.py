"""Templates, plans, course completion, evidence and the reports that show them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moodle_sandbox_client import Client

from adapters.moodle.sandbox import Site

RETRIEVE = "core_reportbuilder_retrieve_report"
FILTER = "core_reportbuilder_set_filters"
SUMMARY = "tool_lp_data_for_user_competency_summary"
MORNING = datetime(2026, 1, 5, 9, 0, 30, tzinfo=UTC)
NOON = MORNING + timedelta(hours=3)


@pytest.fixture
def competency(client: Client) -> int:
    return client.competency(client.framework(), "A")


def rows(client: Client, **page: int) -> list[list[str]]:
    data = client.call(RETRIEVE, reportid=1, **page)["data"]
    return [row["columns"] for row in data["rows"]]


def link_course(client: Client, competency: int, outcome: int) -> None:
    link = {"courseid": 2, "competencyid": competency}
    client.call("core_competency_add_competency_to_course", **link)
    [linked] = client.call("core_competency_list_course_competencies", id=2)
    assert linked["coursecompetency"]["ruleoutcome"] == 1
    name = "core_competency_set_course_competency_ruleoutcome"
    key = linked["coursecompetency"]["id"]
    assert client.call(name, coursecompetencyid=key, ruleoutcome=outcome) is True


def test_the_report_shows_completions_of_enrolled_people(
    client: Client, site: Site
) -> None:
    site.complete_course("E1", "C-1", MORNING)
    assert rows(client) == [
        [
            "E1",
            f'<a href="{client.url}/user/profile.php?id=4">Ada Able</a>',
            "ada@corp.example",
            "C-1",
            f'<a href="{client.url}/course/view.php?id=2">Course one</a>',
            "Monday, 5 January 2026, 9:00 AM",
        ]
    ]


def test_filters_stay_until_set_again_and_ignore_unknown_keys(
    client: Client, site: Site
) -> None:
    site.complete_course("E1", "C-1", MORNING)
    site.complete_course("E2", "C-1", NOON)
    since = {
        "completion:timecompleted_operator": 3,
        "completion:timecompleted_from": int(NOON.timestamp()),
        "completion:timecompleted_to": 0,
        "no:such_operator": 1,
    }
    client.call(FILTER, reportid=1, values=json.dumps(since))
    assert [row[0] for row in rows(client)] == ["E2"]
    assert [row[0] for row in rows(client)] == ["E2"]
    client.call(FILTER, reportid=1, values="{}")
    assert [row[0] for row in rows(client)] == ["E1", "E2"]


def test_reports_come_in_pages_with_the_count_of_all_rows(
    client: Client, site: Site
) -> None:
    for user, course in (("E1", "C-1"), ("E2", "C-1"), ("E1", "C-2")):
        site.complete_course(user, course, MORNING)
    sizes = [len(rows(client, page=page, perpage=2)) for page in range(3)]
    assert sizes == [2, 1, 0]
    first = client.call(RETRIEVE, reportid=1, page=0, perpage=2)
    assert first["data"]["totalrowcount"] == 3


@pytest.mark.parametrize(
    ("outcome", "action", "grade", "status"),
    [(0, None, None, 0), (1, 0, None, 0), (2, 0, None, 1), (3, 2, 2, 0)],
)
def test_completing_a_course_does_what_its_link_says(
    client: Client,
    site: Site,
    competency: int,
    outcome: int,
    action: int | None,
    grade: int | None,
    status: int,
) -> None:
    link_course(client, competency, outcome)
    site.complete_course("E1", "C-1", MORNING)
    site.complete_course("E1", "C-1", NOON)
    summary = client.call(SUMMARY, userid=4, competencyid=competency)
    actions = [entry["action"] for entry in summary["evidence"]]
    assert actions == ([] if action is None else [action])
    rating = summary["usercompetency"]
    assert (rating["grade"], rating["status"]) == (grade, status)


def test_completion_never_overrides_a_rating(
    client: Client, site: Site, competency: int
) -> None:
    link_course(client, competency, 3)
    site.rate("E1", "A", 1, note="not yet")
    site.complete_course("E1", "C-1", MORNING)
    summary = client.call(SUMMARY, userid=4, competencyid=competency)
    assert summary["usercompetency"]["grade"] == 1
    assert [entry["grade"] for entry in summary["evidence"]] == [2, 1]


def test_rating_twice_makes_two_pieces_of_evidence(
    client: Client, competency: int
) -> None:
    rating = {"userid": 4, "competencyid": competency, "grade": 2, "note": "ref 1"}
    for _ in range(2):
        client.call("core_competency_grade_competency", **rating)
    summary = client.call(SUMMARY, userid=4, competencyid=competency)
    assert [entry["note"] for entry in summary["evidence"]] == ["ref 1", "ref 1"]


def test_evidence_asked_for_raw_fails_although_the_rating_is_done(
    client: Client, competency: int
) -> None:
    rating = {"userid": 4, "competencyid": competency, "grade": 2}
    [answer] = client.batch(("core_competency_grade_competency", rating))
    assert json.loads(answer["exception"])["errorcode"] == "invalidresponse"
    summary = client.call(SUMMARY, userid=4, competencyid=competency)
    assert summary["usercompetency"]["grade"] == 2


@pytest.mark.parametrize("grade", [0, 3, -1])
def test_ratings_outside_the_scale_are_refused(
    client: Client, competency: int, grade: int
) -> None:
    rating = {"userid": 4, "competencyid": competency, "grade": grade}
    answer = client.call("core_competency_grade_competency", **rating)
    assert answer["errorcode"] == "invalidpersistenterror"


def test_a_null_rating_answers_an_error_and_takes_the_rating_back_all_the_same(
    client: Client, competency: int
) -> None:
    rating = {"userid": 4, "competencyid": competency, "grade": 2}
    client.call("core_competency_grade_competency", **rating)
    name = "core_competency_grade_competency"
    [answer] = client.batch((name, {**rating, "grade": None}))
    assert json.loads(answer["exception"])["errorcode"] == "codingerror"
    summary = client.call(SUMMARY, userid=4, competencyid=competency)
    assert summary["usercompetency"]["grade"] is None


def template(client: Client, competency: int, **changes: Any) -> int:
    values = {"shortname": "T", "contextid": 1, **changes}
    made = client.call("core_competency_create_template", template=values)
    link = {"templateid": made["id"], "competencyid": competency}
    assert client.call("core_competency_add_competency_to_template", **link) is True
    return int(made["id"])


def cohort_with(client: Client, *users: str) -> None:
    cohort = {
        "categorytype": {"type": "system", "value": ""},
        "name": "Cohort",
        "idnumber": "K",
    }
    client.call("core_cohort_create_cohorts", cohorts=[cohort])
    members = [
        {
            "cohorttype": {"type": "idnumber", "value": "K"},
            "usertype": {"type": "username", "value": user},
        }
        for user in users
    ]
    answer = client.call("core_cohort_add_cohort_members", members=members)
    assert answer == {"warnings": []}


def test_the_hourly_task_makes_plans_for_the_members_of_a_linked_cohort(
    client: Client, site: Site, competency: int
) -> None:
    key = template(client, competency)
    cohort_with(client, "ada", "ben")
    site.link_cohort(key, "K")
    plans = "core_competency_list_user_plans"
    assert client.call(plans, userid=4) == []
    for _ in range(2):
        site.run_hourly_tasks()
    [plan] = client.call(plans, userid=4)
    assert (plan["templateid"], plan["status"]) == (key, 1)
    read = client.call("core_competency_read_template", id=key)
    assert (read["cohortscount"], read["planscount"]) == (1, 2)


def test_a_deleted_plan_comes_back_only_when_its_template_changes(
    client: Client, site: Site, competency: int
) -> None:
    key = template(client, competency)
    cohort_with(client, "ada")
    site.link_cohort(key, "K")
    now = float(site.now())
    site.clock = lambda: now + 60
    site.run_hourly_tasks()
    plans = "core_competency_list_user_plans"
    [plan] = client.call(plans, userid=4)
    client.call("core_competency_delete_plan", id=plan["id"])
    site.clock = lambda: now + 120
    site.run_hourly_tasks()
    assert client.call(plans, userid=4) == []
    changes = {"id": key, "shortname": "Renamed"}
    assert client.call("core_competency_update_template", template=changes) is True
    site.run_hourly_tasks()
    assert len(client.call(plans, userid=4)) == 1


def test_a_template_carries_its_changes_into_open_plans(
    client: Client, site: Site, competency: int
) -> None:
    key = template(client, competency)
    cohort_with(client, "ada")
    site.link_cohort(key, "K")
    site.run_hourly_tasks()
    changes = {"id": key, "shortname": "Renamed"}
    assert client.call("core_competency_update_template", template=changes) is True
    [plan] = client.call("core_competency_list_user_plans", userid=4)
    assert plan["name"] == "Renamed"
    refused = client.call(
        "core_competency_update_plan", plan={"id": plan["id"], "name": "x"}
    )
    assert refused["errorcode"] == "codingerror"


def test_templates_have_no_unique_name_and_no_due_date_in_the_past(
    client: Client, competency: int
) -> None:
    assert template(client, competency) != template(client, competency)
    past = {"shortname": "Old", "contextid": 1, "duedate": 1_000_000_000}
    answer = client.call("core_competency_create_template", template=past)
    assert answer["errorcode"] == "invalidpersistenterror"


def test_a_plan_is_not_made_from_a_template_and_freezes_when_complete(
    client: Client, competency: int
) -> None:
    create = "core_competency_create_plan"
    values = {"name": "Plan", "userid": 4, "status": 1}
    key = template(client, competency)
    refused = client.call(create, plan={**values, "templateid": key})
    assert refused["errorcode"] == "codingerror"
    plan = client.call(create, plan=values)["id"]
    link = {"planid": plan, "competencyid": competency}
    assert client.call("core_competency_add_competency_to_plan", **link) is True
    assert client.call("core_competency_complete_plan", planid=plan) is True
    [frozen] = client.call("core_competency_list_plan_competencies", id=plan)
    assert frozen["usercompetencyplan"]["grade"] is None
    assert client.call("core_competency_reopen_plan", planid=plan) is True
    [live] = client.call("core_competency_list_plan_competencies", id=plan)
    assert "usercompetency" in live


def test_a_passed_due_date_completes_a_plan_proficient_or_not(
    client: Client, site: Site
) -> None:
    due = site.now() + 3600
    values = {"name": "Plan", "userid": 4, "status": 1, "duedate": due}
    plan = client.call("core_competency_create_plan", plan=values)["id"]
    site.clock = lambda: float(due + 1)
    site.run_hourly_tasks()
    assert client.call("core_competency_read_plan", id=plan)["iscompleted"] is True


def test_plans_have_states_and_each_step_its_own_function(client: Client) -> None:
    values = {"name": "Plan", "userid": 4, "status": 0}
    plan = client.call("core_competency_create_plan", plan=values)["id"]
    for step, expected in (
        ("unapprove_plan", "codingerror"),
        ("approve_plan", True),
        ("approve_plan", "codingerror"),
        ("unapprove_plan", True),
        ("plan_stop_review", "codingerror"),
    ):
        answer = client.call(f"core_competency_{step}", id=plan)
        assert (answer if answer is True else answer["errorcode"]) == expected


def test_cohort_members_that_cannot_be_added_are_warnings(client: Client) -> None:
    cohort_with(client, "ada")
    pairs = (("K", "ada"), ("K", "nobody"), ("NONE", "ada"))
    members = [
        {
            "cohorttype": {"type": "idnumber", "value": cohort},
            "usertype": {"type": "username", "value": user},
        }
        for cohort, user in pairs
    ]
    answer = client.call("core_cohort_add_cohort_members", members=members)
    codes = [warning["warningcode"] for warning in answer["warnings"]]
    assert codes == ["3", "2", "2"]


def test_learners_complete_only_what_they_are_enrolled_in(site: Site) -> None:
    with pytest.raises(ValueError, match="E3 is not enrolled in C-1"):
        site.complete_course("E3", "C-1", MORNING)
    with pytest.raises(ValueError, match="aware"):
        site.complete_course("E1", "C-1", datetime(2026, 1, 5))  # noqa: DTZ001
