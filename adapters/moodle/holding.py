"""Whether the service account has a right, as a control call showed it; values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Holding(StrEnum):
    """Whether the account has a right."""

    HELD = "held"
    MISSING = "missing"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a control call showed, and why nothing could be told where it did not."""

    holding: Holding
    reason: str = ""


HELD, MISSING = Finding(Holding.HELD), Finding(Holding.MISSING)


def untold(reason: str) -> Finding:
    """Return that nothing was shown, and why."""
    return Finding(Holding.UNTOLD, reason)
