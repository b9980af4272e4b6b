"""The mapping: how a framework becomes the records of one target.

A commented YAML document; reading it checks every name against the adapter's kinds
and reports all problems with file and line.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.framework.sources.yaml_nodes import (
    Listing,
    Node,
    Scalar,
    Table,
    parse,
    plain_data,
)
from connector.kit.errors import ConfigError, Problem
from connector.kit.values import DispatchKind, FieldSpec, FieldType, KindSpec
from connector.sync.expressions import Expression, ExpressionError, Expressions
from connector.sync.guards import GuardLimits
from connector.sync.rules import DriftPolicy

_EACH = re.compile(r"^\s*([a-z_][a-z0-9_]*)\s+in\s+(.+)$", re.DOTALL)
_YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}
#: What a kind of activity may be sent as.
_SENT_AS = (
    DispatchKind.TRAINING,
    DispatchKind.CERTIFICATION,
    DispatchKind.ASSESSMENT,
)
#: Says that a kind of activity is not sent.
_STAYS = "nothing"
_PREFIX = re.compile(r"^[a-z0-9]{1,12}$")


@dataclass(frozen=True, slots=True)
class Loop:
    """`name in collection`, one turn of a record or a row for each item."""

    name: str
    items: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMapping:
    """How the rows of a group are made."""

    loops: tuple[Loop, ...]
    when: Expression | None
    fields: MappingType[str, Expression]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """How one field is made: by one expression, several, or rows."""

    line: int
    value: Expression | None = None
    values: tuple[Expression, ...] = ()
    rows: tuple[RowMapping, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMapping:
    """How the records of a kind are made; a kind may have several of these."""

    loops: tuple[Loop, ...]
    when: Expression | None
    key: Expression
    fields: MappingType[str, FieldMapping]
    line: int
    #: Gives the identity of an object that the target has already, or nothing.
    identity: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindMapping:
    """What the mapping says of one kind."""

    records: tuple[RecordMapping, ...]
    drift: DriftPolicy
    is_protected: bool
    shorten: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMapping:
    """What evidence becomes in the target, by kind of activity; none: it stays here.

    `level` gives the target's id of a step (names: scale, rank), `link` where a person
    looks a reference up (name: reference).
    """

    becomes: MappingType[str, DispatchKind | None] | None = None
    level: Expression | None = None
    link: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping, checked and compiled."""

    name: str
    adapter: str
    prefix: str
    language: str
    options: MappingType[str, Any]
    kinds: MappingType[str, KindMapping]
    limits: GuardLimits
    digest: str
    evidence: EvidenceMapping = EvidenceMapping()


def load_mapping(text: str, name: str, specs: Sequence[KindSpec]) -> Mapping:
    """Read a mapping for an adapter with the given kinds.

    Args:
        text: the YAML text.
        name: how messages name the document, usually its file.
        specs: the adapter's kinds.

    Raises:
        ConfigError: with every problem, each with file and line.
    """
    reader = _Reader(name, {spec.name: spec for spec in specs})
    root = parse(text, reader.report)
    mapping = None
    if isinstance(root, Table):
        mapping = reader.read(root, hashlib.sha256(text.encode()).hexdigest())
    elif not reader.problems:
        reader.report(1, "a mapping is a YAML table", "Start from a shipped one.")
    if reader.problems or mapping is None:
        number = len(reader.problems)
        raise ConfigError(
            f"the mapping {name} has {number} problem{'s' if number > 1 else ''}",
            hint="Correct them and plan again; nothing was read or written.",
            problems=sorted(reader.problems, key=_line),
        )
    return mapping


def _line(problem: Problem) -> int:
    return int(problem.place.rpartition(":")[2])


@dataclass(slots=True)
class _Reader:
    """Walks the YAML tree; a problem never stops the walk."""

    name: str
    specs: MappingType[str, KindSpec]
    problems: list[Problem] = field(default_factory=list)
    expressions: Expressions = field(init=False)

    def report(self, line: int, message: str, hint: str = "") -> None:
        """Note a problem at a line."""
        self.problems.append(Problem(f"{self.name}:{line}", message, hint))

    def read(self, root: Table, digest: str) -> Mapping:
        """Read the whole document."""
        self._check_names(
            root,
            {
                "version", "adapter", "prefix", "language", "drift", "options",
                "guards", "kinds", "evidence",
            },
        )  # fmt: skip
        if self._text(root, "version") != "1":
            self.report(root.line, "the mapping's version must be 1", "")
        language = self._text(root, "language", "en")
        self.expressions = Expressions(language)
        prefix = self._text(root, "prefix", "jf")
        if not _PREFIX.match(prefix):
            self.report(
                root.lines.get("prefix", root.line),
                f"“{prefix}” cannot be a prefix",
                "Take up to 12 lower-case letters and digits.",
            )
        return Mapping(
            name=self.name,
            adapter=self._text(root, "adapter"),
            prefix=prefix,
            language=language,
            options=self._options(root),
            kinds=self._kinds(root),
            limits=self._limits(root),
            digest=digest,
            evidence=self._evidence(root),
        )

    def _options(self, root: Table) -> dict[str, Any]:
        table = self._table(root, "options")
        return {name: plain_data(node) for name, node in table.entries.items()}

    def _limits(self, root: Table) -> GuardLimits:
        table = self._table(root, "guards")
        known = GuardLimits()
        names = set(GuardLimits.__dataclass_fields__)
        self._check_names(table, names)
        values: dict[str, Any] = {}
        for name in names & set(table.entries):
            kind = type(getattr(known, name))
            try:
                number = kind(self._text(table, name))
            except ValueError:
                number = kind(-1)
            if not 0 <= number < math.inf:
                whole = "whole " if kind is int else ""
                self.report(
                    table.lines[name],
                    f"“{name}” must be a {whole}number from 0 on",
                    f"For example {getattr(known, name)}.",
                )
            values[name] = number
        return GuardLimits(**values)

    def _evidence(self, root: Table) -> EvidenceMapping:
        table = self._table(root, "evidence")
        self._check_names(table, {"becomes", "level", "link"})
        becomes = self._table(table, "becomes")
        names = frozenset({"prefix", "language"})
        return EvidenceMapping(
            becomes={
                name: self._dispatch_kind(becomes, name) for name in becomes.entries
            }
            or None,
            level=self._expression(
                table.entries.get("level"), table.line, names | {"scale", "rank"}
            ),
            link=self._expression(
                table.entries.get("link"), table.line, names | {"reference"}
            ),
        )

    def _dispatch_kind(self, table: Table, name: str) -> DispatchKind | None:
        text = self._text(table, name)
        if text in _SENT_AS:
            return DispatchKind(text)
        if text != _STAYS:
            self.report(
                table.lines[name],
                f"“{text}” is no way to send evidence",
                f"Take {', '.join(_SENT_AS)} or {_STAYS}.",
            )
        return None

    def _kinds(self, root: Table) -> dict[str, KindMapping]:
        table = self._table(root, "kinds")
        self._check_names(table, set(self.specs), what="kind")
        usual = self._drift(root, DriftPolicy.ASK)
        options = {"options": self._options(root)}
        return {
            name: kind
            for name, node in table.entries.items()
            if name in self.specs and self._is_table(node) and isinstance(node, Table)
            # One that is switched off is checked all the same.
            if (kind := self._kind(self.specs[name], node, usual))
            and self._is_on(node, options)
        }

    def _is_on(self, table: Table, options: dict[str, Any]) -> bool:
        """Tell whether a kind is mapped: its `when` asks the options alone."""
        condition = self._condition(table, frozenset())
        try:
            return condition is None or bool(condition.evaluate(options))
        except ExpressionError as error:
            self.report(table.lines["when"], f"“when” of a kind {error}")
            return False

    def _kind(self, spec: KindSpec, node: Node, usual: DriftPolicy) -> KindMapping:
        assert isinstance(node, Table)  # noqa: S101 - asked by the caller
        self._check_names(node, {"records", "when", "drift", "protected", "shorten"})
        records = tuple(
            self._record(spec, item)
            for item in self._items(node, "records")
            if self._is_table(item)
        )
        shorten = [
            item.text if isinstance(item, Scalar) else ""
            for item in self._items(node, "shorten")
        ]
        for name in shorten:
            if name not in spec.by_name or not spec.by_name[name].max_length:
                self.report(
                    node.lines["shorten"],
                    f"{spec.label} has no field “{name}” with a length limit",
                )
        return KindMapping(
            records=tuple(record for record in records if record is not None),
            drift=self._drift(node, usual),
            is_protected=self._is_protected(node),
            shorten=frozenset(shorten),
        )

    def _is_protected(self, table: Table) -> bool:
        text = self._text(table, "protected", "no")
        if text not in _YES_OR_NO:
            self.report(table.lines["protected"], f"“{text}” is neither yes nor no")
        return _YES_OR_NO.get(text, True)

    def _drift(self, table: Table, usual: DriftPolicy) -> DriftPolicy:
        text = self._text(table, "drift", usual.value)
        try:
            return DriftPolicy(text)
        except ValueError:
            offered = ", ".join(policy.value for policy in DriftPolicy)
            self.report(
                table.lines["drift"], f"“{text}” is no drift policy", f"Take {offered}."
            )
            return usual

    def _record(self, spec: KindSpec, node: Node) -> RecordMapping | None:
        assert isinstance(node, Table)  # noqa: S101 - asked by the caller
        self._check_names(node, {"each", "when", "key", "identity", "fields"})
        loops, names = self._loops(node, frozenset())
        fields = self._table(node, "fields")
        self._check_names(fields, set(spec.by_name), what=f"field of {spec.label}")
        missing = [
            item.name
            for item in spec.fields
            if item.is_required and item.name not in fields.entries
        ]
        if missing:
            self.report(
                node.line,
                f"{spec.label} needs {', '.join(missing)}",
                "Add it under “fields”.",
            )
        key = self._expression(node.entries.get("key"), node.line, names)
        if "key" not in node.entries:
            self.report(node.line, f"{spec.label} needs a “key”")
        when = self._condition(node, names)
        identity = self._expression(node.entries.get("identity"), node.line, names)
        made = {
            name: self._field(spec.by_name[name], item, fields.lines[name], names)
            for name, item in fields.entries.items()
            if name in spec.by_name
        }
        if key is None:
            return None
        return RecordMapping(
            loops=loops,
            when=when,
            key=key,
            fields=made,
            line=node.line,
            identity=identity,
        )

    def _loops(
        self, table: Table, names: frozenset[str]
    ) -> tuple[tuple[Loop, ...], frozenset[str]]:
        loops = []
        for item in self._items(table, "each"):
            match = _EACH.match(item.text) if isinstance(item, Scalar) else None
            if match is None:
                self.report(
                    item.line,
                    "“each” is written: name in collection",
                    "For example: role in framework.roles.values()",
                )
                continue
            items = self._bare(match.group(2), item.line, names)
            names |= {match.group(1)}
            if items is not None:
                loops.append(Loop(match.group(1), items))
        return tuple(loops), names

    def _field(
        self, spec: FieldSpec, node: Node, line: int, names: frozenset[str]
    ) -> FieldMapping:
        if spec.type is FieldType.ROWS:
            nodes = node.items if isinstance(node, Listing) else [node]
            rows = [self._rows(spec, item, names) for item in nodes]
            return FieldMapping(
                line=line, rows=tuple(row for row in rows if row is not None)
            )
        if isinstance(node, Listing):
            found = [self._expression(item, item.line, names) for item in node.items]
            return FieldMapping(
                line=line, values=tuple(item for item in found if item is not None)
            )
        return FieldMapping(line=line, value=self._expression(node, line, names))

    def _rows(
        self, spec: FieldSpec, node: Node, names: frozenset[str]
    ) -> RowMapping | None:
        if not isinstance(node, Table):
            self.report(
                node.line, f"“{spec.name}” holds rows", "Write each, when and row."
            )
            return None
        self._check_names(node, {"each", "when", "row"})
        loops, names = self._loops(node, names)
        row = self._table(node, "row")
        self._check_names(
            row, {item.name for item in spec.row}, what=f"field of a row of {spec.name}"
        )
        missing = [
            item.name
            for item in spec.row
            if item.is_required and item.name not in row.entries
        ]
        if missing:
            self.report(node.line, f"a row of {spec.name} needs {', '.join(missing)}")
        fields = {
            name: self._expression(item, row.lines[name], names)
            for name, item in row.entries.items()
        }
        return RowMapping(
            loops=loops,
            when=self._condition(node, names),
            fields={name: item for name, item in fields.items() if item is not None},
            line=node.line,
        )

    def _condition(self, table: Table, names: frozenset[str]) -> Expression | None:
        node = table.entries.get("when")
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self.report(node.line, "“when” is one condition")
            return None
        return self._bare(node.text, node.line, names)

    def _bare(self, text: str, line: int, names: frozenset[str]) -> Expression | None:
        try:
            return self.expressions.condition(text, names)
        except ExpressionError as error:
            self.report(line, f"“{text}” {error}")
            return None

    def _expression(
        self, node: Node | None, line: int, names: frozenset[str]
    ) -> Expression | None:
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self.report(line, "one value is wanted here, not a list or a table")
            return None
        try:
            return self.expressions.value(node.text, names)
        except ExpressionError as error:
            self.report(line, f"“{node.text.strip()}” {error}")
            return None

    def _check_names(self, table: Table, known: set[str], what: str = "entry") -> None:
        for name in table.entries:
            if name not in known:
                self.report(
                    table.lines[name],
                    f"“{name}” is no {what}",
                    f"Known: {', '.join(sorted(known))}.",
                )

    def _is_table(self, node: Node) -> bool:
        if isinstance(node, Table):
            return True
        self.report(node.line, "a table is wanted here", "Indent its entries below it.")
        return False

    def _table(self, table: Table, name: str) -> Table:
        node = table.entries.get(name)
        if node is None or (isinstance(node, Scalar) and node.is_empty):
            return Table(table.line)
        return node if self._is_table(node) and isinstance(node, Table) else Table(1)

    def _items(self, table: Table, name: str) -> list[Node]:
        node = table.entries.get(name)
        if node is None:
            return []
        return node.items if isinstance(node, Listing) else [node]

    def _text(self, table: Table, name: str, usual: str = "") -> str:
        node = table.entries.get(name)
        if node is None:
            return usual
        if isinstance(node, Scalar):
            return node.text
        self.report(table.lines[name], f"“{name}” is one value")
        return usual
