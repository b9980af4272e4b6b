"""What the tenant knows: instances, their reference IDs and their dated versions.

Every version has an effective date and the moment it was entered, so that reads can
ask for the view of a day, as known at a moment. Nothing here knows an operation.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

WID = "WID"
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Version:
    """A state of an object from one effective date on."""

    effective: date
    entered: datetime
    document: Any


@dataclass(slots=True, eq=False)
class Instance:
    """A thing with a WID, reference IDs (type to value) and a descriptor."""

    wid: str
    kind: str
    reference_ids: dict[str, str]
    descriptor: str
    versions: list[Version] = field(default_factory=list)

    @property
    def first_effective(self) -> date:
        """The earliest effective date of the object."""
        return self.versions[0].effective

    @property
    def latest(self) -> Any:
        """The document of the last effective version."""
        return self.versions[-1].document

    def view(self, effective: date, entered: datetime | None) -> Any:
        """Return the document of a day as known at a moment; None when not there."""
        found = None
        for version in self.versions:
            if version.effective > effective:
                break
            if entered is None or version.entered <= entered:
                found = version.document
        return found

    def has_entry(
        self,
        updated: tuple[datetime, datetime] | None,
        effective: tuple[date, date] | None,
    ) -> bool:
        """Tell whether a version was entered, and takes effect, within the windows."""
        return any(
            (updated is None or updated[0] <= version.entered <= updated[1])
            and (effective is None or effective[0] <= version.effective <= effective[1])
            for version in self.versions
        )


class Store:
    """All instances of a tenant, found by WID, by reference ID and by kind."""

    def __init__(self, tenant: str, clock: Callable[[], datetime]) -> None:
        self._tenant = tenant
        self._clock = clock
        self._by_wid: dict[str, Instance] = {}
        self._by_id: dict[tuple[str, str], Instance] = {}
        self._by_kind: dict[str, list[Instance]] = {}
        self._pending: dict[str, list[Instance]] = {}
        self._views: dict[str, tuple[object, list[tuple[Instance, Any]]]] = {}
        self._created = 0
        self._salt = "seed"
        self._entered = clock() - timedelta(days=1)

    def seeded(self, salt: str) -> None:
        """Mark the end of seeding: WIDs made from now on depend on `salt`.

        Seeded objects keep their WIDs over a tenant refresh; a later object that is
        made again gets another one.
        """
        self._salt = salt

    def now(self) -> datetime:
        """Return the present moment, never before the last entry."""
        return max(self._clock(), self._entered)

    def enter(self) -> datetime:
        """Return the moment of a new entry; each is later than the one before."""
        self._entered = max(self._clock(), self._entered + _TICK)
        return self._entered

    def new_wid(self, kind: str, key: str) -> str:
        """Return 32 hexadecimal digits for a new object."""
        self._created += 1
        count = "" if self._salt == "seed" else str(self._created)
        text = "|".join((self._tenant, self._salt, kind, key, count))
        return sha256(text.encode()).hexdigest()[:32]

    def add(
        self, kind: str, reference_ids: dict[str, str], descriptor: str = ""
    ) -> Instance:
        """Make an instance without versions and index it."""
        key = next(iter(reference_ids.values()), descriptor)
        instance = Instance(
            self.new_wid(kind, key), kind, dict(reference_ids), descriptor
        )
        self._by_wid[instance.wid] = instance
        for pair in reference_ids.items():
            self._by_id[pair] = instance
        self._pending.setdefault(kind, []).append(instance)
        return instance

    def put_version(self, instance: Instance, effective: date, document: Any) -> None:
        """Add a version, or a later correction of the same date, to an object."""
        version = Version(effective, self.enter(), document)
        insort(instance.versions, version, key=lambda v: (v.effective, v.entered))

    def rename(self, instance: Instance, id_type: str, value: str) -> None:
        """Change a reference ID of an object."""
        old = instance.reference_ids.get(id_type)
        if old is not None:
            del self._by_id[id_type, old]
        instance.reference_ids[id_type] = value
        self._by_id[id_type, value] = instance

    def find(self, id_type: str, value: str) -> Instance | None:
        """Return the instance that a reference ID or a WID denotes."""
        if id_type == WID:
            return self._by_wid.get(value)
        return self._by_id.get((id_type, value))

    def of_kind(self, kind: str) -> list[Instance]:
        """Return the instances of a kind in WID order, a copy-free list."""
        known = self._by_kind.setdefault(kind, [])
        if added := self._pending.pop(kind, None):
            known.extend(added)
            known.sort(key=lambda instance: instance.wid)
        return known

    def with_id_type(self, id_type: str) -> Iterator[tuple[str, Instance]]:
        """Yield every value of a reference ID type with its instance."""
        for (known_type, value), instance in self._by_id.items():
            if known_type == id_type:
                yield value, instance

    def views(
        self, kind: str, effective: date, entered: datetime | None
    ) -> list[tuple[Instance, Any]]:
        """Return what is there of a kind on a day, as known at a moment."""
        instances = self.of_kind(kind)
        # The pages of one read ask for the same view; any entry makes it stale.
        key = (effective, entered, self._entered, len(instances))
        known = self._views.get(kind)
        if known is None or known[0] != key:
            known = (key, self.view_all(instances, effective, entered))
            self._views[kind] = known
        return known[1]

    @staticmethod
    def view_all(
        instances: Iterable[Instance], effective: date, entered: datetime | None
    ) -> list[tuple[Instance, Any]]:
        """Return those instances that are there on a day, with their documents."""
        found = []
        for instance in instances:
            document = instance.view(effective, entered)
            if document is not None:
                found.append((instance, document))
        return found
