"""The column map: how the rows of someone's tables become a framework.

Values and their strict reading; what they do to rows stands in `columns`.
`docs/importing.md` describes the form for authors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector.framework.model import Framework, Track
from connector.framework.sources.files import read_text
from connector.framework.sources.map_values import (
    CELL,
    CLEANING,
    DELIMITER,
    ENCODING,
    KIND,
    REFERENCE,
    Cell,
    CleaningRule,
    Reference,
)
from connector.framework.sources.native import read_head, read_section
from connector.framework.sources.native_elements import (
    ElementType,
    Field,
    report_unknown,
)
from connector.framework.sources.native_kinds import SECTIONS
from connector.framework.sources.native_reading import (
    Context,
    Findings,
    is_absent,
    is_valid,
)
from connector.framework.sources.native_values import (
    WORD,
    ValueType,
    list_of,
    one_of,
    table_of,
)
from connector.framework.sources.yaml_nodes import Node, parse
from connector.framework.sources.yaml_nodes import Table as TableNode
from connector.kit.errors import FrameworkError

#: A column within a pattern of names, as in `Senior {Role}`.
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A set of files with the same columns, found by name patterns."""

    key: str
    files: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One depth of a tree that lies across columns."""

    identity: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRule:
    """The track of a role by how a column ends; `otherwise` where nothing matches."""

    column: str
    endings: Mapping[str, str] = field(default_factory=dict)
    otherwise: Track | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rung: patterns of names (`*`, `{Column}`), and its level on each track."""

    names: tuple[str, ...]
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRule:
    """The rungs that a column is compared with, the lowest first."""

    column: str
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRule:
    """How rows become elements of one kind; without a name they only add to them."""

    kind: str
    table: str
    identity: tuple[str, ...] = ()
    name: Cell | None = None
    description: Cell | None = None
    key: tuple[Cell, ...] = ()
    path: tuple[PathStep, ...] = ()
    group: Reference | None = None
    family: Reference | None = None
    track: TrackRule | None = None
    level: LadderRule | None = None
    attributes: Mapping[str, Cell] = field(default_factory=dict)
    scale: str | None = None
    type: Cell | None = None
    other_names: Cell | None = None
    parents: Cell | None = None
    indicators: Mapping[str, Cell] = field(default_factory=dict)
    from_role: Reference | None = None
    to_role: Reference | None = None
    rank: Cell | None = None
    tier: Cell | None = None
    place: str = field(default="", compare=False)

    @property
    def is_adding(self) -> bool:
        """Tell whether the rule only adds to elements that another rule makes."""
        return not self.name and not self.path and self.kind != "move"

    def columns(self) -> Iterator[str]:
        """Yield every column that the rule reads."""
        yield from self.identity
        for step in self.path:
            yield from (step.identity, step.name)
        if self.track is not None:
            yield self.track.column
        if self.level is not None:
            yield self.level.column
        for reference in (self.group, self.family, self.from_role, self.to_role):
            yield from reference.identity if reference else ()
        for cell in self._cells():
            yield from cell.columns
        for rung in self.level.rungs if self.level else ():
            for name in rung.names:
                yield from PLACEHOLDER.findall(name)

    def _cells(self) -> Iterator[Cell]:
        yield from self.key
        yield from self.attributes.values()
        yield from self.indicators.values()
        single = (
            self.name,
            self.description,
            self.type,
            self.other_names,
            self.parents,
            self.rank,
            self.tier,
        )
        yield from (cell for cell in single if cell is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementRule:
    """How rows become requirements of roles."""

    table: str
    role: Reference
    competency: Reference
    step: Cell | None = None
    place: str = field(default="", compare=False)

    def columns(self) -> Iterator[str]:
        """Yield every column that the rule reads."""
        yield from self.role.identity
        yield from self.competency.identity
        yield from self.step.columns if self.step else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """A whole map. `stated` has what the map itself says in the native format."""

    source: str
    framework: Framework
    stated: Mapping[str, Mapping[str, Any]]
    tables: tuple[Table, ...]
    cleaning: tuple[CleaningRule, ...]
    no_value: frozenset[str]
    elements: tuple[ElementRule, ...]
    requirements: tuple[RequirementRule, ...]
    place: str

    @property
    def rules(self) -> tuple[ElementRule | RequirementRule, ...]:
        """Return the rules of every sort."""
        return (*self.elements, *self.requirements)

    def columns_of(self, table: Table) -> set[str]:
        """Return the columns that the map reads of a table."""
        return {
            column
            for rule in self.rules
            if rule.table == table.key
            for column in rule.columns()
        }


#: Fields by kind, beside those that every kind has.
FIELDS_OF_KIND: Mapping[str, frozenset[str]] = {
    "group": frozenset(),
    "family": frozenset({"group"}),
    "domain": frozenset({"path"}),
    "competency": frozenset({"scale", "type", "other_names", "parents", "indicators"}),
    "role": frozenset({"family", "track", "level", "attributes"}),
    "move": frozenset({"from", "to", "rank", "tier"}),
}
_COMMON = frozenset({"kind", "table", "identity", "name", "description", "key"})

_WORDS = list_of(WORD)
_TABLE = ElementType(
    Table,
    (
        Field("key", "key", WORD, is_required=True),
        Field("files", "files", _WORDS, is_required=True),
        Field("encoding", "encoding", ENCODING),
        Field("delimiter", "delimiter", DELIMITER),
    ),
)
_PATH_STEP = ElementType(
    PathStep,
    (
        Field("identity", "identity", WORD, is_required=True),
        Field("name", "name", WORD, is_required=True),
    ),
)
_TRACK = ElementType(
    TrackRule,
    (
        Field("column", "column", WORD, is_required=True),
        Field("endings", "endings", table_of(one_of(Track))),
        Field("otherwise", "otherwise", one_of(Track)),
    ),
)
_RUNG = ElementType(
    Rung,
    (
        Field("names", "names", _WORDS, is_required=True),
        Field("levels", "levels", table_of(WORD), is_required=True),
    ),
)
_LADDER = ElementType(
    LadderRule,
    (
        Field("column", "column", WORD, is_required=True),
        Field("rungs", "rungs", list_of(_RUNG.as_value()), is_required=True),
    ),
)
_ELEMENT = ElementType(
    ElementRule,
    (
        Field("kind", "kind", KIND, is_required=True),
        Field("table", "table", WORD, is_required=True),
        Field("identity", "identity", _WORDS),
        Field("name", "name", CELL),
        Field("description", "description", CELL),
        Field("key", "key", list_of(CELL)),
        Field("path", "path", list_of(_PATH_STEP.as_value())),
        Field("group", "group", REFERENCE),
        Field("family", "family", REFERENCE),
        Field("track", "track", _TRACK.as_value()),
        Field("level", "level", _LADDER.as_value()),
        Field("attributes", "attributes", table_of(CELL)),
        Field("scale", "scale", WORD),
        Field("type", "type", CELL),
        Field("other_names", "other_names", CELL),
        Field("parents", "parents", CELL),
        Field("indicators", "indicators", table_of(CELL)),
        Field("from", "from_role", REFERENCE),
        Field("to", "to_role", REFERENCE),
        Field("rank", "rank", CELL),
        Field("tier", "tier", CELL),
    ),
)
_REQUIREMENT = ElementType(
    RequirementRule,
    (
        Field("table", "table", WORD, is_required=True),
        Field("role", "role", REFERENCE, is_required=True),
        Field("competency", "competency", REFERENCE, is_required=True),
        Field("step", "step", CELL),
    ),
)
_TOP_WORDS = (
    "source",
    "framework",
    "tables",
    "cleaning",
    "no_value",
    "stated",
    "elements",
    "requirements",
)


def read_column_map(path: Path) -> ColumnMap:
    """Read a column map.

    Raises:
        FrameworkError: with every problem of the map, by line.
    """
    findings = Findings()
    context = Context(path.name, findings)
    text, problem = read_text(path, path.name)
    if problem:
        findings.problems.append(problem)
    root = parse(text, context.report)
    columns = None
    if isinstance(root, TableNode):
        columns = _read(root, context)
    elif not findings.problems:
        context.report(1, "the file holds no column map", "See docs/importing.md.")
    if columns is None or findings.problems:
        raise FrameworkError(
            f"The column map {path.name} cannot be used.",
            hint="Correct it; docs/importing.md describes the form.",
            problems=sorted(findings.problems),
        )
    return columns


def _read(root: TableNode, context: Context) -> ColumnMap | None:
    report_unknown(root, _TOP_WORDS, context)
    missing = [word for word in _TOP_WORDS[:3] if is_absent(root.entries.get(word))]
    for word in missing:
        context.report(1, f'"{word}" is missing', f'Add "{word}: ...".')
    if missing:
        return None

    def value(word: str, type_: ValueType, default: Any = ()) -> Any:
        node = root.entries.get(word)
        if node is None or is_absent(node):
            return default
        found = type_.read(node, context)
        return found if is_valid(found) else default

    head = read_head([(context.file, root.entries["framework"])], context.findings)
    columns = ColumnMap(
        source=value("source", WORD, ""),
        framework=head,
        stated=_read_stated(root.entries.get("stated"), context, head.language),
        tables=value("tables", list_of(_TABLE.as_value())),
        cleaning=value("cleaning", list_of(CLEANING)),
        no_value=frozenset(value("no_value", _WORDS)),
        elements=value("elements", list_of(_ELEMENT.as_value())),
        requirements=value("requirements", list_of(_REQUIREMENT.as_value())),
        place=context.file,
    )
    for message, place in _faults(columns):
        context.report(int(place.rpartition(":")[2]), message, "See docs/importing.md.")
    return columns


def _read_stated(
    node: Node | None, context: Context, language: str
) -> dict[str, dict[str, Any]]:
    if not isinstance(node, TableNode):
        if node is not None and not is_absent(node):
            context.refuse(node, "lists by name, such as scales:")
        return {}
    report_unknown(node, SECTIONS, context)
    return {
        name: read_section(name, [(context.file, part)], context.findings, language)
        for name, part in node.entries.items()
        if name in SECTIONS
    }


def _faults(columns: ColumnMap) -> Iterator[tuple[str, str]]:
    """Yield what the rules of a map lack or have too much, with the place."""
    tables = {table.key for table in columns.tables}
    for rule in columns.rules:
        if rule.table not in tables:
            yield f'the table "{rule.table}" is not described', rule.place
    for element in columns.elements:
        allowed = _COMMON | FIELDS_OF_KIND[element.kind]
        for field_ in _ELEMENT.fields:
            is_said = bool(getattr(element, field_.attribute))
            if is_said and field_.name not in allowed:
                message = f'"{field_.name}" means nothing for the kind {element.kind}'
                yield message, element.place
        if element.kind == "move":
            if element.from_role is None or element.to_role is None:
                yield 'a move needs "from" and "to"', element.place
        elif bool(element.identity) == bool(element.path):
            yield 'a rule needs "identity", or a domain "path"', element.place
