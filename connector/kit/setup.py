"""What an adapter tells an administrator before there is a connection.

What the platform must allow, the checklist for setting it up with every value to
paste, and files for a platform that is filled by hand. Values and protocols only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from connector.kit.values import LearningFact, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One right that the service account needs, under the platform's own name.

    `label` is how the platform's pages show it, `reason` what the connector does with
    it. `needed_when` is empty for what every connection needs.
    """

    name: str
    label: str
    reason: str
    needed_when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One security policy that must let the service account in, by its own name.

    `type` is what the platform calls it and `area` where it lies there; `access` are
    the kinds of access to grant. `features` are the kinds and features that need it.
    """

    name: str
    type: str
    area: str
    access: tuple[str, ...]
    features: tuple[str, ...]
    reason: str

    def is_needed(self, enabled: Collection[str] | None) -> bool:
        """Tell whether what is switched on needs it; none: all is switched on."""
        return enabled is None or not set(self.features).isdisjoint(enabled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Everything a platform must allow, as the adapter's manifest lists it.

    `functions` are those of the platform's interface that are called.
    """

    functions: tuple[str, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueTable:
    """Values to paste or tick; the first of each row is what is typed."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_markdown(self) -> str:
        """Return the table as a page of documentation shows it."""
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistStep:
    """One step of setting a platform up, in the platform's own words.

    `where` is the click path; `actions` are done there one after another. `paste` is
    a whole text to copy.
    """

    title: str
    where: str
    actions: tuple[str, ...]
    tables: tuple[ValueTable, ...] = ()
    paste: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a mapping makes of the set-up: its language and its options."""

    language: str
    options: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class SettingUp(Protocol):
    """An adapter that knows how its platform is set up."""

    def checklist(self, needs: Needs, wishes: Wishes) -> Sequence[ChecklistStep]:
        """Return the steps in the order in which they are done."""
        ...


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """The text of a file, and what a person should know about using it."""

    text: str
    notes: tuple[str, ...] = ()


class Export(Protocol):
    """One kind of file made of the records that a mapping wants."""

    name: str
    title: str

    def write(self, records: Sequence[Record]) -> ExportedFile:
        """Return the file; pure.

        Raises:
            FrameworkError: with every value that the file cannot hold.
        """
        ...


@runtime_checkable
class Exporting(Protocol):
    """An adapter that can write files for its platform."""

    def exports(self) -> Sequence[Export]:
        """Return the kinds of file; names are unique over all adapters."""
        ...


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The facts in a file, and what a person should know about it."""

    facts: tuple[LearningFact, ...]
    notes: tuple[str, ...] = ()


@runtime_checkable
class LearningFiles(Protocol):
    """An adapter that reads completed learning from a file."""

    def read_learning(
        self, content: bytes, place: str, zone: ZoneInfo | None, now: datetime
    ) -> ReadFile:
        """Return the facts of a file; `zone` is that of times which name none.

        Raises:
            FrameworkError: with every problem, its file (`place`) and line.
        """
        ...
