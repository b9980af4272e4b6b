"""Serves a sandbox's WSGI application over real HTTP on this machine.

It knows no platform and never listens beyond loopback. Connections stay open between
requests, as a real target's do: the usual development server closes each.
"""

from __future__ import annotations

import io
import logging
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote, urlsplit

from connector.kit.addresses import is_loopback
from connector.kit.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

_LOST_AFTER = "connector.sandbox.lost_after"

_ExceptionInfo: TypeAlias = (
    "tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]"
)


def lose_answer(environ: WSGIEnvironment, *, after: int = 0) -> None:
    """Let the connection break after so many bytes of this request's answer.

    The request itself is carried out. The answer's head counts too: 0 loses it whole.
    """
    environ[_LOST_AFTER] = after


@dataclass(frozen=True, slots=True)
class ServedSandbox:
    """A WSGI application that is up.

    `note` is not empty where the wanted port was taken, and says so.
    """

    url: str
    port: int
    note: str
    close: Callable[[], None]


def serve(
    app: WSGIApplication, port: int = 0, *, host: str = "127.0.0.1"
) -> ServedSandbox:
    """Serve an application on loopback until it is closed; port 0 takes a free one.

    Each connection has a thread of its own. `close` ends open connections too. An
    application that raises `ConnectionError` hangs up without an answer.

    Raises:
        ConfigError: the host is not this machine.
    """
    if not is_loopback(host) or ":" in host:
        raise ConfigError(
            f"A sandbox does not listen on {host}: it protects nothing.",
            hint="Use 127.0.0.1.",
        )
    try:
        server, note = _Server((host, port), app), ""
    except OSError:
        server = _Server((host, 0), app)
        note = f"Port {port} is taken: using {server.port} instead."
    thread = threading.Thread(
        target=server.serve_forever, args=(0.02,), name="sandbox", daemon=True
    )
    thread.start()

    def close() -> None:
        server.shutdown()
        server.server_close()
        server.end_connections()
        thread.join()

    return ServedSandbox(f"http://{host}:{server.port}", server.port, note, close)


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: WSGIApplication) -> None:
        self.app = app
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(address, _Handler)
        self.port: int = self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, then serve it in its own thread."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection and forget it."""
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def end_connections(self) -> None:
        """End every open connection and wait a little for their threads."""
        with self._changed:
            for connection in self._open:
                with suppress(OSError):  # the peer was faster
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, timeout=5)


@dataclass(slots=True)
class _Answer:
    """What an application answers, collected so that it leaves in one write."""

    status: str = "500 Internal Server Error"
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: io.BytesIO = field(default_factory=io.BytesIO)

    def start(
        self,
        status: str,
        headers: list[tuple[str, str]],
        _error: _ExceptionInfo | None = None,
    ) -> Callable[[bytes], object]:
        """Take the head, as WSGI's `start_response`."""
        self.status, self.headers = status, headers
        return self.body.write


class _Handler(BaseHTTPRequestHandler):
    """One connection: request after request until the peer ends it."""

    protocol_version = "HTTP/1.1"
    # With Nagle's algorithm an answer may wait some 40 ms for the peer's delayed
    # acknowledgement; so do two writes for one answer.
    disable_nagle_algorithm = True
    server: _Server

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Answer every method alike: the application knows which it allows."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: a log would mix with the output of the command."""

    def handle(self) -> None:
        """Serve until the peer breaks off, which a sandbox takes calmly."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def _answer(self) -> None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.close_connection = True
            self.send_error(411, "Length Required")
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True  # the peer left: half a request is none
            return
        environ = self._environ(body)
        answer = _Answer()
        try:
            parts = self.server.app(environ, answer.start)
            try:
                for part in parts:
                    answer.body.write(part)
            finally:
                if hasattr(parts, "close"):
                    parts.close()
        except ConnectionError:  # the application hangs up
            self._reset()
            return
        except Exception:  # a sandbox goes on, as a real server does
            log.exception("The sandbox failed to answer %s", self.path)
            answer = _Answer()
        self._write(answer, environ.get(_LOST_AFTER))

    def _write(self, answer: _Answer, lost_after: int | None) -> None:
        body = answer.body.getvalue()
        names = {name.lower() for name, _ in answer.headers}
        code, _, reason = answer.status.partition(" ")
        self.send_response_only(int(code), reason)
        if "date" not in names:
            self.send_header("Date", self.date_time_string())
        for name, value in answer.headers:
            self.send_header(name, value)
        if "content-length" not in names and int(code) not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.wfile, connection = io.BytesIO(), self.wfile
        self.end_headers()
        head, self.wfile = self.wfile.getvalue(), connection
        if self.command == "HEAD":
            body = b""
        self.wfile.write((head + body)[:lost_after])
        if lost_after is not None:
            self._reset()

    def _reset(self) -> None:
        """Break the connection without a goodbye (RST instead of FIN)."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def _environ(self, body: bytes) -> WSGIEnvironment:
        url = urlsplit(self.path)
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(url.path, "latin-1"),
            "QUERY_STRING": url.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": str(self.server.server_address[0]),
            "SERVER_PORT": str(self.server.port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
        return environ
