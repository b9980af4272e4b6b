"""The error tree, sorted by what the caller should do about it.

Every class has one stable code, one exit code and one HTTP status; `ERROR_TABLE`
lists them. Messages never carry secrets, personal data or pay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

_ENDS = (".", "!", "?", "…", ":")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with an input: where, what, and what to do about it.

    `place` is a file and line, a sheet and cell, or a record; `key` the record's key.
    """

    place: str
    message: str
    hint: str = ""
    key: str = ""

    def __str__(self) -> str:
        """Render the problem as one line, the place first."""
        subject = f"{self.place}: {self.message}" if self.place else self.message
        if not self.hint:
            return subject
        return (
            f"{subject} {self.hint}"
            if subject.endswith(_ENDS)
            else (f"{subject}. {self.hint}")
        )


class ConnectorError(Exception):
    """Something the connector could not do; the base of the tree."""

    code: ClassVar[str] = "bug"
    exit_code: ClassVar[int] = 70
    http_status: ClassVar[int] = 500

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        problems: Iterable[Problem] = (),
        context: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)
        self.context = dict(context or {})

    def as_json(self) -> dict[str, object]:
        """Return the members that `--json` and the API both send."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "problems": [
                {
                    "place": problem.place,
                    "key": problem.key,
                    "message": problem.message,
                    "hint": problem.hint,
                }
                for problem in self.problems
            ],
        }


class ConfigError(ConnectorError):
    """The operator fixes settings, manifest, mapping or secrets."""

    code = "config"
    exit_code = 2
    http_status = 422


class FrameworkError(ConnectorError):
    """The author fixes the framework's data; carries all problems at once."""

    code = "framework"
    exit_code = 3
    http_status = 422


class PlanError(ConnectorError):
    """A plan cannot be applied as it stands."""

    code = "plan"
    exit_code = 4
    http_status = 409


class UnsafePlanError(PlanError):
    """A guard refused; a person must confirm that very plan."""

    code = "unsafe-plan"


class StalePlanError(PlanError):
    """The target, the release or the mapping moved; plan again."""

    code = "stale-plan"


class RunLockedError(PlanError):
    """Another run holds the connection; wait for it to end."""

    code = "run-locked"


class TargetError(ConnectorError):
    """A target refused, failed or could not be understood."""

    code = "target"
    exit_code = 5
    http_status = 502

    def __init__(
        self,
        message: str,
        *,
        target: str = "",
        operation: str = "",
        key: str = "",
        hint: str = "",
        problems: Iterable[Problem] = (),
    ) -> None:
        context = {"target": target, "operation": operation, "key": key}
        super().__init__(
            message,
            hint=hint,
            problems=problems,
            context={name: text for name, text in context.items() if text},
        )
        self.target = target
        self.operation = operation
        self.key = key


class AuthError(TargetError):
    """The credentials or the rights are refused: stop and ask for new ones."""

    code = "auth"


class TransientError(TargetError):
    """The target is down or busy for now; `retry_after` is in seconds."""

    code = "transient"
    http_status = 503

    def __init__(
        self,
        message: str,
        *,
        target: str = "",
        operation: str = "",
        key: str = "",
        hint: str = "",
        retry_after: float | None = None,
        is_sent: bool = False,
        is_answered: bool = False,
    ) -> None:
        super().__init__(
            message, target=target, operation=operation, key=key, hint=hint
        )
        self.retry_after = retry_after
        #: The request may have reached the target, so a write may have happened.
        self.is_sent = is_sent
        #: Somebody answered: what the request did, if anything, is done by now.
        self.is_answered = is_answered


class RejectedError(TargetError):
    """The target refuses this one change for good: report it and go on."""

    code = "rejected"


class ConflictError(TargetError):
    """The object changed under our hands: read again, then plan again."""

    code = "conflict"


class ReplyError(TargetError):
    """The target answered something unknown: stop."""

    code = "reply"


class LaunchError(ConnectorError):
    """An LTI launch is refused: a plain page for the person, details in the log."""

    code = "launch"
    exit_code = 5
    http_status = 403


#: Every class that leaves the connector, by its stable code.
ERROR_TABLE: Mapping[str, type[ConnectorError]] = {
    error.code: error
    for error in (
        ConnectorError,
        ConfigError,
        FrameworkError,
        PlanError,
        UnsafePlanError,
        StalePlanError,
        RunLockedError,
        TargetError,
        AuthError,
        TransientError,
        RejectedError,
        ConflictError,
        ReplyError,
        LaunchError,
    )
}
