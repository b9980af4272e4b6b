"""Nobody outside the scope is anywhere; who is erased is gone and stays away."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from cli_stage import ADA, HRIS, LMS, Stage
from privacy_stage import (
    CREW,
    OTTO,
    connect,
    learn,
    start,
    trace_of,
    walk,
    words_of,
)

from connector.runtime.home import now, open_home
from connector.runtime.instance import open_instance
from connector.store import people

BEA = CREW[1]


@pytest.fixture
def crew(jobframe: Stage, caplog: pytest.LogCaptureFixture) -> Stage:
    """Two people within the scope and one outside; all learned something."""
    for name in ("connector", "adapters"):
        caplog.set_level(logging.DEBUG, logger=name)
    start(jobframe)
    learn(jobframe)
    return jobframe


def known(stage: Stage) -> list[str]:
    """Return the employee ids that are known."""
    del stage
    with (
        open_instance(open_home(None), now) as instance,
        instance.database.read() as conn,
    ):
        return sorted(each.employee_id for each in people.all(conn))


def our_id(employee_id: str) -> str:
    with (
        open_instance(open_home(None), now) as instance,
        instance.database.read() as conn,
    ):
        (found,) = people.with_employee_id(conn, employee_id)
        return found.id


def test_nobody_outside_the_scope_is_in_a_table_a_log_an_output_or_an_export(
    crew: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    assert known(crew) == [ADA.employee_id, BEA.employee_id]
    named = words_of(OTTO)
    walked = 0
    for typed, answer in walk(crew, ADA.employee_id):
        walked += 1
        said = answer.out + answer.err
        assert not [each for each in named if each in said], typed
    assert walked > 50
    crew.ok("people", "list", "--personal")
    out = crew.folder / "out"
    crew.ok("privacy", "export", ADA.employee_id, "--to", out)
    crew.ok("config", "export", crew.folder / "documents")
    written = [*out.rglob("*"), *(crew.folder / "documents").rglob("*")]
    files = "".join(each.read_text("utf-8") for each in written if each.is_file())
    assert ADA.family_name in files
    assert not [each for each in named if each in files + caplog.text]
    assert trace_of(crew, named) == set()
    # Logs name nobody at all.
    assert not [each for each in words_of(ADA) if each in caplog.text]


def test_a_narrower_scope_erases_after_a_look(crew: Stage) -> None:
    connect(crew, HRIS, "Crew", "Quay")
    crew.ok("people", "sync", HRIS, "--full")
    crew.ok("evidence", "collect", LMS)
    assert OTTO.employee_id in known(crew)
    assert {"persons.name", "facts.employee_id"} <= trace_of(crew, words_of(OTTO))
    connect(crew, HRIS, "Crew")
    looked = crew.json("privacy", "narrow", HRIS)
    assert (looked["outside"], looked["erased"]) == (1, False)
    assert looked["rows"]["facts"] == 2
    assert OTTO.employee_id in known(crew)
    refused = crew("privacy", "narrow", HRIS, "--apply")
    assert (refused.code, "1 of 3 people" in refused.err) == (4, True)
    done = crew.json("privacy", "narrow", HRIS, "--apply", "--accept-many")
    assert (done["rows"], done["erased"]) == (looked["rows"], True)
    assert trace_of(crew, words_of(OTTO)) == set()
    assert crew.json("privacy", "narrow", HRIS)["outside"] == 0
    # The same LMS tells of the same person: nothing of it is kept.
    crew.ok("evidence", "collect", LMS)
    assert trace_of(crew, words_of(OTTO)) == set()
    # Within the scope again, the person is read like a new colleague.
    connect(crew, HRIS, "Crew", "Quay")
    crew.ok("people", "sync", HRIS, "--full")
    assert crew.json("evidence", "collect", LMS)["evidence"] == 1
    crew.ok("audit", "verify")


def bring_up(stage: Stage) -> None:
    """Let Ada act, be judged, choose, be proposed and be asked about."""
    own = ADA.employee_id
    stage.ok("readiness", "target", own, "mate")
    stage.ok("readiness", "judge", own, "knots", "agree", "--as", "maria")
    stage.ok("readiness", "judge", BEA.employee_id, "knots", "agree", "--as", own)
    stage.ok("readiness", "compute")
    stage.ok("people", "list", "--personal", "--as", ADA.email)
    stage.ok("runs", "list")


def test_what_is_held_of_a_person_can_be_read_and_goes_as_a_whole(
    crew: Stage,
) -> None:
    bring_up(crew)
    person = our_id(ADA.employee_id)
    named = [*words_of(ADA), person]
    told = crew.json("privacy", "export", ADA.employee_id)
    before = trace_of(crew, named)
    held = {place.partition(".")[0] for place in before if "." in place}
    said = {*told["held"], *(each["table"] for each in told["named_in"])}
    signed = {name.partition(".")[0] for name in told["signed"]}
    assert held - {"home", "jobframe"} <= {*said, *signed, *_FILES}
    page = crew.folder / "out" / "data.html"
    crew.ok("privacy", "export", ADA.employee_id, "--to", crew.folder / "out")
    assert ADA.email in page.read_text("utf-8")
    looked = crew.json("privacy", "erase", ADA.employee_id)
    assert not looked["erased"]
    assert trace_of(crew, named) >= before
    head = crew.json("audit", "head")
    done = crew.json("privacy", "erase", ADA.employee_id, "--apply", "--as", "maria")
    assert done["erased"]
    assert {*done["rows"]} >= {*told["held"]} - {"readiness_due"}
    assert {each["kind"] for each in done["left_in_targets"]} == {"dispatch"}
    assert trace_of(crew, named) == set()
    # Beatrice's manager is nobody now; what Ada judged of her still counts.
    assert BEA.employee_id in known(crew)
    pinned = f"{head['entries']}:{head['hash']}"
    assert crew.json("audit", "verify", "--head", pinned)["is_whole"]


#: Files of the instance, not tables.
_FILES = ("jobframe",)


def test_an_erased_person_comes_back_through_no_source(crew: Stage) -> None:
    crew.ok("privacy", "erase", ADA.employee_id, "--apply")
    crew.ok("people", "sync", HRIS, "--full")
    crew.ok("evidence", "collect", LMS)
    site: Any = crew.sandboxes[LMS]
    site.site.complete_course(ADA.employee_id, "KNOT-101", now())
    crew.ok("evidence", "collect", LMS)
    sheet = "username,idnumber,course,completed\nada,{},KNOT-101,2026-04-01 10:00\n"
    path = crew.write("learning.csv", sheet.format(ADA.employee_id))
    crew("evidence", "import", LMS, path, "--time-zone", "Europe/Warsaw")
    crew.ok("readiness", "compute")
    crew.ok("evidence", "send", HRIS)
    assert known(crew) == [BEA.employee_id]
    assert trace_of(crew, words_of(ADA)) == set()


def test_a_legal_hold_keeps_a_person_until_it_is_released(crew: Stage) -> None:
    crew.ok("privacy", "hold", ADA.employee_id, "--reason", "case 12/2026")
    for more in ((), ("--apply",)):
        answer = crew("privacy", "erase", ADA.employee_id, *more)
        assert (answer.code, "case 12/2026" in answer.err) == (2, True)
    (held,) = crew.json("privacy", "holds")
    assert held["reason"] == "case 12/2026"
    connect(crew, HRIS, "Quay")
    command = ("privacy", "narrow", HRIS, "--apply", "--accept-many")
    narrowed = crew.json(*command)
    assert (narrowed["outside"], len(narrowed["held"])) == (1, 1)
    assert known(crew) == [ADA.employee_id]
    crew.ok("privacy", "release-hold", ADA.employee_id)
    assert crew("privacy", "release-hold", ADA.employee_id).code == 2
    crew.ok(*command)
    assert known(crew) == []
    crew.ok("audit", "verify")


def test_somebody_named_sees_own_data_and_that_of_reports_only(crew: Stage) -> None:
    def sees(who: str) -> set[str]:
        found = crew.json("people", "list", "--personal", "--as", who)
        return {each["employee_id"] for each in found["persons"]}

    ada, bea = ADA.employee_id, BEA.employee_id
    assert sees(BEA.email) == {bea}
    assert sees(ADA.email) == {ada, bea}
    answer = crew("people", "show", ada, "--as", BEA.email)
    assert (answer.code, "is not shown" in answer.err) == (2, True)
    assert crew("privacy", "export", ada, "--as", BEA.email).code == 2
    crew.ok("privacy", "export", bea, "--as", BEA.email)
    for command in ("readiness", "evidence"):
        assert crew(command, "show", ada, "--as", BEA.email).code == 2
        crew.ok(command, "show", ada, "--as", ADA.email)
    listed = crew.json("readiness", "list", "--as", BEA.email)
    assert {each["person_id"] for each in listed} == {our_id(bea)}
    connect(crew, HRIS, "Crew", visibility={"hr": {"maria": {"countries": ["PL"]}}})
    assert sees("maria") == set()
    connect(crew, HRIS, "Crew", visibility={"hr": {"maria": {}}})
    assert sees("maria") == {ada, bea}
    assert sees("somebody") == set()


def test_a_mentor_sees_what_the_mentee_shares_and_no_longer(crew: Stage) -> None:
    purpose = {"purpose": "shows people roles near their own"}
    connect(crew, HRIS, "Crew", suggestions=purpose, readiness=purpose)
    ada, bea = ADA.employee_id, BEA.employee_id
    shown = ("readiness", "show", ada, "--as", BEA.email)
    assert crew(*shown).code == 2
    crew.ok("mobility", "share", ada, bea, "growth")
    crew.ok(*shown)
    assert crew("privacy", "export", ada, "--as", BEA.email).code == 2
    crew.ok("mobility", "share", ada, bea, "growth", "--stop")
    assert crew(*shown).code == 2


def test_an_audit_that_was_cut_short_shows_by_its_exported_head(crew: Stage) -> None:
    pinned = crew.ok("audit", "head").out.strip()
    crew.ok("audit", "verify", "--head", pinned)
    number = pinned.partition(":")[0]
    assert crew("audit", "verify", "--head", f"{number}:{'0' * 64}").code == 2
    assert crew("audit", "verify", "--head", "nonsense").code == 2
    path = crew.folder / "head.txt"
    crew.ok("audit", "head", "--to", path)
    assert path.read_text("utf-8").strip() == pinned
    assert json.loads(crew("audit", "verify", "--json").out)["is_whole"]
