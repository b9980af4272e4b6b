"""What an example's people file gives, and how its mistakes are told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connector.kit.errors import FrameworkError, Problem
from connector.kit.protocols import SeedCompletion, SeedPerson
from connector.runtime.example import ExamplePeople, load_people

_WHOLE = """\
courses:
  KNOT-101: Knots
  SAIL-201: "Sails: the basics"
people:
  - employee_id: "0000007"
    given_name: Іванна
    family_name: Гончар
    email: ivanna@example.com
    organisation: Deck
    location: Gdynia
    region: north
    hired_on: 2020-02-29
    role: mate-1
    mentor: true
  - employee_id: 0000010
    given_name: No
    family_name: "1984"
    email: no@example.com
    manager: "0000007"
    role: sailor-2
    focus_area: sailor-2-racing
    mentor: false
    completed:
      - {course: SAIL-201, at: "2026-03-29T01:30:00Z"}
      - {course: KNOT-101, at: "2025-01-02T23:59:59Z"}
      - {course: KNOT-101, at: "2026-01-02T10:00:00Z"}
"""

_PERSON = """\
  - employee_id: "1"
    given_name: A
    family_name: B
    email: a@example.com
"""


def _load(tmp_path: Path, text: str) -> ExamplePeople:
    path = tmp_path / "people.yaml"
    path.write_text(text, encoding="utf-8")
    return load_people(path)


def _problems(tmp_path: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(FrameworkError) as caught:
        _load(tmp_path, text)
    assert caught.value.hint
    return caught.value.problems


def test_people_keep_leading_zeros_scripts_and_words_that_look_like_others(
    tmp_path: Path,
) -> None:
    assert _load(tmp_path, _WHOLE).people == (
        SeedPerson(
            employee_id="0000007",
            given_name="Іванна",
            family_name="Гончар",
            email="ivanna@example.com",
            organisation="Deck",
            location="Gdynia",
            hired_on=date(2020, 2, 29),
            role="mate-1",
        ),
        SeedPerson(
            employee_id="0000010",
            given_name="No",
            family_name="1984",
            email="no@example.com",
            manager_id="0000007",
            role="sailor-2",
            focus_area="sailor-2-racing",
        ),
    )


def test_completions_come_in_order_of_time_and_a_repeated_course_stays(
    tmp_path: Path,
) -> None:
    assert _load(tmp_path, _WHOLE).completions == tuple(
        SeedCompletion(employee_id="0000010", course=course, completed_at=at)
        for course, at in (
            ("KNOT-101", datetime(2025, 1, 2, 23, 59, 59, tzinfo=UTC)),
            ("KNOT-101", datetime(2026, 1, 2, 10, 0, tzinfo=UTC)),
            ("SAIL-201", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        )
    )


def test_what_seeds_cannot_carry_stands_beside_them(tmp_path: Path) -> None:
    example = _load(tmp_path, _WHOLE)
    assert example.courses == {"KNOT-101": "Knots", "SAIL-201": "Sails: the basics"}
    assert example.regions == {"0000007": "north"}
    assert example.focus_areas == {"0000010": "sailor-2-racing"}
    assert example.mentors == {"0000007"}


def test_a_file_with_empty_lists_has_nobody(tmp_path: Path) -> None:
    example = _load(tmp_path, "courses:\npeople:\n")
    assert (example.people, example.completions, example.courses) == ((), (), {})
    assert _load(tmp_path, "people: []\n").people == ()


_WRONG = {
    "an empty file": ("", "people.yaml:1", "has no lists"),
    "a list where lists by name belong": ("- a\n", "people.yaml:1", "has no lists"),
    "broken YAML": ("people: [\n", "people.yaml:2", "broken YAML"),
    "an unknown list": ("persons: []\n", "people.yaml:1", 'unknown field "persons"'),
    "people as a mapping": (
        "people: {a: b}\n",
        "people.yaml:1",
        "expected a list, found a mapping",
    ),
    "courses as a list": ("courses: [A]\n", "people.yaml:1", "expected a mapping"),
    "a person who is only a word": (
        "people: [Ann]\n",
        "people.yaml:1",
        'found "Ann"',
    ),
    "an unknown field": (
        f"people:\n{_PERSON}    nickname: C\n",
        "people.yaml:6",
        'unknown field "nickname"',
    ),
    "no e-mail address": (
        "people:\n  - {employee_id: '1', given_name: A, family_name: B}\n",
        "people.yaml:2",
        '"email" is missing',
    ),
    "a day that does not exist": (
        f"people:\n{_PERSON}    hired_on: 2025-02-29\n",
        "people.yaml:6",
        "expected a date",
    ),
    "a mentor who perhaps said yes": (
        f"people:\n{_PERSON}    mentor: maybe\n",
        "people.yaml:6",
        "expected true or false",
    ),
    "a local time": (
        (
            f"people:\n{_PERSON}    completed:\n"
            "    - {course: K, at: '2026-03-02T09:30:00'}\n"
        ),
        "people.yaml:7",
        "expected an instant in UTC",
    ),
    "a time that is a list": (
        f"people:\n{_PERSON}    completed: [{{course: K, at: []}}]\n",
        "people.yaml:6",
        "expected an instant in UTC",
    ),
    "a course that is not listed": (
        (
            f"people:\n{_PERSON}    completed:\n"
            "      - {course: K, at: '2026-03-02T09:30:00Z'}\n"
        ),
        "people.yaml:7",
        'the course "K" is not listed',
    ),
    "a manager who is not there": (
        f'people:\n{_PERSON}    manager: "2"\n',
        "people.yaml:2",
        'the manager "2" is not among the people',
    ),
    "somebody who is the own manager": (
        f'people:\n{_PERSON}    manager: "1"\n',
        "people.yaml:2",
        "is the own manager",
    ),
}


@pytest.mark.parametrize(("text", "place", "message"), _WRONG.values(), ids=_WRONG)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, text: str, place: str, message: str
) -> None:
    (problem,) = _problems(tmp_path, text)
    assert problem.place == place
    assert message in problem.message


def test_equal_numbers_and_addresses_are_told_at_every_place(tmp_path: Path) -> None:
    second = _PERSON.replace("a@example", "A@Example")
    assert [
        (problem.place, problem.message)
        for problem in _problems(tmp_path, f"people:\n{_PERSON}{second}")
    ] == [
        ("people.yaml:2", 'the employee_id "1" stands 2 times'),
        ("people.yaml:6", 'the employee_id "1" stands 2 times'),
        ("people.yaml:2", 'the email "a@example.com" stands 2 times'),
        ("people.yaml:6", 'the email "a@example.com" stands 2 times'),
    ]


def test_a_circle_of_managers_names_those_in_it_and_not_those_below(
    tmp_path: Path,
) -> None:
    people = "".join(
        f"  - {{employee_id: '{one}', given_name: A, family_name: B, "
        f"email: {one}@example.com, manager: '{manager}'}}\n"
        for one, manager in (("1", "2"), ("2", "3"), ("3", "1"), ("4", "1"))
    )
    places = [one.place for one in _problems(tmp_path, f"people:\n{people}")]
    assert places == ["people.yaml:2", "people.yaml:3", "people.yaml:4"]


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = f"people:\n{_PERSON}    hired_on: soon\n    mentor: perhaps\n"
    assert len(_problems(tmp_path, text)) == 2


def test_a_file_that_is_not_there_is_a_problem_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(FrameworkError) as caught:
        load_people(tmp_path / "nobody.yaml")
    assert "cannot be read" in str(caught.value.problems[0])
