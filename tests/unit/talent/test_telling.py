"""What people tell by hand counts once, is never about themselves, and names who."""

from __future__ import annotations

import pytest
from evidence_house import (
    ADA,
    BOSS,
    PEER,
    WHOLE,
    attested,
    by_hand_facts,
    crew,
    held,
    house,
    later,
    told,
)
from talent_bench import NOON, day

from connector.framework.model import Basis
from connector.kit.errors import ConfigError, FrameworkError
from connector.store import audit, facts
from connector.talent.directory import Directory
from connector.talent.ground import Ground
from connector.talent.preparing import prepare
from connector.talent.telling import mutual, tell, vouchers
from connector.talent.words_file import read_words


def test_an_attestation_names_the_attesting_person_by_our_id(ground: Ground) -> None:
    ids = crew(ground)
    found = attested(ground, link="https://example.com/1")
    assert (found.facts, found.evidence) == (1, 1)
    assert held(ground).evidence == [("knots", "high", "attestation", "2026-02-01")]
    (fact,) = by_hand_facts(ground)
    assert fact.detail["by"] == ids[BOSS]
    assert fact.detail["line"] == "manager"
    assert (fact.detail["note"], fact.detail["link"]) == (
        "Saw it.",
        "https://example.com/1",
    )
    with ground.database.read() as conn:
        assert vouchers(conn, [ids[ADA]]) == {ids[ADA]: frozenset({ids[BOSS]})}
        assert [each.action for each in audit.entries(conn)] == ["tell"]
    # It stays here: no achievement for the worker's record.
    assert prepare(ground, "hris", WHOLE) == 0


def test_a_colleague_attests_and_is_told_apart_from_a_manager(ground: Ground) -> None:
    crew(ground)
    attested(ground, "peer@example.com")
    (fact,) = by_hand_facts(ground)
    assert fact.detail["line"] == "colleague"


def test_telling_again_counts_nothing_twice(ground: Ground) -> None:
    crew(ground)
    attested(ground)
    again = attested(ground)
    assert (again.facts, again.evidence) == (0, 0)
    # Another person's word of the same day is a fact of its own.
    assert attested(ground, "peer").facts == 1


@pytest.mark.parametrize(
    "actor", ["0021", "ada", "ADA@example.com", "Ada Example", "ada example"]
)
@pytest.mark.parametrize(
    ("form", "cells"),
    [
        ("attestations", {"competency": "knots", "step": "high", "note": "n"}),
        ("ratings", {"competency": "knots", "step": "high"}),
        ("contributions", {"kind": "teaching", "words": "A talk"}),
        ("certificates", {"certification": "skipper"}),
        ("plans", {"plan": "First Season"}),
    ],
)
def test_nobody_tells_anything_about_themselves(
    ground: Ground, actor: str, form: str, cells: dict[str, str]
) -> None:
    crew(ground)
    with pytest.raises(ConfigError, match="nobody tells anything about themselves"):
        told(ground, form, actor, **cells)
    # Nor by bringing a file in which somebody else is named.
    with pytest.raises(ConfigError, match="nobody tells anything about themselves"):
        told(ground, form, actor, **cells, by="boss")
    assert by_hand_facts(ground) == []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"step": "top"}, "the framework has no step “top” of “knots”"),
        ({"competency": "flags"}, "the framework has no step “high” of “flags”"),
        ({"person": "9999"}, "no people are known by the id “9999”"),
        ({"on": "2026-03-02"}, "“2026-03-02” is in the future"),
        ({"on": "1.2.2026"}, "“1.2.2026” is no date"),
        ({"note": " "}, "note: is empty"),
        ({"by": "nobody"}, "“nobody” names no people"),
    ],
)
def test_what_cannot_be_is_refused_with_its_column(
    ground: Ground, cells: dict[str, str], said: str
) -> None:
    crew(ground)
    with pytest.raises(ConfigError) as caught:
        attested(ground, **cells)
    assert said in caught.value.message
    assert caught.value.hint


def test_people_outside_the_connections_that_evidence_is_on_for_are_nobody(
    ground: Ground,
) -> None:
    crew(ground)
    assert house(ground).directory.named(ADA)
    with ground.database.read() as conn:
        others = Directory(conn, ["other"])
    with pytest.raises(LookupError, match="no connection that evidence is switched on"):
        others.named(ADA)


def test_mutual_attestations_are_flagged(ground: Ground) -> None:
    ids = crew(ground)
    attested(ground, "peer")
    with ground.database.read() as conn:
        assert mutual(conn, ids[ADA]) == frozenset()
    told(
        ground,
        "ratings",
        "ada",
        person=PEER,
        competency="sails",
        step="low",
    )
    with ground.database.read() as conn:
        assert mutual(conn, ids[ADA]) == {ids[PEER]}
        assert mutual(conn, ids[PEER]) == {ids[ADA]}
        assert mutual(conn, ids[BOSS]) == frozenset()


def test_a_contribution_counts_and_an_activity_gives_its_steps(ground: Ground) -> None:
    crew(ground)
    first = told(ground, "contributions", kind="teaching", words="Knots for all")
    assert (first.facts, first.contributions, first.evidence) == (1, 1, 0)
    second = told(
        ground,
        "contributions",
        kind="teaching",
        words="Knots, part two",
        activity="lecture",
    )
    assert (second.contributions, second.evidence) == (1, 1)
    assert held(ground).contributions == [("teaching", "2026-02-01")] * 2
    assert held(ground).evidence == [("knots", "high", "contribution", "2026-02-01")]
    assert prepare(ground, "hris", WHOLE) == 0


def test_a_contribution_that_no_level_asks_for_is_kept_and_named(
    ground: Ground,
) -> None:
    crew(ground)
    found = told(ground, "contributions", kind="thought_leadership", words="An essay")
    assert found.contributions == 1
    (note,) = [each for each in found.notes if "levels" in each]
    assert "levels > contributions: {thought_leadership: 1}" in note


def test_a_certificate_ends_on_its_own_day_else_by_the_certification(
    ground: Ground,
) -> None:
    crew(ground)
    told(ground, "certificates", certification="skipper", on="2024-02-29")
    told(ground, "certificates", certification="Day Skipper", expires="2026-12-31")
    told(ground, "certificates", certification="diver")
    with ground.database.read() as conn:
        found = {
            (each.competency, each.achieved_on): (each.basis, each.expires_on)
            for each in facts.evidence(conn)
        }
    assert found == {
        ("sails", day("2024-02-29")): (Basis.CERTIFICATION, day("2026-02-28")),
        ("sails", day("2026-02-01")): (Basis.CERTIFICATION, day("2026-12-31")),
        ("knots", day("2026-02-01")): (Basis.CERTIFICATION, None),
    }


def test_a_finished_plan_and_a_rating_by_a_person_are_evidence(ground: Ground) -> None:
    crew(ground)
    told(ground, "plans", plan="first season")
    told(ground, "ratings", competency="sails", step="high")
    assert held(ground).evidence == [
        ("knots", "low", "learning", "2026-02-01"),
        ("sails", "high", "rating", "2026-02-01"),
    ]


def test_what_matches_nothing_is_kept_with_the_line_that_would_match(
    ground: Ground,
) -> None:
    crew(ground)
    found = told(ground, "certificates", certification="Lifeguard")
    assert (found.facts, found.evidence) == (1, 0)
    assert any("certifications: name: Lifeguard" in note for note in found.notes)
    plan = told(ground, "plans", plan="Night season")
    assert any("plan: Night season" in note for note in plan.notes)


FILES = {
    "attestations": "person,competency,step,on,by,note\n"
    "0021,knots,high,2026-02-01,0001,Saw it\n0022,sails,low,2026-02-02,0001,Too\n",
    "ratings": "person;competency;step;on;by\n0021;knots;high;2026-02-01;boss\n",
    "contributions": "person,kind,on,words\n0021,teaching,2026-02-01,A talk\n",
    "certificates": "person,certification,on,expires\n0021,diver,2026-02-01,\n",
    "plans": "Person,Plan,On\n0021,First Season,2026-02-01\n",
}


@pytest.mark.parametrize("form", FILES)
def test_a_file_read_again_counts_nothing_twice(ground: Ground, form: str) -> None:
    crew(ground)
    for _ in range(2):
        words = read_words(FILES[form].encode(), "f.csv", form, house(ground))
        found = tell(ground, WHOLE, words, "boss")
    assert (found.facts, found.evidence, found.contributions) == (0, 0, 0)
    assert len(by_hand_facts(ground)) == FILES[form].count("\n") - 1


def problems(ground: Ground, form: str, content: bytes) -> list[tuple[str, str]]:
    with pytest.raises(FrameworkError) as caught:
        read_words(content, "f.csv", form, house(ground))
    assert all(each.hint for each in caught.value.problems)
    return [(each.place, each.message) for each in caught.value.problems]


def test_every_problem_of_a_file_is_told_with_line_and_column(ground: Ground) -> None:
    crew(ground)
    content = (
        "person,competency,step,on,by,note\n"
        "0021,knots,high,2026-02-01,0001,fine\n"
        "9999,knots,top,2026-13-01,0001,\n"
        '0022,sails,low,2026-02-01,0022,"two\nlines"\n'
        "0021,knots\n"
    )
    assert problems(ground, "attestations", content.encode()) == [
        ("f.csv:3", "column person: no people are known by the id “9999”"),
        ("f.csv:3", "column on: “2026-13-01” is no date"),
        ("f.csv:3", "column step: the framework has no step “top” of “knots”"),
        ("f.csv:3", "column note: is empty"),
        ("f.csv:4", "column by: nobody tells anything about themselves"),
        ("f.csv:6", "the row has 2 cells, not 6"),
    ]
    assert by_hand_facts(ground) == []


@pytest.mark.parametrize(
    ("content", "told_problems"),
    [
        (
            b"person,plan,plan,colour\n0021,a,b,c\n",
            [
                ("f.csv:1", "column plan: it stands twice"),
                ("f.csv:1", "column colour: it is not known"),
                ("f.csv:1", "column on: it is missing"),
            ],
        ),
        (b"person,plan,on\n\xff,a,b\n", [("f.csv:2", "it is no UTF-8")]),
        (b'person,plan,on\n"0021,a,b\n', None),
    ],
)
def test_a_file_of_another_form_is_refused(
    ground: Ground, content: bytes, told_problems: list[tuple[str, str]] | None
) -> None:
    crew(ground)
    found = problems(ground, "plans", content)
    assert told_problems is None or found == told_problems


def test_a_certificate_in_the_file_that_was_revoked_is_taken_back(
    ground: Ground,
) -> None:
    crew(ground)
    for number in range(1, 5):
        told(ground, "certificates", certification="diver", on=f"2026-01-0{number}")
    rows = "person,certification,on,revoked\n0021,skipper,2026-01-01,2026-02-01\n"
    words = read_words(rows.encode(), "f.csv", "certificates", house(ground))
    assert tell(ground, WHOLE, words, "boss").withdrawn == 1
    assert {each[0] for each in held(ground).evidence} == {"knots"}
    assert tell(ground, WHOLE, words, "boss").withdrawn == 0


def test_what_is_known_of_an_erased_person_goes(ground: Ground) -> None:
    ids = crew(ground)
    attested(ground)
    told(ground, "certificates", certification="skipper", revoked="2026-02-02")
    with ground.database.write() as conn:
        ground.tombstones.erase(conn, ids[ADA], NOON)
        assert facts.evidence(conn) == []
    assert by_hand_facts(ground) == []
    with pytest.raises(ConfigError, match="no people are known"):
        attested(later(ground, NOON))
