"""Holds every REST exchange of the tests against the contract, by an OpenAPI library.

It sees what any sandbox of this process is asked and answers. What our own client sends
must be right whatever the answer; what a test sends by itself may be wrong on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import openapi_core
from flask import Flask, Response, request, request_finished
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import (
    WerkzeugOpenAPIRequest,
    WerkzeugOpenAPIResponse,
)
from openapi_core.exceptions import OpenAPIError

from adapters.workday.sandbox.rest_shapes import document

_OURS = "job-framework-connector"
_PATH = "/ccx/api/"
#: An answer that says that nothing is served there, or not to this user.
_NOT_SERVED = frozenset({401, 404, 405})


@cache
def contract() -> OpenAPI:
    """Return the contract as the library reads it, checked as an OpenAPI document."""
    return openapi_core.OpenAPI.from_dict(document())


@dataclass
class Witness:
    """What was seen, and what was wrong with it."""

    seen: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def look(self, _app: Flask, response: Response, **_: object) -> None:
        """Judge the exchange that Flask holds."""
        if not request.path.startswith(_PATH):
            return
        place = f"{request.method} {request.path}: {response.status_code}"
        self.seen[place] = self.seen.get(place, 0) + 1
        asked = WerkzeugOpenAPIRequest(request)
        is_ours = request.headers.get("User-Agent", "").startswith(_OURS)
        if is_ours or response.status_code < 400:
            self._note(place, "request", lambda: contract().validate_request(asked))
        if response.status_code in _NOT_SERVED and not is_ours:
            return
        if response.mimetype == "application/json":
            given = WerkzeugOpenAPIResponse(response)
            self._note(
                place, "response", lambda: contract().validate_response(asked, given)
            )

    def _note(self, place: str, what: str, check: object) -> None:
        try:
            check()  # type: ignore[operator]  # a call without arguments
        except OpenAPIError as error:
            cause = getattr(error, "__cause__", None)
            errors = getattr(cause, "schema_errors", None) or [cause or error]
            told = "; ".join(str(each).splitlines()[0] for each in errors)
            self.problems.append(f"{place}: {what}: {told}")


@contextmanager
def witness() -> Iterator[Witness]:
    """Look at every exchange while this lasts."""
    one = Witness()
    request_finished.connect(one.look)
    try:
        yield one
    finally:
        request_finished.disconnect(one.look)
