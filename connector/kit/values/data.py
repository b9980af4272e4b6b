"""The values a record's fields hold, in our words, and their JSON form.

A target's own wording (escaped HTML, `1`/`0`, ids of its own) never gets in here:
the adapter translates at its border.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A reference to a record of ours, by kind and key."""

    kind: str
    key: str

    def __str__(self) -> str:
        """Render as `kind key`."""
        return f"{self.kind} {self.key}"


@dataclass(frozen=True, slots=True, order=True)
class Foreign:
    """A reference to an object in the target, by its remote id.

    An adapter reads every reference as a `Foreign`; the planner turns those that
    are linked, or bear our identity, into a `Ref`. What stays `Foreign` is not ours.
    """

    kind: str
    remote_id: str
    label: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Render with the target's own label where it gave one."""
        return f"{self.kind} {self.label or self.remote_id} (not ours)"


#: What tells rows of one group apart: a reference, or the hash of a canonical text.
RowKey: TypeAlias = "Ref | Foreign | str"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a group: its key and its fields."""

    key: RowKey
    fields: Mapping[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A group of rows, of which we may own some and others the rest.

    Two groups are equal when they hold equal rows; where the group is ordered the
    order counts too.
    """

    rows: tuple[Row, ...] = ()
    is_ordered: bool = False

    def by_key(self) -> dict[RowKey, Row]:
        """Return the rows by key, in their order."""
        return {row.key: row for row in self.rows}

    def __eq__(self, other: object) -> bool:
        """Compare rows by key, and the order where the group has one."""
        if not isinstance(other, Rows):
            return NotImplemented
        if len(self.rows) != len(other.rows) or self.by_key() != other.by_key():
            return False
        if not (self.is_ordered or other.is_ordered):
            return True
        return [row.key for row in self.rows] == [row.key for row in other.rows]

    __hash__ = None  # type: ignore[assignment]  # holds mappings

    def __bool__(self) -> bool:
        """Tell whether there is any row."""
        return bool(self.rows)


Value: TypeAlias = (
    "bool | int | str | Decimal | date | Ref | Foreign | Rows"
    " | tuple[Value, ...] | None"
)
Fields: TypeAlias = "Mapping[str, Value]"


def text_row_key(text: str) -> str:
    """Return the row key of a text that has no reference of its own.

    Case, white space and Unicode composition do not tell rows apart.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split()).casefold()
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def is_empty(value: Value) -> bool:
    """Tell whether a field holds nothing: none, an empty text, no rows."""
    return value is None or value in ("", ()) or (isinstance(value, Rows) and not value)


def in_order(items: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return items of a list in the one order in which lists are compared.

    A list of references has no order of its own: what has one is rows.
    """
    ours = [item for item in items if isinstance(item, Ref)]
    theirs = [item for item in items if isinstance(item, Foreign)]
    is_mixed = len(ours) + len(theirs) < len(items)
    return items if is_mixed else (*sorted(ours), *sorted(theirs))


def references(value: Value) -> Iterable[Ref]:
    """Yield every reference to a record of ours inside a value."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from references(item)
    elif isinstance(value, Rows):
        for row in value.rows:
            for item in row.fields.values():
                yield from references(item)


def value_to_json(value: Value) -> object:
    """Return the JSON form of a value; `value_from_json` is its inverse."""
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, Ref):
        return {"$ref": [value.kind, value.key]}
    if isinstance(value, Foreign):
        return {"$foreign": [value.kind, value.remote_id, value.label]}
    if isinstance(value, Rows):
        return {
            "$rows": [
                {"key": value_to_json(row.key), "fields": fields_to_json(row.fields)}
                for row in value.rows
            ],
            "ordered": value.is_ordered,
        }
    return [value_to_json(item) for item in value]


def value_from_json(data: object) -> Value:
    """Return the value of a JSON form.

    Raises:
        ValueError: the form is none that `value_to_json` writes.
    """
    if data is None or isinstance(data, bool | int | str):
        return data
    if isinstance(data, list):
        return tuple(value_from_json(item) for item in data)
    if isinstance(data, dict):
        return _tagged_from_json(data)
    msg = f"{data!r} is no value of a record"
    raise ValueError(msg)


def _tagged_from_json(data: dict[str, object]) -> Value:
    match data:
        case {"$decimal": str(text)}:
            return Decimal(text)
        case {"$date": str(text)}:
            return date.fromisoformat(text)
        case {"$ref": [str(kind), str(key)]}:
            return Ref(kind, key)
        case {"$foreign": [str(kind), str(remote_id), str(label)]}:
            return Foreign(kind, remote_id, label)
        case {"$rows": list(rows), "ordered": bool(is_ordered)}:
            return Rows(tuple(_row_from_json(row) for row in rows), is_ordered)
    msg = f"{data!r} is no value of a record"
    raise ValueError(msg)


def _row_from_json(data: dict[str, object]) -> Row:
    key = value_from_json(data["key"])
    fields = data["fields"]
    if not isinstance(key, Ref | Foreign | str) or not isinstance(fields, dict):
        msg = f"{data!r} is no row"
        raise ValueError(msg)
    return Row(key, fields_from_json(fields))


def fields_to_json(fields: Fields) -> dict[str, object]:
    """Return the JSON form of a record's fields."""
    return {name: value_to_json(value) for name, value in fields.items()}


def fields_from_json(data: Mapping[str, object]) -> dict[str, Value]:
    """Return the fields of a JSON form; raises `ValueError` like the values."""
    return {name: value_from_json(value) for name, value in data.items()}


def canonical_json(data: object) -> str:
    """Return the one text of a JSON value that hashes and fingerprints are made of."""
    return _CANONICAL.encode(data)


#: What JSON holds as it is.
_PLAIN = (bool, int, str)
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
