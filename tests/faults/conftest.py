"""Stages for kills, each opened once; the laboratories' portraits judge the ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))

from stage import Stage, begin_new_release, open_stage


@pytest.fixture(scope="module", params=["moodle", "workday"])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Give a stage on which the old release is written and the new one is not."""
    folder = tmp_path_factory.mktemp(request.param)
    with open_stage(folder, request.param) as opened:
        begin_new_release(opened, request.param)
        yield opened
