"""What Moodle holds, as kinds of record: fields, ownership, retirement.

Specs only. Order is write order: what others refer to comes first.
"""

from __future__ import annotations

from adapters.moodle.facts import (
    COURSE_OUTCOMES,
    MAX_COURSE_NAME,
    MAX_NAME,
    TAXONOMIES,
)
from adapters.moodle.fields import COMPETENCIES, DESCRIPTION, NAME, reference
from adapters.moodle.identities import TAGS
from adapters.moodle.learner_kinds import LEARNER_KINDS
from adapters.moodle.taxonomies import told_levels
from adapters.moodle.text import canonical_name
from connector.kit.values import (
    FieldSpec,
    FieldType,
    KindSpec,
    Ownership,
    Repeat,
    Reset,
    Retire,
    Value,
)

_BRANCH_MEANS = "moved to the retired branch of its framework"
_HIDDEN_MEANS = "hidden from learners"


def _one_of(allowed: frozenset[str], what: str, value: Value) -> Value:
    if value is not None and value not in allowed:
        msg = f"{value!r} is no {what}: use one of {', '.join(sorted(allowed))}."
        raise ValueError(msg)
    return value


def _canonical_taxonomies(value: Value) -> Value:
    if not isinstance(value, tuple):
        return value
    for term in value:
        _one_of(TAXONOMIES, "name of a tree level in Moodle", term)
    return told_levels(map(str, value))


def _canonical_outcome(value: Value) -> Value:
    return _one_of(frozenset(COURSE_OUTCOMES.values()), "outcome of a course", value)


def _canonical_pair(value: Value) -> Value:
    if not isinstance(value, tuple) or len(value) != len(set(value)) or len(value) != 2:
        msg = "two different competencies are related to each other."
        raise ValueError(msg)
    return value


def _only(wanted: str, what: str) -> FieldSpec:
    def canonical(value: Value) -> Value:
        return _one_of(frozenset({wanted}), what, value)

    return FieldSpec(name=what, canonical=canonical, is_required=True)


_FRAMEWORK = reference("framework", "framework", is_required=True, is_fixed=True)

SCALE = KindSpec(
    name="scale",
    label="scale",
    plural="scales",
    tag=TAGS["scale"],
    fields=(
        FieldSpec(
            name="values",
            type=FieldType.TEXTS,
            ownership=Ownership.MANUAL_STEP,
            is_required=True,
        ),
    ),
    ownership=Ownership.MANUAL_STEP,
    repeat=Repeat.PUT,
    retire=Retire.REMOVE,
    manual_step="Site administration > Grades > Scales: add a standard scale with "
    "exactly these values, lowest first. Or import the file of `jobframe export "
    "moodle-csv` (Competencies > Import competency framework), which brings the scale "
    "along. Then put its id (the number at the end of "
    "the address of its edit page) into the setting `scales` of the connection.",
)

FRAMEWORK = KindSpec(
    name="framework",
    label="competency framework",
    plural="competency frameworks",
    tag=TAGS["framework"],
    fields=(
        NAME,
        DESCRIPTION,
        reference("scale", "scale", is_required=True),
        FieldSpec(name="proficient_from", type=FieldType.INTEGER, is_required=True),
        FieldSpec(
            name="taxonomies",
            type=FieldType.TEXTS,
            is_ordered=True,
            canonical=_canonical_taxonomies,
        ),
    ),
    retire=Retire.FLAG,
    retire_means=_HIDDEN_MEANS,
)

DOMAIN = KindSpec(
    name="domain",
    label="domain",
    plural="domains",
    tag=TAGS["domain"],
    fields=(NAME, DESCRIPTION, _FRAMEWORK, reference("parent", "domain")),
    container="parent",
    retire=Retire.BRANCH,
    retire_means=_BRANCH_MEANS,
)

COMPETENCY = KindSpec(
    name="competency",
    label="competency",
    plural="competencies",
    tag=TAGS["competency"],
    fields=(NAME, DESCRIPTION, _FRAMEWORK, reference("parent", "domain")),
    container="parent",
    retire=Retire.BRANCH,
    retire_means=_BRANCH_MEANS,
)

STEP = KindSpec(
    name="step",
    label="competency step",
    plural="competency steps",
    tag=TAGS["step"],
    fields=(
        NAME,
        DESCRIPTION,
        _FRAMEWORK,
        reference("parent", "competency", "step", is_required=True),
    ),
    container="parent",
    retire=Retire.BRANCH,
    retire_means=_BRANCH_MEANS,
    retires_with="parent",
    # Moodle clears the rule of a parent when a child is created or moved.
    resets=(Reset(by="parent", kind="step_rule"),),
)

STEP_RULE = KindSpec(
    name="step_rule",
    label="completion rule of a step",
    plural="completion rules of steps",
    tag=TAGS["step_rule"],
    fields=(
        reference("node", "step", "competency", is_required=True, is_fixed=True),
        _only("all", "type"),
        _only("complete", "outcome"),
    ),
    repeat=Repeat.PUT,
    retire=Retire.REMOVE,
    retire_means="the rule is cleared",
    retires_with="node",
)

RELATED = KindSpec(
    name="related",
    label="relation of two competencies",
    plural="relations of competencies",
    tag=TAGS["related"],
    fields=(
        FieldSpec(
            name="competencies",
            type=FieldType.REFERENCES,
            kinds=("competency",),
            is_required=True,
            is_fixed=True,
            canonical=_canonical_pair,
        ),
    ),
    natural_key=("competencies",),
    has_identity=False,
    repeat=Repeat.PUT,
    retire=Retire.REMOVE,
    retire_means="the two are no longer shown beside each other",
)

TEMPLATE = KindSpec(
    name="template",
    label="learning plan template",
    plural="learning plan templates",
    tag=TAGS["template"],
    fields=(
        NAME,
        DESCRIPTION,
        COMPETENCIES,
    ),
    retire=Retire.FLAG,
    retire_means=_HIDDEN_MEANS,
)

COURSE = KindSpec(
    name="course",
    label="course",
    plural="courses",
    tag=TAGS["course"],
    fields=(
        FieldSpec(name="idnumber", max_length=MAX_NAME, is_required=True),
        FieldSpec(
            name="fullname",
            max_length=MAX_COURSE_NAME,
            canonical=canonical_name,
            is_for_making=True,
        ),
        FieldSpec(name="copy_of", is_for_making=True),
        FieldSpec(name="category", type=FieldType.INTEGER, is_for_making=True),
    ),
    ownership=Ownership.MANUAL_STEP,
    made_by="copy_of",
    repeat=Repeat.PUT,
    retire=Retire.REMOVE,
    manual_step="Site administration > Courses > Manage courses and categories: open "
    "(or create) the course, choose Settings and type this value into Course ID "
    "number.",
)

COURSE_LINK = KindSpec(
    name="course_link",
    label="link of a course to a competency",
    plural="links of courses to competencies",
    tag=TAGS["course_link"],
    fields=(
        reference("course", "course", is_required=True, is_fixed=True),
        reference("competency", "step", "competency", is_required=True, is_fixed=True),
        FieldSpec(name="outcome", is_required=True, canonical=_canonical_outcome),
    ),
    natural_key=("course", "competency"),
    has_identity=False,
    container="course",
    repeat=Repeat.PUT,
    retire=Retire.REMOVE,
    retire_means="the competency is taken off the course",
)

KINDS = (
    SCALE,
    FRAMEWORK,
    DOMAIN,
    COMPETENCY,
    STEP,
    STEP_RULE,
    RELATED,
    TEMPLATE,
    COURSE,
    COURSE_LINK,
    *LEARNER_KINDS,
)
