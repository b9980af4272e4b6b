"""Calls to a tenant's SOAP services: address, version, login and error mapping.

It knows no operation's content. Secrets are read when a call is made and go nowhere
else; a refused access token is renewed once.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lxml import etree
from requests import Response

from adapters.workday.elements import Element
from adapters.workday.facts import OPERATIONS
from adapters.workday.pages import PageSizes
from adapters.workday.settings import Settings, UserNameAuth
from adapters.workday.soap import (
    RefusedLoginError,
    envelope,
    no_envelope,
    parse_answer,
)
from connector.kit.adaptive import AdaptiveConcurrency
from connector.kit.budget import RateBudget
from connector.kit.errors import ReplyError
from connector.kit.http import Authorise, Body, HttpClient
from connector.kit.protocols import Services

_HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "Accept": "text/xml",
    # The binding declares no soapAction (NOTES 2.1).
    "SOAPAction": '""',
}


class WorkdayClient:
    """One tenant, one login; any number of threads may call at once."""

    def __init__(
        self, settings: Settings, services: Services, authorise: Authorise | None
    ) -> None:
        self._settings = settings
        self._secrets = services.secrets
        self._authorise = authorise
        #: What was learned about answers that are too large.
        self.page_sizes = PageSizes(services.memory, services.now)
        #: How many calls a second the tenant gets, whoever makes them.
        self.budget = RateBudget(
            settings.calls_per_second,
            burst=max(1, int(settings.calls_per_second)),
            sleep=services.sleep,
        )
        #: SOAP faults come as HTTP 500 with a body of their own (NOTES 2.7).
        self._http = HttpClient(
            target="workday",
            base_url=settings.base_url,
            now=services.now,
            sleep=services.sleep,
            read_timeout=settings.read_timeout,
            budget=self.budget,
            concurrency=AdaptiveConcurrency(
                minimum=min(2, settings.parallel_writes),
                maximum=settings.parallel_writes,
            ),
            authorise=authorise,
            body_statuses=frozenset({500}),
        )

    def call(self, operation: str, request: Element, *, is_repeatable: bool) -> Element:
        """Send a request and return the element inside the answer's body.

        Raises:
            AuthError, RejectedError, ReplyError: as the answer says.
            TransientError: no answer; `is_sent` tells whether it may have happened.
        """
        try:
            return self._call(operation, request, is_repeatable=is_repeatable)
        except RefusedLoginError:
            if not self._renewed_token():
                raise
        return self._call(operation, request, is_repeatable=is_repeatable)

    @contextmanager
    def open(self, operation: str, request: Element) -> Iterator[Body]:
        """Send a reading request and hand out its answer as a file.

        Raises:
            As `call`; a cut answer raises `TransientError` while it is read.
        """
        try:
            with self._open(operation, request) as body:
                yield body
                return
        except _TokenEndedError as ended:
            if not self._renewed_token():
                raise ended.refused from ended
        with self._open(operation, request) as body:
            yield body

    def get(self, path: str, *, operation: str) -> bytes:
        """Read a report: by a user's name and password, or by a token (NOTES 8).

        Raises:
            AuthError, ReplyError, TransientError: it cannot be had.
        """
        response = self._http.request(
            "GET",
            path,
            operation=operation,
            is_repeatable=True,
            headers=self._basic(),
            check=_refuse_500(operation),
        )
        return response.content

    def _basic(self) -> dict[str, str]:
        """Return the header of a user name and password; none by token."""
        auth = self._settings.auth
        if not isinstance(auth, UserNameAuth):
            return {}
        named = (
            f"{auth.user}@{self._settings.tenant}:{self._secrets.get(auth.password)}"
        )
        return {"Authorization": f"Basic {b64encode(named.encode()).decode()}"}

    def wsdl(self, service: str) -> bytes:
        """Return the tenant's own description of a service (NOTES 2.1).

        Raises:
            AuthError, ReplyError, TransientError: it cannot be had.
        """
        response = self._http.request(
            "GET",
            f"{self._address(service)}?wsdl",
            operation=f"{service}?wsdl",
            is_repeatable=True,
        )
        return response.content

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._http.close()

    def _call(
        self, operation: str, request: Element, *, is_repeatable: bool
    ) -> Element:
        response = self._http.request(
            "POST",
            self._path(operation),
            operation=operation,
            is_repeatable=is_repeatable,
            data=self._envelope(operation, request),
            headers=_HEADERS,
        )
        answer = parse_answer(response.content, operation=operation)
        if response.status_code != 200:
            raise no_envelope(operation)
        return answer

    @contextmanager
    def _open(self, operation: str, request: Element) -> Iterator[Body]:
        with self._http.stream(
            "POST",
            self._path(operation),
            operation=operation,
            is_repeatable=True,
            data=self._envelope(operation, request),
            headers=_HEADERS,
        ) as body:
            if body.status != 200:
                self._raise_fault(body, operation)
            yield body

    def _raise_fault(self, body: Body, operation: str) -> None:
        try:
            parse_answer(body.read(), operation=operation)
        except RefusedLoginError as refused:
            raise _TokenEndedError(refused) from refused
        raise no_envelope(operation)

    def _renewed_token(self) -> bool:
        """Get a new access token where there is such a thing."""
        if self._authorise is None:
            return False
        self._authorise(self._authorise(None))
        return True

    def _path(self, operation: str) -> str:
        return self._address(OPERATIONS[operation].service)

    def _address(self, service: str) -> str:
        version = self._settings.versions[service]
        return f"/ccx/service/{self._settings.tenant}/{service}/{version}"

    def _envelope(self, operation: str, request: Element) -> bytes:
        version = self._settings.versions[OPERATIONS[operation].service]
        is_named = OPERATIONS[operation].is_named
        auth = self._settings.auth
        if not isinstance(auth, UserNameAuth):
            return envelope(_copy(request), version=version, is_named=is_named)
        return envelope(
            _copy(request),
            version=version,
            is_named=is_named,
            user=f"{auth.user}@{self._settings.tenant}",
            password=self._secrets.get(auth.password),
        )


def _refuse_500(operation: str) -> Callable[[Response], None]:
    """Return a check that takes HTTP 500 for a failure, as it is outside SOAP."""

    def check(response: Response) -> None:
        if response.status_code == 500:
            raise ReplyError(
                f"Workday answered {operation} with HTTP 500.",
                target="workday",
                operation=operation,
                hint="Try again; where it stays, open the same in Workday itself.",
            )

    return check


class _TokenEndedError(Exception):
    """The access token ended before a streamed answer began."""

    def __init__(self, refused: RefusedLoginError) -> None:
        super().__init__()
        self.refused = refused


def _copy(request: Element) -> Element:
    """Return a copy: an envelope takes the request out of where it stands."""
    return etree.fromstring(etree.tostring(request))
