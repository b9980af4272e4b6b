"""Enrolling and unenrolling people by hand, all or none of a request."""

from adapters.moodle.sandbox import course_store
from adapters.moodle.sandbox.call import Call, serves
from adapters.moodle.sandbox.capabilities import ENROL, ROLE_ASSIGN, UNENROL
from adapters.moodle.sandbox.errors import (
    invalid_parameter,
    missing_record,
    moodle_error,
)
from adapters.moodle.sandbox.state import SITE_ID
from adapters.moodle.sandbox.tables import Row

STUDENT_ROLE = 5
_ACTIVE, _SUSPENDED = 0, 1


@serves("enrol_manual_enrol_users")
def enrol_users(call: Call) -> None:
    """Enrol people; who is in already gets the values sent."""
    with call.state.transaction():
        for entry in call.arguments["enrolments"]:
            _enrol(call, entry)


def _enrol(call: Call, entry: Row) -> None:
    course_id, user_id = entry["courseid"], entry["userid"]
    if call.state.courses.get(course_id) is None:
        raise invalid_parameter("Context does not exist")
    call.require_course(course_id)
    call.require(ENROL)
    require_active(call, user_id)
    role_id = entry["roleid"]
    # The account's own role allows it to assign the one role of learners.
    if role_id != STUDENT_ROLE or not call.can(ROLE_ASSIGN):
        message = (
            f"You don't have the permission to assign this role ({role_id}) to this "
            f"user ({user_id}) in this course ({course_id})."
        )
        raise moodle_error("wsusercannotassign", message, "enrol_manual")
    _require_enrolments(course_id)
    status = _SUSPENDED if entry.get("suspend") else _ACTIVE
    course_store.enrol(call.state, user_id, course_id, status=status)


def require_active(call: Call, user_id: int) -> Row:
    """Return a user who is neither the guest nor suspended.

    Raises MoodleError `invaliduser`, `guestsarenotallowed` or `suspended`.
    """
    user = call.require_user(user_id)
    if user["username"] == "guest":
        raise moodle_error("guestsarenotallowed", "Guests are not allowed", "error")
    if user["suspended"]:
        raise moodle_error("suspended", "This account is suspended", "auth")
    return user


def _require_enrolments(course_id: int) -> None:
    if course_id == SITE_ID:
        message = "Manual enrolment plugin instance doesn't exist or is disabled"
        raise moodle_error("wsnoinstance", message, "enrol_manual")


@serves("enrol_manual_unenrol_users")
def unenrol_users(call: Call) -> None:
    """Take people out of courses; who is not in is passed over silently."""
    with call.state.transaction():
        for entry in call.arguments["enrolments"]:
            call.require_course(entry["courseid"])
            call.require(UNENROL)
            _require_enrolments(entry["courseid"])
            require_active(call, entry["userid"])
            key = {name: entry[name] for name in ("courseid", "userid")}
            for row in call.state.enrolments.find(**key):
                call.state.enrolments.remove(row["id"])


@serves("core_enrol_get_course_enrolment_methods")
def get_enrolment_methods(call: Call) -> list[Row]:
    """List the ways in that are open to everybody: none, as people are enrolled."""
    course = call.state.courses.get(call.arguments["courseid"])
    if course is None:
        raise missing_record("course")
    if not course["visible"] and not call.can_enter(course):
        raise moodle_error("coursehidden", "Course is hidden", "error")
    return []
