from __future__ import annotations

import pytest
from workday_sandbox_world import REVIEWS, TALENT, OpenWorld, World, reference

GET_SCALES = "<wd:Get_Proficiency_Rating_Scales_Request/>"
GET_COMPETENCIES = "<wd:Get_Competencies_Request/>"
SCALE_PATH = (
    "/bsvc:Put_Proficiency_Rating_Scale_Request[1]"
    "/bsvc:Proficiency_Rating_Scale_Data[1]"
)
COMPETENCY_PATH = "/bsvc:Put_Competency_Request[1]/bsvc:Competency_Data[1]"
NAME = "<wd:Competency_Name>{}</wd:Competency_Name>"
SCALE_OF = "Proficiency_Rating_Scale_Reference"


def put_scale(scale: str, name: str, *ratings: str) -> str:
    rows = "".join(
        f"<wd:Proficiency_Rating_Data>{row}</wd:Proficiency_Rating_Data>"
        for row in ratings
    )
    named = f"<wd:Rating_Scale_Name>{name}</wd:Rating_Scale_Name>" if name else ""
    return (
        "<wd:Put_Proficiency_Rating_Scale_Request><wd:Proficiency_Rating_Scale_Data>"
        f"<wd:Proficiency_Rating_Scale_ID>{scale}</wd:Proficiency_Rating_Scale_ID>"
        f"{named}{rows}</wd:Proficiency_Rating_Scale_Data>"
        "</wd:Put_Proficiency_Rating_Scale_Request>"
    )


def rating(rating_id: str, name: str = "", order: int = 1) -> str:
    named = f"<wd:Rating>{name}</wd:Rating>" if name else ""
    return (
        f"<wd:Proficiency_Rating_ID>{rating_id}</wd:Proficiency_Rating_ID>"
        f"<wd:Rating_Order>{order}</wd:Rating_Order>{named}"
    )


def put_competency(competency: str, name: str = "", behaviours: str = "") -> str:
    named = NAME.format(name) if name else ""
    return (
        "<wd:Put_Competency_Request><wd:Competency_Data>"
        f"<wd:Competency_ID>{competency}</wd:Competency_ID>{named}{behaviours}"
        "</wd:Competency_Data></wd:Put_Competency_Request>"
    )


def behaviour(rating_id: str, text: str) -> str:
    named = reference(
        "Proficiency_Rating_Reference", "Proficiency_Rating_ID", rating_id
    )
    return (
        f"<wd:Proficiency_Rating_Behavior_Data>{named}<wd:Rating_Behavior>{text}"
        "</wd:Rating_Behavior></wd:Proficiency_Rating_Behavior_Data>"
    )


def test_a_scale_is_written_with_its_ratings_and_answers_with_them(
    world: World,
) -> None:
    answer = world.ok(
        TALENT,
        put_scale("S-NEW", "Steps", rating("S-1", "Aware"), rating("S-2", "Can")),
    )
    assert answer.ids("Proficiency_Rating_Scale_Reference", "Rating_Scale_ID") == [
        "S-NEW"
    ]
    assert answer.texts("Proficiency_Rating_Data/Rating") == ["Aware", "Can"]
    assert answer.ids("Proficiency_Rating_Reference", "Proficiency_Rating_ID") == [
        "S-1",
        "S-2",
    ]


def test_ratings_are_merged_by_their_id(world: World) -> None:
    world.ok(
        TALENT,
        put_scale("FOUR", "", rating("FOUR-2", "Works"), rating("FOUR-3", "Leads")),
    )
    read = world.ok(TALENT, GET_SCALES)
    ratings = read.texts("Proficiency_Rating_Data/Rating")
    assert {"Aware", "Works", "Leads"} <= set(ratings)
    assert "Working" not in ratings


def test_a_rating_is_renamed_through_its_reference(world: World) -> None:
    known = reference("Proficiency_Rating_Reference", "Proficiency_Rating_ID", "FOUR-1")
    world.ok(TALENT, put_scale("FOUR", "", known + rating("FOUR-A", "Aware")))
    read = world.ok(TALENT, GET_SCALES)
    ids = read.texts("Proficiency_Rating_Data/Proficiency_Rating_ID")
    assert "FOUR-A" in ids
    assert "FOUR-1" not in ids


def test_a_competency_is_written_and_reads_back(world: World) -> None:
    sent = (
        "<wd:Competency_Description>Reads data</wd:Competency_Description>"
        "<wd:Description_Applies_to_All_Levels>1</wd:Description_Applies_to_All_Levels>"
        + reference("Competency_Category_Reference", "Competency_Category_ID", "CORE")
        + behaviour("FOUR-1", "Asks")
        + behaviour("FOUR-2", "Answers")
        + reference(SCALE_OF, "Rating_Scale_ID", "FOUR")
        + "<wd:Behaviors_Apply_to_All_Levels>true</wd:Behaviors_Apply_to_All_Levels>"
    )
    written = world.ok(TALENT, put_competency("C-NEW", "Data", sent))
    assert written.ids("Competency_Reference", "Competency_ID") == ["C-NEW"]
    read = world.ok(
        TALENT,
        "<wd:Get_Competencies_Request><wd:Request_References>"
        f"{reference('Competency_Reference', 'Competency_ID', 'C-NEW')}"
        "</wd:Request_References></wd:Get_Competencies_Request>",
    )
    assert read.text("Competency_Description") == "Reads data"
    assert read.texts("Rating_Behavior") == ["Asks", "Answers"]
    assert read.text("Behaviors_Apply_to_All_Levels") == "1"
    assert read.ids(SCALE_OF, "Rating_Scale_ID") == ["FOUR"]


def test_behaviours_when_sent_replace_all_and_otherwise_stay(world: World) -> None:
    world.ok(TALENT, put_competency("C-OLD", "Team work"))
    assert world.ok(TALENT, GET_COMPETENCIES).texts("Rating_Behavior") == ["Listens"]
    world.ok(TALENT, put_competency("C-OLD", "", behaviour("FOUR-2", "Hears")))
    assert world.ok(TALENT, GET_COMPETENCIES).texts("Rating_Behavior") == ["Hears"]


REFUSED = {
    "a competency without a name": (
        put_competency("C-X"),
        "A Competency_Name is required for the competency.",
        f"{COMPETENCY_PATH}/bsvc:Competency_Name[1]",
    ),
    "a behaviour off the scale": (
        put_competency("C-OLD", "", behaviour("TWO-1", "x")),
        "The proficiency rating 'No' is not on the scale of the competency.",
        f"{COMPETENCY_PATH}/bsvc:Proficiency_Rating_Behavior_Data[1]",
    ),
    "a rating twice in a competency": (
        put_competency(
            "C-OLD", "", behaviour("FOUR-1", "x") + behaviour("FOUR-1", "y")
        ),
        "The proficiency rating 'Aware' occurs more than once.",
        f"{COMPETENCY_PATH}/bsvc:Proficiency_Rating_Behavior_Data[2]",
    ),
    "a behaviour without a rating": (
        put_competency(
            "C-OLD",
            "",
            "<wd:Proficiency_Rating_Behavior_Data><wd:Rating_Behavior>x"
            "</wd:Rating_Behavior></wd:Proficiency_Rating_Behavior_Data>",
        ),
        "A Proficiency_Rating_Reference is required.",
        f"{COMPETENCY_PATH}/bsvc:Proficiency_Rating_Behavior_Data[1]",
    ),
    "a scale without a name": (
        put_scale("S-X", "", rating("S-1", "x")),
        "A Rating_Scale_Name is required for the proficiency rating scale.",
        f"{SCALE_PATH}/bsvc:Rating_Scale_Name[1]",
    ),
    "a rating of another scale": (
        put_scale("S-X", "X", rating("FOUR-1", "x")),
        "The Proficiency_Rating_ID 'FOUR-1' belongs to another scale.",
        f"{SCALE_PATH}/bsvc:Proficiency_Rating_Data[1]",
    ),
    "a rating twice in a scale": (
        put_scale("S-X", "X", rating("S-1", "x"), rating("S-1", "y")),
        "The Proficiency_Rating_ID 'S-1' occurs more than once.",
        f"{SCALE_PATH}/bsvc:Proficiency_Rating_Data[2]",
    ),
    "a rating without a name": (
        put_scale("S-X", "X", rating("S-1")),
        "A Rating is required.",
        f"{SCALE_PATH}/bsvc:Proficiency_Rating_Data[1]/bsvc:Rating[1]",
    ),
}


@pytest.mark.parametrize(("body", "message", "xpath"), REFUSED.values(), ids=REFUSED)
def test_wrong_competencies_and_scales_are_refused(
    world: World, body: str, message: str, xpath: str
) -> None:
    assert world.refused(TALENT, body).problems == [(message, xpath)]


def test_categories_are_written_in_one_service_and_read_in_both(world: World) -> None:
    world.ok(
        REVIEWS,
        "<wd:Put_Competency_Category_Request><wd:Competency_Category_Data>"
        "<wd:Name>Craft</wd:Name><wd:Code>CRAFT</wd:Code>"
        "</wd:Competency_Category_Data></wd:Put_Competency_Category_Request>",
    )
    world.ok(
        TALENT,
        put_competency(
            "C-OLD",
            "",
            reference(
                "Competency_Category_Reference", "Competency_Category_ID", "CRAFT"
            ),
        ),
    )
    for service in (TALENT, REVIEWS):
        read = world.ok(service, "<wd:Get_Competency_Categories_Request/>")
        assert set(read.texts("Competency_Category_Data/Code")) == {"CORE", "CRAFT"}
        assert sorted(read.texts("Usage_Count")) == ["0", "1"]


def test_a_newer_element_is_unknown_to_an_older_version(world: World) -> None:
    flag = (
        "<wd:Description_Applies_to_All_Levels>1</wd:Description_Applies_to_All_Levels>"
    )
    sent = put_competency("C-OLD", "", flag)
    answer = world.refused(TALENT, sent, version="v28.0")
    assert answer.fault_text.endswith(
        "Invalid Subelement Description_Applies_to_All_Levels-urn:com.workday/bsvc "
        "for element Competency_Data"
    )
    world.ok(TALENT, sent, version="v44.0")


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        pytest.param(
            put_competency("C-OLD", "Teamwork"),
            {
                "Competency_Description",
                "Proficiency_Rating_Scale_Reference",
            },
            id="competency",
        ),
        pytest.param(
            put_scale("FOUR", "Four", rating("FOUR-1", "Aware")),
            {"Description"},
            id="scale",
        ),
    ],
)
def test_the_strict_profile_wants_what_the_contract_leaves_open(
    open_world: OpenWorld, body: str, missing: set[str]
) -> None:
    strict, lenient = open_world(is_strict=True), open_world(is_strict=False)
    problems = strict.refused(TALENT, body).problems
    assert {xpath.rsplit(":", 1)[1] for _, xpath in problems} == {
        f"{name}[1]" for name in missing
    }
    lenient.ok(TALENT, body)


@pytest.mark.parametrize("is_strict", [True, False])
def test_an_empty_criterion_reads_all_in_both_profiles(
    open_world: OpenWorld, is_strict: bool
) -> None:
    world = open_world(is_strict=is_strict)
    body = (
        "<wd:Get_Competencies_Request><wd:Request_Criteria/>"
        "</wd:Get_Competencies_Request>"
    )
    assert world.ok(TALENT, body).text("Total_Results") == "2"
    answer = world.call(TALENT, GET_COMPETENCIES)
    assert (answer.status == 500) == is_strict


def test_rating_references_show_only_when_asked_for(world: World) -> None:
    hidden = world.ok(
        TALENT,
        "<wd:Get_Proficiency_Rating_Scales_Request><wd:Response_Group>"
        "<wd:Include_Proficiency_Rating_Reference>0"
        "</wd:Include_Proficiency_Rating_Reference></wd:Response_Group>"
        "</wd:Get_Proficiency_Rating_Scales_Request>",
    )
    assert hidden.texts("Proficiency_Rating_ID")
    assert not hidden.find_all("Proficiency_Rating_Reference")
    assert world.ok(TALENT, GET_SCALES).find_all("Proficiency_Rating_Reference")


def test_people_edit_a_competency(world: World) -> None:
    world.tenant.edit_competency(
        "C-OLD", name="Team", description="Changed", behaviours={"FOUR-2": "Leads"}
    )
    read = world.ok(TALENT, GET_COMPETENCIES)
    assert "Team" in read.texts("Competency_Name")
    assert read.texts("Rating_Behavior") == ["Listens", "Leads"]
