"""The pages under /_sandbox/: hand edits that show as drift, and learners played."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
import requests
from moodle_sandbox_client import Client

from adapters.moodle.sandbox import Site, create_app

PAGES = (
    "",
    "competencies",
    "competencies/1",
    "templates",
    "templates/1",
    "courses",
    "courses/2",
    "learners",
    "learners/4",
)
OWN = "http://127.0.0.1/_sandbox/"


class Outline(HTMLParser):
    """What assistive technology needs to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture
def filled(client: Client) -> Client:
    key = client.competency(client.framework(), "A", description="<p>Old &amp; x</p>")
    template = {"shortname": "Engineer", "contextid": 1}
    made = client.call("core_competency_create_template", template=template)
    link = {"templateid": made["id"], "competencyid": key}
    client.call("core_competency_add_competency_to_template", **link)
    course = {"courseid": 2, "competencyid": key}
    client.call("core_competency_add_competency_to_course", **course)
    [linked] = client.call("core_competency_list_course_competencies", id=2)
    outcome = "core_competency_set_course_competency_ruleoutcome"
    link_id = linked["coursecompetency"]["id"]
    client.call(outcome, coursecompetencyid=link_id, ruleoutcome=3)
    return client


def look(client: Client, path: str) -> str:
    response = client.session.get(f"{client.url}/_sandbox/{path}", timeout=10)
    response.encoding = "utf-8"
    return response.text


def submit(client: Client, path: str, **fields: str) -> requests.Response:
    """Send a form as a browser does, with the token of its page."""
    token = re.search('name="form_token" value="([0-9a-f]+)"', look(client, ""))
    assert token is not None
    data = {"form_token": token[1], **fields}
    address = f"{client.url}/_sandbox/{path}"
    return client.session.post(address, data=data, timeout=10)


def noon() -> datetime:
    return datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_used_without_seeing_it_and_without_scripts(
    filled: Client, site: Site, path: str
) -> None:
    site.complete_course("E1", "C-1", noon())
    plan = {"name": "Plan", "userid": 4, "status": 1}
    filled.call("core_competency_create_plan", plan=plan)
    outline = Outline(look(filled, path))
    assert outline.named("html")[0]["lang"] == "en"
    assert len(outline.named("h1", "main", "title")) == 3
    assert not outline.named("script")
    assert len(outline.named("caption")) == len(outline.named("table"))
    assert all("scope" in cell for cell in outline.named("th"))
    labelled = {label["for"] for label in outline.named("label")}
    fields = outline.named("input", "select", "textarea")
    assert {f["id"] for f in fields if f.get("type") != "hidden"} == labelled
    ids = [tag["id"] for _, tag in outline.tags if "id" in tag]
    assert len(ids) == len(set(ids))
    for _, tag in outline.tags:
        described = (tag.get("aria-describedby") or "").split()
        assert set(described) <= set(ids)


def test_a_hand_edit_of_a_description_shows_as_drift(filled: Client) -> None:
    fields = {"shortname": "A", "idnumber": "A", "description": "New & better"}
    answer = submit(filled, "competencies/1", **fields)
    assert "A is saved." in answer.text
    read = filled.read(1)
    assert read["description"] == "<p>New &amp; better</p>"
    assert read["usermodified"] == 2


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("description", "<p>open", "would change this text"),
        ("idnumber", "B", "This ID number is already in use"),
        ("shortname", "x" * 101, "Error writing to database"),
    ],
)
def test_what_moodle_would_refuse_comes_back_with_the_reason(
    filled: Client, site: Site, field: str, value: str, problem: str
) -> None:
    filled.competency(1, "B")
    fields = {"shortname": "A", "idnumber": "A", "description": "<p>x</p>"}
    answer = submit(filled, "competencies/1", **{**fields, field: value})
    assert answer.status_code == 422
    assert problem in answer.text
    assert value.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert site.state.competencies.rows[1]["description"] == "<p>Old &amp; x</p>"


def test_templates_are_edited_and_carry_it_into_their_plans(
    filled: Client, site: Site
) -> None:
    cohort = {
        "categorytype": {"type": "system", "value": ""},
        "name": "K",
        "idnumber": "K",
    }
    filled.call("core_cohort_create_cohorts", cohorts=[cohort])
    member = {
        "cohorttype": {"type": "idnumber", "value": "K"},
        "usertype": {"type": "id", "value": 4},
    }
    filled.call("core_cohort_add_cohort_members", members=[member])
    site.link_cohort(1, "K")
    assert "hourly tasks have run" in submit(filled, "tasks/hourly").text
    fields = {"shortname": "Engineer 2", "description": "<p>x</p>"}
    assert "is saved" in submit(filled, "templates/1", **fields).text
    assert site.state.templates.rows[1]["visible"] is False
    [plan] = site.state.plans
    assert plan["name"] == "Engineer 2"
    assert "Engineer 2" in look(filled, "learners/4")


def test_courses_are_edited_and_reset(filled: Client, site: Site) -> None:
    site.complete_course("E1", "C-1", noon())
    fields = {"fullname": "One", "shortname": "one", "idnumber": "C-2", "summary": ""}
    taken = submit(filled, "courses/2", **fields)
    assert "already used" in taken.text
    saved = submit(filled, "courses/2", **{**fields, "idnumber": "C-9"})
    assert "One is saved." in saved.text
    assert site.state.courses.rows[2]["idnumber"] == "C-9"
    assert "Completions reset: 1." in submit(filled, "courses/2/reset").text
    assert len(site.state.completions) == 0


def test_a_learner_is_played_who_completes_a_course(filled: Client, site: Site) -> None:
    answer = submit(filled, "learners/5/complete", course="3")
    assert (answer.status_code, "enrol first" in answer.text) == (422, True)
    assert (
        "Enrolled in Course two." in submit(filled, "learners/5/enrol", course="3").text
    )
    answer = submit(filled, "learners/5/complete", course="3", on="not a day")
    assert answer.status_code == 422
    answer = submit(filled, "learners/4/complete", course="2", on="2026-01-05")
    assert "Ada Able has completed Course one." in answer.text
    [completion] = site.state.completions
    assert completion["timecompleted"] == int(noon().timestamp())
    assert "Competent, proficient" in look(filled, "learners/4")


@pytest.mark.parametrize("token", ["", "0" * 32])
def test_a_form_without_the_token_of_the_site_changes_nothing(
    filled: Client, site: Site, token: str
) -> None:
    address = f"{filled.url}/_sandbox/competencies/1"
    data = {"form_token": token, "shortname": "X", "idnumber": "X", "description": ""}
    answer = filled.session.post(address, data=data, timeout=10)
    assert answer.status_code == 403
    assert site.state.competencies.rows[1]["shortname"] == "A"


@pytest.mark.parametrize(
    ("address", "remote", "status"),
    [
        (OWN, "127.0.0.1", 200),
        ("http://localhost:8000/_sandbox/", "127.0.0.1", 200),
        ("http://[::1]:8000/_sandbox/", "::1", 200),
        ("http://[::1]/_sandbox/", "::1", 200),
        (OWN, "192.0.2.1", 403),
        ("http://rebound.example/_sandbox/", "127.0.0.1", 403),
    ],
)
def test_the_pages_answer_this_machine_under_its_own_name_only(
    site: Site, address: str, remote: str, status: int
) -> None:
    browser = create_app(site).test_client()
    answer = browser.get(address, environ_overrides={"REMOTE_ADDR": remote})
    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["competencies/99", "learners/99", "courses/99"])
def test_objects_that_are_gone_are_not_found(client: Client, path: str) -> None:
    assert "There is no such object on this site." in look(client, path)


def test_an_empty_site_says_so(client: Client) -> None:
    assert "There is no competency yet." in look(client, "competencies")
    assert "There is no template yet." in look(client, "templates")
    assert "Nothing is called that." in look(client, "courses?q=nosuch")
    assert "Nobody is called that." in look(client, "learners?q=nosuch")


def test_long_lists_come_in_parts_and_in_the_order_of_the_tree(client: Client) -> None:
    framework = client.framework()
    top = client.competency(framework, "TOP")
    client.batch(
        *(
            (
                "core_competency_create_competency",
                {
                    "competency": {
                        "shortname": f"n{number:03}",
                        "idnumber": f"n{number:03}",
                        "competencyframeworkid": framework,
                        "parentid": top,
                    }
                },
            )
            for number in range(120)
        )
    )
    client.competency(framework, "LAST")
    first = look(client, "competencies")
    assert first.index(">TOP<") < first.index(">n000<") < first.index(">n098<")
    assert "Part 1 of 2" in first
    assert ">n099<" not in first
    second = look(client, "competencies?page=2")
    assert second.index(">n099<") < second.index(">n119<") < second.index(">LAST<")
    assert "Previous part" in second
    assert "Level 2:" in second
    found = look(client, "competencies?q=n11")
    assert "their trees: 10" in found
