"""Records that Moodle validates as a whole before it stores them.

A kind lists its columns in order; a create or an update checks all of them and
reports every reason at once, then meets the limits of the database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.moodle.sandbox.call import Call
from adapters.moodle.sandbox.errors import (
    database_write_error,
    invalid_persistent,
    missing_record,
)
from adapters.moodle.sandbox.tables import Row, Table

INVALID = "Data submitted is invalid"
TEXT_FORMATS = frozenset({0, 1, 2, 4})
_LARGEST_COLUMN = 2**63 - 1

Check = Callable[[Call, Row, Row | None], str | None]
"""Says what is wrong with a column of the new row (before is None on creation)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its default, what it may hold, and the width of its text."""

    name: str
    default: Any = None
    allows_null: bool = False
    choices: frozenset[Any] | None = None
    width: int | None = None
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record; `table` is its place in State, `database` Moodle's name."""

    table: str
    database: str
    columns: tuple[Column, ...]
    names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Collect the column names."""
        names = frozenset(column.name for column in self.columns)
        object.__setattr__(self, "names", names)


def table_of(call: Call, kind: RecordKind) -> Table:
    """Return the table that holds the kind."""
    table: Table = getattr(call.state, kind.table)
    return table


def read_record(call: Call, kind: RecordKind, row_id: int) -> Row:
    """Return the row, or raise MoodleError `invalidrecord`."""
    row = table_of(call, kind).get(row_id)
    if row is None:
        raise missing_record(kind.database)
    return row


def create_record(call: Call, kind: RecordKind, values: Mapping[str, Any]) -> Row:
    """Validate and store a new row.

    Raises MoodleError `invalidpersistenterror` or `dmlwriteexception`.
    """
    row = {column.name: column.default for column in kind.columns}
    row.update({name: value for name, value in values.items() if name in kind.names})
    _validate(call, kind, row, None)
    stamps = {"timecreated": call.now, "timemodified": call.now}
    return table_of(call, kind).add({**row, **stamps, "usermodified": call.user_id})


def update_record(
    call: Call, kind: RecordKind, before: Row, changes: Mapping[str, Any]
) -> Row:
    """Validate and store changed columns of a row.

    Raises MoodleError `invalidpersistenterror` or `dmlwriteexception`.
    """
    known = {name: value for name, value in changes.items() if name in kind.names}
    after = {**before, **known}
    if any(before[name] != value for name, value in known.items()):
        _validate(call, kind, after, before)
    return table_of(call, kind).change(
        before["id"], **known, timemodified=call.now, usermodified=call.user_id
    )


def _validate(call: Call, kind: RecordKind, row: Row, before: Row | None) -> None:
    reasons = [
        reason
        for column in kind.columns
        if (reason := _column_problem(call, column, row, before)) is not None
    ]
    if reasons:
        raise invalid_persistent(reasons)
    for column in kind.columns:
        value = row[column.name]
        if isinstance(value, str) and column.width and len(value) > column.width:
            raise database_write_error(
                f"ERROR:  value too long for type character varying({column.width})"
            )
        if isinstance(value, int) and abs(value) > _LARGEST_COLUMN:
            raise database_write_error("ERROR:  value is out of range for type bigint")


def _column_problem(
    call: Call, column: Column, row: Row, before: Row | None
) -> str | None:
    value = row[column.name]
    if value is None and not column.allows_null:
        return INVALID
    if column.choices is not None and value not in column.choices:
        return INVALID
    return column.check(call, row, before) if column.check else None
