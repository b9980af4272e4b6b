"""Texts in the one form in which Workday keeps them: names, plain and rich texts.

Pure. Rich text travels as escaped HTML (NOTES 5); only the few tags below are ours, so
that two spellings of one text compare equal. Nothing here reads or writes an element.
"""

from __future__ import annotations

import html
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from connector.kit.values import Value

#: Characters that XML 1.0 cannot carry.
_UNSENDABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE = re.compile(r"[\s\u00a0]+")
_EMPTY_INLINE = re.compile(r"<(strong|em|u|a)(?: [^>]*)?>\s*</\1>")
_AROUND_BREAK = re.compile(r" *<br> *")

_INLINE = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "u": "u", "a": "a"}
_BLOCKS = frozenset({"p", "div", "blockquote", "pre", "section", "article", "table"})
_BLOCKS_TOO = frozenset({"tr", "hr", "h1", "h2", "h3", "h4", "h5", "h6"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol"})
_SILENT = frozenset({"script", "style", "head", "title"})


def canonical_name(value: Value) -> Value:
    """Return a one-line text with single spaces; raises `ValueError` as below."""
    if value is None:
        return None
    return " ".join(_sendable(value).split())


def canonical_text(value: Value) -> Value:
    """Return a plain text, line breaks kept and no space at the ends.

    Raises:
        ValueError: a character that XML cannot carry.
    """
    if value is None:
        return None
    return plain_text(_sendable(value))


def plain_text(text: str) -> str:
    """Return a plain text as it compares."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def canonical_lines(value: Value) -> Value:
    """Return the non-empty lines of a text; its wire form is a paragraph a line."""
    if value is None:
        return None
    lines = (" ".join(line.split()) for line in _sendable(value).splitlines())
    return "\n".join(line for line in lines if line)


def canonical_rich_text(value: Value) -> Value:
    """Return Markdown or plain text as the HTML we send; raises like the others.

    HTML that has the canonical form already stays as it is.
    """
    if value is None:
        return None
    text = _sendable(value)
    is_canonical = text.startswith("<") and canonical_html(text) == text
    return text if is_canonical else canonical_html(_MARKDOWN.render(text))


def canonical_number(value: Value) -> Value:
    """Return a number without superfluous digits.

    Raises:
        ValueError: the value is no number.
    """
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        msg = f"{value!r} is no number."
        raise ValueError(msg)
    if number == number.to_integral_value():
        return number.quantize(Decimal(1))
    return number.normalize()


@lru_cache(maxsize=4096)  # the texts of a level come again with every family
def canonical_html(text: str) -> str:
    """Return HTML reduced to paragraphs, lists, emphasis and links."""
    parser = _Canonical()
    parser.feed(text)
    parser.close()
    return parser.result()


def lines_of_html(text: str) -> str:
    """Return the text of HTML, a line for each paragraph, break or list item."""
    marked = re.sub(r"</p>|</li>|<br>|<[uo]l>", "\n", canonical_html(text))
    plain = html.unescape(re.sub(r"<[^>]*>", "", marked))
    return str(canonical_lines(plain))


def html_of_lines(text: str) -> str:
    """Return lines of plain text as HTML; `lines_of_html` is its inverse."""
    return "".join(f"<p>{_escape(line)}</p>" for line in text.splitlines() if line)


def _sendable(value: Value) -> str:
    text = str(value)
    if found := _UNSENDABLE.search(text):
        msg = (
            f"The character U+{ord(found.group()):04X} cannot be sent to Workday: "
            "take it out."
        )
        raise ValueError(msg)
    return text


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


class _Canonical(HTMLParser):
    """Writes HTML anew with our few tags; unknown ones lose their tags only."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._run: list[str] = []
        self._inline: list[tuple[str, str]] = []
        self._lists: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open one of our tags, or end the paragraph before a block."""
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self._run.append("<br>")
        elif tag in _LISTS:
            self._flush()
            self._lists.append(tag)
            self._parts.append(f"<{tag}>")
        elif tag == "li":
            self._flush()
            self._parts.append("<li>")
        elif tag in _BLOCKS or tag in _BLOCKS_TOO:
            self._flush()
            if tag in _HEADINGS:
                self._open("strong", "<strong>")
        elif tag in _INLINE:
            self._open_inline(_INLINE[tag], dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        """Close one of our tags."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _LISTS and self._lists:
            self._flush()
            self._parts.append(f"</{self._lists.pop()}>")
        elif tag == "li":
            self._flush()
            self._parts.append("</li>")
        elif tag in _BLOCKS or tag in _BLOCKS_TOO:
            if tag in _HEADINGS:
                self._close_inline("strong")
            self._flush()
        elif tag in _INLINE:
            self._close_inline(_INLINE[tag])

    def handle_data(self, data: str) -> None:
        """Keep text, its white space collapsed."""
        if not self._silent:
            self._run.append(_escape(_SPACE.sub(" ", data)))

    def result(self) -> str:
        """Return what was written."""
        self._flush()
        while self._lists:
            self._parts.append(f"</{self._lists.pop()}>")
        return "".join(self._parts)

    def _open_inline(self, name: str, attributes: dict[str, str | None]) -> None:
        if name != "a":
            self._open(name, f"<{name}>")
        elif href := attributes.get("href"):
            self._open("a", f'<a href="{html.escape(href)}">')

    def _open(self, name: str, opening: str) -> None:
        if all(name != inner for inner, _ in self._inline):
            self._inline.append((name, opening))
            self._run.append(opening)

    def _close_inline(self, name: str) -> None:
        names = [inner for inner, _ in self._inline]
        if name not in names:
            return
        position = names.index(name)
        reopened = self._inline[position + 1 :]
        self._run.extend(f"</{inner}>" for inner in reversed(names[position:]))
        self._run.extend(opening for _, opening in reopened)
        self._inline = self._inline[:position] + reopened

    def _flush(self) -> None:
        """End the running paragraph; tags open across its end are opened again."""
        closing = "".join(f"</{name}>" for name, _ in reversed(self._inline))
        text = _tidy("".join(self._run) + closing)
        self._run = [opening for _, opening in self._inline]
        if not text:
            return
        if not self._is_in_item():
            self._parts.append(f"<p>{text}</p>")
        else:
            is_first = self._parts[-1] == "<li>"
            self._parts.append(text if is_first else f"<br>{text}")

    def _is_in_item(self) -> bool:
        return self._parts.count("<li>") > self._parts.count("</li>")


def _tidy(text: str) -> str:
    text = _SPACE.sub(" ", text)
    while (shorter := _EMPTY_INLINE.sub("", text)) != text:
        text = shorter
    text = _AROUND_BREAK.sub("<br>", text).strip()
    while text.startswith("<br>") or text.endswith("<br>"):
        text = text.removeprefix("<br>").removesuffix("<br>").strip()
    return text


_MARKDOWN = MarkdownIt("commonmark", {"html": False})
