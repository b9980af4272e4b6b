"""The settings about reviews: the report that lists them, the templates meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from connector.kit.values import TemplateRule

#: Statuses of reviews that nobody works on any more; tenants may word others.
CLOSED = (
    "Complete",
    "Completed",
    "Successfully Completed",
    "Canceled",
    "Cancelled",
    "Rescinded",
    "Denied",
)
_TRACKS = ("", "individual_contributor", "manager")


@dataclass(frozen=True, slots=True)
class ReportName:
    """A custom report, by its owner and its name in addresses."""

    owner: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    """Checked settings about reviews; see the schema for what each one means."""

    report: ReportName | None
    closed_statuses: frozenset[str]
    content_process: str
    templates: tuple[TemplateRule, ...]


class _ReportSchema(Schema):
    owner = fields.String(required=True, validate=validate.Length(1))
    name = fields.String(required=True, validate=validate.Length(1))


class _TemplateSchema(Schema):
    #: `Review_Type_ID` and `Employee_Review_Template_ID`.
    review_type = fields.String(required=True, validate=validate.Length(1))
    template = fields.String(required=True, validate=validate.Length(1))
    track = fields.String(load_default="", validate=validate.OneOf(_TRACKS))
    families = fields.List(fields.String(), load_default=list)


class ReviewsSchema(Schema):
    """Every setting about reviews."""

    #: The custom report of docs/reviews.md; none: no started review is looked at.
    report = fields.Nested(_ReportSchema, load_default=None, allow_none=True)
    closed_statuses = fields.List(fields.String(), load_default=lambda: list(CLOSED))
    #: The process whose end tells when a content was set, as REST names it.
    content_process = fields.String(
        load_default="Business_Process_Type=Set_Review_Content"
    )
    #: Which template whose reviews use; the first that fits holds.
    templates = fields.List(fields.Nested(_TemplateSchema), load_default=list)


def review_settings(data: Mapping[str, Any]) -> ReviewSettings:
    """Return the settings of loaded data, defaults where there is none."""
    loaded: Mapping[str, Any] = ReviewsSchema().load(dict(data))
    report = loaded["report"]
    return ReviewSettings(
        report=ReportName(**report) if report else None,
        closed_statuses=frozenset(
            each.casefold() for each in loaded["closed_statuses"]
        ),
        content_process=loaded["content_process"],
        templates=tuple(
            TemplateRule(**{**each, "families": tuple(each["families"])})
            for each in loaded["templates"]
        ),
    )
