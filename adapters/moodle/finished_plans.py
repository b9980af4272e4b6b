"""Finished learning plans, asked for person by person: no report shows them.

A plan that is merely complete proves little: an hourly task of Moodle completes what is
overdue, proficient or not (tried on 4.5). It counts where it holds competencies and its
owner was proficient in every one when it was closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

from adapters.moodle import learners
from adapters.moodle.client import MoodleClient
from adapters.moodle.wire_plans import LearningPlan
from connector.kit.values import FactBatch, FactType, LearningFact


class MoodleFinishedPlans:
    """The plans that the people asked for have finished."""

    def __init__(self, client: MoodleClient) -> None:
        self._client = client

    def facts_of(
        self, employee_ids: Sequence[str], names: Collection[str]
    ) -> Iterator[FactBatch]:
        """Yield which plans of these names (whatever their case) people finished.

        Raises:
            AuthError: the right to see plans is missing.
            TransientError: no answer.
        """
        wanted = {name.casefold() for name in names}
        accounts = learners.accounts(self._client, employee_ids, ())
        numbers = {each.id: each.idnumber for each in accounts}
        complete = [
            plan
            for plan in learners.plans(self._client, numbers)
            if plan.is_complete and plan.name.casefold() in wanted
        ]
        held = learners.plan_competencies(self._client, [plan.id for plan in complete])
        yield FactBatch(
            tuple(
                _fact(plan, numbers[plan.userid])
                for plan in complete
                if held.get(plan.id)
                and all(each.is_proficient for each in held[plan.id])
            ),
            "",
        )


def _fact(plan: LearningPlan, employee_id: str) -> LearningFact:
    return LearningFact(
        type=FactType.PLAN_COMPLETION,
        object_id=plan.name.casefold(),
        object_name=plan.name,
        person_id=str(plan.userid),
        employee_id=employee_id,
        # A complete plan cannot be edited: it changed last when it was closed.
        happened_at=datetime.fromtimestamp(plan.changed_at, UTC),
        detail={"plan_id": str(plan.id)},
    )
