"""What the engine keeps: links, the journal, releases, decisions, tasks, cursors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, update

from connector.kit.errors import ConfigError, ConnectorError, PlanError
from connector.kit.values import Foreign, Ref, Row, Rows
from connector.store import (
    connections,
    cursors,
    decisions,
    journal,
    links,
    releases,
    tables,
    tasks,
)
from connector.store.database import Database
from connector.store.decisions import Approval, Decision
from connector.store.journal import ChangeOutcome, ChangeState, RunStatus
from connector.store.tasks import TaskState, WantedTask
from connector.store.values import Base, Link

_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_LATER = _NOON + timedelta(hours=1)
_ROLE = Ref("role", "eng-4")
_STEP = Ref("step", "coaching.2")
_BOTH = (_ROLE, _STEP)


def _link(key: str, *, remote_id: str = "007") -> Link:
    rows = Rows((Row(_STEP, {"level": Decimal("2.50")}),), is_ordered=True)
    return Link(
        kind="role",
        key=key,
        remote_id=remote_id,
        identity=f"jf-role-{key}",
        fields={
            "name": Base("Zażółć", "Zażółć"),
            "cleared": Base("", None),
            "since": Base(date(2026, 1, 1), date(2026, 1, 1)),
            "family": Base(Ref("family", "eng"), Foreign("family", "12")),
            "rows": Base(rows, is_seen=False),
        },
    )


def test_links_come_back_as_they_were(database: Database) -> None:
    stored = [_link("a"), _link("b")]
    with database.write() as conn:
        links.save(conn, "lms", stored)
        links.save(conn, "hris", [_link("c")])
    with database.read() as conn:
        kept = links.all(conn, "lms")
        assert links.all(conn, "none") == []
    assert kept == stored
    assert [link.ref for link in kept] == [Ref("role", "a"), Ref("role", "b")]


def test_a_link_is_replaced_whole(database: Database) -> None:
    changed = replace(_link("a", remote_id="8"), fields={"name": Base("x", "y")})
    with database.write() as conn:
        links.save(conn, "lms", [_link("a"), _link("b")])
        links.save(conn, "lms", [changed])
        links.save(conn, "lms", [])
    with database.read() as conn:
        assert links.all(conn, "lms") == [changed, _link("b")]


def test_a_deleted_link_is_gone_from_its_connection_only(database: Database) -> None:
    with database.write() as conn:
        links.save(conn, "lms", [_link("a"), _link("b")])
        links.save(conn, "hris", [_link("a")])
        links.delete(conn, "lms", [Ref("role", "a"), Ref("role", "absent")])
        links.delete(conn, "lms", [])
    with database.read() as conn:
        assert links.all(conn, "lms") == [_link("b")]
        assert links.all(conn, "hris") == [_link("a")]


def test_twenty_thousand_links(database: Database) -> None:
    many = [_link(f"role-{number:05}") for number in range(20_000)]
    with database.write() as conn:
        links.save(conn, "lms", many)
    with database.read() as conn:
        assert links.all(conn, "lms") == many


def _open(
    database: Database, refs: Sequence[Ref] = _BOTH, connection: str = "lms"
) -> int:
    with database.write() as conn:
        return journal.open_run(
            conn,
            connection=connection,
            fingerprint="f00d",
            plan_json='{"changes": []}',
            release_id=None,
            as_of=date(2026, 3, 1),
            person="p-1",
            at=_NOON,
            refs=refs,
        )


def test_a_new_run_has_its_changes_planned_in_order(database: Database) -> None:
    run_id = _open(database, [_STEP, _ROLE])
    with database.read() as conn:
        run = journal.unfinished_run(conn, "lms")
        assert journal.unfinished_run(conn, "hris") is None
        assert journal.read_run(conn, run_id) == run
        assert journal.read_run(conn, run_id + 1) is None
    assert run is not None
    assert run.plan_json == '{"changes": []}'
    assert list(run.states.items()) == [(_STEP, "planned"), (_ROLE, "planned")]
    assert (run.head.status, run.head.started_at) == (RunStatus.RUNNING, _NOON)


def test_sent_and_settled_changes_are_kept(database: Database) -> None:
    run_id = _open(database)
    with database.write() as conn:
        journal.mark_sent(conn, run_id, _BOTH, "batch 1", _NOON)
    with database.write() as conn:
        outcomes = [
            ChangeOutcome(_ROLE, ChangeState.DONE),
            ChangeOutcome(_STEP, ChangeState.REJECTED, "The name is taken."),
        ]
        journal.settle(conn, run_id, outcomes, _LATER)
        journal.settle(conn, run_id, [], _LATER)
    with database.read() as conn:
        run = journal.unfinished_run(conn, "lms")
    assert run is not None
    role, step = run.changes
    assert (role.state, role.group, role.sent_at) == ("done", "batch 1", _NOON)
    assert (step.state, step.message) == ("rejected", "The name is taken.")
    assert step.settled_at == _LATER
    assert run.head.counts == {ChangeState.DONE: 1, ChangeState.REJECTED: 1}


def test_an_open_change_may_be_sent_again(database: Database) -> None:
    run_id = _open(database)
    with database.write() as conn:
        journal.mark_sent(conn, run_id, [_ROLE], "1", _NOON)
        unknown = ChangeOutcome(_ROLE, ChangeState.UNKNOWN, "no answer")
        journal.settle(conn, run_id, [unknown], _NOON)
        journal.mark_sent(conn, run_id, [_ROLE], "2", _LATER)
    with database.read() as conn:
        run = journal.unfinished_run(conn, "lms")
    assert run is not None
    change = run.changes[0]
    assert (change.state, change.group, change.message) == ("sent", "2", "")
    assert (change.sent_at, change.settled_at) == (_LATER, None)


@pytest.mark.parametrize(
    "ref", [pytest.param(_ROLE, id="done"), pytest.param(Ref("x", "y"), id="absent")]
)
def test_only_open_changes_of_the_run_are_recorded(
    database: Database, ref: Ref
) -> None:
    run_id = _open(database)
    done = ChangeOutcome(_ROLE, ChangeState.DONE)
    with database.write() as conn:
        journal.settle(conn, run_id, [done], _NOON)
    with pytest.raises(ConnectorError, match="only 1 open changes of the 2"):
        _mark_sent(database, run_id, [_STEP, ref])
    with database.read() as conn:
        run = journal.unfinished_run(conn, "lms")
    assert run is not None
    assert run.states == {_ROLE: "done", _STEP: "planned"}


def _mark_sent(database: Database, run_id: int, refs: Sequence[Ref]) -> None:
    with database.write() as conn:
        journal.mark_sent(conn, run_id, refs, "1", _LATER)


def test_an_unfinished_run_comes_before_the_next(database: Database) -> None:
    run_id = _open(database)
    _open(database, connection="hris")
    with pytest.raises(PlanError, match=f"Run {run_id} of lms was not finished"):
        _open(database)
    with database.write() as conn:
        journal.finish_run(conn, run_id, RunStatus.DONE, '{"done": 2}', _LATER)
    assert _open(database) > run_id


def test_runs_are_listed_newest_first(database: Database) -> None:
    first = _open(database)
    with database.write() as conn:
        journal.finish_run(conn, first, RunStatus.FAILED, '{"done": 1}', _LATER)
    second = _open(database, [])
    other = _open(database, connection="hris")
    with database.read() as conn:
        assert [head.id for head in journal.list_runs(conn)] == [other, second, first]
        of_lms = journal.list_runs(conn, "lms")
        assert journal.list_runs(conn, limit=1)[0].id == other
    assert [head.counts for head in of_lms] == [{}, {ChangeState.PLANNED: 2}]
    assert of_lms[1].status is RunStatus.FAILED
    assert (of_lms[1].summary_json, of_lms[1].finished_at) == ('{"done": 1}', _LATER)


def _release(database: Database, content: bytes, day: date) -> releases.Release:
    with database.write() as conn:
        return releases.add(
            conn, content=content, effective_on=day, author="p-1", note="", at=_NOON
        )


def test_the_release_whose_day_has_come_holds(database: Database) -> None:
    spring = _release(database, b"spring", date(2026, 3, 1))
    autumn = _release(database, b"autumn", date(2026, 9, 1))
    fixed = _release(database, b"fixed", date(2026, 3, 1))
    with database.read() as conn:
        days = {
            date(2026, 2, 28): None,
            date(2026, 3, 1): fixed,
            date(2026, 8, 31): fixed,
            date(2026, 9, 1): autumn,
        }
        assert {day: releases.effective_on(conn, day) for day in days} == days
        assert releases.all(conn) == [autumn, fixed, spring]
        assert releases.get(conn, autumn.id) == autumn
        assert releases.get(conn, 99) is None
        assert releases.snapshot(conn, spring.digest) == b"spring"


def test_the_same_release_is_made_once(database: Database) -> None:
    first = _release(database, b"same", date(2026, 3, 1))
    assert _release(database, b"same", date(2026, 3, 1)) == first
    later = _release(database, b"same", date(2026, 4, 1))
    assert later.id != first.id
    with database.read() as conn:
        assert len(conn.execute(tables.snapshots.select()).all()) == 1


def test_a_damaged_snapshot_is_refused(database: Database) -> None:
    release = _release(database, b"whole", date(2026, 3, 1))
    with database.write() as conn:
        conn.execute(update(tables.snapshots).values(content=b"part"))
        with pytest.raises(ConfigError, match="missing or damaged"):
            releases.snapshot(conn, release.digest)
        conn.execute(delete(tables.snapshots))
        with pytest.raises(ConfigError, match="missing or damaged"):
            releases.snapshot(conn, release.digest)


def _decision(choice: str, *, field: str = "name", at: datetime = _NOON) -> Decision:
    return Decision(
        kind="role",
        key="eng-4",
        field=field,
        choice=choice,
        about="beef",
        person="p-1",
        decided_at=at,
    )


def test_the_last_decision_about_a_field_stands(database: Database) -> None:
    whole = _decision("create", field="")
    restore = _decision("restore", at=_LATER)
    with database.write() as conn:
        decisions.decide(conn, "lms", [_decision("keep"), whole])
        decisions.decide(conn, "lms", [restore])
        decisions.decide(conn, "hris", [_decision("keep")])
    with database.read() as conn:
        assert decisions.all(conn, "lms") == [whole, restore]
    assert restore.ref == _ROLE


def test_forgetting_spares_a_decision_made_since(database: Database) -> None:
    served, whole = _decision("restore"), _decision("create", field="")
    anew = _decision("keep", at=_LATER)
    with database.write() as conn:
        decisions.decide(conn, "lms", [served, whole])
        decisions.decide(conn, "lms", [anew])
        decisions.forget(conn, "lms", [served, whole])
        decisions.forget(conn, "lms", [])
    with database.read() as conn:
        assert decisions.all(conn, "lms") == [anew]


def test_approvals_are_for_one_plan_and_kept_once_a_person(database: Database) -> None:
    first = Approval(
        fingerprint="f00d", guard="reach", person="p-1", approved_at=_NOON, note="ok"
    )
    second = replace(first, person="p-2", approved_at=_LATER)
    with database.write() as conn:
        decisions.approve(conn, first)
        decisions.approve(conn, second)
        decisions.approve(conn, replace(first, note="again", approved_at=_LATER))
        decisions.approve(conn, replace(first, fingerprint="beef"))
    with database.read() as conn:
        assert decisions.approvals(conn, "f00d") == [first, second]
        assert decisions.approvals(conn, "none") == []


def _sync(
    database: Database,
    *wanted: WantedTask,
    source: str = "plan",
    verified: Sequence[Ref] = (),
    at: datetime = _NOON,
) -> None:
    with database.write() as conn:
        tasks.sync_tasks(
            conn,
            connection="hris",
            source=source,
            wanted=wanted,
            verified=verified,
            at=at,
        )


def test_tasks_follow_what_is_wanted(database: Database) -> None:
    level = WantedTask(ref=Ref("level", "m-5"), title="Add the level", steps="Type:")
    grade = WantedTask(ref=Ref("grade", "g5"), title="Add the grade")
    band = WantedTask(ref=Ref("band", "b"), title="Add the band")
    named = replace(level, values={"Name": "M 5"})
    _sync(database, level, grade, band)
    _sync(database, named, verified=[grade.ref], at=_LATER)
    with database.read() as conn:
        first, second, third = tasks.all(conn, "hris")
        assert tasks.open_tasks(conn) == tasks.open_tasks(conn, "hris") == [first]
        assert tasks.open_tasks(conn, "lms") == []
    assert (first.state, first.values) == (TaskState.OPEN, {"Name": "M 5"})
    assert (first.opened_at, first.closed_at) == (_NOON, None)
    assert (second.state, second.closed_at) == (TaskState.VERIFIED, _LATER)
    assert third.state is TaskState.WITHDRAWN


def test_a_source_leaves_the_tasks_of_others_alone(database: Database) -> None:
    task = WantedTask(ref=Ref("account", "12"), title="Confirm who this is")
    _sync(database, task, source="people")
    _sync(database, source="plan")
    _sync(database, task, source="people", at=_LATER)
    with database.read() as conn:
        only = tasks.open_tasks(conn)
    assert [(each.source, each.opened_at) for each in only] == [("people", _NOON)]


def test_a_closed_task_may_open_again(database: Database) -> None:
    task = WantedTask(ref=Ref("level", "m-5"), title="Add the level")
    _sync(database, task)
    _sync(database)
    _sync(database, task, at=_LATER)
    with database.read() as conn:
        states = [each.state for each in tasks.all(conn, "hris")]
    assert states == [TaskState.WITHDRAWN, TaskState.OPEN]


def test_a_cursor_moves_by_connection_and_name(database: Database) -> None:
    with database.write() as conn:
        assert cursors.get_cursor(conn, "lms", "facts") is None
        cursors.set_cursor(conn, "lms", "facts", "1", _NOON)
        cursors.set_cursor(conn, "lms", "facts", "2", _LATER)
        cursors.set_cursor(conn, "lms", "people", "9", _NOON)
    with database.read() as conn:
        assert cursors.get_cursor(conn, "lms", "facts") == "2"
        assert cursors.get_cursor(conn, "hris", "facts") is None


def test_connections_remember_their_target(database: Database) -> None:
    lms = connections.KnownConnection(
        name="lms", adapter="a", address="https://one", prefix="jf"
    )
    moved = replace(lms, address="https://two")
    other = replace(lms, name="hris")
    with database.write() as conn:
        connections.save(conn, lms)
        connections.save(conn, moved)
        connections.save(conn, other)
    with database.read() as conn:
        assert connections.get(conn, "lms") == moved
        assert connections.get(conn, "none") is None
        assert connections.all(conn) == [other, moved]
