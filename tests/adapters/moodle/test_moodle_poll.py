"""One day on a site of 50,000 learners: every completion once, whatever happens."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from moodle_readers import NOON, RETRIEVE, SET_FILTERS, Clock, connected

from adapters.moodle.running import REPORTS, MoodleSandbox
from adapters.moodle.sandbox import CutPage, Site, SiteSeed, create_app
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
from connector.kit.errors import AuthError, TransientError
from connector.kit.protocols import Connection
from connector.kit.sandbox import serve
from connector.kit.values import FactBatch, FactType, SourcePerson
from connector.store import facts, people
from connector.store.database import open_database
from connector.store.tombstones import Tombstones
from connector.sync.fingerprint import keyed_digest
from connector.talent.collecting import Collected, collect
from connector.talent.ground import Ground

LEARNERS = 50_000
DONE_TODAY = 1_400
COURSE = "CLOUD-101"
CURSOR_NAME = "facts"


def name(words: str) -> Text:
    return Text((("en", words),))


FRAMEWORK = Framework(
    key="cloud",
    name=name("Cloud"),
    scales={
        "craft": ProficiencyScale(
            key="craft", name=name("Craft"), steps=(Step(key="low", name=name("Low")),)
        )
    },
    competencies={"cloud": Competency(key="cloud", name=name("Cloud"), scale="craft")},
    pathways={
        "start": Pathway(
            key="start",
            name=name("Start"),
            activities=(
                LearningActivity(
                    key="cloud",
                    name=name("Cloud"),
                    course=COURSE,
                    gives=(GivenStep(competency="cloud", step="low"),),
                ),
            ),
        )
    },
)


def number(index: int) -> str:
    return f"{index:05}"


@dataclass
class Day:
    """A site, what reads it, and where it is stored."""

    sandbox: MoodleSandbox
    connection: Connection
    ground: Ground
    clock: Clock

    def collect(
        self, learning: object = None, *, with_accounts: bool = False
    ) -> Collected:
        """Collect as a schedule does."""
        source = learning or self.connection.learning
        return collect(
            self.ground,
            "lms",
            source,  # type: ignore[arg-type]
            FRAMEWORK,
            accounts=self.connection.accounts if with_accounts else None,
        )

    def finish(self, moment: datetime, *, learners: int = DONE_TODAY) -> None:
        """Let learners finish the course, one after another, up to that moment."""
        state = self.sandbox.site.state
        course = state.courses.first(idnumber=COURSE)
        assert course is not None
        for index in range(learners):
            user = state.users.first(idnumber=number(index))
            assert user is not None
            second = int(moment.timestamp()) - index * 60
            key = {"courseid": course["id"], "userid": user["id"]}
            state.completions.add({**key, "timecompleted": second})

    def requests(self) -> int:
        """Return how many requests came since the last time."""
        log = self.sandbox.site.log
        told = sum(not entry.batched for entry in log)
        log.clear()
        return told

    def stored(self) -> int:
        """Return how many completions of known people are stored."""
        with self.ground.database.read() as conn:
            counted = facts.count_by_object(conn, "lms", FactType.COURSE_COMPLETION)
        return sum(counted.values())


def hire(ground: Ground, staff: int) -> None:
    with ground.database.write() as conn:
        people.save(
            conn,
            "hris",
            [
                SourcePerson(
                    source_id=f"wid-{index}", employee_id=number(index), name="Ada"
                )
                for index in range(staff)
            ],
            tombstones=ground.tombstones,
            new_id=ground.new_id,
            at=NOON,
        )


@pytest.fixture(scope="module")
def site() -> Iterator[MoodleSandbox]:
    users = tuple(
        (number(i), f"u{i}", "Ada", f"Example {i}", f"u{i}@corp.example")
        for i in range(LEARNERS)
    )
    made = Site(
        SiteSeed(
            users=users,
            courses=((COURSE, "Cloud", COURSE),),
            enrolments=tuple((user[0], COURSE) for user in users),
            reports=tuple(REPORTS.values()),
        ),
        clock=lambda: NOON.timestamp() - 90 * 86_400,
    )
    running = MoodleSandbox(made, serve(create_app(made)))
    yield running
    running.close()


@contextmanager
def opened(site: MoodleSandbox, file: Path, clock: Clock) -> Iterator[Day]:
    database = open_database(f"sqlite:///{file}")
    ids = itertools.count(1)
    ground = Ground(
        database=database,
        tombstones=Tombstones(b"k" * 32),
        digest=keyed_digest(b"k" * 32),
        now=clock,
        new_id=lambda: f"person-{next(ids)}",
        time_zone=ZoneInfo("UTC"),
    )
    with connected(site, clock) as connection:
        yield Day(site, connection, ground, clock)
    database.close()


@pytest.fixture(scope="module")
def first_reading(
    site: MoodleSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A database that knows the staff and the accounts, as of noon."""
    file = tmp_path_factory.mktemp("first") / "test.db"
    with opened(site, file, Clock(NOON)) as day:
        day.ground.database.migrate()
        hire(day.ground, DONE_TODAY)
        day.collect(with_accounts=True)
    return file


@pytest.fixture
def day(site: MoodleSandbox, first_reading: Path, tmp_path: Path) -> Iterator[Day]:
    """The evening of the day of the first reading; nobody finished anything yet."""
    file = shutil.copy(first_reading, tmp_path / "test.db")
    site.site.reset_course(COURSE)
    site.site.log.clear()
    with opened(site, Path(file), Clock(NOON + timedelta(hours=11))) as made:
        yield made
    site.site.switches.cut_page = None


def test_a_days_completions_take_few_requests_and_come_once(day: Day) -> None:
    day.finish(day.clock.now)
    found = day.collect(with_accounts=True)
    assert (found.facts, found.evidence, found.unbound) == (DONE_TODAY, DONE_TODAY, 0)
    assert day.requests() <= 25
    again = day.collect(with_accounts=True)
    assert (again.facts, again.evidence) == (0, 0)
    assert day.requests() <= 25


def test_a_poll_that_is_cut_off_is_made_up_for_exactly(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.moodle.reports.ROWS_OF_PAGE", 500)
    day.finish(day.clock.now)
    monkeypatch.setattr("adapters.moodle.client.MoodleClient.call", day_breaker(day, 2))
    with pytest.raises(TransientError):
        day.collect()
    monkeypatch.undo()
    with day.ground.database.read() as conn:
        assert len(facts.waiting_facts(conn, "lms")) == 1000
    assert day.collect().facts == DONE_TODAY - 1000
    assert day.stored() == DONE_TODAY


def day_breaker(day: Day, page: int) -> object:
    """Return a call that cuts the answer to one page of completions for good."""
    from adapters.moodle.client import MoodleClient

    call = MoodleClient.call

    def cut(self: MoodleClient, function: str, arguments: object = None) -> object:
        site = day.sandbox.site
        is_it = isinstance(arguments, dict) and (
            arguments.get("reportid"),
            arguments.get("page"),
        ) == (1, page)
        site.switches.cut_page = Always(RETRIEVE, 1) if is_it else None
        return call(self, function, arguments)  # type: ignore[arg-type]

    return cut


class Always(CutPage):
    """The page is cut however often it is asked for."""

    def is_hit(self, function: str) -> bool:
        return function == self.function


@dataclass
class Meeting:
    """A poller that another one meets while it reads its first page."""

    day: Day
    found: list[int]

    def facts(self, cursor: str | None) -> Iterator[FactBatch]:
        assert self.day.connection.learning is not None
        met = False
        for batch in self.day.connection.learning.facts(cursor):
            if not met:
                met = True
                with connected(self.day.sandbox, self.day.clock) as other:
                    self.found.append(self.day.collect(other.learning).facts)
            yield batch


def test_two_pollers_that_meet_store_each_completion_once(day: Day) -> None:
    day.finish(day.clock.now)
    meeting = Meeting(day, [])
    found = day.collect(meeting)
    assert found.facts + sum(meeting.found) == DONE_TODAY
    assert day.stored() == DONE_TODAY
    assert day.collect().facts == 0


def test_a_filter_of_another_poller_in_between_hides_nothing(day: Day) -> None:
    day.finish(day.clock.now)
    later = {
        "completion:timecompleted_operator": 3,
        "completion:timecompleted_from": int(NOON.timestamp()) + 86_400,
        "completion:timecompleted_to": 0,
    }
    met: list[int] = []

    def meet(function: str, arguments: dict[str, object]) -> None:
        is_ours = '"jobframe"' in str(arguments.get("values"))
        if function == SET_FILTERS and arguments["reportid"] == 1 and is_ours:
            met.append(1)
            if len(met) == 3:
                state = day.sandbox.site.state
                state.report_filters[(state.account_id, 1)] = later

    day.sandbox.site.after_commit = meet
    try:
        assert day.collect().facts == DONE_TODAY
    finally:
        day.sandbox.site.after_commit = None
    assert len(met) == 4


def test_all_learners_who_finish_again_after_a_reset_have_new_facts(day: Day) -> None:
    day.finish(day.clock.now)
    day.collect()
    assert day.sandbox.site.reset_course(COURSE) == DONE_TODAY
    day.clock.now += timedelta(days=40)
    assert day.collect().facts == 0
    assert day.stored() == DONE_TODAY
    day.finish(day.clock.now)
    found = day.collect()
    assert (found.facts, found.evidence) == (DONE_TODAY, DONE_TODAY)
    assert day.stored() == 2 * DONE_TODAY


def test_a_completion_stamped_five_days_ago_is_found_by_the_nightly_sweep(
    day: Day,
) -> None:
    day.collect()
    day.finish(NOON - timedelta(days=5), learners=1)
    assert day.collect().facts == 0
    day.clock.now += timedelta(hours=2)
    assert day.collect().facts == 1


def test_a_missing_right_is_never_nothing_new(day: Day) -> None:
    day.finish(day.clock.now)
    state = day.sandbox.site.state
    held = state.account_capabilities, state.default_capabilities
    state.account_capabilities, state.default_capabilities = set(), set()
    with pytest.raises(AuthError):
        day.collect()
    state.account_capabilities, state.default_capabilities = held
    assert day.collect().facts == DONE_TODAY
