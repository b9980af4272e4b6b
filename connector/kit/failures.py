"""What a failed exchange over HTTP means, in the words of the error tree.

Transport only: an answer whose body tells about success or failure is the adapter's
to read. Nothing of a request or of a body gets into a message.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import requests
from urllib3 import exceptions as urllib3_errors

from connector.kit.errors import (
    AuthError,
    ConfigError,
    ConnectorError,
    ReplyError,
    TransientError,
)
from connector.kit.retries import seconds_of_retry_after

#: The target, or a gate in front of it, is busy or down for now.
BUSY_STATUSES = frozenset({429, 502, 503, 504})

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

#: The request had no connection to leave by.
_NEVER_CONNECTED = (
    urllib3_errors.NewConnectionError,
    urllib3_errors.NameResolutionError,
    urllib3_errors.ConnectTimeoutError,
    urllib3_errors.ProxyError,
)


class RefusedTokenError(AuthError):
    """The access token is refused; a new one may be accepted."""


def failure_of_exception(
    error: Exception, *, target: str, operation: str
) -> ConnectorError:
    """Return the error for an exchange that broke off.

    Where it is not certain that nothing left, the error says that the request may
    have reached the target.
    """
    causes = tuple(_causes(error))
    certificate = next((c for c in causes if _is_wrong_tls(c)), None)
    if certificate is not None:
        return ConfigError(
            f"{target}: no trusted TLS connection ({_reason(certificate)}).",
            hint="Check the address, and that its certificate is valid and known here.",
        )
    if any(isinstance(c, requests.exceptions.InvalidURL) for c in causes):
        return ConfigError(
            f"{target}: {operation} has no usable address.",
            hint="Correct the address in the settings of the connection.",
        )
    is_sent = not any(isinstance(c, _NEVER_CONNECTED) for c in causes)
    what = _what_happened(causes, is_sent=is_sent)
    return TransientError(
        f"{target}: {operation}: {what}.",
        target=target,
        operation=operation,
        hint="Check that the target is up and reachable, then run again.",
        is_sent=is_sent,
    )


def failure_of_status(
    response: requests.Response, *, target: str, operation: str, now: datetime
) -> ConnectorError | None:
    """Return the error for an answer's status, none for a success (2xx).

    A 429 was refused at the gate, so nothing of it happened; behind the other busy
    statuses a gateway may have passed the request on.
    """
    status = response.status_code
    if 200 <= status < 300:
        return None
    if status in _REDIRECTS:
        return _redirect(response, target)
    if status in BUSY_STATUSES:
        return TransientError(
            f"{target}: {operation}: busy or down for now (HTTP {status}).",
            hint="Wait, then run again.",
            retry_after=seconds_of_retry_after(
                response.headers.get("Retry-After"), now
            ),
            is_sent=status != 429,
            # Behind a gateway that gave up waiting (504) it may still be going on.
            is_answered=status != 504,
            target=target,
            operation=operation,
        )
    if status in (401, 403):
        kind = RefusedTokenError if status == 401 else AuthError
        return kind(
            f"{target}: {operation}: credentials or rights refused (HTTP {status}).",
            hint="Check the connection's secrets and the rights of its account.",
            target=target,
            operation=operation,
        )
    return ReplyError(
        f"{target}: {operation}: answered HTTP {status}, which is not expected.",
        hint="Check the address of the connection, then ask `jobframe doctor`.",
        target=target,
        operation=operation,
    )


def _redirect(response: requests.Response, target: str) -> ConfigError:
    """Return the error for a redirect: it is never followed.

    A followed redirect turns a POST into a GET and may carry secrets elsewhere.
    """
    asked = urlsplit(response.url)
    wanted = urlsplit(response.headers.get("Location", ""))
    if asked.scheme == "http" and wanted.scheme == "https":
        return ConfigError(
            f"{target}: the address starts with http:// but the target wants https://.",
            hint="Write the address with https:// in the settings of the connection.",
        )
    place = wanted._replace(query="", fragment="", netloc=wanted.netloc.split("@")[-1])
    return ConfigError(
        f"{target}: the target sends requests on to {place.geturl() or 'nowhere'}.",
        hint="Write the target's own address in the settings of the connection.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and everything it was raised from or wraps."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [*cause.args, getattr(cause, "reason", None)]
        waiting.append(cause.__cause__)


def _is_wrong_tls(cause: BaseException) -> bool:
    """Tell whether a set-up is wrong, not only a TLS connection cut."""
    return isinstance(cause, ssl.SSLCertVerificationError) or (
        isinstance(cause, ssl.SSLError)
        and getattr(cause, "reason", "") == "WRONG_VERSION_NUMBER"
    )


def _reason(cause: BaseException) -> str:
    text = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
    return str(text or type(cause).__name__)


def _what_happened(causes: tuple[BaseException, ...], *, is_sent: bool) -> str:
    def is_any(*types: type[BaseException]) -> bool:
        return any(isinstance(cause, types) for cause in causes)

    if is_any(urllib3_errors.NameResolutionError):
        return "the host name is not known"
    if is_any(urllib3_errors.ConnectTimeoutError):
        return "no connection in time"
    if not is_sent:
        return "no connection"
    if is_any(TimeoutError, requests.Timeout, urllib3_errors.ReadTimeoutError):
        return "no answer in time"
    return "the connection broke before the whole answer was here"
