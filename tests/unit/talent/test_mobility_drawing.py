"""The drawn map can be read without colour, and without eyes."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree
from readiness_house import house

from connector.framework.model import Framework, Text
from connector.talent.mobility.drawing import draw, table_rows
from connector.talent.mobility.map import MobilityMap, Tie, mobility_map
from connector.talent.mobility.nearness import Nearness
from connector.talent.mobility.suggesting import suggest_moves

SVG = "{http://www.w3.org/2000/svg}"


def mapped(framework: Framework) -> MobilityMap:
    """Return the map of a framework with every suggestion."""
    nearness = Nearness(framework)
    suggested = suggest_moves(framework, nearness, least_share=0.1)
    return mobility_map(framework, nearness, suggested)


def drawn(framework: Framework) -> etree._Element:
    """Return the drawing of a framework, read as XML."""
    text = draw(framework, mapped(framework), "Where to go")
    return etree.fromstring(text.encode())


def titles(root: etree._Element) -> list[str]:
    """Return what a screen reader says of the parts of a drawing."""
    return [element.text or "" for element in root.iter(f"{SVG}title")]


def test_every_role_and_every_move_has_a_name_of_its_own() -> None:
    framework = house()
    found = mapped(framework)
    told = titles(drawn(framework))
    assert told[0] == "Where to go"
    assert {str(role.name) for role in framework.roles.values()} <= set(told)
    assert "Analyst to Scientist: vertical, 4 steps to learn" in told
    assert len(told) == 1 + len(framework.roles) + len(found.moves)


def test_kinds_of_move_differ_by_letter_and_by_dashes() -> None:
    root = drawn(house())
    legend = [
        element.text for element in root.iter(f"{SVG}text") if element.get("class")
    ]
    assert {"V  vertical", "L  lateral", "D  diagonal"} <= set(legend)
    lines = {
        (path.get("marker-end"), path.get("stroke-dasharray"))
        for path in root.iter(f"{SVG}path")
        if path.get("marker-end")
    }
    assert len(lines) == len({dashes for _, dashes in lines}) == len(Tie)


def test_a_name_is_text_and_never_markup() -> None:
    framework = house()
    name = Text((("en", "<script>alert(1)</script> & Co, a very long name indeed"),))
    role = replace(framework.roles["analyst"], name=name)
    framework = replace(framework, roles={**framework.roles, "analyst": role})
    root = drawn(framework)
    assert not list(root.iter(f"{SVG}script"))
    assert str(name) in titles(root)


def test_the_table_says_what_the_drawing_shows() -> None:
    framework = house()
    rows = list(table_rows(framework, mapped(framework)))
    assert ("Analyst", "Scientist", "vertical", "4") in rows
    assert len(rows) == len(mapped(framework).moves)


def test_an_empty_framework_has_an_empty_map() -> None:
    framework = replace(house(), roles={}, moves={})
    assert "0 roles in 0 families, 0 moves" in draw(framework, mapped(framework), "x")
