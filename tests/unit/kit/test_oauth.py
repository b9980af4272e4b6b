"""Access tokens whose refresh tokens change with every use."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses

from connector.kit.errors import AuthError, ReplyError, TransientError
from connector.kit.oauth import RefreshingToken

URL = "https://wd.example.org/ccx/oauth2/acme/token"


class Vault:
    """Secrets in memory that tell when one was stored."""

    def __init__(self) -> None:
        self.held = {"client": "s3cret", "refresh": "first"}
        self.events: list[str] = []
        self.is_broken = False

    def get(self, name: str) -> str:
        return self.held[name]

    def rotate(self, name: str, renew: Callable[[str], str]) -> str:
        new = renew(self.held[name])
        if self.is_broken:
            raise OSError("disk full")
        self.held[name] = new
        self.events.append(f"stored {new}")
        return new


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def token(vault: Vault, clock: Any) -> RefreshingToken:
    return RefreshingToken(
        target="Workday",
        token_url=URL,
        client_id="connector",
        client_secret_name="client",
        refresh_token_name="refresh",
        secrets=vault,
        now=clock.now,
        sleep=clock.sleep,
    )


def rotate_tokens(vault: Vault, **extra: Any) -> None:
    """Let the target give out access and refresh tokens, each refresh token once."""
    given: list[str] = []

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        form = parse_qs(str(request.body))
        assert form["grant_type"] == ["refresh_token"]
        assert form["refresh_token"] == [vault.held["refresh"]]
        wanted = base64.b64encode(b"connector:s3cret").decode()
        assert request.headers["Authorization"] == f"Basic {wanted}"
        given.append(form["refresh_token"][0])
        assert len(set(given)) == len(given)
        body = {
            "access_token": f"access {len(given)}",
            "refresh_token": f"refresh {len(given)}",
            "token_type": "Bearer",
        } | extra
        return 200, {}, json.dumps(body)

    responses.add_callback("POST", URL, answer)


@responses.activate
def test_a_token_is_used_until_shortly_before_its_end(
    token: RefreshingToken, vault: Vault, clock: Any
) -> None:
    rotate_tokens(vault, expires_in=3600)

    assert token.headers() == {"Authorization": "Bearer access 1"}
    clock.passed = 3539
    assert token.headers() == {"Authorization": "Bearer access 1"}
    clock.passed = 3540
    assert token.headers() == {"Authorization": "Bearer access 2"}
    assert vault.events == ["stored refresh 1", "stored refresh 2"]
    token.close()


@responses.activate
def test_a_short_token_is_used_for_half_its_life(
    token: RefreshingToken, vault: Vault, clock: Any
) -> None:
    rotate_tokens(vault, expires_in="20")
    token.headers()
    clock.passed = 9
    assert token.headers() == {"Authorization": "Bearer access 1"}
    clock.passed = 10
    assert token.headers() == {"Authorization": "Bearer access 2"}


@responses.activate
def test_a_token_without_an_end_is_used_until_it_is_refused(
    token: RefreshingToken, vault: Vault, clock: Any
) -> None:
    rotate_tokens(vault)
    first = token.headers()
    clock.passed = 1e6
    assert token.headers() == first

    assert token.headers(first) == {"Authorization": "Bearer access 2"}
    assert token.headers(first) == {"Authorization": "Bearer access 2"}


@responses.activate
def test_threads_that_need_a_token_renew_it_once(
    token: RefreshingToken, vault: Vault
) -> None:
    rotate_tokens(vault, expires_in=3600)
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: str(token.headers()), range(50)))
    assert len(set(seen)) == 1
    assert len(responses.calls) == 1


@responses.activate
def test_an_access_token_is_not_used_before_the_refresh_token_is_stored(
    token: RefreshingToken, vault: Vault
) -> None:
    rotate_tokens(vault, expires_in=3600)
    vault.is_broken = True
    with pytest.raises(OSError, match="disk full"):
        token.headers()

    vault.is_broken = False
    responses.reset()
    rotate_tokens(vault, expires_in=3600, access_token="after")
    assert token.headers() == {"Authorization": "Bearer after"}


@responses.activate
def test_a_target_that_keeps_the_refresh_token_is_served_too(
    token: RefreshingToken, vault: Vault
) -> None:
    responses.post(URL, json={"access_token": "a", "expires_in": 60})
    token.headers()
    assert vault.held["refresh"] == "first"


@responses.activate
def test_a_lost_network_keeps_the_old_refresh_token(
    token: RefreshingToken, vault: Vault
) -> None:
    responses.post(URL, body=requests.ConnectionError("reset"))
    with pytest.raises(TransientError) as caught:
        token.headers()
    assert not caught.value.is_sent
    assert vault.held["refresh"] == "first"

    responses.reset()
    rotate_tokens(vault)
    assert token.headers() == {"Authorization": "Bearer access 1"}


@responses.activate
@pytest.mark.parametrize(
    ("status", "code", "part"),
    [
        (400, "invalid_grant", "secret refresh"),
        (401, "invalid_client", "secret (client)"),
        (400, "<b>token</b>", "client id"),
    ],
)
def test_a_refusal_says_which_secret_to_renew(
    token: RefreshingToken, vault: Vault, status: int, code: str, part: str
) -> None:
    body = {"error": code, "error_description": "token first is not valid"}
    responses.post(URL, status=status, json=body)
    with pytest.raises(AuthError) as caught:
        token.headers()
    assert part in caught.value.hint
    assert "<b>" not in caught.value.message
    assert "first" not in caught.value.message
    assert vault.held["refresh"] == "first"


@responses.activate
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>log in</html>"),
        (400, "<html>log in</html>"),
        (200, "[]"),
        (200, '{"token_type": "Bearer"}'),
    ],
)
def test_an_answer_of_something_else_is_named(
    token: RefreshingToken, status: int, body: str
) -> None:
    responses.post(URL, status=status, body=body)
    with pytest.raises(ReplyError, match="no OAuth 2 answer"):
        token.headers()
