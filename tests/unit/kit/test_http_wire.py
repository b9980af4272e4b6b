"""The client towards real sockets: resets, silence, cut bodies, many threads."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from urllib3 import exceptions as urllib3_errors

from connector.kit.errors import ConfigError, TransientError
from connector.kit.failures import failure_of_exception
from connector.kit.http import HttpClient
from connector.kit.retries import RetryPolicy
from connector.kit.sandbox import ServedSandbox, lose_answer

ONCE = RetryPolicy(attempts=1)

Serve = Callable[[Any], ServedSandbox]


@pytest.fixture
def make(clock: Any) -> Iterator[Callable[..., HttpClient]]:
    clients: list[HttpClient] = []

    def client(url: str, **options: Any) -> HttpClient:
        made = HttpClient(
            target="Moodle",
            base_url=url,
            now=clock.now,
            sleep=clock.sleep,
            random=lambda: 1.0,
            **options,
        )
        clients.append(made)
        return made

    yield client
    for made in clients:
        made.close()


def echo(environ: Any, start: Any) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "seen=1")])
    return [environ["wsgi.input"].read() or environ.get("HTTP_COOKIE", "-").encode()]


def post(client: HttpClient, data: bytes = b"") -> bytes:
    return client.request(
        "POST", "/x", operation="write", is_repeatable=False, data=data
    ).content


def test_a_refused_connection_sent_nothing_and_is_tried_again(
    make: Callable[..., HttpClient], clock: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    with pytest.raises(TransientError, match="no connection") as caught:
        post(make(f"http://127.0.0.1:{port}"))

    assert not caught.value.is_sent
    assert len(clock.slept) == 4


def test_a_reset_after_sending_may_have_happened(
    make: Callable[..., HttpClient], served: Serve
) -> None:
    carried_out: list[bytes] = []

    def app(environ: Any, start: Any) -> list[bytes]:
        carried_out.append(environ["wsgi.input"].read())
        lose_answer(environ)
        start("200 OK", [])
        return [b"done"]

    with pytest.raises(TransientError, match="broke before") as caught:
        post(make(served(app).url), b"once")

    assert caught.value.is_sent
    assert carried_out == [b"once"]


def test_silence_after_sending_may_have_happened(
    make: Callable[..., HttpClient], served: Serve
) -> None:
    is_over = threading.Event()

    def app(_environ: Any, start: Any) -> list[bytes]:
        is_over.wait(10)
        start("200 OK", [])
        return []

    client = make(served(app).url, read_timeout=0.05)
    with pytest.raises(TransientError, match="no answer in time") as caught:
        post(client)
    is_over.set()

    assert caught.value.is_sent


def test_a_lost_answer_of_a_read_is_asked_for_again(
    make: Callable[..., HttpClient], served: Serve
) -> None:
    asked: list[int] = []

    def app(environ: Any, start: Any) -> list[bytes]:
        asked.append(1)
        if len(asked) == 1:
            lose_answer(environ, after=70)
        start("200 OK", [])
        return [b"whole"]

    client = make(served(app).url)
    answer = client.request("POST", "", operation="read", is_repeatable=True)

    assert answer.content == b"whole"
    assert client.statistics.retries == 1


def test_a_large_answer_is_streamed_and_unpacked(
    make: Callable[..., HttpClient], served: Serve
) -> None:
    text = b"line of text\n" * 100_000

    def app(_environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Encoding", "gzip"), ("X-Page", "1")])
        return [gzip.compress(text)]

    client = make(served(app).url)
    parts = []
    with client.stream("POST", "/x", operation="read", is_repeatable=True) as body:
        assert (body.status, body.headers["x-page"]) == (200, "1")
        while part := body.read(65_536):
            parts.append(part)

    assert b"".join(parts) == text
    assert client.statistics.bytes_received == len(text)


def test_a_streamed_answer_is_read_at_once_too(
    make: Callable[..., HttpClient], served: Serve
) -> None:
    client = make(served(echo).url)
    with client.stream(
        "POST", "/x", operation="read", is_repeatable=True, data=b"all"
    ) as body:
        assert body.read() == b"all"
        assert body.read(1) == b""


def test_a_cut_stream_is_no_short_answer(
    make: Callable[..., HttpClient], served: Serve
) -> None:
    def app(environ: Any, start: Any) -> list[bytes]:
        lose_answer(environ, after=100_000)
        start("200 OK", [])
        return [b"x" * 1_000_000]

    client = make(served(app).url)
    with client.stream("POST", "/x", operation="read", is_repeatable=True) as body:
        whole = iter(lambda: body.read(10_000), b"")
        with pytest.raises(TransientError, match="broke before"):
            list(whole)


def test_connections_are_kept_and_cookies_are_not(
    make: Callable[..., HttpClient], served: Serve
) -> None:
    client = make(served(echo).url)

    assert [post(client) for _ in range(3)] == [b"-"] * 3
    assert len(client._idle) == 1


def test_many_threads_share_one_client(
    make: Callable[..., HttpClient], served: Serve
) -> None:
    client = make(served(echo).url)
    texts = [f"text {number}".encode() for number in range(200)]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: post(client, text), texts)) == texts

    assert client.statistics.requests == 200
    assert 1 <= len(client._idle) <= 8


def test_no_proxy_stands_before_this_machine(
    make: Callable[..., HttpClient], served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert post(make(served(echo).url), b"straight") == b"straight"


def test_plain_http_behind_an_https_address_is_a_wrong_setting(
    make: Callable[..., HttpClient], served: Serve
) -> None:
    url = served(echo).url.replace("http:", "https:")

    with pytest.raises(ConfigError, match="TLS"):
        post(make(url, policy=ONCE))


def connection_error(reason: Exception) -> requests.ConnectionError:
    pool: Any = None
    return requests.ConnectionError(urllib3_errors.MaxRetryError(pool, "/x", reason))


def certificate_error() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


def name_error() -> urllib3_errors.NameResolutionError:
    connection: Any = None
    return urllib3_errors.NameResolutionError(
        "lms.example.org", connection, socket.gaierror("unknown")
    )


@pytest.mark.parametrize(
    ("reason", "part", "is_sent"),
    [
        (name_error(), "host name is not known", False),
        (urllib3_errors.ConnectTimeoutError("x"), "no connection in time", False),
        (urllib3_errors.ProxyError("x", OSError("x")), "no connection", False),
        (ssl.SSLEOFError(8, "cut"), "broke before", True),
        (urllib3_errors.ProtocolError("x", ConnectionResetError()), "broke", True),
    ],
)
def test_a_broken_exchange_says_whether_it_may_have_left(
    reason: Exception, part: str, is_sent: bool
) -> None:
    error = failure_of_exception(
        connection_error(reason), target="Moodle", operation="write"
    )

    assert isinstance(error, TransientError)
    assert part in error.message
    assert error.is_sent == is_sent


@pytest.mark.parametrize(
    ("reason", "part"),
    [
        (connection_error(certificate_error()), "self-signed certificate"),
        (requests.exceptions.InvalidURL("https://token"), "no usable address"),
    ],
)
def test_a_wrong_set_up_is_for_the_operator(reason: Exception, part: str) -> None:
    error = failure_of_exception(reason, target="Moodle", operation="write")

    assert isinstance(error, ConfigError)
    assert part in error.message
    assert "token" not in error.message
