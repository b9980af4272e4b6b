"""Evidence: sent once, found again by our reference, never completed by us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from workday_support import Desk

from connector.kit.errors import AuthError
from connector.kit.values import (
    ApplyItem,
    Dispatch,
    DispatchFound,
    DispatchKind,
    Done,
    Ref,
    Rejected,
    Sending,
    Unknown,
    Untried,
)

OpenTenant = Callable[..., Desk]
KINDS = list(DispatchKind)


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
def test_a_dispatch_is_announced_sent_and_confirmed(
    desk: Desk, kind: DispatchKind
) -> None:
    one = dispatch(kind=kind)
    announced, outcome = send(desk, one)
    assert announced == Sending((Ref("dispatch", "jf-d-1"),))
    assert isinstance(outcome, Done)
    assert outcome.seen == {"state": "confirmed"}
    assert find(desk, one) == [DispatchFound("jf-d-1", outcome.remote_id)]


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
    assert outcome.seen == {"state": "pending"}
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
