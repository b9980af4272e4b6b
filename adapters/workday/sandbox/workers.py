"""Workers: what the tenant keeps of them, and which of them a Get_Workers is about.

Records are plain values, without documents, because a tenant may hold many thousands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from lxml import etree

from adapters.workday.sandbox.calls import Call
from adapters.workday.sandbox.documents import ids_of, tag, unknown_id
from adapters.workday.sandbox.faults import ValidationFaultError
from adapters.workday.sandbox.markup import Node, group, leaf
from adapters.workday.sandbox.reading import Flags, Window, answer, asked_references
from adapters.workday.sandbox.seed import (
    FIRST_DAY,
    AdditionalJobSeed,
    OrganizationSeed,
    WorkerSeed,
)
from adapters.workday.sandbox.store import Instance, Store
from adapters.workday.sandbox.transactions import transaction_filter
from adapters.workday.sandbox.worker_parts import WorkerParts
from adapters.workday.sandbox.writing import Row

WORKER = "worker"
_TRUE = {"1", "true"}
_ORGANIZATION_ID = "Organization_Reference_ID"
_COUNTRY_ID, _SHORT_COUNTRY_ID = "ISO_3166-1_Alpha-3_Code", "ISO_3166-1_Alpha-2_Code"
#: The countries a tenant knows; one that is not here has three letters only.
_TWO_LETTERS = {
    "CZE": "CZ",
    "DEU": "DE",
    "GBR": "GB",
    "IRL": "IE",
    "JPN": "JP",
    "MYS": "MY",
    "POL": "PL",
    "SGP": "SG",
}


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A position held; `moved_on` is the day from which it is as it is."""

    job_profile_id: str
    organization: Instance
    location: Instance
    position: Instance
    country: Instance
    start_date: date
    moved_on: date
    host_country: Instance | None = None
    home_country: Instance | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        """What a move changes."""
        return self.job_profile_id, self.organization.wid, self.location.wid


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A worker as known from one date on; the first job is the primary one."""

    seed: WorkerSeed
    jobs: tuple[JobRecord, ...]

    @property
    def organization(self) -> Instance:
        """The organisation of the primary job."""
        return self.jobs[0].organization


def add_organization(store: Store, seed: OrganizationSeed) -> None:
    """Add an organisation below its superior, which must be there already."""
    ids = {_ORGANIZATION_ID: seed.organization_id}
    organization = store.add("organization", ids, seed.name)
    superior = store.find(_ORGANIZATION_ID, seed.superior_id)
    if superior is None and seed.superior_id:
        raise KeyError(f"{_ORGANIZATION_ID} {seed.superior_id}")
    store.put_version(organization, FIRST_DAY, superior)


def add_worker(store: Store, seed: WorkerSeed) -> Instance:
    """Add a worker, with position, organisation, location and country as needed."""
    id_type = "Contingent_Worker_ID" if seed.is_contingent else "Employee_ID"
    worker = store.add(WORKER, {id_type: seed.employee_id}, seed.name)
    record = WorkerRecord(seed, _jobs(store, seed, seed.hire_date, {}))
    store.put_version(worker, seed.hire_date, record)
    return worker


def change_worker(store: Store, worker: Instance, day: date, seed: WorkerSeed) -> None:
    """Give a worker other values from a day on."""
    before = {job.position.wid: job for job in worker.latest.jobs}
    record = WorkerRecord(seed, _jobs(store, seed, day, before))
    store.put_version(worker, day, record)
    worker.descriptor = seed.name


def _jobs(
    store: Store, seed: WorkerSeed, day: date, before: Mapping[str, JobRecord]
) -> tuple[JobRecord, ...]:
    primary = AdditionalJobSeed(
        f"P-{seed.employee_id}",
        seed.job_profile_id,
        seed.supervisory_organization,
        seed.location,
        seed.hire_date,
        seed.country,
    )
    return tuple(
        _job(store, job, day, before) for job in (primary, *seed.additional_jobs)
    )


def _job(
    store: Store, seed: AdditionalJobSeed, day: date, before: Mapping[str, JobRecord]
) -> JobRecord:
    organization = seed.supervisory_organization
    job = JobRecord(
        job_profile_id=seed.job_profile_id,
        organization=known_organization(store, organization),
        location=known_location(store, seed.location, seed.country),
        position=_known(store, "position", "Position_ID", seed.position_id),
        country=_country(store, seed.country),
        start_date=seed.start_date,
        moved_on=day if before else seed.start_date,
        host_country=_country(store, seed.host_country) if seed.host_country else None,
        home_country=_country(store, seed.home_country) if seed.home_country else None,
    )
    held = before.get(job.position.wid)
    if held is not None and (held.place, held.start_date) == (
        job.place,
        job.start_date,
    ):
        return replace(job, moved_on=held.moved_on)
    return job


def add_countries(store: Store) -> None:
    """Add the countries that a tenant knows before anybody works there."""
    for code in _TWO_LETTERS:
        _country(store, code)


def _country(store: Store, code: str) -> Instance:
    found = store.find(_COUNTRY_ID, code)
    if found is not None:
        return found
    ids = {_COUNTRY_ID: code}
    if code in _TWO_LETTERS:
        ids[_SHORT_COUNTRY_ID] = _TWO_LETTERS[code]
    return store.add("country", ids, code)


def known_organization(store: Store, organization_id: str) -> Instance:
    """Return the organisation of an ID, made where nobody named it before."""
    return _known(store, "organization", _ORGANIZATION_ID, organization_id)


def known_location(store: Store, location_id: str, country: str) -> Instance:
    """Return the location of an ID; the first who names it says in which country."""
    location = _known(store, "location", "Location_ID", location_id)
    if not location.versions:
        store.put_version(location, FIRST_DAY, _country(store, country))
    return location


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
    parts = WorkerParts(call, window, flags)
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
    organizations = wanted_wids(call, criteria, "Organization_Reference")
    below = (criteria.findtext(tag("Include_Subordinate_Organizations")) or "").strip()
    if below in _TRUE:
        organizations = _with_subordinates(call.store, organizations)
    positions = wanted_wids(call, criteria, "Position_Reference")
    countries = wanted_wids(call, criteria, "Country_Reference")
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
        jobs = record.jobs
        return not (
            (organizations and organizations.isdisjoint(_wids(jobs, "organization")))
            or (positions and positions.isdisjoint(_wids(jobs, "position")))
            or (countries and countries.isdisjoint(_wids(jobs, "country")))
            or (
                switches["Exclude_Inactive_Workers"]
                and is_terminated(seed, window.effective)
            )
            or (switches["Exclude_Employees"] and not seed.is_contingent)
            or (switches["Exclude_Contingent_Workers"] and seed.is_contingent)
        )

    return [row for row in rows if is_wanted(row[1])]


def _wids(jobs: tuple[JobRecord, ...], name: str) -> set[str]:
    return {getattr(job, name).wid for job in jobs}


def _with_subordinates(store: Store, wids: set[str]) -> set[str]:
    """Return the organisations and all below them, a seed's order being top down."""
    found = set(wids)
    waiting = [
        (each.wid, each.latest)
        for each in store.of_kind("organization")
        if each.versions and each.latest is not None
    ]
    is_growing = True
    while is_growing:
        below = {wid for wid, superior in waiting if superior.wid in found} - found
        found |= below
        is_growing = bool(below)
    return found


def is_terminated(seed: WorkerSeed, day: date) -> bool:
    """Tell whether the worker has left on that day."""
    return seed.termination_date is not None and seed.termination_date < day


def wanted_wids(call: Call, criteria: etree._Element, name: str) -> set[str]:
    """Return the WIDs that criteria name; an unknown ID is a fault."""
    wanted = set()
    for reference in criteria.iterchildren(tag(name)):
        for id_type, value in ids_of(reference):
            instance = call.store.find(id_type, value)
            if instance is None:
                path = f"{call.path}/bsvc:Request_Criteria[1]/bsvc:{name}[1]"
                raise ValidationFaultError([unknown_id(id_type, value, path)])
            wanted.add(instance.wid)
    return wanted


def with_job_profile(seed: WorkerSeed, job_profile_id: str) -> WorkerSeed:
    """Return a worker's values with another job profile."""
    return replace(seed, job_profile_id=job_profile_id)
