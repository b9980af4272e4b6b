"""Checks of everything a connection to Moodle needs, each with the way to mend it.

Changes nothing. Every fix is worded as the administrator finds it in Moodle's menus.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from adapters.moodle import clicks, listing, site_checks, task_checks, wire
from adapters.moodle.client import MoodleClient
from adapters.moodle.facts import COPY_FUNCTIONS, FUNCTIONS
from adapters.moodle.holding import Holding
from adapters.moodle.report_rows import RowError
from adapters.moodle.report_setup import REPORTS, TASKS_REPORT, ReportSetUp
from adapters.moodle.reports import FAR_FUTURE, Report
from adapters.moodle.rights import CONTROLS, Rights
from adapters.moodle.settings import MoodleSettings
from adapters.moodle.wire_site import (
    ACTIVE_FILTERS,
    SEEN_USER,
    SITE_CONFIGURATION,
    SiteConfiguration,
)
from connector.kit.errors import TargetError
from connector.kit.protocols import Services
from connector.kit.setup import Capability
from connector.kit.values import Check

_SITE_INFO = "core_webservice_get_site_info"
_USERS = "core_user_get_users_by_field"
_USER_PLANS = "core_competency_list_user_plans"
#: The account that every site is installed with.
_ADMINISTRATOR = 2
_CONFIGURATION = "tool_mobile_get_config"
_FILTERS = "core_filters_get_available_in_context"
#: What the name of a sandbox site says.
_SANDBOX_NAME = "Sandbox Moodle"


def banner(client: MoodleClient) -> str:
    """Return what to show above everything where the site is a sandbox."""
    try:
        info = _site_info(client)
    except TargetError:
        # A site that does not answer is reported by whatever asks it next.
        return ""
    is_sandbox = info.sitename == _SANDBOX_NAME
    return "This Moodle is a sandbox: nothing here is real." if is_sandbox else ""


def _site_info(client: MoodleClient) -> wire.SiteInfo:
    return wire.SITE_INFO.one(client.call(_SITE_INFO), _SITE_INFO)


class MoodleDoctor:
    """The checks of one connection."""

    def __init__(
        self, client: MoodleClient, settings: MoodleSettings, services: Services
    ) -> None:
        self._client = client
        self._settings = settings
        self._services = services

    def checks(self) -> Iterator[Check]:
        """Yield one check after another; without an answer, only that one."""
        try:
            info = _site_info(self._client)
        except TargetError as error:
            yield Check(
                name="connection", is_ok=False, message=error.message, fix=error.hint
            )
            return
        yield site_checks.connection(info, self._settings.url)
        yield site_checks.release(info)
        yield site_checks.functions(info, FUNCTIONS)
        yield site_checks.features(info)
        try:
            yield self._account(info)
        except TargetError as error:
            yield site_checks.hindered_account(error)
            if site_checks.hindrance(error):
                return
        yield from self._site(info)
        yield from self._capabilities(info)
        yield self._scales()
        for report in REPORTS:
            yield self._report(report)
        yield self._tasks()
        if self._settings.finished_plans:
            yield self._plans()
        yield from site_checks.by_hand()
        if info.sitename == _SANDBOX_NAME:
            yield Check(name="sandbox", is_ok=True, message="This site is a sandbox.")

    def _plans(self) -> Check:
        """Ask for somebody's learning plans, as reading finished ones does."""
        try:
            self._client.call(_USER_PLANS, {"userid": _ADMINISTRATOR})
        except TargetError as error:
            return Check(
                name="finished plans",
                is_ok=False,
                message=error.message,
                fix=f"{clicks.ROLES}: edit the role of the service account, look for"
                " “View all learning plans” (moodle/competency:planview) and tick"
                " Allow; or leave the setting `finished_plans` out.",
            )
        return Check(
            name="finished plans", is_ok=True, message="Learning plans are shown."
        )

    def _account(self, info: wire.SiteInfo) -> Check:
        """Look the account itself up; that it sees nobody is told among the rights."""
        answer = self._client.call(_USERS, {"field": "id", "values": [info.userid]})
        users = SEEN_USER.many(answer, _USERS)
        return site_checks.account(users[0] if users else None)

    def _site(self, info: wire.SiteInfo) -> Iterator[Check]:
        """Yield what the site itself is set to, as far as its service tells."""
        configuration = SiteConfiguration({})
        if _CONFIGURATION in info.functions:
            answer = self._client.call(_CONFIGURATION)
            configuration = SITE_CONFIGURATION.one(answer, _CONFIGURATION)
        yield site_checks.time_zone(configuration, self._settings.time_zone)
        yield site_checks.policy(configuration)
        if len(self._settings.languages) > 1:
            yield self._multilang(info)

    def _multilang(self, info: wire.SiteInfo) -> Check:
        if _FILTERS not in info.functions:
            return site_checks.multilang(None)
        place = {"contextlevel": "user", "instanceid": info.userid}
        try:
            answer = self._client.call(_FILTERS, {"contexts": [place]})
            return site_checks.multilang(ACTIVE_FILTERS.one(answer, _FILTERS).names)
        except TargetError:
            return site_checks.multilang(None)

    def _capabilities(self, info: wire.SiteInfo) -> Iterator[Check]:
        """Yield a check for each right that is missing, and one for all others."""
        rights = Rights(
            self._client,
            account_id=info.userid,
            functions=info.functions,
            report_id=next(filter(None, map(self._id_of, REPORTS)), None),
        )
        wanted = [
            capability
            for capability in self._services.needs.capabilities
            if self._may_be_needed(capability, info.functions)
        ]
        missing, untold = 0, []
        for capability in wanted:
            try:
                found = rights.look(capability)
            except TargetError as error:
                untold.append(f"{capability.name} ({error.message})")
                continue
            if found.holding is Holding.MISSING:
                missing += 1
                yield _missing(capability)
            elif found.holding is Holding.UNTOLD:
                untold.append(f"{capability.name} ({found.reason})")
        if not missing:
            told = len(wanted) - len(untold)
            yield Check(
                name="capabilities",
                is_ok=True,
                message=f"{told} of {len(wanted)} capabilities are proven by a call.",
            )
        if untold:
            yield Check(
                name="capabilities not shown",
                is_ok=True,
                is_seen=False,
                message=f"No call shows {'; '.join(untold)}.",
                fix=f"{clicks.ROLES}: look them up in the role of the account.",
            )

    def _id_of(self, report: ReportSetUp) -> int | None:
        return report.id_in(self._settings)

    def _may_be_needed(self, capability: Capability, functions: Sequence[str]) -> bool:
        """Tell whether the condition of a right may hold.

        “NAME is [not] set” is about a setting. What is about the mapping, which the
        doctor does not know, is looked at where a call can show it; what only copies
        of courses need, where the service has the functions for them.
        """
        when = capability.needed_when
        name, _, state = when.partition(" is ")
        if state not in ("set", "not set"):
            control = CONTROLS.get(capability.name)
            if not when.startswith("the mapping"):
                return True
            lacking = set(control.functions) - set(functions) if control else set()
            return control is not None and not lacking & set(COPY_FUNCTIONS)
        is_set = getattr(self._settings, name) is not None
        return is_set if state == "set" else not is_set

    def _scales(self) -> Check:
        wanted = self._settings.scales
        try:
            values = listing.scale_values(self._client, wanted.values())
        except TargetError as error:
            return Check(
                name="scales", is_ok=False, message=error.message, fix=clicks.SCALE_FIX
            )
        told = [
            f"{key} = scale {scale_id} "
            f"({', '.join(values.get(scale_id, ())) or 'not found'})"
            for key, scale_id in sorted(wanted.items())
        ]
        is_ok = bool(wanted) and all(scale in values for scale in wanted.values())
        return Check(
            name="scales",
            is_ok=is_ok,
            message="; ".join(told) or "No scale is named in the settings.",
            fix="" if is_ok else clicks.SCALE_FIX,
        )

    def _report(self, setup: ReportSetUp) -> Check:
        report_id = setup.id_in(self._settings)
        name = f"{setup.shape().name} report"
        fix = (
            f"{clicks.REPORTS}: make the report “{setup.name}” as `jobframe init "
            "moodle` says, add the service account to its audience, and put its id "
            f"into the setting `{setup.setting}`."
        )
        if report_id is None:
            return Check(
                name=name,
                is_ok=not setup.is_expected,
                message=f"There is none ({setup.purpose}).",
                fix=fix if setup.is_expected else "",
            )
        report = self._opened(setup, report_id)
        try:
            _try(report, has_filter=bool(setup.filter))
        except TargetError as error:
            return Check(
                name=name,
                is_ok=False,
                message=error.message,
                fix=f"{fix} The account needs moodle/reportbuilder:view as well.",
            )
        told = " ".join(report.notes)
        return Check(
            name=name, is_ok=True, message=f"Report {report_id} is as wanted. {told}"
        )

    def _opened(self, setup: ReportSetUp, report_id: int) -> Report:
        return Report(
            self._client,
            setup.shape(),
            report_id,
            setup.columns_in(self._settings),
            sleep=self._services.sleep,
            new_mark=lambda: secrets.token_hex(8),
        )

    def _tasks(self) -> Check:
        """Look whether scheduled tasks run, where a report shows them."""
        report_id = self._id_of(TASKS_REPORT)
        if report_id is None:
            return site_checks.tasks_by_hand()
        now = self._services.now()
        since = int((now - task_checks.LONGEST_PAUSE).timestamp())
        report = self._opened(TASKS_REPORT, report_id)
        try:
            with report.opened():
                rows = [row for page in report.pages(since) for row in page]
        except TargetError:
            # What is wrong with the report is said where the reports are.
            return site_checks.tasks_by_hand()
        zone = ZoneInfo(self._settings.time_zone)
        try:
            return task_checks.scheduled_tasks(rows, zone, now)
        except RowError as error:
            wrong = report.wrong(str(error))
            return task_checks.wrong(wrong.message, wrong.hint)


def _try(report: Report, *, has_filter: bool) -> None:
    """Read as little of a report as shows how it is set up; raises `TargetError`."""
    with report.opened():
        if has_filter:
            for _ in report.pages(FAR_FUTURE):
                pass
        else:
            report.first(None)


def _missing(capability: Capability) -> Check:
    """Return the check of a missing right; one of another mapping does not fail."""
    when = capability.needed_when
    is_about_mapping = bool(when) and not when.endswith(" set")
    return Check(
        name=f"capability {capability.name}",
        is_ok=is_about_mapping,
        is_seen=not is_about_mapping,
        message=f"The account lacks {capability.name} (“{capability.label}”), needed "
        f"for {capability.reason}" + (f" when {when}." if is_about_mapping else "."),
        fix=f"{clicks.ROLES}: edit the role of the service account, look for "
        f"“{capability.label}” ({capability.name}) and tick Allow.",
    )
