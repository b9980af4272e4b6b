"""The one place from which requests leave to a target.

Time-outs always, retries only where repeating is safe, failures as errors of the
tree. It reads no body's meaning and logs no body, form field, header or token.
"""

from __future__ import annotations

import logging
import random as random_module
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol, TypeAlias
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import exceptions as urllib3_errors

from connector.kit.adaptive import AdaptiveConcurrency
from connector.kit.addresses import is_loopback, problem_of_address
from connector.kit.budget import RateBudget
from connector.kit.errors import ConfigError, Problem, TransientError
from connector.kit.failures import (
    RefusedTokenError,
    failure_of_exception,
    failure_of_status,
)
from connector.kit.retries import Attempts, RetryPolicy

log = logging.getLogger(__name__)

#: A body: form fields (a name may come twice), or bytes as they are.
Data: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]] | bytes | None


class Authorise(Protocol):
    """Gives the headers that authorise a request."""

    def __call__(self, refused: Mapping[str, str] | None) -> Mapping[str, str]:
        """Return headers; `refused` are those the target has just refused (401)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a client has sent and received; bodies in bytes, received ones unpacked."""

    requests: int = 0
    retries: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    method: str
    url: str
    operation: str
    is_repeatable: bool
    data: Mapping[str, str] | list[tuple[str, str]] | bytes | None
    headers: Mapping[str, str]
    check: Callable[[requests.Response], None] | None
    is_stream: bool = False


class Body:
    """A streamed answer as a readable file, unpacked; cut bodies raise."""

    def __init__(self, client: HttpClient, call: _Call, response: requests.Response):
        self._client = client
        self._call = call
        self._response = response
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, all for -1, none at the end.

        Raises:
            TransientError: the connection broke before the whole answer was here.
        """
        amount = None if size < 0 else size
        try:
            part: bytes = self._response.raw.read(amount, decode_content=True)
        except (urllib3_errors.HTTPError, OSError) as error:
            raise failure_of_exception(
                error, target=self._client.target, operation=self._call.operation
            ) from error
        self._client._count(bytes_received=len(part))
        return part


class HttpClient:
    """Requests to one target; any number of threads may use it at once.

    `authorise` gives headers per request and is asked once more after a 401.
    `body_statuses` are statuses beside 2xx whose body the adapter reads itself (a
    SOAP fault comes as HTTP 500). Redirects are never followed.

    Raises:
        ConfigError: the address is none, or would send secrets in clear.
    """

    def __init__(
        self,
        *,
        target: str,
        base_url: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random_module.random,
        connect_timeout: float = 10.0,
        read_timeout: float = 120.0,
        policy: RetryPolicy | None = None,
        budget: RateBudget | None = None,
        concurrency: AdaptiveConcurrency | None = None,
        authorise: Authorise | None = None,
        body_statuses: frozenset[int] = frozenset(),
    ) -> None:
        if problem := problem_of_address(base_url):
            raise ConfigError(
                f"{target}: the address of the connection {problem}",
                problems=[Problem(target, f"the address {problem}")],
            )
        self.target = target
        self._base_url = base_url.rstrip("/")
        self._is_loopback = is_loopback(urlsplit(base_url).hostname or "")
        self._now = now
        self._sleep = sleep
        self._random = random
        self._timeout = (connect_timeout, read_timeout)
        self._policy = policy or RetryPolicy()
        self._budget = budget
        self._concurrency = concurrency
        self._authorise = authorise
        self._body_statuses = body_statuses
        #: Sessions nobody is using: one is taken for each request on its way.
        self._idle: deque[requests.Session] = deque()
        self._counted = Statistics()
        self._lock = threading.Lock()

    @property
    def statistics(self) -> Statistics:
        """Return what was sent and received so far."""
        with self._lock:
            return self._counted

    def request(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        is_repeatable: bool,
        data: Data = None,
        headers: Mapping[str, str] | None = None,
        check: Callable[[requests.Response], None] | None = None,
    ) -> requests.Response:
        """Send a request and return its answer with the whole body.

        `operation` names it in messages and logs. `check` may look at the answer and
        raise: a `TransientError` is then retried like one of the transport's own.

        Raises:
            AuthError: 401 (after new headers were tried too) or 403.
            ConfigError: a redirect, or no trusted TLS connection.
            ReplyError: any other status but 2xx and `body_statuses`.
            TransientError: no answer, a cut one or a busy target, after retries if
                the request may be repeated or certainly did not arrive.
        """
        call = self._call(
            method,
            path,
            operation=operation,
            is_repeatable=is_repeatable,
            data=data,
            headers=headers,
            check=check,
        )
        response, session = self._send(call)
        self._idle.append(session)
        return response

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        is_repeatable: bool,
        data: Data = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[Body]:
        """Send a request and hand out its answer as a file; errors as `request`.

        Retries end when the body begins: a cut body raises while it is read.
        """
        call = self._call(
            method,
            path,
            operation=operation,
            is_repeatable=is_repeatable,
            data=data,
            headers=headers,
            check=None,
        )
        call = replace(call, is_stream=True)
        response, session = self._send(call)
        try:
            yield Body(self, call, response)
        finally:
            response.close()
            self._idle.append(session)

    def close(self) -> None:
        """Close every connection that is not in use."""
        while self._idle:
            self._idle.pop().close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        is_repeatable: bool,
        data: Data,
        headers: Mapping[str, str] | None,
        check: Callable[[requests.Response], None] | None,
    ) -> _Call:
        body = data if isinstance(data, bytes | Mapping | None) else list(data)
        return _Call(
            method=method,
            url=self._base_url + path,
            operation=operation,
            is_repeatable=is_repeatable,
            data=body,
            headers=dict(headers or {}),
            check=check,
        )

    def _send(self, call: _Call) -> tuple[requests.Response, requests.Session]:
        """Try a call until it succeeds, must not be repeated or is given up."""
        attempts = Attempts(self._policy, now=self._now, random=self._random)
        refused: Mapping[str, str] | None = None
        while True:
            granted = self._authorise(refused) if self._authorise else {}
            try:
                return self._attempt(call, granted)
            except RefusedTokenError:
                if self._authorise is None or refused is not None:
                    raise
                refused = granted
            except TransientError as error:
                if error.is_sent and not call.is_repeatable:
                    raise
                wait = attempts.wait_after_failure(error.retry_after)
                if wait is None:
                    raise
                self._count(retries=1)
                self._hold_back(wait, error.retry_after)

    def _hold_back(self, wait: float, retry_after: float | None) -> None:
        if self._budget is not None and retry_after:
            self._budget.hold(retry_after)
        self._sleep(wait)

    def _attempt(
        self, call: _Call, granted: Mapping[str, str]
    ) -> tuple[requests.Response, requests.Session]:
        """Send a call once, in a slot of its own."""
        if self._concurrency is None:
            return self._exchange(call, granted)
        with self._concurrency.slot() as slot:
            try:
                answer = self._exchange(call, granted)
            except TransientError:
                slot.overloaded()
                raise
            slot.succeeded()
            return answer

    def _exchange(
        self, call: _Call, granted: Mapping[str, str]
    ) -> tuple[requests.Response, requests.Session]:
        """Send a call and receive its answer; a broken session is not used again."""
        if self._budget is not None:
            self._budget.take()
        session = self._idle_session()
        started = self._now()
        try:
            response = self._receive(call, granted, session)
        except BaseException:
            session.close()
            raise
        self._log(call, response, started)
        try:
            self._judge(call, response)
        except BaseException:
            response.close()
            self._idle.append(session)
            raise
        return response, session

    def _receive(
        self, call: _Call, granted: Mapping[str, str], session: requests.Session
    ) -> requests.Response:
        self._count(requests=1)
        try:
            response = session.request(
                call.method,
                call.url,
                data=call.data,
                headers={**call.headers, **granted},
                timeout=self._timeout,
                allow_redirects=False,
                stream=call.is_stream,
            )
        except (requests.RequestException, urllib3_errors.HTTPError) as error:
            log.debug("%s %s: broke off", self.target, call.operation)
            raise failure_of_exception(
                error, target=self.target, operation=call.operation
            ) from error
        self._count(
            bytes_sent=len(response.request.body or b""),
            bytes_received=0 if call.is_stream else len(response.content),
        )
        return response

    def _judge(self, call: _Call, response: requests.Response) -> None:
        """Raise what the answer's status, or the caller's check, says."""
        if response.status_code not in self._body_statuses:
            failure = failure_of_status(
                response, target=self.target, operation=call.operation, now=self._now()
            )
            if failure is not None:
                raise failure
        if call.check is not None:
            call.check(response)

    def _log(self, call: _Call, response: requests.Response, started: datetime) -> None:
        log.debug(
            "%s %s: HTTP %d, %d ms, %s bytes",
            self.target,
            call.operation,
            response.status_code,
            (self._now() - started).total_seconds() * 1000,
            "streamed" if call.is_stream else len(response.content),
        )

    def _idle_session(self) -> requests.Session:
        try:
            return self._idle.pop()
        except IndexError:
            return _new_session(is_loopback=self._is_loopback)

    def _count(
        self,
        *,
        requests: int = 0,
        retries: int = 0,
        bytes_sent: int = 0,
        bytes_received: int = 0,
    ) -> None:
        with self._lock:
            counted = self._counted
            self._counted = Statistics(
                requests=counted.requests + requests,
                retries=counted.retries + retries,
                bytes_sent=counted.bytes_sent + bytes_sent,
                bytes_received=counted.bytes_received + bytes_received,
            )


def _new_session(*, is_loopback: bool) -> requests.Session:
    """Return a session without surprises.

    A proxy from the environment is used, but not on the way to this machine; no
    `.netrc` overrides our authorisation; no cookie carries state from one request to
    the next; the transport repeats nothing by itself.
    """
    session = requests.Session()
    session.trust_env = not is_loopback
    session.auth = _leave_as_is
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "job-framework-connector"
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_connections=1, pool_maxsize=1))
    return session


def _leave_as_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
