"""Texts of the framework, in one language or several. Knows no element."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or several languages, the organisation's own first.

    `versions` pairs a language code with a text. Lines and Markdown are kept.
    """

    versions: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Return the text in the organisation's own language."""
        return self.versions[0][1] if self.versions else ""

    def __bool__(self) -> bool:
        """Tell whether there is any text."""
        return any(text for _, text in self.versions)

    def in_language(self, language: str) -> str:
        """Return the text in a language, else in the organisation's own."""
        return dict(self.versions).get(language, str(self))


EMPTY = Text()
