"""The shapes of Moodle's answers about cohorts and learning plans.

Fields it does not know are ignored; a missing one or a wrong type stops the reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from adapters.moodle.facts import PLAN_COMPLETE, PLAN_REVIEWS
from adapters.moodle.wire import Answer, Node, node_field


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort, without its members."""

    id: int
    name: str
    idnumber: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Members:
    """The members of one cohort, by user id."""

    cohortid: int
    userids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LearningPlan:
    """A learning plan of one user; `comments` counts those on it.

    `changed_at` is when it changed last, in epoch seconds.
    """

    id: int
    name: str
    description: str
    userid: int
    status: int
    comments: int
    changed_at: int = 0

    @property
    def remote_id(self) -> str:
        """Return `<user>/<plan>`: plans are listed by user only."""
        return f"{self.userid}/{self.id}"

    @property
    def is_complete(self) -> bool:
        """Tell whether its ratings are frozen, so that nothing in it can change."""
        return self.status == PLAN_COMPLETE

    @property
    def is_reviewed(self) -> bool:
        """Tell whether it waits for a review or is in one."""
        return self.status in PLAN_REVIEWS


@dataclass(frozen=True, slots=True)
class PlanCompetency:
    """A competency of a plan, and whether its owner was rated or reviewed in it.

    Once the plan is complete, `is_proficient` tells how it was then.
    """

    node: Node
    is_rated: bool
    is_reviewed: bool
    is_proficient: bool = False


@dataclass(frozen=True, slots=True)
class Warnings:
    """What a call that succeeded did not do, by Moodle's codes."""

    codes: tuple[str, ...]


class _Shape(Schema):
    class Meta:
        """Fields that Moodle adds are none of our business."""

        unknown = EXCLUDE


class _CohortShape(_Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    idnumber = fields.String(load_default="", allow_none=True)
    visible = fields.Boolean(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Cohort:
        return Cohort(**{**data, "idnumber": data["idnumber"] or ""})


class _FoundCohortsShape(_Shape):
    cohorts = fields.List(fields.Nested(_CohortShape), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> tuple[Cohort, ...]:
        return tuple(data["cohorts"])


class _MembersShape(_Shape):
    cohortid = fields.Integer(required=True)
    userids = fields.List(fields.Integer(), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Members:
        return Members(data["cohortid"], tuple(data["userids"]))


class _AreaShape(_Shape):
    count = fields.Integer(load_default=0)


class _PlanShape(_Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    description = fields.String(load_default="", allow_none=True)
    userid = fields.Integer(required=True)
    status = fields.Integer(required=True)
    commentarea = fields.Nested(_AreaShape, load_default=dict)
    timemodified = fields.Integer(load_default=0)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> LearningPlan:
        area = data.pop("commentarea")
        data["description"] = data["description"] or ""
        changed_at = data.pop("timemodified")
        return LearningPlan(
            comments=area.get("count", 0), changed_at=changed_at, **data
        )


class _StateShape(_Shape):
    grade = fields.Integer(load_default=None, allow_none=True)
    # Only a plan that is not complete shows whether somebody reviews.
    status = fields.Integer(load_default=0, allow_none=True)
    proficiency = fields.Boolean(load_default=False, allow_none=True)


class _PlanCompetencyShape(_Shape):
    competency = node_field()
    usercompetency = fields.Nested(_StateShape, load_default=None, allow_none=True)
    usercompetencyplan = fields.Nested(_StateShape, load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> PlanCompetency:
        state = data["usercompetency"] or data["usercompetencyplan"] or {}
        return PlanCompetency(
            node=data["competency"],
            is_rated=state.get("grade") is not None,
            is_reviewed=bool(state.get("status")),
            is_proficient=bool(state.get("proficiency")),
        )


class _WarningShape(_Shape):
    warningcode = fields.String(required=True)


class _WarningsShape(_Shape):
    warnings = fields.List(fields.Nested(_WarningShape), load_default=list)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Warnings:
        return Warnings(tuple(one["warningcode"] for one in data["warnings"]))


COHORT = Answer(_CohortShape, Cohort)
FOUND_COHORTS: Answer[tuple[Cohort, ...]] = Answer(_FoundCohortsShape, tuple)
MEMBERS = Answer(_MembersShape, Members)
PLAN = Answer(_PlanShape, LearningPlan)
PLAN_COMPETENCY = Answer(_PlanCompetencyShape, PlanCompetency)
WARNINGS = Answer(_WarningsShape, Warnings)
