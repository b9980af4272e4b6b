"""What Moodle holds about learners' plans, as kinds of record.

Specs only. Accounts are never made by us; who is in what is personal.
"""

from __future__ import annotations

from dataclasses import replace

from adapters.moodle.facts import MAX_COHORT_NAME
from adapters.moodle.fields import COMPETENCIES, DESCRIPTION, NAME, reference
from adapters.moodle.identities import TAGS
from adapters.moodle.text import canonical_name
from connector.kit.values import (
    FieldSpec,
    FieldType,
    KindSpec,
    Ownership,
    Privacy,
    Repeat,
    Retire,
)


def _number(name: str) -> FieldSpec:
    return FieldSpec(
        name=name,
        ownership=Ownership.VERIFY_ONLY,
        privacy=Privacy.PERSONAL,
        is_required=True,
    )


ACCOUNT = KindSpec(
    name="account",
    label="account",
    plural="accounts",
    tag=TAGS["account"],
    # An ID number is not unique in Moodle: the second field is empty where others
    # bear it too.
    fields=(_number("idnumber"), _number("unique_idnumber")),
    ownership=Ownership.VERIFY_ONLY,
    natural_key=("idnumber",),
    has_identity=False,
    repeat=Repeat.PUT,
    retire=Retire.REMOVE,
    manual_step="Site administration > Users > Accounts > Browse list of users: "
    "one account only may bear this ID number, that of this person. Take it off the "
    "others, or put it back where it was.",
)

COHORT = KindSpec(
    name="cohort",
    label="cohort",
    plural="cohorts",
    tag=TAGS["cohort"],
    fields=(
        FieldSpec(
            name="name",
            max_length=MAX_COHORT_NAME,
            is_required=True,
            canonical=canonical_name,
        ),
        FieldSpec(
            name="members",
            type=FieldType.ROWS,
            privacy=Privacy.PERSONAL,
            row_key="account",
            row=(reference("account", "account", is_required=True),),
            leaves_on_retiring=True,
        ),
    ),
    retire=Retire.FLAG,
    retire_means="hidden, and our members taken out of it",
)

TEMPLATE_COHORT = KindSpec(
    name="template_cohort",
    label="synchronisation of a template with a cohort",
    plural="synchronisations of templates with cohorts",
    tag=TAGS["template_cohort"],
    fields=(
        reference("template", "template", is_required=True),
        reference("cohort", "cohort", is_required=True),
    ),
    ownership=Ownership.MANUAL_STEP,
    repeat=Repeat.PUT,
    retire=Retire.REMOVE,
    manual_step="Once both are there: Site administration > Competencies > Learning "
    "plan templates, menu of this template > Add cohorts to sync; choose this cohort, "
    "then Add cohorts. Moodle tells how many cohorts a template has and not which: the "
    "step counts as done from one on, so look at the list on that page.",
    many_steps="Plans of their own need no click: take “plans: own” in the mapping.",
)

PLAN = KindSpec(
    name="plan",
    label="learning plan",
    plural="learning plans",
    tag=TAGS["plan"],
    fields=(
        replace(NAME, name="name"),
        DESCRIPTION,
        reference(
            "user",
            "account",
            is_required=True,
            is_fixed=True,
            privacy=Privacy.PERSONAL,
        ),
        COMPETENCIES,
    ),
    retire=Retire.REMOVE,
    retire_means="removed; nobody commented on it, rated in it or reviewed it",
)

LEARNER_KINDS = (ACCOUNT, COHORT, TEMPLATE_COHORT, PLAN)
