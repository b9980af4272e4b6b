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
        for start in range(0, len(employee_ids), _PEOPLE):
            part = employee_ids[start : start + _PEOPLE]
            accounts = self._accounts(part)
            enrolled = self._enrolled(accounts)
            if accounts and not any(enrolled):
                self._check_sight(accounts, courses)
            done = [
                (account, course)
                for account, listed in zip(accounts, enrolled, strict=True)
                for course in listed
                if course.is_completed and course.idnumber in courses
            ]
            notes = []
            if len(accounts) < len(part):
                notes.append(f"{len(part) - len(accounts)} people have no account.")
            yield FactBatch(tuple(self._facts(done)), "", tuple(notes))

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
        self, accounts: Sequence[Account], courses: Collection[str]
    ) -> None:
        """Do not believe that nobody is enrolled: too few rights look the same.

        Raises:
            RightsError: somebody is enrolled after all.
        """
        calls = [
            Call(_COURSE_BY_NUMBER, {"field": "idnumber", "value": number})
            for number in sorted(courses)
        ]
        found = [
            course.id
            for answer in self._client.read(calls)
            for course in COURSES.one(answer, _COURSE_BY_NUMBER).courses
        ]
        pairs = [(each.id, course) for course in found for each in accounts]
        for ran in self._statuses(pairs):
            if isinstance(ran.error, RefusedError):
                # Not enrolled, or a course without criteria: so the lists were right.
                continue
            if ran.error is not None:
                raise ran.error
            raise RightsError(
                f"Moodle answers {_COURSES} with no course for people who are "
                "enrolled: the service account lacks a right.",
                target=TARGET,
                operation=_COURSES,
                hint="Give its role moodle/course:viewparticipants and "
                "moodle/user:viewdetails.",
            )
