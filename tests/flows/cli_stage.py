"""The command line in this process, an instance of its own, and both sandboxes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connector.cli import run
from connector.kit.protocols import (
    RunningSandbox,
    SandboxSeed,
    SeedCompletion,
    SeedPerson,
)
from connector.runtime.manifest import load_adapter

LMS, HRIS = "moodle", "workday"
COURSES = {"KNOT-101": "Knots", "YOGA": "Yoga"}
ADA = SeedPerson(
    employee_id="0021001",
    given_name="Áda",
    family_name="Żółć",
    email="ada@example.com",
    role="sailor",
)
FRAMEWORK = """\
framework: {key: harbour, name: Harbour}
scales:
  - {key: craft, name: Craft, steps: [{key: low, name: Low}, {key: high, name: High}]}
domains: [{key: boats, name: Boats}]
competencies:
  - key: knots
    name: Knots
    domain: boats
    scale: craft
    indicators: {low: Ties a bowline., high: Teaches knots.}
  - {key: sails, name: Sails, domain: boats, scale: craft}
groups: [{key: afloat, name: Afloat}]
families: [{key: sailing, name: Sailing, group: afloat}]
roles:
  - key: sailor
    name: Sailor
    family: sailing
    responsibilities: [Keeps the boat ready.]
    requirements: {knots: low, sails: high}
pathways:
  - key: start
    name: Start
    activities:
      - {key: knots, name: Knots, course: KNOT-101, gives: {knots: low}}
"""


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The one JSON value on standard output, which holds nothing else then."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = self.value["error"]
        assert set(found) == {"code", "message", "hint", "problems"}
        return found


@dataclass
class Stage:
    """A folder to work in; commands run in it as an administrator types them."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    sandboxes: dict[str, RunningSandbox] = field(default_factory=dict)
    #: The one worker; what she holds decides whom a change reaches.
    ada: SeedPerson = ADA

    def __call__(self, *arguments: str | Path) -> Answer:
        self.capsys.readouterr()
        code = run([str(one) for one in arguments])
        out, err = self.capsys.readouterr()
        return Answer(code, out, err)

    def ok(self, *arguments: str | Path) -> Answer:
        """Run a command that must succeed."""
        answer = self(*arguments)
        assert answer.code == 0, (answer.out, answer.err)
        return answer

    def json(self, *arguments: str | Path, code: int = 0) -> Any:
        """Run a command with --json and return its value."""
        answer = self(*arguments, "--json")
        assert answer.code == code, (answer.out, answer.err)
        return answer.value

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def framework(self, text: str = FRAMEWORK, name: str = "framework") -> Path:
        """Write a framework and return its folder."""
        return self.write(f"{name}/framework.yaml", text).parent

    def release(self, text: str = FRAMEWORK, *more: str) -> str:
        """Release a framework and return the release's name."""
        folder = self.framework(text)
        return str(self.json("framework", "release", folder, *more)["release"])

    def start(self, name: str) -> RunningSandbox:
        """Start a sandbox that holds one worker and two courses."""
        seed = SandboxSeed(people=(self.ada,), courses=COURSES)
        self.sandboxes[name] = load_adapter(name).start_sandbox(seed)
        return self.sandboxes[name]

    def connect(self, name: str, **more: Any) -> RunningSandbox:
        """Start a sandbox and import a connection of its adapter's name to it."""
        running = self.start(name)
        secrets = {
            key: f"file:{self.write(f'secrets/{key}', value)}"
            for key, value in running.secrets().items()
        }
        document = {
            "adapter": name,
            "settings": running.settings(),
            "secrets": secrets,
            "evidence": {"purpose": "shows completed learning"},
            **more,
        }
        self.ok("config", "import", self.write(f"{name}.yaml", json.dumps(document)))
        return running

    def learn(self, *courses: str) -> None:
        """Let Ada finish courses, one a day."""
        self.sandboxes[LMS].complete_courses(
            [
                SeedCompletion(
                    employee_id=ADA.employee_id,
                    course=course,
                    completed_at=datetime(2026, 3, day, 9, tzinfo=UTC),
                )
                for day, course in enumerate(courses, 1)
            ]
        )

    def close(self) -> None:
        for running in self.sandboxes.values():
            running.close()


def changed(text: str, old: str, new: str) -> str:
    """Return the text with one thing in it replaced; it must be there once."""
    assert text.count(old) == 1, old
    return text.replace(old, new)
