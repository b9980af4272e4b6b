"""The reviews that somebody works on, with the job profile of the person each is about.

Read from the connection when a plan needs them, never stored. A connection that cannot
tell makes a gap in words, and never stops a plan.
"""

from __future__ import annotations

from connector.kit.errors import ConfigError, TargetError
from connector.kit.protocols import Reviews
from connector.kit.values import Foreign, StartedReview
from connector.runtime.instance import Instance
from connector.store import people
from connector.sync.open_reviews import OpenReview, OpenReviews


def open_reviews(instance: Instance, name: str, reviews: Reviews | None) -> OpenReviews:
    """Return the open reviews of a connection whose content is set already."""
    if reviews is None:
        return OpenReviews()
    try:
        found = [each for each in reviews.started() if each.is_open]
    except (ConfigError, TargetError) as error:
        return OpenReviews(gap=f"{error.message}. {error.hint}".strip())
    filled = [each for each in found if each.competencies]
    with instance.database.read() as conn:
        ids = people.by_employee_id(conn, {each.employee_id for each in filled})
        held: dict[str, list[Foreign]] = {}
        for each in people.held_roles(conn):
            if each.connection == name and each.ended_at is None:
                held.setdefault(each.person_id, []).append(each.role)
    return OpenReviews(
        tuple(
            _review(review, person, role)
            for review in filled
            for person in ids.get(review.employee_id, ())
            for role in held.get(person, ())
        )
    )


def _review(review: StartedReview, person: str, role: Foreign) -> OpenReview:
    return OpenReview(
        kind=role.kind,
        remote_id=role.remote_id,
        person=person,
        review_type=review.review_type,
        template=review.template,
        period=review.period,
        status=review.status,
    )
