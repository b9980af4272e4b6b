"""Workers as persons, all of them and those that changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from lxml import etree
from workday_support import SEED, Desk, SetClock, open_desk

from adapters.workday.sandbox import WorkerSeed
from adapters.workday.wire.workers import PERSON_FLAGS, person_of
from connector.kit.errors import ConfigError, TransientError
from connector.kit.values import Foreign, SourcePerson

OpenTenant = Callable[..., Desk]
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
    assert desk.connection.people is not None
    return {p.employee_id: p for p in desk.connection.people.changed_since(cursor)}


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


@pytest.mark.parametrize("is_wanted", [False, True])
def test_contingent_workers_come_only_when_wanted(
    open_tenant: OpenTenant, is_wanted: bool
) -> None:
    desk = open_tenant(
        workers=(*SEED.workers, CONTRACTOR),
        with_settings={"contingent_workers": is_wanted},
    )
    assert ("C-001" in people(desk)) is is_wanted


def test_only_changed_workers_come_after_a_cursor(open_tenant: OpenTenant) -> None:
    clock = SetClock()
    desk = open_tenant(now=clock)
    assert len(people(desk)) == 2
    clock.moment += timedelta(hours=1)
    cursor = clock.moment.isoformat()
    assert people(desk, cursor) == {}
    clock.moment += timedelta(hours=1)
    desk.tenant.move_worker("E-002", job_profile_id="SHARED")
    assert list(people(desk, cursor)) == ["E-002"]
    clock.moment += timedelta(hours=1)
    assert people(desk, clock.moment.isoformat()) == {}


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
    clock.moment += timedelta(hours=1)
    desk.tenant.move_worker("E-002", job_profile_id="SHARED")
    cursor = clock.moment.isoformat()
    clock.moment += timedelta(minutes=2)
    assert list(people(ahead, cursor)) == ["E-002"]
    ahead.connection.close()


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


def test_a_cursor_that_is_no_instant_is_named(desk: Desk) -> None:
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
