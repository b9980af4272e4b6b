"""What a site's own answers say about how it is set up. Pure: answers in, checks out.

What no answer tells becomes a check that a person makes, with the place to look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from adapters.moodle import clicks
from adapters.moodle.facts import OLDEST_VERSION, TESTED_VERSION
from adapters.moodle.wire import SiteInfo
from adapters.moodle.wire_site import SeenUser, SiteConfiguration
from connector.kit.errors import TargetError
from connector.kit.values import Check

#: Moodle's value of "users choose their own time zone".
_NOT_FORCED = frozenset({"", "99"})
#: Why every call fails although the token is right, by `errorcode`, and the way out.
_HINDRANCES = {
    "sitepolicynotagreed": "The account has not agreed to the site policy. "
    f"{clicks.AGREEMENTS}: agree on its behalf.",
    "usernotfullysetup": "A required field of its profile is empty. "
    f"{clicks.ACCOUNTS}: edit the account and fill every required field.",
    "forcepasswordchangenotice": "It must change its password. "
    f"{clicks.ACCOUNTS}: edit the account and untick Force password change.",
}
_FEATURES = {
    "enablecompletion": f"{clicks.ADVANCED}: tick Enable completion tracking",
    "enablecompetencies": f"{clicks.COMPETENCIES}: tick Enable competencies",
    "enablecustomreports": f"{clicks.ADVANCED}: tick Enable custom reports",
}


def connection(info: SiteInfo, url: str) -> Check:
    """Check that the site is known by the address of the connection."""
    is_same = info.siteurl.rstrip("/") == url
    return Check(
        name="connection",
        is_ok=is_same,
        message=f"{info.sitename} answers at {url}"
        + ("." if is_same else f", but calls itself {info.siteurl}."),
        fix="" if is_same else f"Write url: {info.siteurl} in the settings.",
    )


def release(info: SiteInfo) -> Check:
    """Check that the functions used exist in this release."""
    version = int(info.version.partition(".")[0] or 0)
    is_ok = version >= OLDEST_VERSION
    note = "" if version >= TESTED_VERSION else "; tried from 4.5 on"
    return Check(
        name="release",
        is_ok=is_ok,
        message=f"Moodle {info.release}{note}.",
        fix="" if is_ok else "Upgrade the site to Moodle 4.5 or later.",
    )


def functions(info: SiteInfo, needed: Sequence[str]) -> Check:
    """Check that the service of the token contains every function."""
    missing = sorted(set(needed) - set(info.functions))
    if not missing:
        return Check(
            name="functions",
            is_ok=True,
            message="The service contains every function needed.",
        )
    return Check(
        name="functions",
        is_ok=False,
        message=f"The service lacks {', '.join(missing)}.",
        fix=f"{clicks.SERVICES} > Functions > Add functions: add them.",
    )


def features(info: SiteInfo) -> Check:
    """Check that completion, competencies and custom reports are switched on.

    A feature the site does not tell of is taken as on; using it will tell.
    """
    off = [fix for name, fix in _FEATURES.items() if not info.features.get(name, 1)]
    return Check(
        name="features",
        is_ok=not off,
        message="Completion tracking, competencies and custom reports are on."
        if not off
        else "A needed feature is switched off.",
        fix=". ".join(off) + "." if off else "",
    )


def hindrance(error: TargetError) -> str:
    """Return the way out where a failure stops every call, empty for others."""
    return _HINDRANCES.get(getattr(error, "error_code", ""), "")


def hindered_account(error: TargetError) -> Check:
    """Return the check of an account that cannot look up even itself."""
    return Check(
        name="account",
        is_ok=False,
        message=error.message,
        fix=hindrance(error) or error.hint,
    )


def account(user: SeenUser | None) -> Check:
    """Check the language of the account: Moodle words its refusals in it."""
    is_english = user is None or user.lang in ("", "en") or user.lang.startswith("en_")
    return Check(
        name="account",
        is_ok=is_english,
        message="The account can call the service; its language is English."
        if is_english
        else f"The language of the account is {user.lang if user else ''}, so Moodle "
        "words what it refuses in that.",
        fix=""
        if is_english
        else f"{clicks.ACCOUNTS}: edit the account, Preferred language: English.",
    )


def time_zone(configuration: SiteConfiguration, expected: str) -> Check:
    """Check that times in reports are in the zone of the setting `time_zone`.

    The connector asks for UTC; a forced zone of the site wins over that.
    """
    if "forcetimezone" not in configuration.values:
        return Check(
            name="time zone",
            is_ok=True,
            is_seen=False,
            message="The service does not tell whether the site forces a time zone.",
            fix=f"{clicks.LOCATION}: if Force time zone is set, write the same into "
            "the setting `time_zone`.",
        )
    forced = configuration.values["forcetimezone"]
    actual = "UTC" if forced in _NOT_FORCED else forced
    is_ok = actual == expected
    return Check(
        name="time zone",
        is_ok=is_ok,
        message=f"Reports show times in {actual}"
        + ("." if is_ok else f", the setting `time_zone` says {expected}."),
        fix="" if is_ok else f"Write time_zone: {actual} in the settings.",
    )


def policy(configuration: SiteConfiguration) -> Check:
    """Tell of a site policy: a new version of it stops every call until agreed to."""
    values = configuration.values
    has_policy = bool(values.get("sitepolicy") or values.get("sitepolicyhandler"))
    return Check(
        name="site policy",
        is_ok=True,
        is_seen=not has_policy,
        message="The account may call, so it has agreed to the site policy; a new "
        "version of the policy will stop it."
        if has_policy
        else "No site policy stands in the way.",
        fix=f"{clicks.AGREEMENTS}: agree on the account's behalf to each new version."
        if has_policy
        else "",
    )


def multilang(active: Collection[str] | None) -> Check:
    """Check that readers get one language of several; none: the site does not tell."""
    fix = (
        f"{clicks.FILTERS}: Multi-Language Content, Active? On, Apply to: Content and "
        "headings. Without it everybody reads all languages in a row."
    )
    if active is None or "multilang" in active:
        return Check(
            name="languages",
            is_ok=True,
            is_seen=False,
            message="The multi-language filter is on. Whether it applies to headings, "
            "so to names too, no call tells."
            if active
            else "The service does not tell whether the multi-language filter is on.",
            fix=fix,
        )
    return Check(
        name="languages",
        is_ok=False,
        message="Texts are written in several languages, and the filter is off.",
        fix=fix,
    )


def tasks_by_hand() -> Check:
    """Return what a person sees where no report shows the scheduled tasks."""
    return _by_hand(
        "scheduled tasks",
        "Plans of cohorts, completions by date and overdue plans wait for Moodle's "
        "scheduled tasks; without the setting `tasks_report` nothing tells when they "
        "last ran.",
        f"{clicks.TASKS}: “Sync plans from learning plan template cohorts” should have "
        "run within two hours, nothing should say Fail delay.",
    )


def by_hand() -> Iterator[Check]:
    """Yield what only a person can see."""
    yield _by_hand(
        "ID number locked",
        "People are known by the ID number of their account; who can change their "
        "own could take over somebody else's learning. No call tells.",
        f"{clicks.AUTHENTICATION}: in the settings of every enabled method, Lock user "
        "fields: Lock value (ID number) = Locked. Where it comes from outside (LDAP, "
        "single sign-on), Update local: On every login.",
    )
    yield _by_hand(
        "HTTP security",
        "Only for the learners' page (LTI): Moodle must be able to fetch the "
        "connector's keys. No call tells.",
        f"{clicks.HTTP_SECURITY}: the connector's network must not be in cURL blocked "
        "hosts list, its port must be in cURL allowed ports list.",
    )


def _by_hand(name: str, message: str, fix: str) -> Check:
    return Check(name=name, is_ok=True, is_seen=False, message=message, fix=fix)
