"""The one database of a deployment: opening it, transactions, migrations.

SQLite and PostgreSQL behave alike behind `read` and `write`. No transaction may be
open while a request to a target is on its way.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from connector.kit.errors import ConfigError, ConnectorError
from connector.store.migrations import upgrade

_BUSY_TIMEOUT_MILLISECONDS = 10_000


class Database:
    """An opened database; safe to share between threads.

    Every transaction has a connection to itself, so that no two threads share one.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reader, self._writer = _roles(engine)
        self._thread = threading.local()
        # All threads share the one connection that an in-memory database has.
        self._memory_lock = threading.RLock() if self.is_memory else None

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the database is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @property
    def is_memory(self) -> bool:
        """Tell whether the database dies with this process."""
        return self.is_sqlite and self.path is None

    @property
    def path(self) -> Path | None:
        """Return the database file of SQLite, none where there is no file."""
        return _sqlite_path(self.engine.url) if self.is_sqlite else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a writing transaction: committed at the end, undone by an error.

        Keep it short: on SQLite no other thread or process writes meanwhile.
        """
        with self._transaction(self._writer) as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database and writes nothing."""
        with self._transaction(self._reader) as conn:
            yield conn

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        if getattr(self._thread, "is_busy", False):
            raise ConnectorError(
                "This thread has a transaction open already.",
                hint="This is a defect of the connector: hand its connection on.",
            )
        self._thread.is_busy = True
        try:
            if self._memory_lock:
                with self._memory_lock, engine.begin() as conn:
                    yield conn
            else:
                with engine.begin() as conn:
                    yield conn
        finally:
            self._thread.is_busy = False

    def migrate(self) -> None:
        """Bring the schema to this version of the code.

        Raises:
            ConfigError: the schema is newer than the code.
        """
        with self.write() as conn:
            upgrade(conn)

    def settle_log(self) -> None:
        """Bring what SQLite keeps in its log into the file, and empty the log.

        What was deleted stands in the log until then. A reader that is at work puts
        it off to the next time (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
        """
        if self.path is None:
            return
        borrowed = self.engine.raw_connection()
        try:
            borrowed.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            borrowed.close()

    def close(self) -> None:
        """Close every idle connection."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at a URL (`sqlite:///path` or `postgresql://...`).

    A missing SQLite file is created, readable by its owner only; its folder is not.

    Raises:
        ConfigError: the URL is wrong, or there is no usable database behind it.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _sqlite_engine(parsed)
    else:
        engine = _postgresql_engine(parsed)
    try:
        with engine.connect() as conn:
            conn.execute(text("SELECT 1"))
    except (DBAPIError, OSError) as error:
        engine.dispose()
        raise _unusable(parsed, error) from error
    return Database(engine)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "The database URL cannot be understood.",
            hint="Write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.",
        ) from error
    backend = parsed.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        return parsed.set(drivername="sqlite")
    raise ConfigError(
        f"Databases of the kind {backend!r} are not supported.",
        hint="Use sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.",
    )


def _sqlite_path(url: URL) -> Path | None:
    if url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).resolve()


def _sqlite_engine(url: URL) -> Engine:
    path = _sqlite_path(url)
    if path is None:
        engine = create_engine(
            url, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    else:
        _create_private(url, path)
        engine = create_engine(url, pool_size=5, max_overflow=-1)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _create_private(url: URL, path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise _unusable(url, error) from error


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` does.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    # A transaction that begins by reading and writes later can fail at once with
    # SQLITE_BUSY, whatever the time-out (https://www.sqlite.org/lang_transaction.html).
    is_writing = conn.get_execution_options().get("is_writing", False)
    conn.exec_driver_sql(f"PRAGMA query_only = {'OFF' if is_writing else 'ON'}")
    conn.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _postgresql_engine(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, max_overflow=-1)
    except ModuleNotFoundError as error:
        raise ConfigError(
            "The driver for PostgreSQL is not installed.",
            hint="Install it with: pip install 'job-framework-connector[postgresql]'",
        ) from error


def _roles(engine: Engine) -> tuple[Engine, Engine]:
    if engine.dialect.name == "sqlite":
        return engine, engine.execution_options(is_writing=True)
    reader = engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    return reader, engine


def _unusable(url: URL, error: Exception) -> ConfigError:
    reason = (
        error.orig
        if isinstance(error, SQLAlchemyError) and hasattr(error, "orig")
        else error
    )
    path = _sqlite_path(url) if url.get_backend_name() == "sqlite" else None
    if path is not None:
        return ConfigError(
            f"The database file {path} cannot be used: {reason}",
            hint="Check that its folder exists, that this user may write to both, "
            "and that the file is a SQLite database.",
        )
    place = url.render_as_string(hide_password=True)
    return ConfigError(
        f"The database {place} cannot be reached: {reason}",
        hint="Check that the server runs, and host, name, user and password.",
    )
