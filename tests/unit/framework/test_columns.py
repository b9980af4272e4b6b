"""Tables become a framework as the column map says, whatever the order of rows."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from framework_samples import write_files
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.framework import (
    ImportResult,
    import_framework,
    load_framework,
    stats,
    write_native,
)
from connector.framework.model import SourceIdentity, Track
from connector.framework.sources.native_write import render_native
from connector.kit.errors import FrameworkError

MAP = """
source: book
framework: {key: crew, name: Crew, language: en}
tables:
  - {key: crew, files: ["crew*.csv"]}
  - {key: skills, files: [skills.tsv], delimiter: tab}
  - {key: tree, files: [tree.csv]}
  - {key: moves, files: [moves.csv]}
cleaning:
  - {label: no-break space, replace: "\\u00a0", with: " "}
  - trim
no_value: [NONE]
stated:
  scales:
    - key: two
      name: Two
      steps: [{key: low, name: Low}, {key: high, name: High}]
  levels:
    - {key: junior, name: Junior, track: individual_contributor}
    - key: lead
      name: Lead
      track: individual_contributor
      above: [junior]
      parity: chief
    - {key: chief, name: Chief, track: manager, parity: lead}
elements:
  - {kind: group, table: crew, identity: [Group], name: Group}
  - {kind: family, table: crew, identity: [Family], name: Family, group: [Group]}
  - kind: role
    table: crew
    identity: [Family, Title]
    name: {columns: [Title, Family]}
    description: Text
    family: [Family]
    track:
      column: Title
      endings: {" - management": manager}
      otherwise: individual_contributor
    level:
      column: Title
      rungs:
        - {names: ["Junior *"], levels: {individual_contributor: junior}}
        - names: ["Lead {Family}"]
          levels: {individual_contributor: lead, manager: chief}
        - {names: ["* lead {Family}"], levels: {individual_contributor: lead}}
  - kind: role
    table: crew
    identity: [Family, Title]
    attributes: {zone: Zone}
  - kind: domain
    table: tree
    path: [{identity: C1, name: N1}, {identity: C2, name: N2}]
    description: Text
  - kind: competency
    table: skills
    identity: [Id]
    name: Name
    scale: two
    type: Type
    other_names: {columns: [Also], separator: "|"}
    parents: {columns: [Parents], separator: "|"}
    indicators: {high: High, low: Low}
  - kind: move
    table: moves
    from: [Family, From]
    to: [Family, To]
    rank: Rank
    tier: Tier
requirements:
  - table: crew
    role: [Family, Title]
    competency: [Skill]
    step: {columns: [Step], words: {L: low, H: high}}
"""

FILES: Mapping[str, str] = {
    "map.yaml": MAP,
    "crew.csv": (
        "Group,Family,Title,Text,Zone,Skill,Step\n"
        "Afloat,Sailor,Junior sailor,Sails.,1,k,L\n"
        'Afloat,Sailor,Lead sailor,"Sails,\nand leads.",,k,H\n'
        "Afloat,Sailor,Lead sailor - management,Leads.,,k,H\n"
        "Afloat,Sailor,Junior lead sailor,Both.,,r,H\n"
        "Afloat,Sailor,Sailor,,,r,NONE\n"
        " Afloat\u00a0,Cook,NONE,Cooks.,2,r,L\n"
    ),
    "skills.tsv": (
        "Id\tName\tType\tAlso\tParents\tLow\tHigh\n"
        "k\tKnots\tskill\tropes | bends|ropes\ta.b|a|x\tTies.\tInvents.\n"
        "r\tRigging\tskill\t\tk\t\tRigs.\n"
    ),
    "tree.csv": "C1,N1,C2,N2,Text\na,Craft,,,All.\na,Craft,a.b,Boats,\n",
    "moves.csv": (
        "Family,From,To,Rank,Tier\nSailor,Junior sailor,Lead sailor,1,near\n"
        "Sailor,Lead sailor,Lead sailor - management,0,\n"
    ),
}


def run(folder: Path, changed: Mapping[str, str | bytes] | None = None) -> ImportResult:
    """Import the files above, some of them changed."""
    write_files(folder, {**FILES, **(changed or {})})
    return import_framework(folder / "map.yaml", [folder])


def with_rows(name: str, *rows: str) -> dict[str, str]:
    """Return a file with more rows."""
    return {name: FILES[name] + "".join(f"{row}\n" for row in rows)}


def test_elements_and_their_links_are_made(tmp_path: Path) -> None:
    framework = run(tmp_path).framework
    assert framework.families["sailor"].group == "afloat"
    assert framework.domains["boats"].parent == "craft"
    assert str(framework.domains["craft"].description) == "All."
    knots = framework.competencies["knots"]
    assert (knots.domain, knots.also_in, knots.broader) == ("boats", ("craft",), ())
    assert [str(name) for name in knots.other_names] == ["ropes", "bends"]
    assert [(one.step, str(one.text)) for one in knots.indicators] == [
        ("low", "Ties."),
        ("high", "Invents."),
    ]
    assert framework.competencies["rigging"].broader == ("knots",)
    move = framework.moves["sailor-lead-sailor-sailor-lead-sailor-management"]
    assert (move.from_role, move.to_role, move.rank) == (
        "lead-sailor",
        "lead-sailor-management",
        0,
    )


def test_track_and_level_come_from_names(tmp_path: Path) -> None:
    roles = run(tmp_path).framework.roles
    found = {key: (role.track, role.level) for key, role in roles.items()}
    contributor = Track.INDIVIDUAL_CONTRIBUTOR
    assert found == {
        "junior-sailor": (contributor, "junior"),
        "lead-sailor": (contributor, "lead"),
        "lead-sailor-management": (Track.MANAGER, "chief"),
        "junior-lead-sailor": (contributor, None),
        "sailor": (contributor, None),
        "cook": (None, None),
    }
    assert roles["cook"].attributes == {"zone": "2"}


def test_the_report_counts_and_names_what_it_met(tmp_path: Path) -> None:
    report = run(tmp_path).report
    assert report.counts == {
        "cells_without_value": 2,
        "links_outside": 1,
        "refused_rows": 0,
        "requirements_without_step": 1,
        "roles_without_level": 3,
        "roles_without_track": 1,
        "roles_without_zone": 4,
        "rows": 12,
    }
    assert report.cleaned == {"no-break space": 1, "trim": 1}
    notes = {(note.topic, note.place, note.key) for note in report.notes}
    assert notes == {
        ("links_outside", "skills.tsv:2", "knots"),
        ("requirements_without_step", "crew.csv:7", "sailor"),
        ("roles_without_level", "crew.csv:6", "junior-lead-sailor"),
        ("roles_without_level", "crew.csv:7", "sailor"),
        ("roles_without_level", "crew.csv:8", "cook"),
    }


def test_importing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = run(tmp_path), run(tmp_path)
    assert render_native(first.framework) == render_native(second.framework)
    assert first.report == second.report


def test_what_is_imported_loads_from_its_folder(tmp_path: Path) -> None:
    framework = run(tmp_path / "in").framework
    write_native(framework, tmp_path / "out")
    assert load_framework(tmp_path / "out") == framework


def _shuffled(text: str, seed: int) -> str:
    # One row spans two lines: its halves stay together.
    header, *rows = text.replace(",\nand", ",§and").splitlines()
    random.Random(seed).shuffle(rows)  # noqa: S311 - no secret is made
    return "\n".join([header, *rows]).replace("§", "\n") + "\n"


@settings(max_examples=20, deadline=None)
@given(seed=st.integers())
def test_shuffled_rows_give_the_same_framework(seed: int) -> None:
    extra = {
        "crew.csv": FILES["crew.csv"]
        + "Afloat,Sailor,Junior sailor,Other text.,3,k,H\n"
        + "Ashore,Sailor,Sailor,,,r,NONE\n"
        + "Afloat,Sailor,Sailor!,,,k,L\n"
    }
    with TemporaryDirectory() as name:
        folder = Path(name)
        plain = run(folder, extra)
        tables = {
            file: _shuffled(text, seed)
            for file, text in {**FILES, **extra}.items()
            if file != "map.yaml"
        }
        shuffled = run(folder, tables)
    assert render_native(plain.framework) == render_native(shuffled.framework)
    assert plain.report.counts == shuffled.report.counts


def test_copies_of_rows_are_noted_and_doubled_nowhere(tmp_path: Path) -> None:
    copy = "Afloat,Sailor,Junior sailor,Sails.,1,k,L"
    files = with_rows("crew.csv", copy, copy + " ")
    files["crew2.csv"] = FILES["crew.csv"].splitlines()[0] + f"\n{copy}\n"
    before, after = run(tmp_path / "a"), run(tmp_path / "b", files)
    assert after.framework == before.framework
    assert after.report.counts["duplicate_rows"] == 3
    places = [one.place for one in after.report.notes if one.topic == "duplicate_rows"]
    assert places == ["crew.csv:9", "crew.csv:10", "crew2.csv:2"]


def test_a_contradiction_is_noted_and_the_first_in_order_kept(tmp_path: Path) -> None:
    files = with_rows("crew.csv", "Afloat,Sailor,Lead sailor,A text.,,r,L")
    result = run(tmp_path, files)
    assert str(result.framework.roles["lead-sailor"].description) == "A text."
    notes = [one for one in result.report.notes if one.topic == "contradictions"]
    assert [(note.place, "crew.csv:9" in note.message) for note in notes] == [
        ("crew.csv:3", True)
    ]


REFUSED: list[tuple[str, dict[str, str], str, str]] = [
    (
        "too few cells",
        with_rows("crew.csv", "Afloat,Sailor"),
        "crew.csv:9",
        "has 2 cells",
    ),
    (
        "a cell too long",
        with_rows("crew.csv", f"Afloat,Sailor,X,{'x' * 100_001},,k,L"),
        "crew.csv:9",
        "longer than 100,000",
    ),
    (
        "a word that is not known",
        with_rows("crew.csv", "Afloat,Sailor,Junior sailor,Sails.,1,r,Middle"),
        "crew.csv:9",
        'no word for "Middle"',
    ),
    (
        "an unknown competency",
        with_rows("crew.csv", "Afloat,Sailor,Junior sailor,Sails.,1,zz,L"),
        "crew.csv:9",
        "no known competency",
    ),
    (
        "no identity",
        with_rows("skills.tsv", "\tNo name\t\t\t\t\t"),
        "skills.tsv:4",
        "nothing names the competency",
    ),
    (
        "no name",
        with_rows("skills.tsv", "n\t\t\t\t\t\t"),
        "skills.tsv:4",
        "the competency has no name",
    ),
    (
        "an empty path",
        with_rows("tree.csv", ",,,,Text"),
        "tree.csv:4",
        "nothing names the domain",
    ),
    (
        "a rank that is none",
        with_rows("moves.csv", "Sailor,Sailor,Lead sailor,first,"),
        "moves.csv:4",
        '"first" is no whole number',
    ),
    (
        "a move to nowhere",
        with_rows("moves.csv", "Sailor,Sailor,Nobody,,"),
        "moves.csv:4",
        "needs a role",
    ),
    (
        "two steps",
        with_rows("crew.csv", "Afloat,Sailor,Junior sailor,Sails.,1,k,H"),
        "crew.csv:2",
        'at the step "low", but at "high" in crew.csv:9',
    ),
]


@pytest.mark.parametrize(
    ("files", "place", "words"),
    [pytest.param(*case[1:], id=case[0]) for case in REFUSED],
)
def test_unusable_rows_are_refused_and_the_rest_goes_on(
    tmp_path: Path, files: dict[str, str], place: str, words: str
) -> None:
    result = run(tmp_path, files)
    assert result.report.counts["refused_rows"] == 1
    assert [(one.place, words in one.message) for one in result.report.refused] == [
        (place, True)
    ]
    assert len(result.framework.roles) == 6


def test_a_role_without_family_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path, with_rows("crew.csv", "Afloat,,Stray,,,k,L"))
    messages = {one.message for one in result.report.refused}
    assert any(
        "family has no name" in one or "names nothing" in one for one in messages
    )
    assert "stray" not in result.framework.roles


def test_adding_to_nothing_is_refused(tmp_path: Path) -> None:
    tables = "tables:\n  - {key: zones, files: [zones.csv]}\n"
    adding = "  - {kind: role, table: zones, identity: [F, T], attributes: {zone: Z}}\n"
    zones = MAP.replace("tables:\n", tables).replace(
        "requirements:", adding + "requirements:"
    )
    files = {"map.yaml": zones, "zones.csv": "F,T,Z\nSailor,Ghost,1\n"}
    result = run(tmp_path, files)
    assert [one.message for one in result.report.refused] == [
        'no role is called "Sailor | Ghost"'
    ]


def test_a_group_that_is_not_there_is_left_out_and_noted(tmp_path: Path) -> None:
    changed = MAP.replace(
        "  - {kind: group, table: crew, identity: [Group], name: Group}\n", ""
    )
    result = run(tmp_path, {"map.yaml": changed})
    assert result.framework.families["sailor"].group is None
    assert result.report.counts["links_outside"] == 3


def test_a_stated_element_is_named_by_its_key(tmp_path: Path) -> None:
    stated = "stated:\n  groups: [{key: ashore, name: Ashore}]\n"
    changed = MAP.replace("stated:\n", stated).replace("[Group]}\n", "{key: ashore}}\n")
    framework = run(tmp_path, {"map.yaml": changed}).framework
    assert framework.families["sailor"].group == "ashore"


def test_keys_of_an_earlier_import_are_kept(tmp_path: Path) -> None:
    first = run(tmp_path)
    renamed = FILES["skills.tsv"].replace("\tKnots\t", "\tBends\t")
    write_files(tmp_path, {"skills.tsv": renamed + "q\tKnots\t\t\t\t\t\n"})
    again = import_framework(
        tmp_path / "map.yaml", [tmp_path], known=first.framework.identities
    )
    names = {key: str(one.name) for key, one in again.framework.competencies.items()}
    assert names["knots"] == "Bends"
    assert [key for key, name in names.items() if name == "Knots"] == ["knots-8e35c2cd"]


def test_identities_of_another_source_are_not_its_own(tmp_path: Path) -> None:
    first = run(tmp_path)
    foreign = SourceIdentity(kind="role", key="x", source="other", identity="Cook | ")
    again = import_framework(
        tmp_path / "map.yaml", [tmp_path], known=(foreign, *first.framework.identities)
    )
    assert again.framework == first.framework


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    assert run(tmp_path, with_rows("tree.csv", "", "")).report.counts["rows"] == 12


def test_identities_are_remembered(tmp_path: Path) -> None:
    identities = run(tmp_path).framework.identities
    found = {(one.kind, one.key): one.identity for one in identities}
    assert found["role", "lead-sailor"] == "Sailor | Lead sailor"
    assert found["competency", "knots"] == "k"
    assert {one.source for one in identities} == {"book"}
    assert stats(run(tmp_path).framework)["identities"] == len(identities)


BAD_SOURCES: list[tuple[str, dict[str, str | bytes], str, str]] = [
    (
        "a missing column",
        {"tree.csv": "C1,N1,C2,N2\n"},
        "tree.csv:1",
        '"Text" is missing',
    ),
    ("an empty file", {"tree.csv": ""}, "tree.csv:1", "is missing"),
    (
        "a column twice",
        {"tree.csv": "C1,N1,C2,N2,Text,Text\n"},
        "tree.csv:1",
        '"Text" stands twice',
    ),
    ("invalid UTF-8", {"tree.csv": b"C1,N1\n\xff"}, "tree.csv:2", "byte 6 (0xff)"),
    (
        "an open quote",
        {"tree.csv": FILES["tree.csv"] + 'b,"B,,,\n'},
        "tree.csv:4",
        "the row cannot be read",
    ),
]


@pytest.mark.parametrize(
    ("files", "place", "words"),
    [pytest.param(*case[1:], id=case[0]) for case in BAD_SOURCES],
)
def test_files_that_do_not_fit_are_told(
    tmp_path: Path, files: dict[str, str | bytes], place: str, words: str
) -> None:
    with pytest.raises(FrameworkError) as caught:
        run(tmp_path, files)
    assert any(
        one.place == place and words in one.message for one in caught.value.problems
    )


def test_files_are_found_by_name(tmp_path: Path) -> None:
    write_files(tmp_path, {**FILES, "other.csv": "x\n", "sub/crew.csv": "x\n"})
    named = [tmp_path / name for name in ("crew.csv", "skills.tsv", "other.csv")]
    with pytest.raises(FrameworkError) as caught:
        import_framework(tmp_path / "map.yaml", named)
    assert [(one.place, one.key) for one in caught.value.problems] == [
        ("map.yaml", "moves"),
        ("map.yaml", "tree"),
        ("other.csv", ""),
    ]
    assert import_framework(tmp_path / "map.yaml", [tmp_path]).framework.key == "crew"


def test_what_makes_no_valid_framework_is_told(tmp_path: Path) -> None:
    files = {"map.yaml": MAP.replace("above: [junior]", "above: [none]")}
    with pytest.raises(FrameworkError, match="no valid framework") as caught:
        run(tmp_path, files)
    assert [one.place for one in caught.value.problems] == ["map.yaml:20"]


def test_other_encodings_are_read(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "map.yaml": MAP.replace(
            "{key: tree, files: [tree.csv]}",
            "{key: tree, files: [tree.csv], encoding: cp1250}",
        ),
        "tree.csv": "C1,N1,C2,N2,Text\na,Żeglarstwo,,,\n".encode("cp1250"),
    }
    domains = run(tmp_path, files).framework.domains
    assert {key: str(one.name) for key, one in domains.items()} == {
        "zeglarstwo": "Żeglarstwo"
    }
