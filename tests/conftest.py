"""What holds for every test: no connection leaves this machine, REST is as agreed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from rest_witness import Witness, witness

# How fast a machine is says nothing about the product.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


class NetworkBlockedError(AssertionError):
    """A test tried to reach something beyond this machine."""


def _refuse_beyond_loopback(connection: socket.socket, address: Any) -> None:
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0])
    if host == "localhost":
        return
    try:
        is_here = ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        message = f"tests do not connect to {host}: only to 127.0.0.1 or ::1"
        raise NetworkBlockedError(message)


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            _guard(patch, name)
        yield


def _guard(patch: pytest.MonkeyPatch, name: str) -> None:
    original = getattr(socket.socket, name)

    def guarded(connection: socket.socket, address: Any) -> Any:
        _refuse_beyond_loopback(connection, address)
        return original(connection, address)

    patch.setattr(socket.socket, name, guarded)


@pytest.fixture(scope="session")
def rest_exchanges() -> Iterator[Witness]:
    """What the sandboxes of this process were asked by REST, and what they answered."""
    with witness() as one:
        yield one


@pytest.fixture(autouse=True)
def _rest_as_in_the_contract(rest_exchanges: Witness) -> Iterator[None]:
    yield
    problems, rest_exchanges.problems = rest_exchanges.problems, []
    assert problems == []
