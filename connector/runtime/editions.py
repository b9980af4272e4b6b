"""Which framework a command works on: the release in effect, another, or a draft."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from connector.framework import framework_from_snapshot, load_framework
from connector.kit.errors import ConfigError, PlanError, StalePlanError
from connector.runtime.instance import Instance
from connector.store import releases
from connector.store.releases import Release
from connector.sync.engine import Edition
from connector.sync.plan import Plan


def release_name(release: Release) -> str:
    """Return the name people know a release by."""
    return f"r-{release.digest[:12]}"


def draft_edition(folder: Path, day: date) -> Edition:
    """Return the framework in a folder, to be planned and not applied."""
    return Edition(
        framework=load_framework(folder),
        name="draft",
        release_id=None,
        effective_on=day,
        as_of=day,
    )


def release_edition(instance: Instance, name: str | None, day: date) -> Edition:
    """Return a release by name, else the one in effect on a day.

    Raises:
        ConfigError: there is no such release, or none in effect yet.
    """
    with instance.database.read() as conn:
        release = (
            _named(releases.all(conn), name)
            if name
            else releases.effective_on(conn, day)
        )
        if release is None:
            known = releases.all(conn)
            raise ConfigError(
                "no release of the framework is in effect yet",
                hint="Make one with `jobframe framework release DIR`."
                if not known
                else f"The first one takes effect on {known[-1].effective_on}:"
                f" preview it with --release {release_name(known[-1])}.",
            )
        content = releases.snapshot(conn, release.digest)
    return Edition(
        framework=framework_from_snapshot(content),
        name=release_name(release),
        release_id=release.id,
        effective_on=release.effective_on,
        as_of=max(day, release.effective_on),
    )


def edition_of_plan(instance: Instance, plan: Plan) -> Edition:
    """Return the edition a plan was made for, on the plan's own day.

    Raises:
        StalePlanError: the release is no longer there.
        PlanError: the plan is for a draft.
    """
    if plan.release_id is None:
        raise PlanError(
            "this plan is for a draft, and only a release can be applied",
            hint="Make it a release (`jobframe framework release DIR`) and plan again.",
        )
    with instance.database.read() as conn:
        release = releases.get(conn, plan.release_id)
        if release is None or release_name(release) != plan.release:
            raise StalePlanError(
                f"the release {plan.release} of this plan is not in this instance",
                hint="Plan again here.",
            )
        content = releases.snapshot(conn, release.digest)
    return Edition(
        framework=framework_from_snapshot(content),
        name=plan.release,
        release_id=release.id,
        effective_on=release.effective_on,
        as_of=plan.as_of,
    )


def _named(known: list[Release], text: str) -> Release:
    """Return the release with a name, its beginning, or its name and day."""
    name, _, day = text.partition("@")
    matching = [
        item
        for item in known
        if release_name(item).startswith(name)
        and day in ("", item.effective_on.isoformat())
    ]
    if len(matching) != 1:
        names = [f"{release_name(item)}@{item.effective_on}" for item in known]
        what = "more than one release begins with" if matching else "no release is"
        raise ConfigError(
            f"{what} “{text}”", hint=f"Releases: {', '.join(names) or 'none yet'}."
        )
    return matching[0]
