"""Clients that others wrote read the sandbox as they read a tenant."""

from __future__ import annotations

import pytest
import workday
from workday.auth import WsSecurityCredentialAuthentication
from workday.exceptions import WorkdaySoapApiError
from workday_sandbox_world import HR, PASSWORD, TENANT, USER, World


def open_client(world: World, password: str = PASSWORD) -> workday.WorkdayClient:
    return workday.WorkdayClient(
        wsdls={"staff": f"{world.url}/ccx/service/{TENANT}/{HR}/v46.0"},
        authentication=WsSecurityCredentialAuthentication(f"{USER}@{TENANT}", password),
    )


def test_the_public_client_reads_workers_page_by_page(world: World) -> None:
    client = open_client(world)
    seen = []
    for page in (1, 2):
        answer = client.staff.Get_Workers(
            Response_Filter={"Page": page, "Count": 3},
            Response_Group={
                "Include_Reference": True,
                "Include_Personal_Information": True,
                "Include_Employment_Information": True,
            },
        )
        assert (answer.total_results, answer.total_pages) == (4, 2)
        assert answer.page == page
        seen += [
            (
                worker.Worker_Data.Worker_ID,
                worker.Worker_Data.Personal_Data.Name_Data.Legal_Name_Data.Name_Detail_Data.Last_Name,
            )
            for worker in answer.data.Worker
        ]
    client._session.close()
    assert sorted(seen) == [
        ("0001", "Lee"),
        ("0002", "Ray"),
        ("0003", "Orr"),
        ("C-9", "Fox"),
    ]


def test_the_public_client_sees_a_refused_login(world: World) -> None:
    client = open_client(world, password="wrong")
    with pytest.raises(WorkdaySoapApiError) as caught:
        client.staff.Get_Workers()
    client._session.close()
    assert caught.value.message == "invalid username or password"
