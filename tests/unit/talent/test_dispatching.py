"""Evidence is sent once: looked up first, journalled, and never sent on a doubt."""

from __future__ import annotations

import pytest
from talent_bench import FRAMEWORK, Hris, Lms, batch, day, fact, hire, worker

from connector.kit.errors import AuthError, ConfigError
from connector.kit.values import (
    Done,
    Rejected,
    Unknown,
    Untried,
)
from connector.store import dispatches, tasks
from connector.store.dispatches import DispatchState, StoredDispatch
from connector.talent import dispatching
from connector.talent.collecting import collect
from connector.talent.dispatching import Dispatched, SeenByHand
from connector.talent.ground import Ground


@pytest.fixture
def ready(ground: Ground) -> Ground:
    """One completion of the worker 0021 waits to be sent."""
    collect(ground, "lms", Lms([batch(fact())]), FRAMEWORK)
    dispatching.prepare(ground, "hris", FRAMEWORK)
    return ground


def send(ground: Ground, hris: Hris) -> Dispatched:
    return dispatching.send(ground, "hris", hris)


def stored(ground: Ground) -> list[StoredDispatch]:
    with ground.database.read() as conn:
        return dispatches.in_state(conn, "hris", *DispatchState)


def only(ground: Ground) -> StoredDispatch:
    (one,) = stored(ground)
    return one


def open_tasks(ground: Ground) -> list[str]:
    with ground.database.read() as conn:
        return [task.title for task in tasks.open_tasks(conn, "hris")]


def test_a_fact_becomes_one_dispatch_that_names_what_it_proves(ready: Ground) -> None:
    dispatch = only(ready).dispatch
    assert dispatch.employee_id == "0021"
    assert dispatch.title == "Knots for all"
    assert dispatch.description == "Evidence for Knots: Low; Sails: Low"
    assert dispatch.completed_on == day("2026-03-01")
    assert dispatching.prepare(ready, "hris", FRAMEWORK) == 0


def test_a_reference_gives_away_nothing_about_a_person(ready: Ground) -> None:
    reference = only(ready).dispatch.reference
    assert reference.startswith("jf-ev-")
    assert len(reference) == len("jf-ev-") + 24


def test_evidence_of_competencies_that_are_gone_is_still_sent(
    ready: Ground,
) -> None:
    collect(ready, "lms", Lms([batch(fact(days=1))]), FRAMEWORK)
    empty = type(FRAMEWORK)(key="new", name=FRAMEWORK.name)
    assert dispatching.prepare(ready, "hris", empty) == 1
    assert {one.dispatch.description for one in stored(ready)} == {
        "Evidence for Knots: Low; Sails: Low",
        "",
    }


def test_somebody_without_an_employee_id_gets_no_dispatch(ground: Ground) -> None:
    collect(ground, "lms", Lms([batch(fact())]), FRAMEWORK)
    hire(ground, worker("", source_id="wid-0021"))
    assert dispatching.prepare(ground, "hris", FRAMEWORK) == 0


def test_what_is_confirmed_is_never_sent_again(ready: Ground) -> None:
    hris = Hris()
    first, second = send(ready, hris), send(ready, hris)
    assert (first.prepared, first.confirmed) == (1, 1)
    assert (second.prepared, second.confirmed) == (0, 0)
    assert len(hris.sent) == 1


def test_what_the_record_shows_already_is_not_sent(ready: Ground) -> None:
    hris = Hris(shown={only(ready).dispatch.reference: "wid-1"})
    assert send(ready, hris).confirmed == 1
    assert hris.sent == []
    assert only(ready).remote_id == "wid-1"


def test_a_lost_answer_is_a_task_and_never_sent_again(ready: Ground) -> None:
    hris = Hris(answers=lambda ref: Unknown(ref, "the answer was lost"))
    assert send(ready, hris).unknown == 1
    again = send(ready, hris)
    assert again.unknown == 1
    assert len(hris.sent) == 1
    assert open_tasks(ready) == ["Find out whether this evidence arrived"]


def test_a_lost_answer_that_a_later_look_finds_is_confirmed(ready: Ground) -> None:
    hris = Hris(answers=lambda ref: Unknown(ref, "the answer was lost"))
    send(ready, hris)
    hris.shown[only(ready).dispatch.reference] = "wid-1"
    assert send(ready, hris).confirmed == 1
    assert len(hris.sent) == 1
    assert open_tasks(ready) == []


class Killed(BaseException):
    """The process ends here."""


def test_a_kill_after_the_journal_leaves_it_in_doubt(ready: Ground) -> None:
    with pytest.raises(Killed):
        send(ready, Hris(fails_with=Killed()))
    assert only(ready).state is DispatchState.SENT
    hris = Hris()
    assert send(ready, hris).unknown == 1
    assert hris.sent == []
    assert "does not show it" in only(ready).message


def test_a_pending_approval_waits_and_is_confirmed_when_it_is_shown(
    ready: Ground,
) -> None:
    hris = Hris(answers=lambda ref: Done(ref, "event", {"state": "pending"}))
    assert send(ready, hris).pending == 1
    assert send(ready, hris).pending == 1
    assert len(hris.sent) == 1
    hris.shown[only(ready).dispatch.reference] = "wid-1"
    assert send(ready, hris).confirmed == 1


def test_a_refused_dispatch_is_told_and_waits_for_a_person(ready: Ground) -> None:
    hris = Hris(
        answers=lambda ref: Rejected(ref=ref, message="no such course", hint="Add it.")
    )
    told = send(ready, hris)
    assert told.rejected == 1
    assert told.messages == [
        f"{only(ready).dispatch.reference}: no such course Add it."
    ]
    assert send(ready, hris).prepared == 0


def test_what_never_left_is_sent_the_next_time(ready: Ground) -> None:
    hris = Hris(answers=lambda ref: Untried(ref, "the tenant is down"))
    told = send(ready, hris)
    assert (told.confirmed, told.unknown) == (0, 0)
    assert told.messages == [f"{only(ready).dispatch.reference}: the tenant is down"]
    assert send(ready, Hris()).confirmed == 1


def test_refused_credentials_leave_the_rest_prepared(ready: Ground) -> None:
    with pytest.raises(AuthError):
        send(ready, Hris(fails_with=AuthError("the credentials are refused")))
    assert only(ready).state is DispatchState.PREPARED


def test_nothing_to_send_asks_nothing(ground: Ground) -> None:
    hris = Hris()
    assert send(ground, hris) == Dispatched()
    assert hris.asked == []


@pytest.mark.parametrize(
    ("seen", "state", "sent_later"),
    [
        (SeenByHand.ARRIVED, DispatchState.CONFIRMED, 0),
        (SeenByHand.DENIED, DispatchState.DENIED, 0),
        (SeenByHand.ABSENT, DispatchState.PREPARED, 1),
    ],
)
def test_a_person_settles_what_nobody_else_can(
    ready: Ground, seen: SeenByHand, state: DispatchState, sent_later: int
) -> None:
    send(ready, Hris(answers=lambda ref: Unknown(ref, "lost")))
    reference = only(ready).dispatch.reference
    dispatching.settle_by_hand(ready, "hris", reference, seen, "Maria")
    assert only(ready).state is state
    assert open_tasks(ready) == []
    hris = Hris()
    send(ready, hris)
    assert len(hris.sent) == sent_later


def test_only_what_waits_can_be_settled(ready: Ground) -> None:
    send(ready, Hris())
    reference = only(ready).dispatch.reference
    with pytest.raises(ConfigError) as caught:
        dispatching.settle_by_hand(ready, "hris", reference, SeenByHand.ABSENT, "Maria")
    assert reference in caught.value.message
