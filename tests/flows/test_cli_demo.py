"""`jobframe demo` and `jobframe sandbox`: from an empty folder, leaving nothing."""

from __future__ import annotations

import socket
import tempfile
import threading
from pathlib import Path

import pytest
from cli_stage import HRIS, LMS, Stage
from telling import completions_worth_telling

from connector.commands import demo as demo_commands
from connector.commands import sandbox as sandbox_commands
from connector.commands.demo import Totals
from connector.runtime.manifest import adapters

#: What a test leaves out that is about applying.
OTHER_STEPS = ("release", "connect", "plan_again", "learn", "next_steps", "drift")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, so that what stays behind is seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_the_demo_shows_the_main_job_and_leaves_nothing(
    bare: Stage, temporary: Path
) -> None:
    threads = threading.active_count()
    before = sorted(bare.folder.iterdir())
    answer = bare("demo", "--json")
    assert answer.code == 0, answer.err
    value = answer.value
    counts = {name: number for name, number in value.items() if name != "seconds"}
    assert set(counts) == {
        "planned", "applied", "failed", "second_plan_changes", "evidence_sent",
        "drift_found",
    }  # fmt: skip
    assert all(type(number) is int for number in counts.values())
    assert value["planned"] == value["applied"] > 500
    assert value["failed"] == value["second_plan_changes"] == 0
    # Only what first shows a step that the role held or the next one asks for.
    assert value["evidence_sent"] == len(completions_worth_telling()) > 100
    assert value["drift_found"] == 1
    assert value["seconds"] > 0
    assert "What to try next" in answer.err
    assert sorted(bare.folder.iterdir()) == before
    assert list(temporary.iterdir()) == []
    assert threading.active_count() == threads


def test_the_demo_can_stay_up(
    bare: Stage, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[str] = []
    monkeypatch.setattr(demo_commands, "wait_for_stop", lambda: waited.append("yes"))
    short = Totals(planned=1, applied=1)
    for step in OTHER_STEPS:
        monkeypatch.setattr(demo_commands._Demo, step, lambda _self: None)
    monkeypatch.setattr(
        demo_commands._Demo, "apply", lambda self, _name: _become(self, short)
    )
    answer = bare("demo", "--serve")
    assert answer.code == 0
    assert waited == ["yes"]
    for name in adapters():
        assert f"The {name} sandbox is up at http://127.0.0.1:" in answer.out
    assert "The instance is in" in answer.out
    assert list(temporary.iterdir()) == []


def _become(demo: object, totals: Totals) -> None:
    demo.totals = totals  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "totals", [Totals(planned=2, applied=1, failed=1), Totals(second_plan_changes=3)]
)
def test_a_demo_that_goes_wrong_says_so(
    bare: Stage, monkeypatch: pytest.MonkeyPatch, totals: Totals
) -> None:
    for step in OTHER_STEPS:
        monkeypatch.setattr(demo_commands._Demo, step, lambda _self: None)
    monkeypatch.setattr(
        demo_commands._Demo, "apply", lambda self, _name: _become(self, totals)
    )
    assert bare("demo", "--json").code == 5


@pytest.mark.parametrize("more", [[], ["--bare"]])
@pytest.mark.parametrize("name", [LMS, HRIS])
def test_a_sandbox_runs_until_it_is_stopped(
    bare: Stage, monkeypatch: pytest.MonkeyPatch, name: str, more: list[str]
) -> None:
    waited: list[bool] = []
    monkeypatch.setattr(sandbox_commands, "wait_for_stop", lambda: waited.append(True))
    value = bare.json("sandbox", name, *more)
    assert waited == [True]
    assert value["url"].startswith("http://127.0.0.1:")
    assert value["settings"]
    assert value["secrets"]
    shown = bare.ok("sandbox", name, *more).out
    assert f"The {name} sandbox is up at" in shown
    assert all(f"secret {one}: " in shown for one in value["secrets"])


def test_an_unknown_sandbox(bare: Stage) -> None:
    answer = bare("sandbox", "nothing")
    assert answer.code == 2
    assert "there is no adapter “nothing”" in answer.err


def test_a_port_that_is_taken(bare: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_commands, "wait_for_stop", lambda: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        value = bare.json("sandbox", LMS, "--port", str(port))
    # Another one is taken, and its address is told.
    assert value["url"].startswith("http://127.0.0.1:")
    assert not value["url"].endswith(f":{port}")


def test_waiting_ends_with_ctrl_c(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped:
        def wait(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(threading, "Event", Stopped)
    sandbox_commands.wait_for_stop()
    assert "Stopped." in capsys.readouterr().err
