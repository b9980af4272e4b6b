"""Writes that silently undo another record of ours, and the rewrites they call for.

Pure. What undoes what is said by the kinds' specs (`KindSpec.resets`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from connector.kit.values import (
    RETIRED,
    Foreign,
    Found,
    KindSpec,
    Operation,
    Record,
    Ref,
    Retire,
)
from connector.store.values import Link
from connector.sync.diff import privacy_of
from connector.sync.plan import Change, FieldChange, Finding, FindingKind
from connector.sync.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetInput:
    """What is known of the target and of our links when resets are looked for.

    `unsettled` are the records with findings: what stands there is not ours alone.
    `unread` are the kinds whose reading is incomplete.
    """

    specs: Mapping[str, KindSpec]
    wanted: Mapping[Ref, Record]
    links: Mapping[Ref, Link]
    found: Mapping[str, tuple[Found, ...]]
    rules: Rules
    unsettled: frozenset[Ref] = frozenset()
    unread: frozenset[str] = frozenset()


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
            if kind in given.unread:
                _wait(result, change, victim)
                continue
            if victim not in given.unsettled and victim in given.wanted:
                _rewrite(given, result, victim, change)
                continue
            stranger = _stranger(given, kind, holder, victim)
            if stranger is not None:
                _refuse(given, result, change, holder, stranger)
    return result


def _undone(spec: KindSpec, change: Change) -> Iterator[tuple[Ref, str]]:
    """Yield each record whose own record of a kind a change undoes."""
    for reset in spec.resets:
        holders = [
            holder
            for item in change.fields
            if item.name == reset.by
            for holder in (item.before, item.after)
        ]
        if spec.retire is Retire.BRANCH and _is_moved_by_retiring(change):
            holders.append(change.record.get(reset.by))
        for holder in dict.fromkeys(each for each in holders if isinstance(each, Ref)):
            yield holder, reset.kind


def _is_moved_by_retiring(change: Change) -> bool:
    """Tell whether a change moves an object into the retired branch or out of it."""
    return any(item.name == RETIRED for item in change.fields)


def _wait(result: Rewrites, change: Change, victim: Ref) -> None:
    """Let a change wait until it is known what it would undo."""
    needs = (*result.changes[change.ref].needs, victim)
    result.changes[change.ref] = replace(change, needs=needs)
    result.blocked.add(victim)


def _rewrite(given: ResetInput, result: Rewrites, victim: Ref, cause: Change) -> None:
    planned = result.changes.get(victim)
    if planned is None:
        planned = _same_again(given, victim, cause)
    needs = tuple(dict.fromkeys((*planned.needs, cause.slot)))
    result.changes[victim] = replace(planned, needs=needs)


def _same_again(given: ResetInput, victim: Ref, cause: Change) -> Change:
    record, link = given.wanted[victim], given.links[victim]
    spec = given.specs[victim.kind]
    return Change(
        operation=Operation.UPDATE,
        kind=record.kind,
        key=record.key,
        identity=link.identity,
        remote_id=link.remote_id,
        fields=tuple(
            FieldChange(
                name=name,
                before=value,
                after=value,
                sent=value,
                privacy=privacy_of(spec, name),
            )
            for name, value in record.fields.items()
        ),
        record=record.fields,
        reason=f"written again: writing {cause.ref} undoes it",
        is_rewrite=True,
    )


def _stranger(given: ResetInput, kind: str, holder: Ref, victim: Ref) -> Found | None:
    """Return the object that would be undone and is not ours alone, if there is one."""
    if victim in given.links and victim not in given.unsettled:
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
