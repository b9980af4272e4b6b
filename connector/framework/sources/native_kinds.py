"""The fields of every kind in the native format, in one table.

`docs/framework-format.md` describes them for authors; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.framework.model import (
    CarryOver,
    Certification,
    Cluster,
    Competency,
    CompetencyDomain,
    FocusArea,
    Framework,
    Importance,
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
    Role,
    SourceIdentity,
    Step,
    Track,
)
from connector.framework.sources.native_elements import (
    CARRIED,
    GIVEN_STEPS,
    INDICATORS,
    TEXTS,
    ElementType,
    Field,
    requirements,
)
from connector.framework.sources.native_values import (
    BASES,
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    TEXT,
    WORD,
    list_of,
    one_of,
    table_of,
)

_WORDS = list_of(WORD)
_KEY = Field("key", "key", WORD, is_required=True)
_NAME = Field("name", "name", TEXT, is_required=True)
_DESCRIPTION = Field("description", "description", TEXT)
_LIFE = (
    Field("effective_from", "effective_from", DATE),
    Field("retired", "is_retired", BOOLEAN),
)


def _element(model: type, *fields: Field) -> ElementType:
    return ElementType(model, (_KEY, _NAME, _DESCRIPTION, *fields, *_LIFE))


_STEP = ElementType(
    Step,
    (
        _KEY,
        _NAME,
        _DESCRIPTION,
        Field("value", "value", DECIMAL),
        Field("accepts", "bases", BASES),
    ),
)

_FOCUS_AREA = _element(
    FocusArea,
    Field("responsibilities", "responsibilities", TEXTS),
    Field("requirements", "requirements", requirements(Origin.FOCUS_AREA)),
)

_ACTIVITY = _element(
    LearningActivity,
    Field("formal", "is_formal", BOOLEAN),
    Field("type", "type", WORD),
    Field("course", "course", WORD),
    Field("plan", "plan", WORD),
    Field("hours", "hours", DECIMAL),
    Field("cost", "cost", DECIMAL),
    Field("importance", "importance", one_of(Importance)),
    Field("gives", "gives", GIVEN_STEPS),
    Field("certification", "certification", WORD),
)

FRAMEWORK = _element(Framework, Field("language", "language", WORD))


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the format: what it holds and the attribute of `Framework`."""

    attribute: str
    type: ElementType


_SCALE = _element(
    ProficiencyScale,
    Field("steps", "steps", list_of(_STEP.as_value(), is_whole=True), is_required=True),
)

_COMPETENCY = _element(
    Competency,
    Field("domain", "domain", WORD),
    Field("scale", "scale", WORD),
    Field("type", "type", WORD),
    Field("other_names", "other_names", TEXTS),
    Field("also_in", "also_in", _WORDS),
    Field("broader", "broader", _WORDS),
    Field("related", "related", _WORDS),
    Field("indicators", "indicators", INDICATORS),
)

_LEVEL = _element(
    Level,
    Field("track", "track", one_of(Track), is_required=True),
    Field("above", "above", _WORDS),
    Field("parity", "parity", WORD),
    Field("grade", "grade", WORD),
    Field("minimum_months", "minimum_months", INTEGER),
    Field("responsibilities", "responsibilities", TEXTS),
    Field("expects", "expects", requirements(Origin.LEVEL)),
    Field("contributions", "contributions", table_of(INTEGER)),
)

_FAMILY = _element(
    JobFamily,
    Field("group", "group", WORD),
    Field("requirements", "requirements", requirements(Origin.FAMILY)),
)

_ROLE = _element(
    Role,
    Field("family", "family", WORD, is_required=True),
    Field("track", "track", one_of(Track)),
    Field("level", "level", WORD),
    Field("attributes", "attributes", table_of(WORD)),
    Field("responsibilities", "responsibilities", TEXTS),
    Field("requirements", "requirements", requirements(Origin.ROLE)),
    Field("focus_areas", "focus_areas", list_of(_FOCUS_AREA.as_value())),
)

_CERTIFICATION = _element(
    Certification,
    Field("issuer", "issuer", WORD),
    Field("valid_months", "valid_months", INTEGER),
)

_PATHWAY = _element(
    Pathway,
    Field("audience", "audience", _WORDS),
    Field("prerequisites", "prerequisites", _WORDS),
    Field("activities", "activities", list_of(_ACTIVITY.as_value())),
)

_MOVE = ElementType(
    Move,
    (
        _KEY,
        Field("from", "from_role", WORD, is_required=True),
        Field("to", "to_role", WORD, is_required=True),
        Field("kind", "kind", one_of(MoveKind)),
        _DESCRIPTION,
        Field("requirements", "requirements", requirements(Origin.MOVE)),
        Field("certifications", "certifications", _WORDS),
        Field("pathways", "pathways", _WORDS),
        Field("rank", "rank", INTEGER),
        Field("tier", "tier", WORD),
        *_LIFE,
    ),
)

_PAY_BAND = ElementType(
    PayBand,
    (
        _KEY,
        Field("grade", "grade", WORD, is_required=True),
        Field("region", "region", WORD, is_required=True),
        Field("currency", "currency", WORD, is_required=True),
        Field("minimum", "minimum", DECIMAL, is_required=True),
        Field("midpoint", "midpoint", DECIMAL, is_required=True),
        Field("maximum", "maximum", DECIMAL, is_required=True),
        Field("bonus_target", "bonus_target", DECIMAL),
        Field("equity", "equity", DECIMAL),
        *_LIFE,
    ),
)

IDENTITY = ElementType(
    SourceIdentity,
    tuple(
        Field(name, name, WORD, is_required=True)
        for name in ("kind", "key", "source", "identity")
    ),
)

#: Every list that a file may hold, by its name; `framework` and `identities` apart.
SECTIONS: Mapping[str, Section] = {
    "scales": Section("scales", _SCALE),
    "domains": Section(
        "domains", _element(CompetencyDomain, Field("parent", "parent", WORD))
    ),
    "competencies": Section("competencies", _COMPETENCY),
    "levels": Section("levels", _LEVEL),
    "groups": Section("groups", _element(JobFamilyGroup)),
    "families": Section("families", _FAMILY),
    "roles": Section("roles", _ROLE),
    "certifications": Section("certifications", _CERTIFICATION),
    "pathways": Section("pathways", _PATHWAY),
    "moves": Section("moves", _MOVE),
    "clusters": Section(
        "clusters",
        _element(
            Cluster,
            Field("roles", "roles", _WORDS),
            Field("competencies", "competencies", _WORDS),
        ),
    ),
    "carry_over": Section(
        "carry_over",
        _element(
            CarryOver,
            Field("from", "from_competency", WORD, is_required=True),
            Field("to", "to", CARRIED, is_required=True),
        ),
    ),
    "regions": Section(
        "regions",
        _element(
            Region,
            Field("currency", "currency", WORD, is_required=True),
            Field("countries", "countries", _WORDS),
        ),
    ),
    "pay_bands": Section("pay_bands", _PAY_BAND),
}
