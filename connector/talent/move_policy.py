"""What a deployment decides about moves: who approves, for how long, what is told.

Plain values, made of a connection's policy; nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from connector.kit.values import MoveKind


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePolicy:
    """The rules that hold for moves in one connection.

    `approvals` is how many people approve, each another one. `change_reasons` are the
    HRIS's own ids, by kind of move, for drafts that the connector prepares; such a
    draft takes effect on the first day of a month, `effective_after_days` away at
    least.
    """

    approvals: int = 1
    may_approve_own_draft: bool = False
    draft_days: int = 180
    approval_days: int = 90
    effective_after_days: int = 30
    change_reasons: Mapping[MoveKind, str] = field(default_factory=dict)

    def effective_on(self, today: date) -> date:
        """Return the day on which a move takes effect that is prepared today."""
        earliest = today + timedelta(days=self.effective_after_days)
        if earliest.day == 1:
            return earliest
        following = earliest.replace(day=1) + timedelta(days=31)
        return following.replace(day=1)
