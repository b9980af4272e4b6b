"""1,000 dispatches at 10 calls a second, with lost answers, refusals and two kills.

    python benchmarks/bench_workday_dispatch.py [--dispatches N] [--rate CALLS]

The named peer is the floor: (writes + required look-ups + retries) / rate. 2 % of the
answers to writes get lost, 5 % of the writes are refused with HTTP 503 and one access
token ends on the way. The sender is killed after a third and after two thirds. It ends
with an error unless every dispatch is on its worker's record exactly once and at least
90 % of the floor's speed was reached, from the first request of each run to its last.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.workday import adapter
from adapters.workday.sandbox import (
    FIRST_DAY,
    JobProfileSeed,
    NamedSeed,
    Tenant,
    TenantSeed,
    WorkerSeed,
    create_app,
)
from connector.kit.protocols import Services
from connector.kit.sandbox import lose_answer, serve
from connector.kit.values import Dispatch, DispatchKind, SourcePerson
from connector.store import dispatches, people
from connector.store.database import Database, open_database
from connector.store.dispatches import DispatchState, NewDispatch
from connector.store.tombstones import Tombstones
from connector.sync.fingerprint import keyed_digest
from connector.talent import dispatching
from connector.talent.ground import Ground

_HRIS, _WRITE = "hris", "Manage_Training"
_LOST, _REFUSED = 0.02, 0.05
_AT_ONCE = 50
_WANTED = 0.9
#: After this the sender takes what is not there for never started.
_LATER = timedelta(minutes=11)


@dataclass
class Weather:
    """What goes wrong, drawn from one seed; counts what it did."""

    tenant: Tenant
    app: Callable[..., Iterable[bytes]]
    luck: random.Random
    lost: int = 0
    refused: int = 0
    writes: int = 0
    token_ends_at: int = 0
    at: list[float] = field(default_factory=list)
    is_over: bool = False

    def __post_init__(self) -> None:
        self.lock = threading.Lock()

    def __call__(self, environ: Any, start: Any) -> Iterable[bytes]:
        """Serve a request, or let it go wrong; only writes are touched."""
        self.at.append(time.monotonic())
        path = environ["PATH_INFO"]
        if not path.startswith("/ccx/service/") or self.is_over:
            return self.app(environ, start)
        body = environ["wsgi.input"].read()
        environ["wsgi.input"].seek(0)
        if _WRITE.encode() not in body:
            return self.app(environ, start)
        with self.lock:
            self.writes += 1
            if self.writes == self.token_ends_at:
                self.tenant.tokens.expire_access_tokens()
            drawn = self.luck.random()
            if drawn < _REFUSED:
                self.refused += 1
                start("503 Service Unavailable", [("Content-Length", "0")])
                return [b""]
            if drawn < _REFUSED + _LOST:
                self.lost += 1
                lose_answer(environ)
        return self.app(environ, start)


class FileSecrets:
    """Secrets in a file, so that a rotated token outlives a kill."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, name: str) -> str:
        """Return a secret."""
        return str(json.loads(self._path.read_text())[name])

    def rotate(self, name: str, renew: Callable[[str], str]) -> str:
        """Replace a secret in one step."""
        values = json.loads(self._path.read_text())
        values[name] = renew(values[name])
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(values))
        new.replace(self._path)
        return str(values[name])


def ground_on(database: Database, now: Callable[[], datetime]) -> Ground:
    """Return a deployment on a database."""
    return Ground(
        database=database,
        tombstones=Tombstones(b"k" * 32),
        digest=keyed_digest(b"k" * 32),
        now=now,
        new_id=lambda: secrets.token_hex(8),
        time_zone=ZoneInfo("UTC"),
    )


def send(folder: Path, *, is_later: bool) -> None:
    """Send what is due: the process that gets killed."""
    ahead = _LATER if is_later else timedelta(0)

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    settings = json.loads((folder / "settings.json").read_text())
    services = Services(
        secrets=FileSecrets(folder / "secrets.json"), now=now, sleep=time.sleep
    )
    connection = adapter.connect(settings, services)
    assert connection.talent is not None
    database = open_database(f"sqlite:///{folder / 'bench.db'}")
    told = dispatching.send(ground_on(database, now), _HRIS, connection.talent)
    print(json.dumps({**asdict(told), "messages": len(told.messages)}))
    connection.close()


def prepare(folder: Path, number: int) -> None:
    """Store the workers and a dispatch for each."""
    database = open_database(f"sqlite:///{folder / 'bench.db'}")
    database.migrate()
    ground = ground_on(database, lambda: datetime.now(UTC))
    persons = [
        SourcePerson(source_id=f"w{n}", employee_id=f"E{n}", name=f"Worker {n}")
        for n in range(number)
    ]
    with database.write() as conn:
        people.save(
            conn,
            _HRIS,
            persons,
            tombstones=ground.tombstones,
            new_id=ground.new_id,
            at=ground.now(),
        )
        new = [
            NewDispatch(
                dispatch=Dispatch(
                    reference=f"jf-ev-{n:024x}",
                    kind=DispatchKind.TRAINING,
                    employee_id=person.employee_id,
                    title="A course",
                    description="Evidence",
                    completed_on=date(2026, 3, 1),
                ),
                person_id=person.id,
                fact_id=None,
            )
            for n, person in enumerate(people.all(conn))
        ]
        dispatches.prepare(conn, _HRIS, new, ground.now())


def open_tenant(number: int, rate: float, folder: Path) -> tuple[Tenant, Weather, Any]:
    """Serve a tenant in bad weather; its settings go into files."""
    tenant = Tenant(
        TenantSeed(
            name="bench",
            user_name="ISU",
            password=secrets.token_hex(8),
            client_id="client",
            client_secret=secrets.token_hex(8),
            refresh_token=secrets.token_hex(8),
            training_types=(NamedSeed("ONLINE", "Online"),),
            job_profiles=(JobProfileSeed("P", "Engineer"),),
            workers=tuple(
                WorkerSeed(f"E{n}", f"Worker {n}", "P", "Org", "Here", FIRST_DAY)
                for n in range(number)
            ),
        )
    )
    weather = Weather(tenant, create_app(tenant), random.Random(20260701))  # noqa: S311 - luck, not a secret
    weather.token_ends_at = number // 2
    served = serve(weather)
    settings = {
        "base_url": served.url,
        "tenant": "bench",
        "auth": {"kind": "oauth", "client_id": "client"},
        "calls_per_second": rate,
        "training_type": "ONLINE",
    }
    (folder / "settings.json").write_text(json.dumps(settings))
    known = {
        "workday.client_secret": tenant.seed.client_secret,
        "workday.refresh_token": tenant.seed.refresh_token,
    }
    (folder / "secrets.json").write_text(json.dumps(known))
    return tenant, weather, served


def run(folder: Path, *, kill_at: int = 0, tenant: Tenant | None = None) -> float:
    """Run a sender, killed once the tenant holds so many; returns the seconds."""
    command = [sys.executable, __file__, "--send"]
    began = time.monotonic()
    process = subprocess.Popen([*command, str(folder)])  # noqa: S603 - ourselves
    while process.poll() is None and kill_at and tenant is not None:
        if len(tenant.events.events) >= kill_at:
            os.kill(process.pid, signal.SIGKILL)
            break
        time.sleep(0.02)
    process.wait()
    return time.monotonic() - began


def finish(folder: Path) -> None:
    """Look up later what is still in doubt, and send what was never started."""
    command = [sys.executable, __file__, "--send"]
    subprocess.run([*command, str(folder), "--later"], check=True)  # noqa: S603


def requests_of(tenant: Tenant) -> Counter[str]:
    """Count what reached the tenant, by operation."""
    return Counter(entry.operation for entry in tenant.log)


def report(
    number: int,
    rate: float,
    seconds: tuple[float, float],
    weather: Weather,
    tenant: Tenant,
) -> bool:
    """Print what came of it; tells whether it is as wanted."""
    held = Counter(len(tenant.trainings_of(f"E{n}")) for n in range(number))
    asked = requests_of(tenant)
    sending, whole = seconds
    retries = weather.writes - number
    look_ups = asked["Get_Workers"] + asked["read_events"] + asked["read_event"]
    look_ups += asked["read_event_comments"] + asked["read_process_types"]
    # Before each of the three sends and after the last: what is not confirmed yet.
    batches = -(-number // _AT_ONCE)
    doubts = weather.refused + 2
    required = batches * 4 + 2 * doubts
    floor = (number + required + retries) / rate
    rows = {
        "dispatches": number,
        "on the record exactly once": held[1],
        "missing or doubled": number - held[1],
        "writes refused (503)": weather.refused,
        "answers lost": weather.lost,
        "tokens given": asked["token"],
        "writes tried again": retries,
        "look-ups made": look_ups,
        "look-ups required": required,
        "seconds, first request to last": round(sending, 1),
        "seconds, three starts included": round(whole, 1),
        "floor in seconds": round(floor, 1),
        "share of the floor's speed": round(floor / sending, 3),
    }
    for name, value in rows.items():
        print(f"{name:32} {value}")
    return held[1] == number and floor / sending >= _WANTED


def main() -> int:
    """Run the benchmark; the exit code says whether it reached what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dispatches", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--send", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--later", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.send:
        send(given.send, is_later=given.later)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder, number = Path(name), given.dispatches
        tenant, weather, served = open_tenant(number, given.rate, folder)
        prepare(folder, number)
        whole = sending = 0.0
        for kill_at in (number // 3, 2 * number // 3, 0):
            before = len(weather.at)
            whole += run(folder, kill_at=kill_at, tenant=tenant)
            sending += weather.at[-1] - weather.at[before]
        weather.is_over = True
        finish(folder)
        is_good = report(number, given.rate, (sending, whole), weather, tenant)
        served.close()
        database = open_database(f"sqlite:///{folder / 'bench.db'}")
        with database.read() as conn:
            left = dispatches.in_state(
                conn, _HRIS, *(s for s in DispatchState if s != "confirmed")
            )
        print(f"{'in doubt at the end':32} {len(left)}")
    return 0 if is_good and not left else 1


if __name__ == "__main__":
    sys.exit(main())
