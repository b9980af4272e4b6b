"""What Moodle's PARAM types let pass.

Moodle refuses a value that would change under cleaning; it never repairs one. Each
check says whether a text is a fixed point of its type's cleaning rule.
"""

import re
from collections.abc import Callable
from typing import Any

from adapters.moodle.sandbox.purified import is_purified

_LARGEST_INTEGER = 2**63 - 1
_NEVER_VALID = re.compile("[\\0\\ud800-\\udfff\\ufffe\\uffff]")
_TAG_START = re.compile(r"<(?![ \t\n\r\v\f])")
_ANY_TAG = re.compile(r"<.*?>", re.DOTALL)
_MULTILANG_SPAN = re.compile(
    r'<span(\s+lang="[a-zA-Z0-9_-]+"|\s+class="multilang"){2}\s*>'
)
_MULTILANG_LANG = re.compile(r'<lang lang="[a-zA-Z0-9_-]+"\s*>')
_AUTHENTICATION = (
    "cas",
    "db",
    "email",
    "ldap",
    "lti",
    "manual",
    "mnet",
    "nologin",
    "none",
    "oauth2",
    "shibboleth",
    "webservice",
)
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_SEQUENCE = re.compile(r"[0-9,]*")


def as_php_string(value: Any) -> str:
    """Return the text PHP makes of a scalar when it compares before and after."""
    if value is True:
        return "1"
    if value is False:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def is_clean(value: Any, type_name: str) -> bool:
    """Say whether cleaning by the PARAM type leaves the value as it is.

    Raises KeyError for a type that no served function uses.
    """
    return _CHECKS[type_name](as_php_string(value))


def convert(value: Any, type_name: str) -> Any:
    """Return a clean value in the form the function gets: int, or the text itself."""
    if type_name == "INT":
        return int(as_php_string(value))
    return value


def _is_valid_utf8(text: str) -> bool:
    return not _NEVER_VALID.search(text)


def _is_integer(text: str) -> bool:
    return bool(_INTEGER.fullmatch(text)) and abs(int(text)) <= _LARGEST_INTEGER


def _has_no_tags(text: str) -> bool:
    return _is_valid_utf8(text) and not _TAG_START.search(text)


def _is_text(text: str) -> bool:
    if not _is_valid_utf8(text):
        return False
    if "</lang>" in text:
        return _is_multilang(text, _MULTILANG_LANG, "</lang>")
    if "</span>" in text:
        return _is_multilang(text, _MULTILANG_SPAN, "</span>")
    return not _TAG_START.search(text)


def _is_multilang(text: str, opening: re.Pattern[str], closing: str) -> bool:
    is_open = False
    for tag in _ANY_TAG.findall(text):
        if tag == closing:
            if not is_open:
                return False
            is_open = False
        elif opening.fullmatch(tag):
            is_open = True
        else:
            return False
    return not is_open and not _TAG_START.search(_ANY_TAG.sub("", text))


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: bool(compiled.fullmatch(text))


_CHECKS: dict[str, Callable[[str], bool]] = {
    "INT": _is_integer,
    "BOOL": _matches(r"[01]"),
    "RAW": _is_valid_utf8,
    "RAW_TRIMMED": lambda text: _is_valid_utf8(text) and text == text.strip(),
    "TEXT": _is_text,
    "NOTAGS": _has_no_tags,
    "CLEANHTML": lambda text: _is_valid_utf8(text) and is_purified(text),
    "ALPHA": _matches(r"[a-zA-Z]*"),
    "ALPHAEXT": _matches(r"[a-zA-Z_-]*"),
    "ALPHANUM": _matches(r"[A-Za-z0-9]*"),
    "ALPHANUMEXT": _matches(r"[A-Za-z0-9_-]*"),
    "SEQUENCE": _matches(_SEQUENCE.pattern),
    "SAFEDIR": _matches(r"[A-Za-z0-9_-]*"),
    "THEME": _matches(r"boost|classic|"),
    "LANG": _matches(r"[a-z_]*"),
    "USERNAME": _matches(r"[a-z0-9_@.-]*"),
    "AUTH": _matches("|".join(_AUTHENTICATION)),
    "PLUGIN": _matches(r"[a-z](?:[a-z0-9_]*[a-z0-9])|"),
    "COMPONENT": _matches(r"[a-z][a-z0-9]*(_[a-z0-9_]*[a-z0-9])?|"),
    "AREA": _matches(r"[a-z](?:[a-z0-9_]*[a-z0-9])|"),
    "CAPABILITY": _matches(r"[a-z0-9_/:]*"),
    "TIMEZONE": _matches(r"99|[A-Za-z_+-]+(/[A-Za-z0-9_+-]+)*|"),
}
