"""Moves into other roles: a job change by REST that the tenant's approvals decide.

A draft is prepared and submitted as it is: no approval, to-do or notification is ever
skipped, pay is never touched, and what the evidence shows never leaves: the comment
bears our reference and a link (Workday contract, 6.11 and 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element, find, find_all, tag, text_of
from adapters.workday.processes import Process, Processes
from adapters.workday.read import Question, View, read_named
from adapters.workday.references import foreign, reference, wid_of
from adapters.workday.rest import STAFFING, MissingError, RestClient, segment
from adapters.workday.settings import Settings
from connector.kit.errors import (
    AuthError,
    RejectedError,
    ReplyError,
    TransientError,
)
from connector.kit.values import (
    ApplyItem,
    Done,
    Move,
    MoveEvent,
    MovePosition,
    MovePreview,
    MoveReason,
    MoveState,
    MoveStatus,
    Outcome,
    Ref,
    Rejected,
    Sending,
    Unknown,
    Untried,
)

CHANGE_JOB = "Change Job"
#: How far back a process still in progress is looked for.
_LOOK_BACK = timedelta(days=366)
_FLAGS = (
    "Include_Reference",
    "Include_Employment_Information",
    "Include_Additional_Jobs",
)
_UNLISTED = (
    "Every validation rule on the initiation step of Change Job: Workday applies none "
    "of them when an integration starts the process, and the setting "
    "`change_job_checks` lists none (View Business Process Definition shows them)."
)


@dataclass(frozen=True, slots=True)
class _Position:
    """A position with the id that REST goes by."""

    shown: MovePosition
    wid: str


class WorkdayMoves:
    """Previews, starts and follows job changes."""

    def __init__(
        self,
        client: WorkdayClient,
        rest: RestClient,
        settings: Settings,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._rest = rest
        self._processes = Processes(rest, settings)
        self._settings = settings
        self._now = now

    def preview(self, move: Move) -> MovePreview:
        """Read what a person must know before the move is approved.

        Raises:
            AuthError, RejectedError, ReplyError, TransientError: it cannot be known.
        """
        worker, positions = self._worker(move)
        position = _named(positions, move.position_id)
        running = [
            process
            for process in self._processes.about(worker, since=self._earliest())
            if process.state is MoveState.IN_PROGRESS
        ]
        barring = {
            process.remote_id
            for process in self._processes.about(
                worker, since=self._earliest(), process=CHANGE_JOB
            )
        }
        reasons = tuple(self._reasons(worker, move.effective_on))
        return MovePreview(
            positions=tuple(each.shown for each in positions),
            position_id=position.shown.position_id if position else "",
            business_title=position.shown.business_title if position else "",
            reasons=reasons,
            conflicts=tuple(_event(p) for p in running if p.remote_id in barring),
            others=tuple(_event(p) for p in running if p.remote_id not in barring),
            skipped=self._settings.change_job_checks or (_UNLISTED,),
            problems=tuple(_problems(move, positions, position, reasons)),
        )

    def find(self, move: Move, since: date) -> tuple[MoveEvent, ...]:
        """Return the worker's job changes initiated on `since` or later.

        Each says whether its comments bear our reference.

        Raises:
            AuthError, RejectedError, ReplyError, TransientError: it cannot be known.
        """
        worker, _ = self._worker(move)
        found = self._processes.about(worker, since=since, process=CHANGE_JOB)
        return tuple(_event(one, self._is_ours(one, move)) for one in found)

    def start(self, move: Move) -> Iterator[ApplyItem]:
        """Draft the job change, fill it and submit it; see the protocol.

        Nothing persists before the submission, so all before it may be repeated and
        the `Sending` stands right before it.

        Raises:
            AuthError: stop; what was not submitted was not started.
        """
        ref = Ref("move", move.reference)
        try:
            draft = self._draft(move)
        except TransientError as error:
            yield Untried(ref, error.message)
            return
        except (RejectedError, ReplyError) as error:
            yield Rejected(ref=ref, message=error.message, hint=error.hint)
            return
        yield Sending((ref,), draft)
        yield self._submit(ref, draft)

    def status(self, remote_id: str) -> MoveStatus:
        """Return how far a job change has come, and what people wrote about it.

        Raises:
            AuthError, RejectedError, ReplyError, TransientError: it cannot be known.
        """
        process = self._processes.one(remote_id)
        return MoveStatus(
            state=process.state,
            decided_on=process.completed_on,
            words=self._processes.words(remote_id),
        )

    def _draft(self, move: Move) -> str:
        """Open a draft and fill it; returns its id, which becomes the event's."""
        _, positions = self._worker(move)
        position = _named(positions, move.position_id)
        if position is None:
            raise RejectedError(
                "The worker holds several positions, and the move names none of them.",
                hint="Draft it again with the position's id.",
            )
        path = f"/workers/{_worker_id(move)}/jobChanges"
        body = {
            "date": move.effective_on.isoformat(),
            "job": {"id": position.wid},
            "reason": {"id": move.reason_id},
        }
        answer = self._rest.write("POST", STAFFING, path, body, is_repeatable=True)
        draft = str(answer.get("id", ""))
        if not draft:
            raise ReplyError("Workday opened a job change without an id.")
        title = move.title or position.shown.business_title
        # The title follows the profile unless it is sent after it.
        self._patch(draft, "jobProfile", {"jobProfile": {"id": move.role.remote_id}})
        if title:
            self._patch(draft, "businessTitle", {"businessTitle": title})
        self._patch(draft, "comment", {"comment": comment_of(move)})
        return draft

    def _patch(self, draft: str, part: str, body: dict[str, object]) -> None:
        path = f"/jobChanges/{segment(draft)}/{part}/{segment(draft)}"
        self._rest.write("PATCH", STAFFING, path, body, is_repeatable=True)

    def _submit(self, ref: Ref, draft: str) -> Outcome:
        path = f"/jobChanges/{segment(draft)}/submit"
        try:
            # An empty object means: into the configured approvals.
            answer = self._rest.write("POST", STAFFING, path, {}, is_repeatable=False)
        except MissingError:
            return Untried(
                ref, "the draft was gone before it was submitted; nothing was started"
            )
        except (AuthError, RejectedError) as error:
            return Rejected(ref=ref, message=error.message, hint=error.hint)
        except TransientError as error:
            kind = Unknown if error.is_sent else Untried
            return kind(ref, error.message)
        except ReplyError as error:
            return Unknown(ref, error.message)
        parameters = answer.get("businessProcessParameters") or {}
        if critical := str(parameters.get("criticalValidations", "")):
            return Rejected(ref=ref, message=f"Workday refused the move: {critical}")
        event = parameters.get("overallBusinessProcess") or {}
        return Done(ref, str(event.get("id") or answer.get("id") or draft))

    def _is_ours(self, process: Process, move: Move) -> bool | None:
        words = self._processes.words(process.remote_id)
        if any(move.reference in text for text in words):
            return True
        return False if words else None

    def _worker(self, move: Move) -> tuple[str, list[_Position]]:
        """Return the worker's WID and the positions held now."""
        question = Question(
            operation="Get_Workers",
            record="Worker",
            references=(
                reference("Worker_Reference", "Employee_ID", move.employee_id),
            ),
            flags=_FLAGS,
            page_size=1,
        )
        for worker in read_named(self._client, question, View(), now=self._now()):
            return wid_of(find(worker, "Worker_Reference")), list(_positions(worker))
        raise RejectedError(
            "Workday knows no worker by this person's employee id.",
            hint="Read the people again: jobframe people sync.",
        )

    def _reasons(self, worker: str, day: date) -> Iterator[MoveReason]:
        query = {"worker": worker, "effectiveDate": day.isoformat()}
        path = "/values/jobChangesGroup/reason"
        for row in self._rest.read_all(STAFFING, path, query, is_values=True):
            yield MoveReason(str(row.get("id", "")), str(row.get("descriptor", "")))

    def _earliest(self) -> date:
        return (self._now() - _LOOK_BACK).date()


def comment_of(move: Move) -> str:
    """Return the comment that the approvers read: a reference and a link, no more."""
    return f"Job framework proposal {move.reference}. {move.link}".strip()


def _worker_id(move: Move) -> str:
    return segment(f"Employee_ID={move.employee_id}")


def _positions(worker: Element) -> Iterator[_Position]:
    for job in find_all(worker, "Worker_Data", "Employment_Data", "Worker_Job_Data"):
        data = find(job, "Position_Data")
        profile = find(data, "Job_Profile_Summary_Data", "Job_Profile_Reference")
        shown = MovePosition(
            position_id=text_of(data, "Position_ID").strip(),
            role=foreign("job_profile", profile),
            business_title=text_of(data, "Business_Title").strip(),
            is_primary=job.get(tag("Primary_Job"), "1") in {"1", "true"},
        )
        yield _Position(shown, wid_of(find(data, "Position_Reference")))


def _named(positions: list[_Position], position_id: str) -> _Position | None:
    """Return the position that a move is about; the only one needs no name."""
    if not position_id:
        return positions[0] if len(positions) == 1 else None
    named = (each for each in positions if each.shown.position_id == position_id)
    return next(named, None)


def _problems(
    move: Move,
    positions: list[_Position],
    position: _Position | None,
    reasons: tuple[MoveReason, ...],
) -> Iterator[str]:
    held = ", ".join(each.shown.position_id for each in positions) or "none"
    if position is None and move.position_id:
        yield f"The worker does not hold the position {move.position_id}: {held}."
    elif position is None:
        yield f"The worker holds several positions, name one of them: {held}."
    elif position.shown.role == move.role:
        yield "The worker holds this role already."
    is_by_type = "=" in move.reason_id
    if not is_by_type and move.reason_id not in {each.reason_id for each in reasons}:
        yield f"Workday offers no reason “{move.reason_id}” for a job change."


def _event(process: Process, is_ours: bool | None = None) -> MoveEvent:
    return MoveEvent(
        remote_id=process.remote_id,
        name=process.name,
        initiated_on=process.initiated_on,
        state=process.state,
        is_ours=is_ours,
    )
