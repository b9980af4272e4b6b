"""The settings of a Workday connection, checked before anything is sent.

Secrets are named here, never held. Every wrong setting is reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from adapters.workday.facts import LARGEST_PAGE, PINNED_VERSIONS
from adapters.workday.review_settings import (
    ReviewSettings,
    ReviewsSchema,
    review_settings,
)
from connector.kit.settings import Address
from connector.kit.settings import load_settings as load_checked

_VERSION = re.compile(r"v\d{1,2}\.\d")


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
    first_effective_date: date
    page_size: int
    calls_per_second: float
    parallel_writes: int
    read_timeout: float
    transaction_types: tuple[str, ...]
    training_type: str
    certification_issuer: str
    achievement_source: str
    reviews: ReviewSettings

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
    #: A new object exists from this date on (NOTES 5).
    first_effective_date = fields.Date(load_default=date(1900, 1, 1))
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
    #: The report that lists started reviews, and the templates they are meant to use.
    reviews = fields.Nested(ReviewsSchema, load_default=dict)


def load_settings(raw: Mapping[str, Any]) -> Settings:
    """Return checked settings.

    Raises:
        ConfigError: with every wrong setting as a problem.
    """
    data: dict[str, Any] = load_checked(SettingsSchema(), raw, place="workday")
    data["auth"] = _auth(data["auth"], data["base_url"], data["tenant"])
    data["versions"] = {**PINNED_VERSIONS, **data["versions"]}
    data["transaction_types"] = tuple(data["transaction_types"])
    data["reviews"] = review_settings(data["reviews"])
    return Settings(**data)


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
