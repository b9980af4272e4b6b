"""What a poll of completed courses costs, and how it grows.

    bench_moodle_poll.py [--learners 50000] [--done 1400]

A sandbox with so many learners runs in a process of its own; all of them are workers
in the store. Each row is one `collect` with all it does: binding, evidence, tasks.
`site` is the sum of the times until each answer was there, `ours` the rest. Rows:

- `first`: everything there is, all accounts and a history of completions
- `a day`: as many completions since the last poll as a day brings
- `nothing`: a poll right after it
- `night`: the first poll of the next day: 35 days back, and all accounts
- `whole report`: what a client without a filter does for the same day: everything
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import requests
from support.learners import COURSE, LearnerSite, employee_id, learner_site
from support.tables import print_result, print_table

from adapters.moodle import adapter
from connector.framework.model import (
    Competency,
    Framework,
    GivenStep,
    LearningActivity,
    Pathway,
    ProficiencyScale,
    Step,
    Text,
)
from connector.kit.protocols import Connection, Services
from connector.kit.values import SourcePerson
from connector.store import people
from connector.store.database import open_database
from connector.store.tombstones import Tombstones
from connector.sync.fingerprint import keyed_digest
from connector.talent.collecting import Collected, collect
from connector.talent.ground import Ground

#: What the product promises of one day of 50,000 learners.
MOST_REQUESTS, MOST_SECONDS = 25, 5.0
#: The numbers that the reports have on the site.
_REPORTS = {"completions_report": 1, "badges_report": 2, "users_report": 3}


@dataclass
class Watch:
    """Requests that left this process, and how long their answers took."""

    requests: int = 0
    site_seconds: float = 0.0


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Count every request meanwhile; an answer is there when its body is."""
    send = requests.Session.send

    def count(self: requests.Session, request: object, **more: object) -> object:
        started = time.perf_counter()
        response = send(self, request, **more)  # type: ignore[arg-type]
        assert response.content is not None
        watch.site_seconds += time.perf_counter() - started
        watch.requests += 1
        return response

    requests.Session.send = count  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        requests.Session.send = send  # type: ignore[method-assign]


@dataclass
class Clock:
    """The clock of the deployment, which a night can pass on."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class _Secrets:
    def __init__(self, token: str) -> None:
        self._token = token

    def get(self, name: str) -> str:
        del name
        return self._token

    def rotate(self, name: str, renew: object) -> str:
        raise AssertionError((name, renew))


def framework() -> Framework:
    """Return a framework with the one course that learners finish."""

    def text(words: str) -> Text:
        return Text((("en", words),))

    activity = LearningActivity(
        key="cloud",
        name=text("Cloud"),
        course=COURSE,
        gives=(GivenStep(competency="cloud", step="low"),),
    )
    scale = ProficiencyScale(
        key="craft", name=text("Craft"), steps=(Step(key="low", name=text("Low")),)
    )
    return Framework(
        key="cloud",
        name=text("Cloud"),
        scales={"craft": scale},
        competencies={
            "cloud": Competency(key="cloud", name=text("Cloud"), scale="craft")
        },
        pathways={
            "start": Pathway(key="start", name=text("Start"), activities=(activity,))
        },
    )


def make_ground(folder: Path, clock: Clock, learners: int) -> Ground:
    """Return a deployment that knows every learner as a worker."""
    database = open_database(f"sqlite:///{folder / 'bench.db'}")
    database.migrate()
    ids = itertools.count(1)
    ground = Ground(
        database=database,
        tombstones=Tombstones(b"k" * 32),
        digest=keyed_digest(b"k" * 32),
        now=clock,
        new_id=lambda: f"person-{next(ids)}",
        time_zone=ZoneInfo("UTC"),
    )
    staff = [
        SourcePerson(source_id=f"w{i}", employee_id=employee_id(i), name="Ada")
        for i in range(learners)
    ]
    with database.write() as conn:
        people.save(
            conn,
            "hris",
            staff,
            tombstones=ground.tombstones,
            new_id=ground.new_id,
            at=clock(),
        )
    return ground


@dataclass
class Bench:
    """The site, what reads it and where it goes."""

    site: LearnerSite
    connection: Connection
    ground: Ground
    clock: Clock
    rows: list[tuple[str, int, int, float, float]] = field(default_factory=list)

    def poll(self, name: str) -> Collected:
        """Collect once and keep what it cost."""
        assert self.connection.learning is not None
        watch = Watch()
        started = time.perf_counter()
        with watched(watch):
            found = collect(
                self.ground,
                "lms",
                self.connection.learning,
                framework(),
                accounts=self.connection.accounts,
            )
        self._keep(name, found.facts, watch, time.perf_counter() - started)
        return found

    def read_whole_report(self, name: str) -> None:
        """Read all completions, as a client that sets no filter has to."""
        assert self.connection.learning is not None
        watch = Watch()
        started = time.perf_counter()
        with watched(watch):
            rows = sum(len(b.facts) for b in self.connection.learning.facts(None))
        self._keep(name, rows, watch, time.perf_counter() - started)

    def _keep(self, name: str, number: int, watch: Watch, seconds: float) -> None:
        ours = seconds - watch.site_seconds
        self.rows.append((name, number, watch.requests, watch.site_seconds, ours))


@contextmanager
def bench_of(learners: int) -> Iterator[Bench]:
    """Serve a site, and connect a deployment that knows its learners."""
    clock = Clock()
    with (
        tempfile.TemporaryDirectory() as folder,
        learner_site(learners) as site,
    ):
        ground = make_ground(Path(folder), clock, learners)
        services = Services(secrets=_Secrets(site.token), now=clock, sleep=time.sleep)
        connection = adapter.connect({"url": site.url, **_REPORTS}, services)
        yield Bench(site, connection, ground, clock)
        connection.close()
        ground.database.close()


def poll_days(bench: Bench, learners: int, done: int) -> tuple[Collected, Collected]:
    """Measure every row; returns what `a day` and `nothing` have collected."""
    history = bench.clock() - timedelta(days=40)
    bench.site.finish(done, learners - done, history, every=60)
    bench.poll("first")
    bench.site.finish(0, done, bench.clock(), every=60)
    day = bench.poll("a day")
    again = bench.poll("nothing")
    bench.clock.ahead = timedelta(days=1)
    bench.poll("night")
    bench.read_whole_report("whole report")
    return day, again


def run(learners: int, done: int) -> bool:
    """Measure and print; tells whether the promises were kept."""
    with bench_of(learners) as bench:
        day, again = poll_days(bench, learners, done)
    print_table(
        ("", "facts", "requests", "site s", "ours s"),
        [
            (name, number, requests_, f"{theirs:.2f}", f"{ours:.2f}")
            for name, number, requests_, theirs, ours in bench.rows
        ],
    )
    _, _, sent, _, ours = bench.rows[1]
    is_kept = (
        day.facts == done
        and again.facts == 0
        and sent <= MOST_REQUESTS
        and ours < MOST_SECONDS
    )
    print(
        f"a day: {day.facts} of {done} completions, {sent} requests (at most "
        f"{MOST_REQUESTS}), {ours:.2f} s beside the site (below {MOST_SECONDS:.0f}): "
        f"{'kept' if is_kept else 'NOT KEPT'}"
    )
    print_result(
        {
            "benchmark": "moodle_poll",
            "learners": learners,
            "rows": bench.rows,
            "kept": is_kept,
        }
    )
    return is_kept


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=50_000)
    parser.add_argument("--done", type=int, default=1_400)
    given = parser.parse_args()
    raise SystemExit(0 if run(given.learners, given.done) else 1)


if __name__ == "__main__":
    main()
