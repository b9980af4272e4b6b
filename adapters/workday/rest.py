"""Calls to a tenant's REST services: address, version, pages and error mapping.

REST takes an access token only (Workday contract, 7 and 9). It knows no resource's
content; a body's values get into no message but as Workday's own words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import requests

from adapters.workday.settings import Settings
from adapters.workday.soap import TARGET
from connector.kit.budget import RateBudget
from connector.kit.errors import AuthError, RejectedError, ReplyError, TransientError
from connector.kit.http import Authorise, HttpClient
from connector.kit.protocols import Services

STAFFING, PROCESSES = "staffing", "businessProcess"
#: The largest page of a collection, and of a list of values to choose from.
_PAGE, _VALUES_PAGE = 100, 1000
_JSON = {"Accept": "application/json"}
_SENDS = {**_JSON, "Content-Type": "application/json"}


class MissingError(RejectedError):
    """There is nothing of that id, or not for this user."""


class RestClient:
    """REST of one tenant; its requests count in the same rate budget as SOAP's."""

    def __init__(
        self,
        settings: Settings,
        services: Services,
        authorise: Authorise,
        budget: RateBudget,
    ) -> None:
        self._settings = settings
        self._http = HttpClient(
            target=TARGET,
            base_url=settings.base_url,
            now=services.now,
            sleep=services.sleep,
            read_timeout=settings.read_timeout,
            budget=budget,
            authorise=authorise,
            body_statuses=frozenset({400, 403, 404, 500}),
        )

    def read(
        self, service: str, path: str, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return one resource.

        Raises:
            AuthError, MissingError, RejectedError, ReplyError, TransientError.
        """
        text = f"{path}?{urlencode(query)}" if query else path
        return self._send("GET", service, text, None, is_repeatable=True)

    def read_all(
        self,
        service: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        is_values: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """Yield every row of a collection, page by page; errors as `read`."""
        size = _VALUES_PAGE if is_values else _PAGE
        offset = 0
        while True:
            asked = {**(query or {}), "limit": str(size), "offset": str(offset)}
            page = self.read(service, path, asked)
            rows = page.get("data")
            if not isinstance(rows, list):
                raise _no_answer(path)
            yield from rows
            offset += len(rows)
            if not rows or offset >= int(page.get("total", offset)):
                return

    def write(
        self,
        method: str,
        service: str,
        path: str,
        body: Mapping[str, object],
        *,
        is_repeatable: bool,
    ) -> dict[str, Any]:
        """Send a body and return the answer; errors as `read`.

        `is_repeatable` holds for drafts: nothing of them persists before submission.
        """
        return self._send(method, service, path, body, is_repeatable=is_repeatable)

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._http.close()

    def _send(
        self,
        method: str,
        service: str,
        path: str,
        body: Mapping[str, object] | None,
        *,
        is_repeatable: bool,
    ) -> dict[str, Any]:
        version = self._settings.rest_versions[service]
        operation = f"{method} {service} {_without_ids(path)}"
        response = self._http.request(
            method,
            f"/ccx/api/{service}/{version}/{self._settings.tenant}{path}",
            operation=operation,
            is_repeatable=is_repeatable,
            data=None if body is None else json.dumps(body).encode(),
            headers=_JSON if body is None else _SENDS,
            check=_busy_at_500(operation),
        )
        return _answer(response, operation)


def segment(value: str) -> str:
    """Return a value as one part of a path; `type=value` stays readable."""
    return quote(value, safe="=")


def _busy_at_500(operation: str) -> Any:
    """Return a check: under pressure the platform answers 500 (Workday contract, 7)."""

    def check(response: requests.Response) -> None:
        if response.status_code == 500:
            raise TransientError(
                f"Workday failed to answer {operation} (HTTP 500).",
                target=TARGET,
                operation=operation,
                hint="Wait, then run again.",
                is_sent=True,
            )

    return check


def _answer(response: requests.Response, operation: str) -> dict[str, Any]:
    try:
        body = response.json()
    except requests.JSONDecodeError as error:
        raise _no_answer(operation) from error
    if not isinstance(body, dict):
        raise _no_answer(operation)
    if response.status_code < 300:
        return body
    raise _error(response.status_code, body, operation)


def _error(status: int, body: Mapping[str, Any], operation: str) -> Exception:
    words = _words(body)
    if status == 403:
        return AuthError(
            f"Workday does not allow {operation} to the integration user: {words}",
            target=TARGET,
            operation=operation,
            hint='In Workday, run "Maintain Permissions for Security Group", then '
            '"Activate Pending Security Policy Changes"; `jobframe doctor` names what '
            "is needed. The API client needs the scope Staffing too.",
        )
    kind = MissingError if status == 404 else RejectedError
    return kind(
        f"Workday refused {operation}: {words}",
        target=TARGET,
        operation=operation,
        hint="Correct what the message names, then start again.",
    )


def _words(body: Mapping[str, Any]) -> str:
    """Return what Workday says, each problem with its field."""
    told = [
        f"{one.get('error', '')} ({one['field']})"
        if one.get("field")
        else one.get("error", "")
        for one in body.get("errors", ())
        if isinstance(one, dict)
    ]
    return "; ".join(dict.fromkeys(told)) or str(body.get("error", "no reason given"))


def _no_answer(operation: str) -> ReplyError:
    return ReplyError(
        f"Workday answered {operation} with something that is no REST answer.",
        target=TARGET,
        operation=operation,
        hint="Check the services host and the tenant's name; then `jobframe doctor`.",
    )


def _without_ids(path: str) -> str:
    """Return a path for messages: no id of a person gets into them."""
    parts = path.partition("?")[0].split("/")
    return "/".join(
        "{ID}" if "=" in part or any(c.isdigit() for c in part) else part
        for part in parts
    )
