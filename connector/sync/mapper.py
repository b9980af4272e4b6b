"""*Map*: from a framework to the records a target should hold.

Pure. Every problem is collected, with the place in the framework or the mapping.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, cast

from connector.framework.model import Framework, Text
from connector.framework.translations import Translation
from connector.kit.errors import FrameworkError, Problem
from connector.kit.values import (
    FieldSpec,
    FieldType,
    KindSpec,
    Ownership,
    Record,
    Ref,
    Row,
    RowKey,
    Rows,
    Value,
    in_order,
    is_empty,
    references,
    text_row_key,
)
from connector.sync.expressions import (
    LEFT_OUT,
    Expression,
    ExpressionError,
    LeftOut,
    make_ref,
)
from connector.sync.mapping import FieldMapping, Loop, RecordMapping, RowMapping
from connector.sync.mapping import Mapping as TargetMapping
from connector.sync.people import RolePeople, nobody_known
from connector.sync.uniqueness import clashes

IDENTITY_LIMIT = 100
_KEY = re.compile(r"^[a-z0-9][a-z0-9._/-]*$")


@dataclass(slots=True)
class MapResult:
    """The wanted records, and what the mapping changed on the way (shortened names)."""

    records: list[Record] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def map_records(
    mapping: TargetMapping,
    framework: Framework,
    specs: Sequence[KindSpec],
    people: RolePeople | None = None,
    *,
    connection: str = "",
) -> MapResult:
    """Make the records of every kind that the mapping names.

    `people` is who holds which role; without it nobody is known. `connection` is the
    one that the records are for: what was imported from it keeps its identity there.

    Raises:
        FrameworkError: with every value that the target could not hold.
    """
    run = _Mapper(mapping, framework, people or nobody_known(date.min), connection)
    for spec in specs:
        if spec.name in mapping.kinds:
            for block in mapping.kinds[spec.name].records:
                run.make_records(spec, block)
    run.check_references()
    run.check_uniqueness(specs)
    if run.problems:
        number = len(run.problems)
        raise FrameworkError(
            f"{number} value{'s' if number > 1 else ''} cannot be mapped"
            f" to {mapping.adapter}",
            hint="Correct the framework, or the mapping; nothing was read or written.",
            problems=sorted(run.problems),
        )
    return MapResult(list(run.records.values()), run.notes)


class _Refused(Exception):  # noqa: N818 - a value the target cannot hold
    """Why one value cannot be mapped."""


class _NoRows(Exception):  # noqa: N818 - the loop of a group of rows is left out
    """Why one record does not have a group of rows."""


class _Mapper:
    """One run of a mapping over a framework and the people in its roles."""

    def __init__(
        self,
        mapping: TargetMapping,
        framework: Framework,
        people: RolePeople,
        connection: str,
    ) -> None:
        self.mapping = mapping
        self._imported = {
            (one.kind, one.key): one.identity
            for one in framework.identities
            if one.source == connection
        }
        self.names: dict[str, Any] = {
            "framework": framework,
            "imported": self._imported_identity,
            "options": mapping.options,
            "people": people,
            "language": mapping.language,
            "prefix": mapping.prefix,
            "ref": make_ref,
            "left_out": LEFT_OUT,
        }
        self.records: dict[Ref, Record] = {}
        self.lines: dict[Ref, int] = {}
        self.identities: set[tuple[str, str]] = set()
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._translations: dict[str, Translation] = {}

    def make_records(self, spec: KindSpec, block: RecordMapping) -> None:
        """Make the records of one block."""
        try:
            for names in self._turns(block.loops, block.when, self.names):
                self._make_record(spec, block, names)
        except ExpressionError as error:
            self._refuse(spec.name, "", block.line, "", f"the loop {error}")

    def _turns(
        self,
        loops: tuple[Loop, ...],
        when: Expression | None,
        names: dict[str, Any],
    ) -> Iterator[dict[str, Any]]:
        """Yield the names of each turn of nested loops, those that `when` lets by."""
        if not loops:
            if when is None or when.evaluate(names):
                yield names
            return
        first, *rest = loops
        for item in _items(first, names):
            yield from self._turns(tuple(rest), when, {**names, first.name: item})

    def _make_record(
        self, spec: KindSpec, block: RecordMapping, names: dict[str, Any]
    ) -> None:
        place, what = _place(block.loops, names), "key"
        try:
            key = str(_plain(block.key.evaluate(names), self.mapping.language))
            what = "identity"
            theirs = block.identity.evaluate(names) if block.identity else None
        except ExpressionError as error:
            self._refuse(spec.name, "", block.line, place, f"the {what} {error}")
            return
        identity = str(theirs or self._identity(spec, key))
        problem = self._key_problem(spec, key, identity, is_theirs=bool(theirs))
        if problem:
            self._refuse(spec.name, key, block.line, place, problem)
            return
        fields: dict[str, Value] = {}
        for name, field_mapping in block.fields.items():
            try:
                value = self._field(spec, key, name, field_mapping, names)
                if not isinstance(value, LeftOut):
                    fields[name] = value
            except (ExpressionError, _Refused) as error:
                self._refuse(spec.name, key, field_mapping.line, place, str(error))
        ref = Ref(spec.name, key)
        self.identities.add((spec.name, identity))
        self.lines[ref] = block.line
        self.records[ref] = Record(
            kind=spec.name, key=key, identity=identity, fields=fields, source=place
        )

    def _imported_identity(self, kind: str, *parts: object) -> str:
        """Return what this target calls an imported element, nothing for others."""
        return self._imported.get((kind, "/".join(map(str, parts))), "")

    def _identity(self, spec: KindSpec, key: str) -> str:
        """Return what the target will know the record by (design section 3)."""
        if spec.ownership is not Ownership.MANAGED:
            return key
        return f"{self.mapping.prefix}-{spec.tag}-{key}".lower()

    def _key_problem(
        self, spec: KindSpec, key: str, identity: str, *, is_theirs: bool
    ) -> str:
        if Ref(spec.name, key) in self.records:
            return f"two records of kind {spec.name} have the key “{key}”"
        if spec.has_identity and (spec.name, identity) in self.identities:
            return f"two records of kind {spec.name} have the identity “{identity}”"
        is_ours = spec.has_identity and spec.ownership is Ownership.MANAGED
        if is_ours and not _KEY.match(key):
            return f"“{key}” is no key: lower-case letters, digits, . _ - and / only"
        if is_ours and not is_theirs and len(identity) > IDENTITY_LIMIT:
            return (
                f"its identity in the target, “{identity}”, has {len(identity)}"
                f" characters; {IDENTITY_LIMIT} is the limit"
            )
        return ""

    def _field(
        self,
        spec: KindSpec,
        key: str,
        name: str,
        mapping: FieldMapping,
        names: dict[str, Any],
    ) -> Value | LeftOut:
        field_spec = spec.by_name[name]
        if mapping.value is not None and len(field_spec.languages) > 1:
            return self._translated(spec, key, field_spec, mapping.value, names)
        if mapping.value is not None:
            raw = mapping.value.evaluate(names)
        elif field_spec.type is FieldType.ROWS:
            try:
                return self._rows(field_spec, mapping.rows, names)
            except _NoRows:
                return LEFT_OUT
        else:
            raw = [item.evaluate(names) for item in mapping.values]
        if isinstance(raw, LeftOut) and not field_spec.is_required:
            return raw
        may_shorten = name in self.mapping.kinds[spec.name].shorten
        return self._value(
            field_spec, raw, f"{spec.name} {key}", may_shorten=may_shorten
        )

    def _translated(
        self,
        spec: KindSpec,
        key: str,
        field_spec: FieldSpec,
        expression: Expression,
        names: dict[str, Any],
    ) -> Value:
        """Return a value in all its languages, or in the first where that is too long.

        Each language is mapped as if it were the only one.
        """
        may_shorten = field_spec.name in self.mapping.kinds[spec.name].shorten
        what = f"{spec.name} {key}"
        versions: dict[str, str] = {}
        for language in field_spec.languages:
            translation = self._translations.setdefault(language, Translation(language))
            told = {name: translation.of(value) for name, value in names.items()}
            raw = expression.evaluate({**told, "language": language})
            value = self._value(field_spec, raw, what, may_shorten=may_shorten)
            versions[language] = str(value or "")
        joined = field_spec.join(versions)
        if len(joined) <= (field_spec.max_length or len(joined)):
            return joined
        told_only = field_spec.languages[0]
        if not may_shorten:
            msg = (
                f"{field_spec.name} in {len(versions)} languages has {len(joined)}"
                f" characters, and the target holds {field_spec.max_length}; shorten"
                f" it, or name {field_spec.name} under “shorten” in the mapping to keep"
                f" {told_only} alone"
            )
            raise _Refused(msg)
        self.notes.append(f"{what}: {field_spec.name} in {told_only} alone, for length")
        return versions[told_only]

    def _value(self, spec: FieldSpec, raw: Any, what: str, may_shorten: bool) -> Value:
        value = _typed(spec, raw, self.mapping.language)
        if isinstance(value, str) and spec.max_length:
            value = self._fitted(spec, value, what, may_shorten=may_shorten)
        try:
            value = spec.canonical(value)
        except ValueError as error:
            msg = f"{spec.name}: {error}"
            raise _Refused(msg) from error
        _check_kinds(spec, value)
        if spec.is_required and is_empty(value):
            msg = f"{spec.name} is empty, and the target needs it"
            raise _Refused(msg)
        return value

    def _fitted(self, spec: FieldSpec, text: str, what: str, may_shorten: bool) -> str:
        limit = spec.max_length or 0
        text = text.strip()
        if len(text) <= limit:
            return text
        if not may_shorten:
            msg = (
                f"{spec.name} has {len(text)} characters, and the target holds {limit};"
                f" shorten it, or name {spec.name} under “shorten” in the mapping"
            )
            raise _Refused(msg)
        self.notes.append(f"{what}: {spec.name} shortened to {limit} characters")
        return shortened(text, limit)

    def _rows(
        self,
        spec: FieldSpec,
        blocks: tuple[RowMapping, ...],
        names: dict[str, Any],
    ) -> Rows:
        rows: dict[RowKey, Row] = {}
        for block in blocks:
            for turn in self._turns(block.loops, block.when, names):
                row = self._row(spec, block, turn)
                if row.key in rows and rows[row.key] != row:
                    msg = f"{spec.name} would hold {row.key} twice, differently"
                    raise _Refused(msg)
                rows[row.key] = row
        return Rows(tuple(rows.values()), spec.is_ordered)

    def _row(self, spec: FieldSpec, block: RowMapping, names: dict[str, Any]) -> Row:
        by_name = {item.name: item for item in spec.row}
        fields = {
            name: self._value(
                by_name[name], item.evaluate(names), spec.name, may_shorten=False
            )
            for name, item in block.fields.items()
        }
        key = fields.get(spec.row_key)
        if isinstance(key, Ref):
            return Row(key, fields)
        if spec.is_keyed_by_text:
            return Row(text_row_key(str(key)), fields)
        return Row(str(key), fields)

    def check_references(self) -> None:
        """Report every reference to a record that the mapping does not make."""
        for record in self.records.values():
            for value in record.fields.values():
                for ref in references(value):
                    if ref not in self.records:
                        self._refuse(
                            record.kind,
                            record.key,
                            self.lines[record.ref],
                            record.source,
                            f"it refers to {ref}, which the mapping does not make",
                        )

    def check_uniqueness(self, specs: Sequence[KindSpec]) -> None:
        """Report values that the target allows once and several records have."""
        for record, message in clashes(specs, self.records.values()):
            self._refuse(
                record.kind,
                record.key,
                self.lines[record.ref],
                record.source,
                message,
            )

    def _refuse(
        self, kind: str, key: str, line: int, source: str, message: str
    ) -> None:
        where = f"{self.mapping.name}:{line}"
        place = f"{source} ({where})" if source else where
        self.problems.append(Problem(place, message, key=f"{kind} {key}".strip()))


def shortened(text: str, limit: int) -> str:
    """Return a text cut to a limit, the same way each time and still told apart."""
    mark = hashlib.sha256(text.encode()).hexdigest()[:6]
    return f"{text[: limit - 8].rstrip()}… {mark}"


def _items(loop: Loop, names: dict[str, Any]) -> Iterable[Any]:
    """Return what a loop goes over.

    Raises:
        ExpressionError: it is no collection.
        _NoRows: it is left out.
    """
    items = loop.items.evaluate(names)
    if isinstance(items, LeftOut):
        raise _NoRows
    if isinstance(items, Iterable) and not isinstance(items, str):
        return items
    msg = f"“{loop.name} in {loop.items.text}” goes over no collection"
    raise ExpressionError(msg)


def _place(loops: tuple[Loop, ...], names: Mapping[str, Any]) -> str:
    """Return the place in the framework that the innermost element came from."""
    for loop in reversed(loops):
        place = getattr(names[loop.name], "place", "")
        if place:
            return str(place)
    return ""


def _plain(raw: Any, language: str) -> Any:
    """Return a value of the framework in the words of records."""
    if isinstance(raw, Text):
        return raw.in_language(language)
    if isinstance(raw, Enum):
        return raw.value
    return raw


def _check_kinds(spec: FieldSpec, value: Value) -> None:
    """Refuse a reference to a kind that the field does not refer to."""
    for item in value if isinstance(value, tuple) else (value,):
        if isinstance(item, Ref) and spec.kinds and item.kind not in spec.kinds:
            msg = f"{spec.name} refers to {item}, and may refer to: " + ", ".join(
                spec.kinds
            )
            raise _Refused(msg)


def _is_number(raw: Any) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool)


def _typed(spec: FieldSpec, raw: Any, language: str) -> Value:
    """Return a value of the type that the field has.

    Raises:
        _Refused: it has another type.
    """
    raw = _plain(raw, language)
    match spec.type:
        case FieldType.TEXT | FieldType.RICH_TEXT if raw is None:
            return ""
        case FieldType.TEXT | FieldType.RICH_TEXT if _is_number(raw):
            return str(raw)
        case FieldType.DECIMAL if _is_number(raw):
            return Decimal(raw)
        case FieldType.REFERENCES | FieldType.TEXTS if isinstance(raw, list | tuple):
            wanted = Ref if spec.type is FieldType.REFERENCES else str
            items = tuple(_plain(item, language) for item in raw)
            if all(isinstance(item, wanted) for item in items):
                return in_order(items)
        case _ if raw is None or _is_of_type(spec.type, raw):
            return cast("Value", raw)
    msg = f"{spec.name} is {raw!r}; the field holds a {spec.type}"
    raise _Refused(msg)


def _is_of_type(wanted: FieldType, raw: Any) -> bool:
    is_yes_or_no = wanted is FieldType.BOOLEAN
    return (
        isinstance(raw, _TYPES.get(wanted, ()))
        and isinstance(raw, bool) is is_yes_or_no
    )


_TYPES: Mapping[FieldType, tuple[type, ...]] = {
    FieldType.TEXT: (str,),
    FieldType.RICH_TEXT: (str,),
    FieldType.BOOLEAN: (bool,),
    FieldType.INTEGER: (int,),
    FieldType.DECIMAL: (Decimal,),
    FieldType.DATE: (date,),
    FieldType.REFERENCE: (Ref,),
}
