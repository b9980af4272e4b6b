"""Completed courses asked for person by person, for a site without a report of them.

Dear: some 10 ms a person and 4 ms a completed course for Moodle, whether anything
changed or not. So only the people and the courses asked for are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

from adapters.moodle.client import Call, MoodleClient, Ran
from adapters.moodle.failures import TARGET, RefusedError, RightsError
from adapters.moodle.wire import COURSES
from adapters.moodle.wire_learning import (
    ACCOUNT,
    COURSE_STATUS,
    ENROLLED_COURSE,
    Account,
    EnrolledCourse,
)
from connector.kit.values import FactBatch, FactType, LearningFact

#: People looked up by one call: Moodle takes 3.5 ms for each.
_PEOPLE = 200
_USERS = "core_user_get_users_by_field"
_COURSES = "core_enrol_get_users_courses"
_STATUS = "core_completion_get_course_completion_status"
_COURSE_BY_NUMBER = "core_course_get_courses_by_field"
_ENROLLED = tuple[Account, EnrolledCourse]


class MoodleLearningByPerson:
    """The completions of the people asked for."""

    def __init__(self, client: MoodleClient) -> None:
        self._client = client

    def facts_of(
        self, employee_ids: Sequence[str], courses: Collection[str]
    ) -> Iterator[FactBatch]:
        """Yield what these people completed of these courses (by ID number).

        Raises:
            AuthError: a right is missing, or seems to be.
            TransientError: no answer.
        """
        seen = self._courses(courses)
        if unseen := sorted(set(courses) - seen.keys()):
            told = f"No course with the ID number {', '.join(unseen)} is seen."
            yield FactBatch((), "", (told,))
        parts = [
            self._accounts(employee_ids[start : start + _PEOPLE])
            for start in range(0, len(employee_ids), _PEOPLE)
        ]
        found = sum(len(part) for part in parts)
        if employee_ids and not found:
            raise _blind(
                _USERS,
                "none of the people asked for",
                "moodle/user:viewdetails and moodle/user:viewalldetails",
            )
        for accounts in parts:
            enrolled = self._enrolled(accounts)
            if not any(enrolled):
                self._check_sight(accounts, seen.values())
            # What is unknown to the list is asked for: a missing right says so there.
            done = [
                (account, course)
                for account, listed in zip(accounts, enrolled, strict=True)
                for course in listed
                if course.is_completed is not False and course.idnumber in courses
            ]
            yield FactBatch(tuple(self._facts(done)), "")
        if found < len(employee_ids):
            told = f"{len(employee_ids) - found} people have no account."
            yield FactBatch((), "", (told,))

    def _courses(self, courses: Collection[str]) -> dict[str, int]:
        """Return the ids of the courses that the account sees, by ID number."""
        numbers = sorted(courses)
        calls = [
            Call(_COURSE_BY_NUMBER, {"field": "idnumber", "value": number})
            for number in numbers
        ]
        return {
            number: course.id
            for number, answer in zip(numbers, self._client.read(calls), strict=True)
            for course in COURSES.one(answer, _COURSE_BY_NUMBER).courses
        }

    def _accounts(self, employee_ids: Sequence[str]) -> list[Account]:
        answer = self._client.call(
            _USERS, {"field": "idnumber", "values": list(employee_ids)}
        )
        return ACCOUNT.many(answer, _USERS)

    def _enrolled(self, accounts: Sequence[Account]) -> list[list[EnrolledCourse]]:
        # Counting the others in each course would cost Moodle seconds.
        calls = [
            Call(_COURSES, {"userid": each.id, "returnusercount": False})
            for each in accounts
        ]
        return [
            ENROLLED_COURSE.many(answer, _COURSES)
            for answer in self._client.read(calls)
        ]

    def _facts(self, done: Sequence[_ENROLLED]) -> Iterator[LearningFact]:
        pairs = [(account.id, course.id) for account, course in done]
        for (account, course), ran in zip(done, self._statuses(pairs), strict=True):
            if isinstance(ran.error, RefusedError):
                # Unenrolled meanwhile; the next reading sees what is there then.
                continue
            if ran.error is not None:
                raise ran.error
            status = COURSE_STATUS.one(ran.answers[0], _STATUS)
            if not status.is_completed or not status.completed_at:
                continue
            happened = datetime.fromtimestamp(status.completed_at, UTC)
            yield LearningFact(
                type=FactType.COURSE_COMPLETION,
                object_id=course.idnumber,
                object_name=course.fullname,
                person_id=str(account.id),
                employee_id=account.idnumber,
                # To the minute, as reports show it: the same event is the same fact.
                happened_at=happened.replace(second=0),
                detail={"course_id": str(course.id)},
            )

    def _statuses(self, pairs: Sequence[tuple[int, int]]) -> list[Ran]:
        calls = [
            [Call(_STATUS, {"userid": account, "courseid": course})]
            for account, course in pairs
        ]
        return self._client.run(calls, is_repeatable=True)

    def _check_sight(
        self, accounts: Sequence[Account], courses: Collection[int]
    ) -> None:
        """Do not believe that nobody is enrolled: too few rights look the same.

        Raises:
            RightsError: somebody is enrolled after all.
        """
        pairs = [(each.id, course) for course in courses for each in accounts]
        for ran in self._statuses(pairs):
            # Not enrolled, or a course without criteria: so the lists were right.
            if isinstance(ran.error, RefusedError):
                continue
            if ran.error is not None:
                raise ran.error
            raise _blind(
                _COURSES,
                "no course for people who are enrolled",
                "moodle/course:viewparticipants and moodle/user:viewdetails",
            )


def _blind(function: str, shown: str, rights: str) -> RightsError:
    return RightsError(
        f"Moodle answers {function} with {shown}.",
        target=TARGET,
        operation=function,
        hint=f"Give the role of the service account {rights}. Accounts must bear the "
        "employee id as their ID number.",
    )
