"""`jobframe init NAME` and `jobframe export NAME`: what adapters offer beside a run.

A checklist for setting a platform up, and files for one that is filled by hand. Only
assembles; the adapters know what is in them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import click

from connector.commands.common import Context, command, write_file
from connector.commands.sandbox import wait_for_stop
from connector.framework import load_framework
from connector.framework.model import Framework
from connector.kit.errors import ConfigError
from connector.kit.sandbox import serve
from connector.kit.setup import Export, Exporting, SettingUp, Wishes
from connector.runtime.checklists import (
    checklist_app,
    checklist_lines,
    checklist_page,
)
from connector.runtime.connections import configured, mapping_text
from connector.runtime.editions import release_edition
from connector.runtime.manifest import adapter_listing, adapters, load_adapter
from connector.sync.mapper import map_records
from connector.sync.mapping import Mapping, load_mapping

_PATH = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """How a checklist is shown: printed, or as a page in a file or on this machine."""

    file: Path | None
    is_served: bool
    port: int


def show_checklist(
    context: Context, name: str, showing: Showing, mapping: Path | None
) -> None:
    """Print how the platform of an adapter is set up, or give it as a page.

    Raises:
        ConfigError: there is no such adapter, or it has no checklist.
    """
    listing = adapter_listing(name)
    adapter = load_adapter(name)
    if not isinstance(adapter, SettingUp):
        raise ConfigError(
            f"the adapter “{name}” has no checklist",
            hint=f"Read docs/install-{name}.md.",
        )
    wanted = _mapping_in(mapping or listing.mapping, name)
    wishes = Wishes(language=wanted.language, options=wanted.options)
    steps = adapter.checklist(listing.needs, wishes)
    page = checklist_page(f"Setting up {listing.title}", steps)
    if showing.file is not None:
        write_file(showing.file, page)
    if showing.is_served:
        _serve_page(context, page, showing.port)
    elif showing.file is not None:
        context.result(
            {"file": str(showing.file)}, [f"The checklist is in {showing.file}."]
        )
    else:
        context.result([asdict(step) for step in steps], checklist_lines(steps))


def _serve_page(context: Context, page: str, port: int) -> None:
    """Show a page on this machine, to nobody else, until somebody stops it."""
    served = serve(checklist_app(page), port)
    notes = [served.note] if served.note else []
    try:
        context.result(
            {"url": served.url},
            [*notes, f"The checklist is at {served.url}/ .", "Stop it with Ctrl-C."],
        )
        wait_for_stop()
    finally:
        served.close()


@click.command()
@click.argument("name")
@click.argument("connection", required=False)
@click.option("--framework", "folder", type=_PATH, help="A draft instead of a release.")
@click.option("--to", "path", type=_PATH, required=True, help="The file to write.")
@command
def export(
    context: Context, name: str, connection: str | None, folder: Path | None, path: Path
) -> None:
    """Write the file NAME, for a platform that is filled by hand.

    With CONNECTION its mapping is used and, without --framework, the release in effect;
    without CONNECTION the mapping that comes with the adapter.
    """
    adapter_name, wanted = _export_named(name)
    if connection is not None:
        mapping, framework = _of_connection(context, connection, adapter_name, folder)
    elif folder is not None:
        mapping = _mapping_in(adapter_listing(adapter_name).mapping, adapter_name)
        framework = load_framework(folder)
    else:
        raise ConfigError(
            "nothing says what to export",
            hint="Name a connection, or a framework with --framework DIR.",
        )
    kinds = load_adapter(adapter_name).kinds()
    made = wanted.write(
        map_records(mapping, framework, kinds, connection=connection or "").records
    )
    write_file(path, made.text)
    context.result(
        {"file": str(path), "notes": list(made.notes)},
        [f"Written: {path}, {wanted.title}.", *made.notes],
    )


def _of_connection(
    context: Context, connection: str, adapter: str, folder: Path | None
) -> tuple[Mapping, Framework]:
    with context.instance() as instance:
        document = configured(instance, connection)
        if document.adapter != adapter:
            raise ConfigError(
                f"the connection {connection} is one for {document.adapter}",
                hint=f"Name a connection for {adapter}.",
            )
        text, place = mapping_text(instance, document)
        framework = (
            load_framework(folder)
            if folder
            else release_edition(instance, None, instance.today()).framework
        )
    return load_mapping(text, place, load_adapter(adapter).kinds()), framework


def _mapping_in(path: Path, adapter: str) -> Mapping:
    text = path.read_text(encoding="utf-8")
    return load_mapping(text, path.name, load_adapter(adapter).kinds())


def _export_named(name: str) -> tuple[str, Export]:
    """Return an export and the adapter that offers it; raises `ConfigError`."""
    known: dict[str, tuple[str, Export]] = {}
    for adapter_name in adapters():
        adapter = load_adapter(adapter_name)
        if isinstance(adapter, Exporting):
            known |= {each.name: (adapter_name, each) for each in adapter.exports()}
    if name not in known:
        raise ConfigError(
            f"there is no export “{name}”", hint=f"Known: {', '.join(sorted(known))}."
        )
    return known[name]
