"""A Moodle to measure on: the one that is named, or a sandbox in its own process.

Everything that is written bears a prefix that begins with `bm` and is removed by the
web service afterwards; nothing else of the site is touched.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from adapters.moodle import adapter, listing
from adapters.moodle.client import MoodleClient
from adapters.moodle.settings import check_settings
from connector.framework.model import Framework
from connector.kit.http import HttpClient
from connector.kit.protocols import Connection, SandboxSeed, Services
from connector.store import releases
from connector.store.database import Database, open_database
from connector.sync.engine import Edition, Engine
from connector.sync.fingerprint import keyed_digest
from connector.sync.mapping import load_mapping

PREFIX = "bm"
_MAPPING = Path(__file__).parents[2] / "mappings" / "moodle.yaml"


class _Secrets:
    def __init__(self, token: str) -> None:
        self._token = token

    def get(self, name: str) -> str:
        del name
        return self._token

    def rotate(self, name: str, renew: object) -> str:
        raise AssertionError((name, renew))


@dataclass(frozen=True)
class Site:
    """Where a Moodle is, and how a connection to it is set up."""

    url: str
    token: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    scale_values: Sequence[str] = ("Not yet", "Proficient")

    @property
    def concurrency(self) -> int:
        """Return how many requests the adapter sends at once."""
        return check_settings({"url": self.url, **self.settings}).concurrency

    def connect(self) -> Connection:
        """Open a connection as an instance would."""
        services = Services(
            secrets=_Secrets(self.token),
            now=lambda: datetime.now(UTC),
            sleep=time.sleep,
        )
        return adapter.connect({"url": self.url, **self.settings}, services)

    @contextmanager
    def hands(self) -> Iterator[MoodleClient]:
        """Give a client for what the connector itself never does: removing."""
        http = HttpClient(target="Moodle", base_url=self.url, read_timeout=600)
        try:
            yield MoodleClient(http, self.token)
        finally:
            http.close()

    def nodes(self, identity: str) -> int:
        """Return how many competencies a framework has."""
        with self.hands() as client:
            (found,) = (f for f in listing.frameworks(client) if f.idnumber == identity)
            filters = [{"column": "competencyframeworkid", "value": str(found.id)}]
            function = "core_competency_count_competencies"
            counted = client.call(function, {"filters": filters})
        assert isinstance(counted, int)
        return counted

    def remove(self, prefix: str) -> None:
        """Remove the frameworks whose ID numbers begin with a prefix of ours."""
        assert prefix.startswith(PREFIX)
        with self.hands() as client:
            for framework in listing.frameworks(client):
                if framework.idnumber.startswith(prefix):
                    client.call(
                        "core_competency_delete_competency_framework",
                        {"id": framework.id},
                    )


def new_prefix() -> str:
    """Return a prefix that nothing on the site bears yet."""
    return f"{PREFIX}{uuid.uuid4().hex[:8]}"


def real_site(url: str, token: str, scale: int) -> Site:
    """Return the site that is named; its scale must have two values or more.

    Raises:
        SystemExit: the site has no such scale.
    """
    site = Site(url.rstrip("/"), token)
    with site.hands() as client:
        values = listing.scale_values(client, [scale])
    if scale not in values:
        message = f"{url} has no scale with the id {scale}: name one with --scale."
        raise SystemExit(message)
    settings = {"scales": {"proficiency": scale}}
    return Site(site.url, token, settings, scale_values=values[scale])


def _serve(pipe: Pipe, courses: Mapping[str, str]) -> None:
    sandbox = adapter.start_sandbox(SandboxSeed(courses=courses))
    settings = {**sandbox.settings(), "completions_report": None}
    (token,) = sandbox.secrets().values()
    pipe.send((settings.pop("url"), token, settings))
    # The other end is closed when the measuring is over.
    with suppress(EOFError):
        pipe.recv()
    sandbox.close()


@contextmanager
def sandbox_site(courses: Mapping[str, str] | None = None) -> Iterator[Site]:
    """Start a sandbox in a process of its own, as a site would be."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, dict(courses or {})))
    process.start()
    theirs.close()
    try:
        url, token, settings = ours.recv()
        yield Site(url, token, settings)
    finally:
        ours.close()
        process.join()


@dataclass
class Bench:
    """An engine over a database of its own, for one tree under one prefix."""

    site: Site
    connection: Connection
    engine: Engine
    edition: Edition


@contextmanager
def open_bench(site: Site, framework: Framework, prefix: str) -> Iterator[Bench]:
    """Open a fresh instance: its database is a SQLite file on this machine's disk."""
    connection = site.connect()
    with tempfile.TemporaryDirectory(prefix="jobframe-bench-") as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
        try:
            database.migrate()
            edition = _release(database, framework)
            yield Bench(
                site, connection, _engine(site, connection, database, prefix), edition
            )
        finally:
            database.close()
            connection.close()


def _release(database: Database, framework: Framework) -> Edition:
    today = _today()
    with database.write() as conn:
        releases.add(
            conn,
            content=b"{}",
            effective_on=today,
            author="bench",
            note="",
            at=datetime.now(UTC),
        )
    return Edition(
        framework=framework,
        name="bench",
        release_id=1,
        effective_on=today,
        as_of=today,
    )


def _today() -> date:
    return datetime.now(UTC).date()


def _engine(
    site: Site, connection: Connection, database: Database, prefix: str
) -> Engine:
    values = ", ".join(f'"{value}"' for value in site.scale_values)
    text = (
        _MAPPING.read_text(encoding="utf-8")
        .replace("\nprefix: jf\n", f"\nprefix: {prefix}\n")
        .replace("scale_values: [Not yet, Proficient]", f"scale_values: [{values}]")
    )
    specs = list(connection.catalogue.kinds())
    return Engine(
        name="bench",
        adapter="moodle",
        connection=connection,
        mapping=load_mapping(text, "moodle.yaml", specs),
        database=database,
        digest=keyed_digest(b"bench"),
        now=lambda: datetime.now(UTC),
        today=_today,
    )
