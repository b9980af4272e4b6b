from __future__ import annotations

import pytest
from workday_sandbox_world import HR, INTEGRATIONS, World, basic, put_profile, reference

FILTER = "/bsvc:Get_Job_Profiles_Request[1]/bsvc:Response_Filter[1]"
WORKER = reference("Worker_Reference", "Employee_ID", "0001")
NOBODY = reference("Worker_Reference", "Employee_ID", "0000")


def page(number: int | str, count: int | str, entered: str = "") -> str:
    pinned = (
        f"<wd:As_Of_Entry_DateTime>{entered}</wd:As_Of_Entry_DateTime>"
        if entered
        else ""
    )
    return (
        f"<wd:Get_Job_Profiles_Request><wd:Response_Filter>{pinned}"
        f"<wd:Page>{number}</wd:Page><wd:Count>{count}</wd:Count></wd:Response_Filter>"
        "</wd:Get_Job_Profiles_Request>"
    )


def workers(content: str, attribute: str = "") -> str:
    return (
        f"<wd:Get_Workers_Request><wd:Request_References{attribute}>{content}"
        "</wd:Request_References></wd:Get_Workers_Request>"
    )


def add_profiles(world: World, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        world.ok(HR, put_profile(f"P-N{number}", basic(f"Job {number}")))


def test_pages_add_up(world: World) -> None:
    add_profiles(world, 5)
    codes: list[str] = []
    for number in (1, 2, 3):
        answer = world.ok(HR, page(number, 3))
        assert answer.text("Response_Results/Total_Results") == "7"
        assert answer.text("Response_Results/Total_Pages") == "3"
        assert answer.text("Response_Results/Page") == str(number)
        assert answer.text("Response_Results/Page_Results") == (
            "1" if number == 3 else "3"
        )
        codes += answer.texts("Job_Profile_Data/Job_Code")
    assert len(set(codes)) == 7


def test_pinned_pages_stay_stable_while_rows_come(world: World) -> None:
    add_profiles(world, 9)
    first = world.ok(HR, page(1, 4))
    moment = first.text("Response_Filter/As_Of_Entry_DateTime")
    codes = set(first.texts("Job_Profile_Data/Job_Code"))
    world.clock.move(seconds=1)
    add_profiles(world, 9, start=20)
    world.tenant.edit_job_profile("P-ENG-1", title="Other")
    titles: list[str] = []
    for number in (2, 3):
        answer = world.ok(HR, page(number, 4, moment))
        assert answer.text("Response_Results/Total_Results") == "11"
        codes |= set(answer.texts("Job_Profile_Data/Job_Code"))
        titles += answer.texts("Job_Title")
    assert len(codes) == 11
    assert "Other" not in titles + first.texts("Job_Title")


def test_pages_that_are_not_pinned_shift(world: World) -> None:
    add_profiles(world, 20)
    before = world.ok(HR, page(2, 10)).texts("Job_Profile_Data/Job_Code")
    add_profiles(world, 20, start=20)
    after = world.ok(HR, page(2, 10)).texts("Job_Profile_Data/Job_Code")
    assert before != after


@pytest.mark.parametrize(
    ("number", "count", "message", "place"),
    [
        (0, 10, "Page Number cannot be zero.", "Page"),
        (1, 0, "Count must be between 1 and 999.", "Count"),
        (1, 1000, "'1000' breaks the limits of the element", "Count"),
        ("one", 10, "'one' is not a valid decimal value", "Page"),
        (1, "1.5", "'1.5' breaks the limits of the element", "Count"),
        (-1, 10, "'-1' breaks the limits of the element", "Page"),
    ],
)
def test_wrong_pages_are_refused(
    world: World, number: int | str, count: int | str, message: str, place: str
) -> None:
    [(text, xpath)] = world.refused(HR, page(number, count)).problems
    assert text.startswith(message)
    assert xpath == f"{FILTER}/bsvc:{place}[1]"


def test_the_largest_page_is_999(world: World) -> None:
    assert world.ok(HR, page(1, 999)).text("Response_Filter/Count") == "999"


def test_without_a_count_a_page_has_100(world: World) -> None:
    answer = world.ok(HR, "<wd:Get_Job_Profiles_Request/>")
    assert answer.text("Response_Filter/Count") == "100"


@pytest.mark.parametrize(
    ("body", "total"),
    [
        pytest.param(page(9, 10), "2", id="past the last page"),
        pytest.param(
            "<wd:Get_Job_Profiles_Request><wd:Response_Filter><wd:As_Of_Effective_Date>"
            "1899-01-01</wd:As_Of_Effective_Date></wd:Response_Filter>"
            "</wd:Get_Job_Profiles_Request>",
            "0",
            id="no match",
        ),
    ],
)
def test_an_empty_page_has_no_response_data(
    world: World, body: str, total: str
) -> None:
    answer = world.ok(HR, body)
    assert answer.text("Total_Results") == total
    assert not answer.find_all("Response_Data")


def test_the_request_is_echoed(world: World) -> None:
    answer = world.ok(HR, workers(WORKER))
    assert answer.ids("Request_References/Worker_Reference", "Employee_ID") == ["0001"]


def test_unknown_references_are_a_fault(world: World) -> None:
    assert world.refused(HR, workers(WORKER + NOBODY)).problems == [
        (
            (
                "Invalid ID value.  '0000' is not a valid ID value for type = "
                "'Employee_ID'"
            ),
            (
                "/bsvc:Get_Workers_Request[1]/bsvc:Request_References[1]"
                "/bsvc:Worker_Reference[2]/bsvc:ID[1]"
            ),
        )
    ]


def test_a_wid_of_another_kind_is_unknown(world: World) -> None:
    profile = world.tenant.store.find("Job_Profile_ID", "P-ENG-1")
    assert profile is not None
    body = workers(reference("Worker_Reference", "WID", profile.wid))
    assert (
        "is not a valid ID value for type = 'WID'" in world.refused(HR, body).fault_text
    )


def test_unknown_references_can_be_skipped_or_reported(world: World) -> None:
    skipped = world.ok(
        HR, workers(WORKER + NOBODY, ' wd:Skip_Non_Existing_Instances="true"')
    )
    assert skipped.text("Total_Results") == "1"
    assert not skipped.find_all("Invalid_Reference_ID_Response")
    reported = world.ok(
        HR, workers(WORKER + NOBODY, ' wd:Ignore_Invalid_References="true"')
    )
    assert reported.text("Total_Results") == "1"
    assert reported.texts("Invalid_Reference_ID") == ["0000"]


def test_references_and_criteria_exclude_each_other(world: World) -> None:
    body = workers(WORKER).replace(
        "</wd:Get_Workers_Request>",
        "<wd:Request_Criteria><wd:Exclude_Inactive_Workers>1"
        "</wd:Exclude_Inactive_Workers></wd:Request_Criteria></wd:Get_Workers_Request>",
    )
    assert "exclude each other" in world.refused(HR, body).fault_text


@pytest.mark.parametrize(
    ("id_type", "expected"),
    [
        ("Management_Level_ID", {"ML-5": "Level 5", "ML-6": "Level 6"}),
        ("Job_Level_ID", {"JL-1": "Junior"}),
        ("Training_Type_ID", {"ONLINE": "Online course"}),
        ("Skill_Source_Category_ID", {"LMS": "Learning system"}),
        ("Nothing_ID", {}),
    ],
)
def test_references_of_a_type_come_with_names(
    world: World, id_type: str, expected: dict[str, str]
) -> None:
    answer = world.ok(
        INTEGRATIONS,
        "<wd:Get_References_Request><wd:Request_Criteria><wd:Reference_ID_Type>"
        f"{id_type}</wd:Reference_ID_Type></wd:Request_Criteria>"
        "</wd:Get_References_Request>",
    )
    names = dict(
        zip(
            answer.texts("Reference_ID_Data/ID"),
            answer.texts("Referenced_Object_Descriptor"),
            strict=True,
        )
    )
    assert names == expected


def test_references_can_be_read_by_object(world: World) -> None:
    wid = world.tenant.store.find("Management_Level_ID", "ML-5").wid
    answer = world.ok(
        INTEGRATIONS,
        "<wd:Get_References_Request><wd:Request_References>"
        f"{reference('Reference_ID_Reference', 'WID', wid)}"
        "</wd:Request_References></wd:Get_References_Request>",
    )
    assert answer.texts("Reference_ID_Data/ID") == ["ML-5"]
