"""Evidence: sent once, found again by our reference, never completed by us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from workday_support import Desk, today

from connector.kit.errors import AuthError
from connector.kit.values import (
    ApplyItem,
    Dispatch,
    DispatchFate,
    DispatchFound,
    DispatchKind,
    DispatchStatus,
    Done,
    OpenDispatch,
    Ref,
    Rejected,
    Sending,
    Unknown,
    Untried,
)

OpenTenant = Callable[..., Desk]
#: What an event adds to the record; what a person rated has tests of its own.
KINDS = [DispatchKind.TRAINING, DispatchKind.CERTIFICATION]


def dispatch(
    reference: str = "jf-d-1",
    kind: DispatchKind = DispatchKind.TRAINING,
    employee: str = "E-002",
) -> Dispatch:
    return Dispatch(
        reference=reference,
        kind=kind,
        employee_id=employee,
        title="Cloud basics",
        description="Finished in the learning platform.",
        completed_on=date(2026, 2, 3),
        expires_on=date(2028, 2, 3) if kind is DispatchKind.CERTIFICATION else None,
    )


def send(desk: Desk, *dispatches: Dispatch) -> list[ApplyItem]:
    assert desk.connection.talent is not None
    return list(desk.connection.talent.send(dispatches))


def find(desk: Desk, *dispatches: Dispatch) -> list[DispatchFound]:
    assert desk.connection.talent is not None
    return list(desk.connection.talent.find(dispatches))


@pytest.mark.parametrize("kind", KINDS)
def test_a_dispatch_is_announced_sent_and_shown(desk: Desk, kind: DispatchKind) -> None:
    one = dispatch(kind=kind)
    announced, outcome = send(desk, one)
    assert announced == Sending((Ref("dispatch", "jf-d-1"),))
    assert isinstance(outcome, Done)
    (event,) = desk.tenant.events.events.values()
    assert outcome.remote_id == event.instance.wid
    (shown,) = find(desk, one)
    assert shown.reference == "jf-d-1"


def test_what_a_worker_gets_of_one_kind_is_one_process(desk: Desk) -> None:
    some = [dispatch(f"jf-d-{n}", employee=f"E-00{1 + n % 2}") for n in range(4)]
    items = send(desk, *some)
    sendings = [item for item in items if isinstance(item, Sending)]
    assert [len(item.refs) for item in sendings] == [2, 2]
    assert len(desk.tenant.events.events) == 2
    assert {found.reference for found in find(desk, *some)} == {
        one.reference for one in some
    }


def test_a_process_says_whose_it_is(desk: Desk) -> None:
    send(desk, dispatch(), dispatch("jf-d-2"))
    (event,) = desk.tenant.events.events.values()
    assert event.comment == "Job framework evidence: jf-d-1, jf-d-2"


def test_a_tenant_without_comments_gets_none(open_tenant: OpenTenant) -> None:
    desk = open_tenant(with_settings={"event_comments": False})
    send(desk, dispatch())
    (event,) = desk.tenant.events.events.values()
    assert event.comment == ""


def test_a_training_carries_what_happened(desk: Desk) -> None:
    send(desk, dispatch())
    (training,) = desk.tenant.trainings_of("E-002")
    assert training["Training_ID"] == "jf-d-1"
    assert training["Training"] == "Cloud basics"
    assert training["Completion_Date"] == "2026-02-03"
    assert training["Training_Type_Reference"] == "ONLINE"


def test_a_certification_carries_its_end(open_tenant: OpenTenant) -> None:
    desk = open_tenant(
        with_settings={
            "certification_issuer": "Acme Academy",
            "achievement_source": "LMS",
        }
    )
    send(desk, dispatch(kind=DispatchKind.CERTIFICATION))
    (certification,) = desk.tenant.certifications_of("E-002")
    assert certification["Issuer"] == "Acme Academy"
    assert certification["Expiration_Date"] == "2028-02-03"


@pytest.mark.parametrize("kind", KINDS)
def test_what_waits_for_approval_is_done_and_pending(
    open_tenant: OpenTenant, kind: DispatchKind
) -> None:
    desk = open_tenant(
        needing_approval=frozenset({"Manage Training", "Manage Certifications"})
    )
    one = dispatch(kind=kind)
    _, outcome = send(desk, one)
    assert isinstance(outcome, Done)
    assert find(desk, one) == []
    # The remote id is the event's: a person finds and approves it by that.
    desk.tenant.approve_event(outcome.remote_id)
    assert [found.reference for found in find(desk, one)] == ["jf-d-1"]


def test_nothing_is_ever_completed_by_us(desk: Desk) -> None:
    send(desk, *(dispatch(f"jf-d-{n}", kind) for n, kind in enumerate(KINDS)))
    assert not any(entry.is_auto_completed for entry in desk.tenant.log)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_answer_is_unknown_and_found_before_it_is_repeated(
    desk: Desk, kind: DispatchKind
) -> None:
    one = dispatch(kind=kind)
    desk.tenant.switches.lost_answers = 1
    _, outcome = send(desk, one)
    assert isinstance(outcome, Unknown)
    operations = {
        DispatchKind.TRAINING: "Manage_Training",
        DispatchKind.CERTIFICATION: "Manage_Certifications",
    }
    assert desk.counts()[operations[kind]] == 1
    assert [found.reference for found in find(desk, one)] == ["jf-d-1"]


def test_a_dispatch_that_never_left_is_untried(desk: Desk) -> None:
    desk.sandbox.close()
    _, outcome = send(desk, dispatch())
    assert isinstance(outcome, Untried)


def test_many_are_looked_up_with_few_questions(desk: Desk) -> None:
    some = [dispatch(f"jf-d-{n}", employee=f"E-00{1 + n % 2}") for n in range(8)]
    send(desk, *some[:5])
    desk.tenant.log.clear()
    assert {found.reference for found in find(desk, *some)} == {
        f"jf-d-{n}" for n in range(5)
    }
    assert desk.counts() == {"Get_Workers": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_worker_hides_no_other(desk: Desk, kind: DispatchKind) -> None:
    known = dispatch(kind=kind)
    send(desk, known)
    nobody = dispatch("jf-d-9", kind, employee="E-999")
    assert [found.reference for found in find(desk, nobody, known)] == ["jf-d-1"]
    assert find(desk, nobody) == []


def test_a_refusal_does_not_name_the_worker(desk: Desk) -> None:
    _, outcome = send(desk, dispatch(employee="E-999"))
    assert isinstance(outcome, Rejected)
    assert "E-999" not in outcome.message
    assert "(the worker)" in outcome.message


def test_without_a_training_type_nothing_is_sent(open_tenant: OpenTenant) -> None:
    desk = open_tenant(with_settings={"training_type": ""})
    (outcome,) = send(desk, dispatch())
    assert isinstance(outcome, Rejected)
    assert "training_type" in outcome.message
    assert desk.counts() == {}


def test_a_missing_right_stops_after_the_first(desk: Desk) -> None:
    desk.tenant.permissions.revoke({("Manage Training", "Initiate")})
    desk.tenant.permissions.activate()
    items: list[ApplyItem] = []
    assert desk.connection.talent is not None
    with pytest.raises(AuthError, match="Manage_Training"):
        items.extend(desk.connection.talent.send([dispatch(), dispatch("jf-d-2")]))
    assert desk.counts()["Manage_Training"] == 1


def assessment(
    desk: Desk, reference: str = "jf-ev-1", rating: str = "OTHER_2", **more: Any
) -> Dispatch:
    one = dispatch(reference, DispatchKind.ASSESSMENT)
    return replace(
        one,
        link=f"https://here.example/{reference}",
        expires_on=None,
        competency="a",
        rank=2,
        competency_id=desk.tenant.get("Competency_ID", "OTHER_A").wid,
        level_id=rating,
        **more,
    )


def test_an_assessment_carries_level_note_and_link(desk: Desk) -> None:
    one = assessment(desk)
    _, outcome = send(desk, one)
    assert isinstance(outcome, Done)
    assert desk.tenant.assessments_of("E-002") == [
        {
            "competency": "Negotiation",
            "level": "Up",
            "note": "Finished in the learning platform."
            " https://here.example/jf-ev-1 [jf-ev-1]",
        }
    ]
    assert [found.reference for found in find(desk, one)] == ["jf-ev-1"]


@pytest.mark.parametrize("rating", ["OTHER_1", "OTHER_2"])
def test_an_assessment_by_a_person_is_never_overwritten(
    desk: Desk, rating: str
) -> None:
    desk.tenant.assess_worker("E-002", "OTHER_A", rating, by="E-001")
    before = desk.tenant.assessments_of("E-002")
    (outcome,) = send(desk, assessment(desk))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "assessed_by_a_person"
    assert desk.tenant.assessments_of("E-002") == before
    assert desk.tenant.events.events == {}


def test_a_note_of_ours_under_a_persons_name_is_the_persons(desk: Desk) -> None:
    desk.tenant.assess_worker(
        "E-002", "OTHER_A", "OTHER_1", note="agreed [jf-ev-0]", by="E-001"
    )
    (outcome,) = send(desk, assessment(desk))
    assert isinstance(outcome, Rejected)


def test_an_assessment_of_ours_gives_way_to_a_higher_one(desk: Desk) -> None:
    send(desk, assessment(desk, "jf-ev-0", "OTHER_1"))
    send(desk, assessment(desk))
    (one,) = desk.tenant.assessments_of("E-002")
    assert one["level"] == "Up"


def test_an_assessment_without_ids_of_the_tenant_is_refused(desk: Desk) -> None:
    (outcome,) = send(desk, replace(assessment(desk), competency_id=""))
    assert isinstance(outcome, Rejected)
    assert "as Workday knows them" in outcome.message


def test_approvals_are_skipped_where_somebody_allowed_it(
    open_tenant: OpenTenant,
) -> None:
    desk = open_tenant(
        needing_approval=frozenset({"Manage Training", "Manage Competencies"})
    )
    send(desk, replace(dispatch(), is_completed_at_once=True))
    send(desk, replace(assessment(desk), is_completed_at_once=True))
    states = {
        event.process: event.is_auto_completed
        for event in desk.tenant.events.events.values()
    }
    assert states == {"Manage Training": True, "Manage Competencies": False}
    assert len(desk.tenant.trainings_of("E-002")) == 1
    assert desk.tenant.assessments_of("E-002") == []


@pytest.fixture
def waiting(open_tenant: OpenTenant) -> Desk:
    """A tenant by token, whose trainings wait for a person."""
    return open_tenant(oauth=True, needing_approval=frozenset({"Manage Training"}))


def follow(desk: Desk, one: Dispatch, event: str = "") -> DispatchStatus:
    assert desk.connection.talent is not None
    (status,) = desk.connection.talent.follow([OpenDispatch(one, event, today())])
    return status


def test_a_process_is_followed_to_its_end(waiting: Desk) -> None:
    _, outcome = send(waiting, dispatch())
    assert isinstance(outcome, Done)
    event = outcome.remote_id
    assert follow(waiting, dispatch(), event).fate is DispatchFate.PENDING
    waiting.tenant.deny_event(event, "Not a course of ours")
    assert follow(waiting, dispatch(), event) == DispatchStatus(
        "jf-d-1", DispatchFate.DENIED, event, ("denied", "Not a course of ours")
    )


def test_a_lost_answer_is_found_among_the_workers_processes(waiting: Desk) -> None:
    send(waiting, dispatch("jf-d-0"))
    waiting.tenant.switches.lost_answers = 1
    _, outcome = send(waiting, dispatch())
    assert isinstance(outcome, Unknown)
    found = follow(waiting, dispatch())
    assert found.fate is DispatchFate.PENDING
    assert "jf-d-1" in waiting.tenant.events.events[found.event_id].comment
    assert follow(waiting, dispatch("jf-d-2")).fate is DispatchFate.ABSENT


def test_a_process_that_says_nothing_leaves_a_doubt(waiting: Desk) -> None:
    waiting.tenant.begin_event("E-002", "Manage_Training")
    assert follow(waiting, dispatch()).fate is DispatchFate.UNSURE


def test_a_user_and_password_follow_nothing(desk: Desk) -> None:
    assert desk.connection.talent is not None
    asked = [OpenDispatch(dispatch(), "", today())]
    assert list(desk.connection.talent.follow(asked)) == []


@pytest.mark.parametrize(("oauth", "kind"), [(True, Untried), (False, Unknown)])
def test_what_a_gateway_refused_is_looked_up_at_once(
    open_tenant: OpenTenant, oauth: bool, kind: type
) -> None:
    desk = open_tenant(oauth=oauth)
    find(desk, dispatch())
    desk.tenant.switches.errors = 1
    _, outcome = send(desk, dispatch())
    assert isinstance(outcome, kind)
    assert desk.tenant.events.events == {}
