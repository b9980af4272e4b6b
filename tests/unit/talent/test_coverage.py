"""Numbers of people outside the framework, suggestions, and the sheet that decides."""

from __future__ import annotations

import pytest

from connector.framework.model import FocusArea, Framework, JobFamily, Role, Text
from connector.kit.errors import FrameworkError
from connector.talent.conversion_sheet import COLUMNS, read_sheet, write_sheet
from connector.talent.coverage import Outside, Suggester
from connector.talent.small_groups import Group, counted, told_number


def _text(text: str) -> Text:
    return Text((("en", text),))


def _role(key: str, name: str, **more: object) -> Role:
    return Role(key=key, name=_text(name), family="f", **more)  # type: ignore[arg-type]


FRAMEWORK = Framework(
    key="own",
    name=_text("Own"),
    families={"f": JobFamily(key="f", name=_text("Family"))},
    roles={
        role.key: role
        for role in (
            _role("mate", "Mate"),
            _role("senior-data-engineer", "Senior Data Engineer"),
            _role("cook-a", "Cook"),
            _role("cook-b", "Cook"),
            _role("old", "Purser", is_retired=True),
            _role(
                "sailor",
                "Sailor",
                focus_areas=(FocusArea(key="racing", name=_text("Racing")),),
            ),
        )
    },
)
OUTSIDE = (
    Outside(
        person_id="p1", position_id="01", organisation="Deck", profile="First Mate"
    ),
    Outside(person_id="p2", position_id="02", organisation="Deck", profile="Cook"),
)


def _people(number: int, start: int = 0) -> list[str]:
    return [f"p{one}" for one in range(start, start + number)]


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        ({}, ()),
        ({"A": _people(5)}, (Group("A", 5),)),
        ({"A": _people(4)}, (Group("", None),)),
        ({"A": _people(7), "B": _people(6, 10)}, (Group("A", 7), Group("B", 6))),
        # Two and three are too few each, and enough together.
        (
            {"A": _people(7), "B": _people(2, 10), "C": _people(3, 20)},
            (Group("A", 7), Group("", 5)),
        ),
        # Two alone could be worked out from the total: the smallest group joins them.
        (
            {"A": _people(7), "B": _people(6, 10), "C": _people(2, 20)},
            (Group("A", 7), Group("", 8)),
        ),
        ({"A": ["p1"] * 9}, (Group("", None),)),
    ],
)
def test_numbers_of_few_people_are_not_told(
    groups: dict[str, list[str]], told: tuple[Group, ...]
) -> None:
    assert counted(groups) == told


@pytest.mark.parametrize(("number", "told"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_total_of_few_people_is_not_told(number: int, told: int | None) -> None:
    assert told_number(_people(number)) == told


@pytest.mark.parametrize(
    ("title", "role", "why"),
    [
        ("mate ", "mate", "same title"),
        ("Data Engineer", "senior-data-engineer", "titles share: data, engineer"),
        ("Cook", "", "several roles have this title: cook-a, cook-b"),
        ("Gardener", "", "no role has a similar title"),
        ("Purser", "", "no role has a similar title"),
        ("Mate Sailor", "", "equally near: mate, sailor"),
        ("", "", "no role has a similar title"),
    ],
)
def test_the_nearest_title_is_suggested_with_its_reason(
    title: str, role: str, why: str
) -> None:
    found = Suggester(FRAMEWORK).suggest(title)

    assert (found.role, found.why) == (role, why)


def _sheet(*rows: str, columns: str = "person,position,suggested_role,decision") -> str:
    return "\r\n".join([columns, *rows]) + "\r\n"


def test_a_written_sheet_comes_back_and_holds_no_formula() -> None:
    text = write_sheet(
        [
            {
                "person": "p1",
                "position": "01",
                "worker": "=1+1",
                "suggested_role": "mate",
                "why": 'same, "title"',
                "decision": "yes",
            }
        ]
    )

    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert ",'=1+1," in text
    (one,) = read_sheet("\ufeff" + text, "s.csv", OUTSIDE, FRAMEWORK).conversions
    assert (one.person_id, one.to_role, one.reason) == ("p1", "mate", 'same, "title"')
    assert one.profile == "First Mate"


def test_decisions_are_keys_yes_or_keep_and_semicolons_do_as_well() -> None:
    text = _sheet("p1;01;mate;KEEP", "p2;02;;sailor/racing", "").replace(",", ";")

    decided = read_sheet(text, "s.csv", OUTSIDE, FRAMEWORK)

    assert decided.kept == [("p1", "01")]
    assert [one.to_role for one in decided.conversions] == ["sailor/racing"]
    assert read_sheet(_sheet("p1,01,mate,"), "s.csv", OUTSIDE, FRAMEWORK).undecided == 1


def test_every_problem_of_a_sheet_is_told_with_line_and_column() -> None:
    text = _sheet(
        "p1,01,,captain",
        "p1,01,,mate",
        "p2,99,,mate",
        "p9,01,,mate",
        "p2,02,,yes",
        ",,,",
        "p2,03,,old",
        "p2,04,,sailor/rowing",
    )

    with pytest.raises(FrameworkError) as caught:
        read_sheet(text, "s.csv", OUTSIDE, FRAMEWORK)

    assert [(one.place, one.message) for one in caught.value.problems] == [
        ("s.csv:2, column decision", "“captain” is no role of the framework"),
        ("s.csv:3, column position", "this position stands in line 2 already"),
        (
            "s.csv:4, column position",
            "“99” is no position of theirs outside the framework",
        ),
        (
            "s.csv:5, column person",
            "“p9” is nobody on a profile outside the framework",
        ),
        ("s.csv:6, column suggested_role", "“” is no role of the framework"),
        (
            "s.csv:8, column position",
            "“03” is no position of theirs outside the framework",
        ),
        ("s.csv:8, column decision", "the role “old” is retired"),
        (
            "s.csv:9, column position",
            "“04” is no position of theirs outside the framework",
        ),
        ("s.csv:9, column decision", "“sailor” has no focus area “rowing”"),
    ]


def test_a_sheet_without_its_columns_is_no_sheet() -> None:
    with pytest.raises(FrameworkError) as caught:
        read_sheet("a,b\r\n1,2\r\n", "s.csv", OUTSIDE, FRAMEWORK)

    assert [one.place for one in caught.value.problems] == [
        "s.csv:1, column person",
        "s.csv:1, column position",
        "s.csv:1, column decision",
    ]
