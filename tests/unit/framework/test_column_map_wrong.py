"""Every mistake in a column map is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from framework_samples import write_files

from connector.framework.sources.column_map import read_column_map
from connector.kit.errors import FrameworkError

GOOD = """source: s
framework: {key: f, name: F}
tables:
  - {key: t, files: [t.csv]}
"""

WRONG: list[tuple[str, str | bytes, str, str]] = [
    ("nothing", "", "map.yaml:1", "holds no column map"),
    ("a list", "- a", "map.yaml:1", "holds no column map"),
    ("broken YAML", "a: [", "map.yaml:2", "broken YAML"),
    ("invalid UTF-8", b"\xff", "map.yaml:1", "byte 0"),
    (
        "no source",
        GOOD.replace("source: s", "source:"),
        "map.yaml:1",
        '"source" is missing',
    ),
    ("no framework", "source: s\ntables: []", "map.yaml:1", '"framework" is missing'),
    ("an unknown part", GOOD + "rows: []", "map.yaml:5", 'unknown field "rows"'),
    (
        "a bad source",
        GOOD.replace("source: s", "source: [s]"),
        "map.yaml:1",
        "a single value",
    ),
    (
        "a bad delimiter",
        GOOD.replace("files: [t.csv]", "files: [t], delimiter: x"),
        "map.yaml:4",
        "one of",
    ),
    (
        "a bad encoding",
        GOOD.replace("files: [t.csv]", "files: [t], encoding: x"),
        "map.yaml:4",
        "an encoding",
    ),
    (
        "an encoding that is a list",
        GOOD.replace("files: [t.csv]", "files: [t], encoding: []"),
        "map.yaml:4",
        "a single value",
    ),
    ("bad cleaning", GOOD + "cleaning:\n  - wash", "map.yaml:6", "a cleaning rule"),
    (
        "cleaning with a list",
        GOOD + "cleaning:\n  - {label: l, replace: a, with: []}",
        "map.yaml:6",
        "expected a text",
    ),
    (
        "cleaning without label",
        GOOD + "cleaning:\n  - {label: , replace: a}",
        "map.yaml:6",
        "a single value",
    ),
    (
        "cleaning of nothing",
        GOOD + "cleaning:\n  - {label: l, replace: }",
        "map.yaml:6",
        "a single value",
    ),
    ("stated is no mapping", GOOD + "stated: [a]", "map.yaml:5", "lists by name"),
    ("stated is unknown", GOOD + "stated:\n  steps: []", "map.yaml:6", '"steps"'),
    (
        "a bad kind",
        GOOD + "elements:\n  - {kind: level, table: t, identity: [A], name: A}",
        "map.yaml:6",
        "one of group, family",
    ),
    (
        "an unknown table",
        GOOD + "elements:\n  - {kind: group, table: u, identity: [A]}",
        "map.yaml:6",
        'the table "u" is not described',
    ),
    (
        "a field of another kind",
        GOOD + "elements:\n  - {kind: group, table: t, identity: [A], rank: B}",
        "map.yaml:6",
        '"rank" means nothing for the kind group',
    ),
    (
        "no identity",
        GOOD + "elements:\n  - {kind: group, table: t, name: A}",
        "map.yaml:6",
        'needs "identity"',
    ),
    (
        "a move to nowhere",
        GOOD + "elements:\n  - {kind: move, table: t, from: [A]}",
        "map.yaml:6",
        'needs "from" and "to"',
    ),
    (
        "a bad reference",
        GOOD
        + "elements:\n  - {kind: role, table: t, identity: [A], name: A, family: A}",
        "map.yaml:6",
        "a reference",
    ),
    (
        "a bad key of a reference",
        GOOD + "elements:\n  - {kind: role, table: t, identity: [A], family: {key: }}",
        "map.yaml:6",
        "a single value",
    ),
    (
        "a bad cell",
        GOOD + "elements:\n  - {kind: group, table: t, identity: [A], name: [A]}",
        "map.yaml:6",
        "a mapping",
    ),
    (
        "an empty cell in a list",
        GOOD + "elements:\n  - {kind: group, table: t, identity: [A], key: [~]}",
        "map.yaml:6",
        "a single value",
    ),
    (
        "a bad track",
        GOOD + "elements:\n  - {kind: role, table: t, identity: [A],\n"
        "     track: {column: A, endings: {x: boss}}}",
        "map.yaml:7",
        "one of individual_contributor",
    ),
    (
        "a requirement without role",
        GOOD + "requirements:\n  - {table: t, competency: [A]}",
        "map.yaml:6",
        '"role" is missing',
    ),
]


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [pytest.param(*case[1:], id=case[0]) for case in WRONG],
)
def test_each_mistake_is_told_with_its_line(
    tmp_path: Path, content: str | bytes, place: str, words: str
) -> None:
    write_files(tmp_path, {"map.yaml": content})
    with pytest.raises(FrameworkError) as caught:
        read_column_map(tmp_path / "map.yaml")
    assert any(
        one.place == place and words in one.message for one in caught.value.problems
    ), caught.value.problems


def test_the_least_map_reads(tmp_path: Path) -> None:
    write_files(tmp_path, {"map.yaml": GOOD + "stated:\ncleaning:\n"})
    assert read_column_map(tmp_path / "map.yaml").source == "s"
