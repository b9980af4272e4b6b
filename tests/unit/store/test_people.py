"""People, what they learned, what is dispatched, and being forgotten."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from connector.framework.model import Basis
from connector.kit.errors import ConnectorError
from connector.kit.values import (
    Dispatch,
    DispatchKind,
    FactType,
    Foreign,
    LearningFact,
    SourceAssignment,
    SourcePerson,
)
from connector.store import (
    audit,
    bindings,
    dispatches,
    facts,
    people,
    tables,
)
from connector.store.bindings import BindingState
from connector.store.database import Database
from connector.store.dispatches import DispatchOutcome, DispatchState, NewDispatch
from connector.store.facts import Evidence
from connector.store.tombstones import IdKind, SourceId, Tombstones

_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_LATER = _NOON + timedelta(hours=1)
_TOMBSTONES = Tombstones(b"k" * 32)

_ENGINEER = SourceAssignment(
    position_id="P-1",
    role=Foreign("role", "ENG_4"),
    since=date(2025, 1, 1),
    location="Warsaw",
)
_ADA = SourcePerson(
    source_id="0001",
    employee_id="00042",
    name="Ada Lovelace",
    email="ada@example.org",
    hired_on=date(2024, 5, 1),
    assignments=(_ENGINEER,),
)
_BOB = SourcePerson(source_id="1", employee_id="42", name="Bob", is_active=False)

_FACT = LearningFact(
    type=FactType.COURSE_COMPLETION,
    object_id="7",
    object_name="Coaching",
    person_id="12",
    employee_id="00042",
    happened_at=_NOON,
    detail={"grade": "90"},
)


@pytest.fixture
def new_id() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"p-{next(numbers)}"


def _save(conn: Connection, new_id: Callable[[], str], *persons: SourcePerson) -> int:
    return people.save(
        conn, "hris", persons, tombstones=_TOMBSTONES, new_id=new_id, at=_NOON
    )


def _add_facts(conn: Connection, *new: LearningFact, at: datetime = _NOON) -> int:
    return facts.add_facts(conn, "lms", new, tombstones=_TOMBSTONES, at=at)


def _bind(conn: Connection, person_id: str = "p-1") -> bindings.Binding:
    return bindings.bind(
        conn,
        "lms",
        account_id="12",
        person_id=person_id,
        employee_id="00042",
        at=_NOON,
    )


def test_persons_get_an_id_of_ours_and_keep_their_zeros(
    database: Database, new_id: Callable[[], str]
) -> None:
    with database.write() as conn:
        assert _save(conn, new_id, _ADA, _BOB) == 2
    with database.read() as conn:
        ada, bob = people.all(conn)
        assert people.get(conn, "p-1") == ada
        assert people.get(conn, "p-9") is None
        assert people.with_employee_id(conn, "42") == [bob]
        assert people.ids_by_source(conn, "hris") == {"0001": "p-1", "1": "p-2"}
        assert people.assignments(conn) == {"p-1": (_ENGINEER,)}
    assert (ada.employee_id, ada.name, ada.hired_on) == (
        "00042",
        "Ada Lovelace",
        date(2024, 5, 1),
    )
    assert not bob.is_active


def test_a_role_that_was_left_is_kept_until_it_is_held_again(
    database: Database, new_id: Callable[[], str]
) -> None:
    lead = replace(_ENGINEER, position_id="P-2", role=Foreign("role", "LEAD", "Lead"))
    left = people.HeldRole(
        person_id="p-1", connection="hris", role=_ENGINEER.role, ended_at=_NOON
    )
    held = people.HeldRole(person_id="p-1", connection="hris", role=lead.role)
    with database.write() as conn:
        _save(conn, new_id, _ADA)
        _save(conn, new_id, replace(_ADA, assignments=(lead,)))
        assert people.held_roles(conn) == [left, held]
        # A role that is only called otherwise is the same one.
        renamed = replace(lead, role=Foreign("role", "LEAD", "Lead engineer"))
        _save(conn, new_id, replace(_ADA, assignments=(renamed,)))
        assert people.held_roles(conn) == [left, held]
        _save(conn, new_id, replace(_ADA, assignments=(lead, _ENGINEER)))
        assert [each.ended_at for each in people.held_roles(conn)] == [None, None]
        _save(conn, new_id, replace(_ADA, is_active=False, assignments=(lead,)))
        assert people.held_roles(conn) == []
        _TOMBSTONES.erase(conn, "p-1", _LATER)
        assert people.all(conn) == []


def test_a_changed_person_keeps_the_id_and_gets_new_assignments(
    database: Database, new_id: Callable[[], str]
) -> None:
    lead = SourceAssignment(position_id="P-2", role=None, is_primary=False)
    promoted = replace(_ADA, name="Ada King", assignments=(lead, _ENGINEER))
    with database.write() as conn:
        _save(conn, new_id, _ADA)
        _save(conn, new_id, _ADA, promoted)
        _save(conn, new_id)
    with database.read() as conn:
        assert [person.name for person in people.all(conn)] == ["Ada King"]
        assert people.assignments(conn, ["p-1"]) == {"p-1": (lead, _ENGINEER)}
        assert people.assignments(conn, ["p-2"]) == {}


def test_a_binding_stays_with_its_first_person(
    database: Database, new_id: Callable[[], str]
) -> None:
    with database.write() as conn:
        _save(conn, new_id, _ADA, _BOB)
        first = _bind(conn, "p-1")
        assert _bind(conn, "p-2") == first
        assert bindings.get(conn, "lms", "99") is None
        assert bindings.all(conn, "lms") == {"12": first}
    assert (first.person_id, first.state) == ("p-1", BindingState.BOUND)


def test_a_suspended_binding_waits_for_confirmation(
    database: Database, new_id: Callable[[], str]
) -> None:
    with database.write() as conn:
        _save(conn, new_id, _ADA, _BOB)
        _bind(conn)
        reason = "The idnumber changed."
        bindings.suspend(conn, "lms", account_id="12", reason=reason, at=_LATER)
        suspended = _bind(conn)
        assert (suspended.state, suspended.reason) == ("suspended", reason)
        _add_facts(conn, _FACT)
        assert facts.assign_facts(conn, "lms") == 0
        bindings.confirm(
            conn,
            "lms",
            account_id="12",
            person_id="p-2",
            employee_id="42",
            at=_LATER,
        )
        assert facts.assign_facts(conn, "lms") == 1
    with database.read() as conn:
        assert [fact.person_id for fact in facts.assigned_facts(conn)] == ["p-2"]


def test_a_fact_is_kept_once_and_a_retaken_course_is_a_new_one(
    database: Database,
) -> None:
    again = replace(_FACT, happened_at=_NOON + timedelta(microseconds=1))
    with database.write() as conn:
        assert _add_facts(conn, _FACT) == 1
        renamed = replace(_FACT, object_name="Coaching II")
        assert _add_facts(conn, renamed, again, at=_LATER) == 1
        assert _add_facts(conn) == 0
    with database.read() as conn:
        first, second = facts.waiting_facts(conn, "lms")
        assert facts.assigned_facts(conn) == []
        assert facts.waiting_facts(conn, "hris") == []
    assert (first.fact, first.recorded_at) == (_FACT, _NOON)
    assert (second.fact, second.recorded_at) == (again, _LATER)


def test_facts_go_to_the_person_the_account_is_bound_to(
    database: Database, new_id: Callable[[], str]
) -> None:
    stranger = replace(_FACT, person_id="13")
    with database.write() as conn:
        _save(conn, new_id, _ADA)
        _add_facts(conn, _FACT, stranger)
        _bind(conn)
        assert facts.assign_facts(conn, "hris") == 0
        assert facts.assign_facts(conn, "lms") == 1
        assert facts.assign_facts(conn, "lms") == 0
        assert [each.fact for each in facts.assigned_facts(conn, "p-1")] == [_FACT]
        assert facts.assigned_facts(conn, "p-2") == []
        assert [each.fact for each in facts.waiting_facts(conn, "lms")] == [stranger]


def _known_fact(conn: Connection, new_id: Callable[[], str]) -> int:
    _save(conn, new_id, _ADA)
    _add_facts(conn, _FACT)
    _bind(conn)
    facts.assign_facts(conn, "lms")
    return facts.assigned_facts(conn)[0].id


def _evidence(fact_id: int, step: str) -> Evidence:
    return Evidence(
        fact_id=fact_id,
        person_id="p-1",
        competency="coaching",
        step=step,
        basis=Basis.LEARNING,
        achieved_on=date(2026, 3, 1),
        expires_on=None,
        provenance="course 7",
    )


def test_evidence_is_one_per_fact_and_step(
    database: Database, new_id: Callable[[], str]
) -> None:
    with database.write() as conn:
        fact_id = _known_fact(conn, new_id)
        first, second = _evidence(fact_id, "1"), _evidence(fact_id, "2")
        assert facts.add_evidence(conn, [first], _NOON) == 1
        changed = replace(first, provenance="another")
        assert facts.add_evidence(conn, [changed, second], _LATER) == 1
        assert facts.evidence(conn) == facts.evidence(conn, "p-1") == [first, second]
        assert facts.evidence(conn, "p-2") == []


def _dispatch(reference: str, expires_on: date | None = None) -> Dispatch:
    return Dispatch(
        reference=reference,
        kind=DispatchKind.TRAINING,
        employee_id="00042",
        title="Coaching",
        description="Żółw",
        completed_on=date(2026, 3, 1),
        expires_on=expires_on,
    )


def _prepare(
    database: Database, new_id: Callable[[], str], references: Sequence[str]
) -> None:
    with database.write() as conn:
        fact_id = _known_fact(conn, new_id)
        new = [
            NewDispatch(dispatch=_dispatch(each), person_id="p-1", fact_id=fact_id)
            for each in references
        ]
        assert dispatches.prepare(conn, "hris", new, _NOON) == len(references)
        assert dispatches.prepare(conn, "hris", new, _LATER) == 0


def test_a_dispatch_is_sent_and_confirmed_once(
    database: Database, new_id: Callable[[], str]
) -> None:
    _prepare(database, new_id, ["d-1", "d-2"])
    with database.write() as conn:
        dispatches.mark_sent(conn, ["d-1"], "batch", _NOON)
        done = DispatchOutcome("d-1", DispatchState.CONFIRMED, "wid-9")
        dispatches.settle(conn, [done], _LATER)
        dispatches.settle(conn, [], _LATER)
    with database.read() as conn:
        (sent,) = dispatches.in_state(conn, "hris", DispatchState.CONFIRMED)
        waiting = dispatches.in_state(conn, "hris", DispatchState.PREPARED)
        assert dispatches.of_person(conn, "p-1") == [sent, *waiting]
        assert dispatches.in_state(conn, "lms", DispatchState.PREPARED) == []
        assert dispatches.counts(conn) == {
            DispatchState.CONFIRMED: 1,
            DispatchState.PREPARED: 1,
        }
    assert (sent.remote_id, sent.group, sent.settled_at) == ("wid-9", "batch", _LATER)
    assert [each.dispatch for each in waiting] == [_dispatch("d-2")]
    with pytest.raises(ConnectorError, match="Only 0 of 1"):
        _settle(database, DispatchOutcome("d-1", DispatchState.PREPARED))


def _settle(database: Database, outcome: DispatchOutcome) -> None:
    with database.write() as conn:
        dispatches.settle(conn, [outcome], _LATER)


def _mark_sent(database: Database, reference: str) -> None:
    with database.write() as conn:
        dispatches.mark_sent(conn, [reference], "2", _LATER)


@pytest.mark.parametrize(
    "state",
    [state for state in DispatchState if state is not DispatchState.PREPARED],
)
def test_only_a_prepared_dispatch_is_ever_sent(
    database: Database, new_id: Callable[[], str], state: DispatchState
) -> None:
    _prepare(database, new_id, ["d-1"])
    _settle(database, DispatchOutcome("d-1", state))
    with pytest.raises(ConnectorError, match="Only 0 of 1"):
        _mark_sent(database, "d-1")


def test_a_lost_dispatch_that_was_looked_up_in_vain_is_sent_again(
    database: Database, new_id: Callable[[], str]
) -> None:
    _prepare(database, new_id, ["d-1"])
    _mark_sent(database, "d-1")
    _settle(database, DispatchOutcome("d-1", DispatchState.PREPARED))
    _mark_sent(database, "d-1")
    with database.read() as conn:
        (again,) = dispatches.in_state(conn, "hris", DispatchState.SENT)
    assert again.settled_at is None


def test_a_dispatch_keeps_its_expiry(
    database: Database, new_id: Callable[[], str]
) -> None:
    until = _dispatch("d-1", date(2027, 3, 1))
    new = NewDispatch(dispatch=until, person_id="p-1", fact_id=None)
    with database.write() as conn:
        _save(conn, new_id, _ADA)
        dispatches.prepare(conn, "hris", [new], _NOON)
        (stored,) = dispatches.of_person(conn, "p-1")
    assert stored.dispatch == until


def test_an_erased_person_is_gone_and_does_not_come_back(
    database: Database, new_id: Callable[[], str]
) -> None:
    _prepare(database, new_id, ["d-1"])
    retaken = replace(_FACT, happened_at=_LATER)
    with database.write() as conn:
        _save(conn, new_id, _BOB)
        detail = {"name": "Ada"}
        audit.append(
            conn, at=_NOON, actor="p", action="x", detail=detail, person_id="p-1"
        )
        (known,) = facts.assigned_facts(conn)
        facts.add_evidence(conn, [_evidence(known.id, "1")], _NOON)
        _add_facts(conn, retaken)
        _TOMBSTONES.erase(conn, "p-1", _LATER)
    with database.write() as conn:
        assert [person.name for person in people.all(conn)] == ["Bob"]
        for table in (tables.facts, tables.evidence, tables.dispatches):
            assert conn.scalar(select(func.count()).select_from(table)) == 0
        assert audit.entries(conn)[0].detail_json is None
        assert _save(conn, new_id, replace(_ADA, employee_id="x"), _BOB) == 1
        assert _save(conn, new_id, replace(_ADA, source_id="x")) == 0
        other_account = replace(_FACT, person_id="99")
        other_number = replace(_FACT, employee_id="")
        assert _add_facts(conn, other_account, other_number) == 0
        assert _add_facts(conn, replace(other_account, employee_id="")) == 1


def test_a_tombstone_tells_nothing_without_its_key(database: Database) -> None:
    known = SourceId(IdKind.EMPLOYEE, "00042")
    other = Tombstones(b"o" * 32)
    assert _TOMBSTONES.digest(known) != other.digest(known)
    assert "00042" not in _TOMBSTONES.digest(known)
    with database.read() as conn:
        assert _TOMBSTONES.erased(conn, [SourceId(IdKind.EMPLOYEE, "")]) == set()
