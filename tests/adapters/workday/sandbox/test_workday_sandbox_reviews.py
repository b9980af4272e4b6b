"""Reviews as HR starts them, their report, and goals by the contract."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from workday_sandbox_world import (
    HR,
    PASSWORD,
    REVIEWS,
    TENANT,
    USER,
    OpenWorld,
    World,
    reference,
)

PERIOD = (date(2026, 1, 1), date(2026, 12, 31))
WORKER = reference("Worker_Reference", "Employee_ID", "0002")
COMPETENCY = reference("Relates_To_Reference", "Competency_ID", "C-OLD")


def report(world: World, query: str = "format=json", **more: Any) -> Any:
    known = world.tenant.reviews.report
    path = f"/ccx/service/customreport2/{TENANT}/{known.owner}/{known.name}?{query}"
    sent = {"auth": (f"{USER}@{TENANT}", PASSWORD), **more}
    return world.session.get(world.url + path, **sent)


def rows(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = report(world).json()["Report_Entry"]
    return found


def launch(world: World, template: str = "FROM_PROFILE", **more: Any) -> Any:
    desk = world.tenant.reviews
    desk.add_template("FROM_PROFILE")
    desk.add_template("FIXED", fixed=["C-OTHER"])
    (review,) = desk.launch("ANNUAL", template, *PERIOD, ["0002"], **more)
    return review


def test_a_review_holds_what_the_profile_held_at_that_moment(world: World) -> None:
    launch(world)
    (row,) = rows(world)
    assert row == {
        "Employee_ID": "0002",
        "Review_Type": "ANNUAL",
        "Review_Template": "FROM_PROFILE",
        "Period_Start": "2026-01-01",
        "Period_End": "2026-12-31",
        "Status": "In Progress",
        "Competencies": [{"Competency_ID": "C-OLD"}, {"Competency_ID": "C-OTHER"}],
    }
    world.tenant.edit_required_competency("P-ENG-1", "C-OTHER", None)
    assert rows(world) == [row]


def test_a_fixed_list_asks_everybody_the_same(world: World) -> None:
    launch(world, "FIXED")
    assert rows(world)[0]["Competencies"] == [{"Competency_ID": "C-OTHER"}]


def test_a_content_that_is_set_later_is_of_that_day(world: World) -> None:
    review = launch(world, sets_content=False)
    assert "Competencies" not in rows(world)[0]
    world.tenant.edit_required_competency("P-ENG-1", "C-OTHER", None)
    world.tenant.reviews.set_content(review)
    assert rows(world)[0]["Competencies"] == [{"Competency_ID": "C-OLD"}]


@pytest.mark.parametrize(
    ("switch", "more", "status"),
    [
        ({"is_web_service": False}, {}, 404),
        ({"is_shared": False}, {}, 403),
        ({}, {"auth": ("somebody", "else")}, 401),
        ({}, {"query": "format=csv"}, 400),
    ],
)
def test_a_report_is_served_to_whom_it_is_shared_with(
    world: World, switch: dict[str, bool], more: dict[str, Any], status: int
) -> None:
    for name, value in switch.items():
        setattr(world.tenant.reviews.report, name, value)
    assert report(world, **more).status_code == status


def test_the_schema_names_the_columns(world: World) -> None:
    text = report(world, "xsds").text
    assert '<xsd:element name="Review_Template" type="xsd:string"' in text
    assert '<xsd:complexType name="CompetenciesType">' in text


def test_a_person_can_play_hr_over_http(world: World) -> None:
    url = f"{world.url}/_sandbox/reviews"
    post = world.session.post
    assert post(f"{url}/templates", json={"template_id": "T"}).status_code == 200
    started = {
        "review_type": "ANNUAL",
        "template_id": "T",
        "start": "2026-01-01",
        "end": "2026-12-31",
        "employee_ids": ["0002"],
        "sets_content": False,
    }
    assert post(url, json=started).status_code == 200
    assert post(f"{url}/0/content").status_code == 200
    done = {"status": "Complete", "ends": True}
    assert post(f"{url}/0/status", json=done).status_code == 200
    (row,) = world.session.get(url).json()["reviews"]
    assert (row["Status"], len(row["Competencies"])) == ("Complete", 2)
    assert post(f"{url}/7/content").status_code == 400
    assert post(url, json={"review_type": "ANNUAL"}).status_code == 400
    assert post(f"{url}/report", json={"is_web_service": False}).status_code == 200
    assert report(world).status_code == 404


def goal(own_id: str = "G-1", name: str = "Teamwork: Working") -> str:
    named = f"<wd:Name>{name}</wd:Name>" if name else ""
    return (
        f"<wd:Manage_Goals_Request><wd:Manage_Goals_Data>{WORKER}"
        f"<wd:Worker_Goal_Detail_Data><wd:Goal_Reference_ID>{own_id}"
        f"</wd:Goal_Reference_ID>{named}<wd:Description>Listens</wd:Description>"
        f"{COMPETENCY}</wd:Worker_Goal_Detail_Data></wd:Manage_Goals_Data>"
        "</wd:Manage_Goals_Request>"
    )


def goals(world: World) -> list[str]:
    read = world.ok(
        HR,
        f"<wd:Get_Workers_Request><wd:Request_References>{WORKER}"
        "</wd:Request_References><wd:Response_Group><wd:Include_Goals>1"
        "</wd:Include_Goals></wd:Response_Group></wd:Get_Workers_Request>",
    )
    return read.texts("Worker_Goal_Data/Goal/Goal_Data/Goal_Reference_ID")


@pytest.mark.parametrize("is_strict", [True, False])
def test_a_goal_shows_on_the_worker(open_world: OpenWorld, *, is_strict: bool) -> None:
    world = open_world(is_strict=is_strict)
    answer = world.ok(REVIEWS, goal())
    assert answer.ids("Worker_Goal_Event_Reference", "WID")
    assert goals(world) == ["G-1"]
    world.ok(REVIEWS, goal(name="Teamwork: better"))
    assert goals(world) == ["G-1"]


def test_a_goal_that_waits_for_approval_does_not_show(open_world: OpenWorld) -> None:
    world = open_world(needing_approval=frozenset({"Manage Goals"}), is_strict=False)
    (event,) = world.ok(REVIEWS, goal()).ids("Worker_Goal_Event_Reference", "WID")
    assert goals(world) == []
    world.tenant.approve_event(event)
    assert goals(world) == ["G-1"]


def test_a_goal_needs_a_name_and_a_right(world: World) -> None:
    assert "Name" in world.refused(REVIEWS, goal(name="")).problems[0][0]
    world.control("permissions", revoke=[["Manage Goals", "Initiate"]])
    assert "not authorized" in world.refused(REVIEWS, goal()).fault_text
