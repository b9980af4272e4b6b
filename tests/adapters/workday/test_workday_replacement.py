"""Replacement groups: what others own goes back exactly as it was shown."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree
from workday_support import behaviours, change, duty, ratings, requirement

from adapters.workday.elements import Element
from adapters.workday.kinds import KINDS
from adapters.workday.wire.kind import Change
from connector.kit.errors import RejectedError
from connector.kit.values import Foreign, Ref, Row, Rows, Value, text_row_key

WD = "urn:com.workday/bsvc"
DAY = date(2026, 3, 1)
OURS, THEIRS, NEW = "a" * 32, "b" * 32, "c" * 32
IDS = {Ref("competency", "ours"): OURS, Ref("competency", "new"): NEW}

#: Rows of others with all that a row can carry: descriptors, several IDs, odd order of
#: attributes, spellings of booleans that are not ours.
THEIR_COMPETENCY = f"""
<wd:Competency_Qualification_Replacement_Data>
  <wd:Competency_Reference wd:Descriptor="Coaching">
    <wd:ID wd:type="WID">{THEIRS}</wd:ID>
    <wd:ID wd:type="Competency_ID">COACH</wd:ID>
  </wd:Competency_Reference>
  <wd:Proficiency_Rating_Reference>
    <wd:ID wd:type="WID">{"d" * 32}</wd:ID>
    <wd:ID wd:parent_type="Rating_Scale_ID" wd:parent_id="S"
           wd:type="Proficiency_Rating_ID">P2</wd:ID>
  </wd:Proficiency_Rating_Reference>
  <wd:Required>1</wd:Required>
</wd:Competency_Qualification_Replacement_Data>"""
OUR_COMPETENCY = f"""
<wd:Competency_Qualification_Replacement_Data>
  <wd:Competency_Reference><wd:ID wd:type="WID">{OURS}</wd:ID></wd:Competency_Reference>
  <wd:Proficiency_Rating_Reference>
    <wd:ID wd:type="Proficiency_Rating_ID">jf-pr-s/1</wd:ID>
  </wd:Proficiency_Rating_Reference>
  <wd:Required>0</wd:Required>
</wd:Competency_Qualification_Replacement_Data>"""
THEIR_DUTY = """
<wd:Responsibility_Qualification_Replacement_Data>
  <wd:Responsibility_Description>&lt;p style="color:red"&gt;Answers the
   &lt;b&gt;pager&lt;/b&gt;&lt;/p&gt;</wd:Responsibility_Description>
</wd:Responsibility_Qualification_Replacement_Data>"""


def profile(competencies: str = "", duties: str = "", inside: str = "") -> Element:
    return etree.fromstring(
        f"""<wd:Job_Profile xmlns:wd="{WD}">
        <wd:Job_Profile_Reference><wd:ID wd:type="WID">{NEW}</wd:ID>
        </wd:Job_Profile_Reference>
        <wd:Job_Profile_Data><wd:Job_Code>SHARED</wd:Job_Code>
        <wd:Job_Profile_Basic_Data><wd:Job_Title>Shared</wd:Job_Title>
        <wd:Something_New>1</wd:Something_New></wd:Job_Profile_Basic_Data>
        <wd:Qualification_Replacement_Data>
        <wd:Responsibility_Qualification_Replacement>{duties}
        </wd:Responsibility_Qualification_Replacement>
        <wd:Competency_Qualification_Replacement>{competencies}{inside}
        </wd:Competency_Qualification_Replacement>
        </wd:Qualification_Replacement_Data></wd:Job_Profile_Data>
        </wd:Job_Profile>"""
    )


def built(kind: str, current: Element, **after: Value) -> Element:
    build = KINDS[kind].build
    assert build is not None
    write = change(kind, "k", NEW, {}, after)
    return build(Change(write=write, current=current, remote_ids=IDS, effective=DAY))


def rows(element: Element, name: str) -> list[Element]:
    return list(element.iter(f"{{{WD}}}{name}"))


def canonical(element: Element | str) -> bytes:
    if isinstance(element, str):
        element = etree.fromstring(f'<x xmlns:wd="{WD}">{element}</x>')[0]
    copy = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(copy, method="c14n2", strip_text=True)


def shown(element: Element, field: str) -> tuple[Row, ...]:
    value = KINDS["job_profile"].found(element).fields[field]
    assert isinstance(value, Rows)
    return value.rows


def test_rows_of_others_go_back_as_the_very_elements_shown() -> None:
    current = profile(THEIR_COMPETENCY + OUR_COMPETENCY, THEIR_DUTY)
    theirs = shown(current, "required_competencies")[0]
    their_duty = shown(current, "responsibilities")[0]
    sent = built(
        "job_profile",
        current,
        required_competencies=Rows((theirs, requirement("ours", "jf-pr-s/3"))),
        responsibilities=Rows((their_duty, duty("Designs"))),
    )
    competencies = rows(sent, "Competency_Qualification_Replacement_Data")
    duties = rows(sent, "Responsibility_Qualification_Replacement_Data")
    assert len(competencies) == len(duties) == 2
    assert canonical(competencies[0]) == canonical(THEIR_COMPETENCY)
    assert canonical(duties[0]) == canonical(THEIR_DUTY)
    rating = competencies[1].findtext("{*}Proficiency_Rating_Reference/{*}ID")
    assert rating == "jf-pr-s/3"


def test_groups_and_elements_that_do_not_change_are_not_sent() -> None:
    current = profile(THEIR_COMPETENCY, THEIR_DUTY)
    sent = built("job_profile", current, summary="New")
    assert not rows(sent, "Qualification_Replacement_Data")
    assert [
        etree.QName(e).localname for e in rows(sent, "Job_Profile_Basic_Data")[0]
    ] == [
        "Job_Title",
        "Job_Profile_Summary",
    ]


def test_a_group_that_loses_its_last_row_is_cleared_by_delete_alone() -> None:
    sent = built("job_profile", profile(OUR_COMPETENCY), required_competencies=Rows())
    (group,) = rows(sent, "Competency_Qualification_Replacement")
    assert group.get(f"{{{WD}}}Delete") == "true"
    assert len(group) == 0


def test_an_empty_group_that_stays_empty_is_not_sent() -> None:
    sent = built("job_profile", profile(), required_competencies=Rows())
    assert not rows(sent, "Qualification_Replacement_Data")


def test_two_rows_of_one_text_both_go_back() -> None:
    current = profile(duties=THEIR_DUTY + THEIR_DUTY)
    theirs = shown(current, "responsibilities")
    sent = built("job_profile", current, responsibilities=Rows((*theirs, duty("New"))))
    assert len(rows(sent, "Responsibility_Qualification_Replacement_Data")) == 3


def test_a_row_field_that_is_not_ours_stays() -> None:
    current = profile(THEIR_COMPETENCY)
    wanted = Row(
        Foreign("competency", THEIRS),
        {"competency": Foreign("competency", THEIRS), "rating": "jf-pr-s/1"},
    )
    sent = built("job_profile", current, required_competencies=Rows((wanted,)))
    (row,) = rows(sent, "Competency_Qualification_Replacement_Data")
    assert row.findtext("{*}Required") == "1"
    assert row.findtext("{*}Proficiency_Rating_Reference/{*}ID") == "jf-pr-s/1"


@pytest.mark.parametrize(
    ("competencies", "inside", "place"),
    [
        (
            THEIR_COMPETENCY.replace(
                "<wd:Required>", "<wd:Weight>3</wd:Weight><wd:Required>"
            ),
            "",
            "Competency_Qualification_Replacement_Data/Weight",
        ),
        (
            THEIR_COMPETENCY.replace('wd:parent_id="S"', 'wd:system_id="S"'),
            "",
            "Proficiency_Rating_Reference/ID/@system_id",
        ),
        (THEIR_COMPETENCY, "<wd:Comment>x</wd:Comment>", "_Replacement/Comment"),
    ],
    ids=["element in a row", "attribute of an ID", "element beside the rows"],
)
def test_what_the_contract_lacks_refuses_the_write_with_its_path(
    competencies: str, inside: str, place: str
) -> None:
    current = profile(competencies, inside=inside)
    theirs = shown(profile(THEIR_COMPETENCY), "required_competencies")
    with pytest.raises(RejectedError, match="contract of this version lacks") as raised:
        built(
            "job_profile",
            current,
            required_competencies=Rows((*theirs, requirement("new"))),
        )
    assert place in raised.value.message
    assert "Qualification_Replacement_Data/Competency" in raised.value.message


def test_a_reference_to_what_is_not_there_yet_refuses_the_write() -> None:
    with pytest.raises(RejectedError, match="competency unknown is not in Workday"):
        built(
            "job_profile",
            profile(),
            required_competencies=Rows((requirement("unknown"),)),
        )


COMPETENCY = f"""<wd:Competency xmlns:wd="{WD}">
  <wd:Competency_Reference><wd:ID wd:type="WID">{NEW}</wd:ID></wd:Competency_Reference>
  <wd:Competency_Data>
    <wd:Competency_ID>THEIR_ID</wd:Competency_ID>
    <wd:Competency_Name>Coaching</wd:Competency_Name>
    <wd:Competency_Description>Their words</wd:Competency_Description>
    <wd:Competency_Category_Reference><wd:ID wd:type="WID">{THEIRS}</wd:ID>
    </wd:Competency_Category_Reference>
    <wd:Proficiency_Rating_Behavior_Data>
      <wd:Proficiency_Rating_Reference><wd:ID wd:type="WID">{OURS}</wd:ID>
      </wd:Proficiency_Rating_Reference>
      <wd:Rating_Behavior>Theirs</wd:Rating_Behavior>
    </wd:Proficiency_Rating_Behavior_Data>
    <wd:Inactive>0</wd:Inactive>
    <wd:Effective_Date>1950-01-01</wd:Effective_Date>
    <wd:Proficiency_Rating_Scale_Reference><wd:ID wd:type="WID">{THEIRS}</wd:ID>
    </wd:Proficiency_Rating_Scale_Reference>
    <wd:Used_For_Talent_Matrix>1</wd:Used_For_Talent_Matrix>
  </wd:Competency_Data></wd:Competency>"""


def test_a_competency_goes_back_whole_with_what_others_gave_it() -> None:
    current = etree.fromstring(COMPETENCY)
    found = KINDS["competency"].found(current)
    theirs = found.fields["behaviours"]
    assert isinstance(theirs, Rows)
    both = Rows((*theirs.rows, *behaviours(at1="Ours").rows))
    sent = built("competency", current, name="Mentoring", behaviours=both)
    (data,) = rows(sent, "Competency_Data")
    for name in ("Competency_Category_Reference", "Proficiency_Rating_Scale_Reference"):
        before = current.find(f".//{{{WD}}}{name}")
        after = data.find(f"{{{WD}}}{name}")
        assert before is not None
        assert after is not None
        assert canonical(after) == canonical(before)
    assert data.findtext("{*}Competency_ID") == "THEIR_ID"
    assert data.findtext("{*}Competency_Name") == "Mentoring"
    assert data.findtext("{*}Competency_Description") == "Their words"
    assert data.findtext("{*}Used_For_Talent_Matrix") == "1"
    assert data.findtext("{*}Effective_Date") == "2026-03-01"
    kept, ours = rows(sent, "Proficiency_Rating_Behavior_Data")
    before = current.find(f".//{{{WD}}}Proficiency_Rating_Behavior_Data")
    assert before is not None
    assert canonical(kept) == canonical(before)
    assert ours.findtext("{*}Rating_Behavior") == "Ours"


def test_a_competency_with_an_unknown_element_is_not_sent_back() -> None:
    strange = COMPETENCY.replace(
        "<wd:Inactive>", "<wd:Levels>all</wd:Levels><wd:Inactive>"
    )
    with pytest.raises(RejectedError, match="Competency_Data/Levels"):
        built("competency", etree.fromstring(strange), name="Mentoring")


def test_a_rating_of_others_keeps_its_elements_when_the_scale_grows() -> None:
    current = etree.fromstring(
        f"""<wd:Proficiency_Rating_Scale xmlns:wd="{WD}">
        <wd:Proficiency_Rating_Scale_Data>
        <wd:Proficiency_Rating_Scale_ID>S</wd:Proficiency_Rating_Scale_ID>
        <wd:Rating_Scale_Name>Theirs</wd:Rating_Scale_Name>
        <wd:Description>x</wd:Description>
        <wd:Proficiency_Rating_Data>
          <wd:Proficiency_Rating_ID>LOW</wd:Proficiency_Rating_ID>
          <wd:Rating_Order>1</wd:Rating_Order><wd:Rating>Low</wd:Rating>
          <wd:Range_Begin>0.5</wd:Range_Begin>
        </wd:Proficiency_Rating_Data>
        </wd:Proficiency_Rating_Scale_Data></wd:Proficiency_Rating_Scale>"""
    )
    theirs = KINDS["proficiency_scale"].found(current).fields["ratings"]
    assert isinstance(theirs, Rows)
    sent = built(
        "proficiency_scale",
        current,
        ratings=Rows((*theirs.rows, *ratings("High").rows), is_ordered=True),
    )
    low, high = rows(sent, "Proficiency_Rating_Data")
    before = current.find(f".//{{{WD}}}Proficiency_Rating_Data")
    assert before is not None
    assert canonical(low) == canonical(before)
    assert high.findtext("{*}Rating_Order") == "2"
    assert high.findtext("{*}Rating") == "High"


def test_row_keys_of_texts_do_not_depend_on_their_markup() -> None:
    (their_duty,) = shown(profile(duties=THEIR_DUTY), "responsibilities")
    assert their_duty.key == text_row_key("Answers the pager")
    assert their_duty.fields == {"text": "Answers the pager", "is_required": False}
