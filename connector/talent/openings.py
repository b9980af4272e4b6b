"""Open positions in the words of the framework: by role, by place, and outside it.

Pure. A position is no person, so numbers are told however small they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from connector.framework.model import Framework
from connector.kit.values import OpenPosition
from connector.talent.workforce import role_of

_NONE = "(none)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An open position, and the roles in use that it may be filled in.

    `profiles` are titles of the HRIS; `place` names all of several locations.
    """

    connection: str
    position_id: str
    roles: tuple[str, ...]
    profiles: tuple[str, ...]
    organisation: str
    place: str
    open_since: date | None

    def as_json(self) -> dict[str, Any]:
        """Return the opening as plain data."""
        since = self.open_since.isoformat() if self.open_since else None
        return {**asdict(self), "open_since": since}


@dataclass(frozen=True, slots=True)
class Openings:
    """Every open position that is known, none where no source tells, and why not."""

    found: tuple[Opening, ...] | None = None
    notes: tuple[str, ...] = ()

    def of_role(self, role: str) -> tuple[Opening, ...]:
        """Return those that may be filled in one role."""
        return tuple(each for each in self.found or () if role in each.roles)

    def by_role(self) -> dict[str, tuple[Opening, ...]]:
        """Return those within the framework, by role."""
        roles = sorted({role for each in self.found or () for role in each.roles})
        return {role: self.of_role(role) for role in roles}

    def outside(self) -> tuple[Opening, ...]:
        """Return those whose profiles lead to no role in use."""
        return tuple(each for each in self.found or () if not each.roles)

    def role_json(self, role: str) -> dict[str, Any] | None:
        """Return how many are open in a role and where; none where nobody tells."""
        return None if self.found is None else _told(self.of_role(role))

    def roles_json(self, roles: Collection[str]) -> dict[str, Any] | None:
        """Return the same for every one of these roles with an open position."""
        if self.found is None:
            return None
        held = self.by_role().items()
        return {role: _told(each) for role, each in held if role in roles}

    def outside_json(self) -> dict[str, Any] | None:
        """Return how many are open, how many outside, and in which organisations."""
        if self.found is None:
            return None
        return {
            "open": len(self.found),
            "outside": len(self.outside()),
            "by_organisation": by_organisation(self.outside()),
        }


def opening_of(
    position: OpenPosition,
    connection: str,
    keys: Mapping[tuple[str, str], str],
    framework: Framework,
) -> Opening:
    """Return a position in the words of the framework; `keys` are those of links."""
    held = (keys.get((each.kind, each.remote_id)) for each in position.roles)
    roles = dict.fromkeys(role_of(key)[0] for key in held if key is not None)
    return Opening(
        connection=connection,
        position_id=position.position_id,
        roles=tuple(
            role
            for role in roles
            if role in framework.roles and not framework.roles[role].is_retired
        ),
        profiles=tuple(each.label for each in position.roles),
        organisation=position.organisation,
        place=" or ".join(position.locations),
        open_since=position.open_since,
    )


def by_organisation(openings: Iterable[Opening]) -> dict[str, int]:
    """Return how many are open in each organisation, the most first."""
    return _counted(each.organisation for each in openings)


def number_and_places(openings: Sequence[Opening]) -> str:
    """Return how many are open and where, as “2, London 1, Warsaw 1”."""
    places = _counted(each.place for each in openings).items()
    return ", ".join([str(len(openings)), *(f"{name} {one}" for name, one in places)])


def _told(openings: Sequence[Opening]) -> dict[str, Any]:
    return {
        "positions": len(openings),
        "places": _counted(each.place for each in openings),
    }


def _counted(names: Iterable[str]) -> dict[str, int]:
    counted = Counter(name or _NONE for name in names)
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))
