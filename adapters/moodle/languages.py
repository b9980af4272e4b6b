"""Texts in several languages, in the form Moodle's multi-language filter resolves.

Each reader then sees their own language. Only for sites where that filter is on: other
readers would see all languages one after another. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connector.kit.values import FieldSpec, FieldType, KindSpec

#: Codes of languages as the filter and the purifier take them (read in 4.5).
CODE = re.compile(r"[a-zA-Z0-9_-]+")
_BLOCK = r"/?(?:p|ul|ol|li|table|tbody|tr|th|td)"
#: Splits the HTML that we write: tags of blocks at odd places, what is in them between.
_BLOCK_TAG = re.compile(rf"(<{_BLOCK}>)")
_TRANSLATED = frozenset({"shortname", "description"})


def in_languages(
    kinds: Sequence[KindSpec], languages: Sequence[str]
) -> tuple[KindSpec, ...]:
    """Return kinds whose names and descriptions are wanted in all the languages."""
    if len(languages) < 2:
        return tuple(kinds)
    return tuple(
        replace(kind, fields=tuple(_spec(field, languages) for field in kind.fields))
        for kind in kinds
    )


def _spec(spec: FieldSpec, languages: Sequence[str]) -> FieldSpec:
    if spec.name not in _TRANSLATED:
        return spec
    join = join_html if spec.type is FieldType.RICH_TEXT else join_text
    return replace(spec, languages=tuple(languages), join=join)


def join_text(versions: Mapping[str, str]) -> str:
    """Return a text that shows each reader their language; equal versions once."""
    told = _told(versions)
    if len(told) < 2:
        return next(iter(versions.values()), "")
    return "".join(
        f'<span lang="{language}" class="multilang">{text}</span>'
        for language, text in told.items()
    )


def join_html(versions: Mapping[str, str]) -> str:
    """Return HTML of ours that shows each reader their language.

    Blocks cannot stand in a span: where all versions are built alike, each block holds
    the versions of its content; elsewhere one paragraph holds each version in lines.
    """
    told = _told(versions)
    if len(told) < 2:
        return next(iter(versions.values()), "")
    parts = {code: _BLOCK_TAG.split(text) for code, text in told.items()}
    if len({tuple(part[1::2]) for part in parts.values()}) > 1:
        return f"<p>{join_text({code: _lines(p) for code, p in parts.items()})}</p>"
    tags, *_ = (part[1::2] for part in parts.values())
    contents = zip(*(part[::2] for part in parts.values()), strict=True)
    joined = [join_text(dict(zip(told, content, strict=True))) for content in contents]
    return "".join(_interleaved(joined, tags))


def _told(versions: Mapping[str, str]) -> dict[str, str]:
    """Return the versions that say something of their own, the first always."""
    first = next(iter(versions.values()), "")
    return {
        language: text
        for place, (language, text) in enumerate(versions.items())
        if not place or (text and text != first)
    }


def _interleaved(contents: Sequence[str], tags: Sequence[str]) -> Iterator[str]:
    for content, tag in zip(contents, (*tags, ""), strict=True):
        yield content
        yield tag


def _lines(parts: Sequence[str]) -> str:
    """Return blocks as lines of one, list items with a dash before."""
    lines: list[str] = []
    dash = ""
    for part in parts:
        if part == "<li>":
            dash = "- "
        elif part and not _BLOCK_TAG.fullmatch(part):
            lines.append(dash + part)
            dash = ""
    return "<br />".join(lines)
