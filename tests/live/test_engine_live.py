"""`jobframe` on a Moodle: plan, apply, lose answers, kill, resume, drift, retire.

The same story on the sandbox and on the site that MOODLE_URL and MOODLE_TOKEN name,
with everything under a prefix of its own, removed at the end. The site needs courses
with the ID numbers CLOUD-101 and BI-101 and a scale of the two values Not yet and
Proficient, whose id is MOODLE_SCALE (3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from live_stage import ProxiedMoodle, proxied_moodle
from stage import NEW, Stage, stage_on


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def moodle(request: pytest.FixtureRequest) -> Iterator[ProxiedMoodle]:
    with proxied_moodle(request.param) as opened:
        yield opened


@pytest.fixture
def prefix(moodle: ProxiedMoodle) -> Iterator[str]:
    own = f"liv{uuid4().hex[:8]}"
    yield own
    moodle.clean_up(own)


@pytest.fixture
def stage(moodle: ProxiedMoodle, prefix: str, tmp_path: Path) -> Iterator[Stage]:
    with stage_on(tmp_path, {"moodle": moodle}, prefix) as opened:
        yield opened


def plan(stage: Stage) -> Any:
    assert stage.jobframe("plan", "moodle") == 0, stage.server.output
    return stage.server.result()


def apply(stage: Stage, **more: Any) -> int:
    return stage.jobframe("apply", "moodle", "--yes", **more)


def assert_equal(stage: Stage) -> None:
    shown = plan(stage)
    assert (shown["changes"], shown["findings"], shown["waiting"]) == ([], [], [])


def test_the_slice_through_the_engine(
    stage: Stage, moodle: ProxiedMoodle, prefix: str
) -> None:
    apply_with_lost_answers(stage, moodle, prefix)
    apply_the_next_release_through_kills(stage, moodle, prefix)
    nodes = moodle.nodes(prefix)
    assert_dropped_is_retired(nodes, prefix)
    edit_by_hand(stage, moodle, nodes[f"{prefix}-s-design/2"])


def apply_with_lost_answers(stage: Stage, moodle: ProxiedMoodle, prefix: str) -> None:
    """Plan and apply; the answers of two writes are lost on the way."""
    planned = plan(stage)["planned"]
    assert planned > 20
    moodle.lost = 2
    assert apply(stage) == 0, stage.server.output
    assert moodle.lost == 0
    assert stage.server.result()["applied"] == planned
    assert_equal(stage)
    nodes = moodle.nodes(prefix)
    assert nodes[f"{prefix}-s-design/1"]["ruletype"]
    assert not nodes[f"{prefix}-s-design/3"]["ruletype"]
    given = {f"{prefix}-s-design/1", f"{prefix}-s-fax/1"}
    assert moodle.links(prefix) == {("CLOUD-101", step) for step in given}


def apply_the_next_release_through_kills(
    stage: Stage, moodle: ProxiedMoodle, prefix: str
) -> None:
    """Kill the apply among its writes, kill the resumed run too, and finish."""
    stage.release(NEW)
    assert plan(stage)["planned"] > 10
    assert apply(stage, kill_at=85, trace=stage.folder / "steps") == -9
    steps = (stage.folder / "steps").read_text(encoding="utf-8").splitlines()
    assert "after the commit of mark_sent" in steps
    assert "after the commit of finish_run" not in steps
    assert apply(stage, kill_at=70) == -9
    assert apply(stage) == 0, stage.server.output
    assert_equal(stage)
    assert moodle.links(prefix) == {
        ("CLOUD-101", f"{prefix}-s-data/1"),
        ("BI-101", f"{prefix}-s-ethics/1"),
    }
    assert len(moodle.templates(prefix)) == 2


def assert_dropped_is_retired(nodes: Mapping[str, Any], prefix: str) -> None:
    """What the framework dropped lies in the retired branch, with its steps."""
    branch = nodes[f"{prefix}-retired"]["id"]
    fax = nodes[f"{prefix}-c-fax"]
    assert f"/{branch}/" in fax["path"]
    assert nodes[f"{prefix}-s-fax/1"]["parentid"] == fax["id"]


def edit_by_hand(stage: Stage, moodle: ProxiedMoodle, step: Mapping[str, Any]) -> None:
    """Somebody edits a step, puts it back, and clears its rule by hand."""
    hand = {"id": step["id"], "description": "<p>By hand.</p>"}
    moodle.call("update_competency", competency=hand)
    shown = plan(stage)
    assert shown["changes"] == []
    (finding,) = shown["findings"]
    assert (finding["type"], finding["key"]) == ("drift", "design/2")
    hand["description"] = step["description"]
    moodle.call("update_competency", competency=hand)
    rule = {"id": step["id"], "ruletype": None, "ruleoutcome": 0, "ruleconfig": None}
    moodle.call("update_competency", competency=rule)
    # A rule that is gone is set again without a question: the mapping says so.
    assert plan(stage)["planned"] == 1
    assert apply(stage) == 0, stage.server.output
    assert_equal(stage)
