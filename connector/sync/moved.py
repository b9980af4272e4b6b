"""What moved between a plan that a person saw and the plan made from today's target.

Pure. Says it in words; hidden values stay hidden.
"""

from __future__ import annotations

from collections.abc import Iterator

from connector.kit.errors import Problem
from connector.sync.fingerprint import change_digest_parts
from connector.sync.plan import Change, FieldChange, Plan


def what_moved(plan: Plan, fresh: Plan) -> list[Problem]:
    """Return everything that keeps a plan from being applied as it was seen."""
    return [*_grounds(plan, fresh), *_changes(plan, fresh)]


def _grounds(plan: Plan, fresh: Plan) -> Iterator[Problem]:
    if plan.connection != fresh.connection:
        yield Problem(
            "plan", f"it was made for {plan.connection}, not {fresh.connection}"
        )
    if plan.mapping_hash != fresh.mapping_hash:
        yield Problem("mapping", "the mapping was changed since the plan was made")
    if plan.release != fresh.release:
        yield Problem(
            "release", f"the plan is for {plan.release}, now it is {fresh.release}"
        )
    if (plan.as_of, plan.effective_on) != (fresh.as_of, fresh.effective_on):
        yield Problem(
            "date",
            f"the plan is for {plan.as_of}, effective {plan.effective_on}; now it is"
            f" {fresh.as_of}, effective {fresh.effective_on}",
        )


def _changes(plan: Plan, fresh: Plan) -> Iterator[Problem]:
    then = {change.slot: change for change in plan.changes}
    now = {change.slot: change for change in fresh.changes}
    found = {(finding.kind, finding.key): finding for finding in fresh.open_findings}
    for slot in sorted(set(then) | set(now)):
        place = f"{slot.kind} {slot.key}"
        if slot not in now:
            finding = found.get((slot.kind, slot.key))
            why = finding.message if finding else "the target holds it already"
            yield Problem(place, f"is no longer planned: {why}", key=slot.key)
        elif slot not in then:
            yield Problem(place, f"would be {_doing(now[slot])} now", key=slot.key)
        else:
            for message in _differences(then[slot], now[slot]):
                yield Problem(place, message, key=slot.key)


def _differences(then: Change, now: Change) -> Iterator[str]:
    if change_digest_parts(then) == change_digest_parts(now):
        return
    if (then.identity, then.remote_id) != (now.identity, now.remote_id):
        yield "is another object in the target now"
    if then.carries != now.carries:
        yield "would take other records along now"
    if then.operation is not now.operation:
        yield f"would be {_doing(now)} now, not {_doing(then)}"
    before = {item.name: item for item in then.fields}
    after = {item.name: item for item in now.fields}
    for name in sorted(set(before) | set(after)):
        if name not in after:
            yield f"{name} needs no change any more"
        elif name not in before:
            yield f"{name} would be changed too"
        else:
            yield from _field_differences(before[name], after[name])


def _field_differences(then: FieldChange, now: FieldChange) -> Iterator[str]:
    if then.before != now.before:
        yield f"{then.name} shows something else in the target now"
    elif then.after != now.after:
        yield f"{then.name} would become something else"


def _doing(change: Change) -> str:
    return {"create": "created", "update": "updated", "retire": "retired"}[
        change.operation.value
    ]
