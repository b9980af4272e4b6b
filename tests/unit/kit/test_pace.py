"""How fast and how much at once a connection may send."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from connector.kit.adaptive import AdaptiveConcurrency
from connector.kit.budget import RateBudget


def test_a_burst_is_free_and_the_rest_waits_its_turn(clock: Any) -> None:
    budget = RateBudget(2, 3, clock=clock.seconds, sleep=clock.sleep)

    for _ in range(5):
        budget.take()

    assert clock.slept == [0.5, 0.5]


def test_an_unused_budget_does_not_grow_beyond_the_burst(clock: Any) -> None:
    budget = RateBudget(2, 3, clock=clock.seconds, sleep=clock.sleep)
    clock.passed = 1000.0

    for _ in range(4):
        budget.take()

    assert clock.slept == [0.5]


def test_waiting_threads_have_a_turn_each(clock: Any) -> None:
    waits: list[float] = []
    budget = RateBudget(1, 1, clock=clock.seconds, sleep=waits.append)

    with ThreadPoolExecutor(4) as pool:
        for taken in [pool.submit(budget.take) for _ in range(5)]:
            taken.result()

    assert sorted(waits) == [1.0, 2.0, 3.0, 4.0]


def test_a_hold_keeps_everyone_back(clock: Any) -> None:
    budget = RateBudget(10, 10, clock=clock.seconds, sleep=clock.sleep)
    budget.hold(5)
    budget.hold(2)

    budget.take()
    budget.take()

    assert clock.slept == [5.0]


@pytest.mark.parametrize(("per_second", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_a_budget_that_would_never_send_is_refused(
    per_second: float, burst: int
) -> None:
    with pytest.raises(ValueError, match="rate budget"):
        RateBudget(per_second, burst)


def succeed(concurrency: AdaptiveConcurrency, times: int) -> None:
    for _ in range(times):
        with concurrency.slot() as slot:
            slot.succeeded()


def test_concurrency_grows_by_one_a_round_up_to_its_maximum() -> None:
    concurrency = AdaptiveConcurrency(1, 3)
    limits = []
    for _ in range(8):
        limits.append(concurrency.limit)
        succeed(concurrency, 1)
    assert limits[:2] == [1, 2]
    assert limits[-1] == 3


def test_requests_that_failed_together_halve_it_once() -> None:
    concurrency = AdaptiveConcurrency(1, 8)
    succeed(concurrency, 100)

    with concurrency.slot() as one, concurrency.slot() as other:
        one.overloaded()
        other.overloaded()

    assert concurrency.limit == 4


def test_it_never_falls_below_its_minimum() -> None:
    concurrency = AdaptiveConcurrency(2, 8)
    for _ in range(5):
        with concurrency.slot() as slot:
            slot.overloaded()
    assert concurrency.limit == 2


def test_a_full_target_lets_the_next_request_wait() -> None:
    concurrency = AdaptiveConcurrency(1, 1)
    order: list[str] = []
    is_waiting = threading.Event()

    def second() -> None:
        is_waiting.set()
        with concurrency.slot():
            order.append("second")

    with concurrency.slot():
        thread = threading.Thread(target=second)
        thread.start()
        is_waiting.wait()
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 1), (3, 2)])
def test_bounds_that_allow_nothing_are_refused(minimum: int, maximum: int) -> None:
    with pytest.raises(ValueError, match="concurrency"):
        AdaptiveConcurrency(minimum, maximum)
