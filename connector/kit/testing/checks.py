"""Whether a value is one the in-memory target takes for a field.

As strict as a target can be, so that a planner never relies on leniency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from connector.kit.values import (
    FieldSpec,
    FieldType,
    Foreign,
    KindSpec,
    Ownership,
    Row,
    Rows,
    Value,
    is_empty,
    text_row_key,
)


class RefusedError(Exception):
    """The in-memory target refuses a write, as a sentence."""


def _is_all(value: Value, kind: type) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, kind) for item in value)


_IS_OF_TYPE: Mapping[FieldType, Callable[[Value], bool]] = {
    FieldType.TEXT: lambda value: isinstance(value, str),
    FieldType.RICH_TEXT: lambda value: isinstance(value, str),
    FieldType.BOOLEAN: lambda value: isinstance(value, bool),
    FieldType.INTEGER: lambda value: (
        isinstance(value, int) and not isinstance(value, bool)
    ),
    FieldType.DECIMAL: lambda value: isinstance(value, Decimal),
    FieldType.DATE: lambda value: isinstance(value, date),
    FieldType.REFERENCE: lambda value: isinstance(value, Foreign),
    FieldType.REFERENCES: lambda value: _is_all(value, Foreign),
    FieldType.TEXTS: lambda value: _is_all(value, str),
    FieldType.ROWS: lambda value: isinstance(value, Rows),
}

_EMPTY: Mapping[FieldType, Value] = {
    FieldType.TEXT: "",
    FieldType.RICH_TEXT: "",
    FieldType.REFERENCES: (),
    FieldType.TEXTS: (),
}


def empty(spec: FieldSpec) -> Value:
    """Return what the target shows for a field that holds nothing."""
    if spec.type is FieldType.ROWS:
        return Rows((), spec.is_ordered)
    return _EMPTY.get(spec.type)


def check_fields(
    spec: KindSpec,
    fields: Mapping[str, Value],
    before: Mapping[str, Value] | None,
    *,
    is_by_hand: bool,
) -> None:
    """Refuse fields that a writer may not write, or not so.

    `before` holds the object's fields, none for a new one. People in the target may
    write what is closed to interfaces.
    """
    for name, value in fields.items():
        if name not in spec.by_name:
            raise RefusedError(f"a {spec.label} has no field {name}")
        field = spec.by_name[name]
        if field.ownership is not Ownership.MANAGED and not is_by_hand:
            raise RefusedError(f"{name} cannot be written by an interface")
        if field.is_fixed and before is not None and before.get(name) != value:
            raise RefusedError(f"{name} cannot be changed once it is set")
        _check_value(field, value)
    wanted = spec.fields if before is None else [spec.by_name[name] for name in fields]
    for field in wanted:
        if field.is_required and is_empty(fields.get(field.name)):
            raise RefusedError(f"{field.name} is required")


def _check_value(spec: FieldSpec, value: Value) -> None:
    if value is None:
        return
    if not _IS_OF_TYPE[spec.type](value):
        raise RefusedError(f"{spec.name} is no {spec.type.value}")
    _check_length(spec, value)
    _check_canonical(spec, value)
    for item in value if isinstance(value, tuple) else (value,):
        if isinstance(item, Foreign) and item.kind not in spec.kinds:
            raise RefusedError(f"{spec.name} does not refer to a {item.kind}")
    if isinstance(value, Rows):
        _check_rows(spec, value)


def _check_length(spec: FieldSpec, value: Value) -> None:
    if isinstance(value, str) and len(value) > (spec.max_length or len(value)):
        raise RefusedError(f"{spec.name} is longer than {spec.max_length} characters")


def _check_canonical(spec: FieldSpec, value: Value) -> None:
    try:
        is_canonical = spec.canonical(value) == value
    except ValueError as error:
        raise RefusedError(f"{spec.name}: {error}") from None
    if not is_canonical:
        raise RefusedError(f"{spec.name} is not in the form the target keeps")


def _check_rows(spec: FieldSpec, group: Rows) -> None:
    if group.is_ordered != spec.is_ordered:
        raise RefusedError(f"{spec.name} has the wrong kind of order")
    if len(group.by_key()) != len(group.rows):
        raise RefusedError(f"{spec.name} holds a row twice")
    for row in group.rows:
        _check_row(spec, row)


def _check_row(spec: FieldSpec, row: Row) -> None:
    fields = {field.name: field for field in spec.row}
    for name, value in row.fields.items():
        if name not in fields:
            raise RefusedError(f"a row of {spec.name} has no field {name}")
        _check_value(fields[name], value)
    for field in spec.row:
        if field.is_required and is_empty(row.fields.get(field.name)):
            raise RefusedError(f"a row of {spec.name} lacks {field.name}")
    key = row.fields.get(spec.row_key)
    if spec.is_keyed_by_text:
        key = text_row_key(str(key))
    if row.key != key:
        raise RefusedError(f"a row of {spec.name} bears another key than its fields")
