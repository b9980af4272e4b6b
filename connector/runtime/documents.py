"""Reads the documents that an administrator imports, and checks them before storing.

What a file is shows by what it holds; its name is the document's. Nothing is stored
here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from connector.framework.sources.files import read_text
from connector.framework.sources.yaml_nodes import Scalar, Table, parse
from connector.kit.errors import ConfigError, Problem
from connector.runtime.connections import read_connection
from connector.runtime.manifest import load_adapter
from connector.runtime.move_policies import read_move_policy
from connector.runtime.scheduler import read_schedule
from connector.store.documents import DocumentKind
from connector.sync.mapping import load_mapping


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """One document as a file holds it."""

    kind: DocumentKind
    name: str
    text: str


def read_documents(paths: Sequence[Path]) -> list[DocumentFile]:
    """Read connections, mappings, policies and schedules from files and folders.

    Raises:
        ConfigError: with every problem of every file.
    """
    read: list[DocumentFile] = []
    problems: list[Problem] = []
    for path in paths:
        for file in _files(path, problems):
            try:
                read.append(_read(file))
            except ConfigError as error:
                problems += error.problems or [
                    Problem(str(file), error.message, error.hint)
                ]
    problems += _twice(read)
    if problems:
        count = len(problems)
        raise ConfigError(
            f"{count} problem{'s' if count > 1 else ''} in what was to be imported",
            hint="Nothing was stored. Correct them and import again.",
            problems=problems,
        )
    return read


def _files(path: Path, problems: list[Problem]) -> list[Path]:
    if path.is_dir():
        found = sorted(path.rglob("*.yaml"))
        if not found:
            problems.append(
                Problem(str(path), "no file in it ends in .yaml", "Name another.")
            )
        return found
    if path.is_file():
        return [path]
    problems.append(
        Problem(str(path), "there is no such file", "Name a file or a folder.")
    )
    return []


def _read(file: Path) -> DocumentFile:
    text, problem = read_text(file, str(file))
    problems = [problem] if problem else []

    def report(line: int, message: str, hint: str) -> None:
        problems.append(Problem(f"{file}:{line}", message, hint))

    root = None if problem else parse(text, report)
    if not isinstance(root, Table):
        if not problems:
            report(
                1,
                "a connection, mapping, policy or schedule is wanted",
                "Write a table.",
            )
        raise ConfigError(f"{file} is no document", problems=problems)
    if "kinds" in root.entries:
        _check_mapping(file, text, root)
        return DocumentFile(DocumentKind.MAPPING, file.stem, text)
    if "cron" in root.entries:
        read_schedule(file.stem, text, str(file))
        return DocumentFile(DocumentKind.SCHEDULE, file.stem, text)
    if "moves" in root.entries:
        read_move_policy(file.stem, text, str(file))
        return DocumentFile(DocumentKind.POLICY, file.stem, text)
    read_connection(file.stem, text, str(file))
    return DocumentFile(DocumentKind.CONNECTION, file.stem, text)


def _check_mapping(file: Path, text: str, root: Table) -> None:
    """Check a mapping against the kinds its adapter has."""
    node = root.entries.get("adapter")
    if not isinstance(node, Scalar):
        raise ConfigError(
            f"{file} is no mapping",
            problems=[
                Problem(f"{file}:1", "it names no adapter", "Write adapter: NAME")
            ],
        )
    load_mapping(text, str(file), list(load_adapter(node.text).kinds()))


def _twice(read: Sequence[DocumentFile]) -> Iterator[Problem]:
    counts = Counter((item.kind, item.name) for item in read)
    for (kind, name), number in counts.items():
        if number > 1:
            yield Problem(
                f"{kind} {name}",
                f"{number} files of this name are to be imported",
                "A file's name is the document's: keep one.",
            )
