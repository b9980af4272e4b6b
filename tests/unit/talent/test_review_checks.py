"""Started reviews against roles: what is found, for whom, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from connector.kit.values import GuideProof, GuideStep, StartedReview, TemplateRule
from connector.talent.review_checks import (
    CheckGround,
    ContentChange,
    Reviewed,
    ReviewProblem,
    check_reviews,
    is_proven,
)

DAY = date(2026, 3, 10)
REVIEW = StartedReview(
    employee_id="007",
    review_type="ANNUAL",
    template="IC",
    period_start=date(2026, 1, 1),
    period_end=date(2026, 12, 31),
    status="In Progress",
    is_open=True,
    competencies=("C-knots", "C-sails"),
)
PERSON = Reviewed(
    person_id="p1",
    profile="sailor",
    track="individual_contributor",
    family="sailing",
    contents_set=(DAY,),
)
NOW = {"knots": "r2", "sails": "r1"}
GROUND = CheckGround(
    people={"007": PERSON},
    profiles={"sailor": NOW, "mate": {"knots": "r3", "sails": "r2"}},
    changes={},
    competencies={"C-knots": "knots", "C-sails": "sails", "C-luck": "luck"},
    named={"knots": "Knots", "r1": "Low", "r2": "High"},
    rules=(TemplateRule(review_type="ANNUAL", template="IC"),),
    are_dates_known=True,
)
STEPS = ContentChange(date(2026, 3, 20), {"knots": "r1", "sails": "r1"}, NOW)


def found(review: StartedReview, ground: CheckGround = GROUND) -> list[ReviewProblem]:
    return [each.problem for each in check_reviews([review], ground).findings]


def about(person: Reviewed, **more: object) -> CheckGround:
    return replace(GROUND, people={"007": person}, **more)  # type: ignore[arg-type]


def test_a_right_review_has_nothing_to_say() -> None:
    assert found(REVIEW) == []


@pytest.mark.parametrize(
    ("changed", "problems"),
    [
        ({"template": "OLD"}, [ReviewProblem.WRONG_TEMPLATE]),
        ({"competencies": ("C-knots",)}, [ReviewProblem.MISSING_CRITERIA]),
        (
            {"competencies": ("C-knots", "C-sails", "C-luck", "OTHER")},
            [ReviewProblem.FOREIGN_CRITERIA],
        ),
        (
            {"competencies": ("C-luck",)},
            [ReviewProblem.MISSING_CRITERIA, ReviewProblem.FOREIGN_CRITERIA],
        ),
        ({"competencies": ()}, []),
        ({"is_open": False, "template": "OLD"}, []),
        ({"review_type": "PROBATION", "template": "OLD"}, []),
        ({"employee_id": "008"}, []),
    ],
)
def test_what_a_review_shows_is_compared(
    changed: dict[str, object], problems: list[ReviewProblem]
) -> None:
    assert found(replace(REVIEW, **changed)) == problems  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "is_wrong"),
    [
        ({"track": "manager"}, False),
        ({"track": "individual_contributor"}, True),
        ({"families": ("sailing", "diving")}, True),
        ({"families": ("diving",)}, False),
    ],
)
def test_a_rule_holds_for_its_people_only(
    rule: dict[str, object], *, is_wrong: bool
) -> None:
    own = TemplateRule(review_type="ANNUAL", template="OWN", **rule)  # type: ignore[arg-type]
    ground = replace(GROUND, rules=(own, *GROUND.rules))
    assert found(REVIEW, ground) == [ReviewProblem.WRONG_TEMPLATE] * is_wrong


def test_a_later_change_of_steps_leaves_the_former_ones_expected() -> None:
    ground = replace(GROUND, changes={"sailor": (STEPS,)})
    check = check_reviews([REVIEW], ground)
    assert [each.problem for each in check.findings] == [
        ReviewProblem.OLD_CONTENT,
        ReviewProblem.WRONG_LEVEL,
    ]
    assert check.findings[1].message == "it expects Knots at Low and not High"
    assert check.findings[1].competencies == ("knots",)


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        # Earlier: the content saw it done.
        (replace(STEPS, on=date(2026, 3, 9)), []),
        # The same day, and the content looks alike before and after.
        (replace(STEPS, on=DAY), [ReviewProblem.OLD_CONTENT]),
        # The same day, and only what came after holds these competencies.
        (ContentChange(DAY, {}, NOW), []),
        # Later, but of responsibilities alone.
        (ContentChange(date(2026, 4, 1), NOW, NOW), [ReviewProblem.OLD_CONTENT]),
    ],
)
def test_a_change_counts_where_it_came_after(
    change: ContentChange, problems: list[ReviewProblem]
) -> None:
    assert found(REVIEW, replace(GROUND, changes={"sailor": (change,)})) == problems


def test_who_moved_since_is_expected_at_the_former_role_s_steps() -> None:
    moved = replace(PERSON, profile="mate", former="sailor", since=date(2026, 3, 15))
    check = check_reviews([REVIEW], about(moved))
    assert [each.problem for each in check.findings] == [
        ReviewProblem.OLD_CONTENT,
        ReviewProblem.WRONG_LEVEL,
    ]
    assert "taken up on 2026-03-15" in check.findings[0].message


def test_without_days_the_check_says_what_it_did_not_look_for() -> None:
    ground = about(
        replace(PERSON, contents_set=()),
        changes={"sailor": (STEPS,)},
        are_dates_known=False,
    )
    check = check_reviews([REVIEW], ground)
    assert check.findings == []
    assert "were not looked for" in check.notes[0]


def test_people_outside_the_framework_are_counted_and_not_judged() -> None:
    check = check_reviews([REVIEW], about(replace(PERSON, profile="unknown")))
    assert (check.outside, check.checked, check.findings) == (1, 0, [])


@pytest.mark.parametrize(
    ("review", "proof", "is_done"),
    [
        (REVIEW, GuideProof.READ, True),
        (REVIEW, GuideProof.FILLED, True),
        (REVIEW, GuideProof.ASSIGNED, True),
        (replace(REVIEW, competencies=("C-luck",)), GuideProof.FILLED, False),
        (replace(REVIEW, template="OLD"), GuideProof.ASSIGNED, False),
        (replace(REVIEW, competencies=()), GuideProof.FILLED, False),
    ],
)
def test_a_step_of_the_guide_is_proven_by_what_is_seen(
    review: StartedReview, proof: GuideProof, *, is_done: bool
) -> None:
    step = GuideStep(key="k", title="t", steps="s", proof=proof, template="IC")
    assert is_proven(step, check_reviews([review], GROUND)) is is_done
