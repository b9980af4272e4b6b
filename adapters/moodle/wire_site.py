"""The shapes of Moodle's answers that the doctor alone reads.

Fields it does not know are ignored; what a site does not tell is left empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from adapters.moodle.wire import Answer


@dataclass(frozen=True, slots=True)
class SeenUser:
    """An account as another one may see it; fields it may not see are empty."""

    id: int
    username: str
    email: str
    lang: str
    timezone: str


@dataclass(frozen=True, slots=True)
class SeenCourse:
    """A course, and whether learners see it; `categoryid` 0 is not told."""

    id: int
    visible: bool
    shortname: str
    categoryid: int


@dataclass(frozen=True, slots=True)
class CourseAnswer:
    """An answer with courses."""

    courses: tuple[SeenCourse, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a course was not changed: Moodle's code and words."""

    warningcode: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusals:
    """An answer that lists what was not changed."""

    warnings: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class SiteConfiguration:
    """Settings of the site by their own names."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ActiveFilters:
    """The text filters that are on."""

    names: frozenset[str]


class _Shape(Schema):
    class Meta:
        """Fields that Moodle adds are none of our business."""

        unknown = EXCLUDE


def _text() -> fields.String:
    return fields.String(load_default="")


class _UserShape(_Shape):
    id = fields.Integer(required=True)
    username = _text()
    email = _text()
    lang = _text()
    timezone = _text()

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> SeenUser:
        return SeenUser(**data)


class _CourseShape(_Shape):
    id = fields.Integer(required=True)
    # A course that the account sees from outside only comes without it.
    visible = fields.Boolean(load_default=True)
    shortname = _text()
    categoryid = fields.Integer(load_default=0)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> SeenCourse:
        return SeenCourse(**data)


class _CourseAnswerShape(_Shape):
    courses = fields.List(fields.Nested(_CourseShape), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> CourseAnswer:
        return CourseAnswer(tuple(data["courses"]))


class _RefusalShape(_Shape):
    warningcode = _text()
    message = _text()

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Refusal:
        return Refusal(**data)


class _RefusalsShape(_Shape):
    warnings = fields.List(fields.Nested(_RefusalShape), load_default=list)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Refusals:
        return Refusals(tuple(data["warnings"]))


class _SettingShape(_Shape):
    name = fields.String(required=True)
    value = fields.Raw(load_default="", allow_none=True)


class _SettingsShape(_Shape):
    settings = fields.List(fields.Nested(_SettingShape), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> SiteConfiguration:
        found = {one["name"]: str(one["value"] or "") for one in data["settings"]}
        return SiteConfiguration(found)


class _FilterShape(_Shape):
    filter = fields.String(required=True)
    localstate = fields.Integer(load_default=0)
    inheritedstate = fields.Integer(load_default=1)


class _FiltersShape(_Shape):
    filters = fields.List(fields.Nested(_FilterShape), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> ActiveFilters:
        # 0 inherits; 1 is on, -1 is off but available.
        return ActiveFilters(
            frozenset(
                one["filter"]
                for one in data["filters"]
                if (one["localstate"] or one["inheritedstate"]) == 1
            )
        )


SEEN_USER = Answer(_UserShape, SeenUser)
SEEN_COURSES = Answer(_CourseAnswerShape, CourseAnswer)
REFUSALS = Answer(_RefusalsShape, Refusals)
SITE_CONFIGURATION = Answer(_SettingsShape, SiteConfiguration)
ACTIVE_FILTERS = Answer(_FiltersShape, ActiveFilters)
