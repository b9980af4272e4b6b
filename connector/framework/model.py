"""The job framework as values: what a company describes once.

Frozen and slotted; built by a source, checked by `validate`, frozen by a release.
Containment is a tree; everything else is a typed link and may form cycles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from connector.framework.text import EMPTY as EMPTY
from connector.framework.text import Text as Text


class Track(StrEnum):
    """The two ladders, at par."""

    INDIVIDUAL_CONTRIBUTOR = "individual_contributor"
    MANAGER = "manager"


class Importance(StrEnum):
    """How much a requirement or an activity counts."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    EMERGING = "emerging"


class Origin(StrEnum):
    """Where a requirement comes from."""

    LEVEL = "level"
    FAMILY = "family"
    ROLE = "role"
    FOCUS_AREA = "focus_area"
    MOVE = "move"


class Basis(StrEnum):
    """On what grounds a step may be accepted as shown."""

    LEARNING = "learning"
    CERTIFICATION = "certification"
    ATTESTATION = "attestation"
    RATING = "rating"
    CONTRIBUTION = "contribution"


class MoveKind(StrEnum):
    """The directions of a career move."""

    VERTICAL = "vertical"
    LATERAL = "lateral"
    DIAGONAL = "diagonal"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedBases:
    """The bases a step accepts, and how many of them it takes."""

    bases: tuple[Basis, ...]
    how_many: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What every keyed part of a framework has.

    `effective_from` is the first day it holds; `is_retired` takes it out of use
    without forgetting it. `place` is the file and line it was read from.
    """

    key: str
    name: Text
    description: Text = EMPTY
    effective_from: date | None = None
    is_retired: bool = False
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a proficiency scale; keys are unique within the scale.

    `value` is the number that a system shows for it, where that is not its rank.
    """

    key: str
    name: Text
    description: Text = EMPTY
    value: Decimal | None = None
    bases: AcceptedBases | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProficiencyScale(Element):
    """Steps from the lowest to the highest; each satisfies all below it."""

    steps: tuple[Step, ...]

    def rank(self, step: str) -> int:
        """Return the 1-based rank of a step; raises `KeyError` for a foreign one."""
        for rank, candidate in enumerate(self.steps, 1):
            if candidate.key == step:
                return rank
        raise KeyError(step)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyDomain(Element):
    """A group of competencies; groups may lie in groups."""

    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A behaviour that shows a competency at a step."""

    step: str
    text: Text
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Competency(Element):
    """What a person is able to do, observable by its indicators.

    `domain` contains it; `also_in` names further domains it is listed under,
    `broader` wider competencies it is a part of, and `related` competencies worth
    seeing beside it (all three are links).
    """

    scale: str | None = None
    domain: str | None = None
    indicators: tuple[Indicator, ...] = ()
    also_in: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    other_names: tuple[Text, ...] = ()
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A competency, at a step where there is one, that something asks for."""

    competency: str
    step: str | None = None
    importance: Importance = Importance.REQUIRED
    origin: Origin = Origin.ROLE
    origin_key: str = ""
    bases: AcceptedBases | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Element):
    """A rung of one track.

    `above` names the levels of the same track directly below it (a partial order).
    `parity` names the level of the other track that is its equal: same pay band.
    `expects` holds what the level asks of everybody on it, whatever the role.
    `contributions` counts, by kind (teaching, mentoring), what the level asks for.
    """

    track: Track
    above: tuple[str, ...] = ()
    parity: str | None = None
    grade: str | None = None
    minimum_months: int | None = None
    expects: tuple[Requirement, ...] = ()
    responsibilities: tuple[Text, ...] = ()
    contributions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFamilyGroup(Element):
    """Job families that belong together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFamily(Element):
    """Roles of one kind of work, and what all of them require."""

    group: str | None = None
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusArea(Element):
    """A flex band of a role: same level and pay, another specialisation."""

    requirements: tuple[Requirement, ...] = ()
    responsibilities: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Element):
    """A job at (family, track, level); track and level are optional on imports.

    `attributes` keeps what a source says of a role and the model has no word for.
    """

    family: str
    track: Track | None = None
    level: str | None = None
    requirements: tuple[Requirement, ...] = ()
    responsibilities: tuple[Text, ...] = ()
    focus_areas: tuple[FocusArea, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenStep:
    """A competency step that an activity gives to who completes it."""

    competency: str
    step: str
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course of the LMS, and every step that the activities on it give.

    Its name is that of the first activity on it.
    """

    idnumber: str
    name: Text
    gives: tuple[GivenStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningActivity(Element):
    """One formal or informal thing to do on a pathway.

    `course` is the LMS's own idnumber of a course, `plan` the name of a learning plan
    there. `cost` is in the currency of the organisation, `hours` the time it takes.
    """

    is_formal: bool = True
    type: str = "course"
    course: str | None = None
    plan: str | None = None
    hours: Decimal | None = None
    cost: Decimal | None = None
    importance: Importance = Importance.REQUIRED
    gives: tuple[GivenStep, ...] = ()
    certification: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway(Element):
    """Activities in the order in which they make sense."""

    activities: tuple[LearningActivity, ...] = ()
    prerequisites: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification(Element):
    """A certificate somebody outside or inside issues."""

    issuer: str = ""
    valid_months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A career move between two roles, and what bridges them.

    `rank` and `tier` keep a source's own order and strength of the link.
    """

    key: str
    from_role: str
    to_role: str
    kind: MoveKind | None = None
    description: Text = EMPTY
    requirements: tuple[Requirement, ...] = ()
    certifications: tuple[str, ...] = ()
    pathways: tuple[str, ...] = ()
    rank: int | None = None
    tier: str = ""
    effective_from: date | None = None
    is_retired: bool = False
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster(Element):
    """Roles that share competencies."""

    roles: tuple[str, ...] = ()
    competencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A competency that evidence is carried over to: old step to the step it gives."""

    competency: str
    steps: Mapping[str, str]
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOver(Element):
    """What becomes of evidence for a competency that was split, merged or renamed.

    `from_competency` may be gone from the framework by now. Its evidence stays as it
    is; what the rule gives comes beside it.
    """

    from_competency: str
    to: tuple[Carried, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(Element):
    """Where one set of pay bands holds."""

    currency: str
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PayBand:
    """What a grade pays in a region; amounts a year in the band's currency.

    `bonus_target` and `equity` are shares of base pay (0.1 is ten per cent).
    """

    key: str
    grade: str
    region: str
    minimum: Decimal
    midpoint: Decimal
    maximum: Decimal
    currency: str
    bonus_target: Decimal | None = None
    equity: Decimal | None = None
    effective_from: date | None = None
    is_retired: bool = False
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIdentity:
    """What an element was called where it was imported from."""

    kind: str
    key: str
    source: str
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework(Element):
    """A whole job framework; every mapping goes from key to element."""

    language: str = "en"
    scales: Mapping[str, ProficiencyScale] = field(default_factory=dict)
    domains: Mapping[str, CompetencyDomain] = field(default_factory=dict)
    competencies: Mapping[str, Competency] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    groups: Mapping[str, JobFamilyGroup] = field(default_factory=dict)
    families: Mapping[str, JobFamily] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    certifications: Mapping[str, Certification] = field(default_factory=dict)
    pathways: Mapping[str, Pathway] = field(default_factory=dict)
    moves: Mapping[str, Move] = field(default_factory=dict)
    clusters: Mapping[str, Cluster] = field(default_factory=dict)
    carry_over: Mapping[str, CarryOver] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    pay_bands: Mapping[str, PayBand] = field(default_factory=dict)
    identities: tuple[SourceIdentity, ...] = ()

    def scale_of(self, competency: str) -> ProficiencyScale | None:
        """Return the scale of a competency, none where it has none."""
        scale = self.competencies[competency].scale
        return self.scales[scale] if scale else None

    def steps_of(self, competency: str) -> tuple[Step, ...]:
        """Return the steps of a competency's scale, lowest first, none without one."""
        scale = self.scale_of(competency)
        return scale.steps if scale else ()

    def rank_of(self, competency: str, step: str) -> int:
        """Return the 1-based rank of a step on a competency's scale.

        Raises:
            KeyError: the competency has no such step.
        """
        scale = self.scale_of(competency)
        if scale is None:
            raise KeyError(step)
        return scale.rank(step)

    def indicators_of(self, competency: str, step: str) -> tuple[Text, ...]:
        """Return the behavioural indicators of a competency at a step, in order."""
        return tuple(
            indicator.text
            for indicator in self.competencies[competency].indicators
            if indicator.step == step
        )

    def related_pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of competencies in use of which one names the other."""
        pairs = {
            (min(competency.key, other), max(competency.key, other))
            for competency in self.competencies.values()
            for other in competency.related
            if not competency.is_retired
            and other != competency.key
            and not self.competencies[other].is_retired
        }
        return tuple(sorted(pairs))

    def courses(self) -> tuple[Course, ...]:
        """Return every course that an activity in use names, once, by its idnumber."""
        found: dict[str, dict[GivenStep, None]] = {}
        names: dict[str, Text] = {}
        for pathway, activity in self.activities():
            if activity.course and not (activity.is_retired or pathway.is_retired):
                names.setdefault(activity.course, activity.name)
                gives = found.setdefault(activity.course, {})
                gives.update(dict.fromkeys(activity.gives))
        return tuple(
            Course(
                idnumber=idnumber, name=names[idnumber], gives=tuple(found[idnumber])
            )
            for idnumber in sorted(found)
        )

    def activities(self) -> Iterator[tuple[Pathway, LearningActivity]]:
        """Yield every learning activity with its pathway, in order."""
        for pathway in self.pathways.values():
            for activity in pathway.activities:
                yield pathway, activity

    def requirements_of(
        self, role: str, focus_area: str | None = None
    ) -> tuple[Requirement, ...]:
        """Return what a role asks for, each competency once, origins kept.

        Level expectations, the family's, the role's own and the focus area's
        requirements are joined. Where several name one competency the highest
        step holds, and a required one beats an optional one.
        """
        merged: dict[str, Requirement] = {}
        for requirement in self._stated_requirements(role, focus_area):
            known = merged.get(requirement.competency)
            if known is None or self._weight(requirement) > self._weight(known):
                merged[requirement.competency] = requirement
        return tuple(merged.values())

    def certifications_of(self, role: str, area: str | None = None) -> dict[str, bool]:
        """Return what certifies the steps a role asks for; yes: the only way to."""
        found: dict[str, bool] = {}
        for wanted in self.requirements_of(role, area):
            keys = {
                activity.certification
                for _, activity in self.activities()
                if activity.certification and not activity.is_retired
                for one in activity.gives
                if (one.competency, one.step) == (wanted.competency, wanted.step)
            }
            is_needed = wanted.importance is Importance.REQUIRED and len(keys) == 1
            found |= {key: found.get(key, False) or is_needed for key in sorted(keys)}
        return found

    def _stated_requirements(
        self, role_key: str, focus_area: str | None
    ) -> Iterator[Requirement]:
        role = self.roles[role_key]
        if role.level:
            yield from self.levels[role.level].expects
        if role.family in self.families:
            yield from self.families[role.family].requirements
        yield from role.requirements
        for area in role.focus_areas:
            if area.key == focus_area:
                yield from area.requirements

    def _weight(self, requirement: Requirement) -> tuple[bool, int]:
        scale = self.scale_of(requirement.competency)
        rank = scale.rank(requirement.step) if scale and requirement.step else 0
        return requirement.importance is Importance.REQUIRED, rank
