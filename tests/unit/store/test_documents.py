"""Versioned documents."""

from __future__ import annotations

from datetime import UTC, datetime

from connector.store import documents
from connector.store.database import Database
from connector.store.documents import Document, DocumentKind

_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_TEXT = "# why: ż\r\nname:   lms   \n\n"


def _put(
    database: Database,
    text: str,
    *,
    name: str = "lms",
    kind: DocumentKind = DocumentKind.MAPPING,
) -> Document:
    with database.write() as conn:
        return documents.put(
            conn, kind=kind, name=name, text=text, person="p-1", at=_NOON
        )


def test_a_text_is_kept_to_the_letter(database: Database) -> None:
    stored = _put(database, _TEXT)
    with database.read() as conn:
        assert documents.latest(conn, DocumentKind.MAPPING, "lms") == stored
        assert documents.latest(conn, DocumentKind.POLICY, "lms") is None
    assert (stored.text, stored.version) == (_TEXT, 1)


def test_a_version_is_added_only_when_the_text_changed(database: Database) -> None:
    first = _put(database, "a: 1\n")
    assert _put(database, "a: 1\n") == first
    second = _put(database, "a: 2\n")
    third = _put(database, "a: 1\n")
    with database.read() as conn:
        versions = documents.all_versions(conn, DocumentKind.MAPPING, "lms")
    assert versions == [first, second, third]
    assert [each.version for each in versions] == [1, 2, 3]


def test_the_latest_of_every_name(database: Database) -> None:
    _put(database, "a: 1\n")
    latest = _put(database, "a: 2\n")
    other = _put(database, "b: 1\n", name="hris")
    policy = _put(database, "c: 1\n", kind=DocumentKind.POLICY)
    with database.read() as conn:
        assert documents.all_latest(conn, DocumentKind.MAPPING) == [other, latest]
        assert documents.all_latest(conn, DocumentKind.POLICY) == [policy]
        assert documents.all_latest(conn, DocumentKind.SCHEDULE) == []
