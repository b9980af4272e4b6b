"""The configuration guide for reviews as tasks: opened once, closed by what is seen.

Nothing is closed on somebody's word: a check of started reviews proves each step.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from connector.kit.values import GuideStep, Ref
from connector.store import audit, tasks
from connector.store.tasks import TaskState, WantedTask
from connector.talent.ground import Ground
from connector.talent.review_checks import ReviewCheck, is_proven

_SOURCE = "reviews"
_KIND = "review_guide"


def open_guide(
    ground: Ground, connection: str, steps: Sequence[GuideStep]
) -> list[tuple[GuideStep, TaskState]]:
    """Open a task for each step that no check has proven; returns how each stands."""
    with ground.database.write() as conn:
        proven = {
            key
            for key, state in _states(conn, connection).items()
            if state is TaskState.VERIFIED
        }
        states = [
            (step, TaskState.VERIFIED if step.key in proven else TaskState.OPEN)
            for step in steps
        ]
        waiting = [step for step, state in states if state is TaskState.OPEN]
        _sync(ground, conn, connection, waiting, ())
    return states


def close_proven(
    ground: Ground,
    connection: str,
    steps: Sequence[GuideStep],
    check: ReviewCheck,
    person: str,
) -> list[GuideStep]:
    """Close the tasks that a check proves, open those it disproves; returns the open.

    A guide that nobody asked for stays closed. Who looked is written down, because a
    check shows whose reviews are wrong.
    """
    left = [step for step in steps if not is_proven(step, check)]
    proven = [step for step in steps if is_proven(step, check)]
    with ground.database.write() as conn:
        audit.append(
            conn,
            at=ground.now(),
            actor="talent",
            action="check reviews",
            detail={"connection": connection, "by": person, "open": check.open},
        )
        if not _states(conn, connection):
            return []
        _sync(ground, conn, connection, left, proven)
    return left


def _states(conn: Connection, connection: str) -> dict[str, TaskState]:
    """Return how the newest task of each step stands."""
    return {
        task.ref.key: task.state
        for task in tasks.all(conn, connection)
        if task.source == _SOURCE
    }


def _sync(
    ground: Ground,
    conn: Connection,
    connection: str,
    waiting: Sequence[GuideStep],
    proven: Sequence[GuideStep],
) -> None:
    tasks.sync_tasks(
        conn,
        connection=connection,
        source=_SOURCE,
        wanted=[
            WantedTask(
                ref=_ref(step), title=step.title, steps=step.steps, values=step.values
            )
            for step in waiting
        ],
        verified=[_ref(step) for step in proven],
        at=ground.now(),
    )


def _ref(step: GuideStep) -> Ref:
    return Ref(_KIND, step.key)
