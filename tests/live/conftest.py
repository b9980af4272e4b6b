"""A Moodle to try everything on: the sandbox, always, and a real site.

The same tests run against both; the real one is what MOODLE_URL and MOODLE_TOKEN name.
Everything a test makes bears a prefix of its own and is removed at the end. It needs
one course with the ID number in MOODLE_COURSE (CLOUD-101) and a scale of two values
with the id in MOODLE_SCALE (3). The helper is shared with the tests of the adapter.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "adapters" / "moodle"))

from moodle_slice import Slice, open_slice

from adapters.moodle import adapter
from connector.kit.protocols import SandboxSeed

COURSE = os.environ.get("MOODLE_COURSE", "CLOUD-101")


def clean_up(slice_: Slice) -> None:
    """Remove what the slice made; uses functions the connector itself never needs."""
    client = slice_.client
    ours = {i for ref, i in slice_.remote_ids.items() if ref.kind == "step"}
    for link in slice_.read("course_link"):
        course, competency, _ = link.remote_id.split("/")
        if competency in ours:
            client.call(
                "core_competency_remove_competency_from_course",
                {"courseid": int(course), "competencyid": int(competency)},
            )
    for template in slice_.read("template"):
        client.call(
            "core_competency_delete_template",
            {"id": int(template.remote_id), "deleteplans": True},
        )
    for framework in slice_.read("framework"):
        client.call(
            "core_competency_delete_competency_framework",
            {"id": int(framework.remote_id)},
        )


def where_to(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Start the sandbox, or find the real site; gives the token and the settings."""
    if kind == "sandbox":
        sandbox = adapter.start_sandbox(SandboxSeed(courses={COURSE: "Cloud"}))
        settings = {**sandbox.settings(), "completions_report": None}
        yield sandbox.secrets()["moodle.token"], settings
        sandbox.close()
        return
    url, token = os.environ.get("MOODLE_URL"), os.environ.get("MOODLE_TOKEN")
    if not url or not token:
        pytest.skip("MOODLE_URL and MOODLE_TOKEN name no Moodle to run against")
    scale = int(os.environ.get("MOODLE_SCALE", "3"))
    yield token, {"url": url, "scales": {"proficiency": scale}}


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def moodle(request: pytest.FixtureRequest) -> Iterator[Slice]:
    with (
        contextmanager(where_to)(request.param) as (token, settings),
        open_slice(token, settings, COURSE) as slice_,
    ):
        yield slice_
        clean_up(slice_)
