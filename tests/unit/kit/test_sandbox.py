"""Serving a sandbox: what any HTTP client sees of it."""

from __future__ import annotations

import logging
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import Any

import pytest

from connector.kit.errors import ConfigError
from connector.kit.sandbox import ServedSandbox, lose_answer, serve

Serve = Callable[[Any], ServedSandbox]


def describe(environ: Any, start: Any) -> list[bytes]:
    start("200 Fine", [("Content-Type", "text/plain")])
    body = environ["wsgi.input"].read()
    words = [
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        environ.get("HTTP_X_WORD", ""),
        body.decode(),
    ]
    return ["|".join(words).encode("latin-1")]


@pytest.fixture
def connect(served: Serve) -> Iterator[Callable[[Any], HTTPConnection]]:
    opened: list[HTTPConnection] = []

    def open_connection(app: Any) -> HTTPConnection:
        opened.append(HTTPConnection("127.0.0.1", served(app).port))
        return opened[-1]

    yield open_connection
    for connection in opened:
        connection.close()


Connect = Callable[[Any], HTTPConnection]


def test_requests_reach_the_application_over_one_connection(connect: Connect) -> None:
    connection = connect(describe)
    ports = set()
    for number in range(3):
        connection.request("POST", "/a%20b?c=1", f"body {number}", {"X-Word": "hi"})
        answer = connection.getresponse()
        ports.add(connection.sock.getsockname()[1])
        assert (answer.status, answer.reason) == (200, "Fine")
        assert answer.read() == f"POST|/a b|c=1|hi|body {number}".encode()
    assert len(ports) == 1


def test_an_answer_is_one_write(connect: Connect) -> None:
    connection = connect(describe)
    connection.connect()
    connection.sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

    whole = connection.sock.recv(65_536)

    assert whole.startswith(b"HTTP/1.1 200 Fine\r\n")
    assert whole.endswith(b"\r\n\r\nGET|/|||")


def test_the_head_alone_is_answered(connect: Connect) -> None:
    connection = connect(describe)
    for _ in range(2):
        connection.request("HEAD", "/")
        answer = connection.getresponse()
        assert answer.headers["Content-Length"] == "9"
        assert answer.read() == b""


def test_the_application_may_set_every_header(connect: Connect) -> None:
    def app(_environ: Any, start: Any) -> list[bytes]:
        write = start("200 OK", [("Date", "then"), ("Content-Length", "3")])
        write(b"ab")
        return [b"c"]

    connection = connect(app)
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert answer.headers.get_all("Date") == ["then"]
    assert answer.read() == b"abc"


def test_an_empty_answer_has_no_length(connect: Connect) -> None:
    def app(_environ: Any, start: Any) -> list[bytes]:
        start("204 No Content", [])
        return []

    connection = connect(app)
    for _ in range(2):
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert "Content-Length" not in answer.headers
        answer.read()


def test_a_fault_of_the_sandbox_is_logged_and_it_goes_on(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[str] = []

    class Parts:
        def __iter__(self) -> Iterator[bytes]:
            raise KeyError("inside")

        def close(self) -> None:
            closed.append("closed")

    connection = connect(lambda _environ, _start: Parts())
    caplog.set_level(logging.ERROR)
    for _ in range(2):
        connection.request("GET", "/faulty")
        answer = connection.getresponse()
        assert answer.status == 500
        answer.read()
    assert "/faulty" in caplog.text
    assert len(closed) == 2


def test_a_body_of_unknown_length_is_refused(connect: Connect) -> None:
    connection = connect(describe)
    connection.putrequest("POST", "/")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()  # the body stays away: the answer may come before it
    assert connection.getresponse().status == 411


@pytest.mark.parametrize("after", [0, 3, 75])
def test_an_answer_is_lost_on_demand(connect: Connect, after: int) -> None:
    def app(environ: Any, start: Any) -> list[bytes]:
        lose_answer(environ, after=after)
        start("200 OK", [])
        return [b"answer"]

    connection = connect(app)
    connection.request("GET", "/")
    with pytest.raises((ConnectionError, HTTPException)):
        connection.getresponse().read()


def test_an_application_may_hang_up(connect: Connect) -> None:
    def app(_environ: Any, _start: Any) -> list[bytes]:
        raise ConnectionAbortedError

    connection = connect(app)
    connection.request("GET", "/")
    with pytest.raises(ConnectionError):
        connection.getresponse()


def test_a_taken_port_is_replaced_and_named(served: Serve) -> None:
    taken = served(describe)

    other = serve(describe, taken.port)
    other.close()

    assert taken.note == ""
    assert other.port != taken.port
    assert other.url == f"http://127.0.0.1:{other.port}"
    assert other.note == f"Port {taken.port} is taken: using {other.port} instead."


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])  # noqa: S104
def test_it_listens_nowhere_else(host: str) -> None:
    with pytest.raises(ConfigError, match=host):
        serve(describe, host=host)


def test_closing_ends_connections_that_are_open() -> None:
    sandbox = serve(describe)
    with closing(HTTPConnection("127.0.0.1", sandbox.port)) as connection:
        connection.request("GET", "/")
        connection.getresponse().read()
        assert any(thread.name == "sandbox" for thread in threading.enumerate())

        sandbox.close()

        assert connection.sock.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", sandbox.port))


def test_half_a_request_is_not_carried_out(served: Serve) -> None:
    bodies: list[bytes] = []

    def app(environ: Any, start: Any) -> list[bytes]:
        bodies.append(environ["wsgi.input"].read())
        return describe(environ, start)

    port = served(app).port
    with socket.create_connection(("127.0.0.1", port)) as peer:
        peer.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nonly this")
        peer.shutdown(socket.SHUT_WR)
        assert peer.recv(1) == b""
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("POST", "/", "whole")
        assert connection.getresponse().status == 200
    assert bodies == [b"whole"]


def test_a_peer_that_breaks_off_is_taken_calmly(
    served: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    is_gone = threading.Event()

    def app(environ: Any, start: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/slow":
            is_gone.wait(10)
        return describe(environ, start)

    sandbox = served(app)
    peer = socket.create_connection(("127.0.0.1", sandbox.port))
    peer.sendall(b"GET /slow HTTP/1.1\r\n\r\n")
    with closing(HTTPConnection("127.0.0.1", sandbox.port)) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
    is_gone.set()
    sandbox.close()

    assert capfd.readouterr() == ("", "")


def test_a_test_cannot_leave_this_machine() -> None:
    with (
        socket.socket() as beyond,
        pytest.raises(AssertionError, match="do not connect"),
    ):
        beyond.connect(("192.0.2.1", 80))
