from __future__ import annotations

from typing import Any

import pytest
import requests
from workday_sandbox_world import (
    CLIENT_ID,
    CLIENT_SECRET,
    HR,
    INTEGRATIONS,
    REFRESH_TOKEN,
    TALENT,
    TENANT,
    OpenWorld,
    World,
    put_family,
    reference,
)

READ = "<wd:Get_Job_Families_Request/>"
WORKER = reference("Worker_Reference", "Employee_ID", "0001")
TRAIN = (
    f"<wd:Manage_Training_Request><wd:Manage_Training_Data>{WORKER}<wd:Training>"
    "<wd:Training_Data><wd:Training>Data</wd:Training></wd:Training_Data>"
    "</wd:Training></wd:Manage_Training_Data></wd:Manage_Training_Request>"
)


def ask_token(
    world: World,
    token: str = REFRESH_TOKEN,
    *,
    secret: str = CLIENT_SECRET,
    tenant: str = TENANT,
    grant: str = "refresh_token",
) -> requests.Response:
    return world.session.post(
        f"{world.url}/ccx/oauth2/{tenant}/token",
        data={"grant_type": grant, "refresh_token": token},
        auth=(CLIENT_ID, secret),
        timeout=30,
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def rest(world: World, token: str, path: str, **params: Any) -> requests.Response:
    return world.session.get(
        f"{world.url}/ccx/api/{path}", headers=bearer(token), params=params, timeout=30
    )


def events_path(wid: str = "") -> str:
    return f"businessProcess/v1/{TENANT}/events" + (f"/{wid}" if wid else "")


def test_a_refresh_token_works_once_and_gives_the_next(world: World) -> None:
    first = ask_token(world).json()
    assert first["token_type"] == "Bearer"
    assert first["expires_in"] == 3600
    world.ok(HR, READ, header="", headers=bearer(first["access_token"]))
    used = ask_token(world)
    assert (used.status_code, used.json()) == (400, {"error": "invalid_grant"})
    second = ask_token(world, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    for answer in (first, second):
        world.ok(HR, READ, header="", headers=bearer(answer["access_token"]))


def test_an_access_token_ends(open_world: OpenWorld) -> None:
    world = open_world(token_lifetime=60)
    token = ask_token(world).json()["access_token"]
    world.ok(HR, READ, header="", headers=bearer(token))
    assert rest(world, token, events_path()).status_code == 200
    world.clock.move(seconds=60)
    answer = world.refused(HR, READ, header="", headers=bearer(token))
    assert answer.fault_code == "SOAP-ENV:Client.authenticationError"
    assert rest(world, token, events_path()).status_code == 401


def test_access_tokens_can_be_ended_by_hand(world: World) -> None:
    token = ask_token(world).json()["access_token"]
    world.control("tokens/expire")
    assert rest(world, token, events_path()).status_code == 401


@pytest.mark.parametrize(
    ("options", "status", "error"),
    [
        ({"secret": "wrong"}, 401, "invalid_client"),
        ({"tenant": "other"}, 401, "invalid_client"),
        ({"token": "wrong"}, 400, "invalid_grant"),
        ({"grant": "client_credentials"}, 400, "invalid_request"),
    ],
)
def test_wrong_token_requests_are_refused(
    world: World, options: dict[str, str], status: int, error: str
) -> None:
    answer = ask_token(world, **options)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_too_many_failures_lock_the_client_for_a_while(world: World) -> None:
    for _ in range(5):
        ask_token(world, secret="wrong")
    assert ask_token(world).json() == {"error": "invalid_client"}
    world.control("tokens/unlock")
    assert ask_token(world).status_code == 200


def test_rest_answers_only_what_it_serves(world: World) -> None:
    token = ask_token(world).json()["access_token"]
    assert rest(world, token, f"staffing/v7/{TENANT}/workers").status_code == 404
    assert rest(world, token, events_path("0" * 32)).status_code == 404
    assert rest(world, token, "businessProcess/v1/other/events").status_code == 401


def test_a_waiting_process_is_found_by_worker_process_and_day(
    open_world: OpenWorld,
) -> None:
    world = open_world(is_strict=False, needing_approval=frozenset({"Manage Training"}))
    token = ask_token(world).json()["access_token"]
    wid = world.ok(TALENT, TRAIN).ids("Worker_Training_Event_Reference", "WID")[0]

    def found(**params: str) -> list[str]:
        answer = rest(world, token, events_path(), **params).json()
        assert answer["total"] == len(answer["data"])
        return [event["id"] for event in answer["data"]]

    training = "Business_Process_Type=Manage_Training"
    certifications = "Business_Process_Type=Manage_Certifications"
    assert found(worker="Employee_ID=0001", businessProcess=training) == [wid]
    assert found(initiatedOnOrAfter="2026-03-02") == [wid]
    assert found(initiatedOnOrAfter="2026-03-03") == []
    assert found(initiatedOnOrBefore="2026-03-01") == []
    assert found(worker="Employee_ID=0002") == []
    assert found(businessProcess=certifications) == []
    shown = rest(world, token, events_path(wid)).json()
    assert shown["status"]["descriptor"] == "In Progress"
    assert shown["creationDate"] == "2026-03-02"
    assert found(status=shown["status"]["id"]) == [wid]
    world.tenant.approve_event(wid)
    shown = rest(world, token, events_path(wid)).json()
    assert shown["status"]["descriptor"] == "Successfully Completed"
    assert shown["completedDate"] == "2026-03-02"


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": "101"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"worker": "Employee_ID=none"}, "worker"),
        ({"worker": "0" * 32}, "worker"),
        ({"initiatedOnOrAfter": "soon"}, "initiatedOnOrAfter"),
    ],
)
def test_wrong_rest_parameters_are_named(
    world: World, params: dict[str, str], field: str
) -> None:
    world.ok(TALENT, TRAIN)
    token = ask_token(world).json()["access_token"]
    answer = rest(world, token, events_path(), **params)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


READS = [
    (HR, READ, "Job Information"),
    (HR, "<wd:Get_Job_Profiles_Request/>", "Job Information"),
    (HR, "<wd:Get_Workers_Request/>", "Worker Data: Public Worker Reports"),
    (TALENT, "<wd:Get_Competencies_Request/>", "Set Up: Skills and Experience"),
    (
        TALENT,
        "<wd:Get_Manage_Certifications_Request/>",
        "Worker Data: Skills and Experience",
    ),
    (
        INTEGRATIONS,
        (
            "<wd:Get_References_Request><wd:Request_Criteria><wd:Reference_ID_Type>"
            "Job_Level_ID</wd:Reference_ID_Type></wd:Request_Criteria>"
            "</wd:Get_References_Request>"
        ),
        "Integration Build",
    ),
]


@pytest.mark.parametrize(("service", "body", "domain"), READS)
def test_without_the_right_to_read_a_list_is_empty(
    world: World, service: str, body: str, domain: str
) -> None:
    world.control("permissions", revoke=[[domain, "Get"]])
    answer = world.ok(service, body)
    assert answer.text("Total_Results") == "0"
    assert not answer.find_all("Response_Data")


WRITES = [
    (HR, put_family("<wd:ID>X</wd:ID><wd:Name>X</wd:Name>"), "Job Information", "Put"),
    (TALENT, TRAIN, "Manage Training", "Initiate"),
]


@pytest.mark.parametrize(("service", "body", "domain", "access"), WRITES)
def test_without_the_right_to_write_a_request_is_not_authorised(
    world: World, service: str, body: str, domain: str, access: str
) -> None:
    world.control("permissions", revoke=[[domain, access]])
    answer = world.refused(service, body)
    assert answer.fault_code == "SOAP-ENV:Server.processingError"
    assert answer.fault_text == (
        "Processing error occurred. The task submitted is not authorized."
    )
    assert answer.texts("Detail_Message")
    world.control("permissions", grant=[[domain, access]])
    world.ok(service, body)


def test_changed_rights_wait_for_their_activation(world: World) -> None:
    revoked = [["Job Information", "Get"]]
    world.control("permissions", revoke=revoked, activate=False)
    assert world.ok(HR, READ).text("Total_Results") == "2"
    world.control("permissions")
    assert world.ok(HR, READ).text("Total_Results") == "0"


@pytest.mark.parametrize(
    ("domain", "path"),
    [
        ("Worker Data: Current Staffing Information", "Worker_Data/Employment_Data"),
        (
            "Worker Data: Organization Information",
            "Worker_Data/Organization_Data",
        ),
        (
            "Worker Data: Current Management Level Information",
            "Job_Profile_Summary_Data/Management_Level_Reference",
        ),
        ("Worker Data: Skills and Experience", "Worker_Data/Qualification_Data"),
    ],
)
def test_a_missing_domain_hides_its_part_of_a_worker(
    world: World, domain: str, path: str
) -> None:
    world.ok(TALENT, TRAIN)
    body = "<wd:Get_Workers_Request/>"
    assert world.ok(HR, body).find_all(path)
    world.control("permissions", revoke=[[domain, "Get"]])
    assert not world.ok(HR, body).find_all(path)


def test_rest_needs_its_own_domain(world: World) -> None:
    token = ask_token(world).json()["access_token"]
    world.control("permissions", revoke=[["Business Process Reporting", "Get"]])
    assert rest(world, token, events_path()).status_code == 403
