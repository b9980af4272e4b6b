"""How each type of value of the native format is read and written.

A `ValueType` reads a node and writes the plain value back; both ends stand together
so that they cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from connector.framework.model import AcceptedBases, Basis, Text
from connector.framework.sources.native_reading import (
    INVALID,
    Context,
    is_valid,
)
from connector.framework.sources.yaml_nodes import Listing, Node, Scalar, Table

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_INTEGER = re.compile(r"-?\d{1,9}")
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,12})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Bare(str):
    """A word that is written without quotes, whatever it looks like."""

    __slots__ = ()


#: What the writer takes: texts, lists and mappings.
Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"


@dataclass(frozen=True, slots=True)
class ValueType:
    """Reads a node, and writes the value; the language is the framework's own."""

    read: Callable[[Node, Context], Any]
    write: Callable[[Any, str], Plain]


def is_language(code: str) -> bool:
    """Tell whether a text is a language code such as `en` or `pt-BR`."""
    return bool(_LANGUAGE.fullmatch(code))


def _read_word(node: Node, context: Context) -> Any:
    if not isinstance(node, Scalar) or not node.text or node.is_empty:
        return context.refuse(node, "a single value")
    return node.text


def _read_text(node: Node, context: Context) -> Any:
    if isinstance(node, Scalar):
        if not node.text:
            return context.refuse(node, "a text")
        return Text(((context.language, node.text),))
    if isinstance(node, Table):
        return _read_versions(node, context)
    return context.refuse(node, "a text, or one text per language")


def _read_versions(table: Table, context: Context) -> Any:
    versions = {}
    for language, node in table.entries.items():
        if not is_language(language):
            context.report(
                table.lines[language],
                f'"{language}" is not a language code',
                'Write texts as "en: ...", "pl: ...".',
            )
        elif not isinstance(node, Scalar) or not node.text or node.is_empty:
            context.refuse(node, f"a text in {language}")
        else:
            versions[language] = node.text
    if context.language not in versions:
        return context.report(
            table.line,
            f"the text is missing in {context.language}, the framework's language",
            f'Add "{context.language}: ...".',
        )
    own = (context.language, versions.pop(context.language))
    return Text((own, *sorted(versions.items())))


def _write_text(text: Text, language: str) -> Plain:
    if [code for code, _ in text.versions] == [language]:
        return str(text)
    return dict(text.versions)


def _matching(
    pattern: re.Pattern[str], wanted: str, convert: Callable[[str], Any]
) -> Callable[[Node, Context], Any]:
    def read(node: Node, context: Context) -> Any:
        if not isinstance(node, Scalar) or not pattern.fullmatch(node.text):
            return context.refuse(node, wanted)
        try:
            return convert(node.text)
        except ValueError:
            return context.refuse(node, wanted)

    return read


def _write_decimal(value: Decimal, _language: str) -> Plain:
    return Bare(format(value, "f"))


TEXT = ValueType(_read_text, _write_text)
WORD = ValueType(_read_word, lambda value, _: str(value))
BOOLEAN = ValueType(
    _matching(re.compile("true|false"), "true or false", lambda text: text == "true"),
    lambda value, _: Bare("true" if value else "false"),
)
INTEGER = ValueType(
    _matching(_INTEGER, "a whole number", int), lambda value, _: Bare(str(value))
)
DECIMAL = ValueType(
    _matching(_DECIMAL, "a number such as 12.5", Decimal), _write_decimal
)
DATE = ValueType(
    _matching(_DATE, "a date such as 2026-04-01", date.fromisoformat),
    lambda value, _: Bare(value.isoformat()),
)


def one_of(words: type[StrEnum]) -> ValueType:
    """Return the type of a word out of a fixed list."""
    wanted = "one of " + ", ".join(word.value for word in words)

    def read(node: Node, context: Context) -> Any:
        if not isinstance(node, Scalar) or node.text not in set(words):
            return context.refuse(node, wanted)
        return words(node.text)

    return ValueType(read, lambda value, _: str(value.value))


def list_of(item: ValueType, *, is_whole: bool = False) -> ValueType:
    """Return the type of a list.

    Items that cannot be read are left out; with `is_whole` the list then is invalid.
    """

    def read(node: Node, context: Context) -> Any:
        if not isinstance(node, Listing):
            return context.refuse(node, "a list", 'Begin each item with "- ".')
        values = [item.read(child, context) for child in node.items]
        valid = tuple(value for value in values if is_valid(value))
        return INVALID if is_whole and len(valid) < len(values) else valid

    return ValueType(
        read, lambda values, language: [item.write(value, language) for value in values]
    )


def table_of(item: ValueType) -> ValueType:
    """Return the type of a mapping from words to values; written in sorted order."""

    def read(node: Node, context: Context) -> Any:
        if not isinstance(node, Table):
            return context.refuse(node, 'a mapping of "word: value"')
        values = {
            word: item.read(child, context) for word, child in node.entries.items()
        }
        return {word: value for word, value in values.items() if is_valid(value)}

    def write(values: Any, language: str) -> Plain:
        return {word: item.write(values[word], language) for word in sorted(values)}

    return ValueType(read, write)


_BASIS_LIST = list_of(one_of(Basis))


def _read_bases(node: Node, context: Context) -> Any:
    if isinstance(node, Listing):
        return AcceptedBases(bases=_BASIS_LIST.read(node, context))
    if not isinstance(node, Table) or set(node.entries) != {"bases", "how_many"}:
        return context.refuse(
            node,
            "the accepted bases",
            'Write a list such as [learning, rating], or "bases:" and "how_many:".',
        )
    bases = _BASIS_LIST.read(node.entries["bases"], context)
    how_many = INTEGER.read(node.entries["how_many"], context)
    if not is_valid(bases) or not is_valid(how_many):
        return INVALID
    return AcceptedBases(bases=bases, how_many=how_many)


def _write_bases(accepted: AcceptedBases, language: str) -> Plain:
    bases = _BASIS_LIST.write(accepted.bases, language)
    if accepted.how_many == 1:
        return bases
    return {"bases": bases, "how_many": Bare(str(accepted.how_many))}


BASES = ValueType(_read_bases, _write_bases)
