"""People attest, contribute, certify and withdraw at the prompt."""

from __future__ import annotations

from typing import Any

import pytest
from cli_stage import ADA, FRAMEWORK, HRIS, LMS, Answer, Stage, changed

from connector.kit.values import SourcePerson
from connector.runtime.ground import ground_of
from connector.runtime.home import now, open_home
from connector.runtime.instance import open_instance
from connector.store import people

BO = "0001001"
MORE = """\
certifications: [{key: skipper, name: Day skipper, valid_months: 24}]
"""
EXAM = """\
  - key: exam
    name: Exam
    activities:
      - {key: exam, name: Exam, certification: skipper, gives: {sails: high}}
"""


@pytest.fixture
def ready(jobframe: Stage) -> Stage:
    """Both systems are connected; Ada and Bo work here."""
    jobframe.connect(LMS)
    jobframe.connect(HRIS)
    jobframe.release(FRAMEWORK + EXAM + MORE)
    jobframe.ok("people", "sync", HRIS)
    bo = SourcePerson(
        source_id="wid-bo", employee_id=BO, name="Bo Boss", email="bo@example.com"
    )
    with open_instance(open_home(None), now) as instance:
        ground = ground_of(instance)
        with instance.database.write() as conn:
            people.save(
                conn,
                HRIS,
                [bo],
                tombstones=ground.tombstones,
                new_id=ground.new_id,
                at=now(),
            )
    return jobframe


def attest(stage: Stage, *more: str) -> Answer:
    given = ("knots", "high", "--note", "Ties them at night", *more)
    return stage("evidence", "attest", ADA.employee_id, *given)


def shown(stage: Stage) -> Any:
    return stage.json("evidence", "show", ADA.employee_id)


def test_an_attestation_is_evidence_and_can_be_withdrawn(ready: Stage) -> None:
    answer = attest(ready, "--as", "bo", "--on", "2026-03-01", "--link", "https://x.y")
    assert answer.code == 0, answer.err
    assert "1 new pieces of evidence" in answer.out
    assert "told before" in attest(ready, "--as", "bo", "--on", "2026-03-01").out
    (one,) = shown(ready)["evidence"]
    assert (one["competency"], one["basis"], one["withdrawn_on"]) == (
        "knots",
        "attestation",
        None,
    )
    number = str(one["number"])
    told = ready.json("evidence", "withdraw", number, "--reason", "Mixed up")
    assert told["people"] == 1
    assert shown(ready)["evidence"][0]["withdrawn_on"]
    assert "withdrawn" in ready.ok("evidence", "show", ADA.employee_id).out


def test_nobody_attests_for_themselves(ready: Stage) -> None:
    answer = attest(ready, "--as", "ada@example.com")
    assert answer.code == 2
    assert "nobody tells anything about themselves" in answer.err


def test_contributions_and_certificates_are_recorded(ready: Stage) -> None:
    who = (ADA.employee_id,)
    by = ("--as", "bo", "--on", "2026-03-01")
    given = ("--words", "Knots for beginners", "--activity", "knots")
    found = ready.json("evidence", "contribute", *who, "teaching", *given, *by)
    assert (found["contributions"], found["evidence"]) == (1, 1)
    # No level of this framework asks for it: that is said.
    assert "contributions: {teaching: 1}" in " ".join(found["notes"])
    ready.ok("evidence", "certify", *who, "Day Skipper", *by)
    ready.ok("evidence", "certify", *who, "skipper", "--expires", "2030-01-01", *by)
    value = shown(ready)
    (contribution,) = value["contributions"]
    assert contribution["words"] == "Knots for beginners"
    assert {each["expires_on"] for each in value["evidence"]} == {None, "2028-03-01"}
    number = str(contribution["number"])
    ready.ok("evidence", "withdraw", "--contribution", number, "--reason", "Not held")
    assert ready("evidence", "withdraw", "--reason", "Nothing named").code == 2
    assert "contribution 1" in ready.ok("evidence", "show", ADA.employee_id).out


def test_mutual_words_are_flagged(ready: Stage) -> None:
    attest(ready, "--as", "bo")
    given = ("knots", "low", "--note", "Good", "--as", "ada@example.com")
    answer = ready.ok("evidence", "attest", BO, *given)
    assert "You two vouched for one another" in answer.err
    assert "Flagged:" in ready.ok("evidence", "show", ADA.employee_id).out


def test_a_file_is_read_whole_or_not_at_all(ready: Stage) -> None:
    head = "person,certification,on\n"
    wrong = ready.write("c.csv", f"{head}{BO},skipper,soon\nx,skipper,2026-03-01\n")
    answer = ready("evidence", "load", "certificates", wrong)
    assert answer.code == 3
    assert "c.csv:2: column on: “soon” is no date" in answer.err
    assert "c.csv:3: column person" in answer.err
    right = ready.write(
        "c.csv", f"{head}{BO},skipper,2026-03-01\n{BO},Diver,2026-03-01"
    )
    first = ready.json("evidence", "load", "certificates", right)
    assert (first["facts"], first["evidence"]) == (2, 1)
    assert ready.json("evidence", "load", "certificates", right)["facts"] == 0
    (left,) = ready.json("evidence", "unmatched")
    assert left["line"] == "certifications: name: Diver"
    assert "name: Diver" in ready.ok("evidence", "unmatched").out


def test_what_would_take_much_back_waits_for_a_person(ready: Stage) -> None:
    head = "person,certification,on,revoked\n"
    rows = ready.write("r.csv", f"{head}{BO},skipper,2026-03-01,2026-04-01\n")
    shown_lines = ready.ok("evidence", "load", "certificates", rows).out
    assert "evidence withdrawals" in shown_lines
    waits = ready.json("evidence", "withdrawals")
    assert waits == {
        "waiting": 1,
        "withdrawn": 0,
        "objects": {"certificate skipper": 1},
    }
    assert ready("evidence", "withdrawals", LMS, "--refuse").code == 2
    assert "1 pieces" in ready.ok("evidence", "withdrawals", "--confirm").out
    assert ready.json("evidence", "withdrawals")["waiting"] == 0


def test_telling_needs_evidence_switched_on(jobframe: Stage) -> None:
    jobframe.connect(HRIS, evidence={})
    jobframe.release()
    answer = attest(jobframe, "--as", "bo")
    assert answer.code == 2
    assert "evidence is switched off" in answer.err


def test_rules_that_carry_evidence_over_are_shown_as_a_difference(
    ready: Stage,
) -> None:
    before = ready.framework(FRAMEWORK)
    after = ready.framework(
        changed(FRAMEWORK, "pathways:\n", "carry_over:\n" + RULE + "pathways:\n"),
        "after",
    )
    told = ready.ok("framework", "diff", before, after).out
    assert "carry-over" in told
    assert "hitches" in told


RULE = """\
  - {key: hitches, name: Hitches are knots, from: hitches, to: {knots: {ok: low}}}
"""
