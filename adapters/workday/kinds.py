"""The kinds this adapter supports, in the order they are written (NOTES 4)."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.workday.wire.competencies import COMPETENCY
from adapters.workday.wire.families import JOB_FAMILY, JOB_FAMILY_GROUP
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
        COMPETENCY,
        JOB_FAMILY,
        JOB_FAMILY_GROUP,
        JOB_PROFILE,
    )
}
