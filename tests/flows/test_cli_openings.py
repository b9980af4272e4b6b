"""Open positions from the HRIS: in the coverage, on roles, on the map, as a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from cli_stage import FRAMEWORK, HRIS, LMS, Stage
from foreign_tenant import EMPTY, connect_running, connect_tenant, worker

from adapters.workday.sandbox import (
    JobFamilySeed,
    JobProfileSeed,
    OrganizationSeed,
    PositionSeed,
)

TENANT = replace(
    EMPTY,
    job_families=(JobFamilySeed("SAILING", "Sailing"),),
    job_profiles=(
        JobProfileSeed("MATE", "Mate", ("SAILING",)),
        JobProfileSeed("COOK", "Cook", ("SAILING",)),
        JobProfileSeed("FIRST", "First Mate"),
    ),
    organizations=(
        OrganizationSeed("SHIP", "Ship"),
        OrganizationSeed("DECK", "Deck", "SHIP"),
        OrganizationSeed("SHORE", "Shore"),
    ),
    workers=tuple(worker(number, "MATE", "DECK") for number in range(1, 4)),
    positions=(
        PositionSeed(
            "P-1",
            ("MATE",),
            "DECK",
            ("Warsaw",),
            country="POL",
            available_on=date(2026, 2, 1),
        ),
        PositionSeed("P-2", ("MATE",), "DECK", ("London",)),
        PositionSeed("P-3", ("FIRST",), "DECK", ("London",)),
        PositionSeed("P-4", ("FIRST",), "SHORE", ("London",)),
        PositionSeed("P-5", (), "DECK", ("London",)),
    ),
)
MATES = {"positions": 2, "places": {"London": 1, "Warsaw": 1}}


def _connect(stage: Stage, **more: Any) -> None:
    running: Any = stage.sandboxes[HRIS]
    settings = {**running.settings(), "open_positions": True}
    connect_running(stage, running, settings=settings, **more)


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


def test_a_role_shows_how_many_positions_are_open_and_where(ready: Stage) -> None:
    _connect(ready)
    told = ready.json("mobility", "role", "mate")
    assert (told["open_positions"], told["notes"]) == (MATES, [])
    answer = ready.ok("mobility", "role", "mate")
    assert "Open positions: 2, London 1, Warsaw 1\n" in answer.out
    assert "Open positions: 0\n" in ready.ok("mobility", "role", "cook").out


def test_the_map_shows_the_roles_with_open_positions(ready: Stage) -> None:
    _connect(ready)
    assert ready.json("mobility", "map")["open_positions"] == {"mate": MATES}
    assert "  Mate [mate]: 2, London 1, Warsaw 1\n" in ready.ok("mobility", "map").out


def test_a_draft_in_a_folder_asks_no_hr_system(ready: Stage) -> None:
    _connect(ready)
    tenant: Any = ready.sandboxes[HRIS]
    tenant.tenant.log.clear()
    told = ready.json("mobility", "map", "--framework", "own")
    assert (told["open_positions"], told["notes"]) == (None, [])
    assert tenant.tenant.log == []


def test_openings_are_listed_by_role_and_outside(ready: Stage) -> None:
    _connect(ready)
    answer = ready.ok("mobility", "openings")
    assert answer.out.splitlines() == [
        "Mate [mate]: 2, London 1, Warsaw 1",
        "  P-1, Deck, Warsaw, since 2026-02-01",
        "  P-2, Deck, London",
        "Outside the framework: 3, London 3",
        "  P-3, First Mate, Deck, London",
        "  P-4, First Mate, Shore, London",
        "  P-5, Deck, London",
    ]
    (first, _) = ready.json("mobility", "openings", "--role", "mate")["open_positions"]
    assert first == {
        "connection": HRIS,
        "position_id": "P-1",
        "roles": ["mate"],
        "profiles": ["Mate"],
        "organisation": "Deck",
        "place": "Warsaw",
        "open_since": "2026-02-01",
    }
    none = ready.ok("mobility", "openings", "--role", "cook")
    assert none.out == "No position is open.\n"
    wrong = ready("mobility", "openings", "--role", "mat")
    assert (wrong.code, "Did you mean mate?" in wrong.err) == (2, True)


def test_coverage_counts_those_outside_by_organisation(ready: Stage) -> None:
    _connect(ready)
    assert ready.json("people", "coverage")["open_positions"] == {
        "open": 5,
        "outside": 3,
        "by_organisation": {"Deck": 2, "Shore": 1},
    }
    answer = ready.ok("people", "coverage")
    head = "Open positions: 5; 3 of them on profiles outside the framework.\n"
    assert f"{head}           2  Deck\n           1  Shore\n" in answer.out


def test_what_is_outside_the_scope_shows_nowhere(ready: Stage) -> None:
    for scope, positions in (
        ({"organisations": ["SHIP"]}, ["P-1", "P-2", "P-3", "P-5"]),
        ({"countries": ["PL"]}, ["P-1"]),
    ):
        _connect(ready, scope=scope)
        told = ready.json("mobility", "openings")["open_positions"]
        assert [each["position_id"] for each in told] == positions


def test_where_it_is_not_set_up_one_line_says_how(ready: Stage) -> None:
    for arguments in (
        ("people", "coverage"),
        ("mobility", "role", "mate"),
        ("mobility", "map"),
        ("mobility", "openings"),
    ):
        assert ready.json(*arguments)["open_positions"] is None
        (line,) = [
            each
            for each in ready.ok(*arguments).out.splitlines()
            if "which positions are open" in each
        ]
        assert line.strip() == (
            "note: workday does not tell which positions are open: reading open"
            " positions is not switched on. Write `open_positions: true` into the"
            " settings of the connection and grant what `jobframe doctor` then names."
        )


def test_a_missing_right_is_a_note_and_fails_no_command(ready: Stage) -> None:
    _connect(ready)
    running: Any = ready.sandboxes[HRIS]
    running.tenant.permissions.revoke({("Worker Data: All Positions", "Get")})
    running.tenant.permissions.activate()
    told = ready.json("mobility", "role", "mate")
    assert told["open_positions"] is None
    (note,) = told["notes"]
    assert "no position at all" in note
    assert "Worker Data: All Positions" in note


def test_without_an_hr_system_a_line_says_so(jobframe: Stage) -> None:
    jobframe.release(FRAMEWORK)
    jobframe.connect(LMS)
    answer = jobframe.ok("mobility", "openings")
    assert answer.out == (
        "note: no connection is to an HR system that tells which positions are open\n"
    )
