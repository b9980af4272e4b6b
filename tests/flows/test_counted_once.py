"""One finished course that rates a competency and completes a rule counts once."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from cli_stage import ADA, FRAMEWORK, HRIS, LMS, Stage, changed

from connector.kit.values import RatingOrigin
from connector.runtime.home import open_home
from connector.store import tables
from connector.store.database import open_database

#: The course proves the upper step: Moodle's rule proves the lower one by itself.
UPPER = changed(FRAMEWORK, "gives: {knots: low}", "gives: {knots: high}")
ACCEPTING = changed(
    UPPER, "{key: high, name: High}", "{key: high, name: High, accepts: [learning]}"
)


def rated(stage: Stage) -> set[str]:
    """Return what made ratings in the LMS, as far as they were read."""
    database = open_database(open_home(None).database)
    with database.read() as conn:
        rows = conn.execute(tables.known_ratings.select()).all()
    database.close()
    assert stage.sandboxes
    return {row.origin for row in rows}


@pytest.mark.parametrize("order", list(itertools.permutations(["collect", "send"])))
def test_one_fact_one_evidence_one_dispatch(
    jobframe: Stage, order: tuple[str, ...]
) -> None:
    jobframe.connect(LMS)
    jobframe.connect(HRIS)
    jobframe.release(ACCEPTING)
    for name in (LMS, HRIS):
        jobframe.ok("apply", name, "--yes")
    jobframe.ok("people", "sync", HRIS)
    jobframe.learn("KNOT-101")
    names = {"collect": LMS, "send": HRIS}
    found = [(step, jobframe.json("evidence", step, names[step])) for step in order * 3]
    collected = [each for step, each in found if step == "collect"]
    assert [each["facts"] for each in collected] == [1, 0, 0]
    assert [each["evidence"] for each in collected] == [1, 0, 0]
    assert rated(jobframe) == {RatingOrigin.COURSE, RatingOrigin.RULE}
    jobframe.ok("evidence", "send", HRIS)
    (held,) = jobframe.json("evidence", "show", ADA.employee_id)["evidence"]
    assert (held["competency"], held["step"]) == ("knots", "high")
    assert jobframe.json("evidence", "list")["dispatches"] == {"confirmed": 1}
    tenant: Any = jobframe.sandboxes[HRIS]
    assert len(tenant.tenant.trainings_of(ADA.employee_id)) == 1
