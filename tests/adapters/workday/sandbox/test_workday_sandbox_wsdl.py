from __future__ import annotations

from typing import Any

import pytest
import requests
import zeep
from lxml import etree
from workday_sandbox_world import (
    DATA,
    HR,
    INTEGRATIONS,
    PASSWORD,
    REVIEWS,
    TALENT,
    TENANT,
    USER,
    World,
)
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from adapters.workday.sandbox.services import HANDLERS

READS = [
    (HR, "Get_Job_Family_Groups", {}, 1),
    (HR, "Get_Job_Families", {}, 2),
    (HR, "Get_Job_Profiles", {}, 2),
    (HR, "Get_Job_Categories", {}, 1),
    (HR, "Get_Job_Classification_Groups", {}, 0),
    ("Compensation", "Get_Compensation_Grades", {}, 0),
    (TALENT, "Get_Certifications", {}, 1),
    ("Staffing", "Get_Positions", {}, 3),
    (HR, "Get_Organizations", {}, 2),
    (HR, "Get_Locations", {}, 2),
    (HR, "Get_Workers", {"Response_Filter": {"Page": 1, "Count": 999}}, 4),
    (TALENT, "Get_Proficiency_Rating_Scales", {}, 2),
    (TALENT, "Get_Competencies", {}, 2),
    (TALENT, "Get_Competency_Categories", {}, 1),
    (TALENT, "Get_Manage_Certifications", {}, 0),
    (REVIEWS, "Get_Competencies", {}, 2),
    (
        INTEGRATIONS,
        "Get_References",
        {"Request_Criteria": {"Reference_ID_Type": "Management_Level_ID"}},
        2,
    ),
]


def open_client(world: World, service: str) -> Any:
    # Every client of one test shares its session, which the test closes.
    return zeep.Client(
        f"{world.url}/ccx/service/{TENANT}/{service}/v46.0?wsdl",
        wsse=UsernameToken(f"{USER}@{TENANT}", PASSWORD),
        transport=Transport(session=world.session),
    )


@pytest.mark.parametrize(("service", "operation", "arguments", "total"), READS)
def test_another_soap_client_reads_every_kind(
    world: World, service: str, operation: str, arguments: dict[str, Any], total: int
) -> None:
    client = open_client(world, service)
    answer = client.service[operation](**arguments)
    results = answer.Response_Results
    # The contract lets grades have several of these.
    (result,) = results if isinstance(results, list) else (results,)
    assert result.Total_Results == total


def test_no_kind_that_can_be_read_is_left_out() -> None:
    # What an event came to is asked for by its WID, which no seed knows.
    asked = {operation for _, operation, _, _ in READS} | {"Get_Event_Detail"}
    assert {name for name in HANDLERS if name.startswith("Get_")} == asked


def test_another_soap_client_writes_a_job_family(world: World) -> None:
    client = open_client(world, HR)
    data = {"ID": "F-ZEEP", "Name": "Written elsewhere", "Inactive": False}
    answer = client.service.Put_Job_Family(Job_Family_Data=data)
    ids = {item.type: item._value_1 for item in answer.Job_Family_Reference.ID}
    assert ids["Job_Family_ID"] == "F-ZEEP"
    read = client.service.Get_Job_Families().Response_Data.Job_Family
    assert "Written elsewhere" in [row.Job_Family_Data.Name for row in read]


def test_another_soap_client_sees_faults(world: World) -> None:
    client = open_client(world, HR)
    with pytest.raises(zeep.exceptions.Fault) as caught:
        client.service.Put_Job_Family(Job_Family_Data={"ID": "F-X"})
    assert caught.value.code == "SOAP-ENV:Client.validationError"


def get(world: World, path: str) -> requests.Response:
    return world.session.get(f"{world.url}/ccx/service/{TENANT}/{path}", timeout=30)


def test_the_description_says_that_it_is_a_sandbox(world: World) -> None:
    root = etree.fromstring(get(world, f"{HR}/v46.0?wsdl").content)
    wsdl = "http://schemas.xmlsoap.org/wsdl/"
    assert (root.findtext(f"{{{wsdl}}}documentation") or "").startswith("Sandbox")
    assert root.get("targetNamespace") == f"{DATA}/{HR}"
    assert [
        root.find(f"{{{wsdl}}}{kind}").get("name")
        for kind in ("portType", "binding", "service")
    ] == [f"{HR}Port", f"{HR}Binding", f"{HR}Service"]


def test_the_description_follows_the_version(world: World) -> None:
    flag = b'name="Description_Applies_to_All_Levels"'
    assert flag in get(world, f"{TALENT}/v44.0?wsdl").content
    assert flag not in get(world, f"{TALENT}/v43.2?wsdl").content


@pytest.mark.parametrize(
    ("path", "status"),
    [("Payroll/v46.0?wsdl", 500), (f"{HR}/v99.0?wsdl", 500), (f"{HR}/v46.0", 405)],
)
def test_what_is_not_served_has_no_description(
    world: World, path: str, status: int
) -> None:
    assert get(world, path).status_code == status
