"""Mentors for a move: people who made it or hold the target role, and who said yes.

Pure. Consent is looked at every time, so that taking it back is enough.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from connector.sync.people import RolePeople


@dataclass(frozen=True, slots=True)
class Mentor:
    """Somebody who may be asked; `made_the_move` tells of both roles held."""

    person_id: str
    role: str
    made_the_move: bool


def mentors_for(
    people: RolePeople,
    willing: Collection[str],
    role: str,
    from_role: str | None = None,
    *,
    besides: Collection[str] = (),
) -> list[Mentor]:
    """Return who may be asked about a role, those first who came the same way.

    `besides` are left out: nobody mentors themselves.
    """
    holders = {each.id for each in people.holders.get(role, ())}
    left = people.former.get(from_role, ()) if from_role else ()
    came_from = {each.id for each in left}
    found = [
        Mentor(person_id, role, person_id in came_from)
        for person_id in (holders & set(willing)) - set(besides)
    ]
    return sorted(found, key=lambda each: (not each.made_the_move, each.person_id))
