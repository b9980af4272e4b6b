"""Only a positive act takes evidence back, and many at once wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from evidence_house import (
    ADA,
    WHOLE,
    attested,
    badge,
    crew,
    held,
    later,
    numbers,
    told,
)
from talent_bench import NOON, Hris, Lms, fact

from connector.kit.errors import ConfigError
from connector.kit.values import FactBatch, FactType, LearningFact, Revocation
from connector.store import audit, facts, growth, revocations, tasks
from connector.talent.collecting import Collected, collect
from connector.talent.dispatching import prepare, send
from connector.talent.ground import Ground
from connector.talent.withdrawing import decide, waiting, withdraw


def revoked(days: int = 1, account: str = "7", object_id: str = "12") -> Revocation:
    return Revocation(
        type=FactType.BADGE,
        object_id=object_id,
        person_id=account,
        revoked_at=NOON + timedelta(days=days),
        reason="The exam was not valid.",
    )


def run(
    ground: Ground, *told_facts: LearningFact, taken: Sequence[Revocation] = ()
) -> Collected:
    lms = Lms([FactBatch(told_facts, "c", (), tuple(taken))])
    return collect(ground, "lms", lms, WHOLE)


def many(ground: Ground) -> None:
    """Let there be enough other evidence for one piece to be a small share."""
    run(ground, *(fact(days=-number) for number in range(1, 4)))


def test_a_revoked_badge_takes_its_evidence_back_and_leaves_it_on_record(
    ground: Ground,
) -> None:
    many(ground)
    run(ground, badge("Day skipper"))
    assert run(ground, taken=[revoked()]).withdrawn == 1
    there = later(ground, NOON + timedelta(days=2))
    assert ("sails", "high", "certification", "2026-03-01") not in held(there).evidence
    with ground.database.read() as conn:
        assert len(facts.evidence(conn)) == 7
        assert [each.action for each in audit.entries(conn)] == ["withdraw"]
        # Whoever lost something stands otherwise now.
        assert growth.count_due(conn) == 1
    # Told again, it takes nothing more.
    assert run(ground, taken=[revoked()]).withdrawn == 0


def test_a_badge_that_is_shown_after_its_revocation_is_taken_back_as_well(
    ground: Ground,
) -> None:
    many(ground)
    assert run(ground, taken=[revoked()]).withdrawn == 0
    assert run(ground, badge("Day skipper")).withdrawn == 1
    # Awarded again later it counts.
    assert run(ground, badge("Day skipper", NOON + timedelta(days=3))).withdrawn == 0


def test_a_row_that_is_no_longer_there_takes_nothing_back(ground: Ground) -> None:
    run(ground, fact(), badge("Day skipper"))
    before = held(ground)
    for _ in range(3):
        assert run(ground).withdrawn == 0
    assert held(ground) == before


def test_a_larger_share_waits_for_a_person(ground: Ground) -> None:
    run(ground, fact(), badge("Day skipper"))
    found = run(ground, taken=[revoked()])
    assert found.withdrawn == 0
    (notice,) = found.notes
    assert notice.startswith("1 of 3 pieces of evidence would be taken back")
    with ground.database.read() as conn:
        assert len(waiting(conn, "lms")) == 1
        (task,) = tasks.open_tasks(conn, "lms")
    assert "jobframe evidence withdrawals lms" in task.steps
    assert decide(ground, "lms", "Maria", is_confirmed=True).withdrawn == 1
    with ground.database.read() as conn:
        assert tasks.open_tasks(conn, "lms") == []
        assert waiting(conn, "lms") == []


def test_many_at_once_wait_whatever_their_share(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.talent.withdrawing.MOST", 0)
    many(ground)
    run(ground, badge("Day skipper"))
    assert run(ground, taken=[revoked()]).withdrawn == 0


def test_what_a_person_refused_stays_however_often_it_is_told(ground: Ground) -> None:
    run(ground, badge("Day skipper"))
    run(ground, taken=[revoked()])
    assert decide(ground, "lms", "Maria", is_confirmed=False).withdrawn == 0
    assert run(ground, taken=[revoked()]).notes == []
    assert len(held(later(ground, NOON + timedelta(days=5))).evidence) == 1
    with pytest.raises(ConfigError, match="nothing of lms waits"):
        decide(ground, "lms", "Maria", is_confirmed=True)


def test_a_named_person_withdraws_with_a_reason(ground: Ground) -> None:
    ids = crew(ground)
    attested(ground)
    (number,) = numbers(ground)
    with pytest.raises(ConfigError, match="a withdrawal needs a reason"):
        withdraw(ground, [number], reason=" ", person="Maria")
    assert withdraw(ground, [number], reason="Mixed up", person="Maria") == [ids[ADA]]
    assert held(ground).evidence == []
    with ground.database.read() as conn:
        entry = list(audit.entries(conn))[-1]
    assert entry.action == "withdraw"
    for wrong in (number, 999):
        with pytest.raises(ConfigError, match=f"no evidence {wrong} stands"):
            withdraw(ground, [wrong], reason="Again", person="Maria")


def test_a_named_person_withdraws_a_contribution(ground: Ground) -> None:
    crew(ground)
    told(ground, "contributions", kind="teaching", words="A talk")
    with ground.database.read() as conn:
        (given,) = growth.contributions(conn)
    withdraw(ground, [], reason="Not held", person="Maria", contributions=[given.id])
    assert held(ground).contributions == []
    with pytest.raises(ConfigError, match="no contribution 1 stands"):
        withdraw(ground, [], reason="Again", person="Maria", contributions=[given.id])


def test_what_was_withdrawn_is_not_sent(ground: Ground) -> None:
    run(ground, fact())
    withdraw(ground, numbers(ground), reason="Not theirs", person="Maria")
    assert prepare(ground, "hris", WHOLE) == 0


def test_what_is_dated_in_the_future_is_kept_told_and_sent_on_its_day(
    ground: Ground,
) -> None:
    found = run(ground, fact(days=3))
    assert found.facts == 1
    assert found.notes == [
        "1 facts are dated in the future: they count from their day on."
    ]
    assert run(ground, fact(days=3)).notes == []
    assert held(ground).evidence == []
    assert prepare(ground, "hris", WHOLE) == 0
    then = later(ground, NOON + timedelta(days=3))
    assert len(held(then).evidence) == 2
    prepare(then, "hris", WHOLE)
    hris = Hris()
    send(then, "hris", hris)
    assert len(hris.sent) == 1


def test_revocations_of_the_erased_are_not_stored(ground: Ground) -> None:
    run(ground, fact())
    with ground.database.write() as conn:
        person = facts.evidence(conn)[0].person_id
        revocations.add(conn, "lms", [revoked()], tombstones=ground.tombstones, at=NOON)
        ground.tombstones.erase(conn, person, NOON)
        again = revocations.add(
            conn, "lms", [revoked()], tombstones=ground.tombstones, at=NOON
        )
    assert again == 0


def test_an_old_completion_counts_for_the_competency_it_names(ground: Ground) -> None:
    run(ground, replace(fact(), happened_at=NOON - timedelta(days=4000)))
    assert held(ground).evidence == [
        ("knots", "low", "learning", "2015-03-19"),
        ("sails", "low", "learning", "2015-03-19"),
    ]
