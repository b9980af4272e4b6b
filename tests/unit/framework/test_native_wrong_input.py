"""Everything wrong with a folder is told at once, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from framework_samples import FILES, write_files

from connector.framework import load_framework
from connector.kit.errors import FrameworkError, Problem

_LEVEL = "key: x, name: X, track: manager"


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(FrameworkError) as caught:
        load_framework(folder)
    assert caught.value.exit_code == 3
    return caught.value.problems


def test_the_files_without_a_mistake_load(tmp_path: Path) -> None:
    framework = load_framework(write_files(tmp_path, FILES))
    assert framework.roles["sailor"].place == "roles.yaml:2"
    assert (
        framework.competencies["rigging"].indicators[0].place == "competencies.yaml:5"
    )


#: What is wrong, the file with it, the place that is told, words of the message.
WRONG: list[tuple[str, str, str | bytes, str, str]] = [
    ("broken YAML", "x.yaml", "roles:\n  - key: [a\n", "x.yaml:3", "broken YAML"),
    ("a tab as indent", "x.yaml", "roles:\n\t- a", "x.yaml:2", "broken YAML"),
    ("invalid UTF-8", "x.yaml", b"roles:\n# \xff", "x.yaml:2", "byte 9 (0xff)"),
    ("UTF-16", "x.yaml", "roles:".encode("utf-16"), "x.yaml:1", "byte 0"),
    ("a control character", "x.yaml", "roles:\n  \x07", "x.yaml:2", "U+0007"),
    (
        "a 20 MB text",
        "x.yaml",
        "clusters:\n  - key: c\n    name: " + "x" * 20_000_000,
        "x.yaml:3",
        "20,000,000 characters is longer than 100,000",
    ),
    (
        "a file too large",
        "x.yaml",
        b"#" * (32 * 1024 * 1024 + 1),
        "x.yaml",
        "33,554,433 bytes",
    ),
    ("an unknown list", "x.yaml", "role: []", "x.yaml:1", 'unknown field "role"'),
    ("the ending .yml", "x.yml", "", "x.yml:1", ".yml is not read"),
    ("no lists at all", "x.yaml", "- a", "x.yaml:1", "expected lists by name"),
    ("one text only", "x.yaml", "hello", "x.yaml:1", 'found "hello"'),
    ("two documents", "x.yaml", "roles: []\n---\nmoves: []", "x.yaml:2", "second YAML"),
    ("an anchor", "x.yaml", "roles: &a []", "x.yaml:1", "anchor a"),
    ("an alias", "x.yaml", "roles: *a", "x.yaml:1", "anchor a"),
    ("a tag", "x.yaml", "roles: !!seq []", "x.yaml:1", "tag"),
    ("deep nesting", "x.yaml", "roles: " + "[" * 30, "x.yaml:1", "deeper than 20"),
    ("a list as key", "x.yaml", "? [a]\n: b", "x.yaml:1", "where a key belongs"),
    ("a list that is none", "x.yaml", "roles: 3", "x.yaml:1", 'a list, found "3"'),
    ("an element that is none", "x.yaml", "roles:\n  - a", "x.yaml:2", "a mapping"),
    (
        "an unknown field",
        "x.yaml",
        f"levels:\n  - {{{_LEVEL}, rise: 2}}",
        "x.yaml:2",
        'unknown field "rise"',
    ),
    (
        "an entry twice",
        "x.yaml",
        "groups:\n  - key: g\n    name: G\n    name: H",
        "x.yaml:4",
        '"name" stands twice, first on line 3',
    ),
    (
        "a key twice",
        "x.yaml",
        "families:\n  - {key: sail, name: S}",
        "x.yaml:2",
        'the key "sail" stands twice in families, first in families.yaml:2',
    ),
    ("no key", "x.yaml", "groups:\n  - name: G", "x.yaml:2", '"key" is missing'),
    (
        "an empty name",
        "x.yaml",
        "groups:\n  - key: g\n    name:",
        "x.yaml:3",
        '"name" is missing',
    ),
    (
        "a quoted empty name",
        "x.yaml",
        "groups:\n  - {key: g, name: ''}",
        "x.yaml:2",
        "expected a text",
    ),
    (
        "a list as name",
        "x.yaml",
        "groups:\n  - {key: g, name: [G]}",
        "x.yaml:2",
        "found a list",
    ),
    (
        "no language",
        "x.yaml",
        "groups:\n  - {key: g, name: {english: G, en: G}}",
        "x.yaml:2",
        '"english" is not a language code',
    ),
    (
        "an empty version",
        "x.yaml",
        "groups:\n  - {key: g, name: {en: G, pl: }}",
        "x.yaml:2",
        "expected a text in pl",
    ),
    (
        "not in our language",
        "x.yaml",
        "groups:\n  - {key: g, name: {pl: G}}",
        "x.yaml:2",
        "missing in en",
    ),
    (
        "a mapping as key",
        "x.yaml",
        "groups:\n  - {key: {a: b}, name: G}",
        "x.yaml:2",
        "found a mapping",
    ),
    (
        "a wrong track",
        "x.yaml",
        "levels:\n  - {key: x, name: X, track: boss}",
        "x.yaml:2",
        "one of individual_contributor, manager",
    ),
    (
        "a wrong number",
        "x.yaml",
        f"levels:\n  - {{{_LEVEL}, minimum_months: 1.5}}",
        "x.yaml:2",
        'a whole number, found "1.5"',
    ),
    (
        "a wrong date",
        "x.yaml",
        f"levels:\n  - {{{_LEVEL}, effective_from: 2026-02-30}}",
        "x.yaml:2",
        "a date",
    ),
    (
        "a wrong boolean",
        "x.yaml",
        f"levels:\n  - {{{_LEVEL}, retired: yes}}",
        "x.yaml:2",
        "true or false",
    ),
    (
        "no list of keys",
        "x.yaml",
        f"levels:\n  - {{{_LEVEL}, above: m-1}}",
        "x.yaml:2",
        "a list",
    ),
    (
        "no mapping of counts",
        "x.yaml",
        f"levels:\n  - {{{_LEVEL}, contributions: []}}",
        "x.yaml:2",
        "found a list",
    ),
    (
        "requirements as list",
        "x.yaml",
        f"levels:\n  - {{{_LEVEL}, expects: [a]}}",
        "x.yaml:2",
        '"competency: step"',
    ),
    (
        "an unknown word of a requirement",
        "x.yaml",
        f"levels:\n  - {{{_LEVEL}, expects: {{rigging: {{steps: low}}}}}}",
        "x.yaml:2",
        'unknown field "steps"',
    ),
    (
        "a wrong identity",
        "x.yaml",
        "identities:\n  - {kind: role, key: mate, source: s}",
        "x.yaml:2",
        '"identity" is missing',
    ),
    (
        "a wrong importance",
        "x.yaml",
        f"levels:\n  - {{{_LEVEL}, expects: {{rigging: {{importance: high}}}}}}",
        "x.yaml:2",
        "required, optional, emerging",
    ),
    (
        "wrong bases",
        "x.yaml",
        f"levels:\n  - {{{_LEVEL}, expects: {{rigging: {{accepts: learning}}}}}}",
        "x.yaml:2",
        "the accepted bases",
    ),
    (
        "bases without a list",
        "x.yaml",
        (
            f"levels:\n  - {{{_LEVEL}, expects: "
            "{rigging: {accepts: {bases: a, how_many: 1}}}}"
        ),
        "x.yaml:2",
        'a list, found "a"',
    ),
    (
        "indicators as list",
        "x.yaml",
        "competencies:\n  - {key: x, name: X, indicators: [a]}",
        "x.yaml:2",
        '"step: texts"',
    ),
    (
        "an indicator that is none",
        "x.yaml",
        "competencies:\n  - {key: x, name: X, scale: craft, indicators: {low: [[]]}}",
        "x.yaml:2",
        "a text, or one text per language",
    ),
    (
        "gives as list",
        "x.yaml",
        "pathways:\n  - {key: x, name: X, activities: [{key: a, name: A, gives: [b]}]}",
        "x.yaml:2",
        '"competency: step"',
    ),
    (
        "gives without a step",
        "x.yaml",
        (
            "pathways:\n  - key: x\n    name: X\n    activities:\n      - key: a\n"
            "        name: A\n        gives:\n          rigging:\n"
        ),
        "x.yaml:8",
        "a single value",
    ),
    (
        "a second framework",
        "x.yaml",
        "framework: {key: g, name: G}",
        "x.yaml:1",
        "stands twice, first in framework.yaml:1",
    ),
    (
        "a wrong language",
        "framework.yaml",
        "framework:\n  {key: f, name: F, language: English}",
        "framework.yaml:2",
        "a language code",
    ),
    ("no framework part", "framework.yaml", "", "", "no file holds the part framework"),
    (
        "a framework that is none",
        "framework.yaml",
        "framework: f",
        "framework.yaml:1",
        "a mapping",
    ),
    (
        "an unknown competency",
        "roles/x.yaml",
        (
            "roles:\n  - key: x\n    name: X\n    family: sail\n    requirements:\n"
            "      riging: low\n"
        ),
        "roles/x.yaml:6",
        'names the competency "riging"',
    ),
    (
        "a step not on the scale",
        "x.yaml",
        (
            "roles:\n  - key: x\n    name: X\n    family: sail\n    requirements:\n"
            "      rigging: middle\n"
        ),
        "x.yaml:6",
        'not on the scale "craft"',
    ),
    (
        "domains in a circle",
        "x.yaml",
        "domains:\n  - {key: a, name: A, parent: b}\n  - {key: b, name: B, parent: a}",
        "x.yaml:2",
        '"a" lies in "b" lies in "a"',
    ),
    (
        "parity without partner",
        "x.yaml",
        "levels:\n  - {key: m-9, name: M 9, track: manager, parity: ic-2}",
        "x.yaml:2",
        'level "m-9" has no partner',
    ),
]


@pytest.mark.parametrize(
    ("file", "content", "place", "words"),
    [pytest.param(*case[1:], id=case[0]) for case in WRONG],
)
def test_each_mistake_is_told_with_its_place(
    tmp_path: Path, file: str, content: str | bytes, place: str, words: str
) -> None:
    found = problems_of(write_files(tmp_path, {**FILES, file: content}))
    assert [
        problem
        for problem in found
        if problem.place == place and words in problem.message
    ], [str(problem)[:300] for problem in found]
    assert len(found) <= 2


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = dict(FILES)
    wanted = []
    for number, (_, file, content, place, words) in enumerate(WRONG):
        if file in FILES or len(content) > 1_000_000:
            continue
        name = file.replace("x.", f"x{number:02}.")
        unique = content
        if isinstance(unique, str):
            unique = unique.replace("key: x", f"key: x{number}").replace(
                "key: g", f"key: g{number}"
            )
        files[name] = unique
        wanted.append((place.replace(file, name), words))
    found = problems_of(write_files(tmp_path, files))
    missing = [
        (place, words)
        for place, words in wanted
        if not any(one.place == place and words in one.message for one in found)
    ]
    assert missing == []
    assert len(wanted) > 40


def test_problems_come_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    lines = "".join(f"  - {{key: r{n}, name: R{n}, family: no}}\n" for n in range(12))
    found = problems_of(write_files(tmp_path, {**FILES, "x.yaml": "roles:\n" + lines}))
    assert [problem.place for problem in found] == [
        f"x.yaml:{n + 2}" for n in range(12)
    ]


def test_a_mistyped_key_gets_a_suggestion(tmp_path: Path) -> None:
    role = "roles:\n  - {key: x, name: X, family: sale, levle: ic-1}"
    hints = {
        one.hint
        for one in problems_of(write_files(tmp_path, {**FILES, "x.yaml": role}))
    }
    assert hints == {'Did you mean "sail"?', 'Did you mean "level"?'}


BROKEN: list[tuple[str, Mapping[str, str]]] = [
    ("a scale", {"scales.yaml": FILES["scales.yaml"].replace("name: Craft", "nam: C")}),
    ("a step", {"scales.yaml": FILES["scales.yaml"].replace("name: Low", "nam: Low")}),
    ("a level", {"levels.yaml": FILES["levels.yaml"].replace("IC 1,", "[],")}),
    ("a family", {"families.yaml": FILES["families.yaml"].replace("Sail", "''")}),
]


@pytest.mark.parametrize(
    "files", [pytest.param(case[1], id=case[0]) for case in BROKEN]
)
def test_naming_a_broken_element_is_no_second_problem(
    tmp_path: Path, files: Mapping[str, str]
) -> None:
    found = problems_of(write_files(tmp_path, {**FILES, **files}))
    assert {problem.place for problem in found} <= {
        f"{next(iter(files))}:{n}" for n in range(6)
    }


def test_an_unread_file_is_named_where_something_is_missing(tmp_path: Path) -> None:
    found = problems_of(
        write_files(tmp_path, {**FILES, "families.yaml": "families: ["})
    )
    unknown = [one for one in found if "names the family" in one.message]
    assert len(unknown) == 2
    assert all("families.yaml, which cannot be read" in one.hint for one in unknown)


def test_a_byte_order_mark_hidden_and_empty_files_are_fine(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        **FILES,
        "framework.yaml": b"\xef\xbb\xbf" + FILES["framework.yaml"].encode(),
        "empty.yaml": "",
        "comment.yaml": "# nothing here\n",
        "none.yaml": "roles:\n",
        ".git/x.yaml": "[",
        "notes.txt": b"\xff",
    }
    assert load_framework(write_files(tmp_path, files)).key == "f"


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(FrameworkError, match="is not a folder"):
        load_framework(tmp_path / "none")


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    folder = write_files(tmp_path, FILES)
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    found = problems_of(folder)
    assert [problem.place for problem in found] == ["loop.yaml"]
    assert "cannot be read" in found[0].message
