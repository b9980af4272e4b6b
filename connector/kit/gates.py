"""What an adapter can tell about a target before anything is written to it.

Protocols only. Both are optional: a platform without them takes every kind as it is,
and keeps nothing for days to come.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from connector.kit.values import KindAnswer


class Gate(Protocol):
    """Tells which kinds the target takes in the form in which they are sent."""

    def stamp(self, kind: str) -> str:
        """Return what an answer about a kind holds for: the versions of both sides."""
        ...

    def answers(self, kinds: Collection[str]) -> Mapping[str, KindAnswer]:
        """Ask the target about some kinds; an answer for each.

        Raises:
            TransientError: the target does not answer.
        """
        ...


class Outlook(Protocol):
    """Tells what the target holds for days to come."""

    def later_entries(
        self, kind: str, remote_ids: Collection[str], after: date
    ) -> Mapping[str, date]:
        """Return the date of an entry that takes effect after a day, by remote id.

        Objects without one are left out. A write dated no later than `after` is
        replaced when such an entry takes effect.

        Raises:
            TargetError: it cannot be read.
        """
        ...
