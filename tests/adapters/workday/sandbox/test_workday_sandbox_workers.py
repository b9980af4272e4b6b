from __future__ import annotations

from datetime import date, timedelta

import pytest
from workday_sandbox_world import DATA, HR, START, OpenWorld, World, reference

from adapters.workday.sandbox import AdditionalJobSeed, OrganizationSeed, WorkerSeed


def get(content: str = "") -> str:
    return f"<wd:Get_Workers_Request>{content}</wd:Get_Workers_Request>"


def criteria(content: str) -> str:
    return get(f"<wd:Request_Criteria>{content}</wd:Request_Criteria>")


def flagged(*flags: str) -> str:
    group = "".join(f"<wd:{flag}>true</wd:{flag}>" for flag in flags)
    return get(f"<wd:Response_Group>{group}</wd:Response_Group>")


def log(content: str, then: str = "<wd:Transaction_Type_References/>") -> str:
    return criteria(
        "<wd:Transaction_Log_Criteria_Data><wd:Transaction_Date_Range_Data>"
        f"{content}</wd:Transaction_Date_Range_Data>{then}"
        "</wd:Transaction_Log_Criteria_Data>"
    )


def updated(start: str, end: str) -> str:
    return (
        f"<wd:Updated_From>{start}</wd:Updated_From>"
        f"<wd:Updated_Through>{end}</wd:Updated_Through>"
    )


def one(employee_id: str) -> str:
    named = reference("Worker_Reference", "Employee_ID", employee_id)
    return get(f"<wd:Request_References>{named}</wd:Request_References>")


def test_a_worker_is_told_with_job_place_and_people(world: World) -> None:
    answer = world.ok(HR, one("0002"))
    assert answer.text("Worker_Data/Worker_ID") == "0002"
    assert answer.text("Legal_Name_Data/Name_Detail_Data/First_Name") == "Bob de"
    assert answer.text("Legal_Name_Data/Name_Detail_Data/Last_Name") == "Ray"
    assert answer.text("Email_Address") == "bob@example.org"
    assert answer.ids("Position_Reference", "Position_ID") == ["P-0002"]
    summary = "Job_Profile_Summary_Data"
    assert answer.ids(f"{summary}/Job_Profile_Reference", "Job_Profile_ID") == [
        "P-ENG-1"
    ]
    assert answer.ids(f"{summary}/Job_Family_Reference", "Job_Family_ID") == ["F-ENG"]
    assert answer.ids(
        f"{summary}/Management_Level_Reference", "Management_Level_ID"
    ) == ["ML-5"]
    assert answer.text(f"{summary}/Job_Profile_Name") == "Engineer I"
    assert answer.ids("Location_Reference", "Location_ID") == ["LON"]
    assert answer.text("Worker_Status_Data/Hire_Date") == "2020-06-01"
    assert answer.text("Worker_Status_Data/Active") == "1"
    assert answer.ids(
        "Worker_Organization_Data/Organization_Reference", "Organization_Reference_ID"
    ) == ["ORG-1"]
    assert answer.ids("Manager_Reference", "Employee_ID") == ["0001"]


PARTS = {
    "Include_Reference": "Worker/Worker_Reference",
    "Include_Personal_Information": "Worker_Data/Personal_Data",
    "Include_Employment_Information": "Worker_Data/Employment_Data",
    "Include_Organizations": "Worker_Data/Organization_Data",
    "Include_Management_Chain_Data": "Worker_Data/Management_Chain_Data",
}


@pytest.mark.parametrize("flag", PARTS)
def test_one_flag_shows_only_its_part(world: World, flag: str) -> None:
    answer = world.ok(HR, flagged(flag))
    shown = {name for name, path in PARTS.items() if answer.find_all(path)}
    assert shown == {flag}


def test_organisations_can_be_excluded(world: World) -> None:
    answer = world.ok(
        HR, flagged("Include_Organizations", "Exclude_Supervisory_Organizations")
    )
    assert not answer.find_all("Worker_Data/Organization_Data")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<wd:Exclude_Inactive_Workers>1</wd:Exclude_Inactive_Workers>", 3),
        ("<wd:Exclude_Contingent_Workers>1</wd:Exclude_Contingent_Workers>", 3),
        ("<wd:Exclude_Employees>1</wd:Exclude_Employees>", 1),
        (
            reference("Organization_Reference", "Organization_Reference_ID", "ORG-1"),
            2,
        ),
        (reference("Country_Reference", "ISO_3166-1_Alpha-3_Code", "POL"), 1),
        (reference("Position_Reference", "Position_ID", "P-0001"), 1),
    ],
)
def test_criteria_choose_workers(world: World, content: str, expected: int) -> None:
    answer = world.ok(HR, criteria(content))
    assert answer.text("Total_Results") == str(expected)


def test_an_unknown_criterion_is_a_fault(world: World) -> None:
    wrong = reference("Organization_Reference", "Organization_Reference_ID", "ORG-9")
    assert (
        "'ORG-9' is not a valid ID value"
        in world.refused(HR, criteria(wrong)).fault_text
    )


def test_a_worker_who_leaves_shows_as_terminated(world: World) -> None:
    world.tenant.end_worker("0002", date(2026, 2, 1))
    answer = world.ok(HR, one("0002"))
    assert answer.text("Worker_Status_Data/Active") == "0"
    assert answer.text("Worker_Status_Data/Terminated") == "1"
    assert answer.text("Worker_Status_Data/Termination_Date") == "2026-02-01"


def test_a_worker_may_hold_a_profile_that_does_not_exist_yet(world: World) -> None:
    world.tenant.move_worker("0002", job_profile_id="P-LATER")
    assert not world.ok(HR, one("0002")).find_all("Job_Profile_Summary_Data")


def test_only_changed_workers_come_within_the_window(world: World) -> None:
    world.clock.move(hours=2)
    world.tenant.move_worker("0002", job_profile_id="P-ENG-2")
    world.clock.move(hours=2)
    window = updated("2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z")
    answer = world.ok(HR, log(window))
    assert answer.texts("Worker_Data/Worker_ID") == ["0002"]
    early = world.ok(HR, log(updated("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z")))
    assert early.text("Total_Results") == "0"


def test_changes_can_be_asked_by_the_day_they_take_effect(world: World) -> None:
    world.tenant.move_worker("0002", job_profile_id="P-ENG-2")
    window = (
        "<wd:Effective_From>2026-03-02T00:00:00Z</wd:Effective_From>"
        "<wd:Effective_Through>2026-03-02T00:00:00Z</wd:Effective_Through>"
    )
    assert world.ok(HR, log(window)).texts("Worker_Data/Worker_ID") == ["0002"]


LATER = (START + timedelta(hours=1)).isoformat()
SUBSCRIBER = reference("Subscriber_Reference", "Integration_System_ID", "X")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(
            log("<wd:Updated_From>2026-03-01T00:00:00Z</wd:Updated_From>"),
            "Updated_From and Updated_Through must both be given.",
            id="one end",
        ),
        pytest.param(
            log(updated("2026-03-02T08:00:00Z", "2026-03-02T07:00:00Z")),
            "Updated_From may not be after Updated_Through.",
            id="turned round",
        ),
        pytest.param(
            log(updated("2026-03-02T08:00:00Z", LATER)),
            "Updated_Through may not be in the future.",
            id="in the future",
        ),
        pytest.param(
            log(updated("2026-03-02T08:00:00Z", "2026-03-02T08:00:00Z"), ""),
            "One of Transaction_Type_References, Subscriber_Reference is required in "
            "element Transaction_Log_Criteria_Data, not 0",
            id="no type and no subscriber",
        ),
        pytest.param(
            log(updated("2026-03-02T08:00:00Z", "2026-03-02T08:00:00Z"), SUBSCRIBER),
            "The subscriber does not have the transaction log enabled.",
            id="subscriber",
        ),
    ],
)
def test_wrong_windows_are_refused(world: World, body: str, message: str) -> None:
    answer = world.refused(HR, body)
    assert answer.fault_text == f"Validation error occurred. {message}"


def test_profiles_have_the_same_window(world: World) -> None:
    world.clock.move(hours=2)
    world.tenant.edit_job_profile("P-ENG-2", summary="New")
    body = log(updated("2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z")).replace(
        "Get_Workers", "Get_Job_Profiles"
    )
    assert world.ok(HR, body).texts("Job_Code") == ["P-ENG-2"]


def test_every_position_is_told_with_organisation_and_country(
    open_world: OpenWorld,
) -> None:
    abroad = AdditionalJobSeed(
        "P-2", "P-ENG-2", "ORG-2", "WAW", date(2024, 3, 1), "POL", "POL", "GBR"
    )
    seed = WorkerSeed(
        "0007",
        "Eve Ng",
        "P-ENG-1",
        "ORG-1",
        "LON",
        date(2020, 6, 1),
        additional_jobs=(abroad,),
    )
    world = open_world(workers=(seed,))
    answer = world.ok(HR, one("0007"))
    jobs = answer.find_all("Worker_Job_Data")
    assert [job.get(f"{{{DATA}}}Primary_Job") for job in jobs] == ["1", "0"]
    assert answer.texts("Position_Data/Position_ID") == ["P-0007", "P-2"]
    assert answer.ids("Host_Country_Reference", "ISO_3166-1_Alpha-2_Code") == ["PL"]
    assert answer.ids("Address_Data/Country_Reference", "ISO_3166-1_Alpha-2_Code") == [
        "GB",
        "PL",
    ]
    assert answer.ids(
        "Position_Organization_Data/Organization_Reference", "Organization_Reference_ID"
    ) == ["ORG-1", "ORG-2"]
    without = world.ok(HR, flagged("Include_Employment_Information"))
    assert len(without.find_all("Worker_Job_Data")) == 1


def test_organisations_count_with_those_below_where_that_is_asked(
    open_world: OpenWorld,
) -> None:
    world = open_world(
        organizations=(
            OrganizationSeed("TOP", "Top"),
            OrganizationSeed("ORG-1", "One", "TOP"),
            OrganizationSeed("ORG-2", "Two", "ORG-1"),
        )
    )
    named = reference("Organization_Reference", "Organization_Reference_ID", "ORG-1")
    below = (
        "<wd:Include_Subordinate_Organizations>1</wd:Include_Subordinate_Organizations>"
    )
    assert world.ok(HR, criteria(named)).text("Total_Results") == "2"
    assert world.ok(HR, criteria(named + below)).text("Total_Results") == "4"


def test_leave_and_a_second_hire_show_in_the_status(world: World) -> None:
    world.tenant.change_worker("0002", leave_start_date=date(2026, 2, 1))
    assert world.ok(HR, one("0002")).text("Leave_Status_Data/On_Leave") == "1"
    world.tenant.rehire_worker("0003", job_profile_id="P-ENG-2")
    status = world.ok(HR, one("0003"))
    told = [
        status.text(f"Worker_Status_Data/{name}")
        for name in ("Active", "Hire_Date", "Original_Hire_Date", "Rehire")
    ]
    assert told == ["1", "2026-03-02", "2020-06-01", "1"]


def test_a_position_tells_since_when_it_is_as_it_is(world: World) -> None:
    def moved_on() -> str:
        (position,) = world.ok(HR, one("0002")).find_all("Position_Data")
        return str(position.get(f"{{{DATA}}}Effective_Date"))

    assert moved_on() == "2020-06-01"
    world.tenant.change_worker("0002", email="b@example.org")
    assert moved_on() == "2020-06-01"
    world.tenant.move_worker("0002", job_profile_id="P-ENG-2")
    assert moved_on() == "2026-03-02"
