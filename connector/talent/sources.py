"""What a connection offers to learn from, chosen once: in bulk, or person by person.

Nothing here knows a platform.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from connector.framework.model import Framework
from connector.kit.protocols import (
    Accounts,
    Connection,
    Learning,
    LearningByPerson,
    Ratings,
)
from connector.kit.values import FactBatch
from connector.store import people
from connector.talent.ground import Ground

#: People asked for in one reading, where each costs the source a look.
_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class Sources:
    """What is read of people's learning at one connection."""

    learning: Learning
    accounts: Accounts | None = None
    ratings: Ratings | None = None
    plans: Learning | None = None


def sources_of(
    ground: Ground, target: Connection, framework: Framework
) -> Sources | None:
    """Return what a connection offers, none where it reports no learning."""
    learning, plans = target.learning, None
    if learning is None:
        if target.learning_by_person is None:
            return None
        courses = frozenset(course.idnumber for course in framework.courses())
        learning = _InTurn(ground, target.learning_by_person, courses)
    names = frozenset(each.plan for _, each in framework.activities() if each.plan)
    if target.plans_by_person is not None and names:
        plans = _InTurn(ground, target.plans_by_person, names)
    return Sources(learning, target.accounts, target.ratings, plans)


class _InTurn:
    """Learning of a few people in each reading, of everybody in turn."""

    def __init__(
        self, ground: Ground, source: LearningByPerson, courses: Collection[str]
    ) -> None:
        self._ground = ground
        self._source = source
        self._courses = courses

    def facts(self, cursor: str | None) -> Iterator[FactBatch]:
        """Yield what the people whose turn it is completed."""
        after = _after(cursor)
        with self._ground.database.read() as conn:
            turn = people.page(conn, after=after, size=_PEOPLE)
            total = people.count_active(conn)
        employee_ids = [employee_id for _, employee_id in turn]
        for batch in self._source.facts_of(employee_ids, self._courses):
            yield FactBatch(batch.facts, cursor or "", batch.notes)
        is_last = len(turn) < _PEOPLE
        then = json.dumps({"after": "" if is_last else turn[-1][0]})
        yield FactBatch((), then, _notes(len(turn), total))


def _after(cursor: str | None) -> str:
    """Return whose turn was last, nobody's where another reader wrote the cursor."""
    try:
        data = json.loads(cursor or "{}")
    except ValueError:
        return ""
    return str(data.get("after", "")) if isinstance(data, dict) else ""


def _notes(asked: int, total: int) -> tuple[str, ...]:
    if asked >= total:
        return ()
    readings = -(-total // _PEOPLE)
    told = (
        f"{asked} of {total} people were asked for: everybody once in {readings} "
        "readings. A report of completions would show all at once."
    )
    return (told,)
