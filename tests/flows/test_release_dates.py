"""A release takes effect on its day, by the organisation's time zone, everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cli_stage import FRAMEWORK, HRIS, LMS, changed
from company import Company

from connector.kit.errors import PlanError
from connector.runtime.connections import engine_of
from connector.runtime.editions import release_edition
from connector.store import releases

BEFORE, FIRST_OF_JULY = date(2026, 5, 1), date(2026, 7, 1)
RENAMED = changed(FRAMEWORK, "name: Sailor", "name: Skipper")
NEXT = changed(
    RENAMED, "{key: knots, name: Knots, course", "{key: knots, name: Ropes, course"
)
#: The last minute of June and the first of July in Warsaw, two hours ahead of UTC.
LAST_MINUTE = datetime(2026, 6, 30, 21, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 6, 30, 22, 0, tzinfo=UTC)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """A company whose targets equal its first release."""
    made = Company(tmp_path)
    made.release(BEFORE)
    for name in (HRIS, LMS):
        assert made.apply(name).failed == 0
    made.release(FIRST_OF_JULY, NEXT.replace("Ties a bowline.", "Ties a reef knot."))
    yield made
    made.close()


def nightly(company: Company) -> Iterator[None]:
    """Move to one night of every other week, then to the last minute before."""
    company.now = datetime(2026, 5, 5, 1, 30, tzinfo=UTC)
    while company.now < LAST_MINUTE:
        yield
        company.now += timedelta(days=14)
    company.now = LAST_MINUTE
    yield


def test_until_its_day_nothing_is_planned_and_nothing_changes(
    company: Company,
) -> None:
    before = company.writes()
    for _ in nightly(company):
        for name in (HRIS, LMS):
            plan = company.plan(name)
            assert plan.is_empty, (name, company.now)
            assert not plan.findings, (name, company.now)
    assert company.apply(HRIS).planned == company.apply(LMS).planned == 0
    assert company.writes() == before


def test_on_its_day_both_targets_become_equal_to_it(company: Company) -> None:
    company.now = MIDNIGHT
    assert company.instance.today() == FIRST_OF_JULY
    for name in (HRIS, LMS):
        plan = company.plan(name)
        assert plan.changes, name
        assert not plan.findings, name
        assert plan.effective_on == FIRST_OF_JULY
        report = company.apply(name)
        assert report.done == report.planned == len(plan.changes)
        after = company.plan(name)
        assert after.is_empty, name
        assert not after.findings, name
    profile = company.tenant.store.find("Job_Profile_ID", "jf-jp-sailor")
    assert profile is not None
    # In the tenant's own zone it is still June: the entry waits there for its day.
    assert profile.versions[-1].effective == FIRST_OF_JULY
    last_of_june = FIRST_OF_JULY - timedelta(days=1)
    assert profile.view(last_of_june, None) == profile.versions[0].document
    company.later(days=1)
    assert company.plan(HRIS).is_empty


@pytest.mark.parametrize("name", [HRIS, LMS])
def test_before_its_day_it_can_be_previewed_and_not_written(
    company: Company, name: str
) -> None:
    with company.instance.database.read() as conn:
        coming = releases.all(conn)[0]
    assert coming.effective_on == FIRST_OF_JULY
    edition = release_edition(
        company.instance, f"r-{coming.digest[:12]}", company.instance.today()
    )
    with engine_of(company.instance, name) as engine:
        plan = engine.plan(edition)
        assert plan.changes
        assert plan.as_of == FIRST_OF_JULY
        with pytest.raises(PlanError, match="2026-07-01"):
            engine.apply(plan, edition, "ada")


def test_a_release_that_is_applied_late_keeps_its_date(company: Company) -> None:
    company.now = datetime(2026, 7, 10, 9, tzinfo=UTC)
    company.apply(HRIS)
    profile = company.tenant.store.find("Job_Profile_ID", "jf-jp-sailor")
    assert profile is not None
    assert profile.versions[-1].effective == FIRST_OF_JULY
    assert company.plan(HRIS).is_empty
