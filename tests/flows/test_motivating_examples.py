"""The three careers for which the product was made, from learning to the new role."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cli_stage import HRIS, LMS
from quillmere import Quillmere

from connector.kit.protocols import SeedPerson
from connector.runtime.home import open_home
from connector.runtime.instance import open_instance
from connector.runtime.jobs import JOBS

AUDITOR, AUDIT_HEAD = "0021033", "0021032"
ENGINEER, HER_MANAGER = "0021005", "0021003"
HEAD_OF_DATA = "0021020"
#: Approvers of moves: people of HR who hold no position that is known here.
ADAM, EVE = "adam", "eve"
SCIENTISTS = tuple(f"00990{number}" for number in range(10, 15))
MANAGERS = tuple(f"00990{number}" for number in range(20, 25))


def at_level_five(employee_id: str, role: str) -> SeedPerson:
    return SeedPerson(
        employee_id=employee_id,
        given_name=f"Given{employee_id}",
        family_name="Equal",
        email=f"{employee_id}@example.com",
        organisation="Technology",
        location="Warsaw",
        manager_id=HEAD_OF_DATA,
        role=role,
    )


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quillmere]:
    folder = tmp_path_factory.mktemp("quillmere")
    more = [
        *(at_level_five(each, "senior-data-scientist-ic5") for each in SCIENTISTS),
        *(at_level_five(each, "manager-data-science-m5") for each in MANAGERS),
    ]
    made = Quillmere(folder, tuple(more))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("JOBFRAME_HOME", str(folder / "home"))
        patch.setattr("connector.commands.common.now", lambda: made.now)
        made.open()
        made.ok("evidence", "collect", LMS)
        yield made
    made.close()


def states(target: Any) -> dict[str, str]:
    return {each["competency"]: each["state"] for each in target["requirements"]}


def test_an_auditor_moves_into_risk_once_the_missing_certificate_is_earned(
    company: Quillmere,
) -> None:
    role, area = "risk-manager-ic4", "risk-manager-ic4-conduct"
    company.learn(AUDITOR, "RISK-201", "RISK-210", "RES-201")
    company.ok("readiness", "target", AUDITOR, role, "--focus-area", area)
    company.attest(AUDITOR, AUDIT_HEAD, ("customer-insight", "guide"))
    before = company.target(AUDITOR, role)
    missing = [
        each for each in before["requirements"] if each["state"] == "not_evidenced"
    ]
    assert [each["competency"] for each in missing] == ["certified-risk-practice"]
    assert {each["activity"] for each in missing[0]["closes"]} == {
        "risk-certification-exam"
    }
    assert "Certified risk practice" in before["says"]
    assert before["says"].startswith("No move is prepared yet.")
    assert company.proposals(AUDITOR) == []

    company.award(AUDITOR, "Certified Risk Practitioner")
    after = company.target(AUDITOR, role)
    assert states(after)["certified-risk-practice"] == "met"
    (proposal,) = company.proposals(AUDITOR)
    assert (proposal["kind"], proposal["state"]) == ("lateral", "draft")
    assert proposal["to_role"] == f"{role}/{area}"
    packet = company.json("moves", "packet", proposal["reference"])["packet"]
    assert packet["certifications"] == [
        {
            "key": "risk-practitioner",
            "name": "Certified Risk Practitioner",
            "held": True,
        }
    ]
    assert (packet["loss"], packet["keeps_grade"]) == ("", True)

    ended = company.decide(proposal["reference"], ADAM, EVE)
    assert (ended["state"], ended["result"]) == ("decided", "approved")
    assert company.proposals(AUDITOR) == [], "nobody is proposed twice"
    with open_instance(open_home(None), lambda: company.now) as instance:
        told = JOBS["prepare"](instance, HRIS)
    assert told.startswith("0 moves drafted"), "a schedule proposes nobody twice either"
    company.now += timedelta(days=40)
    assert company.profile(AUDITOR) == f"jf-jp-{role}/{area}"
    company.ok("people", "sync", HRIS)
    assert company.target(AUDITOR, role)["kind"] == "present"


def teach_and_be_attested(company: Quillmere) -> None:
    for words in ("Cloud clinic in May", "Cloud clinic in June"):
        command = ("evidence", "contribute", ENGINEER, "teaching", "--words", words)
        company.ok(*command, "--as", HER_MANAGER)
    guided = ("clear-communication", "collaboration", "coaching", "reliability")
    steps = [(competency, "guide") for competency in (*guided, "cloud-architecture")]
    company.attest(ENGINEER, HER_MANAGER, *steps)


def shows_who_and_no_pay(company: Quillmere, reference: str) -> None:
    page = company.folder / "packet.html"
    company.ok("moves", "packet", reference, "--html", page)
    shown = page.read_text(encoding="utf-8")
    assert "Олена Шевченко" in shown
    assert "presumed, not shown" in shown
    assert "Tomasz Kowalczyk" in shown, "who attested is named to who decides"
    assert "Pay band" not in shown


def test_an_engineer_keeps_the_title_and_steps_into_the_next_pay_band(
    company: Quillmere,
) -> None:
    role, area = "senior-engineer-ic5", "senior-engineer-ic5-cloud"
    company.learn(ENGINEER, "CLOUD-301", "CLOUD-310", "CLOUD-320")
    by_courses = company.target(ENGINEER, role)
    assert states(by_courses)["strategic-thinking"] == "met"
    assert states(by_courses)["reliability"] != "met"
    assert "Guiding is not shown yet" in by_courses["says"]
    (reliability,) = [
        each
        for each in by_courses["requirements"]
        if each["competency"] == "reliability"
    ]
    assert reliability["needs_people"] == ["attestation", "rating"]
    assert company.proposals(ENGINEER) == [], "courses alone do not prove guiding"

    teach_and_be_attested(company)
    (proposal,) = company.proposals(ENGINEER)
    assert (proposal["kind"], proposal["to_role"]) == ("level", f"{role}/{area}")
    reference = proposal["reference"]
    packet = company.json("moves", "packet", reference)
    assert packet["bands"] == {}
    assert packet["packet"]["keeps_title"] is True
    assert packet["packet"]["to"]["title"] == "Senior Engineer"
    before = list(company.told)
    paid = company.json("moves", "packet", reference, "--pay")["bands"]
    figure = paid["next band"]["midpoint"]
    assert not any(figure in text for text in before), "pay is told to who asks alone"
    shows_who_and_no_pay(company, reference)
    assert (paid["own band"]["grade"], paid["next band"]["grade"]) == ("g4", "g5")
    assert float(paid["next band"]["midpoint"]) > float(paid["own band"]["midpoint"])
    assert paid["next band"]["currency"] == "PLN"
    assert company.proposals(ENGINEER)[0]["reference"] == reference

    title = company.json("moves", "show", reference)["preview"]["business_title"]
    ended = company.decide(reference, ADAM, EVE)
    assert ended["result"] == "approved"
    assert company.profile(ENGINEER) != f"jf-jp-{role}/{area}", "not before its day"
    company.now += timedelta(days=40)
    assert company.profile(ENGINEER) == f"jf-jp-{role}/{area}"
    again = ("moves", "packet", reference, "--pay", "--as", HER_MANAGER)
    assert set(company.json(*again)["bands"].values()) == {"<hidden: pay>"}
    assert title in company.tenant.business_titles.values(), "the title stays"


def test_a_senior_scientist_and_a_manager_are_equal_in_level_band_and_recognition(
    company: Quillmere,
) -> None:
    scientist, manager = "senior-data-scientist-ic5", "manager-data-science-m5"
    profiles = [
        company.tenant.get("Job_Profile_ID", f"jf-jp-{role}").latest
        for role in (scientist, manager)
    ]
    pay = [each["Job_Profile_Compensation_Data"] for each in profiles]
    assert pay[0] == pay[1]
    grade = pay[0]["Compensation_Grade_Reference"].reference_ids
    assert grade == {"Compensation_Grade_ID": "jf-gr-g5"}
    assert company.target(SCIENTISTS[0], manager)["kind"] == "parity"
    assert company.target(MANAGERS[0], scientist)["kind"] == "parity"

    tell_everything(company)
    company.ok("moves", "prepare")
    for people, role in ((SCIENTISTS, manager), (MANAGERS, scientist)):
        for person in people:
            (proposal,) = company.open_of(person)
            assert (proposal["kind"], proposal["to_role"]) == ("lateral", role)
            packet = company.json("moves", "packet", proposal["reference"])["packet"]
            assert (packet["loss"], packet["keeps_grade"]) == ("", True)
    fair = company.json("moves", "fairness")
    assert (fair["is_silent"], fair["differences"]) == (True, [])


def tell_everything(company: Quillmere) -> None:
    """Let the head of data attest what each direction of parity asks for."""
    steps = {
        SCIENTISTS: {
            "team-performance": "apply",
            "behavioural-assessment": "apply",
            "hiring": "apply",
            "inclusion": "apply",
        },
        MANAGERS: {
            "machine-learning": "guide",
            "data-storytelling": "guide",
            "statistical-reasoning": "guide",
            "problem-solving": "guide",
        },
    }
    told = {"on": "2026-09-30"}
    company.load(
        "attestations",
        HEAD_OF_DATA,
        (
            {**told, "person": who, "competency": key, "step": step, "note": "seen"}
            for people, asked in steps.items()
            for who in people
            for key, step in asked.items()
        ),
    )
    company.load(
        "certificates",
        HEAD_OF_DATA,
        ({**told, "person": who, "certification": "observer"} for who in SCIENTISTS),
    )
    company.load(
        "contributions",
        HEAD_OF_DATA,
        (
            {**told, "person": who, "kind": kind, "words": f"{kind} {number}"}
            for people, kind in ((SCIENTISTS, "mentoring"), (MANAGERS, "teaching"))
            for who in people
            for number in (1, 2)
        ),
    )
