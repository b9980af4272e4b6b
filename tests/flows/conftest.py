"""Lets the flows use the laboratories of the contract tests, and the command line."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))

from cli_stage import Stage


@pytest.fixture
def bare(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Stage]:
    """The command line in an empty folder, without an instance."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JOBFRAME_HOME", str(tmp_path / "home"))
    for name in ("ORGANISATION", "TIME_ZONE", "DATABASE"):
        monkeypatch.delenv(f"JOBFRAME_{name}", raising=False)
    made = Stage(tmp_path, capsys)
    yield made
    made.close()


@pytest.fixture
def jobframe(bare: Stage) -> Stage:
    """The command line with a new instance."""
    bare.ok("init", "--organisation", "Harbour", "--time-zone", "Europe/Warsaw")
    return bare
