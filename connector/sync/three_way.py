"""The three-way comparison of one value: what we want, what we last wrote, what is.

Pure. A field is one value; so is each row of a group (`rows` takes groups apart).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, Generic, TypeVar

T = TypeVar("T")


class Absent(Enum):
    """The value that a row has where there is no row."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


class Verdict(StrEnum):
    """What the comparison of one value comes to."""

    SAME = "same"
    UPDATE = "update"
    DRIFT = "drift"
    RECORDED = "recorded"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """The two values a link keeps.

    `sent` is what we last wrote, `seen` what the target showed after it.
    """

    sent: T | Absent
    seen: T | Absent


def compare(desired: T | Absent, known: Known[T], target: T | Absent) -> Verdict:
    """Compare one value three ways: desired with `sent`, target with `seen`."""
    is_desired_changed = desired != known.sent
    is_target_changed = target != known.seen
    if not is_target_changed:
        return Verdict.UPDATE if is_desired_changed else Verdict.SAME
    if desired == target:
        return Verdict.RECORDED
    return Verdict.CONFLICT if is_desired_changed else Verdict.DRIFT


def join(desired: T, target: T | Absent, *, is_target_empty: bool) -> Verdict:
    """Compare a value that we never wrote with what stands in the target.

    Equal values join, an empty place is filled, anything else is somebody's word.
    """
    if desired == target:
        return Verdict.RECORDED
    return Verdict.UPDATE if is_target_empty else Verdict.CONFLICT
