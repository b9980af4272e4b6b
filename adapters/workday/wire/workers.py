"""Workers: how an answer becomes a person.

Only what the product needs is read: name, work e-mail, status, positions, organisation
and manager. All of it is personal data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from lxml import etree

from adapters.workday.elements import (
    Element,
    boolean_of,
    date_of,
    find,
    find_all,
    tag,
    text_of,
)
from adapters.workday.references import country_of, foreign, ids_of, wid_of
from connector.kit.values import SourceAssignment, SourcePerson, WorkerType

_CONTINGENT_ID = "Contingent_Worker_ID"


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
    hired_on = date_of(status, "Hire_Date")
    is_contingent = _CONTINGENT_ID in ids_of(named)
    return SourcePerson(
        source_id=wid_of(named),
        employee_id=text_of(data, "Worker_ID").strip() or _employee_id(named),
        name=_name(data) or text_of(worker, "Worker_Descriptor").strip(),
        email=_email(data),
        is_active=status is None or boolean_of(status, "Active"),
        is_on_leave=any(
            boolean_of(leave, "On_Leave")
            for leave in find_all(status, "Leave_Status_Data")
        ),
        worker_type=WorkerType.CONTINGENT if is_contingent else WorkerType.EMPLOYEE,
        manager_id=_manager(data, named),
        hired_on=hired_on,
        first_hired_on=date_of(status, "Original_Hire_Date") or hired_on,
        left_on=date_of(status, "Termination_Date"),
        assignments=tuple(_assignments(data)),
    )


def shows_employment(worker: Element) -> bool:
    """Tell whether the right to see the employment of this worker is there.

    Every worker has a status; a part that may not be seen is left out (Workday
    contract, 11).
    """
    return find(worker, "Worker_Data", "Employment_Data") is not None


def _employee_id(reference_element: Element | None) -> str:
    ids = ids_of(reference_element)
    return ids.get("Employee_ID") or ids.get(_CONTINGENT_ID, "")


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
        abroad = find(position, "International_Assignment_Data")
        moved_on = "" if position is None else position.get(tag("Effective_Date"), "")
        yield SourceAssignment(
            position_id=text_of(position, "Position_ID").strip(),
            role=foreign("job_profile", _profile(job)),
            is_primary=job.get(tag("Primary_Job"), "1") in {"1", "true"},
            since=date_of(position, "Start_Date"),
            moved_on=date.fromisoformat(moved_on[:10]) if moved_on else None,
            location=text_of(position, "Business_Site_Summary_Data", "Name").strip(),
            country=_country(position),
            organisation=own or organisation,
            is_international=abroad is not None,
        )


def _country(position: Element | None) -> str:
    """Return where the work is done: the host country, else that of the site."""
    for path in (
        ("International_Assignment_Data", "Host_Country_Reference"),
        ("Business_Site_Summary_Data", "Address_Data", "Country_Reference"),
    ):
        if code := country_of(find(position, *path)):
            return code
    return ""


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
