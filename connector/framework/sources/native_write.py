"""Writes a framework as a folder of YAML files: the reverse of `native`.

The same framework always gives the same bytes: elements sorted by key, fields in the
order of the format, LF, UTF-8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from connector.framework.model import Framework
from connector.framework.sources.native_elements import ElementType
from connector.framework.sources.native_kinds import FRAMEWORK, IDENTITY, SECTIONS
from connector.framework.sources.native_values import Bare, Plain
from connector.kit.errors import FrameworkError, Problem

#: Lists that are split into one file per value of an attribute.
_SPLIT = {"competencies": "domain", "roles": "family"}

_PLAIN_WORDS = re.compile(
    r"[A-Za-z][A-Za-z0-9._'\u2019/&()+-]*( [A-Za-z0-9._'\u2019/&()+-]+)*"
)
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*")
#: Words and numbers that other YAML readers take for something else than a text.
_TAKEN = re.compile(
    r"null|true|false|yes|no|on|off|y|n|[-+.\d][\d._eE+-]*|0[xo][0-9a-fA-F_]+",
    re.IGNORECASE,
)
#: What a literal block shows as it is; other characters need an escape.
_SHOWN = re.compile(
    "[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\U00010000-\U0010ffff]+"
)
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def write_native(framework: Framework, folder: Path) -> tuple[Path, ...]:
    """Write a framework into a folder and return the files written, sorted.

    `load(write(framework))` equals the framework, places apart; indicators are
    grouped by step.

    Raises:
        FrameworkError: the folder holds other YAML files, which would be read too.
    """
    files = render_native(framework)
    _refuse_strangers(folder, files)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return tuple(folder / name for name in files)


def render_native(framework: Framework) -> dict[str, str]:
    """Return the text of every file by its name, sorted."""
    language = framework.language
    files = {"framework.yaml": {"framework": FRAMEWORK.write(framework, language)}}
    for name, section in SECTIONS.items():
        elements = getattr(framework, section.attribute)
        ordered = [elements[key] for key in sorted(elements)]
        for file, part in _split(name, ordered):
            written = [section.type.write(element, language) for element in part]
            files[file] = {name: list(written)}
    if framework.identities:
        written = _write_all(IDENTITY, framework.identities, language)
        files["identities.yaml"] = {"identities": written}
    return {name: _document(files[name]) for name in sorted(files)}


def _write_all(type_: ElementType, values: Iterable[Any], language: str) -> list[Plain]:
    return [type_.write(value, language) for value in values]


def _split(name: str, elements: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    parts: dict[str, list[Any]] = {}
    for element in elements:
        owner = getattr(element, _SPLIT[name]) if name in _SPLIT else None
        stem = name.replace("_", "-")
        file = f"{stem}/{owner}.yaml" if owner else f"{stem}.yaml"
        parts.setdefault(file, []).append(element)
    yield from parts.items()


def _refuse_strangers(folder: Path, files: dict[str, str]) -> None:
    strangers = sorted(
        path.relative_to(folder).as_posix()
        for pattern in ("*.yaml", "*.yml")
        for path in folder.rglob(pattern)
        if path.relative_to(folder).as_posix() not in files
    )
    if strangers:
        raise FrameworkError(
            f"{folder} holds YAML files that are no part of what is to be written.",
            hint="Move them away, or write to an empty folder.",
            problems=[
                Problem(name, "would be read as part of the framework")
                for name in strangers
            ],
        )


def _document(content: dict[str, Plain]) -> str:
    lines: list[str] = []
    for name, value in content.items():
        lines.extend(_entry(name, value, ""))
    return "\n".join(lines) + "\n"


def _entry(name: str, value: Plain, indent: str) -> Iterator[str]:
    """Yield the lines of one entry of a mapping."""
    head = f"{indent}{_quoted(name)}:"
    if isinstance(value, Bare) and not value:
        yield head
    elif isinstance(value, str):
        yield from _text_lines(f"{head} ", value, indent + "  ")
    elif not value:
        yield f"{head} []"
    elif isinstance(value, dict):
        yield head
        for key, child in value.items():
            yield from _entry(key, child, indent + "  ")
    else:
        yield head
        for child in value:
            yield from _item(child, indent + "  ")


def _item(value: Plain, indent: str) -> Iterator[str]:
    """Yield the lines of one item of a list."""
    if isinstance(value, str):
        yield from _text_lines(f"{indent}- ", value, indent + "  ")
        return
    lines = [
        line
        for key, child in (value.items() if isinstance(value, dict) else ())
        for line in _entry(key, child, indent + "  ")
    ]
    yield f"{indent}- {lines[0].lstrip()}"
    yield from lines[1:]


def _text_lines(head: str, text: str, indent: str) -> Iterator[str]:
    if not isinstance(text, Bare) and _fits_block(text):
        body = text.rstrip("\n")
        ending = len(text) - len(body)
        yield head + ("|-", "|", "|+")[min(ending, 2)]
        for line in body.split("\n"):
            yield indent + line if line else ""
        yield from [""] * (ending - 1)
    else:
        yield head + _quoted(text)


def _fits_block(text: str) -> bool:
    """Tell whether a literal block keeps a text of several lines exactly."""
    return (
        "\n" in text
        and _SHOWN.fullmatch(text) is not None
        and text[0] not in " \t\n"
        and not text.isspace()
    )


def _quoted(text: str) -> str:
    if isinstance(text, Bare):
        return text
    if _PLAIN_WORDS.fullmatch(text) and not _TAKEN.fullmatch(text):
        return text
    if _KEY.fullmatch(text) and not _TAKEN.fullmatch(text):
        return text
    escaped = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)
