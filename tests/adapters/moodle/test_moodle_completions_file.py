"""A CSV of completed courses: forms it may have, and mistakes by file and line."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.moodle import adapter
from connector.kit.errors import FrameworkError
from connector.kit.setup import LearningFiles, ReadFile

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AT = datetime(2026, 11, 24, 5, 28, tzinfo=UTC)
HEAD = "idnumber,course idnumber,time completed\n"
WARSAW = ZoneInfo("Europe/Warsaw")


def read(text: str, zone: ZoneInfo | None = None) -> ReadFile:
    assert isinstance(adapter, LearningFiles)
    return adapter.read_learning(text.encode(), "done.csv", zone, NOW)


def problems(text: str | bytes, zone: ZoneInfo | None = None) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(FrameworkError) as caught:
        adapter.read_learning(content, "done.csv", zone, NOW)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("time", "zone"),
    [
        ("2026-11-24T06:28:00+01:00", None),
        ("2026-11-24T05:28Z", None),
        ("2026-11-24 05:28:00+00:00", WARSAW),
        (str(int(AT.timestamp())), None),
        ("2026-11-24 06:28", WARSAW),
        ('"Tuesday, 24 November 2026, 6:28 AM"', WARSAW),
    ],
)
def test_each_form_of_time_names_its_instant(time: str, zone: ZoneInfo | None) -> None:
    (fact,) = read(f"{HEAD}0017,CLOUD-101,{time}\n", zone).facts
    assert (fact.employee_id, fact.object_id, fact.happened_at) == (
        "0017",
        "CLOUD-101",
        AT,
    )
    assert (fact.person_id, fact.object_name) == ("#0017", "CLOUD-101")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffIDNumber;Course  IDNumber;Time completed\r\n0017;C;2026-11-24T05:28Z\n",
        "time completed\tcourse idnumber\tidnumber\n2026-11-24T05:28Z\tC\t0017\n",
        # As Moodle's own report is downloaded, with more columns and an empty line.
        (
            '"ID number","Full name with link","Course ID number",'
            '"Course full name with link","Time completed"\n'
            '0017,"Ana, O","C",Cloud,2026-11-24T05:28Z\n\n'
        ),
    ],
)
def test_columns_are_known_by_their_names(text: str) -> None:
    (fact,) = read(text).facts
    assert (fact.employee_id, fact.object_id, fact.happened_at) == ("0017", "C", AT)


def test_rows_without_a_time_are_not_completed_and_counted() -> None:
    found = read(f"{HEAD}0017,C,\n0018,C,2026-11-24T05:28Z\n")
    assert len(found.facts) == 1
    assert found.notes == ("1 rows without a time were passed over: not completed.",)


def test_an_empty_file_of_completions_gives_none() -> None:
    assert read(HEAD) == ReadFile(())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "done.csv:1: the columns idnumber, course idnumber, time completed are"),
        ("idnumber,time completed\n", "done.csv:1: the column course idnumber is"),
        (f"{HEAD},C,2026-11-24T05:28Z\n", "done.csv:2: column idnumber: it is empty"),
        (
            f"{HEAD}1,,2026-11-24T05:28Z\n",
            "done.csv:2: column course idnumber: it is empty",
        ),
        (f"{HEAD}1,C\n", "done.csv:2: the row has 2 cells, too few"),
        (f"{HEAD}1,C,soon\n", "done.csv:2: column time completed: “soon” is no time."),
        (f"{HEAD}1,C,2026-11-24 05:28\n", "“2026-11-24 05:28” has no time zone"),
        (f"{HEAD}1,C,2026-12-24T05:28Z\n", "“2026-12-24T05:28Z” is in the future"),
        (
            f'{HEAD}"a\n\nb",C,\n1,C,soon\n',
            "done.csv:5: column time completed: “soon” is",
        ),
        (f'{HEAD}"open,C,2026\n', "it is no CSV"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, said: str) -> None:
    (problem,) = problems(text)
    assert said in problem


def test_a_wrong_time_in_a_known_zone_is_told_too() -> None:
    (problem,) = problems(f"{HEAD}1,C,Tuesday\n", WARSAW)
    assert "“Tuesday” is no time" in problem


def test_bytes_that_are_no_text_are_told_with_their_line() -> None:
    assert problems(HEAD.encode() + b"1,C,2026\n\xff\xfe") == [
        "done.csv:3: it is no UTF-8. Save the file as CSV UTF-8."
    ]
