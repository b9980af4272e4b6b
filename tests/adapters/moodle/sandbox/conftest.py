"""A sandbox site over real HTTP on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from moodle_sandbox_client import SEED, Client

from adapters.moodle.sandbox import Site, create_app, create_site
from connector.kit.sandbox import serve


@pytest.fixture
def site() -> Site:
    return create_site(SEED)


@pytest.fixture
def client(site: Site) -> Iterator[Client]:
    served = serve(create_app(site))
    with requests.Session() as session:
        session.trust_env = False
        yield Client(served.url, site.token, session)
    served.close()
