"""Moves are drafted once, by evidence; two people approve; what is gone reopens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from evidence_house import ADA, attested, later, numbers
from moves_house import (
    POLICY,
    SHIP,
    able,
    all_of,
    approve,
    board,
    one_of,
    prepared,
)
from talent_bench import NOON

from connector.kit.errors import ConfigError, UnsafePlanError
from connector.kit.values import MoveKind, MovePreview
from connector.store import growth, proposals, tasks
from connector.store.proposals import ProposalState
from connector.talent import looking, packets, proposing, withdrawing
from connector.talent.ground import Ground
from connector.talent.move_policy import MovePolicy
from connector.talent.packet_page import packet_page
from connector.talent.preparing_moves import Prepared
from connector.talent.wording import verdict

LOWER_IN_BOTH = (
    "The move lowers the level from M2 to IC1. It leads into a lower pay band: Baltic."
)
TWO = replace(POLICY, approvals=2)


@pytest.fixture
def ship(ground: Ground) -> Ground:
    board(ground)
    return ground


def take_back(ground: Ground) -> None:
    """Withdraw all evidence there is, by a named person."""
    withdrawing.withdraw(ground, numbers(ground), reason="copied", person="Mia")


def test_nothing_is_drafted_where_evidence_is_missing(ship: Ground) -> None:
    assert prepared(ship) == Prepared()


def test_who_has_all_that_is_asked_gets_one_draft(ship: Ground) -> None:
    able(ship, ADA)
    assert prepared(ship).drafted == 1
    found = one_of(ship)
    assert (found.to_role, found.kind, found.state) == (
        "bosun",
        MoveKind.LEVEL,
        ProposalState.DRAFT,
    )
    assert (found.drafted_by, found.change_reason) == (proposing.PREPARER, "UP")
    assert found.effective_on == date(2026, 4, 1)
    assert found.packet["keeps_title"] is True
    assert prepared(ship) == Prepared()
    assert len(all_of(ship)) == 1


def test_a_draft_is_kept_up_to_date(ship: Ground) -> None:
    able(ship, ADA)
    prepared(ship)
    attested(ship, framework=SHIP, competency="sails", step="low")
    assert prepared(ship).updated == 1
    states = {
        each["competency"]: each["state"]
        for each in one_of(ship).packet["requirements"]
    }
    assert states == {"knots": "met", "sails": "met"}


def test_a_draft_whose_evidence_is_gone_is_withdrawn_and_says_why(ship: Ground) -> None:
    able(ship, ADA)
    prepared(ship)
    take_back(ship)
    assert prepared(ship).withdrawn == 1
    found = one_of(ship)
    assert found.state is ProposalState.WITHDRAWN
    assert "Knots at High" in found.message


@pytest.mark.parametrize("is_more", [False, True])
def test_what_was_declined_comes_again_only_on_other_evidence(
    ship: Ground, is_more: bool
) -> None:
    able(ship, ADA)
    prepared(ship)
    proposing.decline(ship, one_of(ship), "Adam", "next year")
    if is_more:
        attested(ship, framework=SHIP, competency="sails", step="low")
    done = prepared(ship)
    assert done.drafted == int(is_more)
    assert ("answered before on the same evidence" in done.waits) is not is_more


def test_a_certification_that_bridges_a_move_has_to_be_shown(ship: Ground) -> None:
    person = looking.choose(ship, SHIP, ADA, "pilot", None)
    assert prepared(ship).drafted == 0
    (seen,) = looking.look(ship, SHIP, person, NOON.date(), ("pilot", None))
    assert seen.readiness.missing_certifications == ("diver",)
    assert "Diver: the certificate is not shown." in verdict(SHIP, seen.readiness)


def test_a_policy_without_reasons_prepares_nothing(ship: Ground) -> None:
    with pytest.raises(ConfigError, match="names no reason for level and lateral"):
        prepared(ship, MovePolicy())


def test_two_people_approve_where_the_policy_says_so(ship: Ground) -> None:
    able(ship, ADA)
    prepared(ship)
    first = approve(ship, one_of(ship), "Adam", TWO)
    assert (first.state, first.first_approved_by) == (ProposalState.DRAFT, "Adam")
    with pytest.raises(ConfigError, match="ADAM approved it before"):
        approve(ship, first, "ADAM", TWO)
    second = approve(ship, first, "Eve", TWO)
    assert (second.state, second.approved_by) == (ProposalState.APPROVED, "Eve")


@pytest.mark.parametrize("name", ["0001", "boss@example.com", "BOSS", "Bo Boss"])
def test_who_drafted_approves_only_where_the_policy_allows_it(
    ship: Ground, name: str
) -> None:
    wish = proposing.Wish(
        person=ADA,
        to_role="bosun",
        effective_on=date(2026, 7, 1),
        change_reason="UP",
        reason="Ready",
    )
    drafted = proposing.draft(ship, "hris", SHIP, wish, "boss")
    with pytest.raises(ConfigError, match="drafted it"):
        approve(ship, drafted, name)
    lenient = replace(POLICY, may_approve_own_draft=True)
    assert approve(ship, drafted, name, lenient).state is ProposalState.APPROVED


def test_nobody_approves_their_own_move_under_any_policy(ship: Ground) -> None:
    able(ship, ADA)
    prepared(ship)
    lenient = replace(POLICY, may_approve_own_draft=True)
    for name in (ADA, "s0021@example.com", "s0021", "Sailor 0021"):
        with pytest.raises(ConfigError, match="their own move"):
            approve(ship, one_of(ship), name, lenient)


def test_withdrawn_evidence_reopens_an_approved_move_with_the_reason(
    ship: Ground,
) -> None:
    able(ship, ADA)
    prepared(ship)
    approve(ship, one_of(ship), "Adam")
    take_back(ship)
    found = one_of(ship)
    assert (found.state, found.approved_by) == (ProposalState.DRAFT, "")
    assert found.message.startswith("Reopened: evidence ")
    assert found.message.endswith("was withdrawn: copied")
    with pytest.raises(ConfigError, match="rests on was withdrawn"):
        approve(ship, found, "Adam")


def test_a_first_approval_falls_with_its_evidence(ship: Ground) -> None:
    able(ship, ADA)
    prepared(ship)
    approve(ship, one_of(ship), "Adam", TWO)
    take_back(ship)
    assert one_of(ship).first_approved_by == ""


def test_withdrawn_evidence_of_a_started_move_is_a_task(ship: Ground) -> None:
    able(ship, ADA)
    prepared(ship)
    approved = approve(ship, one_of(ship), "Adam")
    begun = replace(
        approved, state=ProposalState.STARTED, started_at=NOON, remote_id="event-1"
    )
    with ship.database.write() as conn:
        proposals.change(conn, approved, begun)
    take_back(ship)
    assert one_of(ship).state is ProposalState.STARTED
    with ship.database.read() as conn:
        titles = [each.title for each in tasks.open_tasks(conn, "hris")]
    assert "Decide whether this move goes on: its evidence was withdrawn" in titles


def test_an_approved_move_is_a_draft_again_once_evidence_ran_out(ship: Ground) -> None:
    able(ship, ADA)
    prepared(ship)
    approve(ship, one_of(ship), "Adam")
    ids = numbers(ship)
    with ship.database.write() as conn:
        growth.withdraw_evidence(
            conn, ids, on=date(2026, 3, 1), reason="x", by="x", at=NOON
        )
    done = prepared(ship)
    assert (done.reopened, done.withdrawn) == (1, 1)
    assert one_of(ship).message.startswith("Reopened: what it takes is no longer there")


@pytest.mark.parametrize(
    ("days", "state"),
    [(10, ProposalState.DRAFT), (11, ProposalState.EXPIRED)],
)
def test_a_draft_lapses_after_the_time_of_the_policy(
    ship: Ground, days: int, state: ProposalState
) -> None:
    able(ship, ADA)
    prepared(ship)
    policy = replace(POLICY, draft_days=10)
    proposing.expire(later(ship, NOON + timedelta(days=days)), {"hris": policy})
    assert one_of(ship).state is state


def test_a_proposal_is_taken_back_with_a_reason_by_the_person_too(
    ship: Ground,
) -> None:
    able(ship, ADA)
    prepared(ship)
    with pytest.raises(ConfigError, match="needs a reason"):
        proposing.withdraw(ship, one_of(ship), ADA, " ")
    after = proposing.withdraw(ship, one_of(ship), ADA, "I stay where I am")
    assert (after.state, after.message) == (
        ProposalState.WITHDRAWN,
        "I stay where I am",
    )


@pytest.mark.parametrize(
    ("before", "after", "loss"),
    [
        ("deckhand", "bosun", ""),
        ("bosun", "mate", ""),
        ("deckhand", "cook", "It leads into a lower pay band: Baltic."),
        (
            "mate",
            "deckhand",
            LOWER_IN_BOTH,
        ),
    ],
)
def test_a_lower_level_or_band_is_said_without_a_figure(
    before: str, after: str, loss: str
) -> None:
    assert packets.loss_of(SHIP, before, after) == loss


def test_a_lower_band_is_approved_only_where_it_is_acknowledged(ship: Ground) -> None:
    wish = proposing.Wish(
        person=ADA,
        to_role="cook",
        effective_on=date(2026, 7, 1),
        change_reason="ASIDE",
        reason="Wishes to",
    )
    drafted = proposing.draft(ship, "hris", SHIP, wish, "boss")
    with pytest.raises(UnsafePlanError, match="lower pay band"):
        proposing.approve(ship, SHIP, drafted, MovePreview(), "Adam", policy=POLICY)
    after = approve(ship, drafted, "Adam")
    assert after.confirmed == ("It leads into a lower pay band: Baltic.",)


def test_a_packet_says_what_is_presumed_and_flags_mutual_attestations(
    ship: Ground,
) -> None:
    able(ship, ADA)
    attested(ship, actor=ADA, framework=SHIP, person="0001")
    prepared(ship)
    packet = one_of(ship).packet
    told = " ".join(packets.statements(packet))
    assert "1 of 2 requirements are presumed from the role held" in told
    assert "vouched for one another" in told
    assert "The title stays: Sailor." in told


def test_a_packet_s_page_is_escaped_whole_and_holds_no_pay(ship: Ground) -> None:
    attested(ship, framework=SHIP, note="<script>alert(1)</script>")
    prepared(ship)
    found = one_of(ship)
    value: dict[str, object] = {
        "reference": found.reference,
        "kind": found.kind.value,
        "state": found.state.value,
        "result": "",
        "effective_on": found.effective_on.isoformat(),
        "reason": "<b>why</b>",
        "message": "",
        "drafted_by": found.drafted_by,
        "first_approved_by": "",
        "approved_by": "",
        "confirmed": [],
        "packet": dict(found.packet),
        "bands": {"next band": "<hidden: pay>"},
    }
    page = packet_page(value, person="<i>Ada</i>")
    for raw in ("<script", "<b>why", "<i>Ada"):
        assert raw not in page
    assert "presumed, not shown" in page
    assert "Pay band: &lt;hidden: pay&gt;" in page
    assert "200" not in page.partition("<main>")[2]
    assert "http" not in page
