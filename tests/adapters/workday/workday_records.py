"""The smallest and the largest record of every kind that the adapter writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from workday_support import (
    behaviours,
    by_name,
    by_reference,
    certified,
    classification,
    duty,
    families,
    grade_profile,
    ratings,
    requirement,
    skill,
)

from connector.kit.values import Foreign, Ref, Row, Rows, Value

SOME_WID = "0123456789abcdef" * 2
DAY = date(2026, 3, 1)
IDS = {
    Ref(kind, key): SOME_WID
    for kind in (
        "proficiency_scale",
        "competency_category",
        "competency",
        "certification",
        "compensation_grade",
        "job_family",
    )
    for key in ("s", "one", "two")
}

SMALLEST: Mapping[str, Mapping[str, Value]] = {
    "proficiency_scale": {"name": "Scale"},
    "competency_category": {"name": "Category"},
    "competency": {"name": "Competency"},
    "certification": {"name": "Certification"},
    "compensation_grade": {"name": "Grade", "compensation_elements": ("BASE",)},
    "job_category": {"name": "Category"},
    "classification_group": {"name": "Career track"},
    "job_family": {"name": "Family"},
    "job_family_group": {"name": "Group"},
    "job_profile": {"title": "Title"},
}
LARGEST: Mapping[str, Mapping[str, Value]] = {
    "proficiency_scale": {
        "name": "Scale",
        "description": "All of it",
        "ratings": Rows(
            (*ratings("A", "B").rows, Row("x", {"id": "x", "name": "Half"})),
            is_ordered=True,
        ),
        "retired": True,
    },
    "competency_category": {"name": "Category", "description": "Short"},
    "competency": {
        "name": "Competency",
        "description": "Lines\nof text",
        "categories": by_reference("competency_category", "category", "one", "two"),
        "scale": Ref("proficiency_scale", "s"),
        "behaviours": behaviours(at1="Knows <it>", at2="Does & shows"),
        "retired": True,
    },
    "certification": {
        "name": "Certification",
        "issuer": "Issuers & co",
        "valid_months": 36,
        "retired": True,
    },
    "compensation_grade": {
        "name": "Grade",
        "description": "Short",
        "compensation_elements": ("BASE", "BONUS"),
        "profiles": Rows((grade_profile("jf-gp-one"), grade_profile("jf-gp-two"))),
        "retired": True,
    },
    "job_category": {"name": "Category", "description": "Short", "retired": True},
    "classification_group": {
        "name": "Career track",
        "classifications": Rows((classification("one"), classification("two"))),
        "retired": True,
    },
    "job_family": {"name": "Family", "summary": "Short", "retired": True},
    "job_family_group": {
        "name": "Group",
        "summary": "Short",
        "families": families("one", "two"),
        "retired": True,
    },
    "job_profile": {
        "title": "Title",
        "summary": "Short",
        "description": "<p>Long</p>",
        "management_level": Foreign("management_level", "M1"),
        "job_category": "SALARIED",
        "job_level": Foreign("job_level", "L1"),
        "families": families("one", "two"),
        "classifications": by_name("classification", "jf-cl-one", "jf-cl-two"),
        "required_competencies": Rows(
            (requirement("one", "jf-pr-s/1"), requirement("two"))
        ),
        "responsibilities": Rows((duty("One"), duty("Two", is_required=False))),
        "certifications": Rows((certified("one"), certified("two", is_required=False))),
        "skills": Rows((skill("Welding"), skill("Sailing", is_required=False))),
        "compensation_grade": Ref("compensation_grade", "one"),
        "compensation_grade_profiles": by_name("profile", "jf-gp-one", "jf-gp-two"),
        "retired": True,
    },
}
#: What stands in each field after an update that takes all away that can be taken.
EMPTY: Mapping[str, Value] = {
    "description": "",
    "summary": "",
    "scale": None,
    "management_level": None,
    "job_level": None,
    "job_category": "",
    "issuer": "",
    "valid_months": None,
    "categories": Rows(),
    "families": Rows(),
    "ratings": Rows(is_ordered=True),
    "behaviours": Rows(),
    "profiles": Rows(),
    "classifications": Rows(),
    "required_competencies": Rows(),
    "responsibilities": Rows(),
    "certifications": Rows(),
    "skills": Rows(),
    "compensation_grade_profiles": Rows(),
}
