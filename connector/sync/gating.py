"""What keeps a write from a target: its form, an entry to come, a window of time.

An answer about a kind's form is kept with the versions it holds for. It is asked for
again when a version changes, when a kind is off, and now and then; no request of a
kind that is off leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from connector.kit.errors import PlanError, TargetError, TransientError
from connector.kit.gates import Gate, Outlook
from connector.kit.values import KindAnswer
from connector.kit.windows import Window, window_at
from connector.store import kind_checks
from connector.store.database import Database
from connector.store.kind_checks import KindCheck
from connector.sync.match import Reading
from connector.sync.plan import Plan

#: Platforms are updated every week, whatever their version says.
_HOLDS = timedelta(days=7)
#: Nothing begins that might reach into a window: a call may take minutes.
_LEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Gatekeeper:
    """Asks a connection's gate, and remembers."""

    database: Database
    connection: str
    gate: Gate

    def closed(self, kinds: Collection[str], now: datetime) -> dict[str, str]:
        """Return why some of these kinds stay off, by kind.

        Raises:
            TargetError: the target does not answer, and a kind was never checked.
        """
        with self.database.read() as conn:
            known = {
                check.kind: check for check in kind_checks.all(conn, self.connection)
            }
        due = [kind for kind in kinds if self._is_due(known.get(kind), now)]
        answers = self._ask(due, known) if due else {}
        fresh = [
            KindCheck(
                kind=kind,
                stamp=self.gate.stamp(kind),
                reason=answer.reason,
                checked_at=now,
            )
            for kind, answer in answers.items()
            if not (answer.gap and self._is_good(known.get(kind)))
        ]
        if fresh:
            with self.database.write() as conn:
                kind_checks.save(conn, self.connection, fresh)
        known |= {check.kind: check for check in fresh}
        return {kind: known[kind].reason for kind in kinds if known[kind].reason}

    def _is_due(self, check: KindCheck | None, now: datetime) -> bool:
        if check is None or not self._is_good(check):
            return True
        return not timedelta() <= now - check.checked_at < _HOLDS

    def _is_good(self, check: KindCheck | None) -> bool:
        """Tell whether the target took the kind, in the versions of today."""
        if check is None or check.reason:
            return False
        return check.stamp == self.gate.stamp(check.kind)

    def _ask(
        self, due: Collection[str], known: Mapping[str, KindCheck]
    ) -> Mapping[str, KindAnswer]:
        try:
            return self.gate.answers(due)
        except TransientError as error:
            if all(self._is_good(known.get(kind)) for kind in due):
                return {}
            name = self.connection
            raise TargetError(
                f"{name} cannot be read: {error.message}",
                target=name,
                hint="Nothing was planned. Check that it is up and reachable:"
                f" `jobframe doctor {name}`.",
            ) from error


def unread(closed: Mapping[str, str]) -> dict[str, Reading]:
    """Return the readings of kinds that are not read, because they stay off."""
    return {kind: Reading((), reason) for kind, reason in closed.items()}


def later_entries(outlook: Outlook | None, plan: Plan) -> dict[tuple[str, str], date]:
    """Return which objects of a plan hold an entry for a later day, by kind and id.

    Only objects that are there and would be written are asked for.

    Raises:
        TargetError: the target cannot be read.
    """
    if outlook is None:
        return {}
    asked: dict[str, list[str]] = {}
    for change in plan.changes:
        if change.remote_id is not None:
            asked.setdefault(change.kind, []).append(change.remote_id)
    after = max(plan.as_of, plan.effective_on)
    return {
        (kind, remote_id): day
        for kind, remote_ids in asked.items()
        for remote_id, day in outlook.later_entries(kind, remote_ids, after).items()
    }


def window_notice(windows: Sequence[Window], moment: datetime) -> str:
    """Return why nothing may be sent at a moment, empty where it may.

    A window that opens within minutes counts: what is sent must have its answer.
    """
    window = window_at(windows, moment, _LEAD)
    if window is None:
        return ""
    return (
        f"{window.reason}: nothing is sent from {window.opens:%Y-%m-%d %H:%M} to"
        f" {window.closes:%Y-%m-%d %H:%M} UTC"
    )


def refuse_window(windows: Sequence[Window], moment: datetime) -> None:
    """Refuse to begin a run that a window would stop.

    Raises:
        PlanError: a window is open, or opens within minutes.
    """
    if notice := window_notice(windows, moment):
        raise PlanError(
            notice,
            hint="Nothing was written. Run again when the window is over; the windows"
            " stand in the connection's settings.",
        )
