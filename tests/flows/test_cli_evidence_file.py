"""Completed learning comes in a file, for an LMS without web services."""

from __future__ import annotations

import pytest
from cli_stage import ADA, HRIS, LMS, Stage

HEAD = "idnumber,course idnumber,time completed\n"
AT = "2026-03-02T10:30:00+01:00"
#: When `Stage.learn` lets the first course be finished.
LEARNED_AT = "2026-03-01T09:00:30Z"
ROW = f"{ADA.employee_id},KNOT-101,{AT}\n"


@pytest.fixture
def ready(jobframe: Stage) -> Stage:
    """Both systems are connected, the release is in effect, the people are read."""
    jobframe.connect(LMS)
    jobframe.connect(HRIS)
    jobframe.release()
    jobframe.ok("apply", HRIS, "--yes")
    jobframe.json("people", "sync", HRIS)
    return jobframe


def counted(stage: Stage, text: str, *more: str) -> tuple[int, int]:
    """Import a file and return how many facts and pieces of evidence it gave."""
    path = stage.write("learned.csv", text)
    found = stage.json("evidence", "import", LMS, path, *more)
    return found["facts"], found["evidence"]


def test_a_file_becomes_evidence_and_is_sent_once(ready: Stage) -> None:
    assert counted(ready, HEAD + ROW + ROW) == (1, 1)
    # Imported again, and once more within another file.
    assert counted(ready, HEAD + ROW) == (0, 0)
    assert counted(ready, HEAD + ROW + f"{ADA.employee_id},YOGA,{AT}\n") == (1, 0)
    assert ready.json("evidence", "send", HRIS)["confirmed"] == 1


def test_a_course_taken_again_is_told_again(ready: Stage) -> None:
    again = f"{ADA.employee_id},KNOT-101,2026-06-02T10:30:00Z\n"
    assert counted(ready, HEAD + ROW + again) == (2, 2)


def test_what_a_file_told_is_not_new_when_the_lms_tells_it_later(ready: Stage) -> None:
    ready.learn("KNOT-101")
    completed = ready.json("evidence", "collect", LMS)
    assert completed["facts"] == 1
    assert counted(ready, HEAD + f"{ADA.employee_id},KNOT-101,{LEARNED_AT}\n") == (
        0,
        0,
    )


def test_what_the_lms_tells_is_not_new_when_a_file_told_it(ready: Stage) -> None:
    ready.learn("KNOT-101")
    row = f"{ADA.employee_id},KNOT-101,{LEARNED_AT}\n"
    assert counted(ready, HEAD + row) == (1, 1)
    assert ready.json("evidence", "collect", LMS)["facts"] == 0
    assert ready.json("evidence", "send", HRIS)["confirmed"] == 1


def test_every_mistake_is_named_and_nothing_is_stored(ready: Stage) -> None:
    path = ready.write(
        "learned.csv",
        f"{HEAD}{ROW}0021001,,{AT}\n0021001,KNOT-101,yesterday\n"
        "0021001,KNOT-101,2026-03-02 10:30\n0021001\n0021001,YOGA,2099-01-01T00:00Z\n",
    )
    answer = ready("evidence", "import", LMS, path, "--json")
    assert answer.code == 3
    places = [problem["place"] for problem in answer.error["problems"]]
    assert places == [f"{path}:{line}" for line in (3, 4, 5, 6, 7)]
    assert ready.json("evidence", "list")["evidence"] == {}
    assert counted(ready, HEAD + ROW) == (1, 1)


def test_times_without_a_zone_need_one(ready: Stage) -> None:
    text = f"{HEAD}{ADA.employee_id},KNOT-101,2026-03-02 10:30\n"
    assert counted(ready, text, "--time-zone", "Europe/Warsaw") == (1, 1)
    assert counted(ready, HEAD + ROW) == (0, 0)
    path = ready.write("learned.csv", text)
    wrong = ready("evidence", "import", LMS, path, "--time-zone", "Mars/Base")
    assert (wrong.code, "Mars/Base" in wrong.err) == (2, True)


def test_the_hris_reads_no_files_and_evidence_must_be_switched_on(ready: Stage) -> None:
    path = ready.write("learned.csv", HEAD + ROW)
    assert "reads no files of learning" in ready("evidence", "import", HRIS, path).err
    assert ready("evidence", "import", "nowhere", path).code == 2
    assert ready("evidence", "import", LMS, ready.folder / "none.csv").code == 2
