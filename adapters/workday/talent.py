"""Evidence on a worker's record: trainings, certifications, assessed competencies.

What a worker gets of one kind leaves as one business process, which the customer's
approvals decide; it is never repeated here, and what a person assessed is never
overwritten. Personal data: messages name our reference, not the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element, find
from adapters.workday.processes import Process, Processes
from adapters.workday.read import Question, View, read_named
from adapters.workday.references import reference, wid_of
from adapters.workday.rest import MissingError, RestClient
from adapters.workday.settings import Settings
from adapters.workday.wire.achievements import ACHIEVEMENTS, Achievement
from connector.kit.errors import (
    AuthError,
    RejectedError,
    ReplyError,
    TransientError,
)
from connector.kit.values import (
    ApplyItem,
    Dispatch,
    DispatchFate,
    DispatchFound,
    DispatchKind,
    DispatchStatus,
    Done,
    MoveState,
    OpenDispatch,
    Outcome,
    Ref,
    Rejected,
    Sending,
    Unknown,
    Untried,
)

#: Workers asked about in one request: their qualifications make big answers.
_WORKERS_AT_ONCE = 50
_FATES = {
    MoveState.IN_PROGRESS: DispatchFate.PENDING,
    MoveState.APPROVED: DispatchFate.APPROVED,
}
#: The tenant's calendar may be a day behind ours, or ahead.
_A_DAY = timedelta(days=1)


class WorkdayTalent:
    """Sends dispatches, looks them up and follows their processes.

    Without a REST client processes are not followed: a user's name and password give
    no access to them (Workday contract, 9).
    """

    def __init__(
        self,
        client: WorkdayClient,
        settings: Settings,
        now: Callable[[], datetime],
        rest: RestClient | None,
    ) -> None:
        self._client = client
        self._settings = settings
        self._now = now
        self._processes = Processes(rest, settings) if rest is not None else None

    def find(self, dispatches: Sequence[Dispatch]) -> Iterator[DispatchFound]:
        """Yield those dispatches that the tenant already shows, by our reference.

        A process that still waits for approval shows nothing (Workday contract, 6.7):
        a dispatch that is not found may be on its way.

        Raises:
            AuthError, ReplyError, TransientError: nothing is known about the rest.
        """
        for kind, achievement in ACHIEVEMENTS.items():
            asked = {each.reference for each in dispatches if each.kind is kind}
            workers = [each.employee_id for each in dispatches if each.kind is kind]
            for record in self._records(achievement, workers):
                for own_id, wid in achievement.shown(record):
                    if own_id in asked:
                        yield DispatchFound(own_id, wid)

    def send(self, dispatches: Sequence[Dispatch]) -> Iterator[ApplyItem]:
        """Send dispatches, those of one worker and one kind as one process.

        `Done.remote_id` is the process; whether it waits for somebody shows the record.

        Raises:
            AuthError, ReplyError: stop; the dispatches without an outcome were not
                sent.
        """
        barred = self._assessed_by_people(dispatches)
        free = []
        for each in dispatches:
            if each.reference in barred:
                yield _left_alone(each)
            else:
                free.append(each)
        by_worker = sorted(free, key=lambda each: (each.employee_id, each.kind))
        for _, some in groupby(by_worker, lambda each: (each.employee_id, each.kind)):
            yield from self._send(list(some))

    def follow(self, sent: Sequence[OpenDispatch]) -> Iterator[DispatchStatus]:
        """Yield what became of dispatches that no record shows yet.

        One without a process of its own is looked for among the worker's processes of
        that kind, by our reference in a comment.

        Raises:
            AuthError, ReplyError, TransientError: nothing is known about the rest.
        """
        if self._processes is None:
            return
        for each in sent:
            yield self._status(self._processes, each)

    def _status(self, processes: Processes, sent: OpenDispatch) -> DispatchStatus:
        reference_of = sent.dispatch.reference
        if sent.event_id:
            try:
                process = processes.one(sent.event_id)
            except MissingError:
                return DispatchStatus(reference_of, DispatchFate.UNSURE, sent.event_id)
            return self._fate(processes, sent.dispatch, process)
        found = list(self._candidates(processes, sent.dispatch, sent.sent_on))
        for process, words in found:
            if any(reference_of in text for text in words):
                return self._fate(processes, sent.dispatch, process)
        if any(not words for _, words in found):
            return DispatchStatus(reference_of, DispatchFate.UNSURE)
        return DispatchStatus(reference_of, DispatchFate.ABSENT)

    def _candidates(
        self, processes: Processes, dispatch: Dispatch, sent_on: date
    ) -> Iterator[tuple[Process, tuple[str, ...]]]:
        """Yield the processes that may be a dispatch's, and what is written on them."""
        worker = self._wid(dispatch.employee_id)
        name = ACHIEVEMENTS[dispatch.kind].process
        if not worker:
            return
        for process in processes.about(worker, since=sent_on - _A_DAY, process=name):
            yield process, processes.words(process.remote_id)

    def _fate(
        self, processes: Processes, dispatch: Dispatch, process: Process
    ) -> DispatchStatus:
        fate = _FATES.get(process.state, DispatchFate.DENIED)
        words: tuple[str, ...] = ()
        if fate is DispatchFate.DENIED:
            written = processes.words(process.remote_id)
            theirs = (text for text in written if dispatch.reference not in text)
            words = (process.state.value, *theirs)
        return DispatchStatus(dispatch.reference, fate, process.remote_id, words)

    def _send(self, some: Sequence[Dispatch]) -> Iterator[ApplyItem]:
        """Send what one worker gets of one kind."""
        refs = tuple(Ref("dispatch", each.reference) for each in some)
        achievement = ACHIEVEMENTS[some[0].kind]
        try:
            request = achievement.request(some, self._settings)
        except RejectedError as error:
            for ref in refs:
                yield Rejected(ref=ref, message=error.message, hint=error.hint)
            return
        yield Sending(refs)
        outcomes, stop = self._outcomes(some, achievement, request)
        yield from outcomes
        if stop is not None:
            raise stop

    def _outcomes(
        self, some: Sequence[Dispatch], achievement: Achievement, request: Element
    ) -> tuple[list[Outcome], AuthError | ReplyError | None]:
        refs = [Ref("dispatch", each.reference) for each in some]
        try:
            answer = self._client.call(achievement.manage, request, is_repeatable=False)
        except TransientError as error:
            return self._after(some, error), None
        except ReplyError as error:
            return [Unknown(ref, error.message) for ref in refs], error
        except (AuthError, RejectedError) as error:
            message = error.message.replace(some[0].employee_id, "(the worker)")
            refused: list[Outcome] = [
                Rejected(ref=ref, message=message, hint=error.hint) for ref in refs
            ]
            return refused, error if isinstance(error, AuthError) else None
        event = wid_of(find(answer, achievement.event))
        return [Done(ref, event) for ref in refs], None

    def _after(self, some: Sequence[Dispatch], error: TransientError) -> list[Outcome]:
        """Return the outcomes of a request that failed on the way.

        Behind an answer of a gateway nothing goes on any more: a process that is not
        there by then was not started. Without any answer it may still be starting.
        """
        refs = [Ref("dispatch", each.reference) for each in some]
        if not error.is_sent:
            return [Untried(ref, error.message) for ref in refs]
        if error.is_answered and self._is_absent(some[0]):
            told = f"{error.message} No process was started."
            return [Untried(ref, told) for ref in refs]
        return [Unknown(ref, error.message) for ref in refs]

    def _is_absent(self, dispatch: Dispatch) -> bool:
        if self._processes is None:
            return False
        asked = OpenDispatch(dispatch, "", self._now().date())
        try:
            status = self._status(self._processes, asked)
        except (AuthError, RejectedError, ReplyError, TransientError):
            return False
        return status.fate is DispatchFate.ABSENT

    def _assessed_by_people(self, dispatches: Sequence[Dispatch]) -> set[str]:
        """Return the references of assessments that a person's would give way to.

        Every row that bears no reference of ours is a person's, or another system's.
        """
        kind = ACHIEVEMENTS[DispatchKind.ASSESSMENT]
        wanted = [each for each in dispatches if each.kind is DispatchKind.ASSESSMENT]
        held: set[tuple[str, str]] = set()
        for record in self._records(kind, [each.employee_id for each in wanted]):
            ids = find(record, "Worker_Reference")
            for own_id, competency in kind.shown(record):
                if not own_id.startswith(_marks(wanted)):
                    held.add((wid_of(ids), competency))
        if not held:
            return set()
        workers = {one: self._wid(one) for one in {w.employee_id for w in wanted}}
        return {
            each.reference
            for each in wanted
            if (workers[each.employee_id], each.competency_id) in held
        }

    def _records(
        self, achievement: Achievement, employee_ids: Sequence[str]
    ) -> Iterator[Element]:
        workers = list(dict.fromkeys(employee_ids))
        for start in range(0, len(workers), _WORKERS_AT_ONCE):
            some = workers[start : start + _WORKERS_AT_ONCE]
            question = Question(
                operation=achievement.get,
                record=achievement.record,
                references=tuple(achievement.worker(one) for one in some),
                flags=achievement.flags,
                page_size=_WORKERS_AT_ONCE,
            )
            yield from read_named(self._client, question, View(), now=self._now())

    def _wid(self, employee_id: str) -> str:
        """Return a worker's WID, empty where there is no such worker."""
        question = Question(
            operation="Get_Workers",
            record="Worker",
            references=(reference("Worker_Reference", "Employee_ID", employee_id),),
            flags=("Include_Reference",),
            page_size=1,
        )
        for worker in read_named(self._client, question, View(), now=self._now()):
            return wid_of(find(worker, "Worker_Reference"))
        return ""


def _marks(dispatches: Sequence[Dispatch]) -> tuple[str, ...]:
    """Return what references of ours begin with."""
    first_two = ("-".join(each.reference.split("-")[:2]) for each in dispatches)
    return tuple({f"{mark}-" for mark in first_two})


def _left_alone(dispatch: Dispatch) -> Rejected:
    return Rejected(
        ref=Ref("dispatch", dispatch.reference),
        message="An assessment by a person stands on the worker's record; it is never"
        " overwritten.",
        hint="Nothing is left to do: the evidence stays here.",
        code="assessed_by_a_person",
    )
