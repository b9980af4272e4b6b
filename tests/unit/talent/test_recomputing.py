"""Readiness is kept, and made anew for those alone about whom something changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from readiness_house import changed, house
from talent_bench import NOON, hire, make_ground, worker

from connector.framework.model import Basis
from connector.kit.values import FactType, Foreign, LearningFact, SourceAssignment
from connector.store import facts, growth, links, people, readiness
from connector.store.facts import Evidence
from connector.store.growth import Judgement, NewContribution
from connector.store.readiness import KeptReadiness
from connector.store.values import Link
from connector.talent.ground import Ground
from connector.talent.recomputing import Recomputed, recompute

HOUSE = house()
TODAY = date(2026, 6, 1)
KIND = "job_profile"


def holding(profile: str, since: str = "2024-01-10") -> tuple[SourceAssignment, ...]:
    """Return a position with a job profile of the HRIS."""
    return (
        SourceAssignment(
            position_id="P-1",
            role=Foreign(KIND, f"wid-{profile}"),
            since=date.fromisoformat(since),
        ),
    )


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A deployment whose HRIS has the house's profiles, two people on them."""
    made = make_ground(tmp_path)
    profiles = ("analyst", "scientist/fraud", "senior-scientist", "data-lead")
    with made.database.write() as conn:
        links.save(
            conn,
            "hris",
            [
                Link(kind=KIND, key=key, remote_id=f"wid-{key}", identity="", fields={})
                for key in profiles
            ],
        )
    hire(
        made,
        worker("0021", assignments=holding("analyst")),
        worker("0022", assignments=holding("scientist/fraud")),
    )
    yield made
    made.database.close()


def learn(ground: Ground, employee_id: str, competency: str, step: str) -> None:
    """Store evidence of learning, with the fact behind it."""
    with ground.database.write() as conn:
        (person,) = people.with_employee_id(conn, employee_id)
        told = LearningFact(
            type=FactType.COURSE_COMPLETION,
            object_id=f"{competency}-{step}",
            object_name="",
            person_id=f"a-{employee_id}",
            employee_id=employee_id,
            happened_at=NOON,
        )
        facts.add_facts(conn, "lms", [told], tombstones=ground.tombstones, at=NOON)
        stored = facts.waiting_facts(conn, "lms")[-1]
        proof = Evidence(
            fact_id=stored.id,
            person_id=person.id,
            competency=competency,
            step=step,
            basis=Basis.LEARNING,
            achieved_on=date(2026, 3, 1),
            expires_on=None,
            provenance="lms",
        )
        facts.add_evidence(conn, [proof], NOON)


def made_anew(ground: Ground, day: date = TODAY, release: str = "r-1") -> Recomputed:
    """Make readiness anew with the house's framework."""
    return recompute(ground, HOUSE, release, day, ["hris"])


def kept_of(ground: Ground, employee_id: str) -> dict[str, KeptReadiness]:
    """Return what is kept of a worker, by role."""
    with ground.database.read() as conn:
        (person,) = people.with_employee_id(conn, employee_id)
        return {each.role: each for each in readiness.kept(conn, person.id)}


def test_the_present_role_and_the_next_ones_are_kept(ground: Ground) -> None:
    assert made_anew(ground) == Recomputed(people=2, kept=5, is_all=True)
    fraud = kept_of(ground, "0022")
    assert {role: (each.kind, each.focus_area) for role, each in fraud.items()} == {
        "scientist": ("present", "fraud"),
        "senior-scientist": ("next_level", ""),
        "data-lead": ("parity", ""),
    }
    assert fraud["scientist"].states["risk"] == "presumed"
    assert fraud["senior-scientist"].states["modelling"] == "not_evidenced"


def test_nothing_is_kept_of_people_where_it_is_not_switched_on(ground: Ground) -> None:
    made_anew(ground)
    recompute(ground, HOUSE, "r-1", TODAY, ["another"])
    assert kept_of(ground, "0021") == {}
    assert made_anew(ground).kept == 5


def test_nothing_is_made_anew_where_nothing_changed(ground: Ground) -> None:
    made_anew(ground)
    assert made_anew(ground) == Recomputed()


def test_evidence_makes_one_person_anew(ground: Ground) -> None:
    made_anew(ground)
    learn(ground, "0021", "statistics", "apply")
    assert made_anew(ground).people == 1
    assert kept_of(ground, "0021")["scientist"].states["statistics"] == "met"


def test_evidence_that_was_known_changes_nothing(ground: Ground) -> None:
    learn(ground, "0021", "statistics", "apply")
    made_anew(ground)
    ids = _all_ids(ground)
    with ground.database.write() as conn:
        known = [each for person in ids for each in facts.evidence(conn, person)]
        assert facts.add_evidence(conn, known, NOON) == 0
    assert made_anew(ground) == Recomputed()


def test_withdrawn_evidence_counts_no_longer(ground: Ground) -> None:
    learn(ground, "0021", "statistics", "apply")
    made_anew(ground)
    ids = _all_ids(ground)
    with ground.database.write() as conn:
        (stored,) = facts.evidence_rows(conn, ids)
        growth.withdraw_evidence(
            conn, [stored[1]], on=TODAY, reason="copied", by="Mia", at=NOON
        )
    assert made_anew(ground).people == 1
    assert kept_of(ground, "0021")["scientist"].states["statistics"] == "not_evidenced"


def test_contributions_judgements_and_targets_make_a_person_anew(
    ground: Ground,
) -> None:
    made_anew(ground)
    with ground.database.write() as conn:
        (person,) = people.with_employee_id(conn, "0022")
        given = NewContribution(
            person_id=person.id,
            kind="teaching",
            done_on=TODAY,
            words="a course for newcomers",
            recorded_by="Mia",
        )
        first = growth.add_contribution(conn, given, NOON)
    assert made_anew(ground).people == 1
    with ground.database.write() as conn:
        assert growth.withdraw_contribution(conn, first, on=TODAY, by="Mia")
        assert growth.withdraw_contribution(conn, first, on=TODAY, by="Mia") is None
        said = Judgement(
            person_id=person.id,
            competency="modelling",
            is_confirmed=False,
            step="",
            judged_by="Mia",
        )
        growth.judge(conn, said, NOON)
        growth.choose_target(conn, person.id, "risk-adviser", "", NOON)
    assert made_anew(ground).people == 1
    kept = kept_of(ground, "0022")
    assert kept["scientist"].states["modelling"] == "not_evidenced"
    assert kept["risk-adviser"].kind == "chosen"
    with ground.database.write() as conn:
        assert growth.drop_target(conn, person.id, "risk-adviser", "")
    made_anew(ground)
    assert "risk-adviser" not in kept_of(ground, "0022")


def test_another_role_makes_a_person_anew(ground: Ground) -> None:
    made_anew(ground)
    hire(
        ground,
        worker("0021", assignments=holding("analyst")),
        worker("0022", assignments=holding("senior-scientist")),
    )
    assert made_anew(ground).people == 1
    assert kept_of(ground, "0022")["senior-scientist"].kind == "present"


def test_who_left_has_no_readiness_any_more(ground: Ground) -> None:
    made_anew(ground)
    hire(ground, worker("0022", is_active=False))
    assert made_anew(ground).people == 1
    assert kept_of(ground, "0022") == {}


def test_another_release_makes_everybody_anew(ground: Ground) -> None:
    made_anew(ground)
    raised = changed(HOUSE, "Scientist asks for Statistics at Guide")
    assert recompute(ground, raised, "r-2", TODAY, ["hris"]) == Recomputed(
        people=2, kept=5, is_all=True
    )
    assert recompute(ground, HOUSE, "r-1", TODAY, ["hris"]).is_all


def test_a_day_on_which_something_changes_makes_a_person_anew(ground: Ground) -> None:
    hire(ground, worker("0021", assignments=holding("analyst", "2026-01-10")))
    made_anew(ground)
    kept = kept_of(ground, "0021")["scientist"]
    assert kept.changes_on == date(2027, 1, 10)
    assert made_anew(ground, date(2027, 1, 9)) == Recomputed()
    assert made_anew(ground, date(2027, 1, 10)).people == 1


def test_the_time_on_a_level_goes_on_over_a_lateral_move(ground: Ground) -> None:
    made_anew(ground)
    lead = replace(worker("0022"), assignments=holding("data-lead", "2026-05-01"))
    hire(ground, lead)
    made_anew(ground)
    with ground.database.read() as conn:
        (person,) = people.with_employee_id(conn, "0022")
        held = growth.levels_held(conn, [person.id])
    assert held[person.id][1] == date(2024, 1, 10)


def test_an_interrupted_call_is_gone_on_with(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_anew(ground)
    monkeypatch.setattr("connector.talent.recomputing._PAGE", 1)
    with monkeypatch.context() as broken:
        counted = iter([None])

        def once(*_: object) -> None:
            if next(counted, "over") == "over":
                raise KeyboardInterrupt

        broken.setattr(growth, "unmark", once)
        with pytest.raises(KeyboardInterrupt):
            made_anew(ground, release="r-2")
    assert made_anew(ground, release="r-2").people == 2


def _all_ids(ground: Ground) -> list[str]:
    with ground.database.read() as conn:
        return [each.id for each in people.all(conn)]
