"""Moves are started once, whatever is lost; approvals lapse; losses are confirmed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from talent_bench import NOON, link_roles
from test_closing import FRAMEWORK

from connector.kit.errors import ConfigError, UnsafePlanError
from connector.kit.values import (
    ApplyItem,
    Done,
    Move,
    MoveEvent,
    MoveKind,
    MovePreview,
    MoveState,
    MoveStatus,
    Ref,
    Sending,
    Unknown,
)
from connector.store import proposals
from connector.store.proposals import Proposal, ProposalState
from connector.talent import moving, packets, proposing
from connector.talent.ground import Ground
from connector.talent.move_policy import MovePolicy

DAY = date(2026, 7, 1)
POLICY = MovePolicy()
NUMBERS = itertools.count()


@dataclass
class Hris:
    """An HRIS that answers as told; `found` are its job changes of the worker."""

    answer: Callable[[Ref], ApplyItem] = lambda ref: Done(ref, "event-1")
    found: tuple[MoveEvent, ...] = ()
    preview_of: MovePreview = field(default_factory=MovePreview)
    sent: list[Move] = field(default_factory=list)

    def preview(self, move: Move) -> MovePreview:
        del move
        return self.preview_of

    def find(self, move: Move, since: date) -> tuple[MoveEvent, ...]:
        del move, since
        return self.found

    def start(self, move: Move) -> Iterator[ApplyItem]:
        ref = Ref("move", move.reference)
        yield Sending((ref,))
        self.sent.append(move)
        yield self.answer(ref)

    def status(self, remote_id: str) -> MoveStatus:
        del remote_id
        return MoveStatus(state=MoveState.IN_PROGRESS)


def lost(ref: Ref) -> ApplyItem:
    return Unknown(ref, "the connection broke")


def event(*, is_ours: bool | None) -> MoveEvent:
    return MoveEvent(
        remote_id="event-9",
        name="Change Job",
        initiated_on=DAY,
        state=MoveState.IN_PROGRESS,
        is_ours=is_ours,
    )


@pytest.fixture
def staff(ground: Ground) -> Ground:
    """Roles of the harbour are job profiles of the HRIS; 0021 is a mate."""
    link_roles(
        ground, mate="wid-deckhand", bosun="wid-b", hand="wid-h", deckhand="wid-o"
    )
    return ground


def draft(ground: Ground, to_role: str = "bosun") -> Proposal:
    wish = proposing.Wish(
        person="0021",
        to_role=to_role,
        effective_on=DAY,
        change_reason="r",
        reason="Ready",
    )
    numbered = replace(ground, new_id=lambda: f"move-{next(NUMBERS)}")
    return proposing.draft(numbered, "hris", FRAMEWORK, wish, "Maria")


def approved(ground: Ground, to_role: str = "bosun") -> Proposal:
    proposal = draft(ground, to_role)
    checks = proposing.checks_of(FRAMEWORK, proposal, MovePreview())
    return proposing.approve(
        ground,
        FRAMEWORK,
        proposal,
        MovePreview(),
        "Adam",
        policy=POLICY,
        confirmed=checks,
    )


def start(ground: Ground, hris: Hris, to_role: str = "bosun") -> Proposal:
    return moving.start(ground, hris, approved(ground, to_role), "Adam").proposal


def later(ground: Ground, **span: float) -> Ground:
    return replace(ground, now=lambda: NOON + timedelta(**span))


def stored(ground: Ground, reference: str) -> Proposal:
    with ground.database.read() as conn:
        found = proposals.get(conn, reference)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("hand", "mate", MoveKind.LEVEL),
        ("mate", "chief", MoveKind.LATERAL),
        ("bosun", "mate", MoveKind.LATERAL),
        ("guest", "mate", MoveKind.LATERAL),
        ("", "mate", MoveKind.LATERAL),
    ],
)
def test_only_a_step_up_is_a_level_move(
    before: str, after: str, kind: MoveKind
) -> None:
    assert packets.kind_of(FRAMEWORK, before, after) is kind


def test_a_lower_level_is_said_and_confirmed(staff: Ground) -> None:
    proposal = draft(staff, "hand")
    (loss,) = proposing.checks_of(FRAMEWORK, proposal, MovePreview())
    assert loss == "The move lowers the level from ic2 to ic1."
    with pytest.raises(UnsafePlanError, match="lowers the level"):
        proposing.approve(
            staff, FRAMEWORK, proposal, MovePreview(), "Adam", policy=POLICY
        )
    assert approved(staff, "hand").confirmed == (loss,)


def test_what_bars_a_move_by_now_starts_nothing(staff: Ground) -> None:
    proposal = approved(staff)
    barred = MovePreview(conflicts=(event(is_ours=False),))
    hris = Hris(preview_of=barred)
    with pytest.raises(UnsafePlanError, match="Change Job is in progress"):
        moving.start(staff, hris, proposal, "Adam")
    assert hris.sent == []


def test_a_second_move_of_a_person_is_not_sent(staff: Ground) -> None:
    start(staff, Hris())
    second, hris = approved(staff, "hand"), Hris()
    with pytest.raises(ConfigError, match="another move of this person"):
        moving.start(staff, hris, second, "Adam")
    assert hris.sent == []
    assert stored(staff, second.reference).state is ProposalState.APPROVED


def test_a_lost_start_is_found_by_its_reference(staff: Ground) -> None:
    hris = Hris(answer=lost)
    proposal = start(staff, hris)
    assert proposal.state is ProposalState.STARTED
    hris.found = (event(is_ours=False), event(is_ours=True))
    assert moving.follow(staff, hris, proposal).proposal.remote_id == "event-9"
    assert len(hris.sent) == 1


def test_a_lost_start_that_never_came_may_be_started_after_a_while(
    staff: Ground,
) -> None:
    hris = Hris(answer=lost)
    proposal = start(staff, hris)
    soon = moving.follow(later(staff, minutes=9), hris, proposal)
    assert soon.proposal.state is ProposalState.STARTED
    told = moving.follow(later(staff, minutes=11), hris, proposal)
    assert told.proposal.state is ProposalState.APPROVED
    assert "was not started" in told.message
    again = moving.start(staff, Hris(), told.proposal, "Adam")
    assert again.proposal.remote_id == "event-1"


def test_a_job_change_without_words_leaves_it_to_a_person(staff: Ground) -> None:
    hris = Hris(answer=lost, found=(event(is_ours=None),))
    proposal = start(staff, hris)
    told = moving.follow(later(staff, days=3), hris, proposal)
    assert told.proposal.state is ProposalState.STARTED
    assert "event-9" in told.message


def test_an_approval_nobody_acts_upon_lapses(staff: Ground) -> None:
    proposal = approved(staff)
    assert proposing.expire(later(staff, days=90), {}) == 0
    assert proposing.expire(later(staff, days=91), {}) == 1
    assert stored(staff, proposal.reference).state is ProposalState.EXPIRED


def test_who_saw_an_older_state_changes_nothing(staff: Ground) -> None:
    proposal = draft(staff)
    proposing.decline(staff, proposal, "Adam", "no")
    with pytest.raises(ConfigError, match="changed by somebody else"):
        proposing.approve(
            staff, FRAMEWORK, proposal, MovePreview(), "Eve", policy=POLICY
        )
