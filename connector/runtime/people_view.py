"""People as a person at the command line sees them: positions in the framework's words.

Names, addresses, employee and position ids are personal: they are shown only to who
asks for them, and that is written down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.framework.model import Framework
from connector.kit.errors import ConfigError
from connector.kit.values import SourceAssignment
from connector.runtime.editions import release_edition
from connector.runtime.instance import Instance
from connector.store import audit, links, people
from connector.store.people import Person
from connector.talent.workforce import role_of

HIDDEN = "<hidden: personal>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A position in the words of the framework; empty where it says nothing."""

    role: str = ""
    focus_area: str = ""
    family: str = ""
    track: str = ""
    level: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class PeopleView:
    """Everybody who is known, and what their positions mean."""

    persons: Mapping[str, Person]
    positions: Mapping[str, tuple[SourceAssignment, ...]]
    standings: Mapping[str, tuple[Standing, ...]]

    def counts(self) -> dict[str, int]:
        """Return how many people stand how, the most frequent first."""
        counted = Counter(person.status for person in self.persons.values())
        return dict(counted.most_common())

    def named(self, name: str) -> Person:
        """Return the person with an id of ours or an employee id.

        Raises:
            ConfigError: there is none, or several bear that employee id.
        """
        if name in self.persons:
            return self.persons[name]
        found = [each for each in self.persons.values() if each.employee_id == name]
        if len(found) == 1:
            return found[0]
        raise ConfigError(
            "several people bear that employee id"
            if found
            else "nobody is known by that id",
            hint="Name one of these ids: " + ", ".join(each.id for each in found)
            if found
            else "Read the people again, or look into `jobframe people list`.",
        )

    def chain(self, person: Person) -> list[Person]:
        """Return the managers above a person, the nearest first."""
        by_employee_id: dict[str, list[Person]] = {}
        for each in self.persons.values():
            by_employee_id.setdefault(each.employee_id, []).append(each)
        return chain_of(person, by_employee_id)

    def holders(self, role: str) -> list[Person]:
        """Return the active people who hold a role of the framework."""
        return [
            self.persons[person_id]
            for person_id, standings in self.standings.items()
            if any(each.role == role for each in standings)
            and self.persons[person_id].is_active
        ]

    def row(self, person: Person, *, is_personal: bool) -> dict[str, Any]:
        """Return what is shown of a person, as plain data."""
        positions = self.positions.get(person.id, ())
        moves = [each.moved_on for each in positions if each.moved_on]
        return {
            "id": person.id,
            "employee_id": person.employee_id if is_personal else HIDDEN,
            "name": person.name if is_personal else HIDDEN,
            "email": person.email if is_personal else HIDDEN,
            "status": person.status,
            "worker_type": person.worker_type.value,
            "hired_on": _day(person.hired_on),
            "first_hired_on": _day(person.first_hired_on),
            "left_on": _day(person.left_on),
            "last_move_on": _day(max(moves, default=None)),
            "managers": [each.id for each in self.chain(person)],
            "assignments": [
                _position(position, standing, is_personal=is_personal)
                for position, standing in zip(
                    positions, self.standings.get(person.id, ()), strict=True
                )
            ],
        }


def chain_of(
    person: Person, by_employee_id: Mapping[str, Sequence[Person]]
) -> list[Person]:
    """Return the managers above a person, the nearest first, as far as each is one."""
    chain: list[Person] = []
    current = person
    while current.manager_id:
        above = by_employee_id.get(current.manager_id, [])
        if len(above) != 1 or above[0] in (person, *chain):
            break
        current = above[0]
        chain.append(current)
    return chain


def people_view(instance: Instance) -> PeopleView:
    """Return everybody who is known, with the release in effect today."""
    try:
        framework = release_edition(instance, None, instance.today()).framework
    except ConfigError:
        framework = None
    with instance.database.read() as conn:
        persons = {each.id: each for each in people.all(conn)}
        positions = people.assignments(conn)
        keys = links.keys(conn)
    countries = _regions_of(framework)
    return PeopleView(
        persons=persons,
        positions=positions,
        standings={
            person_id: tuple(
                _standing(each, keys, framework, countries) for each in held
            )
            for person_id, held in positions.items()
        },
    )


def note_showing(instance: Instance, person: str, shown: int) -> None:
    """Write down that somebody was shown personal data."""
    with instance.database.write() as conn:
        audit.append(
            conn,
            at=instance.now(),
            actor="people",
            action="people shown",
            detail={"people": shown, "by": person},
        )


def _regions_of(framework: Framework | None) -> dict[str, str]:
    """Return the region of every country that belongs to one."""
    regions = framework.regions.values() if framework else ()
    return {country: region.key for region in regions for country in region.countries}


def _standing(
    position: SourceAssignment,
    keys: Mapping[tuple[str, str], str],
    framework: Framework | None,
    regions: Mapping[str, str],
) -> Standing:
    region = regions.get(position.country, "")
    held = position.role
    key = keys.get((held.kind, held.remote_id)) if held else None
    if key is None:
        return Standing(region=region)
    role_key, area = role_of(key)
    role = framework.roles.get(role_key) if framework else None
    return Standing(
        role=role_key,
        focus_area=area or "",
        family=role.family if role else "",
        track=role.track.value if role and role.track else "",
        level=(role.level or "") if role else "",
        region=region,
    )


def _position(
    position: SourceAssignment, standing: Standing, *, is_personal: bool
) -> dict[str, Any]:
    return {
        "position_id": position.position_id if is_personal else HIDDEN,
        "is_primary": position.is_primary,
        "is_international": position.is_international,
        "profile": position.role.label if position.role else "",
        "role": standing.role,
        "focus_area": standing.focus_area,
        "family": standing.family,
        "track": standing.track,
        "level": standing.level,
        "region": standing.region,
        "country": position.country,
        "location": position.location,
        "organisation": position.organisation,
        "since": _day(position.since),
        "moved_on": _day(position.moved_on),
    }


def _day(day: object) -> str | None:
    return None if day is None else str(day)
