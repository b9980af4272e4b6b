"""Opening a database, its transactions and its schema."""

from __future__ import annotations

import json
import sqlite3
import stat
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from connector.kit.errors import ConfigError, ConnectorError
from connector.store.columns import NaiveDatetimeError
from connector.store.database import Database, open_database
from connector.store.tables import changes, cursors
from connector.store.tables_talent import metadata

_NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def _cursor(value: str = "1", stored_at: datetime = _NOON) -> dict[str, object]:
    return {
        "connection": "lms",
        "name": "facts",
        "value": value,
        "stored_at": stored_at,
    }


def _store_cursor(database: Database, stored_at: datetime = _NOON) -> None:
    with database.write() as conn:
        conn.execute(cursors.insert(), _cursor(stored_at=stored_at))


def _stored_at(database: Database) -> datetime:
    with database.read() as conn:
        stored_at = conn.execute(cursors.select()).one().stored_at
    assert isinstance(stored_at, datetime)
    return stored_at


def test_a_commit_is_there_after_reopening(database: Database, url: str) -> None:
    _store_cursor(database)
    database.close()
    again = open_database(url)
    again.migrate()
    assert _stored_at(again) == _NOON
    again.close()


def test_an_error_undoes_the_transaction(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as conn:
        conn.execute(cursors.insert(), [_cursor(), _cursor()])
    with database.read() as conn:
        assert conn.execute(cursors.select()).all() == []


def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.read() as conn:
        conn.execute(cursors.insert(), _cursor())
    _store_cursor(database)


def test_a_reader_sees_one_state(database: Database) -> None:
    with database.read() as conn:
        assert conn.execute(cursors.select()).all() == []
        writer = threading.Thread(target=_store_cursor, args=[database])
        writer.start()
        writer.join()
        assert conn.execute(cursors.select()).all() == []
    assert _stored_at(database) == _NOON


def test_a_transaction_inside_another_is_refused(database: Database) -> None:
    with (
        database.write(),
        pytest.raises(ConnectorError, match="has a transaction open"),
        database.read(),
    ):
        pass


def test_two_threads_write_one_after_the_other(database: Database) -> None:
    _store_cursor(database)
    add_one = text("UPDATE cursors SET value = CAST(value AS INTEGER) + 1")

    def count() -> None:
        for _ in range(20):
            with database.write() as conn:
                conn.execute(add_one)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as conn:
        assert conn.execute(cursors.select()).one().value == "81"


def test_foreign_keys_hold(database: Database) -> None:
    orphan = {
        "run_id": 99,
        "kind": "role",
        "key": "x",
        "position": 0,
        "state": "planned",
        "request_group": "",
        "message": "",
    }
    with pytest.raises(IntegrityError), database.write() as conn:
        conn.execute(changes.insert(), orphan)


@pytest.mark.parametrize(
    "stored_at",
    [
        pytest.param(_NOON, id="utc"),
        pytest.param(_NOON.astimezone(timezone(timedelta(hours=5.5))), id="offset"),
    ],
)
def test_an_instant_comes_back_as_utc_to_the_microsecond(
    database: Database, stored_at: datetime
) -> None:
    _store_cursor(database, stored_at)
    read = _stored_at(database)
    assert read.isoformat() == "2026-03-01T12:00:00.123456+00:00"


def test_a_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(NaiveDatetimeError, match="has no time zone"):
        _store_cursor(database, _NOON.replace(tzinfo=None))


def _structure(conn: Connection) -> object:
    inspector = inspect(conn)
    described = {
        table: [
            inspector.get_columns(table),
            inspector.get_pk_constraint(table),
            sorted(inspector.get_foreign_keys(table), key=str),
            sorted(inspector.get_unique_constraints(table), key=str),
            sorted(inspector.get_indexes(table), key=str),
        ]
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }
    return json.loads(json.dumps(described, default=str))


def test_migrations_lead_to_the_tables_of_the_code(own_database: Database) -> None:
    with own_database.write() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        migrated = _structure(conn)
        metadata.drop_all(conn)
        metadata.create_all(conn)
        assert _structure(conn) == migrated


def test_migrating_twice_changes_nothing(database: Database) -> None:
    _store_cursor(database)
    database.migrate()
    assert _stored_at(database) == _NOON


def test_a_newer_schema_is_refused(own_database: Database) -> None:
    with own_database.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="9999") as caught:
        own_database.migrate()
    assert "Install the version" in caught.value.hint


def test_a_failed_migration_leaves_nothing_behind(empty_url: str) -> None:
    database = open_database(empty_url)
    with database.write() as conn:
        conn.execute(text("CREATE TABLE tasks (id INTEGER)"))
    with pytest.raises(DBAPIError, match="already exists"):
        database.migrate()
    with database.read() as conn:
        assert inspect(conn).get_table_names() == ["tasks"]
    database.close()


def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    databases = [open_database(empty_url) for _ in range(2)]
    threads = [threading.Thread(target=each.migrate) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _store_cursor(databases[0])
    assert _stored_at(databases[1]) == _NOON
    for each in databases:
        each.close()


def test_sqlite_is_set_up_for_durability(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    database = open_database(f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert database.path == path
    with database.read() as conn:
        pragmas = {
            name: conn.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }
    database.close()


def test_an_in_memory_database_is_shared_by_threads() -> None:
    database = open_database("sqlite://")
    database.migrate()
    writer = threading.Thread(target=_store_cursor, args=[database])
    writer.start()
    writer.join()
    assert database.is_memory
    assert _stored_at(database) == _NOON
    database.close()


def _text_file(path: Path) -> str:
    path.write_text("This is a letter, not a database.\n" * 100)
    return f"sqlite:///{path}"


def _folder(path: Path) -> str:
    path.mkdir()
    return f"sqlite:///{path}"


def _broken_file(path: Path) -> str:
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE a (b)")
    conn.close()
    path.write_bytes(b"x" * path.stat().st_size)
    return f"sqlite:///{path}"


@pytest.mark.parametrize(
    ("make_url", "message"),
    [
        (_text_file, "not a database"),
        (_broken_file, "not a database"),
        (_folder, "cannot be used"),
        (lambda path: f"sqlite:///{path / 'absent' / 'store'}", "cannot be used"),
        (lambda _: "no url at all", "cannot be understood"),
        (lambda _: "mysql://root@localhost/x", "'mysql' are not supported"),
        (lambda path: f"postgresql://u:pass@/x?host={path}", "cannot be reached"),
    ],
)
def test_an_unusable_database_says_what_to_do(
    tmp_path: Path, make_url: object, message: str
) -> None:
    assert callable(make_url)
    with pytest.raises(ConfigError, match=message) as caught:
        open_database(make_url(tmp_path / "store.sqlite"))
    assert caught.value.hint
    assert "pass" not in caught.value.message.replace("password", "")


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match="driver for PostgreSQL") as caught:
        open_database("postgresql://localhost/x")
    assert "pip install" in caught.value.hint
