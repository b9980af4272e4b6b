"""What a target shows of a change: not yet, already, or something else.

Pure. Decides what a resumed run, or a run that lost an answer, does with a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from connector.kit.values import (
    RETIRED,
    Found,
    KindSpec,
    Operation,
    Ref,
    Retire,
    Row,
    RowKey,
    Rows,
    Value,
    is_empty,
)
from connector.store.values import Base, Link
from connector.sync.diff import rows_of
from connector.sync.match import References, natural_key
from connector.sync.plan import Change, FieldChange


class Shown(StrEnum):
    """What the target shows of a change.

    A change shown in part was cut between two of the calls that it takes, if it was
    sent at all.
    """

    BEFORE = "before"
    AFTER = "after"
    PART = "part"
    OTHER = "other"


class Sight:
    """The objects of a target as one reading shows them.

    References are translated when an object is asked for, so that what was settled
    a moment ago counts already.
    """

    def __init__(
        self,
        specs: Mapping[str, KindSpec],
        found: Mapping[str, tuple[Found, ...]],
        references: References,
    ) -> None:
        self.specs, self.references = specs, references
        self.objects = {
            kind: {item.remote_id: item for item in items}
            for kind, items in found.items()
        }
        self._by_identity: dict[str, dict[str, Found]] = {}

    def linked(self, link: Link) -> Found | None:
        """Return the object of a link."""
        return self._translated(self.objects.get(link.kind, {}).get(link.remote_id))

    def find(self, change: Change) -> Found | None:
        """Return the object a change is about, by remote id, identity, natural key."""
        if change.remote_id is not None:
            return self._translated(
                self.objects.get(change.kind, {}).get(change.remote_id)
            )
        spec = self.specs[change.kind]
        if change.kind not in self._by_identity:
            self._by_identity[change.kind] = {
                self._identity(spec, item): item
                for item in self.objects.get(change.kind, {}).values()
            }
        wanted = (
            change.identity if spec.has_identity else natural_key(spec, change.record)
        )
        return self._translated(self._by_identity[change.kind].get(wanted))

    def _identity(self, spec: KindSpec, item: Found) -> str:
        if spec.has_identity:
            return item.identity
        return natural_key(spec, self.references.found(item).fields)

    def _translated(self, found: Found | None) -> Found | None:
        return self.references.found(found) if found else None


def shown(spec: KindSpec, change: Change, found: Found | None) -> Shown:
    """Tell what the target shows of a change."""
    if change.operation is Operation.CREATE:
        return Shown.BEFORE if found is None else _shown_create(change, found)
    if spec.retire is Retire.REMOVE and change.operation is Operation.RETIRE:
        return Shown.AFTER if found is None else Shown.BEFORE
    if change.is_rewrite:
        return Shown.BEFORE
    if found is None:
        return Shown.BEFORE if change.part else Shown.OTHER
    there = found.fields
    if all(_is_same(there.get(item.name), item.after) for item in change.fields):
        return Shown.AFTER
    if all(_is_same(there.get(item.name), item.before) for item in change.fields):
        return Shown.BEFORE
    if all(_is_under_way(item, there.get(item.name)) for item in change.fields):
        return Shown.PART
    return Shown.OTHER


def _is_under_way(item: FieldChange, there: Value) -> bool:
    """Tell whether a field shows nothing but what the change leaves, takes and makes.

    A target without transactions may keep a group of rows between two of the calls.
    """
    before, after = item.before, item.after
    if _is_same(there, before) or _is_same(there, after):
        return True
    if not (isinstance(after, Rows) and isinstance(there, Rows)):
        return False
    old = before.by_key() if isinstance(before, Rows) else {}
    new, shown_rows = after.by_key(), there.by_key()
    return old.keys() & new.keys() <= shown_rows.keys() and all(
        row in (old.get(key), new.get(key)) for key, row in shown_rows.items()
    )


def _is_same(one: Value, other: Value) -> bool:
    """Compare two values; targets show nothing in more ways than one."""
    return one == other or (is_empty(one) and is_empty(other))


def _shown_create(change: Change, found: Found) -> Shown:
    """Tell whether a create happened whole, or was cut between two of its calls."""
    is_whole = all(
        _is_same(found.fields.get(item.name), item.after) for item in change.fields
    )
    return Shown.AFTER if is_whole else Shown.PART


def completed(spec: KindSpec, change: Change, found: Found) -> Change:
    """Return what is left of a change that was cut between two of its calls."""
    there = found.fields
    left = [
        item for item in change.fields if not _is_same(there.get(item.name), item.after)
    ]
    if change.operation is not Operation.CREATE:
        rest = [replace(item, before=there.get(item.name)) for item in left]
        return replace(change, fields=tuple(rest))
    return replace(
        change,
        operation=Operation.UPDATE,
        remote_id=found.remote_id,
        fields=tuple(
            _missing(item, there.get(item.name))
            for item in left
            if not spec.by_name[item.name].is_fixed
        ),
    )


def _missing(item: FieldChange, there: Value) -> FieldChange:
    """Return the rest of a new field; rows that others added meanwhile stay."""
    if not (isinstance(item.after, Rows) and isinstance(there, Rows)):
        return replace(item, before=there)
    wanted = item.after.by_key()
    rows = [wanted.pop(row.key, row) for row in there.rows]
    after = Rows((*rows, *wanted.values()), there.is_ordered)
    return replace(item, before=there, after=after)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The links that become true when a change is confirmed; none ends the link."""

    links: tuple[Link, ...] = ()
    ended: tuple[Ref, ...] = ()


def confirm(
    spec: KindSpec,
    change: Change,
    links: Mapping[Ref, Link],
    remote_id: str,
    seen: Mapping[str, Value] | None,
) -> Confirmed:
    """Return the links after a confirmed write.

    `seen` holds what the target showed for the written fields, references
    translated; none leaves `seen` unknown until the read that ends the run.
    """
    is_removed = spec.retire is Retire.REMOVE and change.operation is Operation.RETIRE
    if is_removed:
        return Confirmed(ended=(change.ref,))
    old = links.get(change.ref)
    fields = (
        dict(old.fields) if old and change.operation is not Operation.CREATE else {}
    )
    for item in change.fields:
        fields[item.name] = _base(item, fields.get(item.name), seen)
    if spec.retire is not Retire.REMOVE:
        fields.setdefault(RETIRED, Base(sent=False, seen=False))
    link = Link(
        kind=change.kind,
        key=change.key,
        remote_id=remote_id,
        identity=change.identity,
        fields=fields,
    )
    return Confirmed(links=(link, *_carried(change, links)))


def _base(
    item: FieldChange, old: Base | None, seen: Mapping[str, Value] | None
) -> Base:
    if seen is None or item.name not in seen:
        return Base(sent=item.sent, is_seen=False)
    return Base(sent=item.sent, seen=seen_of(item, old, seen[item.name]))


def seen_of(item: FieldChange, old: Base | None, shown_value: Value) -> Value:
    """Return what becomes `seen`: of a group, our rows as the target shows them.

    A row of ours that others changed and that the write left alone keeps what was
    seen before, so that it stays a finding.
    """
    sent, after = item.sent, item.after
    if not (isinstance(sent, Rows) and isinstance(shown_value, Rows)):
        return shown_value
    written = after.by_key() if isinstance(after, Rows) else {}
    held = {row.key for row in sent.rows if written.get(row.key) != row}
    before = old.seen if old and isinstance(old.seen, Rows) else sent
    there = rows_of(shown_value, sent)
    rows = [row for row in there.rows if row.key not in held]
    rows += [row for row in before.rows if row.key in held]
    if _is_order_held(sent, written):
        place = {row.key: number for number, row in enumerate(before.rows)}
        rows.sort(key=lambda row: place.get(row.key, len(place)))
    return Rows(tuple(rows), shown_value.is_ordered)


def _is_order_held(sent: Rows, written: Mapping[RowKey, Row]) -> bool:
    """Tell whether rows of ours were left in the order that others gave them."""
    ours = sent.by_key()
    asked = [key for key in ours if key in written]
    return sent.is_ordered and asked != [key for key in written if key in ours]


def with_seen(link: Link, written: Mapping[str, FieldChange], found: Found) -> Link:
    """Return a link with `seen` filled, for fields just written, from the target.

    What an earlier run left unknown stays so: others may have changed it since.
    """
    fields = dict(link.fields)
    for name, item in written.items():
        base = fields.get(name)
        if base is not None and not base.is_seen:
            seen = seen_of(item, None, found.fields.get(name))
            fields[name] = Base(sent=base.sent, seen=seen)
    return replace(link, fields=fields)


def _carried(change: Change, links: Mapping[Ref, Link]) -> tuple[Link, ...]:
    """Return the links of what went along with a retired object.

    What should come back with a restored one is left to the next plan to see:
    it stays away where it had been retired before, by itself.
    """
    if change.operation is not Operation.RETIRE:
        return ()
    return tuple(
        replace(
            links[ref],
            fields={**links[ref].fields, RETIRED: Base(sent=True, seen=True)},
        )
        for ref in change.carries
        if RETIRED in links[ref].fields
    )
