"""A Workday sandbox on loopback and a connection to it, for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from workday_support import SEED, Desk, machine_clock, open_desk

from adapters.workday.running_sandbox import serve_tenant
from adapters.workday.sandbox import Tenant
from connector.kit.values import PeopleScope


class OpenDesk:
    """Opens desks; keyword arguments change the seed, `with_settings` the settings."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __call__(
        self,
        *,
        oauth: bool = False,
        now: Callable[[], datetime] = machine_clock,
        with_settings: dict[str, Any] | None = None,
        scope: PeopleScope | None = None,
        **changes: Any,
    ) -> Desk:
        tenant = Tenant(replace(SEED, **changes), clock=now)
        sandbox = serve_tenant(tenant)
        self._stack.callback(sandbox.close)
        settings = sandbox.oauth_settings() if oauth else sandbox.settings()
        settings["training_type"] = "ONLINE"
        settings.update(with_settings or {})
        desk = open_desk(sandbox, settings, now, scope)
        self._stack.callback(desk.connection.close)
        return desk


@pytest.fixture
def open_tenant() -> Iterator[OpenDesk]:
    """Open tenants on loopback."""
    with ExitStack() as stack:
        yield OpenDesk(stack)


@pytest.fixture
def desk(open_tenant: OpenDesk) -> Desk:
    """A connection to a tenant with somebody else's catalogue in it."""
    return open_tenant()
