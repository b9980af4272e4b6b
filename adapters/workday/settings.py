"""The settings of a Workday connection, checked before anything is sent.

Secrets are named here, never held. Every wrong setting is reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    validate,
    validates,
    validates_schema,
)

from adapters.workday.facts import LARGEST_PAGE, PINNED_VERSIONS
from adapters.workday.review_settings import (
    ReviewSettings,
    ReviewsSchema,
    review_settings,
)
from connector.kit.settings import Address
from connector.kit.settings import load_settings as load_checked
from connector.kit.values import MoveState
from connector.kit.windows import Window

_VERSION = re.compile(r"v\d{1,2}\.\d")
_REST_VERSION = re.compile(r"v\d{1,2}")
#: The versions whose bodies are sent and read (Workday contract, 7).
REST_VERSIONS: Mapping[str, str] = {"staffing": "v7", "businessProcess": "v1"}
_DAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserNameAuth:
    """WS-Security: an integration system user and the name of its password."""

    user: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthAuth:
    """An API client for integrations; the refresh token is rotated (NOTES 9)."""

    client_id: str
    client_secret: str
    refresh_token: str
    token_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A checked set of settings; see the schema for what each one means."""

    base_url: str
    tenant: str
    auth: UserNameAuth | OAuthAuth
    versions: Mapping[str, str]
    rest_versions: Mapping[str, str]
    first_effective_date: date
    look_ahead_days: int
    windows: tuple[Window, ...]
    page_size: int
    calls_per_second: float
    parallel_writes: int
    read_timeout: float
    transaction_types: tuple[str, ...]
    training_type: str
    certification_issuer: str
    achievement_source: str
    event_comments: bool
    event_states: Mapping[str, str]
    change_job_checks: tuple[str, ...]
    reviews: ReviewSettings
    open_positions: bool

    @property
    def address(self) -> str:
        """Return what tells this tenant from every other."""
        return f"{self.base_url}/{self.tenant}"


class _AuthSchema(Schema):
    kind = fields.String(
        required=True, validate=validate.OneOf(["username_token", "oauth"])
    )
    user = fields.String(load_default="")
    password = fields.String(load_default="workday.password")
    client_id = fields.String(load_default="")
    client_secret = fields.String(load_default="workday.client_secret")
    refresh_token = fields.String(load_default="workday.refresh_token")
    token_url = fields.String(load_default="")

    @validates_schema
    def _needs_a_name(self, data: Mapping[str, Any], **_: object) -> None:
        needed = "user" if data.get("kind") == "username_token" else "client_id"
        if not data.get(needed):
            raise ValidationError(f"Missing data for {data.get('kind')}.", needed)


class _WindowSchema(Schema):
    """One window: on a `day` of every week, or `on` one date."""

    reason = fields.String(required=True, validate=validate.Length(1, 80))
    day = fields.String(validate=validate.OneOf(_DAYS))
    on = fields.Date()
    at = fields.Time(required=True, format="%H:%M")
    #: At most a week.
    hours = fields.Float(
        required=True, validate=validate.Range(0, 168, min_inclusive=False)
    )
    time_zone = fields.String(load_default="America/Los_Angeles")

    @validates_schema
    def _needs_a_day(self, data: Mapping[str, Any], **_: object) -> None:
        if ("day" in data) == ("on" in data):
            raise ValidationError("Give either a day of the week or a date.", "day")

    @validates("time_zone")
    def _needs_a_zone(self, value: str, **_: object) -> None:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValidationError("Take a name like America/Los_Angeles.") from error


class SettingsSchema(Schema):
    """Every setting, its default and its bounds."""

    #: The services host, which is not the one people sign in at (NOTES 2.1).
    base_url = Address(required=True)
    tenant = fields.String(required=True, validate=validate.Regexp(r"^[\w-]+$"))
    auth = fields.Nested(_AuthSchema, required=True)
    #: Versions of the services; the trees were written against the defaults.
    versions = fields.Dict(
        keys=fields.String(validate=validate.OneOf(sorted(PINNED_VERSIONS))),
        values=fields.String(validate=validate.Regexp(_VERSION)),
        load_default=dict,
    )
    #: Versions of the REST services (Workday contract, 7).
    rest_versions = fields.Dict(
        keys=fields.String(validate=validate.OneOf(sorted(REST_VERSIONS))),
        values=fields.String(validate=validate.Regexp(_REST_VERSION)),
        load_default=dict,
    )
    #: A new object exists from this date on (NOTES 5).
    first_effective_date = fields.Date(load_default=date(1900, 1, 1))
    #: How far to look for entries of later dates before an object is changed.
    look_ahead_days = fields.Integer(load_default=366, validate=validate.Range(1, 3660))
    #: Weekly updates, refreshes and freezes: nothing is sent then (NOTES 11).
    windows = fields.List(fields.Nested(_WindowSchema), load_default=list)
    page_size = fields.Integer(
        load_default=LARGEST_PAGE, validate=validate.Range(1, LARGEST_PAGE)
    )
    #: Practitioners advise eight to ten calls a second for a tenant (NOTES 11).
    calls_per_second = fields.Float(
        load_default=8.0, validate=validate.Range(0, min_inclusive=False)
    )
    #: Two to four calls at once for an integration user (NOTES 11, inferred).
    parallel_writes = fields.Integer(load_default=3, validate=validate.Range(1, 8))
    #: Seconds; reads beyond a minute are normal (NOTES 11).
    read_timeout = fields.Float(
        load_default=300.0, validate=validate.Range(0, min_inclusive=False)
    )
    #: Business process types whose transactions tell of a changed worker; none: all.
    transaction_types = fields.List(fields.String(), load_default=list)
    #: `Training_Type_ID` of the trainings we add to a worker.
    training_type = fields.String(load_default="")
    #: Issuer shown on the certifications we add.
    certification_issuer = fields.String(load_default="Job Framework Connector")
    #: `Skill_Source_Category_ID` of what we add; none: not stated.
    achievement_source = fields.String(load_default="")
    #: Whether our reference stands in a comment on the process of each dispatch: a
    #: lost answer is then found for sure. Off where the process takes no comments.
    event_comments = fields.Boolean(load_default=True)
    #: What the states of a process mean, by WID, where they are not named in English.
    event_states = fields.Dict(
        keys=fields.String(),
        values=fields.String(
            validate=validate.OneOf([state.value for state in MoveState])
        ),
        load_default=dict,
    )
    #: The validation rules on the initiation step of Change Job, which Workday does not
    #: apply when an integration starts it: approvers confirm them (NOTES 2.6).
    change_job_checks = fields.List(fields.String(), load_default=list)
    #: The report that lists started reviews, and the templates they are meant to use.
    reviews = fields.Nested(ReviewsSchema, load_default=dict)
    #: Whether positions that nobody holds are read; it takes a right of its own.
    open_positions = fields.Boolean(load_default=False)


def load_settings(raw: Mapping[str, Any]) -> Settings:
    """Return checked settings.

    Raises:
        ConfigError: with every wrong setting as a problem.
    """
    data: dict[str, Any] = load_checked(SettingsSchema(), raw, place="workday")
    data["auth"] = _auth(data["auth"], data["base_url"], data["tenant"])
    data["versions"] = {**PINNED_VERSIONS, **data["versions"]}
    data["windows"] = tuple(_window(window) for window in data["windows"])
    data["rest_versions"] = {**REST_VERSIONS, **data["rest_versions"]}
    data["change_job_checks"] = tuple(data["change_job_checks"])
    data["transaction_types"] = tuple(data["transaction_types"])
    data["reviews"] = review_settings(data["reviews"])
    return Settings(**data)


def _window(data: Mapping[str, Any]) -> Window:
    return Window(
        reason=data["reason"],
        at=data["at"],
        lasts=timedelta(hours=data["hours"]),
        zone=ZoneInfo(data["time_zone"]),
        weekday=_DAYS.index(data["day"]) if "day" in data else None,
        on=data.get("on"),
    )


def _auth(
    data: Mapping[str, str], base_url: str, tenant: str
) -> UserNameAuth | OAuthAuth:
    if data["kind"] == "username_token":
        return UserNameAuth(user=data["user"], password=data["password"])
    return OAuthAuth(
        client_id=data["client_id"],
        client_secret=data["client_secret"],
        refresh_token=data["refresh_token"],
        token_url=data["token_url"] or f"{base_url}/ccx/oauth2/{tenant}/token",
    )
