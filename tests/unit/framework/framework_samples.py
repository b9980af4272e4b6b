"""A small whole framework, in files and as a value, and random valid ones."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from connector.framework.model import (
    AcceptedBases,
    Basis,
    Carried,
    CarryOver,
    Certification,
    Cluster,
    Competency,
    CompetencyDomain,
    FocusArea,
    Framework,
    GivenStep,
    Importance,
    Indicator,
    JobFamily,
    JobFamilyGroup,
    LearningActivity,
    Level,
    Move,
    MoveKind,
    Origin,
    Pathway,
    PayBand,
    ProficiencyScale,
    Region,
    Requirement,
    Role,
    SourceIdentity,
    Step,
    Text,
    Track,
)

#: The least that loads without a problem.
FILES: Mapping[str, str] = {
    "framework.yaml": "framework: {key: f, name: Frame}\n",
    "scales.yaml": (
        "scales:\n"
        "  - key: craft\n"
        "    name: Craft\n"
        "    steps: [{key: low, name: Low}, {key: high, name: High}]\n"
    ),
    "competencies.yaml": (
        "competencies:\n"
        "  - key: rigging\n"
        "    name: Rigging\n"
        "    scale: craft\n"
        "    indicators: {low: Names the parts.}\n"
        "  - {key: knots, name: Knots}\n"
    ),
    "levels.yaml": (
        "levels:\n"
        "  - {key: ic-1, name: IC 1, track: individual_contributor, grade: g1}\n"
        "  - {key: ic-2, name: IC 2, track: individual_contributor, grade: g2,\n"
        "     above: [ic-1], parity: m-1}\n"
        "  - {key: m-1, name: M 1, track: manager, grade: g2, parity: ic-2}\n"
        "  - {key: m-2, name: M 2, track: manager, grade: g3, above: [m-1]}\n"
    ),
    "families.yaml": (
        "families:\n  - {key: sail, name: Sail}\n  - {key: shore, name: Shore}\n"
    ),
    "roles.yaml": (
        "roles:\n"
        "  - key: sailor\n"
        "    name: Sailor\n"
        "    family: sail\n"
        "    track: individual_contributor\n"
        "    level: ic-1\n"
        "    requirements: {rigging: low}\n"
        "  - key: mate\n"
        "    name: Mate\n"
        "    family: sail\n"
        "    track: manager\n"
        "    level: m-1\n"
    ),
}


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write texts or bytes by file name, and return the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def text(english: str, **others: str) -> Text:
    return Text((("en", english), *sorted(others.items())))


def needs(
    competency: str, step: str | None = None, *, origin: Origin, of: str, **more: Any
) -> Requirement:
    return Requirement(
        competency=competency, step=step, origin=origin, origin_key=of, **more
    )


def by_key(*elements: Any) -> dict[str, Any]:
    return {element.key: element for element in elements}


def sample() -> Framework:
    """Return a framework that says something in every field of the model."""
    return Framework(
        key="harbour",
        name=text("Harbour", pl="Port"),
        description=text("How we work.\n\n- afloat\n- ashore\n"),
        effective_from=date(2026, 1, 1),
        scales=by_key(_scale()),
        domains=by_key(
            CompetencyDomain(key="craft", name=text("Craft")),
            CompetencyDomain(key="boats", name=text("Boats"), parent="craft"),
        ),
        competencies=by_key(*_competencies()),
        levels=by_key(*_levels()),
        groups=by_key(JobFamilyGroup(key="afloat", name=text("Afloat"))),
        families=by_key(*_families()),
        roles=by_key(*_roles()),
        certifications=by_key(
            Certification(
                key="skipper", name=text("Skipper"), issuer="Office", valid_months=60
            )
        ),
        pathways=by_key(*_pathways()),
        moves=by_key(*_moves()),
        clusters=by_key(
            Cluster(
                key="deck",
                name=text("Deck"),
                roles=("sailor",),
                competencies=("knots",),
            )
        ),
        carry_over=by_key(_carry_over()),
        regions=by_key(
            Region(key="north", name=text("North"), currency="EUR", countries=("DE",))
        ),
        pay_bands=by_key(*(_band(grade) for grade in ("g1", "g2", "g3"))),
        identities=(
            SourceIdentity(kind="role", key="sailor", source="book", identity="S 1"),
        ),
    )


def _families() -> tuple[JobFamily, ...]:
    return (
        JobFamily(
            key="sail",
            name=text("Sail"),
            group="afloat",
            requirements=(needs("knots", origin=Origin.FAMILY, of="sail"),),
        ),
        JobFamily(key="shore", name=text("Shore")),
    )


def _carry_over() -> CarryOver:
    return CarryOver(
        key="seamanship",
        name=text("Seamanship became rigging"),
        from_competency="seamanship",
        to=(Carried(competency="rigging", steps={"fair": "mid"}),),
    )


def _scale() -> ProficiencyScale:
    low, mid, high, top = "low", "mid", "high", "top"
    bases = AcceptedBases(bases=(Basis.RATING, Basis.CONTRIBUTION), how_many=2)
    return ProficiencyScale(
        key="ladder",
        name=text("Ladder"),
        steps=(
            Step(key=low, name=text("Low"), description=text("Knows of it.")),
            Step(key=mid, name=text("Mid")),
            Step(key=high, name=text("High")),
            Step(key=top, name=text("Top"), bases=bases),
        ),
    )


def _competencies() -> tuple[Competency, ...]:
    return (
        Competency(
            key="rigging",
            name=text("Rigging", pl="Takielunek"),
            scale="ladder",
            domain="boats",
            type="skill",
            also_in=("craft",),
            broader=("knots",),
            related=("knots",),
            other_names=(text("Rope work"),),
            indicators=(
                Indicator(step="low", text=text("Names the parts.")),
                Indicator(step="mid", text=text("Rigs:\n\n- alone\n- at night")),
                Indicator(step="mid", text=text("Checks a rig.")),
            ),
        ),
        Competency(key="knots", name=text("Knots")),
        Competency(key="old", name=text("Old craft"), is_retired=True),
    )


def _levels() -> tuple[Level, ...]:
    contributor, manager = Track.INDIVIDUAL_CONTRIBUTOR, Track.MANAGER
    return (
        Level(key="ic-1", name=text("IC 1"), track=contributor, grade="g1"),
        Level(
            key="ic-2",
            name=text("IC 2"),
            track=contributor,
            above=("ic-1",),
            parity="m-1",
            grade="g2",
            minimum_months=12,
            expects=(needs("rigging", "mid", origin=Origin.LEVEL, of="ic-2"),),
            responsibilities=(text("Trains others."),),
            contributions={"teaching": 2, "mentoring": 1},
        ),
        Level(key="m-1", name=text("M 1"), track=manager, grade="g2", parity="ic-2"),
        Level(key="m-2", name=text("M 2"), track=manager, grade="g3", above=("m-1",)),
    )


def _racing() -> FocusArea:
    return FocusArea(
        key="racing",
        name=text("Racing"),
        requirements=(
            needs(
                "knots",
                origin=Origin.FOCUS_AREA,
                of="racing",
                importance=Importance.EMERGING,
            ),
        ),
        responsibilities=(text("Trims sails."),),
    )


def _sailor() -> Role:
    accepted = AcceptedBases(bases=(Basis.CERTIFICATION,))
    return Role(
        key="sailor",
        name=text("Sailor"),
        family="sail",
        track=Track.INDIVIDUAL_CONTRIBUTOR,
        level="ic-1",
        requirements=(
            needs("rigging", "low", origin=Origin.ROLE, of="sailor", bases=accepted),
            needs(
                "knots", origin=Origin.ROLE, of="sailor", importance=Importance.OPTIONAL
            ),
        ),
        responsibilities=(text("Sails."), text("Cleans:\n- deck\n- galley")),
        focus_areas=(_racing(),),
        attributes={"zone": "3", "note": "yes"},
    )


def _roles() -> tuple[Role, ...]:
    sailor = _sailor()
    return (
        sailor,
        replace(
            sailor,
            key="second",
            name=text("Second"),
            level="ic-2",
            requirements=(),
            focus_areas=(),
        ),
        Role(
            key="mate",
            name=text("Mate"),
            family="sail",
            track=Track.MANAGER,
            level="m-1",
        ),
        Role(
            key="master",
            name=text("Master"),
            family="shore",
            track=Track.MANAGER,
            level="m-2",
            effective_from=date(2027, 1, 1),
        ),
        Role(key="guest", name=text("Guest"), family="shore"),
    )


def _pathways() -> tuple[Pathway, ...]:
    return (
        Pathway(key="basics", name=text("Basics")),
        Pathway(
            key="season",
            name=text("Season"),
            audience=("role/sailor", "track/manager"),
            prerequisites=("basics",),
            activities=(
                LearningActivity(
                    key="course",
                    name=text("Course"),
                    course="KNOT-101",
                    hours=Decimal("6.5"),
                    cost=Decimal(120),
                    gives=(GivenStep(competency="rigging", step="low"),),
                    certification="skipper",
                ),
                LearningActivity(
                    key="aboard",
                    name=text("Aboard"),
                    is_formal=False,
                    type="shadowing",
                    importance=Importance.OPTIONAL,
                ),
            ),
        ),
    )


def _moves() -> tuple[Move, ...]:
    return (
        Move(key="up", from_role="sailor", to_role="second", kind=MoveKind.VERTICAL),
        Move(
            key="across",
            from_role="second",
            to_role="mate",
            kind=MoveKind.LATERAL,
            description=text("From doing to leading."),
            requirements=(needs("knots", origin=Origin.MOVE, of="across"),),
            certifications=("skipper",),
            pathways=("season",),
            rank=1,
            tier="near",
        ),
        Move(
            key="away",
            from_role="second",
            to_role="master",
            kind=MoveKind.DIAGONAL,
            effective_from=date(2027, 1, 1),
        ),
        Move(key="left", from_role="guest", to_role="mate", is_retired=True),
    )


def _band(grade: str) -> PayBand:
    return PayBand(
        key=f"{grade}-north",
        grade=grade,
        region="north",
        currency="EUR",
        minimum=Decimal(40),
        midpoint=Decimal("46.5"),
        maximum=Decimal(52),
        bonus_target=Decimal("0.05"),
        equity=Decimal("0.1"),
    )


KEYS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=6)
#: Every character that YAML can hold in some spelling, odd ones more often.
CHARACTERS = st.one_of(
    st.sampled_from(
        "a: -#'\"\\\n\t|>{}[]&*!%@`,?~\u2028\u2029\u00a0\u200b\ufeff\x85\x00\x07é漢😀"
    ),
    st.characters(exclude_categories=["Cs"]),
)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=30)
LANGUAGES = st.sampled_from(["de", "pl", "pt-BR"])


def _text_of(parts: tuple[str, dict[str, str]]) -> Text:
    own, others = parts
    return Text((("en", own), *sorted(others.items())))


MODEL_TEXTS = st.tuples(TEXTS, st.dictionaries(LANGUAGES, TEXTS, max_size=2)).map(
    _text_of
)


def _drawn_competency(draw: st.DrawFn, key: str) -> Competency:
    return Competency(
        key=key,
        name=draw(MODEL_TEXTS),
        description=draw(MODEL_TEXTS),
        scale="ladder",
        domain=draw(st.sampled_from([None, "craft", "boats"])),
        indicators=tuple(
            Indicator(step=step, text=draw(MODEL_TEXTS))
            for step in draw(
                st.lists(st.sampled_from(["low", "mid"]), max_size=3).map(sorted)
            )
        ),
    )


def _drawn_role(draw: st.DrawFn, key: str, competencies: Iterable[str]) -> Role:
    return Role(
        key=key,
        name=draw(MODEL_TEXTS),
        family=draw(st.sampled_from(["sail", "shore"])),
        attributes=draw(st.dictionaries(TEXTS, TEXTS, max_size=2)),
        requirements=tuple(
            needs(
                competency,
                draw(st.sampled_from([None, "low", "top"])),
                origin=Origin.ROLE,
                of=key,
                importance=draw(st.sampled_from(Importance)),
            )
            for competency in sorted(competencies)
            if draw(st.booleans())
        ),
    )


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """Draw variations of the sample: other texts, more and fewer elements."""
    base = sample()
    described = replace(base, name=draw(MODEL_TEXTS), description=draw(MODEL_TEXTS))
    competencies = {
        key: _drawn_competency(draw, key)
        for key in draw(st.sets(KEYS.map("c-{}".format), max_size=4))
    }
    roles = {
        key: _drawn_role(draw, key, competencies)
        for key in draw(st.sets(KEYS.map("r-{}".format), max_size=4))
    }
    bands = {
        key: replace(band, minimum=draw(st.decimals(0, 40, places=2)))
        for key, band in base.pay_bands.items()
    }
    return replace(
        described,
        competencies={**base.competencies, **competencies},
        roles={**base.roles, **roles},
        pay_bands=bands,
    )
