"""A framework that the site rates on already, adopted as it is, through the engine.

The same story on the sandbox and on the site that MOODLE_URL and MOODLE_TOKEN name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from catalogue_lab import DATA, DESIGN, MAIN, PAIRS, STEPS, CatalogueLab, catalogue_on
from labs import told

from adapters.moodle.scales import configuration
from connector.sync.plan import Choice, FindingKind


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CatalogueLab]:
    with catalogue_on(request.param, tmp_path) as opened:
        _make_theirs(opened)
        yield opened


def _make_theirs(lab: CatalogueLab) -> None:
    """Make a framework of two competencies by hand, and want it with our steps."""
    _, _, scale = lab.where
    framework = {
        "shortname": "Theirs",
        "idnumber": f"Skills-{lab.prefix}",
        "description": "",
        "scaleid": scale,
        "scaleconfiguration": configuration(scale, 2, 2),
        "contextid": 1,
        "taxonomies": "domain,competency,level,level",
    }
    made = lab.call("create_competency_framework", competencyframework=framework)
    for name in ("DESIGN", "Other"):
        node = {"shortname": name, "idnumber": f"K-{name}", "parentid": 0}
        node |= {"competencyframeworkid": made["id"], "description": "<p>Theirs.</p>"}
        lab.call("create_competency", competency=node)
    names = {MAIN: framework["idnumber"], DESIGN: "K-DESIGN"}
    for ref, name in names.items():
        lab.base[ref] = replace(lab.base[ref], identity=str(name))
    lab.want_all()


def test_it_is_adopted_and_stays_as_it_is(lab: CatalogueLab) -> None:
    asked = {(item.type, item.key) for item in lab.plan().open_findings}
    assert asked >= {(FindingKind.ADOPTION, "main"), (FindingKind.ADOPTION, "design")}
    lab.decide(Choice.ADOPT)
    # Their names and texts differ from ours, and are theirs until somebody decides.
    plan = lab.plan()
    differing = {(item.key, item.field) for item in plan.open_findings}
    assert differing == {
        ("main", "shortname"),
        ("design", "shortname"),
        ("design", "description"),
    }
    lab.apply(plan)
    assert lab.plan().changes == ()
    theirs = lab.node(DESIGN)
    assert (theirs["idnumber"], theirs["shortname"]) == ("K-DESIGN", "DESIGN")
    assert lab.node(STEPS[0])["parentid"] == theirs["id"]
    assert lab.related(DATA) == {"DESIGN", "ethics"}
    (framework,) = lab.frameworks()
    assert framework["shortname"] == "Theirs"
    # Neither converted nor hidden nor moved, even where the framework wants it.
    lab.want_all(lab.changed(MAIN, proficient_from=1))
    lab.want_without(DESIGN, *STEPS, PAIRS[0])
    lab.apply()
    assert lab.node(DESIGN)["parentid"] == 0
    (framework,) = lab.frameworks()
    assert framework["scaleconfiguration"] == configuration(lab.where[2], 2, 2)
    assert "retire competency design" in told(lab.plan())
