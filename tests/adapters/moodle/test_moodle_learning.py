"""Completed courses as facts: what is new, nothing twice, and wrong reports named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from moodle_slice import Slice, open_slice

from adapters.moodle.report_rows import RowError, fact_of
from adapters.moodle.running import MoodleSandbox
from adapters.moodle.sandbox import CutPage
from adapters.moodle.settings import REPORT_COLUMNS
from connector.kit.errors import AuthError, ReplyError, TransientError
from connector.kit.protocols import Learning, SeedCompletion
from connector.kit.values import FactBatch, FactType, LearningFact

NOON = datetime(2026, 3, 1, 12, 7, 42, tzinfo=UTC)
FUNCTION = "core_reportbuilder_retrieve_report"


def finish(sandbox: MoodleSandbox, who: str, course: str, when: datetime) -> None:
    done = SeedCompletion(employee_id=who, course=course, completed_at=when)
    assert sandbox.complete_courses([done]) == 1


@pytest.fixture
def learning(slice_: Slice) -> Learning:
    assert slice_.connection.learning is not None
    return slice_.connection.learning


def batches(learning: Learning, cursor: str | None = None) -> list[FactBatch]:
    return list(learning.facts(cursor))


def told(facts: Sequence[LearningFact]) -> list[tuple[str, str]]:
    return sorted((fact.employee_id, fact.object_id) for fact in facts)


def test_a_completion_is_told_with_person_course_and_minute(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON)
    (batch,) = batches(learning)
    account = sandbox.site.state.users.first(idnumber="00017")
    assert account is not None
    assert batch.facts == (
        LearningFact(
            type=FactType.COURSE_COMPLETION,
            object_id="CLOUD-101",
            object_name="Cloud & data",
            person_id=str(account["id"]),
            employee_id="00017",
            happened_at=datetime(2026, 3, 1, 12, 7, tzinfo=UTC),
            detail={"course_id": "2"},
        ),
    )
    assert datetime.fromisoformat(batch.cursor).tzinfo is not None


def test_a_later_look_tells_what_is_new_and_an_overlap(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON)
    finish(sandbox, "00017", "BI-101", NOON + timedelta(days=3))
    finish(sandbox, "00018", "BI-101", NOON + timedelta(days=5))
    cursor = (NOON + timedelta(days=4)).isoformat()
    (batch,) = batches(learning, cursor)
    assert told(batch.facts) == [("00017", "BI-101"), ("00018", "BI-101")]
    assert sandbox.site.state.report_filters[(3, 1)] == {}


def test_an_interrupted_look_keeps_the_old_cursor(
    learning: Learning, sandbox: MoodleSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.moodle.learning.PAGE_SIZE", 2)
    for who, course in [
        ("00017", "CLOUD-101"),
        ("00017", "BI-101"),
        ("00018", "BI-101"),
    ]:
        finish(sandbox, who, course, NOON)
    old = (NOON - timedelta(days=1)).isoformat()
    first, last = batches(learning, old)
    assert first.cursor == old
    assert last.cursor > old
    assert len(first.facts + last.facts) == 3


def test_a_broken_look_clears_the_filter_it_set(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    class Always(CutPage):
        def is_hit(self, function: str) -> bool:
            return function == self.function

    sandbox.site.switches.cut_page = Always(FUNCTION, 1)
    facts = learning.facts(None)
    with pytest.raises(TransientError):
        next(facts)
    assert sandbox.site.state.report_filters[(3, 1)] == {}


def test_accounts_without_an_id_number_are_counted(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    finish(sandbox, "00017", "CLOUD-101", NOON)
    account = sandbox.site.state.users.first(idnumber="00017")
    assert account is not None
    sandbox.site.state.users.change(account["id"], idnumber="")
    (batch,) = batches(learning)
    assert batch.notes == ("1 completion(s) belong to accounts without an ID number.",)
    assert batch.facts[0].person_id == str(account["id"])


def test_a_report_that_shrinks_while_it_is_read_is_not_believed(
    learning: Learning, sandbox: MoodleSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.moodle.learning.PAGE_SIZE", 1)
    finish(sandbox, "00017", "CLOUD-101", NOON)
    finish(sandbox, "00018", "CLOUD-101", NOON)
    facts = learning.facts(None)
    next(facts)
    sandbox.site.state.completions.remove(1)
    with pytest.raises(TransientError, match="changed while it was read"):
        list(facts)


@contextmanager
def configured(sandbox: MoodleSandbox, **changed: Any) -> Iterator[Learning]:
    settings = {**sandbox.settings(), **changed}
    token = sandbox.secrets()["moodle.token"]
    with open_slice(token, settings, "CLOUD-101", lambda _: None) as opened:
        assert opened.connection.learning is not None
        yield opened.connection.learning


def test_columns_may_stand_in_another_order(sandbox: MoodleSandbox) -> None:
    order = tuple(name for name in reversed(REPORT_COLUMNS) if name != "user:email")
    sandbox.site.state.reports.change(1, columns=order)
    finish(sandbox, "00017", "CLOUD-101", NOON)
    with configured(sandbox, completions_columns=list(order)) as learning:
        (batch,) = batches(learning)
    assert told(batch.facts) == [("00017", "CLOUD-101")]


def test_a_report_with_other_columns_is_refused_with_the_way_to_mend_it(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    sandbox.site.state.reports.change(1, columns=REPORT_COLUMNS[:-1])
    with pytest.raises(ReplyError, match="5 columns instead of 6") as caught:
        batches(learning)
    assert "Custom reports" in caught.value.hint


def test_a_report_that_ignores_the_filter_is_refused(
    learning: Learning, sandbox: MoodleSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.moodle.learning._FILTER", "completion:unknown")
    finish(sandbox, "00017", "CLOUD-101", NOON)
    with pytest.raises(ReplyError, match="no filter on the time of completion"):
        batches(learning, NOON.isoformat())


def test_an_account_without_the_report_is_told_so(
    learning: Learning, sandbox: MoodleSandbox
) -> None:
    sandbox.site.state.account_capabilities.clear()
    with pytest.raises(AuthError):
        batches(learning)


ROW = (
    "00017",
    '<a href="https://m.example/user/profile.php?id=8">Ana O&#039;Neil</a>',
    "ana@corp.example",
    "R&amp;D-1",
    '<a class="x" href="https://m.example/course/view.php?lang=en&amp;id=4">R&amp;D</a>',
    "Tuesday, 24 November 2026, 6:28 AM",
)


def row(**changed: str) -> tuple[str, ...]:
    places = {name.partition(":")[2]: n for n, name in enumerate(REPORT_COLUMNS)}
    cells = list(ROW)
    for name, value in changed.items():
        cells[places[name]] = value
    return tuple(cells)


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
    fact = fact_of(REPORT_COLUMNS, row(timecompleted=shown), ZoneInfo(zone))
    assert fact is not None
    day, hour, minute = meant
    assert fact.happened_at == datetime(2026, 11, day, hour, minute, tzinfo=UTC)
    assert (fact.object_id, fact.object_name, fact.person_id) == ("R&D-1", "R&D", "8")


def test_a_course_without_id_number_is_known_by_its_id() -> None:
    cells = [cell if n != 3 else "" for n, cell in enumerate(ROW)]
    fact = fact_of(REPORT_COLUMNS, cells, ZoneInfo("UTC"))
    assert fact is not None
    assert fact.object_id == "#4"


def test_a_course_in_progress_is_no_fact() -> None:
    assert fact_of(REPORT_COLUMNS, row(timecompleted=""), ZoneInfo("UTC")) is None


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (ROW[:-1], "5 columns"),
        (row(timecompleted="Dienstag, 24. November 2026, 06:28"), "no time"),
        (row(timecompleted="Tuesday, 24 Nonember 2026, 6:28 AM"), "no time"),
        (row(fullnamewithlink="Ana"), "no"),
        (row(coursefullnamewithlink="Cloud"), "holds none"),
    ],
)
def test_a_row_of_another_form_is_refused(cells: Sequence[str], reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        fact_of(REPORT_COLUMNS, cells, ZoneInfo("UTC"))
