"""Numbers of people that may be told: none of fewer than five (design section 9).

Pure. What is left untold cannot be worked out from what stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Groups of fewer people are not shown.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Group:
    """A number of people, or none where it may not be told."""

    name: str
    people: int | None


def counted(groups: Mapping[str, Iterable[str]]) -> tuple[Group, ...]:
    """Return the number of persons of each group, largest first, small ones as one.

    `groups` holds person ids. Where the small ones together are still too few, the
    smallest of the others joins them, so that no total gives them away.
    """
    people = {name: set(ids) for name, ids in groups.items()}
    shown = {name: ids for name, ids in people.items() if len(ids) >= FEWEST}
    rest = set().union(*(people[name] for name in people.keys() - shown.keys()))
    in_order = sorted(shown, key=lambda name: (-len(shown[name]), name))
    while rest and len(rest) < FEWEST and in_order:
        rest |= shown[in_order.pop()]
    told = [Group(name, len(shown[name])) for name in in_order]
    if rest:
        told.append(Group("", len(rest) if len(rest) >= FEWEST else None))
    return tuple(told)


def told_number(people: Iterable[str]) -> int | None:
    """Return how many persons there are, none where that may not be told."""
    return told_count(len(set(people)))


def told_count(number: int) -> int | None:
    """Return a number of persons, none where it may not be told."""
    return None if 0 < number < FEWEST else number


def told_parts(parts: Mapping[str, int]) -> dict[str, int | None]:
    """Return the parts of one total, which may stand beside them.

    A part that may not be told hides the smallest other one as well, else the total
    would give it away. An empty part is told, but not where it would be the only one.
    """
    told: dict[str, int | None] = {
        name: told_count(number) for name, number in parts.items()
    }
    hidden = [name for name, number in told.items() if number is None]
    others = sorted(
        (name for name in parts if name not in hidden and parts[name]),
        key=lambda name: (parts[name], name),
    )
    if len(hidden) == 1 and others:
        told[others[0]] = None
    elif len(hidden) == 1:
        told = dict.fromkeys(parts, None)
    return told


def words_for(number: int | None) -> str:
    """Return a number of people in words."""
    return f"fewer than {FEWEST}" if number is None else str(number)
