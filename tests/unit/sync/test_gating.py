"""A check of a kind is kept with the versions it holds for, and renewed in time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.kit.errors import TargetError, TransientError
from connector.kit.values import KindAnswer
from connector.store.database import Database, open_database
from connector.sync.gating import Gatekeeper

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
FINE, OTHER = KindAnswer(), KindAnswer(differences=("a/b is not there",))
UNREAD = KindAnswer(gap="it cannot be read")


@dataclass
class TestGate:
    """A gate whose answers a test sets."""

    __test__ = False

    says: dict[str, KindAnswer] = field(default_factory=dict)
    version: str = "v1"
    is_down: bool = False
    asked: list[list[str]] = field(default_factory=list)

    def stamp(self, kind: str) -> str:
        return f"{kind} {self.version}"

    def answers(self, kinds: Collection[str]) -> Mapping[str, KindAnswer]:
        self.asked.append(list(kinds))
        if self.is_down:
            message = "no answer"
            raise TransientError(message, target="test", operation="wsdl")
        return {kind: self.says.get(kind, FINE) for kind in kinds}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'gate.db'}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def gate() -> TestGate:
    return TestGate()


@pytest.fixture
def keeper(database: Database, gate: TestGate) -> Gatekeeper:
    return Gatekeeper(database, "hris", gate)


def test_a_kind_that_the_target_takes_is_asked_about_once(
    keeper: Gatekeeper, gate: TestGate
) -> None:
    assert keeper.closed(["role", "skill"], NOW) == {}
    assert keeper.closed(["role", "skill"], NOW + timedelta(days=6)) == {}
    assert gate.asked == [["role", "skill"]]


@pytest.mark.parametrize("days", [7, -1])
def test_an_old_answer_is_asked_for_again(
    keeper: Gatekeeper, gate: TestGate, days: int
) -> None:
    keeper.closed(["role"], NOW)
    keeper.closed(["role"], NOW + timedelta(days=days))
    assert len(gate.asked) == 2


def test_a_new_version_is_asked_about(keeper: Gatekeeper, gate: TestGate) -> None:
    keeper.closed(["role"], NOW)
    gate.version, gate.says["role"] = "v2", OTHER
    assert keeper.closed(["role"], NOW) == {"role": "a/b is not there"}


def test_a_kind_that_is_off_is_asked_about_at_every_plan(
    keeper: Gatekeeper, gate: TestGate, database: Database
) -> None:
    gate.says["role"] = OTHER
    assert keeper.closed(["role", "skill"], NOW)
    another = Gatekeeper(database, "hris", gate)
    assert another.closed(["role", "skill"], NOW)
    assert gate.asked == [["role", "skill"], ["role"]]
    gate.says["role"] = FINE
    assert another.closed(["role"], NOW) == {}


def test_what_cannot_be_compared_stays_off_unless_it_was_fine(
    keeper: Gatekeeper, gate: TestGate
) -> None:
    keeper.closed(["role"], NOW)
    gate.says |= {"role": UNREAD, "skill": UNREAD}
    later = NOW + timedelta(days=8)
    assert keeper.closed(["role", "skill"], later) == {"skill": "it cannot be read"}


def test_a_target_that_is_down_closes_nothing_that_was_fine(
    keeper: Gatekeeper, gate: TestGate
) -> None:
    keeper.closed(["role"], NOW)
    gate.is_down = True
    later = NOW + timedelta(days=8)
    assert keeper.closed(["role"], later) == {}
    with pytest.raises(TargetError, match="hris cannot be read: no answer"):
        keeper.closed(["role", "skill"], later)
