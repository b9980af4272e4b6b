"""Control calls that show whether the service account has each right it needs.

None of them changes anything: reading calls, and writes that Moodle refuses for their
values after it has looked at the rights. An empty answer is never taken for a right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from adapters.moodle.client import Call, MoodleClient
from adapters.moodle.facts import MAX_COHORT_NAME, PLAN_ACTIVE, SYSTEM_CONTEXT
from adapters.moodle.failures import RefusedError, RightsError
from adapters.moodle.wire_site import (
    SEEN_COURSES,
    SEEN_USER,
    SeenCourse,
    SeenUser,
)
from connector.kit.errors import ConflictError

#: Ids at which accounts and courses are looked for; every site has some there. The
#: first course is the site's own page.
_ACCOUNT_IDS, _COURSE_IDS = range(1, 101), range(2, 52)
#: No date in the past is taken for a template or a plan.
_LONG_AGO = 1
_NOBODY = 0
#: The account that every site is installed with; its own learning is not looked at.
_ADMINISTRATOR = 2
_USERS = "core_user_get_users_by_field"
_COURSES = "core_course_get_courses_by_field"
_REPORT = "core_reportbuilder_retrieve_report"
_COURSE_CODES = frozenset({"requireloginerror", "errorcoursecontextnotvalid"})


class Holding(StrEnum):
    """Whether the account has a right."""

    HELD = "held"
    MISSING = "missing"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a control call showed, and why nothing could be told where it did not."""

    holding: Holding
    reason: str = ""


_HELD, _MISSING = Finding(Holding.HELD), Finding(Holding.MISSING)


def _untold(reason: str) -> Finding:
    return Finding(Holding.UNTOLD, reason)


class Rights:
    """The rights of the account of one connection; each is looked at when asked for."""

    def __init__(
        self,
        client: MoodleClient,
        *,
        account_id: int,
        functions: Sequence[str],
        report_id: int | None,
    ) -> None:
        self._client = client
        self._account_id = account_id
        self._functions = frozenset(functions)
        self._report_id = report_id
        self._others: list[SeenUser] | None = None
        self._courses: list[SeenCourse] | None = None

    def look(self, capability: str) -> Finding:
        """Return whether the account has a right.

        Raises:
            TargetError: Moodle did not answer, or refused something else.
        """
        control = CONTROLS.get(capability)
        if control is None:
            return _untold("there is no harmless call that shows it")
        lacking = sorted(set(control.functions) - self._functions)
        if lacking:
            return _untold(f"the service lacks {', '.join(lacking)}")
        return control.look(self)

    def refused(self, function: str, arguments: Mapping[str, object]) -> Finding:
        """Make a call that Moodle refuses for its values, if not for the rights."""
        try:
            self._client.call(function, arguments, is_repeatable=False)
        except RightsError:
            return _MISSING
        except (RefusedError, ConflictError):
            return _HELD
        return _untold(f"{function} took what it should refuse")

    def answered(self, function: str, arguments: Mapping[str, object]) -> Finding:
        """Make a reading call that fails without the right."""
        try:
            self._client.call(function, arguments)
        except RightsError:
            return _MISSING
        except RefusedError as error:
            return _HELD if error.is_gone else _untold(error.message)
        return _HELD

    def of_others(self, shows: Callable[[SeenUser], bool]) -> Finding:
        """Look at other people's accounts: without rights they or fields are absent."""
        if self._others is None:
            values = [str(number) for number in _ACCOUNT_IDS]
            answer = self._client.call(_USERS, {"field": "id", "values": values})
            found = SEEN_USER.many(answer, _USERS)
            self._others = [user for user in found if user.id != self._account_id]
        return _HELD if any(map(shows, self._others)) else _MISSING

    def in_a_course(
        self, function: str, key: str, arguments: Mapping[str, object]
    ) -> Finding:
        """Make a call in some visible course that is refused, or reads."""
        course = next((one for one in self.courses() if one.visible), None)
        if course is None:
            return _untold("there is no course yet")
        try:
            self._client.call(function, {key: course.id, **arguments})
        except RightsError as error:
            if error.error_code in _COURSE_CODES and arguments:
                return _untold("the account may not enter courses")
            return _MISSING
        except (RefusedError, ConflictError):
            return _HELD
        return _HELD

    def courses(self) -> list[SeenCourse]:
        """Return some courses that the account sees, without the site's own page.

        One by one: a list of ids fails when one of them is unknown (tried on 4.5).
        """
        if self._courses is None:
            calls = [
                [Call(_COURSES, {"field": "id", "value": str(number)})]
                for number in _COURSE_IDS
            ]
            self._courses = [
                course
                for ran in self._client.run(calls, is_repeatable=True)
                if ran.is_done
                for course in SEEN_COURSES.one(ran.answers[0], _COURSES).courses
            ]
        return self._courses

    def a_report(self) -> Finding:
        """Read a report that is set up; not being shown it tells little."""
        if self._report_id is None:
            return _untold("no report is set up")
        found = self.answered(_REPORT, {"reportid": self._report_id, "perpage": 1})
        return found if found is _HELD else _untold("a report is not shown")

    def hidden_courses(self) -> Finding:
        """Tell whether a hidden course is seen; that none is tells nothing."""
        if any(not course.visible for course in self.courses()):
            return _HELD
        return _untold("no hidden course was met")


@dataclass(frozen=True, slots=True)
class Control:
    """How one right is looked at, and the functions that takes."""

    functions: tuple[str, ...]
    look: Callable[[Rights], Finding]


def _refused(function: str, **arguments: object) -> Control:
    return Control((function,), lambda rights: rights.refused(function, arguments))


def _answered(function: str, **arguments: object) -> Control:
    return Control((function,), lambda rights: rights.answered(function, arguments))


def _in_a_course(function: str, key: str, **arguments: object) -> Control:
    return Control(
        (_COURSES, function),
        lambda rights: rights.in_a_course(function, key, arguments),
    )


def _of_others(shows: Callable[[SeenUser], bool]) -> Control:
    return Control((_USERS,), lambda rights: rights.of_others(shows))


#: The control call for each right.
CONTROLS: Mapping[str, Control] = {
    # Whoever got an answer at all may use the protocol.
    "webservice/rest:use": _answered("core_webservice_get_site_info"),
    "moodle/competency:competencymanage": _refused(
        "core_competency_create_competency_framework",
        competencyframework={
            "shortname": "",
            "idnumber": "",
            "scaleid": _NOBODY,
            "scaleconfiguration": "",
            "contextid": SYSTEM_CONTEXT,
        },
    ),
    "moodle/competency:templatemanage": _refused(
        "core_competency_create_template",
        template={
            "shortname": "x",
            "duedate": _LONG_AGO,
            "contextid": SYSTEM_CONTEXT,
        },
    ),
    "moodle/competency:planmanage": _refused(
        "core_competency_create_plan",
        plan={
            "name": "x",
            "userid": _ADMINISTRATOR,
            "status": PLAN_ACTIVE,
            "duedate": _LONG_AGO,
        },
    ),
    # A name that the database has no room for: it refuses the row.
    "moodle/cohort:manage": _refused(
        "core_cohort_create_cohorts",
        cohorts=[
            {
                "categorytype": {"type": "system", "value": ""},
                "name": "x" * (MAX_COHORT_NAME + 1),
                "idnumber": "",
            }
        ],
    ),
    "moodle/competency:coursecompetencymanage": _in_a_course(
        "core_competency_add_competency_to_course", "courseid", competencyid=_NOBODY
    ),
    "moodle/course:view": _in_a_course(
        "core_competency_list_course_competencies", "id"
    ),
    "moodle/course:viewhiddencourses": Control((_COURSES,), Rights.hidden_courses),
    "moodle/reportbuilder:view": Control((_REPORT,), Rights.a_report),
    "report/completion:view": _in_a_course(
        "core_completion_get_course_completion_status",
        "courseid",
        userid=_ADMINISTRATOR,
    ),
    "moodle/user:viewdetails": _of_others(lambda user: user.id > 0),
    "moodle/user:viewalldetails": _of_others(lambda user: bool(user.username)),
}
