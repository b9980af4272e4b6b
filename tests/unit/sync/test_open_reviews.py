"""Open reviews that keep their content: named where a plan touches what filled them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connector.kit.values import KindSpec, Operation, ReviewSource, Rows
from connector.sync.open_reviews import (
    OpenReview,
    OpenReviews,
    ask_reviews,
    with_reviews,
)
from connector.sync.plan import Change, FieldChange, Plan
from connector.sync.plan_json import plan_from_json, plan_to_json
from connector.sync.render import render_plan

SOURCE = ReviewSource(
    kind="profile",
    criteria="criteria",
    responsibilities="duties",
    competency_kind="competency",
    competency="competency",
    rating="rating",
    scale_kind="scale",
    ratings="ratings",
)
REVIEW = OpenReview(
    kind="profile",
    remote_id="w-1",
    person="p-1",
    review_type="ANNUAL",
    template="T",
    period="2026",
    status="In Progress",
)
SPECS = {
    "profile": KindSpec(
        name="profile", tag="p", label="profile", plural="profiles", fields=()
    )
}


def change(field: str, key: str = "a", remote_id: str = "w-1", **more: Any) -> Change:
    made = FieldChange(name=field, before=Rows(), after=Rows(), sent=Rows())
    values = {
        "operation": Operation.UPDATE,
        "kind": "profile",
        "key": key,
        "identity": f"jf-{key}",
        "remote_id": remote_id,
        "fields": (made,),
        "record": {},
    }
    return Change(**{**values, **more})


def plan(*changes: Change) -> Plan:
    return Plan(
        connection="hris",
        release="r",
        release_id=1,
        as_of=date(2026, 3, 2),
        effective_on=date(2026, 3, 2),
        mapping_hash="m",
        fingerprint="f",
        changes=changes,
    )


@pytest.mark.parametrize(
    ("made", "number"),
    [
        (change("criteria"), 1),
        (change("duties"), 1),
        (change("title"), 0),
        (change("criteria", remote_id="w-2"), 0),
        (change("criteria", kind="family"), 0),
        (change("criteria", operation=Operation.RETIRE), 0),
    ],
)
def test_only_what_filled_a_review_leaves_it_behind(made: Change, number: int) -> None:
    found = with_reviews(plan(made), SOURCE, OpenReviews((REVIEW,)))
    assert len(found.reviews) == number


def test_a_gap_is_told_and_stops_nothing() -> None:
    found = with_reviews(plan(change("criteria")), SOURCE, OpenReviews(gap="no report"))
    assert found.notes == (
        "Which open reviews will not follow is not known: no report",
    )
    assert found.changes


class Desk:
    """Reviews of a connection; only the source is asked for here."""

    def source(self) -> ReviewSource:
        return SOURCE


def test_nobody_is_asked_where_no_review_can_be_left() -> None:
    def refuse() -> OpenReviews:
        raise AssertionError

    desk: Any = Desk()
    untouched = plan(change("title"))
    assert ask_reviews(untouched, desk, refuse) is untouched
    assert ask_reviews(untouched, None, refuse) is untouched


def test_a_plan_keeps_its_reviews_as_json_and_in_words() -> None:
    known = OpenReviews(
        tuple(replace(REVIEW, person=f"p-{number:02}") for number in range(15))
    )
    found = with_reviews(plan(change("criteria")), SOURCE, known)
    assert plan_from_json(plan_to_json(found)).reviews == found.reviews
    told = "\n".join(line.plain for line in render_plan(found, SPECS))
    assert "profile a: 15 reviews" in told
    assert "person p-00: ANNUAL, 2026, In Progress" in told
    assert "… and 3 more (--all shows them)" in told
    assert "open reviews that will not follow: 15." in told
