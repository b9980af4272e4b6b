"""The installed command as a process: pipes, signals, terminals, odd surroundings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from cli_stage import FRAMEWORK, HRIS, LMS, Stage, changed

from adapters.workday.sandbox import Switches
from adapters.workday.sandbox.competencies import COMPETENCY

_ROOT = Path(__file__).parents[2]
#: A terminal gives its programs a Ctrl-C; a test run in the background may have none.
_CODE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " from connector.cli import main; main()"
)
#: In seconds; a process that hangs fails its test instead of holding all others.
_LONGEST = 120


def process(
    stage: Stage, *arguments: str, stdout: int = subprocess.PIPE, **environment: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _CODE, *arguments],
        cwd=stage.folder,
        env={**os.environ, "PYTHONPATH": str(_ROOT), **environment},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def finished(stage: Stage, *arguments: str, **environment: str) -> tuple[int, str, str]:
    running = process(stage, *arguments, **environment)
    out, err = running.communicate(timeout=_LONGEST)
    return running.returncode, out, err


def test_standard_output_holds_one_json_value(jobframe: Stage) -> None:
    code, out, err = finished(jobframe, "config", "show", "--json")
    assert code == 0, err
    assert len(out.splitlines()) == 1
    assert json.loads(out)["organisation"] == "Harbour"


def test_names_in_any_script_come_through_a_plain_locale(bare: Stage) -> None:
    text = changed(FRAMEWORK, "name: Sailor", "name: Моряк ⛵ 水手")
    before, after = bare.framework(), bare.framework(text, "źdźbło")
    code, out, err = finished(
        bare, "framework", "diff", str(before), str(after), LC_ALL="C", PYTHONUTF8="0"
    )
    assert code == 0, err
    assert "changed  role sailor  name" in out


def test_no_colour_where_nobody_watches_or_wants_it(bare: Stage) -> None:
    code, out, err = finished(bare, "plan", NO_COLOR="1", TERM="xterm-256color")
    assert code == 2
    assert "\x1b" not in out + err


def test_a_narrow_terminal_breaks_no_line(jobframe: Stage) -> None:
    jobframe.connect(HRIS)
    jobframe.release()
    code, out, err = finished(jobframe, "plan", COLUMNS="20")
    assert code == 0, err
    assert any(len(line) > 40 for line in out.splitlines())


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close otherwise there")
def test_a_reader_that_goes_away_is_no_error(jobframe: Stage) -> None:
    jobframe.connect(HRIS)
    long = "a long name " * 5
    many = "".join(f"  - {{key: c{n}, name: {long}{n}}}\n" for n in range(1500))
    folder = jobframe.framework(
        changed(FRAMEWORK, "competencies:\n", f"competencies:\n{many}")
    )
    reading, writing = os.pipe()
    running = process(
        jobframe, "plan", "--framework", str(folder), "--all", stdout=writing
    )
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    _out, err = running.communicate(timeout=_LONGEST)
    assert running.returncode == 141, err
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


@pytest.mark.faults
@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
def test_ctrl_c_during_an_apply_loses_nothing(jobframe: Stage) -> None:
    running_sandbox: Any = jobframe.connect(HRIS)
    many = "".join(f"  - {{key: c{n}, name: C{n}}}\n" for n in range(60))
    jobframe.release(changed(FRAMEWORK, "competencies:\n", f"competencies:\n{many}"))
    switches: Switches = running_sandbox.tenant.switches
    tenant = running_sandbox.tenant
    apply = process(jobframe, "apply", HRIS, "--yes")
    switches.latency = 0.05
    _wait_until(apply, lambda: len(list(tenant.store.of_kind(COMPETENCY.kind))) > 3)
    apply.send_signal(signal.SIGINT)
    _out, err = apply.communicate(timeout=_LONGEST)
    switches.latency = 0.0
    assert apply.returncode == 130, err
    assert "Stopped." in err
    assert "Traceback" not in err
    (head,) = jobframe.json("runs", "list")
    assert head["status"] == "running"
    value = jobframe.json("runs", "resume", HRIS)
    assert value["applied"] == value["planned"]
    assert jobframe.json("plan", HRIS)["planned"] == 0


def _wait_until(running: subprocess.Popen[str], is_so: Any) -> None:
    """Wait for a state that another process brings about."""
    while not is_so():
        assert running.poll() is None, running.communicate(timeout=_LONGEST)


def test_a_sandbox_ends_with_ctrl_c(bare: Stage) -> None:
    running = process(bare, "sandbox", HRIS, "--bare", "--json")
    assert running.stdout is not None
    assert json.loads(running.stdout.readline())["url"]
    running.send_signal(signal.SIGINT)
    _out, err = running.communicate(timeout=_LONGEST)
    assert running.returncode in (0, 130), err
    assert "Stopped." in err


def test_a_served_checklist_is_read_on_this_machine_until_ctrl_c(bare: Stage) -> None:
    running = process(bare, "init", LMS, "--serve", "--json")
    assert running.stdout is not None
    url = json.loads(running.stdout.readline())["url"]
    assert url.startswith("http://127.0.0.1:")
    shown = requests.get(f"{url}/", timeout=_LONGEST)
    assert "Setting up Moodle" in shown.text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert requests.get(f"{url}/other", timeout=_LONGEST).status_code == 404
    assert requests.post(f"{url}/", timeout=_LONGEST).status_code == 405
    running.send_signal(signal.SIGINT)
    _out, err = running.communicate(timeout=_LONGEST)
    assert running.returncode in (0, 130), err
    assert "Stopped." in err


def test_a_serve_ends_with_ctrl_c(jobframe: Stage) -> None:
    text = "cron: 30 1 * * *\njobs: [{job: plan, connection: lms}]\n"
    jobframe.ok("config", "import", jobframe.write("nightly.yaml", text))
    running = process(jobframe, "serve")
    assert running.stdout is not None
    assert running.stdout.readline() == "nightly: 30 1 * * *\n"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=_LONGEST)
    assert running.returncode in (0, 130), err
    assert "Stopped." in out + err
    assert "Traceback" not in err
