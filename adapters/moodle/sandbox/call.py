"""One call being answered: who asks, when, with what, on which state.

Handlers register under the name of their web service function and get a Call. The
Call also answers the questions about rights that all of them share.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.moodle.sandbox import capabilities
from adapters.moodle.sandbox.errors import (
    course_not_accessible,
    invalid_parameter,
    invalid_user,
    missing_record,
    no_permission,
)
from adapters.moodle.sandbox.state import ADMIN_ID, SITE_ID, State
from adapters.moodle.sandbox.tables import Row

_LEVELS = {
    "system": "system",
    "10": "system",
    "user": "user",
    "30": "user",
    "coursecat": "coursecat",
    "40": "coursecat",
    "course": "course",
    "50": "course",
}


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What answers say about the site itself."""

    wwwroot: str
    sitename: str
    time_zone: str
    functions: tuple[str, ...]
    #: The short name of the release: "4.5", or one of `RELEASES`.
    release: str = "4.5"


@dataclass(frozen=True, slots=True)
class Call:
    """Context of one call.

    `arrival` and `newest_course` are the newest ids of a competency and of a course
    when the request came: what came since, it did not see.
    """

    state: State
    site: SiteFacts
    user_id: int
    now: int
    arguments: dict[str, Any] = field(default_factory=dict)
    wants_raw_text: bool = False
    arrival: int | None = None
    newest_course: int | None = None

    def with_arguments(self, arguments: dict[str, Any]) -> "Call":
        """Return the same call with other arguments."""
        return replace(self, arguments=arguments)

    def can(self, *any_of: str) -> bool:
        """Say whether the caller has one of the capabilities."""
        if self.user_id != self.state.account_id:
            return self.user_id == ADMIN_ID
        own, default = self.state.account_capabilities, self.state.default_capabilities
        return any(name in own or name in default for name in any_of)

    def require(self, *any_of: str) -> None:
        """Raise `nopermissions`, named after the first, without any of them."""
        if not self.can(*any_of):
            raise no_permission(capabilities.LABELS[any_of[0]])

    def require_course(self, course_id: int) -> Row:
        """Return a course the caller may enter.

        Raises MoodleError `invalidrecord` or `requireloginerror`.
        """
        course = self.state.courses.get(course_id)
        if course is None:
            raise missing_record("course")
        if not self.can_enter(course):
            raise course_not_accessible()
        return course

    def can_enter(self, course: Row) -> bool:
        """Say whether the caller may enter the course: by right or by enrolment.

        A hidden one takes a right of its own, of those enrolled too.
        """
        if course["id"] == SITE_ID:
            return True
        if not course["visible"] and not self.can(capabilities.COURSE_VIEW_HIDDEN):
            return False
        if self.can(capabilities.COURSE_VIEW):
            return True
        enrolled = self.state.enrolments.count(
            courseid=course["id"], userid=self.user_id
        )
        return bool(enrolled)

    def require_user(self, user_id: int) -> Row:
        """Return a user whose context exists, or raise `invaliduser`."""
        user = self.state.users.get(user_id)
        if user is None:
            raise invalid_user()
        return user

    def context_from(self, source: dict[str, Any]) -> Row:
        """Return the context named by contextid, or by contextlevel and instanceid.

        Raises MoodleError `invalidparameter` when nothing or nothing known is named.
        """
        if source.get("contextid"):
            context = self.state.contexts.get(source["contextid"])
            if context is None:
                raise invalid_parameter("Context does not exist")
            return context
        if not source.get("contextlevel") or source.get("instanceid") is None:
            raise invalid_parameter(
                "Missing parameters, please provide either context level with instance "
                "id or contextid"
            )
        level = _LEVELS.get(source["contextlevel"])
        if level is None:
            message = f"Invalid context level = {source['contextlevel']}"
            raise invalid_parameter(message)
        return self._context_of(level, source["instanceid"])

    def _context_of(self, level: str, instance: int) -> Row:
        if level == "system":
            return self.state.context("system", 0)
        known = {
            "user": self.state.users,
            "course": self.state.courses,
            "coursecat": self.state.categories,
        }[level]
        if known.get(instance) is None:
            raise invalid_parameter("Context does not exist")
        return self.state.context(level, instance)


Handler = Callable[[Call], Any]
HANDLERS: dict[str, Handler] = {}


def serves(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of the web service function `name`."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        return handler

    return register
