"""Eligibility: what stands in the way of a move, whatever a person has learned.

Pure. Kept apart from requirements (design section 9): time in level, leave, notice, an
open job change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from connector.framework.model import Framework
from connector.talent.standing import PersonStanding


class Obstacle(StrEnum):
    """Why no move may be proposed at the moment."""

    LEFT = "left"
    NO_ROLE = "no_role"
    ON_LEAVE = "on_leave"
    ON_NOTICE = "on_notice"
    OPEN_MOVE = "open_move"
    TIME_IN_LEVEL = "time_in_level"
    TIME_UNKNOWN = "time_unknown"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The obstacles, and where it is a matter of time the day on which it ends."""

    obstacles: tuple[Obstacle, ...] = ()
    from_day: date | None = None

    @property
    def is_eligible(self) -> bool:
        """Tell whether nothing stands in the way."""
        return not self.obstacles


def eligibility(
    framework: Framework, standing: PersonStanding, role: str, as_of: date
) -> Eligibility:
    """Return what stands in the way of a person's move into a role.

    A level's `minimum_months` are months on the present level before one steps up to
    it. Between equal levels there is nothing to wait for.
    """
    obstacles = [
        obstacle
        for obstacle, is_there in (
            (Obstacle.LEFT, not standing.is_active),
            (Obstacle.NO_ROLE, standing.primary_role is None),
            (Obstacle.ON_LEAVE, standing.on_leave),
            (Obstacle.ON_NOTICE, standing.on_notice),
            (Obstacle.OPEN_MOVE, standing.has_open_move),
        )
        if is_there
    ]
    months = _months_to_wait(framework, standing, role)
    from_day = None
    if months and standing.level_since is None:
        obstacles.append(Obstacle.TIME_UNKNOWN)
    elif months and standing.level_since is not None:
        from_day = months_after(standing.level_since, months)
        if as_of < from_day:
            obstacles.append(Obstacle.TIME_IN_LEVEL)
    return Eligibility(tuple(obstacles), from_day)


def months_after(start: date, months: int) -> date:
    """Return the same day some months later, the month's last where it has none."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    last = (following - date(year, month, 1)).days
    return date(year, month, min(start.day, last))


def _months_to_wait(framework: Framework, standing: PersonStanding, role: str) -> int:
    target = framework.levels.get(framework.roles[role].level or "")
    held = standing.primary_role
    present = framework.roles.get(held.role) if held else None
    if target is None or not target.minimum_months or present is None:
        return 0
    is_equal = present.level in (target.key, target.parity)
    return 0 if is_equal else target.minimum_months
