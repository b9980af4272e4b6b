"""Whether a file and a source told of the same event.

A file may not know the account in the source; it tells the HR number instead, and the
time to the minute. Reads, writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, select

from connector.kit.values import UNTOLD_ACCOUNT, LearningFact
from connector.store import tables
from connector.store.columns import chunks

_facts = tables.facts
#: Type, object, HR number and minute of a fact.
_Event: TypeAlias = tuple[str, str, str, datetime]


def without_told_otherwise(
    conn: Connection, connection: str, facts: Sequence[LearningFact]
) -> list[LearningFact]:
    """Leave out what a file told before the source did, or the other way round."""
    untold = [fact for fact in facts if _is_untold(fact)]
    known = _events(conn, connection, "employee_id", [f.employee_id for f in untold])
    twins = [
        f"{UNTOLD_ACCOUNT}{fact.employee_id}"
        for fact in facts
        if fact.employee_id and not _is_untold(fact)
    ]
    known |= _events(conn, connection, "account_id", twins)
    return [fact for fact in facts if not known or _event(fact) not in known]


def _is_untold(fact: LearningFact) -> bool:
    return fact.person_id.startswith(UNTOLD_ACCOUNT)


def _events(
    conn: Connection, connection: str, column: str, values: Sequence[str]
) -> set[_Event]:
    names = ("type", "object_id", "employee_id", "happened_at")
    statement = select(*(_facts.c[name] for name in names))
    return {
        (row.type, row.object_id, row.employee_id, _minute(row.happened_at))
        for part in chunks(sorted(set(values)))
        for row in conn.execute(
            statement.where(
                _facts.c.connection == connection, _facts.c[column].in_(part)
            )
        )
    }


def _event(fact: LearningFact) -> _Event:
    return (
        fact.type,
        fact.object_id,
        fact.employee_id,
        _minute(fact.happened_at),
    )


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
