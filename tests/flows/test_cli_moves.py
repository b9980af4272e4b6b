"""A move from a draft to the HRIS's decision, as people type it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli_stage import ADA, FRAMEWORK, HRIS, Stage, changed

from connector.runtime.home import now, open_home
from connector.runtime.instance import open_instance
from connector.runtime.jobs import JOBS
from connector.store import audit

MATE = """\
  - key: mate
    name: Mate
    family: sailing
    requirements: {knots: high}
pathways:
"""
REASON = "Event_Classification_Subcategory_ID=PROMOTION"
WHY = ("--reason", "Runs the watch already", "--change-reason", REASON)
ON = ("--on", "2026-07-01", "--connection", HRIS)
CHECK = "Time in level is two years."


@pytest.fixture
def ready(jobframe: Stage) -> Stage:
    """A tenant by token, whose job changes wait, with the framework written."""
    running: Any = jobframe.start(HRIS)
    running.tenant.needing_approval = {"Change Job"}
    document = {
        "adapter": HRIS,
        "settings": {**running.oauth_settings(), "change_job_checks": [CHECK]},
        "proposals": {"purpose": "prepares moves that people approve"},
        "secrets": {
            key: f"file:{jobframe.write(f'secrets/{key}', value)}"
            for key, value in running.secrets().items()
        },
    }
    path = jobframe.write(f"{HRIS}.yaml", json.dumps(document))
    jobframe.ok("config", "import", path)
    jobframe.release(changed(FRAMEWORK, "pathways:\n", MATE))
    jobframe.ok("apply", HRIS, "--yes")
    jobframe.ok("people", "sync", HRIS)
    return jobframe


def tenant(stage: Stage) -> Any:
    running: Any = stage.sandboxes[HRIS]
    return running.tenant


def draft(stage: Stage, *more: str) -> Any:
    command = ("moves", "draft", ADA.employee_id, "mate", *WHY, *ON, *more)
    return stage.json(*command, "--as", "maria")


def started(stage: Stage) -> Any:
    reference = draft(stage)["reference"]
    stage.ok("moves", "approve", reference, "--confirm-checks", "--as", "adam")
    return stage.json("moves", "start", reference, "--as", "adam")


def test_a_move_is_drafted_approved_started_and_decided(ready: Stage) -> None:
    proposal = draft(ready)
    reference = proposal["reference"]
    assert (proposal["state"], proposal["from_role"]) == ("draft", "sailor")
    assert (proposal["kind"], proposal["drafted_by"]) == ("lateral", "maria")
    shown = ready.json("moves", "show", reference)
    assert shown["preview"]["business_title"] == "Sailor"
    assert shown["preview"]["not_checked"] == [CHECK]
    assert f"confirm it: {CHECK}" in ready.ok("moves", "show", reference).out
    refused = ready("moves", "approve", reference, "--as", "adam")
    assert refused.code == 4
    assert CHECK in refused.err
    approved = ready.json(
        "moves", "approve", reference, "--confirm-checks", "--as", "adam"
    )
    assert (approved["state"], approved["confirmed"]) == ("approved", [CHECK])
    begun = ready.json("moves", "start", reference, "--as", "adam")
    assert begun["state"] == "started"
    (event,) = tenant(ready).events.events.values()
    assert event.instance.wid == begun["event"]
    assert reference in event.comment
    assert not event.is_auto_completed
    (waits,) = ready.json("moves", "follow")
    assert waits["state"] == "started"
    tenant(ready).approve_event(begun["event"], "Well done")
    (ended,) = ready.json("moves", "follow")
    assert (ended["state"], ended["result"]) == ("decided", "approved")
    assert ended["message"] == "Well done"
    assert ready.ok("moves", "list").out == "No move is proposed.\n"
    assert len(ready.json("moves", "list", "--all")) == 1


def test_the_pay_step_is_a_task_of_its_own(ready: Stage) -> None:
    reference = started(ready)["reference"]
    (task,) = ready.json("tasks", HRIS)
    assert task["title"] == "Compensation partner: decide the pay step"
    assert "changes no pay" in task["steps"]
    ready.ok("moves", "paid", reference, "--as", "cecile")
    assert ready.json("tasks", HRIS) == []


def test_a_denied_move_keeps_the_words_and_asks_for_no_pay(ready: Stage) -> None:
    begun = started(ready)
    tenant(ready).deny_event(begun["event"], "Not this year")
    (ended,) = ready.json("moves", "follow", begun["reference"])
    assert (ended["result"], ended["message"]) == ("denied", "Not this year")
    assert ready.json("tasks", HRIS) == []


def test_nobody_decides_about_themselves(ready: Stage) -> None:
    own = ADA.employee_id
    command = ("moves", "draft", own, "mate", *WHY, *ON)
    for name in (own, ADA.email, "ADA"):
        assert "their own move" in ready(*command, "--as", name).err
    reference = draft(ready)["reference"]
    for action in (
        ("approve", reference, "--confirm-checks"),
        ("decline", reference, "--reason", "no"),
    ):
        assert ready("moves", *action, "--as", own).code == 2
    ready.ok("moves", "approve", reference, "--confirm-checks", "--as", "adam")
    assert ready("moves", "start", reference, "--as", own).code == 2
    assert tenant(ready).events.events == {}


def test_a_declined_move_says_why_and_stays_declined(ready: Stage) -> None:
    reference = draft(ready)["reference"]
    after = ready.json(
        "moves", "decline", reference, "--reason", "Too early", "--as", "adam"
    )
    assert (after["state"], after["message"]) == ("declined", "Too early")
    answer = ready("moves", "approve", reference, "--confirm-checks")
    assert answer.code == 2
    assert "is declined, not draft" in answer.err


def test_a_move_that_would_be_refused_is_not_approved(ready: Stage) -> None:
    tenant(ready).begin_event(ADA.employee_id, "Change_Job")
    reference = draft(ready)["reference"]
    answer = ready("moves", "approve", reference, "--confirm-checks")
    assert answer.code == 4
    assert "Change Job" in answer.err
    assert "bars it" in ready.ok("moves", "show", reference).out


def test_one_move_of_a_person_is_under_way_at_a_time(ready: Stage) -> None:
    second = draft(ready)["reference"]
    ready.ok("moves", "approve", second, "--confirm-checks", "--as", "adam")
    started(ready)
    answer = ready("moves", "start", second, "--as", "adam")
    assert answer.code == 4
    assert len(tenant(ready).events.events) == 1


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.runtime.connections.time.sleep", lambda _: None)


@pytest.mark.usefixtures("_no_waiting")
def test_a_lost_answer_is_found_and_never_started_twice(ready: Stage) -> None:
    reference = draft(ready)["reference"]
    ready.ok("moves", "approve", reference, "--confirm-checks", "--as", "adam")
    tenant(ready).switches.lost_operation = "submit_job_change"
    tenant(ready).switches.lost_answers = 1
    answer = ready("moves", "start", reference, "--as", "adam", "--json")
    assert answer.code == 5
    assert "nobody knows yet" in answer.value["message"]
    (task,) = ready.json("tasks", HRIS)
    assert task["title"] == "Find out whether this move was started"
    again = ready("moves", "start", reference, "--as", "adam")
    assert "is started, not approved" in again.err
    (found,) = ready.json("moves", "follow")
    (event,) = tenant(ready).events.events
    assert found["event"] == event


@pytest.mark.usefixtures("_no_waiting")
def test_a_draft_that_vanished_may_be_started_again(ready: Stage) -> None:
    reference = draft(ready)["reference"]
    ready.ok("moves", "approve", reference, "--confirm-checks", "--as", "adam")
    tenant(ready).switches.vanishing_drafts = 1
    answer = ready("moves", "start", reference, "--as", "adam", "--json")
    assert (answer.code, answer.value["state"]) == (5, "approved")
    assert ready.json("moves", "start", reference, "--as", "adam")["event"]


def test_a_doubt_is_settled_by_who_looked(ready: Stage) -> None:
    tenant(ready).switches.lost_operation = "submit_job_change"
    tenant(ready).switches.lost_answers = 1
    reference = draft(ready)["reference"]
    ready.ok("moves", "approve", reference, "--confirm-checks", "--as", "adam")
    ready("moves", "start", reference, "--as", "adam")
    (event,) = tenant(ready).events.events
    settled = ready.json("moves", "settle", reference, event, "--as", "adam")
    assert settled["event"] == event
    answer = ready("moves", "settle", reference, "none", "--as", "adam")
    assert "is known" in answer.err


def test_a_schedule_follows_moves_and_a_window_holds_a_start_back(
    ready: Stage,
) -> None:
    reference = draft(ready)["reference"]
    ready.ok("moves", "approve", reference, "--confirm-checks", "--as", "adam")
    document = json.loads((ready.folder / f"{HRIS}.yaml").read_text())
    today = now().date().isoformat()
    window = {"reason": "freeze", "on": today, "at": "00:00", "hours": 48}
    held = {**document["settings"], "windows": [{**window, "time_zone": "UTC"}]}
    text = json.dumps({**document, "settings": held})
    ready.ok("config", "import", ready.write(f"held/{HRIS}.yaml", text))
    refused = ready("moves", "start", reference, "--as", "adam")
    assert "freeze" in refused.err
    ready.ok("config", "import", ready.folder / f"{HRIS}.yaml")
    event = ready.json("moves", "start", reference, "--as", "adam")["event"]
    tenant(ready).approve_event(event)
    with open_instance(open_home(str(ready.folder / "home"), {}), now) as instance:
        told = JOBS["moves"](instance, HRIS)
    assert told == "1 moves were under way, 1 of them are decided now"


def test_every_step_stands_in_the_audit_chain(ready: Stage) -> None:
    begun = started(ready)
    tenant(ready).approve_event(begun["event"])
    ready.json("moves", "follow")
    with (
        open_instance(open_home(str(ready.folder / "home"), {}), now) as instance,
        instance.database.read() as conn,
    ):
        actions = [entry.action for entry in audit.entries(conn)]
        assert audit.verify(conn) == []
    wanted = ["draft move", "approve move", "start move", "answer to move"]
    assert [one for one in actions if one.endswith("move")] == [*wanted, "end of move"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("9999", "mate", *WHY), "there is no one person"),
        ((ADA.employee_id, "cook", *WHY), "no role “cook”"),
        ((ADA.employee_id, "sailor", *WHY), "holds the role sailor already"),
        ((ADA.employee_id, "mate", *WHY, "--position", "P-9"), "P-0021001"),
        ((ADA.employee_id, "mate", "--reason", " ", *WHY[2:]), "needs a reason"),
    ],
)
def test_a_draft_that_makes_no_sense_is_refused(
    ready: Stage, arguments: tuple[str, ...], said: str
) -> None:
    answer = ready("moves", "draft", *arguments, *ON, "--as", "maria")
    assert answer.code == 2
    assert said in answer.err


def test_a_login_by_password_moves_nobody(jobframe: Stage) -> None:
    jobframe.connect(HRIS, proposals={"purpose": "prepares moves"})
    jobframe.release(changed(FRAMEWORK, "pathways:\n", MATE))
    jobframe.ok("apply", HRIS, "--yes")
    jobframe.ok("people", "sync", HRIS)
    reference = draft(jobframe)["reference"]
    answer = jobframe("moves", "show", reference)
    assert answer.code == 2
    assert "moves nobody" in answer.err
    assert "there is no proposal" in jobframe("moves", "show", "jf-mv-0").err


def test_moves_are_off_until_their_purpose_is_recorded(jobframe: Stage) -> None:
    jobframe.connect(HRIS)
    jobframe.release()
    answer = jobframe("moves", "draft", ADA.employee_id, "sailor", *WHY, *ON)
    assert answer.code == 2
    assert "proposals is switched off" in answer.err
