"""Workers as persons, all of them and those that changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree
from workday_support import SEED, Desk, SetClock, open_desk

from adapters.workday.sandbox import (
    AdditionalJobSeed,
    JobProfileSeed,
    OrganizationSeed,
    WorkerSeed,
)
from adapters.workday.wire.populations import PERSON_FLAGS
from adapters.workday.wire.workers import person_of
from connector.kit.errors import ConfigError, ReplyError, TransientError
from connector.kit.values import (
    Foreign,
    PeopleScope,
    PersonBatch,
    SourcePerson,
    WorkerType,
)

OpenTenant = Callable[..., Desk]
EMPLOYEE, CONTINGENT = WorkerType.EMPLOYEE, WorkerType.CONTINGENT
LEFT = WorkerSeed(
    "E-003",
    "Gone Away",
    "SHARED",
    "Research",
    "Leeds",
    date(2019, 1, 1),
    termination_date=date(2025, 1, 31),
)
CONTRACTOR = WorkerSeed(
    "C-001",
    "Con Tractor",
    "SHARED",
    "Research",
    "Leeds",
    date(2019, 1, 1),
    is_contingent=True,
)


def people(desk: Desk, cursor: str | None = None) -> dict[str, SourcePerson]:
    return {p.employee_id: p for batch in read(desk, cursor) for p in batch.persons}


def read(desk: Desk, cursor: str | None = None) -> list[PersonBatch]:
    assert desk.connection.people is not None
    return list(desk.connection.people.changed_since(cursor))


def cursor_of(desk: Desk, cursor: str | None = None) -> str:
    return read(desk, cursor)[-1].cursor


def test_a_worker_becomes_a_person_with_a_position(desk: Desk) -> None:
    person = people(desk)["E-002"]
    profile = desk.found("job_profile", "SHARED")
    assert person.name == "Linus Aho"
    assert person.email == "linus@example.org"
    assert person.manager_id == "E-001"
    assert person.hired_on == date(2022, 1, 3)
    assert person.is_active
    (position,) = person.assignments
    assert position.role == Foreign("job_profile", profile.remote_id)
    assert position.position_id == "P-E-002"
    assert (position.location, position.organisation) == ("Leeds", "Research")
    assert position.is_primary


def test_those_who_left_come_as_not_active(open_tenant: OpenTenant) -> None:
    desk = open_tenant(workers=(*SEED.workers, LEFT))
    assert not people(desk)["E-003"].is_active


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ((EMPLOYEE,), {"E-001", "E-002"}),
        ((CONTINGENT,), {"C-001"}),
        ((EMPLOYEE, CONTINGENT), {"E-001", "E-002", "C-001"}),
    ],
)
def test_only_the_types_of_worker_in_scope_are_fetched(
    open_tenant: OpenTenant, wanted: tuple[WorkerType, ...], shown: set[str]
) -> None:
    desk = open_tenant(
        workers=(*SEED.workers, CONTRACTOR), scope=PeopleScope(worker_types=wanted)
    )
    found = people(desk)
    assert set(found) == shown
    for employee_id, person in found.items():
        is_contingent = employee_id == "C-001"
        assert person.worker_type is (CONTINGENT if is_contingent else EMPLOYEE)


ORGANIZATIONS = (
    OrganizationSeed("TOP", "Whole house"),
    OrganizationSeed("Research", "Research", "TOP"),
    OrganizationSeed("LABS", "Laboratories", "Research"),
    OrganizationSeed("SALES", "Sales", "TOP"),
)
IN_LABS = replace(SEED.workers[1], employee_id="E-010", supervisory_organization="LABS")
IN_SALES = replace(
    SEED.workers[1],
    employee_id="E-011",
    supervisory_organization="SALES",
    location="Warsaw",
    country="POL",
)


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        (PeopleScope(organisations=("LABS",)), {"E-010"}),
        (PeopleScope(organisations=("Research",)), {"E-001", "E-002", "E-010"}),
        (PeopleScope(organisations=("LABS", "SALES")), {"E-010", "E-011"}),
        (PeopleScope(countries=("PL",)), {"E-011"}),
        (PeopleScope(countries=("GB",), organisations=("SALES",)), set()),
    ],
)
def test_organisations_with_those_below_and_countries_limit_what_is_fetched(
    open_tenant: OpenTenant, scope: PeopleScope, shown: set[str]
) -> None:
    desk = open_tenant(
        organizations=ORGANIZATIONS,
        workers=(*SEED.workers, IN_LABS, IN_SALES),
        scope=scope,
    )
    assert set(people(desk)) == shown
    assert read(desk)[-1].is_all


def test_only_changed_workers_come_after_a_cursor(open_tenant: OpenTenant) -> None:
    clock = SetClock()
    desk = open_tenant(now=clock)
    clock.moment += timedelta(days=1)
    batches = read(desk)
    assert [len(batch.persons) for batch in batches] == [2, 0]
    assert [batch.is_all for batch in batches] == [False, True]
    # Nothing may be stored as read before the reading ended.
    assert [bool(batch.cursor) for batch in batches] == [False, True]
    cursor = batches[-1].cursor
    clock.moment += timedelta(days=1)
    quiet = read(desk, cursor)
    assert [(batch.persons, batch.is_all) for batch in quiet] == [((), False)]
    desk.tenant.move_worker("E-002", job_profile_id="SHARED")
    assert list(people(desk, quiet[-1].cursor)) == ["E-002"]
    clock.moment += timedelta(days=3)
    assert people(desk, cursor_of(desk, quiet[-1].cursor)) == {}


def test_an_hour_is_read_twice_and_a_change_in_it_is_not_missed(
    open_tenant: OpenTenant,
) -> None:
    clock = SetClock()
    desk = open_tenant(now=clock)
    clock.moment += timedelta(days=2)
    desk.tenant.move_worker("E-002", job_profile_id="SHARED")
    clock.moment += timedelta(minutes=50)
    cursor = cursor_of(desk)
    clock.moment += timedelta(minutes=5)
    found = read(desk, cursor)
    assert [p.employee_id for batch in found for p in batch.persons] == ["E-002"]


def test_a_move_entered_for_a_later_day_comes_on_that_day(
    open_tenant: OpenTenant,
) -> None:
    clock = SetClock(datetime(2026, 5, 4, 9, tzinfo=UTC))
    desk = open_tenant(
        now=clock,
        job_profiles=(*SEED.job_profiles, JobProfileSeed("LEAD", "Lead Engineer")),
    )
    cursor = cursor_of(desk)
    day = date(2026, 5, 8)
    desk.tenant.change_worker("E-002", day=day, job_profile_id="LEAD")
    lead = desk.found("job_profile", "LEAD", as_of=day).remote_id
    seen = {}
    for _ in range(6):
        clock.moment += timedelta(days=1)
        batches = read(desk, cursor)
        cursor = batches[-1].cursor
        for person in (p for batch in batches for p in batch.persons):
            (position,) = person.assignments
            assert position.role is not None
            seen[clock.moment.date()] = (position.role.remote_id, position.moved_on)
    assert seen[day] == (lead, day)
    assert all(role != lead for when, (role, _) in seen.items() if when < day)


def test_who_leaves_on_a_later_day_has_left_after_it(open_tenant: OpenTenant) -> None:
    clock = SetClock(datetime(2026, 5, 4, 9, tzinfo=UTC))
    desk = open_tenant(now=clock)
    cursor = cursor_of(desk)
    desk.tenant.end_worker("E-002", date(2026, 5, 7))
    told = {}
    for _ in range(6):
        clock.moment += timedelta(days=1)
        batches = read(desk, cursor)
        cursor = batches[-1].cursor
        assert not batches[-1].is_all
        for person in (p for batch in batches for p in batch.persons):
            told[clock.moment.day] = person.is_active
    assert told[7]
    assert not told[8]


def test_everybody_is_read_again_after_a_week_and_when_the_scope_changes(
    open_tenant: OpenTenant,
) -> None:
    clock = SetClock()
    desk = open_tenant(now=clock)
    cursor = cursor_of(desk)
    clock.moment += timedelta(days=6)
    assert not read(desk, cursor)[-1].is_all
    clock.moment += timedelta(days=1)
    assert read(desk, cursor)[-1].is_all
    wider = open_desk(
        desk.sandbox,
        desk.sandbox.settings(),
        now=clock,
        scope=PeopleScope(worker_types=(EMPLOYEE, CONTINGENT)),
    )
    assert read(wider, read(desk, cursor)[-1].cursor)[-1].is_all
    wider.connection.close()


def test_a_clock_that_is_ahead_of_the_tenant_still_reads(
    open_tenant: OpenTenant,
) -> None:
    clock = SetClock()
    desk = open_tenant(now=clock)
    ahead = open_desk(
        desk.sandbox,
        desk.sandbox.settings(),
        now=lambda: clock.moment + timedelta(minutes=4),
    )
    clock.moment += timedelta(days=2)
    clock.moment += timedelta(days=2)
    clock.moment += timedelta(days=2)
    cursor = cursor_of(ahead)
    clock.moment += timedelta(days=2)
    desk.tenant.move_worker("E-002", job_profile_id="SHARED")
    clock.moment += timedelta(minutes=2)
    assert list(people(ahead, cursor)) == ["E-002"]
    ahead.connection.close()


def test_people_who_change_while_they_are_read_come_once_and_then_as_changed(
    open_tenant: OpenTenant,
) -> None:
    clock = SetClock()
    many = tuple(
        replace(SEED.workers[1], employee_id=f"E-{n:04}", manager_id="")
        for n in range(1200)
    )
    desk = open_tenant(now=clock, workers=many)
    clock.moment += timedelta(days=30)
    assert desk.connection.people is not None
    reading = desk.connection.people.changed_since(None)
    came = list(next(reading).persons)
    clock.moment += timedelta(seconds=1)
    changed = {f"E-{n:04}" for n in range(0, 1200, 100)}
    for employee_id in sorted(changed):
        desk.tenant.change_worker(employee_id, location="York")
    hired = {f"N-{n:03}" for n in range(40)}
    for employee_id in sorted(hired):
        desk.tenant.hire_worker(
            employee_id,
            name="Nowa Osoba",
            job_profile_id="SHARED",
            organization="Research",
            location="York",
        )
    rest = list(reading)
    came += [person for batch in rest for person in batch.persons]
    assert sorted(p.employee_id for p in came) == [w.employee_id for w in many]
    assert all(p.assignments[0].location == "Leeds" for p in came)
    clock.moment += timedelta(minutes=1)
    later = people(desk, rest[-1].cursor)
    assert set(later) == changed | hired
    assert all(p.assignments[0].location == "York" for p in later.values())


def test_several_positions_one_of_them_abroad(open_tenant: OpenTenant) -> None:
    abroad = AdditionalJobSeed(
        "P-ABROAD",
        "SHARED",
        "Research",
        "Warsaw",
        date(2025, 9, 1),
        country="POL",
        host_country="POL",
        home_country="GBR",
    )
    ada = replace(SEED.workers[0], additional_jobs=(abroad,))
    person = people(open_tenant(workers=(ada,)))["E-001"]
    told = [
        (p.position_id, p.is_primary, p.country, p.is_international, p.since)
        for p in person.assignments
    ]
    assert told == [
        ("P-E-001", True, "GB", False, date(2020, 5, 4)),
        ("P-ABROAD", False, "PL", True, date(2025, 9, 1)),
    ]


def test_leave_leaving_and_coming_back(open_tenant: OpenTenant) -> None:
    clock = SetClock()
    desk = open_tenant(now=clock)
    before = people(desk)["E-002"]
    desk.tenant.change_worker("E-002", leave_start_date=clock.moment.date())
    assert people(desk)["E-002"].is_on_leave
    desk.tenant.end_worker("E-002", clock.moment.date())
    clock.moment += timedelta(days=400)
    left = people(desk)["E-002"]
    assert (left.is_active, left.left_on) == (False, date(2026, 6, 1))
    desk.tenant.rehire_worker("E-002", job_profile_id="SHARED")
    back = people(desk)["E-002"]
    assert back.is_active
    assert back.source_id == before.source_id
    assert (back.hired_on, back.first_hired_on) == (
        clock.moment.date(),
        date(2022, 1, 3),
    )


@pytest.mark.parametrize(
    "name", ["Łucja Żółć", "王 小明", "山田", "محمد علي", "Ngô Thị Ánh Tuyết"]
)
def test_names_in_any_script_come_as_they_are(
    open_tenant: OpenTenant, name: str
) -> None:
    named = replace(SEED.workers[0], name=name)
    assert people(open_tenant(workers=(named,)))["E-001"].name == name


def test_without_the_right_to_see_jobs_nobody_loses_one(desk: Desk) -> None:
    desk.tenant.permissions.revoke(
        {("Worker Data: Current Staffing Information", "Get")}
    )
    desk.tenant.permissions.activate()
    with pytest.raises(ReplyError, match="the employment of none") as caught:
        people(desk)
    assert "Current Staffing Information" in caught.value.hint


def test_no_change_is_believed_only_where_somebody_is_shown(
    open_tenant: OpenTenant,
) -> None:
    clock = SetClock()
    desk = open_tenant(now=clock)
    clock.moment += timedelta(days=2)
    clock.moment += timedelta(days=2)
    clock.moment += timedelta(days=2)
    cursor = cursor_of(desk)
    clock.moment += timedelta(days=2)
    assert people(desk, cursor) == {}
    desk.tenant.permissions.revoke({("Worker Data: Public Worker Reports", "Get")})
    desk.tenant.permissions.activate()
    with pytest.raises(ReplyError, match="no worker within the scope"):
        people(desk, cursor)


def test_pages_of_workers_add_up(open_tenant: OpenTenant) -> None:
    many = tuple(
        WorkerSeed(
            f"E-{n:03}", f"Worker {n}", "SHARED", "Research", "Leeds", date(2020, 1, 1)
        )
        for n in range(25)
    )
    desk = open_tenant(workers=many, with_settings={"page_size": 10})
    assert len(people(desk)) == 25
    assert desk.counts()["Get_Workers"] == 3


def test_a_reading_that_breaks_off_says_so(desk: Desk) -> None:
    desk.tenant.switches.errors = 100
    with pytest.raises(TransientError):
        people(desk)


def test_a_cursor_that_is_none_of_ours_is_named(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="'yesterday'"):
        people(desk, "yesterday")


def test_only_the_parts_we_need_are_asked_for(desk: Desk) -> None:
    assert people(desk)
    for flag in ("Include_Compensation", "Include_Photo", "Include_Goals"):
        assert flag not in PERSON_FLAGS


WORKER = """<wd:Worker xmlns:wd="urn:com.workday/bsvc">
  <wd:Worker_Reference><wd:ID wd:type="WID">w</wd:ID>
    <wd:ID wd:type="Employee_ID">007</wd:ID></wd:Worker_Reference>
  <wd:Worker_Descriptor>Shown (Name)</wd:Worker_Descriptor>
  <wd:Worker_Data>{data}</wd:Worker_Data></wd:Worker>"""


def _person(data: str) -> SourcePerson:
    return person_of(etree.fromstring(WORKER.format(data=data)))


def test_a_worker_with_little_to_show_is_still_a_person() -> None:
    person = _person("")
    assert person.employee_id == "007"
    assert person.name == "Shown (Name)"
    assert person.assignments == ()
    assert person.manager_id == ""


def _email(address: str, usage: str) -> str:
    return (
        f"<wd:Email_Address_Data><wd:Email_Address>{address}</wd:Email_Address>"
        "<wd:Usage_Data><wd:Type_Data><wd:Type_Reference>"
        f'<wd:ID wd:type="Communication_Usage_Type_ID">{usage}</wd:ID>'
        "</wd:Type_Reference></wd:Type_Data></wd:Usage_Data></wd:Email_Address_Data>"
    )


def test_a_private_email_is_left_alone() -> None:
    both = _email("home@x.org", "HOME") + _email("work@x.org", "WORK")
    data = "<wd:Personal_Data><wd:Contact_Data>{}</wd:Contact_Data></wd:Personal_Data>"
    assert _person(data.format(both)).email == "work@x.org"
    assert _person(data.format(_email("home@x.org", "HOME"))).email == ""


def test_the_preferred_name_is_the_name() -> None:
    detail = '<wd:Name_Detail_Data wd:Formatted_Name="{}"/>'
    data = (
        "<wd:Personal_Data><wd:Name_Data>"
        f"<wd:Legal_Name_Data>{detail.format('Robert')}</wd:Legal_Name_Data>"
        f"<wd:Preferred_Name_Data>{detail.format('Bob')}</wd:Preferred_Name_Data>"
        "</wd:Name_Data></wd:Personal_Data>"
    )
    assert _person(data).name == "Bob"


def test_the_nearest_manager_is_not_the_worker() -> None:
    def link(wid: str, employee: str) -> str:
        return (
            "<wd:Management_Chain_Data><wd:Manager_Reference>"
            f'<wd:ID wd:type="WID">{wid}</wd:ID>'
            f'<wd:ID wd:type="Employee_ID">{employee}</wd:ID>'
            "</wd:Manager_Reference></wd:Management_Chain_Data>"
        )

    chain = link("top", "001") + link("near", "005") + link("w", "007")
    data = (
        "<wd:Management_Chain_Data><wd:Worker_Supervisory_Management_Chain_Data>"
        f"{chain}</wd:Worker_Supervisory_Management_Chain_Data>"
        "</wd:Management_Chain_Data>"
    )
    assert _person(data).manager_id == "005"
