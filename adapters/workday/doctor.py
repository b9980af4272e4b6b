"""Checks of a tenant: host, login, clock, elements, every right; each with its fix.

What is asked for follows from what is switched on. Nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from adapters.workday import policies
from adapters.workday.client import WorkdayClient
from adapters.workday.facts import OPERATIONS, PINNED_VERSIONS
from adapters.workday.gate import FEATURES, differences_of, named, operations_of
from adapters.workday.kinds import KINDS
from adapters.workday.policies import how_to_grant
from adapters.workday.probes import Probes, dispatch_to_nobody, probe_of
from adapters.workday.read import View
from adapters.workday.rest import RestClient
from adapters.workday.review_settings import ReportName
from adapters.workday.reviews import WorkdayReviews
from adapters.workday.schema import TenantSchema
from adapters.workday.settings import Settings
from adapters.workday.wire.achievements import ACHIEVEMENTS
from connector.kit.addresses import is_loopback
from connector.kit.errors import AuthError, ConfigError, TargetError
from connector.kit.protocols import Services
from connector.kit.setup import Policy
from connector.kit.values import Check, DispatchKind, PeopleScope
from connector.kit.windows import window_at

_LARGEST_SKEW = timedelta(minutes=5)
#: `wd2-impl-services1.workday.com`, `impl-services1.wd12.myworkday.com` (NOTES 2.1).
_SERVICES_HOST = re.compile(r"^([a-z0-9-]+-)?services\d*\.", re.IGNORECASE)
_PAGE = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
#: The policy of the manifest behind events by REST.
_FOLLOWING = "Business Process Reporting"
_FIND_HOST = (
    'Run the report "Public Web Services", open Human Resources > related actions > '
    "Web Service > View WSDL: the address at its end begins with the services host. "
    "Set `base_url` to it."
)
_WINDOWS = (
    "Set `windows` in the connection, for the weekly service update (Friday evening, "
    "Pacific time) and, in a sandbox tenant, for the weekly refresh."
)

#: What each feature of open positions reads.
_POSITIONS = {
    "open_positions": ("Get_Positions", "Position", "positions"),
    "positions_by_organisation": (
        "Get_Organizations",
        "Organization",
        "organisations",
    ),
    "positions_by_country": ("Get_Locations", "Location", "locations"),
}


class WorkdayDoctor:
    """Asks a tenant for everything that is switched on needs."""

    def __init__(
        self,
        client: WorkdayClient,
        settings: Settings,
        *,
        services: Services,
        rest: RestClient | None,
        banner: str,
    ) -> None:
        self._client = client
        self._settings = settings
        self._now = services.now
        self._banner = banner
        self._rest = rest
        self._enabled = services.enabled
        if self._enabled is not None:
            self._enabled |= _set_up(settings, services.scope)
        self._policies = services.needs.policies
        self._probes = Probes(client, self._policies, services.now)

    def checks(self) -> Iterator[Check]:
        """Yield one check after another; a refused login ends them."""
        if self._banner:
            yield Check(name="sandbox", is_ok=True, message=self._banner)
        yield self._host()
        view = View()
        login = self._login(view)
        yield login
        if not login.is_ok:
            return
        yield self._clock(view)
        yield self._windows()
        for service in PINNED_VERSIONS:
            if kinds := self._kinds_of(service):
                yield self._schema(service, kinds)
        yield from self._catalogue()
        if self._is_on("people"):
            yield self._probes.readable("Get_Workers", "Worker", None, "workers")
        for feature, (operation, record, plural) in _POSITIONS.items():
            if self._is_on(feature):
                yield self._probes.readable(operation, record, None, plural)
        if self._is_on("evidence"):
            yield from self._evidence()
        yield from self._processes()
        if self._settings.reviews.report is not None:
            yield self._report(self._settings.reviews.report)
        yield from self._unseen()

    def _is_on(self, feature: str) -> bool:
        return self._enabled is None or feature in self._enabled

    def _kinds_of(self, service: str) -> list[str]:
        """Return what is switched on and needs a service, kinds by name."""
        return [
            name
            for name in (*KINDS, *FEATURES)
            if self._is_on(name)
            and any(OPERATIONS[each].service == service for each in operations_of(name))
        ]

    def _report(self, report: ReportName) -> Check:
        """Look whether the report of started reviews is served as it must be."""
        reviews = WorkdayReviews(self._client, self._settings, self._rest)
        name = "report of reviews"
        try:
            reviews.check_report(report)
        except (ConfigError, TargetError) as error:
            told = "; ".join([error.message, *(one.message for one in error.problems)])
            return Check(name=name, is_ok=False, message=told, fix=error.hint)
        message = f"{report.name} shows exactly the columns that are needed."
        return Check(name=name, is_ok=True, message=message)

    def _host(self) -> Check:
        """Tell a host that serves pages to people from one that serves programs."""
        host = urlsplit(self._settings.base_url).hostname or ""
        is_ok = bool(_SERVICES_HOST.match(host)) or is_loopback(host)
        is_known = host.endswith((".workday.com", ".myworkday.com"))
        if is_ok or not is_known:
            return Check(
                name="services host",
                is_ok=True,
                is_seen=is_ok,
                message=f"{host} is asked for web services.",
                fix="" if is_ok else _FIND_HOST,
            )
        return Check(
            name="services host",
            is_ok=False,
            message=f"{host} seems to be the host that people sign in at, not the one "
            "for web services.",
            fix=_FIND_HOST,
        )

    def _login(self, view: View) -> Check:
        kind = KINDS["job_family"]
        try:
            self._probes.first(kind.get, kind.record, kind.criteria(), view)
        except TargetError as error:
            if not isinstance(error, AuthError) and self._shows_a_page():
                return Check(
                    name="login",
                    is_ok=False,
                    message="The host answers with a page for people, as the one that "
                    "they sign in at does.",
                    fix=_FIND_HOST,
                )
            return Check(
                name="login", is_ok=False, message=error.message, fix=error.hint
            )
        return Check(
            name="login",
            is_ok=True,
            message=f"The tenant {self._settings.tenant} accepts the login.",
        )

    def _shows_a_page(self) -> bool:
        """Tell whether the host answers a question of a program with HTML."""
        try:
            answer = self._client.wsdl(OPERATIONS[KINDS["job_family"].get].service)
        except TargetError:
            return False
        return bool(_PAGE.match(answer))

    def _clock(self, view: View) -> Check:
        """Compare our clock with the moment that the tenant's answer states."""
        moment = datetime.fromisoformat(view.entered)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        skew = abs(self._now() - moment)
        return Check(
            name="clock",
            is_ok=skew <= _LARGEST_SKEW,
            message=f"Our clock and the tenant's are {int(skew.total_seconds())} "
            "seconds apart.",
            fix="Let this machine keep time by NTP.",
        )

    def _windows(self) -> Check:
        windows = self._settings.windows
        open_now = window_at(windows, self._now())
        message = f"{len(windows)} windows in which nothing is sent."
        if open_now is not None:
            message = (
                f"{open_now.reason}: nothing is sent until "
                f"{open_now.closes:%Y-%m-%d %H:%M} UTC."
            )
        return Check(
            name="windows",
            is_ok=True,
            is_seen=bool(windows),
            message=message if windows else "No window is set.",
            fix=_WINDOWS,
        )

    def _schema(self, service: str, used_by: Collection[str]) -> Check:
        """Compare every element we may send with the tenant's own WSDL."""
        name = f"elements of {service}"
        version = self._settings.versions[service]
        try:
            schema = TenantSchema(self._client.wsdl(service), service)
        except TargetError as error:
            return Check(
                name=name,
                is_ok=False,
                message=f"The WSDL of {service} {version} cannot be read, so kinds "
                f"that were never compared stay off. {error.message}",
                fix=error.hint,
            )
        by_user = {name: differences_of(name, schema) for name in used_by}
        off = [
            KINDS[name].spec.plural if name in KINDS else name
            for name, paths in by_user.items()
            if paths
        ]
        differences = list(
            dict.fromkeys(p for paths in by_user.values() for p in paths)
        )
        if not differences:
            message = f"{service} {version} takes what we send."
            return Check(name=name, is_ok=True, message=message)
        return Check(
            name=name,
            is_ok=False,
            message=f"{service} {version} differs: {named(differences)}; "
            f"these stay off: {', '.join(off)}.",
            fix=f"Set `versions` of {service} to {PINNED_VERSIONS[service]}; where "
            "that differs too, ask for a newer adapter. Kinds that stay off are looked "
            "at again at every plan.",
        )

    def _catalogue(self) -> Iterator[Check]:
        for kind in KINDS.values():
            if not self._is_on(kind.spec.name):
                continue
            plural = kind.spec.plural
            criteria = kind.criteria()
            yield self._probes.readable(kind.get, kind.record, criteria, plural)
            if kind.build is not None:
                request = kind.build(probe_of(kind))
                yield self._probes.writable(kind.put, request, plural)

    def _evidence(self) -> Iterator[Check]:
        certifications = ACHIEVEMENTS[DispatchKind.CERTIFICATION]
        yield self._probes.readable(
            certifications.get, certifications.record, None, "certifications of workers"
        )
        if not self._settings.training_type:
            yield Check(
                name="training type",
                is_ok=False,
                message="The setting `training_type` is empty: no training is sent.",
                fix='Run the report "View Reference IDs" for Training Type and copy '
                "the Training_Type_ID to use.",
            )
        for kind, achievement in ACHIEVEMENTS.items():
            if kind is DispatchKind.TRAINING and not self._settings.training_type:
                continue
            request = achievement.request([dispatch_to_nobody(kind)], self._settings)
            yield self._probes.startable(
                achievement.manage, request, achievement.process, f"{kind.value}s"
            )

    def _processes(self) -> Iterator[Check]:
        """Ask whether REST shows what waits for approval; level moves need REST."""
        features = ("evidence", "reviews", "moves")
        if self._rest is not None and any(map(self._is_on, features)):
            yield self._probes.followable(self._rest, _FOLLOWING)
        elif self._rest is None and self._enabled and "moves" in self._enabled:
            yield Check(
                name="REST",
                is_ok=False,
                message="Level moves go by REST, which takes no user name and "
                "password.",
                fix='Run "Register API Client for Integrations" and write `auth: '
                "{kind: oauth}` into the connection (docs/install-workday.md, 4).",
            )

    def _unseen(self) -> Iterator[Check]:
        """Name the access that is needed and that no question shows."""
        for policy in policies.needed(self._policies, self._enabled):
            for access in policy.access:
                if (policy.name, access) not in self._probes.asked:
                    yield _look(policy, access)


def _set_up(settings: Settings, scope: PeopleScope) -> frozenset[str]:
    """Return the features that the connection's own settings switch on."""
    asks = settings.open_positions
    features = {
        "reviews": settings.reviews.report is not None,
        "open_positions": asks,
        "positions_by_organisation": asks and bool(scope.organisations),
        "positions_by_country": asks and bool(scope.countries),
    }
    return frozenset(name for name, is_on in features.items() if is_on)


def _look(policy: Policy, access: str) -> Check:
    return Check(
        name=f"{access} on {policy.name}",
        is_ok=True,
        is_seen=False,
        message=f"Needed for {policy.reason}; nothing shows whether it is there.",
        fix=how_to_grant(policy, access),
    )
