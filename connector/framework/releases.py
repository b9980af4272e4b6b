"""A release: a validated framework frozen as a content-addressed snapshot.

Pure. A snapshot is canonical JSON without file places; the same framework gives the
same bytes however its files are arranged. Storing it is the store's business.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union

from connector.framework.model import Framework
from connector.framework.validate import validate
from connector.kit.errors import FrameworkError

#: Version of the snapshot's form; a reader refuses others.
FORMAT = 1


def freeze(framework: Framework) -> bytes:
    """Return the snapshot of a framework that may be released.

    Raises:
        FrameworkError: the framework has problems; all of them are carried.
    """
    problems = validate(framework)
    if problems:
        raise FrameworkError(
            f"{len(problems)} problems keep this framework from being released.",
            hint="Correct them, then release again.",
            problems=problems,
        )
    return snapshot_bytes(framework)


def snapshot_bytes(framework: Framework) -> bytes:
    """Return a framework as canonical JSON: sorted, without places, UTF-8.

    Values at their default are left out, so that a field added to the model later
    does not change the digest of what says nothing about it.
    """
    content = {"format": FORMAT, "framework": _encode(framework)}
    text = json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode()


def framework_from_snapshot(snapshot: bytes) -> Framework:
    """Return the framework of a snapshot.

    Raises:
        FrameworkError: the bytes are no snapshot of the known format.
    """
    try:
        content = json.loads(snapshot)
        if content["format"] != FORMAT:
            raise FrameworkError(
                f"The snapshot has format {content['format']}, not {FORMAT}.",
                hint="Use the version of the connector that wrote it.",
            )
        framework: Framework = _decode(content["framework"], Framework)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FrameworkError(
            "These bytes are no snapshot of a framework.",
            hint="Take the snapshot from the store again.",
        ) from error
    return framework


def _encode(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {
            field.name: _encode(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.compare and getattr(value, field.name) != _default(field)
        }
    if isinstance(value, Mapping):
        return {key: _encode(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_encode(one) for one in value]
    return _encode_single(value)


def _encode_single(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        # 10, 10.0 and 1E+1 are equal and must have one spelling.
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


@cache
def _types(model: type) -> Mapping[str, Any]:
    return typing.get_type_hints(model)


_SINGLE: Mapping[type, Callable[[Any], Any]] = {
    str: str,
    int: int,
    bool: bool,
    Decimal: Decimal,
    date: date.fromisoformat,
}


def _decode(value: Any, type_: Any) -> Any:
    origin, inner = typing.get_origin(type_), typing.get_args(type_)
    if origin in {Union, types.UnionType}:
        return None if value is None else _decode(value, inner[0])
    if origin is tuple:
        return tuple(
            _decode(one, inner[0] if inner[-1] is Ellipsis else inner[index])
            for index, one in enumerate(value)
        )
    if origin is Mapping:
        return {key: _decode(one, inner[1]) for key, one in value.items()}
    if dataclasses.is_dataclass(type_):
        hints = _types(typing.cast(type, type_))
        values = {name: _decode(one, hints[name]) for name, one in value.items()}
        return typing.cast(type, type_)(**values)
    return _SINGLE.get(type_, type_)(value)
