"""A client that speaks to the sandbox over HTTP, with shorthands for set-up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import requests

from adapters.moodle.sandbox import SERVER_PATH, SiteSeed

SEED = SiteSeed(
    users=(
        ("E1", "ada", "Ada", "Able", "ada@corp.example"),
        ("E2", "ben", "Ben", "Brave", "ben@corp.example"),
        ("E3", "cleo", "Cleo", "Clear", "cleo@corp.example"),
    ),
    courses=(("C-1", "Course one", "one"), ("C-2", "Course two", "two")),
    enrolments=(("E1", "C-1"), ("E2", "C-1"), ("E1", "C-2")),
    scales=(("Five steps", ("None", "Basic", "Good", "Strong", "Expert")),),
)
BINARY = json.dumps([{"scaleid": "2"}, {"id": 2, "scaledefault": 1, "proficient": 1}])


@dataclass
class Client:
    """Calls web service functions as an HTTP client does."""

    url: str
    token: str
    session: requests.Session

    def call(self, function: str, /, **arguments: Any) -> Any:
        return self.send(function, flatten(arguments)).json()

    def send(
        self, function: str, form: dict[str, str], token: str | None = None
    ) -> requests.Response:
        data = {
            "wstoken": self.token if token is None else token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            **form,
        }
        return self.session.post(self.url + SERVER_PATH, data=data, timeout=10)

    def forward(self, method: str, form: dict[str, str]) -> requests.Response:
        """Send a recorded form as it stands."""
        where = "params" if method == "GET" else "data"
        address = self.url + SERVER_PATH
        return self.session.request(method, address, timeout=10, **{where: form})

    def batch(self, *calls: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        entries = [
            {"function": name, "arguments": json.dumps(arguments), "settingraw": True}
            for name, arguments in calls
        ]
        answer = self.call("tool_mobile_call_external_functions", requests=entries)
        responses: list[dict[str, Any]] = answer["responses"]
        return responses

    def control(self, path: str, **body: Any) -> Any:
        address = f"{self.url}/_sandbox/{path}"
        return self.session.post(address, json=body, timeout=10).json()

    def framework(self, **changes: Any) -> int:
        values = {
            "shortname": "Framework",
            "idnumber": "F",
            "scaleid": 2,
            "scaleconfiguration": BINARY,
            "contextid": 1,
            **changes,
        }
        name = "core_competency_create_competency_framework"
        return int(self.call(name, competencyframework=values)["id"])

    def competency(self, framework_id: int, number: str, **changes: Any) -> int:
        values = {
            "shortname": number,
            "idnumber": number,
            "competencyframeworkid": framework_id,
            **changes,
        }
        answer = self.call("core_competency_create_competency", competency=values)
        return int(answer["id"])

    def read(self, competency_id: int) -> Any:
        form = {"id": str(competency_id), "moodlewssettingraw": "1"}
        return self.send("core_competency_read_competency", form).json()


def flatten(value: Any, prefix: str = "") -> dict[str, str]:
    if isinstance(value, bool):
        return {prefix: "1" if value else "0"}
    if not isinstance(value, dict | list):
        return {prefix: str(value)}
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    flat: dict[str, str] = {}
    for key, inner in entries:
        flat |= flatten(inner, f"{prefix}[{key}]" if prefix else str(key))
    return flat
