"""`jobframe init`, `config`, `doctor`, and how the command line words mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from apscheduler.schedulers.blocking import BlockingScheduler
from cli_stage import HRIS, LMS, Stage

from connector import cli
from connector.commands import config as config_commands
from connector.runtime.manifest import adapter_listing


def test_without_an_instance_every_command_says_how_to_make_one(bare: Stage) -> None:
    for command in (
        ["plan"],
        ["apply"],
        ["doctor"],
        ["tasks"],
        ["serve"],
        ["config", "show"],
        ["runs", "list"],
        ["people", "list"],
        ["evidence", "list"],
        ["framework", "releases"],
    ):
        answer = bare(*command, "--json")
        assert answer.code == 2, command
        assert answer.error["code"] == "config"
        assert "jobframe init" in answer.error["hint"]


def test_a_new_instance(bare: Stage) -> None:
    shown = bare.ok("init", "--organisation", "Ł & “Co”", "--time-zone", "Asia/Tokyo")
    assert "The instance is in" in shown.out
    value = bare.json("config", "show")
    assert (value["organisation"], value["time_zone"]) == ("Ł & “Co”", "Asia/Tokyo")
    assert value["from"]["time_zone"] == "jobframe.yaml"
    again = bare.json("init", "--time-zone", "UTC")
    assert again == {"home": str(bare.folder / "home"), "created": False}
    assert "already" in bare.ok("init").out


def test_a_wrong_time_zone_makes_no_instance(bare: Stage) -> None:
    answer = bare("init", "--time-zone", "Warsaw")
    assert answer.code == 2
    assert "“Warsaw” is no time zone. Take a name like Europe/Warsaw." in answer.err
    assert not (bare.folder / "home").exists()


def test_the_option_names_another_home(jobframe: Stage) -> None:
    jobframe.ok("init", "--home", "elsewhere", "--organisation", "Other")
    value = jobframe.json("config", "show", "--home", "elsewhere")
    assert value["organisation"] == "Other"
    assert value["home"] == str(jobframe.folder / "elsewhere")


def test_a_variable_beats_the_file(
    jobframe: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBFRAME_ORGANISATION", "Exported")
    shown = jobframe.ok("config", "show").out
    assert "organisation: Exported  (JOBFRAME_ORGANISATION)" in shown
    assert "secrets in the vault: none" in shown


def test_a_password_in_the_database_address_is_not_shown(
    jobframe: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql+psycopg://ada:hunter2@127.0.0.1:1/none"
    monkeypatch.setenv("JOBFRAME_DATABASE", address)
    answer = jobframe("config", "show", "--json")
    assert answer.code == 2
    assert "hunter2" not in answer.out + answer.err


def test_documents_go_in_and_come_out_to_the_letter(jobframe: Stage) -> None:
    jobframe.start(LMS)
    mapping = adapter_listing(LMS).mapping.read_text(encoding="utf-8")
    texts = {
        "conf/lms.yaml": f"# Our site\nadapter: {LMS}\nmapping: mine\n",
        "conf/mine.yaml": mapping.replace("prefix: jf", "prefix: ours"),
        "conf/nightly.yaml": "cron: 30 1 * * *\njobs: [{job: plan, connection: lms}]\n",
    }
    for name, text in texts.items():
        jobframe.write(name, text)
    stored = jobframe.json("config", "import", "conf")
    assert [(one["kind"], one["name"], one["version"]) for one in stored] == [
        ("connection", "lms", 1),
        ("mapping", "mine", 1),
        ("schedule", "nightly", 1),
    ]
    assert "connection lms: version 1" in jobframe.ok("config", "import", "conf").out
    jobframe.write("conf/lms.yaml", texts["conf/lms.yaml"] + "settings: {}\n")
    assert "lms: version 2" in jobframe.ok("config", "import", "conf/lms.yaml").out
    written = jobframe.json("config", "export", "out")
    assert {Path(one).relative_to("out").as_posix() for one in written} == {
        "connections/lms.yaml",
        "mappings/mine.yaml",
        "schedules/nightly.yaml",
    }
    mine = (jobframe.folder / "out/mappings/mine.yaml").read_text(encoding="utf-8")
    assert mine == texts["conf/mine.yaml"]
    again = jobframe.json("config", "import", "out")
    assert {one["version"] for one in again} == {1, 2}
    shown = jobframe.ok("config", "show").out
    assert "connections: lms" in shown
    assert "schedules: nightly" in shown


def test_there_is_nothing_to_export_at_first(jobframe: Stage) -> None:
    shown = jobframe.ok("config", "export", "out").out
    assert shown == "There is nothing to export yet.\n"


def test_an_export_into_a_place_that_cannot_be_written(jobframe: Stage) -> None:
    jobframe.write("lms.yaml", f"adapter: {LMS}\n")
    jobframe.ok("config", "import", "lms.yaml")
    blocked = jobframe.write("blocked", "a file")
    answer = jobframe("config", "export", blocked)
    assert answer.code == 2
    assert "cannot be written" in answer.err


def test_nothing_is_stored_when_one_file_is_wrong(jobframe: Stage) -> None:
    jobframe.write("conf/lms.yaml", f"adapter: {LMS}\n")
    jobframe.write("conf/odd.yaml", "adapter: nothing\nmore: [\n")
    answer = jobframe("config", "import", "conf", "--json")
    assert answer.code == 2
    (problem,) = answer.error["problems"]
    assert problem["place"].endswith("odd.yaml:3")
    assert jobframe.json("config", "show")["connection"] == []


def test_the_shipped_mapping_can_be_had(bare: Stage) -> None:
    text = adapter_listing(LMS).mapping.read_text(encoding="utf-8")
    assert bare.ok("config", "mapping", LMS).out == text
    assert bare.json("config", "mapping", LMS) == {"adapter": LMS, "text": text}
    assert bare("config", "mapping", "nothing").code == 2


def test_a_secret_goes_where_the_connection_looks_for_it(jobframe: Stage) -> None:
    text = f"adapter: {LMS}\nsecrets:\n  a: vault:shared\n  b: env:TOKEN\n"
    jobframe.ok("config", "import", jobframe.write("lms.yaml", text))
    for name, place in (("a", "shared"), ("moodle.token", "lms.moodle.token")):
        stored = jobframe.json("config", "secret", "lms", name, "--value", "hunter2")
        assert stored == {"stored": place}
    shown = jobframe.ok("config", "secret", "lms", "a", "--value", "hunter2").out
    assert shown == "Stored as shared.\n"
    assert jobframe.json("config", "show")["secrets"] == ["lms.moodle.token", "shared"]
    answer = jobframe("config", "secret", "lms", "b", "--value", "hunter2")
    assert answer.code == 2
    assert "from env:TOKEN" in answer.err
    answer = jobframe("config", "secret", "other", "b", "--value", "hunter2")
    assert "there is no connection “other”" in answer.err


@pytest.mark.parametrize("scheme", ["env", "file", "vault"])
def test_a_connection_works_with_its_secret_in_each_place(
    jobframe: Stage, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    running = jobframe.start(LMS)
    ((name, value),) = running.secrets().items()
    monkeypatch.setenv("LMS_TOKEN", value)
    file = jobframe.write("token", f"{value}\n")
    places = {"env": "env:LMS_TOKEN", "file": f"file:{file}", "vault": "vault:lms"}
    document = {
        "adapter": LMS,
        "settings": running.settings(),
        "secrets": {name: places[scheme]},
    }
    jobframe.ok("config", "import", jobframe.write("lms.yaml", json.dumps(document)))
    if scheme == "vault":
        answer = jobframe("doctor", "lms")
        assert answer.code == 2
        assert f"jobframe config secret lms {name}" in answer.err
        jobframe.ok("config", "secret", "lms", name, "--value", value)
    assert "checks passed." in jobframe.ok("doctor", "lms").out


@pytest.mark.parametrize("name", [LMS, HRIS])
def test_the_doctor_finds_a_sandbox_well(jobframe: Stage, name: str) -> None:
    jobframe.connect(name)
    shown = jobframe.ok("doctor").out
    assert shown.splitlines()[-1].startswith("All ")
    assert all(one["ok"] for one in jobframe.json("doctor"))


def test_the_doctor_says_how_to_mend(jobframe: Stage) -> None:
    running = jobframe.start(LMS)
    document = {
        "adapter": LMS,
        "settings": {**running.settings(), "scales": {"proficiency": 99}},
        "secrets": {"moodle.token": f"file:{jobframe.write('t', 'wrong')}"},
    }
    jobframe.ok("config", "import", jobframe.write("lms.yaml", json.dumps(document)))
    answer = jobframe("doctor")
    assert answer.code == 5
    assert "FIX " in answer.out
    assert "checks passed." in answer.out
    failing = [one for one in jobframe.json("doctor", code=5) if not one["ok"]]
    assert failing
    assert all(one["fix"] for one in failing)


def test_a_connection_must_be_named_where_there_are_several(jobframe: Stage) -> None:
    for name in ("one", "two"):
        jobframe.write(f"conf/{name}.yaml", f"adapter: {LMS}\n")
    jobframe.ok("config", "import", "conf")
    answer = jobframe("plan")
    assert answer.code == 2
    assert "One of: one, two." in answer.err
    answer = jobframe("plan", "three")
    assert answer.code == 2
    assert "there is no connection “three”" in answer.err


def test_without_a_connection_the_hint_says_where_to_read(jobframe: Stage) -> None:
    answer = jobframe("plan")
    assert answer.code == 2
    assert "jobframe config import" in answer.err
    assert jobframe("tasks", "lms").code == 2


def test_wrong_settings_are_all_told(jobframe: Stage) -> None:
    text = f"adapter: {LMS}\nsettings:\n  url: ftp://x\n  colour: red\n"
    jobframe.ok("config", "import", jobframe.write("lms.yaml", text))
    answer = jobframe("doctor", "--json")
    assert answer.code == 2
    told = {one["key"] for one in answer.error["problems"]}
    assert {"url", "colour"} <= told


# --- how the command line words what goes wrong ---------------------------------------


def test_help_is_no_error(bare: Stage) -> None:
    for arguments in ([], ["config"], ["runs"]):
        answer = bare(*arguments)
        assert answer.code == 2
        assert answer.err.startswith("Usage: jobframe")
    answer = bare("--help")
    assert answer.code == 0
    assert "Commands:" in answer.out
    assert bare("--version").out.startswith("jobframe, version ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["plan", "--nope"], "No such option"),
        (["approve"], "Missing argument"),
        (["sandbox", "moodle", "--port", "many"], "not a valid integer"),
    ],
)
def test_a_mistyped_command(bare: Stage, arguments: list[str], said: str) -> None:
    answer = bare(*arguments, "--json")
    assert answer.code == 2
    assert said in answer.error["message"]
    assert "--help" in answer.error["hint"]
    assert said in answer.err


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> object:
    """Let `jobframe config mapping` end with an error of our choice."""

    def break_with(error: BaseException) -> None:
        def listing(_name: str) -> None:
            raise error

        monkeypatch.setattr(config_commands, "adapter_listing", listing)

    return break_with


@pytest.mark.parametrize(
    ("error", "code", "kind", "said"),
    [
        (ValueError("odd"), 70, "bug", "a defect of the connector: ValueError"),
        (OSError("odd"), 70, "bug", "a defect of the connector: OSError"),
        (
            PermissionError(13, "Permission denied", "/some/file"),
            2,
            "config",
            "/some/file cannot be used: Permission denied",
        ),
    ],
)
def test_what_nobody_foresaw(
    bare: Stage,
    breaking: object,
    error: Exception,
    code: int,
    kind: str,
    said: str,
) -> None:
    breaking(error)  # type: ignore[operator]
    answer = bare("config", "mapping", LMS, "--json")
    assert answer.code == code
    assert answer.error["code"] == kind
    assert answer.error["message"] == said
    assert ("Traceback" in answer.err) == (code == 70)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyboardInterrupt(), cli.STOPPED),
        (BrokenPipeError(), cli.PIPE_CLOSED),
        (SystemExit(1), cli.PIPE_CLOSED),
    ],
)
def test_an_end_from_outside(
    bare: Stage,
    breaking: object,
    error: BaseException,
    code: int,
) -> None:
    breaking(error)  # type: ignore[operator]
    assert bare("config", "mapping", LMS).code == code


def test_square_brackets_in_a_message_are_text(bare: Stage) -> None:
    answer = bare("framework", "validate", "[bold]no[/] [/] folder")
    assert answer.code == 3
    assert "[bold]no[/] [/] folder" in answer.err


def test_schedules_are_kept_until_somebody_stops_it(
    jobframe: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = jobframe("serve")
    assert answer.code == 2
    assert "there is no schedule yet" in answer.err
    text = "cron: 30 1 * * *\njobs: [{job: plan, connection: lms}]\n"
    jobframe.ok("config", "import", jobframe.write("nightly.yaml", text))
    watched: list[int] = []

    def start(scheduler: BlockingScheduler) -> None:
        watched.append(len(scheduler.get_jobs()))
        raise KeyboardInterrupt

    monkeypatch.setattr(BlockingScheduler, "start", start)
    shown = jobframe.ok("serve").out
    assert shown == "nightly: 30 1 * * *\nStopped.\n"
    assert watched == [1]
    assert jobframe.json("serve") == {"stopped": True}


def test_the_process_leaves_with_the_exit_code(
    bare: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["jobframe", "framework", "validate", "nowhere"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 3
    with pytest.raises(SystemExit) as left:
        cli.main(["--help"])
    assert left.value.code == 0
    assert "nowhere is not a folder" in bare.capsys.readouterr().err
