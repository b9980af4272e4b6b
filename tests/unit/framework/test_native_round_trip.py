"""What is written as YAML files is read back as it was, and always the same bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from framework_samples import frameworks, sample, write_files
from hypothesis import HealthCheck, given, settings

from connector.framework import load_framework, validate, write_native
from connector.framework.model import CompetencyDomain, Framework, Text
from connector.framework.sources.native import read_native
from connector.framework.sources.native_write import render_native
from connector.kit.errors import FrameworkError

SHARED_PAGE = Path(__file__).parents[3] / "docs" / "framework-format.md"


def test_sample_is_valid_and_survives_writing(tmp_path: Path) -> None:
    write_native(sample(), tmp_path)
    assert load_framework(tmp_path) == sample()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(framework=frameworks())
def test_any_framework_survives_writing(framework: object) -> None:
    with TemporaryDirectory() as name:
        write_native(framework, Path(name))  # type: ignore[arg-type]
        reading = read_native(Path(name))
    assert reading.problems == ()
    assert reading.framework == framework


def test_same_framework_gives_same_bytes_whatever_the_order() -> None:
    framework = sample()
    turned = replace(
        framework,
        competencies=dict(reversed(framework.competencies.items())),
        roles=dict(reversed(framework.roles.items())),
    )
    assert render_native(framework) == render_native(turned)


def test_files_are_split_by_domain_and_family(tmp_path: Path) -> None:
    written = write_native(sample(), tmp_path)
    names = [path.relative_to(tmp_path).as_posix() for path in written]
    assert "competencies/boats.yaml" in names
    assert "competencies.yaml" in names
    assert "roles/sail.yaml" in names
    assert "pay-bands.yaml" in names


def test_underscores_of_keys_stay_in_file_names(tmp_path: Path) -> None:
    domains = {
        key: CompetencyDomain(key=key, name=Text((("en", key),)))
        for key in ("a_b", "a-b")
    }
    competency = sample().competencies["knots"]
    framework = replace(
        sample(),
        domains={**sample().domains, **domains},
        competencies={
            **sample().competencies,
            "x": replace(competency, key="x", domain="a_b"),
            "y": replace(competency, key="y", domain="a-b"),
        },
    )
    write_native(framework, tmp_path)
    assert load_framework(tmp_path) == framework


def test_a_list_without_elements_has_no_file() -> None:
    framework = Framework(key="f", name=Text((("en", "F"),)))
    assert render_native(framework) == {
        "framework.yaml": "framework:\n  key: f\n  name: F\n"
    }


def test_a_scale_without_steps_is_written_too(tmp_path: Path) -> None:
    scale = replace(sample().scales["ladder"], key="none", steps=())
    framework = replace(sample(), scales={**sample().scales, "none": scale})
    write_native(framework, tmp_path)
    assert read_native(tmp_path).framework == framework


def test_requirements_are_written_short() -> None:
    files = render_native(sample())
    assert "    requirements:\n      knots:\n" in files["families.yaml"]
    assert "    expects:\n      rigging: mid\n" in files["levels.yaml"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Sea & shore (north)", "Sea & shore (north)"),
        ("2nd mate", '"2nd mate"'),
        ("1st", "1st"),
        ("no", '"no"'),
        ("2026", '"2026"'),
        ("1e3", '"1e3"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("- a", '"- a"'),
        ("line\u2028break", '"line\\u2028break"'),
        (" blank\nlines ", '" blank\\nlines "'),
    ],
)
def test_texts_are_quoted_where_another_reader_would_err(
    name: str, written: str
) -> None:
    framework = Framework(key="f", name=Text((("en", name),)))
    text = render_native(framework)["framework.yaml"]
    assert text == f"framework:\n  key: f\n  name: {written}\n"


def test_texts_of_several_lines_are_literal_blocks() -> None:
    written = render_native(sample())["roles/sail.yaml"]
    assert "      - |-\n        Cleans:\n        - deck\n        - galley\n" in written


def test_writing_beside_other_yaml_files_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, {"notes/own.yaml": "roles: []\n", "old.yml": ""})
    with pytest.raises(FrameworkError) as caught:
        write_native(sample(), tmp_path)
    places = [problem.place for problem in caught.value.problems]
    assert places == ["notes/own.yaml", "old.yml"]


def test_writing_again_over_itself_is_fine(tmp_path: Path) -> None:
    first = {path: path.read_bytes() for path in write_native(sample(), tmp_path)}
    second = {path: path.read_bytes() for path in write_native(sample(), tmp_path)}
    assert first == second


#: What the page's examples name and do not show.
_REST = """
domains: [{key: deck-work, name: Deck work}]
competencies:
  - {key: knots, name: Knots, scale: craft}
  - {key: seamanship, name: Seamanship, scale: craft}
  - {key: weather, name: Weather, scale: craft}
  - {key: briefing, name: Briefing, scale: craft}
  - {key: ropework, name: Ropework, scale: craft}
  - {key: splicing, name: Splicing, scale: craft}
levels:
  - {key: crew-1, name: Crew 1, track: individual_contributor, grade: g1}
  - {key: mate-1, name: Mate 1, track: manager, grade: g2, parity: crew-2}
roles:
  - {key: mate-1, name: Mate, family: sailing, track: manager, level: mate-1}
pathways: [{key: basics-ashore, name: Basics ashore}]
"""


def test_every_example_of_the_page_loads(tmp_path: Path) -> None:
    page = SHARED_PAGE.read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    files = {
        f"{number}.yaml": example
        for number, example in enumerate(examples)
        if not example.startswith("requirements:")
    }
    write_files(tmp_path, {**files, "rest.yaml": _REST})
    framework = load_framework(tmp_path)
    assert len(examples) == 15
    assert validate(framework) == ()
