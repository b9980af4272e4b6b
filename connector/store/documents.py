"""Versioned YAML documents: connections, mappings, policies, schedules.

Texts are kept to the letter, comments included; nothing here reads them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from connector.store import tables

_documents = tables.documents


class DocumentKind(StrEnum):
    """What a document configures."""

    CONNECTION = "connection"
    MAPPING = "mapping"
    POLICY = "policy"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a document, counted from 1."""

    kind: DocumentKind
    name: str
    version: int
    text: str
    person: str
    stored_at: datetime


def put(
    conn: Connection,
    *,
    kind: DocumentKind,
    name: str,
    text: str,
    person: str,
    at: datetime,
) -> Document:
    """Store a text as the latest version, unless it is that already."""
    before = latest(conn, kind, name)
    if before is not None and before.text == text:
        return before
    document = Document(
        kind=kind,
        name=name,
        version=before.version + 1 if before else 1,
        text=text,
        person=person,
        stored_at=at,
    )
    conn.execute(insert(_documents), asdict(document))
    return document


def latest(conn: Connection, kind: DocumentKind, name: str) -> Document | None:
    """Return the version that holds, none where there is no such document."""
    versions = all_versions(conn, kind, name)
    return versions[-1] if versions else None


def all_versions(conn: Connection, kind: DocumentKind, name: str) -> list[Document]:
    """Return every version of a document, oldest first."""
    rows = conn.execute(
        select(_documents)
        .where(_documents.c.kind == kind, _documents.c.name == name)
        .order_by(_documents.c.version)
    )
    return [_document(row) for row in rows]


def all_latest(conn: Connection, kind: DocumentKind) -> list[Document]:
    """Return the version that holds of every document of a kind, by name."""
    newest = (
        select(_documents.c.name, func.max(_documents.c.version).label("version"))
        .where(_documents.c.kind == kind)
        .group_by(_documents.c.name)
        .subquery()
    )
    rows = conn.execute(
        select(_documents)
        .join(
            newest,
            (_documents.c.name == newest.c.name)
            & (_documents.c.version == newest.c.version),
        )
        .where(_documents.c.kind == kind)
        .order_by(_documents.c.name)
    )
    return [_document(row) for row in rows]


def _document(row: Row[Any]) -> Document:
    return Document(
        kind=DocumentKind(row.kind),
        name=row.name,
        version=row.version,
        text=row.text,
        person=row.person,
        stored_at=row.stored_at,
    )
