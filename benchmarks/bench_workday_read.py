"""Reads workers and job profiles of a large tenant while they change, and its memory.

The tenant is the sandbox in a process of its own; another process reads it and stores
the people, as a sync does, and changes workers between any two batches. Nobody may be
missing or be there twice, and peak memory may not grow with the tenant. The peer is
zeep, which holds one page at a time.

    python benchmarks/bench_workday_read.py [--workers 5000,50000] [--profiles 5000]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests
from support.tables import print_result, print_table

from adapters.workday import adapter
from adapters.workday.running_sandbox import serve_tenant
from adapters.workday.sandbox import (
    CompetencySeed,
    JobFamilySeed,
    JobProfileSeed,
    ScaleSeed,
    Tenant,
    TenantSeed,
    WorkerSeed,
)
from connector.kit.protocols import People, Services
from connector.kit.values import Complete, Found, PersonBatch, ReadScope
from connector.store import people
from connector.store.database import open_database
from connector.store.tombstones import Tombstones
from connector.sync.fingerprint import keyed_digest
from connector.talent.ground import Ground
from connector.talent.workforce import sync_people

NAMES = ("Łucja Żółć", "王 小明", "Ada Byron", "Ngô Thị Ánh Tuyết", "محمد علي")
#: Workers who move, and who are hired, between any two batches of a reading.
MOVED, HIRED = 3, 2
MEGABYTE = 1024


def seed_of(workers: int, profiles: int) -> TenantSeed:
    """Return a tenant with so many workers and job profiles."""
    hired_on = date(2020, 1, 1)
    return TenantSeed(
        name="bench",
        user_name="ISU",
        password="made-for-this-benchmark",  # noqa: S106
        client_id="client",
        client_secret="client-secret",  # noqa: S106
        refresh_token="refresh",  # noqa: S106
        scales=(ScaleSeed("S", "Steps", (("R1", "One"), ("R2", "Two"))),),
        competencies=tuple(
            CompetencySeed(f"C{n}", f"Competency {n}", scale_id="S") for n in range(80)
        ),
        job_families=(JobFamilySeed("F", "All"),),
        job_profiles=tuple(
            JobProfileSeed(
                f"P{n}",
                f"Role {n}",
                ("F",),
                competencies=tuple(
                    (f"C{(n + step) % 80}", "R1", True) for step in range(6)
                ),
                responsibilities=((f"<p>Looks after part {n}.</p>", True),),
            )
            for n in range(profiles)
        ),
        workers=tuple(
            WorkerSeed(
                f"{n:06}",
                NAMES[n % len(NAMES)],
                f"P{n % profiles}",
                f"ORG-{n % 100}",
                "Warsaw",
                hired_on,
                manager_id=f"{n // 10:06}" if n else "",
                email=f"p{n}@example.org",
                country="POL",
            )
            for n in range(workers)
        ),
    )


def serve(workers: int, profiles: int) -> None:
    """Serve a tenant until standard input ends; what it holds is two days old."""
    ago = timedelta(days=2)
    tenant = Tenant(seed_of(workers, profiles), clock=lambda: datetime.now(UTC) - ago)
    ago = timedelta()
    sandbox = serve_tenant(tenant)
    told = {"settings": sandbox.settings(), "secrets": sandbox.secrets()}
    print(json.dumps(told), flush=True)
    sys.stdin.read()
    sandbox.close()


class Secrets:
    """The credentials that the sandbox made for itself."""

    def __init__(self, held: dict[str, str]) -> None:
        self._held = held

    def get(self, name: str) -> str:
        """Return a secret."""
        return self._held[name]

    def rotate(self, name: str, renew: Any) -> str:
        """Replace a secret."""
        self._held[name] = renew(self._held[name])
        return self._held[name]


class Changing:
    """People of a source; after every batch some of them move and some are hired."""

    def __init__(self, source: People, url: str, profiles: int) -> None:
        self._source = source
        self._url = f"{url}/_sandbox/people"
        self._profiles = profiles
        self._session = requests.Session()
        self._batches = 0
        self.moved: set[str] = set()
        self.hired: set[str] = set()

    def changed_since(self, cursor: str | None) -> Iterator[PersonBatch]:
        """Yield the batches of the source, changing the tenant after each."""
        for batch in self._source.changed_since(cursor):
            yield batch
            self._change([each.employee_id for each in batch.persons[:MOVED]])

    def _change(self, moving: list[str]) -> None:
        self._batches += 1
        for employee_id in moving:
            self._post(
                "move_worker",
                employee_id=employee_id,
                job_profile_id=f"P{self._batches % self._profiles}",
            )
            self.moved.add(employee_id)
        for number in range(HIRED if moving else 0):
            employee_id = f"N{self._batches:04}-{number}"
            self._post(
                "hire_worker",
                employee_id=employee_id,
                name="Nowa Osoba",
                job_profile_id="P1",
                organization="ORG-1",
                location="Warsaw",
                country="POL",
            )
            self.hired.add(employee_id)

    def _post(self, action: str, **body: str) -> None:
        self._session.post(f"{self._url}/{action}", json=body, timeout=60)


def read(told: dict[str, Any], workers: int, profiles: int) -> None:
    """Read everything once and what changed afterwards; print what came."""
    clock = Clock()
    services = Services(
        secrets=Secrets(told["secrets"]), now=clock, sleep=time.sleep, time_zone="UTC"
    )
    connection = adapter.connect(told["settings"], services)
    assert connection.people is not None
    before = peak()
    started = time.perf_counter()
    scope = ReadScope(prefix="jf", as_of=clock().date())
    found = 0
    for item in connection.catalogue.snapshot(scope).read("job_profile"):
        if isinstance(item, Found):
            found += 1
        else:
            assert item == Complete(), item
    profiles_read = time.perf_counter()
    profiles_peak = peak()
    with tempfile.TemporaryDirectory() as folder:
        ground = ground_in(Path(folder), clock)
        source = Changing(connection.people, told["settings"]["base_url"], profiles)
        sync_people(ground, "hris", source)
        people_read = time.perf_counter()
        people_peak = peak()
        with ground.database.read() as conn:
            stored = {each.employee_id for each in people.all(conn)}
        changed = sync_people(ground, "hris", connection.people)
        with ground.database.read() as conn:
            everybody = [each.employee_id for each in people.all(conn)]
        ground.database.close()
    connection.close()
    seeded = {f"{n:06}" for n in range(workers)}
    assert found == profiles
    assert stored == seeded, (len(stored - seeded), len(seeded - stored))
    assert changed.stored == len(source.moved | source.hired)
    assert sorted(everybody) == sorted(seeded | source.hired)
    told_back = {
        "profiles": found,
        "profiles_seconds": profiles_read - started,
        "workers": len(stored),
        "workers_seconds": people_read - profiles_read,
        "changed_meanwhile": changed.stored,
        "peak_before": before,
        "peak_profiles": profiles_peak,
        "peak_workers": people_peak,
    }
    print(json.dumps(told_back), flush=True)


class Clock:
    """The machine's clock."""

    def __call__(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)


def ground_in(folder: Path, clock: Clock) -> Ground:
    """Return an empty deployment in a folder."""
    database = open_database(f"sqlite:///{folder / 'bench.db'}")
    database.migrate()
    numbers = iter(range(10**9))
    return Ground(
        database=database,
        tombstones=Tombstones(b"k" * 32),
        digest=keyed_digest(b"k" * 32),
        now=clock,
        new_id=lambda: f"person-{next(numbers):09}",
        time_zone=ZoneInfo("UTC"),
    )


def peer(told: dict[str, Any], workers: int) -> None:
    """Read the workers with zeep, a page at a time; print what came."""
    import zeep
    from zeep.transports import Transport
    from zeep.wsse.username import UsernameToken

    settings = told["settings"]
    user = f"{settings['auth']['user']}@{settings['tenant']}"
    address = (
        f"{settings['base_url']}/ccx/service/{settings['tenant']}/Human_Resources/v31.2"
    )
    before = peak()
    started = time.perf_counter()
    client = zeep.Client(
        f"{address}?wsdl",
        wsse=UsernameToken(user, told["secrets"]["workday.password"]),
        transport=Transport(timeout=300, operation_timeout=300),
    )
    seen: set[str] = set()
    page, pages, moment = 1, 1, None
    while page <= pages:
        answer = client.service.Get_Workers(
            Response_Filter={
                "As_Of_Entry_DateTime": moment,
                "Page": page,
                "Count": 999,
            },
            Response_Group={
                "Include_Reference": True,
                "Include_Personal_Information": True,
                "Include_Employment_Information": True,
                "Include_Organizations": True,
                "Include_Management_Chain_Data": True,
            },
        )
        moment = answer.Response_Filter.As_Of_Entry_DateTime
        pages = int(answer.Response_Results.Total_Pages)
        seen.update(each.Worker_Data.Worker_ID for each in answer.Response_Data.Worker)
        page += 1
    assert len(seen) >= workers
    told_back = {
        "workers": len(seen),
        "workers_seconds": time.perf_counter() - started,
        "peak_before": before,
        "peak_workers": peak(),
    }
    print(json.dumps(told_back), flush=True)


def peak() -> float:
    """Return the largest memory this process ever had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


@contextmanager
def served(workers: int, profiles: int) -> Iterator[str]:
    """Serve a tenant in a process of its own; yields what is told of it."""
    command = [sys.executable, __file__, "--serve"]
    command += [str(workers), str(profiles)]
    with subprocess.Popen(  # noqa: S603 - this very file
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline()
        assert server.stdin is not None
        server.stdin.close()


def run_in_process(what: str, told: str, workers: int, profiles: int) -> dict[str, Any]:
    """Run a reader in a process of its own; returns what it tells."""
    command = [sys.executable, __file__, what, str(workers), str(profiles)]
    done = subprocess.run(  # noqa: S603 - this very file
        command, input=told, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main() -> None:
    """Run the benchmark, or one of its processes."""
    if len(sys.argv) == 4 and sys.argv[1] in ("--serve", "--read", "--peer"):
        workers, profiles = int(sys.argv[2]), int(sys.argv[3])
        if sys.argv[1] == "--serve":
            serve(workers, profiles)
        elif sys.argv[1] == "--read":
            read(json.loads(sys.stdin.read()), workers, profiles)
        else:
            peer(json.loads(sys.stdin.read()), workers)
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="5000,50000")
    parser.add_argument("--profiles", type=int, default=5000)
    parser.add_argument("--peer-workers", type=int, default=2000)
    options = parser.parse_args()
    measure([int(n) for n in options.workers.split(",")], options)


def measure(sizes: list[int], options: argparse.Namespace) -> None:
    """Read tenants of all sizes, then one with the peer; print it all."""
    rows, results = [], []
    for workers in sizes:
        with served(workers, options.profiles) as told:
            got = run_in_process("--read", told, workers, options.profiles)
        results.append(got)
        rows.append(row("ours", got))
    with served(options.peer_workers, 50) as told:
        got = run_in_process("--peer", told, options.peer_workers, 50)
    rows.append(row("zeep", got))
    print_table(
        (
            "reader",
            "workers",
            "seconds",
            "a second",
            "peak MB",
            "above start",
            "profiles",
            "seconds",
            "changed meanwhile",
        ),
        rows,
    )
    print_result({"ours": results, "zeep": got})


def row(reader: str, got: dict[str, Any]) -> list[str]:
    """Return a line of the table."""
    seconds = got["workers_seconds"]
    return [
        reader,
        f"{got['workers']:,}",
        f"{seconds:.1f}",
        f"{got['workers'] / seconds:,.0f}",
        f"{got['peak_workers']:.0f}",
        f"{got['peak_workers'] - got['peak_before']:.0f}",
        f"{got.get('profiles', 0):,}",
        f"{got.get('profiles_seconds', 0):.1f}",
        f"{got.get('changed_meanwhile', 0):,}",
    ]


if __name__ == "__main__":
    main()
