"""People on profiles outside the framework: counted, put on a sheet, converted."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cli_stage import HRIS, Stage
from foreign_tenant import EMPTY, connect_running, connect_tenant, worker

from adapters.workday.sandbox import JobFamilySeed, JobProfileSeed

_ORGANISATIONS = ("Deck",) * 6 + ("Galley",) * 2 + ("Bridge",) * 3
TENANT = replace(
    EMPTY,
    job_families=(JobFamilySeed("SAILING", "Sailing"),),
    job_profiles=(
        JobProfileSeed("MATE", "Mate", ("SAILING",)),
        JobProfileSeed("FIRST", "First Mate"),
    ),
    workers=(
        *(worker(number, "MATE", "Deck") for number in range(1, 4)),
        *(
            worker(number, "FIRST", organisation)
            for number, organisation in enumerate(_ORGANISATIONS, 10)
        ),
    ),
)


@pytest.fixture
def ready(jobframe: Stage) -> Stage:
    """A tenant that was imported and adopted; one profile lies in no family."""
    connect_tenant(jobframe, TENANT)
    jobframe.ok("framework", "import", "--from", HRIS, "own")
    jobframe.ok("framework", "release", "own")
    jobframe.ok("findings", "decide", HRIS, "adopt")
    jobframe.ok("apply", HRIS)
    jobframe.ok("people", "sync", HRIS)
    return jobframe


def _sheet(jobframe: Stage) -> list[dict[str, str]]:
    jobframe.ok("people", "coverage", "--sheet", "sheet.csv")
    text = Path("sheet.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def _save(rows: list[dict[str, str]]) -> Path:
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    Path("sheet.csv").write_text(made.getvalue(), encoding="utf-8")
    return Path("sheet.csv")


def test_who_is_outside_is_counted_by_organisation_and_few_are_not_told(
    ready: Stage,
) -> None:
    told = ready.json("people", "coverage")

    assert (told["workers"], told["outside"]) == (14, 11)
    assert told["by_organisation"] == [
        {"name": "Deck", "people": 6},
        {"name": "", "people": 5},
    ]
    assert told["open_positions"] is None
    assert any("which positions are open" in note for note in told["notes"])
    assert any("open reviews" in note for note in told["notes"])
    answer = ready.ok("people", "coverage")
    assert "14 people are active; 11 of them work on profiles outside" in answer.out
    assert "Worker" not in answer.out


def test_open_reviews_of_people_outside_are_counted_where_they_can_be_read(
    ready: Stage,
) -> None:
    running: Any = ready.sandboxes[HRIS]
    report = {"report": {"owner": "hr_reports", "name": "Job_Framework_Reviews"}}
    settings = {**running.oauth_settings(), "reviews": report}
    connect_running(ready, running, settings=settings)
    desk = running.tenant.reviews
    desk.add_template("ANNUAL")
    period = (date(2026, 1, 1), date(2026, 12, 31))
    deck = [f"{number:05}" for number in range(10, 16)]
    desk.launch("ANNUAL", "ANNUAL", *period, [*deck, "00001"])

    told = ready.json("people", "coverage")

    assert told["open_reviews"] == 6
    assert told["reviews_by_organisation"] == [{"name": "Deck", "people": 6}]
    shown = ready.ok("people", "coverage").out
    assert "Open reviews of people outside the framework: 6." in shown


def test_a_filled_sheet_becomes_drafts_that_somebody_else_approves(
    ready: Stage,
) -> None:
    tenant = ready.sandboxes[HRIS].tenant  # type: ignore[attr-defined]
    rows = _sheet(ready)
    assert {row["suggested_role"] for row in rows} == {"mate"}
    assert {row["why"] for row in rows} == {"titles share: mate"}
    rows[0]["decision"], rows[1]["decision"] = "yes", "mate"
    rows[2]["decision"] = "keep"

    counts = ready.json("people", "convert", _save(rows), "--as", "ada")

    assert counts == {"drafted": 2, "withdrawn": 0, "undecided": 8}
    again = ready.json("people", "convert", "sheet.csv", "--as", "ada")
    assert again == {"drafted": 0, "withdrawn": 0, "undecided": 8}
    rows[1]["decision"] = "keep"
    changed = ready.json("people", "convert", _save(rows), "--as", "ada")
    assert changed == {"drafted": 0, "withdrawn": 1, "undecided": 8}

    own = ready("people", "conversions", "1", "--decide", "approve", "--as", "ada")
    assert own.code == 2
    assert "ada drafted conversion 1 and cannot approve it" in own.err
    ready.ok("people", "conversions", "1", "--decide", "approve", "--as", "eve")
    twice = ready("people", "conversions", "1", "--decide", "decline", "--as", "eve")
    assert "1 is no conversion that waits for a decision" in twice.err
    listed = ready.json("people", "conversions")
    assert [(one["state"], one["role"], one["decided_by"]) for one in listed] == [
        ("approved", "mate", "eve"),
        ("withdrawn", "mate", "ada"),
    ]
    assert not any(entry.is_write for entry in tenant.log)


def test_a_sheet_with_a_problem_changes_nothing(ready: Stage) -> None:
    rows = _sheet(ready)
    rows[0]["decision"], rows[1]["decision"] = "mate", "captain"

    answer = ready("people", "convert", _save(rows))

    assert answer.code == 3
    assert "sheet.csv:3, column decision: “captain” is no role" in answer.err
    assert ready.json("people", "conversions") == []
