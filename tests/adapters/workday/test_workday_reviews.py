"""Started reviews: what the report must hold, what it may not, and odd answers."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from adapters.workday.review_guide import guide_steps
from adapters.workday.review_report import COLUMNS, check_columns, read_rows
from adapters.workday.review_settings import ReportName, review_settings
from adapters.workday.sandbox.raas import _schema
from adapters.workday.sandbox.reviews import Report
from adapters.workday.settings import load_settings
from connector.kit.errors import ConfigError, ReplyError
from connector.kit.values import GuideProof

NAME = ReportName("hr", "Reviews")
SETTINGS = review_settings({})
_ROWS = (
    "the rows of Competencies hold Competency_ID, Grade, and not Competency_ID alone"
)
ROW = {
    "Employee_ID": "0042",
    "Review_Type": "ANNUAL",
    "Review_Template": "IC",
    "Period_Start": "2026-01-01-08:00",
    "Status": "In Progress",
    "Competencies": [{"Competency_ID": "C-1"}, {}],
}


def read(*rows: Any, **settings: Any) -> list[Any]:
    content = json.dumps({"Report_Entry": rows}).encode()
    return list(read_rows(content, NAME, review_settings(settings)))


def schema(columns: dict[str, tuple[str, ...]]) -> bytes:
    return _schema(Report(columns=columns)).encode()


def test_a_row_is_read_with_leading_zeros_and_without_what_is_empty() -> None:
    (review,) = read(ROW)
    assert review.employee_id == "0042"
    assert review.period_start == date(2026, 1, 1)
    assert review.period_end is None
    assert review.period == "2026-01-01"
    assert review.competencies == ("C-1",)
    assert review.is_open


def test_one_competency_may_come_without_a_list() -> None:
    (review,) = read({**ROW, "Competencies": {"Competency_ID": "C-1"}})
    assert review.competencies == ("C-1",)


@pytest.mark.parametrize("status", ["complete", "Canceled", "Successfully Completed"])
def test_a_review_that_ended_is_closed(status: str) -> None:
    assert not read({**ROW, "Status": status})[0].is_open


def test_a_tenant_may_word_its_own_statuses() -> None:
    settings = {"closed_statuses": ["Zakończona"]}
    assert not read({**ROW, "Status": "zakończona"}, **settings)[0].is_open
    assert read({**ROW, "Status": "Complete"}, **settings)[0].is_open


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>", "it is no JSON"),
        (b"[]", "it has no Report_Entry"),
        (b'{"Report_Entry": {}}', "it has no Report_Entry"),
        (b'{"Report_Entry": [{}]}', "row 1 has no Employee_ID"),
        (b'{"Report_Entry": [7]}', "row 1 has no Employee_ID"),
        (
            b'{"Report_Entry": [{"Employee_ID": "1", "Period_End": "soon"}]}',
            "row 1: Period_End is no date",
        ),
    ],
)
def test_an_odd_answer_is_named(content: bytes, said: str) -> None:
    with pytest.raises(ReplyError, match=said):
        list(read_rows(content, NAME, SETTINGS))


def test_exactly_the_columns_pass() -> None:
    check_columns(schema(dict(COLUMNS)), NAME)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Status": None}, ["the column Status is missing"]),
        ({"Overall_Rating": ()}, ["the column Overall_Rating is one too many"]),
        (
            {"Competencies": ("Competency_ID", "Grade")},
            [
                _ROWS,
            ],
        ),
        (
            {"Employee_ID": None, "Comment": ()},
            ["the column Employee_ID is missing", "the column Comment is one too many"],
        ),
    ],
)
def test_every_column_that_differs_is_named_at_once(
    changes: dict[str, Any], said: list[str]
) -> None:
    columns = {**COLUMNS, **changes}
    kept = {name: inner for name, inner in columns.items() if inner is not None}
    with pytest.raises(ConfigError) as caught:
        check_columns(schema(kept), NAME)
    assert [problem.message for problem in caught.value.problems] == said


@pytest.mark.parametrize("content", [b"no xml", b"<a/>"])
def test_a_schema_that_is_none_is_no_report(content: bytes) -> None:
    with pytest.raises(ReplyError, match="its schema"):
        check_columns(content, NAME)


def test_the_guide_goes_by_the_templates_of_the_settings() -> None:
    assert [step.key for step in guide_steps(SETTINGS)] == ["report", "templates"]
    settings = review_settings(
        {
            "templates": [
                {"review_type": "A", "template": "M", "track": "manager"},
                {"review_type": "A", "template": "I", "families": ["data", "risk"]},
                {"review_type": "B", "template": "I"},
            ]
        }
    )
    steps = guide_steps(settings)
    assert [step.key for step in steps] == [
        "report",
        "fill-M",
        "fill-I",
        "use-M",
        "use-I",
    ]
    assert [step.proof for step in steps[1:3]] == [GuideProof.FILLED] * 2
    assert steps[-1].values["for"] == (
        "reviews of type A, job families data, risk; reviews of type B"
    )


def test_every_wrong_setting_is_named() -> None:
    raw = {
        "base_url": "https://services.example.com",
        "tenant": "acme",
        "auth": {"kind": "username_token", "user": "ISU"},
        "reviews": {
            "report": {"owner": ""},
            "templates": [{"review_type": "A", "track": "expert"}],
        },
    }
    with pytest.raises(ConfigError) as caught:
        load_settings(raw)
    told = " ".join(f"{one.key} {one}" for one in caught.value.problems)
    for part in ("owner", "name", "template", "track"):
        assert part in told
