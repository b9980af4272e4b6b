"""A company with a Workday tenant and a Moodle site, on a clock that a test sets.

Both are sandboxes on loopback; everything else is the product's own way.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cli_stage import COURSES, FRAMEWORK, HRIS, LMS

from adapters.workday.running_sandbox import serve_tenant
from adapters.workday.sandbox import Tenant, TenantSeed
from connector.framework import freeze, load_framework
from connector.kit.protocols import SandboxSeed
from connector.kit.values import Check
from connector.runtime.connections import engine_of, opened
from connector.runtime.editions import release_edition
from connector.runtime.home import create_home, open_home
from connector.runtime.instance import Instance, open_instance
from connector.runtime.manifest import load_adapter
from connector.store import decisions, documents, releases
from connector.store.decisions import Approval
from connector.store.documents import DocumentKind
from connector.sync.plan import Plan
from connector.sync.report import Report
from connector.sync.rules import decide

SEED = TenantSeed(
    name="sandbox",
    user_name="ISU",
    password="made-for-this-test",
    client_id="client",
    client_secret="client-secret",
    refresh_token="refresh-0",
)


@dataclass
class Company:
    """One organisation in Warsaw, its instance and its two targets."""

    folder: Path
    now: datetime = datetime(2026, 5, 4, 9, tzinfo=UTC)
    seed: TenantSeed = SEED
    #: Settings of the Workday connection beside those that the sandbox makes.
    settings: dict[str, Any] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        home = self.folder / "home"
        create_home(home, "Harbour", "Europe/Warsaw")
        self.instance: Instance = self.stack.enter_context(
            open_instance(open_home(str(home), {}), lambda: self.now)
        )
        self.tenant = Tenant(self.seed, clock=lambda: self.now)
        self.workday = serve_tenant(self.tenant)
        self.stack.callback(self.workday.close)
        self.moodle = load_adapter(LMS).start_sandbox(SandboxSeed(courses=COURSES))
        self.stack.callback(self.moodle.close)
        for name, running in ((HRIS, self.workday), (LMS, self.moodle)):
            for key, value in running.secrets().items():
                self.instance.vault.put(f"{name}.{key}", value)
        self.connect(LMS, self.moodle.settings())
        self.connect(HRIS, {**self.workday.settings(), **self.settings})

    def connect(self, name: str, settings: dict[str, Any]) -> None:
        """Store the connection of an adapter's name, as an import does."""
        text = json.dumps({"adapter": name, "settings": settings})
        with self.instance.database.write() as conn:
            documents.put(
                conn,
                kind=DocumentKind.CONNECTION,
                name=name,
                text=text,
                person="ada",
                at=self.now,
            )

    def release(self, effective_on: date, text: str = FRAMEWORK) -> None:
        """Release a framework for a day."""
        folder = self.folder / f"framework-{effective_on}"
        folder.mkdir(exist_ok=True)
        (folder / "framework.yaml").write_text(text, encoding="utf-8")
        with self.instance.database.write() as conn:
            releases.add(
                conn,
                content=freeze(load_framework(folder)),
                effective_on=effective_on,
                author="ada",
                note="",
                at=self.now,
            )

    def plan(self, name: str = HRIS) -> Plan:
        """Plan as the nightly job does."""
        with engine_of(self.instance, name) as engine:
            return engine.plan(
                release_edition(self.instance, None, self.instance.today())
            )

    def apply(self, name: str = HRIS) -> Report:
        """Apply the release in effect; a second person confirms what guards ask."""
        edition = release_edition(self.instance, None, self.instance.today())
        with engine_of(self.instance, name) as engine:
            plan = engine.plan(edition)
            with self.instance.database.write() as conn:
                for refusal in plan.refusals:
                    approval = Approval(
                        fingerprint=plan.fingerprint,
                        guard=refusal.guard,
                        person="ben",
                        approved_at=self.now,
                        note="",
                    )
                    decisions.approve(conn, approval)
            return engine.apply(plan, edition, "ada")

    def decide(self, plan: Plan, choice: str) -> None:
        """Decide every waiting finding of a plan alike."""
        decided = [
            decide(finding, choice, "ada", self.now) for finding in plan.open_findings
        ]
        with self.instance.database.write() as conn:
            decisions.decide(conn, plan.connection, decided)

    def checks(self) -> dict[str, Check]:
        """Return what the doctor says of the tenant."""
        with opened(self.instance, HRIS) as target:
            return {check.name: check for check in target.doctor.checks()}

    def requests(self, *operations: str) -> int:
        """Return how often some operations reached the tenant."""
        with self.tenant.lock:
            return sum(entry.operation in operations for entry in self.tenant.log)

    def writes(self) -> int:
        """Return how many writes reached the tenant."""
        with self.tenant.lock:
            return sum(entry.is_write for entry in self.tenant.log)

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    def close(self) -> None:
        self.stack.close()
