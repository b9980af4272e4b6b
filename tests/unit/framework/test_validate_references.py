"""Every name must lead somewhere: to an element that is there and may be used."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from framework_changes import (
    activity,
    band,
    carrying,
    changed,
    move,
    role_needs,
)
from framework_samples import needs

from connector.framework import validate
from connector.framework.model import (
    Framework,
    GivenStep,
    MoveKind,
    Origin,
)

REFERENCES: list[tuple[str, Callable[[], Framework], str]] = [
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
    (
        "carried over to what is unknown",
        lambda: carrying("knots", no={"low": "low"}),
        'carry-over "new" names the competency "no" in "to", which is not there',
    ),
    (
        "carried over to what is retired",
        lambda: carrying("knots", old={"low": "low"}),
        'names the competency "old" in "to", which is retired',
    ),
    (
        "carried over to no step",
        lambda: carrying("gone", rigging={"low": "no"}),
        'names the step "no" of "rigging", which is not there',
    ),
    (
        "carried over from no step",
        lambda: carrying("rigging", knots={"no": "low"}),
        'names the step "no" of "rigging", which is not there',
    ),
    (
        "carried over without steps",
        lambda: carrying("gone", rigging={}),
        'carry-over "new" gives no step of "rigging"',
    ),
    (
        "nothing carried over",
        lambda: carrying("gone"),
        'carry-over "new" carries nothing over',
    ),
    (
        "carried over twice",
        lambda: carrying("seamanship", rigging={"fair": "low"}),
        'carries "seamanship" over to "rigging", as',
    ),
    (
        "carried over in a circle",
        lambda: carrying("rigging", rigging={"low": "mid"}),
        'carry-over "new" leads back to "rigging"',
    ),
    ("unknown region", lambda: band(region="no"), 'names the region "no"'),
]


@pytest.mark.parametrize(
    ("make", "words"), [pytest.param(*case[1:], id=case[0]) for case in REFERENCES]
)
def test_a_name_that_leads_nowhere_is_told(
    make: Callable[[], Framework], words: str
) -> None:
    problems = validate(make())
    told = [problem for problem in problems if words in problem.message]
    assert told, [problem.message for problem in problems]
    assert all(problem.hint for problem in told)
