"""What a check of reviews and the guide say, as lines and as JSON.

Findings name people by their employee id, for who runs the check and must act.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from connector.kit.values import GuideStep
from connector.store.tasks import TaskState
from connector.talent.dispatching import Dispatched
from connector.talent.goals import WantedGoal
from connector.talent.review_checks import ReviewCheck, ReviewFinding, ReviewProblem

_WORDS = {
    ReviewProblem.WRONG_TEMPLATE: "wrong template",
    ReviewProblem.MISSING_CRITERIA: "missing criteria",
    ReviewProblem.FOREIGN_CRITERIA: "foreign criteria",
    ReviewProblem.WRONG_LEVEL: "wrong expected level",
    ReviewProblem.OLD_CONTENT: "content set before the last change",
}


def check_lines(check: ReviewCheck, left: Sequence[GuideStep]) -> Iterator[str]:
    """Yield what a check came to: counts, then person by person."""
    yield (
        f"{check.reviews} reviews in the report, {check.open} of them open,"
        f" {check.checked} compared with the framework."
    )
    for number, words in (
        (
            check.without_content,
            "have no content yet: it will be the profile's on the day",
        ),
        (check.outside, "are of people on job profiles outside the framework"),
        (check.unknown, "are of people nobody read: outside the scope, or new"),
        (check.unruled, "are of types for which no template is named"),
    ):
        if number:
            yield f"  {number} {words}"
    yield "Reviews with " + ", ".join(
        f"{words}: {check.counts[problem.value]}" for problem, words in _WORDS.items()
    )
    ordered = sorted(check.findings, key=_order)
    for (employee_id, about), group in groupby(
        ordered, key=lambda each: (each.review.employee_id, _about(each))
    ):
        yield ""
        yield f"{employee_id}  {about}"
        for finding in group:
            yield f"  ! {_WORDS[finding.problem]}: {finding.message}"
    if any(finding.problem in _CONTENT for finding in check.findings):
        yield ""
        yield (
            "A started review keeps its content. Its manager can set it again, or HR"
            " starts the review anew; the connector changes no running review."
        )
    for note in check.notes:
        yield ""
        yield note
    if left:
        yield ""
        yield f"{len(left)} steps of the guide wait: see `jobframe tasks`."


_CONTENT = frozenset(ReviewProblem) - {ReviewProblem.WRONG_TEMPLATE}


def _order(finding: ReviewFinding) -> tuple[str, str, int]:
    problems = list(ReviewProblem)
    return (
        finding.review.employee_id,
        _about(finding),
        problems.index(finding.problem),
    )


def _about(finding: ReviewFinding) -> str:
    review = finding.review
    told = (review.review_type, review.period, review.template, review.status)
    return ", ".join(each for each in told if each)


def check_json(check: ReviewCheck, left: Sequence[GuideStep]) -> dict[str, Any]:
    """Return what a check came to."""
    return {
        "reviews": check.reviews,
        "open": check.open,
        "checked": check.checked,
        "without_content": check.without_content,
        "outside_framework": check.outside,
        "unknown_people": check.unknown,
        "types_without_template": check.unruled,
        "counts": check.counts,
        "findings": [
            _finding_json(each) for each in sorted(check.findings, key=_order)
        ],
        "notes": check.notes,
        "guide_open": [step.key for step in left],
    }


def _finding_json(finding: ReviewFinding) -> dict[str, Any]:
    review = finding.review
    return {
        "problem": finding.problem.value,
        "person": finding.person_id,
        "employee_id": review.employee_id,
        "review_type": review.review_type,
        "template": review.template,
        "period": review.period,
        "status": review.status,
        "competencies": list(finding.competencies),
        "message": finding.message,
    }


def guide_lines(step: GuideStep, state: TaskState) -> Iterator[str]:
    """Yield one step of the guide, ticked where a check saw it done."""
    yield f"{'✓' if state is TaskState.VERIFIED else '□'} {step.title}"
    for name, value in step.values.items():
        yield f"    {name}: {value}"
    yield f"    {step.steps}"


def guide_json(step: GuideStep, state: TaskState) -> dict[str, Any]:
    """Return one step of the guide."""
    return {
        "step": step.key,
        "title": step.title,
        "steps": step.steps,
        "values": dict(step.values),
        "state": state.value,
    }


def goals_lines(goals: Iterable[WantedGoal]) -> Iterator[str]:
    """Yield goals by the competency that one names to ask for them."""
    for goal in goals:
        yield f"{goal.competency}  {goal.title}"
        for line in goal.description.splitlines():
            yield f"    {line}"


def goals_json(goals: Iterable[WantedGoal]) -> list[dict[str, Any]]:
    """Return goals."""
    return [
        {
            "competency": goal.competency,
            "title": goal.title,
            "step": goal.step.key if goal.step else None,
            "description": goal.description,
        }
        for goal in goals
    ]


def sent_line(sent: Dispatched) -> str:
    """Return what became of goals that were asked for, those from before included."""
    if not (sent.prepared or sent.confirmed or sent.pending):
        return "Nothing was sent: these goals were asked for before."
    return (
        f"{sent.confirmed} on the record, {sent.pending} wait for approval,"
        f" {sent.rejected} refused, {sent.unknown} unknown."
    )
