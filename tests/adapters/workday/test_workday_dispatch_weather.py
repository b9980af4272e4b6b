"""Dispatches through bad weather: refused, lost, killed, and there once in the end.

The large version, with rates and real kills, is a benchmark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from workday_support import SEED, Desk, open_desk

from adapters.workday.running_sandbox import RunningWorkdaySandbox
from adapters.workday.sandbox import Tenant, WorkerSeed, create_app
from connector.kit.protocols import Talent
from connector.kit.sandbox import lose_answer, serve
from connector.kit.values import (
    ApplyItem,
    Dispatch,
    DispatchFound,
    DispatchKind,
    DispatchStatus,
    OpenDispatch,
    Sending,
    SourcePerson,
)
from connector.store import dispatches, people
from connector.store.database import open_database
from connector.store.dispatches import DispatchState, NewDispatch
from connector.store.tombstones import Tombstones
from connector.sync.fingerprint import keyed_digest
from connector.talent import dispatching
from connector.talent.ground import Ground

NUMBER = 40
REFUSED, LOST, TOKEN_ENDS = frozenset({5, 6, 17}), frozenset({9, 31}), 20
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Clock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class Weather:
    """Lets the n-th write of all be refused or lose its answer."""

    tenant: Tenant
    app: Callable[..., Iterable[bytes]]
    writes: int = 0

    def __call__(self, environ: Any, start: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        environ["wsgi.input"].seek(0)
        if b"Manage_Training" not in body:
            return self.app(environ, start)
        self.writes += 1
        if self.writes == TOKEN_ENDS:
            self.tenant.tokens.expire_access_tokens()
        if self.writes in REFUSED:
            start("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        if self.writes in LOST:
            lose_answer(environ)
        return self.app(environ, start)


@dataclass
class Mortal:
    """A sender that is killed at its n-th write: before it leaves, or after."""

    talent: Talent
    dies_at: int = 0
    is_late: bool = False
    count: int = field(default=0)

    def find(self, some: Sequence[Dispatch]) -> Iterator[DispatchFound]:
        return self.talent.find(some)

    def follow(self, some: Sequence[OpenDispatch]) -> Iterator[DispatchStatus]:
        return self.talent.follow(some)

    def send(self, some: Sequence[Dispatch]) -> Iterator[ApplyItem]:
        for item in self.talent.send(some):
            self.count += isinstance(item, Sending)
            is_time = self.count == self.dies_at
            if is_time and isinstance(item, Sending) is not self.is_late:
                if isinstance(item, Sending):
                    yield item
                raise Killed
            yield item


@dataclass
class Stage:
    desk: Desk
    ground: Ground
    clock: Clock
    weather: Weather

    def send(self, **death: Any) -> None:
        assert self.desk.connection.talent is not None
        mortal = Mortal(self.desk.connection.talent, **death)
        dispatching.send(self.ground, "hris", mortal)

    def states(self) -> Counter[DispatchState]:
        with self.ground.database.read() as conn:
            known = dispatches.in_state(conn, "hris", *DispatchState)
        return Counter(each.state for each in known)

    def arrived(self) -> Counter[int]:
        trainings = self.desk.tenant.trainings_of
        return Counter(len(trainings(f"W-{n}")) for n in range(NUMBER))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Forty workers, a dispatch for each, and a tenant in bad weather."""
    clock = Clock()
    workers = tuple(
        WorkerSeed(
            f"W-{n}", f"Worker {n}", "SHARED", "Research", "Leeds", date(2020, 1, 1)
        )
        for n in range(NUMBER)
    )
    tenant = Tenant(replace(SEED, workers=workers), clock=clock)
    weather = Weather(tenant, create_app(tenant))
    sandbox = RunningWorkdaySandbox(tenant, serve(weather))
    settings = {**sandbox.oauth_settings(), "training_type": "ONLINE"}
    desk = open_desk(sandbox, settings, clock)
    database = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    database.migrate()
    ground = Ground(
        database=database,
        tombstones=Tombstones(b"k" * 32),
        digest=keyed_digest(b"k" * 32),
        now=clock,
        new_id=iter(f"person-{n}" for n in range(NUMBER)).__next__,
        time_zone=ZoneInfo("UTC"),
    )
    _prepare(ground)
    yield Stage(desk, ground, clock, weather)
    desk.connection.close()
    sandbox.close()
    database.close()


def _prepare(ground: Ground) -> None:
    persons = [
        SourcePerson(source_id=f"w{n}", employee_id=f"W-{n}", name="Somebody")
        for n in range(NUMBER)
    ]
    with ground.database.write() as conn:
        people.save(
            conn,
            "hris",
            persons,
            tombstones=ground.tombstones,
            new_id=ground.new_id,
            at=NOON,
        )
        new = [
            NewDispatch(
                dispatch=Dispatch(
                    reference=f"jf-ev-{each.employee_id}",
                    kind=DispatchKind.TRAINING,
                    employee_id=each.employee_id,
                    title="A course",
                    description="",
                    completed_on=date(2026, 3, 1),
                ),
                person_id=each.id,
                fact_id=None,
            )
            for each in people.all(conn)
        ]
        dispatches.prepare(conn, "hris", new, NOON)


@pytest.mark.parametrize("is_late", [False, True], ids=["before", "after"])
def test_all_are_there_once_whatever_the_weather(stage: Stage, is_late: bool) -> None:
    for dies_at in (13, 12):
        with pytest.raises(Killed):
            stage.send(dies_at=dies_at, is_late=is_late)
    stage.send()
    stage.clock.moment += timedelta(minutes=11)
    stage.send()
    assert stage.arrived() == {1: NUMBER}
    assert stage.states() == {DispatchState.CONFIRMED: NUMBER}
    # Tried again was what was refused, by the gateway or for its token; no more.
    assert stage.weather.writes == NUMBER + len(REFUSED) + 1


def test_what_waits_for_approval_is_there_once_too(stage: Stage) -> None:
    stage.desk.tenant.needing_approval = {"Manage Training"}
    with pytest.raises(Killed):
        stage.send(dies_at=13, is_late=True)
    stage.send()
    stage.clock.moment += timedelta(minutes=11)
    stage.send()
    assert stage.states() == {DispatchState.PENDING: NUMBER}
    assert len(stage.desk.tenant.events.events) == NUMBER
    for wid in list(stage.desk.tenant.events.events):
        stage.desk.tenant.approve_event(wid)
    stage.send()
    assert stage.states() == {DispatchState.CONFIRMED: NUMBER}
    assert stage.arrived() == {1: NUMBER}
