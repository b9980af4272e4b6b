"""The native source: a folder of YAML files, any of which may hold any list.

It reads shape and types, and reports every problem with file and line. Whether
references and ladders make sense is the work of `validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.framework.model import Framework, Text
from connector.framework.sources.files import read_text
from connector.framework.sources.native_elements import (
    ElementType,
    key_of,
    report_unknown,
)
from connector.framework.sources.native_kinds import FRAMEWORK, IDENTITY, SECTIONS
from connector.framework.sources.native_reading import (
    Context,
    Findings,
    is_absent,
    is_valid,
)
from connector.framework.sources.native_values import is_language
from connector.framework.sources.yaml_nodes import Listing, Node, Scalar, Table, parse
from connector.kit.errors import FrameworkError, Problem

_TOP_WORDS = ("framework", *SECTIONS, "identities")


@dataclass(frozen=True, slots=True)
class NativeReading:
    """What a folder holds, as far as it could be read.

    `unusable` has, by section, the keys of elements that stand there but could not
    be read whole: naming them is no unknown reference.
    """

    framework: Framework
    problems: tuple[Problem, ...]
    unusable: Mapping[str, frozenset[str]]
    unread_files: tuple[str, ...]


def read_native(folder: Path) -> NativeReading:
    """Read a folder of YAML files; problems are returned, not raised.

    Raises:
        FrameworkError: the folder is not there.
    """
    if not folder.is_dir():
        raise FrameworkError(
            f"{folder} is not a folder.",
            hint="Name the folder that holds the framework's YAML files.",
        )
    findings = Findings()
    sections = _collect(folder, findings)
    head = read_head(sections.pop("framework", []), findings)
    elements: dict[str, Any] = {
        SECTIONS[name].attribute: read_section(name, nodes, findings, head.language)
        for name, nodes in sections.items()
        if name in SECTIONS
    }
    identities = _read_identities(sections.get("identities", []), findings)
    framework = Framework(
        key=head.key,
        name=head.name,
        description=head.description,
        effective_from=head.effective_from,
        is_retired=head.is_retired,
        language=head.language,
        place=head.place,
        identities=identities,
        **elements,
    )
    return NativeReading(
        framework=framework,
        problems=tuple(findings.problems),
        unusable={name: frozenset(keys) for name, keys in findings.unusable.items()},
        unread_files=tuple(findings.unread_files),
    )


#: Where one part of a file stands: the file and its node.
Part = tuple[str, Node]


def _collect(folder: Path, findings: Findings) -> dict[str, list[Part]]:
    sections: dict[str, list[Part]] = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        context = Context(name, findings)
        if path.suffix == ".yml":
            context.report(
                1, "the ending .yml is not read", "Rename the file to .yaml."
            )
            continue
        root = _read_file(path, context)
        if isinstance(root, Table):
            report_unknown(root, _TOP_WORDS, context)
            for word, node in root.entries.items():
                sections.setdefault(word, []).append((name, node))
    return sections


def _files(folder: Path) -> Iterator[Path]:
    found = (
        path
        for path in folder.rglob("*.y*ml")
        if path.suffix in {".yaml", ".yml"} and not path.is_dir()
    )
    visible = (
        path
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    yield from sorted(visible, key=lambda path: path.relative_to(folder).as_posix())


def _read_file(path: Path, context: Context) -> Node | None:
    text, problem = read_text(path, context.file)
    if problem:
        context.findings.problems.append(problem)
        context.findings.unread_files.append(context.file)
        return None
    root = parse(text, context.report)
    if root is None:
        if text.strip():
            context.findings.unread_files.append(context.file)
        return None
    if not isinstance(root, Table) and not is_absent(root):
        context.refuse(root, "lists by name, such as roles:")
    return root


def read_head(parts: list[Part], findings: Findings) -> Framework:
    """Return a framework with what its own part says, and no elements."""
    nothing = Framework(key="", name=Text())
    if not parts:
        findings.problems.append(
            Problem(
                "",
                "no file holds the part framework:",
                'Add framework.yaml with "framework:", its key, name and language.',
            )
        )
        return nothing
    for file, node in parts[1:]:
        Context(file, findings).report(
            node.line,
            f"framework: stands twice, first in {parts[0][0]}:{parts[0][1].line}",
            "Keep one of the two.",
        )
    file, node = parts[0]
    context = Context(file, findings, _language(node, Context(file, findings)))
    head = FRAMEWORK.read(node, context)
    return head if isinstance(head, Framework) else nothing


def _language(node: Node, context: Context) -> str:
    stated = node.entries.get("language") if isinstance(node, Table) else None
    if stated is None or is_absent(stated):
        return "en"
    if isinstance(stated, Scalar) and is_language(stated.text):
        return stated.text
    context.refuse(stated, "a language code such as en")
    return "en"


def read_section(
    name: str, parts: list[Part], findings: Findings, language: str
) -> dict[str, Any]:
    """Return the elements of one list by key, sorted; the parts are file and node."""
    found: dict[str, Any] = {}
    first_places: dict[str, str] = {}
    type_ = SECTIONS[name].type
    for context, node in _items(parts, findings, language):
        key = key_of(node)
        if key and key in first_places:
            context.within(key).report(
                node.line,
                f'the key "{key}" stands twice in {name}, first in {first_places[key]}',
                "Give one of the two another key.",
            )
            continue
        first_places[key] = context.place(node)
        element = type_.read(node, context)
        if is_valid(element):
            found[element.key] = element
        else:
            findings.unusable.setdefault(name, set()).add(key)
    return dict(sorted(found.items()))


def _read_identities(parts: list[Part], findings: Findings) -> tuple[Any, ...]:
    return tuple(_read_all(IDENTITY, parts, findings))


def _read_all(
    type_: ElementType, parts: list[Part], findings: Findings
) -> Iterator[Any]:
    for context, node in _items(parts, findings, "en"):
        element = type_.read(node, context)
        if is_valid(element):
            yield element


def _items(
    parts: list[Part], findings: Findings, language: str
) -> Iterator[tuple[Context, Node]]:
    for file, node in parts:
        context = Context(file, findings, language)
        if isinstance(node, Listing):
            yield from ((context, item) for item in node.items)
        elif not is_absent(node):
            context.refuse(node, "a list", 'Begin each element with "- key: ...".')
