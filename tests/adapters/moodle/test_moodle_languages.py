"""Texts in several languages: each reader gets one, where the site filters them."""

from __future__ import annotations

import pytest

from adapters.moodle.kinds import KINDS
from adapters.moodle.languages import in_languages, join_html, join_text
from adapters.moodle.sandbox.cleaning import is_clean
from adapters.moodle.text import as_read, canonical_html
from connector.framework.model import (
    Competency,
    Framework,
    Indicator,
    ProficiencyScale,
    Step,
    Text,
)
from connector.kit.errors import FrameworkError
from connector.kit.values import Record
from connector.runtime.manifest import adapter_listing
from connector.sync.mapper import MapResult, map_records
from connector.sync.mapping import load_mapping


def span(language: str, text: str) -> str:
    return f'<span lang="{language}" class="multilang">{text}</span>'


EN, PL, DE = span("en", "Data"), span("pl", "Dane"), span("de", "Daten")


@pytest.mark.parametrize(
    ("versions", "joined"),
    [
        ({"en": "Data", "pl": "Dane"}, EN + PL),
        ({"en": "Data", "pl": "Dane", "de": "Daten"}, EN + PL + DE),
        ({"en": "Data", "pl": "Data"}, "Data"),
        ({"en": "Data", "pl": ""}, "Data"),
        ({"en": "Data", "pl": "Data", "de": "Daten"}, EN + DE),
        ({"en": "", "pl": ""}, ""),
    ],
)
def test_a_name_is_said_once_in_each_language(
    versions: dict[str, str], joined: str
) -> None:
    assert join_text(versions) == joined
    assert is_clean(joined, "TEXT")


@pytest.mark.parametrize(
    ("english", "polish", "joined"),
    [
        ("Data", "Dane", f"<p>{EN}{PL}</p>"),
        (
            "Data\n\n- **Data**\n- x",
            "Dane\n\n- **Dane**\n- x",
            f"<p>{EN}{PL}</p><ul><li>"
            + span("en", "<strong>Data</strong>")
            + span("pl", "<strong>Dane</strong>")
            + "</li><li>x</li></ul>",
        ),
        # Not built alike: each version in lines of its own.
        (
            "Data\n\n- a\n- b",
            "Dane",
            f"<p>{span('en', 'Data<br />- a<br />- b')}{PL}</p>",
        ),
        ("Data", "", "<p>Data</p>"),
    ],
)
def test_a_description_holds_its_languages_block_by_block(
    english: str, polish: str, joined: str
) -> None:
    versions = {"en": english, "pl": polish}
    html = {code: str(canonical_html(text)) for code, text in versions.items()}
    assert join_html(html) == joined
    assert is_clean(joined, "CLEANHTML")
    assert as_read(joined) == joined


def texts(**versions: str) -> Text:
    return Text(tuple(versions.items()))


FRAMEWORK = Framework(
    key="main",
    name=texts(en="Main"),
    scales={
        "four": ProficiencyScale(
            key="four",
            name=texts(en="Four"),
            steps=(Step(key="can", name=texts(en="Can", pl="Umie")),),
        )
    },
    competencies={
        "data": Competency(
            key="data",
            name=texts(en="Data", pl="Dane"),
            description=texts(en="Reads *data*.", pl="Czyta *dane*."),
            scale="four",
            indicators=(Indicator(step="can", text=texts(en="Asks", pl="Pyta")),),
        ),
    },
)


def mapped(framework: Framework, *languages: str, mapping: str = "") -> MapResult:
    kinds = in_languages(KINDS, languages)
    text = mapping or adapter_listing("moodle").mapping.read_text(encoding="utf-8")
    return map_records(load_mapping(text, "m.yaml", kinds), framework, kinds)


def record(result: MapResult, kind: str) -> Record:
    (found,) = (record for record in result.records if record.kind == kind)
    return found


def test_without_the_setting_one_language_is_written() -> None:
    found = record(mapped(FRAMEWORK), "competency")
    assert found.fields["shortname"] == "Data"
    assert found.fields["description"] == "<p>Reads <em>data</em>.</p>"


def test_every_expression_of_the_mapping_speaks_each_language() -> None:
    result = mapped(FRAMEWORK, "en", "pl")
    assert record(result, "competency").fields["shortname"] == EN + PL
    step = record(result, "step").fields
    assert step["description"] == (
        f"<ul><li>{span('en', 'Asks')}{span('pl', 'Pyta')}</li></ul>"
    )
    assert step["shortname"] == "Data: Can"
    assert result.notes == ["step data/1: shortname in en alone, for length"]
    assert record(result, "framework").fields["shortname"] == "Main"


def test_a_name_that_does_not_fit_in_all_languages_is_refused_with_its_key() -> None:
    text = adapter_listing("moodle").mapping.read_text(encoding="utf-8")
    with pytest.raises(FrameworkError) as caught:
        mapped(
            FRAMEWORK,
            "en",
            "pl",
            mapping=text.replace("    shorten: [shortname]\n", ""),
        )
    (problem,) = caught.value.problems
    assert problem.key == "step data/1"
    assert "in 2 languages has 101 characters" in problem.message
