"""A clock that moves by sleeping, servers that end with a test, a filled target."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from memory_desk import Desk

from connector.kit.sandbox import ServedSandbox, serve


@dataclass
class Clock:
    """Time that stands still between sleeps; `slept` lists the waits in seconds."""

    slept: list[float] = field(default_factory=list)
    start: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    passed: float = 0.0

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def seconds(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def served() -> Iterator[Callable[[Any], ServedSandbox]]:
    running: list[ServedSandbox] = []

    def start(app: Any) -> ServedSandbox:
        running.append(serve(app))
        return running[-1]

    yield start
    for sandbox in running:
        sandbox.close()


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.fill()
    return made
