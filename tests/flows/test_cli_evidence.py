"""Learning travels from the LMS to the worker's record: once, and only switched on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli_stage import ADA, FRAMEWORK, HRIS, LMS, Stage, changed

from connector.runtime.home import now, open_home
from connector.runtime.instance import open_instance
from connector.runtime.scheduler import all_schedules, run_due


@pytest.fixture
def ready(jobframe: Stage) -> Stage:
    """Both systems are connected, the release is in effect, the people are read."""
    jobframe.connect(LMS)
    jobframe.connect(HRIS)
    jobframe.release()
    jobframe.ok("apply", HRIS, "--yes")
    assert jobframe.json("people", "sync", HRIS)["stored"] == 1
    return jobframe


def test_evidence_is_collected_and_sent_exactly_once(ready: Stage) -> None:
    ready.learn("KNOT-101")
    found = ready.json("evidence", "collect", LMS)
    assert (found["facts"], found["evidence"], found["unbound"]) == (1, 1, 0)
    sent = ready.json("evidence", "send", HRIS)
    assert (sent["confirmed"], sent["unknown"]) == (1, 0)
    again = ready.json("evidence", "collect", LMS)
    assert (again["facts"], again["evidence"]) == (0, 0)
    assert ready.json("evidence", "send", HRIS)["confirmed"] == 0
    tenant: Any = ready.sandboxes[HRIS]
    assert len(tenant.tenant.trainings_of(ADA.employee_id)) == 1
    listed = ready.json("evidence", "list")
    assert listed == {
        "evidence": {"knots/low": None},
        "dispatches": {"confirmed": 1},
        "waiting": [],
    }
    shown = ready.ok("evidence", "list").out
    assert "fewer than 5  knots/low" in shown
    assert "Dispatches: 1 confirmed." in shown


def test_nothing_is_known_at_first(jobframe: Stage) -> None:
    shown = jobframe.ok("evidence", "list").out
    assert shown == "0 pieces of evidence.\nDispatches: none yet.\n"
    assert jobframe.ok("tasks").out == "No task is open.\n"


def test_people_are_counted_and_not_named(ready: Stage) -> None:
    assert "1 people read from" in ready.ok("people", "sync", HRIS).out
    shown = ready.ok("people", "list").out
    assert shown.startswith("1 people, 1 of them active.\n")
    assert ADA.family_name not in shown


def test_a_course_of_no_pathway_is_listed(ready: Stage) -> None:
    ready.learn("YOGA")
    shown = ready.ok("evidence", "collect", LMS).out
    assert "1 completions of YOGA match no activity" in shown
    assert "course: YOGA" in shown


@pytest.mark.parametrize(
    ("command", "name", "said"),
    [
        (["evidence", "collect"], HRIS, "reports no learning"),
        (["evidence", "send"], LMS, "takes no evidence"),
        (["people", "sync"], LMS, "knows no people"),
    ],
)
def test_the_wrong_end_is_named(
    ready: Stage, command: list[str], name: str, said: str
) -> None:
    answer = ready(*command, name)
    assert answer.code == 2
    assert f"the connection {name} {said}" in answer.err


@pytest.mark.parametrize("command", ["collect", "send"])
def test_evidence_is_off_until_its_purpose_is_recorded(
    jobframe: Stage, command: str
) -> None:
    jobframe.connect(LMS, evidence={})
    jobframe.release()
    answer = jobframe("evidence", command, LMS)
    assert answer.code == 2
    assert f"evidence is switched off for the connection {LMS}" in answer.err
    assert "purpose" in answer.err


def test_nothing_is_kept_of_an_account_until_its_worker_is_known(
    jobframe: Stage,
) -> None:
    jobframe.connect(LMS)
    jobframe.connect(HRIS)
    jobframe.release()
    jobframe.learn("KNOT-101")
    shown = jobframe.ok("evidence", "collect", LMS).out
    assert "1 accounts are of nobody within the scope: nothing of them" in shown
    assert jobframe.json("tasks") == []
    jobframe.ok("people", "sync", HRIS)
    assert jobframe.json("evidence", "collect", LMS)["evidence"] == 1
    assert jobframe.json("tasks") == []


def test_an_account_without_a_number_is_bound_by_hand(jobframe: Stage) -> None:
    jobframe.connect(LMS)
    jobframe.connect(HRIS)
    jobframe.release()
    jobframe.learn("KNOT-101")
    site: Any = jobframe.sandboxes[LMS]
    (ada,) = site.site.state.users.find(idnumber=ADA.employee_id)
    site.site.state.users.change(ada["id"], idnumber="")
    jobframe.ok("people", "sync", HRIS)
    jobframe.ok("evidence", "collect", LMS)
    account = str(ada["id"])
    answer = jobframe("people", "bind", LMS, account, "9999999")
    assert answer.code == 2
    jobframe.ok("people", "bind", LMS, account, ADA.employee_id)
    assert jobframe.json("evidence", "collect", LMS)["evidence"] == 1


def test_a_changed_id_number_suspends_the_account(ready: Stage) -> None:
    ready.learn("KNOT-101")
    ready.ok("evidence", "collect", LMS)
    site: Any = ready.sandboxes[LMS]
    users = site.site.state.users
    (ada,) = users.find(idnumber=ADA.employee_id)
    users.change(ada["id"], idnumber="0099999")
    site.site.enrol("0099999", "YOGA")
    site.site.complete_course("0099999", "YOGA", now())
    assert ready.json("evidence", "collect", LMS)["unbound"] == 1
    (task,) = ready.json("tasks", LMS)
    assert task["title"] == "Confirm whose account this is"
    assert "another employee id" in task["steps"]
    shown = ready.ok("people", "bind", LMS, task["key"], ADA.employee_id).out
    assert "is bound" in shown


def test_an_approval_that_waits_and_is_denied(ready: Stage) -> None:
    tenant: Any = ready.sandboxes[HRIS]
    tenant.tenant.needing_approval = {"Manage Training"}
    ready.learn("KNOT-101")
    ready.ok("evidence", "collect", LMS)
    assert ready.json("evidence", "send", HRIS)["pending"] == 1
    assert ready.json("evidence", "send", HRIS)["pending"] == 1
    (waiting,) = ready.json("evidence", "list")["waiting"]
    assert waiting["state"] == "pending"
    assert waiting["reference"] in ready.ok("evidence", "list").out
    ready.ok("evidence", "settle", HRIS, waiting["reference"], "denied")
    assert ready.json("evidence", "list")["dispatches"] == {"denied": 1}
    assert ready.json("evidence", "send", HRIS)["prepared"] == 0
    answer = ready("evidence", "settle", HRIS, waiting["reference"], "arrived")
    assert answer.code == 2


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.runtime.connections.time.sleep", lambda _: None)


@pytest.mark.usefixtures("_no_waiting")
def test_a_lost_answer_is_a_task_and_is_found_by_the_next_look(ready: Stage) -> None:
    tenant: Any = ready.sandboxes[HRIS]
    ready.learn("KNOT-101")
    ready.ok("evidence", "collect", LMS)
    tenant.tenant.switches.lost_answers = 1
    answer = ready("evidence", "send", HRIS, "--json")
    assert answer.code == 5
    assert answer.value["unknown"] == 1
    (task,) = ready.json("tasks", HRIS)
    assert task["title"] == "Find out whether this evidence arrived"
    assert f"jobframe evidence settle {HRIS} {task['key']}" in task["steps"]
    # It had arrived: the next look finds it, and nothing is sent a second time.
    assert ready.json("evidence", "send", HRIS)["confirmed"] == 1
    assert len(tenant.tenant.trainings_of(ADA.employee_id)) == 1
    assert ready.json("tasks", HRIS) == []


def test_what_a_schedule_does_is_what_people_type(ready: Stage) -> None:
    jobs = ", ".join(
        f"{{job: {job}, connection: {name}}}"
        for job, name in (
            ("people", HRIS),
            ("plan", LMS),
            ("apply", LMS),
            ("apply", LMS),
            ("collect", LMS),
            ("send", HRIS),
            ("people", LMS),
            ("collect", HRIS),
            ("send", LMS),
        )
    )
    text = f"cron: 30 1 * * *\njobs: [{jobs}]\n"
    ready.ok("config", "import", ready.write("nightly.yaml", text))
    ready.learn("KNOT-101")
    with open_instance(open_home(str(ready.folder / "home"), {}), now) as instance:
        (schedule,) = all_schedules(instance)
        told = run_due(instance, schedule, now())
    assert told[0] == f"people {HRIS}: 1 people read"
    assert told[1].startswith(f"plan {LMS}: ")
    assert told[2].startswith(f"apply {LMS}: ")
    assert told[3] == f"apply {LMS}: 0 of 0 changes written"
    assert told[4] == f"collect {LMS}: 1 new facts, 1 new pieces of evidence"
    assert told[5].startswith(f"send {HRIS}: 1 confirmed")
    assert all(": config: the connection" in line for line in told[6:])


def test_evidence_outlives_the_framework_it_was_for(ready: Stage) -> None:
    ready.learn("KNOT-101")
    ready.ok("evidence", "collect", LMS)
    ready.release(
        changed(FRAMEWORK, "course: KNOT-101, gives: {knots: low}", "hours: 1")
    )
    ready.ok("evidence", "collect", LMS)
    assert ready.json("evidence", "list")["evidence"] == {"knots/low": None}
    assert ready.json("evidence", "send", HRIS)["confirmed"] == 1


@pytest.fixture
def by_token(jobframe: Stage) -> Stage:
    """As `ready`, with a tenant by token whose trainings wait for somebody."""
    jobframe.connect(LMS)
    running: Any = jobframe.start(HRIS)
    running.tenant.needing_approval = {"Manage Training"}
    document = {
        "adapter": HRIS,
        "settings": running.oauth_settings(),
        "secrets": {
            key: f"file:{jobframe.write(f'secrets/{key}', value)}"
            for key, value in running.secrets().items()
        },
        "evidence": {"purpose": "shows completed learning"},
    }
    path = jobframe.write(f"{HRIS}.yaml", json.dumps(document))
    jobframe.ok("config", "import", path)
    jobframe.release()
    jobframe.ok("apply", HRIS, "--yes")
    jobframe.ok("people", "sync", HRIS)
    jobframe.learn("KNOT-101")
    jobframe.ok("evidence", "collect", LMS)
    return jobframe


def test_a_preview_counts_inbox_tasks_and_sends_nothing(by_token: Stage) -> None:
    seen = by_token.json("evidence", "preview", HRIS)
    assert (seen["dispatches"], seen["inbox_tasks"], seen["limit"]) == (1, 1, 50)
    assert seen["by_kind"] == {"training": 1}
    tenant: Any = by_token.sandboxes[HRIS]
    assert tenant.tenant.events.events == {}
    told = by_token.ok("evidence", "preview", HRIS).out
    assert "up to 1 tasks in inboxes (limit 50)" in told
    # The same is told before anything leaves.
    assert "up to 1 tasks in inboxes" in by_token.ok("evidence", "send", HRIS).err


def test_a_denied_one_shows_the_words_and_is_tried_again(by_token: Stage) -> None:
    tenant: Any = by_token.sandboxes[HRIS]
    assert by_token.json("evidence", "send", HRIS)["pending"] == 1
    (event,) = tenant.tenant.events.events
    tenant.tenant.deny_event(event, "Not a course of ours")
    assert by_token.json("evidence", "send", HRIS)["denied"] == 1
    (denied,) = by_token.json("evidence", "list")["waiting"]
    assert (denied["state"], denied["message"]) == (
        "denied",
        "denied Not a course of ours",
    )
    again = by_token.json("evidence", "retry", HRIS, denied["reference"])["again"]
    # A worker gets one process a day: the next one leaves tomorrow.
    told = by_token.json("evidence", "send", HRIS)
    assert (told["events"], told["later"]) == (0, 1)
    assert again == f"{denied['reference']}-again-1"
    answer = by_token("evidence", "retry", HRIS, "jf-ev-0")
    assert answer.code == 2


def test_too_many_inbox_tasks_wait_for_a_second_person(by_token: Stage) -> None:
    text = by_token.ok("config", "mapping", HRIS).out
    limited = changed(text, "inbox_tasks: 50", "inbox_tasks: 0")
    by_token.ok("config", "import", by_token.write("mappings/workday.yaml", limited))
    refused = by_token("evidence", "send", HRIS, "--as", "adam")
    assert refused.code == 4
    seen = by_token.json("evidence", "preview", HRIS)
    command = ("evidence", "confirm", HRIS, seen["fingerprint"])
    by_token.ok(*command, "--as", "adam")
    assert by_token("evidence", "send", HRIS, "--as", "adam").code == 4
    assert by_token.json(*command, "--as", "maria")["inbox_tasks"] == 1
    assert by_token.json("evidence", "send", HRIS, "--as", "adam")["pending"] == 1


def test_approvals_are_skipped_only_where_somebody_said_so(by_token: Stage) -> None:
    command = ("evidence", "auto-complete", HRIS, "training", "on")
    assert "skipped" in by_token.ok(*command, "--as", "maria").out
    (allowed,) = by_token.json("evidence", "preview", HRIS)["auto_complete"]
    assert (allowed["kind"], allowed["by"]) == ("training", "maria")
    assert by_token.json("evidence", "send", HRIS)["confirmed"] == 1
    tenant: Any = by_token.sandboxes[HRIS]
    (event,) = tenant.tenant.events.events.values()
    assert event.is_auto_completed
    refused = by_token("evidence", "auto-complete", HRIS, "assessment", "on")
    assert refused.code == 2
