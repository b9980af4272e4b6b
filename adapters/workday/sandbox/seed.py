"""What a tenant holds when it is opened: plain values, written by tests and demos.

Identifiers are reference ID values. A worker may hold a job profile that does not
exist yet; it shows once the profile is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class NamedSeed:
    """An object known by one reference ID and a name, such as a management level."""

    reference_id: str
    name: str


@dataclass(frozen=True, slots=True)
class JobFamilySeed:
    """A job family."""

    job_family_id: str
    name: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class JobFamilyGroupSeed:
    """A job family group with its families."""

    job_family_group_id: str
    name: str
    job_family_ids: tuple[str, ...] = ()
    summary: str = ""


@dataclass(frozen=True, slots=True)
class ScaleSeed:
    """A proficiency rating scale; ratings are (ID, name), lowest first."""

    scale_id: str
    name: str
    ratings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CompetencySeed:
    """A competency of somebody else; behaviours by rating ID."""

    competency_id: str
    name: str
    description: str = ""
    scale_id: str = ""
    behaviours: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobProfileSeed:
    """A job profile; competencies are (competency ID, rating ID or empty, required).

    Responsibilities are (text, required), trainings (name, training type ID, required).
    """

    job_profile_id: str
    title: str
    job_family_ids: tuple[str, ...] = ()
    summary: str = ""
    description: str = ""
    management_level_id: str = ""
    job_level_id: str = ""
    competencies: tuple[tuple[str, str, bool], ...] = ()
    responsibilities: tuple[tuple[str, bool], ...] = ()
    trainings: tuple[tuple[str, str, bool], ...] = ()
    effective_date: date = FIRST_DAY


@dataclass(frozen=True, slots=True)
class OrganizationSeed:
    """A supervisory organisation, and the one above it; none for the topmost."""

    organization_id: str
    name: str
    superior_id: str = ""


@dataclass(frozen=True, slots=True)
class AdditionalJobSeed:
    """A further position of a worker; one abroad names both countries."""

    position_id: str
    job_profile_id: str
    supervisory_organization: str
    location: str
    start_date: date
    country: str = "GBR"
    host_country: str = ""
    home_country: str = ""


@dataclass(frozen=True, slots=True)
class WorkerSeed:
    """A worker and the positions held; organisation and location are IDs.

    Who comes back has a first hire date before the hire date.
    """

    employee_id: str
    name: str
    job_profile_id: str
    supervisory_organization: str
    location: str
    hire_date: date
    manager_id: str = ""
    email: str = ""
    country: str = "GBR"
    is_contingent: bool = False
    termination_date: date | None = None
    original_hire_date: date | None = None
    leave_start_date: date | None = None
    additional_jobs: tuple[AdditionalJobSeed, ...] = ()


@dataclass(frozen=True, slots=True)
class PositionSeed:
    """A position that nobody holds; whoever takes it gets one of its job profiles."""

    position_id: str
    job_profile_ids: tuple[str, ...]
    supervisory_organization: str
    locations: tuple[str, ...]
    country: str = "GBR"
    available_on: date | None = None
    effective_date: date = FIRST_DAY
    is_frozen: bool = False
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class TenantSeed:
    """A whole tenant. `secrets` are made for the sandbox and good nowhere else.

    `is_strict` takes open cardinalities of the contract as required; `variants` may
    hold those of `trees.VARIANTS`; processes in `needing_approval` wait for a person.
    """

    name: str
    user_name: str
    password: str
    client_id: str
    client_secret: str
    refresh_token: str
    is_strict: bool = True
    variants: frozenset[str] = frozenset()
    needing_approval: frozenset[str] = frozenset()
    token_lifetime: int = 3600
    management_levels: tuple[NamedSeed, ...] = ()
    job_levels: tuple[NamedSeed, ...] = ()
    job_categories: tuple[NamedSeed, ...] = ()
    training_types: tuple[NamedSeed, ...] = ()
    skill_sources: tuple[NamedSeed, ...] = ()
    certifications: tuple[NamedSeed, ...] = ()
    compensation_elements: tuple[NamedSeed, ...] = ()
    condition_rules: tuple[NamedSeed, ...] = ()
    currencies: tuple[NamedSeed, ...] = ()
    frequencies: tuple[NamedSeed, ...] = ()
    change_reasons: tuple[NamedSeed, ...] = (
        NamedSeed("PROMOTION", "Promotion"),
        NamedSeed("LATERAL_MOVE", "Lateral Move"),
    )
    competency_categories: tuple[NamedSeed, ...] = ()
    organizations: tuple[OrganizationSeed, ...] = ()
    job_families: tuple[JobFamilySeed, ...] = ()
    job_family_groups: tuple[JobFamilyGroupSeed, ...] = ()
    scales: tuple[ScaleSeed, ...] = ()
    competencies: tuple[CompetencySeed, ...] = ()
    job_profiles: tuple[JobProfileSeed, ...] = ()
    workers: tuple[WorkerSeed, ...] = ()
    positions: tuple[PositionSeed, ...] = ()
