"""The client towards a target that answers, as the transport sees it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests
import responses

from connector.kit.adaptive import AdaptiveConcurrency
from connector.kit.budget import RateBudget
from connector.kit.errors import (
    AuthError,
    ConfigError,
    ConnectorError,
    ReplyError,
    TransientError,
)
from connector.kit.http import HttpClient
from connector.kit.retries import RetryPolicy

URL = "https://lms.example.org/moodle"


@pytest.fixture
def make(clock: Any) -> Callable[..., HttpClient]:
    def client(**options: Any) -> HttpClient:
        defaults: dict[str, Any] = {
            "target": "Moodle",
            "base_url": URL,
            "now": clock.now,
            "sleep": clock.sleep,
            "random": lambda: 1.0,
        }
        return HttpClient(**(defaults | options))

    return client


def ask(client: HttpClient, *, is_repeatable: bool = True, **options: Any) -> bytes:
    answer = client.request(
        "POST", "/x", operation="read", is_repeatable=is_repeatable, **options
    )
    return answer.content


@responses.activate
def test_an_answer_comes_back_whole_and_is_counted(
    make: Callable[..., HttpClient],
) -> None:
    responses.post(
        f"{URL}/x",
        body="{}",
        match=[responses.matchers.urlencoded_params_matcher({"a": "1", "b": "ż"})],
    )
    client = make(base_url=URL + "/")

    assert ask(client, data={"a": "1", "b": "ż"}) == b"{}"

    counted = client.statistics
    assert (counted.requests, counted.retries, counted.bytes_received) == (1, 0, 2)
    assert counted.bytes_sent == len("a=1&b=%C5%BC")


@responses.activate
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_target_is_asked_again(
    make: Callable[..., HttpClient], clock: Any, status: int
) -> None:
    responses.post(f"{URL}/x", status=status)
    responses.post(f"{URL}/x", status=status)
    responses.post(f"{URL}/x", body="ok")
    client = make()

    assert ask(client) == b"ok"
    assert clock.slept == [0.5, 1.0]
    assert client.statistics.retries == 2


@responses.activate
@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7.0),
        ("Sun, 01 Mar 2026 12:00:09 GMT", 9.0),
        ("Sun, 01 Mar 2026 12:00:09 -0000", 9.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.5),
        ("soon", 0.5),
        ("", 0.5),
    ],
)
def test_the_wait_the_target_asks_for_is_kept(
    make: Callable[..., HttpClient], clock: Any, header: str, wait: float
) -> None:
    responses.post(f"{URL}/x", status=503, headers={"Retry-After": header})
    responses.post(f"{URL}/x", body="ok")

    ask(make())

    assert clock.slept == [wait]


@responses.activate
def test_waits_grow_up_to_a_bound_and_end(
    make: Callable[..., HttpClient], clock: Any
) -> None:
    responses.post(f"{URL}/x", status=503)
    policy = RetryPolicy(attempts=6, first_wait=1, longest_wait=5)

    with pytest.raises(TransientError):
        ask(make(policy=policy, random=lambda: 0.0))

    assert clock.slept == [0.5, 1.0, 2.0, 2.5, 2.5]


@responses.activate
def test_a_wait_longer_than_the_run_allows_is_not_begun(
    make: Callable[..., HttpClient], clock: Any
) -> None:
    responses.post(f"{URL}/x", status=503, headers={"Retry-After": "3600"})

    with pytest.raises(TransientError) as caught:
        ask(make())

    assert clock.slept == []
    assert caught.value.retry_after == 3600


@responses.activate
def test_a_write_that_may_have_happened_is_not_repeated(
    make: Callable[..., HttpClient], clock: Any
) -> None:
    responses.post(f"{URL}/x", status=503)

    with pytest.raises(TransientError) as caught:
        ask(make(), is_repeatable=False)

    assert caught.value.is_sent
    assert clock.slept == []


@responses.activate
def test_a_write_refused_at_the_gate_is_repeated(
    make: Callable[..., HttpClient],
) -> None:
    responses.post(f"{URL}/x", status=429)
    responses.post(f"{URL}/x", body="ok")

    assert ask(make(), is_repeatable=False) == b"ok"


@responses.activate
@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthError), (403, AuthError), (404, ReplyError), (500, ReplyError)],
)
def test_a_status_becomes_an_error_at_once(
    make: Callable[..., HttpClient],
    clock: Any,
    status: int,
    error: type[ConnectorError],
) -> None:
    responses.post(f"{URL}/x", status=status, body="hunter2")

    with pytest.raises(error) as caught:
        ask(make())

    assert str(status) in caught.value.message
    assert "hunter2" not in str(caught.value.as_json())
    assert clock.slept == []


@responses.activate
def test_an_adapter_reads_the_bodies_it_asks_for(
    make: Callable[..., HttpClient],
) -> None:
    responses.post(f"{URL}/x", status=500, body="<Fault/>")

    assert ask(make(body_statuses=frozenset({500}))) == b"<Fault/>"


@responses.activate
def test_a_body_that_says_busy_is_retried(
    make: Callable[..., HttpClient], clock: Any
) -> None:
    def check(answer: requests.Response) -> None:
        if b"sitemaintenance" in answer.content:
            raise TransientError("The site is in maintenance.", retry_after=20)

    responses.post(f"{URL}/x", body='{"errorcode":"sitemaintenance"}')
    responses.post(f"{URL}/x", body="[]")

    assert ask(make(), check=check) == b"[]"
    assert clock.slept == [20]


@responses.activate
def test_a_redirect_to_https_says_what_to_write(
    make: Callable[..., HttpClient],
) -> None:
    responses.post(
        "http://127.0.0.1:9/x", status=301, headers={"Location": "https://127.0.0.1/x"}
    )

    with pytest.raises(ConfigError) as caught:
        ask(make(base_url="http://127.0.0.1:9"))

    assert "https://" in caught.value.hint


@responses.activate
def test_any_other_redirect_is_named_without_secrets(
    make: Callable[..., HttpClient],
) -> None:
    place = "https://u:p@other.example.org/login?token=1"
    responses.post(f"{URL}/x", status=302, headers={"Location": place})

    with pytest.raises(ConfigError) as caught:
        ask(make())

    assert "https://other.example.org/login" in caught.value.message
    assert "token" not in caught.value.message
    assert "u:p" not in caught.value.message


@responses.activate
def test_a_refused_token_is_renewed_once(make: Callable[..., HttpClient]) -> None:
    asked: list[Mapping[str, str] | None] = []

    def authorise(refused: Mapping[str, str] | None) -> Mapping[str, str]:
        asked.append(refused)
        return {"Authorization": f"Bearer {len(asked)}"}

    def bearer(number: int) -> Any:
        wanted = {"Authorization": f"Bearer {number}"}
        return responses.matchers.header_matcher(wanted)

    responses.post(f"{URL}/x", status=401, match=[bearer(1)])
    responses.post(f"{URL}/x", body="ok", match=[bearer(2)])
    client = make(authorise=authorise)

    assert ask(client, is_repeatable=False) == b"ok"
    assert asked == [None, {"Authorization": "Bearer 1"}]

    responses.post(f"{URL}/y", status=401)
    with pytest.raises(AuthError):
        client.request("POST", "/y", operation="read", is_repeatable=False)
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("http://lms.example.org", "in clear"),
        ("ftp://lms.example.org", "no web address"),
        ("lms.example.org", "no web address"),
        ("https://", "no web address"),
        ("https://host:port", "no address"),
        ("https://[::1", "no address"),
        ("https://me:hunter2@lms.example.org", "carries a user"),
        ("https://lms.example.org?token=1", "carries a query"),
    ],
)
def test_an_address_that_cannot_serve_is_refused(
    make: Callable[..., HttpClient], address: str, part: str
) -> None:
    with pytest.raises(ConfigError, match=part) as caught:
        make(base_url=address)
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:80", "http://localhost", "http://[::1]:5", "https://a.example"],
)
def test_an_address_that_can_serve_is_taken(
    make: Callable[..., HttpClient], address: str
) -> None:
    assert make(base_url=address).statistics.requests == 0


@responses.activate
def test_the_log_tells_of_the_exchange_and_no_secret(
    make: Callable[..., HttpClient], caplog: pytest.LogCaptureFixture
) -> None:
    responses.post(f"{URL}/x", body="personal")
    responses.post(f"{URL}/x", body=requests.ConnectionError("token in here"))
    caplog.set_level(logging.DEBUG)
    client = make(authorise=lambda _refused: {"Authorization": "Bearer hidden"})

    ask(client, data={"wstoken": "hidden"})
    with pytest.raises(TransientError):
        ask(client, data={"wstoken": "hidden"}, is_repeatable=False)

    assert "Moodle read: HTTP 200, 0 ms, 8 bytes" in caplog.messages
    assert "Moodle read: broke off" in caplog.messages
    text = caplog.text
    assert not any(word in text for word in ("hidden", "personal", "token in here"))


@responses.activate
def test_every_attempt_is_paid_from_the_budget(
    make: Callable[..., HttpClient], clock: Any
) -> None:
    responses.post(f"{URL}/x", status=503, headers={"Retry-After": "4"})
    responses.post(f"{URL}/x", body="ok")
    budget = RateBudget(0.1, 1, clock=clock.seconds, sleep=clock.sleep)

    ask(make(budget=budget))

    assert clock.slept == pytest.approx([4.0, 6.0])


@responses.activate
def test_a_busy_target_gets_fewer_requests_at_once(
    make: Callable[..., HttpClient],
) -> None:
    concurrency = AdaptiveConcurrency(1, 8)
    client = make(concurrency=concurrency)
    responses.post(f"{URL}/x", body="ok")
    for _ in range(100):
        ask(client)
    assert concurrency.limit == 8

    responses.replace("POST", f"{URL}/x", status=503)
    with pytest.raises(TransientError):
        ask(client, is_repeatable=False)
    assert concurrency.limit == 4
