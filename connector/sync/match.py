"""Which record meets which object: by link, by identity, by natural key.

Pure. Kinds are taken in write order, so that references to containers are already
translated when the natural keys of what they contain are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connector.kit.values import (
    Foreign,
    Found,
    KindSpec,
    Record,
    Ref,
    Row,
    Rows,
    Value,
    canonical_json,
    in_order,
    value_to_json,
)
from connector.store.values import Link

#: Translates a reference of the target into one of ours, where it is ours.
Translate = Callable[[Foreign], "Ref | Foreign"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one kind; `gap` says why the reading may have missed some."""

    found: tuple[Found, ...]
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A record, a link and an object that belong together; any may be missing.

    `stranger` is the identity that a linked object bears instead of ours.
    `twins` are further objects that bear our identity. An object that was met by its
    name alone `is_doubtful`, and `alike` counts the further objects of that name.
    """

    ref: Ref
    desired: Record | None
    link: Link | None
    found: Found | None
    stranger: str = ""
    twins: tuple[Found, ...] = ()
    is_doubtful: bool = False
    alike: int = 0


@dataclass(slots=True)
class Matching:
    """All pairs of one kind, and the objects that belong to nobody here."""

    pairs: list[Pair] = field(default_factory=list)
    unclaimed: list[Found] = field(default_factory=list)


class References:
    """The translation of the target's references into ours, grown kind by kind."""

    def __init__(self) -> None:
        self.refs: dict[tuple[str, str], Ref] = {}

    def add(self, ref: Ref, remote_id: str) -> None:
        """Note that an object of the target is our record."""
        self.refs[ref.kind, remote_id] = ref

    def translate(self, foreign: Foreign) -> Ref | Foreign:
        """Return our reference where the object is ours."""
        return self.refs.get((foreign.kind, foreign.remote_id), foreign)

    def remote_ids(self) -> dict[Ref, str]:
        """Return the remote id of every record of ours that was met."""
        return {ref: remote_id for (_, remote_id), ref in self.refs.items()}

    def found(self, found: Found) -> Found:
        """Return an object with its references translated."""
        fields = {
            name: translate_value(value, self.translate)
            for name, value in found.fields.items()
        }
        return replace(found, fields=fields)


def translate_value(value: Value, translate: Translate) -> Value:
    """Return a value with every reference of the target translated."""
    if isinstance(value, Foreign):
        return translate(value)
    if isinstance(value, Rows):
        rows = tuple(_translate_row(row, translate) for row in value.rows)
        return Rows(rows, value.is_ordered)
    if isinstance(value, tuple):
        items = tuple(translate_value(item, translate) for item in value)
        return in_order(items)
    return value


def _translate_row(row: Row, translate: Translate) -> Row:
    key = translate(row.key) if isinstance(row.key, Foreign) else row.key
    fields = {
        name: translate_value(value, translate) for name, value in row.fields.items()
    }
    return Row(key, fields)


def plain_form(value: Value) -> object:
    """Return a value's JSON form, the same for values that are equal.

    Labels of the target and the order of unordered rows do not show in it.
    """
    plain = translate_value(value, lambda it: Foreign(it.kind, it.remote_id))
    return value_to_json(_sorted(plain))


def _sorted(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(_sorted(item) for item in value)
    if isinstance(value, Rows) and not value.is_ordered:
        rows = sorted(
            value.rows, key=lambda row: canonical_json(value_to_json(row.key))
        )
        return Rows(tuple(rows))
    return value


def match_kind(
    spec: KindSpec,
    desired: Sequence[Record],
    links: Mapping[Ref, Link],
    found: Iterable[Found],
    references: References,
) -> Matching:
    """Pair the records and links of one kind with the objects the target shows."""
    own_kind = [reference_itself(spec, item, references) for item in found]
    objects = _Objects(spec, own_kind)
    matching = Matching()
    wanted = {record.ref: record for record in desired}
    refs = [*wanted, *(ref for ref in links if ref not in wanted)]
    for ref in refs:
        if ref in links:
            pair = _pair_linked(spec, wanted.get(ref), links[ref], objects)
            matching.pairs.append(pair)
    for ref in refs:
        if ref not in links:
            matching.pairs.append(_pair_unlinked(wanted[ref], objects))
    matching.pairs = [_with_twins(spec, pair, objects) for pair in matching.pairs]
    for pair in matching.pairs:
        if pair.found is not None and not pair.stranger:
            references.add(pair.ref, pair.found.remote_id)
    matching.unclaimed = objects.rest()
    return matching


def reference_itself(spec: KindSpec, found: Found, references: References) -> Found:
    """Return an object with the references translated that natural keys need."""
    return references.found(found) if spec.natural_key else found


class _Objects:
    """The objects of one kind, each to be claimed once."""

    def __init__(self, spec: KindSpec, found: Iterable[Found]) -> None:
        self.spec = spec
        self.by_remote_id = {item.remote_id: item for item in found}
        self.claimed: set[str] = set()
        self.by_identity: dict[str, list[Found]] = {}
        self.by_natural_key: dict[str, list[Found]] = {}
        for item in self.by_remote_id.values():
            if item.identity:
                self.by_identity.setdefault(item.identity, []).append(item)
            if spec.natural_key:
                key = natural_key(spec, item.fields)
                self.by_natural_key.setdefault(key, []).append(item)

    def claim(self, candidates: Iterable[Found | None]) -> Found | None:
        """Return the first candidate that nobody claimed, and claim it."""
        for item in candidates:
            if item is not None and item.remote_id not in self.claimed:
                self.claimed.add(item.remote_id)
                return item
        return None

    def rest(self) -> list[Found]:
        """Return the objects nobody claimed."""
        return [
            item
            for item in self.by_remote_id.values()
            if item.remote_id not in self.claimed
        ]


def natural_key(spec: KindSpec, fields: Mapping[str, Value]) -> str:
    """Return the text by which objects without our identity are recognised."""
    values = [plain_form(fields.get(name)) for name in spec.natural_key]
    return canonical_json(values).casefold()


def _pair_linked(
    spec: KindSpec, desired: Record | None, link: Link, objects: _Objects
) -> Pair:
    found = objects.claim([objects.by_remote_id.get(link.remote_id)])
    stranger = ""
    if found and spec.has_identity and found.identity != link.identity:
        stranger = found.identity or "none"
    return Pair(link.ref, desired, link, found, stranger)


def _pair_unlinked(desired: Record, objects: _Objects) -> Pair:
    found = objects.claim(objects.by_identity.get(desired.identity, ()))
    if found is not None or not objects.spec.natural_key:
        return Pair(desired.ref, desired, None, found)
    key = natural_key(objects.spec, desired.fields)
    named = objects.by_natural_key.get(key, [])
    free = [one for one in named if one.remote_id not in objects.claimed]
    return Pair(
        desired.ref,
        desired,
        None,
        objects.claim(free),
        is_doubtful=objects.spec.has_identity,
        alike=max(len(free) - 1, 0),
    )


def _with_twins(spec: KindSpec, pair: Pair, objects: _Objects) -> Pair:
    """Note further objects that bear the identity of this record."""
    identity = pair.link.identity if pair.link else ""
    if pair.desired is not None:
        identity = identity or pair.desired.identity
    if not spec.has_identity:
        return pair
    bearers = objects.by_identity.get(identity, ())
    twins = tuple(item for item in bearers if objects.claim([item]) is not None)
    return replace(pair, twins=twins) if twins else pair
