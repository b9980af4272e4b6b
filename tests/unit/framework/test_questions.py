"""What can be asked of a framework: counts, differences, bases, requirements."""

from __future__ import annotations

from dataclasses import replace

import pytest
from framework_samples import needs, sample, text

from connector.framework import Difference, accepted_bases, diff_frameworks, stats
from connector.framework.model import (
    EMPTY,
    AcceptedBases,
    Basis,
    Competency,
    Framework,
    GivenStep,
    Importance,
    LearningActivity,
    Origin,
    Pathway,
    ProficiencyScale,
    Requirement,
    Role,
    Step,
    Text,
)

OWN = AcceptedBases(bases=(Basis.CONTRIBUTION,))


def test_counts_name_everything_there_is() -> None:
    assert stats(sample()) == {
        "job_family_groups": 1,
        "job_families": 2,
        "roles": 5,
        "roles_without_track": 1,
        "roles_without_level": 1,
        "focus_areas": 1,
        "levels": 4,
        "scales": 1,
        "scale_steps": 4,
        "competency_domains": 2,
        "competencies": 3,
        "indicators": 3,
        "links": 3,
        "requirements": 2,
        "requirements_without_step": 4,
        "certifications": 1,
        "pathways": 2,
        "activities": 2,
        "moves": 4,
        "clusters": 1,
        "carry_over": 1,
        "regions": 1,
        "pay_bands": 3,
        "identities": 1,
    }


def test_nothing_differs_from_itself() -> None:
    assert diff_frameworks(sample(), sample()) == ()


def test_differences_name_kind_key_and_fields() -> None:
    before = sample()
    sailor = before.roles["sailor"]
    area = replace(sailor.focus_areas[0], name=text("Regatta"))
    after = replace(
        before,
        name=text("Haven"),
        groups={},
        roles={
            **before.roles,
            "sailor": replace(sailor, level="ic-2", focus_areas=(area,)),
            "mate": replace(before.roles["mate"], place="elsewhere:1"),
            "new": replace(sailor, key="new", focus_areas=()),
        },
    )
    assert diff_frameworks(before, after) == (
        Difference(kind="focus area", key="racing", what="changed", fields=("name",)),
        Difference(kind="framework", key="harbour", what="changed", fields=("name",)),
        Difference(kind="group", key="afloat", what="removed"),
        Difference(kind="role", key="new", what="added"),
        Difference(kind="role", key="sailor", what="changed", fields=("level",)),
    )


@pytest.mark.parametrize(
    ("step", "own", "bases"),
    [
        ("low", None, {"learning", "certification", "attestation", "rating"}),
        ("mid", None, {"learning", "certification", "attestation", "rating"}),
        ("high", None, {"attestation", "rating"}),
        ("top", None, {"rating", "contribution"}),
        ("low", OWN, {"contribution"}),
        (None, None, {"learning", "certification", "attestation", "rating"}),
    ],
)
def test_bases_are_the_requirements_the_steps_or_the_default(
    step: str | None, own: AcceptedBases | None, bases: set[str]
) -> None:
    needed = Requirement(competency="rigging", step=step, bases=own)
    assert set(accepted_bases(sample(), needed).bases) == bases


def test_bases_without_a_scale_are_those_of_the_lower_half() -> None:
    needed = Requirement(competency="knots")
    assert Basis.LEARNING in accepted_bases(sample(), needed).bases


def test_bases_of_a_foreign_step_are_refused() -> None:
    with pytest.raises(KeyError):
        accepted_bases(sample(), Requirement(competency="rigging", step="none"))


def test_requirements_of_a_role_are_joined_with_their_origin() -> None:
    found = {one.competency: one for one in sample().requirements_of("second")}
    assert found["rigging"].origin is Origin.LEVEL
    assert found["knots"].origin is Origin.FAMILY


def test_the_highest_step_and_the_required_one_hold() -> None:
    base = sample()
    second = replace(
        base.roles["second"],
        requirements=(
            needs("rigging", "high", origin=Origin.ROLE, of="second"),
            needs(
                "knots",
                origin=Origin.ROLE,
                of="second",
                importance=Importance.OPTIONAL,
            ),
        ),
    )
    framework = replace(base, roles={**base.roles, "second": second})
    found = {one.competency: one for one in framework.requirements_of("second")}
    assert (found["rigging"].step, found["rigging"].origin) == ("high", Origin.ROLE)
    assert found["knots"].importance is Importance.REQUIRED


def test_a_focus_area_adds_its_own() -> None:
    base = sample()
    area = replace(
        base.roles["sailor"].focus_areas[0],
        requirements=(needs("rigging", "top", origin=Origin.FOCUS_AREA, of="racing"),),
    )
    sailor = replace(base.roles["sailor"], focus_areas=(area,))
    framework = replace(base, roles={**base.roles, "sailor": sailor})
    plain = {one.competency: one.step for one in framework.requirements_of("sailor")}
    racing = framework.requirements_of("sailor", "racing")
    assert plain["rigging"] == "low"
    assert {one.competency: one.step for one in racing}["rigging"] == "top"


def test_a_role_of_an_unknown_family_has_its_own_requirements() -> None:
    framework = replace(sample(), families={})
    assert len(framework.requirements_of("sailor")) == 2


def test_texts_answer_in_a_language_or_in_our_own() -> None:
    name = text("Harbour", pl="Port")
    assert (name.in_language("pl"), name.in_language("de")) == ("Port", "Harbour")
    assert (str(EMPTY), bool(EMPTY), bool(Text((("en", ""),)))) == ("", False, False)


def _ending_in(*certifications: str) -> Framework:
    """Return a role that needs a step, and activities that give it and end in these."""
    activities = tuple(
        LearningActivity(
            key=f"a-{key}",
            name=text(key),
            gives=(GivenStep(competency="knots", step="high"),),
            certification=key,
        )
        for key in certifications
    )
    other = LearningActivity(
        key="other",
        name=text("Other"),
        gives=(GivenStep(competency="knots", step="low"),),
        certification="elementary",
    )
    pathway = Pathway(key="p", name=text("P"), activities=(*activities, other))
    role = Role(
        key="sailor",
        name=text("Sailor"),
        family="f",
        requirements=(Requirement(competency="knots", step="high"),),
    )
    scale = ProficiencyScale(
        key="s",
        name=text("S"),
        steps=(Step(key="low", name=text("Low")), Step(key="high", name=text("High"))),
    )
    return Framework(
        key="f",
        name=text("F"),
        scales={"s": scale},
        competencies={"knots": Competency(key="knots", name=text("K"), scale="s")},
        roles={"sailor": role},
        pathways={"p": pathway},
    )


@pytest.mark.parametrize(
    ("certifications", "expected"),
    [
        ((), {}),
        (("skipper",), {"skipper": True}),
        (("skipper", "bosun"), {"bosun": False, "skipper": False}),
    ],
)
def test_a_role_asks_for_what_certifies_the_very_step(
    certifications: tuple[str, ...], expected: dict[str, bool]
) -> None:
    assert _ending_in(*certifications).certifications_of("sailor") == expected
