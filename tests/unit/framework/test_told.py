"""What a target tells of itself becomes a framework, and what cannot is named."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest

from connector.framework.model import Framework, Importance, SourceIdentity, Text
from connector.framework.sources.report import ReportBuilder
from connector.framework.sources.told import framework_told, indicator_texts
from connector.framework.validate import validate
from connector.kit.values import (
    ImportedElement,
    ImportedKind,
    ImportedNeed,
    ImportedStep,
)

HEAD = Framework(key="own", name=Text((("en", "Own"),)))


def one(kind: str, identity: str, name: str = "", **more: object) -> ImportedElement:
    return ImportedElement(
        kind=ImportedKind(kind),
        identity=identity,
        place=f"{kind} {identity}",
        name=name or identity,
        **more,  # type: ignore[arg-type]
    )


SCALE = one(
    "scale",
    "S",
    "Scale",
    steps=(
        ImportedStep(identity="S 1", name="Low", value=Decimal(1)),
        ImportedStep(identity="S 2", name="High", value=Decimal(5)),
    ),
)
COMPETENCY = one("competency", "C", "Knots", scale="S")
FAMILY = one("family", "F", "Sailing")


def told(
    *elements: ImportedElement, known: Iterable[SourceIdentity] = ()
) -> tuple[Framework, list[str]]:
    report = ReportBuilder()
    framework = framework_told(
        elements, source="hris", head=HEAD, known=known, report=report
    )
    assert validate(framework) == ()
    return framework, [f"{n.place}: {n.message}" for n in report.build().notes]


def role(**more: object) -> ImportedElement:
    return one("role", "R", "Sailor", **{"parents": ("F",), **more})


def test_everything_a_framework_can_hold_is_held() -> None:
    framework, notes = told(
        SCALE,
        one("domain", "D", "Boats"),
        one("competency", "C", "Knots", scale="S", parents=("D",), behaviours=(
            ("S 2", "- Ties\n- Teaches"), ("S 1", "Knows."),
        )),
        one("group", "G", "Afloat"),
        one("family", "F", "Sailing", parents=("G",)),
        role(
            description="Sails.",
            needs=(ImportedNeed(competency="C", step="S 2", is_required=False),),
            responsibilities=("Sails.", "Mends."),
            attributes={"summary": "Short", "nothing": ""},
        ),
    )  # fmt: skip

    assert notes == []
    sailor = framework.roles["sailor"]
    assert (sailor.family, sailor.attributes) == ("sailing", {"summary": "Short"})
    (needed,) = sailor.requirements
    assert (needed.competency, needed.step) == ("knots", "high")
    assert needed.importance is Importance.OPTIONAL
    knots = framework.competencies["knots"]
    assert (knots.domain, knots.scale) == ("boats", "scale")
    assert [(i.step, str(i.text)) for i in knots.indicators] == [
        ("low", "Knows."),
        ("high", "Ties"),
        ("high", "Teaches"),
    ]
    assert [s.value for s in framework.scales["scale"].steps] == [None, Decimal(5)]
    assert framework.families["sailing"].group == "afloat"
    assert {(i.kind, i.key, i.identity) for i in framework.identities} >= {
        ("role", "sailor", "R"),
        ("step", "scale/high", "S 2"),
    }


@pytest.mark.parametrize(
    ("elements", "note"),
    [
        ([role(parents=())], "a role lies in one family that is in use"),
        ([role(parents=("gone",))], "its family “gone” is no family of what was"),
        (
            [FAMILY, one("family", "F2", "Rowing"), role(parents=("F", "F2"))],
            "role R: it also lies in family “rowing”; a framework holds one",
        ),
        (
            [one("family", "F", "Sailing", is_retired=True), role()],
            "its family “Sailing” is no longer in use",
        ),
        (
            [FAMILY, COMPETENCY, SCALE, role(
                needs=(ImportedNeed(competency="C", step="other"),)
            )],
            "it requires “Knots” at “other”, which its scale lacks",
        ),
        (
            [FAMILY, one("competency", "C", "Knots"), role(
                needs=(ImportedNeed(competency="C", step="S 1"),)
            )],
            "it requires “Knots” at “S 1”, which has no scale",
        ),
        (
            [FAMILY, one("competency", "C", "Knots", is_retired=True), role(
                needs=(ImportedNeed(competency="C"),)
            )],
            "it requires “Knots” is no longer in use",
        ),
        (
            [FAMILY, COMPETENCY, SCALE, role(
                needs=(ImportedNeed(competency="C"),) * 2
            )],
            "it requires “C” 2 times",
        ),
        (
            [SCALE, one("competency", "C", scale="S", behaviours=(("other", "x"),))],
            "a behaviour at “other”, which its scale does not have",
        ),
        ([one("scale", "S", "Empty")], "left out: a scale without steps"),
        ([one("competency", "C", " ")], "left out: it has no name"),
        ([one("competency", " ", "Knots")], "left out: it has no identity"),
        (
            [one("competency", "C", "Knots"), one("competency", "C", "Other")],
            "bears the same identity",
        ),
        (
            [FAMILY, role(), one("role", "R2", "Sailor", parents=("F",))],
            "role R2: left out: role R has the same title and family",
        ),
    ],
)  # fmt: skip
def test_what_has_no_place_is_named_with_its_reason(
    elements: list[ImportedElement], note: str
) -> None:
    _, notes = told(*elements)

    assert any(note in each for each in notes), notes


def test_objects_out_of_use_stay_known_and_may_name_each_other() -> None:
    framework, notes = told(
        one("family", "F", "Sailing", is_retired=True),
        one("competency", "C", "Knots", is_retired=True),
        role(is_retired=True, needs=(ImportedNeed(competency="C"),)),
    )

    assert notes == []
    assert framework.roles["sailor"].is_retired


def test_equal_titles_odd_names_and_odd_identities_get_keys_that_stay() -> None:
    elements = [
        FAMILY,
        one("family", "F2", "Rowing"),
        one("role", "R/1 é", "Mate", parents=("F",)),
        one("role", "R/2 é", "Mate", parents=("F2",)),
        one("role", "R3", "水手", parents=("F",)),
        one("role", "R4", "Sailor of " + "very " * 20 + "big boats", parents=("F",)),
    ]
    first, notes = told(*elements)
    more = [one("role", "R5", "水手长", parents=("F",)), one("family", "F3", "Mate")]

    again, _ = told(*reversed(elements), *more, known=first.identities)

    assert notes == []
    keys = {i.identity: i.key for i in first.identities if i.kind == "role"}
    assert keys == {
        i.identity: i.key
        for i in again.identities
        if i.kind == "role" and i.identity != "R5"
    }
    assert all(len(key) <= 48 for key in keys.values())
    assert keys["R3"].startswith("role-")
    assert keys["R/1 é"].startswith("mate-")
    assert keys["R/1 é"] != keys["R/2 é"]


def test_domains_may_lie_in_each_other_in_any_order() -> None:
    framework, notes = told(
        one("domain", "A", "Inner", parents=("B",)), one("domain", "B", "Outer")
    )

    assert notes == []
    assert framework.domains["inner"].parent == "outer"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One.", ("One.",)),
        ("- One.", ("- One.",)),
        ("- One.\n- Two.", ("One.", "Two.")),
        ("First:\n- One.", ("First:\n- One.",)),
        ("- One.\n- ", ("- One.\n- ",)),
    ],
)
def test_a_plain_list_becomes_indicators(text: str, parts: tuple[str, ...]) -> None:
    assert indicator_texts(text) == parts
