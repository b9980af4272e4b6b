"""Counts what a framework holds, and tells two frameworks apart.

Pure; both serve the commands `framework stats` and `framework diff`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connector.framework.model import Framework
from connector.framework.references import elements, requirement_lists


def stats(framework: Framework) -> dict[str, int]:
    """Return how many of everything a framework holds.

    `requirements` counts those with a step, as stated (not as inherited);
    `links` counts further domains, broader and related competencies.
    """
    stated = [
        one
        for _, _, requirements in requirement_lists(framework)
        for one in requirements
    ]
    competencies = framework.competencies.values()
    roles = framework.roles.values()
    with_step = sum(one.step is not None for one in stated)
    return {
        "job_family_groups": len(framework.groups),
        "job_families": len(framework.families),
        "roles": len(framework.roles),
        "roles_without_track": sum(role.track is None for role in roles),
        "roles_without_level": sum(role.level is None for role in roles),
        "focus_areas": sum(len(role.focus_areas) for role in roles),
        "levels": len(framework.levels),
        "scales": len(framework.scales),
        "scale_steps": sum(len(scale.steps) for scale in framework.scales.values()),
        "competency_domains": len(framework.domains),
        "competencies": len(framework.competencies),
        "indicators": sum(len(one.indicators) for one in competencies),
        "links": sum(
            len((*one.also_in, *one.broader, *one.related)) for one in competencies
        ),
        "requirements": with_step,
        "requirements_without_step": len(stated) - with_step,
        "certifications": len(framework.certifications),
        "pathways": len(framework.pathways),
        "activities": sum(1 for _ in framework.activities()),
        "moves": len(framework.moves),
        "clusters": len(framework.clusters),
        "carry_over": len(framework.carry_over),
        "regions": len(framework.regions),
        "pay_bands": len(framework.pay_bands),
        "identities": len(framework.identities),
    }


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Difference:
    """One element that differs: `what` is added, removed or changed.

    `fields` names what changed. Values are left out: some of them are pay.
    """

    kind: str
    key: str
    what: str
    fields: tuple[str, ...] = ()


def diff_frameworks(before: Framework, after: Framework) -> tuple[Difference, ...]:
    """Return every element that was added, removed or changed, sorted."""
    old = {(kind, one.key): one for kind, one in _all(before)}
    new = {(kind, one.key): one for kind, one in _all(after)}
    return tuple(sorted(_differences(old, new)))


def _all(framework: Framework) -> Iterator[tuple[str, Any]]:
    yield "framework", framework
    yield from elements(framework)


def _differences(
    old: dict[tuple[str, str], Any], new: dict[tuple[str, str], Any]
) -> Iterator[Difference]:
    for kind, key in old.keys() | new.keys():
        before, after = old.get((kind, key)), new.get((kind, key))
        if before is None:
            yield Difference(kind=kind, key=key, what="added")
        elif after is None:
            yield Difference(kind=kind, key=key, what="removed")
        elif fields := _changed(before, after):
            yield Difference(kind=kind, key=key, what="changed", fields=fields)


def _changed(before: Any, after: Any) -> tuple[str, ...]:
    names = [field.name for field in dataclasses.fields(before) if field.compare]
    if isinstance(before, Framework):
        names = ["name", "description", "effective_from", "is_retired", "language"]
    changed = []
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if name in {"focus_areas", "activities"}:
            # Only their order is the owner's: each is compared by itself.
            old, new = [one.key for one in old], [one.key for one in new]
        if old != new:
            changed.append(name)
    return tuple(changed)
