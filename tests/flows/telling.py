"""What of the example's learning is worth telling, counted from its files alone."""

from __future__ import annotations

from collections.abc import Iterator

from connector.commands.sandbox import EXAMPLE
from connector.framework import load_framework
from connector.framework.bases import accepted_bases
from connector.framework.model import Basis, Framework, Requirement
from connector.kit.protocols import SeedPerson
from connector.runtime.example import load_people
from connector.runtime.resources import shipped


def completions_worth_telling() -> set[tuple[str, str]]:
    """Return employee id and course of what first shows a step that somebody needs.

    People need what their role asks for, and the roles one level above it.
    """
    framework = load_framework(shipped(f"{EXAMPLE}/framework"))
    example = load_people(shipped(f"{EXAMPLE}/people.yaml"))
    found = set()
    for person in example.people:
        done = sorted(
            (each.completed_at, each.course)
            for each in example.completions
            if each.employee_id == person.employee_id
        )
        for needed in _needed(framework, person):
            first = next(
                (one for _, one in done if _shows(framework, one, needed)), None
            )
            found |= {(person.employee_id, first)} if first else set()
    return found


def _needed(framework: Framework, person: SeedPerson) -> Iterator[Requirement]:
    role = framework.roles[person.role]
    for other in framework.roles.values():
        is_above = (
            (other.family, other.track) == (role.family, role.track)
            and other.level is not None
            and role.level in framework.levels[other.level].above
        )
        if is_above or other == role:
            area = person.focus_area or None
            for each in framework.requirements_of(other.key, area):
                if Basis.LEARNING in accepted_bases(framework, each).bases:
                    yield each


def _shows(framework: Framework, course: str, needed: Requirement) -> bool:
    return any(
        given.competency == needed.competency
        and (
            needed.step is None
            or framework.rank_of(given.competency, given.step)
            >= framework.rank_of(needed.competency, needed.step)
        )
        for _, activity in framework.activities()
        if activity.course == course
        for given in activity.gives
    )
