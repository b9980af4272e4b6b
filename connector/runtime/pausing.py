"""Evidence that is sent only while no window of the target is open.

Wraps an adapter's talent; what one worker gets is never parted by a pause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from connector.kit.protocols import Talent
from connector.kit.values import (
    ApplyItem,
    Dispatch,
    DispatchFound,
    DispatchStatus,
    OpenDispatch,
    Ref,
    Untried,
)

#: Dispatches between two looks at the clock; seconds of work.
_STRIDE = 40


class PausingTalent:
    """Sends in strides, and nothing more once there is a reason to pause."""

    def __init__(self, talent: Talent, notice: Callable[[], str]) -> None:
        self._talent = talent
        self._notice = notice

    def find(self, dispatches: Sequence[Dispatch]) -> Iterator[DispatchFound]:
        """Yield those dispatches that the HRIS already shows."""
        return self._talent.find(dispatches)

    def follow(self, sent: Sequence[OpenDispatch]) -> Iterator[DispatchStatus]:
        """Yield what became of dispatches that no record shows yet."""
        return self._talent.follow(sent)

    def send(self, dispatches: Sequence[Dispatch]) -> Iterator[ApplyItem]:
        """Send dispatches; those that a pause leaves over were not tried."""
        for stride in _strides(dispatches):
            if reason := self._notice():
                for each in stride:
                    yield Untried(Ref("dispatch", each.reference), reason)
            else:
                yield from self._talent.send(stride)


def _strides(dispatches: Sequence[Dispatch]) -> Iterator[list[Dispatch]]:
    """Yield dispatches in strides that hold all of a worker's, or none."""
    by_worker: dict[str, list[Dispatch]] = {}
    for each in dispatches:
        by_worker.setdefault(each.employee_id, []).append(each)
    stride: list[Dispatch] = []
    for theirs in by_worker.values():
        stride += theirs
        if len(stride) >= _STRIDE:
            yield stride
            stride = []
    if stride:
        yield stride
