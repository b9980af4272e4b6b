"""What becomes of evidence in the HRIS: chosen by kind of activity, with limits.

Plain values, made of a connection's mapping; nothing here reads or sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connector.kit.values import DispatchKind

#: Kinds of activity beside those of the framework: a badge or certificate, a rating or
#: attestation by a person, a contribution, and all that has no line of its own.
BADGE, RATING, CONTRIBUTION, OTHER = "badge", "rating", "contribution", "other"


def _no_level(_scale: str, _rank: int) -> str:
    return ""


def _no_link(_reference: str) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRules:
    """How one connection takes evidence.

    `becomes` says what each kind of activity is sent as; none: it stays here. `level`
    gives the HRIS's own id of a step by scale and rank, `link` where a reference can be
    looked up by a person. More than `inbox_tasks` at once need a second person.
    """

    becomes: Mapping[str, DispatchKind | None] = field(
        default_factory=lambda: {
            BADGE: DispatchKind.CERTIFICATION,
            RATING: None,
            CONTRIBUTION: None,
            OTHER: DispatchKind.TRAINING,
        }
    )
    level: Callable[[str, int], str] = _no_level
    link: Callable[[str], str] = _no_link
    inbox_tasks: int = 50

    def kind_for(self, activity: str) -> DispatchKind | None:
        """Return what a kind of activity is sent as, none where it stays here."""
        if activity in self.becomes:
            return self.becomes[activity]
        return self.becomes.get(OTHER)
