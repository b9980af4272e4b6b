"""Competency trees of a wanted size, as frameworks and as rows of Moodle's own CSV.

Made up from counters, so that every run and every contestant writes the same texts. As
in the example organisation a competency is described by one plain paragraph, and a step
by a list of its indicators, which costs Moodle's web services (and not its importer) a
purifier's work for each.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from adapters.moodle.facts import RULE_ALL
from connector.framework.model import (
    Competency,
    CompetencyDomain,
    Framework,
    Indicator,
    ProficiencyScale,
    Step,
    Text,
)
from connector.kit.values import Record, Ref

PARENTS = 100
STEPS = 4
NODE_KINDS = ("domain", "competency", "step")

_HEADERS = (
    "Parent ID number",
    "ID number",
    "Short name",
    "Description",
    "Description format",
    "Scale values",
    "Scale configuration",
    "Rule type (optional)",
    "Rule outcome (optional)",
    "Rule config (optional)",
    "Cross-referenced competency ID numbers",
    "Exported ID (optional)",
    "Is framework",
    "Taxonomy",
)
_COMPLETE = 2


def english(text: str) -> Text:
    """Return a text in English."""
    return Text((("en", text),))


def flat_framework(leaves: int) -> Framework:
    """Return 100 domains with so many competencies in them, without steps."""
    return _framework(_competencies(leaves, scale=None))


def nested_framework(nodes: int) -> Framework:
    """Return 100 domains with so many nodes below: competencies, each with 4 steps."""
    return _framework(_competencies(nodes // (1 + STEPS), scale="proficiency"))


def _framework(competencies: Iterable[Competency]) -> Framework:
    steps = tuple(
        Step(key=f"step-{rank}", name=english(f"Step {rank}"))
        for rank in range(1, STEPS + 1)
    )
    scale = ProficiencyScale(key="proficiency", name=english("Steps"), steps=steps)
    domains = [
        CompetencyDomain(
            key=f"domain-{number:03}",
            name=english(f"Domain {number}"),
            description=english(f"What people in area {number} do for others."),
        )
        for number in range(PARENTS)
    ]
    return Framework(
        key="bench",
        name=english("Benchmark"),
        description=english("Made by a benchmark and removed by it."),
        scales={scale.key: scale},
        domains={domain.key: domain for domain in domains},
        competencies={competency.key: competency for competency in competencies},
    )


def _competencies(count: int, *, scale: str | None) -> Iterable[Competency]:
    for number in range(count):
        domain = number * PARENTS // count
        yield Competency(
            key=f"competency-{number:05}",
            name=english(f"Competency {number} in area {domain}"),
            description=english(
                f"Plans, does and reviews work of sort {number}, and answers for it."
            ),
            indicators=tuple(
                Indicator(step=f"step-{rank}", text=english(f"{text} {number}/{rank}."))
                for rank in range(1, STEPS + 1 if scale else 1)
                for text in ("Asks before the work & after", "Shows what came of it")
            ),
            domain=f"domain-{domain:03}",
            scale=scale,
        )


def write_csv(records: Iterable[Record], values: Iterable[str], path: Path) -> None:
    """Write records as a file for Moodle's importer of competency frameworks.

    The columns are those of its own export; a node names its parent by ID number.
    """
    known = {record.ref: record for record in records}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADERS)
        for record in known.values():
            if record.kind == "framework":
                writer.writerow(_framework_row(record, values))
            elif record.kind in NODE_KINDS:
                writer.writerow(_node_row(record, known))


def _framework_row(record: Record, values: Iterable[str]) -> list[object]:
    default = {"id": record.fields["proficient_from"]}
    configuration = [{"scaleid": "0"}, {**default, "scaledefault": 1, "proficient": 1}]
    terms = record.fields["taxonomies"]
    return [
        "",
        record.identity,
        record.fields["shortname"],
        record.fields["description"],
        1,
        ",".join(values),
        json.dumps(configuration),
        *("", "", "", "", "", 1),
        ",".join(map(str, terms)) if isinstance(terms, tuple) else "",
    ]


def _node_row(record: Record, known: dict[Ref, Record]) -> list[object]:
    parent = record.fields["parent"]
    has_rule = Ref("step_rule", record.key) in known and record.kind == "step"
    rule = (RULE_ALL, _COMPLETE, "null") if has_rule else ("", "", "")
    return [
        known[parent].identity if isinstance(parent, Ref) else "",
        record.identity,
        record.fields["shortname"],
        record.fields["description"],
        1,
        *("", ""),
        *rule,
        *("", "", "", ""),
    ]
