"""The house of the readiness cases, and how their words become values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from connector.framework.model import (
    AcceptedBases,
    Basis,
    Certification,
    Competency,
    FocusArea,
    Framework,
    GivenStep,
    Importance,
    JobFamily,
    LearningActivity,
    Level,
    Move,
    Pathway,
    ProficiencyScale,
    Requirement,
    Role,
    Step,
    Text,
    Track,
)
from connector.talent.standing import Contribution, HeldRole, PersonStanding, Proof

STEPS = ("Explore", "Apply", "Guide", "Shape")
_COMPETENCIES = (
    *("Statistics", "Storytelling", "Modelling", "Ethics", "Risk", "Coaching"),
    *("Hiring", "AI tools"),
)
_BASES = {
    "course": Basis.LEARNING,
    "certificate": Basis.CERTIFICATION,
    "attestation": Basis.ATTESTATION,
    "rating": Basis.RATING,
    "contribution": Basis.CONTRIBUTION,
}
_DEEDS = {"taught": "teaching", "mentored": "mentoring"}
_PROOF = re.compile(
    r"(?P<basis>\w+) in (?P<competency>[\w ]+?)(?: at (?P<step>\w+))? on (?P<on>[\d-]+)"
    r"(?: until (?P<until>[\d-]+))?(?: withdrawn (?P<withdrawn>[\d-]+))?"
)
_DEED = re.compile(
    r"(?P<deed>taught|mentored) on (?P<on>[\d-]+)(?: withdrawn (?P<withdrawn>[\d-]+))?"
)
_HELD = re.compile(
    r"(?P<role>[\w ]+?)(?: in (?P<area>\w+))?(?: since (?P<since>[\d-]+))?"
)
_CHANGED = re.compile(r"(?P<role>[\w ]+) asks for (?P<competency>\w+) at (?P<step>\w+)")


def key_of(name: str) -> str:
    """Return the key that a name has in the house."""
    return name.lower().replace(" ", "-")


def _text(name: str) -> Text:
    return Text((("en", name),))


def asks(competency: str, step: str | None = None, **more: Any) -> Requirement:
    """Return a requirement, by the names of the house."""
    return Requirement(
        competency=key_of(competency), step=step and key_of(step), **more
    )


def _level(name: str, track: Track, **more: Any) -> Level:
    return Level(key=key_of(name), name=_text(name), track=track, **more)


def _role(
    name: str, level: str, *requirements: Requirement, family: str = "data", **more: Any
) -> Role:
    return Role(
        key=key_of(name),
        name=_text(name),
        family=family,
        level=level,
        requirements=requirements,
        **more,
    )


def _keyed(items: Iterable[Any]) -> dict[str, Any]:
    return {item.key: item for item in items}


def house() -> Framework:
    """Return the framework of the cases."""
    scale = ProficiencyScale(
        key="usual",
        name=_text("Usual"),
        steps=tuple(Step(key=key_of(name), name=_text(name)) for name in STEPS),
    )
    return Framework(
        key="house",
        name=_text("House"),
        scales={"usual": scale},
        competencies={
            "privacy": Competency(key="privacy", name=_text("Privacy")),
            **{
                key_of(name): Competency(
                    key=key_of(name), name=_text(name), scale="usual"
                )
                for name in _COMPETENCIES
            },
        },
        levels=_keyed((*_contributor_levels(), *_manager_levels())),
        families=_keyed(
            JobFamily(key=key, name=_text(key.title())) for key in ("data", "risk")
        ),
        roles=_keyed((*_scientists(), *_managers(), _risk_adviser())),
        moves={
            "to-risk": Move(
                key="to-risk",
                from_role="scientist",
                to_role="risk-adviser",
                requirements=(asks("Risk", "Guide"),),
            ),
            "down-to-risk": Move(
                key="down-to-risk",
                from_role="senior-scientist",
                to_role="risk-adviser",
                certifications=("risk-practitioner",),
            ),
        },
        certifications=_keyed(
            (Certification(key="risk-practitioner", name=_text("Risk Practitioner")),)
        ),
        pathways=_keyed((_risk_pathway(),)),
    )


def _risk_pathway() -> Pathway:
    exam = LearningActivity(
        key="risk-exam",
        name=_text("Risk exam"),
        certification="risk-practitioner",
        gives=(GivenStep(competency="risk", step="apply"),),
    )
    return Pathway(key="risk", name=_text("Risk"), activities=(exam,))


def _contributor_levels() -> tuple[Level, ...]:
    track = Track.INDIVIDUAL_CONTRIBUTOR
    return (
        _level("ic3", track),
        _level(
            "ic4",
            track,
            above=("ic3",),
            parity="m4",
            minimum_months=12,
            contributions={"mentoring": 1},
        ),
        _level(
            "ic5",
            track,
            above=("ic4",),
            parity="m5",
            minimum_months=24,
            contributions={"teaching": 2, "mentoring": 1},
        ),
        _level("ic6", track, above=("ic5",)),
    )


def _manager_levels() -> tuple[Level, ...]:
    track = Track.MANAGER
    deeds = {"mentoring": 2}
    return (
        _level("m4", track, parity="ic4"),
        _level("m5", track, above=("m4",), parity="ic5", contributions=deeds),
    )


def _scientists() -> tuple[Role, ...]:
    two_of_three = AcceptedBases(
        bases=(Basis.LEARNING, Basis.CERTIFICATION, Basis.ATTESTATION), how_many=2
    )
    return (
        _role(
            "Analyst",
            "ic3",
            asks("Statistics", "Explore"),
            asks("Storytelling", "Explore"),
        ),
        _role(
            "Scientist",
            "ic4",
            asks("Statistics", "Apply"),
            asks("Storytelling", "Apply"),
            asks("Modelling", "Apply"),
            focus_areas=(
                _area("Fraud", asks("Risk", "Explore")),
                _area("Forecasting", asks("Statistics", "Guide")),
            ),
        ),
        _role(
            "Senior Scientist",
            "ic5",
            asks("Statistics", "Guide"),
            asks("Modelling", "Guide"),
            asks("Ethics", "Apply", bases=two_of_three),
            asks("Storytelling", "Guide", importance=Importance.OPTIONAL),
            asks("AI tools", "Explore", importance=Importance.EMERGING),
        ),
        _role("Principal", "ic6", asks("Statistics", "Shape")),
    )


def _area(name: str, requirement: Requirement) -> FocusArea:
    return FocusArea(key=key_of(name), name=_text(name), requirements=(requirement,))


def _managers() -> tuple[Role, ...]:
    return (
        _role(
            "Data Lead",
            "m4",
            asks("Coaching", "Apply"),
            asks("Statistics", "Explore"),
        ),
        _role(
            "Data Manager",
            "m5",
            asks("Coaching", "Guide"),
            asks("Hiring", "Apply"),
            asks("Statistics", "Apply"),
        ),
    )


def _risk_adviser() -> Role:
    return _role(
        "Risk Adviser",
        "ic4",
        asks("Risk", "Apply"),
        asks("Statistics", "Explore"),
        asks("Privacy", bases=AcceptedBases(bases=(Basis.CERTIFICATION,))),
        family="risk",
    )


def changed(framework: Framework, words: str) -> Framework:
    """Return the framework after a release that raises or lowers one step."""
    found = _CHANGED.fullmatch(words)
    assert found, words
    role = framework.roles[key_of(found["role"])]
    wanted = asks(found["competency"], found["step"])
    requirements = tuple(
        wanted if each.competency == wanted.competency else each
        for each in role.requirements
    )
    roles = {**framework.roles, role.key: replace(role, requirements=requirements)}
    return replace(framework, roles=roles)


def standing_of(case: Mapping[str, Any]) -> PersonStanding:
    """Return the person a case tells of."""
    told = [str(words) for words in case.get("has", [])]
    held = [case[name] for name in ("holds", "also holds") if name in case]
    roles = tuple(
        replace(held_role(words), is_primary=not number)
        for number, words in enumerate(held)
    )
    said = {key_of(name): word for name, word in case.get("manager says", {}).items()}
    return PersonStanding(
        person_id="p",
        is_active=case.get("is") != "gone",
        on_leave=case.get("is") == "on leave",
        on_notice=case.get("is") == "on notice",
        has_open_move=case.get("is") == "moving",
        level_since=roles[0].since if roles else None,
        roles=roles,
        proofs=tuple(
            _proof(number, words)
            for number, words in enumerate(told)
            if not _DEED.fullmatch(words)
        ),
        contributions=tuple(
            _contribution(number, found)
            for number, words in enumerate(told)
            if (found := _DEED.fullmatch(words))
        ),
        corrections={
            key: None if word == "no" else key_of(word)
            for key, word in said.items()
            if word != "yes"
        },
        confirmed=frozenset(key for key, word in said.items() if word == "yes"),
    )


def held_role(words: str) -> HeldRole:
    """Return a role held, as in "Scientist in Fraud since 2024-01-10"."""
    found = _HELD.fullmatch(words)
    assert found, words
    return HeldRole(
        role=key_of(found["role"]),
        focus_area=found["area"] and key_of(found["area"]),
        since=_day(found["since"]),
    )


def _proof(number: int, words: str) -> Proof:
    found = _PROOF.fullmatch(words)
    assert found, words
    on = _day(found["on"])
    assert on
    return Proof(
        id=number,
        competency=key_of(found["competency"]),
        step=key_of(found["step"] or ""),
        basis=_BASES[found["basis"]],
        achieved_on=on,
        expires_on=_day(found["until"]),
        withdrawn_on=_day(found["withdrawn"]),
    )


def _contribution(number: int, found: re.Match[str]) -> Contribution:
    on = _day(found["on"])
    assert on
    return Contribution(
        id=number,
        kind=_DEEDS[found["deed"]],
        on=on,
        withdrawn_on=_day(found["withdrawn"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
