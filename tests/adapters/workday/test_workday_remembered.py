"""Job profiles by what changed since the last reading, and all of them in any doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from workday_support import SEED, Desk, SetClock, change, open_desk

from adapters.workday.sandbox import JobProfileSeed
from connector.kit.values import Complete, Found, Incomplete
from connector.runtime.memory import StoredMemory
from connector.store.database import Database, open_database

OpenTenant = Callable[..., Desk]
MANY = tuple(
    JobProfileSeed(f"P{n:02}", f"Role {n}", ("OTHER_FAMILY",)) for n in range(30)
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'memory.db'}")
    opened.migrate()
    yield opened
    opened.close()


class Office:
    """A tenant whose profiles are read again and again, each time by a new process."""

    def __init__(self, desk: Desk, clock: SetClock, database: Database) -> None:
        self.desk = desk
        self.clock = clock
        self.database = database

    def profiles(self, as_of: date | None = None) -> dict[str, Found]:
        items = self.items(as_of)
        assert items[-1] == Complete()
        return {item.identity: item for item in items if isinstance(item, Found)}

    def items(self, as_of: date | None = None) -> list[object]:
        memory = StoredMemory(self.database, "workday", self.clock)
        desk = open_desk(
            self.desk.sandbox, self.desk.sandbox.settings(), self.clock, memory=memory
        )
        found = desk.read("job_profile", as_of or self.clock.moment.date())
        desk.connection.close()
        return list(found)

    def read_again(self, days: int = 0) -> int:
        """Return how many pages of profiles a reading takes, so many days later."""
        self.clock.moment += timedelta(days=days)
        self.desk.tenant.log.clear()
        self.profiles()
        return self.desk.counts()["Get_Job_Profiles"]


@pytest.fixture
def office(open_tenant: OpenTenant, database: Database) -> Office:
    clock = SetClock()
    desk = open_tenant(now=clock, job_profiles=(*SEED.job_profiles, *MANY), workers=())
    clock.moment += timedelta(days=2)
    return Office(desk, clock, database)


#: One page with all; or the planned, the entered and the number of all.
ALL, CHANGED = 1, 3


def test_what_changed_is_read_and_the_rest_remembered(office: Office) -> None:
    first = office.profiles()
    office.clock.moment += timedelta(hours=6)
    office.desk.tenant.edit_job_profile("P07", title="Another role")
    assert office.read_again() == CHANGED
    again = office.profiles()
    assert again.pop("P07").fields["title"] == "Another role"
    first.pop("P07")
    assert again == first


def test_a_change_for_tomorrow_shows_tomorrow(office: Office) -> None:
    office.clock.moment = office.clock.moment.replace(hour=20)
    wid = office.profiles()["P04"].remote_id
    tomorrow = office.clock.moment.date() + timedelta(days=1)
    write = change("job_profile", "x", wid, {"title": "Role 4"}, {"title": "Later"})
    office.desk.outcomes(replace(write, effective_on=tomorrow))
    office.clock.moment += timedelta(hours=3)
    assert office.profiles()["P04"].fields["title"] == "Role 4"
    office.clock.moment += timedelta(hours=3)
    assert office.read_again() == CHANGED
    assert office.profiles()["P04"].fields["title"] == "Later"


def test_everything_is_read_again_after_a_day(office: Office) -> None:
    office.profiles()
    office.clock.moment += timedelta(hours=23)
    assert office.read_again() == CHANGED
    office.clock.moment += timedelta(hours=1)
    assert office.read_again() == ALL


def test_everything_is_read_again_after_a_write_of_ours(office: Office) -> None:
    wid = office.profiles()["P03"].remote_id
    memory = StoredMemory(office.database, "workday", office.clock)
    desk = open_desk(
        office.desk.sandbox, office.desk.sandbox.settings(), office.clock, memory=memory
    )
    desk.outcomes(
        change("job_profile", "x", wid, {"title": "Role 3"}, {"title": "Role three"})
    )
    desk.connection.close()
    assert office.read_again() == ALL
    assert office.profiles()["P03"].fields["title"] == "Role three"


def test_a_memory_that_does_not_add_up_is_not_believed(office: Office) -> None:
    whole = office.profiles()
    with office.database.write() as conn:
        conn.exec_driver_sql("DELETE FROM remembered WHERE rowid % 7 = 0")
    assert office.profiles() == whole


def test_a_tenant_that_was_set_back_is_read_again(office: Office) -> None:
    office.profiles()
    office.clock.moment += timedelta(hours=1)
    office.desk.create("job_profile", "new", title="New", families=None)
    assert "jf-jp-new" in office.profiles()
    office.desk.tenant.refresh()
    assert "jf-jp-new" not in office.profiles()


def test_a_reading_that_breaks_off_leaves_what_was_remembered(office: Office) -> None:
    whole = office.profiles()
    office.clock.moment += timedelta(days=1)
    office.desk.tenant.switches.largest_answer = 10
    assert isinstance(office.items()[-1], Incomplete)
    office.desk.tenant.switches.reset()
    assert office.profiles() == whole


def test_pages_stay_small_where_a_tenant_aborts_large_ones(office: Office) -> None:
    office.desk.tenant.switches.largest_answer = 15_000
    # 999, 333, 111 and 37 profiles are too many; three pages of 12 are not.
    assert office.read_again(days=2) == 4 + 3
    # What was too large is not asked for again, by another process either.
    assert office.read_again(days=2) == 3
    office.desk.tenant.switches.reset()
    assert office.read_again(days=31) == ALL


def test_another_day_than_today_is_read_whole_and_not_remembered(
    office: Office,
) -> None:
    office.profiles()
    office.desk.tenant.log.clear()
    office.profiles(office.clock.moment.date() + timedelta(days=30))
    assert office.desk.counts()["Get_Job_Profiles"] == ALL
    assert office.read_again() == CHANGED
