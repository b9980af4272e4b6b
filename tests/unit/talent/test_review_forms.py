"""The review form: exactly the own level's criteria, in any language, on any page."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from review_samples import LONG, TEXT

from connector.framework import load_framework
from connector.framework.model import Framework
from connector.talent.review_lines import form_json, form_lines
from connector.talent.review_page import review_page
from connector.talent.reviews import ReviewForm, review_form

DAY = date(2026, 3, 2)


@pytest.fixture
def framework(tmp_path: Path) -> Framework:
    (tmp_path / "framework.yaml").write_text(TEXT, encoding="utf-8")
    return load_framework(tmp_path)


def criteria(form: ReviewForm) -> dict[str, tuple[str, str]]:
    return {
        each.competency: (
            each.expected.key if each.expected else "",
            each.stated_by.origin.value,
        )
        for each in form.criteria
    }


@pytest.mark.parametrize(
    ("role", "area", "asked"),
    [
        (
            "sailor",
            "diving",
            {"knots": ("mid", "focus_area"), "sails": ("low", "family")},
        ),
        (
            "sailor",
            "racing",
            {"knots": ("low", "level"), "sails": ("high", "focus_area")},
        ),
        ("mate", None, {"knots": ("high", "level"), "sails": ("mid", "level")}),
        ("skipper", None, {"knots": ("mid", "level"), "sails": ("low", "family")}),
        ("guest", None, {"sails": ("low", "family")}),
    ],
)
def test_the_criteria_are_those_of_level_track_and_focus_area(
    framework: Framework,
    role: str,
    area: str | None,
    asked: dict[str, tuple[str, str]],
) -> None:
    assert criteria(review_form(framework, role, area, on=DAY)) == asked


def test_the_step_above_is_shown_until_there_is_none(framework: Framework) -> None:
    (knots, _) = review_form(framework, "sailor", "diving", on=DAY).criteria
    assert knots.above is not None
    assert [str(each) for each in knots.above.indicators] == ["Teaches knots."]
    (knots, _) = review_form(framework, "mate", on=DAY).criteria
    assert knots.above is None


def test_goals_come_from_declared_moves_and_the_level_above(
    framework: Framework,
) -> None:
    form = review_form(framework, "sailor", "diving", on=DAY)
    found = {
        move.role: [
            (
                goal.competency,
                goal.present.key if goal.present else "",
                goal.wanted.key if goal.wanted else "",
                [str(each) for each in goal.activities],
            )
            for goal in move.goals
        ]
        for move in form.moves
    }
    assert found == {
        "skipper": [("luck", "", "", [])],
        "mate": [
            ("knots", "mid", "high", ["Rope year"]),
            ("sails", "low", "mid", []),
        ],
    }


class Reader(HTMLParser):
    """Collects what a browser would load or run, and the languages of texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.languages: set[str] = set()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "lang" and value:
                self.languages.add(value)
            if name in ("src", "href", "action") and value:
                self.targets.append(value)


@pytest.mark.parametrize("language", ["en", "ar", "ja"])
def test_a_page_runs_and_loads_nothing_and_names_its_languages(
    framework: Framework, language: str
) -> None:
    form = review_form(framework, "sailor", "diving", language=language, on=DAY)
    text = review_page(form, person="<i>Áda</i>")
    reader = Reader()
    reader.feed(text)
    assert reader.targets == []
    assert not {"script", "img", "iframe", "link", "i"} & set(reader.tags)
    assert reader.languages == {"en", language}
    assert "&lt;script&gt;" in text
    assert "<em>knots</em>" in text
    assert LONG in text
    headings = [tag for tag in reader.tags if tag in ("h1", "h2", "h3", "h4")]
    assert headings[:2] == ["h1", "h2"]
    assert headings.count("h1") == 1


def test_lines_and_json_say_the_same(framework: Framework) -> None:
    form = review_form(framework, "sailor", "diving", language="ja", on=DAY)
    lines = "\n".join(form_lines(form, person="海野"))
    assert "Employee: 海野" in lines
    value = form_json(form)
    assert value["criteria"][0]["name"] == "結び"
    for each in value["criteria"]:
        assert each["name"] in lines
        assert each["expected"]["name"] in lines


def test_without_a_level_the_form_says_what_is_missing(framework: Framework) -> None:
    form = review_form(framework, "guest", on=DAY)
    assert form.level is None
    assert any("no level" in line for line in form_lines(form))
    assert "no level" in review_page(form)
    assert form.moves == ()
