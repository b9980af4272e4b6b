"""Control calls that show whether the service account has each right it needs.

None of them changes anything: reading calls, and writes that Moodle refuses for their
values after it has looked at the rights. An empty answer is never taken for a right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from adapters.moodle import copy_rights
from adapters.moodle.client import Call, MoodleClient
from adapters.moodle.facts import (
    COPY_FUNCTIONS,
    MAX_COHORT_NAME,
    PLAN_ACTIVE,
    SYSTEM_CONTEXT,
)
from adapters.moodle.failures import RefusedError, RightsError
from adapters.moodle.holding import HELD, MISSING, Finding, untold
from adapters.moodle.wire_site import (
    SEEN_COURSES,
    SEEN_USER,
    SeenCourse,
    SeenUser,
)
from connector.kit.errors import ConflictError
from connector.kit.setup import Capability

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
_COURSE_LINKS = "core_competency_list_course_competencies"
_COURSE_CODES = frozenset({"requireloginerror", "errorcoursecontextnotvalid"})


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

    def look(self, capability: Capability) -> Finding:
        """Return whether the account has a right.

        Raises:
            TargetError: Moodle did not answer, or refused something else.
        """
        control = CONTROLS.get(capability.name)
        if control is None:
            return untold("there is no harmless call that shows it")
        lacking = sorted(set(control.functions) - self._functions)
        if lacking:
            return untold(f"the service lacks {', '.join(lacking)}")
        return control.look(self, capability)

    def refused(self, function: str, arguments: Mapping[str, object]) -> Finding:
        """Make a call that Moodle refuses for its values, if not for the rights."""
        try:
            self._client.call(function, arguments, is_repeatable=False)
        except RightsError:
            return MISSING
        except (RefusedError, ConflictError):
            return HELD
        return untold(f"{function} took what it should refuse")

    def answered(self, function: str, arguments: Mapping[str, object]) -> Finding:
        """Make a reading call that fails without the right."""
        try:
            self._client.call(function, arguments)
        except RightsError:
            return MISSING
        except RefusedError as error:
            return HELD if error.is_gone else untold(error.message)
        return HELD

    def of_others(self, shows: Callable[[SeenUser], bool]) -> Finding:
        """Look at other people's accounts: without rights they or fields are absent."""
        if self._others is None:
            values = [str(number) for number in _ACCOUNT_IDS]
            answer = self._client.call(_USERS, {"field": "id", "values": values})
            found = SEEN_USER.many(answer, _USERS)
            self._others = [user for user in found if user.id != self._account_id]
        return HELD if any(map(shows, self._others)) else MISSING

    def in_a_course(
        self, function: str, key: str, arguments: Mapping[str, object]
    ) -> Finding:
        """Make a call in some visible course that is refused, or reads."""
        course = next((one for one in self.courses() if one.visible), None)
        if course is None:
            return untold("there is no course yet")
        try:
            self._client.call(function, {key: course.id, **arguments})
        except RightsError as error:
            if error.error_code in _COURSE_CODES and arguments:
                return untold("the account may not enter courses")
            return MISSING
        except (RefusedError, ConflictError):
            return HELD
        return HELD

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
            return untold("no report is set up")
        found = self.answered(_REPORT, {"reportid": self._report_id, "perpage": 1})
        return found if found is HELD else untold("a report is not shown")

    def hidden_courses(self) -> Finding:
        """Enter a hidden course; that none is seen tells nothing.

        Who may change courses sees hidden ones listed and still may not enter them.
        """
        hidden = next((one for one in self.courses() if not one.visible), None)
        if hidden is None:
            return untold("no hidden course was met")
        found = self.answered(_COURSE_LINKS, {"id": hidden.id})
        if found is MISSING and self.in_a_course(_COURSE_LINKS, "id", {}) is not HELD:
            return untold("the account may not enter courses")
        return found

    def of_copies(self, capability: Capability) -> Finding:
        """Tell whether a right that copying courses takes is held."""
        return copy_rights.look(self._client, self.courses(), capability)


@dataclass(frozen=True, slots=True)
class Control:
    """How one right is looked at, and the functions that takes."""

    functions: tuple[str, ...]
    look: Callable[[Rights, Capability], Finding]


def _refused(function: str, **arguments: object) -> Control:
    return Control((function,), lambda rights, _: rights.refused(function, arguments))


def _answered(function: str, **arguments: object) -> Control:
    return Control((function,), lambda rights, _: rights.answered(function, arguments))


def _in_a_course(function: str, key: str, **arguments: object) -> Control:
    return Control(
        (_COURSES, function),
        lambda rights, _: rights.in_a_course(function, key, arguments),
    )


def _of_others(shows: Callable[[SeenUser], bool]) -> Control:
    return Control((_USERS,), lambda rights, _: rights.of_others(shows))


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
    "moodle/course:view": _in_a_course(_COURSE_LINKS, "id"),
    "moodle/course:viewhiddencourses": Control(
        (_COURSES, _COURSE_LINKS), lambda rights, _: rights.hidden_courses()
    ),
    "moodle/reportbuilder:view": Control(
        (_REPORT,), lambda rights, _: rights.a_report()
    ),
    "report/completion:view": _in_a_course(
        "core_completion_get_course_completion_status",
        "courseid",
        userid=_ADMINISTRATOR,
    ),
    "moodle/user:viewdetails": _of_others(lambda user: user.id > 0),
    "moodle/user:viewalldetails": _of_others(lambda user: bool(user.username)),
    **{
        name: Control(
            (_COURSES, *COPY_FUNCTIONS),
            lambda rights, capability: rights.of_copies(capability),
        )
        for name in (
            "moodle/course:create",
            "moodle/backup:backupcourse",
            "moodle/restore:restorecourse",
            "moodle/course:update",
            "moodle/course:changeidnumber",
            "moodle/course:changeshortname",
        )
    },
}
