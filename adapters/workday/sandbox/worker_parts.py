"""What Get_Workers tells about a worker, part by part.

Rows are written directly, without documents, because a tenant may hold many
thousands. A part shows when its flag asks for it and its security domain allows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.workday.sandbox.access import (
    GET,
    GOALS,
    LEVELS,
    ORGANIZATIONS,
    STAFFING,
    TALENT,
)
from adapters.workday.sandbox.achievements import qualification_nodes
from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import (
    Document,
    instance_of,
    part_of,
    text_of,
)
from adapters.workday.sandbox.families import families_of
from adapters.workday.sandbox.goals import goal_part
from adapters.workday.sandbox.markup import Node, group, leaf
from adapters.workday.sandbox.profiles import BASIC
from adapters.workday.sandbox.reading import Flags, Window
from adapters.workday.sandbox.seed import WorkerSeed
from adapters.workday.sandbox.store import Instance
from adapters.workday.sandbox.writing import Row

if TYPE_CHECKING:
    from adapters.workday.sandbox.workers import JobRecord, WorkerRecord

_ROWS = {"Organization_Data": "Worker", "Position_Organizations_Data": "Position"}


class WorkerParts:
    """Writes the parts of a worker that flags and rights allow."""

    def __init__(self, call: Call, window: Window, flags: Flags) -> None:
        allows = call.tenant.permissions.allows
        self.call, self.window = call, window
        # Many workers share a job, a place and an organisation: written once a page.
        self._jobs: dict[str, tuple[str, Node | None]] = {}
        self._sites: dict[tuple[str, str], Node] = {}
        self._links: dict[tuple[str, str], Node] = {}
        self._memberships: dict[tuple[str, str], Node] = {}
        self.reference = call.writer.reference
        self.has_reference = flags.wants("Include_Reference")
        self.has_person = flags.wants("Include_Personal_Information")
        self.has_more_jobs = flags.wants("Include_Additional_Jobs")
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
        self.has_goals = flags.wants("Include_Goals") and allows(GOALS, GET)

    def worker(self, row: Row) -> Node:
        """Write one worker."""
        instance, record = row
        data = group(
            "Worker_Data",
            (
                leaf("Worker_ID", record.seed.employee_id),
                self._person(record) if self.has_person else None,
                self._employment(record) if self.has_job else None,
                self._memberships_of("Organization_Data", record.jobs[0])
                if self.has_organizations
                else None,
                self._chain(record) if self.has_chain else None,
                self._qualifications(instance) if self.has_qualifications else None,
                goal_part(self.call, instance, self.window.entered)
                if self.has_goals
                else None,
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
                    "Country_Reference", record.jobs[0].country, "CountryObjectType"
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
        jobs = record.jobs if self.has_more_jobs else record.jobs[:1]
        held = [
            group(
                "Worker_Job_Data",
                (
                    self._position(job),
                    self._memberships_of("Position_Organizations_Data", job)
                    if self.has_organizations
                    else None,
                ),
                Primary_Job=str(int(number == 0)),
            )
            for number, job in enumerate(jobs)
        ]
        return group("Employment_Data", (*held, self._status(record.seed)))

    def _position(self, job: JobRecord) -> Node:
        title, summary = self._job(job.job_profile_id)
        abroad = None
        if job.host_country is not None:
            abroad = group(
                "International_Assignment_Data",
                (
                    self._country("Host_Country_Reference", job.host_country),
                    self._country("Home_Country_Reference", job.home_country),
                ),
            )
        return group(
            "Position_Data",
            (
                self.reference(
                    "Position_Reference", job.position, "Position_ElementObjectType"
                ),
                leaf("Position_ID", job.position.reference_ids["Position_ID"]),
                leaf("Position_Title", title),
                leaf(
                    "Business_Title",
                    self.call.tenant.business_titles.get(job.position.wid, title),
                ),
                leaf("Start_Date", job.start_date),
                summary,
                self._site(job),
                abroad,
            ),
            Effective_Date=job.moved_on.isoformat(),
        )

    def _country(self, name: str, country: Instance | None) -> Node | None:
        if country is None:
            return None
        return self.reference(name, country, "CountryObjectType")

    def _status(self, seed: WorkerSeed) -> Node:
        day = self.window.effective
        has_left = seed.termination_date is not None and seed.termination_date < day
        first = seed.original_hire_date or seed.hire_date
        is_away = seed.leave_start_date is not None and seed.leave_start_date <= day
        leave = None
        if is_away:
            leave = group(
                "Leave_Status_Data",
                (
                    leaf("On_Leave", value=True),
                    leaf("Leave_Start_Date", seed.leave_start_date),
                ),
            )
        return group(
            "Worker_Status_Data",
            (
                leaf("Active", not has_left),
                leaf("Active_Status_Date", seed.hire_date),
                leaf("Hire_Date", seed.hire_date),
                leaf("Original_Hire_Date", first),
                leaf("Terminated", has_left),
                leaf("Termination_Date", seed.termination_date if has_left else None),
                leave,
                leaf("Rehire", first != seed.hire_date),
            ),
        )

    def _site(self, job: JobRecord) -> Node:
        key = job.location.wid, job.country.wid
        if key not in self._sites:
            reference = self.reference(
                "Location_Reference", job.location, "LocationObjectType"
            )
            country = self._country("Country_Reference", job.country)
            self._sites[key] = group(
                "Business_Site_Summary_Data",
                (
                    reference,
                    leaf("Name", job.location.descriptor),
                    group("Address_Data", (country,)),
                ),
            )
        return self._sites[key]

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

    def _memberships_of(self, name: str, job: JobRecord) -> Node:
        key = name, job.organization.wid
        if key not in self._memberships:
            row = f"{_ROWS[name]}_Organization_Data"
            self._memberships[key] = self._membership(name, row, job.organization)
        return self._memberships[key]

    def _membership(self, name: str, row: str, organization: Instance) -> Node:
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
        return Node(name, (group(row, (reference, summary)),))

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
        key = record.organization.wid, manager.wid
        if key not in self._links:
            self._links[key] = self._made_link(record, manager)
        return self._links[key]

    def _made_link(self, record: WorkerRecord, manager: Instance) -> Node:
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
