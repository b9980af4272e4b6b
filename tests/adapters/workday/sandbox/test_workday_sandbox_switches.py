from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
import requests
from workday_sandbox_world import (
    CLIENT_ID,
    CLIENT_SECRET,
    HR,
    REFRESH_TOKEN,
    TENANT,
    OpenWorld,
    World,
    basic,
    envelope,
    get_profiles,
    put_family,
    put_profile,
    reference,
)

READ = "<wd:Get_Job_Families_Request/>"
BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
WRITE = put_family("<wd:ID>F-NEW</wd:ID><wd:Name>New</wd:Name>")


def status(world: World) -> int:
    return world.post(HR, envelope(READ)).status_code


def test_latency_waits_before_the_answer(world: World) -> None:
    world.control("switches", latency=1.5)
    assert status(world) == 200
    assert world.pauses == [1.5]


@pytest.mark.parametrize("code", [500, 502, 503])
def test_errors_wear_off(world: World, code: int) -> None:
    world.control("switches", errors=2, error_status=code)
    assert [status(world) for _ in range(3)] == [code, code, 200]


def test_a_quota_refuses_with_retry_after(world: World) -> None:
    world.control("switches", allowed_requests=1, refused_requests=2, retry_after=7)
    assert status(world) == 200
    refused = world.post(HR, envelope(READ))
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "7"
    assert [status(world) for _ in range(3)] == [429, 200, 200]


def test_a_lost_answer_was_still_carried_out(world: World) -> None:
    world.control("switches", lost_answers=1)
    world.ok(HR, READ)
    with pytest.raises(BROKEN):
        world.call(HR, WRITE)
    assert "New" in world.ok(HR, READ).texts("Job_Family_Data/Name")
    world.ok(HR, WRITE)


def test_a_lost_token_answer_has_used_the_token(world: World) -> None:
    world.control("switches", lost_tokens=1)

    def ask() -> requests.Response:
        return world.session.post(
            f"{world.url}/ccx/oauth2/{TENANT}/token",
            data={"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN},
            auth=(CLIENT_ID, CLIENT_SECRET),
            timeout=30,
        )

    with pytest.raises(BROKEN):
        ask()
    assert ask().json() == {"error": "invalid_grant"}


def test_a_page_is_cut_in_the_middle_once(world: World) -> None:
    def page(number: int) -> bytes:
        return envelope(
            "<wd:Get_Job_Profiles_Request><wd:Response_Filter>"
            f"<wd:Page>{number}</wd:Page><wd:Count>1</wd:Count></wd:Response_Filter>"
            "</wd:Get_Job_Profiles_Request>"
        )

    world.control("switches", cut_page={"operation": "Get_Job_Profiles", "page": 2})
    assert world.post(HR, page(1)).status_code == 200
    with pytest.raises(BROKEN):
        world.post(HR, page(2))
    assert world.post(HR, page(2)).status_code == 200


def test_answers_that_are_too_large_are_aborted_every_time(world: World) -> None:
    world.control("switches", largest_answer=1_000)
    for _ in range(2):
        with pytest.raises(BROKEN):
            world.post(HR, envelope(get_profiles()))
    world.ok(
        HR,
        "<wd:Get_Job_Families_Request><wd:Response_Filter><wd:Page>9</wd:Page>"
        "</wd:Response_Filter></wd:Get_Job_Families_Request>",
    )


@pytest.mark.parametrize(
    "parent", ["Job_Profile_Data", "Competency_Qualification_Replacement_Data"]
)
def test_answers_can_hold_elements_the_contract_lacks(
    world: World, parent: str
) -> None:
    world.checks_answers = False
    world.control("switches", extra_elements={parent: "Brand_New"})
    answer = world.ok(HR, get_profiles())
    assert answer.texts(f"{parent}/Brand_New")
    assert all(row[-1].tag.endswith("Brand_New") for row in answer.find_all(parent))


def test_all_switches_go_off_together(world: World) -> None:
    world.control("switches", errors=5)
    world.session.delete(f"{world.url}/_sandbox/switches", timeout=30)
    assert status(world) == 200


def test_unknown_switches_are_refused(world: World) -> None:
    answer = world.session.post(
        f"{world.url}/_sandbox/switches", json={"chaos": 1}, timeout=30
    )
    assert answer.status_code == 400
    assert answer.json() == {"error": "Unknown switches: chaos."}


def test_the_log_counts_requests_and_holds_no_secret(world: World) -> None:
    world.ok(HR, READ)
    world.ok(HR, WRITE)
    world.refused(HR, put_family("<wd:Colour/>"))
    log = world.log()
    assert log["counts"] == {"Get_Job_Families": 1, "Put_Job_Family": 2}
    assert log["writes"] == 2
    assert [entry["status"] for entry in log["requests"]] == [200, 200, 500]
    assert "a-password" not in str(log)
    world.session.delete(f"{world.url}/_sandbox/log", timeout=30)
    assert world.log()["requests"] == []


def test_a_refresh_brings_the_seed_back_with_its_wids(world: World) -> None:
    def wid(family: str) -> str | None:
        found = world.tenant.store.find("Job_Family_ID", family)
        return found.wid if found else None

    world.ok(HR, WRITE)
    seeded, made = wid("F-ENG"), wid("F-NEW")
    world.tenant.edit_family("F-ENG", name="Other")
    world.control("refresh")
    assert wid("F-NEW") is None
    assert wid("F-ENG") == seeded
    assert "Other" not in world.ok(HR, READ).texts("Job_Family_Data/Name")
    world.clock.move(seconds=1)
    world.ok(HR, WRITE)
    assert wid("F-NEW") not in {None, made}


def test_two_tenants_with_one_seed_share_wids(open_world: OpenWorld) -> None:
    first, second = open_world(), open_world()
    assert {instance.wid for instance in first.tenant.store.of_kind("competency")} == {
        instance.wid for instance in second.tenant.store.of_kind("competency")
    }


def test_people_act_through_the_control_api(world: World) -> None:
    world.control("people/edit_job_profile", job_profile_id="P-ENG-1", title="Maker")
    assert "Maker" in world.ok(HR, get_profiles()).texts("Job_Title")
    for path, body in (
        ("people/promote", {}),
        ("people/edit_family", {"job_family_id": "NONE", "name": "x"}),
        ("people/edit_family", {"colour": "x"}),
        ("events/none/approve", {}),
        ("events/none/forget", {}),
    ):
        answer = world.session.post(
            f"{world.url}/_sandbox/{path}", json=body, timeout=30
        )
        assert answer.status_code == 400
        assert answer.json()["error"]


def test_achievements_show_in_the_control_api(world: World) -> None:
    def shown(employee_id: str) -> requests.Response:
        return world.session.get(
            f"{world.url}/_sandbox/people/{employee_id}/achievements", timeout=30
        )

    assert shown("0001").json() == {
        "trainings": [],
        "certifications": [],
        "assessments": [],
    }
    assert shown("none").status_code == 400


def test_processes_can_be_set_to_wait(world: World) -> None:
    world.control("approvals", needing_approval=["Manage Training"])
    assert world.tenant.needing_approval == {"Manage Training"}


def test_the_control_api_names_the_sandbox(world: World) -> None:
    answer = world.session.get(f"{world.url}/_sandbox/", timeout=30)
    assert answer.json() == {"tenant": TENANT, "is_sandbox": True}


def test_an_answer_leaves_in_one_write(world: World) -> None:
    # The first read of the client gets head and body together.
    body = envelope(READ)
    address = urlsplit(world.url)
    request = (
        f"POST /ccx/service/{TENANT}/{HR}/v46.0 HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    with socket.create_connection((address.hostname, address.port), 30) as connection:
        connection.sendall(request)
        first = connection.recv(1_000_000)
    assert first.endswith(b"</SOAP-ENV:Envelope>")


def test_many_rows_do_not_slow_writes_into_a_crawl(world: World) -> None:
    for number in range(60):
        world.ok(HR, put_profile(f"P-{number}", basic(f"Job {number}", ("F-OPS",))))
    named = reference("Job_Profile_Reference", "Job_Profile_ID", "P-59")
    criteria = f"<wd:Request_References>{named}</wd:Request_References>"
    assert world.ok(HR, get_profiles(criteria=criteria)).text("Total_Results") == "1"
