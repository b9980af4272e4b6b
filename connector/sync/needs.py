"""What each change needs, what waits, and the order in which changes are written.

Pure. Needs follow from references alone: a thing is made before it is referred to,
and let go of before it is retired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from connector.kit.values import (
    RETIRED,
    KindSpec,
    Operation,
    Ref,
    Retire,
    references,
)
from connector.sync.plan import Change, FieldChange, Waiting


@dataclass(frozen=True, slots=True)
class Arranged:
    """The changes in their stable order, and those that wait."""

    changes: tuple[Change, ...]
    waiting: tuple[Waiting, ...]


def arrange(
    changes: Mapping[Ref, Change], blocked: set[Ref], specs: Mapping[str, KindSpec]
) -> Arranged:
    """Give every change its needs, set the waiting ones apart, and sort.

    Raises:
        ValueError: required references form a cycle that no order can write.
    """
    let_go = _letting_go(changes.values())
    arriving = {ref for ref, change in changes.items() if _arrives(change)}
    known = _Known(
        slots={change.slot for change in changes.values()} | blocked,
        arriving=arriving | blocked,
        carriers={
            ref: change.ref
            for change in changes.values()
            if change.ref in arriving
            for ref in change.carries
        },
    )
    with_needs = [
        _with_needs(change, _freeing(change, let_go), known, specs)
        for change in changes.values()
    ]
    split = _split_cycles(with_needs, specs)
    waiting = _waiting(split, blocked)
    order = {name: position for position, name in enumerate(specs)}

    def stable(change: Change) -> tuple[int, str, str]:
        return order[change.kind], change.key, change.part

    return Arranged(
        tuple(sorted((c for c in split if c.slot not in waiting), key=stable)),
        tuple(
            Waiting(change, tuple(sorted(waiting[change.slot])))
            for change in sorted(split, key=stable)
            if change.slot in waiting
        ),
    )


def waves(changes: Iterable[Change]) -> list[list[Change]]:
    """Return the changes in waves: each needs only changes of earlier waves.

    Raises:
        CycleError: some changes need one another.
    """
    left = {change.slot: change for change in changes}
    result: list[list[Change]] = []
    while left:
        wave = {
            slot: change
            for slot, change in left.items()
            if left.keys().isdisjoint(change.needs)
        }
        if not wave:
            msg = "these changes need one another"
            raise CycleError(msg, list(left))
        for slot in wave:
            del left[slot]
        result.append(list(wave.values()))
    return result


@dataclass(frozen=True, slots=True)
class _Known:
    """The changes of a plan, and those that bring a record; both with what waits."""

    slots: set[Ref]
    arriving: set[Ref]
    #: By record that comes back along with another, that other one.
    carriers: Mapping[Ref, Ref]


def carry(
    changes: Mapping[Ref, Change], specs: Mapping[str, KindSpec]
) -> dict[Ref, Change]:
    """Drop what goes along with the retiring or restoring of what holds it."""
    carrier: dict[Ref, Ref] = {}
    for ref, change in changes.items():
        name = specs[change.kind].retires_with
        holder = change.record.get(name) if name else None
        if isinstance(holder, Ref) and _goes_along(change, changes.get(holder), specs):
            carrier[ref] = holder
    carried: dict[Ref, list[Ref]] = {}
    for ref in carrier:
        top = ref
        while top in carrier:
            top = carrier[top]
        carried.setdefault(top, []).append(ref)
    return {
        ref: replace(change, carries=tuple(sorted(carried[ref])))
        if ref in carried
        else change
        for ref, change in changes.items()
        if ref not in carrier
    }


def _goes_along(
    change: Change, holder: Change | None, specs: Mapping[str, KindSpec]
) -> bool:
    if holder is None or _retired_after(holder) is None:
        return False
    if specs[change.kind].retire is Retire.REMOVE:
        return change.operation is Operation.RETIRE and _retired_after(holder) is True
    is_alone = [item.name for item in change.fields] == [RETIRED]
    return is_alone and _retired_after(change) == _retired_after(holder)


def _retired_after(change: Change) -> bool | None:
    """Return whether a change retires or restores; none where it does neither."""
    for item in change.fields:
        if item.name == RETIRED and isinstance(item.after, bool):
            return item.after
    return None


def _arrives(change: Change) -> bool:
    """Tell whether others can refer to a record only once this change is done."""
    return change.operation is Operation.CREATE or _retired_after(change) is False


def _with_needs(
    change: Change, let_go: set[Ref], known: _Known, specs: Mapping[str, KindSpec]
) -> Change:
    needs = known.slots.intersection(change.needs)
    if change.operation is Operation.RETIRE:
        needs |= let_go - {change.ref}
    else:
        referred = _referred(change.fields)
        if _retired_after(change) is False:
            holder = change.record.get(specs[change.kind].retires_with or "")
            referred.update(references(holder))
        # What the object refers to already needs nothing that waits.
        there = {ref for item in change.fields for ref in references(item.before)}
        new = referred - there
        needs |= {known.carriers.get(ref, ref) for ref in new} & known.arriving
    if change.operation is not Operation.CREATE:
        needs -= {change.ref}
    return replace(change, needs=tuple(sorted(needs)))


def _referred(fields: Iterable[FieldChange]) -> set[Ref]:
    return {ref for item in fields for ref in references(item.sent)}


def _letting_go(changes: Iterable[Change]) -> dict[Ref, set[Ref]]:
    """Return, by record, the changes that stop referring to it or retire inside it."""
    let_go: dict[Ref, set[Ref]] = {}
    for change in changes:
        dropped: set[Ref] = set()
        for item in change.fields:
            dropped |= set(references(item.before)) - set(references(item.after))
        if change.operation is Operation.RETIRE:
            for value in change.record.values():
                dropped.update(references(value))
        for ref in dropped:
            let_go.setdefault(ref, set()).add(change.slot)
    return let_go


def _freeing(change: Change, let_go: Mapping[Ref, set[Ref]]) -> set[Ref]:
    """Return what lets go of a change's record, or of what goes along with it."""
    gone = (change.ref, *change.carries)
    return {slot for ref in gone for slot in let_go.get(ref, ())}


def _waiting(changes: Iterable[Change], blocked: set[Ref]) -> dict[Ref, set[Ref]]:
    """Return what each waiting change waits for, followed to its root."""
    changes = list(changes)
    waiting: dict[Ref, set[Ref]] = {}
    is_settled = False
    while not is_settled:
        is_settled = True
        for change in changes:
            roots = {need for need in change.needs if need in blocked}
            for need in change.needs:
                roots |= waiting.get(need, set())
            if roots - waiting.get(change.slot, set()):
                waiting[change.slot] = roots
                is_settled = False
    return waiting


def _split_cycles(changes: list[Change], specs: Mapping[str, KindSpec]) -> list[Change]:
    """Split creates that refer to one another into create, then link.

    Records that are there already do not need one another: among those any order
    will do.
    """
    while (cycle := _cycle(changes)) is not None:
        broken = _broken(cycle, specs)
        changes = [c for c in changes if c.slot not in broken] + list(broken.values())
    return changes


def _broken(cycle: list[Change], specs: Mapping[str, KindSpec]) -> dict[Ref, Change]:
    """Return what replaces a change of a cycle, so that the cycle is none."""
    for change in cycle:
        loose = _loose_fields(change, cycle, specs)
        if loose:
            return {half.slot: half for half in _halves(change, loose)}
    there = {c.slot for c in cycle if c.operation is not Operation.CREATE}
    for change in cycle:
        needs = tuple(need for need in change.needs if need not in there)
        if needs != change.needs:
            return {change.slot: replace(change, needs=needs)}
    names = " -> ".join(str(change.ref) for change in cycle)
    msg = f"these records require one another: {names}"
    raise ValueError(msg)


def _cycle(changes: list[Change]) -> list[Change] | None:
    by_slot = {change.slot: change for change in changes}
    graph = {
        slot: [need for need in change.needs if need in by_slot]
        for slot, change in by_slot.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [by_slot[slot] for slot in dict.fromkeys(error.args[1])]
    return None


def _loose_fields(
    change: Change, cycle: list[Change], specs: Mapping[str, KindSpec]
) -> set[str]:
    """Return the fields that a create can do without and that close the cycle."""
    if change.operation is not Operation.CREATE:
        return set()
    others = {other.ref for other in cycle}
    return {
        item.name
        for item in change.fields
        if not specs[change.kind].by_name[item.name].is_required
        and any(ref in others for ref in references(item.sent))
    }


def _halves(change: Change, loose: set[str]) -> list[Change]:
    first = tuple(item for item in change.fields if item.name not in loose)
    second = tuple(item for item in change.fields if item.name in loose)
    needs = set(change.needs)
    others = needs - _referred(change.fields)
    return [
        replace(
            change,
            fields=first,
            needs=tuple(sorted(needs & _referred(first) | others)),
        ),
        replace(
            change,
            operation=Operation.UPDATE,
            fields=second,
            part="link",
            needs=tuple(sorted(needs & _referred(second) | {change.ref})),
            reason="linked after both sides exist",
        ),
    ]
