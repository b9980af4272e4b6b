"""Users, enrolments, badges, comments and prior learning by web service."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from moodle_sandbox_client import SEED, Client

from adapters.moodle.sandbox import ReportSeed, Site, SiteSeed, create_site

CREATE = "core_user_create_users"
PERSON = {
    "username": "dora",
    "password": "Lrn!2345x",
    "firstname": "Dora",
    "lastname": "Deft",
    "email": "dora@corp.example",
    "idnumber": "E1",
}
NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
ADA = 4


@pytest.fixture
def site() -> Site:
    columns = ("badge:name", "user:idnumber", "badge_issued:issued")
    awards = ReportSeed("Badges", source="badges", columns=columns)
    changes: dict[str, Any] = {
        **{name: getattr(SEED, name) for name in SEED.__slots__},
        "badges": (("Cloud", "Knows clouds", "Corp"), ("Data", "d", "Corp")),
        "reports": (awards,),
    }
    return create_site(SiteSeed(**changes))


def test_an_idnumber_may_be_borne_twice(client: Client) -> None:
    [made] = client.call(CREATE, users=[PERSON])
    asked = {"field": "idnumber", "values": ["E1"]}
    found = client.call("core_user_get_users_by_field", **asked)
    assert [user["id"] for user in found] == [ADA, made["id"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"username": "ada"},
        {"username": "Dora"},
        {"email": "ADA@corp.example"},
        {"email": "no address"},
        {"email": "dora@localhost"},
        {"auth": "nosuch"},
        {"firstname": " "},
        {"auth": "webservice"},
        {"lang": "xx"},
        {"password": ""},
    ],
)
def test_a_user_moodle_refuses_is_vaguely_refused_and_none_is_made(
    client: Client, site: Site, changes: dict[str, str]
) -> None:
    other = {**PERSON, "username": "eve", "email": "eve@corp.example"}
    answer = client.call(CREATE, users=[other, {**PERSON, **changes}])
    assert answer["errorcode"] == "invalidparameter"
    assert site.state.users.first(username="eve") is None


def test_the_password_policy_comes_as_the_error_code(client: Client) -> None:
    answer = client.call(CREATE, users=[{**PERSON, "password": "abc"}])
    assert answer["errorcode"].startswith("<div>Passwords must be at least 8")
    accepted = {**PERSON, "password": "", "createpassword": True}
    assert isinstance(client.call(CREATE, users=[accepted]), list)


def test_refused_changes_of_users_are_warnings(client: Client) -> None:
    changes = [
        {"id": 99, "department": "x"},
        {"id": 2, "department": "x"},
        {"id": 1, "department": "x"},
        {"id": 5, "email": "ada@corp.example"},
        {"id": 5, "email": "no address"},
        {"id": ADA, "department": "Engineering", "suspended": True},
    ]
    warned = client.call("core_user_update_users", users=changes)["warnings"]
    assert [entry["warningcode"] for entry in warned] == [
        "invaliduserid",
        "usernotupdatedadmin",
        "usernotupdatedguest",
        "useremailduplicate",
        "useremailinvalid",
    ]
    asked = {"field": "id", "values": [ADA]}
    [ada] = client.call("core_user_get_users_by_field", **asked)
    assert (ada["department"], ada["suspended"]) == ("Engineering", True)


@pytest.mark.parametrize(
    ("enrolment", "errorcode"),
    [
        ({"userid": 99}, "invaliduser"),
        ({"courseid": 99}, "invalidparameter"),
        ({"roleid": 3}, "wsusercannotassign"),
        ({"userid": 6}, "suspended"),
        ({"courseid": 1}, "wsnoinstance"),
    ],
)
def test_enrolments_are_made_all_or_none(
    client: Client, site: Site, enrolment: dict[str, int], errorcode: str
) -> None:
    site.state.users.change(6, suspended=True)
    good = {"roleid": 5, "userid": 5, "courseid": 3}
    both = [good, {**good, "userid": ADA, **enrolment}]
    answer = client.call("enrol_manual_enrol_users", enrolments=both)
    assert answer["errorcode"] == errorcode
    assert not site.state.enrolments.count(courseid=3, userid=5)


def test_enrolling_and_unenrolling_again_is_silent(client: Client) -> None:
    key = {"userid": 5, "courseid": 3}
    for _ in range(2):
        enrolment = {**key, "roleid": 5}
        assert client.call("enrol_manual_enrol_users", enrolments=[enrolment]) is None
    for _ in range(2):
        assert client.call("enrol_manual_unenrol_users", enrolments=[key]) is None
    enrolled = client.call("core_enrol_get_enrolled_users", courseid=3)
    assert [user["id"] for user in enrolled] == [ADA]
    asked = {"courseid": 3}
    assert client.call("core_enrol_get_course_enrolment_methods", **asked) == []


def test_badges_are_listed_for_one_and_reported_for_all(
    client: Client, site: Site
) -> None:
    site.award_badge("E1", "Cloud", NOON)
    site.award_badge("E1", "Data", NOON.replace(hour=13))
    own = client.call("core_badges_get_user_badges", userid=ADA, perpage=1)["badges"]
    assert [badge["name"] for badge in own] == ["Data"]
    found = client.call("core_badges_get_user_badges", userid=ADA, search="clo")
    assert [badge["dateissued"] for badge in found["badges"]] == [int(NOON.timestamp())]
    shown = client.call("core_badges_get_badge", id=1)["badge"]
    assert (shown["name"], shown["issuer"]) == ("Cloud", "Corp")
    guest = client.call("core_badges_get_user_badges", userid=1)
    assert guest["errorcode"] == "guestsarenotallowed"
    unknown = client.call("core_badges_get_badge", id=9)
    assert unknown["errorcode"] == "error:nosuchbadge"
    since = '{"badge_issued:issued_operator": 3, "badge_issued:issued_from": %d}'
    client.call(
        "core_reportbuilder_set_filters",
        reportid=1,
        values=since % (int(NOON.timestamp()) + 1),
    )
    report = client.call("core_reportbuilder_retrieve_report", reportid=1)["data"]
    assert [row["columns"] for row in report["rows"]] == [
        ["Data", "E1", "Monday, 5 January 2026, 1:00 PM"]
    ]


@pytest.fixture
def plan(client: Client) -> int:
    values = {"name": "Plan", "userid": ADA, "status": 1}
    return int(client.call("core_competency_create_plan", plan=values)["id"])


def about(plan: int) -> dict[str, Any]:
    return {
        "contextlevel": "user",
        "instanceid": ADA,
        "component": "competency",
        "itemid": plan,
        "area": "plan",
    }


def test_comments_are_counted_at_the_plan_and_deleted_by_their_author(
    client: Client, site: Site, plan: int
) -> None:
    comments = [{**about(plan), "content": "a & b <b>c</b>\nd"}]
    [made] = client.call("core_comment_add_comments", comments=comments)
    assert "a &amp; b <b>c</b> d" in made["content"]
    area = client.call("core_competency_read_plan", id=plan)["commentarea"]
    assert (area["count"], area["canpost"]) == (1, True)
    listed = client.call("core_comment_get_comments", **about(plan))
    assert [comment["id"] for comment in listed["comments"]] == [made["id"]]
    site.state.comments.change(made["id"], userid=2)
    foreign = client.call("core_comment_delete_comments", comments=[made["id"]])
    assert foreign["errorcode"] == "nopermissiontodelentry"
    site.state.comments.change(made["id"], userid=site.state.account_id)
    assert client.call("core_comment_delete_comments", comments=[made["id"]]) == []
    again = client.call("core_comment_delete_comments", comments=[made["id"]])
    assert "could not be found" in again["errorcode"]


@pytest.mark.parametrize(
    ("changes", "errorcode"),
    [
        ({"itemid": 99}, "invalidrecord"),
        ({"area": "nosuch"}, "invalidcommentparam"),
        ({"instanceid": 99}, "invalidparameter"),
    ],
)
def test_comments_about_nothing_are_refused(
    client: Client, plan: int, changes: dict[str, Any], errorcode: str
) -> None:
    asked = {**about(plan), **changes}
    answer = client.call("core_comment_get_comments", **asked)
    assert answer["errorcode"] == errorcode
    answer = client.call(
        "core_comment_add_comments", comments=[{**asked, "content": "x"}]
    )
    assert answer["errorcode"] == errorcode


def test_a_deleted_plan_takes_its_comments_along(
    client: Client, site: Site, plan: int
) -> None:
    comments = [{**about(plan), "content": "x"}]
    client.call("core_comment_add_comments", comments=comments)
    client.call("core_competency_delete_plan", id=plan)
    assert len(site.state.comments) == 0


def test_prior_learning_is_linked_sent_to_review_and_deleted(
    client: Client, site: Site
) -> None:
    competency = client.competency(client.framework(), "A")
    address = "https://www.cert.example/a-very-long-address/of-a-certificate"
    key = site.add_prior_learning("E1", "Certificate", url=address)
    pair = {"userevidenceid": key, "competencyid": competency}
    name = "core_competency_create_user_evidence_competency"
    first, again = (client.call(name, **pair) for _ in range(2))
    assert first == again
    ask = "core_competency_request_review_of_user_evidence_linked_competencies"
    assert client.call(ask, id=key) is True
    page = client.call("tool_lp_data_for_user_evidence_list_page", userid=ADA)
    [entry] = page["evidence"]
    assert entry["urlshort"] == "cert.example/a-very-long-ad..."
    assert entry["usercompetencies"][0]["usercompetency"]["status"] == 1
    shown = client.call("core_competency_read_user_evidence", id=key)
    assert (shown["competencycount"], shown["canmanage"]) == (1, True)
    assert client.call("core_competency_delete_user_evidence", id=key) is True
    summary = client.call(
        "tool_lp_data_for_user_competency_summary", userid=ADA, competencyid=competency
    )
    assert [entry["descidentifier"] for entry in summary["evidence"]] == [
        "evidence_evidenceofpriorlearningunlinked",
        "evidence_evidenceofpriorlearninglinked",
    ]
    gone = client.call("core_competency_read_user_evidence", id=key)
    assert gone["errorcode"] == "invalidrecord"
