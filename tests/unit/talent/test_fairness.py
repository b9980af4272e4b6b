"""Equal evidence gives equal proposals, and where it did not people are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from moves_house import (
    SHIP,
    able,
    approve,
    board,
    compared,
    one_of,
    portrait,
    prepared,
    sailor,
)
from talent_bench import DECKHAND, hire, link_roles, make_ground

from connector.store import people
from connector.talent import proposing
from connector.talent.fairness import Case, Outcome, fairness
from connector.talent.ground import Ground
from connector.talent.recomputing import recompute

OTHERS = tuple(f"005{number}" for number in range(6))
CASE = Case(
    level="ic1",
    target="bosun",
    fulfilled=frozenset({"knots"}),
    outcome=Outcome.NOT_PROPOSED,
)


def several(outcome: Outcome, number: int) -> list[Case]:
    return [replace(CASE, outcome=outcome)] * number


@pytest.fixture
def ship(ground: Ground) -> Ground:
    """Six sailors with the same evidence, beside those who have none."""
    board(ground, *OTHERS)
    able(ground, *OTHERS)
    return ground


def test_what_is_prepared_is_fair(ship: Ground) -> None:
    prepared(ship)
    found = compared(ship)
    assert found.is_silent
    assert found.differences == ()


def test_who_has_equal_evidence_and_no_proposal_is_told_apart(ship: Ground) -> None:
    draft_by_hand(ship, OTHERS[0])
    prepared_for_readiness_only(ship)
    found = compared(ship)
    (difference,) = found.differences
    assert not found.is_silent
    assert (difference.people, difference.is_explained) == (6, False)
    assert difference.target == "bosun"
    assert set(difference.parts.values()) == {None}, "one of six is too few to tell"


def test_a_reason_on_record_explains_a_difference(ship: Ground) -> None:
    prepared(ship)
    proposing.decline(ship, one_of(ship, OTHERS[0]), "Adam", "next year")
    for each in OTHERS[1:]:
        approve(ship, one_of(ship, each), "Adam")
    found = compared(ship)
    (difference,) = found.differences
    assert found.is_silent
    assert difference.is_explained


def test_who_is_on_leave_is_explained(ship: Ground) -> None:
    hire(ship, sailor(OTHERS[0], is_on_leave=True))
    prepared(ship)
    found = compared(ship)
    assert found.is_silent
    (difference,) = found.differences
    assert Outcome.NOT_ELIGIBLE.value in difference.parts


def prepared_for_readiness_only(ground: Ground) -> None:
    """Make readiness anew, and draft nothing."""
    today = ground.day_of(ground.now())
    recompute(ground, SHIP, "r-1", today, ["hris"])


def draft_by_hand(ground: Ground, person: str) -> None:
    wish = proposing.Wish(
        person=person,
        to_role="bosun",
        effective_on=date(2026, 7, 1),
        change_reason="UP",
        reason="I like them",
    )
    proposing.draft(ground, "hris", SHIP, wish, "boss")


@pytest.mark.parametrize(
    ("cases", "people_told", "is_silent"),
    [
        (several(Outcome.PROPOSED, 9), [], True),
        (several(Outcome.NOT_PROPOSED, 9), [], True),
        (
            several(Outcome.PROPOSED, 5) + several(Outcome.NOT_PROPOSED, 5),
            [[5, 5]],
            False,
        ),
        (
            several(Outcome.PROPOSED, 8) + several(Outcome.NOT_PROPOSED, 1),
            [[None, None]],
            False,
        ),
        (several(Outcome.PROPOSED, 8) + several(Outcome.LAPSED, 6), [[6, 8]], False),
        (several(Outcome.PROPOSED, 8) + several(Outcome.DENIED, 6), [[6, 8]], True),
        (
            several(Outcome.PROPOSED, 2) + several(Outcome.NOT_PROPOSED, 1),
            [],
            False,
        ),
    ],
)
def test_numbers_of_few_people_are_not_told(
    cases: Sequence[Case], people_told: list[list[int | None]], is_silent: bool
) -> None:
    found = fairness(cases)
    parts = [list(each.parts.values()) for each in found.differences]
    assert [sorted(each, key=str) for each in parts] == people_told
    assert found.is_silent is is_silent
    assert found.untold in (0, None)


def test_other_levels_targets_and_evidence_are_no_comparison() -> None:
    cases = [
        *several(Outcome.PROPOSED, 9),
        *(replace(CASE, level="ic2") for _ in range(9)),
        *(replace(CASE, target="mate") for _ in range(9)),
        *(replace(CASE, fulfilled=frozenset({"sails"})) for _ in range(9)),
    ]
    assert fairness(cases).is_silent


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    names=st.lists(
        st.text(
            st.characters(categories=("L", "M", "Zs"), max_codepoint=0x3FFF), min_size=1
        ),
        min_size=4,
        max_size=4,
    ),
    numbers=st.permutations(["0101", "2202", "0303", "9404"]),
    told=st.permutations(range(4)),
)
def test_neither_name_nor_number_nor_order_plays_a_part(
    names: list[str], numbers: list[str], told: list[int]
) -> None:
    """The model knows no sex, age or origin; what could tell them is varied here."""
    with TemporaryDirectory() as folder:
        ground = make_ground(Path(folder))
        link_roles(ground, deckhand=DECKHAND)
        board(ground)
        able_one, also_able, without, unknown = numbers
        persons = [
            sailor(number, name=name, email=f"{number}@example.com")
            for number, name in zip(numbers, names, strict=True)
        ]
        hire(ground, *(persons[index] for index in told))
        able(ground, *(numbers[index] for index in told if index < 2))
        prepared(ground)
        first, second, third, fourth = portrait(
            ground, (able_one, also_able, without, unknown)
        )
        assert first == second != []
        assert third == fourth == []
        assert compared(ground).is_silent
        with ground.database.read() as conn:
            assert people.count_active(conn) == 7
        ground.database.close()
