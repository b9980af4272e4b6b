"""Sends a wave of writes in groups, several of them side by side.

Announces each group before it leaves; what a group holds is the writers' work, what
may go side by side the lanes', and how much at once the pace's.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Hashable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from adapters.moodle.writing.context import Sent
from adapters.moodle.writing.lanes import Group, Lanes
from adapters.moodle.writing.pace import Pace
from connector.kit.errors import AuthError, ReplyError, TargetError
from connector.kit.values import ApplyItem, Sending, Unknown, Untried, Write


class Writer(Protocol):
    """Knows how to write some kinds."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds it writes."""
        ...

    @property
    def group_size(self) -> int:
        """Return how many writes one group may hold."""
        ...

    def lane_of(self, write: Write) -> Hashable:
        """Return what must not be written from two lanes at once."""
        ...

    def phases(self, writes: Sequence[Write]) -> list[list[Write]]:
        """Return the writes in parts of which each waits for the one before."""
        ...

    def send(self, writes: Sequence[Write]) -> Sent:
        """Send one group; runs in a thread of its own."""
        ...


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of a group, and the seconds it took."""

    sent: Sent
    seconds: float


def run(
    writers: Sequence[Writer], writes: Sequence[Write], pace: Pace
) -> Iterator[ApplyItem]:
    """Send writes kind by kind and yield announcements and outcomes.

    Raises:
        AuthError: the token or the rights are refused; the rest was not sent.
        ReplyError: Moodle answered something unknown; the rest was not sent.
    """
    known = {kind for writer in writers for kind in writer.kinds}
    waiting = deque(
        (writer, phase)
        for writer in writers
        for phase in writer.phases([w for w in writes if w.kind in writer.kinds])
    )
    for write in writes:
        if write.kind not in known:
            yield Untried(write.ref, f"The connector cannot write a {write.kind}.")
    while waiting:
        writer, phase = waiting.popleft()
        fatal = yield from _run_phase(writer, phase, pace)
        if isinstance(fatal, AuthError | ReplyError):
            raise fatal
        if fatal is not None:
            for _, rest in waiting:
                yield from (Untried(write.ref, fatal.message) for write in rest)
            return


def _run_phase(
    writer: Writer, writes: Sequence[Write], pace: Pace
) -> Generator[ApplyItem, None, TargetError | None]:
    """Send the groups of a phase; returns the failure that ended it, if one did."""
    lanes = Lanes(writes, writer.lane_of)
    fatal: TargetError | None = None
    with ThreadPoolExecutor() as pool:
        running: dict[Future[_Answer], Group] = {}
        yield from _start(writer, lanes, pool, running, pace)
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                group, answer = running.pop(future), future.result()
                lanes.put_back(group)
                _take_note(pace, group, answer)
                fatal = fatal or answer.sent.fatal
                yield from answer.sent.outcomes
            if fatal is None:
                yield from _start(writer, lanes, pool, running, pace)
    if fatal is not None:
        yield from (Untried(write.ref, fatal.message) for write in lanes.rest())
    return fatal


def _start(
    writer: Writer,
    lanes: Lanes,
    pool: ThreadPoolExecutor,
    running: dict[Future[_Answer], Group],
    pace: Pace,
) -> Iterator[ApplyItem]:
    """Announce as many groups as may leave now, each before it leaves."""
    while (free := pace.lanes - len(running)) > 0:
        most = min(writer.group_size, pace.writes)
        group = lanes.take(most=most, takers=free)
        if not group:
            return
        yield Sending(tuple(write.ref for write in group), group=group[0].kind)
        running[pool.submit(_send, writer, group)] = group


def _send(writer: Writer, group: Group) -> _Answer:
    started = time.monotonic()
    sent = writer.send(group)
    return _Answer(sent, time.monotonic() - started)


def _take_note(pace: Pace, group: Group, answer: _Answer) -> None:
    is_lost = any(isinstance(item, Unknown) for item in answer.sent.outcomes)
    if is_lost or answer.sent.fatal is not None:
        pace.stumbled()
    else:
        pace.answered(len(group), answer.seconds)
