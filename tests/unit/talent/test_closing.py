"""Only evidence that closes a requirement leaves: told case by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from talent_bench import text

from connector.framework.model import (
    AcceptedBases,
    Basis,
    Competency,
    FocusArea,
    Framework,
    Level,
    Move,
    ProficiencyScale,
    Requirement,
    Role,
    Step,
    Track,
)
from connector.store.facts import Evidence
from connector.talent.closing import Wanted, closing, wanted_by
from connector.talent.targets import Targets

DAY = date(2026, 3, 1)
STEPS = ("aware", "working", "strong", "leading")
IC, MANAGER = Track.INDIVIDUAL_CONTRIBUTOR, Track.MANAGER


def needs(step: str | None, **more: object) -> Requirement:
    return Requirement(competency="knots", step=step, **more)  # type: ignore[arg-type]


def role(key: str, level: str | None, track: Track, *asked: Requirement) -> Role:
    return Role(
        key=key,
        name=text(key),
        family="deck",
        track=track,
        level=level,
        requirements=asked,
    )


def level(key: str, track: Track, *above: str) -> Level:
    return Level(key=key, name=text(key), track=track, above=above)


FRAMEWORK = Framework(
    key="harbour",
    name=text("Harbour"),
    scales={
        "craft": ProficiencyScale(
            key="craft",
            name=text("Craft"),
            steps=tuple(Step(key=step, name=text(step)) for step in STEPS),
        )
    },
    competencies={
        "knots": Competency(key="knots", name=text("Knots"), scale="craft"),
        "tact": Competency(key="tact", name=text("Tact"), scale=None),
    },
    levels={
        "ic1": level("ic1", IC),
        "ic2": level("ic2", IC, "ic1"),
        "ic3": level("ic3", IC, "ic2"),
        "m2": level("m2", MANAGER),
    },
    roles={
        one.key: one
        for one in (
            role("hand", "ic1", IC, needs("aware")),
            replace(
                role("mate", "ic2", IC, needs("working")),
                focus_areas=(
                    FocusArea(
                        key="rigging",
                        name=text("Rigging"),
                        requirements=(Requirement(competency="tact"),),
                    ),
                ),
            ),
            role("bosun", "ic3", IC, needs("strong")),
            role("chief", "m2", MANAGER, needs("leading")),
            role("guest", None, IC, needs("aware")),
        )
    },
)


def shown(
    step: str = "aware",
    *,
    fact: int = 1,
    day: int = 0,
    basis: Basis = Basis.LEARNING,
    competency: str = "knots",
    expires: int | None = None,
) -> Evidence:
    return Evidence(
        fact_id=fact,
        person_id="p",
        competency=competency,
        step=step,
        basis=basis,
        achieved_on=DAY + timedelta(days=day),
        expires_on=None if expires is None else DAY + timedelta(days=expires),
        provenance="",
    )


TACT = shown("", competency="tact")


def wanted_in(
    framework: Framework, held: Sequence[str], chosen: Sequence[str] = ()
) -> frozenset[Wanted]:
    return wanted_by(framework, Targets(framework), held, chosen)


def closed(held: str, *evidence: Evidence, targets: tuple[str, ...] = ()) -> list[int]:
    wanted = wanted_in(FRAMEWORK, [held] if held else [], targets)
    return [each.fact_id for each in closing(FRAMEWORK, wanted, evidence)]


def test_a_level_without_a_role_of_the_family_is_passed_over() -> None:
    """As readiness does: what it shows as the next role, evidence is sent for."""
    roles = {key: one for key, one in FRAMEWORK.roles.items() if key != "mate"}
    framework = replace(FRAMEWORK, roles=roles)
    rated = [shown("strong", basis=Basis.RATING)]
    wanted = wanted_in(framework, ["hand"])
    assert {each.rank for each in wanted} == {1, 3}
    assert closing(framework, wanted, rated) == rated


def test_nothing_lies_ahead_of_the_top_nor_of_a_role_without_a_level() -> None:
    for held, ranks in (("bosun", {3}), ("guest", {1}), ("nobody", set[int]())):
        assert {each.rank for each in wanted_in(FRAMEWORK, [held])} == ranks


def test_what_bridges_a_move_to_a_chosen_role_counts() -> None:
    move = Move(
        key="over",
        from_role="hand",
        to_role="guest",
        requirements=(Requirement(competency="tact"),),
    )
    framework = replace(FRAMEWORK, moves={"over": move})
    wanted = wanted_in(framework, ["hand"], ["guest"])
    assert closing(framework, wanted, [TACT]) == [TACT]
    assert closing(framework, wanted_in(framework, ["hand"]), [TACT]) == []


@pytest.mark.parametrize(
    ("words", "held", "evidence", "found"),
    [
        ("what the role asks for", "hand", shown("aware"), [1]),
        ("what the next role asks for", "hand", shown("working"), [1]),
        ("too low for the role and the next one", "mate", shown("aware"), []),
        ("learning alone above the half", "mate", shown("strong"), [1]),
        ("a rating above the half", "bosun", shown("strong", basis=Basis.RATING), [1]),
        ("learning alone for a bosun", "bosun", shown("strong"), []),
        ("another competency", "hand", shown(competency="tact"), []),
        ("what the focus area asks for", "mate/rigging", TACT, [1]),
        ("the next role in the same focus", "hand/rigging", TACT, [1]),
        ("a step that is gone", "hand", shown("gone"), []),
        ("a role that is gone", "gone", shown("aware"), []),
    ],
)  # fmt: skip
def test_evidence_closes(
    words: str, held: str, evidence: Evidence, found: list[int]
) -> None:
    assert closed(held, evidence) == found, words


def test_a_chosen_role_counts() -> None:
    rated = shown("leading", basis=Basis.ATTESTATION)
    assert closed("", rated) == []
    assert closed("", rated, targets=("chief",)) == [1]


def test_what_is_closed_needs_no_more_until_it_expires() -> None:
    first = shown("working", fact=1, expires=10)
    assert closed("mate", first, shown("working", fact=2, day=5)) == [1]
    assert closed("mate", first, shown("working", fact=3, day=11)) == [1, 3]


def test_two_bases_are_two_kinds_and_the_same_kind_again_closes_nothing() -> None:
    """As `validate` and readiness have it: bases are counted, not courses."""
    bases = (Basis.LEARNING, Basis.CERTIFICATION, Basis.ATTESTATION)
    two = AcceptedBases(bases=bases, how_many=2)
    asked = role("twice", None, IC, needs("aware", bases=two))
    framework = replace(FRAMEWORK, roles={"twice": asked})
    evidence = [
        shown("aware", fact=1, day=1),
        shown("aware", fact=2, day=2),
        shown("aware", fact=3, day=3, basis=Basis.ATTESTATION),
        shown("aware", fact=4, day=4, basis=Basis.CERTIFICATION),
    ]
    found = closing(framework, wanted_in(framework, ["twice"]), evidence)
    assert [each.fact_id for each in found] == [1, 3]


def test_evidence_counts_on_its_last_day() -> None:
    first = shown("working", fact=1, expires=10)
    assert closed("mate", first, shown("working", fact=2, day=10)) == [1]
