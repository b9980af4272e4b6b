"""Reads the people of an example organisation, who fill the sandboxes.

Knows no platform and no framework: roles, regions and focus areas stay the keys
they are written as. Nothing is guessed; every problem is told at once, and may name
a person because nobody in an example exists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from connector.framework.sources.files import read_text
from connector.framework.sources.native_elements import (
    ElementType,
    Field,
    report_unknown,
)
from connector.framework.sources.native_reading import (
    Context,
    Findings,
    is_absent,
    is_valid,
)
from connector.framework.sources.native_values import (
    BOOLEAN,
    DATE,
    WORD,
    ValueType,
    list_of,
    table_of,
)
from connector.framework.sources.yaml_nodes import (
    Listing,
    Node,
    Scalar,
    Table,
    parse,
)
from connector.kit.errors import FrameworkError, Problem
from connector.kit.protocols import SeedCompletion, SeedPerson

_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplePeople:
    """People of an example organisation, their learning, and the LMS's courses.

    `courses` maps a course idnumber to its name; `focus_areas` and `regions` map an
    employee id to a key of the framework. `mentors` said yes to being asked.
    """

    people: tuple[SeedPerson, ...]
    completions: tuple[SeedCompletion, ...]
    courses: Mapping[str, str]
    focus_areas: Mapping[str, str]
    regions: Mapping[str, str]
    mentors: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Completed:
    """One line of a learning history."""

    course: str
    at: datetime
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """One entry of the file, under the names that `SeedPerson` has."""

    employee_id: str
    given_name: str
    family_name: str
    email: str
    place: str
    organisation: str = ""
    location: str = ""
    region: str = ""
    manager_id: str = ""
    hired_on: date | None = None
    role: str = ""
    focus_area: str = ""
    is_mentor: bool = False
    completed: tuple[_Completed, ...] = ()


def _read_instant(node: Node, context: Context) -> Any:
    try:
        text = node.text if isinstance(node, Scalar) else ""
        return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)
    except ValueError:
        return context.refuse(node, "an instant in UTC such as 2026-03-02T09:30:00Z")


_AT = ValueType(_read_instant, lambda value, _: value.strftime(_INSTANT))

_COMPLETED = ElementType(
    _Completed,
    (
        Field("course", "course", WORD, is_required=True),
        Field("at", "at", _AT, is_required=True),
    ),
)

_PERSON = ElementType(
    _Person,
    (
        Field("employee_id", "employee_id", WORD, is_required=True),
        Field("given_name", "given_name", WORD, is_required=True),
        Field("family_name", "family_name", WORD, is_required=True),
        Field("email", "email", WORD, is_required=True),
        Field("organisation", "organisation", WORD),
        Field("location", "location", WORD),
        Field("region", "region", WORD),
        Field("manager", "manager_id", WORD),
        Field("hired_on", "hired_on", DATE),
        Field("role", "role", WORD),
        Field("focus_area", "focus_area", WORD),
        Field("mentor", "is_mentor", BOOLEAN),
        Field("completed", "completed", list_of(_COMPLETED.as_value())),
    ),
)

_COURSES = table_of(WORD)


def load_people(path: Path) -> ExamplePeople:
    """Return the people of a file in the form that `examples/README.md` describes.

    Completions are in order of time.

    Raises:
        FrameworkError: with every problem by file and line.
    """
    findings = Findings()
    context = Context(path.name, findings)
    courses, people = _read(path, context)
    if not findings.problems:
        findings.problems.extend(_contradictions(people, courses))
    if findings.problems:
        count = len(findings.problems)
        raise FrameworkError(
            f"{count} problem{'s' if count > 1 else ''} in the people at {path}.",
            hint="Correct the lines named, then load again.",
            problems=findings.problems,
        )
    return _as_example(people, courses)


def _read(path: Path, context: Context) -> tuple[dict[str, str], list[_Person]]:
    text, problem = read_text(path, context.file)
    if problem:
        context.findings.problems.append(problem)
        return {}, []
    root = parse(text, context.report)
    if not isinstance(root, Table):
        if not context.findings.problems:
            context.report(1, 'the file has no lists "courses:" and "people:"')
        return {}, []
    report_unknown(root, ("courses", "people"), context)
    return _read_courses(root, context), list(_read_people(root, context))


def _read_courses(root: Table, context: Context) -> dict[str, str]:
    node = root.entries.get("courses")
    if node is None or is_absent(node):
        return {}
    courses = _COURSES.read(node, context)
    return courses if is_valid(courses) else {}


def _read_people(root: Table, context: Context) -> Iterator[_Person]:
    node = root.entries.get("people")
    if node is None or is_absent(node):
        return
    if not isinstance(node, Listing):
        context.refuse(node, "a list", 'Begin each person with "- employee_id: ...".')
        return
    for item in node.items:
        person = _PERSON.read(item, context)
        if is_valid(person):
            yield person


def _contradictions(
    people: list[_Person], courses: Mapping[str, str]
) -> Iterator[Problem]:
    yield from _repeated("employee_id", people, (one.employee_id for one in people))
    yield from _repeated("email", people, (one.email.casefold() for one in people))
    known = {one.employee_id for one in people}
    for person in people:
        if person.manager_id and person.manager_id not in known:
            yield Problem(
                person.place,
                f'the manager "{person.manager_id}" is not among the people',
                "Add the manager, or leave the field out at the top.",
                person.employee_id,
            )
        for completed in person.completed:
            if completed.course not in courses:
                yield Problem(
                    completed.place,
                    f'the course "{completed.course}" is not listed',
                    'Add it under "courses:".',
                    person.employee_id,
                )
    yield from _circles(people)


def _repeated(
    field: str, people: list[_Person], values: Iterable[str]
) -> Iterator[Problem]:
    stated = list(values)
    counts = Counter(stated)
    for person, value in zip(people, stated, strict=True):
        if counts[value] > 1:
            yield Problem(
                person.place,
                f'the {field} "{value}" stands {counts[value]} times',
                "Give everybody one of their own.",
                person.employee_id,
            )


def _circles(people: list[_Person]) -> Iterator[Problem]:
    managers = {one.employee_id: one.manager_id for one in people}
    for person in people:
        passed: set[str] = set()
        above = person.manager_id
        while above and above not in passed:
            passed.add(above)
            above = managers.get(above, "")
        if person.employee_id in passed:
            yield Problem(
                person.place,
                "this person is the own manager, directly or over others",
                "Correct the managers on the way up.",
                person.employee_id,
            )


def _as_example(people: list[_Person], courses: Mapping[str, str]) -> ExamplePeople:
    completions = (
        SeedCompletion(
            employee_id=person.employee_id,
            course=completed.course,
            completed_at=completed.at,
        )
        for person in people
        for completed in person.completed
    )
    return ExamplePeople(
        people=tuple(_as_seed(person) for person in people),
        completions=tuple(
            sorted(
                completions,
                key=lambda one: (one.completed_at, one.employee_id, one.course),
            )
        ),
        courses=courses,
        focus_areas={
            one.employee_id: one.focus_area for one in people if one.focus_area
        },
        regions={one.employee_id: one.region for one in people if one.region},
        mentors=frozenset(one.employee_id for one in people if one.is_mentor),
    )


def _as_seed(person: _Person) -> SeedPerson:
    return SeedPerson(
        employee_id=person.employee_id,
        given_name=person.given_name,
        family_name=person.family_name,
        email=person.email,
        organisation=person.organisation,
        location=person.location,
        manager_id=person.manager_id,
        hired_on=person.hired_on,
        role=person.role,
        focus_area=person.focus_area,
    )
