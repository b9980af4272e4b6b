"""Sending evidence pauses between workers, never between what one worker gets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from connector.kit.values import (
    ApplyItem,
    Dispatch,
    DispatchFound,
    DispatchKind,
    DispatchStatus,
    Done,
    OpenDispatch,
    Ref,
    Untried,
)
from connector.runtime.pausing import PausingTalent


def dispatch(number: int, worker: str) -> Dispatch:
    return Dispatch(
        reference=f"d-{number}",
        kind=DispatchKind.TRAINING,
        employee_id=worker,
        title="Knots",
        description="",
        completed_on=date(2026, 3, 1),
    )


@dataclass
class Record:
    """An HRIS that takes everything and remembers in which strides it came."""

    strides: list[list[str]] = field(default_factory=list)

    def find(self, dispatches: Sequence[Dispatch]) -> Iterator[DispatchFound]:
        for each in dispatches:
            yield DispatchFound(each.reference, "there")

    def follow(self, sent: Sequence[OpenDispatch]) -> Iterator[DispatchStatus]:
        del sent
        return iter(())

    def send(self, dispatches: Sequence[Dispatch]) -> Iterator[ApplyItem]:
        self.strides.append([each.employee_id for each in dispatches])
        for each in dispatches:
            yield Done(Ref("dispatch", each.reference), "wid")


def test_a_pause_leaves_the_rest_untried_and_parts_no_worker() -> None:
    record = Record()
    reasons = iter(["", "update"])
    talent = PausingTalent(record, lambda: next(reasons))
    # Two for each worker, thirty dispatches apart.
    workers = [f"w-{number % 30}" for number in range(60)]
    items = list(talent.send([dispatch(n, w) for n, w in enumerate(workers)]))
    (first,) = record.strides
    assert len(first) == 40
    assert all(first.count(worker) == 2 for worker in first)
    left = [item for item in items if isinstance(item, Untried)]
    assert len(left) == 20
    assert {item.reason for item in left} == {"update"}
    assert len(items) == 60


def test_without_a_reason_everything_is_sent_and_asked() -> None:
    record = Record()
    talent = PausingTalent(record, lambda: "")
    sent = [dispatch(1, "a"), dispatch(2, "b")]
    assert all(isinstance(item, Done) for item in talent.send(sent))
    assert [found.reference for found in talent.find(sent)] == ["d-1", "d-2"]
    assert list(talent.follow([])) == []
