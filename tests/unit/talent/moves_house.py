"""A crew with a ladder and pay bands, and what tests do about its moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from evidence_house import ADA, attested
from talent_bench import FRAMEWORK, hire, link_roles, text, worker

from connector.framework.model import (
    Certification,
    Framework,
    GivenStep,
    LearningActivity,
    Level,
    Move,
    Pathway,
    PayBand,
    Region,
    Requirement,
    Role,
    Track,
)
from connector.kit.values import (
    Foreign,
    MoveKind,
    MovePreview,
    SourceAssignment,
    SourcePerson,
)
from connector.store import people, proposals
from connector.store.proposals import Proposal
from connector.talent import proposing
from connector.talent.fair_cases import cases
from connector.talent.fairness import Fairness, fairness
from connector.talent.ground import Ground
from connector.talent.move_policy import MovePolicy
from connector.talent.preparing_moves import Assignment, Prepared, prepare
from connector.talent.recomputing import recompute

IC = Track.INDIVIDUAL_CONTRIBUTOR
POLICY = MovePolicy(change_reasons={MoveKind.LEVEL: "UP", MoveKind.LATERAL: "ASIDE"})


def _level(key: str, grade: str, track: Track = IC, **more: object) -> Level:
    made = Level(key=key, name=text(key.upper()), track=track, grade=grade)
    return replace(made, **more)  # type: ignore[arg-type]


def _role(key: str, level: str, *asked: tuple[str, str]) -> Role:
    return Role(
        key=key,
        name=text(key.title()),
        family="deck",
        level=level,
        requirements=tuple(
            Requirement(competency=competency, step=step) for competency, step in asked
        ),
        attributes={"title": "Sailor"} if key in ("deckhand", "bosun") else {},
    )


def _band(grade: str, middle: int) -> PayBand:
    return PayBand(
        key=grade,
        grade=grade,
        region="baltic",
        minimum=Decimal(middle - 10),
        midpoint=Decimal(middle),
        maximum=Decimal(middle + 10),
        currency="PLN",
    )


SHIP: Framework = replace(
    FRAMEWORK,
    levels={
        "ic1": _level("ic1", "g1"),
        "ic2": _level("ic2", "g2", above=("ic1",), parity="m2"),
        "m2": _level("m2", "g2", Track.MANAGER, parity="ic2"),
        "ic9": _level("ic9", "g0"),
    },
    roles={
        one.key: one
        for one in (
            _role("deckhand", "ic1", ("knots", "low"), ("sails", "low")),
            _role("bosun", "ic2", ("knots", "high"), ("sails", "low")),
            _role("mate", "m2", ("knots", "low"), ("sails", "high")),
            _role("cook", "ic9"),
            _role("pilot", "ic1", ("knots", "low")),
        )
    },
    regions={
        "baltic": Region(
            key="baltic", name=text("Baltic"), currency="PLN", countries=("PL",)
        )
    },
    pay_bands={"g0": _band("g0", 50), "g1": _band("g1", 100), "g2": _band("g2", 200)},
    certifications={"diver": Certification(key="diver", name=text("Diver"))},
    pathways={
        **FRAMEWORK.pathways,
        "dive": Pathway(
            key="dive",
            name=text("Dive"),
            activities=(
                LearningActivity(
                    key="dive",
                    name=text("Dive"),
                    certification="diver",
                    gives=(GivenStep(competency="sails", step="low"),),
                ),
            ),
        ),
    },
    moves={
        "to-pilot": Move(
            key="to-pilot",
            from_role="deckhand",
            to_role="pilot",
            certifications=("diver",),
        )
    },
)


def board(ground: Ground, *more: str) -> None:
    """Let Ada, her boss and a peer be deckhands, and others with them."""
    link_roles(ground, **{key: f"wid-{key}" for key in SHIP.roles if key != "deckhand"})
    hire(
        ground,
        *(sailor(each) for each in (ADA, "0022", *more)),
        sailor("0001", name="Bo Boss", email="boss@example.com", manager_id=""),
    )


def sailor(employee_id: str, **more: object) -> SourcePerson:
    """Return a deckhand in Poland, whose boss is 0001."""
    place = SourceAssignment(
        position_id=f"P-{employee_id}",
        role=Foreign("job_profile", "wid-deckhand"),
        since=date(2024, 1, 1),
        country="PL",
    )
    given: dict[str, object] = {
        "manager_id": "0001",
        "name": f"Sailor {employee_id}",
        "email": f"s{employee_id}@example.com",
        "assignments": (place,),
        **more,
    }
    return worker(employee_id, **given)


def prepared(
    ground: Ground, policy: MovePolicy = POLICY, framework: Framework = SHIP
) -> Prepared:
    """Prepare as the schedule does."""
    today = ground.day_of(ground.now())
    recompute(ground, framework, "r-1", today, ["hris"])
    return prepare(
        ground,
        Assignment(
            connection="hris",
            framework=framework,
            release="r-1",
            as_of=today,
            policy=policy,
        ),
    )


def able(ground: Ground, *employee_ids: str) -> None:
    """Let the boss attest what a bosun takes."""
    for each in employee_ids:
        attested(ground, framework=SHIP, person=each)


def all_of(ground: Ground, employee_id: str = ADA) -> list[Proposal]:
    with ground.database.read() as conn:
        (person,) = people.with_employee_id(conn, employee_id)
        return proposals.of_people(conn, [person.id])


def one_of(ground: Ground, employee_id: str = ADA) -> Proposal:
    (found,) = all_of(ground, employee_id)
    return found


def approve(
    ground: Ground, proposal: Proposal, actor: str, policy: MovePolicy = POLICY
) -> Proposal:
    """Approve with every check confirmed."""
    preview = MovePreview()
    return proposing.approve(
        ground,
        SHIP,
        proposal,
        preview,
        actor,
        policy=policy,
        confirmed=proposing.checks_of(SHIP, proposal, preview),
    )


def compared(ground: Ground) -> Fairness:
    with ground.database.read() as conn:
        today = ground.day_of(ground.now())
        return fairness(cases(conn, SHIP, today, ["hris"]))


def portrait(ground: Ground, employee_ids: Iterable[str]) -> list[object]:
    """Return what was proposed of people, without what tells them apart."""
    return [
        sorted(
            (each.to_role, each.kind, each.state, each.reason, told(each))
            for each in all_of(ground, employee_id)
        )
        for employee_id in employee_ids
    ]


def told(proposal: Proposal) -> str:
    return str([each["says"] for each in proposal.packet["requirements"]])
