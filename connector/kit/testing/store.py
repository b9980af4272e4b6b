"""The objects of the in-memory target, and the rules they keep among themselves.

Holds remote ids only: it never sees a key or a reference of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from connector.kit.testing.checks import RefusedError, check_fields, empty
from connector.kit.testing.references import foreigners, replaced, without
from connector.kit.values import (
    RETIRED,
    Foreign,
    Found,
    KindSpec,
    Ref,
    Retire,
    Value,
)


@dataclass(slots=True)
class Stored:
    """One object as the target keeps it."""

    kind: str
    remote_id: str
    identity: str
    fields: dict[str, Value]
    is_retired: bool = False
    people: int = 0

    @property
    def itself(self) -> Foreign:
        """Return a reference to the object, named as people see it."""
        names = (self.fields.get(name) for name in ("name", "title"))
        label = next((name for name in names if isinstance(name, str)), "")
        return Foreign(self.kind, self.remote_id, label or self.identity)


@dataclass(slots=True)
class MemoryStore:
    """Objects by kind and remote id."""

    specs: Mapping[str, KindSpec]
    objects: dict[tuple[str, str], Stored] = field(default_factory=dict)
    last_id: int = 0

    def copy(self) -> MemoryStore:
        """Return the present state; later writes do not reach it."""
        objects = {place: deepcopy(stored) for place, stored in self.objects.items()}
        return MemoryStore(self.specs, objects, self.last_id)

    def of_kind(self, kind: str) -> list[Stored]:
        """Return the objects of a kind, oldest first."""
        return [stored for stored in self.objects.values() if stored.kind == kind]

    def get(self, reference: Ref | Foreign) -> Stored:
        """Return an object; refuses a reference to none."""
        stored = None
        if isinstance(reference, Foreign):
            stored = self.objects.get((reference.kind, reference.remote_id))
        if stored is None:
            raise RefusedError(f"there is no {reference}")
        return stored

    def find(self, kind: str, name: str) -> Stored:
        """Return an object by its identity, else by its remote id.

        Raises:
            KeyError: there is none.
        """
        for stored in self.of_kind(kind):
            if name in (stored.identity or None, stored.remote_id):
                return stored
        raise KeyError(f"{kind} {name}")

    def create(
        self,
        kind: str,
        identity: str,
        fields: Mapping[str, Value],
        *,
        is_by_hand: bool = False,
    ) -> Stored:
        """Add an object and return it."""
        spec = self.specs[kind]
        check_fields(spec, fields, None, is_by_hand=is_by_hand)
        self._check_references(fields.values())
        if spec.has_identity and not is_by_hand:
            self._check_identity(spec, identity)
        stored = Stored(
            kind=kind,
            remote_id=self._new_id(spec, fields),
            identity=identity if spec.has_identity else "",
            fields=dict(fields),
        )
        self._check_twin(spec, stored)
        self._undo_rules(spec, {}, stored.fields)
        self.objects[kind, stored.remote_id] = stored
        return stored

    def change(
        self, stored: Stored, fields: Mapping[str, Value], *, is_by_hand: bool = False
    ) -> None:
        """Change some fields of an object."""
        spec = self.specs[stored.kind]
        check_fields(spec, fields, stored.fields, is_by_hand=is_by_hand)
        self._check_references(fields.values())
        self._check_loop(spec, stored, fields)
        before = {name: stored.fields.get(name) for name in fields}
        self._undo_rules(spec, before, fields)
        stored.fields.update(fields)

    def set_retired(
        self, stored: Stored, fields: Mapping[str, Value], *, is_retired: bool
    ) -> None:
        """Take an object out of use, or back into it once `fields` are written."""
        if not is_retired:
            holder = self._holder(stored, fields)
            if holder is not None and self.is_retired(holder):
                raise RefusedError("what holds it is retired: restore that first")
        stored.is_retired = is_retired

    def undo_by_retiring(self, stored: Stored) -> None:
        """Undo what moving an object into the retired branch, or out of it, undoes."""
        spec = self.specs[stored.kind]
        if spec.retire is Retire.BRANCH:
            self._undo_rules(spec, {}, stored.fields)

    def remove(self, stored: Stored) -> None:
        """Delete an object with all that lies in it, belongs to it or refers to it."""
        self.objects.pop((stored.kind, stored.remote_id), None)
        for other in list(self.objects.values()):
            if self._dies_with(other, stored):
                self.remove(other)
            else:
                other.fields = {
                    name: without(value, stored.itself)
                    for name, value in other.fields.items()
                }

    def is_retired(self, stored: Stored) -> bool:
        """Tell whether an object, or what takes it along, is out of use."""
        if stored.is_retired:
            return True
        holder = self._holder(stored, {})
        return holder is not None and self.is_retired(holder)

    def show(self, stored: Stored) -> Found:
        """Return an object as a reading shows it."""
        spec = self.specs[stored.kind]
        fields = {
            each.name: self._labelled(
                empty(each)
                if (value := stored.fields.get(each.name)) is None
                else value
            )
            for each in spec.fields
        }
        if spec.retire is not Retire.REMOVE:
            fields[RETIRED] = self.is_retired(stored)
        return Found(
            kind=stored.kind,
            remote_id=stored.remote_id,
            identity=stored.identity,
            fields=fields,
            people=stored.people,
            label=stored.itself.label,
        )

    def property_of(self, spec: KindSpec) -> str | None:
        """Return the field that names the object a kind is a property of, if it is.

        What a write to another object silently undoes has no life of its own.
        """
        is_undone = any(
            reset.kind == spec.name
            for other in self.specs.values()
            for reset in other.resets
        )
        return spec.natural_key[0] if is_undone else None

    def _new_id(self, spec: KindSpec, fields: Mapping[str, Value]) -> str:
        holder = fields.get(self.property_of(spec) or "")
        if isinstance(holder, Foreign):
            return holder.remote_id
        self.last_id += 1
        return str(self.last_id)

    def _check_references(self, values: Iterable[Value]) -> None:
        for value in values:
            for reference in foreigners(value):
                self.get(reference)

    def _check_identity(self, spec: KindSpec, identity: str) -> None:
        if not identity:
            raise RefusedError(f"a {spec.label} needs an identity")
        if any(stored.identity == identity for stored in self.of_kind(spec.name)):
            raise RefusedError(f"there is a {spec.label} {identity} already")

    def _check_twin(self, spec: KindSpec, new: Stored) -> None:
        """Refuse a second relation between the same ends."""
        if spec.has_identity:
            return
        ends = [new.fields.get(name) for name in spec.natural_key]
        for stored in self.of_kind(spec.name):
            if [stored.fields.get(name) for name in spec.natural_key] == ends:
                raise RefusedError(f"there is such a {spec.label} already")

    def _check_loop(
        self, spec: KindSpec, stored: Stored, fields: Mapping[str, Value]
    ) -> None:
        """Refuse to move an object into itself."""
        within = fields.get(spec.container or "")
        while isinstance(within, Foreign):
            if within == stored.itself:
                raise RefusedError(f"a {spec.label} cannot lie in itself")
            holder = self.get(within)
            container = self.specs[holder.kind].container
            within = holder.fields.get(container or "")

    def _undo_rules(
        self, spec: KindSpec, before: Mapping[str, Value], after: Mapping[str, Value]
    ) -> None:
        for reset in spec.resets:
            old, new = before.get(reset.by), after.get(reset.by)
            if reset.by not in after or old == new:
                continue
            for holder in (old, new):
                if isinstance(holder, Foreign):
                    self.objects.pop((reset.kind, holder.remote_id), None)

    def _holder(self, stored: Stored, fields: Mapping[str, Value]) -> Stored | None:
        """Return what takes an object along when it is retired."""
        name = self.specs[stored.kind].retires_with or ""
        holder = fields.get(name, stored.fields.get(name))
        return self.get(holder) if isinstance(holder, Foreign) else None

    def _dies_with(self, other: Stored, dead: Stored) -> bool:
        spec = self.specs[other.kind]
        holders = {spec.container, spec.retires_with}
        holders |= {each.name for each in spec.fields if each.is_required}
        return any(other.fields.get(name or "") == dead.itself for name in holders)

    def _labelled(self, value: Value) -> Value:
        """Return a value with its references named as the target names them."""
        return replaced(value, lambda reference: self.get(reference).itself)
