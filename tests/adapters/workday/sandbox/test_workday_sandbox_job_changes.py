"""Job changes by REST: drafts, submissions, approvals, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
import requests
from workday_sandbox_world import (
    CLIENT_ID,
    CLIENT_SECRET,
    REFRESH_TOKEN,
    SEED,
    TENANT,
    OpenWorld,
    World,
)

from adapters.workday.sandbox import AdditionalJobSeed, State

STAFFING, PROCESS = f"staffing/v7/{TENANT}", f"businessProcess/v1/{TENANT}"


@dataclass
class Rest:
    """A client with a token."""

    world: World
    token: str = ""

    def __post_init__(self) -> None:
        answer = self.world.session.post(
            f"{self.world.url}/ccx/oauth2/{TENANT}/token",
            data={"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN},
            auth=(CLIENT_ID, CLIENT_SECRET),
            timeout=30,
        )
        self.token = answer.json()["access_token"]

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.world.session.request(
            method,
            f"{self.world.url}/ccx/api/{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
            **more,
        )

    def body(self, method: str, path: str, **more: Any) -> Any:
        answer = self.ask(method, path, **more)
        assert answer.ok, answer.text
        return answer.json()

    def reason(self) -> dict[str, str]:
        found = self.body("GET", f"{STAFFING}/values/jobChangesGroup/reason")
        return {"id": found["data"][0]["id"]}

    def draft(self, worker: str = "0002", **body: Any) -> requests.Response:
        return self.ask(
            "POST",
            f"{STAFFING}/workers/Employee_ID={worker}/jobChanges",
            json={"date": "2026-04-01", "reason": self.reason(), **body},
        )

    def patch(self, draft: str, part: str, **body: Any) -> requests.Response:
        path = f"{STAFFING}/jobChanges/{draft}/{part}/{draft}"
        return self.ask("PATCH", path, json=body)

    def submit(self, draft: str, **body: Any) -> requests.Response:
        return self.ask("POST", f"{STAFFING}/jobChanges/{draft}/submit", json=body)

    def prepared(self, worker: str = "0002") -> str:
        draft = str(self.draft(worker).json()["id"])
        profile = {"id": "Job_Profile_ID=P-ENG-2"}
        assert self.patch(draft, "jobProfile", jobProfile=profile).ok
        return draft


@pytest.fixture
def waiting(open_world: OpenWorld) -> Rest:
    """A tenant whose job changes wait for a person."""
    return Rest(open_world(needing_approval=frozenset({"Change Job"})))


def titles(rest: Rest) -> tuple[str, str]:
    job = rest.body("GET", f"{STAFFING}/workers/Employee_ID=0002")["primaryJob"]
    return job["jobProfile"]["descriptor"], job["businessTitle"]


def test_a_draft_is_nothing_until_it_is_submitted(waiting: Rest) -> None:
    waiting.prepared()
    assert waiting.world.tenant.events.events == {}
    assert titles(waiting) == ("Engineer I", "Engineer I")


def test_an_approved_change_gives_profile_and_title(waiting: Rest) -> None:
    draft = waiting.prepared()
    assert waiting.patch(draft, "businessTitle", businessTitle="Builder").ok
    assert waiting.patch(draft, "comment", comment="Proposal 7").ok
    event = waiting.submit(draft).json()["businessProcessParameters"]
    wid = event["overallBusinessProcess"]["id"]
    assert titles(waiting) == ("Engineer I", "Engineer I")
    waiting.world.clock.move(days=40)
    waiting.world.tenant.approve_event(wid, "Well deserved")
    fresh = waiting.world.tenant
    worker = fresh.get("Employee_ID", "0002").view(date(2026, 4, 11), None)
    assert worker.jobs[0].job_profile_id == "P-ENG-2"
    assert fresh.business_titles == {worker.jobs[0].position.wid: "Builder"}
    assert [one.text for one in fresh.events.events[wid].comments] == [
        "Proposal 7",
        "Well deserved",
    ]


def test_the_title_follows_the_profile_unless_it_is_sent(waiting: Rest) -> None:
    draft = waiting.prepared()
    page = waiting.body("GET", f"{STAFFING}/jobChanges/{draft}/businessTitle")
    assert page == {"total": 1, "data": [{"businessTitle": "Engineer II"}]}


def test_a_denied_change_changes_nothing_and_keeps_the_words(waiting: Rest) -> None:
    draft = waiting.prepared()
    waiting.submit(draft)
    waiting.world.tenant.deny_event(draft, "Not this year")
    event = waiting.body("GET", f"{PROCESS}/events/{draft}")
    assert event["status"]["descriptor"] == "Denied"
    comments = waiting.body("GET", f"{PROCESS}/events/{draft}/comments")
    assert [one["comment"] for one in comments["data"]] == ["Not this year"]
    assert titles(waiting) == ("Engineer I", "Engineer I")


def test_a_rescinded_change_is_taken_back(open_world: OpenWorld) -> None:
    rest = Rest(open_world())
    draft = str(rest.draft(date="2026-03-02").json()["id"])
    profile = {"id": "Job_Profile_ID=P-ENG-2"}
    rest.patch(draft, "jobProfile", jobProfile=profile)
    rest.submit(draft)
    assert titles(rest)[0] == "Engineer II"
    assert rest.world.tenant.rescind_event(draft).state is State.RESCINDED
    assert titles(rest) == ("Engineer I", "Engineer I")


def test_a_second_change_conflicts_with_one_in_progress(waiting: Rest) -> None:
    first, second = waiting.prepared(), waiting.prepared()
    assert waiting.submit(first).status_code == 201
    for answer in (waiting.submit(second), waiting.draft()):
        assert answer.status_code == 400
        assert "in progress" in answer.json()["error"]


def test_a_draft_saved_for_later_starts_nothing(waiting: Rest) -> None:
    draft = waiting.prepared()
    action = {"id": "d9e41a8c446c11de98360015c5e6daf6"}
    answer = waiting.submit(draft, businessProcessParameters={"action": action})
    assert answer.status_code == 201
    assert waiting.world.tenant.events.events == {}


def test_a_draft_may_vanish_before_it_is_submitted(waiting: Rest) -> None:
    draft = waiting.prepared()
    waiting.world.tenant.switches.vanishing_drafts = 1
    assert waiting.submit(draft).status_code == 404
    assert waiting.world.tenant.events.events == {}


def test_a_worker_with_several_jobs_needs_one_named(open_world: OpenWorld) -> None:
    job = AdditionalJobSeed("P-2nd", "P-ENG-1", "ORG-2", "WAW", date(2024, 1, 1))
    workers = tuple(
        replace(one, additional_jobs=(job,)) if one.employee_id == "0002" else one
        for one in SEED.workers
    )
    rest = Rest(open_world(workers=workers))
    answer = rest.draft()
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "job")
    named = rest.draft(job={"id": "Position_ID=P-2nd"}, date="2026-03-02").json()
    draft = named["id"]
    rest.patch(draft, "jobProfile", jobProfile={"id": "Job_Profile_ID=P-ENG-2"})
    rest.submit(draft)
    worker = rest.body("GET", f"{STAFFING}/workers/Employee_ID=0002")
    assert worker["primaryJob"]["jobProfile"]["descriptor"] == "Engineer I"
    (other,) = worker["additionalJobs"]
    assert other["jobProfile"]["descriptor"] == "Engineer II"
    assert rest.draft("0001", job={"id": "Position_ID=P-2nd"}).status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"date": "soon"}, "date"),
        ({"unknown": 1}, ""),
        ({"job": {"id": "no id"}}, "job.id"),
        ({"job": {"id": "Position_ID=P-0002", "descriptor": "x"}}, "job.descriptor"),
        ({"reason": {"id": "Job_Profile_ID=P-ENG-1"}}, "reason"),
        ({"reason": {"id": "0" * 32}}, "reason"),
    ],
)
def test_wrong_drafts_are_refused_and_the_field_named(
    waiting: Rest, body: dict[str, Any], field: str
) -> None:
    answer = waiting.draft(**body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_rest_knows_its_methods_and_parameters(waiting: Rest) -> None:
    path = f"{STAFFING}/workers/Employee_ID=0002"
    assert waiting.ask("DELETE", path).status_code == 405
    assert waiting.ask("GET", path, params={"view": "all"}).status_code == 400
    assert waiting.ask("GET", f"{STAFFING}/workers/Employee_ID=9").status_code == 404
    form = waiting.ask("POST", f"{path}/jobChanges", data={"date": "2026-04-01"})
    assert form.status_code == 400
    draft = waiting.prepared()
    wrong = f"{STAFFING}/jobChanges/{draft}/comment/{'0' * 32}"
    assert waiting.ask("PATCH", wrong, json={"comment": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("right", "step"),
    [
        (("Change Job", "Initiate"), "draft"),
        (("Staffing Actions: Job Profile", "Put"), "profile"),
    ],
)
def test_each_part_needs_its_right(
    waiting: Rest, right: tuple[str, str], step: str
) -> None:
    draft = waiting.prepared()
    waiting.world.tenant.permissions.revoke({right})
    waiting.world.tenant.permissions.activate()
    answer = (
        waiting.draft()
        if step == "draft"
        else waiting.patch(draft, "jobProfile", jobTitle="x")
    )
    assert answer.status_code == 403


def test_a_busy_tenant_and_an_ended_token(waiting: Rest) -> None:
    waiting.world.tenant.switches.allowed_requests = 0
    waiting.world.tenant.switches.refused_requests = 1
    assert waiting.ask("GET", f"{PROCESS}/types").status_code == 429
    waiting.world.tenant.tokens.expire_access_tokens()
    assert waiting.ask("GET", f"{PROCESS}/types").status_code == 401
