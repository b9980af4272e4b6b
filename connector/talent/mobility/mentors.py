"""Mentors for a move: people who made it or hold the target role, and who said yes.

Pure. Consent is looked at every time, so that taking it back is enough.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mentor:
    """Somebody who may be asked; `made_the_move` tells of both roles held."""

    person_id: str
    role: str
    made_the_move: bool


def mentors_for(
    role: str,
    holders: Collection[str],
    willing: Collection[str],
    *,
    made_the_move: Collection[str] = (),
    besides: Collection[str] = (),
) -> list[Mentor]:
    """Return who may be asked about a role, those first who made the same move.

    `besides` are left out: nobody mentors themselves.
    """
    found = [
        Mentor(person_id, role, person_id in made_the_move)
        for person_id in (set(holders) & set(willing)) - set(besides)
    ]
    return sorted(found, key=lambda each: (not each.made_the_move, each.person_id))
