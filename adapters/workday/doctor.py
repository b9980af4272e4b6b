"""Checks of a tenant: login, clock, elements, every right; each with its fix.

A right to write is checked with a Put of an object that does not exist: the tenant
refuses it either for the right or for the unknown ID, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from adapters.workday.client import WorkdayClient
from adapters.workday.elements import Element
from adapters.workday.facts import OPERATIONS, PINNED_VERSIONS
from adapters.workday.kinds import KINDS
from adapters.workday.read import Question, View, read_all
from adapters.workday.schema import TenantSchema
from adapters.workday.settings import Settings
from adapters.workday.wire.achievements import ACHIEVEMENTS
from adapters.workday.wire.kind import Change, Kind
from connector.kit.errors import AuthError, RejectedError, TargetError
from connector.kit.values import (
    RETIRED,
    Check,
    Dispatch,
    DispatchKind,
    Operation,
    Ref,
    Write,
)

_NOBODY = "0" * 32
_LARGEST_SKEW = timedelta(minutes=5)
_ACTIVATE = 'then run "Activate Pending Security Policy Changes".'


class WorkdayDoctor:
    """Asks a tenant for everything the connection needs."""

    def __init__(
        self,
        client: WorkdayClient,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        banner: str,
    ) -> None:
        self._client = client
        self._settings = settings
        self._now = now
        self._banner = banner

    def checks(self) -> Iterator[Check]:
        """Yield one check after another; a refused login ends them."""
        if self._banner:
            yield Check(name="sandbox", is_ok=True, message=self._banner)
        view = View()
        login = self._login(view)
        yield login
        if not login.is_ok:
            return
        yield self._clock(view)
        for service in PINNED_VERSIONS:
            yield self._schema(service)
        for kind in KINDS.values():
            plural = kind.spec.plural
            yield self._readable(kind.get, kind.record, kind.criteria(), plural)
            if kind.build is not None:
                yield self._writable(kind.put, kind.build(probe_of(kind)), plural)
        yield self._readable("Get_Workers", "Worker", None, "workers")
        certifications = ACHIEVEMENTS[DispatchKind.CERTIFICATION]
        yield self._readable(
            certifications.get, certifications.record, None, "certifications"
        )
        yield from self._evidence()

    def _login(self, view: View) -> Check:
        kind = KINDS["job_family"]
        try:
            self._first(kind.get, kind.record, kind.criteria(), view)
        except TargetError as error:
            return Check(
                name="login", is_ok=False, message=error.message, fix=error.hint
            )
        return Check(
            name="login",
            is_ok=True,
            message=f"The tenant {self._settings.tenant} accepts the login.",
        )

    def _clock(self, view: View) -> Check:
        """Compare our clock with the moment that the tenant's answer states."""
        moment = datetime.fromisoformat(view.entered)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        skew = abs(self._now() - moment)
        return Check(
            name="clock",
            is_ok=skew <= _LARGEST_SKEW,
            message=f"Our clock and the tenant's are {skew.seconds} seconds apart.",
            fix="Let this machine keep time by NTP.",
        )

    def _schema(self, service: str) -> Check:
        """Compare every element we may send with the tenant's own WSDL."""
        name = f"elements of {service}"
        version = self._settings.versions[service]
        try:
            schema = TenantSchema(self._client.wsdl(service), service)
        except TargetError as error:
            return Check(
                name=name,
                is_ok=True,
                message=f"The WSDL cannot be read, so nothing was compared. "
                f"{error.message}",
            )
        if differences := schema.differences():
            return Check(
                name=name,
                is_ok=False,
                message=f"{service} {version} differs: {'; '.join(differences)}.",
                fix=f"Set `versions` of {service} to {PINNED_VERSIONS[service]}, or "
                "leave what is named unmapped.",
            )
        return Check(
            name=name, is_ok=True, message=f"{service} {version} takes what we send."
        )

    def _readable(
        self, operation: str, record: str, criteria: Element | None, plural: str
    ) -> Check:
        name = f"read {plural}"
        domain = OPERATIONS[operation].domain
        grant = (
            'Run "Maintain Permissions for Security Group" for the integration '
            f'user\'s group, add Get on the domain "{domain}", {_ACTIVATE}'
        )
        try:
            is_empty = self._first(operation, record, criteria, View()) is None
        except TargetError as error:
            fix = grant if isinstance(error, AuthError) else error.hint
            return Check(name=name, is_ok=False, message=error.message, fix=fix)
        if is_empty:
            # A missing right shows as an empty answer (NOTES 11).
            return Check(
                name=name,
                is_ok=True,
                message=f"{operation} works but shows nothing. Where the tenant holds "
                f"such objects, the right is missing.",
                fix=grant,
            )
        return Check(name=name, is_ok=True, message=f"{operation} works.")

    def _writable(self, operation: str, request: Element, plural: str) -> Check:
        name = f"write {plural}"
        domain = OPERATIONS[operation].domain
        try:
            self._client.call(operation, request, is_repeatable=True)
        except RejectedError:
            return Check(
                name=name, is_ok=True, message=f"{operation} is allowed to us."
            )
        except TargetError as error:
            return Check(
                name=name,
                is_ok=False,
                message=error.message,
                fix='Run "Maintain Permissions for Security Group" for the '
                f'integration user\'s group, add Put on the domain "{domain}", '
                f"{_ACTIVATE}",
            )
        return Check(name=name, is_ok=True, message=f"{operation} is allowed to us.")

    def _evidence(self) -> Iterator[Check]:
        if not self._settings.training_type:
            yield Check(
                name="training type",
                is_ok=False,
                message="The setting `training_type` is empty: no training is sent.",
                fix='Run the report "View Reference IDs" for Training Type and copy '
                "the Training_Type_ID to use.",
            )
            return
        for kind, achievement in ACHIEVEMENTS.items():
            request = achievement.build(_dispatch(kind), self._settings)
            noun = f"{achievement.noun.lower()}s of workers"
            check = self._writable(achievement.manage, request, noun)
            process = achievement.manage.replace("_", " ")
            fix = (
                f'Run "Edit Business Process Security Policy" for "{process}", add the '
                "integration user's group to the initiating action (Web Service), "
                f"{_ACTIVATE}"
            )
            yield Check(
                name=check.name,
                is_ok=check.is_ok,
                message=check.message,
                fix="" if check.is_ok else fix,
            )

    def _first(
        self, operation: str, record: str, criteria: Element | None, view: View
    ) -> Element | None:
        """Return one record of an operation, none where it shows nothing."""
        question = Question(
            operation=operation,
            record=record,
            criteria=criteria,
            flags=("Include_Reference",),
            page_size=1,
        )
        return next(read_all(self._client, question, view, now=self._now()), None)


def probe_of(kind: Kind) -> Change:
    """Return a change of an object that no tenant holds."""
    name = kind.spec.fields[0].name
    write = Write(
        operation=Operation.UPDATE,
        kind=kind.spec.name,
        key="doctor",
        identity="",
        remote_id=_NOBODY,
        before={},
        after={name: "Check of the connection", RETIRED: True, **kind.least},
        record={},
        effective_on=date(1900, 1, 1),
    )
    return Change(
        write=write, current=None, remote_ids={}, effective=write.effective_on
    )


def _dispatch(kind: DispatchKind) -> Dispatch:
    """Return a dispatch for a worker that no tenant holds."""
    return Dispatch(
        reference=str(Ref("dispatch", "doctor")),
        kind=kind,
        employee_id=_NOBODY,
        title="Check of the connection",
        description="",
        completed_on=date(1900, 1, 1),
    )
