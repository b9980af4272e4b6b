"""Completed courses as facts: what is new, nothing twice, and wrong reports named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from moodle_readers import NOON, RETRIEVE, SET_FILTERS, Clock, connected
from moodle_slice import Slice

from adapters.moodle.looks import Looks, write_cursor
from adapters.moodle.report_rows import RowError, completion_of
from adapters.moodle.running import MoodleSandbox
from adapters.moodle.sandbox import CutPage
from adapters.moodle.settings import REPORT_COLUMNS
from connector.kit.errors import AuthError, ReplyError, TransientError
from connector.kit.protocols import Learning, SeedCompletion
from connector.kit.values import FactType, LearningFact


def finish(sandbox: MoodleSandbox, who: str, course: str, when: datetime) -> None:
    done = SeedCompletion(employee_id=who, course=course, completed_at=when)
    assert sandbox.complete_courses([done]) == 1


@pytest.fixture
def learning(slice_: Slice) -> Learning:
    assert slice_.connection.learning is not None
    return slice_.connection.learning


def read(learning: Learning, cursor: str | None = None) -> list[LearningFact]:
    """Return all facts of one reading."""
    return [fact for batch in learning.facts(cursor) for fact in batch.facts]


def last_cursor(learning: Learning, cursor: str | None = None) -> str:
    return list(learning.facts(cursor))[-1].cursor


def looked(
    moment: datetime, *, swept: datetime | None = None, full: datetime | None = None
) -> str:
    """Return the cursor of a reading of completions at that moment."""
    looks = Looks(moment, swept or moment, full or moment)
    return write_cursor({"completions": looks, "badges": looks})


def told(facts: Sequence[LearningFact]) -> list[tuple[str, str]]:
    return sorted((fact.employee_id, fact.object_id) for fact in facts)


def test_a_completion_is_told_with_person_course_and_minute(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON)
    account = sandbox.site.state.users.first(idnumber="00017")
    assert account is not None
    assert read(learning) == [
        LearningFact(
            type=FactType.COURSE_COMPLETION,
            object_id="CLOUD-101",
            object_name="Cloud & data",
            person_id=str(account["id"]),
            employee_id="00017",
            happened_at=datetime(2026, 3, 1, 12, 7, tzinfo=UTC),
            detail={"course_id": "2"},
        ),
    ]


def test_a_badge_is_told_with_its_id(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    sandbox.site.state.badges.add({"name": "Knots & sails"})
    sandbox.site.award_badge("00018", "Knots & sails", NOON)
    (fact,) = read(learning)
    assert (fact.type, fact.object_id, fact.object_name, fact.employee_id) == (
        FactType.BADGE,
        "1",
        "Knots & sails",
        "00018",
    )
    assert fact.happened_at == datetime(2026, 3, 1, 12, 7, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def at_noon(sandbox: MoodleSandbox, clock: Clock) -> Iterator[Learning]:
    with configured(sandbox, clock) as learning:
        yield learning


@pytest.mark.parametrize(
    ("last", "found_days_ago"),
    [
        # Two days of overlap, and no more, where the day was swept already.
        (looked(NOON - timedelta(hours=1), swept=NOON), {1}),
        # The first reading of a day goes back five weeks.
        (looked(NOON - timedelta(hours=1), swept=NOON - timedelta(days=1)), {1, 5, 34}),
        # After a month everything is read once more, as without any cursor.
        (
            looked(NOON - timedelta(hours=1), full=NOON - timedelta(days=30)),
            {1, 5, 34, 90},
        ),
        (None, {1, 5, 34, 90}),
        ("2026-03-01T11:00:00+00:00", {1, 5, 34, 90}),
        ('{"version": 99, "looks": {}}', {1, 5, 34, 90}),
        # A connector that stood still for a fortnight reads all of it.
        (looked(NOON - timedelta(days=14), swept=NOON), {1, 5}),
        # A clock that was set back opens no gap.
        (looked(NOON + timedelta(days=9), swept=NOON), {1}),
    ],
)
def test_each_reading_goes_back_as_far_as_is_due(
    at_noon: Learning,
    sandbox: MoodleSandbox,
    last: str | None,
    found_days_ago: set[int],
) -> None:
    courses = ("CLOUD-101", "BI-101")
    ages = (1, 5, 34, 90)
    for number, age in enumerate(ages):
        who = ("00017", "00018")[number // 2]
        finish(sandbox, who, courses[number % 2], NOON - timedelta(days=age))
    found = {(NOON - fact.happened_at).days for fact in read(at_noon, last)}
    assert found == found_days_ago


def test_a_completion_stamped_five_days_ago_is_found_the_next_night(
    at_noon: Learning, sandbox: MoodleSandbox, clock: Clock
) -> None:
    cursor = last_cursor(at_noon)
    finish(sandbox, "00017", "CLOUD-101", NOON - timedelta(days=5))
    clock.now += timedelta(hours=2)
    assert read(at_noon, cursor) == []
    cursor = last_cursor(at_noon, cursor)
    clock.now += timedelta(hours=12)
    assert told(read(at_noon, cursor)) == [("00017", "CLOUD-101")]


def test_a_reading_leaves_no_filter_behind(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON)
    read(learning, looked(NOON))
    assert set(map(str, sandbox.site.state.report_filters.values())) == {"{}"}


def test_an_interrupted_reading_keeps_the_old_cursor(
    at_noon: Learning, sandbox: MoodleSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.moodle.reports.ROWS_OF_PAGE", 2)
    for who, course in [
        ("00017", "CLOUD-101"),
        ("00017", "BI-101"),
        ("00018", "BI-101"),
    ]:
        finish(sandbox, who, course, NOON)
    old = looked(NOON - timedelta(hours=1))
    first, second, *others = list(at_noon.facts(old))
    assert (first.cursor, second.cursor) == (old, old)
    assert others[0].cursor != old
    assert len(first.facts + second.facts) == 3


class Always(CutPage):
    """Every page of the report is cut."""

    def is_hit(self, function: str) -> bool:
        return function == self.function


def test_a_broken_reading_clears_the_filter_it_set(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    sandbox.site.switches.cut_page = Always(RETRIEVE, 1)
    with pytest.raises(TransientError):
        read(learning)
    assert sandbox.site.state.report_filters[(3, 1)] == {}


def test_accounts_without_an_id_number_are_counted(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON)
    account = sandbox.site.state.users.first(idnumber="00017")
    assert account is not None
    sandbox.site.state.users.change(account["id"], idnumber="")
    batches = list(learning.facts(None))
    notes = [note for batch in batches for note in batch.notes]
    assert notes == ["1 completions belong to accounts without an ID number."]
    assert batches[0].facts[0].person_id == str(account["id"])


def test_a_report_whose_rows_move_while_it_is_read_is_read_again(
    learning: Learning, sandbox: MoodleSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.moodle.reports.ROWS_OF_PAGE", 1)
    finish(sandbox, "00017", "CLOUD-101", NOON)
    finish(sandbox, "00018", "CLOUD-101", NOON)
    finish(sandbox, "00018", "BI-101", NOON + timedelta(days=1))
    facts = learning.facts(None)
    seen = list(next(facts).facts)
    # The row that was read goes, so the second one moves to where the reader was.
    sandbox.site.state.completions.remove(1)
    seen += [fact for batch in facts for fact in batch.facts]
    assert told(seen) == [
        ("00017", "CLOUD-101"),
        ("00018", "BI-101"),
        ("00018", "CLOUD-101"),
    ]


def other_poller(
    sandbox: MoodleSandbox, values: dict[str, Any], times: int
) -> list[int]:
    """Let another poller set its filter right after ours, so many times."""
    met: list[int] = []

    def meet(function: str, arguments: dict[str, Any]) -> None:
        ours = json.loads(arguments.get("values", "{}"))
        is_range = "completion:timecompleted_to" in ours and "jobframe" in ours
        if function == SET_FILTERS and is_range and len(met) < times:
            met.append(1)
            sandbox.site.state.report_filters[(3, 1)] = values

    sandbox.site.after_commit = meet
    return met


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_another_pollers_filter_never_hides_what_is_new(
    at_noon: Learning, sandbox: MoodleSandbox, times: int
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON - timedelta(hours=9))
    late = {
        "completion:timecompleted_operator": 3,
        "completion:timecompleted_from": int(NOON.timestamp()),
        "completion:timecompleted_to": 0,
        "jobframe": "another",
    }
    met = other_poller(sandbox, late, times)
    assert told(read(at_noon, looked(NOON - timedelta(hours=1)))) == [
        ("00017", "CLOUD-101")
    ]
    assert len(met) == times


def test_a_reading_disturbed_each_time_fails_and_keeps_its_cursor(
    at_noon: Learning, sandbox: MoodleSandbox
) -> None:
    other_poller(sandbox, {"jobframe": "another"}, 99)
    with pytest.raises(TransientError, match="changed each time"):
        read(at_noon, looked(NOON - timedelta(hours=1)))


@contextmanager
def configured(
    sandbox: MoodleSandbox, clock: Clock | None = None, **changed: Any
) -> Iterator[Learning]:
    with connected(sandbox, clock, **changed) as connection:
        assert connection.learning is not None
        yield connection.learning


def test_columns_may_stand_in_another_order(sandbox: MoodleSandbox) -> None:
    order = tuple(name for name in reversed(REPORT_COLUMNS) if name != "user:email")
    sandbox.site.state.reports.change(1, columns=order)
    finish(sandbox, "00017", "CLOUD-101", NOON)
    with configured(sandbox, completions_columns=list(order)) as learning:
        assert told(read(learning)) == [("00017", "CLOUD-101")]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"columns": REPORT_COLUMNS[:-1]}, "5 columns instead of 6"),
        ({"filters": ()}, "no filter completion:timecompleted"),
        ({"source": "core_user\\reportbuilder\\datasource\\users"}, "source is users"),
    ],
)
def test_a_report_set_up_otherwise_is_refused_with_the_way_to_mend_it(
    learning: Learning, sandbox: MoodleSandbox, changed: dict[str, Any], reason: str
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON)
    sandbox.site.state.reports.change(1, **changed)
    with pytest.raises(ReplyError, match=reason) as caught:
        read(learning, looked(NOON))
    assert "Custom reports" in caught.value.hint


def test_a_report_narrowed_by_another_condition_is_told(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    narrowed = '{"completion:completed_operator":1,"course:shortname_operator":"3"}'
    sandbox.site.state.reports.change(1, conditiondata=narrowed)
    notes = [note for batch in learning.facts(None) for note in batch.notes]
    assert notes == ["The completions report 1 shows only what meets course:shortname."]


def test_times_in_another_zone_than_the_settings_say_are_refused(
    sandbox: MoodleSandbox,
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON)
    with (
        configured(sandbox, time_zone="Europe/Warsaw") as learning,
        pytest.raises(ReplyError, match="another zone than Europe/Warsaw"),
    ):
        read(learning)


def test_an_account_without_the_report_is_told_so(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    sandbox.site.state.account_capabilities.clear()
    sandbox.site.state.default_capabilities = set()
    with pytest.raises(AuthError):
        read(learning, looked(NOON))


def test_a_reset_of_all_courses_withdraws_nothing_and_counts_again(
    at_noon: Learning, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON - timedelta(days=3))
    before = read(at_noon)
    sandbox.site.reset_course("CLOUD-101")
    cursor = last_cursor(at_noon)
    assert read(at_noon, cursor) == []
    finish(sandbox, "00017", "CLOUD-101", NOON)
    (again,) = read(at_noon, cursor)
    assert again.happened_at > before[0].happened_at


ROW = (
    "00017",
    '<a href="https://m.example/user/profile.php?id=8">Ana O&#039;Neil</a>',
    "ana@corp.example",
    "R&amp;D-1",
    '<a class="x" href="https://m.example/course/view.php?lang=en&amp;id=4">R&amp;D</a>',
    "Tuesday, 24 November 2026, 6:28 AM",
)


def row(**changed: str) -> dict[str, str]:
    cells = dict(zip(REPORT_COLUMNS, ROW, strict=True))
    return {name: changed.get(name.partition(":")[2], cells[name]) for name in cells}


@pytest.mark.parametrize(
    ("shown", "zone", "meant"),
    [
        ("Tuesday, 24 November 2026, 6:28 AM", "UTC", (24, 6, 28)),
        ("Tuesday, 24 November 2026, 12:00 AM", "UTC", (24, 0, 0)),
        ("Tuesday, 24 November 2026, 12:59\u202fPM", "UTC", (24, 12, 59)),
        ("Tuesday, 24 November 2026, 12:30 AM", "Europe/Warsaw", (23, 23, 30)),
    ],
)
def test_times_are_read_in_the_zone_they_are_shown_in(
    shown: str, zone: str, meant: tuple[int, int, int]
) -> None:
    fact = completion_of(row(timecompleted=shown), ZoneInfo(zone))
    assert fact is not None
    day, hour, minute = meant
    assert fact.happened_at == datetime(2026, 11, day, hour, minute, tzinfo=UTC)
    assert (fact.object_id, fact.object_name, fact.person_id) == ("R&D-1", "R&D", "8")


def test_a_course_without_id_number_is_known_by_its_id() -> None:
    cells = row() | {"course:idnumber": ""}
    fact = completion_of(cells, ZoneInfo("UTC"))
    assert fact is not None
    assert fact.object_id == "#4"


def test_a_course_in_progress_is_no_fact() -> None:
    assert completion_of(row(timecompleted=""), ZoneInfo("UTC")) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"timecompleted": "Dienstag, 24. November 2026, 06:28"}, "no time"),
        ({"timecompleted": "Tuesday, 24 Nonember 2026, 6:28 AM"}, "no time"),
        ({"fullnamewithlink": "Ana"}, "holds none"),
        ({"coursefullnamewithlink": "Cloud"}, "holds none"),
    ],
)
def test_a_row_of_another_form_is_refused(changed: dict[str, str], reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        completion_of(row(**changed), ZoneInfo("UTC"))
