"""Policies of moves are read whole, and every problem is told with its line."""

from __future__ import annotations

from datetime import date

import pytest

from connector.kit.errors import ConfigError
from connector.kit.values import MoveKind
from connector.runtime.move_policies import read_move_policy
from connector.talent.move_policy import MovePolicy

WHOLE = """\
moves:
  approvals: 2
  may_approve_own_draft: yes
  draft_days: 60
  approval_days: 30
  effective_after_days: 0
  change_reasons: {level: UP, lateral: ASIDE}
"""


def test_a_policy_states_what_it_changes() -> None:
    assert read_move_policy("hris", WHOLE) == MovePolicy(
        approvals=2,
        may_approve_own_draft=True,
        draft_days=60,
        approval_days=30,
        effective_after_days=0,
        change_reasons={MoveKind.LEVEL: "UP", MoveKind.LATERAL: "ASIDE"},
    )


def test_what_a_policy_leaves_out_is_as_usual() -> None:
    assert read_move_policy("hris", "moves: {approvals: 1}") == MovePolicy()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("moves: {approvals: 3}", "“approvals” is no such number"),
        ("moves: {draft_days: soon}", "“draft_days” is no such number"),
        ("moves: {may_approve_own_draft: maybe}", "is yes or no"),
        ("moves: {change_reasons: {up: X}}", "is a table of kinds of move"),
        ("moves: {approvers: 2}", "“approvers” is not known"),
        ("moves: 2", "the table “moves” is wanted"),
        ("moves: {}\nadapter: workday", "“adapter” is not known"),
    ],
)
def test_a_problem_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_move_policy("hris", text, "hris.yaml")
    (problem,) = caught.value.problems
    assert problem.place.startswith("hris.yaml:")
    assert said in problem.message


def test_a_move_takes_effect_on_the_first_of_a_month() -> None:
    policy = MovePolicy(effective_after_days=30)
    assert policy.effective_on(date(2026, 3, 2)) == date(2026, 4, 1)
    assert policy.effective_on(date(2026, 3, 3)) == date(2026, 5, 1)
    assert policy.effective_on(date(2026, 12, 15)) == date(2027, 2, 1)
