"""What a tenant does not take, does not show or holds for later is never run over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cli_stage import FRAMEWORK, HRIS, changed
from company import SEED, Company

from adapters.workday.sandbox.later import enter_later
from connector.kit.errors import AuthError, PlanError, TargetError
from connector.runtime.connections import engine_of, opened
from connector.runtime.editions import release_edition
from connector.runtime.jobs import talent_of
from connector.runtime.scheduler import Schedule, ScheduledJob, run_due
from connector.store.journal import ChangeState
from connector.sync.plan import Change, FindingKind
from connector.sync.report import Report

TODAY = date(2026, 5, 4)
COMPETENCIES = "Set Up: Skills and Experience"


@pytest.fixture
def open_company(tmp_path: Path) -> Iterator[Any]:
    opened: list[Company] = []

    def make(**more: Any) -> Company:
        opened.append(Company(tmp_path, **more))
        return opened[-1]

    yield make
    for company in opened:
        company.close()


@pytest.fixture
def company(open_company: Any) -> Company:
    made: Company = open_company()
    made.release(TODAY)
    return made


def test_a_kind_that_the_tenant_names_otherwise_stays_off(open_company: Any) -> None:
    company = open_company(seed=replace(SEED, variants=frozenset({"newer_rows"})))
    company.release(TODAY)
    report = company.apply()
    assert report.failed == report.skipped == 0
    assert company.requests("Put_Job_Profile", "Get_Job_Profiles") == 0
    assert company.requests("Put_Job_Family", "Put_Competency") == 3

    plan = company.plan()
    (note,) = plan.notes
    assert plan.is_empty
    assert "job profiles stay off" in note
    row = "Competency_Qualification_Replacement_Data"
    assert f"{row}/Proficiency_Rating_Reference is not there" in note
    assert f"{row}/Requirement_Origin is required" in note
    assert not plan.open_findings

    check = company.checks()["elements of Human_Resources"]
    assert not check.is_ok
    assert f"{row}/Requirement_Origin is required" in check.message
    assert "job profiles" in check.message


def test_evidence_that_the_tenant_names_otherwise_is_not_sent(
    open_company: Any,
) -> None:
    company = open_company(seed=replace(SEED, variants=frozenset({"newer_rows"})))
    with (
        opened(company.instance, HRIS) as target,
        pytest.raises(TargetError, match="Training_Data/Completion_Date is not there"),
    ):
        talent_of(company.instance, HRIS, target)
    company.tenant.seed = SEED
    with opened(company.instance, HRIS) as target:
        assert talent_of(company.instance, HRIS, target) is target.talent


def test_a_kind_is_on_again_when_the_tenant_takes_it(open_company: Any) -> None:
    company = open_company(seed=replace(SEED, variants=frozenset({"newer_rows"})))
    company.release(TODAY)
    company.apply()
    company.tenant.seed = SEED
    company.apply()
    assert company.requests("Put_Job_Profile") == 1
    assert not company.plan().notes


def test_an_update_of_the_tenant_is_noticed_within_a_week(company: Company) -> None:
    company.apply()
    company.tenant.seed = replace(SEED, variants=frozenset({"older_rows"}))
    company.later(days=8)
    plan = company.plan()
    assert "Competency_Qualification_Replacement_Data" in plan.notes[0]
    assert plan.is_empty
    assert not plan.findings


def test_the_wsdl_is_not_asked_for_at_every_plan(company: Company) -> None:
    company.apply()
    asked = company.requests("wsdl")
    company.plan()
    company.later(days=3)
    company.plan()
    assert company.requests("wsdl") == asked > 0


def test_without_the_competency_domain_nothing_is_retired(company: Company) -> None:
    company.apply()
    company.tenant.permissions.revoke({(COMPETENCIES, "Get"), (COMPETENCIES, "Put")})
    company.tenant.permissions.activate()
    plan = company.plan()
    assert plan.is_empty
    assert {item.type for item in plan.findings} == {FindingKind.INCOMPLETE}
    assert COMPETENCIES in plan.findings[0].message
    checks = company.checks()
    for name in ("read competencies", "write competencies"):
        assert COMPETENCIES in checks[name].fix
        assert "Maintain Permissions for Security Group" in checks[name].fix
    assert not checks["write competencies"].is_ok


def test_without_the_competency_domain_the_rest_is_still_written(
    company: Company,
) -> None:
    company.apply()
    company.tenant.permissions.revoke({(COMPETENCIES, "Get"), (COMPETENCIES, "Put")})
    company.tenant.permissions.activate()
    text = changed(FRAMEWORK, "name: Sailor", "name: Skipper")
    company.release(date(2026, 5, 5), text)
    company.later(days=1)
    report = company.apply()
    assert (report.planned, report.done) == (1, 1)


def test_a_tenant_that_never_gave_the_domain_says_so_and_can_go_on_later(
    company: Company,
) -> None:
    rights = {(COMPETENCIES, "Get"), (COMPETENCIES, "Put")}
    company.tenant.permissions.revoke(rights)
    company.tenant.permissions.activate()
    with pytest.raises(AuthError) as refused:
        company.apply()
    assert f'Put on "{COMPETENCIES}"' in refused.value.hint
    assert "Activate Pending Security Policy Changes" in refused.value.hint
    company.tenant.permissions.grant(rights)
    company.tenant.permissions.activate()
    with engine_of(company.instance, HRIS) as engine:
        engine.resume()
    company.apply()
    assert company.plan().is_empty


def test_an_entry_for_a_later_day_is_a_conflict_and_no_write(company: Company) -> None:
    company.apply()
    enter_later(
        company.tenant, "Job_Profile_ID", "jf-jp-sailor", "2026-09-01", "Mariner"
    )
    assert company.plan().is_empty, "nothing of ours would be written"

    company.release(date(2026, 5, 5), changed(FRAMEWORK, "name: Sailor", "name: Mate"))
    company.later(days=1)
    plan = company.plan()
    assert plan.is_empty
    (finding,) = plan.open_findings
    assert finding.type is FindingKind.CONFLICT
    assert "2026-09-01" in finding.message
    writes = company.writes()
    company.apply()
    assert company.writes() == writes

    company.decide(plan, "ours")
    report = company.apply()
    assert (report.planned, report.done) == (1, 1)
    assert company.plan().is_empty


def test_the_look_ahead_costs_one_question_for_what_would_change(
    company: Company,
) -> None:
    company.apply()
    company.plan()
    without = asked_by_a_plan(company)
    company.release(date(2026, 5, 5), changed(FRAMEWORK, "name: Sailor", "name: Mate"))
    company.later(days=1)
    asked_by_a_plan(company)
    assert asked_by_a_plan(company) == without + 1


def asked_by_a_plan(company: Company) -> int:
    """Return how many questions about job profiles a plan asks."""
    before = company.requests("Get_Job_Profiles")
    company.plan()
    return company.requests("Get_Job_Profiles") - before


UPDATE = {
    "reason": "weekly service update",
    "day": "monday",
    "at": "09:00",
    "hours": 2,
    "time_zone": "UTC",
}


def test_nothing_is_written_in_a_window(open_company: Any) -> None:
    company = open_company(settings={"windows": [UPDATE]})
    company.release(TODAY)
    company.now = datetime(2026, 5, 4, 8, 56, tzinfo=UTC)
    with pytest.raises(PlanError, match="weekly service update"):
        company.apply()
    assert company.writes() == 0
    company.now = datetime(2026, 5, 4, 11, tzinfo=UTC)
    assert company.apply().in_doubt == 0


def test_no_schedule_starts_in_a_window(open_company: Any) -> None:
    company = open_company(settings={"windows": [UPDATE]})
    company.release(TODAY)
    company.now = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    schedule = Schedule("nightly", "30 9 * * *", (ScheduledJob("apply", HRIS),))
    (line,) = run_due(company.instance, schedule, company.now)
    assert "weekly service update: nothing is sent from 2026-05-04 09:00" in line
    assert company.tenant.log == []
    company.later(days=1)
    (line,) = run_due(company.instance, schedule, company.now)
    assert "changes written" in line
    assert company.writes()


def test_a_run_that_reaches_a_window_pauses_and_goes_on_later(
    open_company: Any,
) -> None:
    company = open_company(settings={"windows": [UPDATE]})
    company.release(TODAY)
    company.now = datetime(2026, 5, 4, 8, 50, tzinfo=UTC)
    paused = apply_until(
        company, "Put_Competency", datetime(2026, 5, 4, 8, 56, tzinfo=UTC)
    )
    assert paused.in_doubt > 0
    assert paused.done > 0
    assert paused.failed == paused.skipped == 0
    assert any("weekly service update" in message for message in paused.messages)
    before = company.writes()
    with (
        engine_of(company.instance, HRIS) as engine,
        pytest.raises(PlanError, match="weekly service update"),
    ):
        engine.resume()
    assert company.writes() == before

    company.now = datetime(2026, 5, 4, 11, 5, tzinfo=UTC)
    with engine_of(company.instance, HRIS) as engine:
        report = engine.resume()
    assert report is not None
    assert report.in_doubt == report.failed == 0
    assert company.writes() == before + paused.in_doubt
    assert company.plan().is_empty


def apply_until(company: Company, operation: str, moment: datetime) -> Report:
    """Apply; when an operation has reached the tenant, the clock shows a moment."""
    with engine_of(company.instance, HRIS) as engine:
        edition = release_edition(company.instance, None, company.instance.today())
        plan = engine.plan(edition)

        def watch(_change: Change, _state: ChangeState, _message: str) -> None:
            if company.requests(operation):
                company.now = moment

        return engine.apply(plan, edition, "ada", watch)


def test_an_interrupted_run_sends_nothing_of_a_kind_that_went_off(
    open_company: Any,
) -> None:
    company = open_company(settings={"windows": [UPDATE]})
    company.release(TODAY)
    company.now = datetime(2026, 5, 4, 8, 50, tzinfo=UTC)
    apply_until(company, "Put_Competency", datetime(2026, 5, 4, 8, 56, tzinfo=UTC))
    company.tenant.seed = replace(SEED, variants=frozenset({"newer_rows"}))
    company.now = datetime(2026, 5, 12, 9, tzinfo=UTC)
    with engine_of(company.instance, HRIS) as engine:
        report = engine.resume()
    assert report is not None
    assert report.in_doubt == 0
    assert company.requests("Put_Job_Profile") == 0
    assert any("Requirement_Origin" in message for message in report.messages)
    company.tenant.seed = SEED
    assert company.apply().done == 1
