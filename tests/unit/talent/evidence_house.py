"""A framework with all that gives evidence, and people who tell about one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from talent_bench import FRAMEWORK, NOON, hire, text, worker

from connector.framework.model import (
    Carried,
    CarryOver,
    Certification,
    Competency,
    Framework,
    GivenStep,
    LearningActivity,
    Level,
    Pathway,
    Track,
)
from connector.kit.values import FactType, LearningFact
from connector.store import facts, growth, people
from connector.store.facts import BY_HAND
from connector.talent.collecting import Collected
from connector.talent.ground import Ground
from connector.talent.telling import house_of, tell, word_of
from connector.talent.words import House

ADA, BOSS, PEER = "0021", "0001", "0022"


def activity(key: str, **more: object) -> LearningActivity:
    made = LearningActivity(key=key, name=text(key.title()))
    return replace(made, **more)  # type: ignore[arg-type]


def gives(competency: str, step: str) -> tuple[GivenStep, ...]:
    return (GivenStep(competency=competency, step=step),)


WHOLE = replace(
    FRAMEWORK,
    levels={
        "mate": Level(
            key="mate",
            name=text("Mate"),
            track=Track.INDIVIDUAL_CONTRIBUTOR,
            contributions={"teaching": 2},
        )
    },
    certifications={
        "skipper": Certification(
            key="skipper", name=text("Day skipper"), valid_months=24
        ),
        "diver": Certification(key="diver", name=text("Diver")),
    },
    pathways={
        **FRAMEWORK.pathways,
        "more": Pathway(
            key="more",
            name=text("More"),
            activities=(
                activity("exam", certification="skipper", gives=gives("sails", "high")),
                activity("dive", certification="diver", gives=gives("knots", "high")),
                activity("season", plan="First Season", gives=gives("knots", "low")),
                activity(
                    "lecture",
                    type="teaching",
                    course="TEACH-1",
                    gives=gives("knots", "high"),
                ),
            ),
        ),
    },
)


def carrying(framework: Framework, old: str, **to: dict[str, str]) -> Framework:
    """Return a release without an old competency, and the rule that carries it over."""
    kept = {key: one for key, one in framework.competencies.items() if key != old}
    new = {key: Competency(key=key, name=text(key), scale="craft") for key in to}
    rule = CarryOver(
        key=f"{old}-rule",
        name=text("Rule"),
        from_competency=old,
        to=tuple(Carried(competency=key, steps=steps) for key, steps in to.items()),
    )
    return replace(
        framework,
        competencies={**kept, **new},
        carry_over={**framework.carry_over, rule.key: rule},
        pathways={},
        roles={},
    )


def crew(ground: Ground) -> dict[str, str]:
    """Hire a boss and a peer of Ada, and return our ids by employee id."""
    hire(
        ground,
        worker(ADA, manager_id=BOSS, email="ada@example.com", name="Ada Example"),
        worker(BOSS, email="boss@example.com", name="Bo Boss"),
        worker(PEER, manager_id=BOSS, email="peer@example.com", name="Pia Peer"),
    )
    with ground.database.read() as conn:
        return {each.employee_id: each.id for each in people.all(conn)}


def house(ground: Ground, actor: str = "boss", framework: Framework = WHOLE) -> House:
    return house_of(ground, framework, actor, ["hris"])


def told(
    ground: Ground,
    form: str,
    actor: str = "boss",
    framework: Framework = WHOLE,
    **cells: str,
) -> Collected:
    """Tell one word, as a command at the prompt does."""
    given = {"person": ADA, "on": "2026-02-01", **cells}
    word = word_of(house(ground, actor, framework), form, given)
    return tell(ground, framework, [word], actor)


def attested(
    ground: Ground, actor: str = "boss", framework: Framework = WHOLE, **cells: str
) -> Collected:
    given = {"competency": "knots", "step": "high", "note": "Saw it.", **cells}
    return told(ground, "attestations", actor, framework, **given)


def badge(name: str, at: datetime = NOON, **detail: str) -> LearningFact:
    return LearningFact(
        type=FactType.BADGE,
        object_id="12",
        object_name=name,
        person_id="7",
        employee_id=ADA,
        happened_at=at,
        detail=detail,
    )


@dataclass(frozen=True)
class Held:
    """What a deployment holds of evidence, without numbers of rows."""

    evidence: list[tuple[str, str, str, str]] = field(default_factory=list)
    contributions: list[tuple[str, str]] = field(default_factory=list)


def held(ground: Ground) -> Held:
    """Return evidence that stands today, and contributions that do."""
    with ground.database.read() as conn:
        standing = facts.evidence(conn, standing_on=ground.day_of(ground.now()))
        given = growth.contributions(conn)
    return Held(
        sorted(
            (one.competency, one.step, one.basis.value, one.achieved_on.isoformat())
            for one in standing
        ),
        [
            (one.kind, one.done_on.isoformat())
            for one in given
            if one.withdrawn_on is None
        ],
    )


def numbers(ground: Ground) -> list[int]:
    """Return the numbers of all evidence, the oldest first."""
    with ground.database.read() as conn:
        ids = [person.id for person in people.all(conn)]
        return sorted(row[1] for row in facts.evidence_rows(conn, ids))


def later(ground: Ground, at: datetime) -> Ground:
    return replace(ground, now=lambda: at)


def by_hand_facts(ground: Ground) -> Sequence[LearningFact]:
    with ground.database.read() as conn:
        return [
            each.fact
            for each in facts.assigned_facts(conn)
            if each.connection == BY_HAND
        ]


def instant(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)
