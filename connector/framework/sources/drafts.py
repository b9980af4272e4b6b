"""What rows say about one element, collected before the element is built.

Several rows may speak of one element. Where they contradict each other the value
that sorts first is taken and the contradiction is noted, so that the order of rows
never matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.framework.sources.keys import Identity
from connector.framework.sources.report import ReportBuilder

#: Values that say nothing; a rank of zero says something.
_NOTHING: tuple[Any, ...] = (None, "", ())


@dataclass(slots=True)
class Draft:
    """One element to be: its values by field, each with where it was said first."""

    kind: str
    identity: Identity
    place: str
    values: dict[str, dict[Any, str]] = field(default_factory=dict)

    def add(self, values: Mapping[str, Any], place: str) -> None:
        """Add what a row says; empty values say nothing."""
        for name, value in values.items():
            if value not in _NOTHING:
                self.values.setdefault(name, {}).setdefault(value, place)

    def settle(self, report: ReportBuilder) -> dict[str, Any]:
        """Return one value per field, noting contradictions."""
        settled = {}
        for name, said in self.values.items():
            first, *others = sorted(said)
            settled[name] = first
            for other in others:
                report.note(
                    "contradictions",
                    said[other],
                    f'{self.kind} "{" | ".join(self.identity)}" has another {name} '
                    f"than in {said[first]}, which is kept",
                )
        return settled


class Drafts:
    """All elements to be, by kind and identity."""

    def __init__(self) -> None:
        self._drafts: dict[tuple[str, Identity], Draft] = {}

    def draft(self, kind: str, identity: Identity, place: str) -> Draft:
        """Return the draft of an identity, a new one where there is none."""
        return self._drafts.setdefault((kind, identity), Draft(kind, identity, place))

    def find(self, kind: str, identity: Identity) -> Draft | None:
        """Return the draft of an identity, none where no row made one."""
        return self._drafts.get((kind, identity))

    def of_kind(self, kind: str) -> dict[Identity, Draft]:
        """Return the drafts of a kind by identity, sorted."""
        return {
            identity: draft
            for (one, identity), draft in sorted(
                self._drafts.items(), key=lambda item: item[0]
            )
            if one == kind
        }
