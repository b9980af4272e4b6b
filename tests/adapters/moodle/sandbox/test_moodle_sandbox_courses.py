"""Courses made, copied and deleted by web service, and activities done for others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from moodle_sandbox_client import SEED, Client

from adapters.moodle.sandbox import Site, create_app
from connector.kit.sandbox import serve

CREATE = "core_course_create_courses"
BY_FIELD = "core_course_get_courses_by_field"
STATUS = "core_completion_get_course_completion_status"
OVERRIDE = "core_completion_override_activity_completion_status"
SUMMARY = "tool_lp_data_for_user_competency_summary"
MORNING = datetime(2026, 1, 5, 9, 0, 30, tzinfo=UTC)
ADA = 4


@pytest.fixture(autouse=True)
def at_once(site: Site) -> None:
    site.switches.course_check_seconds = 0


@pytest.fixture
def competency(client: Client) -> int:
    return client.competency(client.framework(), "A")


def course(name: str, **changes: Any) -> dict[str, Any]:
    return {"fullname": name, "shortname": name, "categoryid": 1, **changes}


def link(client: Client, course_id: int, competency: int, outcome: int) -> None:
    place = {"courseid": course_id, "competencyid": competency}
    client.call("core_competency_add_competency_to_course", **place)
    listed = client.call("core_competency_list_course_competencies", id=course_id)
    client.call(
        "core_competency_set_course_competency_ruleoutcome",
        coursecompetencyid=listed[-1]["coursecompetency"]["id"],
        ruleoutcome=outcome,
    )


def activity_of(client: Client, course_id: int) -> int:
    asked = {"courseid": course_id, "userid": ADA}
    name = "core_completion_get_activities_completion_status"
    [activity] = client.call(name, **asked)["statuses"]
    return int(activity["cmid"])


@pytest.mark.parametrize(("seconds", "made"), [(0.1, 8), (0, 1)])
def test_eight_parallel_creations_with_one_idnumber_make_eight_courses(
    seconds: float, made: int
) -> None:
    everybody_looked = threading.Barrier(8)
    site = Site(SEED, sleep=lambda _: everybody_looked.wait(timeout=10) and None)
    site.switches.course_check_seconds = seconds
    served = serve(create_app(site))

    def create(_: int) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            client = Client(served.url, site.token, session)
            return client.call(CREATE, courses=[course("new", idnumber="N")])

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(create, range(8)))
    served.close()
    assert sum(isinstance(answer, list) for answer in answers) == made
    assert len(site.state.courses.find(idnumber="N")) == made


def test_courses_are_made_all_or_none(client: Client, site: Site) -> None:
    before = len(site.state.courses)
    answer = client.call(CREATE, courses=[course("one-a"), course("one")])
    assert answer["errorcode"] == "shortnametaken"
    answer = client.call(CREATE, courses=[course("x"), course("x")])
    assert answer["errorcode"] == "shortnametaken"
    assert len(site.state.courses) == before
    assert client.call(BY_FIELD, field="shortname", value="x")["courses"] == []


@pytest.mark.parametrize(
    ("changes", "errorcode"),
    [
        ({"categoryid": 99}, "errorcatcontextnotvalid"),
        ({"idnumber": "C-1"}, "courseidnumbertaken"),
        ({"idnumber": "x" * 101}, "dmlwriteexception"),
        ({"fullname": " "}, "errorinvalidparam"),
        ({"lang": "xx"}, "errorinvalidparam"),
        ({"summaryformat": 7}, "formatnotsupported"),
        ({"startdate": 2000, "enddate": 1000}, "enddatebeforestartdate"),
        ({"startdate": 0, "enddate": 1000}, "nostartdatenoenddate"),
        ({"shortname": "a<b"}, "invalidparameter"),
    ],
)
def test_courses_moodle_refuses(
    client: Client, changes: dict[str, Any], errorcode: str
) -> None:
    answer = client.call(CREATE, courses=[course("new", **changes)])
    assert answer["errorcode"] == errorcode


def test_refused_changes_and_deletions_are_warnings(client: Client) -> None:
    changes = [
        {"id": 2, "idnumber": "C-2"},
        {"id": 2, "shortname": " "},
        {"id": 99, "fullname": "x"},
        {"id": 1, "fullname": "x"},
        {"id": 2, "summaryformat": 7},
        {"id": 2, "categoryid": 99},
        {"id": 3, "fullname": "Two", "visible": 0},
    ]
    warned = client.call("core_course_update_courses", courses=changes)["warnings"]
    assert [entry["warningcode"] for entry in warned] == [
        "courseidnumbertaken",
        "errorinvalidparam",
        "invalidrecord",
        "invalidcourse",
        "formatnotsupported",
        "invalidrecord",
    ]
    [changed] = client.call(BY_FIELD, field="id", value=3)["courses"]
    assert (changed["fullname"], changed["visible"]) == ("Two", 0)
    warned = client.call("core_course_delete_courses", courseids=[99, 1, 3])["warnings"]
    assert [entry["warningcode"] for entry in warned] == [
        "unknowncourseidnumber",
        "cannotdeletecategorycourse",
    ]
    assert client.call(BY_FIELD, field="id", value=3)["courses"] == []


def test_a_copy_has_criteria_and_links_but_no_idnumber_and_nobody_in_it(
    client: Client, competency: int
) -> None:
    link(client, 2, competency, 3)
    wanted = course("copy", courseid=2)
    made = client.call("core_course_duplicate_course", **wanted)
    [copy] = client.call(BY_FIELD, field="id", value=made["id"])["courses"]
    assert (copy["idnumber"], copy["fullname"]) == ("", "copy")
    assert client.call("core_enrol_get_enrolled_users", courseid=made["id"]) == []
    linked = client.call("core_competency_list_course_competencies", id=made["id"])
    assert [entry["coursecompetency"]["ruleoutcome"] for entry in linked] == [3]
    enrolment = {"roleid": 5, "userid": ADA, "courseid": made["id"]}
    client.call("enrol_manual_enrol_users", enrolments=[enrolment])
    status = client.call(STATUS, courseid=made["id"], userid=ADA)["completionstatus"]
    assert (status["completed"], len(status["completions"])) == (False, 1)
    again = client.call("core_course_duplicate_course", **wanted)
    assert again["errorcode"] == "shortnametaken"
    option = {"name": "users", "value": "0"}
    other = {**course("other", courseid=2), "options": [option]}
    locked = client.call("core_course_duplicate_course", **other)
    assert locked["errorcode"] == "setting_locked_by_permission"


def test_the_last_activity_completes_course_and_competency_for_good(
    client: Client, competency: int
) -> None:
    link(client, 2, competency, 3)
    change = {"userid": ADA, "cmid": activity_of(client, 2)}
    assert client.call(OVERRIDE, **change, newstate=1)["overrideby"] == 3
    assert client.call(OVERRIDE, **change, newstate=0)["state"] == 0
    status = client.call(STATUS, courseid=2, userid=ADA)["completionstatus"]
    assert (status["completed"], status["completions"][0]["complete"]) == (True, True)
    shown = client.call(SUMMARY, userid=ADA, competencyid=competency)
    assert shown["usercompetency"]["proficiency"] is True
    [mine] = (
        entry
        for entry in client.call("core_enrol_get_users_courses", userid=ADA)
        if entry["id"] == 2
    )
    assert (mine["completed"], mine["progress"]) == (True, 100)


def test_evidence_of_a_deleted_course_can_no_longer_be_shown(
    client: Client, site: Site, competency: int
) -> None:
    link(client, 2, competency, 3)
    site.complete_course("E1", "C-1", MORNING)
    client.call("core_course_delete_courses", courseids=[2])
    answer = client.call(SUMMARY, userid=ADA, competencyid=competency)
    assert answer["errorcode"] == "invalidrecord"
    assert site.state.user_competencies.first(userid=ADA)["proficiency"] is True


def test_a_reset_course_is_completed_anew_and_ratings_stay(
    client: Client, site: Site, competency: int
) -> None:
    link(client, 2, competency, 3)
    later = MORNING + timedelta(days=30)
    site.complete_course("E1", "C-1", MORNING)
    site.complete_course("E1", "C-1", later)
    assert client.control("reset-course", course="C-1") == {"reset": 1}
    status = client.call(STATUS, courseid=2, userid=ADA)["completionstatus"]
    assert status["completed"] is False
    site.complete_course("E1", "C-1", later)
    status = client.call(STATUS, courseid=2, userid=ADA)["completionstatus"]
    assert status["completions"][0]["timecompleted"] == int(later.timestamp())
    shown = client.call(SUMMARY, userid=ADA, competencyid=competency)
    assert len(shown["evidence"]) == 2


@pytest.mark.parametrize(
    ("change", "errorcode"),
    [
        ({"cmid": 999}, "invalidcoursemodule"),
        ({"newstate": 7}, "err_system"),
    ],
)
def test_overrides_moodle_refuses(
    client: Client, change: dict[str, int], errorcode: str
) -> None:
    asked = {"userid": ADA, "cmid": activity_of(client, 2), "newstate": 1, **change}
    assert client.call(OVERRIDE, **asked)["errorcode"] == errorcode


def test_untracked_activities_cannot_be_completed(client: Client) -> None:
    [forum] = client.call("core_course_get_contents", courseid=2)[0]["modules"]
    answer = client.call(OVERRIDE, userid=ADA, cmid=forum["id"], newstate=1)
    assert (answer["state"], answer["tracking"]) == (0, 0)


def test_new_courses_go_first_and_searches_need_all_words(client: Client) -> None:
    client.call(CREATE, courses=[course("Course new one"), course("other")])
    asked = {"criterianame": "search", "criteriavalue": "one COURSE"}
    found = client.call("core_course_search_courses", **asked, perpage=1)
    assert found["total"] == 2
    assert [entry["fullname"] for entry in found["courses"]] == ["Course new one"]


def test_categories_make_a_tree_and_bear_an_idnumber_once(client: Client) -> None:
    name = "core_course_create_categories"
    [top] = client.call(name, categories=[{"name": "Top", "idnumber": "T"}])
    below = {"name": "Below", "parent": top["id"]}
    [inner] = client.call(name, categories=[below])
    for entry, code in (
        ({"name": "Again", "idnumber": "T"}, "categoryidnumbertaken"),
        ({"name": ""}, "categorynamerequired"),
        ({"name": "x", "parent": 99}, "unknowcategory"),
        ({"name": "x" * 256}, "categorytoolong"),
        ({"name": "x", "idnumber": "x" * 101}, "idnumbertoolong"),
        ({"name": "x", "descriptionformat": 7}, "formatnotsupported"),
    ):
        assert client.call(name, categories=[entry])["errorcode"] == code
    criterion = {"key": "idnumber", "value": "T"}
    found = client.call("core_course_get_categories", criteria=[criterion])
    assert [(row["id"], row["path"], row["sortorder"]) for row in found] == [
        (top["id"], f"/{top['id']}", 20000),
        (inner["id"], f"/{top['id']}/{inner['id']}", 30000),
    ]
    everything = client.call("core_course_get_categories")
    assert [row["coursecount"] for row in everything] == [2, 0, 0]
    for key, value, count in (
        ("ids", f"1,{inner['id']}", 2),
        ("parent", "0", 3),
        ("name", "Below", 1),
        ("visible", "1", 3),
        ("theme", "", 3),
    ):
        asked = [{"key": key, "value": value}]
        found = client.call("core_course_get_categories", criteria=asked)
        assert len(found) == count, key
    wrong = client.call(
        "core_course_get_categories", criteria=[{"key": "nosuch", "value": "1"}]
    )
    assert wrong["errorcode"] == "criteriaerror"
