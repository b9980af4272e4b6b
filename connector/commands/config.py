"""`jobframe init` and `jobframe config`: an instance and the documents in it."""

from __future__ import annotations

from pathlib import Path

import click

from connector.commands.common import Context, command, write_file
from connector.commands.setup import Showing, show_checklist
from connector.kit.errors import ConfigError
from connector.runtime.connections import configured
from connector.runtime.documents import read_documents
from connector.runtime.home import create_home, now, open_home
from connector.runtime.instance import Instance, open_instance
from connector.runtime.manifest import adapter_listing
from connector.runtime.secrets import secret_place
from connector.store import audit, documents
from connector.store.documents import DocumentKind

_PATH = click.Path(path_type=Path)
_KINDS = tuple(DocumentKind)


@click.command()
@click.argument("name", required=False)
@click.option("--organisation", default="", help="Your organisation's name.")
@click.option("--time-zone", default="UTC", help="Its time zone, as Europe/Warsaw.")
@click.option(
    "--html", type=_PATH, help="With NAME: write a page to print to this file."
)
@click.option(
    "--serve",
    "is_served",
    is_flag=True,
    help="With NAME: show the page on 127.0.0.1 until you stop it.",
)
@click.option("--port", type=int, default=0, help="Of --serve; 0: a free one.")
@click.option("--mapping", type=_PATH, help="With NAME: your own mapping's file.")
@command
def init(
    context: Context,
    name: str | None,
    organisation: str,
    time_zone: str,
    html: Path | None,
    port: int,
    mapping: Path | None,
    *,
    is_served: bool,
) -> None:
    """Make an instance: its folder, settings, key and database.

    With NAME, an adapter: show how its platform is set up, with every value to paste.
    """
    if name is not None:
        showing = Showing(file=html, is_served=is_served, port=port)
        show_checklist(context, name, showing, mapping)
        return
    folder = context.home().folder
    is_new = create_home(folder, organisation, time_zone)
    home = open_home(context.home_option)
    with open_instance(home, now):
        pass
    context.result(
        {"home": str(folder), "created": is_new},
        [
            f"The instance is in {folder}."
            if is_new
            else f"There was an instance in {folder} already; its settings are as"
            " they were.",
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
    read = read_documents(paths)
    with context.instance() as instance, instance.database.write() as conn:
        stored = [
            documents.put(
                conn,
                kind=item.kind,
                name=item.name,
                text=item.text,
                person=context.person,
                at=instance.now(),
            )
            for item in read
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
                write_file(path, document.text)
                written.append(str(path))
    context.result(written, written or ["There is nothing to export yet."])


@config.command()
@command
def show(context: Context) -> None:
    """Show the settings of the instance and where each comes from."""
    home = context.home()
    with context.instance() as instance:
        values = {
            "organisation": home.organisation,
            "time_zone": home.time_zone.key,
            "database": instance.database.engine.url.render_as_string(),
        }
        with instance.database.read() as conn:
            known = {
                kind.value: [item.name for item in documents.all_latest(conn, kind)]
                for kind in _KINDS
            }
        names = instance.vault.names()
    context.result(
        {
            "home": str(home.folder),
            **values,
            "from": dict(home.sources),
            **known,
            "secrets": names,
        },
        [
            f"home: {home.folder}",
            *(
                f"{name}: {value or 'none'}  ({home.sources[name]})"
                for name, value in values.items()
            ),
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
        document = configured(instance, connection)
        scheme, place = secret_place(connection, name, document.secrets)
        if scheme != "vault":
            raise ConfigError(
                f"the connection {connection} takes {name} from {scheme}:{place}, so"
                " what is stored in the vault would not be used",
                hint=f"Take {name} out of the connection's “secrets” and import it"
                " again first.",
            )
        instance.vault.put(place, value)
    context.result({"stored": place}, [f"Stored as {place}."])


@config.command()
@click.argument("adapter")
@command
def mapping(context: Context, adapter: str) -> None:
    """Show the mapping that comes with ADAPTER, to start one of your own from."""
    text = adapter_listing(adapter).mapping.read_text(encoding="utf-8")
    context.result({"adapter": adapter, "text": text}, [text.rstrip()])


def store_document(
    instance: Instance, kind: DocumentKind, name: str, text: str, person: str
) -> None:
    """Store one document as its latest version."""
    with instance.database.write() as conn:
        documents.put(
            conn, kind=kind, name=name, text=text, person=person, at=instance.now()
        )
