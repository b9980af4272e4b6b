"""The sample framework with one thing changed, for rules to find."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from framework_samples import by_key, needs, sample

from connector.framework.model import (
    AcceptedBases,
    Basis,
    Carried,
    CarryOver,
    Framework,
    Move,
    MoveKind,
    Origin,
)


def changed(attribute: str, key: str, /, **fields: Any) -> Framework:
    """Return the sample with some fields of one element changed, and its place set."""
    framework = sample()
    elements = getattr(framework, attribute)
    element = replace(elements[key], place=f"{attribute}.yaml:7", **fields)
    return replace(framework, **{attribute: {**elements, key: element}})


def added(attribute: str, *elements: Any) -> Framework:
    """Return the sample with more elements."""
    framework = sample()
    known = getattr(framework, attribute)
    return replace(framework, **{attribute: {**known, **by_key(*elements)}})


def role_needs(competency: str, step: str | None = None, **more: Any) -> Framework:
    needed = needs(competency, step, origin=Origin.ROLE, of="mate", **more)
    return changed("roles", "mate", requirements=(needed,))


def activity(**fields: Any) -> Framework:
    season = sample().pathways["season"]
    first = replace(season.activities[0], **fields)
    return changed("pathways", "season", activities=(first, season.activities[1]))


def move(start: str, end: str, kind: MoveKind) -> Framework:
    return added("moves", Move(key="new", from_role=start, to_role=end, kind=kind))


def band(**fields: Any) -> Framework:
    return changed("pay_bands", "g1-north", **fields)


def two_grades(**fields: Any) -> Framework:
    """Return the sample with the equal level m-1 on grade g3."""
    base = changed("levels", "m-1", grade="g3")
    bands = {
        **base.pay_bands,
        "g3-north": replace(base.pay_bands["g3-north"], **fields),
    }
    return replace(base, pay_bands=bands)


def crossed() -> Framework:
    """Return the sample with an equal pair that stands upside down."""
    base = changed("levels", "ic-1", parity="m-2")
    levels = {
        **base.levels,
        "m-2": replace(base.levels["m-2"], parity="ic-1", grade="g1"),
    }
    return replace(base, levels=levels)


def carrying(start: str, **to: dict[str, str]) -> Framework:
    """Return the sample with another rule by which evidence is carried over."""
    rule = CarryOver(
        key="new",
        name=sample().name,
        from_competency=start,
        to=tuple(Carried(competency=key, steps=steps) for key, steps in to.items()),
    )
    return added("carry_over", rule)


TWICE = AcceptedBases(bases=(Basis.RATING, Basis.RATING))
TOO_MANY = AcceptedBases(bases=(Basis.RATING,), how_many=2)
