"""The example organisation with a Workday tenant and a Moodle site, as people type.

Both are sandboxes on loopback, on a clock that a test sets; made once for a module.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cli_stage import HRIS, LMS, Answer, changed

from adapters.workday.running_sandbox import serve_tenant
from adapters.workday.sandbox import Tenant
from connector.cli import run
from connector.commands.sandbox import EXAMPLE, example_seed
from connector.kit.protocols import RunningSandbox, SeedCompletion, SeedPerson
from connector.runtime.manifest import load_adapter
from connector.runtime.resources import shipped

#: What the tenant calls the reasons of its Change Job.
PROMOTION = "Event_Classification_Subcategory_ID=PROMOTION"
TRANSFER = "Event_Classification_Subcategory_ID=LATERAL_MOVE"
COUNTRIES = {"Warsaw": "POL", "Dublin": "IRL", "Singapore": "SGP"}
_PAY = {
    "compensation_grades: no": "compensation_grades: yes",
    "compensation_elements: []": "compensation_elements: [BASE_PAY]",
    "eligibility_rules: {}": "eligibility_rules: {central-europe:"
    " REGION_central-europe, ireland: REGION_ireland}",
}


@dataclass
class Quillmere:
    """The organisation, its instance, and both of its systems."""

    folder: Path
    more: tuple[SeedPerson, ...] = ()
    now: datetime = datetime(2026, 10, 5, 9, tzinfo=UTC)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        seed = example_seed()
        self.seed = replace(seed, people=(*seed.people, *self.more))
        self.moodle: Any = load_adapter(LMS).start_sandbox(self.seed)
        self.workday = self._workday()

    def _workday(self) -> Any:
        started: Any = load_adapter(HRIS).start_sandbox(self.seed)
        seed = started.tenant.seed
        started.close()
        places = {each.employee_id: each.location for each in self.seed.people}
        workers = tuple(
            replace(each, country=COUNTRIES[places[each.employee_id]])
            for each in seed.workers
        )
        tenant = Tenant(replace(seed, workers=workers), clock=lambda: self.now)
        tenant.needing_approval = {"Change Job"}
        return serve_tenant(tenant)

    @property
    def tenant(self) -> Tenant:
        found: Tenant = self.workday.tenant
        return found

    def open(self) -> None:
        """Make the instance, and bring the framework into both systems."""
        self.ok("init", "--organisation", "Quillmere", "--time-zone", "Europe/Warsaw")
        text = self.ok("config", "mapping", HRIS).out
        for old, new in _PAY.items():
            text = changed(text, f"  {old}\n", f"  {new}\n")
        self.ok("config", "import", self.write("paid.yaml", text))
        self._connect(HRIS, self.workday, self.workday.oauth_settings(), "paid")
        self._connect(LMS, self.moodle, self.moodle.settings(), LMS)
        self.policy(approvals=2, effective_after_days=0)
        self.ok("framework", "release", shipped(f"{EXAMPLE}/framework"))
        for name in (HRIS, LMS):
            self.ok("apply", name, "--yes")
        self.ok("people", "sync", HRIS)

    def _connect(
        self,
        name: str,
        running: RunningSandbox,
        settings: Mapping[str, Any],
        mapping: str,
    ) -> None:
        uses = ("evidence", "readiness", "proposals") if name == HRIS else ("evidence",)
        document = {
            "adapter": name,
            "mapping": mapping,
            "settings": dict(settings),
            "secrets": {
                key: f"file:{self.write(f'secrets/{key}', value)}"
                for key, value in running.secrets().items()
            },
            **{use: {"purpose": "helps people to grow"} for use in uses},
        }
        self.ok("config", "import", self.write(f"{name}.yaml", json.dumps(document)))

    def policy(self, **rules: Any) -> None:
        """Import the policy of moves."""
        reasons = {"level": PROMOTION, "lateral": TRANSFER}
        text = json.dumps({"moves": {"change_reasons": reasons, **rules}})
        self.ok("config", "import", self.write(f"policies/{HRIS}.yaml", text))

    def __call__(self, *arguments: str | Path) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run([str(one) for one in arguments])
        self.told += [out.getvalue(), err.getvalue()]
        return Answer(code, out.getvalue(), err.getvalue())

    def ok(self, *arguments: str | Path) -> Answer:
        """Run a command that must succeed."""
        answer = self(*arguments)
        assert answer.code == 0, (arguments, answer.out, answer.err)
        return answer

    def json(self, *arguments: str | Path) -> Any:
        """Run a command that must succeed and return its value."""
        return self.ok(*arguments, "--json").value

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def load(self, form: str, actor: str, rows: Iterable[Mapping[str, str]]) -> None:
        """Tell what somebody knows, as a file."""
        told = list(rows)
        text = io.StringIO()
        writer = csv.DictWriter(text, list(told[0]))
        writer.writeheader()
        writer.writerows(told)
        self.ok(
            "evidence", "load", form, self.write("told.csv", text.getvalue()), "--as",
            actor,
        )  # fmt: skip

    def attest(self, person: str, manager: str, *pairs: tuple[str, str]) -> None:
        """Let a manager attest steps of a person."""
        self.load(
            "attestations",
            manager,
            (
                {
                    "person": person,
                    "competency": competency,
                    "step": step,
                    "on": "2026-09-30",
                    "note": "seen at work this quarter",
                }
                for competency, step in pairs
            ),
        )

    def learn(self, person: str, *courses: str) -> None:
        """Let a person finish courses in Moodle, and collect that."""
        self.moodle.complete_courses(
            [
                SeedCompletion(
                    employee_id=person,
                    course=course,
                    completed_at=self.now - timedelta(days=1),
                )
                for course in courses
            ]
        )
        self.ok("evidence", "collect", LMS)

    def award(self, person: str, badge: str) -> None:
        """Award a badge in Moodle, and collect that."""
        self.moodle.site.state.badges.add({"name": badge})
        self.moodle.site.award_badge(person, badge, self.now - timedelta(hours=2))
        self.ok("evidence", "collect", LMS)

    def target(self, person: str, role: str) -> Any:
        """Return how a person stands for a role that is kept, made anew."""
        self.ok("readiness", "compute")
        shown = self.json("readiness", "show", person)
        return next(each for each in shown["targets"] if each["role"] == role)

    def proposals(self, person: str) -> list[Any]:
        """Prepare, and return what is open of a person."""
        self.ok("moves", "prepare")
        return self.open_of(person)

    def open_of(self, person: str) -> list[Any]:
        whose = self.json("readiness", "show", person)["person"]
        return [each for each in self.json("moves", "list") if each["person"] == whose]

    def decide(self, reference: str, *approvers: str) -> Any:
        """Let people approve, start it, let Workday's approver agree; tell the end."""
        for approver in approvers:
            self.ok("moves", "approve", reference, "--confirm-checks", "--as", approver)
        begun = self.json("moves", "start", reference, "--as", approvers[-1])
        self.tenant.approve_event(begun["event"], "Agreed")
        (ended,) = self.json("moves", "follow", reference)
        return ended

    def profile(self, person: str) -> str:
        """Return the job profile that a worker holds in Workday, by its id."""
        worker = self.tenant.get("Employee_ID", person)
        seed: Any = worker.view(self.now.date(), None)
        return str(seed.seed.job_profile_id)

    def close(self) -> None:
        self.workday.close()
        self.moodle.close()
