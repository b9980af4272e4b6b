"""Business processes about a worker, read by REST: what runs, how it ended, who wrote.

Read only: an integration decides about no process. A state is told by its name, or by
its WID where the settings say what that means (Workday contract, 6.12).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters.workday.rest import PROCESSES, RestClient, segment
from adapters.workday.settings import Settings
from adapters.workday.soap import TARGET
from connector.kit.errors import ReplyError
from connector.kit.values import MoveState

#: States seen in tenants (Workday contract, 6.12), in lower case.
_STATES: Mapping[str, MoveState] = {
    "in progress": MoveState.IN_PROGRESS,
    "successfully completed": MoveState.APPROVED,
    "denied": MoveState.DENIED,
    "canceled": MoveState.CANCELLED,
    "cancelled": MoveState.CANCELLED,
    "rescinded": MoveState.RESCINDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One run of a business process."""

    remote_id: str
    name: str
    state: MoveState
    initiated_on: date | None
    completed_on: date | None


class Processes:
    """The processes of a tenant; types are asked for once."""

    def __init__(self, rest: RestClient, settings: Settings) -> None:
        self._rest = rest
        self._settings = settings
        self._types: dict[str, str] = {}

    def about(
        self, worker: str, *, since: date, process: str = ""
    ) -> Iterator[Process]:
        """Yield the processes about a worker (WID) initiated on `since` or later.

        `process` names one type, such as Change Job.

        Raises:
            AuthError, ReplyError, TransientError: nothing is known.
        """
        query = {"worker": worker, "initiatedOnOrAfter": since.isoformat()}
        if process:
            query["businessProcess"] = self._type(process)
        for row in self._rest.read_all(PROCESSES, "/events", query):
            yield self._process(row)

    def one(self, remote_id: str) -> Process:
        """Return one process; errors as `about`, `MissingError` when it is gone."""
        return self._process(
            self._rest.read(PROCESSES, f"/events/{segment(remote_id)}")
        )

    def words(self, remote_id: str) -> tuple[str, ...]:
        """Return what was written on a process, oldest first; errors as `one`."""
        path = f"/events/{segment(remote_id)}/comments"
        rows = self._rest.read_all(PROCESSES, path)
        return tuple(text for row in rows if (text := str(row.get("comment", ""))))

    def _type(self, name: str) -> str:
        if not self._types:
            self._types = {
                str(row.get("descriptor", "")).casefold(): str(row.get("id", ""))
                for row in self._rest.read_all(PROCESSES, "/types")
            }
        found = self._types.get(name.casefold())
        if found:
            return found
        raise ReplyError(
            f"The tenant lists no business process type “{name}”.",
            target=TARGET,
            operation="GET businessProcess /types",
            hint="Give the integration user English as its language, and the domain "
            "Business Process Reporting.",
        )

    def _process(self, row: Mapping[str, Any]) -> Process:
        whole = row.get("overallBusinessProcess") or {}
        return Process(
            remote_id=str(row.get("id") or whole.get("id", "")),
            name=str(row.get("descriptor") or whole.get("descriptor", "")),
            state=self._state(row.get("status") or {}),
            initiated_on=_day(row.get("creationDate")),
            completed_on=_day(row.get("completedDate")),
        )

    def _state(self, status: Mapping[str, Any]) -> MoveState:
        wid = str(status.get("id", ""))
        told = self._settings.event_states.get(wid)
        known = _STATES.get(str(status.get("descriptor", "")).strip().casefold())
        if told is not None:
            return MoveState(told)
        if known is not None:
            return known
        raise ReplyError(
            f"The tenant shows a process in a state that is not known: {wid}.",
            target=TARGET,
            operation="GET businessProcess /events",
            hint="Look the event up in Workday and name its state in the setting "
            f"`event_states`, for example {{{wid}: approved}}.",
        )


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)[:10]) if text else None
