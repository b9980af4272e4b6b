"""A small, strict server of the part of Workday that the connector uses.

State lives in memory; it listens nowhere by itself and shares no code with the
adapter. Open a tenant from a seed, then serve the application on loopback.
"""

from adapters.workday.sandbox.app import SANDBOX_HEADER, create_app
from adapters.workday.sandbox.events import Event, State
from adapters.workday.sandbox.seed import (
    FIRST_DAY,
    AdditionalJobSeed,
    CompetencySeed,
    JobFamilyGroupSeed,
    JobFamilySeed,
    JobProfileSeed,
    NamedSeed,
    OrganizationSeed,
    PositionSeed,
    ScaleSeed,
    TenantSeed,
    WorkerSeed,
)
from adapters.workday.sandbox.state import LoggedRequest
from adapters.workday.sandbox.switches import CutPage, SoftException, Switches
from adapters.workday.sandbox.tenant import Tenant

__all__ = [
    "FIRST_DAY",
    "SANDBOX_HEADER",
    "AdditionalJobSeed",
    "CompetencySeed",
    "CutPage",
    "Event",
    "JobFamilyGroupSeed",
    "JobFamilySeed",
    "JobProfileSeed",
    "LoggedRequest",
    "NamedSeed",
    "OrganizationSeed",
    "PositionSeed",
    "ScaleSeed",
    "SoftException",
    "State",
    "Switches",
    "Tenant",
    "TenantSeed",
    "WorkerSeed",
    "create_app",
    "create_tenant",
]


def create_tenant(seed: TenantSeed) -> Tenant:
    """Open a tenant that holds what the seed says, on the machine's clock."""
    return Tenant(seed)
