"""`jobframe init` and `jobframe config`: an instance and the documents in it."""

from __future__ import annotations

from pathlib import Path

import click

from connector.commands.common import Context, command
from connector.framework.sources.yaml_nodes import Table, parse
from connector.kit.errors import ConfigError, Problem
from connector.runtime.connections import configured, read_connection
from connector.runtime.home import create_home, now, open_home
from connector.runtime.instance import Instance, open_instance
from connector.runtime.manifest import load_adapter
from connector.runtime.scheduler import read_schedule
from connector.store import audit, documents
from connector.store.documents import DocumentKind
from connector.sync.mapping import load_mapping

_PATH = click.Path(path_type=Path)
_KINDS = (DocumentKind.CONNECTION, DocumentKind.MAPPING, DocumentKind.SCHEDULE)


@click.command()
@click.option("--organisation", default="", help="Your organisation's name.")
@click.option("--time-zone", default="UTC", help="Its time zone, as Europe/Warsaw.")
@command
def init(context: Context, organisation: str, time_zone: str) -> None:
    """Make an instance: its folder, settings, key and database."""
    folder = context.home().folder
    create_home(folder, organisation, time_zone)
    home = open_home(context.home_option)
    with open_instance(home, now):
        pass
    context.result(
        {"home": str(folder)},
        [
            f"The instance is in {folder}.",
            "Keep jobframe.key safe, outside the database's backups: secrets need it.",
            "Next: jobframe config import CONNECTION.yaml, then jobframe doctor.",
        ],
    )


@click.group()
def config() -> None:
    """Import, export and show connections, mappings and schedules; store secrets."""


@config.command("import")
@click.argument("paths", type=_PATH, nargs=-1, required=True)
@command
def import_(context: Context, paths: tuple[Path, ...]) -> None:
    """Store connections, mappings and schedules; a file's name is the document's."""
    files = [file for path in paths for file in _yaml_files(path)]
    read = [_read(file) for file in files]
    with context.instance() as instance, instance.database.write() as conn:
        stored = [
            documents.put(
                conn,
                kind=kind,
                name=name,
                text=text,
                person=context.person,
                at=instance.now(),
            )
            for kind, name, text in read
        ]
        for document in stored:
            audit.append(
                conn,
                at=instance.now(),
                actor="config",
                action="import",
                detail={
                    "kind": document.kind.value,
                    "name": document.name,
                    "version": document.version,
                    "person": context.person,
                },
            )
    context.result(
        [
            {"kind": item.kind.value, "name": item.name, "version": item.version}
            for item in stored
        ],
        [f"{item.kind.value} {item.name}: version {item.version}" for item in stored],
    )


@config.command()
@click.argument("folder", type=_PATH)
@command
def export(context: Context, folder: Path) -> None:
    """Write every document into FOLDER, for version control; no secret is in them."""
    written = []
    with context.instance() as instance, instance.database.read() as conn:
        for kind in _KINDS:
            for document in documents.all_latest(conn, kind):
                path = folder / f"{kind.value}s" / f"{document.name}.yaml"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(document.text, encoding="utf-8")
                written.append(str(path))
    context.result(written, written or ["There is nothing to export yet."])


@config.command()
@command
def show(context: Context) -> None:
    """Show the settings of the instance and where each comes from."""
    home = context.home()
    values = {
        "home": str(home.folder),
        "organisation": home.organisation,
        "time_zone": home.time_zone.key,
        "database": home.sources["database"],
    }
    with context.instance() as instance, instance.database.read() as conn:
        known = {
            kind.value: [item.name for item in documents.all_latest(conn, kind)]
            for kind in _KINDS
        }
        names = instance.vault.names()
    context.result(
        {**values, **known, "secrets": names},
        [
            *(f"{name}: {value}" for name, value in values.items()),
            *(
                f"{kind}s: {', '.join(found) or 'none'}"
                for kind, found in known.items()
            ),
            f"secrets in the vault: {', '.join(names) or 'none'}",
        ],
    )


@config.command()
@click.argument("connection")
@click.argument("name")
@click.password_option("--value", help="The secret; asked for when left out.")
@command
def secret(context: Context, connection: str, name: str, value: str) -> None:
    """Store the secret NAME of CONNECTION, encrypted, in the vault."""
    with context.instance() as instance:
        configured(instance, connection)
        instance.vault.put(f"{connection}.{name}", value)
    context.result(
        {"stored": f"{connection}.{name}"}, [f"Stored as {connection}.{name}."]
    )


def store_document(
    instance: Instance, kind: DocumentKind, name: str, text: str, person: str
) -> None:
    """Store one document as its latest version."""
    with instance.database.write() as conn:
        documents.put(
            conn, kind=kind, name=name, text=text, person=person, at=instance.now()
        )


def _yaml_files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.rglob("*.yaml"))
    if path.is_file():
        return [path]
    raise ConfigError(f"there is no file {path}", hint="Name a file or a folder.")


def _read(file: Path) -> tuple[DocumentKind, str, str]:
    """Read one document and check it; what it is shows by what it holds."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{file} cannot be read: {error}", hint="It must be UTF-8 text."
        ) from error
    problems: list[Problem] = []
    root = parse(
        text,
        lambda line, what, hint: problems.append(Problem(f"{file}:{line}", what, hint)),
    )
    if problems or not isinstance(root, Table):
        raise ConfigError(f"{file} is no document", problems=problems)
    if "kinds" in root.entries:
        _check_mapping(file, text, root)
        return DocumentKind.MAPPING, file.stem, text
    if "cron" in root.entries:
        read_schedule(file.stem, text)
        return DocumentKind.SCHEDULE, file.stem, text
    read_connection(file.stem, text)
    return DocumentKind.CONNECTION, file.stem, text


def _check_mapping(file: Path, text: str, root: Table) -> None:
    """Check a mapping against the kinds its adapter has, before it is stored."""
    node = root.entries.get("adapter")
    name = getattr(node, "text", "")
    kinds = load_adapter(name).kinds()
    load_mapping(text, str(file), list(kinds))
