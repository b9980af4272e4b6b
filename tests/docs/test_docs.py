"""The pages name everything there is, and nothing that is not there."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from marshmallow import Schema, fields

from connector.cli import jobframe
from connector.kit.errors import ERROR_TABLE
from connector.runtime import home
from connector.runtime.connections import ConnectionDocument, Switch, Use
from connector.runtime.jobs import JOBS
from connector.runtime.manifest import adapters, load_adapter
from connector.runtime.scheduler import ScheduledJob
from connector.runtime.secrets import SCHEMES
from connector.store.dispatches import DispatchState
from connector.store.journal import ChangeState, RunStatus
from connector.sync.expressions import GLOBAL_NAMES
from connector.sync.guards import GUARDS, GuardLimits
from connector.sync.mapping import load_mapping
from connector.sync.plan import CHOICES, Choice, FindingKind
from connector.sync.rules import DriftPolicy
from connector.talent.dispatching import SeenByHand

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        ROOT / "README.md",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "examples").glob("*.md"),
        *(ROOT / "adapters").glob("*/README.md"),
    ]
)
#: A command as a page shows it typed: indented, or as code in a sentence.
_TYPED = re.compile(r"(?:^ {4}(?:\$ )?|`)(jobframe [a-z][^`\n|]*)", re.MULTILINE)


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(
    command: click.Command = jobframe, path: str = "jobframe"
) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, by what one types."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")
    else:
        yield path, command


def missing(text: str, words: Any) -> list[str]:
    """Return the words that a page does not name as code."""
    return [str(word) for word in words if not re.search(rf"`{word}\b", text)]


def test_every_command_has_its_place() -> None:
    text = page("docs/cli.md")
    headings = [line for line in text.splitlines() if line.startswith("### ")]
    lacking = [
        path
        for path, _ in commands()
        if not any(re.match(rf"### {path}( |$)", line) for line in headings)
    ]
    assert lacking == []


def test_every_option_is_named() -> None:
    text = page("docs/cli.md")
    lacking = {
        f"{path} {option}"
        for path, command in commands()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option not in text
    }
    assert lacking == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_on_a_page_exists(path: Path) -> None:
    known = {name for name, _ in commands()}
    groups = {name.rsplit(" ", 1)[0] for name in known}
    text = path.read_text(encoding="utf-8")
    wrong = []
    for typed in re.findall(
        r"(?:^ {4}(?:\$ )?|`)(jobframe [a-z][^`\n|]*)", text, re.MULTILINE
    ):
        words = typed.split()
        two, one = " ".join(words[:3]), " ".join(words[:2])
        if two not in known and one not in known and one not in groups:
            wrong.append(typed)
        if one in groups - {"jobframe"} and two not in known and len(words) > 2:
            wrong.append(typed)
    assert wrong == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name) if name else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def anchors(file: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


def test_every_error_has_its_row() -> None:
    text = page("docs/operators.md")
    for code, error in ERROR_TABLE.items():
        row = (
            f"| `{code}` | {error.exit_code} | {error.http_status}"
            f" | `{error.__name__}` |"
        )
        assert f"\n{row}" in text, row


def test_every_exit_code_has_its_row() -> None:
    text = page("docs/operators.md")
    codes = {error.exit_code for error in ERROR_TABLE.values()} | {0, 1, 130, 141}
    for code in codes:
        assert re.search(rf"^\| {code} \|", text, re.MULTILINE), code


def test_every_setting_of_an_instance_is_named() -> None:
    text = page("docs/operators.md")
    for name in home._DEFAULTS:
        assert f"| `{name}` | `JOBFRAME_{name.upper()}` |" in text
    assert "JOBFRAME_HOME" in text


def test_every_entry_of_a_connection_and_a_schedule_is_named() -> None:
    text = page("docs/operators.md")
    of_a_connection = {
        name
        for name in ConnectionDocument.__dataclass_fields__
        if name not in ("name", "uses")
    } | set(Use)
    of_evidence = set(Switch.__dataclass_fields__)
    of_a_schedule = {"cron", "jobs", *ScheduledJob.__dataclass_fields__}
    known = of_a_connection | of_evidence | of_a_schedule | set(JOBS)
    assert missing(text, sorted(known)) == []
    assert missing(text, (f"{scheme}:" for scheme in SCHEMES)) == []


def _settings(schema: Schema) -> Iterator[str]:
    for name, field in schema.fields.items():
        yield field.data_key or name
        if isinstance(field, fields.Nested):
            yield from _settings(field.schema)


@pytest.mark.parametrize("name", sorted(adapters()))
def test_every_setting_of_an_adapter_is_named(name: str) -> None:
    module = importlib.import_module(f"adapters.{name}.settings")
    schemas = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Schema) and one is not Schema
    ]
    assert schemas
    found = {setting for one in schemas for setting in _settings(one())}
    text = page(f"adapters/{name}/README.md") + page(f"docs/install-{name}.md")
    assert [one for one in sorted(found) if one not in text] == []


def test_the_mapping_language_is_whole() -> None:
    text = page("docs/mapping.md")
    words = {
        *GLOBAL_NAMES,
        *GuardLimits.__dataclass_fields__,
        *(policy.value for policy in DriftPolicy),
        *("version", "adapter", "prefix", "language", "drift", "options", "guards"),
        *("kinds", "records", "protected", "shorten", "each", "when", "key", "fields"),
        *("row", "identity"),
    }
    assert missing(text, sorted(words)) == []


@pytest.mark.parametrize("name", sorted(adapters()))
def test_every_option_of_a_shipped_mapping_is_named(name: str) -> None:
    listing = adapters()[name]
    text = listing.mapping.read_text(encoding="utf-8")
    mapping = load_mapping(text, listing.mapping.name, load_adapter(name).kinds())
    part = page("docs/mapping.md").split(f"\n### {listing.title}\n")[1]
    assert missing(part.split("\n### ")[0], sorted(mapping.options)) == []


@pytest.mark.parametrize("name", sorted(adapters()))
def test_every_limit_of_a_text_is_told(name: str) -> None:
    title = adapters()[name].title
    text = page("docs/mapping.md").split(f"\n### {title}\n")[1].split("\n### ")[0]
    wrong = []
    for spec in load_adapter(name).kinds():
        part = text.split(f"**`{spec.name}`**")[1].split("\n**`")[0]
        for field in spec.fields:
            row = next(r for r in part.splitlines() if f"| `{field.name}` |" in r)
            told = [
                "needed" in row.split("|")[3].split("`")[0] or bool(field.row),
                f"{field.max_length} characters" in row,
                "never changes" in row,
            ]
            wanted = [
                field.is_required or bool(field.row),
                field.max_length is not None,
                field.is_fixed,
            ]
            if told != wanted:
                wrong.append(f"{spec.name}.{field.name}")
    assert wrong == []


@pytest.mark.parametrize("name", sorted(adapters()))
def test_every_kind_and_field_is_named(name: str) -> None:
    title = adapters()[name].title
    text = page("docs/mapping.md").split(f"\n### {title}\n")[1].split("\n### ")[0]
    lacking = []
    for spec in load_adapter(name).kinds():
        heading = f"**`{spec.name}`**"
        if heading not in text:
            lacking.append(spec.name)
            continue
        part = text.split(heading)[1].split("\n**`")[0]
        for field in spec.fields:
            if f"| `{field.name}` |" not in part:
                lacking.append(f"{spec.name}.{field.name}")
            lacking += [
                f"{spec.name}.{field.name}.{inner.name}"
                for inner in field.row
                if f"`{inner.name}`" not in part
            ]
    assert lacking == []


def test_findings_choices_and_guards_are_explained() -> None:
    concepts, cli = page("docs/concepts.md"), page("docs/cli.md")
    for kind in FindingKind:
        row = re.search(rf"^\| `{kind.value}` \|.*$", concepts, re.MULTILINE)
        assert row, kind
        assert all(f"`{choice.value}`" in row[0] for choice in CHOICES[kind])
    assert missing(cli, (choice.value for choice in Choice)) == []
    assert missing(cli, (seen.value for seen in SeenByHand)) == []
    assert missing(concepts, GUARDS) == []
    assert missing(concepts, DispatchState) == []
    assert missing(cli, [*RunStatus, *ChangeState]) == []


def test_the_commands_of_the_readme_are_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
    named = set(
        re.findall(r"(?:^ {4}|`)make ([a-z-]+)", page("README.md"), re.MULTILINE)
    )
    assert {"demo", "test"} <= named <= targets


def test_no_page_is_lost() -> None:
    linked = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    lost = [
        path.name for path in (ROOT / "docs").glob("*.md") if path.name not in linked
    ]
    assert lost == []
