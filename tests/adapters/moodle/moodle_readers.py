"""A connection to a sandbox that reads people's learning, with a clock of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from adapters.moodle import adapter
from adapters.moodle.running import MoodleSandbox
from connector.kit.protocols import Connection, Services

NOON = datetime(2026, 3, 1, 12, 7, 42, tzinfo=UTC)
SET_FILTERS = "core_reportbuilder_set_filters"
RETRIEVE = "core_reportbuilder_retrieve_report"


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Secrets:
    """The one secret of a connection."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get(self, _name: str) -> str:
        return self._token

    def rotate(self, _name: str, _renew: Callable[[str], str]) -> str:
        raise NotImplementedError


@contextmanager
def connected(
    sandbox: MoodleSandbox, clock: Clock | None = None, **changed: Any
) -> Iterator[Connection]:
    """Open a connection as a deployment does; waiting takes no time."""
    services = Services(
        secrets=Secrets(sandbox.secrets()["moodle.token"]),
        now=clock or Clock(NOON),
        sleep=lambda _: None,
    )
    connection = adapter.connect({**sandbox.settings(), **changed}, services)
    yield connection
    connection.close()
