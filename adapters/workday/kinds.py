"""The kinds this adapter supports, in the order they are written (NOTES 4)."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.workday.wire.categories import COMPETENCY_CATEGORY, JOB_CATEGORY
from adapters.workday.wire.certifications import CERTIFICATION
from adapters.workday.wire.classifications import CLASSIFICATION_GROUP
from adapters.workday.wire.competencies import COMPETENCY
from adapters.workday.wire.families import JOB_FAMILY, JOB_FAMILY_GROUP
from adapters.workday.wire.grades import COMPENSATION_GRADE
from adapters.workday.wire.kind import Kind
from adapters.workday.wire.levels import JOB_LEVEL, MANAGEMENT_LEVEL
from adapters.workday.wire.profiles import JOB_PROFILE
from adapters.workday.wire.scales import PROFICIENCY_SCALE

KINDS: Mapping[str, Kind] = {
    kind.spec.name: kind
    for kind in (
        MANAGEMENT_LEVEL,
        JOB_LEVEL,
        PROFICIENCY_SCALE,
        COMPETENCY_CATEGORY,
        COMPETENCY,
        CERTIFICATION,
        COMPENSATION_GRADE,
        JOB_CATEGORY,
        CLASSIFICATION_GROUP,
        JOB_FAMILY,
        JOB_FAMILY_GROUP,
        JOB_PROFILE,
    )
}
