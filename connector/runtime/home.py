"""The instance directory, and the few settings that must be known before the database.

Precedence: option, then `JOBFRAME_*`, then `jobframe.yaml`, then the default. All
else (connections, mappings) lives in the database.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.framework.sources.yaml_nodes import Scalar, Table, parse
from connector.kit.errors import ConfigError, Problem

_FILE = "jobframe.yaml"
_DEFAULTS: Mapping[str, str] = {
    "database": "",
    "organisation": "",
    "time_zone": "UTC",
}

_TEMPLATE = """\
# Settings that must be known before the database is opened. All else lives in it:
# see `jobframe config`.

# Your organisation's name, for people to read.
organisation: {organisation}

# Dates (when a release takes effect, when learning was completed) are calendar days
# in this time zone.
time_zone: {time_zone}

# Left out: a SQLite file beside this one. For PostgreSQL:
# database: postgresql+psycopg://user@host/name
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One instance of the connector."""

    folder: Path
    database: str
    organisation: str
    time_zone: ZoneInfo
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def key_file(self) -> Path:
        """Return the file with the key that secrets and fingerprints depend on."""
        return self.folder / "jobframe.key"

    def today(self, now: datetime) -> date:
        """Return the calendar date in the organisation's time zone."""
        return now.astimezone(self.time_zone).date()


def now() -> datetime:
    """Return the present instant, aware and in UTC."""
    return datetime.now(UTC)


def open_home(folder: str | None, environment: Mapping[str, str] = os.environ) -> Home:
    """Read the settings of an instance; the folder need not exist yet.

    Raises:
        ConfigError: with every wrong setting and where it stands.
    """
    path = Path(folder or environment.get("JOBFRAME_HOME") or "jobframe").absolute()
    problems: list[Problem] = []
    values, sources = dict(_DEFAULTS), dict.fromkeys(_DEFAULTS, "default")
    for name, text in _file_values(path / _FILE, problems).items():
        values[name], sources[name] = text, _FILE
    for name in _DEFAULTS:
        variable = f"JOBFRAME_{name.upper()}"
        if environment.get(variable):
            values[name], sources[name] = environment[variable], variable
    zone = _zone(values["time_zone"], sources["time_zone"], problems)
    if problems:
        raise ConfigError(
            "the settings of this instance cannot be used",
            hint=f"They stand in {path / _FILE}, or in JOBFRAME_* variables.",
            problems=problems,
        )
    return Home(
        folder=path,
        database=values["database"] or f"sqlite:///{path / 'jobframe.db'}",
        organisation=values["organisation"],
        time_zone=zone,
        sources=sources,
    )


def create_home(folder: Path, organisation: str, time_zone: str) -> bool:
    """Make the folder of an instance, private to this user, with its settings file.

    An existing settings file stays as it is. Tells whether the file is new.

    Raises:
        ConfigError: the time zone is none, or the folder cannot be made.
    """
    problems: list[Problem] = []
    _zone(time_zone, "time_zone", problems)
    if problems:
        raise ConfigError("no instance was made", problems=problems)
    path = folder / _FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            return False
        # A text in JSON is one in YAML as well, whatever characters it has.
        name = json.dumps(organisation, ensure_ascii=False)
        text = _TEMPLATE.format(organisation=name, time_zone=time_zone)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"no instance can be made in {folder}: {error.strerror}",
            hint="Name a folder with --home that this user may write to.",
        ) from error
    return True


def _file_values(path: Path, problems: list[Problem]) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "") or "it is not UTF-8 text"
        problems.append(
            Problem(str(path), f"cannot be read: {reason}", "Check its permissions.")
        )
        return {}

    def report(line: int, message: str, hint: str) -> None:
        problems.append(Problem(f"{_FILE}:{line}", message, hint))

    root = parse(text, report)
    values: dict[str, str] = {}
    if root is None:
        return values
    if not isinstance(root, Table):
        report(1, "a table of settings is wanted", "For example: time_zone: UTC")
        return values
    for name, node in root.entries.items():
        if name not in _DEFAULTS or not isinstance(node, Scalar):
            known = ", ".join(sorted(_DEFAULTS))
            report(root.lines[name], f"“{name}” is no setting", f"Known: {known}.")
        elif not node.is_empty:
            values[name] = node.text
    return values


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone; raises `ConfigError` for a name that is none."""
    problems: list[Problem] = []
    zone = _zone(name, "--time-zone", problems)
    if problems:
        raise ConfigError(
            f"“{name}” is no time zone", hint="Take a name like Europe/Warsaw."
        )
    return zone


def _zone(name: str, source: str, problems: list[Problem]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(
            Problem(
                source,
                f"“{name}” is no time zone",
                "Take a name like Europe/Warsaw.",
            )
        )
        return ZoneInfo("UTC")
