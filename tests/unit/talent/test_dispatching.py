"""Evidence is sent once: looked up first, journalled, and never sent on a doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from talent_bench import (
    DECKHAND,
    FRAMEWORK,
    NOON,
    Hris,
    Lms,
    batch,
    day,
    fact,
    hire,
    link_roles,
    worker,
)

from connector.kit.errors import AuthError, ConfigError, UnsafePlanError
from connector.kit.values import (
    ApplyItem,
    Dispatch,
    DispatchFate,
    DispatchKind,
    DispatchStatus,
    Done,
    Ref,
    Rejected,
    Unknown,
    Untried,
)
from connector.store import audit, dispatches, growth, links, tasks
from connector.store.dispatches import DispatchState, StoredDispatch
from connector.store.values import Link
from connector.talent import dispatching
from connector.talent.collecting import collect
from connector.talent.dispatching import Dispatched, SeenByHand, retry
from connector.talent.forecasting import (
    agree,
    allow_auto_complete,
    auto_complete,
    forecast,
)
from connector.talent.ground import Ground
from connector.talent.rules import OTHER, DispatchRules


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


def test_what_was_prepared_is_sent_whatever_becomes_of_the_framework(
    ready: Ground,
) -> None:
    empty = type(FRAMEWORK)(key="new", name=FRAMEWORK.name)
    assert dispatching.prepare(ready, "hris", empty) == 0
    assert send(ready, Hris()).confirmed == 1


def test_a_course_taken_again_closes_nothing_more(ready: Ground) -> None:
    collect(ready, "lms", Lms([batch(fact(days=1))]), FRAMEWORK)
    assert dispatching.prepare(ready, "hris", FRAMEWORK) == 0


def test_somebody_in_no_role_of_the_framework_gets_no_dispatch(ground: Ground) -> None:
    collect(ground, "lms", Lms([batch(fact())]), FRAMEWORK)
    link_roles(ground, cook=DECKHAND, deckhand="wid-other")
    assert dispatching.prepare(ground, "hris", FRAMEWORK) == 0


def test_a_role_that_somebody_chose_counts_too(ground: Ground) -> None:
    collect(ground, "lms", Lms([batch(fact())]), FRAMEWORK)
    link_roles(ground, cook=DECKHAND, deckhand="wid-other")
    with ground.database.write() as conn:
        growth.choose_target(conn, "person-1", "deckhand", "", NOON)
    assert dispatching.prepare(ground, "hris", FRAMEWORK) == 1


def test_a_kind_of_activity_that_stays_here_is_not_sent(ground: Ground) -> None:
    collect(ground, "lms", Lms([batch(fact())]), FRAMEWORK)
    rules = DispatchRules(becomes={"course": None, OTHER: DispatchKind.TRAINING})
    assert dispatching.prepare(ground, "hris", FRAMEWORK, rules) == 0


def assessed(ground: Ground) -> DispatchRules:
    collect(ground, "lms", Lms([batch(fact())]), FRAMEWORK)
    with ground.database.write() as conn:
        links.save(
            conn,
            "hris",
            [
                Link(
                    kind="competency",
                    key="knots",
                    remote_id="wid-knots",
                    identity="knots",
                    fields={},
                )
            ],
        )
    return DispatchRules(
        becomes={OTHER: DispatchKind.ASSESSMENT, "course": DispatchKind.ASSESSMENT},
        level=lambda scale, rank: f"{scale}/{rank}",
        link=lambda reference: f"https://here.example/{reference}",
    )


def test_an_assessment_tells_one_step_with_what_the_hris_calls_it(
    ground: Ground,
) -> None:
    rules = assessed(ground)
    assert dispatching.prepare(ground, "hris", FRAMEWORK, rules) == 2
    knots, sails = sorted((one.dispatch for one in stored(ground)), key=by_competency)
    assert (knots.competency_id, knots.level_id, knots.rank) == (
        "wid-knots",
        "craft/1",
        1,
    )
    assert knots.link == f"https://here.example/{knots.reference}"
    # The HRIS has no such competency: its adapter says so.
    assert sails.competency_id == ""


def by_competency(dispatch: Dispatch) -> str:
    return dispatch.competency


def test_approvals_are_never_skipped_for_an_assessment(ground: Ground) -> None:
    dispatching.prepare(ground, "hris", FRAMEWORK, assessed(ground))
    with pytest.raises(ConfigError, match="always goes through the approvals"):
        allow_auto_complete(
            ground, "hris", DispatchKind.ASSESSMENT, "Maria", is_allowed=True
        )
    hris = Hris()
    send(ground, hris)
    assert [one.is_completed_at_once for one in hris.sent] == [False, False]


def test_approvals_are_skipped_only_after_somebody_allowed_it(ready: Ground) -> None:
    kind = DispatchKind.TRAINING
    allow_auto_complete(ready, "hris", kind, "Maria", is_allowed=True)
    with ready.database.read() as conn:
        (decision,) = auto_complete(conn, "hris").values()
        (entry,) = [one for one in audit.entries(conn) if one.action == "auto_complete"]
    assert (decision.person, decision.decided_at) == ("Maria", NOON)
    assert entry.recorded_at == NOON
    hris = Hris()
    send(ready, hris)
    assert hris.sent[0].is_completed_at_once


def test_an_allowance_that_was_taken_back_holds_no_more(ready: Ground) -> None:
    for is_allowed in (True, False):
        allow_auto_complete(
            ready, "hris", DispatchKind.TRAINING, "Maria", is_allowed=is_allowed
        )
    hris = Hris()
    send(ready, hris)
    assert not hris.sent[0].is_completed_at_once


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


def later(ground: Ground, **span: float) -> Ground:
    moment = ground.now() + timedelta(**span)
    return replace(ground, now=lambda: moment)


def fate(ground: Ground, fate: DispatchFate, *words: str) -> dict[str, DispatchStatus]:
    reference = only(ground).dispatch.reference
    return {reference: DispatchStatus(reference, fate, "event-1", words)}


def lost(ref: Ref) -> Unknown:
    return Unknown(ref, "the answer was lost")


def test_a_lost_answer_whose_process_waits_is_pending(ready: Ground) -> None:
    hris = Hris(answers=lost, fates=fate(ready, DispatchFate.PENDING))
    assert send(ready, hris).pending == 1
    assert only(ready).remote_id == "event-1"
    assert open_tasks(ready) == []
    assert send(ready, hris).prepared == 0


def test_a_lost_dispatch_that_was_never_started_goes_out_again_later(
    ready: Ground,
) -> None:
    hris = Hris(answers=lost, fates=fate(ready, DispatchFate.ABSENT))
    assert send(ready, hris).unknown == 1
    # So soon the HRIS may still be at work on it.
    assert send(later(ready, minutes=5), Hris(fates=hris.fates)).unknown == 1
    again = Hris(fates=hris.fates)
    assert send(later(ready, minutes=11), again).confirmed == 1
    assert len(again.sent) == 1


def test_a_process_that_may_be_ours_or_not_stays_a_task(ready: Ground) -> None:
    hris = Hris(answers=lost, fates=fate(ready, DispatchFate.UNSURE))
    send(ready, hris)
    assert send(later(ready, days=2), hris).unknown == 1
    assert len(open_tasks(ready)) == 1


def test_a_denied_one_keeps_the_words_and_can_be_tried_again(ready: Ground) -> None:
    hris = Hris(answers=lambda ref: Done(ref, "event-1"))
    send(ready, hris)
    hris.fates = fate(ready, DispatchFate.DENIED, "denied", "Not a course of ours")
    send(ready, hris)
    first = only(ready)
    assert first.state is DispatchState.DENIED
    assert first.message == "denied Not a course of ours"
    assert send(ready, hris).prepared == 0

    reference = first.dispatch.reference
    again = retry(ready, "hris", reference, "Maria")
    assert again == f"{reference}-again-1"
    with pytest.raises(ConfigError, match="being tried again already"):
        retry(ready, "hris", reference, "Maria")
    tomorrow, fresh = later(ready, days=1), Hris()
    assert send(tomorrow, fresh).confirmed == 1
    assert [one.reference for one in fresh.sent] == [again]
    with pytest.raises(ConfigError, match="was denied or refused"):
        retry(ready, "hris", again, "Maria")


def test_a_worker_gets_one_process_a_day(ground: Ground) -> None:
    collect(ground, "lms", Lms([batch(fact())]), FRAMEWORK)
    rules = DispatchRules(becomes={"course": DispatchKind.TRAINING})
    dispatching.prepare(ground, "hris", FRAMEWORK, rules)
    assert send(ground, Hris()).events == 1
    dispatching.prepare(ground, "hris", FRAMEWORK, assessed(ground))
    hris = Hris()
    waiting = send(ground, hris)
    assert (waiting.events, waiting.later, len(hris.sent)) == (0, 2, 0)
    next_day = send(later(ground, days=1), hris)
    assert (next_day.events, next_day.later, len(hris.sent)) == (1, 0, 2)


def test_too_many_inbox_tasks_need_a_second_person(ready: Ground) -> None:
    found = forecast(ready, "hris")
    assert found.events == 1
    hris = Hris()

    def send_as(person: str) -> Dispatched:
        return dispatching.send(ready, "hris", hris, sender=person, limit=0)

    with pytest.raises(UnsafePlanError) as refused:
        send_as("Adam")
    assert found.fingerprint in refused.value.hint
    agree(ready, "hris", found.fingerprint, "Adam")
    with pytest.raises(UnsafePlanError):
        send_as("Adam")
    agree(ready, "hris", found.fingerprint, "Maria")
    assert send_as("Adam").confirmed == 1


def test_an_agreement_holds_for_what_it_was_given_for(ready: Ground) -> None:
    with pytest.raises(ConfigError, match="is not what"):
        agree(ready, "hris", "something else", "Maria")


def test_what_certainly_did_not_start_is_tried_again_at_once(ready: Ground) -> None:
    hire(ready, worker("0022"))
    collect(ready, "lms", Lms([batch(fact("8", "0022"))]), FRAMEWORK)
    dispatching.prepare(ready, "hris", FRAMEWORK)
    failed: list[Ref] = []

    def answer(ref: Ref) -> ApplyItem:
        if not failed:
            failed.append(ref)
            return Untried(ref, "no process was started")
        hris.shown[ref.key] = "wid"
        return Done(ref, "event")

    hris = Hris(answers=answer)
    told = send(ready, hris)
    assert (told.confirmed, told.messages) == (2, [])
