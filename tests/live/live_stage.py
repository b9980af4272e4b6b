"""A Moodle behind a small proxy that can lose answers, and hands that edit it.

The proxy stands between the connector and the site, sandbox or real, and passes
everything on; the hands go straight to the site.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, Response, request

sys.path.insert(0, str(Path(__file__).parents[1] / "faults"))

from stage import COURSES

from adapters.moodle import adapter
from adapters.moodle.client import Call, MoodleClient
from connector.kit.http import HttpClient
from connector.kit.protocols import SandboxSeed
from connector.kit.sandbox import lose_answer, serve

_WRITING = ("create_", "update_", "delete_", "set_", "add_", "remove_", "reorder_")


@dataclass
class ProxiedMoodle:
    """A Moodle as the connector reaches it, and as people do."""

    url: str
    token: str
    scale: int
    hands: MoodleClient
    #: How many answers to writes are still to be lost.
    lost: int = 0

    def settings(self) -> dict[str, Any]:
        return {"url": self.url, "scales": {"proficiency": self.scale}}

    def secrets(self) -> dict[str, str]:
        return {"moodle.token": self.token}

    def call(self, function: str, **arguments: Any) -> Any:
        (answer,) = self.hands.read([Call(f"core_competency_{function}", arguments)])
        return answer

    def nodes(self, prefix: str) -> dict[str, dict[str, Any]]:
        """Return the competencies of the frameworks with a prefix, by ID number."""
        found = {}
        for framework in self.frameworks(prefix):
            filters = [{"column": "competencyframeworkid", "value": framework["id"]}]
            for node in self.call("list_competencies", filters=filters):
                assert node["idnumber"] not in found, "a node is there twice"
                found[node["idnumber"]] = node
        return found

    def frameworks(self, prefix: str) -> list[dict[str, Any]]:
        everywhere = {"contextid": 1}
        shown = self.call(
            "list_competency_frameworks", context=everywhere, sort="id", order="ASC"
        )
        return [item for item in shown if item["idnumber"].startswith(f"{prefix}-")]

    def templates(self, prefix: str) -> list[dict[str, Any]]:
        everywhere = {"contextid": 1}
        shown = self.call("list_templates", context=everywhere, sort="id", order="ASC")
        mark = f'class="{prefix}-t-'
        return [item for item in shown if mark in item["description"]]

    def links(self, prefix: str) -> set[tuple[str, str]]:
        """Return the course and the ID number of each link to a node of ours."""
        ours = {node["id"]: number for number, node in self.nodes(prefix).items()}
        found = set()
        for course in COURSES:
            by_number = {"field": "idnumber", "value": course}
            (answer,) = self.hands.read(
                [Call("core_course_get_courses_by_field", by_number)]
            )
            (shown,) = answer["courses"]  # type: ignore[index,call-overload]  # as documented
            for link in self.call("list_course_competencies", id=shown["id"]):
                number = ours.get(link["competency"]["id"])
                if number:
                    found.add((course, number))
        return found

    def clean_up(self, prefix: str) -> None:
        """Remove everything that bears a prefix; its links go with the nodes."""
        for template in self.templates(prefix):
            self.call("delete_template", id=template["id"], deleteplans=True)
        self._unlink(prefix)
        for framework in self.frameworks(prefix):
            self.call("delete_competency_framework", id=framework["id"])
        assert self.templates(prefix) == self.frameworks(prefix) == []

    def _unlink(self, prefix: str) -> None:
        nodes = self.nodes(prefix)
        for course, number in self.links(prefix):
            by_number = {"field": "idnumber", "value": course}
            (answer,) = self.hands.read(
                [Call("core_course_get_courses_by_field", by_number)]
            )
            (shown,) = answer["courses"]  # type: ignore[index,call-overload]  # as documented
            ends = {"courseid": shown["id"], "competencyid": nodes[number]["id"]}
            self.call("remove_competency_from_course", **ends)


def _proxy(site: str, moodle: ProxiedMoodle) -> Flask:
    """Return an application that passes every request on to a site."""
    app = Flask("proxy")
    session = requests.Session()
    session.trust_env = False

    @app.route("/<path:path>", methods=["POST"])
    def forward(path: str) -> Response:
        body = request.get_data()
        kept = {"Content-Type": request.headers["Content-Type"]}
        answer = session.post(f"{site}/{path}", data=body, headers=kept, timeout=60)
        if moodle.lost and any(
            f"competency_{word}" in body.decode() for word in _WRITING
        ):
            moodle.lost -= 1
            lose_answer(request.environ)
        content_type = answer.headers["Content-Type"]
        return Response(answer.content, answer.status_code, content_type=content_type)

    return app


@contextmanager
def _proxied(site: str, token: str, scale: int) -> Iterator[ProxiedMoodle]:
    http = HttpClient(target="Moodle", base_url=site)
    moodle = ProxiedMoodle("", token, scale, MoodleClient(http, token))
    served = serve(_proxy(site, moodle))
    moodle.url = served.url
    try:
        yield moodle
    finally:
        served.close()
        http.close()


@contextmanager
def proxied_moodle(kind: str) -> Iterator[ProxiedMoodle]:
    """Start the sandbox, or find the site that the environment names."""
    if kind == "sandbox":
        sandbox = adapter.start_sandbox(SandboxSeed(courses=COURSES))
        token = sandbox.secrets()["moodle.token"]
        scale = sandbox.settings()["scales"]["proficiency"]
        with _proxied(sandbox.url, token, scale) as moodle:
            yield moodle
        sandbox.close()
        return
    url, token = os.environ.get("MOODLE_URL"), os.environ.get("MOODLE_TOKEN", "")
    if not url or not token:
        pytest.skip("MOODLE_URL and MOODLE_TOKEN name no Moodle to run against")
    scale = int(os.environ.get("MOODLE_SCALE", "3"))
    with _proxied(url.rstrip("/"), token, scale) as moodle:
        yield moodle
