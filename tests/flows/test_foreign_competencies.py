"""One job profile with competencies of another owner, all its life with us."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from cli_stage import FRAMEWORK, HRIS, Stage, changed
from lxml import etree

from adapters.workday.sandbox.competencies import COMPETENCY
from connector.kit.protocols import RunningSandbox

WD = "{urn:com.workday/bsvc}"
PROFILE = "jf-jp-sailor"
RAISED = changed(FRAMEWORK, "{knots: low, sails: high}", "{knots: high, sails: high}")
FEWER = changed(RAISED, "{knots: high, sails: high}", "{sails: low}")
RETIRED = changed(FEWER, "    name: Sailor\n", "    name: Sailor\n    retired: true\n")
QUESTION = f"""<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:wd="urn:com.workday/bsvc"><env:Header>
 <wd:Workday_Common_Header><wd:Include_Reference_Descriptors_In_Response>true
 </wd:Include_Reference_Descriptors_In_Response></wd:Workday_Common_Header>
 <wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
 env:mustUnderstand="1"><wsse:UsernameToken><wsse:Username>%s</wsse:Username>
 <wsse:Password>%s</wsse:Password></wsse:UsernameToken></wsse:Security></env:Header>
 <env:Body><wd:Get_Job_Profiles_Request wd:version="v31.2"><wd:Request_References>
 <wd:Job_Profile_Reference><wd:ID wd:type="Job_Profile_ID">{PROFILE}</wd:ID>
 </wd:Job_Profile_Reference></wd:Request_References>
 </wd:Get_Job_Profiles_Request></env:Body></env:Envelope>"""


class OtherOwner:
    """Another system with its own competencies on the same job profile."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox, self.tenant = sandbox, sandbox.tenant

    def adds(self, name: str, rating: str, *, is_required: bool) -> None:
        key = f"OTHER_{name.upper()}"
        with self.tenant.lock:
            store = self.tenant.store
            if store.find("Competency_ID", key) is None:
                made = store.add(COMPETENCY.kind, {COMPETENCY.id_type: key}, name)
                values = {"Competency_ID": key, "Competency_Name": name}
                store.put_version(made, self.tenant.today(), values)
        self.tenant.edit_required_competency(
            PROFILE, key, rating, is_required=is_required
        )

    def sees(self) -> list[bytes]:
        """Return the competencies of others as the tenant shows them, canonical."""
        seed = self.tenant.seed
        answer = requests.post(
            f"{self.sandbox.url}/ccx/service/{seed.name}/Human_Resources/v31.2",
            data=QUESTION % (f"{seed.user_name}@{seed.name}", seed.password),
            headers={"Content-Type": "text/xml; charset=utf-8"},
            timeout=10,
        )
        root = etree.fromstring(answer.content)
        rows = root.iter(f"{WD}Competency_Qualification_Replacement_Data")
        copies = [
            etree.fromstring(etree.tostring(row, with_tail=False)) for row in rows
        ]
        canonical = [
            etree.tostring(copy, method="c14n2", strip_text=True) for copy in copies
        ]
        return [row for row in canonical if b"OTHER_" in row]


@pytest.fixture
def other(jobframe: Stage) -> OtherOwner:
    """Our release is written, and another owner has put two competencies beside it."""
    sandbox: RunningSandbox = jobframe.connect(HRIS)
    release(jobframe, FRAMEWORK)
    other = OtherOwner(sandbox)
    other.adds("Negotiation", "jf-pr-craft/2", is_required=True)
    other.adds("Coaching", "jf-pr-craft/1", is_required=False)
    return other


def release(jobframe: Stage, text: str) -> None:
    """Release a framework and write it; where anybody must agree, they do."""
    jobframe.release(text)
    plan = jobframe.folder / "plan.json"
    jobframe.ok("plan", HRIS, "--out", plan)
    answer = jobframe("apply", "--plan", plan)
    if answer.code == 4:
        # People hold the profile, and one retirement is a large share of so few: a
        # second person agrees.
        fingerprint = json.loads(plan.read_text(encoding="utf-8"))["fingerprint"]
        guards = ("reach", "retirements", "protected")
        named = [word for guard in guards for word in ("--guard", guard)]
        jobframe.ok("approve", fingerprint, *named, "--as", "Maria")
        answer = jobframe("apply", "--plan", plan)
    assert answer.code == 0, (answer.out, answer.err)


def test_competencies_of_another_owner_are_equal_after_update_and_retire_of_ours(
    jobframe: Stage, other: OtherOwner
) -> None:
    theirs = other.sees()
    assert len(theirs) == 2
    assert b'Descriptor="Negotiation"' in theirs[0]
    for text in (RAISED, FEWER, RETIRED):
        release(jobframe, text)
        assert other.sees() == theirs
    shown = other.tenant.store.find("Job_Profile_ID", PROFILE)
    assert shown.latest["Job_Profile_Basic_Data"]["Inactive"] == "1"
    assert jobframe.json("plan", HRIS)["changes"] == []


def test_ours_are_created_beside_those_of_another_owner(
    jobframe: Stage, other: OtherOwner
) -> None:
    release(jobframe, FEWER)
    other.adds("Sounding", "jf-pr-craft/2", is_required=True)
    theirs = other.sees()
    release(jobframe, RAISED)
    assert other.sees() == theirs
    assert len(theirs) == 3


def test_a_responsibility_edited_by_hand_is_one_finding_and_never_a_second_row(
    jobframe: Stage, other: OtherOwner
) -> None:
    other.tenant.edit_responsibility(
        PROFILE, "<p>Keeps the boat ready.</p>", "<p>Keeps the boat dry.</p>"
    )
    for _ in range(2):
        plan = jobframe.json("plan", HRIS)
        assert plan["changes"] == []
        (finding,) = plan["findings"]
        assert finding["field"] == "responsibilities"
        assert finding["is_waiting"]
        assert "Keeps the boat dry." in str(finding)
        jobframe.ok("apply", HRIS)
    shown = other.tenant.store.find("Job_Profile_ID", PROFILE)
    group = shown.latest["Qualification_Replacement_Data"]
    rows = group["Responsibility_Qualification_Replacement"]
    assert [
        row["Responsibility_Description"]
        for row in rows["Responsibility_Qualification_Replacement_Data"]
    ] == ["<p>Keeps the boat dry.</p>"]
