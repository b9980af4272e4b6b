"""What the writers of all kinds share: the client, ids, and outcomes of calls.

Nothing here decides what is written.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.moodle import listing
from adapters.moodle.client import MoodleClient, Ran
from adapters.moodle.failures import RefusedError
from adapters.moodle.settings import MoodleSettings
from connector.kit.errors import ConflictError, TargetError
from connector.kit.values import (
    Done,
    Foreign,
    Outcome,
    Ref,
    Rejected,
    RemoteIds,
    Unknown,
    Untried,
    Value,
    Write,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcomes of a group, one per write.

    `fatal` is the failure after which nothing more should be sent.
    """

    outcomes: Sequence[Outcome]
    fatal: TargetError | None = None


@dataclass(slots=True)
class Context:
    """One call of `apply`: its client, settings and the remote ids it may refer to."""

    client: MoodleClient
    settings: MoodleSettings
    remote_ids: RemoteIds
    _scales: dict[int, int] = field(default_factory=dict)
    #: Retired branches by framework; one thread at a time looks one up or makes it.
    branches: dict[int, int] = field(default_factory=dict)
    branch_lock: threading.Lock = field(default_factory=threading.Lock)

    def known_id(self, value: Value) -> int | None:
        """Return the id that a reference stands for, none where there is none."""
        if isinstance(value, Foreign):
            return int(value.remote_id)
        if isinstance(value, Ref) and value in self.remote_ids:
            return int(self.remote_ids[value])
        return None

    def id_of(self, value: Value) -> int:
        """Return the id that a reference stands for.

        Raises:
            KeyError: the engine did not hand over the id of a record referred to.
        """
        found = self.known_id(value)
        if found is None:
            msg = f"no remote id of {value} was handed over"
            raise KeyError(msg)
        return found

    def scale_size(self, scale_id: int) -> int:
        """Return how many values a scale has, 0 for an unknown one."""
        if scale_id not in self._scales:
            values = listing.scale_values(self.client, [scale_id])
            self._scales[scale_id] = len(values.get(scale_id, ()))
        return self._scales[scale_id]


def failed(write: Write, ran: Ran) -> Outcome:
    """Return the outcome of a write whose calls did not all succeed."""
    message = ran.error.message if ran.error else "Nothing was sent."
    if ran.is_untried:
        return Untried(write.ref, message)
    if ran.is_lost:
        return Unknown(write.ref, message)
    if ran.answers:
        return Unknown(write.ref, f"Written in part only, then: {message}")
    return refused(write, ran.error)


def refused(write: Write, error: TargetError | None) -> Rejected:
    """Return the outcome of a write of which nothing happened."""
    is_gone = isinstance(error, RefusedError) and error.is_gone
    return Rejected(
        ref=write.ref,
        message=error.message if error else "Moodle refused the change.",
        hint=error.hint if error else "",
        code="gone" if is_gone else (error.code if error else "rejected"),
        is_stale=is_gone or isinstance(error, ConflictError),
    )


def stale(write: Write, message: str) -> Rejected:
    """Return the outcome of a write that no longer fits what the site shows."""
    return Rejected(
        ref=write.ref, message=message, hint="Plan again.", code="stale", is_stale=True
    )


def kept(write: Write, what: str) -> Rejected:
    """Return the outcome of a write to something adopted that stays as it is."""
    return Rejected(
        ref=write.ref,
        message=f"It was adopted from the site (“{write.identity}”), so {what}.",
        hint="Change it in Moodle by hand, or let the mapping want what is there.",
        code="adopted",
    )


def outcome_of(
    write: Write,
    ran: Ran,
    remote_id: str,
    seen: Mapping[str, Value] | None = None,
) -> Outcome:
    """Return the outcome of calls that answer nothing but yes or no."""
    if not ran.is_done:
        return failed(write, ran)
    if any(answer is False for answer in ran.answers):
        return Rejected(
            ref=write.ref, message="Moodle answered no, without a reason.", code="no"
        )
    return Done(write.ref, remote_id, seen)


def fatal_of(rans: Iterable[Ran]) -> TargetError | None:
    """Return the failure that concerns the whole connection, if there was one."""
    return next((ran.error for ran in rans if ran.is_fatal), None)


def untried(writes: Iterable[Write], error: TargetError) -> Sent:
    """Return the outcomes of a group whose preparation failed."""
    return Sent([Untried(write.ref, error.message) for write in writes], error)
