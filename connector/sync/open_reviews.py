"""Which open reviews will not follow a plan, because their content is set already.

Pure values and a pure question; who knows the reviews hands them in. A started review
keeps its content: nothing here, or anywhere, writes into one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from connector.kit.protocols import Reviews
from connector.kit.values import Operation, ReviewSource
from connector.sync.plan import Change, LeftReview, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReview:
    """A review that somebody works on, and the object that its content came from."""

    kind: str
    remote_id: str
    person: str
    review_type: str
    template: str
    period: str
    status: str


@dataclass(frozen=True, slots=True)
class OpenReviews:
    """The open reviews whose content is set; `gap` says why they are not known."""

    reviews: tuple[OpenReview, ...] = ()
    gap: str = ""


def is_touched(plan: Plan, source: ReviewSource) -> bool:
    """Tell whether a plan changes anything that reviews take their content from."""
    return any(True for _ in _touching(plan.changes, source))


def _touching(changes: Iterable[Change], source: ReviewSource) -> Iterable[Change]:
    return (
        change
        for change in changes
        if change.kind == source.kind
        and change.operation is Operation.UPDATE
        and any(item.name in source.fields for item in change.fields)
    )


def ask_reviews(
    plan: Plan, reviews: Reviews | None, known: Callable[[], OpenReviews]
) -> Plan:
    """Return a plan with the reviews that will not follow; asked only where any may."""
    if reviews is None or not is_touched(plan, reviews.source()):
        return plan
    return with_reviews(plan, reviews.source(), known())


def with_reviews(plan: Plan, source: ReviewSource, known: OpenReviews) -> Plan:
    """Return a plan that names each open review which will not follow it."""
    if known.gap:
        note = f"Which open reviews will not follow is not known: {known.gap}"
        return replace(plan, notes=(*plan.notes, note))
    by_object: dict[str, list[OpenReview]] = {}
    for review in known.reviews:
        if review.kind == source.kind:
            by_object.setdefault(review.remote_id, []).append(review)
    left = [
        LeftReview(
            kind=change.kind,
            key=change.key,
            person=review.person,
            review_type=review.review_type,
            template=review.template,
            period=review.period,
            status=review.status,
        )
        for change in _touching(plan.changes, source)
        for review in by_object.get(change.remote_id or "", ())
    ]
    order = sorted(left, key=lambda each: (each.key, each.person, each.period))
    return replace(plan, reviews=tuple(order))
