"""Promises 5 and 8 where people are concerned.

No withdrawal from a partial read; past evidence never changes.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli_stage import FRAMEWORK, HRIS, LMS, Stage, changed

from connector.runtime.home import now, open_home
from connector.runtime.instance import open_instance
from connector.store import tables, tables_talent

PURPOSE = {"purpose": "shows people what the next step takes"}


@pytest.fixture
def crew(jobframe: Stage) -> Stage:
    """Ada learned in Moodle, and what she learned is evidence."""
    jobframe.connect(HRIS, readiness=PURPOSE)
    jobframe.connect(LMS)
    jobframe.release()
    jobframe.ok("apply", HRIS, "--yes")
    jobframe.ok("apply", LMS, "--yes")
    jobframe.ok("people", "sync", HRIS)
    jobframe.learn("KNOT-101")
    jobframe.ok("evidence", "collect", LMS)
    assert len(rows(jobframe, tables.evidence)) == 1
    return jobframe


def rows(stage: Stage, table: Any) -> list[tuple[Any, ...]]:
    """Return every row of a table, the oldest first."""
    with (
        open_instance(open_home(str(stage.folder / "home"), {}), now) as instance,
        instance.database.read() as conn,
    ):
        order = list(table.primary_key.columns)
        return [tuple(row) for row in conn.execute(table.select().order_by(*order))]


def completions(stage: Stage) -> Any:
    running: Any = stage.sandboxes[LMS]
    return running.site


def test_what_the_lms_no_longer_shows_withdraws_nothing(crew: Stage) -> None:
    """Promise 5: a row that is gone, as after a clean-up, is no positive act."""
    before = rows(crew, tables.evidence)
    site = completions(crew)
    with site.lock:
        gone = [row["id"] for row in site.state.completions]
        for each in gone:
            site.state.completions.remove(each)
    assert gone
    crew.ok("evidence", "collect", LMS)
    assert rows(crew, tables.evidence) == before
    assert rows(crew, tables_talent.withdrawals) == []
    assert rows(crew, tables_talent.revocations) == []


@pytest.mark.parametrize(
    "text",
    [
        changed(FRAMEWORK, "gives: {knots: low}", "gives: {knots: high}"),
        changed(FRAMEWORK, "course: KNOT-101, gives: {knots: low}", "course: OTHER"),
        FRAMEWORK.replace("knots: low, sails: high", "sails: high"),
        changed(FRAMEWORK, "{key: low, name: Low}", "{key: low, name: Least}"),
    ],
    ids=["other step", "other course", "not asked for", "other word"],
)
def test_a_change_of_the_framework_rewrites_no_evidence(crew: Stage, text: str) -> None:
    """Promise 8: achieved stays achieved; what comes on top are rows of their own."""
    before = rows(crew, tables.evidence), rows(crew, tables.facts)
    crew.release(text)
    crew.ok("evidence", "collect", LMS)
    crew.ok("readiness", "compute")
    after = rows(crew, tables.evidence), rows(crew, tables.facts)
    kept = len(before[0])
    assert after[0][:kept] == before[0]
    assert told(after[1]) == told(before[1])
    assert rows(crew, tables_talent.withdrawals) == []


def test_a_withdrawal_is_a_row_of_its_own(crew: Stage) -> None:
    """Promise 8: what is taken back stays on record as it was."""
    before = rows(crew, tables.evidence)
    number = str(before[0][0])
    crew.ok("evidence", "withdraw", number, "--reason", "copied", "--as", "maria")
    assert rows(crew, tables.evidence) == before
    (withdrawn,) = rows(crew, tables_talent.withdrawals)
    assert withdrawn[0] == before[0][0]
    crew.ok("evidence", "collect", LMS)
    assert rows(crew, tables.evidence) == before


def told(facts: list[tuple[Any, ...]]) -> list[str]:
    """Return facts without the note of which framework they were judged by."""
    judged = list(tables.facts.c.keys()).index("judged_as")
    return [
        json.dumps([str(cell) for place, cell in enumerate(row) if place != judged])
        for row in facts
    ]
