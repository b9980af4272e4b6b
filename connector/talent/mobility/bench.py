"""Bench strength: how many people are ready for a role, one step away, or further.

Pure. Counts what is kept of readiness; never fewer than five people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connector.store.readiness import KeptReadiness
from connector.talent.small_groups import told_count, told_parts
from connector.talent.targets import TargetKind

READY, ONE_STEP, FURTHER = "ready", "one step away", "further"


@dataclass(frozen=True, slots=True)
class RoleBench:
    """The people looked at for a role; none where a number may not be told."""

    role: str
    people: int | None
    parts: Mapping[str, int | None]


def bench(kept: Iterable[KeptReadiness]) -> list[RoleBench]:
    """Return the bench of every role that people are on the way to, by role.

    Ready is who meets everything required, whether or not something else stands in the
    way of a move; one step away is who lacks one requirement. Who holds a role is not
    on its bench, and where nobody is there is no row.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for each in kept:
        if each.kind != TargetKind.PRESENT:
            found[each.role][_place(each)] += 1
    return [
        RoleBench(
            role,
            told_count(total := places.total()),
            told_parts({name: places[name] for name in (READY, ONE_STEP, FURTHER)})
            if told_count(total) is not None
            else {},
        )
        for role, places in sorted(found.items())
    ]


def _place(each: KeptReadiness) -> str:
    if each.is_met:
        return READY
    return ONE_STEP if each.open_number == 1 else FURTHER
