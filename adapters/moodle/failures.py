"""What an `exception` in an answer of Moodle means, in the words of the error tree.

Moodle answers nearly every failure with HTTP 200; the `errorcode` alone tells them
apart, as messages come in the language of the account.
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.kit.errors import (
    AuthError,
    ConflictError,
    RejectedError,
    TargetError,
    TransientError,
)

TARGET = "Moodle"

DOWN = frozenset({"sitemaintenance", "upgraderunning", "dbconnectionfailed"})
RIGHTS = frozenset(
    {
        "nopermissions",
        "requireloginerror",
        "errorcoursecontextnotvalid",
        "cannotviewreport",
        "errorreportview",
        "wsusercannotassign",
    }
)
GONE = frozenset({"invalidrecord", "invaliduser"})
#: A write that the database refused: too long, or a unique key hit by another call.
CLASH = "dmlwriteexception"
#: Validation of an object; a taken ID number among others.
INVALID_OBJECT = "invalidpersistenterror"
#: A state in which the call is not allowed, such as a move to where it already is.
NOT_IN_THIS_STATE = "codingerror"


class RightsError(AuthError):
    """The account lacks a right; other functions may still work.

    `error_code` is Moodle's own, empty where the lack was noticed otherwise; `shown`
    is what Moodle says, the label of the right included.
    """

    error_code: str = ""
    shown: str = ""


class RefusedError(RejectedError):
    """Moodle refuses this call for good; `error_code` is Moodle's own."""

    def __init__(
        self, message: str, *, error_code: str, operation: str, hint: str = ""
    ) -> None:
        super().__init__(message, target=TARGET, operation=operation, hint=hint)
        self.error_code = error_code

    @property
    def is_gone(self) -> bool:
        """Tell whether the object of the call no longer exists."""
        return self.error_code in GONE


def failure_of(answer: Mapping[str, object], function: str) -> TargetError:
    """Return the error for an answer that carries an exception."""
    code = str(answer.get("errorcode") or answer.get("exception") or "unknown")
    if code in DOWN:
        return TransientError(
            f"Moodle is down for now ({code}).",
            target=TARGET,
            operation=function,
            hint="Wait until the site is up again, then run again.",
        )
    if code in ("invalidtoken", "accessexception") or code.startswith("wsaccessuser"):
        return _refused_access(code, function)
    if code in RIGHTS:
        return _lack_of_rights(answer, code, function)
    if code == CLASH:
        return ConflictError(
            f"Moodle's database refused {function}: too long, or already there.",
            target=TARGET,
            operation=function,
            hint="Plan again.",
        )
    return _refusal(answer, code, function)


def _lack_of_rights(
    answer: Mapping[str, object], code: str, function: str
) -> RightsError:
    error = RightsError(
        f"Moodle refuses {function} to the service account ({code}).",
        target=TARGET,
        operation=function,
        hint="Site administration > Users > Permissions > Define roles: give the "
        "role of the service account the rights that `jobframe doctor` names.",
    )
    error.error_code = code
    error.shown = str(answer.get("message") or "")
    return error


def _refused_access(code: str, function: str) -> AuthError:
    if code == "accessexception":
        return AuthError(
            f"Moodle does not let this token call {function} ({code}).",
            target=TARGET,
            operation=function,
            hint="Site administration > Server > Web services > External services: the "
            "service must be enabled, contain the function and list the account; the "
            "token must not be expired or bound to another IP address. The role of the "
            "account must allow webservice/rest:use.",
        )
    return AuthError(
        f"Moodle refuses the token ({code}).",
        target=TARGET,
        operation=function,
        hint="Site administration > Server > Web services > Manage tokens: make a new "
        "token for the service account and store it as the connection's secret.",
    )


def _refusal(answer: Mapping[str, object], code: str, function: str) -> RefusedError:
    hint = ""
    if code == "invalidparameter":
        hint = "Moodle does not say which field it refuses; look at its texts first."
    return RefusedError(
        f"Moodle refuses {function}: {answer.get('message') or code}",
        error_code=code,
        operation=function,
        hint=hint,
    )
