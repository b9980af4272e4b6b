"""What an adapter remembers counts as a whole, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connector.runtime.memory import StoredMemory
from connector.store.database import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def memory(database: Database) -> StoredMemory:
    return StoredMemory(database, "hris", lambda: NOON)


def test_nothing_is_remembered_at_first(memory: StoredMemory) -> None:
    assert memory.mark("job_profile") == ""
    assert memory.count("job_profile", "g1") == 0
    assert list(memory.entries("job_profile", "g1")) == []


def test_entries_come_back_in_the_order_of_their_keys(memory: StoredMemory) -> None:
    entries = [(f"{n:03}", f"value {n}") for n in range(450)]
    memory.put("job_profile", "g1", entries[::-1])
    memory.put("job_profile", "g1", [("007", "another value")])
    memory.settle("job_profile", "g1", "all there")
    entries[7] = ("007", "another value")
    assert list(memory.entries("job_profile", "g1")) == entries
    assert memory.count("job_profile", "g1") == 450
    assert memory.mark("job_profile") == "all there"


def test_a_settled_generation_replaces_the_others_of_its_kind(
    database: Database, memory: StoredMemory
) -> None:
    elsewhere = StoredMemory(database, "hris-2", lambda: NOON)
    for held, kind in ((memory, "a"), (memory, "ab"), (elsewhere, "a")):
        held.put(kind, "old", [("k", "old")])
        held.settle(kind, "old", "old")
    memory.put("a", "new", [("k", "new")])
    assert list(memory.entries("a", "old")) == [("k", "old")]
    memory.settle("a", "new", "new")
    assert memory.count("a", "old") == 0
    assert list(memory.entries("a", "new")) == [("k", "new")]
    assert list(memory.entries("ab", "old")) == [("k", "old")]
    assert list(elsewhere.entries("a", "old")) == [("k", "old")]


def test_what_is_forgotten_is_gone(memory: StoredMemory) -> None:
    memory.put("a", "g", [("k", "v")])
    memory.settle("a", "g", "mark")
    memory.forget("a")
    assert (memory.mark("a"), memory.count("a", "g")) == ("", 0)
