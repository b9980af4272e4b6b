"""Points out what is allowed in a framework but rarely meant.

Pure. A warning never stops anything; errors are the business of `validate`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from connector.framework.model import Competency, Framework
from connector.framework.references import requirement_lists
from connector.framework.validate import by_place
from connector.kit.errors import Problem

#: What stands in for a capability, and the words that give it away (English, Polish).
CREDENTIALS: dict[str, re.Pattern[str]] = {
    what: re.compile(pattern, re.IGNORECASE)
    for what, pattern in {
        "a degree": r"\b(bachelor|master)(['\u2019]?s)?['\u2019]? (degree|of)\b"
        r"|(university|college|academic|advanced|relevant|higher) degree\b"
        r"|\bdegree (in|required|or equivalent)\b|^degree$"
        r"|\bph\.?d\b|\bdoctorate\b|\bdiploma\b|\bmba\b|\b[bm]\.?sc\b"
        r"|\bdyplom\b|\bmagister\b|\blicencjat\b|\bdoktorat\b|wykszta\u0142cenie",
        "a number of years": r"\b\d+\s*\+?\s*(years?|yrs?|lat[a]?)\b"
        r"|\b(one|two|three|four|five|six|seven|eight|nine|ten) years?\b"
        r"|\byears of (experience|service|practice)\b|\blata do\u015bwiadczenia\b",
        "a former title": r"\b(former|formerly|ex-)\s?\w+"
        r"|\b(experience|worked|served|background) as an? \w+"
        r"|\b(previous|prior) (role|job|position|title|experience)\b"
        r"|\bdo\u015bwiadczenie na stanowisku\b|\bby\u0142(y|a) \w+",
    }.items()
}


def warnings(framework: Framework) -> tuple[Problem, ...]:
    """Return every warning about a framework, sorted by place."""
    found = {warning for rule in _RULES for warning in rule(framework)}
    return tuple(sorted(found, key=by_place))


def _requirements_that_are_credentials(framework: Framework) -> Iterator[Problem]:
    suspects = {
        key: what
        for key, competency in framework.competencies.items()
        if (what := _credential(competency))
    }
    for kind, element, requirements in requirement_lists(framework):
        for one in requirements:
            if one.competency in suspects:
                name = framework.competencies[one.competency].name
                yield Problem(
                    one.place or element.place,
                    f'{kind} "{element.key}" requires "{name}", which is '
                    f"{suspects[one.competency]} instead of a capability",
                    "Require what a person is able to do, and let the degree or the "
                    "years be one way to show it.",
                    element.key,
                )


def _credential(competency: Competency) -> str:
    texts = [text for _, text in competency.name.versions]
    for what, pattern in CREDENTIALS.items():
        if any(pattern.search(text) for text in texts):
            return what
    return ""


def _roles_without_requirements(framework: Framework) -> Iterator[Problem]:
    for role in framework.roles.values():
        if not role.is_retired and not any(framework.requirements_of(role.key)):
            yield Problem(
                role.place,
                f'role "{role.key}" requires nothing',
                "Add requirements to the role, its family or its level.",
                role.key,
            )


def _competencies_without_indicators(framework: Framework) -> Iterator[Problem]:
    for competency in framework.competencies.values():
        if competency.scale and not competency.indicators and not competency.is_retired:
            yield Problem(
                competency.place,
                f'competency "{competency.key}" has no behavioural indicators',
                "Say what can be observed at each step.",
                competency.key,
            )


def _bands_of_no_level(framework: Framework) -> Iterator[Problem]:
    grades = {level.grade for level in framework.levels.values()}
    for band in framework.pay_bands.values():
        if band.grade not in grades and not band.is_retired:
            yield Problem(
                band.place,
                f'pay band "{band.key}" is for grade "{band.grade}" of no level',
                "Give a level this grade, or retire the band.",
                band.key,
            )


def _levels_without_bands(framework: Framework) -> Iterator[Problem]:
    paid = {(band.grade, band.region) for band in framework.pay_bands.values()}
    for level in framework.levels.values():
        for region in framework.regions:
            if level.grade and paid and (level.grade, region) not in paid:
                yield Problem(
                    level.place,
                    f'level "{level.key}" has no pay band in region "{region}"',
                    f'Add a band for grade "{level.grade}" there.',
                    level.key,
                )


def _links_to_itself(framework: Framework) -> Iterator[Problem]:
    for competency in framework.competencies.values():
        if competency.key in competency.related:
            yield Problem(
                competency.place,
                f'competency "{competency.key}" is related to itself',
                'Take it out of "related".',
                competency.key,
            )
        if competency.domain and competency.domain in competency.also_in:
            yield Problem(
                competency.place,
                f'competency "{competency.key}" is also in the domain it lives in',
                'Take the domain out of "also_in".',
                competency.key,
            )


_RULES: tuple[Callable[[Framework], Iterator[Problem]], ...] = (
    _requirements_that_are_credentials,
    _roles_without_requirements,
    _competencies_without_indicators,
    _bands_of_no_level,
    _levels_without_bands,
    _links_to_itself,
)
