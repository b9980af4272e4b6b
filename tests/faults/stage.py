"""The stage for kills: a small framework in two releases, instances, and sandboxes.

The sandboxes live in the test's own process, so that they outlive every kill; their
state is copied before and put back after each.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from adapters.workday.sandbox import Switches
from connector.framework import freeze, load_framework
from connector.kit.protocols import SandboxSeed, SeedPerson
from connector.runtime.home import create_home, now, open_home
from connector.runtime.instance import Instance, open_instance
from connector.runtime.manifest import adapters, load_adapter
from connector.store import documents, releases
from connector.store.documents import DocumentKind

COURSES = {"CLOUD-101": "Cloud", "BI-101": "Reports"}
_HERE = Path(__file__).parent
_REPOSITORY = _HERE.parents[1]
OLD = """\
framework: {key: small, name: Small, effective_from: 2026-01-01}
scales:
  - key: craft
    name: Craft
    steps:
      - {key: one, name: Knows}
      - {key: two, name: Does}
      - {key: three, name: Leads}
domains:
  - {key: cloud, name: Cloud}
  - {key: old, name: Old}
competencies:
  - {key: design, name: Design, domain: cloud, scale: craft, indicators: {one: Draws.}}
  - {key: data, name: Data, domain: cloud, scale: craft, indicators: {one: Reads.}}
  - {key: fax, name: Fax, domain: old, scale: craft}
groups: [{key: tech, name: Technology}]
families: [{key: eng, name: Engineering, group: tech}]
roles:
  - key: dev
    name: Developer
    family: eng
    responsibilities: [Builds things., Mends things.]
    requirements: {design: two, data: one, fax: one}
pathways:
  - key: start
    name: Start
    activities:
      - {key: c, name: Cloud, course: CLOUD-101, gives: {design: one, fax: one}}
"""
NEW = """\
framework: {key: small, name: Small, effective_from: 2026-01-01}
scales:
  - key: craft
    name: Craft
    steps:
      - {key: one, name: Knows}
      - {key: two, name: Does}
      - {key: three, name: Leads}
domains:
  - {key: cloud, name: Cloud and data}
competencies:
  - key: design
    name: Design
    domain: cloud
    scale: craft
    indicators: {one: Draws well., two: Draws alone.}
  - {key: data, name: Data, domain: cloud, scale: craft, indicators: {one: Reads.}}
  - {key: ethics, name: Ethics, domain: cloud, scale: craft, indicators: {one: Asks.}}
groups: [{key: tech, name: Technology}]
families:
  - {key: eng, name: Engineering, group: tech}
  - {key: ops, name: Operations, group: tech}
roles:
  - key: dev
    name: Developer
    family: eng
    responsibilities: [Builds things., Reviews things.]
    requirements: {design: three, ethics: one}
  - key: operator
    name: Operator
    family: ops
    responsibilities: [Runs things.]
    requirements: {data: two, ethics: two}
pathways:
  - key: start
    name: Start
    activities:
      - {key: c, name: Cloud, type: course, course: CLOUD-101, gives: {data: one}}
      - {key: b, name: Reports, type: course, course: BI-101, gives: {ethics: one}}
"""
_PEOPLE = tuple(
    SeedPerson(
        employee_id=f"2100{n}",
        given_name="Ada",
        family_name=f"Example {n}",
        email=f"2100{n}@example.com",
        role="dev",
        hired_on=date(2020, 1, 1),
    )
    for n in range(1, 4)
)


class Target(Protocol):
    """What a connection can be made to."""

    def settings(self) -> dict[str, Any]: ...

    def secrets(self) -> dict[str, str]: ...


class KillServer:
    """The process that runs `jobframe` for us; `pid` is the one it runs right now."""

    def __init__(self, folder: Path) -> None:
        self._output = folder / "output"
        self.pid = 0
        self._process = subprocess.Popen(
            [sys.executable, str(_HERE / "kill_server.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(_REPOSITORY)},
        )

    def run(self, *arguments: str, kill_at: int = 0, trace: Path | None = None) -> int:
        """Run a command; returns its exit code, -9 where it was killed."""
        order = {
            "arguments": arguments,
            "kill_at": kill_at,
            "trace": str(trace or ""),
            "output": str(self._output),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        self.pid = self._answer()["pid"]
        return self._answer()["status"]

    def kill_now(self) -> None:
        """Kill the running command at once, from wherever this is called."""
        os.kill(self.pid, signal.SIGKILL)

    def _answer(self) -> dict[str, int]:
        assert self._process.stdout is not None
        answer: dict[str, int] = json.loads(self._process.stdout.readline())
        return answer

    @property
    def output(self) -> str:
        return self._output.read_text(encoding="utf-8")

    def result(self) -> Any:
        """Return the JSON value that the last command ended with."""
        return json.loads(self.output.splitlines()[-1])

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@dataclass
class Stage:
    """Instances and sandboxes, and one state of both to come back to."""

    folder: Path
    server: KillServer
    sandboxes: dict[str, Target]
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def jobframe(self, *arguments: str, **more: Any) -> int:
        return self.server.run(*arguments, "--home", str(self.home), "--json", **more)

    def keep(self) -> None:
        """Remember the state of the instance and of every sandbox."""
        shutil.copytree(self.home, self.folder / "kept")
        self.kept = {name: STATES[name].take(it) for name, it in self.sandboxes.items()}

    def go_back(self) -> None:
        """Put back what was remembered."""
        shutil.rmtree(self.home)
        shutil.copytree(self.folder / "kept", self.home)
        for name, state in self.kept.items():
            STATES[name].put(self.sandboxes[name], copy.deepcopy(state))

    @contextmanager
    def instance(self) -> Iterator[Instance]:
        with open_instance(open_home(str(self.home), {}), now) as instance:
            yield instance

    def release(self, text: str) -> None:
        """Make a release of a framework that takes effect today."""
        folder = self.folder / "framework"
        folder.mkdir(exist_ok=True)
        (folder / "framework.yaml").write_text(text, encoding="utf-8")
        with self.instance() as instance:
            today = instance.today()
            content = freeze(load_framework(folder))
            with instance.database.write() as conn:
                releases.add(
                    conn,
                    content=content,
                    effective_on=today,
                    author="ada",
                    note="",
                    at=instance.now(),
                )

    def connect(self, name: str, running: Target, prefix: str) -> None:
        """Store a connection to a target, and its mapping without limits."""
        mapping = adapters()[name].mapping.read_text(encoding="utf-8")
        mapping = mapping.replace("prefix: jf", f"prefix: {prefix}")
        for limit in ("retired_share: 0.3", "updated_share: 0.3", "reach_share: 0.05"):
            assert limit in mapping
            mapping = mapping.replace(limit, limit.partition(":")[0] + ": 1")
        connection = {
            "adapter": name,
            "settings": running.settings(),
            "evidence": {"purpose": "a test", "retention_months": 1},
        }
        with self.instance() as instance:
            for kind, text in (
                (DocumentKind.CONNECTION, json.dumps(connection)),
                (DocumentKind.MAPPING, mapping),
            ):
                with instance.database.write() as conn:
                    documents.put(
                        conn,
                        kind=kind,
                        name=name,
                        text=text,
                        person="ada",
                        at=instance.now(),
                    )
            for secret, value in running.secrets().items():
                instance.vault.put(f"{name}.{secret}", value)


@dataclass(frozen=True)
class StateOf:
    """How the state of one platform's sandbox is copied and put back."""

    take: Callable[[Any], Any]
    put: Callable[[Any, Any], None]


_TENANT = (
    "store",
    "permissions",
    "achievements",
    "events",
    "_numbers",
    "event_states",
    "processes",
    "needing_approval",
)


def _take_moodle(running: Any) -> Any:
    return copy.deepcopy(running.site.state)


def _put_moodle(running: Any, state: Any) -> None:
    site = running.site
    with site.lock:
        site.state, site.after_commit = state, None
        site.log.clear()


def _take_workday(running: Any) -> Any:
    return copy.deepcopy({name: getattr(running.tenant, name) for name in _TENANT})


def _put_workday(running: Any, state: Any) -> None:
    tenant = running.tenant
    with tenant.lock:
        for name, value in state.items():
            setattr(tenant, name, value)
        tenant.switches = Switches()
        tenant.log.clear()


STATES = {
    "moodle": StateOf(_take_moodle, _put_moodle),
    "workday": StateOf(_take_workday, _put_workday),
}


@contextmanager
def open_stage(folder: Path, *names: str) -> Iterator[Stage]:
    """Open a stage on sandboxes, nothing written yet."""
    seed = SandboxSeed(people=_PEOPLE, courses=COURSES)
    sandboxes = {name: load_adapter(name).start_sandbox(seed) for name in names}
    try:
        with stage_on(folder, sandboxes) as stage:
            yield stage
    finally:
        for running in sandboxes.values():
            running.close()


@contextmanager
def stage_on(
    folder: Path, targets: Mapping[str, Target], prefix: str = "jf"
) -> Iterator[Stage]:
    """Open a stage on targets that are up: an instance with the old release."""
    create_home(folder / "home", "Small", "UTC")
    server = KillServer(folder)
    stage = Stage(folder, server, dict(targets))
    try:
        for name, running in targets.items():
            stage.connect(name, running, prefix)
        stage.release(OLD)
        yield stage
    finally:
        server.close()


def begin_new_release(stage: Stage, name: str) -> None:
    """Write the old release, then make the new one that is to be applied."""
    assert stage.jobframe("apply", name, "--yes") == 0, stage.server.output
    stage.release(NEW)
    assert stage.jobframe("plan", name) == 0, stage.server.output
    plan = stage.server.result()
    guards = [f"--guard={refusal['guard']}" for refusal in plan["refusals"]]
    if guards:
        approved = stage.jobframe("approve", plan["fingerprint"], "--as=ben", *guards)
        assert approved == 0, stage.server.output
    stage.keep()
