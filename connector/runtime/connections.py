"""Connections as an administrator writes them, and how they are opened.

A connection is a YAML document: adapter, mapping, settings and where its secrets are.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from connector.framework.sources.yaml_nodes import (
    Listing,
    Scalar,
    Table,
    parse,
    plain_data,
)
from connector.kit.errors import ConfigError, Problem
from connector.kit.protocols import Connection, Services
from connector.kit.values import PeopleScope, WorkerType
from connector.runtime.instance import Instance
from connector.runtime.manifest import adapter_listing, adapters, load_adapter
from connector.runtime.memory import StoredMemory
from connector.runtime.open_reviews import open_reviews
from connector.runtime.role_people import role_people
from connector.runtime.secrets import Secrets, secret_place
from connector.store import documents
from connector.store.documents import DocumentKind
from connector.sync.engine import Engine
from connector.sync.mapping import load_mapping
from connector.talent.visibility import BandsShown, HrScope


class Use(StrEnum):
    """What people's data can be used for; each is off until somebody says what for."""

    EVIDENCE = "evidence"
    READINESS = "readiness"
    PROPOSALS = "proposals"
    SUGGESTIONS = "suggestions"


@dataclass(frozen=True, slots=True)
class Switch:
    """What a use is for, and how many months its data are kept; none for no end."""

    purpose: str
    retention_months: int | None = None


_PURPOSES = {
    Use.EVIDENCE: "shows completed learning on the worker's record",
    Use.READINESS: "shows people what the next step takes",
    Use.PROPOSALS: "prepares moves that people approve",
    Use.SUGGESTIONS: "shows people roles near their own",
}
_MEMBERS = {"adapter", "mapping", "settings", "secrets", "scope", "visibility", *Use}
_SWITCH_MEMBERS = {"purpose", "retention_months"}
_VISIBILITY_MEMBERS = {"bands", "hr"}
_HR_MEMBERS = {"countries", "pay"}
_SCOPE_MEMBERS = {"organisations", "countries", "worker_types"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """Who is shown what: the pay bands of each country, and who works in HR."""

    bands: Mapping[str, BandsShown] = field(default_factory=dict)
    hr: Mapping[str, HrScope] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDocument:
    """A connection as it is configured.

    `uses` are what people's data is used for here; what is not among them is off.
    `scope` is the population: nobody else's data is kept. `visibility` says who else
    than the person and the managers is shown something.
    """

    name: str
    adapter: str
    mapping: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    uses: Mapping[Use, Switch] = field(default_factory=dict)
    scope: PeopleScope = field(default_factory=PeopleScope)
    visibility: Visibility = field(default_factory=Visibility)


def read_connection(name: str, text: str, place: str = "") -> ConnectionDocument:
    """Read the document of a connection; `place` is its file where it comes from one.

    Raises:
        ConfigError: with every problem and its line.
    """
    problems: list[Problem] = []
    where = place or f"connection {name}"

    def report(line: int, message: str, hint: str = "") -> None:
        problems.append(Problem(f"{where}:{line}", message, hint))

    root = parse(text, report)
    document = None
    if isinstance(root, Table):
        document = _Reader(name, root, report).read()
    elif not problems:
        report(1, "a table is wanted", "Write adapter, mapping, settings and secrets.")
    if problems or document is None:
        raise ConfigError(
            f"the connection {name} cannot be used",
            hint="Correct it and import it again: `jobframe config import`.",
            problems=sorted(problems),
        )
    return document


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one connection; a problem is reported and the reading goes on."""

    name: str
    root: Table
    report: Callable[[int, str, str], object]

    def read(self) -> ConnectionDocument:
        self._check_names(self.root, _MEMBERS)
        adapter = self._adapter()
        return ConnectionDocument(
            name=self.name,
            adapter=adapter,
            mapping=self._text(self.root, "mapping") or adapter,
            settings=plain_data(self._table("settings")),
            secrets=self._secrets(),
            uses={use: switch for use in Use if (switch := self._switch(use))},
            scope=self._scope(),
            visibility=self._visibility(),
        )

    def _visibility(self) -> Visibility:
        table = self._table("visibility")
        self._check_names(table, _VISIBILITY_MEMBERS)
        bands = {}
        named = self._inner(table, "bands")
        for country in named.entries:
            shown = self._text(named, country)
            if shown in set(BandsShown):
                bands[country] = BandsShown(shown)
                continue
            known = ", ".join(BandsShown)
            self.report(
                named.lines[country], f"“{shown}” shows no bands", f"Known: {known}."
            )
        people = self._inner(table, "hr")
        return Visibility(
            bands=bands,
            hr={name: self._hr(self._inner(people, name)) for name in people.entries},
        )

    def _hr(self, table: Table) -> HrScope:
        self._check_names(table, _HR_MEMBERS)
        pay = self._text(table, "pay")
        if pay not in ("", "yes", "no"):
            self.report(table.lines["pay"], "“pay” is yes or no", "")
        return HrScope(
            connections=frozenset({self.name}),
            countries=frozenset(self._texts(table, "countries")),
            may_see_pay=pay == "yes",
        )

    def _switch(self, use: Use) -> Switch | None:
        table = self._table(use)
        self._check_names(table, _SWITCH_MEMBERS)
        purpose, months = self._text(table, "purpose"), self._months(table)
        return Switch(purpose, months) if purpose else None

    def _scope(self) -> PeopleScope:
        table = self._table("scope")
        self._check_names(table, _SCOPE_MEMBERS)
        countries = self._texts(table, "countries")
        for country in countries:
            if not re.fullmatch("[A-Z]{2}", country):
                self.report(
                    table.lines["countries"],
                    f"“{country}” is no country code",
                    "Write two letters, for example PL.",
                )
        known = [each.value for each in WorkerType]
        types = self._texts(table, "worker_types") or [WorkerType.EMPLOYEE.value]
        for each in types:
            if each not in known:
                self.report(
                    table.lines["worker_types"],
                    f"“{each}” is no type of worker",
                    f"Known: {', '.join(known)}.",
                )
        return PeopleScope(
            organisations=tuple(self._texts(table, "organisations")),
            countries=tuple(countries),
            worker_types=tuple(WorkerType(each) for each in types if each in known),
        )

    def _texts(self, table: Table, name: str) -> list[str]:
        node = table.entries.get(name)
        if node is None:
            return []
        if isinstance(node, Listing) and all(
            isinstance(item, Scalar) and not item.is_empty for item in node.items
        ):
            return [item.text for item in node.items if isinstance(item, Scalar)]
        self.report(table.lines[name], f"“{name}” is a list of values", "")
        return []

    def _adapter(self) -> str:
        adapter = self._text(self.root, "adapter")
        installed = adapters()
        known = ", ".join(sorted(installed))
        if not adapter:
            self.report(
                self.root.line, "it names no adapter", f"Write adapter: one of {known}."
            )
        elif adapter not in installed:
            line = self.root.lines["adapter"]
            self.report(line, f"there is no adapter “{adapter}”", f"Known: {known}.")
        return adapter

    def _secrets(self) -> dict[str, str]:
        table = self._table("secrets")
        references = {name: self._text(table, name) for name in table.entries}
        for name in references:
            try:
                secret_place(self.name, name, references)
            except ConfigError as error:
                self.report(table.lines[name], error.message, error.hint)
        return references

    def _months(self, table: Table) -> int | None:
        text = self._text(table, "retention_months")
        if not text or text.isdecimal():
            return int(text) if text else None
        self.report(
            table.lines["retention_months"],
            "“retention_months” is a whole number",
            "For example 24.",
        )
        return None

    def _check_names(self, table: Table, known: set[str]) -> None:
        for name in table.entries:
            if name not in known:
                self.report(
                    table.lines[name],
                    f"“{name}” is not known",
                    f"Known: {', '.join(sorted(known))}.",
                )

    def _table(self, name: str) -> Table:
        return self._inner(self.root, name)

    def _inner(self, outer: Table, name: str) -> Table:
        node = outer.entries.get(name)
        if isinstance(node, Table):
            return node
        if node is not None and not (isinstance(node, Scalar) and node.is_empty):
            self.report(outer.lines[name], f"“{name}” is a table", "")
        return Table(outer.line)

    def _text(self, table: Table, name: str) -> str:
        node = table.entries.get(name)
        if node is None:
            return ""
        if isinstance(node, Scalar):
            return "" if node.is_empty else node.text
        self.report(table.lines[name], f"“{name}” is one value", "")
        return ""


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


def require_use(instance: Instance, name: str, use: Use) -> None:
    """Refuse to use people's data before somebody said what for.

    Raises:
        ConfigError: the connection's document does not switch this use on.
    """
    if use not in configured(instance, name).uses:
        raise ConfigError(
            f"{use} is switched off for the connection {name}",
            hint=f"Write into its document what it is for, for example “{use}:"
            f" {{purpose: {_PURPOSES[use]}, retention_months: 24}}”, and import it"
            " again.",
        )


def connections_with(instance: Instance, use: Use) -> list[str]:
    """Return the connections where a use is on.

    Raises:
        ConfigError: there are none.
    """
    names = connection_names(instance)
    found = [name for name in names if use in configured(instance, name).uses]
    if not found:
        raise ConfigError(
            f"{use} is switched off for every connection",
            hint="Write into the document of your HRIS what it is for, for example"
            f" “{use}: {{purpose: {_PURPOSES[use]}, retention_months: 24}}”, and"
            " import it again.",
        )
    return found


@contextmanager
def opened(
    instance: Instance, name: str, enabled: frozenset[str] | None = None
) -> Iterator[Connection]:
    """Open a connection, and close it afterwards; `enabled` is for its doctor."""
    document = configured(instance, name)
    connection = connect(instance, document, enabled)
    try:
        yield connection
    finally:
        connection.close()


def enabled_in(instance: Instance, name: str) -> frozenset[str]:
    """Return what a connection has switched on: its mapped kinds, and features.

    Raises:
        ConfigError: the connection or its mapping is broken.
    """
    document = configured(instance, name)
    text, place = mapping_text(instance, document)
    mapping = load_mapping(text, place, load_adapter(document.adapter).kinds())
    features = {"people", *document.uses}
    features |= {"moves"} if Use.PROPOSALS in document.uses else set()
    features |= {"goals"} if Use.EVIDENCE in document.uses else set()
    return frozenset(mapping.kinds) | features


def connect(
    instance: Instance,
    document: ConnectionDocument,
    enabled: frozenset[str] | None = None,
) -> Connection:
    """Open a connection from its document."""
    services = Services(
        secrets=Secrets(document.name, document.secrets, instance.vault),
        now=instance.now,
        sleep=time.sleep,
        time_zone=instance.home.time_zone.key,
        needs=adapter_listing(document.adapter).needs,
        enabled=enabled,
        scope=document.scope,
        memory=StoredMemory(instance.database, document.name, instance.now),
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
            people=lambda day: role_people(instance, day),
            open_reviews=lambda: open_reviews(instance, name, connection.reviews),
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
