from __future__ import annotations

import pytest
from workday_sandbox_world import (
    HR,
    World,
    get_profiles,
    put_family,
    put_group,
    reference,
)

GET_FAMILIES = "<wd:Get_Job_Families_Request/>"
GET_GROUPS = "<wd:Get_Job_Family_Groups_Request/>"
ROW = "<wd:Job_Family_Data{}>{}</wd:Job_Family_Data>"


def family_row(family: str, attribute: str = "") -> str:
    return ROW.format(
        attribute, reference("Job_Family_Reference", "Job_Family_ID", family)
    )


def names_by_id(world: World, request: str, row: str) -> dict[str, str]:
    rows = world.ok(HR, request).find_all(row)
    return {
        r.findtext("wd:ID", "", {"wd": r.nsmap["wd"]}): r.findtext(
            "wd:Name", "", {"wd": r.nsmap["wd"]}
        )
        for r in rows
    }


def test_a_family_is_created_by_its_own_id_and_then_updated(world: World) -> None:
    created = world.ok(HR, put_family("<wd:ID>F-NEW</wd:ID><wd:Name>Data</wd:Name>"))
    updated = world.ok(
        HR, put_family("<wd:ID>F-NEW</wd:ID><wd:Name>Data science</wd:Name>")
    )
    assert created.ids("Job_Family_Reference", "WID") == updated.ids(
        "Job_Family_Reference", "WID"
    )
    names = names_by_id(world, GET_FAMILIES, "Job_Family/Job_Family_Data")
    assert names["F-NEW"] == "Data science"


def test_what_a_put_leaves_out_stays_and_an_empty_element_clears(world: World) -> None:
    world.ok(HR, put_family("<wd:ID>F-ENG</wd:ID><wd:Name>Engineers</wd:Name>"))
    summaries = world.ok(HR, GET_FAMILIES).texts("Job_Family_Data/Summary")
    assert "Builds" in summaries
    world.ok(HR, put_family("<wd:ID>F-ENG</wd:ID><wd:Summary/>"))
    assert "Builds" not in world.ok(HR, GET_FAMILIES).texts("Job_Family_Data/Summary")


def test_a_reference_with_another_id_renames(world: World) -> None:
    named = reference("Job_Family_Reference", "Job_Family_ID", "F-OPS")
    answer = world.ok(HR, put_family("<wd:ID>F-OPERATE</wd:ID>", reference=named))
    assert answer.ids("Job_Family_Reference", "Job_Family_ID") == ["F-OPERATE"]
    assert "F-OPS" not in names_by_id(world, GET_FAMILIES, "Job_Family/Job_Family_Data")


def test_a_family_without_an_id_gets_one(world: World) -> None:
    answer = world.ok(HR, put_family("<wd:Name>Legal</wd:Name>"))
    assert answer.ids("Job_Family_Reference", "Job_Family_ID") == ["JOB_FAMILY-3-1"]


@pytest.mark.parametrize(
    ("body", "message", "xpath"),
    [
        pytest.param(
            put_family("<wd:ID>F-X</wd:ID><wd:Name>Operations</wd:Name>"),
            "The name 'Operations' is already in use",
            "/bsvc:Put_Job_Family_Request[1]/bsvc:Job_Family_Data[1]/bsvc:Name[1]",
            id="name of another family",
        ),
        pytest.param(
            put_family("<wd:ID>F-X</wd:ID><wd:Name>Technology</wd:Name>"),
            "The name 'Technology' is already in use",
            "/bsvc:Put_Job_Family_Request[1]/bsvc:Job_Family_Data[1]/bsvc:Name[1]",
            id="name of a group",
        ),
        pytest.param(
            put_group("<wd:ID>G-X</wd:ID><wd:Name>Operations</wd:Name>"),
            "The name 'Operations' is already in use",
            "/bsvc:Put_Job_Family_Group_Request[1]/bsvc:Job_Family_Group_Data[1]"
            "/bsvc:Name[1]",
            id="group with the name of a family",
        ),
        pytest.param(
            put_family("<wd:ID>F-X</wd:ID>"),
            "A Name is required",
            "/bsvc:Put_Job_Family_Request[1]/bsvc:Job_Family_Data[1]/bsvc:Name[1]",
            id="no name",
        ),
        pytest.param(
            put_family("<wd:ID>G-TECH</wd:ID><wd:Name>X</wd:Name>"),
            "The ID denotes another object, not a job family",
            "/bsvc:Put_Job_Family_Request[1]/bsvc:Job_Family_Data[1]/bsvc:ID[1]",
            id="the ID of a group",
        ),
        pytest.param(
            put_group("<wd:ID>F-ENG</wd:ID><wd:Name>X</wd:Name>"),
            "The ID denotes another object, not a job family group",
            "/bsvc:Put_Job_Family_Group_Request[1]/bsvc:Job_Family_Group_Data[1]"
            "/bsvc:ID[1]",
            id="group with the ID of a family",
        ),
        pytest.param(
            put_family("<wd:ID>F-ENG</wd:ID><wd:Name>X</wd:Name>", add_only="true"),
            "Add Only is set but the job family already exists",
            "/bsvc:Put_Job_Family_Request[1]/@bsvc:Add_Only",
            id="add only",
        ),
        pytest.param(
            put_family(
                "<wd:ID>F-ENG</wd:ID><wd:Effective_Date>1899-12-31</wd:Effective_Date>"
            ),
            "The effective date may not be before 1900-01-01",
            "/bsvc:Put_Job_Family_Request[1]/bsvc:Job_Family_Data[1]"
            "/bsvc:Effective_Date[1]",
            id="before the first effective date",
        ),
        pytest.param(
            put_family(
                "<wd:ID>F-ENG</wd:ID>",
                reference=reference("Job_Family_Reference", "Job_Family_ID", "F-OPS"),
            ),
            "The Job_Family_ID 'F-ENG' is already in use.",
            "/bsvc:Put_Job_Family_Request[1]/bsvc:Job_Family_Data[1]/bsvc:ID[1]",
            id="rename to an ID in use",
        ),
        pytest.param(
            put_group(
                "<wd:ID>G-TECH</wd:ID>"
                + ROW.format(
                    "", reference("Job_Family_Reference", "Job_Family_ID", "G-TECH")
                )
            ),
            "Job_Family_Reference must denote a job family",
            "/bsvc:Put_Job_Family_Group_Request[1]/bsvc:Job_Family_Group_Data[1]"
            "/bsvc:Job_Family_Data[1]/bsvc:Job_Family_Reference[1]",
            id="a group inside a group",
        ),
        pytest.param(
            put_group("<wd:ID>G-TECH</wd:ID>" + family_row("F-NONE")),
            "Invalid ID value.  'F-NONE' is not a valid ID value for type = "
            "'Job_Family_ID'",
            "/bsvc:Put_Job_Family_Group_Request[1]/bsvc:Job_Family_Group_Data[1]"
            "/bsvc:Job_Family_Data[1]/bsvc:Job_Family_Reference[1]/bsvc:ID[1]",
            id="unknown family",
        ),
    ],
)
def test_wrong_families_and_groups_are_refused(
    world: World, body: str, message: str, xpath: str
) -> None:
    answer = world.refused(HR, body)
    assert answer.fault_code == "SOAP-ENV:Client.validationError"
    assert answer.fault_text.startswith(f"Validation error occurred. {message}")
    [(text, place)] = answer.problems
    assert text.startswith(message)
    assert place == xpath


def test_group_rows_are_added_and_removed_one_by_one(world: World) -> None:
    def families() -> set[str]:
        answer = world.ok(HR, GET_GROUPS)
        return set(answer.ids("Job_Family_Data/Job_Family_Reference", "Job_Family_ID"))

    world.ok(HR, put_group("<wd:ID>G-TECH</wd:ID>" + family_row("F-OPS")))
    assert families() == {"F-ENG", "F-OPS"}
    removed = family_row("F-ENG", ' wd:Delete="1"')
    world.ok(HR, put_group("<wd:ID>G-TECH</wd:ID>" + removed))
    assert families() == {"F-OPS"}


def test_a_group_tells_about_its_families_and_their_profiles(world: World) -> None:
    answer = world.ok(HR, GET_GROUPS)
    info = "Job_Family_Group/Job_Family_Group_Data/Job_Family_Data/Job_Family_Info_Data"
    assert answer.texts(f"{info}/Job_Family_Name") == ["Engineering"]
    assert answer.texts(f"{info}/Inactive") == ["0"]
    titles = answer.texts(f"{info}/Job_Profile_Info_Data/Job_Profile_Name")
    assert sorted(titles) == ["Engineer I", "Engineer II"]


def test_the_profiles_of_a_family_change_from_both_ends(world: World) -> None:
    row = "<wd:Job_Profile_Data{}>{}</wd:Job_Profile_Data>"
    profile = reference("Job_Profile_Reference", "Job_Profile_ID", "P-ENG-1")
    world.ok(HR, put_family("<wd:ID>F-OPS</wd:ID>" + row.format("", profile)))
    gone = row.format(' wd:Delete="true"', profile)
    world.ok(HR, put_family("<wd:ID>F-ENG</wd:ID>" + gone))
    read = world.ok(HR, get_profiles(("Include_Job_Profile_Basic_Data",)))
    families = read.ids(
        "Job_Profile_Basic_Data/Job_Family_Data/Job_Family_Reference", "Job_Family_ID"
    )
    assert sorted(families) == ["F-ENG", "F-OPS"]
    by_family = world.ok(HR, GET_FAMILIES).ids(
        "Job_Profile_Data/Job_Profile_Reference", "Job_Profile_ID"
    )
    assert sorted(by_family) == ["P-ENG-1", "P-ENG-2"]


def test_a_flag_hides_profiles_and_an_empty_row_changes_nothing(world: World) -> None:
    world.ok(HR, put_family("<wd:ID>F-ENG</wd:ID><wd:Job_Profile_Data/>"))
    body = (
        "<wd:Get_Job_Families_Request><wd:Response_Group>"
        "<wd:Include_Job_Profile_Info_Data>{}</wd:Include_Job_Profile_Info_Data>"
        "</wd:Response_Group></wd:Get_Job_Families_Request>"
    )
    hidden, shown = (world.ok(HR, body.format(flag)) for flag in ("0", "1"))
    assert not hidden.find_all("Job_Profile_Data")
    assert len(shown.find_all("Job_Profile_Data")) == 2
    assert not shown.find_all("Job_Family/Job_Family_Reference")


def test_a_family_takes_no_profile_whose_title_it_already_has(world: World) -> None:
    world.tenant.edit_job_profile("P-ENG-2", title="Engineer I")
    profile = reference("Job_Profile_Reference", "Job_Profile_ID", "P-ENG-2")
    row = f"<wd:Job_Profile_Data>{profile}</wd:Job_Profile_Data>"
    answer = world.refused(HR, put_family("<wd:ID>F-ENG</wd:ID>" + row))
    assert "The Job_Title 'Engineer I' is already in use" in answer.fault_text


def test_inactive_families_show_only_when_asked_for(world: World) -> None:
    world.ok(HR, put_family("<wd:ID>F-OPS</wd:ID><wd:Inactive>true</wd:Inactive>"))
    criteria = (
        "<wd:Get_Job_Families_Request><wd:Request_Criteria>"
        "<wd:Include_InActive_Job_Families>1</wd:Include_InActive_Job_Families>"
        "</wd:Request_Criteria></wd:Get_Job_Families_Request>"
    )
    assert world.ok(HR, GET_FAMILIES).text("Total_Results") == "1"
    everything = world.ok(HR, criteria)
    assert everything.text("Response_Results/Total_Results") == "2"
    assert everything.texts("Job_Family_Data/Inactive") == ["1"]
