"""Level and lateral moves on their way to the HRIS, and what it says about them.

A move is started by a person's decision and decided by the HRIS's own approvals; no
value here can ask for it to be completed without them. Personal data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from connector.kit.values.data import Foreign


class MoveKind(StrEnum):
    """A step up the ladder, or one beside it."""

    LEVEL = "level"
    LATERAL = "lateral"


class MoveState(StrEnum):
    """What the HRIS made of a move; all but `IN_PROGRESS` are final."""

    IN_PROGRESS = "in_progress"
    APPROVED = "approved"
    DENIED = "denied"
    CANCELLED = "cancelled"
    RESCINDED = "rescinded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One person's move into another role.

    `reference` is ours, unique and stable; the HRIS keeps it in the comment. `role` is
    the role's object there. `position_id` may be empty where the person holds one
    position only. An empty `title` keeps the present business title. `reason_id` is
    the HRIS's own id of the reason. `link` leads to the evidence, which itself never
    leaves.
    """

    reference: str
    employee_id: str
    role: Foreign
    effective_on: date
    reason_id: str
    position_id: str = ""
    title: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class MovePosition:
    """A position that the worker holds now, with its role and business title."""

    position_id: str
    role: Foreign | None
    business_title: str
    is_primary: bool


@dataclass(frozen=True, slots=True)
class MoveReason:
    """A reason that the HRIS offers for a move."""

    reason_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveEvent:
    """A process about the worker in the HRIS.

    `is_ours` is none where nothing tells whether it bears our reference.
    """

    remote_id: str
    name: str
    initiated_on: date | None
    state: MoveState
    is_ours: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePreview:
    """What a person sees before a move is approved; nothing was started for it.

    `conflicts` are processes in progress that bar this one, `others` those in progress
    beside it. `skipped` names each check that the HRIS leaves out when an integration
    starts the process: a person confirms them. `problems` say why it cannot start.
    """

    positions: tuple[MovePosition, ...] = ()
    position_id: str = ""
    business_title: str = ""
    reasons: tuple[MoveReason, ...] = ()
    conflicts: tuple[MoveEvent, ...] = ()
    others: tuple[MoveEvent, ...] = ()
    skipped: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStatus:
    """How far a started move has come; `words` are what people wrote about it."""

    state: MoveState
    decided_on: date | None = None
    words: tuple[str, ...] = ()
