"""Where an instance is, and which of several settings holds."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connector.kit.errors import ConfigError
from connector.runtime.home import create_home, now, open_home


def write(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "jobframe.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("option", "variable", "expected"),
    [
        ("here", "there", "here"),
        (None, "there", "there"),
        (None, "", "jobframe"),
        (None, None, "jobframe"),
    ],
)
def test_the_option_beats_the_variable_beats_the_default(
    option: str | None,
    variable: str | None,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    environment = {} if variable is None else {"JOBFRAME_HOME": variable}
    home = open_home(option, environment)
    assert home.folder == tmp_path / expected
    assert home.key_file == tmp_path / expected / "jobframe.key"


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    home = open_home(str(tmp_path), {})
    assert home.database == f"sqlite:///{tmp_path / 'jobframe.db'}"
    assert (home.organisation, home.time_zone.key) == ("", "UTC")
    assert set(home.sources.values()) == {"default"}


def test_a_variable_beats_the_file(tmp_path: Path) -> None:
    write(tmp_path, "organisation: Filed\ntime_zone: Europe/Warsaw\ndatabase:\n")
    home = open_home(str(tmp_path), {"JOBFRAME_ORGANISATION": "Exported"})
    assert (home.organisation, home.time_zone.key) == ("Exported", "Europe/Warsaw")
    assert home.sources == {
        "organisation": "JOBFRAME_ORGANISATION",
        "time_zone": "jobframe.yaml",
        "database": "default",
    }


def test_every_wrong_setting_is_told_with_its_place(tmp_path: Path) -> None:
    write(tmp_path, "time_zone: Mars/Phobos\ntimezone: UTC\norganisation: [a]\n")
    with pytest.raises(ConfigError) as caught:
        open_home(str(tmp_path), {})
    assert [(one.place, one.message) for one in caught.value.problems] == [
        ("jobframe.yaml:2", "“timezone” is no setting"),
        ("jobframe.yaml:3", "“organisation” is no setting"),
        ("jobframe.yaml", "“Mars/Phobos” is no time zone"),
    ]
    assert "jobframe.yaml" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "a table of settings is wanted"),
        ("a: [1\n", "broken YAML"),
    ],
)
def test_a_settings_file_that_is_none(text: str, said: str, tmp_path: Path) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        open_home(str(tmp_path), {})
    assert said in caught.value.problems[0].message


def test_an_empty_settings_file_says_nothing(tmp_path: Path) -> None:
    write(tmp_path, "# nothing yet\n")
    assert open_home(str(tmp_path), {}).organisation == ""


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_settings_file_that_cannot_be_read(is_folder: bool, tmp_path: Path) -> None:
    file = tmp_path / "jobframe.yaml"
    file.mkdir() if is_folder else file.write_bytes(b"organisation: \xff\xfe\n")
    with pytest.raises(ConfigError) as caught:
        open_home(str(tmp_path), {})
    assert "cannot be read" in caught.value.problems[0].message


@pytest.mark.parametrize("name", ["Harbour", 'The "Best" #1: żółć \\ Łódź', ""])
def test_a_new_home_is_private_and_keeps_the_name_to_the_letter(
    name: str, tmp_path: Path
) -> None:
    folder = tmp_path / "deep" / "home"
    assert create_home(folder, name, "Europe/Warsaw")
    home = open_home(str(folder), {})
    assert (home.organisation, home.time_zone.key) == (name, "Europe/Warsaw")
    if sys.platform != "win32":
        assert folder.stat().st_mode & 0o077 == 0


def test_a_home_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    create_home(tmp_path, "First", "UTC")
    assert not create_home(tmp_path, "Second", "Europe/Warsaw")
    assert open_home(str(tmp_path), {}).organisation == "First"


def test_no_home_is_made_with_a_wrong_time_zone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        create_home(tmp_path / "home", "Harbour", "Warsaw")
    assert caught.value.problems[0].message == "“Warsaw” is no time zone"
    assert not (tmp_path / "home").exists()


def test_no_home_is_made_where_a_file_stands(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way", encoding="utf-8")
    with pytest.raises(ConfigError, match="no instance can be made in"):
        create_home(tmp_path / "home", "Harbour", "UTC")


def test_today_is_the_organisations_day(tmp_path: Path) -> None:
    home = open_home(str(tmp_path), {"JOBFRAME_TIME_ZONE": "Asia/Singapore"})
    evening = datetime(2026, 2, 28, 20, tzinfo=UTC)
    assert home.today(evening) == date(2026, 3, 1)


def test_the_clock_is_aware() -> None:
    assert now().tzinfo is UTC
