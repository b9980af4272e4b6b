"""Sends a wave of writes: in groups, and in lanes that run side by side.

Writes of one lane follow one another, because Moodle numbers siblings by counting
them. Announces each group before it leaves; what a group holds is the writers' work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Hashable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol, TypeAlias

from adapters.moodle.writing.context import Sent
from connector.kit.errors import AuthError, ReplyError, TargetError
from connector.kit.values import ApplyItem, Sending, Untried, Write

Group: TypeAlias = tuple[Write, ...]
Lane: TypeAlias = deque[Group]


class Writer(Protocol):
    """Knows how to write some kinds."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds it writes."""
        ...

    @property
    def group_size(self) -> int:
        """Return how many writes go into one group."""
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


def run(
    writers: Sequence[Writer], writes: Sequence[Write], *, concurrency: int
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
        fatal = yield from _run_phase(writer, phase, concurrency)
        if isinstance(fatal, AuthError | ReplyError):
            raise fatal
        if fatal is not None:
            for _, rest in waiting:
                yield from (Untried(write.ref, fatal.message) for write in rest)
            return


def _run_phase(
    writer: Writer, writes: Sequence[Write], concurrency: int
) -> Generator[ApplyItem, None, TargetError | None]:
    """Run the lanes of a phase; returns the failure that ended it, if one did."""
    lanes = _lanes(writer, writes, concurrency)
    fatal: TargetError | None = None
    with ThreadPoolExecutor(max_workers=max(1, len(lanes))) as pool:
        running: dict[Future[Sent], Lane] = {}
        for lane in lanes:
            yield from _start(writer, lane, pool, running)
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                lane = running.pop(future)
                sent = future.result()
                fatal = fatal or sent.fatal
                yield from sent.outcomes
                if fatal is None:
                    yield from _start(writer, lane, pool, running)
    if fatal is not None:
        for lane in lanes:
            for group in lane:
                yield from (Untried(write.ref, fatal.message) for write in group)
    return fatal


def _start(
    writer: Writer,
    lane: Lane,
    pool: ThreadPoolExecutor,
    running: dict[Future[Sent], Lane],
) -> Iterator[ApplyItem]:
    """Announce the next group of a lane, then let it leave."""
    if lane:
        group = lane.popleft()
        yield Sending(tuple(write.ref for write in group), group=group[0].kind)
        running[pool.submit(writer.send, group)] = lane


def _lanes(writer: Writer, writes: Sequence[Write], count: int) -> list[Lane]:
    """Deal writes to lanes of about the same length, cut into groups.

    Writes that must follow one another stay in one lane, in their order.
    """
    bundles: dict[Hashable, list[Write]] = {}
    for write in writes:
        bundles.setdefault(writer.lane_of(write), []).append(write)
    dealt: list[list[Write]] = [[] for _ in range(count)]
    for bundle in bundles.values():
        min(dealt, key=len).extend(bundle)
    return [
        deque(
            tuple(lane[start : start + writer.group_size])
            for start in range(0, len(lane), writer.group_size)
        )
        for lane in dealt
        if lane
    ]
