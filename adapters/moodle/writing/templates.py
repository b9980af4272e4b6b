"""Writes learning plan templates and the competencies in them.

A template takes several calls. A new one is looked for by its mark before it is made,
and taken back when it could not be filled; so a killed run leaves no second one.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from adapters.moodle import listing, wire
from adapters.moodle.client import Call, Ran
from adapters.moodle.facts import SYSTEM_CONTEXT
from adapters.moodle.failures import RefusedError
from adapters.moodle.identities import prefix_of
from adapters.moodle.mark import mark, unmark
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
    refused,
    stale,
    untried,
)
from connector.kit.errors import TargetError
from connector.kit.values import (
    RETIRED,
    Done,
    Operation,
    Outcome,
    Rows,
    Unknown,
    Untried,
    Write,
)

_CREATE = "core_competency_create_template"
_UPDATE = "core_competency_update_template"
_DELETE = "core_competency_delete_template"
_MEMBERS = "core_competency_list_competencies_in_template"
_ROWS = RowCalls(
    add="core_competency_add_competency_to_template",
    remove="core_competency_remove_competency_from_template",
    reorder="core_competency_reorder_template_competency",
)
#: Templates of a group: each takes about as many calls as it has competencies.
_GROUP_SIZE = 10


@dataclass(slots=True)
class _Job:
    """One template on its way: where it is, what is in it, how it ended."""

    write: Write
    template_id: int | None
    is_new: bool = False
    current: list[int] = field(default_factory=list)
    outcome: Outcome | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome is None


class TemplateWriter:
    """Creates, changes, hides and shows templates."""

    kinds = ("template",)
    group_size = _GROUP_SIZE

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._marked: dict[str, int] | None = None

    def lane_of(self, write: Write) -> Hashable:
        """Let every template go in any lane."""
        return write.ref

    def phases(self, writes: Sequence[Write]) -> list[list[Write]]:
        """Return all writes as one phase."""
        return [list(writes)]

    def send(self, writes: Sequence[Write]) -> Sent:
        """Send a group: look, write the templates, fill them, take back what failed."""
        try:
            jobs = [self._job(write) for write in writes]
            self._look_inside([job for job in jobs if _fills(job)])
        except TargetError as error:
            return untried(writes, error)
        rans = self._write(jobs)
        rans += self._fill([job for job in jobs if job.is_open and _fills(job)])
        for job in jobs:
            if job.outcome is None:
                job.outcome = Done(job.write.ref, str(job.template_id))
        outcomes = [job.outcome for job in jobs if job.outcome is not None]
        return Sent(outcomes, fatal_of(rans))

    def _job(self, write: Write) -> _Job:
        if write.operation is not Operation.CREATE:
            return _Job(write, int(write.remote_id or 0))
        return _Job(write, self._leftover(write))

    def _leftover(self, write: Write) -> int | None:
        """Return the template that a killed run may have made already."""
        with self._lock:
            if self._marked is None:
                prefix = prefix_of(write.identity, write.kind, write.key)
                self._marked = {
                    unmark(template.description, prefix)[0]: template.id
                    for template in listing.templates(self._context.client)
                }
            return self._marked.get(write.identity)

    def _look_inside(self, jobs: Sequence[_Job]) -> None:
        """Read what is in the templates right before, and set stale ones aside."""
        known = [job for job in jobs if job.template_id is not None]
        calls = [[Call(_MEMBERS, {"id": job.template_id})] for job in known]
        rans = self._context.client.run(calls, is_repeatable=True)
        for job, ran in zip(known, rans, strict=True):
            if not ran.is_done:
                if isinstance(ran.error, RefusedError):
                    job.outcome = refused(job.write, ran.error)
                    continue
                raise ran.error or AssertionError(ran)
            members = wire.NODE.many(ran.answers[0], _MEMBERS)
            job.current = [node.id for node in members]
            if self._has_moved(job):
                job.outcome = stale(
                    job.write,
                    "The competencies of the template changed since the plan was made.",
                )

    def _has_moved(self, job: _Job) -> bool:
        before = job.write.before.get("competencies")
        if job.write.operation is Operation.CREATE or not isinstance(before, Rows):
            return False
        known = [self._context.known_id(key) for key in row_references(before)]
        return known != job.current

    def _write(self, jobs: Sequence[_Job]) -> list[Ran]:
        """Create and change the templates themselves."""
        open_jobs = [job for job in jobs if job.is_open]
        rans = self._context.client.run(
            [_own_calls(job) for job in open_jobs], is_repeatable=False
        )
        for job, ran in zip(open_jobs, rans, strict=True):
            if not ran.is_done:
                job.outcome = failed(job.write, ran)
            elif job.template_id is None:
                job.template_id = wire.TEMPLATE.one(ran.answers[0], _CREATE).id
                job.is_new = True
        return rans

    def _fill(self, jobs: Sequence[_Job]) -> list[Ran]:
        """Bring the competencies of templates to the wanted rows and order."""
        rans = self._context.client.run(
            [list(self._row_calls(job)) for job in jobs], is_repeatable=False
        )
        for job, ran in zip(jobs, rans, strict=True):
            if not ran.is_done:
                job.outcome = self._half_done(job, ran)
        return rans

    def _row_calls(self, job: _Job) -> Iterator[Call]:
        target = [
            self._context.id_of(key)
            for key in row_references(job.write.after.get("competencies"))
        ]
        for name, fields in row_changes(_ROWS, job.current, target):
            yield Call(name, {"templateid": job.template_id, **fields})

    def _half_done(self, job: _Job, ran: Ran) -> Outcome:
        """Take a new template back that could not be filled."""
        message = ran.error.message if ran.error else ""
        if job.is_new and not ran.is_lost:
            undo = [[Call(_DELETE, {"id": job.template_id, "deleteplans": False})]]
            (undone,) = self._context.client.run(undo, is_repeatable=True)
            if undone.answers == [True]:
                if ran.is_untried:
                    return Untried(job.write.ref, message)
                return refused(job.write, ran.error)
        if ran.answers or job.is_new or ran.is_lost or _own_values(job.write):
            return Unknown(job.write.ref, f"Written in part only, then: {message}")
        return failed(job.write, ran)


def _fills(job: _Job) -> bool:
    return "competencies" in job.write.after


def _own_values(write: Write) -> dict[str, object]:
    """Return the changed values of the template itself, in Moodle's words."""
    after = write.after
    data: dict[str, object] = {}
    if "shortname" in after:
        data["shortname"] = after["shortname"]
    if "description" in after or write.operation is Operation.CREATE:
        data["description"] = mark(write.identity, str(after.get("description") or ""))
    if RETIRED in after:
        data["visible"] = not after[RETIRED]
    elif write.operation is Operation.RETIRE:
        data["visible"] = False
    return data


def _own_calls(job: _Job) -> list[Call]:
    data = _own_values(job.write)
    if job.template_id is not None:
        update = {"template": {"id": job.template_id, **data}}
        return [Call(_UPDATE, update)] if data else []
    data |= {"contextid": SYSTEM_CONTEXT, "descriptionformat": 1}
    return [Call(_CREATE, {"template": data})]
