"""Sorting and paging shared by the listing functions.

Works on rows that were already selected; asks no rights.
"""

from collections.abc import Iterable
from typing import Any

from adapters.moodle.sandbox.errors import database_read_error, invalid_parameter
from adapters.moodle.sandbox.records import RecordKind
from adapters.moodle.sandbox.tables import Row

_STAMPS = frozenset({"id", "timecreated", "timemodified", "usermodified"})


def check_order(order: str) -> None:
    """Raise `invalidparameter` unless the direction is ASC, DESC or empty."""
    if order not in ("", "ASC", "DESC"):
        raise invalid_parameter("Invalid order param. Must be ASC, DESC or empty.")


def sort_and_page(
    rows: Iterable[Row], kind: RecordKind, arguments: dict[str, Any]
) -> list[Row]:
    """Return one page of the rows, sorted by the one column asked for.

    Without a column the rows keep the order they came in. Raises MoodleError
    `dmlreadexception` for a column the table does not have.
    """
    sort, listed = arguments["sort"], list(rows)
    if sort:
        if sort not in kind.names | _STAMPS:
            raise database_read_error(f'ERROR:  column "{sort}" does not exist')
        listed.sort(
            key=lambda row: _sort_key(row[sort]), reverse=arguments["order"] == "DESC"
        )
    skip, limit = arguments["skip"], arguments["limit"]
    return listed[skip : skip + limit] if limit else listed[skip:]


def _sort_key(value: Any) -> tuple[bool, Any]:
    # PostgreSQL puts nulls last; texts compare by code point (collation C.UTF-8).
    return (True, 0) if value is None else (False, value)
