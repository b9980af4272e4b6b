"""Checks the rules by which evidence of changed competencies is carried over.

Pure. Where a rule carries from may be gone from the framework, so its steps are looked
at only while it stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connector.framework.model import Carried, CarryOver, Framework
from connector.kit.errors import Problem


def check_carry_over(framework: Framework) -> Iterator[Problem]:
    """Yield rules that carry nothing, twice the same, in a circle, or to no step."""
    seen: dict[tuple[str, str], str] = {}
    for rule in framework.carry_over.values():
        if not rule.to:
            yield _problem(rule, "carries nothing over", "Name a competency in “to”.")
        for carried in rule.to:
            yield from _check_steps(framework, rule, carried)
            pair = (rule.from_competency, carried.competency)
            if pair in seen:
                yield _problem(
                    rule,
                    f'carries "{pair[0]}" over to "{pair[1]}", as "{seen[pair]}" does',
                    "Keep one of the two.",
                )
            seen[pair] = rule.key
    yield from _check_circles(framework)


def _check_steps(
    framework: Framework, rule: CarryOver, carried: Carried
) -> Iterator[Problem]:
    if not carried.steps:
        yield _problem(
            rule,
            f'gives no step of "{carried.competency}"',
            "Write {old step: new step}.",
            carried.place,
        )
    for competency, steps in (
        (rule.from_competency, carried.steps.keys()),
        (carried.competency, carried.steps.values()),
    ):
        if competency not in framework.competencies:
            continue
        known = [step.key for step in framework.steps_of(competency)]
        for step in sorted(set(steps) - set(known)):
            yield _problem(
                rule,
                f'names the step "{step}" of "{competency}", which is not there',
                f"Its steps are {', '.join(known)}."
                if known
                else "It has no steps: give it a scale.",
                carried.place,
            )


def _check_circles(framework: Framework) -> Iterator[Problem]:
    """Yield the rules that lead back to where they carry from."""
    leads: dict[str, set[str]] = {}
    for rule in framework.carry_over.values():
        targets = leads.setdefault(rule.from_competency, set())
        targets.update(each.competency for each in rule.to)
    for rule in framework.carry_over.values():
        if rule.from_competency in _reached(leads, rule.from_competency):
            yield _problem(
                rule,
                f'leads back to "{rule.from_competency}", which it carries from',
                "Carry evidence over in one direction.",
            )


def _reached(leads: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    fresh = set(leads.get(start, ()))
    while fresh:
        found |= fresh
        fresh = {to for each in fresh for to in leads.get(each, ())} - found
    return found


def _problem(rule: CarryOver, message: str, hint: str, place: str = "") -> Problem:
    return Problem(
        place or rule.place, f'carry-over "{rule.key}" {message}', hint, rule.key
    )
