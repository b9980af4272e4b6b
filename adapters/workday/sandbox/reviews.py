"""Performance reviews as HR starts them in the tenant, and the report that lists them.

A review takes its content from the worker's job profile at the moment that it is set,
or from a fixed list on its template, and keeps it. No service writes any of this; a
custom report, where HR made one, shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from adapters.workday.sandbox.documents import instance_of, part_of, rows_of
from adapters.workday.sandbox.events import EVENT, Event, State
from adapters.workday.sandbox.store import Instance

if TYPE_CHECKING:
    from adapters.workday.sandbox.state import TenantState

START, SET_CONTENT = "Start Performance Review", "Set Review Content"
_PROCESSES = {
    START: "Start_Performance_Review",
    SET_CONTENT: "Set_Review_Content",
}
_QUALIFICATIONS = "Qualification_Replacement_Data"
_COMPETENCIES = "Competency_Qualification_Replacement"
#: Columns of the report as its maker named them: a value each, or rows with columns.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Employee_ID": (),
    "Review_Type": (),
    "Review_Template": (),
    "Period_Start": (),
    "Period_End": (),
    "Status": (),
    "Competencies": ("Competency_ID",),
}


@dataclass(frozen=True, slots=True)
class ReviewTemplate:
    """A template, filled from `fixed` competency IDs on it or from the job profile."""

    template_id: str
    fixed: tuple[str, ...] | None = None


@dataclass(slots=True)
class Review:
    """One review; `competencies` is none until its content is set."""

    worker: Instance
    review_type: str
    template: ReviewTemplate
    start: date
    end: date
    status: str
    launch: Event
    competencies: tuple[Instance, ...] | None = None


@dataclass(slots=True)
class Report:
    """The custom report: where it is, what it shows, and whether it is served."""

    owner: str = "hr_reports"
    name: str = "Job_Framework_Reviews"
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: COLUMNS)
    is_web_service: bool = True
    is_shared: bool = True


class ReviewDesk:
    """What HR does with reviews, and what it made to show them."""

    def __init__(self, tenant: TenantState) -> None:
        self.tenant = tenant
        self.report = Report()
        self.templates: dict[str, ReviewTemplate] = {}
        self.reviews: list[Review] = []
        for name, process in _PROCESSES.items():
            tenant.processes[name] = tenant.store.add(
                "business_process", {"Business_Process_Type": process}, name
            )

    def add_template(
        self, template_id: str, fixed: Iterable[str] | None = None
    ) -> None:
        """Make a template, filled from job profiles or from a fixed list."""
        competencies = None if fixed is None else tuple(fixed)
        self.templates[template_id] = ReviewTemplate(template_id, competencies)

    def launch(
        self,
        review_type: str,
        template_id: str,
        start: date,
        end: date,
        employee_ids: Sequence[str],
        *,
        sets_content: bool = True,
    ) -> list[Review]:
        """Start reviews; their content is set at once, or later by `set_content`.

        Raises:
            KeyError: there is no such template or worker.
        """
        with self.tenant.lock:
            started = [
                self._start(review_type, self.templates[template_id], start, end, one)
                for one in employee_ids
            ]
            if sets_content:
                for review in started:
                    self.set_content(review)
            return started

    def set_content(self, review: Review) -> None:
        """Fill a review with what its worker's profile, or its template, holds now."""
        with self.tenant.lock:
            review.competencies = tuple(self._content(review))
            self._event(SET_CONTENT, review.worker, completes=True)

    def advance(self, review: Review, status: str, *, ends: bool = False) -> None:
        """Give a review another status; `ends` completes the process behind it."""
        with self.tenant.lock:
            review.status = status
            if ends:
                self.tenant.events.decide(review.launch.instance.wid, State.COMPLETED)

    def _start(
        self,
        review_type: str,
        template: ReviewTemplate,
        start: date,
        end: date,
        employee_id: str,
    ) -> Review:
        worker = self.tenant.get("Employee_ID", employee_id)
        launch = self._event(START, worker, completes=False)
        review = Review(
            worker, review_type, template, start, end, "In Progress", launch
        )
        self.reviews.append(review)
        return review

    def _event(self, process: str, worker: Instance, *, completes: bool) -> Event:
        store = self.tenant.store
        event = Event(
            instance=store.add(EVENT, {}, f"{process}: {worker.descriptor}"),
            process=process,
            worker=worker,
            effects=(),
            created=store.enter(),
            initiator="HR",
            comment="",
            is_auto_completed=False,
        )
        self.tenant.events.open(event, completes_at_once=completes)
        return event

    def _content(self, review: Review) -> Iterable[Instance]:
        if review.template.fixed is not None:
            return [
                self.tenant.get("Competency_ID", one) for one in review.template.fixed
            ]
        profile = self._profile(review.worker)
        if profile is None:
            return []
        document = profile.view(self.tenant.today(), None) or {}
        held = part_of(part_of(document, _QUALIFICATIONS), _COMPETENCIES)
        found = [
            instance_of(row, "Competency_Reference")
            for row in rows_of(held, f"{_COMPETENCIES}_Data")
        ]
        return [one for one in found if one is not None]

    def _profile(self, worker: Instance) -> Instance | None:
        record = worker.view(self.tenant.today(), None)
        if record is None:
            return None
        return self.tenant.store.find("Job_Profile_ID", record.seed.job_profile_id)

    def rows(self) -> list[dict[str, Any]]:
        """Return the report's rows: every value a text, empty ones left out."""
        return [self._row(review) for review in self.reviews]

    def _row(self, review: Review) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "Employee_ID": review.worker.reference_ids["Employee_ID"],
            "Review_Type": review.review_type,
            "Review_Template": review.template.template_id,
            "Period_Start": review.start.isoformat(),
            "Period_End": review.end.isoformat(),
            "Status": review.status,
            "Competencies": [
                {"Competency_ID": one.reference_ids["Competency_ID"]}
                for one in review.competencies or ()
            ],
            "Overall_Rating": "3 - Meets Expectations",
        }
        return {name: shown[name] for name in self.report.columns if shown.get(name)}
