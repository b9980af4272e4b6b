"""Rows of others survive every write of ours, whatever they hold and we want.

The planner's comparison decides what a group becomes, as it does in a plan; the request
must then carry every row of others as the very element the tenant showed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from workday_records import DAY, SOME_WID
from workday_support import certified, change, duty, requirement, skill

from adapters.workday.elements import Element
from adapters.workday.kinds import KINDS
from adapters.workday.wire.kind import Change
from connector.kit.values import Foreign, Operation, Ref, Row, Rows, Value
from connector.sync.match import translate_value
from connector.sync.rows import compare_rows
from connector.sync.three_way import Known

WD = "urn:com.workday/bsvc"
OURS = ("one", "two", "three")
#: Objects of ours by the WID that the tenant shows for them.
WIDS = {f"{number:032x}": key for number, key in enumerate(OURS, 1)}
IDS = {
    Ref(kind, key): wid
    for kind in ("competency", "certification")
    for wid, key in WIDS.items()
}


def reference(name: str, number: int, id_type: str, more: str = "") -> str:
    return (
        f'<wd:{name} wd:Descriptor="Theirs {number}">'
        f'<wd:ID wd:type="WID">{number:032x}</wd:ID>'
        f'<wd:ID wd:type="{id_type}"{more}>THEIRS_{number}</wd:ID></wd:{name}>'
    )


def competency(number: int, required: str) -> str:
    rated = reference(
        "Proficiency_Rating_Reference",
        900 + number,
        "Proficiency_Rating_ID",
        ' wd:parent_id="S" wd:parent_type="Rating_Scale_ID"',
    )
    return (
        reference("Competency_Reference", 100 + number, "Competency_ID")
        + (rated if number % 2 else "")
        + required
    )


def responsibility(number: int, required: str) -> str:
    text = f'&lt;p style="color:red"&gt;Duty {number} &lt;b&gt;now&lt;/b&gt;&lt;/p&gt;'
    return f"<wd:Responsibility_Description>{text}</wd:Responsibility_Description>" + (
        required
    )


def certification(number: int, required: str) -> str:
    named = reference("Certification_Reference", 100 + number, "Certification_ID")
    told = f"<wd:Name>Theirs {number}</wd:Name><wd:Issuer>Guild</wd:Issuer>"
    place = reference("Country_Reference", 800, "ISO_3166-1_Alpha-3_Code")
    special = (
        "<wd:Specialty_Achievement_Reference>"
        + reference("Specialty_Reference", 700 + number, "Specialty_ID")
        + "</wd:Specialty_Achievement_Reference>"
    )
    return place + (named if number % 2 else told) + required + special


def a_skill(number: int, required: str) -> str:
    named = reference("Skill_Reference", 600 + number, "Skill_ID")
    return f"{named}<wd:Name>Skill {number}</wd:Name>{required}"


#: Field, element of the group, a row of others by number, our row by key.
GROUPS: dict[str, tuple[str, Callable[[int, str], str], Callable[..., Row]]] = {
    "required_competencies": (
        "Competency_Qualification_Replacement",
        competency,
        lambda key, step: requirement(key, f"jf-pr-s/{step}"),
    ),
    "responsibilities": (
        "Responsibility_Qualification_Replacement",
        responsibility,
        lambda key, step: duty(f"Ours {key}", is_required=step > 1),
    ),
    "certifications": (
        "Certification_Qualification_Replacement",
        certification,
        lambda key, step: certified(key, is_required=step > 1),
    ),
    "skills": (
        "Skill_Qualification_Replacement",
        a_skill,
        lambda key, step: skill(f"Ours {key}", is_required=step > 1),
    ),
}
SPELLINGS = ("", "<wd:Required>1</wd:Required>", "<wd:Required>false</wd:Required>")
THEIRS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(SPELLINGS)),
    max_size=5,
    unique_by=lambda item: item[0],
)
WANTED = st.dictionaries(st.sampled_from(OURS), st.integers(1, 3), max_size=3)


def profile(element: str, rows: Sequence[str]) -> Element:
    inside = "".join(f"<wd:{element}_Data>{row}</wd:{element}_Data>" for row in rows)
    return etree.fromstring(
        f"""<wd:Job_Profile xmlns:wd="{WD}"><wd:Job_Profile_Data>
        <wd:Job_Code>SHARED</wd:Job_Code>
        <wd:Job_Profile_Basic_Data><wd:Job_Title>Shared</wd:Job_Title>
        </wd:Job_Profile_Basic_Data><wd:Qualification_Replacement_Data>
        <wd:{element}>{inside}</wd:{element}></wd:Qualification_Replacement_Data>
        </wd:Job_Profile_Data></wd:Job_Profile>"""
    )


def canonical(element: Element) -> bytes:
    copy = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(copy, method="c14n2", strip_text=True)


def ours(value: Foreign) -> Ref | Foreign:
    key = WIDS.get(value.remote_id)
    return Ref(value.kind, key) if key else value


def planned(current: Element, field: str, desired: Rows, sent: Rows) -> Rows:
    """Return what the planner makes of a group that the tenant shows."""
    shown = KINDS["job_profile"].found(current).fields[field]
    target = translate_value(shown, ours)
    assert isinstance(target, Rows)
    there = target.by_key()
    seen = Rows(tuple(there[row.key] for row in sent.rows if row.key in there))
    result = compare_rows(
        desired,
        Known(sent, seen),
        target,
        lambda _: True,
        is_keyed_by_text=field in ("responsibilities", "skills"),
    )
    return result.after


def sent_rows(current: Element, field: str, after: Value) -> list[Element]:
    build = KINDS["job_profile"].build
    assert build is not None
    write = change("job_profile", "k", SOME_WID, {}, {field: after}, Operation.UPDATE)
    request = build(Change(write=write, current=current, remote_ids=IDS, effective=DAY))
    element = GROUPS[field][0]
    return list(request.iter(f"{{{WD}}}{element}_Data"))


@pytest.mark.parametrize("field", GROUPS)
@settings(deadline=None)
@given(theirs=THEIRS, first=WANTED, then=WANTED)
def test_rows_of_others_are_equal_after_create_update_and_retire_of_ours(
    field: str,
    theirs: list[tuple[int, str]],
    first: dict[str, int],
    then: dict[str, int],
) -> None:
    element, row_of_others, row_of_ours = GROUPS[field]
    before = [row_of_others(number, spelling) for number, spelling in theirs]
    shown = profile(element, before)
    expected = [canonical(row) for row in shown.iter(f"{{{WD}}}{element}_Data")]
    known = Rows()
    # Ours are created beside theirs, changed, and all taken out again.
    for wanted in (first, then, {}):
        desired = Rows(
            tuple(row_of_ours(key, step) for key, step in sorted(wanted.items()))
        )
        after = planned(shown, field, desired, known)
        rows = sent_rows(shown, field, after)
        kept = [row for row in map(canonical, rows) if row in expected]
        assert kept == expected
        assert len(rows) == len(expected) + len(wanted)
        # The tenant shows what was sent.
        shown = profile(element, [])
        (holder,) = shown.iter(f"{{{WD}}}{element}")
        holder.extend(rows)
        known = desired
