"""Gives every test of the contract each of the laboratories in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labs import Lab
from memory_lab import MemoryLab
from moodle_lab import MoodleLab
from workday_lab import WorkdayLab

LABS: dict[str, type[Lab]] = {
    "memory": MemoryLab,
    "moodle": MoodleLab,
    "workday": WorkdayLab,
}


@pytest.fixture(params=LABS)
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    opened = LABS[request.param](tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def settled(lab: Lab) -> Lab:
    """Return a lab whose target holds all that is wanted."""
    lab.settle()
    lab.forget_log()
    return lab
