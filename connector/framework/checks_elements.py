"""Checks what an element is by itself: keys, names, scales, steps and bases.

Pure; references are checked elsewhere, so an unknown one is passed over here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connector.framework.model import (
    AcceptedBases,
    Certification,
    Competency,
    Framework,
    LearningActivity,
    Level,
    Text,
)
from connector.framework.references import KINDS, elements, requirement_lists
from connector.kit.errors import Problem

KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,47}")
_KEY_RULE = (
    "Keys have a-z, 0-9, dot, underscore and hyphen, begin with a letter or digit, "
    "and have at most 48 characters."
)


def check_elements(framework: Framework) -> Iterator[Problem]:
    """Yield what is wrong with keys, names and numbers of single elements."""
    yield from _check_filing(framework)
    yield from _check_name("framework", framework, framework.language)
    yield from _check_key("framework", framework)
    seen: dict[tuple[str, str], Any] = {}
    for kind, element in elements(framework):
        yield from _check_key(kind, element)
        yield from _check_name(kind, element, framework.language)
        yield from _check_numbers(kind, element)
        known = seen.setdefault((kind, element.key), element)
        if known is not element:
            yield Problem(
                element.place,
                f'the key "{element.key}" stands for two of kind {kind}, first in '
                f"{known.place}",
                "Give one of the two another key.",
                element.key,
            )


def _check_filing(framework: Framework) -> Iterator[Problem]:
    for kind, attribute in KINDS.items():
        mapping: Mapping[str, Any] = getattr(framework, attribute)
        for key, element in mapping.items():
            if key != element.key:
                yield Problem(
                    element.place,
                    f'{kind} "{element.key}" is filed under "{key}"',
                    "File it under its own key.",
                    element.key,
                )


def _check_key(kind: str, element: Any) -> Iterator[Problem]:
    if not KEY.fullmatch(element.key):
        yield Problem(
            element.place,
            f'"{element.key}" is not a key for the {kind}',
            _KEY_RULE,
            element.key,
        )


def _check_name(kind: str, element: Any, language: str) -> Iterator[Problem]:
    name: Text | None = getattr(element, "name", None)
    if name is None:
        return
    if not dict(name.versions).get(language):
        yield Problem(
            element.place,
            f'{kind} "{element.key}" has no name in {language}',
            "Every element needs a name in the framework's language.",
            element.key,
        )
    for _, text in name.versions:
        if text != text.strip() or len(text.splitlines()) > 1:
            yield Problem(
                element.place,
                f'the name of {kind} "{element.key}" is not one trimmed line',
                "Write names on one line, without blanks at either end.",
                element.key,
            )


#: Attributes that hold a number, and the smallest that makes sense.
_NUMBERS: Mapping[type, Mapping[str, int]] = {
    Level: {"minimum_months": 0},
    Certification: {"valid_months": 1},
    LearningActivity: {"hours": 0, "cost": 0},
}


def _check_numbers(kind: str, element: Any) -> Iterator[Problem]:
    stated = [
        (name, getattr(element, name), least)
        for name, least in _NUMBERS.get(type(element), {}).items()
    ]
    if isinstance(element, Level):
        stated += [
            (f"contributions {name}", count, 1)
            for name, count in element.contributions.items()
        ]
    for name, value, least in stated:
        if value is not None and value < least:
            yield Problem(
                element.place,
                f'{kind} "{element.key}" has {name} {value}',
                f"It must be at least {least}.",
                element.key,
            )


def check_scales(framework: Framework) -> Iterator[Problem]:
    """Yield scales without steps, and steps whose key is wrong or stands twice."""
    for scale in framework.scales.values():
        if not scale.steps:
            yield Problem(
                scale.place,
                f'scale "{scale.key}" has no steps',
                "Add steps, the lowest first.",
                scale.key,
            )
        seen: set[str] = set()
        for step in scale.steps:
            yield from _check_key("step", step)
            yield from _check_name("step", step, framework.language)
            yield from _check_bases(step.bases, step.place, f'step "{step.key}"')
            if step.key in seen:
                yield Problem(
                    step.place,
                    f'scale "{scale.key}" has the step "{step.key}" twice',
                    "Give one of the two another key.",
                    scale.key,
                )
            seen.add(step.key)


def check_competencies(framework: Framework) -> Iterator[Problem]:
    """Yield indicators at a step that the competency's scale does not have."""
    for competency in framework.competencies.values():
        for indicator in competency.indicators:
            yield from _check_step(
                framework,
                competency,
                step=indicator.step,
                place=indicator.place or competency.place,
                who=f'an indicator of competency "{competency.key}"',
                key=competency.key,
            )


def check_steps(framework: Framework) -> Iterator[Problem]:
    """Yield requirements and given steps that the competency's scale does not have."""
    for kind, element, requirements in requirement_lists(framework):
        for one in requirements:
            who = f'{kind} "{element.key}"'
            place = one.place or element.place
            competency = framework.competencies.get(one.competency)
            yield from _check_bases(one.bases, place, who)
            if competency is not None and one.step is not None:
                yield from _check_step(
                    framework,
                    competency,
                    step=one.step,
                    place=place,
                    who=who,
                    key=element.key,
                )
    for _, activity in framework.activities():
        for given in activity.gives:
            competency = framework.competencies.get(given.competency)
            if competency is not None:
                yield from _check_step(
                    framework,
                    competency,
                    step=given.step,
                    place=given.place or activity.place,
                    who=f'activity "{activity.key}"',
                    key=activity.key,
                )


def _check_step(
    framework: Framework,
    competency: Competency,
    *,
    step: str,
    place: str,
    who: str,
    key: str,
) -> Iterator[Problem]:
    if competency.scale is None:
        yield Problem(
            place,
            f'{who} names the step "{step}", but competency "{competency.key}" has '
            "no scale",
            "Give the competency a scale, or leave the step out.",
            key,
        )
        return
    scale = framework.scales.get(competency.scale)
    steps = [one.key for one in scale.steps] if scale else [step]
    if step not in steps:
        yield Problem(
            place,
            f'{who} names the step "{step}" of competency "{competency.key}", which '
            f'is not on the scale "{competency.scale}"',
            f"Its steps are {', '.join(steps)}.",
            key,
        )


def _check_bases(
    accepted: AcceptedBases | None, place: str, who: str
) -> Iterator[Problem]:
    if accepted is None:
        return
    distinct = set(accepted.bases)
    if len(distinct) != len(accepted.bases):
        yield Problem(place, f"{who} accepts one basis twice", "Keep one of the two.")
    if not 1 <= accepted.how_many <= len(distinct):
        yield Problem(
            place,
            f"{who} accepts {len(distinct)} bases and asks for {accepted.how_many}",
            "Ask for at least one, and for no more than are accepted.",
        )
