"""Started reviews of a tenant: from a custom report, and the days from REST events.

`Get_Employee_Reviews` is never called: it answers with everybody's evaluations
(Workday contract, 6.9). Templates cannot be read or written by any service, so the
guide tells people what to configure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from adapters.workday.client import WorkdayClient
from adapters.workday.review_guide import guide_steps
from adapters.workday.review_report import check_columns, read_rows
from adapters.workday.review_settings import ReportName, ReviewSettings
from adapters.workday.settings import OAuthAuth, Settings
from adapters.workday.soap import TARGET
from connector.kit.errors import AuthError, ConfigError, ReplyError
from connector.kit.values import (
    ContentSet,
    GuideStep,
    ReviewSource,
    StartedReview,
)

#: The largest page of REST (Workday contract, 7).
_PAGE = 100


class WorkdayReviews:
    """Reads which reviews were started; writes nothing."""

    def __init__(self, client: WorkdayClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    @property
    def _own(self) -> ReviewSettings:
        return self._settings.reviews

    def source(self) -> ReviewSource:
        """Return the job profile's fields that a new review takes over."""
        return ReviewSource(
            kind="job_profile",
            criteria="required_competencies",
            responsibilities="responsibilities",
            competency_kind="competency",
            competency="competency",
            rating="rating",
            scale_kind="proficiency_scale",
            ratings="ratings",
            templates=self._own.templates,
        )

    def guide(self) -> Sequence[GuideStep]:
        """Return what HR configures by hand: the report, then template by template."""
        return guide_steps(self._own)

    def started(self) -> Iterator[StartedReview]:
        """Yield every review that the report shows, its columns checked first.

        Raises:
            ConfigError: no report is named, it is not served, or its columns differ.
            AuthError, ReplyError, TransientError: it cannot be read.
        """
        report = self._own.report
        if report is None:
            raise ConfigError(
                "no report of started reviews is named for this connection",
                hint="`jobframe reviews guide` tells how it is made; then set"
                " `reviews: {report: {owner: …, name: …}}`.",
            )
        check_columns(self._report(report, "xsds"), report)
        yield from read_rows(self._report(report, "format=json"), report, self._own)

    def _report(self, report: ReportName, query: str) -> bytes:
        path = "/".join(
            quote(each, safe="")
            for each in (self._settings.tenant, report.owner, report.name)
        )
        try:
            return self._client.get(
                f"/ccx/service/customreport2/{path}?{query}", operation="report"
            )
        except AuthError as error:
            raise AuthError(
                f"Workday does not show the report {report.name} to the integration"
                " user.",
                target=TARGET,
                operation="report",
                hint=f"Share it with the security group of the integration user (Edit"
                f" Custom Report > Share), and check the sign-in. {error.hint}",
            ) from error
        except ReplyError as error:
            raise ConfigError(
                f"the tenant does not serve the report {report.name} of {report.owner}",
                hint="Check its owner and name, and that Enable As Web Service is on"
                " (Edit Custom Report > Advanced).",
            ) from error

    def contents_set(self, since: date) -> Iterator[ContentSet] | None:
        """Yield the days on which contents were set; none without REST.

        REST needs an API client (Workday contract, 9): a connection by user name and
        password cannot tell.

        Raises:
            AuthError, ReplyError, TransientError: the events cannot be read.
        """
        if not isinstance(self._settings.auth, OAuthAuth):
            return None
        return self._contents_set(since)

    def _contents_set(self, since: date) -> Iterator[ContentSet]:
        offset, total = 0, 1
        while offset < total:
            page = self._events(since, offset)
            events = page.get("data") or []
            total = int(page.get("total", 0))
            for event in events:
                person = str((event.get("for") or {}).get("id", ""))
                day = str(event.get("completedDate", ""))[:10]
                if person and day:
                    yield ContentSet(person, date.fromisoformat(day))
            if not events:
                return
            offset += len(events)

    def _events(self, since: date, offset: int) -> dict[str, Any]:
        query = urlencode(
            {
                "businessProcess": self._own.content_process,
                "initiatedOnOrAfter": since.isoformat(),
                "limit": _PAGE,
                "offset": offset,
            }
        )
        path = f"/ccx/api/businessProcess/v1/{self._settings.tenant}/events?{query}"
        content = self._client.get(path, operation="events")
        try:
            data = json.loads(content)
        except ValueError as error:
            raise _no_events() from error
        if not isinstance(data, dict):
            raise _no_events()
        return data


def _no_events() -> ReplyError:
    return ReplyError(
        "Workday answered the question for events with something that is no JSON.",
        target=TARGET,
        operation="events",
        hint="Check the services host; then `jobframe doctor`.",
    )
