"""Every rule of validation, as a change to a sound framework and what is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from framework_changes import (
    TOO_MANY,
    TWICE,
    activity,
    added,
    band,
    changed,
    crossed,
    move,
    role_needs,
    two_grades,
)
from framework_samples import needs, sample, text

from connector.framework import validate
from connector.framework.model import (
    CompetencyDomain,
    Framework,
    GivenStep,
    Indicator,
    MoveKind,
    Origin,
    ProficiencyScale,
    SourceIdentity,
    Step,
    Text,
    Track,
)

RULES: list[tuple[str, Callable[[], Framework], str]] = [
    (
        "named twice",
        lambda: changed("clusters", "deck", roles=("mate", "mate")),
        'names the role "mate" twice in "roles"',
    ),
    (
        "required twice",
        lambda: changed(
            "roles",
            "mate",
            requirements=(
                needs("rigging", "low", origin=Origin.ROLE, of="mate"),
                needs("rigging", "mid", origin=Origin.ROLE, of="mate"),
            ),
        ),
        'names the competency "rigging" twice in "requirements"',
    ),
    ("retired and named", lambda: role_needs("old"), "which is retired"),
    (
        "begins too late",
        lambda: changed("moves", "away", effective_from=None),
        "begins to hold only on 2027-01-01",
    ),
    (
        "begins in no time",
        lambda: replace(
            changed("moves", "away", effective_from=None), effective_from=None
        ),
        "begins to hold only on 2027-01-01",
    ),
    (
        "identity of nothing",
        lambda: replace(
            sample(),
            identities=(
                SourceIdentity(kind="role", key="no", source="s", identity="i"),
            ),
        ),
        'an identity names the role "no", which is not there',
    ),
    (
        "identity twice",
        lambda: replace(
            sample(),
            identities=(
                SourceIdentity(kind="role", key="mate", source="s", identity="i"),
                SourceIdentity(kind="role", key="guest", source="s", identity="i"),
            ),
        ),
        'the identity "i" of s stands twice for kind role',
    ),
    (
        "filed elsewhere",
        lambda: replace(sample(), groups={"other": sample().groups["afloat"]}),
        'group "afloat" is filed under "other"',
    ),
    (
        "no key",
        lambda: changed("groups", "afloat", key="A float"),
        '"A float" is not a key for the group',
    ),
    (
        "key too long",
        lambda: added("domains", CompetencyDomain(key="x" * 49, name=text("X"))),
        "is not a key for the domain",
    ),
    (
        "framework key",
        lambda: replace(sample(), key=""),
        '"" is not a key for the framework',
    ),
    (
        "no name",
        lambda: changed("groups", "afloat", name=Text()),
        'group "afloat" has no name in en',
    ),
    (
        "no name in our language",
        lambda: changed("groups", "afloat", name=Text((("pl", "Port"),))),
        "has no name in en",
    ),
    (
        "two lines of name",
        lambda: changed("groups", "afloat", name=text("a\nb")),
        "is not one trimmed line",
    ),
    (
        "blank after a name",
        lambda: changed("groups", "afloat", name=text("a ")),
        "is not one trimmed line",
    ),
    (
        "negative months",
        lambda: changed("levels", "m-2", minimum_months=-1),
        "has minimum_months -1",
    ),
    (
        "no contributions",
        lambda: changed("levels", "m-2", contributions={"teaching": 0}),
        "has contributions teaching 0",
    ),
    (
        "valid for no time",
        lambda: changed("certifications", "skipper", valid_months=0),
        "has valid_months 0",
    ),
    ("negative hours", lambda: activity(hours=Decimal(-1)), "has hours -1"),
    (
        "activity key twice",
        lambda: changed(
            "pathways",
            "basics",
            activities=(sample().pathways["season"].activities[1],),
        ),
        'the key "aboard" stands for two of kind activity',
    ),
    (
        "no steps",
        lambda: added(
            "scales", ProficiencyScale(key="none", name=text("None"), steps=())
        ),
        'scale "none" has no steps',
    ),
    (
        "step twice",
        lambda: added(
            "scales",
            ProficiencyScale(
                key="two",
                name=text("Two"),
                steps=(Step(key="a", name=text("A")), Step(key="a", name=text("B"))),
            ),
        ),
        'scale "two" has the step "a" twice',
    ),
    (
        "step key",
        lambda: added(
            "scales",
            ProficiencyScale(
                key="two", name=text("Two"), steps=(Step(key="A", name=text("A")),)
            ),
        ),
        '"A" is not a key for the step',
    ),
    (
        "one basis twice",
        lambda: role_needs("knots", bases=TWICE),
        "accepts one basis twice",
    ),
    (
        "more than accepted",
        lambda: role_needs("knots", bases=TOO_MANY),
        "accepts 1 bases and asks for 2",
    ),
    (
        "indicator off the scale",
        lambda: changed(
            "competencies",
            "rigging",
            indicators=(Indicator(step="no", text=text("x")),),
        ),
        'an indicator of competency "rigging" names the step "no"',
    ),
    (
        "indicator without scale",
        lambda: changed(
            "competencies", "knots", indicators=(Indicator(step="low", text=text("x")),)
        ),
        'competency "knots" has no scale',
    ),
    (
        "step off the scale",
        lambda: role_needs("rigging", "no"),
        'role "mate" names the step "no" of competency "rigging", which is not on',
    ),
    (
        "given step off the scale",
        lambda: activity(gives=(GivenStep(competency="rigging", step="no"),)),
        'activity "course" names the step "no"',
    ),
    (
        "domains in a circle",
        lambda: changed("domains", "craft", parent="boats"),
        'a circle of domains: "boats" lies in "craft" lies in "boats"',
    ),
    (
        "domain in itself",
        lambda: changed("domains", "craft", parent="craft"),
        'a circle of domains: "craft" lies in "craft"',
    ),
    (
        "levels in a circle",
        lambda: changed("levels", "m-1", above=("m-2",)),
        'a circle of levels: "m-1" is above "m-2" is above "m-1"',
    ),
    (
        "prerequisites in a circle",
        lambda: changed("pathways", "basics", prerequisites=("season",)),
        'a circle of pathways: "basics" needs "season" needs "basics"',
    ),
    (
        "above the other track",
        lambda: changed("levels", "m-2", above=("m-1", "ic-1")),
        'is above "ic-1", which is on the track individual_contributor',
    ),
    ("parity upside down", crossed, "parity contradicts the order of levels"),
    (
        "parity unanswered",
        lambda: changed("levels", "m-2", parity="ic-2"),
        'its parity "ic-2" does not name it back',
    ),
    (
        "parity on one track",
        lambda: changed("levels", "m-1", track=Track.INDIVIDUAL_CONTRIBUTOR),
        'its parity "m-1" is on the same track',
    ),
    (
        "parity of other pay",
        lambda: two_grades(maximum=Decimal(60)),
        'without equal pay bands in region "north"',
    ),
    (
        "parity without bands",
        lambda: replace(two_grades(), pay_bands={}),
        'without equal pay bands in region "north"',
    ),
    (
        "parity without regions",
        lambda: replace(two_grades(), pay_bands={}, regions={}),
        'the grades "g2" and "g3" without equal pay bands',
    ),
    (
        "track of no level",
        lambda: changed("roles", "mate", track=Track.INDIVIDUAL_CONTRIBUTOR),
        "is on the track individual_contributor, but its level",
    ),
    (
        "level without track",
        lambda: changed("roles", "mate", track=None),
        'role "mate" is on no track, but its level "m-1" is on manager',
    ),
    (
        "the same role",
        lambda: added("roles", replace(sample().roles["mate"], key="mate2")),
        'roles "mate" and "mate2" have the same family, track, level and name',
    ),
    (
        "move to itself",
        lambda: move("mate", "mate", MoveKind.LATERAL),
        'leads from "mate" to itself',
    ),
    (
        "vertical to another family",
        lambda: move("mate", "master", MoveKind.VERTICAL),
        'called vertical, but it leads from family "sail" to "shore"',
    ),
    (
        "vertical down",
        lambda: move("second", "sailor", MoveKind.VERTICAL),
        'level "ic-1" is not above "ic-2"',
    ),
    (
        "lateral up",
        lambda: move("sailor", "second", MoveKind.LATERAL),
        'levels "ic-1" and "ic-2" are not equal',
    ),
    (
        "diagonal at par",
        lambda: move("second", "mate", MoveKind.DIAGONAL),
        'levels "ic-2" and "m-1" are equal',
    ),
    (
        "diagonal in place",
        lambda: move("sailor", "second", MoveKind.DIAGONAL),
        "it keeps both family and track",
    ),
    (
        "no currency",
        lambda: changed("regions", "north", currency="Euro"),
        'has the currency "Euro"',
    ),
    (
        "no country",
        lambda: changed("regions", "north", countries=("Germany",)),
        'has the country "Germany"',
    ),
    (
        "band in another currency",
        lambda: band(currency="USD"),
        'is in USD, its region "north" in EUR',
    ),
    (
        "two bands",
        lambda: added(
            "pay_bands", replace(sample().pay_bands["g1-north"], key="again")
        ),
        'are both for grade "g1" in region "north"',
    ),
    (
        "band out of order",
        lambda: band(maximum=Decimal(1)),
        'pay band "g1-north" is out',
    ),
    ("band below zero", lambda: band(minimum=Decimal(-1)), "is out of order"),
    ("negative bonus", lambda: band(bonus_target=Decimal(-1)), "negative bonus"),
]


@pytest.mark.parametrize(
    ("make", "words"), [pytest.param(*case[1:], id=case[0]) for case in RULES]
)
def test_each_rule_is_told(make: Callable[[], Framework], words: str) -> None:
    problems = validate(make())
    told = [problem for problem in problems if words in problem.message]
    assert told, [problem.message for problem in problems]
    assert all(problem.hint for problem in told)
