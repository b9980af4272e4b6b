"""Completed learning becomes evidence once, of whom it is known to be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from talent_bench import FRAMEWORK, Lms, batch, day, fact, hire, worker

from connector.kit.errors import ConfigError, TransientError
from connector.kit.values import FactBatch
from connector.store import audit, bindings, facts, tasks
from connector.store.bindings import BindingState
from connector.talent.binding import bind_account
from connector.talent.collecting import Collected, collect
from connector.talent.ground import Ground


def run(ground: Ground, *batches: FactBatch) -> Collected:
    return collect(ground, "lms", Lms(list(batches)), FRAMEWORK)


def open_tasks(ground: Ground) -> list[tuple[str, str]]:
    with ground.database.read() as conn:
        return [(task.ref.key, task.title) for task in tasks.open_tasks(conn, "lms")]


def test_a_completion_gives_one_piece_of_evidence_for_each_step(
    ground: Ground,
) -> None:
    found = run(ground, batch(fact(at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))))
    assert (found.facts, found.evidence, found.unbound) == (1, 2, 0)
    with ground.database.read() as conn:
        held = facts.evidence(conn)
    assert [(one.competency, one.step) for one in held] == [
        ("knots", "low"),
        ("sails", "low"),
    ]
    # Half past eleven in the evening in UTC is the next day in Warsaw.
    assert {one.achieved_on for one in held} == {day("2026-03-02")}
    assert {one.provenance for one in held} == {"lms: KNOT-101"}


def test_collecting_again_adds_nothing(ground: Ground) -> None:
    run(ground, batch(fact()))
    again = run(ground, batch(fact()))
    assert (again.facts, again.evidence) == (0, 0)


def test_a_course_passed_again_is_a_fact_of_its_own(ground: Ground) -> None:
    found = run(ground, batch(fact(), fact(days=30)))
    assert (found.facts, found.evidence) == (2, 4)


def test_the_next_reading_begins_where_the_last_batch_ended(ground: Ground) -> None:
    lms = Lms([batch(fact(), cursor="c1"), batch(fact(days=1), cursor="c2")])
    collect(ground, "lms", lms, FRAMEWORK)
    collect(ground, "lms", lms, FRAMEWORK)
    assert lms.cursors == [None, "c2"]


def test_a_course_of_no_pathway_is_listed_and_gives_no_evidence(
    ground: Ground,
) -> None:
    found = run(ground, batch(fact(course="YOGA"), fact(course="YOGA", days=1)))
    assert found.unmatched == {"YOGA": 2}
    assert found.evidence == 0


def test_notes_of_the_source_are_handed_on(ground: Ground) -> None:
    found = run(ground, FactBatch((fact(),), "c1", ("one row has no date",)))
    assert found.notes == ["one row has no date"]


@pytest.mark.parametrize("employee_id", ["", "9999"])
def test_nothing_is_kept_of_an_account_without_a_worker(
    ground: Ground, employee_id: str
) -> None:
    found = run(ground, batch(fact(employee_id=employee_id)))
    assert (found.facts, found.unbound, found.strangers) == (0, 0, 1)
    assert open_tasks(ground) == []


def test_two_workers_with_one_employee_id_bind_nobody(ground: Ground) -> None:
    hire(ground, worker("0021", source_id="wid-twin"))
    assert run(ground, batch(fact())).unbound == 1


def test_the_learning_of_a_worker_who_comes_later_is_read_again(
    ground: Ground,
) -> None:
    lms = Lms([batch(fact(employee_id="0022"))])
    collect(ground, "lms", lms, FRAMEWORK)
    collect(ground, "lms", lms, FRAMEWORK)
    hire(ground, worker("0022"))
    found = collect(ground, "lms", lms, FRAMEWORK)
    assert (found.evidence, found.unbound, found.strangers) == (2, 0, 0)
    collect(ground, "lms", lms, FRAMEWORK)
    assert lms.cursors == [None, "c1", None, "c1"]


def test_another_employee_id_on_an_account_suspends_its_binding(
    ground: Ground,
) -> None:
    hire(ground, worker("0022"))
    run(ground, batch(fact()))
    found = run(ground, batch(fact(employee_id="0022", days=1)))
    with ground.database.read() as conn:
        binding = bindings.get(conn, "lms", "7")
    assert binding is not None
    assert binding.state is BindingState.SUSPENDED
    assert binding.employee_id == "0021"
    # The new completion is nobody's until a person has looked.
    assert (found.facts, found.evidence, found.unbound) == (1, 0, 1)
    assert open_tasks(ground) == [("7", "Confirm whose account this is")]


def test_a_suspended_account_stays_so_however_often_it_is_read(
    ground: Ground,
) -> None:
    run(ground, batch(fact()))
    run(ground, batch(fact(employee_id="0022", days=1)))
    assert run(ground, batch(fact(employee_id="0021", days=2))).unbound == 1


def test_a_person_binds_a_doubted_account_and_its_evidence_follows(
    ground: Ground,
) -> None:
    run(ground, batch(fact()))
    run(ground, batch(fact(employee_id="0022", days=1)))
    assert bind_account(ground, "lms", "7", "0021", "Maria") == 1
    assert open_tasks(ground) == []
    assert run(ground).evidence == 2
    # The id that the account bears now is no surprise any more.
    later = run(ground, batch(fact(employee_id="0022", days=2)))
    assert (later.evidence, later.unbound) == (2, 0)
    with ground.database.read() as conn:
        last = list(audit.entries(conn))[-1]
    assert last.action == "bind"


def test_a_person_binds_a_suspended_account_that_has_nothing_new(
    ground: Ground,
) -> None:
    run(ground, batch(fact()))
    assert bind_account(ground, "lms", "7", "0021", "Maria") == 0


@pytest.mark.parametrize(
    ("account", "employee_id", "said"),
    [
        ("8", "0021", "no account “8” of lms waits for anybody"),
        ("7", "9999", "no workers have the employee id “9999”"),
        ("7", "0030", "2 workers have the employee id “0030”"),
    ],
)
def test_nobody_is_bound_on_a_guess(
    ground: Ground, account: str, employee_id: str, said: str
) -> None:
    hire(ground, worker("0030"), worker("0030", source_id="wid-twin"))
    run(ground, batch(fact(employee_id="")))
    with pytest.raises(ConfigError) as caught:
        bind_account(ground, "lms", account, employee_id, "Maria")
    assert caught.value.message == said
    assert caught.value.hint


def test_a_reading_that_breaks_off_keeps_the_batches_before_it(
    ground: Ground,
) -> None:
    broken = Lms([batch(fact(), cursor="c1")], breaks_off=True)
    with pytest.raises(TransientError):
        collect(ground, "lms", broken, FRAMEWORK)
    lms = Lms()
    found = collect(ground, "lms", lms, FRAMEWORK)
    assert lms.cursors == ["c1"]
    assert found.evidence == 2
