"""From a request element to the response element: checks, rights, the handler."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from adapters.workday.sandbox import (
    achievements,
    assessments,
    certifications,
    classifications,
    competencies,
    event_reads,
    families,
    goals,
    grades,
    positions,
    profiles,
    references,
    workers,
)
from adapters.workday.sandbox.access import DOMAINS, GET, INITIATE, PROCESSES, PUT
from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.checks import Checker, Profile
from adapters.workday.sandbox.documents import Writer
from adapters.workday.sandbox.faults import (
    ProcessingFaultError,
    ValidationFaultError,
    refuse,
)
from adapters.workday.sandbox.markup import Node
from adapters.workday.sandbox.state import TenantState
from adapters.workday.sandbox.trees import (
    DATA_NAMESPACE,
    SERVICES,
    Operation,
    ServiceContract,
    load_service,
    parse_version,
)
from adapters.workday.sandbox.writing import Handler

INVALID_SERVICE = (
    "The web service or version is invalid for the requested operation"  # NOTES 2.1
)
HANDLERS: Mapping[str, Handler] = {
    "Get_Job_Family_Groups": families.get_job_family_groups,
    "Put_Job_Family_Group": families.put_job_family_group,
    "Get_Job_Families": families.get_job_families,
    "Put_Job_Family": families.put_job_family,
    "Get_Job_Profiles": profiles.get_job_profiles,
    "Put_Job_Profile": profiles.put_job_profile,
    "Get_Job_Categories": classifications.get_job_categories,
    "Put_Job_Category": classifications.put_job_category,
    "Get_Job_Classification_Groups": classifications.get_job_classification_groups,
    "Put_Job_Classification_Group": classifications.put_job_classification_group,
    "Get_Compensation_Grades": grades.get_compensation_grades,
    "Put_Compensation_Grade": grades.put_compensation_grade,
    "Get_Certifications": certifications.get_certifications,
    "Put_Certification": certifications.put_certification,
    "Get_Workers": workers.get_workers,
    "Get_Organizations": positions.get_organizations,
    "Get_Locations": positions.get_locations,
    "Get_Positions": positions.get_positions,
    "Get_Proficiency_Rating_Scales": competencies.get_scales,
    "Put_Proficiency_Rating_Scale": competencies.put_scale,
    "Get_Competencies": competencies.get_competencies,
    "Put_Competency": competencies.put_competency,
    "Get_Competency_Categories": competencies.get_categories,
    "Put_Competency_Category": competencies.put_category,
    "Manage_Training": achievements.manage_training,
    "Manage_Certifications": achievements.manage_certifications,
    "Manage_Competencies": assessments.manage_competencies,
    "Manage_Goals": goals.manage_goals,
    "Get_Manage_Certifications": achievements.get_manage_certifications,
    "Get_References": references.get_references,
    "Get_Event_Detail": event_reads.get_event_detail,
}


def find_service(
    service: str, version: str, variants: frozenset[str]
) -> tuple[ServiceContract, tuple[int, int]]:
    """Return a service's contract and the version asked for, or the fault for it."""
    parsed = parse_version(version)
    if service not in SERVICES or parsed is None:
        raise refuse(INVALID_SERVICE)
    return load_service(service, variants), parsed


def find_operation(contract: ServiceContract, request: etree._Element) -> Operation:
    """Return the operation a request element starts, or the fault for it."""
    name = etree.QName(request)
    operation = contract.operation_of(name.localname)
    if operation is None or name.namespace != DATA_NAMESPACE:
        raise refuse(INVALID_SERVICE)
    return operation


def perform(
    tenant: TenantState,
    contract: ServiceContract,
    version: tuple[int, int],
    request: etree._Element,
    *,
    with_descriptors: bool,
) -> Node:
    """Carry out one request; the caller holds the tenant's lock."""
    operation = find_operation(contract, request)
    profile = Profile(version, tenant.seed.variants, tenant.seed.is_strict)
    problems = Checker(contract, profile).problems(request, operation.request_type)
    if problems:
        raise ValidationFaultError(problems)
    _require_right(tenant, operation)
    call = Call(
        tenant, contract, operation, request, Writer(contract, with_descriptors)
    )
    children = HANDLERS[operation.name](call)
    return Node(
        operation.response_element,
        tuple(children),
        attributes={"version": f"v{version[0]}.{version[1]}"},
    )


def _require_right(tenant: TenantState, operation: Operation) -> None:
    right = (DOMAINS[operation.domain], PUT)
    if operation.access == "read":
        if not tenant.switches.refuses_reads:
            return  # Without the right a read is empty, not refused (NOTES 11).
        right = (DOMAINS[operation.domain], GET)
    if operation.access == "process":
        right = (PROCESSES[operation.name], INITIATE)
    if not tenant.permissions.allows(*right):
        raise ProcessingFaultError("The task submitted is not authorized.")
