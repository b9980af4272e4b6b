"""What a target holds already, as a framework could hold it.

An adapter tells it in the words of the framework and by the target's own identities;
nothing is repaired on the way: what has no place in a framework is a note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from connector.kit.values.records import Incomplete


class ImportedKind(StrEnum):
    """The kinds of element that a target may tell; the values are the framework's."""

    FRAMEWORK = "framework"
    SCALE = "scale"
    DOMAIN = "domain"
    COMPETENCY = "competency"
    CERTIFICATION = "certification"
    GROUP = "group"
    FAMILY = "family"
    ROLE = "role"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedStep:
    """A step of a scale, by the target's identity of it."""

    identity: str
    name: str
    value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedNeed:
    """A competency that a role asks for, at a step where one is named."""

    competency: str
    step: str = ""
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedElement:
    """One element of a target; every reference is the other's identity there.

    `place` is how people find it in the target. Texts are Markdown, `name` is one line.
    `parents` holds the group of a family, the families of a role, the domains of a
    domain or competency: a framework has room for the first one, and for all of a
    competency's. `scale`, and
    `behaviours` as pairs of a step and a text, are a competency's; `needs`,
    `responsibilities` and `attributes` a role's, `issuer` and `valid_months` a
    certification's.
    """

    kind: ImportedKind
    identity: str
    place: str
    name: str
    description: str = ""
    is_retired: bool = False
    parents: tuple[str, ...] = ()
    steps: tuple[ImportedStep, ...] = ()
    scale: str = ""
    behaviours: tuple[tuple[str, str], ...] = ()
    needs: tuple[ImportedNeed, ...] = ()
    responsibilities: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    issuer: str = ""
    valid_months: int | None = None


@dataclass(frozen=True, slots=True)
class ImportNote:
    """What a person should know of an import; notes of one topic are counted."""

    topic: str
    place: str
    message: str


#: An `Incomplete` says of which kind not everything could be read, and why.
ImportItem: TypeAlias = ImportedElement | ImportNote | Incomplete
