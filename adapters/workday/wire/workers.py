"""Workers: what is asked about them and how an answer becomes a person.

Only what the product needs is asked for: name, work e-mail, status, positions,
organisation and manager. All of it is personal data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from adapters.workday.elements import (
    Element,
    boolean_of,
    date_of,
    find,
    find_all,
    group,
    leaf,
    tag,
    text_of,
)
from adapters.workday.references import foreign, ids_of, reference, wid_of
from connector.kit.values import SourceAssignment, SourcePerson

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


def active_workers(*, contingent: bool) -> Element:
    """Return the criteria for everybody who works here now."""
    return group(
        "Request_Criteria",
        [
            leaf("Exclude_Inactive_Workers", value=True),
            None if contingent else leaf("Exclude_Contingent_Workers", value=True),
        ],
        within=_REQUEST,
    )


def all_workers(*, contingent: bool) -> Element | None:
    """Return the criteria for everybody, those who left included."""
    if contingent:
        return None
    excluded = leaf("Exclude_Contingent_Workers", value=True)
    return group("Request_Criteria", [excluded], within=_REQUEST)


def changed_workers(
    since: str, until: str, transaction_types: Sequence[str], *, contingent: bool
) -> Element:
    """Return the criteria for workers with a transaction entered within a window.

    Both ends are needed and the later one may not lie in the future (NOTES 2.5). The
    types are one side of a choice: the element is sent even where it names none.
    """
    types = etree.Element(tag("Transaction_Type_References"))
    types.extend(
        reference("Transaction_Type_Reference", "Business_Process_Type", name)
        for name in transaction_types
    )
    window = group(
        "Transaction_Date_Range_Data",
        [leaf("Updated_From", since), leaf("Updated_Through", until)],
    )
    return group(
        "Request_Criteria",
        [
            group("Transaction_Log_Criteria_Data", [window, types]),
            None if contingent else leaf("Exclude_Contingent_Workers", value=True),
        ],
        within=_REQUEST,
    )


def held_profiles(worker: Element) -> Iterator[str]:
    """Yield the WIDs of the job profiles that a worker holds."""
    jobs = find_all(worker, "Worker_Data", "Employment_Data", "Worker_Job_Data")
    for job in jobs:
        if wid := wid_of(_profile(job)):
            yield wid


def person_of(worker: Element) -> SourcePerson:
    """Return a worker as a person; the manager goes by employee id."""
    data = find(worker, "Worker_Data")
    named = find(worker, "Worker_Reference")
    status = find(data, "Employment_Data", "Worker_Status_Data")
    return SourcePerson(
        source_id=wid_of(named),
        employee_id=text_of(data, "Worker_ID").strip() or _employee_id(named),
        name=_name(data) or text_of(worker, "Worker_Descriptor").strip(),
        email=_email(data),
        is_active=status is None or boolean_of(status, "Active"),
        manager_id=_manager(data, named),
        hired_on=date_of(status, "Hire_Date"),
        assignments=tuple(_assignments(data)),
    )


def _employee_id(reference_element: Element | None) -> str:
    ids = ids_of(reference_element)
    return ids.get("Employee_ID") or ids.get("Contingent_Worker_ID", "")


def _name(data: Element | None) -> str:
    for kind in ("Preferred_Name_Data", "Legal_Name_Data"):
        detail = find(data, "Personal_Data", "Name_Data", kind, "Name_Detail_Data")
        if detail is None:
            continue
        shown = (detail.get(tag("Formatted_Name")) or "").strip()
        parts = (text_of(detail, "First_Name"), text_of(detail, "Last_Name"))
        if name := shown or " ".join(part.strip() for part in parts if part.strip()):
            return name
    return ""


def _email(data: Element | None) -> str:
    """Return the e-mail for work; one that is marked otherwise is left alone."""
    for entry in find_all(data, "Personal_Data", "Contact_Data", "Email_Address_Data"):
        usages = find_all(entry, "Usage_Data", "Type_Data", "Type_Reference")
        kinds = {ids_of(usage).get("Communication_Usage_Type_ID") for usage in usages}
        if not kinds or "WORK" in kinds:
            return text_of(entry, "Email_Address").strip()
    return ""


def _manager(data: Element | None, worker: Element | None) -> str:
    """Return the employee id of the nearest manager: the last link of the chain."""
    chain = find_all(
        data,
        "Management_Chain_Data",
        "Worker_Supervisory_Management_Chain_Data",
        "Management_Chain_Data",
    )
    own = wid_of(worker)
    for link in reversed(chain):
        for manager in find_all(link, "Manager_Reference"):
            if wid_of(manager) != own:
                return _employee_id(manager)
    return ""


def _assignments(data: Element | None) -> Iterator[SourceAssignment]:
    organisation = _organisation(find_all(data, "Organization_Data"))
    for job in find_all(data, "Employment_Data", "Worker_Job_Data"):
        position = find(job, "Position_Data")
        own = _organisation(find_all(job, "Position_Organizations_Data"))
        profile = foreign("job_profile", _profile(job))
        yield SourceAssignment(
            position_id=text_of(position, "Position_ID").strip(),
            role=profile,
            is_primary=job.get(tag("Primary_Job"), "1") in {"1", "true"},
            since=date_of(position, "Start_Date"),
            location=text_of(position, "Business_Site_Summary_Data", "Name").strip(),
            organisation=own or organisation,
        )


def _profile(job: Element) -> Element | None:
    path = ("Position_Data", "Job_Profile_Summary_Data", "Job_Profile_Reference")
    return find(job, *path)


def _organisation(holders: Sequence[Element]) -> str:
    """Return the name of the supervisory organisation among the memberships.

    The other types are excluded by flags; a membership that states no type is taken.
    """
    for holder in holders:
        for membership in holder.iterchildren(tag=etree.Element):
            summary = find(membership, "Organization_Data")
            kind = ids_of(find(summary, "Organization_Type_Reference"))
            kind_id = kind.get("Organization_Type_ID", "SUPERVISORY").upper()
            if "SUPERVISORY" in kind_id:
                return text_of(summary, "Organization_Name").strip()
    return ""
