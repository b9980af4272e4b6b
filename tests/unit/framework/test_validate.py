"""Every rule of validation, as a change to a sound framework and what is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from framework_samples import by_key, needs, sample, text

from connector.framework import validate
from connector.framework.ladder import Ladder, cycles
from connector.framework.model import (
    AcceptedBases,
    Basis,
    CompetencyDomain,
    Framework,
    GivenStep,
    Indicator,
    Move,
    MoveKind,
    Origin,
    Pathway,
    ProficiencyScale,
    SourceIdentity,
    Step,
    Text,
    Track,
)


def changed(attribute: str, key: str, /, **fields: Any) -> Framework:
    """Return the sample with some fields of one element changed, and its place set."""
    framework = sample()
    elements = getattr(framework, attribute)
    element = replace(elements[key], place=f"{attribute}.yaml:7", **fields)
    return replace(framework, **{attribute: {**elements, key: element}})


def added(attribute: str, *elements: Any) -> Framework:
    """Return the sample with more elements."""
    framework = sample()
    known = getattr(framework, attribute)
    return replace(framework, **{attribute: {**known, **by_key(*elements)}})


def role_needs(competency: str, step: str | None = None, **more: Any) -> Framework:
    needed = needs(competency, step, origin=Origin.ROLE, of="mate", **more)
    return changed("roles", "mate", requirements=(needed,))


def activity(**fields: Any) -> Framework:
    season = sample().pathways["season"]
    first = replace(season.activities[0], **fields)
    return changed("pathways", "season", activities=(first, season.activities[1]))


def move(start: str, end: str, kind: MoveKind) -> Framework:
    return added("moves", Move(key="new", from_role=start, to_role=end, kind=kind))


def band(**fields: Any) -> Framework:
    return changed("pay_bands", "g1-north", **fields)


def two_grades(**fields: Any) -> Framework:
    """Return the sample with the equal level m-1 on grade g3."""
    base = changed("levels", "m-1", grade="g3")
    bands = {
        **base.pay_bands,
        "g3-north": replace(base.pay_bands["g3-north"], **fields),
    }
    return replace(base, pay_bands=bands)


def crossed() -> Framework:
    """Return the sample with an equal pair that stands upside down."""
    base = changed("levels", "ic-1", parity="m-2")
    levels = {
        **base.levels,
        "m-2": replace(base.levels["m-2"], parity="ic-1", grade="g1"),
    }
    return replace(base, levels=levels)


TWICE = AcceptedBases(bases=(Basis.RATING, Basis.RATING))
TOO_MANY = AcceptedBases(bases=(Basis.RATING,), how_many=2)

RULES: list[tuple[str, Callable[[], Framework], str]] = [
    (
        "unknown scale",
        lambda: changed("competencies", "knots", scale="no"),
        'competency "knots" names the scale "no" in "scale", which is not there',
    ),
    (
        "unknown domain",
        lambda: changed("competencies", "knots", domain="no"),
        'names the domain "no" in "domain"',
    ),
    (
        "unknown further domain",
        lambda: changed("competencies", "knots", also_in=("no",)),
        'names the domain "no" in "also_in"',
    ),
    (
        "unknown related",
        lambda: changed("competencies", "knots", related=("no",)),
        'names the competency "no" in "related"',
    ),
    (
        "unknown broader",
        lambda: changed("competencies", "knots", broader=("no",)),
        'names the competency "no" in "broader"',
    ),
    (
        "unknown parent",
        lambda: changed("domains", "boats", parent="no"),
        'names the domain "no" in "parent"',
    ),
    (
        "unknown level below",
        lambda: changed("levels", "m-2", above=("no",)),
        'names the level "no" in "above"',
    ),
    (
        "unknown parity",
        lambda: changed("levels", "m-2", parity="no"),
        'has no partner: its parity "no" is not there',
    ),
    (
        "unknown group",
        lambda: changed("families", "sail", group="no"),
        'names the group "no" in "group"',
    ),
    (
        "unknown family",
        lambda: changed("roles", "guest", family="no"),
        'names the family "no" in "family"',
    ),
    (
        "unknown level",
        lambda: changed("roles", "guest", level="no"),
        'names the level "no" in "level"',
    ),
    (
        "unknown competency",
        lambda: role_needs("no", "low"),
        'role "mate" names the competency "no" in "requirements"',
    ),
    (
        "unknown in a level",
        lambda: changed(
            "levels", "m-2", expects=(needs("no", origin=Origin.LEVEL, of="m-2"),)
        ),
        'names the competency "no" in "expects"',
    ),
    (
        "unknown certification",
        lambda: activity(certification="no"),
        'activity "course" names the certification "no"',
    ),
    (
        "unknown given competency",
        lambda: activity(gives=(GivenStep(competency="no", step="low"),)),
        'activity "course" names the competency "no" in "gives"',
    ),
    (
        "unknown prerequisite",
        lambda: changed("pathways", "season", prerequisites=("no",)),
        'names the pathway "no" in "prerequisites"',
    ),
    (
        "unknown audience",
        lambda: changed("pathways", "season", audience=("role/no",)),
        'names the role "no" in "audience role"',
    ),
    (
        "audience of no kind",
        lambda: changed("pathways", "season", audience=("sailor",)),
        'has the audience "sailor"',
    ),
    (
        "audience without key",
        lambda: changed("pathways", "season", audience=("role/",)),
        'has the audience "role/"',
    ),
    (
        "audience of no track",
        lambda: changed("pathways", "season", audience=("track/x",)),
        'has the audience "track/x"',
    ),
    (
        "unknown start",
        lambda: move("no", "mate", MoveKind.LATERAL),
        'move "new" names the role "no" in "from"',
    ),
    (
        "unknown end",
        lambda: move("mate", "no", MoveKind.LATERAL),
        'move "new" names the role "no" in "to"',
    ),
    (
        "unknown bridge",
        lambda: changed("moves", "up", pathways=("no",)),
        'names the pathway "no" in "pathways"',
    ),
    (
        "unknown clustered",
        lambda: changed("clusters", "deck", roles=("no",)),
        'cluster "deck" names the role "no"',
    ),
    ("unknown region", lambda: band(region="no"), 'names the region "no"'),
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


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(sample, id="the sample"),
        pytest.param(lambda: two_grades(), id="parity by equal bands of two grades"),
        pytest.param(
            lambda: changed("competencies", "old", related=("old",)),
            id="retired names retired",
        ),
        pytest.param(
            lambda: added(
                "roles", replace(sample().roles["mate"], key="was", is_retired=True)
            ),
            id="a retired twin role",
        ),
        pytest.param(
            lambda: added(
                "pay_bands",
                replace(sample().pay_bands["g1-north"], key="was", is_retired=True),
            ),
            id="a retired band",
        ),
        pytest.param(
            lambda: move("guest", "mate", MoveKind.VERTICAL), id="no level, no check"
        ),
        pytest.param(
            lambda: changed("moves", "away", from_role="sailor"), id="a diagonal move"
        ),
        pytest.param(
            lambda: changed(
                "roles",
                "guest",
                is_retired=True,
                requirements=(needs("old", origin=Origin.ROLE, of="guest"),),
            ),
            id="a retired role needs what is retired",
        ),
    ],
)
def test_sound_frameworks_have_no_problem(make: Callable[[], Framework]) -> None:
    assert [str(problem) for problem in validate(make())] == []


def test_what_a_retired_role_holds_is_retired_with_it() -> None:
    area = replace(
        sample().roles["sailor"].focus_areas[0],
        requirements=(needs("old", origin=Origin.FOCUS_AREA, of="racing"),),
    )
    framework = changed("roles", "sailor", focus_areas=(area,))
    assert [one.message for one in validate(framework)] == [
        (
            'focus area "racing" names the competency "old" in "requirements", '
            "which is retired"
        )
    ]


def test_problems_name_the_nearest_place() -> None:
    needed = needs("no", origin=Origin.ROLE, of="mate", place="roles.yaml:12")
    assert {
        one.place for one in validate(changed("roles", "mate", requirements=(needed,)))
    } == {"roles.yaml:12"}
    assert {one.place for one in validate(role_needs("no"))} == {"roles.yaml:7"}


def test_keys_that_could_not_be_read_are_not_unknown() -> None:
    unusable = {"competencies": frozenset({"no"}), "roles": frozenset({"gone"})}
    identity = SourceIdentity(kind="role", key="gone", source="s", identity="i")
    framework = replace(role_needs("no"), identities=(identity,))
    assert validate(framework, unusable) == ()


def test_move_kinds_are_not_judged_while_levels_run_in_a_circle() -> None:
    framework = changed("levels", "m-1", above=("m-2",))
    messages = [one.message for one in validate(framework)]
    assert len(messages) == 1


def test_levels_are_compared_over_both_tracks() -> None:
    ladder = Ladder(sample().levels)
    assert ladder.is_above("m-2", "ic-1")
    assert ladder.are_equal("ic-2", "m-1")
    assert not ladder.is_above("ic-2", "m-1")
    assert not ladder.is_above("ic-1", "m-2")


def test_levels_reached_twice_are_looked_at_once() -> None:
    levels = {**sample().levels}
    levels["m-3"] = replace(levels["m-2"], key="m-3", above=("m-2", "m-1"))
    assert Ladder(levels).is_above("m-3", "ic-1")
    assert not Ladder(levels).is_above("m-3", "m-3")


def test_every_separate_circle_is_told() -> None:
    edges = {"a": ["b"], "b": ["a"], "c": ["d"], "d": ["e"], "e": ["c"], "f": ["a"]}
    assert cycles(edges) == [["a", "b"], ["c", "d", "e"]]
    assert cycles({"a": ["b", "gone"], "b": []}) == []


def test_prerequisites_may_meet_again_without_a_circle() -> None:
    first, second = (
        Pathway(key=key, name=text(key), prerequisites=("basics",)) for key in "ab"
    )
    top = Pathway(key="c", name=text("c"), prerequisites=("a", "b"))
    assert validate(added("pathways", first, second, top)) == ()


def test_a_framework_may_begin_after_its_elements() -> None:
    assert validate(replace(sample(), effective_from=date(2026, 6, 1))) == ()
