"""A competency framework as the file that Moodle's own importer takes.

For sites without web services. Pure: mapped records in, the text of a file out. What
the file cannot hold is refused or named, never left out in silence.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence

from adapters.moodle import clicks
from adapters.moodle.facts import RULE_ALL, RULE_OUTCOMES
from adapters.moodle.identities import NODE_KINDS
from adapters.moodle.scales import configuration
from connector.kit.errors import FrameworkError, Problem
from connector.kit.setup import ExportedFile
from connector.kit.values import Record, Ref, Value

#: The columns of the importer of 4.5, which goes by their order.
COLUMNS = (
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
_HTML = "1"
_COMPLETE = next(code for code, name in RULE_OUTCOMES.items() if name == "complete")
_CARRIED = frozenset(("scale", "framework", "step_rule", "related", *NODE_KINDS))


class MoodleCsv:
    """The export `moodle-csv`."""

    name = "moodle-csv"
    title = "the competency framework for Moodle's own importer"

    def write(self, records: Sequence[Record]) -> ExportedFile:
        """Return the file and how to use it.

        Raises:
            FrameworkError: there is not exactly one framework, or a name would be lost
                by the importer.
        """
        framework = _only_framework(records)
        scale = next(r for r in records if r.ref == framework.fields["scale"])
        nodes = [record for record in records if record.kind in NODE_KINDS]
        _check_names([framework, *nodes])
        tree = _Tree(records)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerow(_framework_row(framework, _values(scale)))
        writer.writerows(map(tree.row, nodes))
        return ExportedFile(text.getvalue(), tuple(_notes(records, framework, scale)))


def _only_framework(records: Sequence[Record]) -> Record:
    found = [record for record in records if record.kind == "framework"]
    if len(found) != 1:
        raise FrameworkError(
            f"the file holds one competency framework, and the mapping makes "
            f"{len(found)}",
            hint="Let the mapping make exactly one record of the kind framework.",
        )
    return found[0]


def _check_names(records: Sequence[Record]) -> None:
    """Refuse names that the importer would cut rows at, or leave out."""
    problems = []
    for record in records:
        name = str(record.fields["shortname"])
        if '\\"' in name or name.endswith("\\"):
            what = "a backslash before a quotation mark or at the end,"
        elif name == "0":
            what = "only 0,"
        else:
            continue
        key = f"{record.kind} {record.key}"
        told = f"the name holds {what} which Moodle's importer cannot read"
        problems.append(Problem(record.source, told, "Write it otherwise.", key))
    if problems:
        number = len(problems)
        raise FrameworkError(
            f"{number} name{'s' if number > 1 else ''} cannot be exported",
            hint="Correct the framework; no file was written.",
            problems=sorted(problems),
        )


def _framework_row(framework: Record, values: Sequence[str]) -> list[str]:
    first = framework.fields["proficient_from"]
    taxonomies = framework.fields.get("taxonomies")
    return [
        "",
        framework.identity,
        str(framework.fields["shortname"]),
        _description(framework),
        _HTML,
        ",".join(values),
        # The importer puts the id of the scale that it finds or makes.
        configuration(0, first if isinstance(first, int) else 0, len(values)),
        *[""] * 5,
        "1",
        ",".join(map(str, taxonomies)) if isinstance(taxonomies, tuple) else "",
    ]


class _Tree:
    """What the row of a node holds besides its texts."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._identities = {record.ref: record.identity for record in records}
        self._with_rule = {
            record.fields["node"] for record in records if record.kind == "step_rule"
        }
        self._related: dict[Value, list[str]] = {}
        for record in records:
            pair = record.fields.get("competencies")
            if record.kind == "related" and isinstance(pair, tuple):
                first, second = pair
                # A relation has two ends; the importer makes both of one.
                self._related.setdefault(first, []).append(self._identity(second))

    def row(self, node: Record) -> list[str]:
        """Return the row of a node."""
        has_rule = node.ref in self._with_rule
        rule = [RULE_ALL, str(_COMPLETE), json.dumps(None)] if has_rule else [""] * 3
        return [
            self._identity(node.fields.get("parent")),
            node.identity,
            str(node.fields["shortname"]),
            _description(node),
            _HTML,
            "",
            "",
            *rule,
            ",".join(self._related.get(node.ref, ())),
            "",
            "",
            "",
        ]

    def _identity(self, reference: Value) -> str:
        return self._identities[reference] if isinstance(reference, Ref) else ""


def _description(record: Record) -> str:
    """Return a description that the importer reads whole.

    PHP takes a backslash before a quotation mark as part of the field; as an entity the
    mark is none, and shows the same.
    """
    return str(record.fields.get("description") or "").replace('\\"', "\\&quot;")


def _values(scale: Record) -> list[str]:
    values = scale.fields["values"]
    return [str(value) for value in values] if isinstance(values, tuple) else []


def _notes(
    records: Sequence[Record], framework: Record, scale: Record
) -> Iterator[str]:
    values = ",".join(_values(scale))
    yield (
        f"{clicks.IMPORT}: choose the file, CSV separator comma, Encoding UTF-8, "
        "Import, then Confirm with the columns as they are."
    )
    yield (
        f"Scale: Moodle takes the standard scale whose values are exactly “{values}”. "
        "Where there is none it makes one, named “Competency scale: "
        f"{framework.fields['shortname']}”. Put its id into the setting scales of a "
        "connection."
    )
    yield (
        "It can be imported once: a framework with the ID number "
        f"{framework.identity} must not be there yet."
    )
    left = Counter(record.kind for record in records if record.kind not in _CARRIED)
    if left:
        told = ", ".join(f"{number} of kind {kind}" for kind, number in left.items())
        yield f"Not in the file, as the importer knows none: {told}."
