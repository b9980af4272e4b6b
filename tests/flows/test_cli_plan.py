"""`jobframe plan`, `apply`, `approve`, `findings` and `runs`, on both platforms."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli_stage import ADA, FRAMEWORK, HRIS, LMS, Stage, changed

from adapters.moodle.sandbox.faults import CutPage
from connector.runtime.connections import engine_of
from connector.runtime.editions import release_edition
from connector.runtime.home import now, open_home
from connector.runtime.instance import open_instance
from connector.store import journal
from connector.sync.plan_json import plan_to_json

_KNOTS = "- key: knots\n    name: Knots"
RENAMED = changed(FRAMEWORK, _KNOTS, "- key: knots\n    name: Ropes")


@pytest.fixture(params=[LMS, HRIS])
def target(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ready(jobframe: Stage, target: str) -> Stage:
    """A connection to a sandbox, and a release to write to it that reaches nobody."""
    jobframe.ada = replace(ADA, role="")
    jobframe.connect(target)
    jobframe.release()
    return jobframe


@pytest.fixture
def written(ready: Stage, target: str) -> Stage:
    """The release is in the target."""
    ready.ok("apply", target, "--yes")
    return ready


def test_plan_apply_and_a_second_run_without_a_write(
    ready: Stage, target: str, tmp_path: Path
) -> None:
    file = tmp_path / "plans" / "first.json"
    shown = ready("plan", target, "--out", file, "--exit-code")
    assert shown.code == 1
    assert "to create" in shown.out
    assert f"The plan is in {file}." in shown.err
    value = ready.json("plan", target)
    assert value["planned"] == len(value["changes"]) > 5
    assert json.loads(file.read_text(encoding="utf-8")) == value
    report = ready.json("apply", "--plan", file)
    assert report["applied"] == report["planned"] == value["planned"]
    again = ready("plan", target, "--exit-code")
    assert again.code == 0
    assert "Nothing to write." in again.out
    assert "Nothing was written." in ready.ok("apply", target, "--yes").out
    assert len(ready.json("runs", "list")) == 1


def test_the_only_connection_need_not_be_named(ready: Stage, target: str) -> None:
    assert f"Plan for {target}" in ready.ok("plan").out


def test_every_change_is_shown_on_demand(jobframe: Stage) -> None:
    more = "".join(f"  - {{key: c{n}, name: C{n}}}\n" for n in range(20))
    jobframe.connect(HRIS)
    jobframe.release(changed(FRAMEWORK, "competencies:\n", f"competencies:\n{more}"))
    assert "more (--all shows them)" in jobframe.ok("plan").out
    assert "more (--all" not in jobframe.ok("plan", "--all").out


def test_a_plan_that_no_longer_fits_says_what_moved(
    ready: Stage, target: str, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    ready.ok("plan", target, "--out", file)
    ready.ok("apply", "--plan", file)
    answer = ready("apply", "--plan", file, "--json")
    assert answer.code == 4
    assert answer.error["code"] == "stale-plan"
    assert any(
        one["place"] == "competency knots" and "holds it already" in one["message"]
        for one in answer.error["problems"]
    )


def test_a_plan_for_a_release_that_was_followed_by_another_still_fits(
    written: Stage, target: str, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    written.release(RENAMED)
    written.ok("plan", target, "--out", file)
    written.release(changed(RENAMED, "name: Ropes", "name: Ropework"))
    assert written.json("apply", "--plan", file)["applied"] > 0


def test_a_draft_is_planned_and_never_applied(ready: Stage, tmp_path: Path) -> None:
    file = tmp_path / "draft.json"
    folder = ready.framework(RENAMED, "draft")
    shown = ready.ok("plan", "--framework", folder, "--out", file)
    assert "release draft" in shown.out
    answer = ready("apply", "--plan", file)
    assert answer.code == 4
    assert "only a release can be applied" in answer.err


def test_a_release_of_the_future_is_shown_and_not_written(
    jobframe: Stage, tmp_path: Path
) -> None:
    jobframe.connect(HRIS)
    name = jobframe.release(FRAMEWORK, "--effective", "2099-01-01")
    answer = jobframe("plan")
    assert answer.code == 2
    assert f"preview it with --release {name}" in answer.err
    file = tmp_path / "plan.json"
    shown = jobframe.ok("plan", "--release", name, "--out", file)
    assert "as of 2099-01-01" in shown.out
    answer = jobframe("apply", "--plan", file)
    assert answer.code == 4
    assert "takes effect on 2099-01-01" in answer.err
    assert jobframe.json("runs", "list") == []


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow"])
def test_a_day_that_is_none(ready: Stage, day: str) -> None:
    answer = ready("plan", "--as-of", day)
    assert answer.code == 2
    assert f"“{day}” is no date" in answer.err


def test_a_plan_for_another_day(ready: Stage) -> None:
    assert "as of 2099-05-01" in ready.ok("plan", "--as-of", "2099-05-01").out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1", "it is no JSON"),
        ("[]", "is no plan"),
        ('{"connection": "x"}', "is no plan of this connector"),
    ],
)
def test_a_file_that_is_no_plan(jobframe: Stage, text: str, said: str) -> None:
    answer = jobframe("apply", "--plan", jobframe.write("odd.json", text), "--json")
    assert answer.code == 2
    assert said in answer.error["message"]
    assert "jobframe plan" in answer.error["hint"]


def test_a_plan_file_that_is_not_there(jobframe: Stage) -> None:
    answer = jobframe("apply", "--plan", "nowhere.json")
    assert answer.code == 2
    assert "No such file" in answer.err


def test_a_plan_that_cannot_be_kept(ready: Stage) -> None:
    blocked = ready.write("blocked", "a file")
    answer = ready("plan", "--out", blocked / "plan.json")
    assert answer.code == 2
    assert "cannot be written" in answer.err


def test_nothing_is_written_when_nobody_is_there_to_say_yes(
    ready: Stage, target: str
) -> None:
    for more in ((), ("--json",)):
        answer = ready("apply", target, *more)
        assert answer.code == 4
        assert "nobody is here to say yes" in answer.err
        assert "--yes" in answer.err
    assert ready.json("runs", "list") == []


class Terminal:
    """Somebody at a terminal who types one answer."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._answer


@pytest.mark.parametrize(("typed", "code", "runs"), [("y\n", 0, 1), ("n\n", 130, 0)])
def test_somebody_at_a_terminal_is_asked(
    jobframe: Stage, monkeypatch: pytest.MonkeyPatch, typed: str, code: int, runs: int
) -> None:
    jobframe.connect(HRIS)
    jobframe.release()
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: typed.strip())
    answer = jobframe("apply")
    assert answer.code == code
    monkeypatch.undo()
    monkeypatch.setenv("JOBFRAME_HOME", str(jobframe.folder / "home"))
    assert len(jobframe.json("runs", "list")) == runs


def test_drift_waits_for_a_decision_that_can_be_taken_anew(
    written: Stage, target: str
) -> None:
    written.sandboxes[target].edit_by_hand()
    shown = written.ok("findings", "list")
    assert "decide: restore or keep" in shown.out
    (finding,) = written.json("findings", "list")
    assert (finding["type"], finding["is_waiting"]) == ("drift", True)
    written.ok("findings", "decide", target, "keep", "--kind", finding["kind"])
    listed = written.ok("findings", "list").out
    assert listed.startswith("No finding waits.")
    assert f"· drift {finding['kind']} {finding['key']}" in listed
    assert written.json("plan", target)["planned"] == 0
    decided = written.json(
        "findings", "decide", target, "--key", finding["key"], "restore"
    )
    assert decided == {"decided": 1, "choice": "restore"}
    assert written.json("plan", target)["planned"] == 1
    written.ok("apply", target, "--yes")
    assert written.json("findings", "list") == []


def test_a_decision_needs_something_to_decide(written: Stage, target: str) -> None:
    answer = written("findings", "decide", target, "restore")
    assert answer.code == 2
    assert "Nothing waits for a decision." in answer.err
    written.sandboxes[target].edit_by_hand()
    answer = written("findings", "decide", target, "adopt", "--key", "knots")
    assert answer.code == 2
    assert "no finding with key knots can be decided as “adopt”" in answer.err
    assert "keep, restore" in answer.err
    answer = written("findings", "decide", target, "perhaps")
    assert answer.code == 2


def test_no_release_means_no_findings_either(jobframe: Stage) -> None:
    jobframe.connect(HRIS)
    assert jobframe("findings", "list").code == 2


def test_a_guard_stops_until_that_very_plan_is_confirmed(
    ready: Stage, target: str, tmp_path: Path
) -> None:
    ready.ok("apply", target, "--yes")
    gone = FRAMEWORK.replace(
        "  - {key: sails, name: Sails, domain: boats, scale: craft}\n", ""
    ).replace(", sails: high", "")
    ready.release(gone)
    file = tmp_path / "plan.json"
    shown = ready.ok("plan", target, "--out", file)
    assert "Guards that stop this plan" in shown.out
    answer = ready("apply", "--plan", file, "--json")
    assert answer.code == 4
    assert answer.error["code"] == "unsafe-plan"
    assert "retirements" in answer.error["message"]
    fingerprint = json.loads(file.read_text(encoding="utf-8"))["fingerprint"]
    assert fingerprint in answer.error["hint"]
    approved = ready.json(
        "approve", fingerprint, "--guard", "retirements", "--guard", "protected",
        "--note", "agreed", "--as", "Maria",
    )  # fmt: skip
    assert approved == {
        "fingerprint": fingerprint,
        "guards": ["retirements", "protected"],
        "by": "Maria",
    }
    assert ready.json("apply", "--plan", file)["failed"] == 0


@pytest.mark.parametrize(
    ("fingerprint", "guard", "said"),
    [
        ("abc", "reach", "is no fingerprint"),
        ("0" * 32, "nothing", "'retirements'"),
    ],
)
def test_only_a_known_guard_of_a_plan_is_approved(
    jobframe: Stage, fingerprint: str, guard: str, said: str
) -> None:
    answer = jobframe("approve", fingerprint, "--guard", guard)
    assert answer.code == 2
    assert said in answer.err


def test_runs_are_listed_and_shown(written: Stage, target: str) -> None:
    listed = written.ok("runs", "list").out
    assert f"{target}  done" in listed
    (head,) = written.json("runs", "list", target)
    assert head["changes"] == {
        "done": written.json("runs", "show", "1")["summary"]["applied"]
    }
    shown = written.ok("runs", "show", "1").out
    assert "done  competency knots" in shown
    assert written.ok("runs", "list", "other").out == "There was no run yet.\n"
    answer = written("runs", "show", "7")
    assert answer.code == 2
    assert "there is no run 7" in answer.err
    assert written("runs", "show", "first").code == 2


@pytest.fixture
def interrupted(ready: Stage, target: str) -> Stage:
    """A run that ended before anything was sent, as after a kill."""
    home = open_home(str(ready.folder / "home"), {})
    with open_instance(home, now) as instance:
        edition = release_edition(instance, None, instance.today())
        with engine_of(instance, target) as engine:
            made = engine.plan(edition)
        with instance.database.write() as conn:
            journal.open_run(
                conn,
                connection=target,
                fingerprint=made.fingerprint,
                plan_json=json.dumps(plan_to_json(made)),
                release_id=made.release_id,
                as_of=made.as_of,
                person="Ada",
                at=instance.now(),
                refs=[change.slot for change in made.changes],
            )
    return ready


def test_an_interrupted_run_is_resumed(interrupted: Stage, target: str) -> None:
    value = interrupted.json("runs", "resume", target)
    assert value["resumed"] is True
    assert value["applied"] == value["planned"]
    assert interrupted.json("runs", "resume", target) == {"resumed": False}
    assert "No run was interrupted." in interrupted.ok("runs", "resume", target).out
    assert interrupted.json("plan", target)["planned"] == 0


def test_an_apply_finishes_an_interrupted_run_first(
    interrupted: Stage, target: str
) -> None:
    answer = interrupted.ok("apply", target, "--yes")
    assert "An interrupted run was finished first:" in answer.out
    assert "Nothing was written." in answer.out


def test_an_interrupted_run_is_given_up(interrupted: Stage, target: str) -> None:
    assert interrupted.json("runs", "abandon", target) == {"abandoned": 1}
    answer = interrupted("runs", "abandon", target)
    assert answer.code == 2
    assert "was interrupted" in answer.err
    assert interrupted.json("plan", target)["planned"] > 0


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let retries come at once."""
    monkeypatch.setattr("connector.runtime.connections.time.sleep", lambda _: None)


@pytest.mark.usefixtures("no_waiting")
def test_a_target_that_is_down_is_named(ready: Stage, target: str) -> None:
    ready.sandboxes[target].close()
    answer = ready("plan", target, "--json")
    assert answer.code == 5
    assert answer.error["code"] == "target"
    assert answer.error["message"].startswith(f"{target} cannot be read: ")
    assert f"jobframe doctor {target}" in answer.error["hint"]


class CutAlways(CutPage):
    """Cut every answer of a function."""

    def is_hit(self, function: str) -> bool:
        return function == self.function


@pytest.mark.usefixtures("no_waiting")
def test_a_reading_that_breaks_off_is_told_and_ends_with_5(jobframe: Stage) -> None:
    running: Any = jobframe.connect(LMS)
    jobframe.release()
    jobframe.ok("apply", LMS, "--yes")
    running.site.switches.cut_page = CutAlways("core_competency_list_competencies", 1)
    answer = jobframe("plan", LMS)
    assert answer.code == 5
    assert "incomplete" in answer.out


def test_a_value_that_the_target_cannot_hold_is_told_with_both_places(
    jobframe: Stage,
) -> None:
    mapping = jobframe.ok("config", "mapping", LMS).out.replace(
        "    shorten: [shortname]\n", ""
    )
    jobframe.ok("config", "import", jobframe.write("strict.yaml", mapping))
    jobframe.connect(LMS, mapping="strict")
    text = changed(FRAMEWORK, _KNOTS, f"- key: knots\n    name: {'K' * 120}")
    answer = jobframe("plan", "--framework", jobframe.framework(text), "--json")
    assert answer.code == 3
    places = {one["key"]: one["place"] for one in answer.error["problems"]}
    assert "framework.yaml:6" in places["competency knots"]
    assert "mapping strict (version 1):" in places["competency knots"]
