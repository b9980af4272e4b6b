from __future__ import annotations

import pytest
from workday_sandbox_world import (
    HR,
    OpenWorld,
    World,
    basic,
    competency_row,
    get_profiles,
    put_profile,
    qualifications,
    reference,
)

PATH = "/bsvc:Put_Job_Profile_Request[1]/bsvc:Job_Profile_Data[1]"
GROUPS = f"{PATH}/bsvc:Qualification_Replacement_Data[1]"
RESPONSIBILITY = "<wd:Responsibility_Description>{}</wd:Responsibility_Description>"


def competencies(world: World, code: str) -> list[str]:
    wanted = reference("Job_Profile_Reference", "Job_Profile_ID", code)
    named = f"<wd:Request_References>{wanted}</wd:Request_References>"
    answer = world.ok(HR, get_profiles(("Include_Competency_Qualifications",), named))
    return sorted(answer.ids("Competency_Reference", "Competency_ID"))


def test_a_profile_is_written_and_reads_back(world: World) -> None:
    more = (
        "<wd:Job_Profile_Summary>Runs</wd:Job_Profile_Summary>"
        "<wd:Job_Description>&lt;p&gt;Runs &amp;amp; repairs&lt;/p&gt;"
        "</wd:Job_Description>"
        + reference("Management_Level_Reference", "Management_Level_ID", "ML-6")
        + reference("Job_Level_Reference", "Job_Level_ID", "JL-1")
    )
    sent = basic("Operator", ("F-OPS",), more) + qualifications(
        "Competency", (competency_row("C-OLD", "FOUR-2"),)
    )
    written = world.ok(HR, put_profile("P-OPS-1", sent))
    assert written.ids("Job_Profile_Reference", "Job_Profile_ID") == ["P-OPS-1"]
    wanted = reference("Job_Profile_Reference", "Job_Profile_ID", "P-OPS-1")
    named = f"<wd:Request_References>{wanted}</wd:Request_References>"
    read = world.ok(HR, get_profiles(criteria=named))
    assert read.text("Job_Profile_Data/Job_Code") == "P-OPS-1"
    assert read.text("Job_Profile_Data/Effective_Date") == "2026-03-02"
    assert read.text("Job_Title") == "Operator"
    assert read.text("Job_Description") == "<p>Runs &amp; repairs</p>"
    assert read.ids("Management_Level_Reference", "Management_Level_ID") == ["ML-6"]
    assert read.ids("Job_Level_Reference", "Job_Level_ID") == ["JL-1"]
    assert read.ids("Proficiency_Rating_Reference", "Proficiency_Rating_ID") == [
        "FOUR-2"
    ]
    assert read.text("Competency_Qualification_Replacement_Data/Required") == "1"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param("", ["C-OLD", "C-OTHER"], id="absent leaves the group alone"),
        pytest.param(
            qualifications("Responsibility", (RESPONSIBILITY.format("New"),)),
            ["C-OLD", "C-OTHER"],
            id="another group leaves it alone",
        ),
        pytest.param(
            qualifications("Competency", (competency_row("C-OLD", "FOUR-2"),)),
            ["C-OLD"],
            id="present replaces all rows",
        ),
        pytest.param(
            qualifications("Competency", (), delete="1"), [], id="Delete clears it"
        ),
        pytest.param(qualifications("Competency", ()), [], id="no rows clear it"),
    ],
)
def test_qualification_groups_are_replacements(
    world: World, sent: str, expected: list[str]
) -> None:
    world.ok(HR, put_profile("P-ENG-1", sent))
    assert competencies(world, "P-ENG-1") == expected


def test_the_reference_renames_a_profile(world: World) -> None:
    before = reference("Job_Profile_Reference", "Job_Profile_ID", "P-ENG-1")
    answer = world.ok(HR, put_profile("P-ENG-0", before=before))
    assert answer.ids("Job_Profile_Reference", "Job_Profile_ID") == ["P-ENG-0"]
    assert world.tenant.store.find("Job_Profile_ID", "P-ENG-1") is None


def pay_rate(country: str, attribute: str = "") -> str:
    named = reference("Country_Reference", "ISO_3166-1_Alpha-3_Code", country)
    return (
        f"<wd:Job_Profile_Pay_Rate_Data{attribute}>{named}"
        "</wd:Job_Profile_Pay_Rate_Data>"
    )


ANYTHING = "0" * 32
REFUSED = {
    "no Job_Code": (
        put_profile("", basic("X")),
        "A Job_Code is required.",
        f"{PATH}/bsvc:Job_Code[1]",
    ),
    "no title on create": (
        put_profile("P-X"),
        "A Job_Title is required.",
        f"{PATH}/bsvc:Job_Profile_Basic_Data[1]/bsvc:Job_Title[1]",
    ),
    "title taken in the family": (
        put_profile("P-X", basic("Engineer I", ("F-ENG",))),
        "The Job_Title 'Engineer I' is already in use in the job family 'Engineering'.",
        f"{PATH}/bsvc:Job_Profile_Basic_Data[1]/bsvc:Job_Title[1]",
    ),
    "Recruiting is off": (
        put_profile(
            "P-ENG-1",
            basic(
                "Engineer I",
                (),
                "<wd:Additional_Job_Description>More</wd:Additional_Job_Description>",
            ),
        ),
        "Additional_Job_Description needs Recruiting.",
        f"{PATH}/bsvc:Job_Profile_Basic_Data[1]/bsvc:Additional_Job_Description[1]",
    ),
    "Delete with rows": (
        put_profile(
            "P-ENG-1",
            qualifications("Competency", (competency_row("C-OLD"),), delete="true"),
        ),
        "Delete is set, so Competency_Qualification_Replacement must not have rows.",
        f"{GROUPS}/bsvc:Competency_Qualification_Replacement[1]",
    ),
    "a competency twice": (
        put_profile(
            "P-ENG-1",
            qualifications(
                "Competency",
                (competency_row("C-OLD", "FOUR-1"), competency_row("C-OLD", "FOUR-2")),
            ),
        ),
        "The competency 'Teamwork' occurs more than once.",
        (
            f"{GROUPS}/bsvc:Competency_Qualification_Replacement[1]"
            "/bsvc:Competency_Qualification_Replacement_Data[2]"
        ),
    ),
    "a skill without a name": (
        put_profile(
            "P-ENG-1", qualifications("Skill", ("<wd:Required>1</wd:Required>",))
        ),
        "A skill row needs a Skill_Reference or a Name.",
        (
            f"{GROUPS}/bsvc:Skill_Qualification_Replacement[1]"
            "/bsvc:Skill_Qualification_Replacement_Data[1]"
        ),
    ),
    "a training without a type": (
        put_profile(
            "P-ENG-1",
            qualifications("Training", ("<wd:Training_Name>X</wd:Training_Name>",)),
        ),
        "A training row needs a Training_Name and a Training_Type_Reference.",
        (
            f"{GROUPS}/bsvc:Training_Qualification_Replacement[1]"
            "/bsvc:Training_Qualification_Replacement_Data[1]"
        ),
    ),
    "an empty responsibility": (
        put_profile(
            "P-ENG-1", qualifications("Responsibility", (RESPONSIBILITY.format(" "),))
        ),
        "A Responsibility_Description is required.",
        (
            f"{GROUPS}/bsvc:Responsibility_Qualification_Replacement[1]"
            "/bsvc:Responsibility_Qualification_Replacement_Data[1]"
        ),
    ),
    "a pay grade block without a grade": (
        put_profile("P-ENG-1", "<wd:Job_Profile_Compensation_Data/>"),
        "A Compensation_Grade_Reference is required.",
        f"{PATH}/bsvc:Job_Profile_Compensation_Data[1]",
    ),
    "two pay rates for one country": (
        put_profile("P-ENG-1", pay_rate("GBR") + pay_rate("POL") + pay_rate("GBR")),
        "Only one row for 'GBR' is allowed.",
        f"{PATH}/bsvc:Job_Profile_Pay_Rate_Data[3]",
    ),
    "a language without abilities": (
        put_profile(
            "P-ENG-1",
            qualifications(
                "Language", (reference("Language_Reference", "WID", ANYTHING),)
            ),
        ),
        f"Invalid ID value.  '{ANYTHING}' is not a valid ID value for type = 'WID'",
        (
            f"{GROUPS}/bsvc:Language_Qualification_Replacement[1]"
            "/bsvc:Language_Qualification_Replacement_Data[1]"
            "/bsvc:Language_Reference[1]/bsvc:ID[1]"
        ),
    ),
    "a reference without an ID": (
        put_profile(
            "P-ENG-1", qualifications("Competency", ("<wd:Competency_Reference/>",))
        ),
        "Element Competency_Reference needs an ID",
        (
            f"{GROUPS}/bsvc:Competency_Qualification_Replacement[1]"
            "/bsvc:Competency_Qualification_Replacement_Data[1]"
            "/bsvc:Competency_Reference[1]"
        ),
    ),
    "unknown competency": (
        put_profile("P-ENG-1", qualifications("Competency", (competency_row("NO"),))),
        "Invalid ID value.  'NO' is not a valid ID value for type = 'Competency_ID'",
        (
            f"{GROUPS}/bsvc:Competency_Qualification_Replacement[1]"
            "/bsvc:Competency_Qualification_Replacement_Data[1]"
            "/bsvc:Competency_Reference[1]/bsvc:ID[1]"
        ),
    ),
    "unknown level": (
        put_profile(
            "P-ENG-1",
            basic(
                "",
                (),
                reference("Management_Level_Reference", "Management_Level_ID", "ML-9"),
            ),
        ),
        (
            "Invalid ID value.  'ML-9' is not a valid ID value for type = "
            "'Management_Level_ID'"
        ),
        (
            f"{PATH}/bsvc:Job_Profile_Basic_Data[1]/bsvc:Management_Level_Reference[1]"
            "/bsvc:ID[1]"
        ),
    ),
    "two IDs of different objects": (
        put_profile(
            "P-ENG-1",
            before=(
                '<wd:Job_Profile_Reference><wd:ID wd:type="Job_Profile_ID">P-ENG-1'
                '</wd:ID><wd:ID wd:type="Job_Profile_ID">P-ENG-2</wd:ID>'
                "</wd:Job_Profile_Reference>"
            ),
        ),
        "The IDs of one reference must denote the same object",
        "/bsvc:Put_Job_Profile_Request[1]/bsvc:Job_Profile_Reference[1]/bsvc:ID[2]",
    ),
}


@pytest.mark.parametrize(("body", "message", "xpath"), REFUSED.values(), ids=REFUSED)
def test_wrong_profiles_are_refused_with_the_place(
    world: World, body: str, message: str, xpath: str
) -> None:
    answer = world.refused(HR, body)
    assert answer.problems == [(message, xpath)]


def test_all_problems_come_at_once(world: World) -> None:
    rows = (competency_row("NO-1"), competency_row("NO-2"))
    answer = world.refused(
        HR, put_profile("P-ENG-1", qualifications("Competency", rows))
    )
    assert len(answer.problems) == 2


def test_a_title_may_occur_again_in_another_family(world: World) -> None:
    world.ok(HR, put_profile("P-X", basic("Engineer I", ("F-OPS",))))


def test_rows_by_country_are_added_and_removed_one_by_one(world: World) -> None:
    def countries() -> list[str]:
        answer = world.ok(HR, get_profiles(("Include_Job_Profile_Pay_Rate_Data",)))
        path = "Job_Profile_Pay_Rate_Data/Country_Reference"
        return sorted(answer.ids(path, "ISO_3166-1_Alpha-3_Code"))

    world.ok(HR, put_profile("P-ENG-1", pay_rate("GBR")))
    world.ok(HR, put_profile("P-ENG-1", pay_rate("POL")))
    assert countries() == ["GBR", "POL"]
    world.ok(HR, put_profile("P-ENG-1", pay_rate("GBR", ' wd:Delete="1"')))
    assert countries() == ["POL"]


def test_an_optional_reference_without_an_id_is_cleared(world: World) -> None:
    empty = "<wd:Management_Level_Reference/>"
    world.ok(HR, put_profile("P-ENG-1", basic("", (), empty)))
    read = world.ok(HR, get_profiles(("Include_Job_Profile_Basic_Data",)))
    assert not read.find_all("Management_Level_Reference")


def test_trainings_and_named_skills_can_be_required(world: World) -> None:
    typed = reference("Training_Type_Reference", "Training_Type_ID", "ONLINE")
    training = f"<wd:Training_Name>Safety</wd:Training_Name>{typed}"
    world.ok(HR, put_profile("P-ENG-1", qualifications("Training", (training,))))
    skills = ("<wd:Name>Python</wd:Name>", "<wd:Name>SQL</wd:Name>")
    world.ok(HR, put_profile("P-ENG-1", qualifications("Skill", skills)))
    read = world.ok(HR, get_profiles())
    assert read.texts("Training_Name") == ["Safety"]
    assert read.texts("Skill_Qualification_Replacement_Data/Name") == ["Python", "SQL"]


def test_an_unknown_criterion_is_a_fault(world: World) -> None:
    wrong = reference("Job_Family_Reference", "Job_Family_ID", "F-NONE")
    criteria = f"<wd:Request_Criteria>{wrong}</wd:Request_Criteria>"
    answer = world.refused(HR, get_profiles(criteria=criteria))
    assert "'F-NONE' is not a valid ID value" in answer.fault_text


def test_a_profile_may_name_a_job_family_group(world: World) -> None:
    group = reference("Job_Family_Reference", "Job_Family_Group_ID", "G-TECH")
    row = f"<wd:Job_Family_Data>{group}</wd:Job_Family_Data>"
    world.ok(HR, put_profile("P-X", basic("Adviser", (), row)))


def test_recruiting_tenants_take_more_elements(open_world: OpenWorld) -> None:
    world = open_world(variants=frozenset({"recruiting"}), is_strict=False)
    world.checks_answers = False
    more = "<wd:Additional_Job_Description>More</wd:Additional_Job_Description>"
    world.ok(HR, put_profile("P-ENG-1", basic("Engineer I", (), more)))
    world.ok(HR, put_profile("P-ENG-1", "<wd:Questionnaire_Data/>"))


FLAG_PARTS = [
    ("Include_Job_Profile_Basic_Data", {"Job_Profile_Basic_Data"}),
    (
        "Include_Competency_Qualifications",
        {"Qualification_Replacement_Data/Competency_Qualification_Replacement"},
    ),
    (
        "Include_Responsibility_Qualifications",
        {"Qualification_Replacement_Data/Responsibility_Qualification_Replacement"},
    ),
    ("Include_Reference", set()),
]
EVERY_PART = set().union(*(parts for _, parts in FLAG_PARTS))


@pytest.mark.parametrize(("flag", "parts"), FLAG_PARTS)
def test_one_flag_shows_only_its_part(world: World, flag: str, parts: set[str]) -> None:
    answer = world.ok(HR, get_profiles((flag,)))
    shown = {p for p in EVERY_PART if answer.find_all(f"Job_Profile_Data/{p}")}
    assert shown == parts
    has_reference = bool(answer.find_all("Job_Profile/Job_Profile_Reference"))
    assert has_reference == (flag == "Include_Reference")


def test_without_flags_everything_shows(world: World) -> None:
    answer = world.ok(HR, get_profiles())
    assert all(answer.find_all(f"Job_Profile_Data/{p}") for p in EVERY_PART)
    assert answer.find_all("Job_Profile/Job_Profile_Reference")


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        (reference("Job_Family_Reference", "Job_Family_ID", "F-ENG"), 2),
        (reference("Job_Family_Reference", "Job_Family_ID", "F-OPS"), 0),
        (reference("Management_Level_Reference", "Management_Level_ID", "ML-5"), 1),
        (reference("Job_Level_Reference", "Job_Level_ID", "JL-1"), 0),
    ],
)
def test_criteria_choose_profiles(world: World, criterion: str, expected: int) -> None:
    criteria = f"<wd:Request_Criteria>{criterion}</wd:Request_Criteria>"
    answer = world.ok(HR, get_profiles(criteria=criteria))
    assert answer.text("Total_Results") == str(expected)


def test_a_future_change_shows_only_from_its_date_on(world: World) -> None:
    later = "<wd:Effective_Date>2026-07-01</wd:Effective_Date>"
    world.ok(HR, put_profile("P-ENG-1", later + basic("Engineer one")))

    def titles(day: str) -> list[str]:
        view = (
            "<wd:Get_Job_Profiles_Request><wd:Response_Filter><wd:As_Of_Effective_Date>"
            f"{day}</wd:As_Of_Effective_Date></wd:Response_Filter>"
            "</wd:Get_Job_Profiles_Request>"
        )
        return sorted(world.ok(HR, view).texts("Job_Title"))

    assert sorted(world.ok(HR, get_profiles()).texts("Job_Title")) == titles(
        "2026-06-30"
    )
    assert "Engineer one" in titles("2026-07-01")
    assert "Engineer I" in titles("2026-06-30")


def test_a_profile_of_the_future_is_not_there_today(world: World) -> None:
    later = "<wd:Effective_Date>2026-07-01</wd:Effective_Date>"
    world.ok(HR, put_profile("P-NEXT", later + basic("Engineer X")))
    assert "P-NEXT" not in world.ok(HR, get_profiles()).texts("Job_Code")
    earlier = "<wd:Effective_Date>2026-06-30</wd:Effective_Date>"
    answer = world.refused(HR, put_profile("P-NEXT", earlier))
    assert "may not be before 2026-07-01" in answer.fault_text


def test_inactive_profiles_stay_readable(world: World) -> None:
    world.ok(
        HR,
        put_profile(
            "P-ENG-2",
            "<wd:Job_Profile_Basic_Data><wd:Inactive>true</wd:Inactive>"
            "</wd:Job_Profile_Basic_Data>",
        ),
    )
    answer = world.ok(HR, get_profiles(("Include_Job_Profile_Basic_Data",)))
    assert sorted(answer.texts("Inactive")) == ["0", "1"]
    assert "Engineer II" in answer.texts("Job_Title")


def test_people_edit_what_an_integration_also_writes(world: World) -> None:
    tenant = world.tenant
    tenant.edit_job_profile("P-ENG-1", title="Builder", is_inactive=True)
    tenant.edit_responsibility("P-ENG-1", "<p>Keeps the lights on</p>", "Keeps them")
    tenant.edit_responsibility("P-ENG-1", None, "Helps")
    tenant.edit_required_competency("P-ENG-1", "C-OLD", "FOUR-2", is_required=False)
    tenant.edit_required_competency("P-ENG-1", "C-OTHER", None)
    answer = world.ok(HR, get_profiles())
    assert "Builder" in answer.texts("Job_Title")
    assert answer.texts("Responsibility_Description") == ["Keeps them", "Helps"]
    assert answer.ids("Proficiency_Rating_Reference", "Proficiency_Rating_ID") == [
        "FOUR-2"
    ]
    tenant.edit_responsibility("P-ENG-1", "Helps", None)
    assert world.ok(HR, get_profiles()).texts("Responsibility_Description") == [
        "Keeps them"
    ]
    with pytest.raises(KeyError):
        tenant.edit_responsibility("P-ENG-1", "never said", "x")


@pytest.mark.parametrize(
    ("classification", "is_written"), [("Warning", True), ("Error", False)]
)
def test_soft_exceptions_come_with_success(
    world: World, classification: str, is_written: bool
) -> None:
    world.control(
        "switches",
        soft_exceptions=[{"classification": classification, "message": "Mind this"}],
    )
    answer = world.ok(HR, put_profile("P-ENG-1", basic("Renamed")))
    assert answer.text("Exception_Data/Classification") == classification
    assert answer.text("Exception_Data/Message") == "Mind this"
    titles = world.ok(HR, get_profiles()).texts("Job_Title")
    assert ("Renamed" in titles) == is_written
    assert not world.ok(HR, put_profile("P-ENG-1")).find_all("Exception_Data")
