"""The example organisation is whole, shows every idea and can play its stories."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from connector.framework.ladder import Ladder
from connector.framework.loading import load_framework
from connector.framework.model import (
    Basis,
    Element,
    Framework,
    Importance,
    MoveKind,
    Requirement,
    Role,
    Text,
    Track,
)
from connector.framework.warnings import warnings
from connector.runtime.example import ExamplePeople, load_people

_EXAMPLE = Path(__file__).parents[2] / "examples" / "quillmere"

AUDITOR, ENGINEER, SCIENTIST, MANAGER = "0021033", "0021005", "0021022", "0021021"


@cache
def _framework() -> Framework:
    return load_framework(_EXAMPLE / "framework")


@cache
def _people() -> ExamplePeople:
    return load_people(_EXAMPLE / "people.yaml")


def _role_of(employee_id: str) -> Role:
    (role,) = (one.role for one in _people().people if one.employee_id == employee_id)
    return _framework().roles[role]


def _courses_of(employee_id: str) -> set[str]:
    return {
        one.course for one in _people().completions if one.employee_id == employee_id
    }


def _raised(
    held: tuple[Requirement, ...], wanted: tuple[Requirement, ...]
) -> dict[str, str]:
    """Return competency and step of what is required and goes beyond what was held."""
    framework = _framework()
    known = {one.competency: one.step for one in held}
    raised = {}
    for one in wanted:
        scale = framework.scale_of(one.competency)
        assert scale is not None
        assert one.step is not None
        before = known.get(one.competency)
        rank = scale.rank(before) if before else 0
        if one.importance is Importance.REQUIRED and rank < scale.rank(one.step):
            raised[one.competency] = one.step
    return raised


def _given_on(move: str, *, by_courses: bool = False) -> set[tuple[str, str]]:
    framework = _framework()
    return {
        (given.competency, given.step)
        for pathway in framework.moves[move].pathways
        for activity in framework.pathways[pathway].activities
        if activity.course or not by_courses
        for given in activity.gives
    }


def test_it_is_valid_and_nothing_in_it_is_questionable() -> None:
    assert warnings(_framework()) == ()


@pytest.mark.parametrize(
    ("attribute", "least"),
    [
        ("scales", 2),
        ("competencies", 30),
        ("groups", 3),
        ("families", 4),
        ("roles", 24),
        ("pathways", 12),
        ("moves", 15),
        ("regions", 3),
        ("clusters", 1),
        ("certifications", 1),
    ],
)
def test_it_is_as_rich_as_promised(attribute: str, least: int) -> None:
    assert len(getattr(_framework(), attribute)) >= least


def test_every_competency_has_two_indicators_at_every_step() -> None:
    framework = _framework()
    thin = [
        (competency.key, step.key)
        for competency in framework.competencies.values()
        for step in framework.scales[competency.scale or ""].steps
        if sum(one.step == step.key for one in competency.indicators) < 2
    ]
    assert thin == []


def test_each_track_has_six_levels_in_order_with_a_fork_and_parity() -> None:
    framework = _framework()
    ladder = Ladder(framework.levels)
    for track in Track:
        levels = [one for one in framework.levels.values() if one.track is track]
        assert len(levels) >= 6
    assert ladder.are_equal("ic5", "m5")
    assert framework.levels["ic5"].grade == framework.levels["m5"].grade
    assert not ladder.is_above("m6", "m6p")
    assert not ladder.is_above("m6p", "m6")
    assert ladder.is_above("m7", "m6p")


def test_every_grade_is_paid_in_every_region() -> None:
    framework = _framework()
    bands = {(one.grade, one.region) for one in framework.pay_bands.values()}
    assert bands == {
        (level.grade, region)
        for level in framework.levels.values()
        for region in framework.regions
    }
    currencies = {one.currency for one in framework.pay_bands.values()}
    assert currencies == {"PLN", "EUR", "SGD"}
    for one in framework.pay_bands.values():
        assert one.bonus_target is not None
        assert one.equity is not None


def test_every_idea_of_the_model_is_used() -> None:
    framework = _framework()
    everything = [
        requirement
        for role in framework.roles.values()
        for requirement in (
            *framework.requirements_of(role.key),
            *chain.from_iterable(area.requirements for area in role.focus_areas),
        )
    ]
    assert {one.importance for one in everything} == set(Importance)
    assert {str(one.origin) for one in everything} == {
        "level",
        "family",
        "role",
        "focus_area",
    }
    assert any(one.bases for one in everything)
    assert {one.kind for one in framework.moves.values()} == set(MoveKind)
    assert any(role.is_retired for role in framework.roles.values())
    assert any(role.effective_from for role in framework.roles.values())
    assert any(role.responsibilities for role in framework.roles.values())
    assert any(one.contributions for one in framework.levels.values())
    assert any(one.related and one.also_in for one in framework.competencies.values())
    assert any(one.parent for one in framework.domains.values())
    for pathway in framework.pathways.values():
        assert {one.is_formal for one in pathway.activities} == {True, False}


def test_some_names_are_polish_as_well() -> None:
    framework = _framework()
    for kind in ("scales", "levels", "families", "roles", "pathways", "competencies"):
        elements: list[Element] = list(getattr(framework, kind).values())
        assert any(one.name.in_language("pl") != str(one.name) for one in elements)


def test_keys_and_names_fit_every_target() -> None:
    framework = _framework()
    elements: list[Element] = [
        *framework.competencies.values(),
        *framework.roles.values(),
        *framework.pathways.values(),
        *framework.families.values(),
        *(activity for _, activity in framework.activities()),
        *chain.from_iterable(role.focus_areas for role in framework.roles.values()),
    ]
    assert [one.key for one in elements if len(one.key) > 40] == []
    assert [one.key for one in elements if len(str(one.name)) > 90] == []


def test_families_and_groups_never_share_a_name() -> None:
    framework = _framework()
    families = {str(one.name) for one in framework.families.values()}
    assert families.isdisjoint(str(one.name) for one in framework.groups.values())


def test_one_pathway_trains_managers_to_use_behavioural_indicators() -> None:
    pathway = _framework().pathways["observe-behaviour"]
    assert "track/manager" in pathway.audience
    assert "indicators" in str(pathway.description)


def test_every_course_of_an_activity_is_in_the_lms() -> None:
    courses = {one.course for _, one in _framework().activities() if one.course}
    assert courses <= set(_people().courses)


def test_forty_people_hold_roles_in_use_and_their_focus_areas() -> None:
    framework, example = _framework(), _people()
    assert len(example.people) >= 40
    for person in example.people:
        role = framework.roles[person.role]
        assert not role.is_retired
        area = example.focus_areas.get(person.employee_id)
        assert area is None or area in {one.key for one in role.focus_areas}
        assert example.regions[person.employee_id] in framework.regions


def test_nobody_reports_to_somebody_on_a_lower_level() -> None:
    framework = _framework()
    ladder = Ladder(framework.levels)
    roles = {one.employee_id: one.role for one in _people().people}
    for person in _people().people:
        if person.manager_id:
            manager = framework.roles[roles[person.manager_id]]
            own = framework.roles[person.role]
            assert manager.track is Track.MANAGER
            assert not ladder.is_above(own.level or "", manager.level or "")


def test_people_have_leading_zeros_many_scripts_and_addresses_that_reach_nobody() -> (
    None
):
    people = _people().people
    assert all(one.employee_id.startswith("0") for one in people)
    assert all(one.email.endswith("@example.com") for one in people)
    scripts = {
        unicodedata.name(letter).split()[0]
        for one in people
        for letter in one.given_name
        if letter.isalpha()
    }
    assert scripts >= {"LATIN", "CYRILLIC", "CJK", "GREEK", "ARABIC", "TAMIL", "HANGUL"}


def test_histories_differ_from_nothing_to_a_course_taken_twice() -> None:
    example = _people()
    taken = [(one.employee_id, one.course) for one in example.completions]
    assert len(set(taken)) < len(taken)
    assert {one.employee_id for one in example.people} - {who for who, _ in taken}
    hired = {one.employee_id: one.hired_on for one in example.people}
    for one in example.completions:
        since = hired[one.employee_id]
        assert since is not None
        assert since < one.completed_at.date()
        assert one.completed_at < datetime(2026, 11, 1, tzinfo=UTC)
    assert len(example.mentors) >= 10


def test_story_of_the_auditor_who_lacks_one_certificate_for_risk_management() -> None:
    framework = _framework()
    move = framework.moves["auditor-to-risk-manager"]
    held, wanted = framework.roles[move.from_role], framework.roles[move.to_role]
    assert move.kind is MoveKind.LATERAL
    assert held == _role_of(AUDITOR)
    assert held.level == wanted.level

    raised = _raised(
        framework.requirements_of(held.key), framework.requirements_of(wanted.key)
    )
    assert set(raised.items()) <= _given_on(move.key, by_courses=True)
    needed = {
        activity.course
        for pathway in move.pathways
        for activity in framework.pathways[pathway].activities
        if activity.course
    }
    assert needed - _courses_of(AUDITOR) == {"RISK-EXAM"}
    (exam,) = (one for _, one in framework.activities() if one.course == "RISK-EXAM")
    assert (exam.certification,) == move.certifications
    (certified,) = (
        one for one in wanted.requirements if one.competency.startswith("certified")
    )
    assert certified.bases is not None
    assert certified.bases.bases == (Basis.CERTIFICATION,)


@pytest.mark.parametrize(
    "move", ["senior-scientist-to-manager", "manager-to-senior-scientist"]
)
def test_story_of_the_expert_and_the_manager_at_par(move: str) -> None:
    framework = _framework()
    step = framework.moves[move]
    held, wanted = framework.roles[step.from_role], framework.roles[step.to_role]
    assert {held.key, wanted.key} == {_role_of(SCIENTIST).key, _role_of(MANAGER).key}
    assert {held.level, wanted.level} == {"ic5", "m5"}
    assert step.kind is MoveKind.LATERAL
    raised = _raised(
        framework.requirements_of(held.key), framework.requirements_of(wanted.key)
    )
    assert raised
    assert set(raised.items()) <= _given_on(move)


def test_story_of_the_engineer_who_keeps_the_title_and_gains_a_level() -> None:
    framework = _framework()
    move = framework.moves["senior-engineer-next-level"]
    held, wanted = framework.roles[move.from_role], framework.roles[move.to_role]
    area = _people().focus_areas[ENGINEER]
    assert held == _role_of(ENGINEER)
    assert held.attributes["title"] == wanted.attributes["title"]
    assert framework.levels["ic4"].grade != framework.levels["ic5"].grade
    assert framework.levels["ic5"].contributions["teaching"] > 0

    raised = _raised(
        framework.requirements_of(held.key, area),
        framework.requirements_of(wanted.key, area.replace("ic4", "ic5")),
    )
    assert "cloud-architecture" in raised
    assert set(raised.items()) <= _given_on(move.key)
    cloud = framework.pathways["strategic-cloud"].activities
    required = {
        one.course
        for one in cloud
        if one.course and one.importance is Importance.REQUIRED
    }
    assert required - _courses_of(ENGINEER) == {"CLOUD-320"}
    assert any(one.type == "teaching" for one in cloud)


def test_every_text_says_something() -> None:
    framework = _framework()
    texts: list[Text] = [
        *(one.description for one in framework.competencies.values()),
        *(one.description for one in framework.roles.values()),
        *(one.description for one in framework.pathways.values()),
        *(one.description for one in framework.moves.values()),
    ]
    assert all(len(str(text).split()) >= 4 for text in texts)
