"""How elements of the native format are read and written, field by field.

An `ElementType` is a table of fields; unknown and missing ones are reported with
their line. What the fields of each kind are stands in `native_kinds`.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from connector.framework.model import (
    Carried,
    GivenStep,
    Importance,
    Indicator,
    Origin,
    Requirement,
)
from connector.framework.sources.native_reading import (
    INVALID,
    Context,
    is_absent,
    is_valid,
)
from connector.framework.sources.native_values import (
    BASES,
    TEXT,
    WORD,
    Bare,
    Plain,
    ValueType,
    list_of,
    one_of,
    table_of,
)
from connector.framework.sources.yaml_nodes import Listing, Node, Scalar, Table

_IMPORTANCE = one_of(Importance)
_TEXTS = list_of(TEXT)
_REQUIREMENT_WORDS = ("step", "importance", "accepts")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the file, its attribute in the model, its type."""

    name: str
    attribute: str
    type: ValueType
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class ElementType:
    """A kind of element: its class in the model and its fields, in writing order."""

    model: type
    fields: tuple[Field, ...]

    def read(self, node: Node, context: Context) -> Any:
        """Return the element of a node, `INVALID` where a required field is."""
        if not isinstance(node, Table):
            return context.refuse(node, 'a mapping of "field: value"')
        context = context.within(key_of(node))
        report_unknown(node, (field.name for field in self.fields), context)
        values: dict[str, Any] = {}
        is_whole = True
        for field in self.fields:
            child = node.entries.get(field.name)
            if child is None or is_absent(child):
                if field.is_required:
                    is_whole = False
                    self._report_missing(field, child or node, context)
                continue
            value = field.type.read(child, context)
            if is_valid(value):
                values[field.attribute] = value
            elif field.is_required:
                is_whole = False
        if not is_whole:
            return INVALID
        if self._has_place():
            values["place"] = context.place(node)
        return self.model(**values)

    def write(self, element: Any, language: str) -> Plain:
        """Return the fields of an element that differ from their defaults."""
        defaults = _defaults(self.model)
        written: dict[str, Plain] = {}
        for field in self.fields:
            value = getattr(element, field.attribute)
            if field.is_required or value != defaults.get(field.attribute):
                written[field.name] = field.type.write(value, language)
        return written

    def as_value(self) -> ValueType:
        """Return the type of a value that is such an element."""
        return ValueType(self.read, self.write)

    def _has_place(self) -> bool:
        return any(field.name == "place" for field in dataclasses.fields(self.model))

    @staticmethod
    def _report_missing(field: Field, node: Node, context: Context) -> None:
        context.report(
            node.line,
            f'"{field.name}" is missing',
            f'Add "{field.name}: ...".',
        )


@cache
def _defaults(model: type) -> dict[str, Any]:
    return {
        field.name: field.default_factory()
        if field.default_factory is not dataclasses.MISSING
        else field.default
        for field in dataclasses.fields(model)
    }


def key_of(node: Node) -> str:
    """Return the key that an element states, empty where it states none."""
    if isinstance(node, Table):
        key = node.entries.get("key")
        if isinstance(key, Scalar):
            return key.text
    return ""


def report_unknown(table: Table, known: Iterable[str], context: Context) -> None:
    """Report every entry of a mapping that is not one of the known words."""
    words = list(known)
    for name in table.entries:
        if name not in words:
            close = difflib.get_close_matches(name, words, 1)
            context.report(
                table.lines[name],
                f'unknown field "{name}"',
                f'Did you mean "{close[0]}"?'
                if close
                else f"Known here: {', '.join(words)}.",
            )


def requirements(origin: Origin) -> ValueType:
    """Return the type of a mapping from competencies to the steps asked for."""

    def read(node: Node, context: Context) -> Any:
        if not isinstance(node, Table):
            return context.refuse(node, 'a mapping of "competency: step"')
        read_ones = (
            _read_requirement(competency, node, context, origin)
            for competency in node.entries
        )
        return tuple(one for one in read_ones if is_valid(one))

    return ValueType(read, _write_requirements)


def _read_requirement(
    competency: str, table: Table, context: Context, origin: Origin
) -> Any:
    node = table.entries[competency]
    values: dict[str, Any] = {}
    if isinstance(node, Table):
        report_unknown(node, _REQUIREMENT_WORDS, context)
        types = dict(zip(_REQUIREMENT_WORDS, (WORD, _IMPORTANCE, BASES), strict=True))
        for name, type_ in types.items():
            child = node.entries.get(name)
            if child is not None and not is_absent(child):
                values[name] = type_.read(child, context)
    elif not is_absent(node):
        values["step"] = WORD.read(node, context)
    if not all(is_valid(value) for value in values.values()):
        return INVALID
    return Requirement(
        competency=competency,
        step=values.get("step"),
        importance=values.get("importance", Importance.REQUIRED),
        bases=values.get("accepts"),
        origin=origin,
        origin_key=context.key,
        place=f"{context.file}:{table.lines[competency]}",
    )


def _write_requirements(values: tuple[Requirement, ...], language: str) -> Plain:
    return {one.competency: _write_requirement(one, language) for one in values}


def _write_requirement(requirement: Requirement, language: str) -> Plain:
    is_short = (
        requirement.importance is Importance.REQUIRED and requirement.bases is None
    )
    if is_short and requirement.step:
        return requirement.step
    written: dict[str, Plain] = {}
    if requirement.step:
        written["step"] = requirement.step
    if requirement.importance is not Importance.REQUIRED:
        written["importance"] = requirement.importance.value
    if requirement.bases is not None:
        written["accepts"] = BASES.write(requirement.bases, language)
    return written or Bare("")


def _read_indicators(node: Node, context: Context) -> Any:
    if not isinstance(node, Table):
        return context.refuse(node, 'a mapping of "step: texts"')
    found: list[Indicator] = []
    for step, child in node.entries.items():
        items = child.items if isinstance(child, Listing) else [child]
        for item in items:
            text = TEXT.read(item, context)
            if is_valid(text):
                found.append(Indicator(step=step, text=text, place=context.place(item)))
    return tuple(found)


def _write_indicators(indicators: tuple[Indicator, ...], language: str) -> Plain:
    texts: dict[str, list[Plain]] = {}
    for indicator in indicators:
        texts.setdefault(indicator.step, []).append(
            TEXT.write(indicator.text, language)
        )
    return {step: one if len(one) > 1 else one[0] for step, one in texts.items()}


def _read_given_steps(node: Node, context: Context) -> Any:
    if not isinstance(node, Table):
        return context.refuse(node, 'a mapping of "competency: step"')
    given: list[GivenStep] = []
    for competency, child in node.entries.items():
        step = WORD.read(child, context)
        if is_valid(step):
            place = f"{context.file}:{node.lines[competency]}"
            given.append(GivenStep(competency=competency, step=step, place=place))
    return tuple(given)


def _write_given_steps(given: tuple[GivenStep, ...], _language: str) -> Plain:
    return {one.competency: one.step for one in given}


_STEPS = table_of(WORD)


def _read_carried(node: Node, context: Context) -> Any:
    if not isinstance(node, Table):
        return context.refuse(node, 'a mapping of "competency: {old step: new step}"')
    carried: list[Carried] = []
    for competency, child in node.entries.items():
        steps = _STEPS.read(child, context)
        if is_valid(steps):
            place = f"{context.file}:{node.lines[competency]}"
            carried.append(Carried(competency=competency, steps=steps, place=place))
    return tuple(carried)


def _write_carried(carried: tuple[Carried, ...], language: str) -> Plain:
    return {one.competency: _STEPS.write(one.steps, language) for one in carried}


TEXTS = _TEXTS
CARRIED = ValueType(_read_carried, _write_carried)
INDICATORS = ValueType(_read_indicators, _write_indicators)
GIVEN_STEPS = ValueType(_read_given_steps, _write_given_steps)
