"""Moves by REST: previewed, started once, followed; only people decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from rest_witness import Witness
from workday_support import SEED, Desk, SetClock

from adapters.workday.sandbox import AdditionalJobSeed, JobProfileSeed
from connector.kit.errors import AuthError, RejectedError, ReplyError
from connector.kit.protocols import Moves
from connector.kit.values import (
    ApplyItem,
    Done,
    Foreign,
    Move,
    MoveState,
    Ref,
    Rejected,
    Sending,
    Unknown,
    Untried,
)

OpenTenant = Callable[..., Desk]
REASON = "Event_Classification_Subcategory_ID=PROMOTION"
REF = Ref("move", "jf-mv-1")
TODAY = date(2026, 6, 1)
PROFILES = (*SEED.job_profiles, JobProfileSeed("NEXT", "Senior Engineer"))


@pytest.fixture
def desk(open_tenant: OpenTenant) -> Desk:
    """A tenant whose job changes wait for a person, opened by token."""
    return opened(open_tenant)


def opened(open_tenant: OpenTenant, **more: Any) -> Desk:
    approvals = more.pop("needing_approval", frozenset({"Change Job"}))
    return open_tenant(
        oauth=True,
        now=SetClock(),
        job_profiles=PROFILES,
        needing_approval=approvals,
        **more,
    )


def moves(desk: Desk) -> Moves:
    assert desk.connection.moves is not None
    return desk.connection.moves


def move(desk: Desk, **more: Any) -> Move:
    found = desk.tenant.get("Job_Profile_ID", "NEXT")
    one = Move(
        reference="jf-mv-1",
        employee_id="E-002",
        role=Foreign("job_profile", found.wid),
        effective_on=TODAY,
        reason_id=REASON,
        link="https://here.example/moves/jf-mv-1",
    )
    return replace(one, **more)


def start(desk: Desk, **more: Any) -> list[ApplyItem]:
    return list(moves(desk).start(move(desk, **more)))


def started(desk: Desk, **more: Any) -> str:
    sending, done = start(desk, **more)
    assert isinstance(sending, Sending)
    assert isinstance(done, Done), done
    return done.remote_id


def job(desk: Desk, at: int = 0) -> tuple[str, str]:
    """Return a worker's job profile and business title."""
    held = desk.tenant.get("Employee_ID", "E-002").latest.jobs[at]
    title = desk.tenant.business_titles.get(held.position.wid, "")
    return held.job_profile_id, title


def test_a_user_and_password_move_nobody(open_tenant: OpenTenant) -> None:
    assert open_tenant().connection.moves is None


def test_a_move_goes_into_the_tenants_own_approvals(
    desk: Desk, rest_exchanges: Witness
) -> None:
    seen = sum(rest_exchanges.seen.values())
    event = started(desk)
    assert job(desk) == ("SHARED", "")
    assert moves(desk).status(event).state is MoveState.IN_PROGRESS
    assert not any(entry.is_auto_completed for entry in desk.tenant.log)
    (one,) = desk.tenant.events.events.values()
    assert one.comment == (
        "Job framework proposal jf-mv-1. https://here.example/moves/jf-mv-1"
    )
    # Every exchange was held against the contract: there were some.
    assert sum(rest_exchanges.seen.values()) >= seen + 6


def test_an_approved_move_gives_the_profile_and_keeps_the_title(desk: Desk) -> None:
    desk.tenant.business_titles[desk.tenant.get("Position_ID", "P-E-002").wid] = (
        "Keeper of the lights"
    )
    event = started(desk)
    desk.tenant.approve_event(event, "Congratulations")
    status = moves(desk).status(event)
    assert (status.state, status.decided_on) == (MoveState.APPROVED, TODAY)
    assert status.words[-1] == "Congratulations"
    assert job(desk) == ("NEXT", "Keeper of the lights")


def test_a_new_title_is_sent_where_one_is_asked_for(desk: Desk) -> None:
    desk.tenant.approve_event(started(desk, title="Lead"))
    assert job(desk) == ("NEXT", "Lead")


@pytest.mark.parametrize(
    ("decide", "state"),
    [
        ("deny_event", MoveState.DENIED),
        ("cancel_event", MoveState.CANCELLED),
        ("rescind_event", MoveState.RESCINDED),
    ],
)
def test_every_end_is_told_with_the_words(
    desk: Desk, decide: str, state: MoveState
) -> None:
    event = started(desk)
    if decide == "rescind_event":
        desk.tenant.approve_event(event)
    getattr(desk.tenant, decide)(event, "Not now")
    status = moves(desk).status(event)
    assert (status.state, status.words[-1]) == (state, "Not now")
    assert job(desk)[0] == "SHARED"


def test_a_preview_shows_what_an_approver_needs(open_tenant: OpenTenant) -> None:
    checks = ["Time in level is two years", "Not on a plan"]
    desk = opened(open_tenant, with_settings={"change_job_checks": checks})
    desk.tenant.begin_event("E-002", "Manage_Training")
    found = moves(desk).preview(move(desk))
    assert (found.position_id, found.business_title) == ("P-E-002", "Shared Engineer")
    assert [one.name for one in found.reasons] == ["Lateral Move", "Promotion"] or [
        one.name for one in found.reasons
    ] == ["Promotion", "Lateral Move"]
    assert [one.name for one in found.others] == ["Manage Training: Linus Aho"]
    assert (found.conflicts, found.problems) == ((), ())
    assert found.skipped == tuple(checks)
    assert desk.tenant.drafts == {}


def test_without_a_list_every_rule_counts_as_not_checked(desk: Desk) -> None:
    (told,) = moves(desk).preview(move(desk)).skipped
    assert "change_job_checks" in told


def test_a_pending_job_change_is_seen_before_and_refused_after(desk: Desk) -> None:
    desk.tenant.begin_event("E-002", "Change_Job")
    (conflict,) = moves(desk).preview(move(desk)).conflicts
    assert conflict.name == "Change Job: Linus Aho"
    (refused,) = start(desk)
    assert isinstance(refused, Rejected)
    assert "in progress" in refused.message


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"reason_id": "0" * 32}, "offers no reason"),
        ({"position_id": "P-none"}, "does not hold the position P-none"),
    ],
)
def test_what_bars_a_move_is_told(
    desk: Desk, more: dict[str, str], problem: str
) -> None:
    (told,) = moves(desk).preview(move(desk, **more)).problems
    assert problem in told
    (outcome,) = start(desk, **more)
    assert isinstance(outcome, Rejected)


def test_the_role_held_is_no_move(desk: Desk) -> None:
    held = Foreign("job_profile", desk.tenant.get("Job_Profile_ID", "SHARED").wid)
    (told,) = moves(desk).preview(move(desk, role=held)).problems
    assert "holds this role already" in told


def test_one_of_several_positions_is_named(open_tenant: OpenTenant) -> None:
    second = AdditionalJobSeed("P-2", "SHARED", "Research", "Leeds", date(2024, 1, 1))
    workers = tuple(
        replace(one, additional_jobs=(second,)) if one.employee_id == "E-002" else one
        for one in SEED.workers
    )
    desk = opened(open_tenant, workers=workers)
    (told,) = moves(desk).preview(move(desk)).problems
    assert "P-E-002, P-2" in told
    (outcome,) = start(desk)
    assert isinstance(outcome, Rejected)
    desk.tenant.approve_event(started(desk, position_id="P-2"))
    assert job(desk)[0] == "SHARED"
    assert job(desk, at=1)[0] == "NEXT"


def test_a_lost_answer_is_unknown_and_found_by_worker_process_and_day(
    desk: Desk,
) -> None:
    desk.tenant.switches.lost_operation = "submit_job_change"
    desk.tenant.switches.lost_answers = 1
    sending, outcome = start(desk)
    assert isinstance(outcome, Unknown)
    (found,) = moves(desk).find(move(desk), TODAY)
    assert (found.is_ours, found.state) == (True, MoveState.IN_PROGRESS)
    assert isinstance(sending, Sending)
    assert found.remote_id == sending.group
    assert desk.counts()["submit_job_change"] == 1


def test_another_move_of_the_worker_is_not_taken_for_ours(desk: Desk) -> None:
    started(desk)
    (found,) = moves(desk).find(move(desk, reference="jf-mv-2"), TODAY)
    assert found.is_ours is False


def test_a_process_without_words_leaves_a_doubt(desk: Desk) -> None:
    desk.tenant.begin_event("E-002", "Change_Job")
    (found,) = moves(desk).find(move(desk), TODAY)
    assert found.is_ours is None


def test_a_draft_that_vanishes_starts_nothing(desk: Desk) -> None:
    desk.tenant.switches.vanishing_drafts = 1
    _, outcome = start(desk)
    assert isinstance(outcome, Untried)
    assert "nothing was started" in outcome.reason
    assert desk.tenant.events.events == {}
    started(desk)


def test_a_lost_draft_is_drafted_again(desk: Desk) -> None:
    desk.tenant.switches.lost_operation = "draft_job_change"
    desk.tenant.switches.lost_answers = 1
    started(desk)
    assert len(desk.tenant.events.events) == 1


def test_a_token_that_ends_on_the_way_is_renewed(desk: Desk) -> None:
    started(desk)
    desk.tenant.tokens.expire_access_tokens()
    assert moves(desk).find(move(desk), TODAY)


def test_a_busy_tenant_is_waited_for(desk: Desk) -> None:
    desk.tenant.switches.allowed_requests = 6
    desk.tenant.switches.refused_requests = 2
    started(desk)
    assert len(desk.tenant.events.events) == 1


def test_a_target_that_is_down_starts_nothing(desk: Desk) -> None:
    token = desk.tenant.tokens
    started(desk, reference="jf-mv-0")
    assert token.issued
    desk.sandbox.close()
    one = move(desk)
    try:
        items = list(moves(desk).start(one))
    except RejectedError:  # pragma: no cover - the worker cannot be read
        items = []
    assert all(isinstance(item, Untried) for item in items)


@pytest.mark.parametrize(
    "right", [("Change Job", "Initiate"), ("Staffing Actions: Job Profile", "Put")]
)
def test_a_missing_right_is_named(desk: Desk, right: tuple[str, str]) -> None:
    desk.tenant.permissions.revoke({right})
    desk.tenant.permissions.activate()
    with pytest.raises(AuthError, match="does not allow") as refused:
        start(desk)
    assert "E-002" not in refused.value.message
    assert desk.tenant.events.events == {}


def test_a_state_without_a_known_name_is_what_the_settings_say(
    open_tenant: OpenTenant,
) -> None:
    desk = opened(open_tenant)
    event = started(desk)
    state = next(
        one for one in desk.tenant.event_states.values() if one.descriptor[:2] == "In"
    )
    state.descriptor = "W toku"
    with pytest.raises(ReplyError, match=state.wid):
        moves(desk).status(event)
    desk.tenant.tokens.refresh_token = SEED.refresh_token
    told = opened(open_tenant, with_settings={"event_states": {state.wid: "denied"}})
    wid = next(
        one for one in told.tenant.event_states.values() if one.descriptor[:2] == "In"
    ).wid
    assert wid == state.wid
    assert moves(told).status(started(told)).state is MoveState.DENIED


def test_the_clock_of_the_tests_stands_still(desk: Desk) -> None:
    assert desk.tenant.clock() == datetime(2026, 6, 1, 12, tzinfo=UTC)
