"""The shapes of Moodle's answers about one person's learning.

Read for few people at a time only; fields it does not know are ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from adapters.moodle.wire import Answer


@dataclass(frozen=True, slots=True)
class Account:
    """A user as the look-up by a field shows it; the ID number may be absent."""

    id: int
    idnumber: str


@dataclass(frozen=True, slots=True)
class EnrolledCourse:
    """A course that a user is enrolled in; none where Moodle does not tell if done."""

    id: int
    idnumber: str
    fullname: str
    is_completed: bool | None


@dataclass(frozen=True, slots=True)
class CourseStatus:
    """Whether a user completed a course; `completed_at` is in epoch seconds."""

    is_completed: bool
    completed_at: int


@dataclass(frozen=True, slots=True)
class RatingProof:
    """One entry of the evidence of a rating, newest first in its list.

    `kind` is Moodle's own name of what happened; `actor_id` is 0 where no person
    acted; `grade` is the 1-based value of the scale, 0 where the entry gives none.
    """

    id: int
    kind: str
    actor_id: int
    grade: int
    note: str
    url: str
    made_at: int


@dataclass(frozen=True, slots=True)
class Rating:
    """The rating of one user in one competency, and what it rests on."""

    name: str
    is_proficient: bool
    proofs: tuple[RatingProof, ...]


class _Shape(Schema):
    class Meta:
        """Fields that Moodle adds are none of our business."""

        unknown = EXCLUDE


def _number() -> fields.Integer:
    return fields.Integer(load_default=0, allow_none=True)


def _text() -> fields.String:
    return fields.String(load_default="", allow_none=True)


class _AccountShape(_Shape):
    id = fields.Integer(required=True)
    idnumber = _text()

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Account:
        return Account(data["id"], data["idnumber"] or "")


class _EnrolledCourseShape(_Shape):
    id = fields.Integer(required=True)
    idnumber = _text()
    fullname = fields.String(required=True)
    completed = fields.Boolean(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> EnrolledCourse:
        return EnrolledCourse(
            id=data["id"],
            idnumber=data["idnumber"] or "",
            fullname=data["fullname"],
            is_completed=data["completed"],
        )


class _CriterionShape(_Shape):
    complete = fields.Boolean(load_default=False)
    timecompleted = _number()


class _CompletionShape(_Shape):
    completed = fields.Boolean(required=True)
    completions = fields.List(fields.Nested(_CriterionShape), required=True)


class _CourseStatusShape(_Shape):
    completionstatus = fields.Nested(_CompletionShape, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> CourseStatus:
        status = data["completionstatus"]
        # The course is complete when its last criterion is; its own time is not told.
        times = [one["timecompleted"] or 0 for one in status["completions"]]
        return CourseStatus(status["completed"], max(times, default=0))


class _ProofShape(_Shape):
    id = fields.Integer(required=True)
    descidentifier = fields.String(required=True)
    actionuserid = _number()
    grade = _number()
    note = _text()
    url = _text()
    timecreated = fields.Integer(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> RatingProof:
        return RatingProof(
            id=data["id"],
            kind=data["descidentifier"],
            actor_id=data["actionuserid"] or 0,
            grade=data["grade"] or 0,
            note=data["note"] or "",
            url=data["url"] or "",
            made_at=data["timecreated"],
        )


class _RatedShape(_Shape):
    proficiency = fields.Boolean(load_default=False, allow_none=True)


class _NameShape(_Shape):
    shortname = fields.String(required=True)


class _CompetencyShape(_Shape):
    competency = fields.Nested(_NameShape, required=True)


class _RatingShape(_Shape):
    competency = fields.Nested(_CompetencyShape, required=True)
    # A competency that was never rated comes without one.
    usercompetency = fields.Nested(_RatedShape, load_default=dict, allow_none=True)
    evidence = fields.List(fields.Nested(_ProofShape), load_default=list)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Rating:
        return Rating(
            name=data["competency"]["competency"]["shortname"],
            is_proficient=bool((data["usercompetency"] or {}).get("proficiency")),
            proofs=tuple(data["evidence"]),
        )


ACCOUNT = Answer(_AccountShape, Account)
ENROLLED_COURSE = Answer(_EnrolledCourseShape, EnrolledCourse)
COURSE_STATUS = Answer(_CourseStatusShape, CourseStatus)
RATING = Answer(_RatingShape, Rating)
