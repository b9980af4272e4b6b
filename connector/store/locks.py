"""Locks between processes that die with their holder; there are no leases.

An OS file lock beside a SQLite database, a session advisory lock on PostgreSQL. They
may be held for as long as a run takes, because no transaction is open with them.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from connector.kit.errors import ConfigError, RunLockedError
from connector.store.database import Database

#: Raises `RunLockedError` when a lock was lost that the caller believes to hold.
EnsureHeld: TypeAlias = Callable[[], None]

_memory_guard = threading.Lock()
_memory_locks: WeakKeyDictionary[Database, defaultdict[str, threading.Lock]] = (
    WeakKeyDictionary()
)


@contextmanager
def run_lock(database: Database, connection: str) -> Iterator[EnsureHeld]:
    """Hold the one run that a connection may have at a time.

    Gives a function to call before each wave: it raises `RunLockedError` when the
    database server dropped the session and the lock with it.

    Raises:
        RunLockedError: another run holds the connection, in whatever process.
    """
    with _lock(database, f"run-{connection}", is_waiting=False) as ensure_held:
        if ensure_held is None:
            raise RunLockedError(
                f"Another run of {connection} is going on.",
                hint="Wait until it has ended, then try again.",
            )
        yield ensure_held


@contextmanager
def secret_lock(database: Database, name: str) -> Iterator[None]:
    """Wait for, then hold, the right to replace a secret."""
    with _lock(database, f"secret-{name}", is_waiting=True):
        yield


@contextmanager
def _lock(
    database: Database, name: str, *, is_waiting: bool
) -> Iterator[EnsureHeld | None]:
    """Hold a lock; gives none where somebody else has it and we do not wait."""
    if not database.is_sqlite:
        with _advisory_lock(database, name, is_waiting=is_waiting) as ensure_held:
            yield ensure_held
        return
    if database.path is None:
        held = _memory_lock(database, name, is_waiting=is_waiting)
    else:
        file_name = f"{database.path.name}.{quote(name, safe='')}.lock"
        held = _file_lock(database.path.with_name(file_name), is_waiting=is_waiting)
    with held as is_held:
        yield _always_held if is_held else None


def _always_held() -> None:
    """Accept: the lock of a process cannot be lost while the process lives."""


@contextmanager
def _memory_lock(database: Database, name: str, *, is_waiting: bool) -> Iterator[bool]:
    with _memory_guard:
        names = _memory_locks.setdefault(database, defaultdict(threading.Lock))
        lock = names[name]
    is_held = lock.acquire(blocking=is_waiting)
    try:
        yield is_held
    finally:
        if is_held:
            lock.release()


@contextmanager
def _file_lock(path: Path, *, is_waiting: bool) -> Iterator[bool]:
    # The file stays: removing it would let two holders lock two files of one name.
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise ConfigError(
            f"The lock file {path} cannot be opened: {error}",
            hint="Let this user write to the folder of the database.",
        ) from error
    try:
        yield _lock_descriptor(descriptor, is_waiting=is_waiting)
    finally:
        os.close(descriptor)


if sys.platform == "win32":  # pragma: no cover

    def _lock_descriptor(descriptor: int, *, is_waiting: bool) -> bool:
        import msvcrt

        while True:
            try:
                # LK_LOCK tries for ten seconds, then raises.
                mode = msvcrt.LK_LOCK if is_waiting else msvcrt.LK_NBLCK
                msvcrt.locking(descriptor, mode, 1)
            except OSError:
                if not is_waiting:
                    return False
            else:
                return True

else:
    import fcntl

    def _lock_descriptor(descriptor: int, *, is_waiting: bool) -> bool:
        try:
            fcntl.flock(
                descriptor, fcntl.LOCK_EX | (0 if is_waiting else fcntl.LOCK_NB)
            )
        except BlockingIOError:
            return False
        return True


@contextmanager
def _advisory_lock(
    database: Database, name: str, *, is_waiting: bool
) -> Iterator[EnsureHeld | None]:
    key = {"key": _advisory_key(name)}
    with database.engine.connect() as pooled:
        conn = pooled.execution_options(isolation_level="AUTOCOMMIT")
        # The session ends with the lock instead of going back to the pool.
        conn.detach()
        is_held = True
        if is_waiting:
            conn.execute(text("SELECT pg_advisory_lock(:key)"), key)
        else:
            is_held = bool(conn.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))
        try:
            yield (lambda: _ensure_session(conn, name)) if is_held else None
        finally:
            # A lost session has freed the lock already.
            with suppress(SQLAlchemyError):
                conn.execute(text("SELECT pg_advisory_unlock_all()"))


def _ensure_session(conn: Connection, name: str) -> None:
    # The connection never reconnects by itself: nobody rolls its transaction back.
    try:
        conn.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        raise RunLockedError(
            f"The database server dropped the session that held the lock {name}.",
            hint="Start the run again: it goes on where this one ended.",
        ) from error


def _advisory_key(name: str) -> int:
    """Return the number that stands for a lock's name, in signed 64 bits."""
    digest = hashlib.sha256(f"jobframe {name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
