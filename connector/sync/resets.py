"""Writes that silently undo another record of ours, and the rewrites they call for.

Pure. What undoes what is said by the kinds' specs (`KindSpec.resets`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from connector.kit.values import (
    Foreign,
    Found,
    KindSpec,
    Operation,
    Record,
    Ref,
)
from connector.store.values import Link
from connector.sync.plan import Change, FieldChange, Finding, FindingKind
from connector.sync.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetInput:
    """What is known of the target and of our links when resets are looked for."""

    specs: Mapping[str, KindSpec]
    wanted: Mapping[Ref, Record]
    links: Mapping[Ref, Link]
    found: Mapping[str, tuple[Found, ...]]
    rules: Rules


@dataclass(slots=True)
class Rewrites:
    """The changes with rewrites added, conflicts found, and who waits for them."""

    changes: dict[Ref, Change] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    blocked: set[Ref] = field(default_factory=set)


def with_rewrites(given: ResetInput, changes: Mapping[Ref, Change]) -> Rewrites:
    """Add a rewrite of every record of ours that a change silently undoes.

    Where the record that would be undone is not ours the change becomes a conflict
    and waits.
    """
    result = Rewrites(changes=dict(changes))
    for change in changes.values():
        for holder, kind in _undone(given.specs[change.kind], change):
            victim = Ref(kind, holder.key)
            if victim in given.wanted:
                _rewrite(given, result, victim, change)
                continue
            stranger = _stranger(given, kind, holder, victim)
            if stranger is not None:
                _refuse(given, result, change, holder, stranger)
    return result


def _undone(spec: KindSpec, change: Change) -> Iterator[tuple[Ref, str]]:
    """Yield each record whose own record of a kind a change undoes."""
    for reset in spec.resets:
        for item in change.fields:
            if item.name != reset.by:
                continue
            for holder in (item.before, item.after):
                if isinstance(holder, Ref):
                    yield holder, reset.kind


def _rewrite(given: ResetInput, result: Rewrites, victim: Ref, cause: Change) -> None:
    planned = result.changes.get(victim)
    if planned is None:
        link = given.links.get(victim)
        if link is None:
            return  # waits for a decision of its own; nothing of ours is undone
        planned = _same_again(given.wanted[victim], link, cause)
    needs = tuple(dict.fromkeys((*planned.needs, cause.slot)))
    result.changes[victim] = replace(planned, needs=needs)


def _same_again(record: Record, link: Link, cause: Change) -> Change:
    return Change(
        operation=Operation.UPDATE,
        kind=record.kind,
        key=record.key,
        identity=link.identity,
        remote_id=link.remote_id,
        fields=tuple(
            FieldChange(name=name, before=value, after=value, sent=value)
            for name, value in record.fields.items()
        ),
        record=record.fields,
        reason=f"written again: writing {cause.ref} undoes it",
        is_rewrite=True,
    )


def _stranger(given: ResetInput, kind: str, holder: Ref, victim: Ref) -> Found | None:
    """Return the object that would be undone and is not ours, if there is one."""
    if victim in given.links:
        return None
    for found in given.found.get(kind, ()):
        if holder in found.fields.values():
            return found
    return None


def _refuse(
    given: ResetInput, result: Rewrites, change: Change, holder: Ref, stranger: Found
) -> None:
    finding, is_ours = given.rules.settle(
        Finding(
            type=FindingKind.CONFLICT,
            kind=change.kind,
            key=change.key,
            field=stranger.kind,
            desired=holder,
            target=Foreign(stranger.kind, stranger.remote_id),
            message=f"writing it would undo the {stranger.kind} that others set on"
            f" {holder}",
        )
    )
    if is_ours:
        return
    result.findings.append(finding)
    result.blocked.add(change.ref)
    result.changes.pop(change.ref, None)
