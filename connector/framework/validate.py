"""Checks that a framework makes sense, and tells every problem at once.

Pure: reads no file and changes nothing. Shape and types are the sources' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from connector.framework.checks_carrying import check_carry_over
from connector.framework.checks_elements import (
    check_competencies,
    check_elements,
    check_scales,
    check_steps,
)
from connector.framework.checks_ladder import (
    check_containment,
    check_levels,
    check_moves,
    check_parity,
    check_roles,
)
from connector.framework.checks_pay import check_pay_bands, check_regions
from connector.framework.checks_references import check_identities, check_references
from connector.framework.model import Framework
from connector.kit.errors import Problem

#: Keys by section that stand in a source but could not be read.
Unusable = Mapping[str, frozenset[str]]

_RULES: tuple[Callable[[Framework], Iterator[Problem]], ...] = (
    check_elements,
    check_scales,
    check_competencies,
    check_steps,
    check_containment,
    check_levels,
    check_parity,
    check_roles,
    check_moves,
    check_carry_over,
    check_regions,
    check_pay_bands,
)

_NOTHING: Unusable = MappingProxyType({})


def validate(
    framework: Framework, unusable: Unusable = _NOTHING
) -> tuple[Problem, ...]:
    """Return every problem of a framework, sorted by place.

    `unusable` has, by list name, keys that stand in the source but could not be read;
    naming them is no problem of its own.
    """
    found = set(check_references(framework, unusable))
    found.update(check_identities(framework, unusable))
    for rule in _RULES:
        found.update(rule(framework))
    return tuple(sorted(found, key=by_place))


def by_place(problem: Problem) -> tuple[str, int, str, str]:
    """Return the sort key that puts problems in the order of files and lines."""
    file, _, line = problem.place.rpartition(":")
    if line.isdecimal():
        return file, int(line), problem.key, problem.message
    return problem.place, 0, problem.key, problem.message
