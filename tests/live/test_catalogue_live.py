"""Relations of competencies and what people were rated on, through the engine.

The same stories on the sandbox and on the site that MOODLE_URL and MOODLE_TOKEN name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from catalogue_lab import (
    DATA,
    DESIGN,
    ETHICS,
    PAIRS,
    STEPS,
    TEMPLATE,
    CatalogueLab,
    catalogue_on,
)
from labs import about, found, rows, told

from connector.sync.plan import Choice, FindingKind


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CatalogueLab]:
    with catalogue_on(request.param, tmp_path) as opened:
        yield opened


def test_related_competencies_show_on_both_sides(lab: CatalogueLab) -> None:
    lab.settle()
    assert lab.related(DATA) == {"design", "ethics"}
    assert lab.related(DESIGN) == lab.related(ETHICS) == {"data"}


def test_a_relation_that_others_made_stays_theirs(lab: CatalogueLab) -> None:
    lab.settle()
    lab.relate(DESIGN, ETHICS)
    lab.assert_settled()
    lab.want_without(*PAIRS)
    assert told(lab.plan()) == [f"retire related {pair.key}" for pair in PAIRS]
    lab.settle()
    assert (lab.related(DATA), lab.related(DESIGN)) == (set(), {"ethics"})


def test_a_relation_removed_by_hand_is_drift(lab: CatalogueLab) -> None:
    lab.settle()
    lab.unrelate(DATA, DESIGN)
    assert found(lab.plan()) == [about(FindingKind.DRIFT, PAIRS[0])]
    lab.decide(Choice.RESTORE)
    lab.settle()
    assert lab.related(DESIGN) == {"data"}


def test_a_relation_that_is_there_already_is_taken_over(lab: CatalogueLab) -> None:
    everything = lab.engine.wanted
    lab.want_without(*PAIRS)
    lab.settle()
    lab.relate(DESIGN, DATA)
    lab.engine.wanted = everything
    assert found(lab.plan()) == [about(FindingKind.ADOPTION, PAIRS[0])]
    lab.decide(Choice.ADOPT)
    lab.settle()
    assert lab.related(DATA) == {"design", "ethics"}


def test_a_relation_goes_before_its_competency_is_retired(lab: CatalogueLab) -> None:
    lab.settle()
    lab.want_without(ETHICS, PAIRS[1])
    assert told(lab.plan()) == [
        "retire competency ethics",
        "retire related data/ethics",
    ]
    lab.settle()
    assert lab.related(DATA) == {"design"}


def test_what_people_were_rated_on_is_retired_and_never_deleted(
    lab: CatalogueLab,
) -> None:
    lab.settle()
    lab.rate(STEPS[1])
    rated = lab.rating(STEPS[1])
    assert rated == (2, True)
    # Out of the template first: the framework asks for less, then for none of it.
    lab.want_all(
        lab.changed(TEMPLATE, competencies=rows("competency", is_ordered=True))
    )
    lab.want_without(DESIGN, *STEPS, PAIRS[0])
    plan = lab.plan()
    (template,) = (item for item in plan.changes if item.kind == "template")
    (retired,) = (item for item in plan.changes if item.kind == "competency")
    assert template.slot in retired.needs
    assert retired.carries == tuple(STEPS)
    lab.settle()
    number = lab.number(TEMPLATE)
    assert lab.call("list_competencies_in_template", id=number) == []
    branch = lab.node(STEPS[1])["path"].split("/")[2]
    shown = lab.call("read_competency", id=int(branch))
    assert shown["idnumber"] == f"{lab.prefix}-retired"
    assert lab.rating(STEPS[1]) == rated
    # Wanted again, it comes back with the rating that it had.
    lab.want_all()
    lab.settle()
    assert lab.node(DESIGN)["parentid"] == 0
    assert lab.rating(STEPS[1]) == rated
