"""The calling convention of Moodle's REST web services.

One call as a form, or many in one request. Says of every call whether it happened;
what an answer holds is read elsewhere. POST only: a token in a URL would be logged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import requests

from adapters.moodle.facts import BATCH_FUNCTION, COURSE_FUNCTIONS, REST_PATH
from adapters.moodle.failures import TARGET, RightsError, failure_of
from connector.kit.errors import (
    AuthError,
    ReplyError,
    TargetError,
    TransientError,
)
from connector.kit.http import HttpClient


@dataclass(frozen=True, slots=True)
class Call:
    """One function to call with its arguments.

    Some functions fail when asked for raw texts; what they show is formatted.
    """

    function: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    is_raw: bool = True


@dataclass(slots=True)
class Ran:
    """What became of a sequence of calls, each of which needs the one before.

    `answers` are those of the calls that succeeded; `error` is that of the one that
    failed, fatal where it concerns the whole connection. A lost sequence may have
    happened, an untried one has not.
    """

    calls: Sequence[Call]
    answers: list[object] = field(default_factory=list)
    error: TargetError | None = None
    is_lost: bool = False
    is_untried: bool = False
    is_fatal: bool = False

    @property
    def is_done(self) -> bool:
        """Tell whether every call succeeded."""
        return len(self.answers) == len(self.calls)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more of it will be sent."""
        return self.is_done or self.error is not None or self.is_lost

    @property
    def next_call(self) -> Call:
        """Return the call that comes next."""
        return self.calls[len(self.answers)]


class MoodleClient:
    """Calls functions of one site with one token; threads may share it.

    Texts are asked for as stored: formatted ones cannot be compared.
    """

    def __init__(self, http: HttpClient, token: str, *, batch_size: int = 50) -> None:
        self._http = http
        self._token = token
        self._batch_size = batch_size

    def call(
        self,
        function: str,
        arguments: Mapping[str, object] | None = None,
        *,
        is_repeatable: bool = True,
    ) -> object:
        """Call one function and return its answer.

        Raises:
            AuthError: the token, the service or the rights are wrong.
            RejectedError: Moodle refuses this call.
            ReplyError: the answer is none of Moodle's web services.
            TransientError: no answer, or the site is down for now.
        """
        fields = flatten(arguments or {})
        return self._post(function, fields, is_repeatable=is_repeatable)

    def read(self, calls: Sequence[Call]) -> list[object]:
        """Return the answers of reading calls; raises the first failure as `call`."""
        answers: list[object] = []
        for ran in self.run([[call] for call in calls], is_repeatable=True):
            if ran.error is not None:
                raise ran.error
            answers.append(ran.answers[0])
        return answers

    def run(
        self, sequences: Sequence[Sequence[Call]], *, is_repeatable: bool
    ) -> list[Ran]:
        """Send sequences of calls, many in a request, and say what became of each.

        Moodle stops at the first failing call of a request: the failing sequence is
        set aside and the untried rest sent again. After a failure that concerns the
        whole connection the rest stays untried and bears that error.
        """
        rans = [Ran(sequence) for sequence in sequences]
        while open_ones := [ran for ran in rans if not ran.is_over]:
            chunk = list(islice(_calls_of(open_ones), self._batch_size))
            failure = self._send_chunk(chunk, is_repeatable=is_repeatable)
            if failure is not None:
                _leave_untried(rans, failure)
        return rans

    def _send_chunk(
        self, chunk: Sequence[tuple[Ran, Call]], *, is_repeatable: bool
    ) -> TargetError | None:
        """Send one request; returns the failure after which none should follow."""
        function, fields = _batched([call for _, call in chunk])
        try:
            data = self._post(function, fields, is_repeatable=is_repeatable)
            responses = _responses_of(data)
            return _sort_out(chunk, responses)
        except TransientError as error:
            if not error.is_sent:
                return error
            _lose(chunk, error)
            return None
        except ReplyError as error:
            _lose(chunk, error, is_fatal=True)
            return error
        except TargetError as error:
            return error

    def _post(
        self, function: str, fields: Mapping[str, str], *, is_repeatable: bool
    ) -> object:
        form = {
            "wstoken": self._token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            "moodlewssettingraw": "1",
            # Dates in answers come in the language and time zone asked for.
            "moodlewssettinglang": "en",
            "moodlewssettingtimezone": "UTC",
            **fields,
        }
        parsed: list[object] = []

        def check(response: requests.Response) -> None:
            parsed[:] = [_parse(response, function)]

        self._http.request(
            "POST",
            REST_PATH,
            operation=function,
            is_repeatable=is_repeatable,
            data=form,
            check=check,
        )
        return parsed[0]


def flatten(arguments: Mapping[str, object]) -> dict[str, str]:
    """Return arguments as PHP-style form fields.

    Raises:
        ValueError: an argument is null or an empty list, which a form cannot say.
    """
    return dict(_flat(arguments, ""))


def _flat(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, list | tuple) and value:
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{name}[{index}]")
    elif isinstance(value, bool):
        yield name, "1" if value else "0"
    elif isinstance(value, int | str):
        yield name, str(value)
    else:
        msg = f"{name} = {value!r} cannot be said in a form; use a batch"
        raise ValueError(msg)


def _batched(calls: Sequence[Call]) -> tuple[str, dict[str, str]]:
    fields: dict[str, str] = {}
    for index, call in enumerate(calls):
        start = f"requests[{index}]"
        fields[f"{start}[function]"] = call.function
        fields[f"{start}[arguments]"] = json.dumps(
            call.arguments, ensure_ascii=False, separators=(",", ":")
        )
        fields[f"{start}[settingraw]"] = "1" if call.is_raw else "0"
    return BATCH_FUNCTION, fields


def _parse(response: requests.Response, function: str) -> object:
    """Return the JSON of an answer; raises what an exception in it means.

    A failure that comes here is one of the whole request: nothing of it happened.
    """
    try:
        data: object = response.json()
    except ValueError as error:
        if "json" in response.headers.get("Content-Type", ""):
            raise TransientError(
                f"Moodle's answer to {function} was cut off.",
                target=TARGET,
                operation=function,
                hint="Run again.",
                is_sent=True,
            ) from error
        raise ReplyError(
            f"The answer to {function} is none of Moodle's web services.",
            target=TARGET,
            operation=function,
            hint="Check the address of the connection, and Site administration > "
            "Server > Web services > Manage protocols: REST must be enabled.",
        ) from error
    if isinstance(data, dict) and "exception" in data:
        raise failure_of(data, function)
    return data


def _responses_of(data: object) -> list[Mapping[str, object]]:
    responses = data.get("responses") if isinstance(data, dict) else None
    if not isinstance(responses, list):
        raise ReplyError(
            f"Moodle answered {BATCH_FUNCTION} without `responses`.",
            target=TARGET,
            operation=BATCH_FUNCTION,
        )
    return responses


def _sort_out(
    chunk: Sequence[tuple[Ran, Call]], responses: Sequence[Mapping[str, object]]
) -> TargetError | None:
    """Hand each answer to its sequence; calls after the first failure were not tried.

    Returns the failure that concerns the whole connection, if there is one.
    """
    for (ran, call), response in zip(chunk, responses, strict=False):
        if not response.get("error"):
            ran.answers.append(_inner(response.get("data"), call.function))
            continue
        exception = _inner(response.get("exception"), call.function)
        failure = failure_of(
            exception if isinstance(exception, dict) else {}, call.function
        )
        if _is_fatal(failure, call.function):
            return failure
        ran.error = failure
        return None
    if len(responses) < len(chunk):
        error = ReplyError(
            f"Moodle answered {len(responses)} of {len(chunk)} calls and no failure.",
            target=TARGET,
            operation=BATCH_FUNCTION,
        )
        _lose(chunk[len(responses) :], error, is_fatal=True)
        return error
    return None


def _is_fatal(failure: TargetError, function: str) -> bool:
    """Tell whether a failure concerns more than the one call.

    A right may be missing in one course only; elsewhere it is missing everywhere.
    """
    if isinstance(failure, RightsError):
        return function not in COURSE_FUNCTIONS
    return isinstance(failure, TransientError | AuthError)


def _inner(text: object, function: str) -> object:
    """Return the JSON value inside an answer of a batch."""
    try:
        value: object = json.loads(text) if isinstance(text, str) else None
    except ValueError as error:
        raise ReplyError(
            f"Moodle's answer to {function} inside a batch is no JSON.",
            target=TARGET,
            operation=function,
        ) from error
    return value


def _calls_of(rans: Sequence[Ran]) -> Iterator[tuple[Ran, Call]]:
    for ran in rans:
        for call in ran.calls[len(ran.answers) :]:
            yield ran, call


def _lose(
    chunk: Sequence[tuple[Ran, Call]], error: TargetError, *, is_fatal: bool = False
) -> None:
    for ran, _ in chunk:
        if not ran.is_over:
            ran.error = error
            ran.is_lost = True
            ran.is_fatal = is_fatal


def _leave_untried(rans: Sequence[Ran], failure: TargetError) -> None:
    for ran in rans:
        if not ran.is_over:
            ran.error = failure
            ran.is_fatal = True
            ran.is_untried = not ran.answers
