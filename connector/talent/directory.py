"""People by the names under which they are spoken of, and under which they act.

Read once for many look-ups. Personal data: nothing here is logged.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from connector.store import people
from connector.store.people import Person


class Directory:
    """Everybody who is known; `connections` are those whose people may be spoken of."""

    def __init__(self, conn: Connection, connections: Collection[str]) -> None:
        known = people.all(conn)
        self._within = {
            person_id
            for name in connections
            for person_id in people.ids_by_source(conn, name).values()
        }
        self._by_id = {each.id: each for each in known}
        self._by_employee_id: dict[str, list[Person]] = {}
        self._acting: dict[str, dict[str, Person]] = {}
        for each in known:
            self._by_employee_id.setdefault(each.employee_id, []).append(each)
            names = [each.id, each.employee_id]
            if each.is_active:
                names += [each.email, each.email.partition("@")[0], each.name]
            for name in filter(None, names):
                self._acting.setdefault(name.casefold(), {})[each.id] = each

    def named(self, name: str) -> Person:
        """Return the person with an id of ours or an employee id.

        Raises:
            LookupError: saying why it is nobody.
        """
        if name in self._by_id:
            found = [self._by_id[name]]
        else:
            found = self._by_employee_id.get(name, []) if name else []
        if len(found) != 1:
            raise LookupError(
                f"{len(found) or 'no'} people are known by the id “{name}”"
            )
        if found[0].id not in self._within:
            raise LookupError(
                f"“{name}” is of no connection that evidence is switched on for"
            )
        return found[0]

    def acting(self, name: str) -> Person:
        """Return who acts under a name: an id, an address, what stands before its @.

        The whole name will do where only one bears it; who works here comes first.

        Raises:
            LookupError: saying why it is nobody.
        """
        found = list(self._acting.get(name.strip().casefold(), {}).values())
        found = [each for each in found if each.is_active] or found
        if len(found) != 1:
            raise LookupError(f"“{name}” names {len(found) or 'no'} people")
        return found[0]

    def may_be(self, person: Person, name: str) -> bool:
        """Tell whether a name may be that of a person, as others may bear it too."""
        return person.id in self._acting.get(name.strip().casefold(), {})

    def are_one(self, first: str, second: str) -> bool:
        """Tell whether two names may be those of one person."""
        left, right = first.strip().casefold(), second.strip().casefold()
        if left == right:
            return True
        return bool(self._acting.get(left, {}).keys() & self._acting.get(right, {}))

    def is_above(self, boss: Person, person: Person) -> bool:
        """Tell whether one is in the line of managers above another."""
        seen: set[str] = set()
        while person.manager_id and person.id not in seen:
            seen.add(person.id)
            above = self._by_employee_id.get(person.manager_id, [])
            if len(above) != 1:
                return False
            person = above[0]
            if person.id == boss.id:
                return True
        return False
