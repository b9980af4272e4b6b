"""Connections as an administrator writes them, and how they are opened.

A connection is a YAML document: adapter, mapping, settings and where its secrets are.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from connector.framework.sources.yaml_nodes import Table, parse, plain_data
from connector.kit.errors import ConfigError, Problem
from connector.kit.protocols import Connection, Services
from connector.runtime.instance import Instance
from connector.runtime.manifest import adapters, load_adapter
from connector.runtime.secrets import Secrets
from connector.store import documents
from connector.store.documents import DocumentKind
from connector.sync.engine import Engine
from connector.sync.mapping import load_mapping

_MEMBERS = {"adapter", "mapping", "settings", "secrets", "evidence"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDocument:
    """A connection as it is configured.

    `evidence_purpose` says what people's learning is used for here; while it is
    empty, evidence is switched off. `retention_months` is how long it is kept.
    """

    name: str
    adapter: str
    mapping: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    evidence_purpose: str = ""
    retention_months: int | None = None


def read_connection(name: str, text: str) -> ConnectionDocument:
    """Read the document of a connection.

    Raises:
        ConfigError: with every problem and its line.
    """
    problems: list[Problem] = []

    def report(line: int, message: str, hint: str = "") -> None:
        problems.append(Problem(f"connection {name}:{line}", message, hint))

    root = parse(text, report)
    values: dict[str, Any] = {}
    if isinstance(root, Table):
        for member in root.entries:
            if member not in _MEMBERS:
                known = ", ".join(sorted(_MEMBERS))
                report(
                    root.lines[member], f"“{member}” is not known", f"Known: {known}."
                )
        values = {key: plain_data(node) for key, node in root.entries.items()}
        if not isinstance(values.get("adapter"), str):
            report(root.line, "it names no adapter", "Write adapter: NAME")
        for member in ("settings", "secrets", "evidence"):
            if not isinstance(values.get(member) or {}, dict):
                report(root.lines[member], f"“{member}” is a table")
    elif not problems:
        report(1, "a table is wanted", "Write adapter, mapping, settings and secrets.")
    if problems:
        raise ConfigError(
            f"the connection {name} cannot be used",
            hint="Correct it and import it again: `jobframe config import`.",
            problems=problems,
        )
    evidence = values.get("evidence") or {}
    return ConnectionDocument(
        name=name,
        adapter=values["adapter"],
        mapping=str(values.get("mapping") or values["adapter"]),
        settings=values.get("settings") or {},
        secrets={key: str(text) for key, text in (values.get("secrets") or {}).items()},
        evidence_purpose=str(evidence.get("purpose") or ""),
        retention_months=evidence.get("retention_months"),
    )


def connection_names(instance: Instance) -> list[str]:
    """Return the names of all configured connections."""
    with instance.database.read() as conn:
        found = documents.all_latest(conn, DocumentKind.CONNECTION)
    return sorted(document.name for document in found)


def configured(instance: Instance, name: str) -> ConnectionDocument:
    """Return a configured connection.

    Raises:
        ConfigError: there is none of that name, or its document is broken.
    """
    with instance.database.read() as conn:
        document = documents.latest(conn, DocumentKind.CONNECTION, name)
    if document is None:
        names = ", ".join(connection_names(instance)) or "none yet"
        raise ConfigError(
            f"there is no connection “{name}”",
            hint=f"Configured: {names}. Add one with `jobframe config import FILE`.",
        )
    return read_connection(name, document.text)


@contextmanager
def opened(instance: Instance, name: str) -> Iterator[Connection]:
    """Open a connection, and close it afterwards."""
    document = configured(instance, name)
    connection = connect(instance, document)
    try:
        yield connection
    finally:
        connection.close()


def connect(instance: Instance, document: ConnectionDocument) -> Connection:
    """Open a connection from its document."""
    services = Services(
        secrets=Secrets(document.name, document.secrets, instance.vault),
        now=instance.now,
        sleep=time.sleep,
        time_zone=instance.home.time_zone.key,
    )
    return load_adapter(document.adapter).connect(document.settings, services)


@contextmanager
def engine_of(instance: Instance, name: str) -> Iterator[Engine]:
    """Open a connection with its mapping, ready to plan and apply."""
    document = configured(instance, name)
    text, place = mapping_text(instance, document)
    with opened(instance, name) as connection:
        mapping = load_mapping(text, place, list(connection.catalogue.kinds()))
        if mapping.adapter != document.adapter:
            raise ConfigError(
                f"the mapping {place} is for {mapping.adapter}, the connection"
                f" {name} for {document.adapter}",
                hint="Name another mapping in the connection.",
            )
        yield Engine(
            name=name,
            adapter=document.adapter,
            connection=connection,
            mapping=mapping,
            database=instance.database,
            digest=instance.digest,
            now=instance.now,
            today=instance.today,
        )


def mapping_text(instance: Instance, document: ConnectionDocument) -> tuple[str, str]:
    """Return the mapping of a connection and how messages name it.

    The database's own version holds; without one, that which the adapter ships.
    """
    with instance.database.read() as conn:
        stored = documents.latest(conn, DocumentKind.MAPPING, document.mapping)
    if stored is not None:
        return stored.text, f"mapping {document.mapping} (version {stored.version})"
    listings = adapters()
    if document.mapping in listings:
        path = listings[document.mapping].mapping
        return path.read_text(encoding="utf-8"), f"mappings/{path.name}"
    raise ConfigError(
        f"there is no mapping “{document.mapping}”",
        hint="Import it with `jobframe config import FILE`, or take a shipped one: "
        + ", ".join(sorted(listings)),
    )
