"""Turns the settings of a connection into an adapter's own value.

Every wrong setting is named at once; no setting's value gets into a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from connector.kit.addresses import problem_of_address
from connector.kit.errors import ConfigError, Problem

_UNKNOWN = "Unknown field."


class Address(fields.String):
    """The address of a target: https, or http on this machine."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        address = str(super()._deserialize(value, *args, **kwargs))
        if problem := problem_of_address(address):
            raise ValidationError(f"The address {problem}")
        return address.rstrip("/")


def load_settings(schema: Schema, settings: Mapping[str, Any], *, place: str) -> Any:
    """Return what the schema makes of the settings; `place` names the connection.

    Raises:
        ConfigError: one problem for each wrong, missing or unknown setting, its key
            written as `name` or `name.inner`.
    """
    try:
        return schema.load(settings)
    except ValidationError as error:
        problems = sorted(_problems(error.messages, place, ()))
    raise ConfigError(
        f"{place}: {len(problems)} of the settings cannot be used.",
        hint="Correct them all, then try again.",
        problems=problems,
    ) from None


def _problems(messages: Any, place: str, path: tuple[str, ...]) -> Iterator[Problem]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            # The schema's own checks, and a mapping's keys against its values.
            is_setting = name != "_schema" and not messages.keys() <= {"key", "value"}
            within = (*path, str(name)) if is_setting else path
            yield from _problems(inner, place, within)
        return
    key = ".".join(path)
    for message in messages:
        told = "there is no such setting." if message == _UNKNOWN else message
        yield Problem(place, f"{key}: {told}" if key else told, "", key)
