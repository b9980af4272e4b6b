"""Evidence of a changed competency is carried over by a rule of the release alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from evidence_house import (
    WHOLE,
    attested,
    badge,
    carrying,
    crew,
    held,
    later,
    numbers,
)
from talent_bench import NOON, Lms, batch, day, fact

from connector.framework.model import Framework
from connector.framework.releases import framework_from_snapshot, snapshot_bytes
from connector.store import audit, facts
from connector.talent.carrying import carry_over
from connector.talent.collecting import collect
from connector.talent.ground import Ground
from connector.talent.withdrawing import withdraw

SPLIT = carrying(
    WHOLE, "knots", ropes={"low": "low", "high": "high"}, splices={"high": "low"}
)


def learn(ground: Ground, framework: Framework = WHOLE) -> None:
    collect(ground, "lms", Lms([batch(fact())]), framework)


def steps(ground: Ground) -> list[tuple[str, str]]:
    return [each[:2] for each in held(ground).evidence]


def test_without_a_rule_nothing_is_carried_over(ground: Ground) -> None:
    learn(ground)
    assert carry_over(ground, replace(SPLIT, carry_over={})) == 0


def test_a_split_gives_each_part_what_the_rule_says(ground: Ground) -> None:
    crew(ground)
    learn(ground)
    attested(ground)
    before = held(ground).evidence
    assert carry_over(ground, SPLIT) == 3
    assert carry_over(ground, SPLIT) == 0
    assert sorted(set(held(ground).evidence) - set(before)) == [
        ("ropes", "high", "attestation", "2026-02-01"),
        ("ropes", "low", "learning", "2026-03-01"),
        ("splices", "low", "attestation", "2026-02-01"),
    ]
    assert set(before) <= set(held(ground).evidence)
    with ground.database.read() as conn:
        carried = next(e for e in facts.evidence(conn) if e.competency == "splices")
        entry = list(audit.entries(conn))[-1]
    assert carried.provenance.endswith(
        "; carried over from knots at high by the rule knots-rule"
    )
    assert carried.carried_from is not None
    assert entry.action == "carry over"


def test_a_merger_joins_what_came_of_both(ground: Ground) -> None:
    learn(ground)
    merged = carrying(
        carrying(WHOLE, "knots", seamanship={"low": "low"}),
        "sails",
        seamanship={"low": "low"},
    )
    # One fact proves a step once, though it proved both old ones.
    assert carry_over(ground, merged) == 1
    assert steps(ground).count(("seamanship", "low")) == 1


def test_a_certificate_keeps_its_end(ground: Ground) -> None:
    told = badge("Day skipper", expires_at="2027-01-01T12:00:00+00:00")
    collect(ground, "lms", Lms([batch(told)]), WHOLE)
    carry_over(ground, carrying(WHOLE, "sails", rigs={"high": "high"}))
    with ground.database.read() as conn:
        assert {each.expires_on for each in facts.evidence(conn)} == {day("2027-01-01")}


def test_collecting_in_the_new_release_carries_over_by_itself(ground: Ground) -> None:
    learn(ground)
    collect(ground, "lms", Lms(), SPLIT)
    assert ("ropes", "low") in steps(ground)


def test_a_late_word_about_the_old_competency_is_carried_over(ground: Ground) -> None:
    crew(ground)
    attested(ground, framework=SPLIT)
    assert steps(ground) == [("knots", "high"), ("ropes", "high"), ("splices", "low")]


def test_rules_follow_one_another(ground: Ground) -> None:
    learn(ground)
    twice = carrying(
        carrying(WHOLE, "knots", ropes={"low": "low"}), "ropes", lines={"low": "high"}
    )
    assert carry_over(ground, twice) == 2
    assert ("lines", "high") in steps(ground)


def test_what_is_withdrawn_goes_with_all_that_was_carried_from_it(
    ground: Ground,
) -> None:
    crew(ground)
    attested(ground)
    first = numbers(ground)
    carry_over(ground, SPLIT)
    withdraw(ground, first, reason="Mixed up", person="Maria")
    assert steps(ground) == []
    # And what is withdrawn is carried over no more.
    again = carrying(SPLIT, "knots", tackle={"high": "high"})
    assert carry_over(ground, again) == 0


@pytest.mark.parametrize(
    ("change", "carried"),
    [
        ({"is_retired": True}, 0),
        ({"effective_from": day("2026-03-02")}, 0),
        ({"effective_from": day("2026-03-01")}, 1),
    ],
)
def test_only_rules_that_hold_today_carry(
    ground: Ground, change: dict[str, object], carried: int
) -> None:
    learn(ground)
    rule = replace(SPLIT.carry_over["knots-rule"], **change)  # type: ignore[arg-type]
    assert carry_over(ground, replace(SPLIT, carry_over={rule.key: rule})) == carried


def test_a_rule_is_frozen_in_the_release(ground: Ground) -> None:
    learn(ground)
    frozen = framework_from_snapshot(snapshot_bytes(SPLIT))
    assert frozen.carry_over == SPLIT.carry_over
    assert carry_over(later(ground, NOON + timedelta(days=1)), frozen) == 1
