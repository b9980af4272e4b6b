"""The pipeline over a database and an opened connection: plan, apply, resume.

    load -> validate -> map -> read target -> diff -> guard -> apply -> record

A plan is the same pipeline stopped after *guard*. Nothing here asks whether a run is
a rehearsal: `apply` is what comes after a plan that a person has seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Connection as SqlConnection

from connector.framework.model import Framework
from connector.kit.errors import PlanError, StalePlanError, UnsafePlanError
from connector.kit.protocols import Connection
from connector.kit.values import KindSpec, Record, Ref
from connector.store import audit, connections, decisions, journal, links, people, tasks
from connector.store.connections import KnownConnection
from connector.store.database import Database
from connector.store.journal import ChangeState, Run, RunStatus
from connector.store.locks import EnsureHeld, run_lock
from connector.store.tasks import WantedTask
from connector.store.values import Link
from connector.sync.draft import PlanInput
from connector.sync.executor import OPEN, Execution, Look, Progress, never
from connector.sync.gating import (
    Gatekeeper,
    later_entries,
    refuse_window,
    unread,
    window_notice,
)
from connector.sync.mapper import MapResult, map_records
from connector.sync.mapping import Mapping as TargetMapping
from connector.sync.moved import what_moved
from connector.sync.open_reviews import OpenReviews, ask_reviews
from connector.sync.people import RolePeople, nobody_known
from connector.sync.plan import Change, Plan
from connector.sync.plan_json import plan_from_json, plan_to_json
from connector.sync.planner import make_plan
from connector.sync.reading import read_target, refuse_blindness, scope_of
from connector.sync.report import Report, report_on
from connector.sync.rules import Digest, Rules
from connector.sync.settling import Sight, with_seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The framework to plan for: a release, or a draft without an id.

    `effective_on` is the day from which it holds; `as_of` the day the plan is for.
    """

    framework: Framework
    name: str
    release_id: int | None
    effective_on: date
    as_of: date


def _silent(_change: Change, _state: ChangeState, _message: str) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Engine:
    """Plans and applies for one connection."""

    name: str
    adapter: str
    connection: Connection
    mapping: TargetMapping
    database: Database
    digest: Digest
    now: Callable[[], datetime]
    today: Callable[[], date]
    #: Tells who holds which role on a day.
    people: Callable[[date], RolePeople] = nobody_known
    #: Tells of the reviews that somebody works on.
    open_reviews: Callable[[], OpenReviews] = OpenReviews
    specs: Mapping[str, KindSpec] = field(init=False)
    _mapped: tuple[Framework, RolePeople, MapResult] | None = None

    def __post_init__(self) -> None:
        """Ask the adapter for its kinds once."""
        self.specs = {
            spec.name: spec
            for spec in self.connection.catalogue.kinds()
            if spec.name in self.mapping.kinds
        }

    def plan(self, edition: Edition) -> Plan:
        """Return what would be written for an edition of the framework.

        Raises:
            FrameworkError: values that the target could not hold.
            PlanError: the connection was made for another target.
            AuthError: the target refuses the credentials.
            TargetError: nothing at all could be read.
        """
        mapped = self._map(edition.framework, self.people(edition.as_of))
        known, choices, holders = self._state()
        scope = scope_of(
            self.mapping.prefix,
            list(self.specs.values()),
            mapped.records,
            known,
            edition.as_of,
        )
        closed = self._closed(self.specs)
        readings, in_scope = read_target(
            self.connection.catalogue, scope, self._kinds_to_read(closed)
        )
        refuse_blindness(self.name, scope, readings)
        plan = self._with_outlook(
            PlanInput(
                connection=self.name,
                prefix=self.mapping.prefix,
                release=edition.name,
                release_id=edition.release_id,
                as_of=edition.as_of,
                effective_on=edition.effective_on,
                mapping_hash=self.mapping.digest,
                specs=list(self.specs.values()),
                records=mapped.records,
                links=known,
                readings=readings | unread(closed),
                closed=closed,
                rules=self._rules(choices),
                limits=self.mapping.limits,
                people=holders,
                scope=in_scope,
                protected=self._protected(),
                banner=self.connection.banner,
            )
        )
        return ask_reviews(plan, self.connection.reviews, self.open_reviews)

    def _protected(self) -> frozenset[str]:
        return frozenset(
            name
            for name, spec in self.specs.items()
            if spec.is_protected or self.mapping.kinds[name].is_protected
        )

    def _closed(self, kinds: Collection[str]) -> dict[str, str]:
        """Return why some kinds stay off: the target takes them in another form."""
        gate = self.connection.gate
        if gate is None:
            return {}
        keeper = Gatekeeper(self.database, self.name, gate)
        return keeper.closed(kinds, self.now())

    def _with_outlook(self, given: PlanInput) -> Plan:
        """Make a plan that knows what the target holds for days to come.

        Only objects that would be written are asked for.
        """
        made = make_plan(given)
        later = later_entries(self.connection.outlook, made)
        return make_plan(replace(given, later=later)) if later else made

    def _kinds_to_read(self, closed: Collection[str]) -> list[str]:
        """Return the mapped kinds, and those whose objects our writes could undo."""
        undone = {reset.kind for spec in self.specs.values() for reset in spec.resets}
        return [
            spec.name
            for spec in self.connection.catalogue.kinds()
            if (spec.name in self.specs or spec.name in undone)
            and spec.name not in closed
        ]

    def _map(self, framework: Framework, holding: RolePeople) -> MapResult:
        """Map once for a plan and for the apply that makes it again: *map* is pure."""
        known = self._mapped
        if known is None or known[0] is not framework or known[1] != holding:
            specs = list(self.specs.values())
            found = map_records(
                self.mapping, framework, specs, holding, connection=self.name
            )
            known = self._mapped = (framework, holding, found)
        return known[2]

    def _rules(self, choices: Sequence[decisions.Decision]) -> Rules:
        return Rules(
            digest=self.digest,
            drift={name: kind.drift for name, kind in self.mapping.kinds.items()},
            decisions={
                (choice.kind, choice.key, choice.field): choice for choice in choices
            },
        )

    def _state(
        self,
    ) -> tuple[dict[Ref, Link], list[decisions.Decision], dict[tuple[str, str], int]]:
        """Read our side: links, decisions, and how many people hold each role."""
        with self.database.read() as conn:
            self._check_address(connections.get(conn, self.name))
            known = {link.ref: link for link in links.all(conn, self.name)}
            choices = decisions.all(conn, self.name)
            holders = people.holders(conn)
        return known, choices, holders

    def _check_address(self, known: KnownConnection | None) -> None:
        """Refuse a connection whose target is not the one it was made for."""
        if known is None or known.address == self.connection.address:
            return
        raise PlanError(
            f"the connection {self.name} was made for {known.address}, and now points"
            f" to {self.connection.address}",
            hint="Links made for one target are not trusted in another: give the new"
            " target a connection of its own, or correct the address.",
        )

    def apply(
        self, plan: Plan, edition: Edition, person: str, progress: Progress = _silent
    ) -> Report:
        """Apply a plan that a person has seen, and nothing else.

        An unfinished run is finished first. The plan is then made again, from its own
        release, mapping and date, and must have the same fingerprint.

        Raises:
            StalePlanError: the target, release or mapping moved; says what.
            UnsafePlanError: a guard refuses and nobody confirmed it.
            RunLockedError: another run holds the connection.
            PlanError: a window is open in which the target is left alone.
        """
        refuse_window(self.connection.windows, self.now())
        with run_lock(self.database, self.name) as ensure_held:
            resumed = self._resume(progress, ensure_held)
            if resumed and resumed[0] == plan.fingerprint:
                return resumed[1]
            fresh = self.plan(edition)
            if fresh.fingerprint != plan.fingerprint:
                raise StalePlanError(
                    "the plan no longer fits: something moved since it was made",
                    hint="Look at what moved, then plan again.",
                    problems=what_moved(plan, fresh),
                )
            self._check_day(edition)
            self._check_guards(fresh, person)
            return self._run(fresh, person, progress, ensure_held)

    def resume(self, progress: Progress = _silent) -> Report | None:
        """Finish a run that was interrupted; none where there is none.

        Raises:
            PlanError: a window is open in which the target is left alone.
        """
        refuse_window(self.connection.windows, self.now())
        with run_lock(self.database, self.name) as ensure_held:
            resumed = self._resume(progress, ensure_held)
        return resumed[1] if resumed else None

    def _check_day(self, edition: Edition) -> None:
        if edition.release_id is None:
            raise PlanError(
                "a draft can be planned, not applied",
                hint="Make it a release first: `jobframe framework release`.",
            )
        if edition.effective_on > self.today():
            raise PlanError(
                f"the release takes effect on {edition.effective_on}; until then it can"
                " be previewed, not written",
                hint="Apply it on that day, or leave it to the schedule.",
            )

    def _check_guards(self, plan: Plan, person: str) -> None:
        with self.database.read() as conn:
            approvals = decisions.approvals(conn, plan.fingerprint)
        confirmed = {
            approval.guard
            for approval in approvals
            if approval.person != person or not _needs_second(plan, approval.guard)
        }
        standing = [item for item in plan.refusals if item.guard not in confirmed]
        if standing:
            raise UnsafePlanError(
                "; ".join(f"{item.guard}: {item.message}" for item in standing),
                hint="Nothing was written. A person may confirm this very plan: "
                f"`jobframe approve {plan.fingerprint} --guard NAME`"
                + (
                    ", and for reach it must not be who applies it."
                    if any(item.needs_second for item in standing)
                    else "."
                ),
            )

    def _run(
        self, plan: Plan, person: str, progress: Progress, ensure_held: EnsureHeld
    ) -> Report:
        with self.database.write() as conn:
            self._keep_books(conn, plan, person)
            if plan.is_empty:
                return Report(run_id=None, planned=0)
            run_id = journal.open_run(
                conn,
                connection=self.name,
                fingerprint=plan.fingerprint,
                plan_json=json.dumps(plan_to_json(plan), ensure_ascii=False),
                release_id=plan.release_id,
                as_of=plan.as_of,
                person=person,
                at=self.now(),
                refs=[change.slot for change in plan.changes],
            )
        states = {change.slot: ChangeState.PLANNED for change in plan.changes}
        execution = self._execution(plan, run_id, states, progress, ensure_held)
        execution.send_all(
            self.connection.catalogue, plan.changes, self._looker(execution)
        )
        return self._finish(execution)

    def _keep_books(self, conn: SqlConnection, plan: Plan, person: str) -> None:
        """Record what is true without a write: links, tasks, who applied."""
        connections.save(
            conn,
            KnownConnection(
                name=self.name,
                adapter=self.adapter,
                address=self.connection.address,
                prefix=self.mapping.prefix,
            ),
        )
        links.save(conn, self.name, plan.records)
        links.delete(conn, self.name, plan.forgotten)
        wanted = [
            WantedTask(
                ref=task.ref,
                title=task.step.title,
                steps=task.step.steps,
                values=task.step.values,
            )
            for task in plan.tasks
        ]
        tasks.sync_tasks(
            conn,
            connection=self.name,
            source="plan",
            wanted=wanted,
            verified=set(plan.remote_ids) - {task.ref for task in plan.tasks},
            at=self.now(),
        )
        if plan.changes:
            audit.append(
                conn,
                at=self.now(),
                actor="sync",
                action="apply",
                detail={
                    "connection": self.name,
                    "fingerprint": plan.fingerprint,
                    "person": person,
                    "counts": plan.counts(),
                },
            )

    def _execution(
        self,
        plan: Plan,
        run_id: int,
        states: dict[Ref, ChangeState],
        progress: Progress,
        ensure_held: EnsureHeld,
    ) -> Execution:
        with self.database.read() as conn:
            known = {link.ref: link for link in links.all(conn, self.name)}
        return Execution(
            database=self.database,
            connection=self.name,
            run_id=run_id,
            plan=plan,
            specs=self.specs,
            links=known,
            states=states,
            now=self.now,
            progress=progress,
            ensure_held=ensure_held,
            pause=self._pause if self.connection.windows else never,
        )

    def _pause(self) -> str:
        return window_notice(self.connection.windows, self.now())

    def _resume(
        self, progress: Progress, ensure_held: EnsureHeld
    ) -> tuple[str, Report] | None:
        with self.database.read() as conn:
            run = journal.unfinished_run(conn, self.name)
            self._check_address(connections.get(conn, self.name))
        if run is None:
            return None
        return run.head.fingerprint, self._resumed(run, progress, ensure_held)

    def _resumed(self, run: Run, progress: Progress, ensure_held: EnsureHeld) -> Report:
        """Write what the target shows as not yet written, record what it shows done."""
        plan = plan_from_json(json.loads(run.plan_json), f"run {run.head.id}")
        execution = self._execution(
            plan, run.head.id, dict(run.states), progress, ensure_held
        )
        look = self._looker(execution)
        execution.drop(self._closed({change.kind for change in plan.changes}))
        unsettled = [c for c in plan.changes if execution.states[c.slot] in OPEN]
        todo = execution.settle_by_sight(unsettled, look)
        execution.send_all(self.connection.catalogue, todo, look)
        return self._finish(execution)

    def _looker(self, execution: Execution) -> Look:
        def look(kinds: Iterable[str]) -> Sight | None:
            return self._read_again(execution, set(kinds))

        return look

    def _read_again(self, execution: Execution, kinds: set[str]) -> Sight | None:
        """Read some kinds again; none where the reading is incomplete."""
        scope = scope_of(
            self.mapping.prefix,
            list(self.specs.values()),
            [_wanted(change) for change in execution.plan.changes],
            execution.links,
            execution.plan.as_of,
        )
        in_order = [name for name in self.specs if name in kinds]
        readings, _ = read_target(self.connection.catalogue, scope, in_order)
        if any(reading.gap for reading in readings.values()):
            return None
        found = {kind: reading.found for kind, reading in readings.items()}
        return Sight(self.specs, found, execution.references)

    def _finish(self, execution: Execution) -> Report:
        """See what the target shows after the writes, and close the run."""
        self._see(execution)
        report = report_on(
            execution.run_id,
            execution.plan.changes,
            execution.states,
            execution.messages,
        )
        if report.is_finished:
            status = RunStatus.FAILED if report.failed else RunStatus.DONE
            with self.database.write() as conn:
                journal.finish_run(
                    conn,
                    execution.run_id,
                    status,
                    json.dumps(report.as_json(), ensure_ascii=False),
                    self.now(),
                )
        return report

    def _see(self, execution: Execution) -> None:
        """Fill every `seen` of this run that no answer showed, with one bulk read."""
        unseen = {
            ref: execution.links[ref]
            for ref in execution.written
            if ref in execution.links and not _is_seen(execution.links[ref])
        }
        if not unseen:
            return
        sight = self._read_again(execution, {ref.kind for ref in unseen})
        if sight is None:
            return  # the next plan fills it: a target equal to `sent` counts as seen
        seen = []
        for ref, link in unseen.items():
            found = sight.linked(link)
            if found is not None:
                seen.append(with_seen(link, execution.written[ref], found))
        execution.links.update({link.ref: link for link in seen})
        with self.database.write() as conn:
            links.save(conn, self.name, seen)


def _wanted(change: Change) -> Record:
    """Return the record that a change is about, for a reading around it."""
    return Record(
        kind=change.kind,
        key=change.key,
        identity=change.identity,
        fields=change.record,
    )


def _is_seen(link: Link) -> bool:
    return all(base.is_seen for base in link.fields.values())


def _needs_second(plan: Plan, guard: str) -> bool:
    return any(item.needs_second for item in plan.refusals if item.guard == guard)
