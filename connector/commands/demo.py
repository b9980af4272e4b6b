"""`jobframe demo`: the main job from end to end, on two sandboxes, nothing left over.

Everything happens through the same parts as in production: the sandboxes answer over
HTTP, the plan is applied by the engine, the evidence travels through the journal.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.text import Text

from connector.commands.common import Context, command, progress_bar
from connector.commands.config import store_document
from connector.commands.plan import report_lines
from connector.commands.sandbox import (
    EXAMPLE,
    connection_lines,
    example_seed,
    wait_for_stop,
)
from connector.framework import freeze, load_framework
from connector.kit.protocols import RunningSandbox
from connector.runtime.connections import engine_of, opened
from connector.runtime.editions import release_edition
from connector.runtime.evidence_rules import dispatch_rules
from connector.runtime.example import load_people
from connector.runtime.ground import ground_of
from connector.runtime.home import create_home, now, open_home
from connector.runtime.instance import Instance, open_instance
from connector.runtime.jobs import compute_readiness
from connector.runtime.manifest import adapters, load_adapter
from connector.runtime.resources import shipped
from connector.store import readiness, releases
from connector.store.documents import DocumentKind
from connector.sync.plan import FindingKind, Plan
from connector.sync.render import render_findings, render_plan
from connector.talent import dispatching
from connector.talent.collecting import collect
from connector.talent.looking import look
from connector.talent.targets import TargetKind
from connector.talent.wording import sentence
from connector.talent.workforce import sync_people

_PURPOSE = "shows completed learning on the worker's record"
_NEXT = "shows people what the next step takes"
#: How many requirements of a role the demo shows.
_STATES_SHOWN = 6


@dataclass(slots=True)
class Totals:
    """What the demo counts."""

    planned: int = 0
    applied: int = 0
    failed: int = 0
    second_plan_changes: int = 0
    evidence_sent: int = 0
    drift_found: int = 0

    def as_json(self, seconds: float) -> dict[str, float]:
        """Return the members of the last line."""
        return {
            "planned": self.planned,
            "applied": self.applied,
            "failed": self.failed,
            "second_plan_changes": self.second_plan_changes,
            "evidence_sent": self.evidence_sent,
            "drift_found": self.drift_found,
            "seconds": round(seconds, 1),
        }


@dataclass(slots=True)
class _Demo:
    """One showing; connections have the names of their adapters."""

    context: Context
    instance: Instance
    sandboxes: Mapping[str, RunningSandbox]
    totals: Totals = field(default_factory=Totals)

    def title(self, text: str) -> None:
        self.context.say("", Text(f"── {text}", style="bold cyan"))

    def release(self) -> None:
        self.title("A company describes its job framework once, and releases it")
        folder = shipped(f"{EXAMPLE}/framework")
        framework = load_framework(folder)
        today = self.instance.today()
        content = freeze(framework)
        with self.instance.database.write() as conn:
            releases.add(
                conn,
                content=content,
                effective_on=today,
                author=self.context.person,
                note="demo",
                at=self.instance.now(),
            )
        self.context.say(
            f"{framework.name}: {len(framework.families)} job families,"
            f" {len(framework.roles)} roles,"
            f" {len(framework.competencies)} competencies,"
            f" {len(framework.pathways)} pathways, {len(framework.moves)} career moves."
        )

    def connect(self) -> None:
        for name, running in self.sandboxes.items():
            text = json.dumps(
                {
                    "adapter": name,
                    "settings": running.settings(),
                    "evidence": {"purpose": _PURPOSE, "retention_months": 24},
                    "readiness": {"purpose": _NEXT, "retention_months": 24},
                }
            )
            store_document(
                self.instance,
                DocumentKind.CONNECTION,
                name,
                text,
                self.context.person,
            )
            for secret, value in running.secrets().items():
                self.instance.vault.put(f"{name}.{secret}", value)

    def plan(self, name: str, *, is_shown: bool) -> Plan:
        with engine_of(self.instance, name) as engine:
            made = engine.plan(
                release_edition(self.instance, None, self.instance.today())
            )
            if is_shown:
                self.context.say(*render_plan(made, engine.specs, most=3))
        return made

    def apply(self, name: str) -> None:
        self.title(f"{self._title(name)}: a plan to review, then the same plan applied")
        made = self.plan(name, is_shown=True)
        edition = release_edition(self.instance, None, self.instance.today())
        with (
            engine_of(self.instance, name) as engine,
            progress_bar(
                self.context, f"Applying to {name}", len(made.changes)
            ) as progress,
        ):
            report = engine.apply(made, edition, self.context.person, progress)
        self.context.say(*report_lines(report))
        self.totals.planned += report.planned
        self.totals.applied += report.done
        self.totals.failed += report.failed + report.skipped + report.in_doubt

    def plan_again(self) -> None:
        self.title("The same again: nothing left to write")
        for name in self.sandboxes:
            made = self.plan(name, is_shown=False)
            self.totals.second_plan_changes += len(made.changes)
            self.context.say(f"{self._title(name)}: {len(made.changes)} changes.")

    def learn(self) -> None:
        self.title("People finish courses; their learning becomes evidence")
        ground = ground_of(self.instance)
        completions = load_people(shipped(f"{EXAMPLE}/people.yaml")).completions
        for running in self.sandboxes.values():
            running.complete_courses(completions)
        edition = release_edition(self.instance, None, self.instance.today())
        for name in self.sandboxes:
            with opened(self.instance, name) as target:
                if target.people is not None:
                    known = sync_people(ground, name, target.people).stored
                    self.context.say(f"{self._title(name)}: {known} people read.")
        for name in self.sandboxes:
            with opened(self.instance, name) as target:
                if target.learning is not None:
                    found = collect(
                        ground,
                        name,
                        target.learning,
                        edition.framework,
                        accounts=target.accounts,
                        ratings=target.ratings,
                    )
                    self.context.say(
                        f"{self._title(name)}: {found.facts} completed courses read,"
                        f" {found.evidence} pieces of evidence."
                    )
        for name in self.sandboxes:
            with opened(self.instance, name) as target:
                if target.talent is not None:
                    rules = dispatch_rules(self.instance, name)
                    dispatching.prepare(ground, name, edition.framework, rules)
                    sent = dispatching.send(ground, name, target.talent)
                    self.totals.evidence_sent += sent.confirmed
                    self.context.say(
                        f"{self._title(name)}: {sent.confirmed} on the workers'"
                        f" records, {sent.pending} wait for approval."
                    )

    def next_steps(self) -> None:
        self.title("What the next step takes: evidence, and no score")
        done = compute_readiness(self.instance)
        edition = release_edition(self.instance, None, self.instance.today())
        with self.instance.database.read() as conn:
            nearest = min(
                (
                    each
                    for each in readiness.kept(conn)
                    if each.kind == TargetKind.NEXT_LEVEL
                ),
                key=lambda each: (each.open_number, each.person_id),
            )
        (found,) = look(
            ground_of(self.instance),
            edition.framework,
            nearest.person_id,
            edition.as_of,
            (nearest.role, nearest.focus_area or None),
        )
        role = edition.framework.roles[nearest.role]
        self.context.say(
            f"{done.people} people, {done.kept} roles looked at. Nearest to a next"
            f" level, {role.name}:",
            *(
                f"  {sentence(edition.framework, state)}"
                for state in found.readiness.requirements[:_STATES_SHOWN]
            ),
            f"  … {len(found.readiness.open_requirements)} of"
            f" {len(found.readiness.requirements)} requirements are open."
            " Nobody is promoted by software.",
        )

    def drift(self) -> None:
        name, running = next(
            (name, running)
            for name, running in self.sandboxes.items()
            if self._has_learning(name)
        )
        self.title("Somebody changes a record of ours by hand: the next plan asks")
        self.context.say(running.edit_by_hand())
        with engine_of(self.instance, name) as engine:
            made = engine.plan(
                release_edition(self.instance, None, self.instance.today())
            )
            self.context.say(*render_findings(made, engine.specs))
        self.totals.drift_found = sum(
            item.type is FindingKind.DRIFT for item in made.open_findings
        )

    def _has_learning(self, name: str) -> bool:
        with opened(self.instance, name) as target:
            return target.learning is not None

    def _title(self, name: str) -> str:
        return adapters()[name].title


@click.command()
@click.option("--serve", is_flag=True, help="Keep the sandboxes up afterwards.")
@command
def demo(context: Context, *, serve: bool) -> int:
    """Show the main job on two sandboxes: no account, no server, nothing left over."""
    began = time.monotonic()
    with _showing(context) as showing:
        showing.connect()
        showing.release()
        for name in showing.sandboxes:
            showing.apply(name)
        showing.plan_again()
        showing.learn()
        showing.next_steps()
        showing.drift()
        seconds = time.monotonic() - began
        totals = showing.totals
        showing.title("What to try next")
        context.say(
            "  jobframe demo --serve                the sandboxes stay up to look at",
            "  jobframe framework validate DIR      check a framework of your own",
            "  jobframe init                        an instance of your own",
            *(f"  docs/install-{name}.md" for name in sorted(adapters())),
            f"{totals.applied} changes and {totals.evidence_sent} pieces of"
            f" evidence in {seconds:.1f} seconds.",
        )
        if serve:
            for name, running in showing.sandboxes.items():
                context.say(*connection_lines(name, running))
            context.say(f"The instance is in {context.home_option}.")
            wait_for_stop()
    context.result(totals.as_json(seconds))
    return 5 if totals.failed or totals.second_plan_changes else 0


@contextmanager
def _showing(context: Context) -> Iterator[_Demo]:
    """Set the stage: an instance in a temporary folder, and the sandboxes."""
    with ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="jobframe-demo-")
        )
        context.home_option = str(Path(folder) / "instance")
        create_home(Path(context.home_option), "Quillmere Group", "Europe/Warsaw")
        instance = stack.enter_context(
            open_instance(open_home(context.home_option, {}), now)
        )
        seed = example_seed()
        sandboxes = {}
        for name in sorted(adapters(), reverse=True):
            sandboxes[name] = load_adapter(name).start_sandbox(seed)
            stack.callback(sandboxes[name].close)
        yield _Demo(context, instance, sandboxes)
