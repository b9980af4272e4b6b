"""Which HTML is already in the form Moodle's purifier would leave it in.

Moodle's description fields (PARAM_CLEANHTML) accept exactly the fixed points of its
HTML purifier. This module recognises the common ones and refuses everything else; it
never rewrites text. Where it errs, it errs on the strict side.
"""

import re
from dataclasses import dataclass, field

_PHP_TRIMMED = " \t\n\r\0\x0b"
_TOKEN = re.compile(
    r'<(?P<close>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>(?: [a-z]+="[^"<>]*")*)'
    r"(?P<void> /)?>"
)
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"<>]*)"')
_PLAIN_TEXT = re.compile(r"(?:[^<>&]|&amp;|&lt;|&gt;)*")
_PLAIN_VALUE = re.compile(r"(?:[^<>&\"]|&amp;|&lt;|&gt;|&quot;)*")
_MARKUP = re.compile(r"[<>&]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_HOST_PART = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_LINK_TEXT = r"(?:[A-Za-z0-9\-._~:/?@!$()*+,;=']|&amp;|%[0-9A-F]{2})*"
_LINK = re.compile(
    rf"(?:(?:https?|ftp)://{_HOST_PART}(?:\.{_HOST_PART})*(?::[0-9]+)?(?![^/?#]))?"
    rf"{_LINK_TEXT}(?:#{_LINK_TEXT})?"
)
_DEFAULT_PORT = re.compile(r"http://[^/?#]*:80(?![0-9])|https://[^/?#]*:443(?![0-9])")
_EMPTY_HOST = re.compile(r"[a-z]+://(?![a-z0-9])|[a-z]+://[^/?#]*[@_]")
_MAIL_LINK = re.compile(r"mailto:[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+")
_UNKNOWN_SCHEME = re.compile(r"(?!https?:|ftp:|mailto:)[A-Za-z][A-Za-z0-9+.-]*:")
_MULTILANG = re.compile(r' lang="[a-zA-Z0-9_-]+" class="multilang"')

# fmt: off
_INLINE = frozenset({
    "span", "a", "em", "strong", "b", "i", "u", "s", "strike", "small", "big",
    "sub", "sup", "tt", "code", "samp", "kbd", "var", "cite", "dfn", "abbr",
    "acronym", "q", "bdo", "img", "br", "del", "ins", "font",
})
# fmt: on
# fmt: off
_BLOCK = frozenset({
    "p", "div", "blockquote", "pre", "address", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "ul", "ol", "dl", "table", "center",
})
# fmt: on
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FLOW = _INLINE | _BLOCK
_VOID = frozenset({"br", "hr", "img", "col"})
_ROW_GROUPS = frozenset({"thead", "tfoot", "tbody"})
_CONTENT: dict[str, frozenset[str]] = {
    **dict.fromkeys(_INLINE - {"br", "img"}, _INLINE),
    **dict.fromkeys(_HEADINGS | {"p", "dt", "caption"}, _INLINE),
    "pre": _INLINE - {"img", "big", "small", "font"},
    "address": _INLINE | {"p"},
    **dict.fromkeys(["div", "center", "blockquote", "li", "dd", "td", "th"], _FLOW),
    **dict.fromkeys(("ul", "ol"), frozenset({"li"})),
    "dl": frozenset({"dt", "dd"}),
    "table": _ROW_GROUPS | {"caption", "tr", "col", "colgroup"},
    "colgroup": frozenset({"col"}),
    **dict.fromkeys(_ROW_GROUPS, frozenset({"tr"})),
    "tr": frozenset({"td", "th"}),
}
_WITHOUT_TEXT = frozenset({"ul", "ol", "dl", "table", "colgroup", "tr"}) | _ROW_GROUPS
_NEVER_EMPTY = frozenset({"ul", "ol", "dl", "table", "tr"}) | _ROW_GROUPS
_TABLE_ORDER = ("caption", "col", "colgroup", "thead", "tfoot", "tbody", "tr")
_EVERYWHERE = frozenset({"class", "title", "dir"})
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href"}),
    "ol": frozenset({"start", "type"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "q": frozenset({"cite"}),
    "blockquote": frozenset({"cite"}),
    "td": frozenset({"colspan", "rowspan", "scope", "abbr"}),
    "th": frozenset({"colspan", "rowspan", "scope", "abbr"}),
    "table": frozenset({"summary", "border", "cellpadding", "cellspacing"}),
}
_COUNT, _SIZE = re.compile(r"[1-9][0-9]*"), re.compile(r"0|[1-9][0-9]*")
_LENGTH = re.compile(r"[1-9][0-9]{0,2}")
_VALUES = {
    "dir": re.compile("ltr|rtl"),
    "type": re.compile("[1aAiI]"),
    "scope": re.compile("row|col|rowgroup|colgroup"),
    **dict.fromkeys(("colspan", "rowspan", "start"), _COUNT),
    **dict.fromkeys(("border", "cellpadding", "cellspacing"), _SIZE),
    **dict.fromkeys(("width", "height"), _LENGTH),
}


@dataclass(slots=True)
class _Open:
    """An element that is open while reading, with the children seen so far."""

    name: str
    allowed: frozenset[str]
    children: list[str] = field(default_factory=list)


def is_purified(text: str) -> bool:
    """Say whether the purifier, and the trimming after it, would change nothing."""
    if text.strip(_PHP_TRIMMED) != text:
        return False
    if not _MARKUP.search(text):
        return True  # Moodle does not even call the purifier
    if _CONTROL.search(text):
        return False
    stack = [_Open("", _FLOW)]
    position = 0
    while position < len(text):
        if text[position] != "<":
            end = text.find("<", position)
            end = len(text) if end < 0 else end
            if not _is_text_allowed(text[position:end], stack[-1]):
                return False
            position = end
            continue
        token = _TOKEN.match(text, position)
        if token is None or not _take_tag(token, stack):
            return False
        position = token.end()
    return len(stack) == 1


def _is_text_allowed(text: str, parent: _Open) -> bool:
    if parent.name in _WITHOUT_TEXT:
        return not text.strip()
    return bool(_PLAIN_TEXT.fullmatch(text))


def _take_tag(token: re.Match[str], stack: list[_Open]) -> bool:
    name, parent = token["name"], stack[-1]
    if token["close"]:
        if token["attributes"] or token["void"] or parent.name != name:
            return False
        stack.pop()
        return _is_complete(parent)
    if name not in parent.allowed or bool(token["void"]) != (name in _VOID):
        return False
    if not _are_attributes_allowed(name, token["attributes"]):
        return False
    parent.children.append(name)
    if name not in _VOID:
        stack.append(_Open(name, _allowed_inside(name, parent)))
    return True


def _allowed_inside(name: str, parent: _Open) -> frozenset[str]:
    allowed = _CONTENT[name]
    if name in ("ins", "del"):
        # They hold blocks exactly where a block may stand.
        allowed = _FLOW if "p" in parent.allowed else _INLINE
    if name == "a" or (name in _INLINE and "a" not in parent.allowed):
        allowed = allowed - {"a"}
    return allowed


def _is_complete(element: _Open) -> bool:
    if element.name in _NEVER_EMPTY and not element.children:
        return False
    if element.name != "table":
        return True
    ranks = [_TABLE_ORDER.index(child) for child in element.children]
    kinds = set(element.children)
    single = all(
        element.children.count(name) <= 1 for name in ("caption", "thead", "tfoot")
    )
    has_rows = bool(kinds & {"tr", "tbody"})
    mixed = "tr" in kinds and bool(kinds & _ROW_GROUPS)
    return ranks == sorted(ranks) and single and has_rows and not mixed


def _are_attributes_allowed(name: str, source: str) -> bool:
    if name == "span" and _MULTILANG.fullmatch(source):
        return True
    allowed = _EVERYWHERE | _ATTRIBUTES.get(name, frozenset())
    found = dict(_ATTRIBUTE.findall(source))
    if len(found) != source.count('="'):
        return False
    if name == "img" and not {"src", "alt"} <= found.keys():
        return False
    return all(
        key in allowed and _is_attribute_clean(key, value)
        for key, value in found.items()
    )


def _is_attribute_clean(key: str, value: str) -> bool:
    if key in ("href", "src", "cite"):
        return _is_link(value)
    if key == "class":
        # "0" is empty to PHP, and empty classes are dropped.
        words = " ".join(dict.fromkeys(value.split()))
        return value not in ("", "0") and value == words
    if key in _VALUES:
        return bool(_VALUES[key].fullmatch(value))
    return bool(_PLAIN_VALUE.fullmatch(value)) and value == value.strip()


def _is_link(value: str) -> bool:
    if _MAIL_LINK.fullmatch(value):
        return True
    for refused in (_UNKNOWN_SCHEME, _DEFAULT_PORT, _EMPTY_HOST):
        if refused.match(value):
            return False
    return bool(_LINK.fullmatch(value))
