"""The settings of a connection to a Moodle site.

Checked once, all problems at once; no secret is a setting, only its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import Schema, ValidationError, fields, validate, validates

from adapters.moodle.languages import CODE
from connector.kit.settings import Address, load_settings

#: Columns of the completions report, in the order the install guide gives them.
REPORT_COLUMNS = (
    "user:idnumber",
    "user:fullnamewithlink",
    "user:email",
    "course:idnumber",
    "course:coursefullnamewithlink",
    "completion:timecompleted",
)
#: Columns without which a completion cannot be told.
NEEDED_COLUMNS = frozenset(REPORT_COLUMNS) - {"user:email"}
#: Columns of the other reports, in the order the install guide gives them.
BADGE_COLUMNS = (
    "badge:namewithlink",
    "user:idnumber",
    "user:fullnamewithlink",
    "badge_issued:issued",
    "badge_issued:expire",
)
#: The last one may be left out: then no address helps to tell whose an account is.
USER_COLUMNS = (
    "user:idnumber",
    "user:fullnamewithlink",
    "user:suspended",
    "user:email",
)
TASK_COLUMNS = ("task_log:name", "task_log:starttime", "task_log:result")
RATING_COLUMNS = (
    "framework:idnumber",
    "competency:idnumber",
    "user:idnumber",
    "user:fullnamewithlink",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleSettings:
    """A checked set of settings.

    `scales` maps our scale keys to Moodle's scale ids. The reports are ids of custom
    reports, none where there is no such report. With `finished_plans` people are asked
    for the learning plans that they finished, one by one. `overlap_hours` is how far
    each poll of completions looks back before the last one: Moodle may date a
    completion earlier than the moment it shows up. `time_zone` is the zone in which
    the site shows times: UTC is asked for, but a site may force its own. Names and
    descriptions are written in all `languages`, for Moodle's multi-language filter;
    none: in the mapping's language alone.
    """

    url: str
    token: str
    scales: Mapping[str, int]
    completions_report: int | None
    completions_columns: tuple[str, ...]
    badges_report: int | None
    users_report: int | None
    ratings_report: int | None
    tasks_report: int | None
    finished_plans: bool
    overlap_hours: int
    time_zone: str
    languages: tuple[str, ...]
    retired_name: str
    batch_size: int
    concurrency: int


def _report() -> fields.Integer:
    return fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(min=1)
    )


class _SettingsSchema(Schema):
    url = Address(required=True)
    token = fields.String(load_default="moodle.token")
    scales = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(strict=True, validate=validate.Range(min=1)),
        load_default=dict,
    )
    completions_report = _report()
    completions_columns = fields.List(
        fields.String(), load_default=list(REPORT_COLUMNS)
    )
    badges_report = _report()
    users_report = _report()
    ratings_report = _report()
    tasks_report = _report()
    finished_plans = fields.Boolean(load_default=False)
    overlap_hours = fields.Integer(
        strict=True, load_default=48, validate=validate.Range(min=0, max=8760)
    )
    time_zone = fields.String(load_default="UTC")
    languages = fields.List(
        fields.String(validate=validate.Regexp(rf"(?:{CODE.pattern})\Z")),
        load_default=list,
    )
    retired_name = fields.String(
        load_default="Retired", validate=validate.Length(min=1, max=100)
    )
    batch_size = fields.Integer(
        strict=True, load_default=100, validate=validate.Range(min=1, max=100)
    )
    concurrency = fields.Integer(
        strict=True, load_default=4, validate=validate.Range(min=1, max=4)
    )

    @validates("time_zone")
    def _check_time_zone(self, value: str, **_: object) -> None:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            msg = f"{value!r} is no time zone: write it like Europe/Warsaw or UTC."
            raise ValidationError(msg) from error

    @validates("completions_columns")
    def _check_columns(self, value: list[str], **_: object) -> None:
        if missing := NEEDED_COLUMNS - set(value):
            msg = f"lacks {', '.join(sorted(missing))}."
            raise ValidationError(msg)


def check_settings(settings: Mapping[str, Any]) -> MoodleSettings:
    """Return checked settings; raises `ConfigError` with every wrong one."""
    data = load_settings(_SettingsSchema(), settings, place="Moodle connection")
    lists: dict[str, Any] = {
        name: tuple(data.pop(name)) for name in ("completions_columns", "languages")
    }
    return MoodleSettings(**lists, **data)
