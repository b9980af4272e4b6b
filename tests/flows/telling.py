"""What of the example's learning is worth telling, counted from its files alone."""

from __future__ import annotations

from collections.abc import Iterator

from connector.commands.sandbox import EXAMPLE
from connector.framework import load_framework
from connector.framework.bases import accepted_bases
from connector.framework.model import Basis, Framework, Requirement, Role
from connector.kit.protocols import SeedPerson
from connector.runtime.example import load_people
from connector.runtime.resources import shipped


def completions_worth_telling() -> set[tuple[str, str]]:
    """Return employee id and course of what first shows a step that somebody needs.

    People need what their role asks for, the next roles of the family, and the moves
    to them.
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
    area = person.focus_area or None
    asked = list(framework.requirements_of(role.key, area))
    for higher in _next(framework, role):
        asked += framework.requirements_of(higher.key, area)
        for move in framework.moves.values():
            if (move.from_role, move.to_role) == (role.key, higher.key):
                asked += move.requirements
    for each in asked:
        if Basis.LEARNING in accepted_bases(framework, each).bases:
            yield each


def _next(framework: Framework, role: Role) -> list[Role]:
    """Return the family's roles on the first rungs above on which it has any."""
    rungs = {role.level}
    while rungs:
        rungs = {
            level.key
            for level in framework.levels.values()
            if rungs & set(level.above) and not level.is_retired
        }
        found = [
            other
            for other in framework.roles.values()
            if other.family == role.family
            and other.level in rungs
            and not other.is_retired
        ]
        if found:
            return found
    return []


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
