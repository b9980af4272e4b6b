"""The ways Moodle says no, as exceptions of the sandbox.

Each carries what the REST server shows: exception class, error code and message.
Nothing here decides whether something is wrong; the callers do.
"""

from dataclasses import dataclass
from typing import Any

_CODING_PREFIX = "Coding error detected, it must be fixed by a programmer: "


@dataclass(eq=False)
class MoodleError(Exception):
    """An error Moodle answers with, under HTTP status 200.

    `area` is the middle part of the help link inside batch answers. An empty
    `errorcode` stands for an error of PHP itself, which has none.
    """

    exception: str
    errorcode: str
    message: str
    area: str = "moodle"
    debuginfo: str = ""

    def __str__(self) -> str:
        """Show code and message, for test failures and logs."""
        return f"{self.errorcode or self.exception}: {self.message}"

    def body(self, *, with_debugging: bool) -> dict[str, Any]:
        """Return the answer of the REST server for this error."""
        answer = {"exception": self.exception}
        if self.errorcode:
            answer["errorcode"] = self.errorcode
        answer["message"] = self.message
        if with_debugging and self.debuginfo:
            answer["debuginfo"] = self.debuginfo
        return answer

    def batch_body(self, wwwroot: str) -> dict[str, Any]:
        """Return the form this error takes inside a batch answer."""
        errorcode = self.errorcode or "generalexceptionmessage"
        message = self.message if self.errorcode else f"Exception - {self.message}"
        help_link = f"https://docs.moodle.org/405/en/error/{self.area}/{errorcode}"
        return {
            "message": message,
            "errorcode": errorcode,
            "link": f"{wwwroot}/",
            "moreinfourl": help_link,
        }


def invalid_parameter(debuginfo: str = "") -> MoodleError:
    """Return the answer to a request that breaks the parameter description."""
    return MoodleError(
        exception="core\\exception\\invalid_parameter_exception",
        errorcode="invalidparameter",
        message="Invalid parameter value detected",
        area="debug",
        debuginfo=debuginfo,
    )


def invalid_persistent(reasons: list[str]) -> MoodleError:
    """Return the answer to a record that fails its validation."""
    return MoodleError(
        exception="core\\invalid_persistent_exception",
        errorcode="invalidpersistenterror",
        message="Error: " + ", ".join(reasons),
    )


def coding_error(message: str) -> MoodleError:
    """Return the answer to a step the present state does not allow."""
    return MoodleError(
        exception="core\\exception\\coding_exception",
        errorcode="codingerror",
        message=_CODING_PREFIX + message,
        area="debug",
    )


def missing_record(table: str) -> MoodleError:
    """Return the answer to an id that stands for nothing in `table`."""
    return MoodleError(
        exception="dml_missing_record_exception",
        errorcode="invalidrecord",
        message=f"Can't find data record in database table {table}.",
    )


def invalid_user() -> MoodleError:
    """Return the answer to a user id that stands for nobody."""
    return MoodleError(
        exception="dml_missing_record_exception",
        errorcode="invaliduser",
        message="Invalid user",
    )


def invalid_activity() -> MoodleError:
    """Return the answer to an id that stands for no activity of any course."""
    return MoodleError(
        exception="dml_missing_record_exception",
        errorcode="invalidcoursemodule",
        message="Invalid course module ID",
    )


def comment_refused(errorcode: str, message: str) -> MoodleError:
    """Return the answer to a comment that may not be made, read or deleted."""
    return MoodleError(
        exception="comment_exception", errorcode=errorcode, message=message
    )


def database_write_error(debuginfo: str = "") -> MoodleError:
    """Return the answer to a value the database column cannot hold."""
    return MoodleError(
        exception="dml_write_exception",
        errorcode="dmlwriteexception",
        message="Error writing to database",
        debuginfo=debuginfo,
    )


def database_read_error(debuginfo: str = "") -> MoodleError:
    """Return the answer to a query the database refuses."""
    return MoodleError(
        exception="dml_read_exception",
        errorcode="dmlreadexception",
        message="Error reading from database",
        debuginfo=debuginfo,
    )


def no_permission(label: str) -> MoodleError:
    """Return the answer to a missing capability, named by its label only."""
    return MoodleError(
        exception="core\\exception\\required_capability_exception",
        errorcode="nopermissions",
        message="Sorry, but you do not currently have permissions to do that "
        f"({label}).",
    )


def no_override(label: str) -> MoodleError:
    """Return the answer to a missing right to override: its code lacks an "s"."""
    refused = no_permission(label)
    refused.errorcode = "nopermission"
    return refused


def access_denied(debuginfo: str = "") -> MoodleError:
    """Return the answer to a call the service, token or network does not allow."""
    return MoodleError(
        exception="webservice_access_exception",
        errorcode="accessexception",
        message="Access control exception",
        area="webservice",
        debuginfo=debuginfo,
    )


def moodle_error(errorcode: str, message: str, area: str = "moodle") -> MoodleError:
    """Return a plain Moodle error."""
    return MoodleError(
        exception="core\\exception\\moodle_exception",
        errorcode=errorcode,
        message=message,
        area=area,
    )


def unknown_format(text_format: int) -> MoodleError:
    """Return the answer to a number that stands for no text format."""
    message = f"The format with the numerical value ({text_format}) is not supported."
    return moodle_error("formatnotsupported", message, "webservice")


def course_not_accessible() -> MoodleError:
    """Return the answer to a course the account may not enter."""
    return MoodleError(
        exception="core\\exception\\require_login_exception",
        errorcode="requireloginerror",
        message="Course or activity not accessible.",
    )


def invalid_response() -> MoodleError:
    """Return the answer when Moodle's own result breaks the answer description."""
    return MoodleError(
        exception="core\\exception\\invalid_response_exception",
        errorcode="invalidresponse",
        message="Invalid response value detected",
        area="debug",
    )


def php_error(message: str) -> MoodleError:
    """Return an error of PHP itself: an exception name and no error code."""
    return MoodleError(exception="Error", errorcode="", message=message)
