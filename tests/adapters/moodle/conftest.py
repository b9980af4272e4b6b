"""A connection to a sandbox, and the site behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moodle_slice import Slice, open_slice

from adapters.moodle.running import MoodleSandbox, start
from connector.kit.protocols import SandboxSeed, SeedPerson

SEED = SandboxSeed(
    people=(
        SeedPerson(
            employee_id="00017",
            given_name="Ana",
            family_name="O'Neil & Sons",
            email="ana@corp.example",
        ),
        SeedPerson(
            employee_id="00018",
            given_name="Ben",
            family_name="Lis",
            email="ben@corp.example",
        ),
    ),
    courses={"CLOUD-101": "Cloud & data", "BI-101": "Reports"},
)


@pytest.fixture
def sandbox() -> Iterator[MoodleSandbox]:
    running = start(SEED)
    yield running
    running.close()


@pytest.fixture
def slice_(sandbox: MoodleSandbox) -> Iterator[Slice]:
    token = sandbox.secrets()["moodle.token"]
    settings = sandbox.settings()
    with open_slice(token, settings, "CLOUD-101", lambda _: None) as opened:
        yield opened
