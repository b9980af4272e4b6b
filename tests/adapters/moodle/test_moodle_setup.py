"""Manifest, checklist, install guide and doctor tell an administrator one thing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from adapters.moodle import adapter, clicks
from adapters.moodle.facts import DOCTOR_FUNCTIONS, FUNCTIONS
from adapters.moodle.report_setup import LABELS, REPORTS
from adapters.moodle.settings import MoodleSettings
from connector.kit.setup import ChecklistStep, Needs, SettingUp, Wishes
from connector.runtime.checklists import checklist_lines, checklist_page
from connector.runtime.manifest import adapter_listing

REPOSITORY = Path(__file__).parents[3]
GUIDE = (REPOSITORY / "docs" / "install-moodle.md").read_text(encoding="utf-8")
NEEDS = adapter_listing("moodle").needs
OPTIONS = {"scale": "craft", "scale_values": ["Not yet", "Proficient"]}
WISHES = Wishes(language="en", options=OPTIONS)


def steps() -> list[ChecklistStep]:
    assert isinstance(adapter, SettingUp)
    return list(adapter.checklist(NEEDS, WISHES))


def capability_table(needs: Needs) -> str:
    """Return the table of the guide: generated from the manifest, never by hand."""
    lines = ["   | capability | as the page shows it | for | only when |"]
    lines.append("   | --- | --- | --- | --- |")
    lines += [
        f"   | `{one.name}` | {one.label} | {one.reason} | {one.needed_when} |"
        for one in needs.capabilities
    ]
    return "\n".join(line.replace(" |  |", " | |") for line in lines)


def function_list(needs: Needs) -> str:
    return "\n".join(f"       {name}" for name in needs.functions)


def test_the_manifest_lists_the_functions_that_the_adapter_calls() -> None:
    assert list(NEEDS.functions) == sorted((*FUNCTIONS, *DOCTOR_FUNCTIONS))


def test_the_guide_holds_the_capabilities_of_the_manifest() -> None:
    assert capability_table(NEEDS) in GUIDE
    named = set(re.findall(r"`((?:moodle|webservice|report)/[a-z:]+)`", GUIDE))
    assert named == {one.name for one in NEEDS.capabilities}


def test_the_guide_holds_the_functions_of_the_manifest() -> None:
    assert function_list(NEEDS) in GUIDE


def test_the_checklist_holds_every_value_to_paste() -> None:
    told = "\n".join(checklist_lines(steps()))
    for name in (*NEEDS.functions, *(one.name for one in NEEDS.capabilities)):
        assert name in told
    assert "Not yet, Proficient" in told
    assert "    craft: 0" in told
    for report in REPORTS:
        assert report.name in told
        assert f"  {report.setting}: 0" in told
        for column in report.columns:
            assert report.label(column) in told


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: str(report.setting))
def test_the_guide_and_the_checklist_describe_one_report(report: object) -> None:
    shown = next(one for one in REPORTS if one is report)
    section = GUIDE.partition(f"**{shown.name}**")[2].partition("\n\n**")[0]
    labels = [f"*{a}* **{b}**" for a, b in map(parts, map(shown.label, shown.columns))]
    assert f"| columns | {', '.join(labels)} |" in section
    assert f"source *{shown.source}*" in section
    for name in (shown.filter, shown.condition, *shown.sorting):
        if name:
            entity, _, label = shown.label(name).partition(": ")
            assert f"*{entity}* **{label}**" in section


def parts(label: str) -> tuple[str, str]:
    entity, _, name = label.partition(": ")
    return entity, name


def test_each_report_is_a_setting_with_labels_for_its_parts() -> None:
    for report in REPORTS:
        assert report.setting in MoodleSettings.__slots__
        names = {*report.columns, *report.sorting, report.filter, report.condition}
        assert names - {""} <= LABELS.keys()


def test_every_place_of_the_checklist_begins_at_the_administration() -> None:
    places = {step.where.partition(" > ")[0] for step in steps()[:-1]}
    assert places == {"Site administration"}
    used = [value for name, value in vars(clicks).items() if name.isupper()]
    assert all(value.startswith("Site administration > ") for value in used)


class Page(HTMLParser):
    """Checks that what is opened is closed, and collects what a reader needs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.seen)


def test_the_page_holds_every_step_and_can_be_read_aloud() -> None:
    page = Page(checklist_page("Setting up <Moodle>", steps()))
    assert page.open == []
    assert page.count("h1") == 1
    assert page.count("h2") == len(steps())
    assert page.count("input") == sum(len(step.actions) for step in steps())
    assert page.count("label") == page.count("input")
    assert page.count("caption") == page.count("table") > 0
    assert all("scope" in values for tag, values in page.seen if tag == "th")
    ids = {values["id"] for _, values in page.seen if "id" in values}
    named = {v["aria-labelledby"] for _, v in page.seen if "aria-labelledby" in v}
    assert named <= ids
    assert ("html", {"lang": "en"}) in page.seen
    assert "Setting up <Moodle>" in page.words
    for step in steps():
        assert step.where in page.words
        assert all(action in page.words for action in step.actions)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = checklist_page("Setting up", steps())
    assert "<script" not in page
    assert not re.search(r'(?:src|href|url)\s*[=(]\s*"?http', page)
