"""Checks of everything a connection to Moodle needs, each with the way to mend it.

Reads only. Every fix is worded as the administrator finds it in Moodle's menus.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.moodle import listing, wire
from adapters.moodle.client import MoodleClient
from adapters.moodle.facts import FUNCTIONS, OLDEST_VERSION, TESTED_VERSION
from adapters.moodle.settings import MoodleSettings
from connector.kit.errors import TargetError
from connector.kit.values import Check

_SITE_INFO = "core_webservice_get_site_info"
_USERS = "core_user_get_users_by_field"
_REPORT = "core_reportbuilder_retrieve_report"
#: What the name of a sandbox site says.
_SANDBOX_NAME = "Sandbox Moodle"

_SERVICE = "Site administration > Server > Web services > External services"
_ROLES = "Site administration > Users > Permissions > Define roles"


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

    def __init__(self, client: MoodleClient, settings: MoodleSettings) -> None:
        self._client = client
        self._settings = settings

    def checks(self) -> Iterator[Check]:
        """Yield one check after another; without an answer, only that one."""
        try:
            info = _site_info(self._client)
        except TargetError as error:
            yield Check(
                name="connection", is_ok=False, message=error.message, fix=error.hint
            )
            return
        yield self._connection(info)
        yield _release(info)
        yield _functions(info)
        yield _features(info)
        yield self._account(info)
        yield self._scales()
        yield self._report()
        if info.sitename == _SANDBOX_NAME:
            yield Check(name="sandbox", is_ok=True, message="This site is a sandbox.")

    def _connection(self, info: wire.SiteInfo) -> Check:
        is_same = info.siteurl.rstrip("/") == self._settings.url
        return Check(
            name="connection",
            is_ok=is_same,
            message=f"{info.sitename} answers at {self._settings.url}"
            + ("." if is_same else f", but calls itself {info.siteurl}."),
            fix="" if is_same else f"Write url: {info.siteurl} in the settings.",
        )

    def _account(self, info: wire.SiteInfo) -> Check:
        """Look the account itself up: too few rights show as an empty list."""
        fix = (
            f"{_ROLES}: allow moodle/user:viewdetails and "
            "moodle/user:viewalldetails in the role of the service account."
        )
        try:
            users = self._client.call(_USERS, {"field": "id", "values": [info.userid]})
        except TargetError as error:
            return Check(name="account", is_ok=False, message=error.message, fix=fix)
        is_seen = bool(users)
        return Check(
            name="account",
            is_ok=is_seen,
            message="The account can look up users."
            if is_seen
            else "The account cannot see even itself, so other listings may be empty "
            "for lack of rights.",
            fix="" if is_seen else fix,
        )

    def _scales(self) -> Check:
        wanted = self._settings.scales
        fix = (
            "Site administration > Grades > Scales: add a standard scale, then put its "
            "id (at the end of the address of its edit page) into the setting `scales`."
        )
        try:
            values = listing.scale_values(self._client, wanted.values())
        except TargetError as error:
            return Check(name="scales", is_ok=False, message=error.message, fix=fix)
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
            fix="" if is_ok else fix,
        )

    def _report(self) -> Check:
        report = self._settings.completions_report
        columns = self._settings.completions_columns
        if report is None:
            return Check(
                name="completions report",
                is_ok=False,
                message="No report is named: completed learning is not collected.",
                fix=_REPORT_FIX,
            )
        try:
            answer = self._client.call(
                _REPORT, {"reportid": report, "page": 0, "perpage": 1}
            )
            page = wire.REPORT_PAGE.one(answer, _REPORT)
        except TargetError as error:
            return Check(
                name="completions report",
                is_ok=False,
                message=error.message,
                fix=_REPORT_FIX,
            )
        is_ok = len(page.headers) == len(columns)
        return Check(
            name="completions report",
            is_ok=is_ok,
            message=f"Report {report} shows {', '.join(page.headers)}; expected are "
            f"{', '.join(columns)}.",
            fix="" if is_ok else _REPORT_FIX,
        )


_REPORT_FIX = (
    "Site administration > Reports > Report builder > Custom reports: make the report "
    "as docs/install-moodle.md says, add the service account to its audience, and put "
    "its id into the setting `completions_report`."
)


def _release(info: wire.SiteInfo) -> Check:
    version = int(info.version.partition(".")[0] or 0)
    is_ok = version >= OLDEST_VERSION
    note = "" if version >= TESTED_VERSION else "; tried from 4.5 on"
    return Check(
        name="release",
        is_ok=is_ok,
        message=f"Moodle {info.release}{note}.",
        fix="" if is_ok else "Upgrade the site to Moodle 4.5 or later.",
    )


def _functions(info: wire.SiteInfo) -> Check:
    missing = sorted(set(FUNCTIONS) - set(info.functions))
    return Check(
        name="functions",
        is_ok=not missing,
        message=f"The service lacks {', '.join(missing)}."
        if missing
        else "The service contains every function needed.",
        fix=f"{_SERVICE} > Functions of the service > Add functions: add them."
        if missing
        else "",
    )


def _features(info: wire.SiteInfo) -> Check:
    needed = {
        "enablecompletion": "Site administration > General > Advanced features: enable "
        "completion tracking",
        "enablecompetencies": "Site administration > Competencies > Competencies "
        "settings: enable competencies",
        "enablecustomreports": "Site administration > General > Advanced features: "
        "enable custom reports",
    }
    # A feature the site does not tell of is taken as on; using it will tell.
    off = [fix for name, fix in needed.items() if not info.features.get(name, 1)]
    return Check(
        name="features",
        is_ok=not off,
        message="Completion, competencies and custom reports are on."
        if not off
        else "A needed feature is switched off.",
        fix=". ".join(off) + "." if off else "",
    )
