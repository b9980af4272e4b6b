"""Turns plain text or Markdown into exactly the form that Moodle keeps, and back.

Moodle refuses a description that its HTML purifier would change. So only a small set
of elements is written, each a fixed point of the purifier (tried on 4.5). What its
editor adds without changing a text is taken off when reading. Pure.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from connector.kit.values import Value

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]",
)
#: What strip_tags() of PHP takes for a tag: `<` that no white space follows.
_TAG_START = re.compile(r"<(?! )")
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = rf"(?:{_LABEL}\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?"
#: Links that the purifier leaves as they are: a whole host in lower case, no default
#: port, nothing percent-encoded that need not be.
_LINK = re.compile(
    rf"(?:https?://{_HOST}(?::(?!(?:80|443)(?![0-9]))[0-9]{{1,5}})?(?![^/?#])"
    r"(?:[A-Za-z0-9\-._~:/?#@!$()*+,;=&]|%(?![46][1-9A-F]|[57][0-9A]|3[0-9]|2[DE]"
    r"|5F|7E)[0-9A-F]{2})*"
    rf"|mailto:[A-Za-z0-9.+_-]+@{_HOST})"
)
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
#: White space beside these never shows, so the editor may put some there.
_BLOCK = (
    r"</?(?:p|div|ul|ol|li|dl|dt|dd|h[1-6]|hr|blockquote|address|center|table|caption"
    r"|colgroup|col|thead|tbody|tfoot|tr|th|td)(?:\s[^<>]*)?/?>"
)
_AROUND_BLOCK = re.compile(rf"[ \t\n\r]*({_BLOCK})[ \t\n\r]*")
#: The editor fills these when they are empty; they look the same either way.
_FILLED = re.compile(r"(<(li|td|th)(?:\s[^<>]*)?>)\u00a0(</\2>)")
_SPACE = re.compile(r"[ \t\n\r]+")
#: Inside these white space counts.
_KEEPS_SPACE = re.compile(r"<(?:pre|textarea|script|style)\b", re.IGNORECASE)
#: A tag, which stays as it is, or an entity in a text.
_ENTITY = re.compile(r"<[^<>]*>|(&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);)")

#: Opening and closing text of each kind of token that is written as it stands.
_TAGS = {
    "paragraph_open": "<p>",
    "paragraph_close": "</p>",
    "heading_open": "<p><strong>",
    "heading_close": "</strong></p>",
    "bullet_list_open": "<ul>",
    "bullet_list_close": "</ul>",
    "ordered_list_open": "<ol>",
    "ordered_list_close": "</ol>",
    "list_item_open": "<li>",
    "list_item_close": "</li>",
    "table_open": "<table><tbody>",
    "table_close": "</tbody></table>",
    "tr_open": "<tr>",
    "tr_close": "</tr>",
    "th_open": "<th>",
    "th_close": "</th>",
    "td_open": "<td>",
    "td_close": "</td>",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "em_open": "<em>",
    "em_close": "</em>",
    "softbreak": " ",
    "hardbreak": "<br />",
}


def canonical_name(value: Value) -> Value:
    """Return a name as Moodle keeps it: one line of plain text.

    Raises:
        ValueError: Moodle would take part of the name for a tag.
    """
    if not isinstance(value, str):
        return value
    name = " ".join(_without_control(value).split())
    if tag := _TAG_START.search(name):
        part = name[tag.start() : tag.start() + 12]
        msg = (
            f"Moodle takes `{part}` for a tag and refuses the name: put a blank after "
            "`<` or use words."
        )
        raise ValueError(msg)
    return name


def canonical_html(value: Value) -> Value:
    """Return Markdown or plain text as the HTML that Moodle keeps unchanged.

    Raises:
        ValueError: the text holds a control character.
    """
    if not isinstance(value, str):
        return "" if value is None else value
    return _rendered(value)


# An apply makes its plan again, from the same texts.
@lru_cache(maxsize=16_384)
def _rendered(value: str) -> str:
    text = _without_control(value.replace("\r\n", "\n").replace("\r", "\n"))
    return as_read(_render(_MARKDOWN.parse(text.strip())))


def as_read(stored: str) -> str:
    """Return a stored description without what Moodle's editor adds by itself.

    Saving a page unchanged puts line breaks between blocks, writes characters as
    entities and fills what is empty with a non-breaking space (tried on 4.5). Nothing
    that anybody sees is taken off: a real change stays one.
    """
    if _KEEPS_SPACE.search(stored):
        return stored
    text = stored.replace("\r\n", "\n")
    text = _AROUND_BLOCK.sub(r"\1", text).strip(" \t\n\r")
    text = _FILLED.sub(r"\1\3", _ENTITY.sub(_plain_character, text))
    if not text.strip("\u00a0 \t\n\r"):
        return ""
    # A text without any element, as files bring along, looks like one paragraph.
    return text if "<" in text else f"<p>{_SPACE.sub(' ', text)}</p>"


def _plain_character(found: re.Match[str]) -> str:
    """Return the character an entity stands for, in our way of escaping."""
    entity = found.group(1)
    return escape(html.unescape(entity)) if entity else found.group()


def _without_control(text: str) -> str:
    if found := _CONTROL.search(text):
        msg = (
            f"The text holds the control character U+{ord(found.group()):04X}, which "
            "Moodle refuses: remove it."
        )
        raise ValueError(msg)
    return text


def escape(text: str) -> str:
    """Return text in the only way of escaping that the purifier leaves alone."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _render(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    links: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            links.append(str(token.attrGet("href") or ""))
            parts.append(_link_start(links[-1]))
        elif token.type == "link_close":
            parts.append(_link_end(links.pop()))
        else:
            parts.append(_render_one(token))
    return "".join(parts)


def _render_one(token: Token) -> str:
    if token.hidden:
        return ""
    if token.type in ("inline", "image"):
        return _render(token.children or ())
    if token.type == "text":
        return escape(token.content)
    if token.type == "code_inline":
        return f"<code>{escape(token.content)}</code>"
    if token.type in ("fence", "code_block"):
        lines = escape(token.content.rstrip("\n")).split("\n")
        return f"<p><code>{'<br />'.join(lines)}</code></p>"
    return _TAGS.get(token.type, "")


def _link_start(address: str) -> str:
    is_kept = _LINK.fullmatch(address)
    return f'<a href="{escape(address)}">' if is_kept else ""


def _link_end(address: str) -> str:
    """Close a link; an address the purifier would rewrite is shown as text."""
    return "</a>" if _LINK.fullmatch(address) else f" ({escape(address)})"
