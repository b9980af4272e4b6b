"""Goals a person can ask for: the highest step a next role asks for, or one further."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from review_samples import TEXT

from connector.framework import load_framework
from connector.kit.errors import ConfigError
from connector.talent.goals import choices, wanted_goals
from connector.talent.reviews import ReviewForm, review_form


@pytest.fixture
def form(tmp_path: Path) -> ReviewForm:
    (tmp_path / "framework.yaml").write_text(TEXT, encoding="utf-8")
    framework = load_framework(tmp_path)
    return review_form(framework, "sailor", "diving", on=date(2026, 3, 2))


def test_what_next_roles_ask_for_comes_before_one_step_further(
    form: ReviewForm,
) -> None:
    assert {key: goal.title for key, goal in choices(form).items()} == {
        "knots": "Knots: High",
        "sails": "Sails: Mid",
        "luck": "Luck",
    }


def test_a_goal_says_what_shows_it_and_how_to_get_there(form: ReviewForm) -> None:
    (goal,) = wanted_goals(form, ["knots", "knots"])
    assert goal.description == "- Teaches knots.\n→ Rope year"


@pytest.mark.parametrize(
    ("key", "hint"),
    [("knot", "Did you mean knots?"), ("zzz", "Offered: knots, sails, luck.")],
)
def test_another_competency_is_refused_with_those_on_offer(
    form: ReviewForm, key: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        wanted_goals(form, [key])
    assert caught.value.hint == hint
