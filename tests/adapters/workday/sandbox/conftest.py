from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
import requests
from workday_sandbox_world import SEED, Clock, OpenWorld, World

from adapters.workday.sandbox import Tenant, create_app
from connector.kit.sandbox import serve


@pytest.fixture
def open_world() -> Iterator[OpenWorld]:
    """Open tenants; keyword arguments change the seed."""
    with ExitStack() as stack:

        def opened(**changes: Any) -> World:
            clock = Clock()
            pauses: list[float] = []
            tenant = Tenant(replace(SEED, **changes), clock=clock, pause=pauses.append)
            served = serve(create_app(tenant))
            stack.callback(served.close)
            session = stack.enter_context(requests.Session())
            return World(tenant, clock, served.url, session, pauses)

        yield opened


@pytest.fixture
def world(open_world: OpenWorld) -> World:
    """A tenant of the lenient profile."""
    return open_world(is_strict=False)
