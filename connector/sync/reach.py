"""How many people a change reaches, directly and through what refers to its object.

Pure. A person is counted once for each object, so the number is an upper bound; it
never exceeds the connection's scope.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import replace

from connector.kit.values import Found, Operation, Privacy, Ref, Rows, references
from connector.sync.plan import Change, FieldChange

_Place = tuple[str, str]


class Reach:
    """The people behind each object of a target, and who refers to whom."""

    def __init__(
        self,
        found: Iterable[Found],
        refs: Mapping[_Place, Ref],
        people: Mapping[_Place, int],
        scope: int | None,
    ) -> None:
        self.people: dict[_Place, int] = {}
        self.referrers: dict[Ref, set[_Place]] = defaultdict(set)
        self.scope = scope
        self.refs = refs
        for item in found:
            place = (item.kind, item.remote_id)
            self.people[place] = max(item.people, people.get(place, 0))
            for value in item.fields.values():
                for ref in references(value):
                    self.referrers[ref].add(place)

    def counted(self, change: Change, *, is_protected: bool) -> Change:
        """Return the change with the number of people it reaches.

        A change of rows in an object with people behind it (a template with open
        plans) is protected, whatever the mapping says. Where the rows are people
        themselves, those reach nobody but the people who come and go.
        """
        moved = _people_moved(change)
        if moved is not None:
            return replace(change, people=moved, is_protected=is_protected)
        if change.operation is Operation.CREATE or change.remote_id is None:
            return replace(change, is_protected=True) if is_protected else change
        place = (change.kind, change.remote_id)
        own = self.people.get(place, 0)
        reached = self._reached(place, change.ref)
        changes_rows = change.operation is Operation.UPDATE and any(
            field.is_group for field in change.fields
        )
        return replace(
            change,
            people=reached if self.scope is None else min(reached, self.scope),
            is_protected=is_protected or bool(own and changes_rows),
        )

    def _reached(self, place: _Place, ref: Ref) -> int:
        """Return the people of an object and of all that refer to it, in a chain."""
        met = {place}
        queue = deque([ref])
        while queue:
            for referrer in self.referrers.get(queue.popleft(), ()):
                if referrer not in met:
                    met.add(referrer)
                    known = self.refs.get(referrer)
                    if known is not None:
                        queue.append(known)
        return sum(self.people.get(item, 0) for item in met)


def _people_moved(change: Change) -> int | None:
    """Return how many people come and go; none where a change does more than that."""
    others = [item for item in change.fields if not _holds_people(item)]
    if change.operation is not Operation.CREATE and others:
        return None
    groups = [item for item in change.fields if _holds_people(item)]
    if not groups:
        return None
    return sum(len(_keys(item.before) ^ _keys(item.after)) for item in groups)


def _holds_people(item: FieldChange) -> bool:
    return item.is_group and item.privacy is Privacy.PERSONAL


def _keys(value: object) -> set[object]:
    return {*value.by_key()} if isinstance(value, Rows) else set()
