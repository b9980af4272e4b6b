"""Started reviews of a tenant: from a custom report, and the days from REST events.

`Get_Employee_Reviews` is never called: it answers with everybody's evaluations
(Workday contract, 6.9). Templates cannot be read or written by any service, so the
guide tells people what to configure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import quote

from adapters.workday.client import WorkdayClient
from adapters.workday.rest import PROCESSES, RestClient
from adapters.workday.review_guide import guide_steps
from adapters.workday.review_report import check_columns, read_rows
from adapters.workday.review_settings import ReportName, ReviewSettings
from adapters.workday.settings import Settings
from adapters.workday.soap import TARGET
from connector.kit.errors import AuthError, ConfigError, ReplyError
from connector.kit.values import (
    ContentSet,
    GuideStep,
    ReviewSource,
    StartedReview,
)


class WorkdayReviews:
    """Reads which reviews were started; writes nothing."""

    def __init__(
        self, client: WorkdayClient, settings: Settings, rest: RestClient | None
    ) -> None:
        self._client = client
        self._settings = settings
        self._rest = rest

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
        self.check_report(report)
        yield from read_rows(self._report(report, "format=json"), report, self._own)

    def check_report(self, report: ReportName) -> None:
        """Compare the report's columns with those that are needed; no row is read.

        Raises:
            As `started`.
        """
        check_columns(self._report(report, "xsds"), report)

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
            AuthError, RejectedError, ReplyError, TransientError: the events cannot be
                read.
        """
        if self._rest is None:
            return None
        return self._contents_set(self._rest, since)

    def _contents_set(self, rest: RestClient, since: date) -> Iterator[ContentSet]:
        query = {
            "businessProcess": self._own.content_process,
            "initiatedOnOrAfter": since.isoformat(),
        }
        for event in rest.read_all(PROCESSES, "/events", query):
            person = str((event.get("for") or {}).get("id", ""))
            day = str(event.get("completedDate", ""))[:10]
            if person and day:
                yield ContentSet(person, date.fromisoformat(day))
