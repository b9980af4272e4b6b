"""Tenants that name rows otherwise, refuse reads, are updated or hold later entries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from workday_sandbox_world import (
    HR,
    TENANT,
    Answer,
    OpenWorld,
    World,
    basic,
    envelope,
    put_profile,
    qualifications,
    reference,
)

READ = "<wd:Get_Job_Families_Request/>"
COMPETENCY = reference("Competency_Reference", "Competency_ID", "C-OLD")
ORIGIN = "<wd:Requirement_Origin>Framework</wd:Requirement_Origin>"
NAMES = {
    "": "Proficiency_Rating_Reference",
    "older_rows": "Competency_Level_Reference",
    "newer_rows": "Expected_Proficiency_Reference",
}
ROW = "Competency_Qualification_Replacement_Data"


def row(name: str, *, with_origin: bool) -> str:
    rating = reference(name, "Proficiency_Rating_ID", "FOUR-2")
    required = "<wd:Required>1</wd:Required>"
    return COMPETENCY + rating + required + (ORIGIN if with_origin else "")


@pytest.mark.parametrize("variant", NAMES)
def test_a_tenant_takes_and_shows_the_names_of_its_variant(
    open_world: OpenWorld, variant: str
) -> None:
    world = open_world(is_strict=False, variants=frozenset({variant}))
    world.checks_answers = False
    sent = row(NAMES[variant], with_origin=variant == "newer_rows")
    body = qualifications("Competency", (sent,))
    world.ok(HR, put_profile("P-ENG-1", body))
    shown = profile(world)
    path = f"{ROW}/{NAMES[variant]}"
    assert shown.ids(path, "Proficiency_Rating_ID") == ["FOUR-2"]


@pytest.mark.parametrize("variant", NAMES)
def test_a_tenant_refuses_the_names_of_another_variant(
    open_world: OpenWorld, variant: str
) -> None:
    world = open_world(is_strict=False, variants=frozenset({variant}))
    for other, name in NAMES.items():
        if other != variant:
            sent = row(name, with_origin=variant == "newer_rows")
            body = qualifications("Competency", (sent,))
            (problem, *_) = world.refused(HR, put_profile("P-ENG-1", body)).problems
            assert f"Invalid Subelement {name}" in problem[0]


def test_a_required_element_must_be_sent(open_world: OpenWorld) -> None:
    world = open_world(is_strict=False, variants=frozenset({"newer_rows"}))
    sent = row(NAMES["newer_rows"], with_origin=False)
    answer = world.refused(
        HR, put_profile("P-ENG-1", qualifications("Competency", (sent,)))
    )
    assert any("Requirement_Origin" in message for message, _ in answer.problems)


@pytest.mark.parametrize("variant", NAMES)
def test_the_wsdl_is_that_of_the_variant(open_world: OpenWorld, variant: str) -> None:
    world = open_world(variants=frozenset({variant}))
    address = f"{world.url}/ccx/service/{TENANT}/{HR}/v46.0?wsdl"
    wsdl = world.session.get(address, timeout=30).text
    type_ = "Competency_Qualification_Profile_Replacement_DataType"
    _, _, described = wsdl.partition(f'<xsd:complexType name="{type_}">')
    described, _, _ = described.partition("</xsd:complexType>")
    assert [name for name in NAMES.values() if f'"{name}"' in described] == [
        NAMES[variant]
    ]
    assert ("Requirement_Origin" in described) == (variant == "newer_rows")


def test_a_missing_right_to_read_shows_as_nothing_or_as_a_refusal(
    world: World,
) -> None:
    world.control("permissions", revoke=[["Job Information", "Get"]])
    assert world.ok(HR, READ).texts("Job_Family_Data/Name") == []
    world.control("switches", refuses_reads=True)
    assert "processingError" in world.refused(HR, READ).fault_code


def test_the_rights_can_be_listed(world: World) -> None:
    right = ["Set Up: Skills and Experience", "Put"]
    world.control("permissions", revoke=[right], activate=False)
    address = f"{world.url}/_sandbox/permissions"
    listed = world.session.get(address, timeout=30).json()["rights"]
    waiting = [item for item in listed if item["is_pending"]]
    assert [[item["policy"], item["access"]] for item in waiting] == [right]
    assert waiting[0]["is_active"]


@pytest.mark.parametrize(
    ("switch", "status", "words"),
    [
        ("is_in_maintenance", 503, "unavailable"),
        ("is_ui_host", 200, "Sign In"),
    ],
)
def test_a_page_stands_in_for_every_service(
    world: World, switch: str, status: int, words: str
) -> None:
    world.control("switches", **{switch: True})
    answer = world.post(HR, envelope(READ))
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert words in answer.text
    world.control("switches", **{switch: False})
    world.ok(HR, READ)


def test_an_entry_for_a_later_day_is_seen_from_that_day_on(world: World) -> None:
    day = world.clock.now.date() + timedelta(days=30)
    world.control(
        "people/enter_later",
        id_type="Job_Profile_ID",
        value="P-ENG-1",
        day=day.isoformat(),
        name="Engineer 1",
    )
    title = "Job_Profile_Basic_Data/Job_Title"
    assert profile(world).text(title) == "Engineer I"
    world.ok(HR, put_profile("P-ENG-1", basic("Engineer One")))
    assert profile(world).text(title) == "Engineer One"
    assert profile(world, day).text(title) == "Engineer 1"
    assert profile(world, day - timedelta(days=1)).text(title) == "Engineer One"


def profile(world: World, day: date | None = None) -> Answer:
    """Return what the tenant shows of a profile, today or as of a day."""
    named = reference("Job_Profile_Reference", "Job_Profile_ID", "P-ENG-1")
    as_of = f"<wd:As_Of_Effective_Date>{day}</wd:As_Of_Effective_Date>" if day else ""
    return world.ok(
        HR,
        f"<wd:Get_Job_Profiles_Request><wd:Request_References>{named}"
        f"</wd:Request_References><wd:Response_Filter>{as_of}</wd:Response_Filter>"
        "</wd:Get_Job_Profiles_Request>",
    )


def test_a_running_tenant_can_become_another_variant(world: World) -> None:
    world.control("variants", variants=["newer_rows"])
    address = f"{world.url}/ccx/service/{TENANT}/{HR}/v46.0?wsdl"
    assert "Requirement_Origin" in world.session.get(address, timeout=30).text
    world.control("variants", variants=[])
    assert "Requirement_Origin" not in world.session.get(address, timeout=30).text
    wrong = world.session.post(
        f"{world.url}/_sandbox/variants", json={"variants": ["none"]}, timeout=30
    )
    assert wrong.status_code == 400
