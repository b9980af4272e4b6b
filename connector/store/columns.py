"""Column types and statement helpers that SQLite and PostgreSQL share.

Nothing here knows a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Dialect, String, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import DateTime, TypeDecorator

from connector.kit.errors import ConnectorError

#: Values one `IN (...)` may list; SQLite allows 32,766 parameters a statement
#: since 3.32 and 999 before (https://www.sqlite.org/limits.html).
_CHUNK = 900


class NaiveDatetimeError(DontWrapMixin, ConnectorError):
    """An instant without a time zone was about to be stored."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on both sides, kept as UTC to the microsecond."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Turn an aware instant into UTC; refuse a naive one."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise NaiveDatetimeError(
                f"The instant {value.isoformat()} has no time zone.",
                hint="Pass an aware datetime, for instance datetime.now(UTC).",
            )
        instant = value.astimezone(UTC)
        # SQLite keeps text without an offset, which then sorts as time.
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Return the instant as aware UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


def text_column(name: str, **options: Any) -> Column[str]:
    """Return a text that is always there, empty where there is nothing to say."""
    return Column(name, String, nullable=False, **options)


def key_column(name: str) -> Column[str]:
    """Return a text that is the row's key, or part of it."""
    return Column(name, String, primary_key=True)


def instant_column(name: str, *, is_optional: bool = False) -> Column[Any]:
    """Return an instant."""
    return Column(name, UtcDateTime, nullable=is_optional)


def chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield slices short enough for one `IN (...)`."""
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


def upsert(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, and overwrite those whose primary key is there already.

    Of several rows with one key the last counts.
    """
    if not rows:
        return
    statement = _insert(conn, table)
    key = [column.name for column in table.primary_key.columns]
    others = {name: statement.excluded[name] for name in rows[0] if name not in key}
    # PostgreSQL refuses a statement that would touch one row twice.
    last = {tuple(row[name] for name in key): row for row in rows}
    conn.execute(
        statement.on_conflict_do_update(index_elements=key, set_=others),
        list(last.values()),
    )


def insert_missing(conn: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless it breaks a unique key; tell whether it went in."""
    return insert_all_missing(conn, table, [row]) == 1


def insert_all_missing(
    conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Insert those rows that break no unique key; return how many went in."""
    if not rows:
        return 0
    # Drivers count the rows of a batch differently; the keys that come back are sure.
    statement = _insert(conn, table).on_conflict_do_nothing()
    returned = conn.execute(statement.returning(*table.primary_key), list(rows))
    return len(returned.all())


def _insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    if conn.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
