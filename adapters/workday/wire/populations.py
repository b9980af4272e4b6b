"""Questions about workers: of whom, and which parts of them.

The scope of a connection is filtered by the platform: who is outside is not fetched.
"""

from __future__ import annotations

from adapters.workday.elements import Element, group, leaf
from adapters.workday.references import reference
from connector.kit.values import PeopleScope, WorkerType

_REQUEST = "Get_Workers_Request"
#: Parts of a worker that a person is made of; everything else stays in the tenant.
PERSON_FLAGS = (
    "Include_Reference",
    "Include_Personal_Information",
    "Include_Additional_Jobs",
    "Include_Employment_Information",
    "Include_Organizations",
    "Exclude_Organization_Support_Role_Data",
    "Exclude_Location_Hierarchies",
    "Exclude_Cost_Centers",
    "Exclude_Cost_Center_Hierarchies",
    "Exclude_Companies",
    "Exclude_Company_Hierarchies",
    "Exclude_Matrix_Organizations",
    "Exclude_Pay_Groups",
    "Exclude_Regions",
    "Exclude_Region_Hierarchies",
    "Exclude_Custom_Organizations",
    "Include_Management_Chain_Data",
    "Exclude_Funds",
    "Exclude_Grants",
    "Exclude_Business_Units",
    "Exclude_Programs",
    "Exclude_Gifts",
)
#: Parts of a worker that tell which job profiles are held.
JOB_FLAGS = (
    "Include_Reference",
    "Include_Additional_Jobs",
    "Include_Employment_Information",
)


def workers(
    scope: PeopleScope, *, changed: Element | None = None, is_active: bool = False
) -> Element:
    """Return the criteria for the workers of a scope.

    `changed` limits them to those with a change, `is_active` to those who work here
    now; who left is among them otherwise.
    """
    flags = {
        "Include_Subordinate_Organizations": bool(scope.organisations),
        "Exclude_Inactive_Workers": is_active,
        "Exclude_Employees": WorkerType.EMPLOYEE not in scope.worker_types,
        "Exclude_Contingent_Workers": WorkerType.CONTINGENT not in scope.worker_types,
    }
    return group(
        "Request_Criteria",
        [
            changed,
            *(
                reference("Organization_Reference", "Organization_Reference_ID", each)
                for each in scope.organisations
            ),
            *(
                reference("Country_Reference", "ISO_3166-1_Alpha-2_Code", each)
                for each in scope.countries
            ),
            *(leaf(name, value=True) for name, is_set in flags.items() if is_set),
        ],
        within=_REQUEST,
    )
