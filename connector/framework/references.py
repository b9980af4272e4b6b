"""Every reference from one part of a framework to another, as one flat list.

Pure. Validation, statistics and comparison all walk this list, so a new kind of
reference is added in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from connector.framework.model import (
    CarryOver,
    Competency,
    Framework,
    LearningActivity,
    Level,
    Move,
    Pathway,
    Requirement,
    Role,
)

#: The kinds of keyed elements and the attribute of `Framework` that holds them.
KINDS: Mapping[str, str] = {
    "scale": "scales",
    "domain": "domains",
    "competency": "competencies",
    "level": "levels",
    "group": "groups",
    "family": "families",
    "role": "roles",
    "certification": "certifications",
    "pathway": "pathways",
    "move": "moves",
    "cluster": "clusters",
    "carry-over": "carry_over",
    "region": "regions",
    "pay band": "pay_bands",
}

#: Kinds that lie within an element of another kind: a role, a pathway.
CONTAINED = ("focus area", "activity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The element that refers: its kind, and what decides whether it is in use."""

    kind: str
    key: str
    is_retired: bool
    effective_from: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One reference: `field` of the owner names the element `target` of a kind."""

    owner: Owner
    field: str
    kind: str
    target: str
    place: str


def elements(framework: Framework) -> Iterator[tuple[str, Any]]:
    """Yield every keyed element with its kind; contained ones follow their owner."""
    for kind, attribute in KINDS.items():
        for element in getattr(framework, attribute).values():
            yield kind, element
            if isinstance(element, Role):
                for area in element.focus_areas:
                    yield "focus area", area
            elif isinstance(element, Pathway):
                for activity in element.activities:
                    yield "activity", activity


def requirement_lists(
    framework: Framework,
) -> Iterator[tuple[str, Any, tuple[Requirement, ...]]]:
    """Yield every list of requirements with the kind and element that states it."""
    for kind, element in elements(framework):
        if isinstance(element, Level):
            yield kind, element, element.expects
        elif hasattr(element, "requirements"):
            yield kind, element, element.requirements


def references(framework: Framework) -> Iterator[Reference]:
    """Yield every reference of a framework."""
    container: Any = framework
    for kind, element in elements(framework):
        if kind not in CONTAINED:
            container = element
        owner = Owner(
            kind=kind,
            key=element.key,
            is_retired=element.is_retired or container.is_retired,
            effective_from=element.effective_from or container.effective_from,
        )
        for field, target_kind, targets in _named_by(element):
            for target in targets:
                yield Reference(
                    owner=owner,
                    field=field,
                    kind=target_kind,
                    target=target,
                    place=element.place,
                )
        yield from _steps_named_by(element, owner)


_Named = Iterator[tuple[str, str, Iterable[str]]]


def _named_by(element: Any) -> _Named:
    """Yield field, kind and keys for what an element's plain fields name."""
    if isinstance(element, Competency):
        yield "scale", "scale", _one(element.scale)
        yield "domain", "domain", _one(element.domain)
        yield "also_in", "domain", element.also_in
        yield "broader", "competency", element.broader
        yield "related", "competency", element.related
    elif isinstance(element, Level):
        yield "above", "level", element.above
        yield "parity", "level", _one(element.parity)
    elif isinstance(element, Move):
        yield from _named_by_move(element)
    elif isinstance(element, CarryOver):
        # Where it carries from may be gone: that is what it is for.
        yield "to", "competency", (each.competency for each in element.to)
    elif isinstance(element, Pathway):
        yield "prerequisites", "pathway", element.prerequisites
        yield from _named_by_audience(element)
    else:
        yield from _named_by_simple(element)


#: Field, kind of target, by the attribute that holds a key or keys.
_SIMPLE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "CompetencyDomain": (("parent", "domain"),),
    "JobFamily": (("group", "group"),),
    "Role": (("family", "family"), ("level", "level")),
    "LearningActivity": (("certification", "certification"),),
    "Cluster": (("roles", "role"), ("competencies", "competency")),
    "PayBand": (("region", "region"),),
}


def _named_by_simple(element: Any) -> _Named:
    for field, kind in _SIMPLE.get(type(element).__name__, ()):
        value = getattr(element, field)
        yield field, kind, value if isinstance(value, tuple) else _one(value)


def _named_by_move(move: Move) -> _Named:
    yield "from", "role", (move.from_role,)
    yield "to", "role", (move.to_role,)
    yield "certifications", "certification", move.certifications
    yield "pathways", "pathway", move.pathways


#: Kinds that an audience may name as `kind/key`; `track/...` is checked apart.
AUDIENCES = ("role", "level", "family", "group", "cluster")


def _named_by_audience(pathway: Pathway) -> _Named:
    for entry in pathway.audience:
        kind, _, key = entry.partition("/")
        if kind in AUDIENCES:
            yield f"audience {kind}", kind, (key,)


def _steps_named_by(element: Any, owner: Owner) -> Iterator[Reference]:
    """Yield the competencies that requirements and activities name."""
    field, stated = "requirements", getattr(element, "requirements", ())
    if isinstance(element, Level):
        field, stated = "expects", element.expects
    elif isinstance(element, LearningActivity):
        field, stated = "gives", element.gives
    for one in stated:
        yield Reference(
            owner=owner,
            field=field,
            kind="competency",
            target=one.competency,
            place=one.place or element.place,
        )


def _one(key: str | None) -> tuple[str, ...]:
    return (key,) if key is not None else ()
