"""Single questions to a tenant that tell whether something is allowed; nothing changes.

A right to write is asked for with a Put of an object that does not exist: the tenant
refuses it either for the right or for the unknown ID.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from adapters.workday import policies
from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element
from adapters.workday.facts import OPERATIONS
from adapters.workday.policies import how_to_grant
from adapters.workday.read import Question, View, read_all
from adapters.workday.rest import PROCESSES, RestClient
from adapters.workday.wire.kind import Change, Kind
from connector.kit.errors import AuthError, RejectedError, TargetError
from connector.kit.setup import Policy
from connector.kit.values import (
    RETIRED,
    Check,
    Dispatch,
    DispatchKind,
    Operation,
    Ref,
    Write,
)

NOBODY = "0" * 32


class Probes:
    """Asks, and remembers which kinds of access were asked about."""

    def __init__(
        self,
        client: WorkdayClient,
        listed: Sequence[Policy],
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._listed = listed
        self._now = now
        self.asked: set[tuple[str, str]] = set()

    def readable(
        self, operation: str, record: str, criteria: Element | None, plural: str
    ) -> Check:
        """Tell whether a read works, is refused, or shows nothing."""
        name = f"read {plural}"
        grant = self._grant(OPERATIONS[operation].domain, "Get")
        try:
            is_empty = self.first(operation, record, criteria, View()) is None
        except TargetError as error:
            is_refused = isinstance(error, AuthError)
            return Check(
                name=name,
                is_ok=False,
                message=f"forbidden: {error.message}" if is_refused else error.message,
                fix=grant if is_refused else error.hint,
            )
        if is_empty:
            # A missing right shows as an empty answer (Workday contract, 11).
            return Check(
                name=name,
                is_ok=True,
                is_seen=False,
                message=f"empty: {operation} answers and shows nothing. Where the "
                "tenant holds such objects, the right is missing.",
                fix=grant,
            )
        return Check(name=name, is_ok=True, message=f"{operation} works.")

    def writable(self, operation: str, request: Element, plural: str) -> Check:
        """Tell whether the right to write objects of a domain is there."""
        grant = self._grant(OPERATIONS[operation].domain, "Put")
        return self._refused(operation, request, f"write {plural}", grant)

    def startable(
        self, operation: str, request: Element, process: str, plural: str
    ) -> Check:
        """Tell whether the right to start a business process is there."""
        grant = self._grant(process, "Initiate")
        return self._refused(operation, request, f"send {plural}", grant)

    def followable(self, rest: RestClient, policy: str) -> Check:
        """Tell whether business processes can be followed by REST."""
        grant = self._grant(policy, "View")
        try:
            rest.read(PROCESSES, "/events", {"limit": "1"})
        except TargetError as error:
            is_refused = isinstance(error, AuthError)
            return Check(
                name="follow processes",
                is_ok=False,
                message=f"forbidden: {error.message}" if is_refused else error.message,
                fix=grant if is_refused else error.hint,
            )
        return Check(
            name="follow processes", is_ok=True, message="Events can be read by REST."
        )

    def first(
        self, operation: str, record: str, criteria: Element | None, view: View
    ) -> Element | None:
        """Return one record of an operation, none where it shows nothing.

        Raises:
            TargetError: the tenant refuses, or does not answer.
        """
        question = Question(
            operation=operation,
            record=record,
            criteria=criteria,
            flags=("Include_Reference",),
            page_size=1,
        )
        return next(read_all(self._client, question, view, now=self._now()), None)

    def _refused(
        self, operation: str, request: Element, name: str, grant: str
    ) -> Check:
        try:
            self._client.call(operation, request, is_repeatable=True)
        except RejectedError:
            pass
        except TargetError as error:
            is_refused = isinstance(error, AuthError)
            return Check(
                name=name,
                is_ok=False,
                message=f"forbidden: {error.message}" if is_refused else error.message,
                fix=grant if is_refused else error.hint,
            )
        return Check(name=name, is_ok=True, message=f"{operation} is allowed to us.")

    def _grant(self, policy: str, access: str) -> str:
        self.asked.add((policy, access))
        return how_to_grant(policies.named(self._listed, policy), access)


def probe_of(kind: Kind) -> Change:
    """Return a change of an object that no tenant holds."""
    name = kind.spec.fields[0].name
    write = Write(
        operation=Operation.UPDATE,
        kind=kind.spec.name,
        key="doctor",
        identity="",
        remote_id=NOBODY,
        before={},
        after={name: "Check of the connection", RETIRED: True, **kind.least},
        record={},
        effective_on=date(1900, 1, 1),
    )
    return Change(
        write=write, current=None, remote_ids={}, effective=write.effective_on
    )


def dispatch_to_nobody(kind: DispatchKind) -> Dispatch:
    """Return a dispatch for a worker that no tenant holds."""
    return Dispatch(
        reference=str(Ref("dispatch", "doctor")),
        kind=kind,
        employee_id=NOBODY,
        title="Check of the connection",
        description="",
        completed_on=date(1900, 1, 1),
        competency_id=NOBODY,
        level_id=NOBODY,
    )
