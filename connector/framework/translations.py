"""A framework in one of its languages: every text of it in that language alone.

Pure. A text without that language keeps the organisation's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from connector.framework.model import Framework, Text


class Translation:
    """Translates values of one framework into one language, each object once."""

    def __init__(self, language: str) -> None:
        self._language = language
        #: Translated objects by the id of the original, which is kept alive beside it.
        self._known: dict[int, tuple[Any, Any]] = {}

    def of(self, value: Any) -> Any:
        """Return a value with its texts in the language; others as they are."""
        if isinstance(value, Text):
            return Text(((self._language, value.in_language(self._language)),))
        if isinstance(value, tuple | list):
            return type(value)(self.of(item) for item in value)
        if isinstance(value, Mapping):
            return {name: self.of(item) for name, item in value.items()}
        if not is_dataclass(value) or isinstance(value, type | Enum):
            return value
        if id(value) not in self._known:
            self._known[id(value)] = (value, self._rebuilt(value))
        return self._known[id(value)][1]

    def _rebuilt(self, value: Any) -> Any:
        changed = {
            field.name: translated
            for field in fields(value)
            if field.init
            and (translated := self.of(old := getattr(value, field.name))) is not old
        }
        return replace(value, **changed) if changed else value


def languages_of(framework: Framework) -> frozenset[str]:
    """Return every language that some text of a framework is in, its own included."""
    found = {framework.language}
    _collect(framework, found)
    return frozenset(found)


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, Text):
        found.update(language for language, _ in value.versions)
    elif isinstance(value, tuple | list):
        for item in value:
            _collect(item, found)
    elif isinstance(value, Mapping):
        for item in value.values():
            _collect(item, found)
    elif is_dataclass(value) and not isinstance(value, type | Enum):
        for field in fields(value):
            _collect(getattr(value, field.name), found)
