"""Writes learners' own plans and the competencies in them.

A plan is looked for by its mark before it is made, so a killed run leaves no second
one. It is removed only after a look that nobody did anything with it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from adapters.moodle import learners, wire_plans
from adapters.moodle.client import Call, Ran
from adapters.moodle.facts import PLAN_ACTIVE
from adapters.moodle.identities import prefix_of
from adapters.moodle.mark import mark, unmark
from adapters.moodle.wire_plans import LearningPlan
from adapters.moodle.writing.competency_rows import (
    RowCalls,
    row_changes,
    row_references,
)
from adapters.moodle.writing.context import (
    Context,
    Sent,
    failed,
    fatal_of,
    outcome_of,
    stale,
    untried,
)
from connector.kit.errors import TargetError
from connector.kit.values import Done, Operation, Outcome, Unknown, Write

_CREATE = "core_competency_create_plan"
_UPDATE = "core_competency_update_plan"
_DELETE = "core_competency_delete_plan"
_ROWS = RowCalls(
    add="core_competency_add_competency_to_plan",
    remove="core_competency_remove_competency_from_plan",
    reorder="core_competency_reorder_plan_competency",
)
#: Plans of a group: each takes about as many calls as it has competencies.
_GROUP_SIZE = 10


@dataclass(slots=True)
class _Job:
    """One plan on its way: what is there of it, what is in it, how it ended."""

    write: Write
    plan: LearningPlan | None
    current: list[int] = field(default_factory=list)
    outcome: Outcome | None = None

    @property
    def is_removal(self) -> bool:
        return self.write.operation is Operation.RETIRE


class PlanWriter:
    """Creates, changes and removes plans."""

    kinds = ("plan",)
    group_size = _GROUP_SIZE

    def __init__(self, context: Context) -> None:
        self._context = context

    def lane_of(self, write: Write) -> Hashable:
        """Let every plan go in any lane."""
        return write.ref

    def phases(self, writes: Sequence[Write]) -> list[list[Write]]:
        """Let new plans come before old ones go."""
        going = [write for write in writes if write.operation is Operation.RETIRE]
        rest = [write for write in writes if write.operation is not Operation.RETIRE]
        return [rest, going]

    def send(self, writes: Sequence[Write]) -> Sent:
        """Send a group: look at what is there, then write or remove."""
        try:
            jobs = self._look(writes)
        except TargetError as error:
            return untried(writes, error)
        rans = self._remove([job for job in _open(jobs) if job.is_removal])
        rans += self._write(_open(jobs))
        rans += self._fill(_open(jobs))
        for job in _open(jobs):
            if job.plan is not None:
                job.outcome = Done(job.write.ref, job.plan.remote_id)
        outcomes = [job.outcome for job in jobs if job.outcome is not None]
        return Sent(outcomes, fatal_of(rans))

    def _user(self, write: Write) -> int:
        if write.remote_id:
            return int(write.remote_id.partition("/")[0])
        return self._context.id_of(write.record["user"])

    def _look(self, writes: Sequence[Write]) -> list[_Job]:
        """Find the plans, read what is in them, and set those aside that moved."""
        users = [self._user(write) for write in writes]
        there = learners.plans(self._context.client, users)
        jobs = [_Job(write, self._find(write, there)) for write in writes]
        self._look_inside([job for job in jobs if job.plan is not None])
        for job in jobs:
            job.outcome = job.outcome or self._early_outcome(job)
        return jobs

    def _find(self, write: Write, there: Sequence[LearningPlan]) -> LearningPlan | None:
        """Return the plan of a write, or the one that a killed run has made."""
        if write.operation is not Operation.CREATE:
            return next((p for p in there if p.remote_id == write.remote_id), None)
        prefix = prefix_of(write.identity, write.kind, write.key)
        for plan in there:
            identity, _ = unmark(plan.description, prefix, write.kind)
            if (plan.userid, identity) == (self._user(write), write.identity):
                return plan
        return None

    def _look_inside(self, jobs: Sequence[_Job]) -> None:
        found = [job.plan for job in jobs if job.plan is not None]
        client = self._context.client
        inside = learners.plan_competencies(client, [plan.id for plan in found])
        going = [job.plan for job in jobs if job.plan is not None and job.is_removal]
        uses = learners.uses(client, going, inside)
        for job, plan in zip(jobs, found, strict=True):
            job.current = [item.node.id for item in inside[plan.id]]
            if use := uses.get(plan.id):
                job.outcome = stale(job.write, f"The plan is kept: {use}.")

    def _early_outcome(self, job: _Job) -> Outcome | None:
        """Return the outcome of a write that has nothing left to do, or moved."""
        write = job.write
        if write.operation is Operation.CREATE:
            return None
        if job.plan is None:
            if job.is_removal:
                return Done(write.ref, write.remote_id or "")
            return stale(write, "The plan is gone.")
        if job.plan.is_complete:
            return stale(write, "The plan is completed, so it cannot be changed.")
        before = write.before.get("competencies")
        known = [self._context.known_id(key) for key in row_references(before)]
        if before is not None and known != job.current:
            return stale(write, "The competencies of the plan changed meanwhile.")
        return None

    def _remove(self, jobs: Sequence[_Job]) -> list[Ran]:
        calls = [[Call(_DELETE, {"id": job.plan.id})] for job in jobs if job.plan]
        rans = self._context.client.run(calls, is_repeatable=True)
        for job, ran in zip(jobs, rans, strict=True):
            job.outcome = outcome_of(job.write, ran, job.write.remote_id or "")
        return rans

    def _write(self, jobs: Sequence[_Job]) -> list[Ran]:
        """Create and change the plans themselves."""
        rans = self._context.client.run(
            [self._own_calls(job) for job in jobs], is_repeatable=False
        )
        for job, ran in zip(jobs, rans, strict=True):
            if not ran.is_done:
                job.outcome = failed(job.write, ran)
            elif job.plan is None:
                job.plan = wire_plans.PLAN.one(ran.answers[0], _CREATE)
        return rans

    def _own_calls(self, job: _Job) -> list[Call]:
        write, after = job.write, job.write.after
        data: dict[str, object] = {}
        if "name" in after:
            data["name"] = after["name"]
        if "description" in after or job.plan is None:
            text = str(after.get("description") or "")
            data["description"] = mark(write.identity, text)
        if job.plan is not None:
            update = {"plan": {"id": job.plan.id, **data}}
            return [Call(_UPDATE, update)] if data else []
        data |= {
            "descriptionformat": 1,
            "userid": self._user(write),
            "status": PLAN_ACTIVE,
            # A task completes every plan whose date has passed, proficient or not.
            "duedate": 0,
        }
        return [Call(_CREATE, {"plan": data})]

    def _fill(self, jobs: Sequence[_Job]) -> list[Ran]:
        """Bring the competencies of plans to the wanted rows and order."""
        rans = self._context.client.run(
            [list(self._row_calls(job)) for job in jobs], is_repeatable=False
        )
        for job, ran in zip(jobs, rans, strict=True):
            if not ran.is_done:
                message = ran.error.message if ran.error else ""
                told = f"Written in part only, then: {message}"
                job.outcome = Unknown(job.write.ref, told)
        return rans

    def _row_calls(self, job: _Job) -> Iterator[Call]:
        if "competencies" not in job.write.after or job.plan is None:
            return
        rows = row_references(job.write.after["competencies"])
        target = [self._context.id_of(key) for key in rows]
        for name, fields in row_changes(_ROWS, job.current, target):
            yield Call(name, {"planid": job.plan.id, **fields})


def _open(jobs: Sequence[_Job]) -> list[_Job]:
    """Return the jobs that have not ended yet."""
    return [job for job in jobs if job.outcome is None]
