"""Published frameworks are imported by the maps of the examples, to the last row.

The data lie beside the repository and are not part of it; without them these tests
are skipped.
"""

from __future__ import annotations

import csv
import io
import random
from functools import cache
from pathlib import Path

import pytest

from connector.framework import (
    ImportResult,
    import_framework,
    load_framework,
    stats,
    validate,
    write_native,
)
from connector.framework.model import Track
from connector.framework.sources.native_write import render_native

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
MAPS = ROOT / "examples" / "imports"

FOLDERS = {
    "uk-gdd": "uk-gdd-capability-framework",
    "esco": "esco-1.1-collections",
    "onet": "onet-27-core",
}

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the published data are not beside the repository"
)


@pytest.fixture(scope="module", params=sorted(FOLDERS))
def any_import(request: pytest.FixtureRequest) -> ImportResult:
    return imported(request.param)


@pytest.fixture(scope="module")
def uk() -> ImportResult:
    return imported("uk-gdd")


def _import(name: str, folder: Path | None = None) -> ImportResult:
    return import_framework(MAPS / f"{name}.yaml", [folder or DATA / FOLDERS[name]])


@cache
def imported(name: str) -> ImportResult:
    """Import a published framework once for all tests."""
    return _import(name)


def test_no_row_is_refused_and_the_result_is_valid(any_import: ImportResult) -> None:
    assert any_import.report.refused == ()
    assert validate(any_import.framework) == ()


def test_the_folder_loads_as_it_was_imported(
    any_import: ImportResult, tmp_path: Path
) -> None:
    write_native(any_import.framework, tmp_path)
    assert load_framework(tmp_path) == any_import.framework


def test_uk_counts(uk: ImportResult) -> None:
    counts = stats(uk.framework)
    assert {
        name: counts[name]
        for name in (
            "job_family_groups",
            "job_families",
            "roles",
            "competencies",
            "indicators",
            "requirements",
            "requirements_without_step",
        )
    } == {
        "job_family_groups": 8,
        "job_families": 52,
        "roles": 205,
        "competencies": 188,
        # 166 of the 188 skills have texts, four each.
        "indicators": 664,
        "requirements": 1781,
        "requirements_without_step": 28,
    }
    assert uk.report.counts["rows"] == 1825 + 188
    assert uk.report.counts["duplicate_rows"] == 16
    assert uk.report.counts["requirements_without_step"] == 28


def test_uk_management_roles_are_on_the_manager_track(uk: ImportResult) -> None:
    managers = [
        role for role in uk.framework.roles.values() if role.track is Track.MANAGER
    ]
    assert len(managers) == 6
    assert all(str(role.name).endswith(" - management") for role in managers)
    assert {role.level for role in managers} == {
        "senior-management",
        "lead-management",
        "principal-management",
    }


def test_uk_roles_that_the_ladder_cannot_order_are_named(uk: ImportResult) -> None:
    unordered = {key for key, role in uk.framework.roles.items() if role.level is None}
    named = {
        note.key for note in uk.report.notes if note.topic == "roles_without_level"
    }
    assert named == unordered
    assert len(named) == 19


def test_uk_senior_officials_have_no_step_level_or_placeholder(
    uk: ImportResult,
) -> None:
    officer = uk.framework.roles["chief-technology-officer"]
    assert (officer.track, officer.level) == (None, None)
    assert {one.step for one in officer.requirements} == {None}
    assert not any(
        "NOT IN USE" in text for text in render_native(uk.framework).values()
    )


def test_esco_counts() -> None:
    result = imported("esco")
    counts = stats(result.framework)
    assert (counts["competency_domains"], counts["competencies"]) == (656, 452)
    assert result.report.counts["duplicate_rows"] == 21
    linked = [
        one
        for one in result.framework.competencies.values()
        if one.domain and one.broader
    ]
    assert len(linked) == 22


def test_onet_counts() -> None:
    result = imported("onet")
    counts = stats(result.framework)
    assert (counts["roles"], counts["roles_without_track"]) == (1016, 1016)
    assert result.report.counts["roles_without_job-zone"] == 93
    moves = result.framework.moves.values()
    assert len(moves) == 18_460
    assert all(move.rank is not None and move.tier for move in moves)
    assert "11-1011-00" in result.framework.roles


@pytest.mark.parametrize("name", ["uk-gdd", "esco"])
def test_shuffled_rows_give_the_same_bytes(name: str, tmp_path: Path) -> None:
    for path in (DATA / FOLDERS[name]).glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        random.Random(7).shuffle(rows)  # noqa: S311 - no secret is made
        shuffled = io.StringIO(newline="")
        csv.writer(shuffled).writerows([header, *rows])
        (tmp_path / path.name).write_text(
            shuffled.getvalue(), encoding="utf-8", newline=""
        )
    plain, again, turned = imported(name), _import(name), _import(name, tmp_path)
    assert render_native(again.framework) == render_native(plain.framework)
    assert render_native(turned.framework) == render_native(plain.framework)
    assert turned.report.counts == plain.report.counts
