"""Settings of a connection, checked all at once."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validates_schema

from connector.kit.errors import ConfigError
from connector.kit.settings import Address, load_settings


class ScaleSettings(Schema):
    id = fields.Integer(required=True)


class Settings(Schema):
    address = Address(required=True)
    prefix = fields.String(load_default="jf")
    scales = fields.Dict(keys=fields.String(), values=fields.Integer())
    default_scale = fields.Nested(ScaleSettings)

    @validates_schema
    def _check_prefix(self, data: Any, **_options: Any) -> None:
        if data.get("prefix") == data.get("address"):
            raise ValidationError("prefix and address are the same.")


def test_good_settings_come_back_with_their_defaults() -> None:
    loaded = load_settings(Settings(), {"address": "https://a.example/"}, place="lms")
    assert loaded == {"address": "https://a.example", "prefix": "jf"}


def test_every_wrong_setting_is_named_at_once() -> None:
    settings = {
        "address": "http://lms.example.org",
        "scales": {"main": "hunter2"},
        "default_scale": {},
        "color": "red",
    }
    with pytest.raises(ConfigError) as caught:
        load_settings(Settings(), settings, place="connection lms")

    problems = caught.value.problems
    assert [problem.key for problem in problems] == [
        "address",
        "color",
        "default_scale.id",
        "scales.main",
    ]
    assert {problem.place for problem in problems} == {"connection lms"}
    assert "write https://" in problems[0].message
    assert problems[1].message == "color: there is no such setting."
    assert "hunter2" not in str(caught.value.as_json())
    assert "4 of the settings" in caught.value.message


def test_a_rule_about_several_settings_is_told_too() -> None:
    settings = {"address": "https://a.example", "prefix": "https://a.example"}
    with pytest.raises(ConfigError) as caught:
        load_settings(Settings(), settings, place="lms")
    assert [str(problem) for problem in caught.value.problems] == [
        "lms: prefix and address are the same."
    ]
