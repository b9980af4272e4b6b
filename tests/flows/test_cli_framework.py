"""`jobframe framework`: wrong input is told whole, with its places, and ends with 3."""

from __future__ import annotations

import pytest
from cli_stage import FRAMEWORK, Stage, changed

LEVELS = """\
levels:
  - {key: ic-1, name: IC 1, track: individual_contributor, grade: g1, parity: m-1}
"""
_ROLE = "roles:\n  - key: sailor\n"

WRONG = {
    "unknown competency": (
        changed(FRAMEWORK, "{knots: low, sails", "{splices: low, sails"),
        [("framework.yaml:19", "splices")],
    ),
    "cyclic containment": (
        changed(
            FRAMEWORK,
            "domains: [{key: boats, name: Boats}]",
            "domains:\n  - {key: boats, name: Boats, parent: ships}\n"
            "  - {key: ships, name: Ships, parent: boats}",
        ),
        [("framework.yaml:5", '"boats" lies in "ships" lies in "boats"')],
    ),
    "two roles with one key": (
        changed(
            FRAMEWORK,
            _ROLE,
            "roles:\n  - {key: sailor, name: Mate, family: sailing}\n  - key: sailor\n",
        ),
        [("framework.yaml:16", "sailor")],
    ),
    "a level without its parity partner": (
        FRAMEWORK + LEVELS,
        [("framework.yaml:26", "m-1")],
    ),
    "a step that is not on the scale": (
        changed(FRAMEWORK, "sails: high", "sails: highest"),
        [("framework.yaml:19", "highest")],
    ),
    "broken YAML": (
        changed(FRAMEWORK, "groups: [{", "groups: [[{"),
        [("framework.yaml:", "broken YAML")],
    ),
    "a text of 20 MB": (
        changed(FRAMEWORK, "Ties a bowline.", "x" * 20_000_000),
        [("framework.yaml:10", "20,000,000 characters")],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_told_with_its_place(bare: Stage, name: str) -> None:
    text, expected = WRONG[name]
    answer = bare("framework", "validate", bare.framework(text), "--json")
    assert answer.code == 3
    assert answer.error["code"] == "framework"
    assert len(answer.out) < 10_000
    told = [(one["place"], one["message"]) for one in answer.error["problems"]]
    for place, word in expected:
        assert any(
            found.startswith(place) and word in message for found, message in told
        ), told
    for place, _message in told:
        assert place in answer.err


def test_bytes_that_are_no_text_are_told_with_their_line(bare: Stage) -> None:
    folder = bare.framework()
    with (folder / "framework.yaml").open("ab") as file:
        file.write(b"\xff\xfe")
    answer = bare("framework", "validate", folder)
    assert answer.code == 3
    assert "not valid UTF-8" in answer.err
    assert "framework.yaml:25" in answer.err


def test_all_problems_are_told_at_once(bare: Stage) -> None:
    text = changed(FRAMEWORK, "scale: craft}", "scale: nothing}")
    text = changed(text, "family: sailing", "family: rowing")
    bare.framework(text)
    (bare.folder / "framework" / "more.yaml").write_text("roles: [", encoding="utf-8")
    problems = bare("framework", "validate", "framework", "--json").error["problems"]
    assert {one["place"].split(":")[0] for one in problems} == {
        "framework.yaml",
        "more.yaml",
    }


def test_more_problems_than_a_screen_holds_are_counted(bare: Stage) -> None:
    roles = "".join(f"  - {{key: r{n}, name: R, family: no}}\n" for n in range(60))
    text = changed(FRAMEWORK, "roles:\n", f"roles:\n{roles}")
    answer = bare("framework", "validate", bare.framework(text), "--json")
    assert len(answer.error["problems"]) >= 60
    assert "… and " in answer.err
    assert answer.err.count("framework.yaml:") == 50


@pytest.mark.parametrize(
    "command", [["validate"], ["stats"], ["release"], ["diff", "framework"]]
)
def test_a_folder_that_is_not_there(jobframe: Stage, command: list[str]) -> None:
    jobframe.framework()
    answer = jobframe("framework", *command, "nowhere")
    assert answer.code == 3
    assert "nowhere is not a folder" in answer.err


def test_a_valid_framework_with_warnings(bare: Stage) -> None:
    text = changed(FRAMEWORK, "name: Sails,", "name: University degree,")
    folder = bare.framework(text)
    answer = bare.ok("framework", "validate", folder)
    assert "is valid." in answer.out
    value = bare.json("framework", "validate", folder)
    assert value["valid"] is True
    assert len(value["warnings"]) == answer.out.count("note: ")


def test_stats_are_integers(bare: Stage) -> None:
    value = bare.json("framework", "stats", bare.framework())
    assert value["roles"] == 1
    assert all(isinstance(number, int) for number in value.values())
    assert "1  roles" in bare.ok("framework", "stats", "framework").out


def test_diff_names_what_differs(bare: Stage) -> None:
    before = bare.framework()
    text = changed(FRAMEWORK, "Teaches knots.", "Teaches all knots.")
    after = bare.framework(text, "after")
    assert bare.json("framework", "diff", before, after) == [
        {
            "kind": "competency",
            "key": "knots",
            "change": "changed",
            "fields": ["indicators"],
        }
    ]
    shown = bare.ok("framework", "diff", before, after).out
    assert "changed  competency knots  indicators" in shown
    assert bare.ok("framework", "diff", before, before).out == "No difference.\n"


MAP = """\
source: crew
framework: {key: crew, name: Crew}
tables: [{key: crew, files: [crew.csv]}]
elements:
  - {kind: family, table: crew, identity: [Department], name: Department}
  - kind: role
    table: crew
    identity: [Department, Title]
    name: Title
    family: [Department]
"""
ROWS = "Department,Title\nDeck,Sailor\nDeck,Sailor\nDeck,Mate\n,Cook\n"


def test_an_import_counts_and_names_what_it_refused(bare: Stage) -> None:
    tables = bare.write("tables/crew.csv", ROWS).parent
    order = ["framework", "import", "--map", bare.write("map.yaml", MAP)]
    answer = bare(*order, tables, "--to", bare.folder / "new")
    assert answer.code == 3
    assert "crew.csv:5" in answer.err
    assert not (bare.folder / "new").exists()
    order += [tables, "--skip-refused", "--to", bare.folder / "new"]
    shown = bare.ok(*order).out
    assert "1  duplicate_rows" in shown
    assert "crew.csv:3" in shown
    assert "refused crew.csv:5" in shown
    value = bare.json(*order)
    assert value["counts"]["roles"] == 2
    assert value["report"]["counts"]["refused_rows"] == 1
    assert {one["place"] for one in value["report"]["refused"]} == {"crew.csv:5"}
    assert bare.ok("framework", "validate", "new").code == 0


def test_many_notes_are_shown_in_part(bare: Stage) -> None:
    rows = "Department,Title\n" + "Deck,Sailor\n" * 20
    bare.write("tables/crew.csv", rows)
    answer = bare.ok(
        "framework", "import", "--map", bare.write("map.yaml", MAP), "tables",
        "--to", "new",
    )  # fmt: skip
    assert "… and 9 more (--json has all)" in answer.out


def test_an_import_into_a_place_that_cannot_be_written(bare: Stage) -> None:
    bare.write("tables/crew.csv", ROWS.replace(",Cook\n", ""))
    blocked = bare.write("blocked", "a file")
    answer = bare(
        "framework", "import", "--map", bare.write("map.yaml", MAP), "tables",
        "--to", blocked / "new",
    )  # fmt: skip
    assert answer.code == 2
    assert str(blocked) in answer.err


def test_releases_are_listed_the_last_first(jobframe: Stage) -> None:
    assert jobframe.ok("framework", "releases").out == "There is no release yet.\n"
    first = jobframe.release(FRAMEWORK, "--note", "the [first] one")
    text = changed(FRAMEWORK, "name: Harbour}", "name: Haven}")
    later = jobframe.release(text, "--effective", "2099-01-01", "--as", "Ada")
    listed = jobframe.json("framework", "releases")
    assert [one["release"] for one in listed] == [later, first]
    assert listed[0]["effective_on"] == "2099-01-01"
    assert listed[0]["author"] == "Ada"
    shown = jobframe.ok("framework", "releases").out
    assert "the [first] one" in shown


def test_a_release_needs_a_real_day(jobframe: Stage) -> None:
    folder = jobframe.framework()
    answer = jobframe("framework", "release", folder, "--effective", "31.12.2026")
    assert answer.code == 2
    assert "2026-07-01" in answer.err


def test_wrong_data_is_never_released(jobframe: Stage) -> None:
    text, _expected = WRONG["unknown competency"]
    answer = jobframe("framework", "release", jobframe.framework(text))
    assert answer.code == 3
    assert jobframe.json("framework", "releases") == []
