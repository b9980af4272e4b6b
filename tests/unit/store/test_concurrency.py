"""What holds between threads and processes, and after one of them is killed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from connector.kit.errors import ConfigError, RunLockedError
from connector.kit.values import Ref
from connector.store import audit, journal, schedules
from connector.store.database import Database, open_database
from connector.store.journal import ChangeState
from connector.store.locks import run_lock
from connector.store.secrets import SecretBox, SecretVault

from .processes import waiting_process

_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

_HOLD_THE_LOCK = """
from connector.store.locks import run_lock
with run_lock(database, "lms"):
    wait()
"""

_SEND = """
from datetime import UTC, date, datetime
from connector.kit.values import Ref
from connector.store import journal
noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
refs = [Ref("role", "a"), Ref("role", "b")]
with database.write() as conn:
    run_id = journal.open_run(
        conn, connection="lms", fingerprint="f", plan_json="{}", release_id=None,
        as_of=noon.date(), person="p", at=noon, refs=refs,
    )
with database.write() as conn:
    journal.mark_sent(conn, run_id, refs[:1], "1", noon)
with database.write() as conn:
    outcome = journal.ChangeOutcome(refs[0], journal.ChangeState.DONE)
    journal.settle(conn, run_id, [outcome], noon)
    wait()
"""


@contextmanager
def _two_databases(url: str) -> Iterator[list[Database]]:
    databases = [open_database(url), open_database(url)]
    try:
        yield databases
    finally:
        for database in databases:
            database.close()


def _at_once(
    databases: list[Database], work: Callable[[Database], object]
) -> list[object]:
    """Do the same work in two threads that start together."""
    start = threading.Barrier(len(databases))
    results: list[object] = []

    def run(database: Database) -> None:
        start.wait()
        results.append(work(database))

    threads = [threading.Thread(target=run, args=[each]) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_connection_has_one_run_at_a_time(url: str) -> None:
    with _two_databases(url) as (first, second):
        with run_lock(first, "lms") as ensure_held:
            ensure_held()
            with run_lock(second, "hris"):
                pass
            with pytest.raises(RunLockedError, match="Another run of lms"):
                run_lock(second, "lms").__enter__()
        with run_lock(second, "lms"):
            pass


def test_an_error_frees_the_lock(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), run_lock(database, "lms"):
        raise ZeroDivisionError
    with run_lock(database, "lms"):
        pass


def test_the_run_lock_leaves_the_database_free(url: str) -> None:
    with _two_databases(url) as (first, second), run_lock(first, "lms"):
        for database in (first, second):
            with database.write() as conn:
                audit.append(conn, at=_NOON, actor="p", action="test", detail={})


def test_death_frees_the_lock(url: str) -> None:
    with waiting_process(_HOLD_THE_LOCK, url) as holder:
        database = open_database(url)
        with pytest.raises(RunLockedError):
            run_lock(database, "lms").__enter__()
        holder.kill()
        holder.wait()
        while not _is_free(database):
            pass
        database.close()


def _is_free(database: Database) -> bool:
    try:
        with run_lock(database, "lms"):
            return True
    except RunLockedError:
        return False


@pytest.mark.postgresql
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_lock_lost_with_its_session_is_noticed(url: str) -> None:
    database = open_database(url)
    end_others = text(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with run_lock(database, "lms") as ensure_held:
        with database.write() as conn:
            conn.execute(end_others)
        with pytest.raises(RunLockedError, match="dropped the session"):
            ensure_held()
    database.close()


def test_an_in_memory_database_has_locks_too() -> None:
    first, second = open_database("sqlite://"), open_database("sqlite://")
    with run_lock(first, "lms") as ensure_held:
        ensure_held()
        assert not _is_free(first)
        assert _is_free(second)
    assert _is_free(first)
    first.close()
    second.close()


def test_a_lock_file_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    (tmp_path / "store.sqlite.run-lms.lock").mkdir()
    with pytest.raises(ConfigError, match=r"lock file .* cannot be opened"):
        run_lock(database, "lms").__enter__()
    database.close()


def test_what_was_sent_is_known_after_a_kill(url: str) -> None:
    with waiting_process(_SEND, url) as sender:
        sender.kill()
        sender.wait()
    database = open_database(url)
    with database.read() as conn:
        run = journal.unfinished_run(conn, "lms")
    assert run is not None
    assert run.states == {
        Ref("role", "a"): ChangeState.SENT,
        Ref("role", "b"): ChangeState.PLANNED,
    }
    outcome = journal.ChangeOutcome(Ref("role", "a"), ChangeState.DONE)
    with database.write() as conn:
        journal.settle(conn, run.head.id, [outcome], _NOON)
    database.close()


def test_of_two_claimers_one_wins(url: str) -> None:
    def claim(database: Database) -> list[bool]:
        won = []
        for day in range(1, 21):
            with database.write() as conn:
                won.append(schedules.claim(conn, "nightly", _NOON.replace(day=day)))
        return won

    with _two_databases(url) as databases:
        first, second = _at_once(databases, claim)
    assert isinstance(first, list)
    assert isinstance(second, list)
    assert [a + b for a, b in zip(first, second, strict=True)] == [1] * 20


def test_two_appenders_keep_one_audit_chain(url: str) -> None:
    def append(database: Database) -> None:
        for number in range(20):
            with database.write() as conn:
                detail = {"number": number}
                audit.append(conn, at=_NOON, actor="p", action="x", detail=detail)

    with _two_databases(url) as databases:
        _at_once(databases, append)
        with databases[0].read() as conn:
            assert audit.verify(conn) == []
            assert audit.head(conn).sequence == 40


def test_a_secret_is_replaced_by_one_at_a_time(url: str) -> None:
    box = SecretBox(b"k" * 32)

    def rotate(database: Database) -> None:
        vault = SecretVault(database, box, lambda: _NOON)
        for _ in range(10):
            vault.rotate("token", lambda value: str(int(value) + 1))

    with _two_databases(url) as databases:
        vault = SecretVault(databases[0], box, lambda: _NOON)
        vault.put("token", "0")
        _at_once(databases, rotate)
        assert vault.get("token") == "20"


def test_others_may_write_while_a_secret_is_renewed(url: str) -> None:
    with _two_databases(url) as (first, second):
        vault = SecretVault(first, SecretBox(b"k" * 32), lambda: _NOON)
        other = SecretVault(second, SecretBox(b"k" * 32), lambda: _NOON)
        vault.put("token", "old")

        def renew(value: str) -> str:
            other.put("another", "x")
            return f"{value}, renewed"

        assert vault.rotate("token", renew) == other.get("token") == "old, renewed"
