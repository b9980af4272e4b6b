"""The guards: named reasons why a plan is not applied before a person confirms it.

Pure. A refusal writes nothing; it is confirmed for one fingerprint, by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from connector.kit.values import Operation
from connector.sync.plan import Census, Plan, Refusal

#: Every guard by the name that people confirm it by.
GUARDS = ("retirements", "updates", "target-reset", "protected", "reach")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardLimits:
    """The limits of one connection; shares are between 0 and 1.

    `manual_steps` is no guard: from more steps of one kind on, the plan names the
    way that needs none of them. More than `inbox_tasks` processes started by evidence
    at once need a second person.
    """

    retired_share: float = 0.30
    updated_share: float = 0.30
    updated_from: int = 10
    lost_share: float = 0.10
    lost_from: int = 5
    reach_people: int = 500
    reach_share: float = 0.05
    manual_steps: int = 20
    inbox_tasks: int = 50


def check_guards(plan: Plan, limits: GuardLimits) -> tuple[Refusal, ...]:
    """Return every guard that says no to a plan."""
    return (
        *_retirements(plan, limits),
        *_updates(plan, limits),
        *_lost(plan, limits),
        *_protected(plan),
        *_reach(plan, limits),
    )


def _retirements(plan: Plan, limits: GuardLimits) -> Iterator[Refusal]:
    retired: Counter[str] = Counter()
    for change in plan.changes:
        if change.operation is Operation.RETIRE:
            retired[change.kind] += 1
            retired.update(ref.kind for ref in change.carries)
    for kind, number in sorted(retired.items()):
        owned = plan.census.get(kind, Census()).owned
        if number > limits.retired_share * owned:
            yield Refusal(
                "retirements",
                f"{number} of {owned} owned records of kind {kind} would be retired,"
                f" more than {limits.retired_share:.0%}",
            )


def _updates(plan: Plan, limits: GuardLimits) -> Iterator[Refusal]:
    updated = Counter(
        change.kind
        for change in plan.changes
        if change.operation is Operation.UPDATE
        and not (change.is_rewrite or change.part)
    )
    for kind, number in sorted(updated.items()):
        owned = plan.census.get(kind, Census()).owned
        if owned >= limits.updated_from and number > limits.updated_share * owned:
            yield Refusal(
                "updates",
                f"{number} of {owned} owned records of kind {kind} would be updated,"
                f" more than {limits.updated_share:.0%}",
            )


def _lost(plan: Plan, limits: GuardLimits) -> Iterator[Refusal]:
    owned = sum(census.owned for census in plan.census.values())
    lost = sum(census.lost for census in plan.census.values())
    if lost >= limits.lost_from and lost > limits.lost_share * owned:
        yield Refusal(
            "target-reset",
            f"{lost} of {owned} linked objects are gone or bear another identity:"
            " the target looks reset or replaced",
        )


def _protected(plan: Plan) -> Iterator[Refusal]:
    touched = Counter(change.kind for change in plan.changes if change.is_protected)
    for kind, number in sorted(touched.items()):
        yield Refusal(
            "protected",
            f"{number} changes touch {kind}, which is protected or in use by people",
        )


def _reach(plan: Plan, limits: GuardLimits) -> Iterator[Refusal]:
    most = max((change.people for change in plan.changes), default=0)
    is_wide = most > limits.reach_people
    if plan.scope:
        is_wide = is_wide or most > limits.reach_share * plan.scope
    if is_wide:
        scope = f" of {plan.scope}" if plan.scope else ""
        yield Refusal(
            "reach",
            f"one change reaches {most}{scope} people: it needs a second approver",
            needs_second=True,
        )
