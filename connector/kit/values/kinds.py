"""What an adapter says about the kinds of object its platform holds.

The planner works from these specs alone; it knows no platform.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from connector.kit.values.data import Value

#: Field that every kind has besides its own: taken out of use in the target.
RETIRED = "retired"


class Ownership(StrEnum):
    """What the platform lets us do with a kind or a field."""

    MANAGED = "managed"
    VERIFY_ONLY = "verify-only"
    MANUAL_STEP = "manual-step"


class Privacy(StrEnum):
    """Who may see a field's values."""

    PLAIN = "plain"
    PERSONAL = "personal"
    PAY = "pay"


class Repeat(StrEnum):
    """What happens when the same write reaches the target twice."""

    PUT = "put"
    CREATE = "create"
    ONCE = "once"


class Retire(StrEnum):
    """How a platform takes an object out of use."""

    FLAG = "flag"
    BRANCH = "branch"
    REMOVE = "remove"
    #: Nothing takes it out of use: it stays, and the plan says so.
    KEEP = "keep"


class FieldType(StrEnum):
    """The shape of a field's value."""

    TEXT = "text"
    RICH_TEXT = "rich text"
    BOOLEAN = "yes or no"
    INTEGER = "whole number"
    DECIMAL = "number"
    DATE = "date"
    REFERENCE = "reference"
    REFERENCES = "references"
    TEXTS = "texts"
    ROWS = "rows"


def _as_is(value: Value) -> Value:
    return value


def _first(versions: Mapping[str, str]) -> str:
    return next(iter(versions.values()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of a kind.

    `canonical` is a pure function that gives the one form in which the target keeps
    a value; *map* calls it, and it raises `ValueError` with a sentence for a value
    that the target would refuse. `row` names the fields of one row, and its
    `row_key` the field that tells rows apart; `is_keyed_by_text` says that this field
    is a text without an identity of its own, so that its hash is the key. Where the
    target shows each reader their own language, `languages` names those wanted and
    the pure `join` makes one value of the versions, by language and in that order.
    """

    name: str
    type: FieldType = FieldType.TEXT
    ownership: Ownership = Ownership.MANAGED
    privacy: Privacy = Privacy.PLAIN
    kinds: tuple[str, ...] = ()
    max_length: int | None = None
    is_required: bool = False
    is_fixed: bool = False
    is_ordered: bool = False
    row: tuple[FieldSpec, ...] = ()
    row_key: str = ""
    is_keyed_by_text: bool = False
    #: Says how an object is made; the target does not show it, so it is not compared.
    is_for_making: bool = False
    #: Rows of ours leave when their record is taken out of use.
    leaves_on_retiring: bool = False
    canonical: Callable[[Value], Value] = _as_is
    languages: tuple[str, ...] = ()
    join: Callable[[Mapping[str, str]], str] = _first


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """A write that silently undoes another record of ours.

    When a record of this kind is created, or its field `by` changes, the record of
    kind `kind` with the key of the record that `by` refers to (before or after)
    loses its content and must be written again.
    """

    by: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """One kind of object in a target.

    `tag` separates kinds inside remote identities. `natural_key` names the fields
    that recognise an object which bears no identity of ours. `container` is the
    reference field that an object lies in; siblings are written by one writer.
    `retires_with` names the reference field whose record takes this one along
    when it is retired.
    """

    name: str
    label: str
    plural: str
    tag: str
    fields: tuple[FieldSpec, ...]
    ownership: Ownership = Ownership.MANAGED
    natural_key: tuple[str, ...] = ()
    container: str | None = None
    repeat: Repeat = Repeat.CREATE
    retire: Retire = Retire.FLAG
    retire_means: str = ""
    retires_with: str | None = None
    #: The target keeps a text in which our identity stands.
    has_identity: bool = True
    resets: tuple[Reset, ...] = ()
    is_protected: bool = False
    #: What an administrator does where the connector cannot write this kind.
    manual_step: str = ""
    #: Fields whose values together only one record may have; of a list, each entry.
    unique: tuple[str, ...] = ()
    #: Other kinds whose records share that space with this one.
    unique_with: tuple[str, ...] = ()
    #: The field by which the connector makes what people make else, where it is filled.
    made_by: str = ""
    #: The other way to take where a plan asks for many of these manual steps.
    many_steps: str = ""
    #: Fields by name, filled from `fields`.
    by_name: dict[str, FieldSpec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the fields by name."""
        object.__setattr__(self, "by_name", {spec.name: spec for spec in self.fields})


@dataclass(frozen=True, slots=True, kw_only=True)
class KindAnswer:
    """What a target says about the form in which a kind is sent to it.

    `differences` name every place where it wants another form; `gap` says why that
    could not be asked. Without both the kind may be sent.
    """

    differences: tuple[str, ...] = ()
    gap: str = ""

    @property
    def reason(self) -> str:
        """Return why the kind must not be sent, empty where it may be."""
        return "; ".join([*self.differences, *([self.gap] if self.gap else [])])
