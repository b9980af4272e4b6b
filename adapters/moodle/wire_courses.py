"""The shapes of Moodle's answers about making courses.

Fields it does not know are ignored; a missing one or a wrong type stops the writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from adapters.moodle.wire import Answer


@dataclass(frozen=True, slots=True)
class CoursePlace:
    """A course and the category it lies in."""

    id: int
    idnumber: str
    categoryid: int


@dataclass(frozen=True, slots=True)
class CoursePlaces:
    """An answer with courses and their categories."""

    courses: tuple[CoursePlace, ...]


@dataclass(frozen=True, slots=True)
class CopiedCourse:
    """A course that was just made."""

    id: int


@dataclass(frozen=True, slots=True)
class Warnings:
    """What Moodle says beside an answer; of changed courses: why it did not."""

    messages: tuple[str, ...]


class _Shape(Schema):
    class Meta:
        """Fields that Moodle adds are none of our business."""

        unknown = EXCLUDE


class _PlaceShape(_Shape):
    id = fields.Integer(required=True, strict=True)
    idnumber = fields.String(load_default="")
    categoryid = fields.Integer(required=True, strict=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> CoursePlace:
        return CoursePlace(**data)


class _PlacesShape(_Shape):
    courses = fields.List(fields.Nested(_PlaceShape), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> CoursePlaces:
        return CoursePlaces(tuple(data["courses"]))


class _CopiedShape(_Shape):
    id = fields.Integer(required=True, strict=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> CopiedCourse:
        return CopiedCourse(**data)


class _WarningShape(_Shape):
    message = fields.String(required=True)


class _WarningsShape(_Shape):
    warnings = fields.List(fields.Nested(_WarningShape), load_default=list)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Warnings:
        return Warnings(tuple(one["message"] for one in data["warnings"]))


COURSE_PLACES = Answer(_PlacesShape, CoursePlaces)
COPIED_COURSE = Answer(_CopiedShape, CopiedCourse)
WARNINGS = Answer(_WarningsShape, Warnings)
