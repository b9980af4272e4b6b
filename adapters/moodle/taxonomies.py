"""What the levels of a competency tree are called.

Pure. Moodle calls a level that is not named “competency”, and its page for a framework
names every level it has room for when somebody saves it (tried on 4.5).
"""

from __future__ import annotations

from collections.abc import Iterable

USUAL = "competency"


def told_levels(terms: Iterable[str]) -> tuple[str, ...]:
    """Return the names of levels without those at the end that Moodle gives anyway."""
    named = list(terms)
    while named and named[-1] == USUAL:
        named.pop()
    return tuple(named)
