"""Tokens, services and capabilities: errors in some places, empty answers in others."""

from __future__ import annotations

from dataclasses import replace

import pytest
import requests
from moodle_sandbox_client import SEED, Client

from adapters.moodle.sandbox import Site, SiteSeed, create_app, create_site
from adapters.moodle.sandbox.capabilities import EVERYTHING
from connector.kit.sandbox import serve

INFO = "core_webservice_get_site_info"
BY_FIELD = "core_user_get_users_by_field"


def take(site: Site, *capabilities: str) -> None:
    assert EVERYTHING.issuperset(capabilities)
    site.state.account_capabilities -= set(capabilities)
    site.state.default_capabilities -= set(capabilities)


@pytest.mark.parametrize(
    ("token", "function", "errorcode"),
    [
        ("0" * 32, INFO, "invalidtoken"),
        ("", INFO, "invalidtoken"),
        (None, "", "invalidparameter"),
        (None, "core_competency_no_such_function", "invalidrecord"),
        (None, "core_course_view_course", "accessexception"),
    ],
)
def test_calls_that_do_not_reach_a_function(
    client: Client, token: str | None, function: str, errorcode: str
) -> None:
    response = client.send(function, {}, token)
    assert response.status_code == 200
    assert response.json()["errorcode"] == errorcode


def test_site_info_names_the_functions_of_the_service(
    client: Client, site: Site
) -> None:
    site.service_functions = {INFO, BY_FIELD}
    names = [entry["name"] for entry in client.call(INFO)["functions"]]
    assert names == [BY_FIELD, INFO]
    answer = client.call("core_competency_get_scale_values", scaleid=2)
    assert answer["errorcode"] == "accessexception"


def test_a_sandbox_is_marked_and_each_makes_its_own_token() -> None:
    first, second = create_site(), create_site(SiteSeed())
    assert first.token != second.token
    assert len(first.token) == 32
    assert "Sandbox" in first.facts("http://127.0.0.1").sitename


@pytest.mark.parametrize(
    ("capability", "function", "arguments"),
    [
        (
            "moodle/competency:templatemanage",
            "core_competency_create_template",
            {"template": {"shortname": "x", "contextid": 1}},
        ),
        (
            "moodle/competency:competencygrade",
            "core_competency_grade_competency",
            {"userid": 4, "competencyid": 1, "grade": 2},
        ),
        (
            "moodle/competency:coursecompetencymanage",
            "core_competency_add_competency_to_course",
            {"courseid": 2, "competencyid": 1},
        ),
        (
            "moodle/competency:competencymanage",
            "core_competency_update_competency",
            {"competency": {"id": 1, "shortname": "x"}},
        ),
    ],
)
def test_a_missing_right_to_write_is_an_error(
    client: Client,
    site: Site,
    capability: str,
    function: str,
    arguments: dict[str, object],
) -> None:
    client.competency(client.framework(), "A")
    take(site, capability)
    assert client.call(function, **arguments)["errorcode"] == "nopermissions"


def test_a_missing_right_to_see_people_is_an_empty_answer(
    client: Client, site: Site
) -> None:
    asked = {"field": "idnumber", "values": ["E1"]}
    assert [user["id"] for user in client.call(BY_FIELD, **asked)] == [4]
    take(site, "moodle/user:viewalldetails")
    assert client.call(BY_FIELD, **asked) == []
    take(site, "moodle/user:viewdetails")
    assert client.call("core_enrol_get_enrolled_users", courseid=2) == []
    assert client.call("core_enrol_get_users_courses", userid=4) == []


def test_courses_need_the_right_to_enter_them(client: Client, site: Site) -> None:
    take(site, "moodle/course:view")
    linked = client.call("core_competency_list_course_competencies", id=2)
    assert linked["errorcode"] == "requireloginerror"
    participants = client.call("core_enrol_get_enrolled_users", courseid=2)
    assert participants["errorcode"] == "errorcoursecontextnotvalid"
    listed = client.call("core_course_get_courses", options={"ids": [2]})
    assert listed["errorcode"] == "errorcoursecontextnotvalid"
    found = client.call("core_course_get_courses_by_field", field="id", value=2)
    assert "idnumber" not in found["courses"][0]


def test_reports_need_a_right_of_their_own(client: Client, site: Site) -> None:
    take(site, "moodle/reportbuilder:view")
    assert client.call("core_reportbuilder_list_reports")["reports"] == []
    answer = client.call("core_reportbuilder_retrieve_report", reportid=1)
    assert answer["errorcode"] == "errorreportview"


def test_the_controls_answer_this_machine_only(site: Site) -> None:
    app = create_app(site)
    stranger = {"REMOTE_ADDR": "192.0.2.1"}
    answer = app.test_client().get("/_sandbox/state", environ_overrides=stranger)
    assert answer.status_code == 403


def test_the_address_of_the_site_is_the_one_asked_or_the_one_seeded() -> None:
    seeded = replace(SEED, wwwroot="https://learn.example", token="a" * 32)
    for seed, expected in ((SEED, ""), (seeded, "https://learn.example")):
        site = create_site(seed)
        served = serve(create_app(site))
        with requests.Session() as session:
            session.trust_env = False
            info = Client(served.url, site.token, session).call(INFO)
        served.close()
        assert info["siteurl"] == (expected or served.url)
