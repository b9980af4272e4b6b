"""Workers: what Get_Workers tells about a person, part by part.

Rows are written directly, without documents, because a tenant may hold many
thousands. A part shows when its flag asks for it and its security domain allows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from lxml import etree

from adapters.workday.sandbox.access import (
    GET,
    LEVELS,
    ORGANIZATIONS,
    STAFFING,
    TALENT,
)
from adapters.workday.sandbox.achievements import qualification_nodes
from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import (
    Document,
    ids_of,
    instance_of,
    part_of,
    tag,
    text_of,
    unknown_id,
)
from adapters.workday.sandbox.families import families_of
from adapters.workday.sandbox.faults import ValidationFaultError
from adapters.workday.sandbox.markup import Node, group, leaf
from adapters.workday.sandbox.profiles import BASIC
from adapters.workday.sandbox.reading import Flags, Window, answer, asked_references
from adapters.workday.sandbox.seed import WorkerSeed
from adapters.workday.sandbox.store import Instance, Store
from adapters.workday.sandbox.transactions import transaction_filter
from adapters.workday.sandbox.writing import Row

WORKER = "worker"
_TRUE = {"1", "true"}


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A worker as known from one date on."""

    seed: WorkerSeed
    organization: Instance
    location: Instance
    position: Instance
    country: Instance


def add_worker(store: Store, seed: WorkerSeed) -> Instance:
    """Add a worker, with position, organisation, location and country as needed."""
    id_type = "Contingent_Worker_ID" if seed.is_contingent else "Employee_ID"
    worker = store.add(WORKER, {id_type: seed.employee_id}, seed.name)
    position_id = f"P-{seed.employee_id}"
    position = store.add("position", {"Position_ID": position_id}, position_id)
    store.put_version(worker, seed.hire_date, _record(store, seed, position))
    return worker


def change_worker(store: Store, worker: Instance, day: date, seed: WorkerSeed) -> None:
    """Give a worker other values from a day on."""
    position = worker.latest.position
    store.put_version(worker, day, _record(store, seed, position))
    worker.descriptor = seed.name


def _record(store: Store, seed: WorkerSeed, position: Instance) -> WorkerRecord:
    return WorkerRecord(
        seed=seed,
        organization=_known(
            store,
            "organization",
            "Organization_Reference_ID",
            seed.supervisory_organization,
        ),
        location=_known(store, "location", "Location_ID", seed.location),
        position=position,
        country=_known(store, "country", "ISO_3166-1_Alpha-3_Code", seed.country),
    )


def _known(store: Store, kind: str, id_type: str, value: str) -> Instance:
    return store.find(id_type, value) or store.add(kind, {id_type: value}, value)


def get_workers(call: Call) -> list[Node]:
    """Read workers, the parts by flag."""
    window, flags = Window.of(call), Flags(call)
    asked = asked_references(call)
    if asked.instances is None:
        rows = _matching(call, window)
    else:
        rows = call.store.view_all(asked.instances, window.effective, window.entered)
    parts = _Parts(call, window, flags)
    more = {
        "Invalid_Reference_ID_Response": _invalid(asked.invalid)
        if asked.invalid and call.may_read
        else []
    }
    return answer(call, window, rows, parts.worker, more)


def _invalid(pairs: list[tuple[str, str]]) -> list[Node]:
    rows = tuple(
        group(
            "Invalid_Reference",
            (
                leaf("Invalid_Reference_ID", value),
                leaf("Invalid_Reference_ID_Type", id_type),
            ),
        )
        for id_type, value in pairs
    )
    return [Node("Invalid_Reference_ID_Response", rows)]


def _matching(call: Call, window: Window) -> list[Row]:
    rows = call.store.views(WORKER, window.effective, window.entered)
    criteria = call.find("Request_Criteria")
    if criteria is None or len(criteria) == 0:
        return rows
    changed = transaction_filter(call, criteria)
    if changed is not None:
        rows = [row for row in rows if changed(row[0])]
    organizations = _wanted(call, criteria, "Organization_Reference")
    positions = _wanted(call, criteria, "Position_Reference")
    countries = _wanted(call, criteria, "Country_Reference")
    switches = {
        name: (criteria.findtext(tag(name)) or "").strip() in _TRUE
        for name in (
            "Exclude_Inactive_Workers",
            "Exclude_Employees",
            "Exclude_Contingent_Workers",
        )
    }

    def is_wanted(record: WorkerRecord) -> bool:
        seed = record.seed
        return not (
            (organizations and record.organization.wid not in organizations)
            or (positions and record.position.wid not in positions)
            or (countries and record.country.wid not in countries)
            or (
                switches["Exclude_Inactive_Workers"]
                and is_terminated(seed, window.effective)
            )
            or (switches["Exclude_Employees"] and not seed.is_contingent)
            or (switches["Exclude_Contingent_Workers"] and seed.is_contingent)
        )

    return [row for row in rows if is_wanted(row[1])]


def is_terminated(seed: WorkerSeed, day: date) -> bool:
    """Tell whether the worker has left on that day."""
    return seed.termination_date is not None and seed.termination_date < day


def _wanted(call: Call, criteria: etree._Element, name: str) -> set[str]:
    wanted = set()
    for reference in criteria.iterchildren(tag(name)):
        for id_type, value in ids_of(reference):
            instance = call.store.find(id_type, value)
            if instance is None:
                path = f"{call.path}/bsvc:Request_Criteria[1]/bsvc:{name}[1]"
                raise ValidationFaultError([unknown_id(id_type, value, path)])
            wanted.add(instance.wid)
    return wanted


class _Parts:
    """Writes the parts of a worker that flags and rights allow."""

    def __init__(self, call: Call, window: Window, flags: Flags) -> None:
        allows = call.tenant.permissions.allows
        self.call, self.window = call, window
        # Many workers share a job, a place and an organisation: written once a page.
        self._jobs: dict[str, tuple[str, Node | None]] = {}
        self._sites: dict[str, Node] = {}
        self._memberships: dict[str, Node] = {}
        self.reference = call.writer.reference
        self.has_reference = flags.wants("Include_Reference")
        self.has_person = flags.wants("Include_Personal_Information")
        self.has_job = flags.wants("Include_Employment_Information") and allows(
            STAFFING, GET
        )
        self.has_level = allows(LEVELS, GET)
        self.has_organizations = (
            flags.wants("Include_Organizations")
            and not flags.excludes("Exclude_Supervisory_Organizations")
            and allows(ORGANIZATIONS, GET)
        )
        self.has_chain = flags.wants("Include_Management_Chain_Data") and allows(
            ORGANIZATIONS, GET
        )
        self.has_qualifications = flags.wants("Include_Qualifications") and allows(
            TALENT, GET
        )

    def worker(self, row: Row) -> Node:
        """Write one worker."""
        instance, record = row
        data = group(
            "Worker_Data",
            (
                leaf("Worker_ID", record.seed.employee_id),
                self._person(record) if self.has_person else None,
                self._employment(record) if self.has_job else None,
                self._organizations(record) if self.has_organizations else None,
                self._chain(record) if self.has_chain else None,
                self._qualifications(instance) if self.has_qualifications else None,
            ),
        )
        reference = None
        if self.has_reference:
            reference = self.reference("Worker_Reference", instance, "WorkerObjectType")
        return group(
            "Worker",
            (reference, leaf("Worker_Descriptor", instance.descriptor), data),
        )

    def _person(self, record: WorkerRecord) -> Node:
        first, _, last = record.seed.name.rpartition(" ")
        detail = group(
            "Name_Detail_Data",
            (
                self.reference(
                    "Country_Reference", record.country, "CountryObjectType"
                ),
                leaf("First_Name", first),
                leaf("Last_Name", last),
            ),
            Formatted_Name=record.seed.name,
        )
        email = None
        if record.seed.email:
            address = leaf("Email_Address", record.seed.email)
            email = group("Contact_Data", (group("Email_Address_Data", (address,)),))
        name = Node("Name_Data", (Node("Legal_Name_Data", (detail,)),))
        return group("Personal_Data", (name, email))

    def _employment(self, record: WorkerRecord) -> Node:
        seed, day = record.seed, self.window.effective
        has_left = is_terminated(seed, day)
        title, job = self._job(seed.job_profile_id)
        position = group(
            "Position_Data",
            (
                self.reference(
                    "Position_Reference", record.position, "Position_ElementObjectType"
                ),
                leaf("Position_ID", record.position.reference_ids["Position_ID"]),
                leaf("Position_Title", title),
                leaf("Business_Title", title),
                leaf("Start_Date", seed.hire_date),
                job,
                self._site(record.location),
            ),
            Effective_Date=seed.hire_date.isoformat(),
        )
        status = group(
            "Worker_Status_Data",
            (
                leaf("Active", not has_left),
                leaf("Active_Status_Date", seed.hire_date),
                leaf("Hire_Date", seed.hire_date),
                leaf("Original_Hire_Date", seed.hire_date),
                leaf("Terminated", has_left),
                leaf("Termination_Date", seed.termination_date if has_left else None),
            ),
        )
        held = group("Worker_Job_Data", (position,), Primary_Job="1")
        return group("Employment_Data", (held, status))

    def _site(self, location: Instance) -> Node:
        if location.wid not in self._sites:
            reference = self.reference(
                "Location_Reference", location, "LocationObjectType"
            )
            self._sites[location.wid] = group(
                "Business_Site_Summary_Data",
                (reference, leaf("Name", location.descriptor)),
            )
        return self._sites[location.wid]

    def _job(self, job_profile_id: str) -> tuple[str, Node | None]:
        """Return the title and the summary of a profile; it may not exist yet."""
        if job_profile_id not in self._jobs:
            profile = self.call.store.find("Job_Profile_ID", job_profile_id)
            document = None
            if profile is not None:
                document = profile.view(self.window.effective, self.window.entered)
            self._jobs[job_profile_id] = (
                (job_profile_id, None)
                if document is None
                else self._summary(profile, document)
            )
        return self._jobs[job_profile_id]

    def _summary(
        self, profile: Instance | None, document: Document
    ) -> tuple[str, Node]:
        basic = part_of(document, BASIC)
        title = text_of(basic, "Job_Title")
        summary: Document = {
            "Job_Profile_Reference": profile,
            "Job_Family_Reference": [*families_of(document)],
            "Job_Profile_Name": title,
        }
        if self.has_level:
            level = instance_of(basic, "Management_Level_Reference")
            summary["Management_Level_Reference"] = level
        written = self.call.writer.nodes(
            summary, "Job_Profile_in_Position_Summary_DataType"
        )
        return title, Node("Job_Profile_Summary_Data", tuple(written))

    def _organizations(self, record: WorkerRecord) -> Node:
        organization = record.organization
        if organization.wid not in self._memberships:
            self._memberships[organization.wid] = self._membership(organization)
        return self._memberships[organization.wid]

    def _membership(self, organization: Instance) -> Node:
        summary = group(
            "Organization_Data",
            (
                leaf(
                    "Organization_Reference_ID",
                    organization.reference_ids["Organization_Reference_ID"],
                ),
                leaf("Organization_Name", organization.descriptor),
            ),
        )
        reference = self.reference(
            "Organization_Reference", organization, "Position_SetObjectType"
        )
        membership = group("Worker_Organization_Data", (reference, summary))
        return Node("Organization_Data", (membership,))

    def _chain(self, record: WorkerRecord) -> Node | None:
        links: list[Node] = []
        seen: set[str] = set()
        current: WorkerRecord | None = record
        while current is not None and current.seed.manager_id not in seen:
            manager_id = current.seed.manager_id
            seen.add(manager_id)
            manager = self.call.store.find("Employee_ID", manager_id)
            if manager is None:
                break
            links.append(self._link(current, manager))
            current = manager.view(self.window.effective, self.window.entered)
        if not links:
            return None
        chain = Node("Worker_Supervisory_Management_Chain_Data", tuple(links[::-1]))
        return Node("Management_Chain_Data", (chain,))

    def _link(self, record: WorkerRecord, manager: Instance) -> Node:
        reference = self.reference("Manager_Reference", manager, "WorkerObjectType")
        basic = group(
            "Manager",
            (
                self.reference("Worker_Reference", manager, "WorkerObjectType"),
                leaf("Worker_Descriptor", manager.descriptor),
            ),
        )
        organization = self.reference(
            "Organization_Reference", record.organization, "OrganizationObjectType"
        )
        return group("Management_Chain_Data", (organization, reference, basic))

    def _qualifications(self, instance: Instance) -> Node | None:
        nodes = qualification_nodes(self.call, instance, self.window.entered)
        return Node("Qualification_Data", tuple(nodes)) if nodes else None


def with_job_profile(seed: WorkerSeed, job_profile_id: str) -> WorkerSeed:
    """Return a worker's values with another job profile."""
    return replace(seed, job_profile_id=job_profile_id)
