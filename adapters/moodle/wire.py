"""The shapes of Moodle's answers, as far as the adapter reads them.

Fields it does not know are ignored; a missing one or a wrong type stops the reading.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from adapters.moodle.failures import TARGET
from connector.kit.errors import ReplyError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Framework:
    """A competency framework."""

    id: int
    shortname: str
    idnumber: str
    description: str
    visible: bool
    scaleid: int
    scaleconfiguration: str
    taxonomies: str


@dataclass(frozen=True, slots=True)
class Node:
    """A competency of any level of the tree."""

    id: int
    shortname: str
    idnumber: str
    description: str
    parentid: int
    path: str
    ruletype: str | None
    ruleoutcome: int
    competencyframeworkid: int


@dataclass(frozen=True, slots=True)
class Template:
    """A learning plan template."""

    id: int
    shortname: str
    description: str
    visible: bool
    planscount: int
    cohortscount: int


@dataclass(frozen=True, slots=True)
class Course:
    """A course."""

    id: int
    fullname: str
    idnumber: str


@dataclass(frozen=True, slots=True)
class CourseCompetency:
    """A competency linked to a course."""

    id: int
    courseid: int
    competencyid: int
    ruleoutcome: int

    @property
    def remote_id(self) -> str:
        """Return `<course>/<competency>/<id>`: no function finds one by its id."""
        return f"{self.courseid}/{self.competencyid}/{self.id}"


@dataclass(frozen=True, slots=True)
class CourseLink:
    """A course's link together with the competency it leads to."""

    competency: Node
    coursecompetency: CourseCompetency


@dataclass(frozen=True, slots=True)
class CourseList:
    """An answer with courses."""

    courses: tuple[Course, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """The competencies related to one."""

    relatedcompetencies: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ScaleValue:
    """One value of a scale; ids count from 1."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page of a custom report, and how the report is set up.

    `conditions` are its fixed ones as stored; `is_unique` tells that it removes
    duplicate rows.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    totalrowcount: int
    source: str = ""
    is_unique: bool = False
    conditions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """What the site says of itself and of the service of the token."""

    sitename: str
    siteurl: str
    userid: int
    lang: str
    release: str
    version: str
    functions: tuple[str, ...]
    features: Mapping[str, int]


class _Shape(Schema):
    """Base: a schema whose `made` builds the value."""

    class Meta:
        """Fields that Moodle adds are none of our business."""

        unknown = EXCLUDE

    made: Callable[..., object] = dict

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> object:
        """Build the value."""
        return type(self).made(**data)


def _integer() -> fields.Integer:
    return fields.Integer(required=True, strict=True)


def _text() -> fields.String:
    return fields.String(required=True)


class _FrameworkShape(_Shape):
    made = Framework
    id = _integer()
    shortname = _text()
    idnumber = _text()
    description = _text()
    visible = fields.Boolean(required=True)
    scaleid = _integer()
    scaleconfiguration = _text()
    taxonomies = _text()


class _NodeShape(_Shape):
    made = Node
    id = _integer()
    shortname = _text()
    idnumber = _text()
    description = _text()
    parentid = _integer()
    path = _text()
    ruletype = fields.String(required=True, allow_none=True)
    ruleoutcome = _integer()
    competencyframeworkid = _integer()


def node_field() -> fields.Nested:
    """Return the schema field of a competency inside another answer."""
    return fields.Nested(_NodeShape, required=True)


class _TemplateShape(_Shape):
    made = Template
    id = _integer()
    shortname = _text()
    description = _text()
    visible = fields.Boolean(required=True)
    planscount = _integer()
    cohortscount = _integer()


class _CourseShape(_Shape):
    made = Course
    id = _integer()
    fullname = _text()
    # Courses that the account may only look at from outside come without one.
    idnumber = fields.String(load_default="")


class _CourseListShape(_Shape):
    made = CourseList
    courses = fields.List(fields.Nested(_CourseShape), required=True)


class _CourseCompetencyShape(_Shape):
    made = CourseCompetency
    id = _integer()
    courseid = _integer()
    competencyid = _integer()
    ruleoutcome = _integer()


class _CourseLinkShape(_Shape):
    made = CourseLink
    competency = fields.Nested(_NodeShape, required=True)
    coursecompetency = fields.Nested(_CourseCompetencyShape, required=True)


class _RelatedShape(_Shape):
    relatedcompetencies = fields.List(fields.Nested(_NodeShape), required=True)

    @staticmethod
    def made(relatedcompetencies: list[Node]) -> Related:
        return Related(tuple(relatedcompetencies))


class _ScaleValueShape(_Shape):
    made = ScaleValue
    id = _integer()
    name = _text()


class _RowShape(_Shape):
    columns = fields.List(fields.String(allow_none=True), required=True)


class _PageDataShape(_Shape):
    headers = fields.List(fields.String(), required=True)
    rows = fields.List(fields.Nested(_RowShape), required=True)
    totalrowcount = _integer()


class _ReportDetailsShape(_Shape):
    source = fields.String(load_default="")
    uniquerows = fields.Boolean(load_default=False)
    conditiondata = fields.String(load_default=None, allow_none=True)


class _ReportPageShape(_Shape):
    details = fields.Nested(_ReportDetailsShape, load_default=dict)
    data = fields.Nested(_PageDataShape, required=True)

    @staticmethod
    def made(data: dict[str, Any], details: dict[str, Any]) -> ReportPage:
        return ReportPage(
            headers=tuple(data["headers"]),
            # An empty cell comes as null or as an empty text.
            rows=tuple(
                tuple(cell or "" for cell in row["columns"]) for row in data["rows"]
            ),
            totalrowcount=data["totalrowcount"],
            source=details.get("source", ""),
            is_unique=details.get("uniquerows", False),
            conditions=_stored(details.get("conditiondata")),
        )


def _stored(text: str | None) -> Mapping[str, object]:
    """Return values that Moodle stores as JSON; PHP writes an empty map as a list."""
    try:
        value: object = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class Preferences:
    """Stored choices of an account by name."""

    values: Mapping[str, str]


class _PreferenceShape(_Shape):
    name = _text()
    value = fields.String(load_default="", allow_none=True)


class _PreferencesShape(_Shape):
    preferences = fields.List(fields.Nested(_PreferenceShape), required=True)

    @staticmethod
    def made(preferences: list[dict[str, Any]]) -> Preferences:
        return Preferences({one["name"]: one["value"] or "" for one in preferences})


class _FunctionShape(_Shape):
    name = _text()


class _FeatureShape(_Shape):
    name = _text()
    value = _integer()


class _SiteInfoShape(_Shape):
    sitename = _text()
    siteurl = _text()
    userid = _integer()
    lang = _text()
    release = _text()
    version = _text()
    functions = fields.List(fields.Nested(_FunctionShape), required=True)
    advancedfeatures = fields.List(fields.Nested(_FeatureShape), load_default=list)

    @staticmethod
    def made(
        functions: list[dict[str, str]],
        advancedfeatures: list[dict[str, Any]],
        **plain: Any,
    ) -> SiteInfo:
        return SiteInfo(
            functions=tuple(function["name"] for function in functions),
            features={f["name"]: f["value"] for f in advancedfeatures},
            **plain,
        )


class Answer(Generic[T]):
    """How to read one kind of answer, alone or as a list."""

    def __init__(self, schema: type[Schema], type_: type[T]) -> None:
        self._one = schema()
        self._type = type_

    def one(self, data: object, function: str) -> T:
        """Return the value of an answer; raises `ReplyError` for another shape."""
        value = self._load(data, function, many=False)
        if not isinstance(value, self._type):
            raise _unknown(function, "another value")
        return value

    def many(self, data: object, function: str) -> list[T]:
        """Return the values of a list; raises `ReplyError` for another shape."""
        if not isinstance(data, list):
            raise _unknown(function, "no list")
        values = self._load(data, function, many=True)
        return values if isinstance(values, list) else []

    def _load(self, data: object, function: str, *, many: bool) -> object:
        try:
            return self._one.load(data, many=many)  # type: ignore[arg-type]  # it checks
        except ValidationError as error:
            raise _unknown(function, _first(error.messages)) from error


FRAMEWORK = Answer(_FrameworkShape, Framework)
NODE = Answer(_NodeShape, Node)
TEMPLATE = Answer(_TemplateShape, Template)
COURSES = Answer(_CourseListShape, CourseList)
COURSE_LINK = Answer(_CourseLinkShape, CourseLink)
RELATED = Answer(_RelatedShape, Related)
SCALE_VALUE = Answer(_ScaleValueShape, ScaleValue)
REPORT_PAGE = Answer(_ReportPageShape, ReportPage)
PREFERENCES = Answer(_PreferencesShape, Preferences)
SITE_INFO = Answer(_SiteInfoShape, SiteInfo)


def _first(messages: object, path: str = "") -> str:
    """Return the first of marshmallow's nested messages, with its place."""
    if isinstance(messages, Mapping) and messages:
        name, inner = next(iter(messages.items()))
        return _first(inner, f"{path}.{name}" if path else str(name))
    if isinstance(messages, list) and messages:
        return _first(messages[0], path)
    return f"{path}: {messages}"


def _unknown(function: str, what: str) -> ReplyError:
    return ReplyError(
        f"Moodle answered {function} in a form this adapter does not know ({what}).",
        target=TARGET,
        operation=function,
        hint="Ask `jobframe doctor` which release of Moodle this is.",
    )


def integer(data: object, function: str) -> int:
    """Return an answer that is a whole number; raises `ReplyError` otherwise."""
    if isinstance(data, int) and not isinstance(data, bool):
        return data
    raise _unknown(function, "no whole number")
