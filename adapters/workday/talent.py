"""Evidence on a worker's record: trainings and certifications.

Every dispatch starts a business process that the customer's approvals decide; it is
never completed automatically and never repeated here. Personal data: messages name
our reference, not the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element, find
from adapters.workday.read import Question, View, read_named
from adapters.workday.references import wid_of
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
    DispatchFound,
    Done,
    Outcome,
    Ref,
    Rejected,
    Sending,
    Unknown,
    Untried,
)

#: Workers asked about in one request: their qualifications make big answers.
_WORKERS_AT_ONCE = 50
#: What `Done.seen` says about a dispatch.
CONFIRMED, PENDING = "confirmed", "pending"


class WorkdayTalent:
    """Sends dispatches and looks them up."""

    def __init__(
        self, client: WorkdayClient, settings: Settings, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._settings = settings
        self._now = now

    def find(self, dispatches: Sequence[Dispatch]) -> Iterator[DispatchFound]:
        """Yield those dispatches that the tenant already shows, by our reference.

        An event that still waits for approval is not shown (NOTES 6.7): a dispatch
        that is not found may be on its way.

        Raises:
            AuthError, ReplyError, TransientError: nothing is known about the rest.
        """
        for kind, achievement in ACHIEVEMENTS.items():
            asked = {d.reference: d for d in dispatches if d.kind is kind}
            workers = list(dict.fromkeys(d.employee_id for d in asked.values()))
            for start in range(0, len(workers), _WORKERS_AT_ONCE):
                some = workers[start : start + _WORKERS_AT_ONCE]
                for own_id, wid in self._held(achievement, some):
                    if own_id in asked:
                        yield DispatchFound(own_id, wid)

    def send(self, dispatches: Sequence[Dispatch]) -> Iterator[ApplyItem]:
        """Send dispatches one by one; the items' refs are `Ref("dispatch", ...)`.

        `Done.seen` is `{"state": "confirmed"}` with the achievement's WID where the
        tenant shows it at once, else `{"state": "pending"}` with the event's WID.

        Raises:
            AuthError, ReplyError: stop; the dispatches without an outcome were not
                sent.
        """
        for dispatch in dispatches:
            ref = Ref("dispatch", dispatch.reference)
            achievement = ACHIEVEMENTS[dispatch.kind]
            try:
                request = achievement.build(dispatch, self._settings)
            except RejectedError as error:
                yield Rejected(ref=ref, message=error.message, hint=error.hint)
                continue
            yield Sending((ref,))
            outcome, stop = self._send(dispatch, achievement, request)
            yield outcome
            if stop is not None:
                raise stop

    def _send(
        self, dispatch: Dispatch, achievement: Achievement, request: Element
    ) -> tuple[Outcome, AuthError | ReplyError | None]:
        ref = Ref("dispatch", dispatch.reference)
        try:
            answer = self._client.call(achievement.manage, request, is_repeatable=False)
        except TransientError as error:
            if error.is_sent:
                return Unknown(ref, error.message), None
            return Untried(ref, error.message), None
        except ReplyError as error:
            return Unknown(ref, error.message), error
        except (AuthError, RejectedError) as error:
            message = error.message.replace(dispatch.employee_id, "(the worker)")
            rejected = Rejected(ref=ref, message=message, hint=error.hint)
            return rejected, error if isinstance(error, AuthError) else None
        event = wid_of(find(answer, achievement.event))
        return self._done(dispatch, event), None

    def _done(self, dispatch: Dispatch, event: str) -> Outcome:
        """Return the outcome of an accepted dispatch: shown already, or waiting.

        The answer names the achievement in both cases, so the record is asked.
        """
        ref = Ref("dispatch", dispatch.reference)
        try:
            shown = next(self.find([dispatch]), None)
        except (AuthError, ReplyError, TransientError):
            shown = None
        if shown is not None:
            return Done(ref, shown.remote_id, {"state": CONFIRMED})
        return Done(ref, event, {"state": PENDING})

    def _held(
        self, achievement: Achievement, employee_ids: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        question = Question(
            operation=achievement.get,
            record=achievement.record,
            references=tuple(achievement.worker(one) for one in employee_ids),
            flags=achievement.flags,
            page_size=_WORKERS_AT_ONCE,
        )
        for record in read_named(self._client, question, View(), now=self._now()):
            yield from achievement.held(record)
