"""Who may see what of whom: own data, that of reports, by scope, what was shared.

Pure. What no rule allows is not shown; pay follows a rule of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class What(StrEnum):
    """A part of what is held about a person.

    `PROFILE` is name, role and position; `GROWTH` evidence, readiness and chosen
    targets; `MOVES` proposals with their packets; the bands are those of the present
    level and of the next.
    """

    PROFILE = "profile"
    GROWTH = "growth"
    MOVES = "moves"
    OWN_BAND = "own band"
    NEXT_BAND = "next band"


class BandsShown(StrEnum):
    """Which pay bands a country lets people see: their own, the next one too."""

    NONE = "none"
    OWN = "own"
    OWN_AND_NEXT = "own and next"


_BANDS = {
    What.OWN_BAND: (BandsShown.OWN, BandsShown.OWN_AND_NEXT),
    What.NEXT_BAND: (BandsShown.OWN_AND_NEXT,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HrScope:
    """The people somebody in HR looks after; no country named means all of them."""

    connections: frozenset[str]
    countries: frozenset[str] = frozenset()
    may_see_pay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks: a person, somebody in HR, or both; `is_launch` came from the LMS.

    A launch proves no more than what the LMS says: own data, and never pay.
    """

    person_id: str = ""
    hr: HrScope | None = None
    is_launch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed:
    """Whose data it is: managers above, the nearest first, and who shows the person.

    `shared` is what the person shares with each mentor, by our id of the mentor.
    """

    person_id: str
    managers: tuple[str, ...] = ()
    connections: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    shared: Mapping[str, Collection[What]] = field(default_factory=dict)


def may_see(
    viewer: Viewer,
    person: Viewed,
    what: What,
    bands: Mapping[str, BandsShown] | None = None,
) -> bool:
    """Tell whether somebody may see a part of what is held about a person.

    `bands` is the setting of each country; where a person works in several, each must
    allow it, and a country without a setting shows no band.
    """
    if what in _BANDS:
        return _may_see_band(viewer, person, what, bands or {})
    if viewer.person_id and viewer.person_id == person.person_id:
        return True
    if viewer.is_launch:
        return False
    if viewer.hr is not None and _is_within(viewer.hr, person):
        return True
    if not viewer.person_id:
        return False
    if viewer.person_id in person.managers:
        return True
    return what in person.shared.get(viewer.person_id, ())


def _may_see_band(
    viewer: Viewer, person: Viewed, what: What, bands: Mapping[str, BandsShown]
) -> bool:
    if viewer.is_launch:
        return False
    if viewer.hr and viewer.hr.may_see_pay and _is_within(viewer.hr, person):
        return True
    if not viewer.person_id or viewer.person_id != person.person_id:
        return False
    allowed = [bands.get(each, BandsShown.NONE) for each in person.countries]
    return bool(allowed) and all(each in _BANDS[what] for each in allowed)


def _is_within(scope: HrScope, person: Viewed) -> bool:
    if scope.connections.isdisjoint(person.connections):
        return False
    return not scope.countries or not scope.countries.isdisjoint(person.countries)
