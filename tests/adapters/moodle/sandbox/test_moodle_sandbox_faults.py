"""Faults of network and site, turned on by switches, hooks and the control routes."""

from __future__ import annotations

import pytest
import requests
from moodle_sandbox_client import Client

from adapters.moodle.sandbox import ConnectionLostError, Site

INFO = "core_webservice_get_site_info"
LIST = "core_competency_list_competencies"


def test_a_lost_answer_leaves_the_write_done(client: Client, site: Site) -> None:
    framework = client.framework()
    client.control("switches", lost_answers=1)
    client.call(INFO)
    with pytest.raises(requests.ConnectionError):
        client.competency(framework, "A")
    assert [row["idnumber"] for row in site.state.competencies] == ["A"]
    client.competency(framework, "B")


def test_a_lost_batch_is_one_lost_answer(client: Client, site: Site) -> None:
    framework = client.framework()
    client.control("switches", lost_answers=1)
    values = {"shortname": "A", "competencyframeworkid": framework}
    name = "core_competency_create_competency"
    calls = [(name, {"competency": {**values, "idnumber": one}}) for one in "AB"]
    with pytest.raises(requests.ConnectionError):
        client.batch(*calls)
    assert len(site.state.competencies) == 2
    assert site.switches.lost_answers == 0


def test_the_chosen_page_is_cut_in_the_middle(client: Client) -> None:
    framework = client.framework()
    for number in range(20):
        client.competency(framework, f"A{number}")
    filters = [{"column": "competencyframeworkid", "value": framework}]
    page = {"filters": filters, "sort": "id", "limit": 10}
    client.control("switches", cut_page={"function": LIST, "call": 2})
    assert len(client.call(LIST, **page, skip=0)) == 10
    with pytest.raises(requests.RequestException, match="Connection"):
        client.call(LIST, **page, skip=10)
    assert len(client.call(LIST, **page, skip=10)) == 10


def test_a_hook_can_end_the_connection_between_two_calls_of_a_batch(
    client: Client, site: Site
) -> None:
    framework = client.framework()
    done: list[str] = []

    def stop_after_two(function: str, _arguments: object) -> None:
        done.append(function)
        if len(done) == 2:
            raise ConnectionLostError

    site.after_commit = stop_after_two
    values = {"shortname": "A", "competencyframeworkid": framework}
    name = "core_competency_create_competency"
    calls = [(name, {"competency": {**values, "idnumber": one}}) for one in "ABC"]
    with pytest.raises(requests.ConnectionError):
        client.batch(*calls)
    assert [row["idnumber"] for row in site.state.competencies] == ["A", "B"]


def test_a_hook_sees_each_answer_before_it_leaves(client: Client, site: Site) -> None:
    seen: list[str] = []
    site.before_answer = seen.append
    client.call(INFO)
    assert len(seen) == 1
    assert "Sandbox" in seen[0]


@pytest.mark.parametrize(
    ("switch", "errorcode"),
    [
        ("maintenance", "sitemaintenance"),
        ("upgrade_running", "upgraderunning"),
        ("database_down", "dbconnectionfailed"),
        ("account_suspended", "wsaccessusersuspended"),
        ("address_refused", "accessexception"),
        ("token_expired", "accessexception"),
    ],
)
def test_a_site_that_is_not_well_says_so_under_status_200(
    client: Client, switch: str, errorcode: str
) -> None:
    client.control("switches", **{switch: True})
    response = client.send(INFO, {})
    assert response.status_code == 200
    assert response.json()["errorcode"] == errorcode


def test_an_expired_token_is_gone_at_the_second_call(client: Client) -> None:
    client.control("switches", token_expired=True)
    client.call(INFO)
    assert client.call(INFO)["errorcode"] == "invalidtoken"


def test_rest_switched_off_is_the_one_status_403(client: Client) -> None:
    client.control("switches", rest_enabled=False)
    response = client.send(INFO, {})
    assert (response.status_code, response.text) == (403, "")


def test_latency_is_waited_once_for_each_call(client: Client, site: Site) -> None:
    waited: list[float] = []
    site.sleep = waited.append
    client.control("switches", latency_seconds=0.25)
    client.batch((INFO, {}), (INFO, {}))
    assert waited == [0.25, 0.25]


def test_the_log_counts_calls_inside_batches(client: Client, site: Site) -> None:
    client.batch((INFO, {}), ("core_competency_read_competency", {"id": 9}))
    assert [(one.function, one.errorcode) for one in site.log] == [
        ("tool_mobile_call_external_functions", ""),
        (INFO, ""),
        ("core_competency_read_competency", "invalidrecord"),
    ]
    address = f"{client.url}/_sandbox/log"
    counts = client.session.get(address, timeout=10).json()["counts"]
    assert counts[INFO] == 1
    client.session.delete(address, timeout=10)
    assert len(site.log) == 0


def test_a_reset_brings_the_seed_back_and_keeps_the_token(
    client: Client, site: Site
) -> None:
    client.competency(client.framework(), "A")
    client.control("switches", maintenance=True)
    client.control("reset")
    assert client.call(INFO)["sitename"] == "Sandbox Moodle"
    assert (len(site.state.frameworks), len(site.state.users)) == (0, 6)


def test_unknown_switches_are_refused_by_name(client: Client) -> None:
    answer = client.control("switches", maintenence=True)
    assert "unknown switches: maintenence" in answer["error"]


def test_people_act_through_the_controls(client: Client, site: Site) -> None:
    client.competency(client.framework(), "A")
    edited = client.control(
        "edit-competency", idnumber="A", fields={"shortname": "By hand"}
    )
    assert edited["shortname"] == "By hand"
    client.control("enrol", user="E3", course="C-2")
    when = "2026-01-05T09:00:00+00:00"
    client.control("complete-course", user="E3", course="C-2", when=when)
    client.control("rate", user="E3", competency="A", grade=2)
    client.control("run-hourly-tasks")
    assert len(site.state.completions) == 1
    assert [row["actionuserid"] for row in site.state.evidence] == [2]
    missing = client.control("edit-competency", idnumber="Z", fields={})
    assert "0 objects with idnumber 'Z'" in missing["error"]
